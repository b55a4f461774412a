/* What people do by forms, done by programs: every form of the case is among the API's lines or is
 * named with a reason; each field of each of them missing, of another kind, unknown, full of
 * markup; and the ways from reports to letters walked by a program alone, in its token's name. */
#include "letters.h"
#include "sample.h"
#include "session.h"
#include "web/api.h"
#include "web/forms.h"

static gint64 maker; /* of the token: an account */

static char *bearer(const char *role, const char *scopes, gint64 *ret_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = writing();
    g_autofree char *secret =
        api_token_new(store, "a program", role, scopes, 0, maker, ret_id, &error);
    g_assert_no_error(error);
    return g_strdup_printf("Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
                           secret);
}

/* The answer's object; transfers. */
static json_t *ask(const char *method, const char *path, const char *header, const char *body,
                   guint *ret_status)
{
    RawAnswer answer;
    raw_request(web_port(web), method, path, header, body, &answer);
    g_assert_null(strstr(answer.text, SECRET));
    json_t *object = json_loads(answer.body, 0, NULL);
    *ret_status = answer.status;
    g_assert_nonnull(object);
    raw_clear(&answer);
    return object;
}

/* ---- the audit line that cannot be written ---- */

static gint lines_fail; /* the server's threads read it */

bool __real_store_audit_add(Store *store, StoreAudit *entry, GError **error);
bool __wrap_store_audit_add(Store *store, StoreAudit *entry, GError **error);

/* Stands in for store_audit_add (the linker's --wrap). */
bool __wrap_store_audit_add(Store *store, StoreAudit *entry, GError **error)
{
    if (g_atomic_int_get(&lines_fail) == 0)
        return __real_store_audit_add(store, entry, error);
    g_atomic_int_inc(&lines_fail);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "The line could not be written.");
    return false;
}

/* What is asked for does not stand without its line. */
static void refused_without_its_line(const char *path, const char *header, const char *body)
{
    const gint64 before = log_size();
    guint status;
    g_atomic_int_set(&lines_fail, 1);
    json_decref(ask("POST", path, header, body, &status));
    g_test_message("%s: %u", path, status);
    g_assert_cmpint(g_atomic_int_get(&lines_fail), ==, 2); /* it came to that */
    g_atomic_int_set(&lines_fail, 0);
    g_assert_cmpuint(status, ==, 500);
    g_assert_cmpint(log_size(), ==, before);
}

/* ---- all forms ---- */

static void each_form_is_here_or_named(void)
{
    for (gsize f = 0; WEB_FORMS[f] != NULL; f++) {
        guint n = 0;
        for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++)
            n += route->form == WEB_FORMS[f];
        for (const ApiNot *none = API_NOT; none->form != NULL; none++)
            n += none->form == WEB_FORMS[f] && none->reason[0] != '\0';
        g_test_message("%s", WEB_FORMS[f]->path);
        g_assert_cmpuint(n, ==, 1);
    }
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++)
        if (route->form != NULL)
            g_assert_nonnull(route->form->act);
}

/* ---- each field ---- */

static json_t *good_json(const FormField *field)
{
    if (field->kind == FORM_DAY)
        return json_string("2025-06-28");
    const FormChoice *choice = field->choices;
    while (field->kind == FORM_CHOICE && choice->value[0] == '\0')
        choice++;
    if (field->kind == FORM_CHOICE)
        return json_string(choice->value);
    return field->kind == FORM_MANY ? json_pack("[s]", "AK1") : json_string("x");
}

/* `value` is stolen; NULL: the field is left out. */
static guint send(const ApiRoute *route, const char *header, const char *name, json_t *value)
{
    const WebRoute like = {route->path, WEB_POST, NULL, 0};
    g_autofree char *path = sample_of(&like);
    json_t *body = json_object();
    for (gsize i = 0; i < route->form->n_fields; i++)
        if (route->form->fields[i].kind != FORM_FILE)
            json_object_set_new(body, route->form->fields[i].name,
                                good_json(&route->form->fields[i]));
    json_object_del(body, name);
    if (value != NULL)
        json_object_set_new(body, name, value);
    char *text = json_dumps(body, 0);
    guint status;
    json_t *answer = ask("POST", path, header, text, &status);
    g_test_message("%s %s: %u", path, name, status);
    g_assert_true((status == 200) == (json_object_get(answer, "error") == NULL));
    json_decref(answer);
    json_decref(body);
    free(text); /* jansson's own allocator */
    return status;
}

static void refused(const ApiRoute *route, const char *header, const char *name, json_t *value)
{
    const gint64 before = log_size();
    g_assert_cmpuint(send(route, header, name, value), ==, 400);
    g_assert_cmpint(log_size(), ==, before);
}

static void fields_of_another_kind_change_nothing(gconstpointer data)
{
    const ApiRoute *route = data;
    gint64 id;
    g_autofree char *header = bearer("administrator", "read write", &id);
    refused(route, header, "typo", json_string("x"));
    for (gsize i = 0; i < route->form->n_fields; i++) {
        const FormField *field = &route->form->fields[i];
        if (field->kind == FORM_FILE)
            continue;
        const guint most = field->most != 0 ? field->most : 1000;
        refused(route, header, field->name, json_integer(7));
        refused(route, header, field->name, json_null());
        refused(route, header, field->name, json_pack("{}"));
        refused(route, header, field->name, json_pack("[i]", 1));
        g_autofree char *too_long = g_strnfill(most + 1, 'y');
        if (field->kind != FORM_MANY)
            refused(route, header, field->name, json_string(too_long));
        refused(route, header, field->name, json_stringn("a\0b", 3));
        if (field->required) {
            refused(route, header, field->name, NULL);
            refused(route, header, field->name, json_string(" "));
        }
    }
}

/* Whatever becomes of it: never a failure of ours, and what is refused changes nothing. */
static void markup_is_a_text_or_refused(gconstpointer data)
{
    const ApiRoute *route = data;
    gint64 id;
    g_autofree char *header = bearer("administrator", "read write", &id);
    for (gsize i = 0; i < route->form->n_fields; i++) {
        const FormField *field = &route->form->fields[i];
        if (field->kind == FORM_FILE)
            continue;
        g_autofree char *value = g_strndup(ATTACK, field->most != 0 ? field->most : 1000);
        const gint64 before = log_size();
        const guint status = send(route, header, field->name, json_string(value));
        g_assert_true(status == 200 || status == 400 || status == 404);
        if (status != 200)
            g_assert_cmpint(log_size(), ==, before);
    }
}

/* ---- the ways of a program ---- */

/* Done, with the id of what came of it (transfers; NULL none), in the token's name. */
static char *done(const char *path, const char *header, gint64 token, const char *body)
{
    g_autoptr(GError) error = NULL;
    guint status;
    refused_without_its_line(path, header, body);
    json_t *answer = ask("POST", path, header, body, &status);
    if (status != 200)
        g_error("%s: %s", path, json_string_value(json_object_get(answer, "error")));
    g_assert_true(json_is_true(json_object_get(answer, "changed")));
    g_autoptr(Store) store = reading();
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) entries = store_audit_list(store, &last, &error);
    const StoreAudit *entry = entries->pdata[0];
    g_autofree char *actor = g_strdup_printf("token:TK%" G_GINT64_FORMAT, token);
    g_assert_cmpstr(entry->actor, ==, actor);
    g_assert_cmpint(entry->user_id, ==, maker);
    g_assert_cmpstr(entry->action, ==, json_string_value(json_object_get(answer, "did")));
    char *id = g_strdup(json_string_value(json_object_get(answer, "id")));
    json_decref(answer);
    return id;
}

static guint status_of(const char *path, const char *header, const char *body)
{
    guint status;
    json_decref(ask("POST", path, header, body, &status));
    return status;
}

/* A pair is read with its weights, judged, and taken back. */
static void a_pair_is_judged(void)
{
    gint64 token;
    guint status;
    g_autofree char *header = bearer("analyst", "read write", &token);
    json_t *pair = ask("GET", "/api/pairs/T61-T62", header, NULL, &status);
    g_assert_cmpuint(status, ==, 200);
    g_assert_cmpstr(json_string_value(json_object_get(pair, "left")), ==, "T61");
    const json_t *fields = json_object_get(pair, "fields");
    double bits = json_number_value(json_object_get(pair, "prior_bits"));
    gsize i;
    json_t *field;
    json_array_foreach(fields, i, field) bits += json_number_value(json_object_get(field, "bits"));
    if (json_array_size(fields) > 0)
        g_assert_cmpfloat_with_epsilon(
            bits, json_number_value(json_object_get(pair, "weight_bits")), 0.01); /* kept rounded */
    json_decref(pair);
    g_free(done("/api/pairs/T61-T62", header, token,
                "{\"answer\":\"different\",\"reason\":\"two brothers\"}"));
    g_assert_cmpuint(status_of("/api/pairs/T61-T999", header, "{\"answer\":\"same\"}"), ==, 400);
    json_t *verdicts = ask("GET", "/api/lists/verdict?newest=true&limit=1", header, NULL, &status);
    const json_t *verdict = json_array_get(json_object_get(verdicts, "records"), 0);
    g_autofree char *undo =
        g_strconcat("/api/undo/", json_string_value(json_object_get(verdict, "id")), NULL);
    json_decref(verdicts);
    g_free(done(undo, header, token, "{\"reason\":\"they were looked up\"}"));
    g_autofree char *reader = bearer("reader", "read write", &token);
    g_assert_cmpuint(status_of("/api/pairs/T61-T62", reader, "{\"answer\":\"same\"}"), ==, 403);
}

static void an_indicator_is_rated_in_the_makers_name(void)
{
    gint64 token;
    g_autoptr(GError) error = NULL;
    g_autofree char *header = bearer("analyst", "read write", &token);
    g_free(done("/api/ratings", header, token,
                "{\"indicator\":\"7.8\",\"decision\":\"rate\",\"level\":\"2\",\"standard\":"
                "\"grounds\",\"evidence\":\"R5\",\"reason\":\"as reported\"}"));
    g_autoptr(Store) store = reading();
    const StorePage last = {.limit = 1, .descending = true};
    g_autoptr(GPtrArray) ratings = store_judgement_list(store, &last, &error);
    g_assert_no_error(error);
    g_autoptr(StoreUser) user = store_user_load(store, maker, &error);
    g_assert_cmpstr(((const StoreJudgement *)ratings->pdata[0])->analyst, ==, user->name);
}

static void a_report_is_corrected_and_an_alarm_answered(void)
{
    gint64 token;
    g_autofree char *header = bearer("documenter", "read write", &token);
    g_autofree char *report =
        done("/api/corrections/R7", header, token,
             "{\"date\":\"1404-04-08\",\"state\":\"reviewed\",\"reason\":\"the day was misread\"}");
    g_assert_cmpstr(report, ==, "R7");
    g_autoptr(Store) store = reading();
    g_autoptr(StoreReport) now = store_report_load(store, 7, NULL);
    g_assert_cmpstr(now->event_date, ==, "2025-06-29");
    g_free(done("/api/alarms/AL1", header, token,
                "{\"answer\":\"acknowledged\",\"reason\":\"a lawyer looks into it\"}"));
    g_free(done("/api/views", header, token, "{\"name\":\"arrests\",\"kind\":\"arrest\"}"));
}

static void a_report_is_added_and_graded_with_its_line(void)
{
    static const struct {
        const char *path, *body, *said;
    } WRITES[] = {
        {"/api/reports",
         "{\"date\":\"2025-06-28\",\"kind\":\"arrest\",\"text\":\"Told to us\",\"source\":\"One\"}",
         "added"},
        {"/api/grades/R7", "{\"grade\":\"E5\",\"why\":\"hearsay\"}", "reports"},
    };
    gint64 token;
    g_autofree char *header = bearer("documenter", "read write", &token);
    for (gsize i = 0; i < G_N_ELEMENTS(WRITES); i++) {
        guint status;
        refused_without_its_line(WRITES[i].path, header, WRITES[i].body);
        json_t *answer = ask("POST", WRITES[i].path, header, WRITES[i].body, &status);
        g_assert_cmpuint(status, ==, 200);
        g_assert_cmpint(json_integer_value(json_object_get(answer, WRITES[i].said)), ==, 1);
        json_decref(answer);
        g_autoptr(Store) store = reading();
        const StorePage last = {.limit = 1, .descending = true};
        g_autoptr(GPtrArray) entries = store_audit_list(store, &last, NULL);
        g_autofree char *actor = g_strdup_printf("token:TK%" G_GINT64_FORMAT, token);
        g_assert_cmpstr(((const StoreAudit *)entries->pdata[0])->actor, ==, actor);
    }
}

/* From an ask to an answer, without a page. */
static void a_letter_is_written_sealed_and_answered(void)
{
    gint64 token;
    guint status;
    g_autofree char *header = bearer("advocate", "read write", &token);
    g_autofree char *rests =
        g_strdup_printf("{\"title\":\"Access\",\"text\":\"Let observers in.\",\"basis\":\"HRC "
                        "S-35/1\",\"offices\":\"SG\",\"rests\":\"FN%" G_GINT64_FORMAT "\"}",
                        finding);
    g_autofree char *ask_id = done("/api/asks", header, token, rests);
    g_autofree char *compose = g_strdup_printf("{\"to\":\"RC%" G_GINT64_FORMAT
                                               "\",\"asks\":[\"AK2\",\"%s\"],\"language\":\"en\","
                                               "\"voice\":\"appeal\",\"date\":\"2025-12-01\"}",
                                               by_post, ask_id);
    g_autofree char *letter = done("/api/letters", header, token, compose);
    g_autofree char *path = g_strconcat("/api/letters/", letter, NULL);
    json_t *text = ask("GET", path, header, NULL, &status);
    g_assert_cmpuint(status, ==, 200);
    g_assert_true(json_is_true(json_object_get(text, "open")));
    g_autofree char *seals = g_strconcat("/api/seals/", letter, NULL);
    g_autofree char *seal = g_strdup_printf("{\"text\":\"%s\",\"strict\":\"no\"}",
                                            json_string_value(json_object_get(text, "seen")));
    g_assert_cmpuint(status_of(seals, header, "{\"text\":\"another\",\"strict\":\"no\"}"), ==, 400);
    g_free(done(seals, header, token, seal));
    json_decref(text);
    text = ask("GET", path, header, NULL, &status);
    g_assert_true(json_is_false(json_object_get(text, "open")));
    json_decref(text);

    g_autofree char *sign = g_strconcat("/api/signatories/", letter, NULL);
    json_t *invited = ask("POST", sign, header,
                          "{\"how\":\"named\",\"name\":\"A group\",\"days\":\"14\"}", &status);
    g_assert_cmpuint(status, ==, 200);
    g_assert_nonnull(strstr(json_string_value(json_object_get(invited, "link")), "/sign/"));
    g_autofree char *withdraw =
        g_strconcat("/api/withdrawals/", json_string_value(json_object_get(invited, "id")), NULL);
    json_decref(invited);
    g_free(done(withdraw, header, token, "{\"reason\":\"they asked for it\"}"));

    g_free(done("/api/responses/AK2", header, token,
                "{\"kind\":\"acts\",\"day\":\"2025-09-01\",\"text\":\"A debate was held\","
                "\"source\":\"UN News, 1 September 2025\"}"));
    g_free(done("/api/measures", header, token,
                "{\"state\":\"France\",\"measure\":\"DIP-17\",\"status\":\"taken\",\"day\":"
                "\"2025-10-01\",\"text\":\"Recalled\",\"source\":\"The ministry, 1 October "
                "2025\"}"));
}

static void a_draft_is_changed_and_says_so_once(void)
{
    gint64 token;
    guint status;
    g_autofree char *header = bearer("advocate", "read write", &token);
    g_autofree char *compose = g_strdup_printf(
        "{\"to\":\"RC%" G_GINT64_FORMAT "\",\"asks\":[\"AK2\"],\"language\":\"en\",\"voice\":"
        "\"appeal\",\"date\":\"2025-12-02\"}",
        by_mail);
    g_autofree char *letter = done("/api/letters", header, token, compose);
    g_autofree char *path = g_strconcat("/api/letters/", letter, NULL);
    g_autofree char *drafts = g_strconcat("/api/drafts/", letter, NULL);
    json_t *text = ask("GET", path, header, NULL, &status);
    json_object_del(text, "id");
    json_object_del(text, "open");
    json_object_set_new(text, "reason", json_string("a plainer subject"));
    json_object_set_new(text, "subject", json_string("Arrests in Iran"));
    /* the case is full of signs that no letter may carry */
    g_autoptr(GString) clean = g_string_new(json_string_value(json_object_get(text, "text")));
    g_string_replace(clean, "\u202e", "", 0);
    g_string_replace(clean, "\x01", "", 0);
    json_object_set_new(text, "text", json_string(clean->str));
    char *body = json_dumps(text, 0);
    g_free(done(drafts, header, token, body));
    g_assert_cmpuint(status_of(drafts, header, body), ==, 400); /* another text stands there now */
    json_t *now = ask("GET", path, header, NULL, &status);
    json_object_set(text, "seen", json_object_get(now, "seen"));
    free(body); /* jansson's own allocator */
    body = json_dumps(text, 0);
    const gint64 before = log_size();
    json_t *again = ask("POST", drafts, header, body, &status);
    g_assert_cmpuint(status, ==, 200);
    g_assert_true(json_is_false(json_object_get(again, "changed")));
    g_assert_cmpint(log_size(), ==, before);
    free(body);
    json_decref(again);
    json_decref(now);
    json_decref(text);
}

/* The trail tells a program apart, beside who made its token. */
static void the_trail_names_the_program(void)
{
    g_autofree char *form_token = NULL, *header = session_of(WEB_ADMINISTRATOR, &form_token);
    RawAnswer page;
    get("/en/audit", header, &page);
    g_assert_cmpuint(page.status, ==, 200);
    g_assert_nonnull(strstr(page.text, ">a program<"));
    raw_clear(&page);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(sodium_init(), >=, 0);
    case_make();
    facts_load();
    cookie = log_in();
    maker = 3;
    g_test_add_func("/web/api/forms/all", each_form_is_here_or_named);
    g_test_add_func("/web/api/forms/pair", a_pair_is_judged);
    g_test_add_func("/web/api/forms/rating", an_indicator_is_rated_in_the_makers_name);
    g_test_add_func("/web/api/forms/report", a_report_is_corrected_and_an_alarm_answered);
    g_test_add_func("/web/api/forms/added", a_report_is_added_and_graded_with_its_line);
    g_test_add_func("/web/api/forms/letter", a_letter_is_written_sealed_and_answered);
    g_test_add_func("/web/api/forms/draft", a_draft_is_changed_and_says_so_once);
    g_test_add_func("/web/api/forms/trail", the_trail_names_the_program);
    for (const ApiRoute *route = API_ROUTES; route->path != NULL; route++) {
        if (route->form == NULL || route->form->n_fields == 0)
            continue;
        g_autofree char *kind = g_strdup_printf("/web/api/forms/kind%s", route->path + 4);
        g_autofree char *markup = g_strdup_printf("/web/api/forms/markup%s", route->path + 4);
        g_test_add_data_func(kind, route, fields_of_another_kind_change_nothing);
        g_test_add_data_func(markup, route, markup_is_a_text_or_refused);
    }
    const int status = g_test_run();
    web_stop(web);
    g_free(cookie);
    g_free(folder);
    return status;
}
