/* estimate/sparse.c: forward search over pairs, with the check that the estimate exists. */
#include "estimate/sparse.h"

#include "base/i18n.h"
#include "base/workers.h"
#include "estimate/diagnostics.h"
#include "estimate/draw.h"
#include "estimate/loglinear.h"
#include "estimate/poisson.h"
#include "estimate/simplex.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const EstimateSparseOptions ESTIMATE_SPARSE_DEFAULTS = {
    .threshold = 0.02,
    .replicates = 1000,
    .seed = 1,
};

enum { MAX_PAIRS = ESTIMATE_MAX_LISTS * (ESTIMATE_MAX_LISTS - 1) / 2 };

/* Room for one model of one table. */
typedef struct {
    guint n_lists;
    gsize n_patterns;
    const double *counts; /* n_patterns; [0] unused */
    uint32_t *rows;       /* patterns that the model has cells for */
    gsize n_rows, n_columns;
    double *x, *y;
    guint n_empty;
} Table;

static bool table_new(Table *table, guint n_lists)
{
    table->n_lists = n_lists;
    table->n_patterns = (gsize)1 << n_lists;
    gsize columns = 1 + n_lists + n_lists * (n_lists - 1) / 2;
    table->rows = malloc(table->n_patterns * sizeof *table->rows);
    table->x = malloc(table->n_patterns * columns * sizeof(double));
    table->y = malloc(table->n_patterns * sizeof(double));
    return table->rows != NULL && table->x != NULL && table->y != NULL;
}

static void table_clear(Table *table)
{
    free(table->rows);
    free(table->x);
    free(table->y);
}

static double overlap(const Table *table, uint32_t set)
{
    double sum = 0;
    for (uint32_t pattern = 1; pattern < table->n_patterns; pattern++)
        if ((pattern & set) == set)
            sum += table->counts[pattern];
    return sum;
}

/* Cells of a pair in the model that shares nobody are left out, and its term with them. */
static void build(Table *table, const uint32_t *pairs, guint n_pairs)
{
    uint32_t kept[MAX_PAIRS], empty[MAX_PAIRS];
    guint n_kept = 0;
    table->n_empty = 0;
    for (guint k = 0; k < n_pairs; k++) {
        if (overlap(table, pairs[k]) > 0)
            kept[n_kept++] = pairs[k];
        else
            empty[table->n_empty++] = pairs[k];
    }
    table->n_rows = 0;
    for (uint32_t pattern = 1; pattern < table->n_patterns; pattern++) {
        bool out = false;
        for (guint k = 0; k < table->n_empty && !out; k++)
            out = (pattern & empty[k]) == empty[k];
        if (!out)
            table->rows[table->n_rows++] = pattern;
    }
    gsize n = table->n_rows;
    table->n_columns = 1 + table->n_lists + n_kept;
    for (gsize i = 0; i < n; i++) {
        uint32_t pattern = table->rows[i];
        table->y[i] = table->counts[pattern];
        table->x[i] = 1;
        for (guint j = 0; j < table->n_lists; j++)
            table->x[(1 + j) * n + i] = pattern >> j & 1;
        for (guint k = 0; k < n_kept; k++)
            table->x[(1 + table->n_lists + k) * n + i] = (pattern & kept[k]) == kept[k];
    }
}

/* The estimate exists when some table with the same sufficient totals has no zero cell:
 * maximize s subject to Xᵀ(u + s 1) = Xᵀ y, u ≥ 0, s ≥ 0. */
static bool exists(const Table *table, bool *ret_exists)
{
    gsize n = table->n_rows, p = table->n_columns;
    bool full = true;
    for (gsize i = 0; i < n && full; i++)
        full = table->y[i] > 0;
    if (full) {
        *ret_exists = true;
        return true;
    }
    double *columns = malloc((n + 1) * p * sizeof *columns);
    double *right = calloc(p, sizeof *right);
    double *cost = calloc(n + 1, sizeof *cost);
    bool ok = columns != NULL && right != NULL && cost != NULL;
    if (ok) {
        for (gsize c = 0; c < p; c++) {
            double sum = 0;
            for (gsize i = 0; i < n; i++) {
                double value = table->x[c * n + i];
                columns[i * p + c] = value;
                sum += value;
                right[c] += value * table->y[i];
            }
            columns[n * p + c] = sum;
        }
        cost[n] = 1;
        double best;
        ok = simplex_maximize(p, n + 1, columns, right, cost, &best);
        *ret_exists = ok && best > 1e-7;
    }
    free(columns);
    free(right);
    free(cost);
    return ok;
}

static bool has_full_rank(const Table *table, bool *ret_full)
{
    /* The rank is that of the unweighted design: a fit to ones has equal weights throughout. */
    double *ones = malloc(table->n_rows * sizeof *ones);
    EstimatePoisson fit;
    if (ones == NULL)
        return false;
    for (gsize i = 0; i < table->n_rows; i++)
        ones[i] = 1;
    bool ok = estimate_poisson_fit(table->n_rows, table->n_columns, table->x, ones, &fit);
    free(ones);
    if (!ok)
        return false;
    *ret_full = fit.rank == table->n_columns;
    estimate_poisson_clear(&fit);
    return true;
}

static bool check_model(Table *table, const uint32_t *pairs, guint n_pairs, bool *ret_exists,
                        bool *ret_identified)
{
    build(table, pairs, n_pairs);
    return exists(table, ret_exists) && has_full_rank(table, ret_identified);
}

typedef struct {
    guint n_pairs, n_empty;
    uint32_t pairs[MAX_PAIRS];
    double total, standard_error, log_deviation;
} Search;

static double poisson_surprise(double observed, double mean)
{
    if (!(mean > 0))
        return observed > 0 ? 0 : 1;
    double below = gsl_cdf_poisson_P((unsigned)observed, mean);
    double above = observed > 0 ? gsl_cdf_poisson_Q((unsigned)observed - 1, mean) : 1;
    return fmin(below, above);
}

/* Forward search. table->counts is the table; total becomes infinite where exp(b0) does. */
static bool search(Table *table, double threshold, Search *search)
{
    guint n = table->n_lists, n_all = 0;
    uint32_t all[MAX_PAIRS];
    bool in[MAX_PAIRS] = {false};
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++)
            all[n_all++] = (uint32_t)1 << i | (uint32_t)1 << j;
    *search = (Search){0};
    for (;;) {
        build(table, search->pairs, search->n_pairs);
        EstimatePoisson fit;
        if (!estimate_poisson_fit(table->n_rows, table->n_columns, table->x, table->y, &fit))
            return false;
        double observed = 0;
        for (gsize pattern = 1; pattern < table->n_patterns; pattern++)
            observed += table->counts[pattern];
        double unseen = exp(fit.coefficients[0]);
        search->total = observed + unseen;
        search->standard_error = sqrt(unseen + unseen * unseen * fit.covariance[0]);
        search->log_deviation = sqrt(fit.covariance[0]);
        search->n_empty = table->n_empty;
        /* table is rebuilt by check_model: the fitted overlaps are taken first. */
        double surprise[MAX_PAIRS], least = 1;
        for (guint k = 0; k < n_all; k++) {
            double mean = 0;
            for (gsize i = 0; i < table->n_rows; i++)
                if ((table->rows[i] & all[k]) == all[k])
                    mean += fit.fitted[i];
            surprise[k] = in[k] ? 1 : poisson_surprise(overlap(table, all[k]), mean);
        }
        estimate_poisson_clear(&fit);
        guint best = n_all;
        for (guint k = 0; k < n_all; k++) {
            if (surprise[k] >= threshold || surprise[k] >= least)
                continue;
            bool fine, determined;
            search->pairs[search->n_pairs] = all[k];
            if (!check_model(table, search->pairs, search->n_pairs + 1, &fine, &determined))
                return false;
            if (fine && determined) {
                least = surprise[k];
                best = k;
            }
        }
        if (best == n_all)
            return true;
        in[best] = true;
        search->pairs[search->n_pairs++] = all[best];
    }
}

/* ---- bootstrap ---- */

typedef struct {
    const EstimateLists *lists;
    const EstimateSparseOptions *options;
    gsize n_cells; /* observed patterns; tasks after the replicates leave one person of each out */
    uint32_t *cells;
    double *totals; /* replicates, then n_cells */
    bool *failed;
} Bootstrap;

static void resample(const Bootstrap *bootstrap, gsize task, double *counts)
{
    const EstimateLists *lists = bootstrap->lists;
    Draw draw;
    draw_start(&draw, bootstrap->options->seed, 1000000 + task);
    uint64_t left = lists->observed, weight = lists->observed;
    memset(counts, 0, lists->n_patterns * sizeof *counts);
    for (gsize m = 0; m < bootstrap->n_cells && left > 0; m++) {
        uint64_t here = lists->counts[bootstrap->cells[m]];
        uint64_t taken =
            here == weight ? left : draw_binomial(&draw, left, (double)here / (double)weight);
        counts[bootstrap->cells[m]] = (double)taken;
        left -= taken;
        weight -= here;
    }
}

static void run_replicate(gsize task, guint worker, void *context)
{
    Bootstrap *bootstrap = context;
    const EstimateLists *lists = bootstrap->lists;
    guint replicates = bootstrap->options->replicates;
    Table table = {0};
    Search found;
    double *counts = malloc(lists->n_patterns * sizeof *counts);
    bool ok = table_new(&table, lists->n_lists) && counts != NULL;
    if (ok) {
        table.counts = counts;
        if (task < replicates) {
            resample(bootstrap, task, counts);
        } else {
            for (gsize pattern = 0; pattern < lists->n_patterns; pattern++)
                counts[pattern] = (double)lists->counts[pattern];
            counts[bootstrap->cells[task - replicates]] -= 1;
        }
        ok = search(&table, bootstrap->options->threshold, &found);
    }
    bootstrap->failed[task] = !ok;
    bootstrap->totals[task] = ok ? (isnan(found.total) ? INFINITY : found.total) : NAN;
    free(counts);
    table_clear(&table);
}

/* Acceleration from the jackknife over persons; bias from the share of replicates below. */
static void finish_bca(const Bootstrap *bootstrap, EstimateSparse *result)
{
    const EstimateLists *lists = bootstrap->lists;
    guint replicates = bootstrap->options->replicates;
    const double *left_out = bootstrap->totals + replicates;
    double n = (double)lists->observed, mean = 0, squares = 0, cubes = 0;
    for (gsize m = 0; m < bootstrap->n_cells; m++)
        mean += (double)lists->counts[bootstrap->cells[m]] * left_out[m] / n;
    for (gsize m = 0; m < bootstrap->n_cells; m++) {
        double weight = (double)lists->counts[bootstrap->cells[m]], away = mean - left_out[m];
        squares += weight * away * away;
        cubes += weight * away * away * away;
    }
    result->acceleration = squares > 0 && isfinite(cubes) ? cubes / (6 * pow(squares, 1.5)) : 0;
    memcpy(result->replicates, bootstrap->totals, replicates * sizeof(double));
    estimate_sort(replicates, result->replicates);
    double below = 0;
    while (below < replicates && result->replicates[(gsize)below] < result->total)
        below++;
    /* A share of 0 or 1 would put the bias at infinity. */
    double share = CLAMP(below / replicates, 0.5 / replicates, 1 - 0.5 / replicates);
    result->bias = gsl_cdf_ugaussian_Pinv(share);
}

static bool run_bootstrap(const EstimateLists *lists, const EstimateSparseOptions *options,
                          EstimateSparse *result)
{
    Bootstrap bootstrap = {.lists = lists, .options = options};
    bootstrap.cells = malloc(lists->n_patterns * sizeof *bootstrap.cells);
    if (bootstrap.cells == NULL)
        return false;
    for (uint32_t pattern = 1; pattern < lists->n_patterns; pattern++)
        if (lists->counts[pattern] > 0)
            bootstrap.cells[bootstrap.n_cells++] = pattern;
    gsize n_tasks = options->replicates + bootstrap.n_cells;
    bootstrap.totals = malloc(n_tasks * sizeof *bootstrap.totals);
    bootstrap.failed = calloc(n_tasks, sizeof *bootstrap.failed);
    result->replicates = malloc(options->replicates * sizeof *result->replicates);
    bool ok = bootstrap.totals != NULL && bootstrap.failed != NULL && result->replicates != NULL;
    if (ok) {
        workers_run(n_tasks, options->threads, run_replicate, &bootstrap);
        for (gsize i = 0; i < n_tasks; i++)
            ok = ok && !bootstrap.failed[i];
    }
    if (ok) {
        result->n_replicates = options->replicates;
        finish_bca(&bootstrap, result);
    }
    free(bootstrap.cells);
    free(bootstrap.totals);
    free(bootstrap.failed);
    return ok;
}

double estimate_sparse_quantile(const EstimateSparse *result, double probability)
{
    gsize n = result->n_replicates;
    if (n == 0)
        return NAN;
    double z = gsl_cdf_ugaussian_Pinv(probability) + result->bias;
    double level = gsl_cdf_ugaussian_P(result->bias + z / (1 - result->acceleration * z));
    /* Median-unbiased quantile (Hyndman and Fan's type 8). */
    double place = ((double)n + 1.0 / 3) * level + 1.0 / 3;
    if (place <= 1)
        return result->replicates[0];
    if (place >= (double)n)
        return result->replicates[n - 1];
    gsize below = (gsize)place;
    double low = result->replicates[below - 1], high = result->replicates[below];
    return low == high ? low : low + (place - (double)below) * (high - low);
}

bool estimate_sparse_check(const EstimateLists *lists, const uint32_t *pairs, guint n_pairs,
                           bool *ret_exists, bool *ret_identified)
{
    Table table = {0};
    double *counts = malloc(lists->n_patterns * sizeof *counts);
    bool ok = table_new(&table, lists->n_lists) && counts != NULL;
    if (ok) {
        for (gsize pattern = 0; pattern < lists->n_patterns; pattern++)
            counts[pattern] = (double)lists->counts[pattern];
        table.counts = counts;
        ok = check_model(&table, pairs, n_pairs, ret_exists, ret_identified);
    }
    free(counts);
    table_clear(&table);
    return ok;
}

EstimateSparse *estimate_sparse(const EstimateLists *lists, const EstimateSparseOptions *options,
                                GError **error)
{
    if (lists->n_lists > ESTIMATE_LOGLINEAR_LISTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("Log-linear models take at most %d lists; there are %u. Choose some with "
                      "--lists, or use --method lcmcr."),
                    ESTIMATE_LOGLINEAR_LISTS, lists->n_lists);
        return NULL;
    }
    if (!(options->threshold > 0 && options->threshold < 1)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("The --threshold must lie between 0 and 1."));
        return NULL;
    }
    if (lists->observed == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("Nobody is on any list: there is nothing to estimate from."));
        return NULL;
    }
    EstimateSparse *result = calloc(1, sizeof *result);
    Table table = {0};
    Search found;
    double *counts = malloc(lists->n_patterns * sizeof *counts);
    bool ok = result != NULL && table_new(&table, lists->n_lists) && counts != NULL;
    if (ok) {
        for (gsize pattern = 0; pattern < lists->n_patterns; pattern++)
            counts[pattern] = (double)lists->counts[pattern];
        table.counts = counts;
        ok = search(&table, options->threshold, &found);
    }
    free(counts);
    table_clear(&table);
    if (ok) {
        result->n_pairs = found.n_pairs;
        result->n_empty = found.n_empty;
        memcpy(result->pairs, found.pairs, sizeof found.pairs);
        result->total = found.total;
        result->standard_error = found.standard_error;
        result->log_deviation = found.log_deviation;
        ok = options->replicates == 0 || run_bootstrap(lists, options, result);
    }
    if (!ok) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the estimate."));
        estimate_sparse_free(result);
        return NULL;
    }
    return result;
}

void estimate_sparse_free(EstimateSparse *result)
{
    if (result == NULL)
        return;
    free(result->replicates);
    free(result);
}
