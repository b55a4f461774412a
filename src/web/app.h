/* web/app.h: what the pages of one server share: the case's whereabouts and what was drawn. */
#pragma once
#include "store/store.h"
#include "web/http.h"
#include "web/web.h"

struct Web {
    char *folder;
    StoreKeys *keys;
    char *address; /**< "http://127.0.0.1:8080" */
    WebServer *server;
    GMutex lock;       /**< holds what follows */
    GHashTable *drawn; /**< key → Drawn */
    gint64 drawn_size; /**< size of the log that they show */
};

/** The route table of the application. */
extern const WebRoute WEB_ROUTES[];

/** What was drawn for `key` while the log was of that size; NULL when it must be drawn. At most
 *  256 pieces are kept, all of the newest size. Transfers a reference. */
GBytes *app_drawn_get(Web *web, const char *key, gint64 log_size);
void app_drawn_put(Web *web, const char *key, gint64 log_size, GBytes *bytes);
/** Entries of the case's log, for the two above; 0 for an empty case, -1 with error set. */
gint64 app_log_size(Store *store, GError **error);

/* ---- pages, a file each; WEB_ROUTES names them ---- */

WebPage page_root, page_style, page_font_regular, page_font_bold, page_health, page_icon;
WebPage page_login, page_login_post, page_logout_post, page_sign, page_sign_post;
WebPage page_overview, page_reports, page_report, page_original, page_download, page_proof;
WebPage page_alarms, page_alarm, page_assessment, page_figures, page_asks, page_letter,
    page_letter_pdf, page_record, page_person, page_act, page_about;
/** Draws the page of a status; request needs app, language, session alone. */
void app_draw_error(const WebRequest *request, WebResponse *response, guint status);
WebPage page_chart_file, page_series_chart;
