/* estimate/closed.c: designs of the closed-population models and their totals. */
#include "estimate/closed.h"

#include "base/i18n.h"
#include "estimate/loglinear_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool by_list; /* a column for each list */
    enum { NO_HETEROGENEITY, CHAO, POISSON, DARROCH, GAMMA } heterogeneity;
    guint behaviour; /* columns of Mb (2) and Mbh (3) */
} MODELS[ESTIMATE_N_CLOSED] = {
    [ESTIMATE_M0] = {"M0", false, NO_HETEROGENEITY, 0},
    [ESTIMATE_MT] = {"Mt", true, NO_HETEROGENEITY, 0},
    [ESTIMATE_MH_CHAO] = {"Mh Chao (LB)", false, CHAO, 0},
    [ESTIMATE_MH_POISSON] = {"Mh Poisson2", false, POISSON, 0},
    [ESTIMATE_MH_DARROCH] = {"Mh Darroch", false, DARROCH, 0},
    [ESTIMATE_MH_GAMMA] = {"Mh Gamma3.5", false, GAMMA, 0},
    [ESTIMATE_MTH_CHAO] = {"Mth Chao (LB)", true, CHAO, 0},
    [ESTIMATE_MTH_POISSON] = {"Mth Poisson2", true, POISSON, 0},
    [ESTIMATE_MTH_DARROCH] = {"Mth Darroch", true, DARROCH, 0},
    [ESTIMATE_MTH_GAMMA] = {"Mth Gamma3.5", true, GAMMA, 0},
    [ESTIMATE_MB] = {"Mb", false, NO_HETEROGENEITY, 2},
    [ESTIMATE_MBH] = {"Mbh", false, NO_HETEROGENEITY, 3},
};

static const double POISSON_BASE = 2, GAMMA_SHIFT = 3.5; /* Rcapture's defaults */

const char *estimate_closed_name(EstimateClosedModel model)
{
    return MODELS[model].name;
}

static double heterogeneity_value(EstimateClosedModel which, double k)
{
    switch (MODELS[which].heterogeneity) {
    case POISSON:
        return pow(POISSON_BASE, k) - 1;
    case DARROCH:
        return k * k / 2;
    case GAMMA:
        return log(GAMMA_SHIFT) - log(GAMMA_SHIFT + k);
    default:
        return 0;
    }
}

/* The design of one pattern; `row` has room for every column. Returns the number of columns;
 * those from *ret_first_eta on are Chao's. */
static gsize design_row(EstimateClosedModel which, guint n_lists, uint32_t pattern, double *row,
                        gsize *ret_first_eta)
{
    int on = __builtin_popcount(pattern);
    gsize p = 0;
    row[p++] = 1;
    if (MODELS[which].behaviour > 0) {
        int before_first = pattern != 0 ? __builtin_ctz(pattern) : 0;
        if (MODELS[which].behaviour == 3)
            row[p++] = pattern & 1 ? 0 : 1;
        row[p++] = before_first;
        row[p++] = on - 1;
    } else if (MODELS[which].by_list) {
        for (guint j = 0; j < n_lists; j++)
            row[p++] = pattern >> j & 1;
    } else {
        row[p++] = on;
    }
    *ret_first_eta = p;
    if (MODELS[which].heterogeneity == CHAO)
        for (int j = 3; j <= (int)n_lists; j++)
            row[p++] = MAX(on - j + 1, 0);
    else if (MODELS[which].heterogeneity != NO_HETEROGENEITY)
        row[p++] = heterogeneity_value(which, on);
    return p;
}

typedef struct {
    gsize rows, columns, first_eta;
    double *x, *y; /* y has one more place than rows */
} Design;

static bool design_new(const EstimateLists *lists, EstimateClosedModel which, gsize extra_rows,
                       Design *design)
{
    double row[2 * ESTIMATE_MAX_LISTS + 4];
    gsize columns = design_row(which, lists->n_lists, 1, row, &design->first_eta);
    gsize cells = lists->n_patterns - 1, rows = cells + extra_rows;
    design->rows = rows;
    design->columns = columns;
    design->x = malloc(rows * columns * sizeof(double));
    design->y = malloc((rows + 1) * sizeof(double));
    if (design->x == NULL || design->y == NULL)
        return false;
    for (gsize i = 0; i < rows; i++) {
        uint32_t pattern = i < cells ? (uint32_t)(i + 1) : 0;
        design_row(which, lists->n_lists, pattern, row, &design->first_eta);
        for (gsize j = 0; j < columns; j++)
            design->x[j * rows + i] = row[j];
        if (i < cells)
            design->y[i] = (double)lists->counts[pattern];
    }
    return true;
}

static void design_clear(Design *design)
{
    free(design->x);
    free(design->y);
}

static void design_drop_column(Design *design, gsize column)
{
    gsize after = design->columns - column - 1;
    memmove(design->x + column * design->rows, design->x + (column + 1) * design->rows,
            after * design->rows * sizeof(double));
    design->columns--;
}

/* Chao's bound holds for etas that are not negative: the first negative one is dropped and the
 * rest fitted again, until none is. */
static bool fit_design(Design *design, EstimateClosedModel which, EstimatePoisson *fit)
{
    for (;;) {
        if (!estimate_poisson_fit(design->rows, design->columns, design->x, design->y, fit))
            return false;
        gsize negative = design->columns;
        if (MODELS[which].heterogeneity == CHAO)
            for (gsize j = design->columns; j-- > design->first_eta;)
                if (fit->coefficients[j] < 0)
                    negative = j;
        if (negative == design->columns)
            return true;
        estimate_poisson_clear(fit);
        design_drop_column(design, negative);
    }
}

/* v' C v over p columns. */
static double quadratic(const double *v, const double *covariance, gsize p)
{
    double sum = 0;
    for (gsize a = 0; a < p; a++)
        for (gsize b = 0; b < p; b++)
            sum += v[a] * covariance[b * p + a] * v[b];
    return sum;
}

static void total_with_behaviour(const EstimatePoisson *fit, guint n_lists, bool first_apart,
                                 EstimateModel *model)
{
    const double *b = fit->coefficients;
    double t = n_lists, total, v[4];
    if (!first_apart) {
        double miss = exp(b[1]), again = exp(b[2]), left = 1 + again - miss;
        total = exp(b[0]) * pow(1 + again, t) / left;
        v[0] = total;
        v[1] = total * miss / left;
        v[2] = total * (t * again / (1 + again) - again / left);
    } else {
        double apart = exp(b[1] + b[2]), miss = exp(b[2]), again = exp(b[3]);
        double left = 1 + again - miss, first = exp(b[0]) * pow(1 + again, t - 1);
        total = first * (1 + apart / left);
        v[0] = first * (1 + apart / left);
        v[1] = first * apart / left;
        v[2] = first * (apart / left + apart * miss / (left * left));
        v[3] = first * ((t - 1) * again / (1 + again) - apart * again / (left * left));
    }
    model->abundance = total;
    model->standard_error = sqrt(quadratic(v, fit->covariance, fit->p) - total);
}

static bool check_lists(const EstimateLists *lists, EstimateClosedModel which, GError **error)
{
    bool needs_three = MODELS[which].heterogeneity != NO_HETEROGENEITY || which == ESTIMATE_MBH;
    if (needs_three && lists->n_lists < 3) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                    _("The model %s needs at least three lists; with two only M0, Mt and Mb can be "
                      "fitted."),
                    MODELS[which].name);
        return false;
    }
    if (lists->observed == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("Nobody is on any list: there is nothing to estimate from."));
        return false;
    }
    return true;
}

bool estimate_closed_fit(const EstimateLists *lists, EstimateClosedModel which,
                         EstimateModel *ret_model, GError **error)
{
    if (!check_lists(lists, which, error))
        return false;
    Design design = {0};
    EstimatePoisson fit = {0};
    bool ok = design_new(lists, which, 0, &design) && fit_design(&design, which, &fit);
    if (!ok) {
        estimate_no_memory(error);
    } else {
        EstimateModel model = {0};
        double observed = (double)lists->observed;
        estimate_model_take(&model, &fit, design.x, observed);
        if (MODELS[which].behaviour > 0) {
            total_with_behaviour(&fit, lists->n_lists, which == ESTIMATE_MBH, &model);
            model.corrected_abundance = NAN;
            model.usable = model.converged && model.identified && isfinite(model.standard_error) &&
                           model.abundance >= observed &&
                           fabs(model.bias) <= 0.1 * model.abundance &&
                           model.abundance <= ESTIMATE_LARGEST;
        }
        g_strlcpy(model.name, MODELS[which].name, sizeof model.name);
        *ret_model = model;
    }
    design_clear(&design);
    estimate_poisson_clear(&fit);
    return ok;
}

bool estimate_closed_interval(const EstimateLists *lists, EstimateClosedModel which, double level,
                              double *ret_lower, double *ret_upper)
{
    EstimateModel model;
    if (!estimate_closed_fit(lists, which, &model, NULL))
        return false;
    double observed = (double)lists->observed;
    if (MODELS[which].behaviour > 0) {
        *ret_lower = estimate_log_normal_quantile(observed, model.abundance, model.standard_error,
                                                  (1 - level) / 2);
        *ret_upper = estimate_log_normal_quantile(observed, model.abundance, model.standard_error,
                                                  (1 + level) / 2);
        return true;
    }
    /* The columns that the fit kept, with a row for the unseen. */
    Design design = {0}, wide = {0};
    EstimatePoisson fit = {0};
    bool ok = design_new(lists, which, 0, &design) && design_new(lists, which, 1, &wide) &&
              fit_design(&design, which, &fit);
    if (ok) {
        /* Chao's etas are told apart by their values on "every list": t - j + 1. */
        for (gsize j = wide.columns; j-- > wide.first_eta;) {
            double last = wide.x[j * wide.rows + wide.rows - 2];
            bool kept = false;
            for (gsize k = design.first_eta; k < design.columns && !kept; k++)
                kept = design.x[k * design.rows + design.rows - 1] == last;
            if (!kept)
                design_drop_column(&wide, j);
        }
        ok = estimate_profile_interval(wide.rows, wide.columns, wide.x, wide.y, observed,
                                       model.abundance, level, ret_lower, ret_upper);
    }
    design_clear(&design);
    design_clear(&wide);
    estimate_poisson_clear(&fit);
    return ok;
}
