/* Fields in words: court and its place, branch, hour, deadline, dates. */
#include "text/summons_private.h"

#include "text/private.h"
#include <string.h>

/* ---- court, branch, place ---- */

void summons_court(SummonsReader *r, gsize i)
{
    static const char QUALIFIERS[] = "|عمومی|و|انقلاب|اسلامی|کیفری|یک|دو|۱|۲|حقوقی|نظامی|ویژه|"
                                     "روحانیت|تجدید|تجدیدنظر|نظر|خانواده|عدالت|اداری|عالی|کشور|حل|"
                                     "اختلاف|اطفال|نوجوانان|صلح|ناحیه|رسانه|فرهنگ|امنیت|اقتصادی|";
    const char *word = summons_word(r, i);
    bool court = g_str_has_prefix(word, "دادگاه") || g_str_has_prefix(word, "دادسرا") ||
                 strcmp(word, "دیوان") == 0;
    if (strcmp(word, "شورای") == 0 && strcmp(summons_word(r, i + 1), "حل") == 0)
        court = true;
    if (strcmp(word, "دیوان") == 0 && !token_listed("|عدالت|عالی|", summons_word(r, i + 1)))
        court = false;
    if (!court || g_str_has_prefix(word, "دادگاهها") ||
        r->out->fields[TEXT_SUMMONS_COURT].value[0] != '\0')
        return;
    gsize last = i, at = i + 1;
    while (at < r->t->n && at < i + 9) {
        const char *next = summons_word(r, at);
        bool number = r->t->tokens[at].kind == TOKEN_NUMBER && r->t->tokens[at].digits <= 2 &&
                      at > 0 && token_listed("|کیفری|ناحیه|", summons_word(r, at - 1));
        if (strcmp(next, "و") == 0) {
            if (!token_listed(QUALIFIERS, summons_word(r, at + 1)) ||
                strcmp(summons_word(r, at + 1), "و") == 0)
                break;
        } else if (!number && !token_listed(QUALIFIERS, next)) {
            break;
        }
        last = at++;
    }
    summons_set_span(r, TEXT_SUMMONS_COURT, r->t->tokens[i].start, r->t->tokens[last].end,
                     last > i ? 0.95 : 0.75);
    /* The place behind it: استان X, شهرستان X, or the next word. */
    gsize place = last + 1;
    bool named = false;
    while (token_listed("|استان|شهرستان|شهر|مرکز|", summons_word(r, place))) {
        named = true;
        place++;
    }
    static const char NO_PLACE[] =
        "|به|در|مورخ|ساعت|شعبه|شماره|تاریخ|روز|شما|ابلاغ|جهت|برای|با|از|و|که|حاضر|حضور|احضار|"
        "مراجعه|صادر|ثبت|است|شد|شده|می|میباشد|علیه|جمهوری|خود|این|ان|واقع|مربوط|پرونده|بابت|ظرف|تا|"
        "لطفا|فردا|امروز|";
    const char *name = summons_word(r, place);
    if (name[0] == '\0' || token_listed(NO_PLACE, name) || (guint8)name[0] < 0x80 ||
        r->t->tokens[place].folded_length < 4)
        return;
    gsize end = place;
    if (token_listed("|خراسان|اذربایجان|سیستان|چهارمحال|کهگیلویه|", name)) {
        if (token_listed("|رضوی|شمالی|جنوبی|شرقی|غربی|", summons_word(r, place + 1)))
            end = place + 1;
        else if (strcmp(summons_word(r, place + 1), "و") == 0 &&
                 token_listed("|بلوچستان|بختیاری|بویراحمد|", summons_word(r, place + 2)))
            end = place + 2;
    } else if (token_listed("|شهر|ری|کرج!|بندر|خرم|اسلام|", name) &&
               token_listed("|ری|عباس|اباد|شهر|", summons_word(r, place + 1))) {
        end = place + 1;
    }
    summons_set_span(r, TEXT_SUMMONS_PROVINCE, r->t->tokens[place].start, r->t->tokens[end].end,
                     named ? 0.95 : 0.8);
}

void summons_branch(SummonsReader *r, gsize i)
{
    if (!g_str_has_prefix(summons_word(r, i), "شعبه"))
        return;
    gint64 value;
    bool words, ordinal;
    gsize at = i + 1;
    while (summons_sign(r, at, ':') || token_listed("|شماره|", summons_word(r, at)))
        at++;
    gsize n = at < r->t->n ? token_number(r->t, at, &value, &words, &ordinal) : 0;
    if (n == 0 || value < 1 || value > 9999)
        return;
    char digits[24];
    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    summons_set(r, TEXT_SUMMONS_BRANCH, digits, r->t->tokens[at].start,
                r->t->tokens[at + n - 1].end, 0.95);
}

/* ---- hour and deadline ---- */

/* «فردا ۸ صبح»: an hour without its word. */
static void read_bare_hour(SummonsReader *r, gsize i)
{
    const Token *token = &r->t->tokens[i];
    bool before_said = i > 0 && token_listed("|ساعت|", summons_word(r, i - 1));
    if (token->kind != TOKEN_NUMBER || token->digits > 2 || before_said ||
        (i > 0 && summons_sign(r, i - 1, ':')))
        return;
    gint64 hour = token->value, minute = 0;
    gsize last = i;
    if (summons_sign(r, i + 1, ':') && i + 2 < r->t->n &&
        r->t->tokens[i + 2].kind == TOKEN_NUMBER && r->t->tokens[i + 2].digits == 2) {
        minute = r->t->tokens[i + 2].value;
        last = i + 2;
    }
    const char *part = summons_word(r, last + 1);
    bool late = token_listed("|عصر|بعدازظهر|", part);
    if ((!late && strcmp(part, "صبح") != 0) || hour < 1 || hour > 12 || minute > 59)
        return;
    char value[48];
    g_snprintf(value, sizeof value, "%02d:%02d", (int)(late && hour < 12 ? hour + 12 : hour),
               (int)minute);
    summons_set(r, TEXT_SUMMONS_HOUR, value, token->start, r->t->tokens[last + 1].end, 0.85);
}

void summons_hour(SummonsReader *r, gsize i)
{
    if (strcmp(summons_word(r, i), "ساعت") != 0) {
        read_bare_hour(r, i);
        return;
    }
    gint64 hour, minute = 0;
    bool words, ordinal;
    gsize at = i + 1;
    gsize n = summons_sign(r, at, ':') ? 1 : 0;
    at += n;
    n = at < r->t->n ? token_number(r->t, at, &hour, &words, &ordinal) : 0;
    if (n == 0 || hour < 0 || hour > 24)
        return;
    gsize last = at + n - 1;
    if (summons_sign(r, last + 1, ':') && last + 2 < r->t->n &&
        r->t->tokens[last + 2].kind == TOKEN_NUMBER) {
        minute = r->t->tokens[last + 2].value;
        last += 2;
    } else if (strcmp(summons_word(r, last + 1), "و") == 0 && last + 2 < r->t->n) {
        gint64 more;
        gsize used = token_number(r->t, last + 2, &more, &words, &ordinal);
        if (used > 0 && strcmp(summons_word(r, last + 2 + used), "دقیقه") == 0) {
            minute = more;
            last += 2 + used;
        } else if (strcmp(summons_word(r, last + 2), "نیم") == 0) {
            minute = 30;
            last += 2;
        }
    }
    const char *next = summons_word(r, last + 1);
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
    summons_set(r, TEXT_SUMMONS_HOUR, value, r->t->tokens[i].start, r->t->tokens[last].end, 0.95);
}

static bool deadline_word(const char *word)
{
    return token_listed("|ظرف|مهلت|حداکثر|فرصت|مدت|طی|", word);
}

void summons_deadline(SummonsReader *r, gsize i)
{
    if (!deadline_word(summons_word(r, i)))
        return;
    for (gsize at = i + 1; at < r->t->n && at < i + 6; at++) {
        gint64 value;
        bool words, ordinal;
        gsize n = token_number(r->t, at, &value, &words, &ordinal);
        const char *unit = n > 0 ? summons_word(r, at + n) : "";
        char text[32];
        if (n > 0 && value > 0 && value < 1000 &&
            token_listed("|روز|روزه|ساعت|ساعته|هفته|ماه|", unit)) {
            bool hours = g_str_has_prefix(unit, "ساعت");
            char letter = hours                            ? 'H'
                          : g_str_has_prefix(unit, "روز")  ? 'D'
                          : g_str_has_prefix(unit, "هفته") ? 'W'
                                                           : 'M';
            g_snprintf(text, sizeof text, "P%s%d%c", hours ? "T" : "", (int)value, letter);
            summons_set(r, TEXT_SUMMONS_DEADLINE, text, r->t->tokens[i].start,
                        r->t->tokens[at + n].end, 0.93);
            return;
        }
        if (n > 0)
            return;
    }
}

bool summons_when(SummonsReader *r, const TextDateOptions *options, GError **error)
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
        bool until = token > 0 && strcmp(summons_word(r, token - 1), "تا") == 0, deadline = false;
        for (gsize back = 1; back <= 5 && back <= token; back++)
            deadline = deadline || deadline_word(summons_word(r, token - back));
        if (date->edtf[0] == '\0' || date->confidence < 0.6f)
            continue;
        summons_set(r, until || deadline ? TEXT_SUMMONS_DEADLINE : TEXT_SUMMONS_DATE, date->edtf,
                    date->start, date->end, (double)date->confidence);
    }
    return true;
}
