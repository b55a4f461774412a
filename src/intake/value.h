/* intake/value.h: one field's text as a value: dates, counts, grades; for intake/. */
#pragma once
#include "base/edtf.h"
#include <glib.h>
#include <stdbool.h>

/** "2025-06-28", "1404/04/07" (a year of 1200 to 1599 is Solar Hijri), EDTF level 1, or a date in
 *  words, «۷ تیر ۱۴۰۴», when it is the whole text and can be read in one way only. Gregorian.
 *  False with a sentence. */
bool intake_value_date(const char *text, Edtf *ret_edtf, GError **error);
/** A day and time, or seconds since 1970. */
bool intake_value_time(const char *text, gint64 *ret_seconds);
/** A whole number that is not negative, in any digits, with or without marks of thousands. */
bool intake_value_count(const char *text, gint32 *ret_count);
/** "female", "male", "other"; NULL when it says none of them. Static. */
const char *intake_value_gender(const char *text);
bool intake_value_yes(const char *text);
