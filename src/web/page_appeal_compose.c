/* A letter is composed: from chosen asks, to one office, in one language; then read, held against
 * the case, and sealed. Nothing here sends. */
#include "appeal/appeal.h"
#include "appeal/lint.h"
#include "appeal/rests.h"
#include "appeal/sign.h"
#include "web/appeals.h"
#include "web/forms.h"
#include <string.h>

/* ---- compose ---- */

static const FormChoice LANGUAGES[] = {
    {"fa", N_("Persian")},
    {"en", N_("English")},
    {NULL, NULL},
};
static const FormChoice VOICES[] = {
    {"appeal", N_("an appeal: it may ask for political steps")},
    {"case", N_("a case file: facts and law alone, as a mechanism wants them")},
    {NULL, NULL},
};
static const FormField COMPOSE[] = {
    {"to", N_("Addressee"), N_("the office, with who holds it today"), FORM_PICK, true, 20, NULL},
    {"asks", N_("What the letter asks for"), N_("each ask brings its basis along"), FORM_MANY, true,
     600, NULL},
    {"language", N_("Language of the letter"), NULL, FORM_CHOICE, true, 0, LANGUAGES},
    {"voice", N_("Read as"), N_("its words are looked through accordingly"), FORM_CHOICE, true, 0,
     VOICES},
    {"date", N_("Date of the letter"), N_("empty: today; later figures and votes stay out"),
     FORM_DAY, false, 0, NULL},
    {"sender", N_("Letterhead"), N_("name and address of the sender, a line each; may stay open"),
     FORM_AREA, false, 500, NULL},
};
static FormAct compose;
const Form FORM_COMPOSE = {"/compose", N_("Compose the letter"), COMPOSE, G_N_ELEMENTS(COMPOSE),
                           .act = compose};

static gint32 today(Store *store)
{
    return (gint32)(store_now(store) / 86400);
}

static GPtrArray *office_offers(const Page *page, GError **error)
{
    g_autoptr(GArray) ids = appeal_recipients_of(page->store, "all", today(page->store), error);
    if (ids == NULL)
        return NULL;
    g_autoptr(GPtrArray) offers = form_offers_new();
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(StoreRecipient) one =
            store_recipient_load(page->store, g_array_index(ids, gint64, i), error);
        if (one == NULL)
            return NULL;
        char id[STORE_ID_MAX];
        g_autofree char *title = appeals_office(page, one);
        form_offer(offers, store_id_format(STORE_KIND_RECIPIENT, one->id, id), title);
    }
    return g_steal_pointer(&offers);
}

/* As it is first shown: all asks, the language of the page. */
static GHashTable *first_values(const Page *page, const GPtrArray *asks)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < asks->len; i++) {
        const FormOffer *offer = asks->pdata[i];
        g_hash_table_insert(values, g_strconcat("asks.", offer->value, NULL), g_strdup("yes"));
    }
    g_hash_table_insert(values, g_strdup("language"), g_strdup(page->tag));
    return values;
}

static void draw_form(const Page *page, guint status)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) asks = appeals_ask_offers(page, &error);
    g_autoptr(GPtrArray) offices = asks != NULL ? office_offers(page, &error) : NULL;
    if (offices == NULL || asks->len == 0) {
        page_paragraph(page, "banner",
                       offices == NULL ? error->message
                                       : _("There is no ask yet: write one down first."));
        return;
    }
    g_autoptr(GHashTable) first = first_values(page, asks);
    const FormOffers offers[] = {{"to", offices}, {"asks", asks}, {NULL, NULL}};
    form_draw_offers(page, &FORM_COMPOSE, NULL, status == 200 ? first : page->request->form,
                     offers);
}

static void draw_compose(const WebRequest *request, WebResponse *response, guint status,
                         const char *sentence)
{
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ASKS, _("Compose a letter"));
    appeals_links(&page);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    page_paragraph(&page, "lead",
                   _("The letter is drafted from what the case holds: the asks, each reporter's "
                     "own figures with their sources, findings, alarms, votes. It names no person "
                     "at risk. What comes is a draft: it is read, sealed, signed and sent by "
                     "steps of their own."));
    draw_form(&page, status);
    page_end(&page);
}

void page_compose(const WebRequest *request, WebResponse *response)
{
    draw_compose(request, response, 200, NULL);
}

static bool compose(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    AppealOptions options = appeal_options();
    ret_done->words = form_many(request->form, "asks");
    g_autoptr(GArray) asks = appeal_ids_read(ret_done->words, STORE_KIND_ASK, error);
    if (asks == NULL || !store_id_read(web_form(request, "to"), STORE_KIND_RECIPIENT, &kind,
                                       &options.recipient_id, error))
        return false;
    g_autofree char *sender = form_lines(request->form, "sender");
    i18n_parse_language(web_form(request, "language"), &options.language);
    options.day = form_day(request->form, "date");
    options.sender = sender[strspn(sender, " \t\n")] != '\0' ? sender : NULL;
    options.ask_ids = asks;
    const gint64 id = appeal_compose(store, &options, error);
    ret_done->change =
        (AppChange){"compose", STORE_KIND_APPEAL, id, web_form(request, "to"), ret_done->words};
    return id != 0;
}

void page_compose_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_COMPOSE, request, store, &done, &problem, &error)) {
        draw_compose(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    char printed[STORE_ID_MAX];
    const bool as_case = strcmp(web_form(request, "voice"), "case") == 0;
    g_autofree char *path = g_strdup_printf(
        "/%s/seal/%s%s", i18n_tag(request->language),
        store_id_format(STORE_KIND_APPEAL, done.change.id, printed), as_case ? "?voice=case" : "");
    web_redirect(response, path);
}

/* ---- read and seal ---- */

static const FormChoice STRICT[] = {
    {"no", N_("seal it, though notes may rest on rows nobody has checked")},
    {"yes", N_("only when every row was checked at its source")},
    {NULL, NULL},
};
static const FormField SEAL[] = {
    {"text", N_("The text that was read"), NULL, FORM_HIDDEN, true, 64, NULL},
    {"strict", N_("Rows that nobody has checked"), NULL, FORM_CHOICE, true, 0, STRICT},
};
static FormAct seal;
const Form FORM_SEAL = {"/seal/*", N_("Seal the letter"), SEAL, G_N_ELEMENTS(SEAL), .act = seal};

static void draw_checks(const Page *page, const StoreAppeal *appeal)
{
    g_autoptr(GError) error = NULL;
    LintVoice voice = LINT_APPEAL;
    lint_voice_parse(web_query(page->request, "voice"), &voice);
    g_autoptr(AppealLetter) letter = appeal_letter_load(page->store, appeal->id, &error);
    if (letter == NULL) {
        page_paragraph(page, "banner", error->message);
        return;
    }
    appeals_draw_figures(page, letter);
    appeals_draw_words(page, letter, voice);
    g_autofree char *other =
        page_path(page, "/seal/%s%s", page->request->rest, voice == LINT_CASE ? "" : "?voice=case");
    html_begin(page->html, "p", NULL);
    page_link(page, other,
              voice == LINT_CASE ? _("Read it as an appeal") : _("Read it as a case file"));
    html_end(page->html, "p");
}

static void draw_seal_form(const Page *page, const StoreAppeal *appeal, guint status)
{
    page_heading(page, "seal", _("Seal it"));
    if (appeal->sha256 != NULL) {
        page_paragraph(page, NULL, _("It is sealed: its text is fixed by this SHA-256."));
        html_begin(page->html, "p", NULL);
        html_put(page->html, "code", appeal->sha256, "class", "hash", NULL);
        html_end(page->html, "p");
        return;
    }
    page_paragraph(page, "lead",
                   _("Sealing fixes the text: it is kept as an original, and all who sign sign "
                     "the same. A letter that has to change is composed again."));
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(values, g_strdup("text"), appeal_signed_hash(appeal));
    if (status != 200)
        g_hash_table_insert(values, g_strdup("strict"),
                            g_strdup(web_form(page->request, "strict")));
    form_draw(page, &FORM_SEAL, page->request->rest, values);
}

static void draw_seal(const WebRequest *request, WebResponse *response, const StoreAppeal *appeal,
                      guint status, const char *sentence)
{
    g_autofree char *title =
        appeals_title(_("Read and seal letter %s"), STORE_KIND_APPEAL, appeal->id);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    appeals_draw_letter(&page, appeal, _("see the letter as it will be"));
    draw_checks(&page, appeal);
    draw_seal_form(&page, appeal, status);
    page_end(&page);
}

void page_seal(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    if (appeal == NULL)
        page_fail(request, response, error);
    else
        draw_seal(request, response, appeal, 200, NULL);
}

static bool seal(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    guint unconfirmed = 0;
    const bool strict = strcmp(web_form(request, "strict"), "yes") == 0;
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, error);
    if (appeal == NULL)
        return false;
    ret_done->words = appeal_signed_hash(appeal);
    ret_done->change = (AppChange){"seal", STORE_KIND_APPEAL, appeal->id, NULL, ret_done->words};
    if (strcmp(ret_done->words, web_form(request, "text")) == 0)
        return appeal_seal(store, appeal->id, strict, &unconfirmed, error);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                        _("The letter is no longer the one that was read here. Read it again, "
                          "then seal it."));
    return false;
}

void page_seal_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreAppeal) appeal = appeals_letter(request, &error);
    g_autoptr(Store) store = appeal != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL)
        page_fail(request, response, error);
    else if (!form_run(&FORM_SEAL, request, store, &done, &problem, &error))
        draw_seal(request, response, appeal, 400, problem != NULL ? problem : error->message);
    else
        appeals_redirect(request, response, "letters", STORE_KIND_APPEAL, appeal->id);
}
