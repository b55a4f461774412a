/* Dates that hang on a given day: yesterday, سه روز پیش, last week, شنبه آینده. */
#include "text/dates_private.h"

#include <string.h>

static void set_day(Found *f, Calendar calendar, gint32 day)
{
    int y, m, d;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(day, &y, &m, &d);
    else
        edtf_day_to_gregorian(day, &y, &m, &d);
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(y, m, d)};
}

/* `count` units before (negative) or after the given day; Persian counts by its own months. */
static void set_relative(const Reader *r, Found *f, Calendar calendar, DateClass unit, gint64 count,
                         bool exact)
{
    f->relative = true;
    f->confidence = exact ? 0.95 : 0.85;
    f->edtf = (Edtf){.calendar = calendar, .start = date_point_new(0, 0, 0)};
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
        f->edtf.start = date_point_new((int)(months / 12), (int)(months % 12) + 1, 0);
        break;
    }
    default:
        f->edtf.start = date_point_new(y + (int)count, 0, 0);
        break;
    }
}

/* "سال گذشته میلادی" is the last year of the other calendar. */
static gsize read_other_calendar(const Reader *r, gsize i, Calendar *calendar)
{
    Says says;
    gsize n = date_read_calendar(r, i, &says);
    if (says != SAYS_GREG && says != SAYS_SOLAR)
        return 0;
    *calendar = says == SAYS_GREG ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
    return n;
}

/* A day of the week before (-1) or after (+1) the given day, that day itself left out. */
static void set_weekday(const Reader *r, Found *f, Calendar calendar, int weekday, int direction)
{
    f->relative = true;
    f->confidence = 0.85;
    if (!r->options.has_today) {
        f->edtf = (Edtf){.calendar = calendar};
        f->unknown = true;
        return;
    }
    int away = (direction * (weekday - edtf_weekday(r->options.today)) + 14) % 7;
    set_day(f, calendar, r->options.today + direction * (away == 0 ? 7 : away));
}

static bool is_unit(DateClass class)
{
    return class == UNIT_DAY || class == UNIT_WEEK || class == MONTH_WORD || class == YEAR ||
           class == YEARS;
}

bool date_read_relative(const Reader *r, gsize i, Found *f)
{
    const DateWord *word = date_look(r, i);
    Calendar calendar = date_is_latin(r, i) ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
    if (word->class == REL_DAY) {
        set_relative(r, f, calendar, UNIT_DAY, word->value, true);
        f->last = i + 1;
        return true;
    }
    if (word->class == REL_YEAR) {
        f->last = i + 1 + read_other_calendar(r, i + 1, &calendar);
        set_relative(r, f, calendar, YEAR, word->value, true);
        return true;
    }
    /* سه روز پیش, 3 days ago */
    gint64 count = 1;
    bool words, ordinal;
    gsize n = token_number(r->t, i, &count, &words, &ordinal);
    if (n > 0 && !ordinal && count > 0 && count < 1000 && is_unit(date_class_at(r, i + n))) {
        const char *after = token_word(r->t, i + n + 1), *next = token_word(r->t, i + n + 2);
        if (token_listed("|پیش|قبل|ago|", after) && strcmp(next, "از") != 0) {
            calendar = date_is_latin(r, i + n) ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
            set_relative(r, f, calendar, date_class_at(r, i + n), -count, true);
            f->last = i + n + 2;
            return true;
        }
        return false;
    }
    /* هفته گذشته, ماه پیش, شنبه گذشته, ماه جاری */
    if (!date_is_latin(r, i) && (is_unit(word->class) || word->class == WEEKDAY)) {
        const char *after = token_word(r->t, i + 1), *next = token_word(r->t, i + 2);
        bool last = token_listed("|گذشته|پیش|قبل|", after) && strcmp(next, "از") != 0;
        bool current = strcmp(after, "جاری") == 0, coming = strcmp(after, "اینده") == 0;
        if (!last && !current && !coming)
            return false;
        if (word->class == UNIT_DAY && strcmp(after, "گذشته") != 0 && !current)
            return false; /* "روز پیش" is no date */
        if (word->class == WEEKDAY) {
            if (current)
                return false;
            set_weekday(r, f, calendar, word->value, last ? -1 : 1);
            f->last = i + 2;
        } else {
            f->last = i + 2 + read_other_calendar(r, i + 2, &calendar);
            set_relative(r, f, calendar, word->class, last ? -1 : coming ? 1 : 0, false);
        }
        return true;
    }
    /* last week, last Friday, this month; این هفته */
    bool last = word->class == LAST && date_is_latin(r, i) && strcmp(word->word, "ago") != 0,
         next = word->class == NEXT && date_is_latin(r, i);
    if (!last && !next && word->class != THIS)
        return false;
    DateClass unit = date_class_at(r, i + 1);
    if ((last || next) && unit == WEEKDAY) {
        set_weekday(r, f, calendar, date_look(r, i + 1)->value, last ? -1 : 1);
        f->last = i + 2;
        return true;
    }
    if (strcmp(word->word, "this") == 0 &&
        token_listed("|morning|afternoon|evening|", token_word(r->t, i + 1))) {
        set_relative(r, f, calendar, UNIT_DAY, 0, true);
        f->last = i + 2;
        return true;
    }
    if (!is_unit(unit) || unit == UNIT_DAY || strcmp(word->word, "past") == 0 ||
        strcmp(word->word, "جاری") == 0 ||
        token_listed("|months|years|weeks|سالهای|", token_word(r->t, i + 1)))
        return false;
    if (word->class == THIS && !date_is_latin(r, i) && unit == YEAR)
        return false; /* "این سال" mostly means one just named */
    set_relative(r, f, calendar, unit, last ? -1 : next ? 1 : 0, false);
    f->last = i + 2;
    return true;
}

/* مرداد امسال, دی سال گذشته: the year of a month, by the given day. */
gsize date_read_relative_year(const Reader *r, gsize i, Calendar calendar, int *ret_year)
{
    gsize n = 0;
    int away = 0, month, day;
    if (!r->options.has_today)
        return 0;
    if (date_class_at(r, i) == REL_YEAR) {
        away = date_look(r, i)->value;
        n = 1;
    } else if (strcmp(token_word(r->t, i), "سال") == 0 &&
               token_listed("|گذشته|پیش|قبل|جاری|اینده|", token_word(r->t, i + 1))) {
        DateClass which = date_class_at(r, i + 1);
        away = which == LAST ? -1 : which == NEXT ? 1 : 0;
        n = 2;
    } else if (date_is_latin(r, i + 1) && date_class_at(r, i + 1) == YEAR) {
        DateClass which = date_class_at(r, i);
        if (which != LAST && which != THIS && which != NEXT)
            return 0;
        away = which == LAST ? -1 : which == NEXT ? 1 : 0;
        n = 2;
    }
    if (n == 0)
        return 0;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(r->options.today, ret_year, &month, &day);
    else
        edtf_day_to_gregorian(r->options.today, ret_year, &month, &day);
    *ret_year += away;
    return n;
}
