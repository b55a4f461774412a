/* Pieces of pages that are kept: cheap ones while the log stands still, costly ones until they were
 * drawn anew by a thread beside the requests. A reader of a case of a million reports does not wait
 * for a count. */
#include "web/page.h"

enum { KEPT_MOST = 64, STOP_WAIT_MS = 10000 };

enum { DAY_SECONDS = 86400 };

typedef struct {
    GBytes *bytes;
    gint64 size; /* of the log that it shows */
    gint64 day;  /* days since 1970: some pieces count days that have passed */
    gint64 cost; /* microseconds */
    bool busy;   /* is being drawn anew */
} Kept;

static void kept_free(gpointer data)
{
    Kept *kept = data;
    g_bytes_unref(kept->bytes);
    g_free(kept);
}

GHashTable *app_kept_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
}

static gint64 today(Store *store)
{
    return store_now(store) / DAY_SECONDS;
}

static void put(Web *web, const char *key, GBytes *bytes, gint64 size, gint64 day, gint64 cost)
{
    g_mutex_lock(&web->lock);
    if (g_hash_table_size(web->kept) >= KEPT_MOST)
        g_hash_table_remove_all(web->kept);
    Kept *kept = g_new0(Kept, 1);
    *kept = (Kept){g_bytes_ref(bytes), size, day, cost, false};
    g_hash_table_replace(web->kept, g_strdup(key), kept);
    g_mutex_unlock(&web->lock);
}

/* Draws into a body of its own. */
static GBytes *draw_apart(const Page *page, void (*draw)(const Page *page), gint64 *ret_cost)
{
    GString *body = page->response->body;
    const gsize begin = body->len;
    const gint64 from = g_get_monotonic_time();
    draw(page);
    *ret_cost = g_get_monotonic_time() - from;
    return g_bytes_new(body->str + begin, body->len - begin);
}

/* ---- beside the requests ---- */

typedef struct {
    Web *web;
    I18nLanguage language;
    char *key;
    void (*draw)(const Page *page);
} Refresh;

static void refresh_now(const Refresh *refresh, Store *store)
{
    gint64 cost;
    const gint64 size = app_log_size(store, NULL), day = today(store);
    const WebRequest request = {.server = refresh->web->server,
                                .app = refresh->web,
                                .path = "/",
                                .rest = "",
                                .query_text = "",
                                .language = refresh->language,
                                .store = store,
                                .body = ""};
    WebResponse response = {.body = g_string_new(NULL)};
    g_autoptr(Html) html = html_new(response.body);
    const Page page = {.request = &request,
                       .response = &response,
                       .html = html,
                       .store = store,
                       .web = refresh->web,
                       .language = refresh->language,
                       .tag = i18n_tag(refresh->language)};
    i18n_set_language(refresh->language);
    g_autoptr(GBytes) bytes = draw_apart(&page, refresh->draw, &cost);
    if (size >= 0)
        put(refresh->web, refresh->key, bytes, size, day, cost);
    g_string_free(response.body, TRUE);
}

static void refresh_free(gpointer data)
{
    Refresh *refresh = data;
    g_free(refresh->key);
    g_free(refresh);
}

/* The next piece; NULL: none, and the thread counts as ended. */
static Refresh *next_refresh(Web *web)
{
    g_mutex_lock(&web->lock);
    if (web->stopping)
        g_queue_clear_full(&web->refreshes, refresh_free);
    Refresh *refresh = g_queue_pop_head(&web->refreshes);
    web->refreshing = refresh != NULL;
    g_mutex_unlock(&web->lock);
    return refresh;
}

/* One piece after another: each walks much of the case, and the processors are for the requests. */
static gpointer refresh_thread(gpointer data)
{
    Web *web = data;
    Refresh *refresh;
    g_autoptr(Store) store = evidence_open_with_keys(web->folder, web->keys, STORE_READ, NULL);
    while ((refresh = next_refresh(web)) != NULL) {
        if (store != NULL)
            refresh_now(refresh, store);
        refresh_free(refresh);
    }
    return NULL;
}

/* With the lock held. */
static void begin_refresh(Web *web, I18nLanguage language, const char *key,
                          void (*draw)(const Page *page))
{
    if (web->stopping)
        return;
    Refresh *refresh = g_new0(Refresh, 1);
    *refresh = (Refresh){web, language, g_strdup(key), draw};
    g_queue_push_tail(&web->refreshes, refresh);
    if (web->refreshing)
        return;
    web->refreshing = true;
    g_thread_unref(g_thread_new("kept", refresh_thread, web));
}

void page_kept_warm(Web *web, I18nLanguage language, const char *key,
                    void (*draw)(const Page *page))
{
    g_autofree char *whole_key = g_strdup_printf("%s/%s", i18n_tag(language), key);
    g_mutex_lock(&web->lock);
    begin_refresh(web, language, whole_key, draw);
    g_mutex_unlock(&web->lock);
}

void app_kept_stop(Web *web)
{
    for (int waited = 0; waited < STOP_WAIT_MS; waited += 10) {
        g_mutex_lock(&web->lock);
        web->stopping = true;
        const bool runs = web->refreshing;
        g_mutex_unlock(&web->lock);
        if (!runs)
            return;
        g_usleep(10000);
    }
}

/* ---- on a page ---- */

/* What may be shown now; NULL: it must be drawn. Begins to draw it anew where it is old and costly.
 */
static GBytes *take(const Page *page, const char *key, gint64 size, void (*draw)(const Page *page))
{
    Web *web = page->web;
    GBytes *bytes = NULL;
    const gint64 day = today(page->store);
    g_mutex_lock(&web->lock);
    Kept *kept = g_hash_table_lookup(web->kept, key);
    const bool costly = kept != NULL && kept->cost >= (gint64)KEPT_COSTLY_MS * 1000;
    const bool fresh = kept != NULL && kept->size == size && kept->day == day;
    if (fresh || costly)
        bytes = g_bytes_ref(kept->bytes);
    if (costly && !fresh && !kept->busy) {
        kept->busy = true;
        begin_refresh(web, page->language, key, draw);
    }
    g_mutex_unlock(&web->lock);
    return bytes;
}

void page_kept(const Page *page, const char *key, void (*draw)(const Page *page))
{
    const gint64 size = app_log_size(page->store, NULL);
    g_autofree char *whole_key = g_strdup_printf("%s/%s", page->tag, key);
    g_autoptr(GBytes) kept = size >= 0 ? take(page, whole_key, size, draw) : NULL;
    if (kept != NULL) {
        gsize length;
        const char *bytes = g_bytes_get_data(kept, &length);
        g_string_append_len(page->response->body, bytes, (gssize)length);
        return;
    }
    gint64 cost;
    kept = draw_apart(page, draw, &cost);
    if (size >= 0)
        put(page->web, whole_key, kept, size, today(page->store), cost);
}

void page_kept_time(const Page *page)
{
    g_autofree char *time = page_time(g_get_real_time() / G_USEC_PER_SEC);
    g_autofree char *words = g_strdup_printf(_("Counted %s."), time);
    page_paragraph(page, "hint soft", words);
}
