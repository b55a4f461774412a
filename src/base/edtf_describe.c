/* base/edtf_describe.c: a date in words, both calendars side by side.
 *
 * The reader's own calendar stands first: Solar Hijri in Persian, Gregorian in English. A span of
 * days that is exactly a Solar Hijri month, season, year or decade is called by that name, since
 * that is how it was said before it was converted; the other calendar then tells the months or
 * years that the span touches, and no day that nobody said. */
#include "base/edtf.h"

#include "base/i18n.h"
#include <string.h>

static const char *const MONTHS[2][12] = {
    [CALENDAR_SOLAR_HIJRI] = {N_("Farvardin"), N_("Ordibehesht"), N_("Khordad"), N_("Tir"),
                              N_("Mordad"), N_("Shahrivar"), N_("Mehr"), N_("Aban"), N_("Azar"),
                              N_("Dey"), N_("Bahman"), N_("Esfand")},
    [CALENDAR_GREGORIAN] = {N_("January"), N_("February"), N_("March"), N_("April"), N_("May"),
                            N_("June"), N_("July"), N_("August"), N_("September"), N_("October"),
                            N_("November"), N_("December")},
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
    g_assert(month >= 1 && month <= 12);
    return i18n_get(MONTHS[calendar][month - 1]);
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

/* Transfers. */
static char *year_words(Calendar calendar, int year)
{
    if (year > 0)
        return g_strdup_printf("%d", year);
    return g_strdup_printf(
        calendar == CALENDAR_SOLAR_HIJRI ? _("%d before the Hijra") : _("%d BCE"), 1 - year);
}

typedef struct {
    Calendar calendar;
    gint32 first, last;
    Ymd a, b;                  /* of the first and last day */
    bool from_month, to_month; /* it begins with a month, ends with one */
    bool from_year, to_year;
} Span;

static Span span_of(Calendar calendar, gint32 first, gint32 last)
{
    Span span = {calendar, first, last, ymd_of(calendar, first), ymd_of(calendar, last)};
    span.from_month = span.a.day == 1;
    span.to_month = last == month_end(calendar, span.b.year, span.b.month);
    span.from_year = span.from_month && span.a.month == 1;
    span.to_year = span.to_month && span.b.month == 12;
    return span;
}

typedef enum { UNIT_NONE, UNIT_DAY, UNIT_MONTH, UNIT_SEASON, UNIT_YEAR, UNIT_DECADE } Unit;

/* The one unit of its calendar that the span is. Gregorian seasons are coarse, nobody's unit. */
static Unit unit_of(const Span *span)
{
    if (span->first == span->last)
        return UNIT_DAY;
    if (!span->from_month || !span->to_month)
        return UNIT_NONE;
    bool one_year = span->a.year == span->b.year;
    if (one_year && span->a.month == span->b.month)
        return UNIT_MONTH;
    if (one_year && span->calendar == CALENDAR_SOLAR_HIJRI && span->a.month % 3 == 1 &&
        span->b.month == span->a.month + 2)
        return UNIT_SEASON;
    if (!span->from_year || !span->to_year)
        return UNIT_NONE;
    if (one_year)
        return UNIT_YEAR;
    if (span->a.year > 0 && span->a.year % 10 == 0 && span->b.year == span->a.year + 9)
        return UNIT_DECADE;
    return UNIT_NONE;
}

static char *from_month_to_month(const Span *span)
{
    g_autofree char *year_a = year_words(span->calendar, span->a.year);
    g_autofree char *year_b = year_words(span->calendar, span->b.year);
    const char *month_a = month_name(span->calendar, span->a.month);
    const char *month_b = month_name(span->calendar, span->b.month);
    if (span->a.year != span->b.year)
        return g_strdup_printf(_("%s %s to %s %s"), month_a, year_a, month_b, year_b);
    if (span->a.month != span->b.month)
        return g_strdup_printf(_("%s to %s %s"), month_a, month_b, year_b);
    return g_strdup_printf(_("%s %s"), month_b, year_b);
}

char *edtf_describe_month(Calendar calendar, int year, int month)
{
    const Span span =
        span_of(calendar, day_of(calendar, year, month, 1), month_end(calendar, year, month));
    g_autofree char *words = from_month_to_month(&span);
    return i18n_digits(words);
}

static char *from_year_to_year(const Span *span)
{
    g_autofree char *year_a = year_words(span->calendar, span->a.year);
    g_autofree char *year_b = year_words(span->calendar, span->b.year);
    if (span->a.year == span->b.year)
        return g_steal_pointer(&year_a);
    return g_strdup_printf(_("%s–%s"), year_a, year_b);
}

/* The span exactly. *ret_month: a month's name stands in it, so that its calendar shows. */
static char *span_exact(const Span *span, bool *ret_month)
{
    Unit unit = unit_of(span);
    *ret_month = false;
    if (unit == UNIT_DECADE)
        return g_strdup_printf(_("the %ds"), span->a.year);
    if (span->from_year && span->to_year)
        return from_year_to_year(span);
    g_autofree char *year_a = year_words(span->calendar, span->a.year);
    g_autofree char *year_b = year_words(span->calendar, span->b.year);
    if (unit == UNIT_SEASON)
        return g_strdup_printf(_("%s %s"), i18n_get(SEASONS[span->a.month / 3]), year_a);
    *ret_month = true;
    if (span->from_month && span->to_month)
        return from_month_to_month(span);
    const char *month_a = month_name(span->calendar, span->a.month);
    const char *month_b = month_name(span->calendar, span->b.month);
    if (unit == UNIT_DAY)
        return g_strdup_printf(_("%d %s %s"), span->a.day, month_a, year_a);
    if (span->a.year != span->b.year)
        return g_strdup_printf(_("%d %s %s to %d %s %s"), span->a.day, month_a, year_a, span->b.day,
                               month_b, year_b);
    if (span->a.month != span->b.month)
        return g_strdup_printf(_("%d %s to %d %s %s"), span->a.day, month_a, span->b.day, month_b,
                               year_b);
    return g_strdup_printf(_("%d to %d %s %s"), span->a.day, span->b.day, month_b, year_b);
}

/* The months, or the years, that a span touches. */
static char *span_about(const Span *span, bool *ret_month)
{
    *ret_month = (gint64)span->last - span->first < 200;
    return *ret_month ? from_month_to_month(span) : from_year_to_year(span);
}

/* "10:15", "10:15:30 UTC+03:30". */
static char *time_words(const EdtfPoint *point)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%02d:%02d", point->hour, MAX(0, point->minute));
    if (point->second >= 0)
        g_string_append_printf(text, ":%02d", point->second);
    if (point->has_offset) {
        int minutes = ABS(point->offset_minutes);
        g_string_append(text, " UTC");
        if (minutes > 0)
            g_string_append_printf(text, "%s%02d:%02d", point->offset_minutes < 0 ? "−" : "+",
                                   minutes / 60, minutes % 60);
    }
    return g_string_free(text, FALSE);
}

/* With its marks: "possibly about …". */
static char *marked(const EdtfPoint *point, const char *words)
{
    g_autofree char *about =
        point->approximate ? g_strdup_printf(_("about %s"), words) : g_strdup(words);
    return point->uncertain ? g_strdup_printf(_("possibly %s"), about) : g_steal_pointer(&about);
}

/* A date, or an interval whose ends are dates with the same marks, in both calendars. */
static char *describe_dates(const Edtf *edtf)
{
    const EdtfPoint *start = &edtf->start, *end = edtf->interval ? &edtf->end : start;
    if (ABS((gint64)start->year) > EDTF_LAST_YEAR_WITH_DAYS) {
        g_autofree char *year = year_words(edtf->calendar, start->year);
        return marked(start, year);
    }
    Calendar own = i18n_language() == I18N_PERSIAN ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    gint32 first, last;
    edtf_bounds(edtf, &first, &last);
    bool told_days = MIN(start->precision, end->precision) >= EDTF_DAY;
    Span spans[2]; /* own, other */
    char *words[2];
    bool month[2];
    for (int i = 0; i < 2; i++)
        spans[i] =
            span_of(i == 0 ? own : CALENDAR_GREGORIAN + CALENDAR_SOLAR_HIJRI - own, first, last);
    for (int i = 0; i < 2; i++) {
        bool told = spans[i].calendar == edtf->calendar;
        bool exact = unit_of(&spans[i]) != UNIT_NONE ||
                     (told_days ? i == 0 || unit_of(&spans[0]) == UNIT_NONE : told);
        if (told && !edtf->interval && start->precision == EDTF_SEASON) {
            g_autofree char *year = year_words(edtf->calendar, start->year);
            words[i] = g_strdup_printf(_("%s %s"), i18n_get(SEASONS[start->month - 21]), year);
            month[i] = false;
        } else {
            words[i] = exact ? span_exact(&spans[i], &month[i]) : span_about(&spans[i], &month[i]);
        }
    }
    g_autofree char *own_words = words[0];
    g_autofree char *other_words = words[1];
    if (!edtf->interval && start->precision == EDTF_MINUTE) {
        g_autofree char *date = own_words;
        g_autofree char *time = time_words(start);
        own_words = g_strdup_printf(_("%s at %s"), date, time);
    }
    if (!month[1]) {
        g_autofree char *year = other_words;
        other_words = g_strdup_printf(own == CALENDAR_GREGORIAN ? _("%s SH") : _("%s CE"), year);
    }
    g_autofree char *both = g_strdup_printf("%s (%s)", own_words, other_words);
    return marked(start, both);
}

static char *describe_end(Calendar calendar, const EdtfPoint *point)
{
    return describe_dates(&(Edtf){.calendar = calendar, .start = *point});
}

static bool can_be_merged(const EdtfPoint *a, const EdtfPoint *b)
{
    return a->approximate == b->approximate && a->uncertain == b->uncertain &&
           a->precision != EDTF_MINUTE && b->precision != EDTF_MINUTE &&
           ABS((gint64)a->year) <= EDTF_LAST_YEAR_WITH_DAYS &&
           ABS((gint64)b->year) <= EDTF_LAST_YEAR_WITH_DAYS;
}

static char *describe_interval(const Edtf *edtf)
{
    const EdtfPoint *start = &edtf->start, *end = &edtf->end;
    if (start->kind == EDTF_POINT_DATE && end->kind == EDTF_POINT_DATE && can_be_merged(start, end))
        return describe_dates(edtf);
    g_autofree char *from =
        start->kind == EDTF_POINT_DATE ? describe_end(edtf->calendar, start) : NULL;
    g_autofree char *to = end->kind == EDTF_POINT_DATE ? describe_end(edtf->calendar, end) : NULL;
    if (from != NULL && to != NULL)
        return g_strdup_printf(_("from %s to %s"), from, to);
    if (from != NULL)
        return g_strdup_printf(
            end->kind == EDTF_POINT_OPEN ? _("from %s on") : _("from %s, end unknown"), from);
    if (to != NULL)
        return g_strdup_printf(
            start->kind == EDTF_POINT_OPEN ? _("until %s") : _("until %s, beginning unknown"), to);
    return g_strdup(_("unknown"));
}

char *edtf_describe(const Edtf *edtf)
{
    g_autofree char *text = edtf->interval ? describe_interval(edtf) : describe_dates(edtf);
    return i18n_digits(text);
}

char *edtf_describe_day(gint32 day)
{
    Edtf edtf = {.calendar = CALENDAR_GREGORIAN};
    edtf.start = (EdtfPoint){.precision = EDTF_DAY, .hour = -1, .minute = -1, .second = -1};
    edtf_day_to_gregorian(day, &edtf.start.year, &edtf.start.month, &edtf.start.day);
    return edtf_describe(&edtf);
}
