/* Beside the list of reports: by what it can be narrowed down, with how many reports each would
 * leave; above it: what it is narrowed down by now. */
#include "assess/assess.h"
#include "base/edtf.h"
#include "store/query_facet.h"
#include "web/list.h"
#include <string.h>

enum { SHOWN = 8, MOST = 60, MONTHS_MOST = 1200 };

/* ---- one value ---- */

static void draw_value(const Page *page, const char *path, const char *text, gint64 count)
{
    Html *html = page->html;
    html_begin(html, "li", NULL);
    html_begin(html, "a", "href", path, NULL);
    html_name(html, text, NULL);
    html_end(html, "a");
    html_text(html, " ");
    g_autofree char *number = i18n_integer(count);
    html_put(html, "span", number, "class", "soft", NULL);
    html_end(html, "li");
}

typedef char *(*ValueText)(const Page *page, const StoreWebCount *count);
typedef char *(*ValueKey)(const StoreWebCount *count);

static char *source_text(const Page *page, const StoreWebCount *count)
{
    return page_source_name(page, count->id);
}

static char *source_key(const StoreWebCount *count)
{
    char id[STORE_ID_MAX];
    return g_strdup(store_id_format(STORE_KIND_SOURCE, count->id, id));
}

static char *place_text(const Page *page, const StoreWebCount *count)
{
    return page_place(page, count->id, NULL);
}

static char *place_key(const StoreWebCount *count)
{
    char id[STORE_ID_MAX];
    return g_strdup(store_id_format(STORE_KIND_PLACE, count->id, id));
}

static char *kind_text(const Page *page, const StoreWebCount *count)
{
    return g_strdup(assess_kind_title(count->name, page->language));
}

static char *kind_key(const StoreWebCount *count)
{
    return g_strdup(count->name);
}

/* The rest of a long group stands folded below its first values. */
static void rest_begin(const Page *page, guint n)
{
    g_autofree char *number = i18n_integer(n);
    g_autofree char *words = g_strdup_printf(_("%s more"), number);
    html_end(page->html, "ul");
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", words, NULL);
    html_begin(page->html, "ul", NULL);
}

static void group_begin(const Page *page, const char *title)
{
    html_put(page->html, "h3", title, NULL);
    html_begin(page->html, "ul", NULL);
}

static void group_end(const Page *page, guint drawn)
{
    html_end(page->html, "ul");
    if (drawn > SHOWN)
        html_end(page->html, "details");
}

static void draw_group(const Page *page, const char *title, const char *name,
                       const GPtrArray *counts, ValueText text, ValueKey key)
{
    if (counts->len == 0)
        return;
    const guint shown = MIN(counts->len, MOST);
    group_begin(page, title);
    for (guint i = 0; i < shown; i++) {
        const StoreWebCount *count = counts->pdata[i];
        if (i == SHOWN)
            rest_begin(page, shown - SHOWN);
        g_autofree char *value = key(count), *words = text(page, count);
        g_autofree char *path = list_path(page, name, value);
        draw_value(page, path, words, count->count);
    }
    group_end(page, shown);
}

/* ---- months ---- */

typedef struct {
    Calendar calendar;
    int first;      /* number of the first month: year × 12 + month − 1 */
    gint64 *counts; /* of reports whose days meet it */
    guint n;
} Months;

static int month_of(Calendar calendar, gint32 day)
{
    int year, month, day_of_month;
    if (calendar == CALENDAR_SOLAR_HIJRI)
        edtf_day_to_solar_hijri(day, &year, &month, &day_of_month);
    else
        edtf_day_to_gregorian(day, &year, &month, &day_of_month);
    return year * 12 + month - 1;
}

/* From the first day to the last that anybody gave, at most MONTHS_MOST up to the last. */
static bool months_range(const GArray *spans, Months *months)
{
    gint32 first = G_MAXINT32, last = G_MININT32;
    for (guint i = 0; i < spans->len; i++) {
        const StoreWebSpan *span = &g_array_index(spans, StoreWebSpan, i);
        if (span->first_day != G_MININT32) {
            first = MIN(first, span->first_day);
            last = MAX(last, span->first_day);
        }
        if (span->last_day != G_MAXINT32) {
            first = MIN(first, span->last_day);
            last = MAX(last, span->last_day);
        }
    }
    if (first > last)
        return false;
    const int end = month_of(months->calendar, last);
    months->first = MAX(month_of(months->calendar, first), end - MONTHS_MOST + 1);
    months->n = (guint)(end - months->first + 1);
    return true;
}

/* A report counts for each month that its days meet; so does the list's filter. */
static bool months_count(const GArray *spans, Months *months)
{
    if (!months_range(spans, months))
        return false;
    months->counts = g_new0(gint64, months->n + 1);
    const int last = months->first + (int)months->n - 1;
    for (guint i = 0; i < spans->len; i++) {
        const StoreWebSpan *span = &g_array_index(spans, StoreWebSpan, i);
        int from = span->first_day == G_MININT32 ? months->first
                                                 : month_of(months->calendar, span->first_day);
        int to = span->last_day == G_MAXINT32 ? last : month_of(months->calendar, span->last_day);
        from = MAX(from, months->first);
        if (to < from)
            continue;
        months->counts[from - months->first] += span->count;
        months->counts[to - months->first + 1] -= span->count;
    }
    for (guint i = 1; i < months->n; i++)
        months->counts[i] += months->counts[i - 1];
    return true;
}

/* Both ends of the span at once. */
static char *month_path(const Page *page, int year, int month)
{
    g_autofree char *text = g_strdup_printf("%04d-%02d", year, month);
    g_autofree char *path = list_path(page, "from", text);
    GString *whole = g_string_new(NULL);
    /* "to" of the page's own address is left out, this one put in. */
    g_auto(GStrv) parts = g_strsplit_set(path, "?&", -1);
    for (guint i = 0; parts[i] != NULL; i++)
        if (!g_str_has_prefix(parts[i], "to="))
            g_string_append_printf(whole, "%s%s", i == 0 ? "" : i == 1 ? "?" : "&", parts[i]);
    g_string_append_printf(whole, "&to=%s", text);
    return g_string_free(whole, FALSE);
}

/* Newest first. A list that is one month already has none to choose. */
static void draw_months(const Page *page, const GArray *spans)
{
    Months months = {.calendar = page->language == I18N_PERSIAN ? CALENDAR_SOLAR_HIJRI
                                                                : CALENDAR_GREGORIAN};
    if (!months_count(spans, &months))
        return;
    guint n = 0, drawn = 0;
    for (guint i = 0; i < months.n; i++)
        n += months.counts[i] > 0;
    n = MIN(n, MOST);
    if (n > 0)
        group_begin(page, _("Month of what is told"));
    for (guint i = months.n; i-- > 0 && drawn < n;) {
        if (months.counts[i] == 0)
            continue;
        if (drawn++ == SHOWN)
            rest_begin(page, n - SHOWN);
        const int number = months.first + (int)i, year = number / 12, month = number % 12 + 1;
        g_autofree char *path = month_path(page, year, month);
        g_autofree char *words = edtf_describe_month(months.calendar, year, month);
        draw_value(page, path, words, months.counts[i]);
    }
    if (n > 0)
        group_end(page, n);
    g_free(months.counts);
}

/* ---- beside the list ---- */

static void draw(const Page *page, const List *list, const StoreWebFacets *facets)
{
    Html *html = page->html;
    html_begin(html, "nav", "class", "facets", "id", "narrow", "aria-labelledby", "narrow-title",
               NULL);
    html_put(html, "h2", _("Narrow down"), "id", "narrow-title", NULL);
    if (list->count > LIST_NARROWED) {
        g_autofree char *number = i18n_integer(LIST_NARROWED);
        g_autofree char *words =
            g_strdup_printf(_("Counted over the newest %s reports that fit."), number);
        page_paragraph(page, "hint soft", words);
    }
    if (list->find.kind[0] == '\0')
        draw_group(page, _("Kind"), "kind", facets->kinds, kind_text, kind_key);
    draw_group(page, _("Place"), "place", facets->places, place_text, place_key);
    if (list->find.source_id == 0)
        draw_group(page, _("Source"), "source", facets->sources, source_text, source_key);
    if (list->from[0] == '\0' && list->to[0] == '\0')
        draw_months(page, facets->spans);
    html_end(html, "nav");
}

/* Kept for a set of filters while the log stands: the same for every session. */
void list_draw_facets(const Page *page, const List *list)
{
    g_autoptr(GError) error = NULL;
    GString *body = page->response->body;
    const gint64 size = app_log_size(page->store, NULL);
    g_autofree char *what =
        g_strconcat("facets/", page->tag, "/", list->words, "/", list->from, "/", list->to, NULL);
    g_autofree char *key = list_key(list, what);
    g_autoptr(GBytes) kept = app_drawn_get(page->web, key, size);
    if (kept != NULL) {
        gsize length;
        const char *bytes = g_bytes_get_data(kept, &length);
        g_string_append_len(body, bytes, (gssize)length);
        return;
    }
    if (list->count <= 1) {
        return;
    }
    g_autoptr(StoreWebFacets) facets =
        store_web_facets(page->store, &list->find, LIST_NARROWED, &error);
    if (facets == NULL)
        return; /* the list itself stands */
    const gsize begin = body->len;
    draw(page, list, facets);
    kept = g_bytes_new(body->str + begin, body->len - begin);
    if (size >= 0)
        app_drawn_put(page->web, key, size, kept);
}

/* ---- what is chosen now ---- */

static void draw_chip(const Page *page, const char *name, const char *label, const char *text)
{
    Html *html = page->html;
    g_autofree char *path = list_path(page, name, NULL);
    g_autofree char *spoken = g_strdup_printf(_("Take away: %s, %s"), label, text);
    html_begin(html, "li", NULL);
    html_begin(html, "a", "class", "chip", "href", path, "aria-label", spoken, NULL);
    html_put(html, "span", label, "class", "soft", NULL);
    html_text(html, " ");
    html_name(html, text, NULL);
    html_put(html, "span", " ×", "aria-hidden", "true", NULL);
    html_end(html, "a");
    html_end(html, "li");
}

void list_draw_chosen(const Page *page, const List *list)
{
    const StoreWebFind *find = &list->find;
    const bool any = list->words[0] != '\0' || find->source_id != 0 || find->place_id != 0 ||
                     find->kind[0] != '\0' || list->from[0] != '\0' || list->to[0] != '\0';
    if (!any)
        return;
    html_begin(page->html, "ul", "class", "chips", "aria-label", _("Narrowed down by"), NULL);
    if (list->words[0] != '\0')
        draw_chip(page, "q", _("Words"), list->words);
    if (find->kind[0] != '\0')
        draw_chip(page, "kind", _("Kind"), assess_kind_title(find->kind, page->language));
    if (find->place_id != 0) {
        g_autofree char *name = page_place(page, find->place_id, NULL);
        draw_chip(page, "place", _("Place"), name);
    }
    if (find->source_id != 0) {
        g_autofree char *name = page_source_name(page, find->source_id);
        draw_chip(page, "source", _("Source"), name);
    }
    g_autofree char *from = i18n_digits(list->from), *to = i18n_digits(list->to);
    if (list->from[0] != '\0')
        draw_chip(page, "from", _("From day"), from);
    if (list->to[0] != '\0')
        draw_chip(page, "to", _("To day"), to);
    html_end(page->html, "ul");
}
