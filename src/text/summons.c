/* Court messages: what kind, and which fields. Rules after public descriptions by the judiciary,
 * the police and reporters (see README); each rule adds a reason, and the reasons are told. */
#include "text/summons.h"

#include "base/limits.h"
#include "text/private.h"
#include "text/tokens.h"
#include "text/utf8.h"
#include <stdlib.h>
#include <string.h>

const char *text_message_kind_name(TextMessageKind kind)
{
    static const char *const NAMES[] = {"other", "official", "phishing", "plain"};
    return NAMES[kind];
}

const char *text_summons_field_name(TextSummonsField field)
{
    static const char *const NAMES[TEXT_SUMMONS_N_FIELDS] = {
        "court", "branch",   "province", "case_number", "archive_number", "notice_number", "date",
        "hour",  "deadline", "link",     "sender",      "phone",          "national_id",
    };
    return NAMES[field];
}

bool text_summons_field_sealed(TextSummonsField field)
{
    return field == TEXT_SUMMONS_PHONE || field == TEXT_SUMMONS_NATIONAL_ID;
}

bool text_national_id_valid(const char *digits)
{
    int sum = 0;
    bool same = true;
    for (int i = 0; i < 10; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        same = same && digits[i] == digits[0];
        if (i < 9)
            sum += (digits[i] - '0') * (10 - i);
    }
    int rest = sum % 11, check = rest < 2 ? rest : 11 - rest;
    return digits[10] == '\0' && !same && check == digits[9] - '0';
}

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
static const char *const SECURITY[] = {"اطلاعات", "سپاه",    "حراست", "امنیت",   "اماکن",
                                       "فتا",     "بازجویی", "بسیج",  "کلانتری", "اگاهی",
                                       "پلیس",    "انتظامی", "معروف", "فراجا"};
static const char *const CALLS[] = {"احضار",   "مراجعه",  "حضور",  "حاضر",   "معرفی", "جلب",
                                    "فراخوان", "بازجویی", "بروید", "بیایید", "تشریف"};
static const char *const WARNS[] = {"اخطار",  "هشدار",  "تذکر",   "رصد",    "ممنوع",  "غیرقانونی",
                                    "برخورد", "تکرار",  "حجاب",   "بیحجاب", "بدحجاب", "دشمن",
                                    "معاند",  "بیگانه", "مجازات", "تعقیب"};
/* Said to the reader, not about a film or a neighbour. */
static const char ADDRESSED[] =
    "|شما|شمارا|جنابعالی|سرکار|مخاطب|متهم|خوانده|مشتکیعنه|شهروند|گرامی|محترم|";
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

typedef struct {
    const char *text;
    gsize length;
    const TextTokens *t;
    TextSummons *out;
    bool failed;
    int judicial, cases, money, app, security, calls, warns, ordinary;
    bool foreign_link, official_link, soon, arrest, last_warning, addressed;
} Reader;

static void set_field(Reader *r, TextSummonsField field, const char *value, gsize start, gsize end,
                      double confidence)
{
    TextField *f = &r->out->fields[field];
    if (f->value[0] != '\0')
        return; /* the first one counts */
    char *copy = strdup(value);
    if (copy == NULL) {
        r->failed = true;
        return;
    }
    free(f->value);
    *f = (TextField){.value = copy, .start = start, .end = end, .confidence = (float)confidence};
}

static void set_span(Reader *r, TextSummonsField field, gsize start, gsize end, double confidence)
{
    char *copy = strndup(r->text + start, end - start);
    if (copy == NULL) {
        r->failed = true;
        return;
    }
    set_field(r, field, copy, start, end, confidence);
    free(copy);
}

static const char *word_at(const Reader *r, gsize i)
{
    return token_word(r->t, i);
}

static bool sign_is(const Reader *r, gsize i, guint32 sign)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_SIGN && r->t->tokens[i].sign == sign;
}

static void add_reason(Reader *r, const char *reason)
{
    if (r->out->reasons[0] != '\0')
        g_strlcat(r->out->reasons, " ", sizeof r->out->reasons);
    g_strlcat(r->out->reasons, reason, sizeof r->out->reasons);
}

/* ---- digits ---- */

static int digit_at(const char *at, const char *end, unsigned *ret_bytes)
{
    guint32 c;
    *ret_bytes = utf8_decode(at, end, &c);
    if (*ret_bytes == 0)
        return -1;
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x6F0 && c <= 0x6F9)
        return (int)(c - 0x6F0);
    if (c >= 0x660 && c <= 0x669)
        return (int)(c - 0x660);
    return -1;
}

/* Digits from byte `start`, with single separators of `between` let through; ASCII into out. Gives
 * the byte behind the last digit. */
static gsize read_digits(const Reader *r, gsize start, const char *between, char *out, gsize room,
                         gsize *ret_n)
{
    const char *at = r->text + start, *end = r->text + r->length;
    gsize n = 0, last = start;
    while (at < end && n + 1 < room) {
        unsigned bytes;
        int digit = digit_at(at, end, &bytes);
        if (digit >= 0) {
            out[n++] = (char)('0' + digit);
            at += bytes;
            last = (gsize)(at - r->text);
        } else if (bytes == 1 && n > 0 && strchr(between, *at) != NULL && at + 1 < end &&
                   digit_at(at + 1, end, &bytes) >= 0) {
            if (*at == '/')
                out[n++] = '/';
            at++;
        } else {
            break;
        }
    }
    out[n] = '\0';
    *ret_n = n;
    return last;
}

/* ---- links: found, compared, never followed ---- */

static bool host_char(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
}

static bool official_host(const char *host, gsize length)
{
    static const char OFFICIAL[] = "adliran.ir";
    gsize n = sizeof OFFICIAL - 1;
    while (length > 0 && host[length - 1] == '.')
        length--;
    if (length < n || g_ascii_strncasecmp(host + length - n, OFFICIAL, n) != 0)
        return false;
    return length == n || host[length - n - 1] == '.';
}

static void find_links(Reader *r)
{
    static const char *const ENDS[] = {
        "ir",   "com",  "net",  "org",   "info", "xyz",  "site", "online", "top",
        "ly",   "me",   "link", "click", "app",  "io",   "co",   "vip",    "shop",
        "live", "cc",   "tk",   "ml",    "ga",   "cf",   "gq",   "ru",     "us",
        "in",   "page", "dev",  "web",   "id",   "club", "icu",  "best",   "fun"};
    for (gsize i = 0; i < r->length;) {
        if (!g_ascii_isalnum(r->text[i])) {
            i++;
            continue;
        }
        gsize start = i, at = i;
        bool scheme = false;
        while (at < r->length && (g_ascii_isalpha(r->text[at])))
            at++;
        if (at + 3 < r->length && at > start && memcmp(r->text + at, "://", 3) == 0) {
            scheme = true;
            at += 3;
        } else {
            at = start;
        }
        gsize host = at;
        while (at < r->length && host_char(r->text[at]))
            at++;
        gsize host_end = at;
        /* user@host: what stands before the @ is not the host */
        if (at < r->length && r->text[at] == '@' && scheme) {
            host = ++at;
            while (at < r->length && host_char(r->text[at]))
                at++;
            host_end = at;
        } else if (at < r->length && r->text[at] == '@') { /* an address for mail */
            while (at < r->length && (host_char(r->text[at]) || r->text[at] == '@'))
                at++;
            i = at;
            continue;
        }
        while (host_end > host && !g_ascii_isalnum(r->text[host_end - 1]))
            host_end--;
        const char *dot = host_end > host ? memrchr(r->text + host, '.', host_end - host) : NULL;
        bool known = false;
        for (gsize k = 0; dot != NULL && k < G_N_ELEMENTS(ENDS); k++)
            known = known || (strlen(ENDS[k]) == (gsize)(r->text + host_end - dot) - 1 &&
                              g_ascii_strncasecmp(dot + 1, ENDS[k], strlen(ENDS[k])) == 0);
        bool letters = false;
        for (gsize k = host; k < host_end; k++)
            letters = letters || g_ascii_isalpha(r->text[k]);
        if ((scheme && host_end > host) || (known && letters)) {
            while (at < r->length && (guint8)r->text[at] > ' ' && (guint8)r->text[at] < 0x80 &&
                   strchr("\"<>()[]", r->text[at]) == NULL)
                at++;
            while (at > host_end && strchr(".,;:!?", r->text[at - 1]) != NULL)
                at--;
            if (official_host(r->text + host, host_end - host)) {
                r->official_link = true;
            } else {
                r->foreign_link = true;
                set_span(r, TEXT_SUMMONS_LINK, start, MAX(at, host_end), 0.99);
            }
            if (!r->foreign_link)
                set_span(r, TEXT_SUMMONS_LINK, start, MAX(at, host_end), 0.99);
        }
        i = MAX(at, start + 1);
    }
}

/* ---- numbers with a name ---- */

/* "شماره پرونده: 1404…", "پرونده شماره …", "کلاسه …". `name` folded; the digits' field. */
static void read_named_number(Reader *r, gsize i)
{
    static const struct {
        const char *name;
        TextSummonsField field;
        int least;
    } NAMES[] = {
        {"پرونده", TEXT_SUMMONS_CASE_NUMBER, 5},      {"کلاسه", TEXT_SUMMONS_CASE_NUMBER, 5},
        {"بایگانی", TEXT_SUMMONS_ARCHIVE_NUMBER, 4},  {"ابلاغیه", TEXT_SUMMONS_NOTICE_NUMBER, 5},
        {"ابلاغنامه", TEXT_SUMMONS_NOTICE_NUMBER, 5}, {"دادنامه", TEXT_SUMMONS_NOTICE_NUMBER, 5},
        {"احضاریه", TEXT_SUMMONS_NOTICE_NUMBER, 5},   {"اخطاریه", TEXT_SUMMONS_NOTICE_NUMBER, 5}};
    const char *word = word_at(r, i);
    for (gsize k = 0; k < G_N_ELEMENTS(NAMES); k++) {
        if (strcmp(word, NAMES[k].name) != 0)
            continue;
        /* within the next words: شماره, کلاسه, به, signs; then digits */
        gsize at = i + 1;
        while (at < r->t->n && at < i + 5 &&
               (sign_is(r, at, ':') || sign_is(r, at, '.') || sign_is(r, at, '(') ||
                sign_is(r, at, '-') || r->t->tokens[at].kind == TOKEN_LINE ||
                token_listed("|شماره|به|کلاسه|ش|الکترونیک|پرونده|شما|قضایی|", word_at(r, at)) ||
                sign_is(r, at, '#')))
            at++;
        if (at >= r->t->n || r->t->tokens[at].kind != TOKEN_NUMBER)
            return;
        char digits[32];
        gsize n, end = read_digits(r, r->t->tokens[at].start, "/-", digits, sizeof digits, &n);
        bool named = at > i + 1 || (i > 0 && token_listed("|شماره|ش|کلاسه|", word_at(r, i - 1)));
        if ((int)n < NAMES[k].least || n > 25)
            return;
        /* a date is no number of a case */
        if (n == 10 && digits[4] == '/' && digits[7] == '/')
            return;
        set_field(r, NAMES[k].field, digits, r->t->tokens[at].start, end, named ? 0.95 : 0.8);
        return;
    }
}

static void read_national_id(Reader *r, gsize i)
{
    const char *word = word_at(r, i), *next = word_at(r, i + 1);
    bool named = (token_listed("|کد|شماره|ش|", word) && strcmp(next, "ملی") == 0) ||
                 strcmp(word, "کدملی") == 0;
    if (!named)
        return;
    gsize at = i + (strcmp(word, "کدملی") == 0 ? 1 : 2);
    while (at < r->t->n && at < i + 5 &&
           (sign_is(r, at, ':') || token_listed("|شما|به|شماره|", word_at(r, at))))
        at++;
    if (at >= r->t->n || r->t->tokens[at].kind != TOKEN_NUMBER)
        return;
    char digits[32];
    gsize n, end = read_digits(r, r->t->tokens[at].start, "-", digits, sizeof digits, &n);
    if (n != 10)
        return;
    if (text_national_id_valid(digits))
        set_field(r, TEXT_SUMMONS_NATIONAL_ID, digits, r->t->tokens[at].start, end, 0.99);
    else
        r->out->national_id_wrong = true;
}

/* A telephone number of Iran at token i as "+98…"; false when it is none. */
static bool read_phone(const Reader *r, gsize start, char *out, gsize *ret_end)
{
    char digits[32];
    gsize n, end = read_digits(r, start, "- ", digits, sizeof digits, &n);
    const char *rest = digits;
    bool plus = start > 0 && r->text[start - 1] == '+';
    if (plus && g_str_has_prefix(rest, "98"))
        rest += 2;
    else if (g_str_has_prefix(rest, "0098"))
        rest += 4;
    else if (g_str_has_prefix(rest, "98") && n == 12)
        rest += 2;
    else if (rest[0] == '0')
        rest += 1;
    else
        return false;
    if (strlen(rest) != 10 || rest[0] == '0' || strchr(rest, '/') != NULL)
        return false;
    g_snprintf(out, 16, "+98%s", rest);
    *ret_end = end;
    return true;
}

/* ---- court, branch, place ---- */

static void read_court(Reader *r, gsize i)
{
    static const char QUALIFIERS[] = "|عمومی|و|انقلاب|اسلامی|کیفری|یک|دو|۱|۲|حقوقی|نظامی|ویژه|"
                                     "روحانیت|تجدید|تجدیدنظر|نظر|خانواده|عدالت|اداری|عالی|کشور|حل|"
                                     "اختلاف|اطفال|نوجوانان|صلح|ناحیه|رسانه|فرهنگ|امنیت|اقتصادی|";
    const char *word = word_at(r, i);
    bool court = g_str_has_prefix(word, "دادگاه") || g_str_has_prefix(word, "دادسرا") ||
                 strcmp(word, "دیوان") == 0;
    if (strcmp(word, "شورای") == 0 && strcmp(word_at(r, i + 1), "حل") == 0)
        court = true;
    if (strcmp(word, "دیوان") == 0 && !token_listed("|عدالت|عالی|", word_at(r, i + 1)))
        court = false;
    if (!court || g_str_has_prefix(word, "دادگاهها") ||
        r->out->fields[TEXT_SUMMONS_COURT].value[0] != '\0')
        return;
    gsize last = i, at = i + 1;
    while (at < r->t->n && at < i + 9) {
        const char *next = word_at(r, at);
        bool number = r->t->tokens[at].kind == TOKEN_NUMBER && r->t->tokens[at].digits <= 2 &&
                      at > 0 && token_listed("|کیفری|ناحیه|", word_at(r, at - 1));
        if (strcmp(next, "و") == 0) {
            if (!token_listed(QUALIFIERS, word_at(r, at + 1)) ||
                strcmp(word_at(r, at + 1), "و") == 0)
                break;
        } else if (!number && !token_listed(QUALIFIERS, next)) {
            break;
        }
        last = at++;
    }
    set_span(r, TEXT_SUMMONS_COURT, r->t->tokens[i].start, r->t->tokens[last].end,
             last > i ? 0.95 : 0.75);
    /* The place behind it: استان X, شهرستان X, or the next word. */
    gsize place = last + 1;
    bool named = false;
    while (token_listed("|استان|شهرستان|شهر|مرکز|", word_at(r, place))) {
        named = true;
        place++;
    }
    static const char NO_PLACE[] =
        "|به|در|مورخ|ساعت|شعبه|شماره|تاریخ|روز|شما|ابلاغ|جهت|برای|با|از|و|که|حاضر|حضور|احضار|"
        "مراجعه|صادر|ثبت|است|شد|شده|می|میباشد|علیه|جمهوری|خود|این|ان|واقع|مربوط|پرونده|بابت|ظرف|تا|"
        "لطفا|فردا|امروز|";
    const char *name = word_at(r, place);
    if (name[0] == '\0' || token_listed(NO_PLACE, name) || (guint8)name[0] < 0x80 ||
        r->t->tokens[place].folded_length < 4)
        return;
    gsize end = place;
    if (token_listed("|خراسان|اذربایجان|سیستان|چهارمحال|کهگیلویه|", name)) {
        if (token_listed("|رضوی|شمالی|جنوبی|شرقی|غربی|", word_at(r, place + 1)))
            end = place + 1;
        else if (strcmp(word_at(r, place + 1), "و") == 0 &&
                 token_listed("|بلوچستان|بختیاری|بویراحمد|", word_at(r, place + 2)))
            end = place + 2;
    } else if (token_listed("|شهر|ری|کرج!|بندر|خرم|اسلام|", name) &&
               token_listed("|ری|عباس|اباد|شهر|", word_at(r, place + 1))) {
        end = place + 1;
    }
    set_span(r, TEXT_SUMMONS_PROVINCE, r->t->tokens[place].start, r->t->tokens[end].end,
             named ? 0.95 : 0.8);
}

static void read_branch(Reader *r, gsize i)
{
    if (!g_str_has_prefix(word_at(r, i), "شعبه"))
        return;
    gint64 value;
    bool words, ordinal;
    gsize at = i + 1;
    while (sign_is(r, at, ':') || token_listed("|شماره|", word_at(r, at)))
        at++;
    gsize n = at < r->t->n ? token_number(r->t, at, &value, &words, &ordinal) : 0;
    if (n == 0 || value < 1 || value > 9999)
        return;
    char digits[24];
    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    set_field(r, TEXT_SUMMONS_BRANCH, digits, r->t->tokens[at].start, r->t->tokens[at + n - 1].end,
              0.95);
}

/* ---- hour and deadline ---- */

static void read_hour(Reader *r, gsize i)
{
    if (strcmp(word_at(r, i), "ساعت") != 0)
        return;
    gint64 hour, minute = 0;
    bool words, ordinal;
    gsize at = i + 1;
    gsize n = sign_is(r, at, ':') ? 1 : 0;
    at += n;
    n = at < r->t->n ? token_number(r->t, at, &hour, &words, &ordinal) : 0;
    if (n == 0 || hour < 0 || hour > 24)
        return;
    gsize last = at + n - 1;
    if (sign_is(r, last + 1, ':') && last + 2 < r->t->n &&
        r->t->tokens[last + 2].kind == TOKEN_NUMBER) {
        minute = r->t->tokens[last + 2].value;
        last += 2;
    } else if (strcmp(word_at(r, last + 1), "و") == 0 && last + 2 < r->t->n) {
        gint64 more;
        gsize used = token_number(r->t, last + 2, &more, &words, &ordinal);
        if (used > 0 && strcmp(word_at(r, last + 2 + used), "دقیقه") == 0) {
            minute = more;
            last += 2 + used;
        } else if (strcmp(word_at(r, last + 2), "نیم") == 0) {
            minute = 30;
            last += 2;
        }
    }
    const char *next = word_at(r, last + 1);
    if (token_listed("|عصر|شب|بعدازظهر|بعد|", next) && hour < 12) {
        hour += 12;
        last++;
    } else if (token_listed("|صبح|ظهر|", next)) {
        last++;
    } else if (token_listed("|پس|دیگر|اینده|مهلت|فرصت|گذشته|", next)) {
        return; /* a span, not a time of day */
    }
    if (minute < 0 || minute > 59 || hour > 23)
        return;
    char value[48];
    g_snprintf(value, sizeof value, "%02d:%02d", (int)hour, (int)minute);
    set_field(r, TEXT_SUMMONS_HOUR, value, r->t->tokens[i].start, r->t->tokens[last].end, 0.95);
}

static bool deadline_word(const char *word)
{
    return token_listed("|ظرف|مهلت|حداکثر|فرصت|مدت|طی|", word);
}

static void read_deadline(Reader *r, gsize i)
{
    if (!deadline_word(word_at(r, i)))
        return;
    for (gsize at = i + 1; at < r->t->n && at < i + 6; at++) {
        gint64 value;
        bool words, ordinal;
        gsize n = token_number(r->t, at, &value, &words, &ordinal);
        const char *unit = n > 0 ? word_at(r, at + n) : "";
        char text[32];
        if (n > 0 && value > 0 && value < 1000 &&
            token_listed("|روز|روزه|ساعت|ساعته|هفته|ماه|", unit)) {
            bool hours = g_str_has_prefix(unit, "ساعت");
            char letter = hours                            ? 'H'
                          : g_str_has_prefix(unit, "روز")  ? 'D'
                          : g_str_has_prefix(unit, "هفته") ? 'W'
                                                           : 'M';
            g_snprintf(text, sizeof text, "P%s%d%c", hours ? "T" : "", (int)value, letter);
            set_field(r, TEXT_SUMMONS_DEADLINE, text, r->t->tokens[i].start,
                      r->t->tokens[at + n].end, 0.93);
            return;
        }
        if (n > 0)
            return;
    }
}

static bool read_when(Reader *r, const TextDateOptions *options, GError **error)
{
    g_auto(TextDates) dates = {0};
    if (!text_dates_find_in(r->t, r->text, options, &dates, error))
        return false;
    for (gsize k = 0; k < dates.n; k++) {
        const TextDate *date = &dates.dates[k];
        /* "مهلت … تا DATE": the words before tell a deadline from an appointment. */
        gsize token = 0;
        while (token < r->t->n && r->t->tokens[token].start < date->start)
            token++;
        bool until = token > 0 && strcmp(word_at(r, token - 1), "تا") == 0, deadline = false;
        for (gsize back = 1; back <= 5 && back <= token; back++)
            deadline = deadline || deadline_word(word_at(r, token - back));
        if (date->edtf[0] == '\0' || date->confidence < 0.6f)
            continue;
        set_field(r, until || deadline ? TEXT_SUMMONS_DEADLINE : TEXT_SUMMONS_DATE, date->edtf,
                  date->start, date->end, (double)date->confidence);
    }
    return true;
}

/* ---- kind ---- */

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

static void count_words(Reader *r)
{
    for (gsize i = 0; i < r->t->n; i++) {
        const char *word = word_at(r, i), *next = word_at(r, i + 1);
        if (word[0] == '\0')
            continue;
        if (BEGINS(word, JUDICIAL) ||
            (strcmp(word, "عدالت") == 0 && g_str_has_prefix(next, "همراه")) ||
            (strcmp(word, "شورای") == 0 && strcmp(next, "حل") == 0))
            r->judicial++;
        r->cases += BEGINS(word, CASE_WORDS);
        r->money += BEGINS(word, MONEY);
        r->app +=
            BEGINS(word, APP) || (strcmp(word, "نرم") == 0 && g_str_has_prefix(next, "افزار"));
        r->security +=
            BEGINS(word, SECURITY) || (strcmp(word, "ستاد") == 0 && strcmp(next, "خبری") == 0);
        r->calls += BEGINS(word, CALLS);
        r->addressed = r->addressed || token_listed(ADDRESSED, word);
        r->warns += BEGINS(word, WARNS);
        r->ordinary += BEGINS(word, ORDINARY);
        r->arrest = r->arrest || g_str_has_prefix(word, "جلب") ||
                    g_str_has_prefix(word, "بازداشت") || g_str_has_prefix(word, "مسدود");
        r->last_warning = r->last_warning || (strcmp(word, "اخرین") == 0 && BEGINS(next, WARNS)) ||
                          (BEGINS(word, WARNS) && token_listed("|اخر|نهایی|اخرین|امنیتی|", next));
        gint64 value;
        bool words, ordinal;
        gsize n = token_number(r->t, i, &value, &words, &ordinal);
        if (n > 0 && value <= 72 && token_listed("|ساعت|ساعته|دقیقه|", word_at(r, i + n)))
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
        if (n > 0 && value <= 72 && token_listed("|ساعت|ساعته|دقیقه|", word_at(r, i + n)))
            r->soon = true;
    }
}

static void judge(Reader *r, const char *sender)
{
    TextSummons *out = r->out;
    bool known = sender != NULL && sender[0] != '\0';
    bool official = known && official_sender(sender), mobile = known && mobile_sender(sender);
    bool numbered = out->fields[TEXT_SUMMONS_CASE_NUMBER].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_NOTICE_NUMBER].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_BRANCH].value[0] != '\0' ||
                    out->fields[TEXT_SUMMONS_ARCHIVE_NUMBER].value[0] != '\0';
    bool threat = r->soon && r->arrest;
    bool court = r->judicial > 0 || r->cases >= 2 || (r->cases > 0 && threat && r->foreign_link);
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
    } else if (court && r->judicial > 0 && (r->calls > 0 || numbered) && r->ordinary == 0) {
        kind = TEXT_MESSAGE_PLAIN;
        confidence = 0.7;
    } else if (r->last_warning && r->ordinary == 0 && !r->foreign_link && (mobile || !known)) {
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
    out->is_summons =
        kind != TEXT_MESSAGE_OTHER && (r->calls > 0 || kind == TEXT_MESSAGE_PLAIN || r->warns > 0);
}

/* "فرستنده: X", "From: X" on the first line. Gives the byte where the message begins. */
static gsize read_sender_line(const Reader *r, char *sender, gsize room)
{
    const char *word = word_at(r, 0);
    if (!token_listed("|فرستنده|from|sender|سرشماره|ارسالکننده|", word) || !sign_is(r, 1, ':'))
        return 0;
    gsize at = r->t->tokens[1].end, end = at;
    while (end < r->length && r->text[end] != '\n' && r->text[end] != '\r')
        end++;
    g_autofree char *line = g_strndup(r->text + at, end - at);
    g_strlcpy(sender, g_strstrip(line), room);
    return end;
}

bool text_summons_read(const char *text, gsize length, const char *sender,
                       const TextDateOptions *options, TextSummons *ret_summons, GError **error)
{
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    g_auto(TextTokens) tokens = {0};
    g_auto(TextSummons) out = {0};
    char own_sender[64] = "";
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    Reader r = {.text = text, .length = length, .t = &tokens, .out = &out};
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++) {
        out.fields[i].value = strdup("");
        if (out.fields[i].value == NULL)
            return text_error_memory(error);
    }
    gsize body = read_sender_line(&r, own_sender, sizeof own_sender);
    if (sender == NULL && own_sender[0] != '\0')
        sender = own_sender;
    if (sender != NULL && sender[0] != '\0')
        set_field(&r, TEXT_SUMMONS_SENDER, sender, 0, 0, body > 0 ? 0.9 : 1);
    find_links(&r);
    for (gsize i = 0; i < tokens.n; i++) {
        const Token *token = &tokens.tokens[i];
        if (token->start < body)
            continue;
        if (token->kind == TOKEN_WORD) {
            read_named_number(&r, i);
            read_national_id(&r, i);
            read_court(&r, i);
            read_branch(&r, i);
            read_hour(&r, i);
            read_deadline(&r, i);
        } else if (token->kind == TOKEN_NUMBER && token->digits >= 2) {
            char phone[16];
            gsize end;
            const TextField *link = &out.fields[TEXT_SUMMONS_LINK];
            bool inside = token->start >= link->start && token->start < link->end;
            bool part = i > 0 && tokens.tokens[i - 1].kind == TOKEN_NUMBER && !token->gap;
            if (!inside && !part && read_phone(&r, token->start, phone, &end))
                set_field(&r, TEXT_SUMMONS_PHONE, phone, token->start, end, 0.95);
        }
    }
    if (!read_when(&r, options, error))
        return false;
    count_words(&r);
    judge(&r, sender);
    if (r.failed)
        return text_error_memory(error);
    *ret_summons = out;
    out = (TextSummons){0};
    return true;
}

void text_summons_clear(TextSummons *summons)
{
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++)
        free(summons->fields[i].value);
    *summons = (TextSummons){0};
}
