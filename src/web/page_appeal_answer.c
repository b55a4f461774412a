/* The clock is answered: what an addressee said in public, what a body did; and what a mail that
 * came back says, as a person reads it. */
#include "appeal/appeal.h"
#include "appeal/rests.h"
#include "web/appeals.h"
#include "web/forms.h"
#include "web/words.h"
#include <string.h>

static const FormChoice KINDS[] = {
    {"acknowledged", N_("it says that the letter came")},
    {"supports", N_("it supports what is asked")},
    {"acts", N_("it did something on the matter")},
    {"refuses", N_("it refuses what is asked")},
    {NULL, NULL},
};
static const FormField RESPOND[] = {
    {"kind", N_("What it says"), NULL, FORM_CHOICE, true, 0, KINDS},
    {"day", N_("On which day"), NULL, FORM_DAY, true, 0, NULL},
    {"asks", N_("On which asks"), N_("none: on the letter as a whole"), FORM_MANY, false, 600,
     NULL},
    {"text", N_("What was said or done, in English"),
     N_("a sentence, neutral; one language is enough"), FORM_AREA, false, 2000, NULL},
    {"text_fa", N_("What was said or done, in Persian"), NULL, FORM_AREA, false, 2000, NULL},
    {"source", N_("Where everybody can read it"), N_("title, publisher, date or address"),
     FORM_LINE, true, 500, NULL},
};
static FormAct respond;
const Form FORM_RESPOND = {"/respond/*", N_("Write the answer down"), RESPOND,
                           G_N_ELEMENTS(RESPOND), .act = respond};

static const FormChoice JUDGED[] = {
    {"acknowledged", N_("it says that the letter came")},
    {"supports", N_("it supports what is asked")},
    {"acts", N_("it did something on the matter")},
    {"refuses", N_("it refuses what is asked")},
    {"none", N_("it is no answer")},
    {NULL, NULL},
};
static const FormField JUDGE[] = {
    {"says", N_("What it says"), N_("as you read it; the clock goes by it"), FORM_CHOICE, true, 0,
     JUDGED},
};
static FormAct judge;
const Form FORM_JUDGE = {"/judge/*", N_("Keep it"), JUDGE, G_N_ELEMENTS(JUDGE), .act = judge};

/* ---- an answer, or a step ---- */

/* What the address names: a delivery (whose answer) or an ask (a step by a body). */
typedef struct {
    StoreDelivery *delivery;
    StoreAsk *ask;
} Subject;

static void subject_clear(Subject *subject)
{
    store_delivery_free(subject->delivery);
    store_ask_free(subject->ask);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static bool subject_of(const WebRequest *request, Subject *subject, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!store_id_read(request->rest, STORE_KIND_NONE, &kind, &id, error))
        return false;
    if (kind == STORE_KIND_DELIVERY)
        subject->delivery = store_delivery_load(request->store, id, error);
    else if (kind == STORE_KIND_ASK)
        subject->ask = store_ask_load(request->store, id, error);
    else
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                            _("An answer belongs to a delivery (DL3), a step to an ask (AK2)."));
    return subject->delivery != NULL || subject->ask != NULL;
}

static void draw_subject(const Page *page, const Subject *subject)
{
    Html *html = page->html;
    html_begin(html, "dl", "class", "facts", NULL);
    if (subject->delivery != NULL) {
        g_autoptr(StoreRecipient) to =
            store_recipient_load(page->store, subject->delivery->recipient_id, NULL);
        g_autofree char *office = to != NULL ? appeals_office(page, to) : g_strdup("–");
        g_autofree char *sent = page_date(subject->delivery->sent);
        page_fact_name(page, _("Who answers"), office);
        page_fact_begin(page, _("Letter"));
        page_record_link(page, STORE_KIND_APPEAL, subject->delivery->appeal_id);
        page_fact_end(page);
        page_fact(page, _("Sent"), sent);
    } else {
        page_fact_begin(page, _("Ask"));
        html_name(html, page_pick(page, subject->ask->title, subject->ask->title_fa), NULL);
        html_text(html, " ");
        page_record_link(page, STORE_KIND_ASK, subject->ask->id);
        page_fact_end(page);
    }
    html_end(html, "dl");
}

static void draw_respond(const WebRequest *request, WebResponse *response, const Subject *subject,
                         guint status, const char *sentence)
{
    g_autoptr(GError) error = NULL;
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS,
                    subject->delivery != NULL ? _("An answer came") : _("A body took a step"),
                    status, sentence);
    draw_subject(&page, subject);
    page_paragraph(&page, "lead",
                   subject->delivery != NULL
                       ? _("What the office said to the letter, where everybody can read it. A "
                           "mail that came back is read by `zenhar appeal mailbox`.")
                       : _("What a body did on what was asked, whether or not the letter moved it. "
                           "It is no answer of an addressee and is not counted as one."));
    g_autoptr(GPtrArray) asks = appeals_ask_offers(&page, &error);
    const FormOffers offers[] = {{asks != NULL ? "asks" : NULL, asks}, {NULL, NULL}};
    g_autoptr(GHashTable) first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (subject->ask != NULL)
        g_hash_table_insert(first, g_strconcat("asks.", request->rest, NULL), g_strdup("yes"));
    form_draw_offers(&page, &FORM_RESPOND, request->rest, status == 200 ? first : request->form,
                     offers);
    page_end(&page);
}

void page_respond(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_auto(Subject) subject = {0};
    if (!subject_of(request, &subject, &error))
        page_fail(request, response, error);
    else
        draw_respond(request, response, &subject, 200, NULL);
}

static bool respond(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    g_auto(Subject) subject = {0};
    g_autofree char *ids = form_many(request->form, "asks");
    g_autoptr(GArray) asks =
        subject_of(request, &subject, error) ? appeal_ids_read(ids, STORE_KIND_ASK, error) : NULL;
    if (asks == NULL)
        return false;
    if (subject.ask != NULL && asks->len == 0)
        g_array_append_val(asks, subject.ask->id);
    g_autofree char *text = form_lines(request->form, "text"),
                    *text_fa = form_lines(request->form, "text_fa");
    const AppealAnswerInput input = {
        .delivery_id = subject.delivery != NULL ? subject.delivery->id : 0,
        .ask_ids = asks,
        .kind = web_form(request, "kind"),
        .text = text,
        .text_fa = text_fa,
        .source = web_form(request, "source"),
        .day = form_day(request->form, "day"),
    };
    const gint64 id = appeal_answer_add(store, &input, error);
    ret_done->change = (AppChange){"respond", STORE_KIND_RESPONSE, id, input.kind, input.source};
    return id != 0;
}

void page_respond_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_auto(Subject) subject = {0};
    g_autoptr(Store) store =
        subject_of(request, &subject, &error) ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_RESPOND, request, store, &done, &problem, &error)) {
        draw_respond(request, response, &subject, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/asks", i18n_tag(request->language));
    web_redirect(response, path);
}

/* ---- a mail that came back ---- */

static StoreResponse *response_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_RESPONSE, &kind, &id, error)
               ? store_response_load(request->store, id, error)
               : NULL;
}

static void draw_judge(const WebRequest *request, WebResponse *response,
                       const StoreResponse *answer, guint status, const char *sentence)
{
    g_autofree char *title = appeals_title(_("What does %s say?"), STORE_KIND_RESPONSE, answer->id);
    g_autofree char *when = page_date(answer->received);
    Page page;
    page_begin_said(&page, request, response, PAGE_ASKS, title, status, sentence);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact(&page, _("Came on"), when);
    page_fact(&page, _("Stands as"), words_response_kind(answer->kind));
    page_fact_name(&page, _("Source"), answer->source);
    if (answer->original_id != 0) {
        page_fact_begin(&page, _("As it came"));
        page_record_link(&page, STORE_KIND_ORIGINAL, answer->original_id);
        page_fact_end(&page);
    }
    html_end(page.html, "dl");
    page_foreign(&page, "blockquote", "original", page_pick(&page, answer->text, answer->text_fa),
                 NULL);
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(values, g_strdup("says"), g_strdup(answer->kind));
    form_draw(&page, &FORM_JUDGE, request->rest, status == 200 ? values : request->form);
    page_end(&page);
}

void page_judge(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreResponse) answer = response_of(request, &error);
    if (answer == NULL)
        page_fail(request, response, error);
    else
        draw_judge(request, response, answer, 200, NULL);
}

static bool judge(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    const char *says = web_form(request, "says");
    if (!store_id_read(request->rest, STORE_KIND_RESPONSE, &kind, &id, error))
        return false;
    ret_done->change = (AppChange){"judge answer", STORE_KIND_RESPONSE, id, says, NULL};
    return appeal_judge_response(store, id, says, error);
}

void page_judge_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreResponse) answer = response_of(request, &error);
    g_autoptr(Store) store = answer != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_JUDGE, request, store, &done, &problem, &error)) {
        draw_judge(request, response, answer, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/asks", i18n_tag(request->language));
    web_redirect(response, path);
}
