#include "render/frame.h"

#include "base/edtf.h"
#include <math.h>

double frame_x(const Frame *frame, double x)
{
    double span = frame->x_last - frame->x_first;
    return frame->left +
           (span > 0 ? (x - frame->x_first) / span : 0.5) * (frame->right - frame->left);
}

double frame_y(const Frame *frame, double y)
{
    double span = frame->y_last - frame->y_first;
    double share = span > 0 ? (y - frame->y_first) / span : 0;
    if (frame->root)
        share = sqrt(MAX(0, share));
    return frame->bottom - share * (frame->bottom - frame->top);
}

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps cover the span. */
static double round_step(double span, double wanted)
{
    double raw = span / wanted, power = pow(10, floor(log10(raw))), rest = raw / power;
    return power * (rest <= 1.0001 ? 1 : rest <= 2.0001 ? 2 : rest <= 5.0001 ? 5 : 10);
}

double frame_round_up(double y)
{
    if (!(y > 0))
        return 1;
    double step = round_step(y, 4);
    return step * ceil(y / step - 1e-9);
}

static void value_tick(const Frame *frame, double y, int decimals)
{
    bool base = y <= frame->y_first;
    g_autofree char *label =
        decimals == 0 ? i18n_integer((gint64)llround(y)) : i18n_decimal(y, decimals);
    canvas_line(frame->canvas, base ? INK_QUIET : INK_GRID, base ? 0.9 : 0.6, 0, frame->left,
                frame_y(frame, y), frame->right, frame_y(frame, y));
    canvas_text(frame->canvas, INK_QUIET, 7.5, false, ANCHOR_END, frame->left - 5,
                frame_y(frame, y) + 2.6, label);
}

/* 1, 2, 5, 10 … where there is room, from the top down. */
static void root_ticks(const Frame *frame)
{
    double above = -100;
    value_tick(frame, 0, 0);
    for (double power = pow(10, ceil(log10(MAX(1, frame->y_last)))); power >= 1; power /= 10) {
        const double parts[] = {1, 0.5, 0.2};
        for (int i = 0; i < 3; i++) {
            double y = power * parts[i];
            if (y < 1 || y > frame->y_last * (1 + 1e-9) || frame_y(frame, y) < above + 17 ||
                frame_y(frame, y) > frame->bottom - 12)
                continue;
            value_tick(frame, y, 0);
            above = frame_y(frame, y);
        }
    }
}

void frame_value_axis(const Frame *frame, bool whole)
{
    if (frame->root) {
        root_ticks(frame);
        return;
    }
    double span = frame->y_last - frame->y_first, step = round_step(span, 4);
    if (whole)
        step = MAX(1, step);
    for (int i = 0; frame->y_first + i * step <= frame->y_last * (1 + 1e-9); i++) {
        double y = frame->y_first + i * step;
        value_tick(frame, y, step >= 1 ? 0 : step >= 0.1 ? 1 : 2);
    }
}

/* ---- days ---- */

static const char *const MONTHS[2][12] = {
    [CALENDAR_GREGORIAN] = {N_("January"), N_("February"), N_("March"), N_("April"), N_("May"),
                            N_("June"), N_("July"), N_("August"), N_("September"), N_("October"),
                            N_("November"), N_("December")},
    [CALENDAR_SOLAR_HIJRI] = {N_("Farvardin"), N_("Ordibehesht"), N_("Khordad"), N_("Tir"),
                              N_("Mordad"), N_("Shahrivar"), N_("Mehr"), N_("Aban"), N_("Azar"),
                              N_("Dey"), N_("Bahman"), N_("Esfand")},
};

typedef struct {
    double last_end; /* where the label before ended */
    Calendar calendar;
} Ticks;

static void tick(const Frame *frame, Ticks *ticks, double x, const char *label, const char *below)
{
    double at = frame_x(frame, x), half = canvas_text_width(7.5, label) / 2;
    canvas_line(frame->canvas, INK_QUIET, 0.7, 0, at, frame->bottom, at, frame->bottom + 3);
    if (at - half < ticks->last_end + 4 || at + half > canvas_width(frame->canvas))
        return;
    ticks->last_end = at + half;
    canvas_text(frame->canvas, INK_QUIET, 7.5, false, ANCHOR_MIDDLE, at, frame->bottom + 11.5,
                label);
    if (below != NULL)
        canvas_text(frame->canvas, INK_QUIET, 7, false, ANCHOR_MIDDLE, at, frame->bottom + 20.5,
                    below);
}

static gint32 day_of(Calendar calendar, int year, int month, int day)
{
    return calendar == CALENDAR_SOLAR_HIJRI ? edtf_day_from_solar_hijri(year, month, day)
                                            : edtf_day_from_gregorian(year, month, day);
}

static void date_of(Calendar calendar, gint32 day, int *year, int *month, int *of_month)
{
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(day, year, month, of_month);
    else
        edtf_day_to_gregorian(day, year, month, of_month);
}

static char *digits_of(int n)
{
    g_autofree char *text = g_strdup_printf("%d", n);
    return i18n_digits(text);
}

/* Ticks at the first of every `step` months; the year stands below where it changes. */
static void month_ticks(const Frame *frame, Ticks *ticks, int step)
{
    int year, month, day, shown_year = G_MININT;
    date_of(ticks->calendar, (gint32)ceil(frame->x_first), &year, &month, &day);
    for (month = (month - 1) / step * step + 1;; month += step) {
        year += (month - 1) / 12;
        month = (month - 1) % 12 + 1;
        gint32 at = day_of(ticks->calendar, year, month, 1);
        if (at > frame->x_last)
            break;
        if (at < frame->x_first)
            continue;
        g_autofree char *year_words = digits_of(year);
        double before = ticks->last_end;
        tick(frame, ticks, at,
             step >= 12 ? year_words : i18n_get(MONTHS[ticks->calendar][month - 1]),
             step < 12 && year != shown_year ? year_words : NULL);
        if (ticks->last_end > before)
            shown_year = year;
    }
}

static void day_ticks(const Frame *frame, Ticks *ticks, int step)
{
    int shown_month = 0;
    for (double d = ceil(frame->x_first); d <= frame->x_last; d += step) {
        int year, month, day;
        date_of(ticks->calendar, (gint32)d, &year, &month, &day);
        g_autofree char *number = digits_of(day);
        double before = ticks->last_end;
        tick(frame, ticks, d, number,
             month != shown_month ? i18n_get(MONTHS[ticks->calendar][month - 1]) : NULL);
        if (ticks->last_end > before)
            shown_month = month;
    }
}

void frame_day_axis(const Frame *frame)
{
    Ticks ticks = {-1000, canvas_language(frame->canvas) == I18N_PERSIAN ? CALENDAR_SOLAR_HIJRI
                                                                         : CALENDAR_GREGORIAN};
    double days = frame->x_last - frame->x_first;
    canvas_line(frame->canvas, INK_QUIET, 0.9, 0, frame->left, frame->bottom, frame->right,
                frame->bottom);
    if (days > 6 * 365)
        month_ticks(frame, &ticks, 12 * MAX(1, (int)ceil(days / 365 / 14)));
    else if (days > 1.6 * 365)
        month_ticks(frame, &ticks, days > 3 * 365 ? 6 : 3);
    else if (days > 62) /* a month's name takes 44 points */
        month_ticks(frame, &ticks,
                    (frame->right - frame->left) * 30 / days >= 44   ? 1
                    : (frame->right - frame->left) * 60 / days >= 44 ? 2
                                                                     : 3);
    else
        day_ticks(frame, &ticks, MAX(1, (int)ceil(days / 14)));
}

void frame_year_axis(const Frame *frame)
{
    Ticks ticks = {-1000, CALENDAR_GREGORIAN};
    canvas_line(frame->canvas, INK_QUIET, 0.9, 0, frame->left, frame->bottom, frame->right,
                frame->bottom);
    int step = MAX(1, (int)ceil((frame->x_last - frame->x_first) / 14));
    int last = (int)floor(frame->x_last);
    for (int year = last - (last - (int)ceil(frame->x_first)) / step * step; year <= last;
         year += step) {
        g_autofree char *label = digits_of(year);
        tick(frame, &ticks, year, label, NULL);
    }
}

/* ---- words ---- */

double frame_legend(Canvas *canvas, double x, double y, double width, gsize n_keys,
                    const FrameKey keys[])
{
    const double line = 12, sign = 16, gap = 14, size = 8;
    double at = x;
    for (gsize i = 0; i < n_keys; i++) {
        double needed = sign + 4 + canvas_text_width(size, keys[i].label);
        if (at > x && at + needed > x + width) {
            at = x;
            y += line;
        }
        double middle = y - 2.8;
        switch (keys[i].kind) {
        case KEY_MARK:
        case KEY_HOLLOW_MARK:
            canvas_mark(canvas, keys[i].mark, keys[i].ink, keys[i].kind == KEY_MARK, 6,
                        at + sign / 2, middle);
            break;
        case KEY_LINE:
        case KEY_DASHES:
            canvas_line(canvas, keys[i].ink, 1.4, keys[i].kind == KEY_DASHES ? 3 : 0, at, middle,
                        at + sign, middle);
            break;
        case KEY_AREA:
            canvas_rectangle(canvas, keys[i].ink, INK_QUIET, at + 2, middle - 3.5, sign - 4, 7);
            break;
        }
        canvas_text(canvas, INK_TEXT, size, false, ANCHOR_START, at + sign + 4, y, keys[i].label);
        at += needed + gap;
    }
    return y + line;
}

double frame_title(Canvas *canvas, const char *title)
{
    canvas_text(canvas, INK_TEXT, 9.5, true, ANCHOR_START, 0, 11, title);
    return 26;
}
