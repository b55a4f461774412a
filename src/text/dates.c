/* Dates by a small grammar over words and numbers, read from left to right; at each word the
 * longest reading wins. A word is looked up once (binary search in 240); texts without dates cost
 * little more than their splitting into words. */
#include "text/dates.h"

#include "base/limits.h"
#include "text/private.h"
#include "text/tokens.h"
#include <stdlib.h>
#include <string.h>

typedef enum {
    NONE,
    MONTH_SOLAR,
    MONTH_SOLAR_SURE,
    MONTH_GREG,
    MONTH_LUNAR,
    SEASON,
    DECADE,
    YEAR,
    YEARS,
    MONTH_WORD,
    CAL_SOLAR,
    CAL_HIJRI,
    CAL_LUNAR,
    CAL_GREG,
    PART,
    REL_DAY,
    REL_YEAR,
    UNIT_DAY,
    UNIT_WEEK,
    LAST,
    NEXT,
    THIS,
    WEEKDAY,
    TO,
    FROM,
    BETWEEN,
    AND,
    NOW,
    YEAR_CONTEXT,
    EQUAL,
} DateClass;

typedef struct {
    const char *word; /* folded, in order of bytes */
    guint8 class;
    gint8 value;
} DateWord;

static const DateWord WORDS[] = {
#include "text/date_words.inc"
};

static const DateWord NO_WORD = {"", NONE, 0};

typedef struct {
    const TextTokens *t;
    const char *text;
    TextDateOptions options;
} Reader;

/* One reading: tokens [first, last). */
typedef struct {
    gsize first, last;
    Edtf edtf;
    bool no_year, relative, unknown; /* unknown: relative without a given day */
    bool leave_out;                  /* lunar, or no such day */
    double confidence;
} Found;

static const DateWord *look(const Reader *r, gsize i)
{
    const char *word = token_word(r->t, i);
    gsize low = 0, high = G_N_ELEMENTS(WORDS);
    if (word[0] == '\0' || r->t->tokens[i].folded_length > 24)
        return &NO_WORD;
    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(word, WORDS[middle].word);
        if (order == 0)
            return &WORDS[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return &NO_WORD;
}

static DateClass class_at(const Reader *r, gsize i)
{
    return (DateClass)look(r, i)->class;
}

static bool sign_at(const Reader *r, gsize i, const char *ascii)
{
    const Token *token = &r->t->tokens[MIN(i, r->t->n)];
    return token->kind == TOKEN_SIGN && token->sign < 0x80 &&
           strchr(ascii, (char)token->sign) != NULL;
}

static bool dash_at(const Reader *r, gsize i)
{
    const Token *token = &r->t->tokens[MIN(i, r->t->n)];
    return token->kind == TOKEN_SIGN &&
           (token->sign == '-' || (token->sign >= 0x2010 && token->sign <= 0x2015) ||
            token->sign == 0x2212);
}

static bool is_number(const Reader *r, gsize i)
{
    return i < r->t->n && r->t->tokens[i].kind == TOKEN_NUMBER;
}

static bool is_latin(const Reader *r, gsize i)
{
    return (guint8)token_word(r->t, i)[0] < 0x80 && token_word(r->t, i)[0] != '\0';
}

static bool capital(const Reader *r, gsize i)
{
    return g_ascii_isupper(r->text[r->t->tokens[i].start]);
}

static EdtfPoint point_new(int year, int month, int day)
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

static int month_length(Calendar calendar, int year, int month)
{
    if (year != 0)
        return edtf_month_length(calendar, year, month);
    if (calendar == CALENDAR_SOLAR_HIJRI)
        return month <= 6 ? 31 : 30;
    return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* ---- years and calendars ---- */

typedef enum { SAYS_NOTHING, SAYS_SOLAR, SAYS_GREG, SAYS_LUNAR, SAYS_HIJRI } Says;

/* A calendar's name at token i: خورشیدی, ه.ش, میلادی, CE … Gives tokens read. */
static gsize read_calendar(const Reader *r, gsize i, Says *ret_says)
{
    *ret_says = SAYS_NOTHING;
    gsize open = sign_at(r, i, "(") ? 1 : 0; /* "1404 (SH)" */
    gsize at = i + open;
    const char *word = token_word(r->t, at);
    gsize n = 0;
    switch (class_at(r, at)) {
    case CAL_SOLAR:
        *ret_says = SAYS_SOLAR;
        n = 1;
        break;
    case CAL_GREG:
        /* "ad" and "ce" are written in capitals. */
        if (is_latin(r, at) && strlen(word) == 2 && !capital(r, at))
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
        if (class_at(r, at + 1) == CAL_SOLAR || class_at(r, at + 1) == CAL_LUNAR) {
            *ret_says = class_at(r, at + 1) == CAL_SOLAR ? SAYS_SOLAR : SAYS_LUNAR;
            n = 2;
        }
        break;
    default: {
        bool he = strcmp(word, "ه") == 0 || strcmp(word, "هـ") == 0;
        gsize dot = he && sign_at(r, at + 1, ".") ? 1 : 0;
        const char *next = he ? token_word(r->t, at + 1 + dot) : word;
        gsize used = he ? 2 + dot : 1;
        if (strcmp(next, "ش") == 0 || strcmp(word, "هش") == 0)
            *ret_says = SAYS_SOLAR;
        else if (strcmp(next, "ق") == 0 || strcmp(word, "هق") == 0)
            *ret_says = SAYS_LUNAR;
        else if (!he && strcmp(next, "م") == 0 && (open == 0 || sign_at(r, at + 1, ".)")))
            *ret_says = SAYS_GREG;
        else if ((strcmp(word, "sh") == 0 || strcmp(word, "ap") == 0) && capital(r, at))
            *ret_says = SAYS_SOLAR;
        else if (strcmp(word, "ah") == 0 && capital(r, at))
            *ret_says = SAYS_LUNAR;
        else
            return 0;
        n = strcmp(word, "هش") == 0 || strcmp(word, "هق") == 0 ? 1 : used;
    }
    }
    if (open > 0) {
        if (!sign_at(r, at + n, ")"))
            return *ret_says = SAYS_NOTHING, 0;
        n++;
    }
    return n + open;
}

enum { HINT_NONE = -1 };

static bool counted_thing(const char *word)
{
    return token_listed("|نفر|تن|زندانی|هزار|درصد|مورد|روز|سال|ساله|ساعت|دقیقه|میلیون|کشته|زخمی|"
                        "people|persons|prisoners|percent|days|years|hours|",
                        word);
}

/* A year at token i, with the calendar's name behind it. hint: the calendar that a month's name
 * gave, or HINT_NONE. two: two digits will do (Solar Hijri). Gives tokens read. */
static gsize read_year(const Reader *r, gsize i, int hint, bool two, int *ret_year,
                       Calendar *ret_calendar, bool *ret_lunar, bool *ret_named)
{
    gint64 value = 0;
    bool words, ordinal;
    gsize n = 0;
    *ret_lunar = *ret_named = false;
    gsize quote =
        (sign_at(r, i, "'") || r->t->tokens[MIN(i, r->t->n)].sign == 0x2019) && is_number(r, i + 1)
            ? 1
            : 0;
    if (is_number(r, i + quote)) {
        const Token *token = &r->t->tokens[i + quote];
        value = token->value;
        n = 1 + quote;
        if (token->digits == 4 && !quote) {
            /* a year is no quantity */
            if (hint == HINT_NONE && counted_thing(token_word(r->t, i + 1)))
                return 0;
        } else if (token->digits == 2 && (two || quote) && hint != CALENDAR_GREGORIAN) {
            const char *next = token_word(r->t, i + n);
            if (counted_thing(next) || (value >= 10 && value < 40) || is_latin(r, i + n))
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
            !counted_thing(token_word(r->t, i + n)) && !is_latin(r, i))
            value += 1300;
    }
    if (value < 1200 || value > 2199)
        return 0;
    Says says;
    gsize name = read_calendar(r, i + n, &says);
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
static gsize skip_to_year(const Reader *r, gsize i)
{
    gsize n = 0;
    if (sign_at(r, i, ",.") || r->t->tokens[MIN(i, r->t->n)].sign == 0x60C)
        n++;
    const char *word = token_word(r->t, i + n);
    if (class_at(r, i + n) == YEAR || strcmp(word, "of") == 0 || strcmp(word, "in") == 0)
        n++;
    return n;
}

/* ---- figures: 1404/04/07, 28-6-2025, 1988-06, 2025-06-28T10:00 ---- */

static bool is_date_sign(const Reader *r, gsize i)
{
    return sign_at(r, i, "/-.") || (r->t->tokens[MIN(i, r->t->n)].kind == TOKEN_SIGN &&
                                    r->t->tokens[MIN(i, r->t->n)].sign == 0x2010);
}

static bool read_figures(const Reader *r, gsize i, Found *f)
{
    const Token *t = r->t->tokens;
    if (!is_number(r, i) || i + 2 >= r->t->n + 1 || !is_date_sign(r, i + 1) || t[i + 1].gap ||
        !is_number(r, i + 2) || t[i + 2].gap)
        return false;
    /* part of a longer row of figures (an address, a version)? */
    if (i > 0 && !t[i].gap && (is_date_sign(r, i - 1) || t[i - 1].kind == TOKEN_WORD) && i > 1 &&
        is_number(r, i - 2))
        return false;
    bool three = i + 4 < r->t->n + 1 && t[i + 3].kind == TOKEN_SIGN &&
                 t[i + 3].sign == t[i + 1].sign && !t[i + 3].gap && is_number(r, i + 4) &&
                 !t[i + 4].gap;
    gint64 a = t[i].value, b = t[i + 2].value, c = three ? t[i + 4].value : 0;
    if (three) {
        if (i + 6 < r->t->n + 1 && t[i + 5].sign == t[i + 1].sign && !t[i + 5].gap &&
            is_number(r, i + 6) && !t[i + 6].gap)
            return false;
        gint64 year, month, day;
        double confidence = 0.98;
        if (t[i].digits == 4 && t[i + 2].digits <= 2 && t[i + 4].digits <= 2) {
            year = a, month = b, day = c;
        } else if (t[i + 4].digits == 4 && t[i].digits <= 2 && t[i + 2].digits <= 2) {
            year = c, month = b, day = a;
            if (b > 12 && a <= 12)
                month = a, day = b;
            else if (a <= 12 && a != b)
                confidence = year < 1500 ? 0.95 : 0.7; /* day first, as all but one country write */
        } else {
            return false;
        }
        if (year < 1200 || year > 2199 || month < 1 || month > 12)
            return false;
        Calendar calendar = year < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
        if (day < 1 || day > edtf_month_length(calendar, (int)year, (int)month))
            return false;
        gsize n = 5;
        Says says = SAYS_NOTHING;
        /* "2025-06-28T10:00:00Z": the time belongs to the span, the day is what counts. */
        if (!t[MIN(i + 5, r->t->n)].gap && strcmp(token_word(r->t, i + 5), "t") == 0 &&
            is_number(r, i + 6))
            for (n = 7; i + n < r->t->n && !t[i + n].gap &&
                        (is_number(r, i + n) || sign_at(r, i + n, ":.+-") ||
                         strcmp(token_word(r->t, i + n), "z") == 0);
                 n++)
                ;
        else
            n += read_calendar(r, i + 5, &says);
        f->leave_out = says == SAYS_LUNAR;
        f->edtf = (Edtf){.calendar = calendar, .start = point_new((int)year, (int)month, (int)day)};
        f->last = i + n;
        f->confidence = confidence;
        return true;
    }
    /* 1988-06, 1404/4; 06/2025 */
    gint64 year = 0, month = 0;
    if (t[i].digits == 4 && t[i + 2].digits <= 2 &&
        (t[i + 2].digits == 2 || sign_at(r, i + 1, "/")))
        year = a, month = b;
    else if (t[i + 2].digits == 4 && t[i].digits == 2 && sign_at(r, i + 1, "/"))
        year = b, month = a;
    if (year < 1200 || year > 2199 || month < 1 || month > 12 || sign_at(r, i + 1, "."))
        return false;
    f->edtf = (Edtf){.calendar = year < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN,
                     .start = point_new((int)year, (int)month, 0)};
    f->last = i + 3;
    f->confidence = 0.85;
    return true;
}

/* ---- day and month ---- */

static bool is_month(const Reader *r, gsize i, int *ret_month, Calendar *ret_calendar,
                     bool *ret_lunar)
{
    const DateWord *word = look(r, i);
    *ret_lunar = word->class == MONTH_LUNAR;
    if (word->class != MONTH_SOLAR && word->class != MONTH_SOLAR_SURE &&
        word->class != MONTH_GREG && word->class != MONTH_LUNAR)
        return false;
    /* English months are capital; may, march and the rest are words else. */
    if (is_latin(r, i) && !capital(r, i))
        return false;
    *ret_month = word->value;
    *ret_calendar = word->class == MONTH_GREG ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
    return true;
}

static bool weak_month(const char *word)
{
    return token_listed("|می|مه|may|mar|sep|dec|jan|oct|tir|dey|aban|azar|mehr|", word);
}

/* Number of a day at token i (1–31). digits: figures, not words. */
static gsize read_day(const Reader *r, gsize i, int *ret_day, bool *ret_sure)
{
    gint64 value;
    bool words, ordinal;
    gsize n;
    if (is_number(r, i)) {
        if (r->t->tokens[i].digits > 2)
            return 0;
        value = r->t->tokens[i].value;
        n = 1;
        const char *after = token_word(r->t, i + 1);
        if (!r->t->tokens[i + 1].gap && token_listed("|th|st|nd|rd|م|ام|امین|", after))
            n++;
        *ret_sure = true;
    } else {
        n = token_number(r->t, i, &value, &words, &ordinal);
        *ret_sure = ordinal;
    }
    if (n == 0 || value < 1 || value > 31)
        return 0;
    *ret_day = (int)value;
    return n;
}

/* What follows a month: ماه, year. */
static gsize read_month_tail(const Reader *r, gsize i, Calendar calendar, bool lunar_month,
                             int *ret_year, bool *ret_lunar, bool *ret_month_word)
{
    gsize n = 0;
    *ret_year = 0;
    *ret_lunar = lunar_month;
    *ret_month_word = class_at(r, i - 1) == MONTH_SOLAR_SURE;
    if (strcmp(token_word(r->t, i), "ماه") == 0) {
        *ret_month_word = true;
        n++;
    }
    gsize skip = skip_to_year(r, i + n);
    Calendar year_calendar;
    bool lunar, named;
    /* After a comma a number of two digits is something else. */
    bool two = skip == 0 || class_at(r, i + n + skip - 1) == YEAR;
    gsize year = read_year(r, i + n + skip, lunar_month ? HINT_NONE : (int)calendar, two, ret_year,
                           &year_calendar, &lunar, &named);
    if (year > 0) {
        *ret_lunar |= lunar;
        return n + skip + year;
    }
    if (skip > 0 && strcmp(token_word(r->t, i + n + skip - 1), "سال") == 0) {
        /* "تیر سال گذشته": left to the relative ones */
    }
    *ret_year = 0;
    return n;
}

static bool read_day_month(const Reader *r, gsize i, Found *f)
{
    int day, second = 0;
    bool sure, sure_second = false;
    gsize at = i;
    gsize n = read_day(r, at, &day, &sure);
    if (n == 0)
        return false;
    at += n;
    /* 7 to 12, 7–12; "8 and 9" gives two claims (read_pair). */
    if (dash_at(r, at) || class_at(r, at) == TO) {
        gsize more = read_day(r, at + 1, &second, &sure_second);
        if (more > 0 && second > day)
            at += 1 + more;
        else
            second = 0;
    }
    if (strcmp(token_word(r->t, at), "of") == 0)
        at++;
    int month, year;
    Calendar calendar;
    bool lunar_month, lunar, month_word;
    if (!is_month(r, at, &month, &calendar, &lunar_month))
        return false;
    gsize month_at = at++;
    at += read_month_tail(r, at, calendar, lunar_month, &year, &lunar, &month_word);
    if (lunar) {
        f->leave_out = true;
        f->last = at;
        return true;
    }
    if (year == 0) {
        const char *word = token_word(r->t, month_at);
        if ((!sure && !month_word) || strcmp(word, "می") == 0 || strcmp(word, "may") == 0)
            return false;
        f->no_year = true;
    }
    int length = month_length(calendar, year, month);
    if (day > length || second > length) { /* no such day: nothing is better than its month */
        f->leave_out = true;
        f->last = at;
        return true;
    }
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(year, month, day)};
    if (second > 0) {
        f->edtf.interval = true;
        f->edtf.end = point_new(year, month, second);
    }
    f->last = at;
    f->confidence = year != 0                                               ? 0.98
                    : month_word || !weak_month(token_word(r->t, month_at)) ? 0.85
                                                                            : 0.6;
    return true;
}

/* "8 and 9 January 2026": the first number alone; the second is read by itself next. */
static bool read_pair(const Reader *r, gsize i, Found *f)
{
    int day, second;
    bool sure, sure_second;
    gsize n = read_day(r, i, &day, &sure);
    if (n == 0 || class_at(r, i + n) != AND)
        return false;
    gsize more = read_day(r, i + n + 1, &second, &sure_second);
    Found whole = {.first = i + n + 1};
    if (more == 0 || !sure || second <= day || !read_day_month(r, i + n + 1, &whole) ||
        whole.leave_out || whole.edtf.interval)
        return false;
    *f = whole;
    f->first = i;
    f->edtf.start.day = day;
    f->last = i + n;
    return true;
}

/* June 28, 2025; June 13–24, 2025; تیر ۱۴۰۴; تیرماه; June 2025; تیر تا مهر ۱۴۰۴ */
static bool read_month(const Reader *r, gsize i, Found *f)
{
    int month, year, day = 0, second = 0, second_month = 0;
    Calendar calendar, other;
    bool lunar_month, lunar, month_word, sure;
    gsize at = i;
    bool word_before = strcmp(token_word(r->t, at), "ماه") == 0;
    if (word_before)
        at++;
    if (!is_month(r, at, &month, &calendar, &lunar_month))
        return false;
    gsize month_at = at++;
    if (is_latin(r, month_at)) {
        if (sign_at(r, at, ".") && !r->t->tokens[at].gap && strlen(token_word(r->t, month_at)) <= 4)
            at++;
        gsize n =
            is_number(r, at) && r->t->tokens[at].digits <= 2 ? read_day(r, at, &day, &sure) : 0;
        at += n;
        if (n > 0 && (dash_at(r, at) || class_at(r, at) == TO)) {
            gsize more = read_day(r, at + 1, &second, &sure);
            if (more > 0 && second > day &&
                !is_month(r, at + 1 + more, &second_month, &other, &lunar))
                at += 1 + more;
            else
                second = 0;
            second_month = 0;
        }
    } else {
        gsize skip = strcmp(token_word(r->t, at), "ماه") == 0 ? 1 : 0;
        if ((class_at(r, at + skip) == TO || dash_at(r, at + skip)) &&
            is_month(r, at + skip + 1, &second_month, &other, &lunar) && other == calendar)
            at += skip + 2;
        else
            second_month = 0;
    }
    at += read_month_tail(r, at, calendar, lunar_month, &year, &lunar, &month_word);
    if (lunar) {
        f->leave_out = true;
        f->last = at;
        return year != 0;
    }
    if (year == 0) {
        if (second_month != 0 || (day == 0 && !month_word && !word_before) ||
            (day > 0 && !is_latin(r, month_at)))
            return false;
        f->no_year = true;
    }
    int length = month_length(calendar, year, month);
    bool thirty_second = i > 0 && is_number(r, i - 1) && r->t->tokens[i - 1].digits == 2 &&
                         r->t->tokens[i - 1].value > 31;
    if (day > length || second > length ||
        thirty_second) { /* no such day: nothing is better than its month */
        f->leave_out = true;
        f->last = at;
        return true;
    }
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(year, month, day)};
    if (second > 0 || second_month > 0) {
        f->edtf.interval = true;
        f->edtf.end = point_new(year, second_month > 0 ? second_month : month, second);
        if (second_month > 0 && second_month <= month)
            f->edtf.start.year--;
    }
    f->last = at;
    f->confidence = year != 0 ? 0.97 : 0.8;
    return true;
}

static bool read_season(const Reader *r, gsize i, Found *f)
{
    const DateWord *season = look(r, i);
    if (season->class != SEASON)
        return false;
    gsize at = i + 1;
    int last_season = 0;
    if ((class_at(r, at) == TO || class_at(r, at) == AND) && class_at(r, at + 1) == SEASON) {
        last_season = look(r, at + 1)->value;
        at += 2;
    }
    gsize skip = skip_to_year(r, at);
    int year;
    Calendar calendar;
    bool lunar, named;
    gsize n = read_year(r, at + skip, HINT_NONE, !is_latin(r, i), &year, &calendar, &lunar, &named);
    if (n == 0)
        return false;
    f->leave_out = lunar;
    f->last = at + skip + n;
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(year, season->value, 0)};
    if (last_season != 0) {
        f->edtf.interval = true;
        f->edtf.end = point_new(year, last_season, 0);
    }
    f->confidence = 0.97;
    return true;
}

static bool read_decade(const Reader *r, gsize i, Found *f)
{
    gint64 value = 0;
    gsize at = i;
    bool two = false;
    if (class_at(r, at) == DECADE) {
        at++;
        if (strcmp(token_word(r->t, at), "سالهای") == 0)
            at++;
        bool words, ordinal;
        gsize n = is_number(r, at) ? 1 : token_number(r->t, at, &value, &words, &ordinal);
        if (is_number(r, at))
            value = r->t->tokens[at].value;
        if (n == 0)
            return false;
        at += n;
        two = value < 100;
    } else if (is_number(r, at) && strcmp(token_word(r->t, at + 1), "s") == 0 &&
               !r->t->tokens[at + 1].gap) {
        value = r->t->tokens[at].value;
        two =
            value < 100 && i > 0 && (sign_at(r, i - 1, "'") || r->t->tokens[i - 1].sign == 0x2019);
        if (value < 100 && !two)
            return false;
        at += 2;
        if (two)
            value += 1900;
        two = false;
    } else {
        return false;
    }
    Says says;
    gsize name = read_calendar(r, at, &says);
    if (two)
        value += says == SAYS_GREG ? 1900 : value == 0 ? 1400 : 1300;
    if (value % 10 != 0 || value < 1200 || value > 2190)
        return false;
    f->leave_out = says == SAYS_LUNAR;
    f->edtf = (Edtf){.calendar = value < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN,
                     .start = point_new((int)value, 0, 0)};
    f->edtf.start.year_mask = 1;
    f->edtf.start.precision = EDTF_YEAR_MASKED;
    f->last = at + name;
    f->confidence = 0.95;
    return true;
}

/* A year on its own needs a reason: سال, in, since, brackets, a calendar's name. */
static bool read_bare_year(const Reader *r, gsize i, bool reason, Found *f)
{
    int year;
    Calendar calendar;
    bool lunar, named, word = class_at(r, i) == YEAR || class_at(r, i) == YEARS;
    gsize at = i + (word ? 1 : 0);
    gsize n =
        read_year(r, at, HINT_NONE, word && !is_latin(r, i), &year, &calendar, &lunar, &named);
    if (n == 0)
        return false;
    if (!word && !reason && !named) {
        bool brackets = i > 0 && sign_at(r, i - 1, "([") && sign_at(r, at + n, ")]");
        const DateWord *before = i > 0 ? look(r, i - 1) : &NO_WORD;
        bool context = before->class == YEAR_CONTEXT || before->class == FROM ||
                       before->class == TO || before->class == BETWEEN;
        if (is_latin(r, i > 0 ? i - 1 : 0) && before->class == TO &&
            strcmp(before->word, "to") == 0)
            context = false;
        if (!brackets && !context)
            return false;
        if (!is_number(r, at))
            return false;
    }
    f->leave_out = lunar;
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(year, 0, 0)};
    f->last = at + n;
    f->confidence = word || named ? 0.97 : 0.85;
    return true;
}

/* ---- relative to a given day ---- */

static void set_day(Found *f, Calendar calendar, gint32 day)
{
    int y, m, d;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(day, &y, &m, &d);
    else
        edtf_day_to_gregorian(day, &y, &m, &d);
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(y, m, d)};
}

/* `count` units before (negative) or after the given day; Persian counts by its own months. */
static void set_relative(const Reader *r, Found *f, Calendar calendar, DateClass unit, gint64 count,
                         bool exact)
{
    f->relative = true;
    f->confidence = exact ? 0.95 : 0.85;
    f->edtf = (Edtf){.calendar = calendar, .start = point_new(0, 0, 0)};
    if (!r->options.has_today || count < -2000 || count > 2000) {
        f->unknown = true;
        return;
    }
    gint32 today = r->options.today;
    int y, m, d;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(today, &y, &m, &d);
    else
        edtf_day_to_gregorian(today, &y, &m, &d);
    switch (unit) {
    case UNIT_DAY:
        set_day(f, calendar, today + (gint32)count);
        break;
    case UNIT_WEEK:
        if (exact) { /* "two weeks ago": about that day */
            set_day(f, calendar, today + (gint32)(7 * count));
            f->edtf.start.approximate = true;
        } else { /* "last week": from Saturday, or Monday in English */
            int first = calendar == CALENDAR_SOLAR_HIJRI ? 6 : 1;
            gint32 start = today - (edtf_weekday(today) - first + 7) % 7 + (gint32)(7 * count);
            set_day(f, calendar, start + 6);
            EdtfPoint end = f->edtf.start;
            set_day(f, calendar, start);
            f->edtf.interval = true;
            f->edtf.end = end;
        }
        break;
    case MONTH_WORD: {
        gint64 months = (gint64)y * 12 + m - 1 + count;
        f->edtf.start = point_new((int)(months / 12), (int)(months % 12) + 1, 0);
        break;
    }
    default:
        f->edtf.start = point_new(y + (int)count, 0, 0);
        break;
    }
}

static bool is_unit(DateClass class)
{
    return class == UNIT_DAY || class == UNIT_WEEK || class == MONTH_WORD || class == YEAR ||
           class == YEARS;
}

static bool read_relative(const Reader *r, gsize i, Found *f)
{
    const DateWord *word = look(r, i);
    Calendar calendar = is_latin(r, i) ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
    if (word->class == REL_DAY) {
        set_relative(r, f, calendar, UNIT_DAY, word->value, true);
        f->last = i + 1;
        return true;
    }
    if (word->class == REL_YEAR) {
        set_relative(r, f, calendar, YEAR, word->value, true);
        f->last = i + 1;
        return true;
    }
    /* سه روز پیش, 3 days ago */
    gint64 count = 1;
    bool words, ordinal;
    gsize n = token_number(r->t, i, &count, &words, &ordinal);
    if (n > 0 && !ordinal && count > 0 && count < 1000 && is_unit(class_at(r, i + n))) {
        const char *after = token_word(r->t, i + n + 1), *next = token_word(r->t, i + n + 2);
        if (token_listed("|پیش|قبل|ago|", after) && strcmp(next, "از") != 0) {
            calendar = is_latin(r, i + n) ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
            set_relative(r, f, calendar, class_at(r, i + n), -count, true);
            f->last = i + n + 2;
            return true;
        }
        return false;
    }
    /* هفته گذشته, ماه پیش, شنبه گذشته, ماه جاری */
    if (!is_latin(r, i) && (is_unit(word->class) || word->class == WEEKDAY)) {
        const char *after = token_word(r->t, i + 1), *next = token_word(r->t, i + 2);
        bool last = token_listed("|گذشته|پیش|قبل|", after) && strcmp(next, "از") != 0;
        bool current = strcmp(after, "جاری") == 0;
        if (!last && !current)
            return false;
        if (strcmp(after, "گذشته") != 0 && !current && word->class == UNIT_DAY)
            return false; /* "روز پیش" is no date */
        if (word->class == WEEKDAY) {
            if (current)
                return false;
            f->relative = true;
            if (!r->options.has_today) {
                f->edtf = (Edtf){.calendar = calendar};
                f->unknown = true;
            } else {
                int back = (edtf_weekday(r->options.today) - word->value + 7) % 7;
                set_day(f, calendar, r->options.today - (back == 0 ? 7 : back));
            }
            f->confidence = 0.85;
        } else {
            set_relative(r, f, calendar, word->class, current ? 0 : -1, false);
        }
        f->last = i + 2;
        return true;
    }
    /* last week, last Friday, this month; این هفته */
    if ((word->class == LAST && is_latin(r, i) && strcmp(word->word, "ago") != 0) ||
        word->class == THIS) {
        DateClass unit = class_at(r, i + 1);
        if (word->class == LAST && unit == WEEKDAY) {
            f->relative = true;
            if (!r->options.has_today) {
                f->edtf = (Edtf){.calendar = calendar};
                f->unknown = true;
            } else {
                int back = (edtf_weekday(r->options.today) - look(r, i + 1)->value + 7) % 7;
                set_day(f, calendar, r->options.today - (back == 0 ? 7 : back));
            }
            f->last = i + 2;
            f->confidence = 0.85;
            return true;
        }
        if (!is_unit(unit) || unit == UNIT_DAY || strcmp(word->word, "past") == 0 ||
            strcmp(word->word, "جاری") == 0 ||
            token_listed("|months|years|weeks|سالهای|", token_word(r->t, i + 1)))
            return false;
        if (word->class == THIS && !is_latin(r, i) && unit == YEAR)
            return false; /* "این سال" mostly means one just named */
        set_relative(r, f, calendar, unit, word->class == LAST ? -1 : 0, false);
        f->last = i + 2;
        return true;
    }
    return false;
}

/* ---- one date, then ranges ---- */

static bool could_begin(const Reader *r, gsize i)
{
    const Token *token = &r->t->tokens[i];
    return token->kind == TOKEN_NUMBER || token->kind == TOKEN_WORD;
}

static bool read_one(const Reader *r, gsize i, bool reason, Found *f)
{
    *f = (Found){.first = i, .last = i};
    if (!could_begin(r, i))
        return false;
    Found fresh = *f;
#define TRY(call)                                                                                  \
    if (*f = fresh, call)                                                                          \
        return true;
    if (r->t->tokens[i].kind == TOKEN_NUMBER) {
        TRY(read_figures(r, i, f))
        TRY(read_pair(r, i, f))
        TRY(read_day_month(r, i, f))
        TRY(read_decade(r, i, f))
        TRY(read_relative(r, i, f))
        TRY(read_bare_year(r, i, reason, f))
        return false;
    }
    DateClass class = class_at(r, i);
    if (class == NONE) { /* perhaps a number in words */
        if (r->t->tokens[i].digits == 0)
            return false;
        TRY(read_day_month(r, i, f))
        TRY(read_pair(r, i, f))
        TRY(read_relative(r, i, f))
        TRY(read_bare_year(r, i, reason, f))
        return false;
    }
    if (class == PART) { /* اوایل …, early … */
        gsize at = i + 1;
        if (dash_at(r, at) && !r->t->tokens[at].gap)
            at++;
        if (look(r, i)->value == 4 && strcmp(token_word(r->t, at), "سال") != 0 &&
            class_at(r, at) != DECADE && class_at(r, at) != YEARS &&
            !token_listed("|circa|", token_word(r->t, i)))
            return false;
        if (class_at(r, at) == PART || class_at(r, at) == REL_DAY || !read_one(r, at, true, f) ||
            f->unknown)
            return false;
        f->first = i;
        f->edtf.start.approximate = true;
        if (f->edtf.interval)
            f->edtf.end.approximate = true;
        return true;
    }
    switch (class) {
    case MONTH_SOLAR:
    case MONTH_SOLAR_SURE:
    case MONTH_GREG:
    case MONTH_LUNAR:
        TRY(read_month(r, i, f))
        break;
    case MONTH_WORD:
        TRY(read_month(r, i, f))
        TRY(read_relative(r, i, f))
        break;
    case SEASON:
        TRY(read_season(r, i, f))
        break;
    case DECADE:
        TRY(read_decade(r, i, f))
        break;
    case YEAR:
    case YEARS:
        if (class_at(r, i + 1) == DECADE) {
            TRY(read_decade(r, i + 1, f))
        }
        TRY(read_bare_year(r, i, true, f))
        TRY(read_relative(r, i, f))
        break;
    case REL_DAY:
    case REL_YEAR:
    case UNIT_DAY:
    case UNIT_WEEK:
    case LAST:
    case THIS:
    case WEEKDAY:
        TRY(read_relative(r, i, f))
        break;
    default:
        break;
    }
#undef TRY
    return false;
}

static bool single(const Found *f)
{
    return !f->edtf.interval && !f->relative && !f->leave_out;
}

/* X تا Y, from X to Y, between X and Y, X–Y, سال X تاکنون. */
static void read_range(const Reader *r, Found *f)
{
    if (!single(f))
        return;
    gsize at = f->last;
    bool between = f->first > 0 && (class_at(r, f->first - 1) == BETWEEN ||
                                    (f->first > 1 && class_at(r, f->first - 2) == BETWEEN));
    bool dash = dash_at(r, at);
    if (class_at(r, at) == NOW && strcmp(token_word(r->t, at), "تاکنون") == 0 && !f->no_year) {
        f->edtf.interval = true;
        f->edtf.end = (EdtfPoint){.kind = EDTF_POINT_OPEN, .hour = -1, .minute = -1, .second = -1};
        f->last = at + 1;
        return;
    }
    if (class_at(r, at) != TO && !dash && !(between && class_at(r, at) == AND))
        return;
    at++;
    Found end;
    bool year_pair = f->edtf.start.precision == EDTF_YEAR && is_number(r, at) &&
                     r->t->tokens[at].digits == 2 && !r->t->tokens[at].gap && dash &&
                     r->t->tokens[at].value > f->edtf.start.year % 100 &&
                     r->t->tokens[at].value > 12;
    if (year_pair) { /* 1360–67 */
        end = (Found){
            .last = at + 1,
            .edtf = {.calendar = f->edtf.calendar,
                     .start = point_new(
                         f->edtf.start.year / 100 * 100 + (int)r->t->tokens[at].value, 0, 0)}};
    } else if (!read_one(r, at, true, &end) || !single(&end) ||
               end.edtf.calendar != f->edtf.calendar) {
        return;
    }
    if (f->no_year && !end.no_year) { /* the year comes at the end: 7 تیر تا 12 مرداد 1404 */
        f->edtf.start.year = end.edtf.start.year;
        if (f->edtf.start.month > end.edtf.start.month)
            f->edtf.start.year--;
        f->no_year = false;
    } else if (!f->no_year && end.no_year) {
        end.edtf.start.year =
            f->edtf.start.year + (end.edtf.start.month < f->edtf.start.month ? 1 : 0);
    } else if (f->no_year) {
        return;
    }
    gint32 first, last, unused;
    Edtf start = f->edtf, stop = end.edtf;
    edtf_bounds(&start, &first, &unused);
    edtf_bounds(&stop, &unused, &last);
    if (unused < first || last < first)
        return;
    f->edtf.interval = true;
    f->edtf.end = end.edtf.start;
    f->last = end.last;
    f->confidence = MIN(f->confidence, 0.93);
}

/* ---- to the caller ---- */

static void without_year(const Edtf *edtf, char *out)
{
    const EdtfPoint *start = &edtf->start, *end = &edtf->end;
    if (start->day > 0 && edtf->interval)
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d-%02d/XXXX-%02d-%02d", start->month,
                   start->day, end->month, end->day);
    else if (start->day > 0)
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d-%02d", start->month, start->day);
    else
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d", start->month);
}

/* The year that brings a date without one nearest to the given day. */
static void guess_year(const Reader *r, Found *f)
{
    int y, m, d;
    gint32 best = G_MAXINT32, first, last;
    Edtf kept = f->edtf;
    if (kept.calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(r->options.today, &y, &m, &d);
    else
        edtf_day_to_gregorian(r->options.today, &y, &m, &d);
    for (int year = y - 1; year <= y + 1; year++) {
        Edtf trial = kept;
        trial.start.year = year;
        trial.end.year = year;
        if (trial.start.day > edtf_month_length(trial.calendar, year, trial.start.month) ||
            (trial.interval &&
             trial.end.day > edtf_month_length(trial.calendar, year, trial.end.month)))
            continue;
        edtf_bounds(&trial, &first, &last);
        gint32 distance = r->options.today < first  ? first - r->options.today
                          : r->options.today > last ? r->options.today - last
                                                    : 0;
        if (distance < best) {
            best = distance;
            f->edtf = trial;
        }
    }
    if (best == G_MAXINT32)
        return;
    f->no_year = false;
    f->relative = true;
    f->confidence *= 0.9;
}

static void describe(const Reader *r, Found *f, TextDate *out)
{
    *out = (TextDate){
        .start = r->t->tokens[f->first].start,
        .end = r->t->tokens[f->last - 1].end,
        .calendar = f->edtf.calendar,
        .other = -1,
    };
    if (f->no_year && r->options.has_today)
        guess_year(r, f);
    out->relative = f->relative;
    out->confidence = (float)f->confidence;
    out->precision = f->edtf.start.precision;
    if (f->unknown)
        return;
    if (f->no_year) {
        without_year(&f->edtf, out->written);
        return;
    }
    Edtf gregorian;
    out->precision = edtf_precision(&f->edtf);
    g_autofree char *written = edtf_format(&f->edtf);
    g_strlcpy(out->written, written, sizeof out->written);
    edtf_to_gregorian(&f->edtf, &gregorian);
    g_autofree char *edtf = edtf_format(&gregorian);
    g_strlcpy(out->edtf, edtf, sizeof out->edtf);
    edtf_bounds(&f->edtf, &out->first_day, &out->last_day);
}

/* Whether only an opening bracket, a stroke or "which is" stands between tokens [from, to). */
static bool same_thing(const Reader *r, gsize from, gsize to)
{
    bool any = false;
    for (gsize i = from; i < to; i++) {
        if (sign_at(r, i, "(/[=") || dash_at(r, i) || class_at(r, i) == EQUAL)
            any = true;
        else if (!token_listed("|با|to|with|", token_word(r->t, i)) && !sign_at(r, i, ",") &&
                 r->t->tokens[i].sign != 0x60C)
            return false;
    }
    return any && to - from <= 4;
}

bool text_dates_find(const char *text, gsize length, const TextDateOptions *options,
                     TextDates *ret_dates, GError **error)
{
    g_auto(TextTokens) tokens = {0};
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    return text_dates_find_in(&tokens, text, options, ret_dates, error);
}

bool text_dates_find_in(const TextTokens *tokens, const char *text, const TextDateOptions *options,
                        TextDates *ret_dates, GError **error)
{
    Reader reader = {.t = tokens, .text = text};
    if (options != NULL)
        reader.options = *options;
    TextDates out = {0};
    gsize room = 0, last_token = 0;
    bool after_date = false;
    for (gsize i = 0; i < tokens->n;) {
        Found found;
        bool reason = after_date && same_thing(&reader, last_token, i);
        if (!read_one(&reader, i, reason, &found)) {
            i++;
            continue;
        }
        if (found.last <= i) /* a reading takes at least one word */
            found.last = i + 1;
        if (!found.leave_out)
            read_range(&reader, &found);
        if (!found.leave_out) {
            if (out.n == room) {
                room = room * 2 + 8;
                TextDate *dates = realloc(out.dates, room * sizeof *dates);
                if (dates == NULL) {
                    text_dates_clear(&out);
                    return text_error_memory(error);
                }
                out.dates = dates;
            }
            TextDate *date = &out.dates[out.n];
            describe(&reader, &found, date);
            TextDate *before = out.n > 0 ? &out.dates[out.n - 1] : NULL;
            if (after_date && before != NULL && before->other < 0 &&
                before->calendar != date->calendar &&
                same_thing(&reader, last_token, found.first)) {
                before->other = (gssize)out.n;
                date->other = (gssize)out.n - 1;
                if (before->edtf[0] != '\0' && date->edtf[0] != '\0' &&
                    (before->last_day < date->first_day || date->last_day < before->first_day))
                    before->contradicted = date->contradicted = true;
            }
            out.n++;
        }
        after_date = !found.leave_out;
        last_token = i = found.last;
    }
    *ret_dates = out;
    return true;
}

void text_dates_clear(TextDates *dates)
{
    free(dates->dates);
    *dates = (TextDates){0};
}
