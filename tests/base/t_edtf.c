/* EDTF level 1 in two calendars. Known answers: the examples of the specification of 2019
 * (Library of Congress), ICU's Persian calendar, and public conversions. */
#include "base/csv.h"
#include "base/edtf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/random.h"
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>

typedef struct {
    const char *claim, *text;
    Calendar calendar;
    const char *first, *last; /* Gregorian days it can mean; NULL: open */
} BoundsCase;

static const BoundsCase BOUNDS[] = {
    {"day", "2025-06-28", CALENDAR_GREGORIAN, "2025-06-28", "2025-06-28"},
    {"month", "1988-06", CALENDAR_GREGORIAN, "1988-06-01", "1988-06-30"},
    {"leap_february", "2024-02", CALENDAR_GREGORIAN, "2024-02-01", "2024-02-29"},
    {"year", "2025", CALENDAR_GREGORIAN, "2025-01-01", "2025-12-31"},
    {"decade", "198X", CALENDAR_GREGORIAN, "1980-01-01", "1989-12-31"},
    {"century", "19XX", CALENDAR_GREGORIAN, "1900-01-01", "1999-12-31"},
    {"some_month", "2004-XX", CALENDAR_GREGORIAN, "2004-01-01", "2004-12-31"},
    {"some_day_of_a_month", "1985-04-XX", CALENDAR_GREGORIAN, "1985-04-01", "1985-04-30"},
    {"some_day_of_a_year", "1985-XX-XX", CALENDAR_GREGORIAN, "1985-01-01", "1985-12-31"},
    {"spring", "2001-21", CALENDAR_GREGORIAN, "2001-03-01", "2001-05-31"},
    {"winter_ends_next_year", "2003-24", CALENDAR_GREGORIAN, "2003-12-01", "2004-02-29"},
    {"interval_of_months", "2004-06/2006-08", CALENDAR_GREGORIAN, "2004-06-01", "2006-08-31"},
    {"mixed_interval", "2004-02-01/2005", CALENDAR_GREGORIAN, "2004-02-01", "2005-12-31"},
    {"open_end", "1985-04-12/..", CALENDAR_GREGORIAN, "1985-04-12", NULL},
    {"open_start", "../1985-04-12", CALENDAR_GREGORIAN, NULL, "1985-04-12"},
    {"unknown_end", "1985/", CALENDAR_GREGORIAN, "1985-01-01", NULL},
    {"uncertain", "1984?", CALENDAR_GREGORIAN, "1984-01-01", "1984-12-31"},
    {"approximate_month", "2004-06~", CALENDAR_GREGORIAN, "2004-06-01", "2004-06-30"},
    {"both_marks", "2004-06-11%", CALENDAR_GREGORIAN, "2004-06-11", "2004-06-11"},
    {"time", "2025-06-28T10:15:00+03:30", CALENDAR_GREGORIAN, "2025-06-28", "2025-06-28"},
    {"solar_day", "1404-04-07", CALENDAR_SOLAR_HIJRI, "2025-06-28", "2025-06-28"},
    {"solar_new_year", "1404-01-01", CALENDAR_SOLAR_HIJRI, "2025-03-21", "2025-03-21"},
    {"solar_leap_day", "1403-12-30", CALENDAR_SOLAR_HIJRI, "2025-03-20", "2025-03-20"},
    {"solar_summer", "1367-22", CALENDAR_SOLAR_HIJRI, "1988-06-22", "1988-09-22"},
    {"solar_decade", "136X", CALENDAR_SOLAR_HIJRI, "1981-03-21", "1991-03-20"},
    {"solar_month", "1357-11", CALENDAR_SOLAR_HIJRI, "1979-01-21", "1979-02-19"},
    {"masked_century_before_zero", "-01XX", CALENDAR_GREGORIAN, "-0199-01-01", "-0100-12-31"},
    {"masked_years_around_zero", "-00XX", CALENDAR_GREGORIAN, "-0099-01-01", "0000-12-31"},
    {"negative_year", "-1985", CALENDAR_GREGORIAN, "-1985-01-01", "-1985-12-31"},
    {"year_zero", "0000", CALENDAR_GREGORIAN, "0000-01-01", "0000-12-31"},
    {"long_year", "Y12345", CALENDAR_GREGORIAN, "Y12345-01-01", "Y12345-12-31"},
    {"long_year_before_zero", "Y-12345", CALENDAR_GREGORIAN, "Y-12345-01-01", "Y-12345-12-31"},
    {"unknown_start", "/1985-04-12", CALENDAR_GREGORIAN, NULL, "1985-04-12"},
    {"marked_ends", "1984-06-02?/2004-08-08~", CALENDAR_GREGORIAN, "1984-06-02", "2004-08-08"},
    {"approximate_interval_from_open", "../1985-04~", CALENDAR_GREGORIAN, NULL, "1985-04-30"},
    {"utc_time", "1985-04-12T23:20:30Z", CALENDAR_GREGORIAN, "1985-04-12", "1985-04-12"},
    {"time_without_zone", "1985-04-12T23:20:30", CALENDAR_GREGORIAN, "1985-04-12", "1985-04-12"},
    {"time_behind_utc", "1985-04-12T23:20:30-04:00", CALENDAR_GREGORIAN, "1985-04-12",
     "1985-04-12"},
    {"solar_spring", "1404-21", CALENDAR_SOLAR_HIJRI, "2025-03-21", "2025-06-21"},
    {"solar_autumn", "1404-23", CALENDAR_SOLAR_HIJRI, "2025-09-23", "2025-12-21"},
    {"solar_winter_of_a_leap_year", "1403-24", CALENDAR_SOLAR_HIJRI, "2024-12-21", "2025-03-20"},
    {"solar_open_end_with_a_mark", "1401-06-25~/..", CALENDAR_SOLAR_HIJRI, "2022-09-16", NULL},
    {"solar_interval", "1388-03-22/1388-10", CALENDAR_SOLAR_HIJRI, "2009-06-12", "2010-01-20"},
    {"solar_time", "1404-04-02T03:45+03:30", CALENDAR_SOLAR_HIJRI, "2025-06-23", "2025-06-23"},
    {"revolution_day", "1357-11-22", CALENDAR_SOLAR_HIJRI, "1979-02-11", "1979-02-11"},
};

/* The tables' days are read without the parser under test. */
static gint32 day_of(const char *text)
{
    int year, month, day, sign = 1;
    if (*text == 'Y')
        text++;
    if (*text == '-') {
        sign = -1;
        text++;
    }
    g_assert_cmpint(sscanf(text, "%d-%d-%d", &year, &month, &day), ==, 3);
    return edtf_day_from_gregorian(sign * year, month, day);
}

static void test_bounds(gconstpointer data)
{
    const BoundsCase *row = data;
    g_autoptr(GError) error = NULL;
    Edtf edtf, gregorian;
    gint32 first, last;
    edtf_parse(row->text, row->calendar, &edtf, &error);
    g_assert_no_error(error);
    for (int round = 0; round < 2; round++) { /* as written, and after conversion */
        edtf_bounds(&edtf, &first, &last);
        g_assert_cmpint(first, ==, row->first != NULL ? day_of(row->first) : G_MININT32);
        g_assert_cmpint(last, ==, row->last != NULL ? day_of(row->last) : G_MAXINT32);
        g_autofree char *text = edtf_format(&edtf);
        Edtf again;
        g_assert_true(edtf_parse(text, edtf.calendar, &again, NULL));
        g_autofree char *same = edtf_format(&again);
        g_assert_cmpstr(text, ==, same);
        if (round == 0)
            g_assert_cmpstr(text, ==, row->text);
        edtf_to_gregorian(&edtf, &gregorian);
        edtf = gregorian;
    }
}

static const struct {
    const char *claim, *text;
    Calendar calendar;
    const char *says;
} REFUSED[] = {
    {"empty", "", CALENDAR_GREGORIAN, "empty"},
    {"word", "yesterday", CALENDAR_GREGORIAN, "year"},
    {"month_13", "2025-13", CALENDAR_GREGORIAN, "no month 13"},
    {"day_31_of_june", "2025-06-31", CALENDAR_GREGORIAN, "days 1 to 30, not 31"},
    {"no_leap_day", "2025-02-29", CALENDAR_GREGORIAN, "days 1 to 28"},
    {"mehr_has_30", "1403-07-31", CALENDAR_SOLAR_HIJRI, "days 1 to 30"},
    {"no_solar_leap_day", "1404-12-30", CALENDAR_SOLAR_HIJRI, "days 1 to 29"},
    {"short_year", "985", CALENDAR_GREGORIAN, "four digits"},
    {"digit_after_x", "1X85", CALENDAR_GREGORIAN, "unspecified"},
    {"three_parts", "2001/2002/2003", CALENDAR_GREGORIAN, "stand hyphens"},
    {"backwards", "2005/2004", CALENDAR_GREGORIAN, "before it begins"},
    {"nothing_known", "../", CALENDAR_GREGORIAN, "neither"},
    {"tail", "2025-06-28x", CALENDAR_GREGORIAN, "at its end"},
    {"no_such_time", "2025-06-28T25:00", CALENDAR_GREGORIAN, "time of day"},
    {"day_without_month", "2025-XX-12", CALENDAR_GREGORIAN, "known month"},
    {"minus_zero", "-0000", CALENDAR_GREGORIAN, "-0000"},
    {"no_such_zone", "2025-06-28T10:15+99:99", CALENDAR_GREGORIAN, "time zone"},
    {"month_zero", "2025-00", CALENDAR_GREGORIAN, "no month 0"},
    {"season_25", "2025-25", CALENDAR_GREGORIAN, "no month 25"},
    {"day_zero", "2025-06-00", CALENDAR_GREGORIAN, "days 1 to 30, not 0"},
    {"persian_digits_are_the_text_engines_work", "۱۴۰۴-۰۴-۰۷", CALENDAR_SOLAR_HIJRI, "year"},
    {"space", " 2025", CALENDAR_GREGORIAN, "year"},
    {"slashes", "2025/06/28", CALENDAR_GREGORIAN, "more than one"},
    {"short_y_year", "Y2025", CALENDAR_GREGORIAN, "five digits"},
    {"too_far", "Y12345678901", CALENDAR_GREGORIAN, "years beyond"},
    {"too_far_for_days", "Y170000002", CALENDAR_SOLAR_HIJRI, "years beyond"},
    {"season_of_a_decade", "198X-21", CALENDAR_GREGORIAN, "known year"},
    {"month_of_a_decade", "198X-06", CALENDAR_GREGORIAN, "known year"},
    {"hour_alone", "2025-06-28T10", CALENDAR_GREGORIAN, "10:15"},
    {"two_marks", "2025?~", CALENDAR_GREGORIAN, "at its end"},
    {"gregorian_30_february_never", "2024-02-30", CALENDAR_GREGORIAN, "days 1 to 29"},
};

static void test_refused(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;
    Edtf edtf;
    g_assert_false(edtf_parse(REFUSED[i].text, REFUSED[i].calendar, &edtf, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, REFUSED[i].says));
}

/* Every day of 1250 to 1500 SH, both directions, against ICU. */
static void test_every_day_as_icu(void)
{
    UErrorCode code = U_ZERO_ERROR;
    UCalendar *icu = ucal_open(u"UTC", -1, "fa_IR@calendar=persian", UCAL_TRADITIONAL, &code);
    g_assert_true(U_SUCCESS(code));
    gint32 from = edtf_day_from_solar_hijri(1250, 1, 1), to = edtf_day_from_solar_hijri(1501, 1, 1);
    g_assert_cmpint(to - from, ==, 251 * 365 + 61); /* 61 leap years by ICU's rule */
    for (gint32 day = from; day < to; day++) {
        ucal_setMillis(icu, (double)day * 86400000.0, &code);
        int year = ucal_get(icu, UCAL_EXTENDED_YEAR, &code);
        int month = ucal_get(icu, UCAL_MONTH, &code) + 1;
        int of_month = ucal_get(icu, UCAL_DATE, &code);
        int y, m, d;
        edtf_day_to_solar_hijri(day, &y, &m, &d);
        if (y != year || m != month || d != of_month)
            g_error("day %d: ICU says %d-%d-%d, we say %d-%d-%d", day, year, month, of_month, y, m,
                    d);
        if (edtf_day_from_solar_hijri(y, m, d) != day)
            g_error("%d-%d-%d does not lead back to day %d", y, m, d, day);
        g_assert_cmpint(d, <=, edtf_month_length(CALENDAR_SOLAR_HIJRI, y, m));
    }
    g_assert_true(U_SUCCESS(code));
    ucal_close(icu);
}

/* Far from the tabled years: ICU's Gregorian calendar made proleptic, its Persian one as it is. */
static void test_far_days_as_icu(void)
{
    UErrorCode code = U_ZERO_ERROR;
    UCalendar *solar = ucal_open(u"UTC", -1, "fa_IR@calendar=persian", UCAL_TRADITIONAL, &code);
    UCalendar *gregorian = ucal_open(u"UTC", -1, "en@calendar=gregorian", UCAL_TRADITIONAL, &code);
    ucal_setGregorianChange(gregorian, -1e18, &code);
    g_assert_true(U_SUCCESS(code));
    for (gint32 day = -800000; day < 800000; day += 977) {
        int y, m, d;
        if (day < edtf_day_from_solar_hijri(1501, 1, 1)) { /* later ICU corrects single years */
            ucal_setMillis(solar, (double)day * 86400000.0, &code);
            edtf_day_to_solar_hijri(day, &y, &m, &d);
            g_assert_cmpint(y, ==, ucal_get(solar, UCAL_EXTENDED_YEAR, &code));
            g_assert_cmpint(m, ==, ucal_get(solar, UCAL_MONTH, &code) + 1);
            g_assert_cmpint(d, ==, ucal_get(solar, UCAL_DATE, &code));
        }
        ucal_setMillis(gregorian, (double)day * 86400000.0, &code);
        edtf_day_to_gregorian(day, &y, &m, &d);
        g_assert_cmpint(y, ==, ucal_get(gregorian, UCAL_EXTENDED_YEAR, &code));
        g_assert_cmpint(m, ==, ucal_get(gregorian, UCAL_MONTH, &code) + 1);
        g_assert_cmpint(d, ==, ucal_get(gregorian, UCAL_DATE, &code));
    }
    g_assert_true(U_SUCCESS(code));
    ucal_close(solar);
    ucal_close(gregorian);
}

static void test_gregorian_round_trip(void)
{
    for (gint32 day = -800000; day < 800000; day += 7) {
        int y, m, d;
        edtf_day_to_gregorian(day, &y, &m, &d);
        g_assert_cmpint(edtf_day_from_gregorian(y, m, d), ==, day);
    }
    g_assert_cmpint(edtf_day_from_gregorian(1970, 1, 1), ==, 0);
    g_assert_cmpint(edtf_day_from_gregorian(2000, 3, 1), ==, 11017);
}

static void test_iso_weeks(void)
{
    static const struct {
        int y, m, d, year, week, weekday;
    } WEEKS[] = {
        /* ISO 8601: the week of the first Thursday. */
        {2005, 1, 1, 2004, 53, 6},  {2005, 1, 2, 2004, 53, 7}, {2007, 1, 1, 2007, 1, 1},
        {2008, 12, 29, 2009, 1, 1}, {2010, 1, 3, 2009, 53, 7}, {2025, 6, 28, 2025, 26, 6},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(WEEKS); i++) {
        gint32 day = edtf_day_from_gregorian(WEEKS[i].y, WEEKS[i].m, WEEKS[i].d);
        int year, week;
        edtf_iso_week(day, &year, &week);
        g_assert_cmpint(year, ==, WEEKS[i].year);
        g_assert_cmpint(week, ==, WEEKS[i].week);
        g_assert_cmpint(edtf_weekday(day), ==, WEEKS[i].weekday);
    }
}

static const struct {
    const char *claim, *text;
    Calendar calendar;
    bool converted; /* told after edtf_to_gregorian, as it is stored */
    const char *english, *persian;
} WORDS[] = {
    {"day", "2025-06-28", CALENDAR_GREGORIAN, true, "28 June 2025 (7 Tir 1404)",
     "۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)"},
    {"solar_summer", "1367-22", CALENDAR_SOLAR_HIJRI, true,
     "22 June to 22 September 1988 (summer 1367 SH)", "تابستان ۱۳۶۷ (ژوئن تا سپتامبر ۱۹۸۸)"},
    {"solar_summer_as_told", "1367-22", CALENDAR_SOLAR_HIJRI, false,
     "June to September 1988 (summer 1367 SH)", "تابستان ۱۳۶۷ (ژوئن تا سپتامبر ۱۹۸۸)"},
    {"solar_month", "1404-03", CALENDAR_SOLAR_HIJRI, true, "22 May to 21 June 2025 (Khordad 1404)",
     "خرداد ۱۴۰۴ (مه تا ژوئن ۲۰۲۵)"},
    {"solar_year", "1367", CALENDAR_SOLAR_HIJRI, true, "21 March 1988 to 20 March 1989 (1367 SH)",
     "۱۳۶۷ (۱۹۸۸–۱۹۸۹ میلادی)"},
    {"solar_decade", "136X", CALENDAR_SOLAR_HIJRI, true,
     "21 March 1981 to 20 March 1991 (the 1360s SH)", "دههٔ ۱۳۶۰ (۱۹۸۱–۱۹۹۱ میلادی)"},
    {"gregorian_year", "2025", CALENDAR_GREGORIAN, true, "2025 (1403–1404 SH)",
     "۱۴۰۳–۱۴۰۴ (۲۰۲۵ میلادی)"},
    {"gregorian_month", "2025-06", CALENDAR_GREGORIAN, true, "June 2025 (Khordad to Tir 1404)",
     "خرداد تا تیر ۱۴۰۴ (ژوئن ۲۰۲۵)"},
    {"some_day_of_a_month", "2025-06-XX", CALENDAR_GREGORIAN, true,
     "June 2025 (Khordad to Tir 1404)", "خرداد تا تیر ۱۴۰۴ (ژوئن ۲۰۲۵)"},
    {"gregorian_spring", "2001-21", CALENDAR_GREGORIAN, true,
     "spring 2001 (Esfand 1379 to Khordad 1380)", "اسفند ۱۳۷۹ تا خرداد ۱۳۸۰ (بهار ۲۰۰۱ میلادی)"},
    {"gregorian_decade", "198X", CALENDAR_GREGORIAN, true, "the 1980s (1358–1368 SH)",
     "۱۳۵۸–۱۳۶۸ (دههٔ ۱۹۸۰ میلادی)"},
    {"gregorian_century", "19XX", CALENDAR_GREGORIAN, true, "1900–1999 (1278–1378 SH)",
     "۱۲۷۸–۱۳۷۸ (۱۹۰۰–۱۹۹۹ میلادی)"},
    {"days_of_one_month", "2025-06-23/2025-06-24", CALENDAR_GREGORIAN, true,
     "23 to 24 June 2025 (2 to 3 Tir 1404)", "۲ تا ۳ تیر ۱۴۰۴ (۲۳ تا ۲۴ ژوئن ۲۰۲۵)"},
    {"days_over_two_months", "2025-06-13/2025-06-24", CALENDAR_GREGORIAN, true,
     "13 to 24 June 2025 (23 Khordad to 3 Tir 1404)",
     "۲۳ خرداد تا ۳ تیر ۱۴۰۴ (۱۳ تا ۲۴ ژوئن ۲۰۲۵)"},
    {"days_over_new_year", "2017-12-28/2018-01-03", CALENDAR_GREGORIAN, true,
     "28 December 2017 to 3 January 2018 (7 to 13 Dey 1396)",
     "۷ تا ۱۳ دی ۱۳۹۶ (۲۸ دسامبر ۲۰۱۷ تا ۳ ژانویه ۲۰۱۸)"},
    {"months", "2022-09/2023-02", CALENDAR_GREGORIAN, true,
     "September 2022 to February 2023 (Shahrivar to Esfand 1401)",
     "شهریور تا اسفند ۱۴۰۱ (سپتامبر ۲۰۲۲ تا فوریه ۲۰۲۳)"},
    {"open", "2025-06-28/..", CALENDAR_GREGORIAN, true, "from 28 June 2025 (7 Tir 1404) on",
     "از ۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵) به بعد"},
    {"open_year", "1985~/..", CALENDAR_GREGORIAN, true, "from about 1985 (1363–1364 SH) on",
     "از حدود ۱۳۶۳–۱۳۶۴ (۱۹۸۵ میلادی) به بعد"},
    {"unknown_end", "2025-06-28/", CALENDAR_GREGORIAN, true,
     "from 28 June 2025 (7 Tir 1404), end unknown",
     "از ۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)، با پایان نامعلوم"},
    {"until", "../2025-06-28", CALENDAR_GREGORIAN, true, "until 28 June 2025 (7 Tir 1404)",
     "تا ۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)"},
    {"about", "1988-07-28~", CALENDAR_GREGORIAN, true, "about 28 July 1988 (6 Mordad 1367)",
     "حدود ۶ مرداد ۱۳۶۷ (۲۸ ژوئیه ۱۹۸۸)"},
    {"uncertain", "1988-07?", CALENDAR_GREGORIAN, true, "possibly July 1988 (Tir to Mordad 1367)",
     "شاید تیر تا مرداد ۱۳۶۷ (ژوئیه ۱۹۸۸)"},
    {"both", "1988%", CALENDAR_GREGORIAN, true, "possibly about 1988 (1366–1367 SH)",
     "شاید حدود ۱۳۶۶–۱۳۶۷ (۱۹۸۸ میلادی)"},
    {"only_one_end_is_marked", "1988-07-28~/1988-09-01", CALENDAR_GREGORIAN, true,
     "from about 28 July 1988 (6 Mordad 1367) to 1 September 1988 (10 Shahrivar 1367)",
     "از حدود ۶ مرداد ۱۳۶۷ (۲۸ ژوئیه ۱۹۸۸) تا ۱۰ شهریور ۱۳۶۷ (۱ سپتامبر ۱۹۸۸)"},
    {"time", "2025-06-23T03:45+03:30", CALENDAR_GREGORIAN, true,
     "23 June 2025 at 03:45 UTC+03:30 (2 Tir 1404)",
     "۲ تیر ۱۴۰۴، ساعت ۰۳:۴۵ UTC+۰۳:۳۰ (۲۳ ژوئن ۲۰۲۵)"},
    {"before_our_era", "-0043-03-15", CALENDAR_GREGORIAN, true,
     "15 March 44 BCE (24 Esfand 666 before the Hijra)", NULL},
    {"far_away", "Y170000002", CALENDAR_GREGORIAN, true, "170000002", "۱۷۰۰۰۰۰۰۲"},
};

static void test_words(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    Edtf edtf;
    g_assert_true(edtf_parse(WORDS[i].text, WORDS[i].calendar, &edtf, NULL));
    if (WORDS[i].converted)
        edtf_to_gregorian(&(Edtf){edtf.calendar, edtf.interval, edtf.start, edtf.end}, &edtf);
    i18n_set_language(I18N_ENGLISH);
    g_autofree char *english = edtf_describe(&edtf);
    i18n_set_language(I18N_PERSIAN);
    g_autofree char *persian = edtf_describe(&edtf);
    i18n_set_language(I18N_ENGLISH);
    g_assert_cmpstr(english, ==, WORDS[i].english);
    if (WORDS[i].persian != NULL)
        g_assert_cmpstr(persian, ==, WORDS[i].persian);
}

static void test_words_of_a_day(void)
{
    g_autofree char *day = edtf_describe_day(edtf_day_from_solar_hijri(1357, 11, 22));
    g_assert_cmpstr(day, ==, "11 February 1979 (22 Bahman 1357)");
}

/* Every text of a grammar drawn at random reads, and reads back as it was written. */
static void draw_point(Random *random, Calendar calendar, GString *text)
{
    static const char *const MARKS[] = {"", "", "", "?", "~", "%"};
    int year = (int)random_below(random, 3000) - (calendar == CALENDAR_GREGORIAN ? 400 : 0);
    int kind = (int)random_below(random, 8);
    if (kind == 0) {
        g_string_append_printf(text, "%03dX", ABS(year) / 10);
    } else if (kind == 1) {
        g_string_append_printf(text, "%02dXX", ABS(year) / 100);
    } else {
        g_string_append_printf(text, year < 0 ? "-%04d" : "%04d", ABS(year));
        int month = 1 + (int)random_below(random, 12);
        if (kind == 2)
            g_string_append_printf(text, "-%02d", 20 + 1 + month % 4);
        else if (kind == 3)
            g_string_append(text, "-XX");
        else if (kind >= 4)
            g_string_append_printf(text, "-%02d", month);
        if (kind == 5)
            g_string_append(text, "-XX");
        if (kind >= 6) {
            int longest = edtf_month_length(calendar, year, month);
            g_string_append_printf(text, "-%02d", 1 + (int)random_below(random, (guint64)longest));
        }
        if (kind == 7)
            g_string_append_printf(text, "T%02d:%02d:%02d%s", (int)random_below(random, 24),
                                   (int)random_below(random, 60), (int)random_below(random, 60),
                                   random_below(random, 2) == 1 ? "+03:30" : "Z");
    }
    g_string_append(text, MARKS[random_below(random, G_N_ELEMENTS(MARKS))]);
}

static void test_what_is_written_reads_back(void)
{
    Random random;
    random_start(&random, 1404, 1);
    guint intervals = 0;
    for (int i = 0; i < 40000; i++) {
        Calendar calendar = i % 2 == 0 ? CALENDAR_GREGORIAN : CALENDAR_SOLAR_HIJRI;
        g_autoptr(GString) text = g_string_new(NULL);
        draw_point(&random, calendar, text);
        bool interval = random_below(&random, 3) == 0;
        if (interval) {
            g_string_append_c(text, '/');
            guint64 end = random_below(&random, 6);
            if (end == 0)
                g_string_append(text, "..");
            else if (end > 1)
                draw_point(&random, calendar, text);
        }
        g_autoptr(GError) error = NULL;
        Edtf edtf, gregorian, again;
        if (!edtf_parse(text->str, calendar, &edtf, &error)) {
            g_assert_true(interval && strstr(error->message, "ends before it begins") != NULL);
            continue;
        }
        intervals += interval;
        g_autofree char *written = edtf_format(&edtf);
        g_assert_cmpstr(written, ==, text->str);
        /* Conversion keeps the days and the marks, and can be written and read. */
        edtf_to_gregorian(&edtf, &gregorian);
        g_autofree char *converted = edtf_format(&gregorian);
        g_assert_true(edtf_parse(converted, CALENDAR_GREGORIAN, &again, NULL));
        gint32 first[3], last[3];
        edtf_bounds(&edtf, &first[0], &last[0]);
        edtf_bounds(&gregorian, &first[1], &last[1]);
        edtf_bounds(&again, &first[2], &last[2]);
        g_assert_cmpint(first[0], ==, first[1]);
        g_assert_cmpint(last[0], ==, last[1]);
        g_assert_cmpint(first[0], ==, first[2]);
        g_assert_cmpint(last[0], ==, last[2]);
        g_assert_cmpint(first[0], <=, last[0]);
        g_assert_true(edtf.start.uncertain == gregorian.start.uncertain);
        g_assert_true(edtf.start.approximate == gregorian.start.approximate);
        g_autofree char *words = edtf_describe(&edtf);
        g_assert_true(g_utf8_validate(words, -1, NULL) && words[0] != '\0');
    }
    g_assert_cmpuint(intervals, >, 1000);
}

/* New years and leap years of 1200–1500 as jalaali-js and ICU 78 have them. */
static void test_new_years_as_the_table_has_them(void)
{
    g_autofree char *path = test_shared_path("reference/persian/jalali-years.csv");
    if (path == NULL)
        return;
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, NULL);
    g_autoptr(CsvTable) table = csv_table_load(reader, NULL);
    gssize year_column = csv_table_column(table, "jalali_year");
    gssize day_column = csv_table_column(table, "nowruz_gregorian");
    gssize leap_column = csv_table_column(table, "leap");
    g_assert_cmpuint(table->n_rows, ==, 301);
    for (gsize row = 0; row < table->n_rows; row++) {
        gint64 year, leap;
        g_assert_true(csv_parse_integer(csv_table_cell(table, row, year_column), &year));
        g_assert_true(csv_parse_integer(csv_table_cell(table, row, leap_column), &leap));
        g_assert_cmpint(edtf_day_from_solar_hijri((int)year, 1, 1), ==,
                        day_of(csv_table_cell(table, row, day_column)));
        g_assert_cmpint(edtf_month_length(CALENDAR_SOLAR_HIJRI, (int)year, 12), ==, 29 + leap);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(BOUNDS); i++) {
        g_autofree char *name = g_strconcat("/base/edtf/bounds/", BOUNDS[i].claim, NULL);
        g_test_add_data_func(name, &BOUNDS[i], test_bounds);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *name = g_strconcat("/base/edtf/refused/", REFUSED[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_refused);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        g_autofree char *name = g_strconcat("/base/edtf/words/", WORDS[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_words);
    }
    g_test_add_func("/base/edtf/words/of_a_day", test_words_of_a_day);
    g_test_add_func("/base/edtf/what_is_written_reads_back", test_what_is_written_reads_back);
    g_test_add_func("/base/calendar/new_years_as_the_table_has_them",
                    test_new_years_as_the_table_has_them);
    g_test_add_func("/base/calendar/every_day_as_icu", test_every_day_as_icu);
    g_test_add_func("/base/calendar/far_days_as_icu", test_far_days_as_icu);
    g_test_add_func("/base/calendar/gregorian_round_trip", test_gregorian_round_trip);
    g_test_add_func("/base/calendar/iso_weeks", test_iso_weeks);
    return g_test_run();
}
