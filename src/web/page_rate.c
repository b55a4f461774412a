/* An analyst's rating of one indicator, with what it rests on (assess/judge.h). */
#include "assess/assess.h"
#include "assess/framework.h"
#include "assess/judge.h"
#include "web/forms.h"
#include "web/page.h"
#include <string.h>

static const FormChoice DECISIONS[] = {
    {"rate", N_("rate it as below")},
    {"accept", N_("accept what the rules propose")},
    {"reject", N_("reject what the rules propose, and rate as below")},
    {"withdraw", N_("withdraw your own rating")},
    {NULL, NULL},
};
static const FormChoice LEVELS[] = {
    {"", N_("not rated")}, {"0", N_("absent")}, {"1", N_("weak")},
    {"2", N_("present")},  {"3", N_("strong")}, {NULL, NULL},
};
static const FormChoice STANDARDS[] = {
    {"", N_("not said")},
    {"suspicion", N_("reasonable suspicion")},
    {"grounds", N_("reasonable grounds to believe")},
    {"balance", N_("balance of probabilities")},
    {"convincing", N_("clear and convincing evidence")},
    {"beyond-doubt", N_("beyond reasonable doubt")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"indicator", N_("Indicator"), N_("its number, such as 7.8"), FORM_LINE, true, 8, NULL},
    {"decision", N_("Decision"), NULL, FORM_CHOICE, true, 0, DECISIONS},
    {"level", N_("Level"), NULL, FORM_CHOICE, false, 0, LEVELS},
    {"standard", N_("Standard of proof"), N_("needed above absent"), FORM_CHOICE, false, 0,
     STANDARDS},
    {"evidence", N_("Rests on"), N_("records by their ids: R12, AL3, FG5"), FORM_LINE, false, 200,
     NULL},
    {"against", N_("Speaks against it"), N_("likewise"), FORM_LINE, false, 200, NULL},
    {"reason", N_("Why"), NULL, FORM_AREA, false, 2000, NULL},
};
static FormAct rate;
const Form FORM_RATE = {"/rate", N_("Write the rating down"), FIELDS, G_N_ELEMENTS(FIELDS),
                        .act = rate};

static void draw(const WebRequest *request, WebResponse *response, guint status,
                 const char *sentence)
{
    Page page;
    page_begin_said(&page, request, response, PAGE_ASSESSMENT, _("Rate an indicator"), status,
                    sentence);
    const char *number =
        status == 200 ? web_query(request, "indicator") : web_form(request, "indicator");
    const AssessIndicator *indicator = number[0] != '\0' ? assess_indicator_find(number) : NULL;
    if (indicator != NULL)
        page_paragraph(&page, "lead", assess_indicator_title(indicator, page.language));
    page_paragraph(
        &page, NULL,
        _("Each rating is kept under your account's name and cannot be changed, only followed by "
          "another. Where analysts differ, all of it is shown."));
    g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(values, (gpointer) "indicator", (gpointer)number);
    form_draw(&page, &FORM_RATE, NULL, status == 200 ? values : request->form);
    page_end(&page);
}

void page_rate(const WebRequest *request, WebResponse *response)
{
    draw(request, response, 200, NULL);
}

static bool add_evidence(GArray *evidence, const char *ids, bool against, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(ids, " ,", -1);
    for (gsize i = 0; words[i] != NULL; i++) {
        JudgeEvidence one = {.against = against};
        if (words[i][0] == '\0')
            continue;
        if (!store_id_read(words[i], STORE_KIND_NONE, &one.kind, &one.id, error))
            return false;
        g_array_append_val(evidence, one);
    }
    return true;
}

static bool rate(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    static const char *const WORDS[] = {"accept", "rate", "reject", "withdraw"};
    static const JudgeDecision CODES[] = {JUDGE_ACCEPT, JUDGE_RATE, JUDGE_REJECT, JUDGE_WITHDRAW};
    const char *level = web_form(request, "level"), *standard = web_form(request, "standard"),
               *decision = web_form(request, "decision");
    g_autoptr(GArray) evidence = g_array_new(FALSE, TRUE, sizeof(JudgeEvidence));
    if (!add_evidence(evidence, web_form(request, "evidence"), false, error) ||
        !add_evidence(evidence, web_form(request, "against"), true, error))
        return false;
    JudgeRating rating = {.analyst = app_name(request),
                          .user_id = app_user_id(request),
                          .indicator = web_form(request, "indicator"),
                          .level = level[0] != '\0' ? level[0] - '0' : -1,
                          .confidence = standard[0] != '\0' ? standard : NULL,
                          .reason = web_form(request, "reason"),
                          .evidence = (const JudgeEvidence *)(const void *)evidence->data,
                          .n_evidence = evidence->len};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strcmp(WORDS[i], decision) == 0)
            rating.decision = CODES[i];
    gint64 id;
    ret_done->change = (AppChange){"rate", STORE_KIND_NONE, 0, rating.indicator, rating.reason};
    return judge_add(store, &rating, &id, error);
}

void page_rate_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(Store) store = app_store_write(request, &error);
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_RATE, request, store, &done, &problem, &error)) {
        draw(request, response, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path = g_strdup_printf("/%s/assessment", i18n_tag(request->language));
    web_redirect(response, path);
}
