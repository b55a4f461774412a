/* The list of reports: words in Persian or English, source, kind, place, dates. Newest first, by
 * key: the hundredth page costs what the first does. */
#include "assess/assess.h"
#include "base/edtf.h"
#include "intake/search.h"
#include "store/person.h"
#include "store/query_web.h"
#include "web/list.h"
#include "web/words.h"
#include <string.h>

enum { PAGE_ROWS = 25, SNIPPET_BYTES = 260, MAX_OPTIONS = 200 };

static void list_clear(List *list)
{
    g_free(list->folded);
    if (list->ids != NULL)
        g_array_unref(list->ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(List, list_clear)

/* ---- what was asked for ---- */

static const char *const FILTERS[] = {"q", "source", "kind", "place", "from", "to"};

/* One end of a span: "2025-06-13", or "1404-03-23" (years up to 1600 are Solar Hijri). */
static bool read_day(const char *text, bool last, gint32 *ret_day)
{
    if (text[0] == '\0')
        return true;
    g_autoptr(GString) ascii = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_digit_value(c) >= 0)
            g_string_append_c(ascii, (char)('0' + g_unichar_digit_value(c)));
        else if (c == '/' || c == '-' || c == '.')
            g_string_append_c(ascii, '-');
        else if (!g_unichar_isspace(c))
            return false;
    }
    Calendar calendar =
        g_ascii_strtoll(ascii->str, NULL, 10) < 1600 ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN;
    Edtf edtf;
    if (!edtf_parse(ascii->str, calendar, &edtf, NULL))
        return false;
    gint32 first_day, last_day;
    edtf_bounds(&edtf, &first_day, &last_day);
    *ret_day = last ? last_day : first_day;
    return true;
}

static gint64 id_of(const WebRequest *request, const char *name, StoreKind wanted)
{
    StoreKind kind;
    gint64 id;
    return store_id_parse(web_query(request, name), &kind, &id) && kind == wanted ? id : 0;
}

static void list_read(const WebRequest *request, List *list)
{
    *list = (List){
        .words = web_query(request, "q"),
        .from = web_query(request, "from"),
        .to = web_query(request, "to"),
        .find = {.from_day = G_MININT32, .to_day = G_MAXINT32, .limit = PAGE_ROWS + 1},
    };
    list->folded = intake_search_fold(list->words);
    list->find.folded_query = list->folded;
    list->find.source_id = id_of(request, "source", STORE_KIND_SOURCE);
    list->find.place_id = id_of(request, "place", STORE_KIND_PLACE);
    list->find.kind = web_query(request, "kind");
    list->find.below = id_of(request, "older", STORE_KIND_REPORT);
    list->find.above = list->find.below == 0 ? id_of(request, "newer", STORE_KIND_REPORT) : 0;
    if (!read_day(list->from, false, &list->find.from_day) ||
        !read_day(list->to, true, &list->find.to_day))
        list->date_trouble =
            _("One of the dates cannot be read. Write it as 2025-06-13 or 1404-03-23; a month "
              "(1404-03) or a year works too.");
}

/* Asks for one more than a page, to know whether there is more on that side. */
static bool list_load(Store *store, List *list, GError **error)
{
    list->ids = store_web_find(store, &list->find, error);
    if (list->ids == NULL)
        return false;
    bool more = list->ids->len > PAGE_ROWS;
    if (more && list->find.above != 0)
        g_array_remove_index(list->ids, 0);
    else if (more)
        g_array_set_size(list->ids, PAGE_ROWS);
    list->has_older = list->find.above != 0 || more;
    list->has_newer = list->find.below != 0 || (list->find.above != 0 && more);
    return true;
}

bool list_is_narrowed(const WebRequest *request)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FILTERS); i++)
        if (web_query(request, FILTERS[i])[0] != '\0')
            return true;
    return false;
}

GArray *list_ids(const WebRequest *request, gsize limit, GError **error)
{
    g_auto(List) list;
    list_read(request, &list);
    if (list.date_trouble != NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, list.date_trouble);
        return NULL;
    }
    list.find.below = list.find.above = 0;
    list.find.limit = limit;
    return store_web_find(request->store, &list.find, error);
}

char *list_key(const List *list, const char *what)
{
    const StoreWebFind *find = &list->find;
    return g_strdup_printf("%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%d/%d/%s/%s", what,
                           find->source_id, find->place_id, find->from_day, find->to_day,
                           find->kind, list->folded);
}

/* Counting walks up to LIST_COUNTED rows: once for a set of filters while the log stands. */
static bool list_count(const WebRequest *request, List *list, GError **error)
{
    Web *web = request->app;
    const StoreWebFind *find = &list->find;
    gint64 size = app_log_size(request->store, error);
    if (size < 0)
        return false;
    g_autofree char *key = list_key(list, "count");
    g_autoptr(GBytes) kept = app_drawn_get(web, key, size);
    if (kept != NULL) {
        list->count = *(const gint64 *)g_bytes_get_data(kept, NULL);
        return true;
    }
    list->count = store_web_find_count(request->store, find, LIST_COUNTED + 1, error);
    if (list->count < 0)
        return false;
    kept = g_bytes_new(&list->count, sizeof list->count);
    app_drawn_put(web, key, size, kept);
    return true;
}

/* ---- the form ---- */

static void draw_option(const Page *page, const char *value, const char *text, bool chosen)
{
    html_put(page->html, "option", text, "value", value, "selected", chosen ? "" : NULL, NULL);
}

/* The options of each choice are the same for every query: they are kept while the log stands. */
static void draw_sources(const Page *page)
{
    g_autoptr(GPtrArray) sources = store_web_count_sources(page->store, MAX_OPTIONS, NULL);
    for (guint i = 0; sources != NULL && i < sources->len; i++) {
        const StoreWebCount *row = g_ptr_array_index(sources, i);
        char id[STORE_ID_MAX];
        if (row->id != 0)
            draw_option(page, store_id_format(STORE_KIND_SOURCE, row->id, id),
                        assess_reporter_title(row->name, page->language), false);
    }
}

static void draw_kinds(const Page *page)
{
    g_autoptr(GPtrArray) kinds = store_web_count_kinds(page->store, MAX_OPTIONS, NULL);
    for (guint i = 0; kinds != NULL && i < kinds->len; i++) {
        const StoreWebCount *row = g_ptr_array_index(kinds, i);
        if (row->name != NULL)
            draw_option(page, row->name, assess_kind_title(row->name, page->language), false);
    }
}

static void draw_places(const Page *page)
{
    g_autoptr(GPtrArray) places = store_web_count_places(page->store, MAX_OPTIONS, NULL);
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const StoreWebCount *row = g_ptr_array_index(places, i);
        char id[STORE_ID_MAX];
        g_autofree char *name = page_place(page, row->id, NULL);
        draw_option(page, store_id_format(STORE_KIND_PLACE, row->id, id), name, false);
    }
}

void page_reports_warm(Web *web, I18nLanguage language)
{
    page_kept_warm(web, language, "options/source", draw_sources);
    page_kept_warm(web, language, "options/kind", draw_kinds);
    page_kept_warm(web, language, "options/place", draw_places);
}

/* A choice: what is chosen now, any, and all that there is. */
static void draw_select(const Page *page, const char *label, const char *name,
                        const char *chosen_value, const char *chosen_text,
                        void (*draw)(const Page *page))
{
    g_autofree char *key = g_strconcat("options/", name, NULL);
    html_begin(page->html, "label", NULL);
    html_put(page->html, "span", label, NULL);
    html_begin(page->html, "select", "name", name, NULL);
    if (chosen_value != NULL)
        draw_option(page, chosen_value, chosen_text, true);
    draw_option(page, "", _("any"), false);
    page_kept(page, key, draw);
    html_end(page->html, "select");
    html_end(page->html, "label");
}

static void draw_selects(const Page *page, const List *list)
{
    char source_id[STORE_ID_MAX], place_id[STORE_ID_MAX];
    bool source = list->find.source_id != 0, place = list->find.place_id != 0;
    bool kind = list->find.kind[0] != '\0';
    g_autofree char *source_name = source ? page_source_name(page, list->find.source_id) : NULL;
    g_autofree char *place_name = place ? page_place(page, list->find.place_id, NULL) : NULL;
    draw_select(page, _("Source"), "source",
                source ? store_id_format(STORE_KIND_SOURCE, list->find.source_id, source_id) : NULL,
                source_name, draw_sources);
    draw_select(page, _("Kind"), "kind", kind ? list->find.kind : NULL,
                kind ? assess_kind_title(list->find.kind, page->language) : NULL, draw_kinds);
    draw_select(page, _("Place"), "place",
                place ? store_id_format(STORE_KIND_PLACE, list->find.place_id, place_id) : NULL,
                place_name, draw_places);
}

static void draw_date_field(const Page *page, const char *label, const char *name,
                            const char *value)
{
    html_begin(page->html, "label", NULL);
    html_put(page->html, "span", label, NULL);
    html_void(page->html, "input", "name", name, "value", value, "dir", "ltr", "size", "10",
              "maxlength", "20", "autocomplete", "off", "placeholder",
              page->language == I18N_PERSIAN ? "1404-03-23" : "2025-06-13", NULL);
    html_end(page->html, "label");
}

static void draw_form(const Page *page, const List *list)
{
    Html *html = page->html;
    g_autofree char *path = page_path(page, "/reports");
    html_begin(html, "form", "method", "get", "action", path, "class", "search", "role", "search",
               NULL);
    html_begin(html, "label", "class", "grow", NULL);
    html_put(html, "span", _("Words, in Persian or English"), NULL);
    html_void(html, "input", "type", "search", "name", "q", "value", list->words, "dir", "auto",
              "maxlength", "400", "autocomplete", "off", NULL);
    html_end(html, "label");
    draw_selects(page, list);
    draw_date_field(page, _("From day"), "from", list->from);
    draw_date_field(page, _("To day"), "to", list->to);
    html_put(html, "button", _("Search"), NULL);
    html_put(html, "a", _("Show all"), "class", "quiet", "href", path, NULL);
    html_end(html, "form");
    page_paragraph(page, "soft hint",
                   _("All words must be there; \"words in quotes\" stand together; a word that "
                     "ends in * is a beginning. Days are of what is told, in either calendar."));
}

/* ---- the rows ---- */

/* The text around the words found, with them marked; without words its beginning. */
static void draw_snippet(const Page *page, const StoreReport *report, const List *list)
{
    g_autoptr(StoreSnippet) snippet =
        report->text != NULL ? intake_search_snippet(report->text, list->folded, SNIPPET_BYTES)
                             : NULL;
    if (snippet == NULL)
        return;
    Html *html = page->html;
    html_begin(html, "p", "class", "snippet", "lang", report->language, "dir",
               words_direction(report->language), NULL);
    gsize at = 0;
    for (gsize i = 0; i < snippet->n_marks; i++) {
        const StoreSnippetMark *mark = &snippet->marks[i];
        html_text_length(html, snippet->text + at, mark->offset - at);
        html_begin(html, "mark", NULL);
        html_text_length(html, snippet->text + mark->offset, mark->length);
        html_end(html, "mark");
        at = mark->offset + mark->length;
    }
    html_text(html, snippet->text + at);
    html_end(html, "p");
}

static void draw_row(const Page *page, const StoreReport *report, const List *list)
{
    Html *html = page->html;
    g_autofree char *source = page_source_name(page, report->source_id);
    g_autofree char *place = page_place(page, report->place_id, report->place_text);
    g_autofree char *date = page_edtf(report->event_date);
    g_autofree char *received = page_date(report->received);
    g_autofree char *path = page_record_path(page, STORE_KIND_REPORT, report->id);
    g_autofree char *title = page_report_title(page, report);
    g_autofree char *told = g_strdup_printf(_("received %s"), received);
    html_begin(html, "li", NULL);
    html_begin(html, "h2", NULL);
    html_begin(html, "a", "href", path, NULL);
    page_foreign(page, "span", NULL, title, report->title != NULL ? report->language : NULL);
    html_end(html, "a");
    html_end(html, "h2");
    html_begin(html, "p", "class", "meta", NULL);
    page_record_link(page, STORE_KIND_REPORT, report->id);
    page_meta(page, date);
    page_meta(page, place);
    page_meta(page, source);
    page_meta(page, told);
    html_end(html, "p");
    draw_snippet(page, report, list);
    html_end(html, "li");
}

char *list_path(const Page *page, const char *name, const char *value)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_string_append_printf(path, "/%s/reports", page->tag);
    char sign = '?';
    bool told = name == NULL;
    for (gsize i = 0; i <= G_N_ELEMENTS(FILTERS); i++) {
        const bool extra = i == G_N_ELEMENTS(FILTERS);
        if (extra && told)
            break;
        const char *filter = extra ? name : FILTERS[i];
        const bool changed = name != NULL && strcmp(filter, name) == 0;
        const char *now = changed ? value : web_query(page->request, filter);
        told = told || changed;
        if (now == NULL || now[0] == '\0')
            continue;
        g_autofree char *coded = g_uri_escape_string(now, NULL, FALSE);
        g_string_append_printf(path, "%c%s=%s", sign, filter, coded);
        sign = '&';
    }
    return g_strdup(path->str);
}

static void draw_pages(const Page *page, const List *list)
{
    if (list->ids->len == 0 || (!list->has_older && !list->has_newer))
        return;
    gint64 first = g_array_index(list->ids, gint64, 0);
    gint64 last = g_array_index(list->ids, gint64, list->ids->len - 1);
    char id[STORE_ID_MAX];
    html_begin(page->html, "nav", "class", "pages", "aria-label", _("Pages of the list"), NULL);
    if (list->has_newer) {
        g_autofree char *path =
            list_path(page, "newer", store_id_format(STORE_KIND_REPORT, first, id));
        html_put(page->html, "a", _("Newer"), "href", path, "rel", "prev", NULL);
    }
    if (list->has_older) {
        g_autofree char *path =
            list_path(page, "older", store_id_format(STORE_KIND_REPORT, last, id));
        html_put(page->html, "a", _("Older"), "href", path, "rel", "next", NULL);
    }
    html_end(page->html, "nav");
}

static void draw_count(const Page *page, const List *list)
{
    g_autofree char *limit = i18n_integer(LIST_COUNTED);
    g_autofree char *number = i18n_integer(list->count);
    g_autofree char *words =
        list->count > LIST_COUNTED ? g_strdup_printf(_("More than %s reports"), limit)
        : list->count == 0
            ? g_strdup(_("No report fits. Take a word or a filter away."))
            : g_strdup_printf(i18n_plural("%s report", "%s reports", (guint64)list->count), number);
    html_begin(page->html, "p", "class", "lead", "role", "status", NULL);
    html_text(page->html, words);
    if (list->count > 1) {
        html_text(page->html, " ");
        html_put(page->html, "a", _("Narrow down"), "class", "narrow", "href", "#narrow", NULL);
    }
    html_end(page->html, "p");
}

static void draw_rows(const Page *page, const List *list)
{
    html_begin(page->html, "ol", "class", "reports", NULL);
    for (guint i = 0; i < list->ids->len; i++) {
        g_autoptr(StoreReport) report =
            store_report_load(page->store, g_array_index(list->ids, gint64, i), NULL);
        if (report != NULL)
            draw_row(page, report, list);
    }
    html_end(page->html, "ol");
}

void page_reports(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_auto(List) list;
    list_read(request, &list);
    if (!list_load(request->store, &list, &error) || !list_count(request, &list, &error)) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    page_begin(&page, request, response, PAGE_REPORTS, _("Reports"));
    draw_form(&page, &list);
    if (list.date_trouble != NULL)
        html_put(page.html, "p", list.date_trouble, "class", "banner", "role", "alert", NULL);
    list_draw_views(&page);
    list_draw_chosen(&page, &list);
    html_begin(page.html, "div", "class", "beside", NULL);
    html_begin(page.html, "div", NULL);
    draw_count(&page, &list);
    draw_rows(&page, &list);
    draw_pages(&page, &list);
    html_end(page.html, "div");
    list_draw_facets(&page, &list);
    html_end(page.html, "div");
    page_end(&page);
}
