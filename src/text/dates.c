/* Dates by a small grammar over words and numbers, read from left to right; at each word the
 * longest reading wins. A word is looked up once (when the text is split); texts without dates cost
 * little more than their splitting into words. */
#include "text/dates_private.h"

#include "base/limits.h"
#include <stdlib.h>
#include <string.h>

/* ---- one date, then ranges ---- */

static bool could_begin(const Reader *r, gsize i)
{
    const Token *token = &r->t->tokens[i];
    return token->kind == TOKEN_NUMBER || token->kind == TOKEN_WORD;
}

static bool read_one(const Reader *r, gsize i, bool reason, Found *f)
{
    *f = (Found){.first = i, .last = i};
    if (!could_begin(r, i))
        return false;
    Found fresh = *f;
#define TRY(call)                                                                                  \
    if (*f = fresh, call)                                                                          \
        return true;
    if (r->t->tokens[i].kind == TOKEN_NUMBER) {
        TRY(date_read_figures(r, i, f))
        TRY(date_read_pair(r, i, f))
        TRY(date_read_day_month(r, i, f))
        TRY(date_read_decade(r, i, f))
        TRY(date_read_relative(r, i, f))
        TRY(date_read_bare_year(r, i, reason, f))
        return false;
    }
    DateClass class = date_class_at(r, i);
    if (class == NONE) { /* perhaps a number in words */
        if (r->t->tokens[i].digits == 0)
            return false;
        TRY(date_read_part(r, i, f))
        TRY(date_read_day_month(r, i, f))
        TRY(date_read_pair(r, i, f))
        TRY(date_read_relative(r, i, f))
        TRY(date_read_bare_year(r, i, reason, f))
        return false;
    }
    TRY(date_read_part(r, i, f))
    if (class == PART) { /* اوایل …, early … */
        gsize at = i + 1;
        if (date_dash_at(r, at) && !r->t->tokens[at].gap)
            at++;
        if (date_look(r, i)->value == 4 && strcmp(token_word(r->t, at), "سال") != 0 &&
            date_class_at(r, at) != DECADE && date_class_at(r, at) != YEARS &&
            !token_listed("|circa|", token_word(r->t, i)))
            return false;
        if (date_class_at(r, at) == PART || date_class_at(r, at) == REL_DAY ||
            !read_one(r, at, true, f) || f->unknown)
            return false;
        f->first = i;
        f->edtf.start.approximate = true;
        if (f->edtf.interval)
            f->edtf.end.approximate = true;
        return true;
    }
    switch (class) {
    case MONTH_SOLAR:
    case MONTH_SOLAR_SURE:
    case MONTH_GREG:
    case MONTH_LUNAR:
        TRY(date_read_month(r, i, f))
        break;
    case MONTH_WORD:
        TRY(date_read_month(r, i, f))
        TRY(date_read_relative(r, i, f))
        break;
    case SEASON:
        TRY(date_read_season(r, i, f))
        break;
    case DECADE:
        TRY(date_read_decade(r, i, f))
        break;
    case YEAR:
    case YEARS:
        if (date_class_at(r, i + 1) == DECADE) {
            TRY(date_read_decade(r, i + 1, f))
        }
        TRY(date_read_bare_year(r, i, true, f))
        TRY(date_read_relative(r, i, f))
        break;
    case REL_DAY:
    case REL_YEAR:
    case UNIT_DAY:
    case UNIT_WEEK:
    case LAST:
    case NEXT:
    case THIS:
    case WEEKDAY:
        TRY(date_read_relative(r, i, f))
        break;
    default:
        break;
    }
#undef TRY
    return false;
}

static bool single(const Found *f)
{
    return !f->edtf.interval && !f->relative && !f->leave_out;
}

/* X تا Y, from X to Y, between X and Y, X–Y, سال X تاکنون. */
static void read_range(const Reader *r, Found *f)
{
    if (!single(f))
        return;
    gsize at = f->last;
    bool between = f->first > 0 && (date_class_at(r, f->first - 1) == BETWEEN ||
                                    (f->first > 1 && date_class_at(r, f->first - 2) == BETWEEN));
    bool dash = date_dash_at(r, at);
    if (date_class_at(r, at) == NOW && strcmp(token_word(r->t, at), "تاکنون") == 0 && !f->no_year) {
        f->edtf.interval = true;
        f->edtf.end = (EdtfPoint){.kind = EDTF_POINT_OPEN, .hour = -1, .minute = -1, .second = -1};
        f->last = at + 1;
        return;
    }
    if (date_class_at(r, at) != TO && !dash && !(between && date_class_at(r, at) == AND))
        return;
    at++;
    Found end;
    bool year_pair = f->edtf.start.precision == EDTF_YEAR && date_is_number(r, at) &&
                     r->t->tokens[at].digits == 2 && !r->t->tokens[at].gap && dash &&
                     r->t->tokens[at].value > f->edtf.start.year % 100 &&
                     r->t->tokens[at].value > 12;
    if (year_pair) { /* 1360–67 */
        end = (Found){
            .last = at + 1,
            .edtf = {.calendar = f->edtf.calendar,
                     .start = date_point_new(
                         f->edtf.start.year / 100 * 100 + (int)r->t->tokens[at].value, 0, 0)}};
    } else if (!read_one(r, at, true, &end) || !single(&end) ||
               end.edtf.calendar != f->edtf.calendar) {
        return;
    }
    if (f->no_year && !end.no_year) { /* the year comes at the end: 7 تیر تا 12 مرداد 1404 */
        f->edtf.start.year = end.edtf.start.year;
        if (f->edtf.start.month > end.edtf.start.month)
            f->edtf.start.year--;
        f->no_year = false;
    } else if (!f->no_year && end.no_year) {
        end.edtf.start.year =
            f->edtf.start.year + (end.edtf.start.month < f->edtf.start.month ? 1 : 0);
    } else if (f->no_year) {
        return;
    }
    gint32 first, last, unused;
    Edtf start = f->edtf, stop = end.edtf;
    edtf_bounds(&start, &first, &unused);
    edtf_bounds(&stop, &unused, &last);
    if (unused < first || last < first)
        return;
    f->edtf.interval = true;
    f->edtf.end = end.edtf.start;
    f->last = end.last;
    f->confidence = MIN(f->confidence, 0.93);
}

/* ---- to the caller ---- */

static void without_year(const Edtf *edtf, char *out)
{
    const EdtfPoint *start = &edtf->start, *end = &edtf->end;
    if (start->day > 0 && edtf->interval)
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d-%02d/XXXX-%02d-%02d", start->month,
                   start->day, end->month, end->day);
    else if (start->day > 0)
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d-%02d", start->month, start->day);
    else
        g_snprintf(out, TEXT_DATE_EDTF_MAX, "XXXX-%02d", start->month);
}

/* The year that brings a date without one nearest to the given day. */
static void guess_year(const Reader *r, Found *f)
{
    int y, m, d;
    gint32 best = G_MAXINT32, first, last;
    Edtf kept = f->edtf;
    /* "جمعه ۲۱ دی" is the year in which that day was a Friday, if one is near. */
    const DateWord *before = f->first > 0 ? date_look(r, f->first - 1) : &DATE_NO_WORD;
    bool weekday_fits = false;
    if (kept.calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(r->options.today, &y, &m, &d);
    else
        edtf_day_to_gregorian(r->options.today, &y, &m, &d);
    for (int year = y - 1; year <= y + 1; year++) {
        Edtf trial = kept;
        trial.start.year = year;
        trial.end.year = year;
        if (trial.start.day > edtf_month_length(trial.calendar, year, trial.start.month) ||
            (trial.interval &&
             trial.end.day > edtf_month_length(trial.calendar, year, trial.end.month)))
            continue;
        edtf_bounds(&trial, &first, &last);
        gint32 distance = r->options.today < first  ? first - r->options.today
                          : r->options.today > last ? r->options.today - last
                                                    : 0;
        bool fits =
            before->class == WEEKDAY && first == last && edtf_weekday(first) == before->value;
        if (fits == weekday_fits ? distance < best : fits) {
            best = distance;
            weekday_fits = fits;
            f->edtf = trial;
        }
    }
    if (best == G_MAXINT32)
        return;
    f->no_year = false;
    f->relative = true;
    f->confidence *= 0.9;
}

static void describe(const Reader *r, Found *f, TextDate *out)
{
    *out = (TextDate){
        .start = r->t->tokens[f->first].start,
        .end = r->t->tokens[f->last - 1].end,
        .calendar = f->edtf.calendar,
        .other = -1,
    };
    if (f->no_year && r->options.has_today)
        guess_year(r, f);
    out->relative = f->relative;
    out->confidence = (float)f->confidence;
    out->precision = f->edtf.start.precision;
    if (f->unknown)
        return;
    if (f->no_year) {
        without_year(&f->edtf, out->written);
        return;
    }
    Edtf gregorian;
    out->precision = edtf_precision(&f->edtf);
    g_autofree char *written = edtf_format(&f->edtf);
    g_strlcpy(out->written, written, sizeof out->written);
    edtf_to_gregorian(&f->edtf, &gregorian);
    g_autofree char *edtf = edtf_format(&gregorian);
    g_strlcpy(out->edtf, edtf, sizeof out->edtf);
    edtf_bounds(&f->edtf, &out->first_day, &out->last_day);
}

/* Whether only an opening bracket, a stroke or "which is" stands between tokens [from, to). */
static bool same_thing(const Reader *r, gsize from, gsize to)
{
    bool any = false;
    if (to - from > 4)
        return false;
    for (gsize i = from; i < to; i++) {
        if (date_sign_at(r, i, "(/[=") || date_dash_at(r, i) || date_class_at(r, i) == EQUAL)
            any = true;
        else if (!token_listed("|با|to|with|", token_word(r->t, i)) && !date_sign_at(r, i, ",") &&
                 r->t->tokens[i].sign != 0x60C)
            return false;
    }
    return any;
}

bool text_dates_find(const char *text, gsize length, const TextDateOptions *options,
                     TextDates *ret_dates, GError **error)
{
    g_auto(TextTokens) tokens = {0};
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    return text_dates_find_in(&tokens, text, options, ret_dates, error);
}

bool text_dates_find_in(const TextTokens *tokens, const char *text, const TextDateOptions *options,
                        TextDates *ret_dates, GError **error)
{
    Reader reader = {.t = tokens, .text = text};
    if (options != NULL)
        reader.options = *options;
    TextDates out = {0};
    gsize room = 0, last_token = 0;
    bool after_date = false, after_year = false; /* a year alone: "1981, 1982 and 1985" */
    for (gsize i = 0; i < tokens->n;) {
        Found found;
        bool reason =
            (after_date && same_thing(&reader, last_token, i)) ||
            (after_year && i == last_token + 1 &&
             (date_class_at(&reader, last_token) == AND || date_sign_at(&reader, last_token, ",") ||
              tokens->tokens[last_token].sign == 0x60C));
        if (!read_one(&reader, i, reason, &found)) {
            i++;
            continue;
        }
        if (found.last <= i) /* a reading takes at least one word */
            found.last = i + 1;
        if (!found.leave_out)
            read_range(&reader, &found);
        if (!found.leave_out) {
            if (out.n == room) {
                room = room * 2 + 8;
                TextDate *dates = realloc(out.dates, room * sizeof *dates);
                if (dates == NULL) {
                    text_dates_clear(&out);
                    return text_error_memory(error);
                }
                out.dates = dates;
            }
            TextDate *date = &out.dates[out.n];
            describe(&reader, &found, date);
            TextDate *before = out.n > 0 ? &out.dates[out.n - 1] : NULL;
            if (after_date && before != NULL && before->other < 0 &&
                before->calendar != date->calendar &&
                same_thing(&reader, last_token, found.first)) {
                before->other = (gssize)out.n;
                date->other = (gssize)out.n - 1;
                if (before->edtf[0] != '\0' && date->edtf[0] != '\0' &&
                    (before->last_day < date->first_day || date->last_day < before->first_day))
                    before->contradicted = date->contradicted = true;
            }
            out.n++;
        }
        after_date = !found.leave_out;
        after_year = after_date && !found.edtf.interval && !found.relative &&
                     found.edtf.start.precision == EDTF_YEAR;
        last_token = i = found.last;
    }
    *ret_dates = out;
    return true;
}

void text_dates_clear(TextDates *dates)
{
    free(dates->dates);
    *dates = (TextDates){0};
}
