/* estimate/words.c: an estimate in plain sentences and in JSON. */
#include "base/i18n.h"
#include "estimate/estimate.h"

#include <math.h>
#include <string.h>

static char *whole(double number)
{
    if (!isfinite(number))
        return g_strdup(_("no upper end"));
    return i18n_integer((gint64)llround(number));
}

char *estimate_say_result(const EstimateResult *result)
{
    g_autofree char *observed = whole(result->observed);
    g_autofree char *estimate = whole(result->estimate);
    g_autofree char *lower = whole(result->quantiles[0]);
    g_autofree char *upper = whole(result->quantiles[4]);
    if (!result->reliable)
        return g_strdup_printf(_("%s persons are on at least one list. The number in all, with "
                                 "those on no list, cannot "
                                 "be given from these lists by this method; the warnings say why."),
                               observed);
    if (!isfinite(result->quantiles[4]))
        return g_strdup_printf(_("%s persons are on at least one list. With those on no list, the "
                                 "method finds at least %s and no upper end."),
                               observed, lower);
    g_autofree char *unseen = whole(result->estimate - result->observed);
    return g_strdup_printf(_("%s persons are on at least one list. With those on no list the "
                             "number is estimated at %s "
                             "(%s of them on no list); the 95 %% interval runs from %s to %s."),
                           observed, estimate, unseen, lower, upper);
}

char *estimate_say_sum(const EstimateSum *sum)
{
    g_autofree char *groups = i18n_integer((gint64)sum->n_strata);
    g_autofree char *estimate = whole(sum->estimate);
    g_autofree char *lower = whole(sum->quantiles[0]);
    g_autofree char *upper = whole(sum->quantiles[4]);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text,
                           _("The %s groups together: %s, 95 %% interval from %s to %s. A person "
                             "who is in several groups counts in each."),
                           groups, estimate, lower, upper);
    if (sum->n_without > 0) {
        g_autofree char *without = i18n_integer((gint64)sum->n_without);
        g_autofree char *observed = whole(sum->only_observed);
        g_string_append_c(text, ' ');
        g_string_append_printf(text,
                               _("%s of them have no estimate and enter with their %s persons as "
                                 "counted: the sum is too low by all whom their lists miss."),
                               without, observed);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *estimate_say_assumption(const EstimateResult *result)
{
    const char *own = "";
    switch (result->options.method) {
    case ESTIMATE_LCMCR:
        own =
            _("Persons fall into a few kinds; within a kind, being on one list does not change the "
              "chance of being on another.");
        break;
    case ESTIMATE_LOGLINEAR:
    case ESTIMATE_SPARSE:
        own = _("Dependence between lists is as the chosen model has it, and the dependence among "
                "all lists at once, which no data can show, is none.");
        break;
    case ESTIMATE_DGA:
        own =
            _("Dependence between lists follows one of the graphs averaged over, with a prior of a "
              "fraction of a person in each combination.");
        break;
    case ESTIMATE_CLOSED:
        own = result->options.closed == ESTIMATE_MB || result->options.closed == ESTIMATE_MBH
                  ? _("The lists follow each other in time, and being on one changes the chance of "
                      "being on the later ones in the same way for all.")
                  : _("Chances of being on a list differ between persons in the one way that the "
                      "model has, and not otherwise.");
        break;
    }
    return g_strdup_printf(
        "%s %s", own,
        _("Each person is matched across the lists without error, belongs to the group that is "
          "counted, and could have been on any list."));
}

char *estimate_say_weakness(const EstimateResult *result)
{
    GString *text = g_string_new(
        _("A missed match between lists makes the number too high, a false match too low. Persons "
          "whom no list could ever reach are not in it. A list copied from another makes it too "
          "low."));
    if (result->n_lists == 2)
        g_string_append_printf(text, " %s",
                               _("With two lists nothing in the data can show any of this."));
    if (result->n_draws > 1) {
        g_autofree char *draws = i18n_integer((gint64)result->n_draws);
        g_string_append_c(text, ' ');
        g_string_append_printf(text,
                               _("The interval covers %s plausible ways of matching reports to "
                                 "persons, not one."),
                               draws);
        if (result->within + result->between > 0) {
            g_autofree char *share =
                i18n_integer(llround(100 * result->between / (result->within + result->between)));
            g_string_append_c(text, ' ');
            g_string_append_printf(
                text, _("Of the uncertainty (as variance) %s %% is the matching's."), share);
        }
    }
    return g_string_free(text, FALSE);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *string(const char *text)
{
    json_t *made = json_string(text);
    return made != NULL ? made : json_null(); /* a name that is not UTF-8 */
}

static json_t *sentences_in(const EstimateResult *result, I18nLanguage language)
{
    I18nLanguage before = i18n_language();
    i18n_set_language(language);
    g_autofree char *says = estimate_say_result(result);
    g_autofree char *assumes = estimate_say_assumption(result);
    g_autofree char *breaks = estimate_say_weakness(result);
    i18n_set_language(before);
    json_t *object = json_object();
    json_object_set_new(object, "says", string(says));
    json_object_set_new(object, "assumes", string(assumes));
    json_object_set_new(object, "breaks", string(breaks));
    return object;
}

static json_t *options_json(const EstimateResult *result)
{
    const EstimateOptions *options = &result->options;
    json_t *object = json_object();
    switch (options->method) {
    case ESTIMATE_LCMCR:
        json_object_set_new(object, "k", json_integer(options->lcmcr.classes));
        json_object_set_new(object, "a_alpha", number(options->lcmcr.a_alpha));
        json_object_set_new(object, "b_alpha", number(options->lcmcr.b_alpha));
        json_object_set_new(object, "burnin", json_integer(options->lcmcr.burn_in));
        json_object_set_new(object, "samples", json_integer(options->lcmcr.samples));
        json_object_set_new(object, "thin", json_integer(options->lcmcr.thin));
        json_object_set_new(object, "chains", json_integer(options->lcmcr.chains));
        break;
    case ESTIMATE_LOGLINEAR:
        json_object_set_new(object, "order", json_integer(options->order));
        json_object_set_new(object, "average", json_boolean(options->average));
        json_object_set_new(
            object, "stepwise",
            json_boolean(result->models != NULL ? result->models->searched : options->stepwise));
        break;
    case ESTIMATE_SPARSE:
        json_object_set_new(object, "threshold", number(options->sparse.threshold));
        json_object_set_new(object, "bootstrap", json_integer(options->sparse.replicates));
        break;
    case ESTIMATE_DGA:
        json_object_set_new(object, "delta", number(options->dga.delta));
        json_object_set_new(object, "max_unseen",
                            json_integer((json_int_t)options->dga.max_unseen));
        break;
    case ESTIMATE_CLOSED:
        break;
    }
    return object;
}

static json_t *model_json(const EstimateModel *model)
{
    json_t *object = json_object();
    json_object_set_new(object, "model", string(model->name));
    json_object_set_new(object, "abundance", number(model->abundance));
    json_object_set_new(object, "stderr", number(model->standard_error));
    json_object_set_new(object, "deviance", number(model->deviance));
    json_object_set_new(object, "df", json_integer(model->degrees_of_freedom));
    json_object_set_new(object, "AIC", number(model->aic));
    json_object_set_new(object, "BIC", number(model->bic));
    json_object_set_new(object, "corrected", number(model->corrected_abundance));
    json_object_set_new(object, "weight", number(model->weight));
    json_object_set_new(object, "usable", json_boolean(model->usable));
    return object;
}

static json_t *diagnostics_json(const EstimateResult *result)
{
    json_t *object = json_object();
    json_object_set_new(object, "reliable", json_boolean(result->reliable));
    if (result->has_diagnostics) {
        json_object_set_new(object, "converged", json_boolean(result->diagnostics.converged));
        json_object_set_new(object, "rhat", number(result->diagnostics.r_hat));
        json_object_set_new(object, "ess_bulk", number(result->diagnostics.ess_bulk));
        json_object_set_new(object, "ess_tail", number(result->diagnostics.ess_tail));
        json_object_set_new(object, "classes_used", number(result->classes_used));
    }
    if (!isnan(result->at_bound))
        json_object_set_new(object, "at_bound", number(result->at_bound));
    json_t *warnings = json_array();
    for (guint i = 0; i < result->warnings->len; i++)
        json_array_append_new(warnings, string(result->warnings->pdata[i]));
    json_object_set_new(object, "warnings", warnings);
    return object;
}

/* What the draws of plausible lists add, and what each would have chosen. */
static json_t *linkage_json(const EstimateResult *result)
{
    double all = result->within + result->between;
    json_t *object = json_object();
    json_object_set_new(object, "draws", json_integer((json_int_t)result->n_draws));
    json_object_set_new(object, "doubtful", json_integer((json_int_t)result->n_doubtful));
    json_object_set_new(object, "sd_within", number(sqrt(result->within)));
    json_object_set_new(object, "sd_between", number(sqrt(result->between)));
    json_object_set_new(object, "share_of_variance", number(all > 0 ? result->between / all : NAN));
    json_t *models = json_array();
    for (gsize i = 0; i < result->n_chosen; i++) {
        json_t *model = json_object();
        json_object_set_new(model, "model", string(result->chosen[i].model));
        json_object_set_new(model, "draws", json_integer((json_int_t)result->chosen[i].draws));
        json_array_append_new(models, model);
    }
    json_object_set_new(object, "models", models);
    return object;
}

static void add_models(json_t *object, const EstimateResult *result)
{
    if (result->options.method == ESTIMATE_CLOSED && result->n_draws == 1)
        json_object_set_new(object, "fit", model_json(&result->model_fit));
    if (result->models != NULL) {
        double mean, deviation;
        estimate_models_average(result->models, &mean, &deviation);
        guint64 observed = (guint64)llround(result->observed);
        json_t *average = json_object();
        json_object_set_new(average, "estimate", number(mean));
        json_object_set_new(average, "sd", number(deviation));
        json_object_set_new(average, "q025",
                            number(estimate_models_quantile(result->models, observed, 0.025)));
        json_object_set_new(average, "q50",
                            number(estimate_models_quantile(result->models, observed, 0.5)));
        json_object_set_new(average, "q975",
                            number(estimate_models_quantile(result->models, observed, 0.975)));
        json_object_set_new(object, "bic_average", average);
        json_t *models = json_array();
        for (gsize i = 0; i < result->models->n_models; i++)
            json_array_append_new(models, model_json(&result->models->models[i]));
        json_object_set_new(object, "models", models);
    }
    if (result->graphs != NULL) {
        json_t *graphs = json_array();
        for (gsize i = 0; i < result->n_graphs && result->graphs[i].probability > 1e-6; i++) {
            json_t *graph = json_object();
            json_object_set_new(graph, "model", string(result->graphs[i].name));
            json_object_set_new(graph, "posterior", number(result->graphs[i].probability));
            json_array_append_new(graphs, graph);
        }
        json_object_set_new(object, "graphs", graphs);
    }
}

/* Shares of the distribution between equal steps, for a plot; its outermost thousandths are left
 * out of the range and told as `below` and `above`. */
static json_t *distribution_json(const EstimateResult *result)
{
    enum { BINS = 50, TAIL = ESTIMATE_SPREAD / 1000 };
    double low = result->spread[TAIL], high = result->spread[ESTIMATE_SPREAD - 1 - TAIL];
    if (!isfinite(low) || !isfinite(high) || !(high > low))
        return json_null();
    double width = (high - low) / BINS, below = 0, above = 0, shares[BINS] = {0};
    for (gsize i = 0; i < ESTIMATE_SPREAD; i++) {
        double value = result->spread[i];
        if (value < low)
            below += 1.0 / ESTIMATE_SPREAD;
        else if (value > high)
            above += 1.0 / ESTIMATE_SPREAD;
        else
            shares[MIN((gsize)((value - low) / width), BINS - 1)] += 1.0 / ESTIMATE_SPREAD;
    }
    json_t *array = json_array();
    for (gsize bin = 0; bin < BINS; bin++)
        json_array_append_new(array, json_real(shares[bin]));
    return json_pack("{s:f, s:f, s:f, s:f, s:o}", "from", low, "to", high, "below", below, "above",
                     above, "shares", array);
}

json_t *estimate_result_json(const EstimateResult *result)
{
    static const char *const NAMES[ESTIMATE_N_QUANTILES] = {"q025", "q25", "q50", "q75", "q975"};
    json_t *object = json_object();
    if (object == NULL)
        return NULL;
    bool seeded =
        result->options.method == ESTIMATE_LCMCR || result->options.method == ESTIMATE_SPARSE;
    guint64 seed = result->options.method == ESTIMATE_SPARSE ? result->options.sparse.seed
                                                             : result->options.lcmcr.seed;
    json_object_set_new(object, "method", string(estimate_method_name(&result->options)));
    json_object_set_new(object, "options", options_json(result));
    json_object_set_new(object, "seed", seeded ? json_integer((json_int_t)seed) : json_null());
    json_object_set_new(object, "lists", json_integer(result->n_lists));
    json_object_set_new(object, "draws", json_integer((json_int_t)result->n_draws));
    json_object_set_new(object, "observed",
                        result->n_draws == 1 ? json_integer((json_int_t)result->observed)
                                             : number(result->observed));
    if (result->n_draws > 1) {
        json_object_set_new(object, "observed_low", number(result->observed_low));
        json_object_set_new(object, "observed_high", number(result->observed_high));
        json_object_set_new(object, "linkage", linkage_json(result));
    }
    json_object_set_new(object, "estimate", number(result->estimate));
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        json_object_set_new(object, NAMES[q], number(result->quantiles[q]));
    json_object_set_new(object, "mean", number(result->mean));
    json_object_set_new(object, "sd", number(result->deviation));
    json_object_set_new(object, "corrected", number(result->corrected));
    json_object_set_new(object, "model",
                        result->model[0] != '\0' ? string(result->model) : json_null());
    json_object_set_new(object, "diagnostics", diagnostics_json(result));
    json_object_set_new(object, "distribution", distribution_json(result));
    add_models(object, result);
    json_t *sentences = json_object();
    json_object_set_new(sentences, "en", sentences_in(result, I18N_ENGLISH));
    json_object_set_new(sentences, "fa", sentences_in(result, I18N_PERSIAN));
    json_object_set_new(object, "sentences", sentences);
    return object;
}

json_t *estimate_sum_json(const EstimateSum *sum)
{
    static const char *const NAMES[ESTIMATE_N_QUANTILES] = {"q025", "q25", "q50", "q75", "q975"};
    json_t *object = json_object();
    json_object_set_new(object, "groups", json_integer((json_int_t)sum->n_strata));
    json_object_set_new(object, "without_estimate", json_integer((json_int_t)sum->n_without));
    json_object_set_new(object, "only_observed", number(sum->only_observed));
    json_object_set_new(object, "observed", number(sum->observed));
    json_object_set_new(object, "estimate", number(sum->estimate));
    for (gsize q = 0; q < ESTIMATE_N_QUANTILES; q++)
        json_object_set_new(object, NAMES[q], number(sum->quantiles[q]));
    json_object_set_new(object, "mean", number(sum->mean));
    json_object_set_new(object, "sd", number(sum->deviation));
    json_t *sentences = json_object();
    for (int language = 0; language < 2; language++) {
        I18nLanguage before = i18n_language();
        i18n_set_language((I18nLanguage)language);
        g_autofree char *says = estimate_say_sum(sum);
        i18n_set_language(before);
        json_object_set_new(sentences, i18n_tag((I18nLanguage)language), string(says));
    }
    json_object_set_new(object, "sentences", sentences);
    return object;
}

typedef struct {
    uint32_t mask;
    uint64_t count;
} Pattern;

static gint larger_first(gconstpointer a, gconstpointer b)
{
    const Pattern *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return (left->mask > right->mask) - (left->mask < right->mask);
}

json_t *estimate_overlaps_json(const EstimateLists *lists)
{
    g_autoptr(GArray) patterns = g_array_new(FALSE, FALSE, sizeof(Pattern));
    for (uint32_t mask = 1; mask < lists->n_patterns; mask++)
        if (lists->counts[mask] > 0) {
            Pattern pattern = {mask, lists->counts[mask]};
            g_array_append_val(patterns, pattern);
        }
    g_array_sort(patterns, larger_first);
    json_t *array = json_array();
    for (guint i = 0; i < patterns->len; i++) {
        const Pattern *pattern = &g_array_index(patterns, Pattern, i);
        json_t *row = json_object(), *names = json_array();
        for (guint j = 0; j < lists->n_lists; j++)
            if (pattern->mask >> j & 1)
                json_array_append_new(names, string(lists->names[j]));
        json_object_set_new(row, "lists", names);
        json_object_set_new(row, "count", json_integer((json_int_t)pattern->count));
        json_array_append_new(array, row);
    }
    return array;
}
