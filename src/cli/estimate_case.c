/* `zenhar estimate --case`: sources as lists, persons as linked, by stratum. */
#include "assess/assess.h"
#include "assess/unseen.h"
#include "base/csv.h"
#include "cli/case.h"
#include "cli/estimate_sub.h"
#include "store/person.h"
#include "store/user.h"

enum { DRAWS = 20, MOST_DRAWS = 1000 };

int estimate_print_case(CliContext *context)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(GPtrArray) all = store != NULL ? store_estimate_list(store, NULL, &error) : NULL;
    if (all == NULL)
        return cli_fail(context, error);
    g_autoptr(GString) out =
        g_string_new("id,title,method,observed,estimate,low,high,says,wrong_if\n");
    for (guint i = 0; i < all->len; i++) {
        const StoreEstimate *estimate = g_ptr_array_index(all, i);
        char id[STORE_ID_MAX];
        g_autofree char *title = assess_estimate_title(estimate, i18n_language());
        g_autofree char *says = assess_estimate_sentence(estimate, i18n_language());
        g_autofree char *weakness = assess_estimate_weakness(estimate, i18n_language());
        csv_append(out, store_id_format(STORE_KIND_ESTIMATE, estimate->id, id));
        csv_append(out, title);
        csv_append(out, estimate->method);
        csv_append_double(out, estimate->observed);
        csv_append_double(out, estimate->estimate);
        csv_append_double(out, estimate->low);
        csv_append_double(out, estimate->high);
        csv_append(out, says);
        csv_append(out, weakness);
        csv_append_end(out);
    }
    if (all->len == 0)
        cli_say(context, _("There is no estimate in this case yet. Make them: zenhar assess run."));
    CliOutput *output = cli_output_open(NULL, &error);
    if (output == NULL)
        return cli_fail(context, error);
    cli_output_write(output, out->str, out->len);
    return cli_output_close(output, &error) ? CLI_DONE : cli_fail(context, error);
}

/* ---- new ones ---- */

static bool read_draws(const EstimateArguments *arguments, guint *ret_draws, GError **error)
{
    gint64 draws = DRAWS;
    if (arguments->draws != NULL &&
        (!csv_parse_integer(arguments->draws, &draws) || draws < 0 || draws > MOST_DRAWS)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--draws %s: of a case, name how many plausible linkages to go through, from "
                      "0 to %d."),
                    arguments->draws, MOST_DRAWS);
        return false;
    }
    *ret_draws = (guint)draws;
    return true;
}

static json_t *group_json(Store *store, const AssessStratum *stratum, guint by)
{
    json_t *object = json_object();
    if ((by & ASSESS_BY_YEAR) != 0)
        json_object_set_new(object, "year",
                            stratum->year != 0 ? json_integer(stratum->year) : json_null());
    if ((by & ASSESS_BY_SOLAR_YEAR) != 0)
        json_object_set_new(object, "solar_year",
                            stratum->year != 0 ? json_integer(stratum->year) : json_null());
    if ((by & ASSESS_BY_PROVINCE) != 0) {
        g_autoptr(StorePlace) place =
            stratum->province_id != 0 ? store_place_load(store, stratum->province_id, NULL) : NULL;
        json_object_set_new(object, "province",
                            place != NULL && place->iso != NULL ? json_string(place->iso)
                                                                : json_null());
    }
    if ((by & ASSESS_BY_KIND) != 0)
        json_object_set_new(object, "kind",
                            stratum->act_kind != NULL ? json_string(stratum->act_kind)
                                                      : json_null());
    return object;
}

/* What is said of a stratum whatever came of it. */
static void describe(Store *store, const AssessStratum *stratum, guint by, json_t *object)
{
    json_t *sources = json_array();
    for (guint i = 0; i < stratum->sources->len; i++) {
        char id[STORE_ID_MAX];
        json_array_append_new(
            sources, json_string(store_id_format(STORE_KIND_SOURCE,
                                                 g_array_index(stratum->sources, gint64, i), id)));
    }
    json_object_set_new(object, "group", group_json(store, stratum, by));
    json_object_set_new(object, "title",
                        json_pack("{s:s, s:s}", "en", stratum->title[I18N_ENGLISH], "fa",
                                  stratum->title[I18N_PERSIAN]));
    json_object_set_new(object, "persons", json_real(stratum->persons));
    json_object_set_new(object, "on_other_sources_only", json_real(stratum->elsewhere));
    json_object_set_new(object, "sources", sources);
}

static void say_elsewhere(CliContext *context, const AssessStratum *stratum)
{
    if (stratum->tables == NULL || stratum->elsewhere < 0.5)
        return;
    g_autofree char *persons = i18n_integer((gint64)(stratum->elsewhere + 0.5));
    cli_say(context,
            _("%s further persons are told of only by sources that are not among the lists: for "
              "the method they are unseen, and the number in all is to hold them."),
            persons);
}

typedef struct {
    CliContext *context;
    const EstimateArguments *arguments;
    Store *store;
    guint by;
    const AssessStrata *strata;
    EstimateResult **results; /* by stratum; NULL where there is none */
    bool reliable, said;
} Run;

/* NULL with error set when the whole must stop. */
static json_t *estimate_stratum(Run *run, guint at, GError **error)
{
    const AssessStratum *stratum = run->strata->strata->pdata[at];
    const char *title = stratum->title[i18n_language()];
    g_autoptr(GError) problem = NULL;
    json_t *object = NULL;
    if (run->by != 0)
        cli_say(run->context, "— %s", title);
    if (stratum->why != NULL)
        g_set_error_literal(&problem, ZENHAR_ERROR, ZENHAR_ERROR_DATA, stratum->why);
    else
        object = estimate_answer(run->context, run->arguments,
                                 (const EstimateLists *const *)stratum->tables, stratum->n_draws,
                                 run->said, &run->results[at], &problem);
    run->said = run->said || object != NULL;
    if (object == NULL) {
        if (!g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_DATA) &&
            !g_error_matches(problem, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
        cli_say(run->context, "! %s", problem->message);
        object = json_pack("{s:s}", "error", problem->message);
        json_object_set_new(object, "observed", json_real(stratum->persons));
    }
    run->reliable = run->reliable && run->results[at] != NULL && run->results[at]->reliable;
    describe(run->store, stratum, run->by, object);
    say_elsewhere(run->context, stratum);
    return object;
}

static void add_sum(Run *run, json_t *whole)
{
    gsize n = run->strata->strata->len;
    g_autofree double *observed = g_new0(double, n + 1);
    for (gsize i = 0; i < n; i++) {
        const AssessStratum *stratum = run->strata->strata->pdata[i];
        bool told = run->results[i] != NULL && run->results[i]->reliable;
        observed[i] = told ? run->results[i]->observed : stratum->persons;
    }
    EstimateSum sum;
    if (n < 2 || !estimate_sum(n, (const EstimateResult *const *)run->results, observed,
                               (guint64)run->arguments->seed, &sum))
        return;
    g_autofree char *says = estimate_say_sum(&sum);
    cli_say(run->context, "%s", says);
    json_object_set_new(whole, "sum", estimate_sum_json(&sum));
}

static json_t *run_strata(Run *run, GError **error)
{
    json_t *groups = json_array(), *warnings = json_array();
    for (guint i = 0; i < run->strata->strata->len; i++) {
        json_t *object = estimate_stratum(run, i, error);
        if (object == NULL) {
            json_decref(groups);
            json_decref(warnings);
            return NULL;
        }
        json_array_append_new(groups, object);
    }
    for (guint i = 0; i < run->strata->warnings->len; i++) {
        cli_say(run->context, "! %s", (const char *)run->strata->warnings->pdata[i]);
        json_array_append_new(warnings, json_string(run->strata->warnings->pdata[i]));
    }
    json_t *whole;
    if (run->by == 0) {
        whole = json_incref(json_array_get(groups, 0));
        json_decref(groups);
    } else {
        whole = json_pack("{s:s, s:o}", "by", run->arguments->by, "groups", groups);
        add_sum(run, whole);
    }
    json_object_set_new(whole, "linkage_drawn", json_boolean(run->strata->drawn));
    json_object_set_new(whole, "linkage_warnings", warnings);
    return whole;
}

int estimate_case(CliContext *context, const EstimateArguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = arguments->lists != NULL ? g_strsplit(arguments->lists, ",", -1) : NULL;
    AssessUnseenOptions options = assess_unseen_options();
    options.act_kind = arguments->kind;
    options.sources = (const char *const *)names;
    options.seed = (guint64)arguments->seed;
    if ((arguments->by != NULL && !assess_by_parse(arguments->by, &options.by, &error)) ||
        !read_draws(arguments, &options.draws, &error))
        return cli_fail(context, error);
    g_autoptr(Store) store = cli_case_open(context, STORE_READ, &error);
    g_autoptr(AssessStrata) strata = store != NULL ? assess_strata(store, &options, &error) : NULL;
    if (strata == NULL)
        return cli_fail(context, error);
    g_autofree char *label = store_setting_get(store, "label", NULL);
    Run run = {context,    arguments, store,
               options.by, strata,    g_new0(EstimateResult *, strata->strata->len + 1),
               true,       false};
    json_t *whole = run_strata(&run, &error);
    int status = CLI_CANNOT;
    if (whole != NULL) {
        if (label != NULL)
            json_object_set_new(whole, "label", json_string(label));
        if (estimate_answer_write(context, arguments, whole, label, &error))
            status = run.reliable ? CLI_DONE : CLI_INCOMPLETE;
    }
    for (guint i = 0; i < strata->strata->len; i++)
        estimate_result_free(run.results[i]);
    g_free(run.results);
    return error != NULL ? cli_fail(context, error) : status;
}
