/* What people do by forms, done by programs: the same tables, the same acts (form.h), as JSON. */
#include "appeal/edit.h"
#include "appeal/sign.h"
#include "intake/join.h"
#include "render/pair.h"
#include "store/appeal.h"
#include "web/api.h"
#include <math.h>
#include <string.h>

enum { PAIRS = 20, PAIRS_MOST = 200 };

/* ---- a body as a form ---- */

static bool refuse(GError **error, const char *sentence, const char *name)
{
    g_autofree char *words = g_strdup_printf(sentence, name);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, words);
    return false;
}

static const FormField *field_of(const Form *form, const char *name)
{
    for (gsize i = 0; i < form->n_fields; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return &form->fields[i];
    return NULL;
}

/* Ids of a FORM_MANY: ["AK1", "AK2"]. NULL: it holds something else. Transfers. */
static char *words_of(const json_t *array)
{
    g_autoptr(GString) words = g_string_new(NULL);
    gsize i;
    const json_t *value;
    json_array_foreach(array, i, value)
    {
        if (!json_is_string(value))
            return NULL;
        g_string_append_printf(words, "%s%s", i > 0 ? " " : "", json_string_value(value));
    }
    return g_strdup(words->str);
}

/* A name that is none of the form's is told: it is a slip of the pen, and its value would be lost.
 */
static bool take_field(const Form *form, const char *name, const json_t *value, GHashTable *values,
                       GError **error)
{
    const FormField *field = field_of(form, name);
    g_autofree char *text = NULL;
    if (field == NULL || field->kind == FORM_FILE)
        return refuse(error, _("There is no field “%s” here."), name);
    if (json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value))
        text = g_strdup(json_string_value(value));
    else if (json_is_array(value) && field->kind == FORM_MANY)
        text = words_of(value);
    if (text == NULL)
        return refuse(error, _("“%s” is a text."), name);
    g_hash_table_replace(values, g_strdup(name), g_steal_pointer(&text));
    return true;
}

static GHashTable *values_of(const Form *form, json_t *body, GError **error)
{
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *name;
    json_t *value;
    json_object_foreach(body, name,
                        value) if (!take_field(form, name, value, values, error)) return NULL;
    return g_steal_pointer(&values);
}

json_t *api_form_run(const Api *api, const Form *form, GError **error)
{
    g_autofree char *problem = NULL;
    g_auto(FormDone) done = {0};
    g_autoptr(GHashTable) values = values_of(form, api->body, error);
    g_autoptr(Store) store = values != NULL ? app_store_write(api->request, error) : NULL;
    if (store == NULL)
        return NULL;
    WebRequest request = *api->request;
    request.form = values;
    if (!form_run(form, &request, store, &done, &problem, error)) {
        if (problem != NULL)
            g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE, problem);
        return NULL;
    }
    char id[STORE_ID_MAX];
    const AppChange *change = &done.change;
    json_t *answer = json_pack("{s:s, s:b}", "did", change->action, "changed", (int)!done.nothing);
    if (change->kind != STORE_KIND_NONE && change->id != 0)
        json_object_set_new(answer, "id",
                            json_string(store_id_format(change->kind, change->id, id)));
    if (done.secret != NULL)
        json_object_set_new(answer, "link", json_string(done.secret));
    return answer;
}

/* ---- its description ---- */

/* Titles are message ids: English, as the description is. */
static json_t *property(const FormField *field)
{
    json_t *object = json_object();
    g_autofree char *words = field->hint != NULL
                                 ? g_strdup_printf("%s: %s", field->title, field->hint)
                                 : g_strdup(field->title);
    json_object_set_new(object, "description", json_string(words));
    if (field->kind == FORM_MANY) {
        json_object_set_new(object, "type", json_string("array"));
        json_object_set_new(object, "items", json_pack("{s:s}", "type", "string"));
        return object;
    }
    json_object_set_new(object, "type", json_string("string"));
    if (field->kind == FORM_CHOICE) {
        json_t *choices = json_array();
        for (const FormChoice *choice = field->choices; choice->value != NULL; choice++)
            json_array_append_new(choices, json_string(choice->value));
        json_object_set_new(object, "enum", choices);
    } else if (field->most != 0) {
        json_object_set_new(object, "maxLength", json_integer(field->most));
    }
    return object;
}

json_t *api_form_schema(const Form *form)
{
    json_t *properties = json_object(), *required = json_array();
    for (gsize i = 0; i < form->n_fields; i++) {
        const FormField *field = &form->fields[i];
        if (field->kind == FORM_FILE)
            continue;
        json_object_set_new(properties, field->name, property(field));
        if (field->required)
            json_array_append_new(required, json_string(field->name));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

/* ---- pairs ---- */

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* A pair with its waterfall: the prior and each field's weight make up the whole. */
static json_t *pair_json(const IntakeReviewPair *pair)
{
    char left[STORE_ID_MAX], right[STORE_ID_MAX];
    char left_person[STORE_ID_MAX], right_person[STORE_ID_MAX];
    g_autofree char *name = render_pair_name(pair);
    json_t *fields = json_array();
    for (guint i = 0; i < pair->n_fields; i++)
        json_array_append_new(
            fields,
            json_pack("{s:s, s:s?, s:o}", "field", pair->fields[i], "level", pair->levels[i],
                      "bits", pair->levels[i] != NULL ? real_or_null(pair->bits[i]) : json_null()));
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", name, "left",
        store_id_format(STORE_KIND_STATEMENT, pair->left, left), "right",
        store_id_format(STORE_KIND_STATEMENT, pair->right, right), "left_person",
        pair->left_person != 0
            ? json_string(store_id_format(STORE_KIND_PERSON, pair->left_person, left_person))
            : json_null(),
        "right_person",
        pair->right_person != 0
            ? json_string(store_id_format(STORE_KIND_PERSON, pair->right_person, right_person))
            : json_null(),
        "probability", real_or_null(pair->probability), "weight_bits",
        real_or_null(pair->weight_bits), "prior_bits", real_or_null(pair->prior_bits), "fields",
        fields);
}

json_t *api_pairs(const Api *api, GError **error)
{
    const gint64 limit = g_ascii_strtoll(web_query(api->request, "limit"), NULL, 10);
    const gsize most = (gsize)(limit <= 0 ? PAIRS : MIN(limit, PAIRS_MOST));
    g_autoptr(IntakeReview) review = intake_join_review(api->store, most, error);
    if (review == NULL)
        return NULL;
    json_t *pairs = json_array();
    for (gsize i = 0; i < review->n; i++)
        json_array_append_new(pairs, pair_json(&review->pairs[i]));
    return json_pack("{s:I, s:o}", "waiting", (json_int_t)review->waiting, "pairs", pairs);
}

json_t *api_pair(const Api *api, GError **error)
{
    gint64 left, right;
    IntakeReviewPair pair;
    return render_pair_parse(api->request->rest, &left, &right, error) &&
                   intake_join_pair(api->store, left, right, &pair, error)
               ? pair_json(&pair)
               : NULL;
}

/* ---- a letter's text ---- */

json_t *api_letter(const Api *api, GError **error)
{
    StoreKind kind;
    gint64 id;
    g_auto(AppealText) text = {0};
    g_autofree char *seen = NULL;
    if (!store_id_read(api->request->rest, STORE_KIND_APPEAL, &kind, &id, error) ||
        !appeal_text_load(api->store, id, &text, &seen, error))
        return NULL;
    return json_pack("{s:s, s:s?, s:b, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}", "id",
                     api->request->rest, "seen", seen, "open",
                     (int)appeal_text_open(api->store, id, NULL), "subject", text.subject,
                     "salutation", text.salutation, "text", text.text, "closing", text.closing,
                     "signature", text.signature, "letterhead", text.letterhead);
}
