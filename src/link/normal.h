/* link/normal.h: values made comparable: one alphabet of bytes, sound keys, dates.
 *
 * The alphabet: a–z and 0–9 as in ASCII, one space between words, Arabic-script
 * letters at 0x80 … 0xBF (spelling variants of Persian made one), other letters
 * by a hash at 0xC0 … 0xFF. Accents, case, apostrophes and joiners fall away,
 * digits of all scripts are 0–9, everything else is a space. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest normalized value; what is longer is cut. */
#define LINK_NORMAL_MAX 255u

/** Writes at most LINK_NORMAL_MAX bytes and no NUL; gives how many. *ret_arabic: whether
 *  letters of Arabic script are among them. */
size_t link_normal_text(const char *text, uint8_t out[LINK_NORMAL_MAX], bool *ret_arabic);
/** Letters and digits only, for codes. */
size_t link_normal_code(const char *text, uint8_t out[LINK_NORMAL_MAX]);
/** Values that say "nothing is known": "", "-", "NA", "NULL", "unknown", "نامعلوم" … */
bool link_normal_missing(const char *text);

/** A number in digits of any script, with ٫ or . before its fraction and , or ٬ between thousands.
 */
bool link_normal_number(const char *text, double *ret_number);

/** The sound of a name in any script: what its Persian and its Latin spellings share. `word`
 *  bytes of UTF-8 without regard to spaces; gives the length, at most LINK_NORMAL_MAX. */
size_t link_normal_sound(const char *text, uint8_t out[LINK_NORMAL_MAX]);
/** Likewise with the words in a fixed order, for full names. */
size_t link_normal_sound_sorted(const char *text, uint8_t out[LINK_NORMAL_MAX]);
/** Likewise of text that is normalized already. */
size_t link_normal_sound_of(const uint8_t *normal, size_t length, uint8_t out[LINK_NORMAL_MAX]);

/** A date as written, packed. Calendar years 1200 … 1500 are Solar Hijri and become Gregorian. */
typedef struct {
    int year;       /**< 0 unknown */
    int month, day; /**< 0 unknown; a month or day that no calendar has is kept as written */
    int hijri_year, hijri_month, hijri_day; /**< the same day in the Solar Hijri calendar, or 0 */
    bool reads_as_date;
} LinkDate;
/** 1990-01-31, 19900131, 31/01/1990, 31.1.90, 1990-01, 01/1990, 1990, EDTF's X digits and ?~%
 * marks; 31 January 1990, Jan 31, 1990, ۱۱ بهمن ۱۳۶۸. Of 31/01 and 01/31 the order that can be;
 * else day_first says. Years of two digits: 13xx in Persian digits, else 1931 … 2030. */
bool link_normal_date(const char *text, bool day_first, LinkDate *ret_date);
