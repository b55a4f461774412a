/* What an operator's programs ask: is it well, and how much. The metrics' listener has these two
 * and nothing else; the application has /health alone. */
#include "evidence/evidence.h"
#include "web/app.h"
#include "web/log.h"
#include "web/metrics.h"

enum { HEALTH_KEPT_MICROSECONDS = 2 * G_USEC_PER_SEC };

/* Strangers may ask: the case is opened at most once in two seconds, whoever asks. */
static bool is_well(Web *web)
{
    const gint64 now = g_get_monotonic_time();
    g_mutex_lock(&web->lock);
    const bool known = web->health_known > 0 && now - web->health_known < HEALTH_KEPT_MICROSECONDS;
    bool well = web->health_well;
    g_mutex_unlock(&web->lock);
    if (known)
        return well;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(web->folder, web->keys, STORE_READ, &error);
    well = store != NULL && app_log_size(store, &error) >= 0;
    if (!well)
        web_log_error("health", error);
    g_mutex_lock(&web->lock);
    web->health_known = now;
    web->health_well = well;
    g_mutex_unlock(&web->lock);
    return well;
}

void page_health(const WebRequest *request, WebResponse *response)
{
    const bool well = is_well(request->app);
    response->content_type = "text/plain; charset=utf-8";
    response->status = well ? 200 : 503;
    g_string_append(response->body, well ? "ok\n" : "the case does not open\n");
}

static void page_metrics(const WebRequest *request, WebResponse *response)
{
    Web *web = request->app;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = evidence_open_with_keys(web->folder, web->keys, STORE_READ, &error);
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write_process(web->metrics, response->body);
    metrics_write_requests(web->metrics, response->body);
    g_autoptr(GString) of_case = g_string_new(NULL);
    const bool up = store != NULL && metrics_write_case(store, of_case, &error);
    if (up)
        g_string_append_len(response->body, of_case->str, (gssize)of_case->len);
    else
        web_log_error("metrics", error);
    g_string_append_printf(response->body,
                           "# HELP zenhar_up 1: the case opens and can be read.\n"
                           "# TYPE zenhar_up gauge\nzenhar_up %d\n",
                           up);
}

const WebRoute METRICS_ROUTES[] = {
    {"/metrics", WEB_GET | WEB_OPEN | WEB_PLAIN, page_metrics},
    {"/health", WEB_GET | WEB_OPEN | WEB_PLAIN, page_health},
    {NULL, 0, NULL},
};
