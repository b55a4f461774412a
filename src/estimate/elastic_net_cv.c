/* estimate/elastic_net_cv.c: cross-validation of the path, a fold a task. */
#include "base/i18n.h"
#include "base/random.h"
#include "base/workers.h"
#include "estimate/elastic_net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cv.glmnet bounds probabilities here before it takes their logarithm. */
static const double BOUND = 1e-5;

typedef struct {
    const ElasticNetData *data;
    const ElasticNetOptions *options;
    const ElasticNetPath *path;
    guint n_folds;
    guint *fold;      /* n */
    double *deviance; /* n_folds × n_lambdas: mean over the fold */
    GError **errors;  /* n_folds */
} Validation;

static bool split(const Validation *v, guint fold, ElasticNetData *rest, double **ret_block)
{
    const ElasticNetData *data = v->data;
    gsize kept = 0;
    for (gsize i = 0; i < data->n; i++)
        kept += v->fold[i] != fold;
    double *block = malloc(kept * (data->p + 1) * sizeof *block);
    if (block == NULL)
        return false;
    for (gsize j = 0; j <= data->p; j++) {
        const double *from = j < data->p ? data->x + j * data->n : data->y;
        double *to = block + j * kept;
        for (gsize i = 0; i < data->n; i++)
            if (v->fold[i] != fold)
                *to++ = from[i];
    }
    *rest = (ElasticNetData){.n = kept, .p = data->p, .x = block, .y = block + data->p * kept};
    *ret_block = block;
    return true;
}

static void measure(const Validation *v, guint fold, const ElasticNetPath *path,
                    double *coefficients)
{
    const ElasticNetData *data = v->data;
    for (gsize l = 0; l < v->path->n_lambdas; l++) {
        double intercept, sum = 0, count = 0;
        elastic_net_at(path, v->path->lambdas[l], &intercept, coefficients);
        for (gsize i = 0; i < data->n; i++) {
            if (v->fold[i] != fold)
                continue;
            double q = elastic_net_predict(data->p, intercept, coefficients, data->x + i, data->n);
            q = CLAMP(q, BOUND, 1 - BOUND);
            sum -= 2 * log(data->y[i] > 0 ? q : 1 - q);
            count++;
        }
        v->deviance[fold * v->path->n_lambdas + l] = sum / count;
    }
}

static void run_fold(gsize task, guint worker, void *context)
{
    Validation *v = context;
    guint fold = (guint)task;
    ElasticNetData rest;
    double *block = NULL, *coefficients = malloc(v->data->p * sizeof *coefficients);
    if (coefficients == NULL || !split(v, fold, &rest, &block)) {
        g_set_error_literal(&v->errors[fold], ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the regression."));
    } else {
        ElasticNetOptions options = *v->options;
        options.lambdas = v->path->lambdas;
        options.n_lambdas = v->path->n_lambdas;
        g_autoptr(ElasticNetPath) path = elastic_net_fit(&rest, &options, &v->errors[fold]);
        if (path != NULL)
            measure(v, fold, path, coefficients);
    }
    free(block);
    free(coefficients);
}

/* Equal shares of 0 … n_folds - 1, shuffled (Fisher and Yates). */
static void deal(guint *fold, gsize n, guint n_folds, guint64 seed)
{
    Random random;
    random_start(&random, seed, 0);
    for (gsize i = 0; i < n; i++)
        fold[i] = (guint)(i % n_folds);
    for (gsize i = n; i > 1; i--) {
        gsize other = random_below(&random, i);
        guint kept = fold[i - 1];
        fold[i - 1] = fold[other];
        fold[other] = kept;
    }
}

static void choose(const Validation *v, ElasticNetCv *cv)
{
    gsize n_lambdas = v->path->n_lambdas, n = v->data->n, best = 0;
    for (gsize l = 0; l < n_lambdas; l++) {
        double mean = 0, variance = 0;
        for (guint k = 0; k < v->n_folds; k++) {
            double share = (double)(n / v->n_folds + (k < n % v->n_folds)) / (double)n;
            mean += share * v->deviance[k * n_lambdas + l];
        }
        for (guint k = 0; k < v->n_folds; k++) {
            double share = (double)(n / v->n_folds + (k < n % v->n_folds)) / (double)n;
            double away = v->deviance[k * n_lambdas + l] - mean;
            variance += share * away * away;
        }
        cv->deviance[l] = mean;
        cv->error[l] = sqrt(variance / (v->n_folds - 1));
        if (mean < cv->deviance[best])
            best = l;
    }
    cv->lambda_min = v->path->lambdas[best];
    gsize simple = best;
    while (simple > 0 && cv->deviance[simple - 1] <= cv->deviance[best] + cv->error[best])
        simple--;
    cv->lambda_1se = v->path->lambdas[simple];
}

ElasticNetCv *elastic_net_cross_validate(const ElasticNetData *data,
                                         const ElasticNetOptions *options,
                                         const ElasticNetPath *path, guint n_folds, guint64 seed,
                                         guint threads, GError **error)
{
    if (n_folds < 3 || n_folds > data->n) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("--cv %u: folds number from 3 to the number of training rows."), n_folds);
        return NULL;
    }
    Validation v = {.data = data, .options = options, .path = path, .n_folds = n_folds};
    ElasticNetCv *cv = calloc(1, sizeof *cv);
    v.fold = malloc(data->n * sizeof *v.fold);
    v.deviance = calloc(n_folds * path->n_lambdas, sizeof *v.deviance);
    v.errors = calloc(n_folds, sizeof *v.errors);
    bool ok = cv != NULL && v.fold != NULL && v.deviance != NULL && v.errors != NULL;
    if (ok) {
        cv->n_lambdas = path->n_lambdas;
        cv->deviance = malloc(path->n_lambdas * sizeof *cv->deviance);
        cv->error = malloc(path->n_lambdas * sizeof *cv->error);
        ok = cv->deviance != NULL && cv->error != NULL;
    }
    if (ok) {
        deal(v.fold, data->n, n_folds, seed);
        workers_run(n_folds, threads, run_fold, &v);
        for (guint k = 0; k < n_folds; k++) {
            if (v.errors[k] == NULL)
                continue;
            if (ok)
                g_propagate_prefixed_error(error, v.errors[k], _("Fold %u: "), k + 1);
            else
                g_error_free(v.errors[k]);
            ok = false;
        }
        if (ok)
            choose(&v, cv);
    } else {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the regression."));
    }
    free(v.fold);
    free(v.deviance);
    free(v.errors);
    if (ok)
        return cv;
    elastic_net_cv_free(cv);
    return NULL;
}

void elastic_net_cv_free(ElasticNetCv *cv)
{
    if (cv == NULL)
        return;
    free(cv->deviance);
    free(cv->error);
    free(cv);
}
