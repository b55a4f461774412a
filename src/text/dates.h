/* text/dates.h: date expressions in Persian and English text.
 *
 * Solar Hijri and Gregorian, three digit sets, written-out numbers, ranges,
 * seasons, decades, and relative ones ("دیروز", "3 days ago") against a given
 * day. Each claim is a byte span with EDTF level 1 (base/edtf.h). A claim in two
 * calendars, «تابستان ۱۳۶۷ (۱۹۸۸)», gives two dates; where they cannot both hold,
 * «اوایل دهه ۱۳۶۰ (۱۹۸۰ میلادی)», both are kept and flagged, never mended. Lunar
 * Hijri dates are recognized and left out, never read as another calendar.
 * Pure; safe from any thread; time grows with the text, memory with its words. */
#pragma once
#include "base/edtf.h"
#include <glib.h>
#include <stdbool.h>

enum { TEXT_DATE_EDTF_MAX = 80 };

typedef struct {
    gsize start, end; /**< bytes of the text */
    /** Proleptic Gregorian EDTF; "" when it is not known without a year or a given day. */
    char edtf[TEXT_DATE_EDTF_MAX];
    /** EDTF in the calendar as written ("1404-04-07", "136X~"); a missing year is "XXXX". */
    char written[TEXT_DATE_EDTF_MAX];
    Calendar calendar;
    EdtfPrecision precision;
    gint32 first_day, last_day; /**< as edtf_bounds; both 0 where edtf is "" */
    bool relative;              /**< resolved against the given day, or in want of one */
    bool contradicted;          /**< another calendar's date beside it (`other`) denies it */
    gssize other; /**< index of the date given for the same thing in the other calendar, or -1 */
    float confidence; /**< that this is a date, and this one */
} TextDate;

typedef struct {
    bool has_today;
    gint32 today; /**< days since 1970-01-01: the day the text was written */
} TextDateOptions;

typedef struct {
    TextDate *dates; /**< in order of start; spans are disjoint */
    gsize n;
} TextDates;

/** Finds all dates. options may be NULL. False with error (MEMORY, LIMIT). */
bool text_dates_find(const char *text, gsize length, const TextDateOptions *options,
                     TextDates *ret_dates, GError **error);
void text_dates_clear(TextDates *dates);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TextDates, text_dates_clear)
