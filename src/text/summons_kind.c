/* What kind a message is: rules after public descriptions by the judiciary, the police and
 * reporters (see README); each rule adds a reason, and the reasons are told. */
#include "text/summons_private.h"

#include "text/normalize.h"
#include <string.h>

/* ---- words that tell; folded, matched from a word's beginning ---- */

static const char *const JUDICIAL[] = {
    "ابلاغ",  "احضار",      "اخطاریه",  "دادنامه", "اجراییه",  "دادخواست", "اظهارنامه", "شکواییه",
    "شکوایه", "دادسرا",     "دادگاه",   "دادیار",  "بازپرس",   "قضایی",    "قضاییه",    "قوهقضاییه",
    "ثنا",    "عدالتهمراه", "عدلایران", "adliran", "دادگستری", "دادستان"};
static const char *const CASE_WORDS[] = {"پرونده", "شعبه",   "شکایت", "شاکی", "متهم",
                                         "جلب",    "رسیدگی", "کلاسه", "قاضی"};
static const char *const MONEY[] = {"پرداخت", "واریز", "کارمزد", "هزینه", "درگاه",
                                    "تومان",  "ریال",  "شارژ",   "مبلغ"};
static const char *const APP[] = {"نصب", "اپلیکیشن", "دانلود", "apk", "نرمافزار", "install", "app"};
static const char *const SECURITY[] = {"سپاه",    "حراست", "امنیت",   "اماکن", "فتا",
                                       "بازجویی", "بسیج",  "کلانتری", "اگاهی", "پلیس",
                                       "انتظامی", "معروف", "فراجا"};
static const char *const CALLS[] = {"احضار",   "مراجعه",  "حضور",  "حاضر",   "معرفی", "جلب",
                                    "فراخوان", "بازجویی", "بروید", "بیایید", "تشریف"};
static const char *const WARNS[] = {"اخطار",  "هشدار",  "تذکر",   "رصد",    "ممنوع",  "غیرقانونی",
                                    "برخورد", "تکرار",  "حجاب",   "بیحجاب", "بدحجاب", "دشمن",
                                    "معاند",  "بیگانه", "مجازات", "تعقیب"};
/* Said to the reader, not about a film or a neighbour. */
static const char ADDRESSED[] =
    "|شما|شمارا|جنابعالی|سرکار|مخاطب|متهم|خوانده|مشتکیعنه|شهروند|گرامی|محترم|";
/* Verbs that ask or tell the reader something. */
static const char SECOND_PERSON[] =
    "|شوید|نمایید|کنید|باشید|بیایید|بروید|یابید|دهید|فرمایید|شدید|شدهاید|هستید|داشتهاید|بودهاید|"
    "میشوید|"
    "اید|بیا|بیاین|بیاید|بیاورید|کردهاید|داشتید|دارید|خواهید|نکنید|بگیرید|گردیدهاید|گردیدید|";
static const char COME[] = "|بیا|بیاین|بیاید|";
static const char *const ORDINARY[] = {
    "رمز",     "موجودی", "مانده", "برداشت",  "سفارش",    "مرسوله",  "پیک",     "تخفیف",
    "اینترنت", "قبض",    "otp",   "کدتایید", "پویا",     "بسته",    "نوبت",    "کلاس",
    "مدرسه",   "تولد",   "مامان", "بابا",    "خرید",     "فروشگاه", "جشنواره", "قسط",
    "اقساط",   "وام",    "بیمه",  "پزشک",    "درمانگاه", "تسهیلات"};

static bool begins(const char *word, const char *const *list, gsize n)
{
    if (word[0] == '\0')
        return false;
    for (gsize i = 0; i < n; i++)
        if (word[0] == list[i][0] && g_str_has_prefix(word, list[i]))
            return true;
    return false;
}
#define BEGINS(word, list) begins(word, list, G_N_ELEMENTS(list))

static void add_reason(SummonsReader *r, const char *reason)
{
    if (r->out->reasons[0] != '\0')
        g_strlcat(r->out->reasons, " ", sizeof r->out->reasons);
    g_strlcat(r->out->reasons, reason, sizeof r->out->reasons);
}

static bool mobile_sender(const char *sender)
{
    g_autofree char *digits = text_digits_ascii(sender);
    const char *at = digits != NULL ? digits : "";
    if (g_str_has_prefix(at, "+98"))
        at += 3;
    else if (g_str_has_prefix(at, "0098"))
        at += 4;
    else if (g_str_has_prefix(at, "98"))
        at += 2;
    else if (at[0] == '0')
        at++;
    gsize n = 0;
    for (const char *c = at; *c != '\0'; c++)
        n += g_ascii_isdigit(*c) ? 1 : 0;
    return at[0] == '9' && n == 10;
}

static bool official_sender(const char *sender)
{
    g_autofree char *digits = text_digits_ascii(sender);
    const char *at = digits != NULL ? digits : "";
    if (g_ascii_strcasecmp(at, "adliran") == 0 || strcmp(at, "50009699") == 0)
        return true;
    if (g_str_has_prefix(at, "+98"))
        at += 3;
    return strlen(at) == 7 && g_str_has_prefix(at, "100049") && at[6] >= '0' && at[6] <= '3';
}

/* اطلاعات is information, and the short name of the intelligence ministry. */
static bool is_intelligence(const SummonsReader *r, gsize i)
{
    const char *before = i > 0 ? summons_word(r, i - 1) : "", *next = summons_word(r, i + 1);
    if (strcmp(summons_word(r, i), "اطلاعات") != 0)
        return false;
    return token_listed("|وزارت|اداره|سازمان|ستاد|مامور|مامورین|ماموران|حفاظت|کل|خبری|سربازان|",
                        before) ||
           token_listed("|سپاه|ناجا|فراجا|نیروی|استان|شهرستان|", next) ||
           (token_listed("|به|از|توسط|در|", before) &&
            token_listed("|احضار|مراجعه|تماس|بیایید|بیا|بروید|معرفی|حاضر|فراخوانده|", next));
}

static void count_words(SummonsReader *r)
{
    for (gsize i = 0; i < r->t->n; i++) {
        const char *word = summons_word(r, i), *next = summons_word(r, i + 1);
        if (word[0] == '\0')
            continue;
        if (BEGINS(word, JUDICIAL) ||
            (strcmp(word, "عدالت") == 0 && g_str_has_prefix(next, "همراه")) ||
            (strcmp(word, "شورای") == 0 && strcmp(next, "حل") == 0) ||
            (strcmp(word, "اجرای") == 0 && strcmp(next, "احکام") == 0))
            r->judicial++;
        r->cases += BEGINS(word, CASE_WORDS);
        r->money += BEGINS(word, MONEY);
        r->app +=
            BEGINS(word, APP) || (strcmp(word, "نرم") == 0 && g_str_has_prefix(next, "افزار"));
        r->security += BEGINS(word, SECURITY) || is_intelligence(r, i) ||
                       (strcmp(word, "ستاد") == 0 && strcmp(next, "خبری") == 0);
        r->calls += BEGINS(word, CALLS) || token_listed(COME, word);
        r->addressed = r->addressed || token_listed(ADDRESSED, word);
        r->against = r->against || (strcmp(word, "علیه") == 0 && strcmp(next, "شما") == 0);
        r->warns += BEGINS(word, WARNS) ||
                    (strcmp(word, "پوشش") == 0 && token_listed("|قانونی|شرعی|مناسب|", next));
        r->told = r->told || token_listed(SECOND_PERSON, word);
        r->ordinary += BEGINS(word, ORDINARY);
        r->arrest = r->arrest || g_str_has_prefix(word, "جلب") ||
                    g_str_has_prefix(word, "بازداشت") || g_str_has_prefix(word, "مسدود");
        r->last_warning = r->last_warning || (strcmp(word, "اخرین") == 0 && BEGINS(next, WARNS)) ||
                          (BEGINS(word, WARNS) && token_listed("|اخر|نهایی|اخرین|امنیتی|", next));
        gint64 value;
        bool words, ordinal;
        gsize n = token_number(r->t, i, &value, &words, &ordinal);
        if (n > 0 && value <= 72 && token_listed("|ساعت|ساعته|دقیقه|", summons_word(r, i + n)))
            r->soon = true;
        if (strcmp(word, "فوری") == 0 || strcmp(word, "فورا") == 0)
            r->soon = true;
    }
    for (gsize i = 0; i < r->t->n; i++) { /* a number in figures before ساعت */
        gint64 value;
        bool words, ordinal;
        if (r->t->tokens[i].kind != TOKEN_NUMBER)
            continue;
        gsize n = token_number(r->t, i, &value, &words, &ordinal);
        if (n > 0 && value <= 72 && token_listed("|ساعت|ساعته|دقیقه|", summons_word(r, i + n)))
            r->soon = true;
    }
}

/* A link that dresses up as the judiciary's: eblagh-ir.site, sana.click. */
static bool judicial_host(const SummonsReader *r)
{
    static const char *const PARTS[] = {"eblagh", "eblaq", "sana",  "adliran", "adl-",
                                        "edalat", "judic", "ghaz",  "qaz",     "dadga",
                                        "dadsar", "dadgo", "ejra",  "ahkam",   "shekay",
                                        "shakv",  "shekv", "ehzar", "parvand"};
    g_autofree char *link = g_ascii_strdown(r->out->fields[TEXT_SUMMONS_LINK].value, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++)
        if (strstr(link, PARTS[i]) != NULL)
            return true;
    return false;
}

void summons_judge(SummonsReader *r, const char *sender)
{
    count_words(r);
    TextSummons *out = r->out;
    bool known = sender != NULL && sender[0] != '\0';
    bool official = known && official_sender(sender), mobile = known && mobile_sender(sender);
    bool numbered = out->fields[TEXT_SUMMONS_CASE_NUMBER].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_NOTICE_NUMBER].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_BRANCH].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_ARCHIVE_NUMBER].value[0] != '\0';
    bool threat = r->soon && r->arrest;
    bool court = r->judicial > 0 || r->cases >= 2 ||
                 (r->cases > 0 && (threat || r->against || judicial_host(r)) && r->foreign_link);
    bool called = r->calls > 0 || (r->judicial > 0 && r->cases > 0 && r->addressed);
    if (r->foreign_link)
        add_reason(r, "foreign_link");
    if (r->official_link)
        add_reason(r, "official_link");
    if (official)
        add_reason(r, "official_sender");
    if (mobile)
        add_reason(r, "plain_sender");
    if (court)
        add_reason(r, "court_words");
    if (r->security > 0)
        add_reason(r, "security_words");
    if (r->money > 0)
        add_reason(r, "money");
    if (r->app > 0)
        add_reason(r, "app");
    if (threat)
        add_reason(r, "threat");
    TextMessageKind kind = TEXT_MESSAGE_OTHER;
    double confidence = 0.9;
    if (court && !(r->ordinary >= 2 && r->judicial == 0) &&
        (r->foreign_link || (r->money > 0 && r->ordinary == 0 && !official && !r->official_link) ||
         (r->app > 0 && !official) || (threat && !official && !r->official_link && !numbered))) {
        kind = TEXT_MESSAGE_PHISHING;
        confidence = r->foreign_link ? 0.97 : 0.85;
    } else if (official) {
        kind = TEXT_MESSAGE_OFFICIAL;
        confidence = court ? 0.97 : 0.8;
    } else if (r->foreign_link && r->security > 0 && (called || r->warns > 0)) {
        kind = TEXT_MESSAGE_PHISHING;
        confidence = 0.8;
    } else if (r->security > 0 && (r->calls > 0 || r->warns > 0) && r->ordinary < 2 &&
               !r->foreign_link) {
        kind = TEXT_MESSAGE_PLAIN;
        confidence = 0.88;
    } else if (court && mobile && (called || numbered) && (r->judicial > 0 || numbered)) {
        kind = TEXT_MESSAGE_PLAIN;
        confidence = 0.88;
    } else if (court && !known && r->judicial > 0 &&
               (numbered || r->official_link || r->judicial >= 2)) {
        kind = TEXT_MESSAGE_OFFICIAL; /* forwarded without its sender: as it looks, no more */
        confidence = 0.75;
    } else if (court && r->judicial > 0 && (r->calls > 0 || numbered) && r->ordinary == 0 &&
               (r->told || r->addressed || mobile)) {
        kind = TEXT_MESSAGE_PLAIN;
        confidence = 0.7;
    } else if ((r->last_warning || (r->warns >= 2 && (r->addressed || r->told))) &&
               r->ordinary == 0 && !r->foreign_link && (mobile || !known)) {
        kind = TEXT_MESSAGE_PLAIN;
        confidence = 0.7;
    } else {
        confidence = r->judicial == 0 && r->security == 0 ? 0.95 : 0.7;
    }
    if (kind == TEXT_MESSAGE_OFFICIAL && !r->foreign_link && r->money == 0)
        add_reason(r, "no_link");
    out->kind = kind;
    out->kind_confidence = (float)confidence;
    /* Not official is not proof that no one was summoned: this is its own finding. */
    bool appointed = out->fields[TEXT_SUMMONS_DATE].value[0] != '\0' &&
                     out->fields[TEXT_SUMMONS_HOUR].value[0] != '\0';
    out->is_summons = kind != TEXT_MESSAGE_OTHER &&
                      (r->calls > 0 || kind == TEXT_MESSAGE_PLAIN || r->warns > 0 || appointed);
}
