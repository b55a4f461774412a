/* An ask is written down: what, of whom, on what basis, by when, resting on what (appeal/appeal.h).
 */
#include "appeal/appeal.h"
#include "web/appeals.h"
#include "web/forms.h"
#include <string.h>

static const FormChoice TEMPLATES[] = {
    {"", N_("none: written freely")},
    {"a", N_("monitoring and reporting")},
    {"b", N_("onto the agenda of a body")},
    {"c", N_("diplomatic, legal or protective measures by states")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"template", N_("Template"), N_("lends what is left empty below"), FORM_CHOICE, false, 0,
     TEMPLATES},
    {"title", N_("Title of the ask, in English"), NULL, FORM_LINE, false, 200, NULL},
    {"title_fa", N_("Title of the ask, in Persian"), NULL, FORM_LINE, false, 200, NULL},
    {"text", N_("What is asked, in English"),
     N_("one language is enough; a letter takes the text of its own language"), FORM_AREA, false,
     4000, NULL},
    {"text_fa", N_("What is asked, in Persian"), NULL, FORM_AREA, false, 4000, NULL},
    {"basis", N_("Legal basis, in English"), N_("the article, resolution or rule it stands on"),
     FORM_LINE, false, 500, NULL},
    {"basis_fa", N_("Legal basis, in Persian"), NULL, FORM_LINE, false, 500, NULL},
    {"offices", N_("Asked of"), N_("offices by their codes: SG HRC; or States"), FORM_LINE, false,
     200, NULL},
    {"due", N_("By when"), NULL, FORM_DAY, false, 0, NULL},
    {"rests", N_("Rests on"), N_("findings, figures or alarms by their ids: FN1, FG12, AL3"),
     FORM_LINE, true, 200, NULL},
};
static FormAct add;
const Form FORM_ASK = {"/ask", N_("Write the ask down"), FIELDS, G_N_ELEMENTS(FIELDS), .act = add};

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ASKS, _("Write an ask down"));
    appeals_links(&page);
    if (sentence != NULL)
        page_paragraph(&page, "banner", sentence);
    page_paragraph(&page, NULL,
                   _("An ask says what is asked, of which office, on what basis, and rests on "
                     "records of this case. Letters are composed from asks."));
    form_draw(&page, &FORM_ASK, NULL, status == 200 ? NULL : request->form);
    page_end(&page);
}

void page_ask(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL);
}

/* What was left empty is for the template to lend. */
static char *given(const WebRequest *request, const char *name)
{
    char *value = form_lines(request->form, name);
    if (value[strspn(value, " \t\n")] != '\0')
        return value;
    g_free(value);
    return NULL;
}

static bool add(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    const gint32 due = form_day(request->form, "due");
    g_autofree char *template = given(request, "template"), *title = given(request, "title"),
                    *title_fa = given(request, "title_fa"), *text = given(request, "text"),
                    *text_fa = given(request, "text_fa"), *basis = given(request, "basis"),
                    *basis_fa = given(request, "basis_fa"), *offices = given(request, "offices"),
                    *rests = given(request, "rests");
    const AppealAskInput input = {.template = template,
                                  .title = title,
                                  .text = text,
                                  .basis = basis,
                                  .title_fa = title_fa,
                                  .text_fa = text_fa,
                                  .basis_fa = basis_fa,
                                  .offices = offices,
                                  .due_day = due != G_MININT32 ? due : 0,
                                  .rests_on = rests};
    const gint64 id = appeal_ask_add(store, &input, error);
    ret_done->change =
        (AppChange){"ask", STORE_KIND_ASK, id, NULL, form_value(request->form, "rests")};
    return id != 0;
}

void page_ask_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_ASK, request, store, &done, &problem, &error)) {
        draw(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    char printed[STORE_ID_MAX];
    g_autofree char *path =
        g_strdup_printf("/%s/records/%s", i18n_tag(request->language),
                        store_id_format(STORE_KIND_ASK, done.change.id, printed));
    web_redirect(response, path);
}
