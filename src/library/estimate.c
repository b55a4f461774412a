/* library/estimate.c: multiple systems estimation. */
#include "estimate/estimate.h"

#include "library/private.h"

static bool read_options(char **words, EstimateOptions *o, GError **error)
{
    const char *method = "lcmcr";
    *o = estimate_options();
    guint64 seed = o->lcmcr.seed;
    guint replicates = (guint)o->sparse.replicates;
    const Option known[] = {
        {"method", OPTION_TEXT, &method, NULL, NULL},
        {"k", OPTION_WHOLE, &o->lcmcr.classes, NULL, NULL},
        {"a-alpha", OPTION_REAL, &o->lcmcr.a_alpha, NULL, NULL},
        {"b-alpha", OPTION_REAL, &o->lcmcr.b_alpha, NULL, NULL},
        {"burnin", OPTION_WHOLE, &o->lcmcr.burn_in, NULL, NULL},
        {"samples", OPTION_WHOLE, &o->lcmcr.samples, NULL, NULL},
        {"thin", OPTION_WHOLE, &o->lcmcr.thin, NULL, NULL},
        {"chains", OPTION_WHOLE, &o->lcmcr.chains, NULL, NULL},
        {"seed", OPTION_WHOLE64, &seed, NULL, NULL},
        {"order", OPTION_WHOLE, &o->order, NULL, NULL},
        {"stepwise", OPTION_FLAG, &o->stepwise, NULL, NULL},
        {"average", OPTION_FLAG, &o->average, NULL, NULL},
        {"threshold", OPTION_REAL, &o->sparse.threshold, NULL, NULL},
        {"bootstrap", OPTION_WHOLE, &replicates, NULL, NULL},
        {"delta", OPTION_REAL, &o->dga.delta, NULL, NULL},
        {"max-unseen", OPTION_WHOLE64, &o->dga.max_unseen, NULL, NULL},
        {"threads", OPTION_WHOLE, &o->threads, NULL, NULL},
    };
    if (!options_read(words, known, G_N_ELEMENTS(known), error) ||
        !estimate_parse_method(method, o, error))
        return false;
    o->lcmcr.seed = o->sparse.seed = seed;
    o->sparse.replicates = replicates;
    return true;
}

static EstimateLists *lists_of(unsigned n_lists, size_t n_patterns, const uint32_t *patterns,
                               const uint64_t *counts, GError **error)
{
    g_autoptr(EstimateLists) lists = estimate_lists_new(n_lists, NULL, error);
    for (size_t i = 0; lists != NULL && i < n_patterns; i++) {
        if (patterns[i] >= (uint32_t)1 << n_lists) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                        _("Pattern %u names a list beyond the %u there are."), patterns[i],
                        n_lists);
            return NULL;
        }
        if (!estimate_lists_add(lists, patterns[i], counts[i], error))
            return NULL;
    }
    return g_steal_pointer(&lists);
}

int zenhar_estimate(unsigned n_lists, size_t n_patterns, const uint32_t *patterns,
                    const uint64_t *counts, const char *options, double *estimate,
                    double quantiles[ZENHAR_QUANTILES], char **json)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = options_split(options);
    EstimateOptions o;
    if (!read_options(words, &o, &error))
        return library_fail(error);
    g_autoptr(EstimateLists) lists = lists_of(n_lists, n_patterns, patterns, counts, &error);
    g_autoptr(EstimateResult) result = lists != NULL ? estimate_run(lists, &o, &error) : NULL;
    if (result == NULL)
        return library_fail(error);
    if (json != NULL) {
        json_t *answer = estimate_result_json(result);
        char *text = json_dumps(answer, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
        json_decref(answer);
        if (text == NULL) {
            g_set_error(&error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY, _("Not enough memory."));
            return library_fail(error);
        }
        *json = text;
    }
    if (estimate != NULL)
        *estimate = result->estimate;
    for (int i = 0; quantiles != NULL && i < ZENHAR_QUANTILES; i++)
        quantiles[i] = result->quantiles[i];
    library_done();
    return result->reliable ? ZENHAR_DONE : ZENHAR_DOUBTFUL;
}
