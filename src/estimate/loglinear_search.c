/* estimate/loglinear_search.c: all hierarchical models, or the best found by steps; their average.
 *
 * Enumeration walks the terms from pairs upward; a term may enter only when
 * all its parts of one list fewer are in. For four lists and pairs there are
 * 64 models, for five lists up to order four 6,893 with all main terms. */
#include "base/i18n.h"
#include "base/workers.h"
#include "estimate/loglinear_private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    guint n_lists, n_terms;
    uint32_t *terms; /* every term of 2 … order lists, by size */
    bool *in;
    EstimateModels *models; /* terms only, not fitted */
    gsize room;
    bool too_many, no_memory;
} Walk;

static bool parts_are_in(const Walk *walk, guint k)
{
    uint32_t term = walk->terms[k];
    if (__builtin_popcount(term) == 2)
        return true;
    for (uint32_t rest = term; rest != 0; rest &= rest - 1) {
        uint32_t part = term & ~(rest & -rest);
        bool found = false;
        for (guint m = 0; m < k && !found; m++)
            found = walk->terms[m] == part && walk->in[m];
        if (!found)
            return false;
    }
    return true;
}

static void keep_model(Walk *walk)
{
    EstimateModels *models = walk->models;
    if (models->n_models == ESTIMATE_MAX_MODELS) {
        walk->too_many = true;
        return;
    }
    if (models->n_models == walk->room) {
        gsize room = walk->room == 0 ? 64 : 2 * walk->room;
        EstimateModel *grown = realloc(models->models, room * sizeof *grown);
        if (grown == NULL) {
            walk->no_memory = true;
            return;
        }
        models->models = grown;
        walk->room = room;
    }
    EstimateModel *model = &models->models[models->n_models];
    *model = (EstimateModel){0};
    model->terms = malloc((walk->n_terms + 1) * sizeof *model->terms);
    if (model->terms == NULL) {
        walk->no_memory = true;
        return;
    }
    for (guint k = 0; k < walk->n_terms; k++)
        if (walk->in[k])
            model->terms[model->n_terms++] = walk->terms[k];
    models->n_models++;
}

static void walk_terms(Walk *walk, guint k)
{
    if (walk->too_many || walk->no_memory)
        return;
    if (k == walk->n_terms) {
        keep_model(walk);
        return;
    }
    if (parts_are_in(walk, k)) {
        walk->in[k] = true;
        walk_terms(walk, k + 1);
    }
    walk->in[k] = false;
    walk_terms(walk, k + 1);
}

static bool list_terms(guint n_lists, guint order, uint32_t **ret_terms, guint *ret_n)
{
    uint32_t *terms = malloc(((gsize)1 << n_lists) * sizeof *terms);
    if (terms == NULL)
        return false;
    guint n = 0;
    for (uint32_t mask = 1; mask < (uint32_t)1 << n_lists; mask++) {
        int size = __builtin_popcount(mask);
        if (size >= 2 && size <= (int)order)
            terms[n++] = mask;
    }
    qsort(terms, n, sizeof *terms, estimate_term_compare);
    *ret_terms = terms;
    *ret_n = n;
    return true;
}

void estimate_models_free(EstimateModels *models)
{
    if (models == NULL)
        return;
    for (gsize i = 0; i < models->n_models; i++)
        free(models->models[i].terms);
    free(models->models);
    free(models);
}

typedef struct {
    const EstimateLists *lists;
    EstimateModel *models;
    bool *failed;
} FitAll;

static void fit_one(gsize task, guint worker, void *context)
{
    FitAll *all = context;
    EstimateModel fitted;
    EstimateModel *model = &all->models[task];
    if (!estimate_loglinear_fit(all->lists, model->terms, model->n_terms, &fitted, NULL)) {
        all->failed[task] = true;
        return;
    }
    free(model->terms);
    *model = fitted;
}

static int by_bic(const void *a, const void *b)
{
    const EstimateModel *left = a, *right = b;
    if (left->usable != right->usable)
        return left->usable ? -1 : 1;
    if (left->bic != right->bic)
        return left->bic < right->bic ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void weigh(EstimateModels *models)
{
    qsort(models->models, models->n_models, sizeof *models->models, by_bic);
    double sum = 0;
    for (gsize i = 0; i < models->n_models; i++)
        if (models->models[i].usable)
            sum += models->models[i].weight =
                exp(-0.5 * (models->models[i].bic - models->models[0].bic));
    for (gsize i = 0; i < models->n_models; i++)
        models->models[i].weight = sum > 0 ? models->models[i].weight / sum : 0;
}

static bool fit_models(const EstimateLists *lists, EstimateModels *models, guint threads,
                       GError **error)
{
    FitAll all = {lists, models->models, calloc(models->n_models, sizeof(bool))};
    if (all.failed == NULL)
        return estimate_no_memory(error);
    workers_run(models->n_models, threads, fit_one, &all);
    bool failed = false;
    for (gsize i = 0; i < models->n_models; i++)
        failed |= all.failed[i];
    free(all.failed);
    if (failed)
        return estimate_no_memory(error);
    weigh(models);
    return true;
}

/* The models one step away: a term more whose parts are in, or a largest term fewer. */
static gsize neighbours(const EstimateModel *model, const uint32_t *terms, guint n_terms,
                        EstimateModel *next)
{
    gsize n = 0;
    for (guint k = 0; k < n_terms; k++) {
        uint32_t term = terms[k];
        bool present = false, covered = false;
        guint n_parts = 0;
        for (guint m = 0; m < model->n_terms; m++) {
            uint32_t other = model->terms[m];
            present |= other == term;
            covered |= other != term && (other & term) == term;
            n_parts += (other & term) == other &&
                       __builtin_popcount(other) == __builtin_popcount(term) - 1;
        }
        bool may_enter = !present && (__builtin_popcount(term) == 2 ||
                                      n_parts == (guint)__builtin_popcount(term));
        bool may_leave = present && !covered;
        if (!may_enter && !may_leave)
            continue;
        EstimateModel *made = &next[n];
        *made = (EstimateModel){0};
        made->terms = malloc((model->n_terms + 1) * sizeof *made->terms);
        if (made->terms == NULL)
            return n;
        for (guint m = 0; m < model->n_terms; m++)
            if (model->terms[m] != term)
                made->terms[made->n_terms++] = model->terms[m];
        if (may_enter)
            made->terms[made->n_terms++] = term;
        n++;
    }
    return n;
}

static bool known(const EstimateModels *models, const EstimateModel *model)
{
    for (gsize i = 0; i < models->n_models; i++)
        if (strcmp(models->models[i].name, model->name) == 0)
            return true;
    return false;
}

static bool search_steps(const EstimateLists *lists, guint order, guint threads,
                         EstimateModels *models, GError **error)
{
    guint n_terms;
    uint32_t *terms;
    if (!list_terms(lists->n_lists, order, &terms, &n_terms))
        return estimate_no_memory(error);
    gsize room = (gsize)n_terms * (n_terms + 2) + 1;
    models->models = calloc(room, sizeof *models->models);
    EstimateModels step = {.models = calloc(n_terms + 1, sizeof *step.models)};
    bool ok = models->models != NULL && step.models != NULL &&
              estimate_loglinear_fit(lists, NULL, 0, &models->models[0], error);
    if (ok)
        models->n_models = 1;
    double best_bic = ok && models->models[0].usable ? models->models[0].bic : INFINITY;
    gsize best = 0;
    while (ok) {
        step.n_models = neighbours(&models->models[best], terms, n_terms, step.models);
        ok = step.n_models > 0 && fit_models(lists, &step, threads, error);
        bool better = ok && step.models[0].usable && step.models[0].bic < best_bic;
        for (gsize i = 0; i < step.n_models; i++) {
            EstimateModel *model = &step.models[i];
            if (ok && models->n_models < room && !known(models, model)) {
                model->weight = 0;
                if (better && i == 0) {
                    best = models->n_models;
                    best_bic = model->bic;
                }
                models->models[models->n_models++] = *model;
            } else {
                better = better && i != 0;
                free(model->terms);
            }
        }
        if (!better)
            break;
    }
    free(terms);
    free(step.models);
    if (ok)
        weigh(models);
    models->searched = true;
    return ok;
}

EstimateModels *estimate_loglinear(const EstimateLists *lists, guint order, bool stepwise,
                                   guint threads, GError **error)
{
    if (lists->n_lists > ESTIMATE_LOGLINEAR_LISTS) {
        estimate_loglinear_fit(lists, NULL, 0, &(EstimateModel){0}, error);
        return NULL;
    }
    order = CLAMP(order, 1, lists->n_lists - 1);
    EstimateModels *models = calloc(1, sizeof *models);
    if (models == NULL) {
        estimate_no_memory(error);
        return NULL;
    }
    models->order = order;
    bool ok = true;
    if (!stepwise) {
        Walk walk = {.n_lists = lists->n_lists, .models = models};
        ok = list_terms(lists->n_lists, order, &walk.terms, &walk.n_terms);
        walk.in = ok ? calloc(walk.n_terms + 1, sizeof(bool)) : NULL;
        if (walk.in != NULL)
            walk_terms(&walk, 0);
        ok = walk.in != NULL && !walk.no_memory;
        free(walk.in);
        free(walk.terms);
        if (!ok)
            estimate_no_memory(error);
        stepwise = ok && walk.too_many;
        if (stepwise) {
            for (gsize i = 0; i < models->n_models; i++)
                free(models->models[i].terms);
            free(models->models);
            models->models = NULL;
            models->n_models = 0;
        } else if (ok) {
            ok = fit_models(lists, models, threads, error);
        }
    }
    if (ok && stepwise)
        ok = search_steps(lists, order, threads, models, error);
    if (!ok) {
        estimate_models_free(models);
        return NULL;
    }
    return models;
}

/* ---- the average ---- */

static double log_normal_spread(double observed, double abundance, double standard_error)
{
    double unseen = abundance - observed;
    return unseen > 0 ? sqrt(log1p(standard_error * standard_error / (unseen * unseen))) : 0;
}

double estimate_log_normal_quantile(double observed, double abundance, double standard_error,
                                    double probability)
{
    double s = log_normal_spread(observed, abundance, standard_error);
    return observed + (abundance - observed) * exp(s * gsl_cdf_ugaussian_Pinv(probability));
}

static double mixture_below(const EstimateModels *models, double observed, double total)
{
    double sum = 0;
    for (gsize i = 0; i < models->n_models && models->models[i].usable; i++) {
        const EstimateModel *model = &models->models[i];
        double s = log_normal_spread(observed, model->abundance, model->standard_error);
        double z = log((total - observed) / (model->abundance - observed));
        sum += model->weight * (s > 0 ? gsl_cdf_ugaussian_P(z / s) : (z >= 0 ? 1 : 0));
    }
    return sum;
}

double estimate_models_quantile(const EstimateModels *models, uint64_t observed, double probability)
{
    if (models->n_models == 0 || !models->models[0].usable)
        return NAN;
    double n = (double)observed, low = INFINITY, high = n;
    for (gsize i = 0; i < models->n_models && models->models[i].usable; i++) {
        const EstimateModel *model = &models->models[i];
        low = fmin(low, estimate_log_normal_quantile(n, model->abundance, model->standard_error,
                                                     probability));
        high = fmax(high, estimate_log_normal_quantile(n, model->abundance, model->standard_error,
                                                       probability));
    }
    for (int round = 0; round < 200 && high - low > 1e-9 * high; round++) {
        double middle = 0.5 * (low + high);
        if (mixture_below(models, n, middle) < probability)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

void estimate_models_average(const EstimateModels *models, double *ret_mean, double *ret_deviation)
{
    double mean = 0, variance = 0, weight = 0;
    for (gsize i = 0; i < models->n_models && models->models[i].usable; i++) {
        mean += models->models[i].weight * models->models[i].abundance;
        weight += models->models[i].weight;
    }
    for (gsize i = 0; i < models->n_models && models->models[i].usable; i++) {
        const EstimateModel *model = &models->models[i];
        double away = model->abundance - mean;
        variance += model->weight * (model->standard_error * model->standard_error + away * away);
    }
    *ret_mean = weight > 0 ? mean : NAN;
    *ret_deviation = weight > 0 ? sqrt(variance) : NAN;
}
