/* Searches of the list of reports that were saved under a name, for everybody who works on the
 * case: a setting "view/NAME" holds the address' query. */
#include "store/user.h"
#include "web/forms.h"
#include "web/list.h"
#include <string.h>

#define VIEW_PREFIX "view/"
enum { VIEWS_MOST = 40, SHOWN = 12 };

static const char *const FILTERS[] = {"q", "kind", "place", "source", "from", "to"};
static const FormField FIELDS[] = {
    {"name", N_("Name of the view"), N_("everybody who works on this case sees it"), FORM_LINE,
     true, 60, NULL},
    {"q", N_("Words"), NULL, FORM_HIDDEN, false, 400, NULL},
    {"kind", N_("Kind"), NULL, FORM_HIDDEN, false, 100, NULL},
    {"place", N_("Place"), NULL, FORM_HIDDEN, false, 30, NULL},
    {"source", N_("Source"), NULL, FORM_HIDDEN, false, 30, NULL},
    {"from", N_("From day"), NULL, FORM_HIDDEN, false, 20, NULL},
    {"to", N_("To day"), NULL, FORM_HIDDEN, false, 20, NULL},
};
static FormAct save, take_away;
const Form FORM_VIEW = {"/views", N_("Save this search"), FIELDS, G_N_ELEMENTS(FIELDS),
                        .act = save};
const Form FORM_VIEW_REMOVE = {"/views/*", N_("Remove"), NULL, 0, .act = take_away};

static const guint MAY_SAVE = WEB_KEEPS_REPORTS | WEB_ANALYSES | WEB_ADVOCATE;

/* The settings that are views, in the order of their names. NULL with error set. */
static GPtrArray *views_load(Store *store, GError **error)
{
    g_autoptr(GPtrArray) settings = store_setting_list(store, NULL, error);
    if (settings == NULL)
        return NULL;
    g_autoptr(GPtrArray) views = g_ptr_array_new_with_free_func((GDestroyNotify)store_setting_free);
    for (guint i = settings->len; i-- > 0;) {
        const StoreSetting *setting = settings->pdata[i];
        if (g_str_has_prefix(setting->name, VIEW_PREFIX) && setting->value != NULL) {
            g_ptr_array_set_free_func(settings, NULL);
            g_ptr_array_add(views, g_ptr_array_steal_index(settings, i));
            g_ptr_array_set_free_func(settings, (GDestroyNotify)store_setting_free);
        }
    }
    return g_steal_pointer(&views);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const StoreSetting *x = *(StoreSetting *const *)a, *y = *(StoreSetting *const *)b;
    return g_utf8_collate(x->name, y->name);
}

static const char *name_of(const StoreSetting *view)
{
    return view->name + strlen(VIEW_PREFIX);
}

/* A query of the filters that have a value: "kind=arrest&place=PL4". Transfers. */
static char *query_of(const WebRequest *request,
                      const char *(*value)(const WebRequest *, const char *))
{
    GString *query = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(FILTERS); i++) {
        const char *text = value(request, FILTERS[i]);
        if (text[0] == '\0')
            continue;
        g_autofree char *coded = g_uri_escape_string(text, NULL, FALSE);
        g_string_append_printf(query, "%s%s=%s", query->len == 0 ? "" : "&", FILTERS[i], coded);
    }
    return g_string_free(query, FALSE);
}

/* ---- above the list ---- */

static void draw_form(const Page *page)
{
    g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < G_N_ELEMENTS(FILTERS); i++)
        g_hash_table_insert(values, (gpointer)FILTERS[i],
                            (gpointer)web_query(page->request, FILTERS[i]));
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", _("Save this search"), NULL);
    form_draw(page, &FORM_VIEW, NULL, values);
    html_end(page->html, "details");
}

static void draw_link(const Page *page, const StoreSetting *view, bool current)
{
    g_autofree char *path = g_strdup_printf("/%s/reports?%s", page->tag, view->value);
    html_begin(page->html, "a", "href", path, "aria-current", current ? "page" : NULL, NULL);
    html_name(page->html, name_of(view), NULL);
    html_end(page->html, "a");
}

void list_draw_views(const Page *page)
{
    g_autoptr(GPtrArray) views = views_load(page->store, NULL);
    g_autofree char *query = query_of(page->request, web_query);
    bool known = false;
    if (views != NULL && views->len > 0) {
        g_ptr_array_sort(views, by_name);
        html_begin(page->html, "nav", "class", "views", "aria-label", _("Saved views"), NULL);
        html_put(page->html, "span", _("Saved views"), "class", "soft", NULL);
        for (guint i = 0; i < views->len; i++) {
            const StoreSetting *view = views->pdata[i];
            const bool current = strcmp(view->value, query) == 0;
            known = known || current;
            if (i < SHOWN || current)
                draw_link(page, view, current);
        }
        g_autofree char *all = page_path(page, "/views");
        html_put(page->html, "a", _("All views"), "href", all, "class", "quiet", NULL);
        html_end(page->html, "nav");
    }
    if (query[0] != '\0' && !known && app_may(page->request, MAY_SAVE))
        draw_form(page);
}

/* ---- all of them ---- */

static void draw_view(const Page *page, const StoreSetting *view)
{
    html_begin(page->html, "li", NULL);
    draw_link(page, view, false);
    if (app_may(page->request, MAY_SAVE)) {
        char id[STORE_ID_MAX];
        form_draw(page, &FORM_VIEW_REMOVE, store_id_format(STORE_KIND_SETTING, view->id, id), NULL);
    }
    html_end(page->html, "li");
}

static void draw_all(const WebRequest *request, WebResponse *response, guint status,
                     const char *sentence)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) views = views_load(request->store, &error);
    if (views == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_ptr_array_sort(views, by_name);
    Page page;
    page_begin_said(&page, request, response, PAGE_REPORTS, _("Saved views"), status, sentence);
    page_paragraph(&page, "lead",
                   views->len == 0
                       ? _("No search has been saved yet. Narrow the list of reports down; the "
                           "button “Save this search” stands above it.")
                       : _("Searches of the list of reports that somebody saved. Each finds what "
                           "is in the case now."));
    html_begin(page.html, "ul", "class", "plain", NULL);
    for (guint i = 0; i < views->len; i++)
        draw_view(&page, views->pdata[i]);
    html_end(page.html, "ul");
    g_autofree char *reports = page_path(&page, "/reports");
    page_link(&page, reports, _("Reports"));
    page_end(&page);
}

void page_views(const WebRequest *request, WebResponse *response)
{
    draw_all(request, response, 200, NULL);
}

/* ---- changes ---- */

static bool refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, sentence);
    return false;
}

static bool may_be_saved(Store *store, const char *query, const char *setting, GError **error)
{
    g_autoptr(GPtrArray) views = views_load(store, error);
    if (views == NULL)
        return false;
    if (query[0] == '\0')
        return refuse(error, _("There is nothing to save: the search has no word and no filter."));
    if (views->len >= VIEWS_MOST)
        return refuse(error, _("There are 40 views already. Remove one that nobody uses."));
    for (guint i = 0; i < views->len; i++)
        if (strcmp(((const StoreSetting *)views->pdata[i])->name, setting) == 0)
            return refuse(error, _("There is a view of that name already. Take another name, or "
                                   "remove the old one first."));
    return true;
}

static bool save(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    g_autofree char *query = query_of(request, web_form), *setting = NULL;
    ret_done->words = g_strstrip(g_strdup(web_form(request, "name")));
    ret_done->change = (AppChange){.action = "view", .field = ret_done->words, .reason = "saved"};
    setting = g_strconcat(VIEW_PREFIX, ret_done->words, NULL);
    return may_be_saved(store, query, setting, error) &&
           store_setting_set(store, setting, query, error);
}

void page_views_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_VIEW, request, store, &done, &problem, &error)) {
        draw_all(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *query = query_of(request, web_form);
    g_autofree char *path = g_strdup_printf("/%s/reports?%s", i18n_tag(request->language), query);
    web_redirect(response, path);
}

static bool take_away(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(request->rest, STORE_KIND_SETTING, &kind, &id, error))
        return false;
    g_autoptr(StoreSetting) view = store_setting_load(store, id, error);
    if (view == NULL)
        return false;
    if (!g_str_has_prefix(view->name, VIEW_PREFIX)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("This is no saved view."));
        return false;
    }
    ret_done->words = g_strdup(name_of(view));
    ret_done->change = (AppChange){.action = "view", .field = ret_done->words, .reason = "removed"};
    return store_setting_remove(store, view->id, error);
}

void page_view_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL || !form_run(&FORM_VIEW_REMOVE, request, store, &done, &problem, &error)) {
        page_fail(request, response, error);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/views", i18n_tag(request->language));
    web_redirect(response, path);
}
