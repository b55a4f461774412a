/* text/dates_private.h: the pieces of the date grammar; for src/text/dates*.c only.
 *
 * dates_words.c knows the words, calendars and years; dates_single.c reads one date at a token,
 * dates_parts.c parts of months and years, dates_relative.c what hangs on a given day; dates.c
 * joins ranges and answers the caller. */
#pragma once
#include "text/dates.h"
#include "text/private.h"
#include "text/tokens.h"

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
    YEAR_EVENT, /* کشتار ۶۷, انتخابات ۱۳۸۸: a year stands behind it */
    EQUAL,
} DateClass;

typedef struct DateWord {
    const char *word; /* folded, in order of bytes */
    guint8 class;
    gint8 value;
} DateWord;

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

typedef enum { SAYS_NOTHING, SAYS_SOLAR, SAYS_GREG, SAYS_LUNAR, SAYS_HIJRI } Says;

enum { HINT_NONE = -1 };

extern const DateWord DATE_NO_WORD;

/** All words of dates; static. */
const DateWord *date_words_peek(gsize *ret_n);

const DateWord *date_look(const Reader *r, gsize i);
DateClass date_class_at(const Reader *r, gsize i);
bool date_sign_at(const Reader *r, gsize i, const char *ascii);
bool date_dash_at(const Reader *r, gsize i);
bool date_is_number(const Reader *r, gsize i);
bool date_is_latin(const Reader *r, gsize i);
bool date_capital(const Reader *r, gsize i);
EdtfPoint date_point_new(int year, int month, int day);
int date_month_length(Calendar calendar, int year, int month);
gsize date_read_calendar(const Reader *r, gsize i, Says *ret_says);
gsize date_read_year(const Reader *r, gsize i, int hint, bool two, int *ret_year,
                     Calendar *ret_calendar, bool *ret_lunar, bool *ret_named);
gsize date_skip_to_year(const Reader *r, gsize i);
bool date_read_figures(const Reader *r, gsize i, Found *f);
bool date_read_day_month(const Reader *r, gsize i, Found *f);
bool date_read_pair(const Reader *r, gsize i, Found *f);
bool date_read_month(const Reader *r, gsize i, Found *f);
bool date_read_season(const Reader *r, gsize i, Found *f);
bool date_read_decade(const Reader *r, gsize i, Found *f);
bool date_read_bare_year(const Reader *r, gsize i, bool reason, Found *f);
/** نیمه دوم شهریور ۱۴۰۱, first week of June 2025 (dates_parts.c). */
bool date_read_part(const Reader *r, gsize i, Found *f);
bool date_read_relative(const Reader *r, gsize i, Found *f);
/** The year of a month by the given day: امسال, سال گذشته. Gives tokens read, 0: none. */
gsize date_read_relative_year(const Reader *r, gsize i, Calendar calendar, int *ret_year);
/** A month's name at token i. */
bool date_is_month(const Reader *r, gsize i, int *ret_month, Calendar *ret_calendar,
                   bool *ret_lunar);
