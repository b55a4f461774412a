/* base/edtf_describe.c: a date in words, both calendars side by side.
 *
 * The reader's own calendar stands first: Solar Hijri in Persian, Gregorian in English. A span of
 * days that is exactly a Solar Hijri month, season, year or decade is called by that name, since
 * that is how it was said before it was converted. */
#include "base/edtf.h"

#include "base/i18n.h"
#include <string.h>

static const char *const SOLAR_MONTHS[] = {
    N_("Farvardin"), N_("Ordibehesht"), N_("Khordad"), N_("Tir"), N_("Mordad"), N_("Shahrivar"),
    N_("Mehr"),      N_("Aban"),        N_("Azar"),    N_("Dey"), N_("Bahman"), N_("Esfand"),
};
static const char *const GREGORIAN_MONTHS[] = {
    N_("January"), N_("February"), N_("March"),     N_("April"),   N_("May"),      N_("June"),
    N_("July"),    N_("August"),   N_("September"), N_("October"), N_("November"), N_("December"),
};
static const char *const SEASONS[] = {N_("spring"), N_("summer"), N_("autumn"), N_("winter")};

typedef struct {
    int year, month, day;
} Ymd;

static Ymd ymd_of(Calendar calendar, gint32 day)
{
    Ymd ymd;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(day, &ymd.year, &ymd.month, &ymd.day);
    else
        edtf_day_to_gregorian(day, &ymd.year, &ymd.month, &ymd.day);
    return ymd;
}

static const char *month_name(Calendar calendar, int month)
{
    return i18n_get(
        (calendar == CALENDAR_SOLAR_HIJRI ? SOLAR_MONTHS : GREGORIAN_MONTHS)[month - 1]);
}

static gint32 day_of(Calendar calendar, int year, int month, int day)
{
    return calendar == CALENDAR_SOLAR_HIJRI ? edtf_day_from_solar_hijri(year, month, day)
                                            : edtf_day_from_gregorian(year, month, day);
}

static gint32 month_end(Calendar calendar, int year, int month)
{
    return day_of(calendar, year, month, edtf_month_length(calendar, year, month));
}

/* The span as words of one calendar, with ASCII digits. Transfers. */
static char *span_words(Calendar calendar, gint32 first, gint32 last)
{
    Ymd a = ymd_of(calendar, first), b = ymd_of(calendar, last);
    if (first == last)
        return g_strdup_printf(_("%d %s %d"), a.day, month_name(calendar, a.month), a.year);
    bool from_month = a.day == 1, to_month = last == month_end(calendar, b.year, b.month);
    bool from_year = from_month && a.month == 1, to_year = to_month && b.month == 12;
    if (from_year && to_year && a.year == b.year)
        return g_strdup_printf("%d", a.year);
    if (from_year && to_year && a.year % 10 == 0 && b.year == a.year + 9)
        return g_strdup_printf(_("the %ds"), a.year);
    if (from_year && to_year)
        return g_strdup_printf(_("%d–%d"), a.year, b.year);
    if (from_month && to_month && a.year == b.year && a.month == b.month)
        return g_strdup_printf(_("%s %d"), month_name(calendar, a.month), a.year);
    if (calendar == CALENDAR_SOLAR_HIJRI && from_month && to_month && a.year == b.year &&
        a.month % 3 == 1 && b.month == a.month + 2)
        return g_strdup_printf(_("%s %d"), i18n_get(SEASONS[a.month / 3]), a.year);
    if (from_month && to_month && a.year == b.year)
        return g_strdup_printf(_("%s to %s %d"), month_name(calendar, a.month),
                               month_name(calendar, b.month), a.year);
    if (from_month && to_month)
        return g_strdup_printf(_("%s %d to %s %d"), month_name(calendar, a.month), a.year,
                               month_name(calendar, b.month), b.year);
    if (a.year == b.year && a.month == b.month)
        return g_strdup_printf(_("%d to %d %s %d"), a.day, b.day, month_name(calendar, a.month),
                               a.year);
    if (a.year == b.year)
        return g_strdup_printf(_("%d %s to %d %s %d"), a.day, month_name(calendar, a.month), b.day,
                               month_name(calendar, b.month), a.year);
    return g_strdup_printf(_("%d %s %d to %d %s %d"), a.day, month_name(calendar, a.month), a.year,
                           b.day, month_name(calendar, b.month), b.year);
}

/* The years, or months and years, that a span touches: enough for the other calendar. */
static char *span_about(Calendar calendar, gint32 first, gint32 last)
{
    Ymd a = ymd_of(calendar, first), b = ymd_of(calendar, last);
    if (last - first < 200) {
        if (a.year == b.year && a.month == b.month)
            return g_strdup_printf(_("%s %d"), month_name(calendar, a.month), a.year);
        if (a.year == b.year)
            return g_strdup_printf(_("%s to %s %d"), month_name(calendar, a.month),
                                   month_name(calendar, b.month), a.year);
        return g_strdup_printf(_("%s %d to %s %d"), month_name(calendar, a.month), a.year,
                               month_name(calendar, b.month), b.year);
    }
    if (a.year == b.year)
        return g_strdup_printf("%d", a.year);
    return g_strdup_printf(_("%d–%d"), a.year, b.year);
}

static char *one_calendar(Calendar calendar, gint32 first, gint32 last, bool about)
{
    if (first == G_MININT32) {
        g_autofree char *to = span_words(calendar, last, last);
        return g_strdup_printf(_("until %s"), to);
    }
    if (last == G_MAXINT32) {
        g_autofree char *from = span_words(calendar, first, first);
        return g_strdup_printf(_("from %s on"), from);
    }
    return about ? span_about(calendar, first, last) : span_words(calendar, first, last);
}

char *edtf_describe(const Edtf *edtf)
{
    gint32 first, last;
    edtf_bounds(edtf, &first, &last);
    Calendar own = i18n_language() == I18N_PERSIAN ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    Calendar other = own == CALENDAR_GREGORIAN ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    bool exact = first == last || first == G_MININT32 || last == G_MAXINT32;

    /* A whole unit of the Gregorian calendar (June 2025) is not one of the Solar Hijri calendar:
     * the calendar in which the span is a unit is given whole, the other one by what it touches. */
    g_autofree char *in_own = NULL, *in_other = NULL;
    bool told_gregorian = edtf->calendar == CALENDAR_GREGORIAN && !edtf->interval;
    bool own_is_coarse = !exact && told_gregorian && own == CALENDAR_SOLAR_HIJRI;
    in_own = one_calendar(own, first, last, own_is_coarse);
    in_other = one_calendar(other, first, last, !exact && !own_is_coarse);
    if (!exact && told_gregorian && edtf->start.precision == EDTF_SEASON) {
        char **named = own == CALENDAR_GREGORIAN ? &in_own : &in_other;
        g_free(*named);
        *named = g_strdup_printf(_("%s %d"), i18n_get(SEASONS[edtf->start.month - 21]),
                                 edtf->start.year);
    }
    bool approximate = edtf->start.approximate || (edtf->interval && edtf->end.approximate);
    bool uncertain = edtf->start.uncertain || (edtf->interval && edtf->end.uncertain);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, approximate ? _("about %s") : "%s", in_own);
    g_string_append_printf(text, " (%s", in_other);
    if (other == CALENDAR_SOLAR_HIJRI && !exact &&
        strpbrk(in_other, "abcdefghijklmnopqrstuvwxyz") == NULL)
        g_string_append(text, " SH");
    if (own == CALENDAR_SOLAR_HIJRI && !exact && strstr(in_other, " ") == NULL)
        g_string_append_printf(text, " %s", _("CE"));
    g_string_append_c(text, ')');
    if (uncertain)
        g_string_append_printf(text, ", %s", _("uncertain"));
    char *digits = i18n_digits(text->str);
    g_string_free(text, TRUE);
    return digits;
}

char *edtf_describe_day(gint32 day)
{
    Edtf edtf = {.calendar = CALENDAR_GREGORIAN};
    edtf.start = (EdtfPoint){.precision = EDTF_DAY, .hour = -1, .minute = -1, .second = -1};
    edtf_day_to_gregorian(day, &edtf.start.year, &edtf.start.month, &edtf.start.day);
    return edtf_describe(&edtf);
}
