/* The words of dates in both languages, calendars' names and years. */
#include "text/dates_private.h"
#include "text/vocabulary.h"

#include <string.h>

static const DateWord WORDS[] = {
#include "text/date_words.inc"
};

const DateWord DATE_NO_WORD = {"", NONE, 0};

const DateWord *date_words_peek(gsize *ret_n)
{
    *ret_n = G_N_ELEMENTS(WORDS);
    return WORDS;
}

const DateWord *date_look(const Reader *r, gsize i)
{
    guint16 known = i < r->t->n ? r->t->tokens[i].known : 0;
    const DateWord *word = known == 0 ? NULL : vocabulary_peek()->words[known].date;
    return word == NULL ? &DATE_NO_WORD : word;
}

DateClass date_class_at(const Reader *r, gsize i)
{
    return (DateClass)date_look(r, i)->class;
}

bool date_sign_at(const Reader *r, gsize i, const char *ascii)
{
    const Token *token = &r->t->tokens[MIN(i, r->t->n)];
    return token->kind == TOKEN_SIGN && token->sign < 0x80 &&
           strchr(ascii, (char)token->sign) != NULL;
}

bool date_dash_at(const Reader *r, gsize i)
{
    const Token *token = &r->t->tokens[MIN(i, r->t->n)];
    return token->kind == TOKEN_SIGN &&
           (token->sign == '-' || (token->sign >= 0x2010 && token->sign <= 0x2015) ||
            token->sign == 0x2212);
}

bool date_is_number(const Reader *r, gsize i)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_NUMBER;
}

bool date_is_latin(const Reader *r, gsize i)
{
    return (guint8)token_word(r->t, i)[0] < 0x80 && token_word(r->t, i)[0] != '\0';
}

bool date_capital(const Reader *r, gsize i)
{
    return g_ascii_isupper(r->text[r->t->tokens[i].start]);
}

EdtfPoint date_point_new(int year, int month, int day)
{
    EdtfPoint point = {.kind = EDTF_POINT_DATE,
                       .year = year,
                       .month = month,
                       .day = day,
                       .hour = -1,
                       .minute = -1,
                       .second = -1};
    point.precision = day > 0      ? EDTF_DAY
                      : month > 20 ? EDTF_SEASON
                      : month > 0  ? EDTF_MONTH
                                   : EDTF_YEAR;
    return point;
}

int date_month_length(Calendar calendar, int year, int month)
{
    if (year != 0)
        return edtf_month_length(calendar, year, month);
    if (calendar == CALENDAR_SOLAR_HIJRI)
        return month <= 6 ? 31 : 30;
    return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* ---- years and calendars ---- */

/* A calendar's name at token i: خورشیدی, ه.ش, میلادی, CE … Gives tokens read. */
gsize date_read_calendar(const Reader *r, gsize i, Says *ret_says)
{
    *ret_says = SAYS_NOTHING;
    gsize open = date_sign_at(r, i, "(") ? 1 : 0; /* "1404 (SH)" */
    gsize at = i + open;
    const char *word = token_word(r->t, at);
    gsize n = 0;
    switch (date_class_at(r, at)) {
    case CAL_SOLAR:
        *ret_says = SAYS_SOLAR;
        n = 1;
        break;
    case CAL_GREG:
        /* "ad" and "ce" are written in capitals. */
        if (date_is_latin(r, at) && strlen(word) == 2 && !date_capital(r, at))
            return 0;
        *ret_says = SAYS_GREG;
        n = 1;
        break;
    case CAL_LUNAR:
        *ret_says = SAYS_LUNAR;
        n = 1;
        break;
    case CAL_HIJRI:
        *ret_says = SAYS_HIJRI;
        n = 1;
        if (date_class_at(r, at + 1) == CAL_SOLAR || date_class_at(r, at + 1) == CAL_LUNAR) {
            *ret_says = date_class_at(r, at + 1) == CAL_SOLAR ? SAYS_SOLAR : SAYS_LUNAR;
            n = 2;
        }
        break;
    default: {
        bool he = strcmp(word, "ه") == 0 || strcmp(word, "هـ") == 0;
        gsize dot = he && date_sign_at(r, at + 1, ".") ? 1 : 0;
        const char *next = he ? token_word(r->t, at + 1 + dot) : word;
        gsize used = he ? 2 + dot : 1;
        if (strcmp(next, "ش") == 0 || strcmp(word, "هش") == 0)
            *ret_says = SAYS_SOLAR;
        else if (strcmp(next, "ق") == 0 || strcmp(word, "هق") == 0)
            *ret_says = SAYS_LUNAR;
        else if (!he && strcmp(next, "م") == 0 && (open == 0 || date_sign_at(r, at + 1, ".)")))
            *ret_says = SAYS_GREG;
        else if ((strcmp(word, "sh") == 0 || strcmp(word, "ap") == 0) && date_capital(r, at))
            *ret_says = SAYS_SOLAR;
        else if (strcmp(word, "ah") == 0 && date_capital(r, at))
            *ret_says = SAYS_LUNAR;
        else
            return 0;
        n = strcmp(word, "هش") == 0 || strcmp(word, "هق") == 0 ? 1 : used;
    }
    }
    if (open > 0) {
        if (!date_sign_at(r, at + n, ")"))
            return *ret_says = SAYS_NOTHING, 0;
        n++;
    }
    return n + open;
}

static bool counted_thing(const char *word)
{
    return token_listed("|نفر|تن|زندانی|هزار|درصد|مورد|روز|سال|ساله|ساعت|دقیقه|میلیون|کشته|زخمی|"
                        "people|persons|prisoners|percent|days|years|hours|",
                        word);
}

/* A year at token i, with the calendar's name behind it. hint: the calendar that a month's name
 * gave, or HINT_NONE. two: two digits will do (Solar Hijri). Gives tokens read. */
gsize date_read_year(const Reader *r, gsize i, int hint, bool two, int *ret_year,
                     Calendar *ret_calendar, bool *ret_lunar, bool *ret_named)
{
    gint64 value = 0;
    bool words, ordinal;
    gsize n = 0;
    *ret_lunar = *ret_named = false;
    gsize quote = (date_sign_at(r, i, "'") || r->t->tokens[MIN(i, r->t->n)].sign == 0x2019) &&
                          date_is_number(r, i + 1)
                      ? 1
                      : 0;
    if (date_is_number(r, i + quote)) {
        const Token *token = &r->t->tokens[i + quote];
        value = token->value;
        n = 1 + quote;
        if (token->digits == 4 && !quote) {
            /* a year is no quantity */
            if (hint == HINT_NONE && counted_thing(token_word(r->t, i + 1)))
                return 0;
        } else if (token->digits == 2 && (two || quote) && hint != CALENDAR_GREGORIAN) {
            const char *next = token_word(r->t, i + n);
            if (counted_thing(next) || (value >= 10 && value < 40) || date_is_latin(r, i + n))
                return 0;
            value += value < 10 ? 1400 : 1300;
        } else if (token->digits == 2 && quote) {
            value += value < 40 ? 2000 : 1900;
        } else {
            return 0;
        }
    } else {
        n = token_number(r->t, i, &value, &words, &ordinal);
        if (n == 0 || ordinal || (n == 1 && value < 40))
            return 0;
        if (value >= 40 && value < 100 && two && hint != CALENDAR_GREGORIAN &&
            !counted_thing(token_word(r->t, i + n)) && !date_is_latin(r, i))
            value += 1300;
    }
    if (value < 1200 || value > 2199)
        return 0;
    Says says;
    gsize name = date_read_calendar(r, i + n, &says);
    bool solar = value < (hint == CALENDAR_SOLAR_HIJRI ? 1600 : 1500);
    Calendar calendar = solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    if (says == SAYS_LUNAR) {
        *ret_lunar = true;
    } else if (says == SAYS_SOLAR && calendar != CALENDAR_SOLAR_HIJRI) {
        return 0;
    } else if (says == SAYS_GREG && calendar != CALENDAR_GREGORIAN) {
        calendar = CALENDAR_GREGORIAN; /* the year 1404 of the Common Era, if someone says so */
    }
    if (hint != HINT_NONE && hint != (int)calendar && !*ret_lunar)
        return 0;
    *ret_named = says != SAYS_NOTHING;
    *ret_year = (int)value;
    *ret_calendar = calendar;
    return n + name;
}

/* Words that may stand between a month and its year: ماه, سال, a comma, of. Gives tokens. */
gsize date_skip_to_year(const Reader *r, gsize i)
{
    gsize n = 0;
    if (date_sign_at(r, i, ",.") || r->t->tokens[MIN(i, r->t->n)].sign == 0x60C)
        n++;
    const char *word = token_word(r->t, i + n);
    if (date_class_at(r, i + n) == YEAR || strcmp(word, "of") == 0 || strcmp(word, "in") == 0)
        n++;
    return n;
}
