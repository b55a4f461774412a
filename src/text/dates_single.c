/* One date at a token: figures, day and month, month, season, decade, year. */
#include "text/dates_private.h"

#include <stdlib.h>
#include <string.h>

/* ---- figures: 1404/04/07, 28-6-2025, 1988-06, 2025-06-28T10:00 ---- */

static bool is_date_sign(const Reader *r, gsize i)
{
    return date_sign_at(r, i, "/-.") || (r->t->tokens[MIN(i, r->t->n)].kind == TOKEN_SIGN &&
                                         r->t->tokens[MIN(i, r->t->n)].sign == 0x2010);
}

bool date_read_figures(const Reader *r, gsize i, Found *f)
{
    const Token *t = r->t->tokens;
    if (!date_is_number(r, i) || i + 2 >= r->t->n + 1 || !is_date_sign(r, i + 1) || t[i + 1].gap ||
        !date_is_number(r, i + 2) || t[i + 2].gap)
        return false;
    /* part of a longer row of figures (an address, a version)? */
    if (i > 0 && !t[i].gap && (is_date_sign(r, i - 1) || t[i - 1].kind == TOKEN_WORD) && i > 1 &&
        date_is_number(r, i - 2))
        return false;
    bool three = i + 4 < r->t->n + 1 && t[i + 3].kind == TOKEN_SIGN &&
                 t[i + 3].sign == t[i + 1].sign && !t[i + 3].gap && date_is_number(r, i + 4) &&
                 !t[i + 4].gap;
    gint64 a = t[i].value, b = t[i + 2].value, c = three ? t[i + 4].value : 0;
    if (three) {
        if (i + 6 < r->t->n + 1 && t[i + 5].sign == t[i + 1].sign && !t[i + 5].gap &&
            date_is_number(r, i + 6) && !t[i + 6].gap)
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
            date_is_number(r, i + 6))
            for (n = 7; i + n < r->t->n && !t[i + n].gap &&
                        (date_is_number(r, i + n) || date_sign_at(r, i + n, ":.+-") ||
                         strcmp(token_word(r->t, i + n), "z") == 0);
                 n++)
                ;
        else
            n += date_read_calendar(r, i + 5, &says);
        f->leave_out = says == SAYS_LUNAR;
        f->edtf =
            (Edtf){.calendar = calendar, .start = date_point_new((int)year, (int)month, (int)day)};
        f->last = i + n;
        f->confidence = confidence;
        return true;
    }
    /* 1988-06, 1404/4; 06/2025 */
    gint64 year = 0, month = 0;
    if (t[i].digits == 4 && t[i + 2].digits <= 2 &&
        (t[i + 2].digits == 2 || date_sign_at(r, i + 1, "/")))
        year = a, month = b;
    else if (t[i + 2].digits == 4 && t[i].digits == 2 && date_sign_at(r, i + 1, "/"))
        year = b, month = a;
    if (year < 1200 || year > 2199 || month < 1 || month > 12 || date_sign_at(r, i + 1, "."))
        return false;
    f->edtf = (Edtf){.calendar = year < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN,
                     .start = date_point_new((int)year, (int)month, 0)};
    f->last = i + 3;
    f->confidence = 0.85;
    return true;
}

/* ---- day and month ---- */

bool date_is_month(const Reader *r, gsize i, int *ret_month, Calendar *ret_calendar,
                   bool *ret_lunar)
{
    const DateWord *word = date_look(r, i);
    *ret_lunar = word->class == MONTH_LUNAR;
    if (word->class != MONTH_SOLAR && word->class != MONTH_SOLAR_SURE &&
        word->class != MONTH_GREG && word->class != MONTH_LUNAR)
        return false;
    /* English months are capital; may, march and the rest are words else. */
    if (date_is_latin(r, i) && !date_capital(r, i))
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
    if (date_is_number(r, i)) {
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
    *ret_month_word = date_class_at(r, i - 1) == MONTH_SOLAR_SURE;
    if (strcmp(token_word(r->t, i), "ماه") == 0) {
        *ret_month_word = true;
        n++;
    }
    gsize skip = date_skip_to_year(r, i + n);
    Calendar year_calendar;
    bool lunar, named;
    /* After a comma a number of two digits is something else. */
    bool two = skip == 0 || date_class_at(r, i + n + skip - 1) == YEAR;
    gsize year = date_read_year(r, i + n + skip, lunar_month ? HINT_NONE : (int)calendar, two,
                                ret_year, &year_calendar, &lunar, &named);
    if (year > 0) {
        *ret_lunar |= lunar;
        return n + skip + year;
    }
    *ret_year = 0;
    return n;
}

/* «۲ تیر به او خورد»: تیر is a bullet too. */
static bool is_bullet(const Reader *r, gsize first, gsize month, gsize after)
{
    return strcmp(token_word(r->t, month), "تیر") == 0 &&
           (token_listed("|به|خورد|خورده|خوردند|شلیک|خلاص|اصابت|جنگی|هوایی|مشقی|ساچمهای|مستقیم|",
                         token_word(r->t, after)) ||
            (first > 0 && token_listed("|اصابت|شلیک|", token_word(r->t, first - 1))));
}

bool date_read_day_month(const Reader *r, gsize i, Found *f)
{
    int day, second = 0;
    bool sure, sure_second = false;
    gsize at = i;
    gsize n = read_day(r, at, &day, &sure);
    if (n == 0)
        return false;
    at += n;
    /* 7 to 12, 7–12; "8 and 9" gives two claims (read_pair). */
    if (date_dash_at(r, at) || date_class_at(r, at) == TO) {
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
    if (!date_is_month(r, at, &month, &calendar, &lunar_month))
        return false;
    gsize month_at = at++;
    at += read_month_tail(r, at, calendar, lunar_month, &year, &lunar, &month_word);
    if (lunar) {
        f->leave_out = true;
        f->last = at;
        return true;
    }
    if (year == 0 && is_bullet(r, i, month_at, at))
        return false;
    gsize relative = year == 0 ? date_read_relative_year(r, at, calendar, &year) : 0;
    if (relative > 0) {
        at += relative;
        f->relative = true;
    }
    if (year == 0) {
        const char *word = token_word(r->t, month_at);
        if ((!sure && !month_word) || strcmp(word, "می") == 0 || strcmp(word, "may") == 0)
            return false;
        f->no_year = true;
    }
    int length = date_month_length(calendar, year, month);
    if (day > length || second > length) { /* no such day: nothing is better than its month */
        f->leave_out = true;
        f->last = at;
        return true;
    }
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(year, month, day)};
    if (second > 0) {
        f->edtf.interval = true;
        f->edtf.end = date_point_new(year, month, second);
    }
    f->last = at;
    f->confidence = year != 0                                               ? 0.98
                    : month_word || !weak_month(token_word(r->t, month_at)) ? 0.85
                                                                            : 0.6;
    return true;
}

/* "8 and 9 January 2026": the first number alone; the second is read by itself next. */
bool date_read_pair(const Reader *r, gsize i, Found *f)
{
    int day, second;
    bool sure, sure_second;
    gsize n = read_day(r, i, &day, &sure);
    if (n == 0 || date_class_at(r, i + n) != AND)
        return false;
    gsize more = read_day(r, i + n + 1, &second, &sure_second);
    Found whole = {.first = i + n + 1};
    if (more == 0 || !sure || second <= day || !date_read_day_month(r, i + n + 1, &whole) ||
        whole.leave_out || whole.edtf.interval)
        return false;
    *f = whole;
    f->first = i;
    f->edtf.start.day = day;
    f->last = i + n;
    return true;
}

/* "شهریور و مهر ۱۴۰۱": the first month alone, with the second's year. tokens: up to the "and". */
static bool read_month_pair(const Reader *r, gsize and, int month, Calendar calendar, Found *f)
{
    Found whole = {.first = and+1};
    int second;
    Calendar other;
    bool lunar;
    if (date_class_at(r, and) != AND || !date_is_month(r, and+1, &second, &other, &lunar) ||
        lunar || other != calendar || !date_read_month(r, and+1, &whole) || whole.leave_out ||
        whole.no_year || whole.edtf.interval || whole.edtf.start.precision != EDTF_MONTH)
        return false;
    f->edtf = whole.edtf;
    f->edtf.start.month = month;
    f->edtf.start.year -= month > second;
    f->relative = whole.relative;
    f->confidence = whole.confidence;
    f->last = and;
    return true;
}

/* June 28, 2025; June 13–24, 2025; تیر ۱۴۰۴; تیرماه; June 2025; تیر تا مهر ۱۴۰۴ */
bool date_read_month(const Reader *r, gsize i, Found *f)
{
    int month, year, day = 0, second = 0, second_month = 0;
    Calendar calendar, other;
    bool lunar_month, lunar, month_word, sure;
    gsize at = i;
    bool word_before = strcmp(token_word(r->t, at), "ماه") == 0;
    if (word_before)
        at++;
    if (!date_is_month(r, at, &month, &calendar, &lunar_month))
        return false;
    gsize month_at = at++;
    if (date_is_latin(r, month_at)) {
        if (date_sign_at(r, at, ".") && !r->t->tokens[at].gap &&
            strlen(token_word(r->t, month_at)) <= 4)
            at++;
        gsize n = date_is_number(r, at) && r->t->tokens[at].digits <= 2
                      ? read_day(r, at, &day, &sure)
                      : 0;
        at += n;
        if (n > 0 && (date_dash_at(r, at) || date_class_at(r, at) == TO)) {
            gsize more = read_day(r, at + 1, &second, &sure);
            if (more > 0 && second > day &&
                !date_is_month(r, at + 1 + more, &second_month, &other, &lunar))
                at += 1 + more;
            else
                second = 0;
            second_month = 0;
        }
    } else {
        gsize skip = strcmp(token_word(r->t, at), "ماه") == 0 ? 1 : 0;
        if ((date_class_at(r, at + skip) == TO || date_dash_at(r, at + skip)) &&
            date_is_month(r, at + skip + 1, &second_month, &other, &lunar) && other == calendar)
            at += skip + 2;
        else
            second_month = 0;
        if (read_month_pair(r, at + skip, month, calendar, f))
            return true;
    }
    if (day == 0 && date_is_latin(r, month_at) && read_month_pair(r, at, month, calendar, f))
        return true;
    at += read_month_tail(r, at, calendar, lunar_month, &year, &lunar, &month_word);
    if (lunar) {
        f->leave_out = true;
        f->last = at;
        return year != 0;
    }
    gsize relative =
        year == 0 && second_month == 0 ? date_read_relative_year(r, at, calendar, &year) : 0;
    if (relative > 0) {
        at += relative;
        f->relative = true;
    }
    if (year == 0) {
        if (second_month != 0 || (day == 0 && !month_word && !word_before) ||
            (day > 0 && !date_is_latin(r, month_at)))
            return false;
        f->no_year = true;
    }
    int length = date_month_length(calendar, year, month);
    bool thirty_second = i > 0 && date_is_number(r, i - 1) && r->t->tokens[i - 1].digits == 2 &&
                         r->t->tokens[i - 1].value > 31;
    if (day > length || second > length ||
        thirty_second) { /* no such day: nothing is better than its month */
        f->leave_out = true;
        f->last = at;
        return true;
    }
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(year, month, day)};
    if (second > 0 || second_month > 0) {
        f->edtf.interval = true;
        f->edtf.end = date_point_new(year, second_month > 0 ? second_month : month, second);
        if (second_month > 0 && second_month <= month)
            f->edtf.start.year--;
    }
    f->last = at;
    f->confidence = year != 0 ? 0.97 : 0.8;
    return true;
}

bool date_read_season(const Reader *r, gsize i, Found *f)
{
    const DateWord *season = date_look(r, i);
    if (season->class != SEASON)
        return false;
    gsize at = i + 1;
    int last_season = 0;
    if ((date_class_at(r, at) == TO || date_class_at(r, at) == AND) &&
        date_class_at(r, at + 1) == SEASON) {
        last_season = date_look(r, at + 1)->value;
        at += 2;
    }
    gsize skip = date_skip_to_year(r, at);
    int year;
    Calendar calendar;
    bool lunar, named;
    gsize n = date_read_year(r, at + skip, HINT_NONE, !date_is_latin(r, i), &year, &calendar,
                             &lunar, &named);
    if (n == 0)
        return false;
    f->leave_out = lunar;
    f->last = at + skip + n;
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(year, season->value, 0)};
    if (last_season != 0) {
        f->edtf.interval = true;
        f->edtf.end = date_point_new(year, last_season, 0);
    }
    f->confidence = 0.97;
    return true;
}

bool date_read_decade(const Reader *r, gsize i, Found *f)
{
    gint64 value = 0;
    gsize at = i;
    bool two = false;
    if (date_class_at(r, at) == DECADE) {
        at++;
        if (strcmp(token_word(r->t, at), "سالهای") == 0)
            at++;
        bool words, ordinal;
        gsize n = date_is_number(r, at) ? 1 : token_number(r->t, at, &value, &words, &ordinal);
        if (date_is_number(r, at))
            value = r->t->tokens[at].value;
        if (n == 0)
            return false;
        at += n;
        two = value < 100;
    } else if (date_is_number(r, at) && strcmp(token_word(r->t, at + 1), "s") == 0 &&
               !r->t->tokens[at + 1].gap) {
        value = r->t->tokens[at].value;
        two = value < 100 && i > 0 &&
              (date_sign_at(r, i - 1, "'") || r->t->tokens[i - 1].sign == 0x2019);
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
    gsize name = date_read_calendar(r, at, &says);
    if (two)
        value += says == SAYS_GREG ? 1900 : value == 0 ? 1400 : 1300;
    if (value % 10 != 0 || value < 1200 || value > 2190)
        return false;
    f->leave_out = says == SAYS_LUNAR;
    f->edtf = (Edtf){.calendar = value < 1500 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN,
                     .start = date_point_new((int)value, 0, 0)};
    f->edtf.start.year_mask = 1;
    f->edtf.start.precision = EDTF_YEAR_MASKED;
    f->last = at + name;
    f->confidence = 0.95;
    return true;
}

/* "1401 (2022)", "1401/2022"; "1360–1367": two years that explain each other. */
static bool year_beside(const Reader *r, gsize i)
{
    const Token *t = r->t->tokens;
    if (!date_is_number(r, i) || t[i].digits != 4 || i + 2 >= r->t->n ||
        !date_is_number(r, i + 2) || t[i + 2].digits != 4 || t[i + 2].gap)
        return false;
    gint64 a = t[i].value, b = t[i + 2].value;
    bool solar = a > 1200 && a<1500, other = b> 1800 && b < 2200;
    if (b < a) {
        solar = b > 1200 && b < 1500;
        other = a > 1800 && a < 2200;
    }
    gint64 off = ABS(a - b) - 621;
    if (date_sign_at(r, i + 1, "(["))
        return solar && other && date_sign_at(r, i + 3, ")]");
    bool alone =
        !(i > 0 && t[i - 1].kind == TOKEN_SIGN && !t[i].gap && i > 1 && date_is_number(r, i - 2)) &&
        !(t[i + 3].kind == TOKEN_SIGN && !t[i + 3].gap && date_is_number(r, i + 4));
    if (t[i + 1].gap || !alone)
        return false;
    if (date_sign_at(r, i + 1, "/"))
        return solar && other && off >= -1 && off <= 2;
    bool one_calendar = (a >= 1300 && b <= 1430) || (a >= 1900 && b <= 2060);
    return date_dash_at(r, i + 1) && one_calendar && b > a;
}

/* "the 1988 executions", کشتار ۶۷ */
static bool names_an_event(const Reader *r, gsize i)
{
    const Token *t = &r->t->tokens[i];
    if (i == 0 || t->kind != TOKEN_NUMBER)
        return false;
    if (date_class_at(r, i - 1) == YEAR_EVENT)
        return true;
    bool plausible = (t->value > 1300 && t->value < 1430) || (t->value > 1900 && t->value < 2060);
    return strcmp(token_word(r->t, i - 1), "the") == 0 && t->digits == 4 && plausible &&
           t->value % 100 != 0 && date_is_latin(r, i + 1);
}

/* A year on its own needs a reason: سال, in, since, brackets, a calendar's name. */
bool date_read_bare_year(const Reader *r, gsize i, bool reason, Found *f)
{
    int year;
    Calendar calendar;
    bool lunar, named, word = date_class_at(r, i) == YEAR || date_class_at(r, i) == YEARS;
    gsize at = i + (word ? 1 : 0);
    bool event = names_an_event(r, at), beside = year_beside(r, at);
    gsize n = date_read_year(r, at, HINT_NONE, (word || event) && !date_is_latin(r, i), &year,
                             &calendar, &lunar, &named);
    if (n == 0)
        return false;
    if (!word && !reason && !named && !event && !beside) {
        bool brackets = i > 0 && date_sign_at(r, i - 1, "([") && date_sign_at(r, at + n, ")]");
        const DateWord *before = i > 0 ? date_look(r, i - 1) : &DATE_NO_WORD;
        bool context = before->class == YEAR_CONTEXT || before->class == FROM ||
                       before->class == TO || before->class == BETWEEN;
        if (date_is_latin(r, i > 0 ? i - 1 : 0) && before->class == TO &&
            strcmp(before->word, "to") == 0)
            context = false;
        if (!brackets && !context)
            return false;
        if (!date_is_number(r, at))
            return false;
    }
    f->leave_out = lunar;
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(year, 0, 0)};
    f->last = at + n;
    f->confidence = word || named ? 0.97 : event ? 0.8 : beside && !reason ? 0.75 : 0.85;
    return true;
}
