/* Charts: drawn by render, kept while the log stands still. */
#include "render/render.h"
#include "web/page.h"
#include <string.h>

/* "curve.svg" → "curve"; NULL when the name does not end so. Transfers. */
static char *without_svg(const char *name)
{
    return g_str_has_suffix(name, ".svg") ? g_strndup(name, strlen(name) - 4) : NULL;
}

static char *draw(Store *store, const char *name, I18nLanguage language, GError **error)
{
    StoreKind kind;
    gint64 id;
    RenderChart chart;
    if (render_chart_parse(name, &chart))
        return render_chart_svg(store, chart, language, error);
    if (store_id_parse(name, &kind, &id) && kind == STORE_KIND_SERIES)
        return render_series_svg(store, id, language, error);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no chart '%s'."), name);
    return NULL;
}

static void send_chart(const WebRequest *request, WebResponse *response, const char *name)
{
    Web *web = request->app;
    g_autoptr(GError) error = NULL;
    gint64 size = app_log_size(request->store, &error);
    g_autofree char *key = g_strdup_printf("%s/%s", i18n_tag(request->language), name);
    GBytes *bytes = size >= 0 ? app_drawn_get(web, key, size) : NULL;
    if (bytes == NULL && error == NULL) {
        char *svg = draw(request->store, name, request->language, &error);
        if (svg != NULL) {
            bytes = g_bytes_new_take(svg, strlen(svg));
            app_drawn_put(web, key, size, bytes);
        }
    }
    if (bytes == NULL) {
        page_fail(request, response, error);
        return;
    }
    response->bytes = bytes;
    response->content_type = "image/svg+xml";
}

void page_chart_file(const WebRequest *request, WebResponse *response)
{
    g_autofree char *name = without_svg(request->rest);
    RenderChart chart;
    if (name == NULL || !render_chart_parse(name, &chart))
        web_respond_error(request, response, 404);
    else
        send_chart(request, response, name);
}

void page_series_chart(const WebRequest *request, WebResponse *response)
{
    g_autofree char *name = without_svg(request->rest);
    StoreKind kind;
    gint64 id;
    if (name == NULL || !store_id_parse(name, &kind, &id) || kind != STORE_KIND_SERIES)
        web_respond_error(request, response, 404);
    else
        send_chart(request, response, name);
}
