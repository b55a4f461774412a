/* Parts of months and years that have a name of their own: نیمه دوم شهریور ۱۴۰۱, دهه اول دی, the
 * first half of 2019, the last week of June 2025. As spans of days or months. */
#include "text/dates_private.h"

#include <string.h>

typedef enum { PART_HALF, PART_TEN_DAYS, PART_WEEK } PartKind;

enum { LAST_ONE = -1 };

/* First, second … of a part; LAST_ONE: the last. 0: no such word. */
static int which(const char *word)
{
    static const struct {
        const char *words;
        int value;
    } WHICH[] = {{"|اول|نخست|یکم|first|", 1},
                 {"|دوم|second|", 2},
                 {"|سوم|third|", 3},
                 {"|چهارم|fourth|", 4},
                 {"|اخر|پایانی|last|", LAST_ONE}};
    for (gsize i = 0; word[0] != '\0' && i < G_N_ELEMENTS(WHICH); i++)
        if (token_listed(WHICH[i].words, word))
            return WHICH[i].value;
    return 0;
}

/* "نیمه دوم", "second half of (the)": tokens read, 0: none. */
static gsize read_name(const Reader *r, gsize i, PartKind *ret_kind, int *ret_which)
{
    const char *word = token_word(r->t, i), *next = token_word(r->t, i + 1);
    bool latin = date_is_latin(r, i);
    *ret_which = which(latin ? word : next);
    const char *part = latin ? next : word;
    if (token_listed("|نیمه|نیمهی|half|", part))
        *ret_kind = PART_HALF;
    else if (token_listed("|دهه|دههی|", part))
        *ret_kind = PART_TEN_DAYS;
    else if (token_listed("|هفته|هفتهی|week|", part))
        *ret_kind = PART_WEEK;
    else
        return 0;
    static const int MOST[] = {2, 3, 4};
    if (*ret_which == 0 || *ret_which > MOST[*ret_kind])
        return 0;
    gsize n = 2;
    if (latin && strcmp(token_word(r->t, i + n), "of") == 0)
        n++;
    return n;
}

/* First and last of `length` days or months. */
static void bounds(PartKind kind, int which_one, int length, int *ret_first, int *ret_last)
{
    static const int SIZE[] = {15, 10, 7};
    int size = length == 12 ? 6 : SIZE[kind];
    int parts = length == 12 || kind == PART_HALF ? 2 : kind == PART_TEN_DAYS ? 3 : 4;
    if (which_one == LAST_ONE && kind == PART_WEEK) {
        *ret_first = length - size + 1;
        *ret_last = length;
        return;
    }
    int one = which_one == LAST_ONE ? parts : which_one;
    *ret_first = (one - 1) * size + 1;
    *ret_last = one == parts && kind != PART_WEEK ? length : one * size;
}

bool date_read_part(const Reader *r, gsize i, Found *f)
{
    PartKind kind;
    int which_one, first, last;
    gsize n = read_name(r, i, &kind, &which_one);
    if (n == 0)
        return false;
    Found whole = {.first = i + n, .last = i + n};
    bool year_word = date_class_at(r, i + n) == YEAR;
    bool of_year = kind == PART_HALF && !date_read_month(r, i + n, &whole) &&
                   date_read_bare_year(r, i + n, true, &whole);
    int month;
    Calendar calendar;
    bool lunar;
    if (!of_year) {
        gsize at = i + n + (strcmp(token_word(r->t, i + n), "ماه") == 0);
        if (year_word || !date_is_month(r, at, &month, &calendar, &lunar))
            return false;
        whole = (Found){.first = i + n, .last = i + n};
        /* A month alone is none elsewhere; here its part says that it is one. */
        if (!date_read_month(r, i + n, &whole)) {
            whole.edtf = (Edtf){.calendar = calendar, .start = date_point_new(0, month, 0)};
            whole.no_year = !lunar;
            whole.leave_out = lunar;
            whole.confidence = 0.8;
            whole.last = at + 1;
        }
        if (whole.edtf.interval || (!whole.leave_out && whole.edtf.start.precision != EDTF_MONTH))
            return false;
    }
    *f = whole;
    f->first = i;
    if (f->leave_out)
        return true;
    EdtfPoint *start = &f->edtf.start;
    int length = of_year ? 12 : date_month_length(f->edtf.calendar, start->year, start->month);
    bounds(kind, which_one, length, &first, &last);
    f->edtf.end = of_year ? date_point_new(start->year, last, 0)
                          : date_point_new(start->year, start->month, last);
    *start = of_year ? date_point_new(start->year, first, 0)
                     : date_point_new(start->year, start->month, first);
    f->edtf.interval = true;
    f->confidence = MIN(f->confidence, 0.93);
    return true;
}
