/* Alarms: weeks in which more was reported than was to be expected; each with its method, what
 * would make it wrong, and the reports behind it. */
#include "assess/alarm.h"
#include "assess/assess.h"
#include "store/link.h"
#include "web/forms.h"
#include "web/page.h"
#include "web/proof.h"
#include "web/record.h"
#include "web/words.h"

enum { SHOWN_ALARMS = 200, MAX_ALARMS = 5000, SHOWN_EVIDENCE = 100, SHOWN_POINTS = 26 };

static void draw_row(const Page *page, const StoreAlarm *alarm)
{
    Html *html = page->html;
    g_autofree char *sentence = assess_alarm_sentence(page->store, alarm, page->language);
    g_autofree char *days = page_days(alarm->first_day, alarm->last_day);
    g_autofree char *observed = page_number(alarm->observed);
    g_autofree char *expected = page_number(alarm->expected);
    html_begin(html, "tr", NULL);
    html_begin(html, "th", "scope", "row", NULL);
    page_record_link(page, STORE_KIND_ALARM, alarm->id);
    html_end(html, "th");
    page_cell(page, days);
    page_cell(page, sentence);
    html_put(html, "td", observed, "class", "number", NULL);
    html_put(html, "td", expected, "class", "number", NULL);
    page_cell(page, words_status(alarm->status));
    html_end(html, "tr");
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const StoreAlarm *x = *(StoreAlarm *const *)a, *y = *(StoreAlarm *const *)b;
    if (x->first_day != y->first_day)
        return x->first_day > y->first_day ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

void page_alarms(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    const StorePage of = {.limit = MAX_ALARMS, .descending = true};
    g_autoptr(GPtrArray) alarms = store_alarm_list(request->store, &of, &error);
    if (alarms == NULL) {
        page_fail(request, response, error);
        return;
    }
    g_ptr_array_sort(alarms, newest_first);
    Page page;
    page_begin(&page, request, response, PAGE_ALARMS, _("Alarms"));
    page_paragraph(&page, "lead",
                   _("An alarm says that a week holds more reports than the weeks and years before "
                     "let expect. It says nothing of why: look at the reports behind it."));
    if (alarms->len == 0)
        page_paragraph(&page, "soft", _("There is no alarm."));
    const char *const columns[] = {_("Alarm"),    _("Week"),     _("What rang"),
                                   _("Reported"), _("Expected"), _("State")};
    static const char *const CLASSES[] = {NULL, NULL, NULL, "number", "number", NULL};
    if (alarms->len > 0) {
        page_table_begin(&page, _("Alarms, newest week first"), columns, CLASSES, 6);
        for (guint i = 0; i < MIN(alarms->len, SHOWN_ALARMS); i++)
            draw_row(&page, g_ptr_array_index(alarms, i));
        page_table_end(&page);
    }
    if (alarms->len > SHOWN_ALARMS) {
        g_autofree char *number = i18n_integer((gint64)(alarms->len - SHOWN_ALARMS));
        g_autofree char *words = g_strdup_printf(_("and %s more"), number);
        page_paragraph(&page, "soft", words);
    }
    page_end(&page);
}

/* ---- one alarm ---- */

static void draw_facts(const Page *page, const StoreAlarm *alarm)
{
    g_autofree char *days = page_days(alarm->first_day, alarm->last_day);
    g_autofree char *observed = page_number(alarm->observed);
    g_autofree char *expected = page_number(alarm->expected);
    g_autofree char *threshold = page_number(alarm->threshold);
    html_begin(page->html, "dl", "class", "facts", NULL);
    page_fact(page, _("Week"), days);
    page_fact(page, _("Reported"), observed);
    page_fact(page, _("Expected"), expected);
    page_fact(page, _("Rings above"), threshold);
    page_fact(page, _("Method"), assess_method_title(alarm->method, page->language));
    page_fact(page, _("State"), words_status(alarm->status));
    page_fact_name(page, _("Why"), alarm->reason);
    html_end(page->html, "dl");
}

static void draw_points(const Page *page, const StoreSeries *series)
{
    gsize n;
    const StoreSeriesPoint *points = store_series_points(series, &n);
    const char *const columns[] = {_("Interval that begins on"), _("Reported"), _("Expected"),
                                   _("Rings above"), _("Alarm")};
    static const char *const CLASSES[] = {NULL, "number", "number", "number", NULL};
    html_begin(page->html, "details", NULL);
    html_put(page->html, "summary", _("The chart's last numbers as a table"), NULL);
    page_table_begin(page, _("Newest first"), columns, CLASSES, 5);
    for (gsize i = n; i > 0 && n - i < SHOWN_POINTS; i--) {
        const StoreSeriesPoint *point = &points[i - 1];
        g_autofree char *day = page_date((gint64)point->first_day * 86400);
        g_autofree char *observed = page_number(point->observed);
        g_autofree char *expected = page_number(point->expected);
        g_autofree char *upper = page_number(point->upper);
        html_begin(page->html, "tr", NULL);
        html_put(page->html, "th", day, "scope", "row", NULL);
        html_put(page->html, "td", observed, "class", "number", NULL);
        html_put(page->html, "td", expected, "class", "number", NULL);
        html_put(page->html, "td", upper, "class", "number", NULL);
        html_put(page->html, "td", point->alarm > 0 ? _("alarm") : "", "class", "alarm", NULL);
        html_end(page->html, "tr");
    }
    page_table_end(page);
    html_end(page->html, "details");
}

static void draw_series(const Page *page, const StoreSeries *series)
{
    g_autofree char *title = assess_series_title(page->store, series, page->language);
    g_autofree char *path = page_path(page, "/series/SE%" G_GINT64_FORMAT ".svg", series->id);
    page_heading(page, "series", _("The series it rang in"));
    page_chart(page, path, title);
    draw_points(page, series);
}

static const FormChoice ANSWERS[] = {
    {"acknowledged", N_("seen: it is true, or somebody looks into it")},
    {"dismissed", N_("wrong: it is no surge")},
    {"new", N_("open again")},
    {NULL, NULL},
};
static const FormField FIELDS[] = {
    {"answer", N_("Answer"), NULL, FORM_CHOICE, true, 0, ANSWERS},
    {"reason", N_("Why"), N_("stays with the alarm"), FORM_LINE, true, 500, NULL},
};
static FormAct answer;
const Form FORM_ALARM = {"/alarms/*", N_("Answer the alarm"), FIELDS, G_N_ELEMENTS(FIELDS),
                         .act = answer};

static StoreAlarm *alarm_of(const WebRequest *request, GError **error)
{
    StoreKind kind;
    gint64 id;
    return store_id_read(request->rest, STORE_KIND_ALARM, &kind, &id, error)
               ? store_alarm_load(request->store, id, error)
               : NULL;
}

static void draw_answer(const Page *page, guint status)
{
    if (!app_may(page->request, WEB_ANALYSES | WEB_DOCUMENTER))
        return;
    page_heading(page, "answer", _("Answer it"));
    form_draw(page, &FORM_ALARM, page->request->rest, status == 200 ? NULL : page->request->form);
}

static void draw_alarm(const WebRequest *request, WebResponse *response, const StoreAlarm *alarm,
                       guint status, const char *problem)
{
    char printed[STORE_ID_MAX];
    g_autofree char *title =
        g_strdup_printf(_("Alarm %s"), store_id_format(STORE_KIND_ALARM, alarm->id, printed));
    Page page;
    response->status = status;
    page_begin(&page, request, response, PAGE_ALARMS, title);
    if (problem != NULL)
        page_paragraph(&page, "banner", problem);
    g_autofree char *sentence = assess_alarm_sentence(page.store, alarm, page.language);
    g_autofree char *weakness = assess_alarm_weakness(alarm, page.language);
    page_paragraph(&page, "lead", sentence);
    draw_facts(&page, alarm);
    draw_answer(&page, status);
    page_heading(&page, "wrong-if", _("What would make it wrong"));
    page_paragraph(&page, NULL, weakness);
    g_autoptr(StoreSeries) series =
        alarm->series_id != 0 ? store_series_load(page.store, alarm->series_id, NULL) : NULL;
    if (series != NULL)
        draw_series(&page, series);
    page_heading(&page, "behind", _("What stands behind it"));
    record_draw_evidence(&page, STORE_KIND_ALARM, alarm->id, SHOWN_EVIDENCE);
    proof_draw(&page, STORE_KIND_ALARM, alarm->id);
    page_end(&page);
}

void page_alarm(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreAlarm) alarm = alarm_of(request, &error);
    if (alarm == NULL)
        page_fail(request, response, error);
    else
        draw_alarm(request, response, alarm, 200, NULL);
}

static bool answer(const WebRequest *request, Store *store, FormDone *ret_done, GError **error)
{
    StoreKind kind;
    gint64 id;
    const char *word = web_form(request, "answer"), *reason = web_form(request, "reason");
    if (!store_id_read(request->rest, STORE_KIND_ALARM, &kind, &id, error))
        return false;
    ret_done->change = (AppChange){"answer", STORE_KIND_ALARM, id, word, reason};
    return assess_alarm_answer(store, id, word, reason, app_user_id(request), error);
}

void page_alarm_post(const WebRequest *request, WebResponse *response)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(StoreAlarm) alarm = alarm_of(request, &error);
    g_autoptr(Store) store = alarm != NULL ? app_store_write(request, &error) : NULL;
    if (store == NULL) {
        page_fail(request, response, error);
        return;
    }
    if (!form_run(&FORM_ALARM, request, store, &done, &problem, &error)) {
        draw_alarm(request, response, alarm, 400, problem != NULL ? problem : error->message);
        return;
    }
    g_autofree char *path =
        g_strdup_printf("/%s/alarms/%s", i18n_tag(request->language), request->rest);
    web_redirect(response, path);
}
