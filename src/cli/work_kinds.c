/* cli/work_kinds.c: the work of each kind of job. What it is about is a JSON object; each of these
 * is one that may be run twice: an import goes on from its last position and adds no record twice,
 * a linkage and an assessment of what was done before write nothing. */
#include "cli/work.h"

#include "assess/assess.h"
#include "base/progress.h"
#include "intake/formats.h"
#include "intake/import.h"
#include "intake/join.h"
#include "intake/spool.h"
#include "intake/summary.h"
#include "render/render.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

/* ---- what it is about ---- */

static char *dump(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS), *copy = g_strdup(text);
    free(text);
    json_decref(object);
    return copy;
}

char *work_import_payload(gint64 original_id, const char *name, const char *options)
{
    json_t *object = json_loads(options, 0, NULL);
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_assert(json_is_object(object));
    json_object_set_new(object, "original", json_integer(original_id));
    json_object_set_new(object, "name", json_string(valid));
    return dump(object);
}

char *work_link_payload(bool again)
{
    return dump(json_pack("{s:b}", "again", (int)again));
}

char *work_link_part_payload(const char *folder, const guint8 *key, guint stage, gint64 unit)
{
    char hex[2 * INTAKE_SPOOL_KEY_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, key, INTAKE_SPOOL_KEY_BYTES);
    char *payload = dump(json_pack("{s:s, s:s, s:I, s:I}", "folder", folder, "key", hex, "stage",
                                   (json_int_t)stage, "unit", (json_int_t)unit));
    sodium_memzero(hex, sizeof hex);
    return payload;
}

char *work_report_payload(I18nLanguage language)
{
    return dump(json_pack("{s:s}", "lang", i18n_tag(language)));
}

/* NULL with error set: it is none of ours. */
static json_t *payload_of(const StoreJob *job, GError **error)
{
    gsize n = 0;
    const char *bytes = job->payload != NULL ? g_bytes_get_data(job->payload, &n) : NULL;
    json_t *object = bytes != NULL ? json_loadb(bytes, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(object))
        return object;
    json_decref(object);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("Job %" G_GINT64_FORMAT " does not say what it is about."), job->id);
    return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static GBytes *bytes_of(char *text)
{
    return g_bytes_new_take(text, strlen(text));
}

/* ---- the kinds ---- */

static bool run_import(Store *store, const StoreJob *job, GBytes **ret_result, GError **error)
{
    json_t *about = payload_of(job, error);
    if (about == NULL)
        return false;
    const char *name = text_of(about, "name"), *grade = text_of(about, "reliability");
    const char *format = text_of(about, "format");
    const IntakeOptions options = {
        .format = intake_format_parse(format != NULL ? format : "auto"),
        .source = text_of(about, "source"),
        .reliability = grade != NULL ? grade[0] : 0,
        .credibility = (int)json_integer_value(json_object_get(about, "credibility")),
        .language = text_of(about, "language"),
        .synthetic = json_is_true(json_object_get(about, "synthetic")),
    };
    IntakeSummary summary = {0};
    const bool done =
        intake_import_sealed(store, json_integer_value(json_object_get(about, "original")),
                             name != NULL ? name : "", &options, &summary, error);
    if (done)
        *ret_result = bytes_of(intake_summary_json(&summary));
    intake_summary_clear(&summary);
    json_decref(about);
    return done;
}

static bool not_stopped(void *context, guint64 done, guint64 total)
{
    (void)context, (void)done, (void)total;
    return !progress_interrupted();
}

static bool run_link(Store *store, const StoreJob *job, GBytes **ret_result, GError **error)
{
    json_t *about = payload_of(job, error);
    if (about == NULL)
        return false;
    IntakeJoinOptions options = intake_join_options_default();
    IntakeJoinSummary summary;
    options.again = json_is_true(json_object_get(about, "again"));
    options.progress = not_stopped;
    const bool done = intake_join(store, &options, &summary, error);
    if (done)
        *ret_result = bytes_of(dump(
            json_pack("{s:I, s:I, s:I, s:I, s:I}", "statements", (json_int_t)summary.statements,
                      "new_statements", (json_int_t)summary.new_statements, "persons_added",
                      (json_int_t)summary.persons_added, "joined", (json_int_t)summary.merges,
                      "acts_added", (json_int_t)summary.acts_added)));
    json_decref(about);
    return done;
}

/* Touches no record of the case: its queue alone is used. */
static bool run_link_part(Store *store, const StoreJob *job, GBytes **ret_result, GError **error)
{
    (void)store, (void)ret_result;
    json_t *about = payload_of(job, error);
    if (about == NULL)
        return false;
    guint8 key[INTAKE_SPOOL_KEY_BYTES] = {0};
    size_t n_key = 0;
    const char *folder = text_of(about, "folder"), *hex = text_of(about, "key");
    const gint64 stage = json_integer_value(json_object_get(about, "stage"));
    bool done = folder != NULL && hex != NULL && stage >= 0 && stage < intake_spool_n_stages() &&
                sodium_hex2bin(key, sizeof key, hex, strlen(hex), NULL, &n_key, NULL) == 0 &&
                n_key == sizeof key;
    if (!done) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("Job %" G_GINT64_FORMAT " does not say what it is about."), job->id);
    } else {
        g_autoptr(IntakeSpool) spool = intake_spool_open(folder, key, error);
        done = spool != NULL &&
               intake_spool_unit(spool, (guint)stage,
                                 json_integer_value(json_object_get(about, "unit")), error);
    }
    sodium_memzero(key, sizeof key);
    json_decref(about);
    return done;
}

static bool run_scan(Store *store, const StoreJob *job, GBytes **ret_result, GError **error)
{
    (void)job;
    const AssessOptions options = assess_options();
    AssessSummary summary = {0};
    char id[STORE_ID_MAX];
    if (!assess_run(store, &options, &summary, error))
        return false;
    store_id_format(STORE_KIND_ASSESSMENT, summary.assessment_id, id);
    *ret_result = bytes_of(dump(
        json_pack("{s:s, s:b, s:I, s:I}", "assessment", id, "changed", (int)summary.changed,
                  "series", (json_int_t)summary.n_series, "alarms", (json_int_t)summary.n_alarms)));
    assess_summary_clear(&summary);
    return true;
}

static bool run_report(Store *store, const StoreJob *job, GBytes **ret_result, GError **error)
{
    I18nLanguage language = I18N_ENGLISH;
    json_t *about = payload_of(job, error);
    if (about == NULL)
        return false;
    const char *tag = text_of(about, "lang");
    if (tag != NULL)
        i18n_parse_language(tag, &language);
    *ret_result = render_situation_draw(store, language, error);
    json_decref(about);
    return *ret_result != NULL;
}

static const WorkKind KINDS[] = {
    {"import", run_import, false}, {"link", run_link, false},          {"scan", run_scan, false},
    {"report", run_report, false}, {"link-part", run_link_part, true},
};

const WorkKind *work_kind_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    return NULL;
}

const char *work_kind_names(void)
{
    return "import link scan report";
}

char *work_kinds_known(void)
{
    GString *names = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", KINDS[i].name);
    return g_string_free(names, FALSE);
}
