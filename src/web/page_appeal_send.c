/* Letters on their way: first what would go to whom, then, by a button, exactly that; those that go
 * by post as one batch; receipts. A letter goes only when what was shown is still what would go. */
#include "appeal/appeal.h"
#include "appeal/mail.h"
#include "appeal/printing.h"
#include "appeal/settings.h"
#include "render/render.h"
#include "web/appeals.h"
#include "web/forms.h"
#include <string.h>

enum { SHOWN_DELIVERIES = 200 };

/* ---- what would go ---- */

/* Told of each delivery: a row on the page, a line of what the button stands for. */
typedef struct {
    const Page *page; /* NULL: only gathered */
    GString *seen;
    guint n;
} Round;

static void tell(void *context, const AppealDeliveryNews *news)
{
    Round *round = context;
    const StoreRecipient *to = news->recipient;
    g_string_append_printf(
        round->seen, "%" G_GINT64_FORMAT "\t%s\t%s\t%s\t%s\t%s\n", news->delivery->id,
        news->delivery->status, to->email != NULL ? to->email : "-",
        to->pgp_key != NULL ? to->pgp_key : "-",
        news->appeal->sha256 != NULL ? news->appeal->sha256 : "-", news->sentence);
    round->n++;
    if (round->page == NULL)
        return;
    const Page *page = round->page;
    g_autofree char *office = appeals_office(page, to);
    html_begin(page->html, "tr", NULL);
    html_begin(page->html, "th", "scope", "row", NULL);
    page_record_link(page, STORE_KIND_DELIVERY, news->delivery->id);
    html_end(page->html, "th");
    html_begin(page->html, "td", NULL);
    html_name(page->html, office, NULL);
    html_end(page->html, "td");
    html_begin(page->html, "td", NULL);
    html_name(page->html, to->email != NULL ? to->email : "–", NULL);
    html_end(page->html, "td");
    html_begin(page->html, "td", NULL);
    html_name(page->html, news->sentence, NULL);
    html_end(page->html, "td");
    html_end(page->html, "tr");
}

static void nothing_more(void *context, const AppealDeliveryNews *news)
{
    (void)context;
    (void)news;
}

/* A dry run. n: deliveries that were told of; seen: what the button stands for, hashed. False with
 * error set. */
static bool look(Store *store, gint64 appeal_id, bool again, const Page *page, guint *ret_n,
                 char **ret_seen, AppealSendSummary *ret_summary, GError **error)
{
    Round round = {page, g_string_new(again ? "again\n" : "\n"), 0};
    const AppealSendOptions options = {.again = again, .tell = tell, .context = &round};
    const bool done = appeal_deliver(store, appeal_id, &options, ret_summary, error);
    *ret_seen = g_compute_checksum_for_string(G_CHECKSUM_SHA256, round.seen->str, -1);
    g_string_free(round.seen, TRUE);
    *ret_n = round.n;
    return done;
}

/* ---- sending by mail ---- */

static const FormChoice CONFIRM[] = {
    {"", N_("not yet")},
    {"send", N_("I have read the letter and the list; send it now")},
    {NULL, NULL},
};
static const FormField DELIVER[] = {
    {"seen", N_("The list that was read"), NULL, FORM_HIDDEN, true, 64, NULL},
    {"again", N_("Also those put off"), NULL, FORM_HIDDEN, false, 3, NULL},
    {"confirm", N_("Send it?"), N_("a letter that went cannot be called back"), FORM_CHOICE, true,
     0, CONFIRM},
};
const Form FORM_DELIVER = {"/deliver/*", N_("Send the letter"), DELIVER, G_N_ELEMENTS(DELIVER)};

static bool settings_of(const WebRequest *request, AppealSettings *settings, GError **error)
{
    const Web *web = request->app;
    if (web->mail == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("This server was started without a mail server, so it sends "
                              "nothing: start it with `zenhar serve --mail FILE`, or send by "
                              "`zenhar appeal send`."));
        return false;
    }
    if (!appeal_settings_read(web->mail, "send", settings, error))
        return false;
    if (appeal_mail_address(settings->from))
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("The mail settings of this server name no sender in [send]: "
                          "from=desk@example.org"));
    return false;
}

static void draw_sender(const Page *page, const StoreAppeal *appeal)
{
    g_autoptr(GError) error = NULL;
    g_auto(AppealSettings) settings = {0};
    if (!settings_of(page->request, &settings, &error)) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    char printed[STORE_ID_MAX];
    g_autofree char *file =
        g_strdup_printf("letter-%s.pdf", store_id_format(STORE_KIND_APPEAL, appeal->id, printed));
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact_name(page, _("From"), settings.from);
    page_fact_name(page, _("Name"), settings.from_name);
    page_fact_name(page, _("Subject"), appeal->subject);
    page_fact(page, _("Text"), _("the whole letter as plain text"));
    page_fact_name(page, _("Attached"), file);
    html_end(page->html, "dl");
}

static void draw_letter_links(const Page *page, const StoreAppeal *appeal)
{
    char printed[STORE_ID_MAX];
    store_id_format(STORE_KIND_APPEAL, appeal->id, printed);
    g_autofree char *letter = page_record_path(page, STORE_KIND_APPEAL, appeal->id);
    g_autofree char *pdf = page_path(page, "/letter-pdf/%s.pdf", printed);
    html_begin(page->html, "p", "class", "lead", NULL);
    html_name(page->html, appeal->title, appeal->language);
    html_text(page->html, " – ");
    page_link(page, letter, _("the letter as it will be"));
    html_text(page->html, " – ");
    page_link(page, pdf, "PDF");
    html_end(page->html, "p");
}

static void draw_dry_run(const Page *page, const StoreAppeal *appeal, bool again)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *seen = NULL;
    AppealSendSummary summary;
    const char *const columns[] = {_("Delivery"), _("To"), _("Address"), _("What would happen")};
    page_heading(page, "list", _("What would go to whom"));
    guint n = 0; /* looked at first: a table without rows says nothing to anybody */
    bool done = look(page->store, appeal->id, again, NULL, &n, &seen, &summary, &error);
    if (done && n > 0) {
        g_clear_pointer(&seen, g_free);
        page_table_begin(page, _("Nothing has been sent yet"), columns, NULL, 4);
        done = look(page->store, appeal->id, again, page, &n, &seen, &summary, &error);
        page_table_end(page);
    }
    if (!done) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    if (!again && summary.waiting + summary.unsure > 0) {
        g_autofree char *path = page_path(page, "/deliver/%s?again=yes", page->request->rest);
        html_begin(page->html, "p", NULL);
        page_link(page, path, _("Also those that were put off, or that nobody knows of"));
        html_end(page->html, "p");
    }
    if (n == 0) {
        page_paragraph(page, NULL,
                       _("Nothing of this letter is left to send: no office waits for it."));
        return;
    }
    if (summary.sent == 0) {
        page_paragraph(page, "soft", _("There is nothing to send by mail."));
        if (summary.by_post > 0) {
            g_autofree char *print = page_path(page, "/deliveries#print");
            html_begin(page->html, "p", NULL);
            page_link(page, print, _("Print what goes by post"));
            html_end(page->html, "p");
        }
        return;
    }
    page_heading(page, "mail", _("As this mail"));
    draw_sender(page, appeal);
    page_heading(page, "send", _("Send it"));
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(values, g_strdup("seen"), g_steal_pointer(&seen));
    g_hash_table_insert(values, g_strdup("again"), g_strdup(again ? "yes" : ""));
    /* the answer to "send it?" is asked anew each time */
    form_draw(page, &FORM_DELIVER, page->request->rest, values);
}

static void draw_deliver(const WebRequest *request, WebResponse *response,
                         const StoreAppeal *appeal, bool again, guint status, const char *sentence)
{
    g_autofree char *title = appeals_title(_("Send letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    draw_letter_links(&page, appeal);
    draw_dry_run(&page, appeal, again);
    g_autoptr(GPtrArray) deliveries =
        store_delivery_list_by_appeal(page.store, appeal->id, NULL, NULL);
    if (deliveries != NULL && deliveries->len > 0) {
        page_heading(&page, "deliveries", _("Its deliveries"));
        appeals_draw_deliveries(&page, deliveries, false);
    }
    page_end(&page);
}

void page_deliver(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL)
        page_fail(request, response, error);
    else
        draw_deliver(request, response, appeal, strcmp(web_query(request, "again"), "yes") == 0,
                     200, NULL);
}

/* Only what was shown, and only once: two who press the button at a time send one letter. */
static bool deliver(const WebRequest *request, Store *store, const StoreAppeal *appeal, bool again,
                    AppealSendSummary *ret_summary, GError **error)
{
    g_auto(AppealSettings) settings = {0};
    g_autofree char *seen = NULL;
    guint n;
    if (!settings_of(request, &settings, error) ||
        !look(store, appeal->id, again, NULL, &n, &seen, ret_summary, error))
        return false;
    if (strcmp(seen, web_form(request, "seen")) != 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("What would go to whom has changed since this page was shown. "
                              "Nothing was sent: read the list again."));
        return false;
    }
    const AppealSendOptions options = {.server = &settings.server,
                                       .from = settings.from,
                                       .from_name = settings.from_name,
                                       .per_minute = settings.per_minute,
                                       .again = again,
                                       .draw = render_draw_letter,
                                       .tell = nothing_more};
    /* before the first byte goes out: who sent it must be on record whatever happens then */
    return app_audit(store, request, "send", STORE_KIND_APPEAL, appeal->id, NULL,
                     again ? "again" : NULL, error) &&
           appeal_deliver(store, appeal->id, &options, ret_summary, error);
}

static char *summary_words(const AppealSendSummary *summary)
{
    g_autofree char *sent = i18n_integer(summary->sent), *waiting = i18n_integer(summary->waiting),
                    *refused = i18n_integer(summary->refused),
                    *unsure = i18n_integer(summary->unsure), *post = i18n_integer(summary->by_post),
                    *closed = i18n_integer(summary->not_open);
    return g_strdup_printf(_("Sent: %s. To be tried later: %s. Refused: %s. Unsure: %s. By post: "
                             "%s. Not ready: %s."),
                           sent, waiting, refused, unsure, post, closed);
}

void page_deliver_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    Web *web = request->app;
    AppealSendSummary summary = {0};
    const bool again = strcmp(web_form(request, "again"), "yes") == 0;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    g_autoptr(Store) store = appeal != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_check(&FORM_DELIVER, request->form, &problem)) {
        draw_deliver(request, response, appeal, again, 400, problem);
        return;
    }
    g_mutex_lock(&web->sending);
    const bool done = deliver(request, store, appeal, again, &summary, &error);
    g_mutex_unlock(&web->sending);
    if (!done) {
        draw_deliver(request, response, appeal, again, 400, error->message);
        return;
    }
    g_autofree char *words = summary_words(&summary);
    draw_deliver(request, response, appeal, false, 200, words);
}

/* ---- all deliveries; printing ---- */

static const FormChoice AGAIN[] = {
    {"no", N_("what was not printed yet")},
    {"yes", N_("also what was printed before and not posted")},
    {NULL, NULL},
};
static const FormField PRINT[] = {
    {"again", N_("Print"), N_("sealed letters to offices without a mail address, as one PDF"),
     FORM_CHOICE, true, 0, AGAIN},
};
const Form FORM_PRINT = {"/print", N_("Make the PDF to print"), PRINT, G_N_ELEMENTS(PRINT)};

static void draw_ready(const Page *page)
{
    g_autoptr(GPtrArray) letters = store_appeal_list(page->store, NULL, NULL);
    Html *html = page->html;
    guint n = 0;
    for (guint i = 0; letters != NULL && i < letters->len; i++) {
        const StoreAppeal *letter = letters->pdata[i];
        if (g_strcmp0(letter->status, "sealed") != 0)
            continue;
        if (n++ == 0) {
            page_heading(page, "ready", _("Sealed, and not sent"));
            html_begin(html, "ul", "class", "plain", NULL);
        }
        char id[STORE_ID_MAX];
        g_autofree char *path =
            page_path(page, "/deliver/%s", store_id_format(STORE_KIND_APPEAL, letter->id, id));
        html_begin(html, "li", NULL);
        page_record_link(page, STORE_KIND_APPEAL, letter->id);
        html_text(html, " ");
        html_name(html, letter->title, letter->language);
        html_text(html, " – ");
        page_link(page, path, _("see what would go to whom"));
        html_end(html, "li");
    }
    if (n > 0)
        html_end(html, "ul");
}

static void draw_deliveries(const WebRequest *request, WebResponse *response, guint status,
                            const char *sentence)
{
    g_autoptr(GError) error = NULL;
    const StorePage newest = {.limit = SHOWN_DELIVERIES, .descending = true};
    g_autoptr(GPtrArray) deliveries = store_delivery_list(request->store, &newest, &error);
    if (deliveries == NULL) {
        page_fail(request, response, error);
        return;
    }
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ASKS, _("What was sent"));
    appeals_links(&page);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    const bool writes = app_may(request, WEB_WRITES_LETTERS);
    if (writes)
        draw_ready(&page);
    page_heading(&page, "deliveries", _("Deliveries, newest first"));
    if (deliveries->len == 0)
        page_paragraph(&page, "soft", _("No letter has an addressee yet."));
    appeals_draw_deliveries(&page, deliveries, true);
    if (writes) {
        page_heading(&page, "print", _("By post"));
        form_draw(&page, &FORM_PRINT, NULL, status == 200 ? NULL : request->form);
    }
    page_end(&page);
}

void page_deliveries(const WebRequest *request, WebResponse *response)
{
    draw_deliveries(request, response, 200, NULL);
}

void page_print_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_autoptr(GBytes) pdf = NULL;
    AppealPrintSummary summary = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    const AppealPrintOptions options = {
        .again = strcmp(web_form(request, "again"), "yes") == 0,
        .draw = render_draw_letters,
    };
    const bool done = form_check(&FORM_PRINT, request->form, &problem) &&
                      store_begin(store, &error) &&
                      appeal_print_letters(store, 0, &options, &pdf, &summary, &error);
    if (done && pdf == NULL) { /* nothing was changed */
        store_rollback(store);
        draw_deliveries(request, response, 200,
                        _("There is nothing to print: no sealed letter waits for an office "
                          "without a mail address."));
        return;
    }
    g_autofree char *field = g_strdup_printf("printed=%u", summary.printed);
    const AppChange change = {"print", STORE_KIND_NONE, 0, field, NULL};
    if (!app_change_end(store, request, done, &change, &error)) {
        draw_deliveries(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    response->bytes = g_steal_pointer(&pdf);
    response->content_type = "application/pdf";
    response->disposition = g_strdup("attachment; filename=\"letters-to-print.pdf\"");
}

/* ---- receipts ---- */

static const FormField RECEIPT[] = {
    {"day", N_("Posted or handed over on"), NULL, FORM_DAY, true, 0, NULL},
    {"file", N_("The receipt"), N_("a scan or picture; kept as an original, downloads as it is"),
     FORM_FILE, false, 0, NULL},
};
static FormAct receive;
const Form FORM_RECEIPT = {"/receipts/*", N_("Write it down"), RECEIPT, G_N_ELEMENTS(RECEIPT),
                           .act = receive};

static StoreDelivery *delivery_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_DELIVERY, &kind, &id, error)
               ? store_delivery_load(request->store, id, error)
               : NULL;
}

static void draw_receipt(const WebRequest *request, WebResponse *response,
                         const StoreDelivery *delivery, guint status, const char *sentence)
{
    g_autofree char *title =
        appeals_title(_("Receipt for delivery %s"), STORE_KIND_DELIVERY, delivery->id);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, (gpointer)delivery);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    page_paragraph(&page, "lead",
                   _("The letter stands as sent from that day on, and its clock runs."));
    appeals_draw_deliveries(&page, one, true);
    form_draw(&page, &FORM_RECEIPT, request->rest, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_receipt(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreDelivery) delivery = delivery_of(request, &error);
    if (delivery == NULL)
        page_fail(request, response, error);
    else
        draw_receipt(request, response, delivery, 200, NULL);
}

static const WebFile *file_of(const WebRequest *request)
{
    for (guint i = 0; request->files != NULL && i < request->files->len; i++) {
        const WebFile *file = request->files->pdata[i];
        if (strcmp(file->field, "file") == 0 && file->bytes->len > 0)
            return file;
    }
    return NULL;
}

static bool receive(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    const WebFile *file = file_of(request);
    g_autoptr(GBytes) bytes =
        file != NULL ? g_bytes_new(file->bytes->data, file->bytes->len) : NULL;
    if (!store_id_read(request->rest, STORE_KIND_DELIVERY, &kind, &id, error))
        return false;
    ret_done->change =
        (AppChange){"receipt", STORE_KIND_DELIVERY, id, web_form(request, "day"), NULL};
    return appeal_receive_receipt(store, id, form_day(request->form, "day"), bytes,
                                  file != NULL ? file->name : NULL, error);
}

void page_receipt_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreDelivery) delivery = delivery_of(request, &error);
    g_autoptr(Store) store = delivery != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_RECEIPT, request, store, &done, &problem, &error))
        draw_receipt(request, response, delivery, 400, problem != NULL ? problem : error->message);
    else
        appeals_redirect(request, response, "letters", STORE_KIND_APPEAL, delivery->appeal_id);
}
