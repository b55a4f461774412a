/* base/edtf.h: dates as they are known: EDTF level 1 (ISO 8601-2:2019,
 * Library of Congress specification of 2019), in two calendars.
 *
 * Stored and exchanged as EDTF text in the proleptic Gregorian calendar; the
 * same grammar in the Solar Hijri calendar ("1404-04-07", "1367-22",
 * "136X") converts to it. A day is counted as days since 1970-01-01. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum { CALENDAR_GREGORIAN, CALENDAR_SOLAR_HIJRI } Calendar;

typedef enum {
    EDTF_YEAR_MASKED, /**< some digits of the year are X */
    EDTF_YEAR,
    EDTF_SEASON, /**< month is 21 (spring) … 24 (winter) */
    EDTF_MONTH,
    EDTF_DAY,
    EDTF_MINUTE, /**< date and time of day */
} EdtfPrecision;

typedef enum {
    EDTF_POINT_DATE,
    EDTF_POINT_OPEN /**< ".." */,
    EDTF_POINT_UNKNOWN /**< "" */
} EdtfPointKind;

/** Beyond it a year has no day numbers; it is kept and written, not counted. */
#define EDTF_LAST_YEAR_WITH_DAYS 5000000

typedef struct {
    EdtfPointKind kind;
    EdtfPrecision precision;
    int year;                 /**< astronomical; masked digits are 0 */
    int month;                /**< 1–12, 21–24, 0 none or masked */
    int day;                  /**< 1–31, 0 none or masked */
    int hour, minute, second; /**< -1 none */
    int year_mask; /**< how many of the year's last digits are X: 0, 1, 2 (3, 4 accepted) */
    bool month_masked, day_masked;
    bool uncertain;   /**< ? or % */
    bool approximate; /**< ~ or % */
    bool has_offset;
    int offset_minutes; /**< UTC offset of a time, if given */
} EdtfPoint;

typedef struct {
    Calendar calendar; /**< of the fields as written */
    bool interval;     /**< start/end; else only start counts */
    EdtfPoint start, end;
} Edtf;

/** Reads EDTF text written in `calendar`. False with a sentence that names the
 *  place and what is wrong ("'1403-13' : month 13 …"). */
bool edtf_parse(const char *text, Calendar calendar, Edtf *ret_edtf, GError **error);
/** Writes EDTF text in the calendar the value is in. Transfers. */
char *edtf_format(const Edtf *edtf);
/** The same span in the Gregorian calendar as EDTF: a Solar Hijri day becomes
 *  a day; month, season, year, decade become the interval of days they cover
 *  (marks ? ~ kept on both ends). */
void edtf_to_gregorian(const Edtf *edtf, Edtf *ret_gregorian);
/** First and last day that the value can mean (days since 1970-01-01); open or
 *  unknown ends give G_MININT32 or G_MAXINT32. Years beyond
 *  EDTF_LAST_YEAR_WITH_DAYS (Y-years) give the last day but one that a gint32 holds. */
void edtf_bounds(const Edtf *edtf, gint32 *ret_first_day, gint32 *ret_last_day);
/** The coarsest end's precision. */
EdtfPrecision edtf_precision(const Edtf *edtf);

/** Words for a reader in the thread's language, both calendars:
 *  "۷ تیر ۱۴۰۴ (۲۸ ژوئن ۲۰۲۵)" or "28 June 2025 (7 Tir 1404)"; "about" for ~, "uncertain" for ?.
 *  The calendar in which the span is a whole unit (a month, a season, a year, a decade) names it;
 *  the other tells the months or years it touches, and no day that nobody said. Transfers. */
char *edtf_describe(const Edtf *edtf);
/** "Khordad 1404": one calendar's month alone, where there is no room for both. Transfers. */
char *edtf_describe_month(Calendar calendar, int year, int month);
/** edtf_describe of a single day. Transfers. */
char *edtf_describe_day(gint32 day);

/** Calendar arithmetic. Gregorian is proleptic; Solar Hijri by the 33-year rule of ICU 72's
 *  Persian calendar, which is the calendar in force for all of 1200–1500 SH. Months 1–12. */
gint32 edtf_day_from_gregorian(int year, int month, int day);
void edtf_day_to_gregorian(gint32 day, int *ret_year, int *ret_month, int *ret_day);
gint32 edtf_day_from_solar_hijri(int year, int month, int day);
void edtf_day_to_solar_hijri(gint32 day, int *ret_year, int *ret_month, int *ret_day);
int edtf_month_length(Calendar calendar, int year, int month);
/** Monday = 1 … Sunday = 7 (ISO 8601). */
int edtf_weekday(gint32 day);
/** ISO 8601 week of a day. */
void edtf_iso_week(gint32 day, int *ret_year, int *ret_week);
