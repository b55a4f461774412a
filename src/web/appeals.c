/* web/appeals.c: what the pages of asks and letters share. */
#include "web/appeals.h"

#include "store/appeal.h"
#include "web/words.h"
#include <string.h>

void appeals_links(const Page *page)
{
    static const struct {
        const char *path, *title;
        guint roles;
    } LINKS[] = {
        {"/asks", N_("Asks and letters"), WEB_EVERYBODY},
        {"/ask", N_("Write an ask down"), WEB_WRITES_LETTERS},
        {"/compose", N_("Compose a letter"), WEB_WRITES_LETTERS},
        {"/deliveries", N_("What was sent"), WEB_EVERYBODY},
        {"/agenda", N_("Ways onto an agenda"), WEB_EVERYBODY},
        {"/measures", N_("Measures by states"), WEB_EVERYBODY},
    };
    Html *html = page->html;
    html_begin(html, "nav", "class", "actions", "aria-label", _("Asks and letters"), NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(LINKS); i++) {
        if (!app_may(page->request, LINKS[i].roles))
            continue;
        g_autofree char *path = page_path(page, "%s", LINKS[i].path);
        const bool here = strcmp(page->request->path, LINKS[i].path) == 0;
        html_put(html, "a", i18n_get(LINKS[i].title), "href", path, "aria-current",
                 here ? "page" : NULL, NULL);
    }
    html_end(html, "nav");
}

StoreAppeal *appeals_letter(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_APPEAL, &kind, &id, error)
               ? store_appeal_load(request->store, id, error)
               : NULL;
}

void appeals_draw_letter(const Page *page, const StoreAppeal *appeal, const char *words)
{
    g_autofree char *path = page_record_path(page, STORE_KIND_APPEAL, appeal->id);
    html_begin(page->html, "p", "class", "lead", NULL);
    html_name(page->html, appeal->title, appeal->language);
    html_text(page->html, " – ");
    page_link(page, path, words);
    html_end(page->html, "p");
}

char *appeals_title(const char *format, StoreKind kind, gint64 id)
{
    char printed[STORE_ID_MAX];
    return g_strdup_printf(format, store_id_format(kind, id, printed));
}

void appeals_redirect(const WebRequest *request, WebResponse *response, const char *folder,
                      StoreKind kind, gint64 id)
{
    char printed[STORE_ID_MAX];
    g_autofree char *path = g_strdup_printf("/%s/%s/%s", i18n_tag(request->language), folder,
                                            store_id_format(kind, id, printed));
    web_redirect(response, path);
}

char *appeals_office(const Page *page, const StoreRecipient *recipient)
{
    const char *office = page_pick(page, recipient->office, recipient->office_fa);
    const char *name = page_pick(page, recipient->name, recipient->name_fa);
    return name != NULL ? g_strdup_printf(_("%s: %s"), office != NULL ? office : "–", name)
                        : g_strdup(office != NULL ? office : "–");
}

static void draw_what_to_do(const Page *page, const StoreDelivery *delivery)
{
    const bool printed = g_strcmp0(delivery->status, "printed") == 0;
    char id[STORE_ID_MAX];
    store_id_format(STORE_KIND_DELIVERY, delivery->id, id);
    html_begin(page->html, "td", NULL);
    if (app_may(page->request, WEB_WRITES_LETTERS)) {
        g_autofree char *receipt = page_path(page, "/receipts/%s", id);
        g_autofree char *respond = page_path(page, "/respond/%s", id);
        if (printed)
            page_link(page, receipt, _("It was posted"));
        else if (delivery->sent != 0)
            page_link(page, respond, _("An answer came"));
    }
    html_end(page->html, "td");
}

void appeals_draw_deliveries(const Page *page, GPtrArray *deliveries, bool with_letter)
{
    if (deliveries->len == 0)
        return;
    Html *html = page->html;
    const char *const columns[] = {_("Delivery"), _("To"),   _("State"),
                                   _("Sent"),     _("Note"), _("To do")};
    page_table_begin(page, _("To whom, and how far it has come"), columns, NULL, 6);
    for (guint i = 0; i < deliveries->len; i++) {
        const StoreDelivery *delivery = deliveries->pdata[i];
        g_autoptr(StoreRecipient) to =
            store_recipient_load(page->store, delivery->recipient_id, NULL);
        g_autofree char *office = to != NULL ? appeals_office(page, to) : g_strdup("–");
        g_autofree char *sent = page_date(delivery->sent);
        html_begin(html, "tr", NULL);
        html_begin(html, "th", "scope", "row", NULL);
        page_record_link(page, STORE_KIND_DELIVERY, delivery->id);
        if (with_letter) {
            html_text(html, " ");
            page_record_link(page, STORE_KIND_APPEAL, delivery->appeal_id);
        }
        html_end(html, "th");
        html_begin(html, "td", NULL);
        html_name(html, office, NULL);
        html_end(html, "td");
        page_cell(page, words_status(delivery->status));
        html_put(html, "td", sent, "class", "when", NULL);
        html_begin(html, "td", NULL);
        html_name(html, delivery->note, NULL);
        html_end(html, "td");
        draw_what_to_do(page, delivery);
        html_end(html, "tr");
    }
    page_table_end(page);
}

static gint by_code(gconstpointer a, gconstpointer b)
{
    const StoreAsk *left = *(const StoreAsk *const *)a, *right = *(const StoreAsk *const *)b;
    const int order = g_strcmp0(left->code, right->code);
    return order != 0 ? order : (left->id > right->id) - (left->id < right->id);
}

GPtrArray *appeals_ask_offers(const Page *page, GError **error)
{
    g_autoptr(GPtrArray) asks = store_ask_list(page->store, NULL, error);
    if (asks == NULL)
        return NULL;
    g_ptr_array_sort(asks, by_code);
    GPtrArray *offers = form_offers_new();
    for (guint i = 0; i < asks->len; i++) {
        const StoreAsk *ask = asks->pdata[i];
        char id[STORE_ID_MAX];
        store_id_format(STORE_KIND_ASK, ask->id, id);
        /* the title first: its own direction is the line's */
        g_autofree char *title =
            g_strdup_printf("%s (%s)", page_pick(page, ask->title, ask->title_fa), id);
        form_offer(offers, id, title);
    }
    return offers;
}
