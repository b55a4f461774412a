/* web/app.h: what the pages of one server share: the case's whereabouts and what was drawn. */
#pragma once
#include "store/store.h"
#include "web/http.h"
#include "web/throttle.h"
#include "web/web.h"

struct Web {
    char *folder;
    StoreKeys *keys;
    char *address; /**< "http://127.0.0.1:8080" */
    WebServer *server;
    WebServer *metrics_server; /**< NULL: nobody asked for one */
    struct Metrics *metrics;   /**< NULL likewise */
    char *metrics_address;     /**< "http://127.0.0.1:9090/metrics" */
    bool behind_tls;           /**< a proxy in front speaks TLS */
    char *mail;                /**< settings of the mail server (appeal/settings.h); NULL none */
    GMutex sending;            /**< letters go out one press of a button at a time */
    GMutex lock;               /**< holds what follows */
    GHashTable *drawn;         /**< key → Drawn */
    gint64 drawn_size;         /**< size of the log that they show */
    GHashTable *kept; /**< key → Kept (kept.c): pieces of pages that are costly to draw */
    GQueue refreshes; /**< Refresh: such pieces that wait to be drawn anew */
    bool refreshing;  /**< a thread is at it */
    bool stopping;
    gint64 health_known; /**< monotonic µs of the last look; 0 none */
    bool health_well;
    Throttle *throttle;   /**< wrong passwords that the case does not know of (shared.h) */
    bool trusts_sessions; /**< accounts are not looked up again; tests only */
    GMutex hashing[2]; /**< one password is hashed at a time: for strangers, for known browsers */
};

/** The route table of the application. */
extern const WebRoute WEB_ROUTES[];

/** What was drawn for `key` while the log was of that size; NULL when it must be drawn. At most
 *  256 pieces are kept, all of the newest size. Transfers a reference. */
GBytes *app_drawn_get(Web *web, const char *key, gint64 log_size);
void app_drawn_put(Web *web, const char *key, gint64 log_size, GBytes *bytes);
/** Entries of the case's log, for the two above; 0 for an empty case, -1 with error set. */
gint64 app_log_size(Store *store, GError **error);

/** kept.c: the table of kept pieces; waits until no thread draws any more. */
GHashTable *app_kept_new(void);
void app_kept_stop(Web *web);

/** A connection that writes, for one request; closes with store_close. BUSY and others: NULL. */
Store *app_store_write(const WebRequest *request, GError **error);
/** What is done by that connection without an account is done in the name of the link's holder: the
 *  actor of audit entries is APP_LINK_ACTOR and the name ("" a nameless link's). */
#define APP_LINK_ACTOR "link:"
void app_act(Store *store, const WebIdentity *identity);
/** What a program does is entered with the actor APP_PROGRAM_ACTOR and its token's id
 * ("token:TK3"), beside the account that made the token. NULL: it is no program's request.
 * Transfers. */
#define APP_PROGRAM_ACTOR "token:"
char *app_program_actor(const WebRequest *request);
/** The name under which the request decides: the account's, the link's, the token's, else
 *  "administrator". Borrowed. */
const char *app_name(const WebRequest *request);
/** The account of the request's session, or of who made its token; 0 for the login link's. */
gint64 app_user_id(const WebRequest *request);
bool app_may(const WebRequest *request, guint roles);
/** One line of the audit trail: action on a record, by the request's account. */
bool app_audit(Store *store, const WebRequest *request, const char *action, StoreKind kind,
               gint64 id, const char *field, const char *reason, GError **error);
/** What a change was, for its line in the audit trail. */
typedef struct {
    const char *action; /**< words_action() knows it */
    StoreKind kind;     /**< STORE_KIND_NONE: of no record */
    gint64 id;
    const char *field, *reason; /**< NULL none */
} AppChange;
/** Ends what store_begin began: with `done` its line is added and both are committed; else, or when
 *  that fails, neither stands. False with error set (done false: by whoever failed). */
bool app_change_end(Store *store, const WebRequest *request, bool done, const AppChange *change,
                    GError **error);

/** Draw their kept pieces beside the requests. */
void page_overview_warm(Web *web, I18nLanguage language);
void page_reports_warm(Web *web, I18nLanguage language);

/* ---- pages, a file each; WEB_ROUTES names them ---- */

WebPage page_root, page_style, page_font_regular, page_font_bold, page_health, page_icon;
WebPage page_login, page_login_post, page_logout_post, page_sign, page_sign_post;
WebPage page_account_login_post, page_account, page_account_password_post, page_account_totp_post;
WebPage page_users, page_users_post, page_user, page_user_post, page_audit;
WebPage page_alarm_post, page_correct, page_correct_post, page_add, page_add_post, page_paste_post,
    page_upload_post, page_uploading;
WebPage page_persons, page_same, page_pair, page_undo, page_undo_post;
WebPage page_quarantine, page_quarantined, page_quarantined_post, page_reveal, page_reveal_post;
WebPage page_rate, page_rate_post, page_compare, page_ask, page_ask_post;
WebPage page_compose, page_compose_post, page_seal, page_seal_post, page_signatories,
    page_signatories_post, page_withdraw, page_withdraw_post, page_deliveries, page_deliver,
    page_deliver_post, page_print_post, page_receipt, page_receipt_post;
WebPage page_keyed, page_keyed_post, page_draft, page_draft_post, page_versions;
WebPage page_respond, page_respond_post, page_judge, page_judge_post, page_agenda, page_agenda_post,
    page_road, page_measures, page_measures_post;
WebPage page_send, page_send_post, page_send_back_post, page_send_more_post;
WebPage page_api, page_api_description, page_csv;
WebPage page_review, page_review_post, page_review_svg, page_review_names_post;
WebPage page_views, page_views_post, page_view_post;
WebPage page_overview, page_reports, page_report, page_original, page_download, page_proof;
WebPage page_alarms, page_alarm, page_assessment, page_figures, page_asks, page_letter,
    page_letter_pdf, page_record, page_person, page_act, page_about;
/** Draws the page of a status; request needs app, language, session alone. */
void app_draw_error(const WebRequest *request, WebResponse *response, guint status);
WebPage page_chart_file, page_series_chart;
