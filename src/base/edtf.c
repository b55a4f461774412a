/* base/edtf.c: reading, writing and bounding EDTF; words for it are in edtf_describe.c. */
#include "base/edtf.h"

#include "base/error.h"
#include "base/i18n.h"
#include <string.h>

/* Level 1 allows any number of digits after Y; nine fit the structure. A Solar Hijri date is
 * converted by its day, and days reach as far as EDTF_LAST_YEAR_WITH_DAYS. */
enum { MAX_YEAR = 999999999 };

typedef struct {
    const char *whole; /* for sentences */
    const char *at, *end;
    Calendar calendar;
    GError **error;
} Parser;

static bool fail(const Parser *parser, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(const Parser *parser, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(parser->error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, _("'%s' is no date: %s."),
                parser->whole, why);
    return false;
}

static bool peek(const Parser *parser, char c)
{
    return parser->at < parser->end && *parser->at == c;
}

static bool accept(Parser *parser, char c)
{
    if (!peek(parser, c))
        return false;
    parser->at++;
    return true;
}

/* Exactly n digits. */
static bool digits(Parser *parser, int n, int *ret_number)
{
    if (parser->end - parser->at < n)
        return false;
    int number = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit(parser->at[i]))
            return false;
        number = number * 10 + (parser->at[i] - '0');
    }
    parser->at += n;
    *ret_number = number;
    return true;
}

/* How many years a masked year can mean. */
static int mask_span(const EdtfPoint *point)
{
    int span = 1;
    for (int i = 0; i < point->year_mask; i++)
        span *= 10;
    return span;
}

static bool parse_year(Parser *parser, EdtfPoint *point)
{
    bool long_year = accept(parser, 'Y');
    bool negative = accept(parser, '-');
    const char *start = parser->at;
    gint64 year = 0;
    int n = 0;
    while (parser->at < parser->end && (g_ascii_isdigit(*parser->at) || *parser->at == 'X')) {
        if (*parser->at == 'X') {
            point->year_mask++;
            year *= 10;
        } else if (point->year_mask > 0) {
            return fail(parser, "%s", _("a digit follows an unspecified one in the year"));
        } else {
            year = year * 10 + (*parser->at - '0');
        }
        int most = parser->calendar == CALENDAR_SOLAR_HIJRI ? EDTF_LAST_YEAR_WITH_DAYS : MAX_YEAR;
        if (year > most)
            return fail(parser, _("years beyond %d are not taken"), most);
        n++;
        parser->at++;
    }
    if (n == 0)
        return fail(parser, "%s",
                    _("it begins with no year (write 2025-06-28 or 2025-06 or 2025)"));
    if (!long_year && n != 4)
        return fail(parser, _("its year '%.*s' has not four digits"), n, start);
    if (long_year && (n < 5 || point->year_mask > 0))
        return fail(parser, "%s", _("a year after Y has five digits or more, all known"));
    if (negative && year == 0 && point->year_mask == 0)
        return fail(parser, "%s", _("there is no year -0000; the year before 0001 is 0000"));
    point->year = (int)(negative ? -year : year);
    if (negative && point->year_mask > 0) /* -01XX is -199 … -100: from its least year upwards */
        point->year -= mask_span(point) - 1;
    point->precision = point->year_mask > 0 ? EDTF_YEAR_MASKED : EDTF_YEAR;
    return true;
}

static bool parse_time(Parser *parser, EdtfPoint *point)
{
    if (!digits(parser, 2, &point->hour) || !accept(parser, ':') ||
        !digits(parser, 2, &point->minute))
        return fail(parser, "%s", _("its time is not written as 10:15"));
    if (accept(parser, ':') && !digits(parser, 2, &point->second))
        return fail(parser, "%s", _("its seconds have not two digits"));
    if (point->hour > 23 || point->minute > 59 || point->second > 60)
        return fail(parser, "%s", _("there is no such time of day"));
    if (accept(parser, 'Z')) {
        point->has_offset = true;
    } else if (peek(parser, '+') || peek(parser, '-')) {
        int sign = *parser->at++ == '-' ? -1 : 1, hours = 0, minutes = 0;
        if (!digits(parser, 2, &hours) || (accept(parser, ':') && !digits(parser, 2, &minutes)))
            return fail(parser, "%s", _("its time zone is not written as +03:30"));
        if (hours > 23 || minutes > 59)
            return fail(parser, "%s", _("there is no such time zone"));
        point->has_offset = true;
        point->offset_minutes = sign * (hours * 60 + minutes);
    }
    point->precision = EDTF_MINUTE;
    return true;
}

/* A number as the language writes it, a year without thousands. Transfers. */
static char *plain(int number)
{
    char text[16];
    g_snprintf(text, sizeof text, "%d", number);
    return i18n_digits(text);
}

static bool fail_no_month(const Parser *parser, int month)
{
    g_autofree char *number = plain(month);
    return fail(parser, _("there is no month %s"), number);
}

static bool fail_no_day(const Parser *parser, const EdtfPoint *point, int longest)
{
    g_autofree char *month = plain(point->month), *year = plain(point->year);
    g_autofree char *last = plain(longest), *day = plain(point->day);
    return fail(parser, _("month %s of %s has days 1 to %s, not %s"), month, year, last, day);
}

static bool parse_month_and_day(Parser *parser, EdtfPoint *point)
{
    if (parser->end - parser->at >= 2 && memcmp(parser->at, "XX", 2) == 0) {
        parser->at += 2;
        point->month_masked = true;
    } else if (!digits(parser, 2, &point->month)) {
        return fail(parser, "%s", _("its month has not two digits"));
    } else if (point->month >= 21 && point->month <= 24) {
        point->precision = EDTF_SEASON;
        if (point->year_mask > 0)
            return fail(parser, "%s", _("a season needs a known year"));
        return true;
    } else if (point->month < 1 || point->month > 12) {
        return fail_no_month(parser, point->month);
    }
    if (point->year_mask > 0)
        return fail(parser, "%s", _("a month needs a known year"));
    if (!point->month_masked)
        point->precision = EDTF_MONTH;
    if (!accept(parser, '-'))
        return true;
    if (parser->end - parser->at >= 2 && memcmp(parser->at, "XX", 2) == 0) {
        parser->at += 2;
        point->day_masked = true;
        return true;
    }
    if (!digits(parser, 2, &point->day))
        return fail(parser, "%s", _("its day has not two digits"));
    if (point->month_masked)
        return fail(parser, "%s", _("a day needs a known month"));
    int longest = edtf_month_length(parser->calendar, point->year, point->month);
    if (point->day < 1 || point->day > longest)
        return fail_no_day(parser, point, longest);
    point->precision = EDTF_DAY;
    return !accept(parser, 'T') || parse_time(parser, point);
}

static bool parse_point(Parser *parser, EdtfPoint *point)
{
    *point = (EdtfPoint){.hour = -1, .minute = -1, .second = -1};
    if (!parse_year(parser, point))
        return false;
    if (accept(parser, '-') && !parse_month_and_day(parser, point))
        return false;
    if (accept(parser, '%'))
        point->uncertain = point->approximate = true;
    else if (accept(parser, '?'))
        point->uncertain = true;
    else if (accept(parser, '~'))
        point->approximate = true;
    if (parser->at < parser->end)
        return fail(parser, _("'%.*s' at its end is not understood"),
                    (int)(parser->end - parser->at), parser->at);
    return true;
}

static bool parse_end(Parser *parser, const char *from, const char *to, EdtfPoint *point)
{
    parser->at = from;
    parser->end = to;
    *point = (EdtfPoint){.hour = -1, .minute = -1, .second = -1};
    if (from == to) {
        point->kind = EDTF_POINT_UNKNOWN;
        return true;
    }
    if (to - from == 2 && memcmp(from, "..", 2) == 0) {
        point->kind = EDTF_POINT_OPEN;
        return true;
    }
    return parse_point(parser, point);
}

bool edtf_parse(const char *text, Calendar calendar, Edtf *ret_edtf, GError **error)
{
    Parser parser = {.whole = text, .calendar = calendar, .error = error};
    Edtf edtf = {.calendar = calendar};
    const char *end = text + strlen(text), *slash = strchr(text, '/');
    if (slash == NULL) {
        if (text == end)
            return fail(&parser, "%s", _("it is empty"));
        parser.at = text;
        parser.end = end;
        if (!parse_point(&parser, &edtf.start))
            return false;
        *ret_edtf = edtf;
        return true;
    }
    if (strchr(slash + 1, '/') != NULL)
        return fail(&parser, "%s",
                    _("it has more than one '/'; between year, month and day stand hyphens, as in "
                      "1404-04-07"));
    edtf.interval = true;
    if (!parse_end(&parser, text, slash, &edtf.start) ||
        !parse_end(&parser, slash + 1, end, &edtf.end))
        return false;
    if (edtf.start.kind != EDTF_POINT_DATE && edtf.end.kind != EDTF_POINT_DATE)
        return fail(&parser, "%s", _("neither its beginning nor its end is known"));
    gint32 first, last;
    edtf_bounds(&edtf, &first, &last);
    if (first > last)
        return fail(&parser, "%s", _("it ends before it begins"));
    *ret_edtf = edtf;
    return true;
}

/* ---- writing ---- */

static void format_point(GString *text, const EdtfPoint *point)
{
    if (point->kind != EDTF_POINT_DATE) {
        g_string_append(text, point->kind == EDTF_POINT_OPEN ? ".." : "");
        return;
    }
    bool negative = point->year < 0;
    int year = negative ? -point->year : point->year;
    if (negative && point->year_mask > 0)
        year -= mask_span(point) - 1;
    if (year > 9999)
        g_string_append_c(text, 'Y');
    if (negative)
        g_string_append_c(text, '-');
    g_string_append_printf(text, "%04d", year);
    for (int i = 0; i < point->year_mask && i < 4; i++)
        text->str[text->len - 1 - (gsize)i] = 'X';
    if (point->month_masked)
        g_string_append(text, "-XX");
    else if (point->month > 0)
        g_string_append_printf(text, "-%02d", point->month);
    if (point->day_masked)
        g_string_append(text, "-XX");
    else if (point->day > 0)
        g_string_append_printf(text, "-%02d", point->day);
    if (point->hour >= 0) {
        g_string_append_printf(text, "T%02d:%02d", point->hour, MAX(0, point->minute));
        if (point->second >= 0)
            g_string_append_printf(text, ":%02d", point->second);
        if (point->has_offset && point->offset_minutes == 0)
            g_string_append_c(text, 'Z');
        else if (point->has_offset)
            g_string_append_printf(text, "%c%02d:%02d", point->offset_minutes < 0 ? '-' : '+',
                                   ABS(point->offset_minutes) / 60,
                                   ABS(point->offset_minutes) % 60);
    }
    if (point->uncertain && point->approximate)
        g_string_append_c(text, '%');
    else if (point->uncertain)
        g_string_append_c(text, '?');
    else if (point->approximate)
        g_string_append_c(text, '~');
}

char *edtf_format(const Edtf *edtf)
{
    GString *text = g_string_new(NULL);
    format_point(text, &edtf->start);
    if (edtf->interval) {
        g_string_append_c(text, '/');
        format_point(text, &edtf->end);
    }
    return g_string_free(text, FALSE);
}

/* ---- bounds ---- */

static gint32 day_of(Calendar calendar, int year, int month, int day)
{
    return calendar == CALENDAR_SOLAR_HIJRI ? edtf_day_from_solar_hijri(year, month, day)
                                            : edtf_day_from_gregorian(year, month, day);
}

static void point_bounds(Calendar calendar, const EdtfPoint *point, gint32 *ret_first,
                         gint32 *ret_last)
{
    int year = point->year, first_month = 1, last_month = 12, last_year = year;
    if (point->day > 0) {
        *ret_first = *ret_last = day_of(calendar, year, point->month, point->day);
        return;
    }
    if (point->precision == EDTF_SEASON) {
        int season = point->month - 21;
        if (calendar == CALENDAR_SOLAR_HIJRI) {
            first_month = 1 + 3 * season;
            last_month = first_month + 2;
        } else {
            /* Northern, by whole months: spring is March to May, winter December to February. */
            first_month = 3 + 3 * season;
            last_month = season == 3 ? 2 : first_month + 2;
            last_year = season == 3 ? year + 1 : year;
        }
    } else if (point->month > 0) {
        first_month = last_month = point->month;
    } else if (point->year_mask > 0) {
        last_year = year + mask_span(point) - 1;
    }
    *ret_first = day_of(calendar, year, first_month, 1);
    *ret_last =
        day_of(calendar, last_year, last_month, edtf_month_length(calendar, last_year, last_month));
}

void edtf_bounds(const Edtf *edtf, gint32 *ret_first_day, gint32 *ret_last_day)
{
    gint32 ignored;
    if (!edtf->interval) {
        point_bounds(edtf->calendar, &edtf->start, ret_first_day, ret_last_day);
        return;
    }
    *ret_first_day = G_MININT32;
    *ret_last_day = G_MAXINT32;
    if (edtf->start.kind == EDTF_POINT_DATE)
        point_bounds(edtf->calendar, &edtf->start, ret_first_day, &ignored);
    if (edtf->end.kind == EDTF_POINT_DATE)
        point_bounds(edtf->calendar, &edtf->end, &ignored, ret_last_day);
}

EdtfPrecision edtf_precision(const Edtf *edtf)
{
    EdtfPrecision precision = EDTF_MINUTE;
    if (edtf->start.kind == EDTF_POINT_DATE)
        precision = MIN(precision, edtf->start.precision);
    if (edtf->interval && edtf->end.kind == EDTF_POINT_DATE)
        precision = MIN(precision, edtf->end.precision);
    return precision;
}

/* ---- Solar Hijri to Gregorian ---- */

static EdtfPoint point_of_day(gint32 day, const EdtfPoint *like)
{
    EdtfPoint point = *like;
    point.kind = EDTF_POINT_DATE;
    point.year_mask = 0;
    point.month_masked = point.day_masked = false;
    point.precision = like->precision == EDTF_MINUTE ? EDTF_MINUTE : EDTF_DAY;
    edtf_day_to_gregorian(day, &point.year, &point.month, &point.day);
    return point;
}

void edtf_to_gregorian(const Edtf *edtf, Edtf *ret_gregorian)
{
    if (edtf->calendar == CALENDAR_GREGORIAN) {
        *ret_gregorian = *edtf;
        return;
    }
    Edtf out = {.calendar = CALENDAR_GREGORIAN};
    gint32 first, last;
    edtf_bounds(edtf, &first, &last);
    const EdtfPoint *end = edtf->interval ? &edtf->end : &edtf->start;
    if (!edtf->interval && first == last) {
        out.start = point_of_day(first, &edtf->start);
    } else {
        out.interval = true;
        out.start =
            edtf->start.kind == EDTF_POINT_DATE ? point_of_day(first, &edtf->start) : edtf->start;
        out.end = end->kind == EDTF_POINT_DATE ? point_of_day(last, end) : *end;
    }
    *ret_gregorian = out;
}
