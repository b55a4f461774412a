/* What the JSON API can do. */
#include "appeal/appeal.h"
#include "assess/grade.h"
#include "intake/import.h"
#include "intake/search.h"
#include "store/link.h"
#include "store/query_web.h"
#include "store/record.h"
#include "store/signal.h"
#include "store/user.h"
#include "web/api.h"
#include "web/forms.h"
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
    g_autoptr(Store) store = app_store_write(api->request, error);
    char *dumped = json_dumps(api->body, JSON_COMPACT);
    g_autofree char *line = g_strconcat(dumped, "\n", NULL);
    free(dumped); /* jansson's own allocator */
    const IntakeOptions options = {.format = INTAKE_FORMAT_JSONL, .source = given(api, "source")};
    IntakeSummary summary = {0};
    json_t *answer = NULL;
    const AppChange change = {"add", STORE_KIND_NONE, 0, NULL, NULL};
    const bool done =
        store != NULL && store_begin(store, error) &&
        intake_import_bytes(store, line, strlen(line), "api.jsonl", &options, &summary, error);
    if (store != NULL && app_change_end(store, api->request, done, &change, error))
        answer = json_pack("{s:I, s:I, s:I}", "added", (json_int_t)summary.added, "known",
                           (json_int_t)(summary.duplicates + summary.known_files), "quarantined",
                           (json_int_t)summary.quarantined);
    intake_summary_clear(&summary);
    return answer;
}

static json_t *grade(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    AssessGrade wanted;
    guint n = 0;
    g_autoptr(Store) store = app_store_write(api->request, error);
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
static const ApiField GRADE_FIELDS[] = {
    {"grade", "Admiralty scale: B2, E5", true},
    {"why", "stays in the audit trail", true},
    {NULL, NULL, false},
};

static const ApiField PAIRS_FIELDS[] = {
    {"limit", "how many: 20, at most 200", false},
    {NULL, NULL, false},
};

#define READS(path, summary, rest, fields, run)                                                    \
    {                                                                                              \
        path, false, 0, summary, rest, fields, run, NULL                                           \
    }
#define DOES(path, summary, rest, form)                                                            \
    {                                                                                              \
        path, true, 0, summary, rest, NULL, NULL, form                                             \
    }

const ApiRoute API_ROUTES[] = {
    READS("/api/overview", "Counts of the case", NULL, NULL, overview),
    READS("/api/lists/*", "Records of a kind, page by page, without long texts",
          "report, statement, person, act, source, original, series, alarm, estimate, figure, ask, "
          "…",
          LIST_FIELDS, list),
    READS("/api/records/*", "One record", "its id: R12, AL3", NULL, one),
    READS("/api/trace/*", "What a record rests on, one step down", "its id", NULL, trace),
    READS("/api/search", "Reports by words, newest first", NULL, SEARCH_FIELDS, search),
    READS("/api/series/*", "Points of a series: counts, expected, bound, alarms", "its id: SE3",
          NULL, series),
    READS("/api/clock", "Asks, since when, and who has answered", NULL, NULL, asked),
    READS("/api/pairs", "Pairs of statements that wait for a look, most worth it first", NULL,
          PAIRS_FIELDS, api_pairs),
    READS("/api/pairs/*", "One pair, with what each field says of it, in bits",
          "two statements: T4-T9", NULL, api_pair),
    READS("/api/letters/*",
          "A letter's text as it stands, and the hash that a change or a seal names", "its id: AP3",
          NULL, api_letter),
    {"/api/reports", true, WEB_KEEPS_REPORTS, "Add a report", NULL, REPORT_FIELDS, add_report,
     NULL},
    {"/api/grades/*", true, WEB_KEEPS_REPORTS, "Grade a source or a report", "its id: S3, R12",
     GRADE_FIELDS, grade, NULL},
    DOES("/api/corrections/*", "Correct a report", "its id: R12", &FORM_CORRECT),
    DOES("/api/quarantine/*",
         "Mend a record in quarantine, or drop it; the id is the report that it became, or its own "
         "when it can still not be read",
         "its id: Q4", &FORM_MEND),
    DOES("/api/pairs/*", "Say whether two statements speak of one person", "two statements: T4-T9",
         &FORM_REVIEW),
    DOES("/api/undo/*", "Take a linkage back", "its id: LK12, JN3, VD5", &FORM_UNDO),
    DOES("/api/alarms/*", "Answer an alarm", "its id: AL3", &FORM_ALARM),
    DOES("/api/ratings", "Rate an indicator of the risk factors, in the name of the token's maker",
         NULL, &FORM_RATE),
    DOES("/api/asks", "Write an ask down", NULL, &FORM_ASK),
    DOES("/api/letters", "Compose a draft out of asks", NULL, &FORM_COMPOSE),
    DOES("/api/drafts/*", "Change a draft's text; seen: of GET /api/letters/{id}", "its id: AP3",
         &FORM_DRAFT),
    DOES("/api/seals/*", "Seal a letter; text: seen, of GET /api/letters/{id}", "its id: AP3",
         &FORM_SEAL),
    DOES("/api/signatories/*",
         "Ask somebody to sign; the link that is answered opens once and is shown only here",
         "the letter: AP3", &FORM_INVITE),
    DOES("/api/signatures/*", "Enter a signature by key", "the letter: AP3", &FORM_KEYED),
    DOES("/api/withdrawals/*", "Withdraw a signatory", "its id: SG2", &FORM_WITHDRAW),
    DOES("/api/receipts/*", "A letter was posted or handed over", "the delivery: DL3",
         &FORM_RECEIPT),
    DOES("/api/responses/*", "An answer came, or a body took a step",
         "a delivery or an ask: DL3, AK2", &FORM_RESPOND),
    DOES("/api/judgements/*", "What a mail that came back says", "the answer: RS4", &FORM_JUDGE),
    DOES("/api/measures", "Write down a step of a state", NULL, &FORM_STEP),
    DOES("/api/views", "Save a search under a name", NULL, &FORM_VIEW),
    DOES("/api/views/*", "Remove a saved search", "its id: ST9", &FORM_VIEW_REMOVE),
    {NULL, false, 0, NULL, NULL, NULL, NULL, NULL},
};

const ApiNot API_NOT[] = {
    {&FORM_ENTER, "gets a person in, with a second factor"},
    {&FORM_PASSWORD_CHANGE, "a person's own"},
    {&FORM_TOTP, "a person's own"},
    {&FORM_USER_NEW, "accounts are given by people (or `zenhar user`)"},
    {&FORM_USER_CHANGE, "accounts are changed by people (or `zenhar user`)"},
    {&FORM_REVEAL, "sealed fields never leave by this interface"},
    {&FORM_REVIEW_NAMES, "sealed fields never leave by this interface"},
    {&FORM_SEND, "a sender without an account has no token"},
    {&FORM_SEND_BACK, "a sender without an account has no token"},
    {&FORM_SEND_MORE, "a sender without an account has no token"},
    {&FORM_DELIVER, "a letter goes out when a person has seen it as it goes"},
    {&FORM_PRINT, "gives a PDF to whoever stands at the printer"},
    {&FORM_WHAT_IF, "reckons and keeps nothing (`zenhar appeal agenda` writes CSV)"},
    {&FORM_ADD, "POST /api/reports adds reports"},
    {&FORM_PASTE, "POST /api/reports adds reports"},
    {&FORM_UPLOAD, "files are read by `zenhar import`, `zenhar watch`"},
    {NULL, NULL},
};
