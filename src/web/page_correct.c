/* One report, graded and corrected by a person: what the page or the reader got wrong. What came in
 * stays as it came; the report's own fields change, and the log shows both. */
#include "assess/assess.h"
#include "assess/grade.h"
#include "base/edtf.h"
#include "intake/search.h"
#include "store/log.h"
#include "web/forms.h"
#include "web/page.h"
#include <string.h>

static const FormChoice STATES[] = {
    {"", N_("as it is")},
    {"reviewed", N_("looked at by a person")},
    {"rejected", N_("no report of this case: kept, not counted")},
    {"withdrawn", N_("taken back by its source: kept, not counted")},
    {"new", N_("open again: counted, not looked at")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"grade", N_("Grade"), N_("such as B2; E5 is kept and not counted"), FORM_LINE, false, 4, NULL},
    {"state", N_("State"), NULL, FORM_CHOICE, false, 0, STATES},
    {"date", N_("When it happened"), N_("2025-06-28, 2025-06, or 1404-04-07; empty: as it is"),
     FORM_LINE, false, 40, NULL},
    {"place", N_("Where"), N_("as it should read; empty: as it is"), FORM_LINE, false, 200, NULL},
    {"title", N_("Title"), N_("without names; empty: as it is"), FORM_LINE, false, 200, NULL},
    {"reason", N_("Why"), N_("stays in the audit trail"), FORM_LINE, true, 300, NULL},
    {"seen", N_("State that was read"), NULL, FORM_HIDDEN, false, 20, NULL},
};
static FormAct correct;
const Form FORM_CORRECT = {"/correct/*", N_("Write it down"), FIELDS, G_N_ELEMENTS(FIELDS),
                           .act = correct};

static StoreReport *report_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_REPORT, &kind, &id, error)
               ? store_report_load(request->store, id, error)
               : NULL;
}

static void draw(const WebRequest *request, WebResponse *response, const StoreReport *report,
                 guint status, const char *sentence)
{
    Page page;
    const Page before = {.store = request->store, .language = request->language};
    g_autofree char *title = page_report_title(&before, report);
    g_autofree char *date = page_edtf(report->event_date);
    g_autofree char *place = page_place(&before, report->place_id, report->place_text);
    page_begin_said(&page, request, response, PAGE_REPORTS, title, status, sentence);
    html_begin(page.html, "dl", "class", "facts", NULL);
    page_fact_begin(&page, _("Record"));
    page_record_link(&page, STORE_KIND_REPORT, report->id);
    page_fact_end(&page);
    page_fact(&page, _("When"), date);
    page_fact_name(&page, _("Where"), place);
    html_end(page.html, "dl");
    g_autofree char *seen =
        g_strdup_printf("%" G_GINT64_FORMAT,
                        store_log_position(request->store, STORE_KIND_REPORT, report->id, NULL));
    g_autoptr(GHashTable) values = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; status != 200 && i < G_N_ELEMENTS(FIELDS); i++)
        g_hash_table_insert(values, (gpointer)FIELDS[i].name,
                            (gpointer)web_form(request, FIELDS[i].name));
    g_hash_table_insert(values, (gpointer) "seen", seen);
    form_draw(&page, &FORM_CORRECT, request->rest, values);
    page_end(&page);
}

void page_correct(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReport) report = report_of(request, &error);
    if (report == NULL)
        page_fail(request, response, error);
    else
        draw(request, response, report, 200, NULL);
}

static bool take_date(StoreReport *report, const char *text, GError **error)
{
    Edtf edtf;
    const bool solar = text[0] == '1' && (text[1] == '3' || text[1] == '4');
    if (text[0] == '\0')
        return true;
    if (!edtf_parse(text, solar ? CALENDAR_SOLAR_HIJRI : CALENDAR_GREGORIAN, &edtf, error))
        return false;
    Edtf gregorian;
    edtf_to_gregorian(&edtf, &gregorian);
    edtf_bounds(&gregorian, &report->first_day, &report->last_day);
    g_free(report->event_date);
    report->event_date = edtf_format(&gregorian);
    return true;
}

static void take_text(char **field, const char *text)
{
    if (text[0] == '\0')
        return;
    g_free(*field);
    *field = g_strdup(text);
}

static void take_state(StoreReport *report, const char *state)
{
    if (state[0] == '\0')
        return;
    report->withdrawn = strcmp(state, "withdrawn") == 0;
    report->status = strcmp(state, "rejected") == 0   ? STORE_REPORT_REJECTED
                     : strcmp(state, "reviewed") == 0 ? STORE_REPORT_REVIEWED
                     : strcmp(state, "new") == 0      ? STORE_REPORT_NEW
                                                      : report->status;
}

/* The words of its acts: those of its source are not known any more, only the kind that they were
 * taken for; a reader looks for that in either language. */
static char *act_words(Store *store, gint64 report_id, GError **error)
{
    g_autoptr(GPtrArray) statements = store_statement_list_by_report(store, report_id, NULL, error);
    if (statements == NULL)
        return NULL;
    GString *words = g_string_new(NULL);
    for (guint i = 0; i < statements->len; i++) {
        const StoreStatement *statement = statements->pdata[i];
        if (statement->act_kind != NULL)
            g_string_append_printf(words, "%s %s ",
                                   assess_kind_title(statement->act_kind, I18N_PERSIAN),
                                   assess_kind_title(statement->act_kind, I18N_ENGLISH));
    }
    return g_string_free(words, FALSE);
}

/* Nobody else changed it since the form was drawn; asked under the writer's lock. */
static bool as_it_was_seen(Store *store, gint64 id, const char *seen, GError **error)
{
    const gint64 position = store_log_position(store, STORE_KIND_REPORT, id, error);
    if (position < 0 || seen[0] == '\0' || position == g_ascii_strtoll(seen, NULL, 10))
        return position >= 0;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("Somebody else changed this report while you had it open, and nothing of "
                          "yours was written. It is shown as it is now: look again, then send."));
    return false;
}

static bool correct(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    const char *grade_text = web_form(request, "grade"), *reason = web_form(request, "reason");
    AssessGrade grade = {0};
    guint n;
    if (!store_id_read(request->rest, STORE_KIND_REPORT, &kind, &id, error))
        return false;
    ret_done->change =
        (AppChange){"correct", STORE_KIND_REPORT, id, web_form(request, "state"), reason};
    if (!as_it_was_seen(store, id, web_form(request, "seen"), error))
        return false;
    if (grade_text[0] != '\0' && (!assess_grade_parse(grade_text, &grade, error) ||
                                  !assess_grade_set(store, STORE_KIND_REPORT, id, grade, reason,
                                                    app_user_id(request), &n, error)))
        return false;
    g_autoptr(StoreReport) report = store_report_load(store, id, error);
    if (report == NULL || !take_date(report, web_form(request, "date"), error))
        return false;
    const char *place = web_form(request, "place");
    if (place[0] != '\0')
        report->place_id = 0; /* the gazetteer's answer was to other words */
    take_text(&report->place_text, place);
    take_text(&report->title, web_form(request, "title"));
    take_state(report, web_form(request, "state"));
    g_autofree char *acts = act_words(store, id, error);
    return acts != NULL && store_report_update(store, report, error) &&
           intake_search_put(store, report, acts, error);
}

void page_correct_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreReport) report = report_of(request, &error);
    g_autoptr(Store) store = report != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_CORRECT, request, store, &done, &problem, &error)) {
        g_autoptr(StoreReport) now = report_of(request, NULL);
        draw(request, response, now != NULL ? now : report, 400,
             problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path =
        g_strdup_printf("/%s/reports/%s", i18n_tag(request->language), request->rest);
    web_redirect(response, path);
}
