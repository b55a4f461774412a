/* base/calendar.c: day numbers in two calendars. Whole-number arithmetic, no tables.
 *
 * Gregorian: proleptic, astronomical years (Howard Hinnant, "chrono-compatible low-level date
 * algorithms"). Solar Hijri: the 33-year rule that ICU 72's Persian calendar uses, which agrees
 * with the calendar in force for 1200 to 1500 SH; tests hold every day of 1250–1500 against ICU
 * and every new year of 1200–1500 against jalaali-js. */
#include "base/edtf.h"

enum {
    SOLAR_HIJRI_EPOCH = 1948320 - 2440588, /* 1 Farvardin 1, days since 1970-01-01 */
    DAYS_33_YEARS = 12053,
};

static gint64 floor_divide(gint64 a, gint64 b)
{
    gint64 q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

gint32 edtf_day_from_gregorian(int year, int month, int day)
{
    gint64 y = (gint64)year - (month <= 2);
    gint64 era = floor_divide(y, 400);
    gint64 year_of_era = y - era * 400;
    gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    gint64 result = era * 146097 + day_of_era - 719468;
    return (gint32)CLAMP(result, G_MININT32 + 1, G_MAXINT32 - 1);
}

void edtf_day_to_gregorian(gint32 day, int *ret_year, int *ret_month, int *ret_day)
{
    gint64 z = (gint64)day + 719468;
    gint64 era = floor_divide(z, 146097);
    gint64 doe = z - era * 146097;
    gint64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    gint64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    gint64 mp = (5 * doy + 2) / 153;
    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

static gint64 solar_hijri_new_year(gint64 year)
{
    return SOLAR_HIJRI_EPOCH - 1 + 365 * (year - 1) + floor_divide(8 * year + 21, 33) + 1;
}

gint32 edtf_day_from_solar_hijri(int year, int month, int day)
{
    int before = month <= 7 ? (month - 1) * 31 : (month - 1) * 30 + 6;
    gint64 result = solar_hijri_new_year(year) + before + day - 1;
    return (gint32)CLAMP(result, G_MININT32 + 1, G_MAXINT32 - 1);
}

void edtf_day_to_solar_hijri(gint32 day, int *ret_year, int *ret_month, int *ret_day)
{
    gint64 since = (gint64)day - SOLAR_HIJRI_EPOCH;
    gint64 year = 1 + floor_divide(33 * since + 3, DAYS_33_YEARS);
    while (solar_hijri_new_year(year) > day)
        year--;
    while (solar_hijri_new_year(year + 1) <= day)
        year++;
    int of_year = (int)(day - solar_hijri_new_year(year));
    int month = of_year < 186 ? of_year / 31 : (of_year - 6) / 30;
    *ret_year = (int)year;
    *ret_month = month + 1;
    *ret_day = of_year - (month < 6 ? month * 31 : month * 30 + 6) + 1;
}

int edtf_month_length(Calendar calendar, int year, int month)
{
    g_assert(month >= 1 && month <= 12);
    if (calendar == CALENDAR_SOLAR_HIJRI) {
        if (month <= 6)
            return 31;
        if (month <= 11)
            return 30;
        return (int)(solar_hijri_new_year((gint64)year + 1) - solar_hijri_new_year(year)) - 336;
    }
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return LENGTHS[month - 1] + (month == 2 && leap);
}

int edtf_weekday(gint32 day)
{
    gint64 w = ((gint64)day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(w < 0 ? w + 7 : w) + 1;
}

void edtf_iso_week(gint32 day, int *ret_year, int *ret_week)
{
    gint32 thursday = day - edtf_weekday(day) + 4;
    int year, month, of_month;
    edtf_day_to_gregorian(thursday, &year, &month, &of_month);
    *ret_year = year;
    *ret_week = (thursday - edtf_day_from_gregorian(year, 1, 1)) / 7 + 1;
}
