/* What the JSON API can do. */
#include "appeal/appeal.h"
#include "assess/alarm.h"
#include "assess/grade.h"
#include "intake/import.h"
#include "intake/search.h"
#include "store/link.h"
#include "store/query_web.h"
#include "store/record.h"
#include "store/signal.h"
#include "store/user.h"
#include "web/api.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 100, LIMIT_MOST = 1000 };

static WebRole role_of(const Api *api)
{
    WebRole role = WEB_READER;
    web_role_parse(api->token->role, &role);
    return role;
}

static const char *given(const Api *api, const char *name)
{
    const char *text = json_string_value(json_object_get(api->body, name));
    return text != NULL ? text : "";
}

static Store *store_write(const Api *api, GError **error)
{
    return app_store_write(api->request, error);
}

/* In the name of the token and of who made it. */
static bool audit(const Api *api, Store *store, const char *action, StoreKind kind, gint64 id,
                  const char *reason, GError **error)
{
    char token[STORE_ID_MAX];
    g_autoptr(StoreAudit) entry = store_audit_new();
    entry->user_id = api->token->user_id;
    entry->action = g_strdup(action);
    entry->target_kind = (gint32)kind;
    entry->target_id = id;
    entry->field = g_strdup(store_id_format(STORE_KIND_TOKEN, api->token->id, token));
    entry->reason = g_strdup(reason);
    return store_audit_add(store, entry, error);
}

/* ---- reading ---- */

static json_t *overview(const Api *api, GError **error)
{
    StoreWebTotals t;
    if (!store_web_totals(api->store, &t, error))
        return NULL;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "reports", (json_int_t)t.reports,
                     "statements", (json_int_t)t.statements, "sources", (json_int_t)t.sources,
                     "originals", (json_int_t)t.originals, "persons", (json_int_t)t.persons, "acts",
                     (json_int_t)t.acts, "quarantined", (json_int_t)t.quarantined);
}

static bool open_kind(const Api *api, const char *word, StoreKind *ret_kind, GError **error)
{
    for (int kind = 1; kind < STORE_N_KINDS; kind++)
        if (strcmp(store_kind_name((StoreKind)kind), word) == 0 &&
            api_kind_is_open((StoreKind)kind, role_of(api))) {
            *ret_kind = (StoreKind)kind;
            return true;
        }
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("There is no list called “%s” here."), word);
    return false;
}

static StorePage page_of(const Api *api)
{
    const gint64 limit = g_ascii_strtoll(web_query(api->request, "limit"), NULL, 10);
    return (StorePage){.after = MAX(0, g_ascii_strtoll(web_query(api->request, "after"), NULL, 10)),
                       .limit = (gsize)(limit <= 0 ? LIMIT : MIN(limit, LIMIT_MOST)),
                       .descending = strcmp(web_query(api->request, "newest"), "true") == 0};
}

static json_t *list(const Api *api, GError **error)
{
    StoreKind kind;
    g_autoptr(GError) problem = NULL;
    const StorePage page = page_of(api);
    if (!open_kind(api, api->request->rest, &kind, error))
        return NULL;
    if (strcmp(web_query(api->request, "format"), "csv") == 0) {
        api->response->content_type = "text/csv; charset=utf-8";
        return api_list_csv(api->store, kind, &page, api->response->body, error) ? json_null()
                                                                                 : NULL;
    }
    g_autoptr(StoreCursor) cursor = store_record_cursor(api->store, kind, &page, error);
    if (cursor == NULL)
        return NULL;
    json_t *records = json_array();
    gint64 last = 0;
    for (const void *record; (record = store_record_next(cursor, kind, &problem)) != NULL;) {
        json_array_append_new(records, api_record(kind, record, false));
        last = store_record_id(record);
    }
    const bool more = json_array_size(records) == page.limit;
    json_t *object = json_pack("{s:o, s:o}", "records", records, "next",
                               more ? json_integer(last) : json_null());
    if (problem == NULL)
        return object;
    json_decref(object);
    g_propagate_error(error, g_steal_pointer(&problem));
    return NULL;
}

/* The kind and number of the path's id, of a kind that may leave. */
static bool id_of(const Api *api, StoreKind *ret_kind, gint64 *ret_id, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (store_id_read(api->request->rest, STORE_KIND_NONE, ret_kind, ret_id, &why) &&
        api_kind_is_open(*ret_kind, role_of(api)))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no record “%s” here."),
                api->request->rest);
    return false;
}

static json_t *one(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    void *record =
        id_of(api, &kind, &id, error) ? store_record_load(api->store, kind, id, error) : NULL;
    if (record == NULL)
        return NULL;
    json_t *object = api_record(kind, record, true);
    store_record_free(kind, record);
    return object;
}

static json_t *trace(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    if (!id_of(api, &kind, &id, error) || store_log_position(api->store, kind, id, error) < 0)
        return NULL;
    g_autoptr(GArray) steps = store_trace_step(api->store, kind, id, LIMIT_MOST, error);
    if (steps == NULL)
        return NULL;
    json_t *rests = json_array();
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        char text[STORE_ID_MAX];
        json_array_append_new(rests, json_pack("{s:s, s:s}", "id",
                                               store_id_format(step->kind, step->id, text), "role",
                                               step->role));
    }
    return json_pack("{s:s, s:o}", "id", api->request->rest, "rests_on", rests);
}

static json_t *search(const Api *api, GError **error)
{
    const StorePage page = page_of(api);
    g_autofree char *folded = intake_search_fold(web_query(api->request, "q"));
    const StoreWebFind wanted = {.folded_query = folded,
                                 .from_day = G_MININT32,
                                 .to_day = G_MAXINT32,
                                 .below = page.after,
                                 .limit = page.limit};
    g_autoptr(GArray) ids = store_web_find(api->store, &wanted, error);
    if (ids == NULL)
        return NULL;
    json_t *reports = json_array();
    for (guint i = 0; i < ids->len; i++) {
        char text[STORE_ID_MAX];
        json_array_append_new(
            reports,
            json_string(store_id_format(STORE_KIND_REPORT, g_array_index(ids, gint64, i), text)));
    }
    const bool more = ids->len == page.limit;
    return json_pack("{s:o, s:o}", "reports", reports, "next",
                     more ? json_integer(g_array_index(ids, gint64, ids->len - 1)) : json_null());
}

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *series(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    g_autoptr(StoreSeries) found = NULL;
    if (id_of(api, &kind, &id, error) && kind == STORE_KIND_SERIES)
        found = store_series_load(api->store, id, error);
    if (found == NULL) {
        if (error != NULL && *error == NULL)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                        _("There is no record “%s” here."), api->request->rest);
        return NULL;
    }
    gsize n;
    const StoreSeriesPoint *points = store_series_points(found, &n);
    json_t *list_of = json_array();
    for (gsize i = 0; i < n; i++)
        json_array_append_new(
            list_of, json_pack("{s:i, s:o, s:o, s:o, s:b}", "first_day", (int)points[i].first_day,
                               "observed", real_or_null(points[i].observed), "expected",
                               real_or_null(points[i].expected), "upper",
                               real_or_null(points[i].upper), "alarm", (int)(points[i].alarm > 0)));
    return json_pack("{s:s, s:o}", "id", api->request->rest, "points", list_of);
}

static json_t *asked(const Api *api, GError **error)
{
    g_autoptr(GPtrArray) rows = appeal_clock(api->store, 0, G_MININT32, error);
    if (rows == NULL)
        return NULL;
    json_t *asks = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const AppealClockRow *row = rows->pdata[i];
        json_array_append_new(asks, json_pack("{s:s?, s:s?, s:s, s:i, s:i, s:i, s:s}", "code",
                                              row->code, "title", row->title, "state", row->state,
                                              "days", (int)row->days, "written_to",
                                              (int)row->n_written_to, "answered",
                                              (int)row->n_answered, "sentence", row->sentence));
    }
    return json_pack("{s:o}", "asks", asks);
}

/* ---- writing ---- */

static json_t *add_report(const Api *api, GError **error)
{
    g_autoptr(Store) store = store_write(api, error);
    char *dumped = json_dumps(api->body, JSON_COMPACT);
    g_autofree char *line = g_strconcat(dumped, "\n", NULL);
    free(dumped); /* jansson's own allocator */
    const IntakeOptions options = {.format = INTAKE_FORMAT_JSONL, .source = given(api, "source")};
    IntakeSummary summary = {0};
    json_t *answer = NULL;
    if (store != NULL &&
        intake_import_bytes(store, line, strlen(line), "api.jsonl", &options, &summary, error) &&
        audit(api, store, "add", STORE_KIND_NONE, 0, NULL, error))
        answer = json_pack("{s:I, s:I, s:I}", "added", (json_int_t)summary.added, "known",
                           (json_int_t)(summary.duplicates + summary.known_files), "quarantined",
                           (json_int_t)summary.quarantined);
    intake_summary_clear(&summary);
    return answer;
}

static json_t *answer_alarm(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    g_autoptr(Store) store = store_write(api, error);
    const bool done =
        store != NULL && store_id_read(api->request->rest, STORE_KIND_ALARM, &kind, &id, error) &&
        assess_alarm_answer(store, id, given(api, "answer"), given(api, "reason"),
                            api->token->user_id, error) &&
        audit(api, store, "answer", STORE_KIND_ALARM, id, given(api, "reason"), error);
    return done ? json_pack("{s:s, s:s}", "id", api->request->rest, "status", given(api, "answer"))
                : NULL;
}

static json_t *grade(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    AssessGrade wanted;
    guint n = 0;
    g_autoptr(Store) store = store_write(api, error);
    const bool done = store != NULL &&
                      store_id_read(api->request->rest, STORE_KIND_NONE, &kind, &id, error) &&
                      assess_grade_parse(given(api, "grade"), &wanted, error) &&
                      assess_grade_set(store, kind, id, wanted, given(api, "why"),
                                       api->token->user_id, &n, error);
    return done ? json_pack("{s:s, s:i}", "id", api->request->rest, "reports", (int)n) : NULL;
}

/* ---- the table ---- */

static const ApiField LIST_FIELDS[] = {
    {"after", "only records beyond that number (`next` of the answer before)", false},
    {"limit", "how many: 100, at most 1000", false},
    {"newest", "true: newest first", false},
    {"format", "csv: a table instead of JSON", false},
    {NULL, NULL, false},
};
static const ApiField SEARCH_FIELDS[] = {
    {"q", "words, Persian or English; * after a word for its beginning", false},
    {"after", "only reports below that number (`next` of the answer before)", false},
    {"limit", "how many: 100, at most 1000", false},
    {NULL, NULL, false},
};
static const ApiField REPORT_FIELDS[] = {
    {"date", "EDTF, Gregorian or Solar Hijri", true},
    {"place", "as written", false},
    {"kind", "arrest, summons, execution, …", false},
    {"name", "of the person; is sealed", false},
    {"father", "father's name; is sealed", false},
    {"count", "persons", false},
    {"text", "what is told", true},
    {"source", "who tells it", true},
    {"reliability", "A to F", false},
    {"credibility", "1 to 6", false},
    {NULL, NULL, false},
};
static const ApiField ALARM_FIELDS[] = {
    {"answer", "acknowledged, dismissed or new", true},
    {"reason", "stays with the alarm", true},
    {NULL, NULL, false},
};
static const ApiField GRADE_FIELDS[] = {
    {"grade", "Admiralty scale: B2, E5", true},
    {"why", "stays in the audit trail", true},
    {NULL, NULL, false},
};

const ApiRoute API_ROUTES[] = {
    {"/api/overview", false, 0, "Counts of the case", NULL, NULL, overview},
    {"/api/lists/*", false, 0, "Records of a kind, page by page, without long texts",
     "report, statement, person, act, source, original, series, alarm, estimate, figure, ask, …",
     LIST_FIELDS, list},
    {"/api/records/*", false, 0, "One record", "its id: R12, AL3", NULL, one},
    {"/api/trace/*", false, 0, "What a record rests on, one step down", "its id", NULL, trace},
    {"/api/search", false, 0, "Reports by words, newest first", NULL, SEARCH_FIELDS, search},
    {"/api/series/*", false, 0, "Points of a series: counts, expected, bound, alarms",
     "its id: SE3", NULL, series},
    {"/api/clock", false, 0, "Asks, since when, and who has answered", NULL, NULL, asked},
    {"/api/reports", true, WEB_KEEPS_REPORTS, "Add a report", NULL, REPORT_FIELDS, add_report},
    {"/api/alarms/*", true, WEB_ANALYSES | WEB_DOCUMENTER, "Answer an alarm", "its id: AL3",
     ALARM_FIELDS, answer_alarm},
    {"/api/grades/*", true, WEB_KEEPS_REPORTS, "Grade a source or a report", "its id: S3, R12",
     GRADE_FIELDS, grade},
    {NULL, false, 0, NULL, NULL, NULL, NULL},
};
