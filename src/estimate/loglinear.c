/* estimate/loglinear.c: one hierarchical model: its terms, its name, its fit. */
#include "estimate/loglinear.h"

#include "base/i18n.h"
#include "estimate/poisson.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/loglinear_private.h"

bool estimate_no_memory(GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                        _("There is not enough memory for the estimate."));
    return false;
}

void estimate_model_clear(EstimateModel *model)
{
    free(model->terms);
    *model = (EstimateModel){0};
}

int estimate_term_compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    int sizes = __builtin_popcount(left) - __builtin_popcount(right);
    if (sizes != 0 || left == right)
        return sizes;
    /* Same size: the lists in order, 12 before 13 before 23. */
    uint32_t differ = left ^ right;
    uint32_t lowest = differ & -differ;
    return (left & lowest) ? -1 : 1;
}

/* Largest terms first, then by lists: [123,14,5]. */
void estimate_model_write_name(guint n_lists, const uint32_t *terms, guint n_terms, char *name)
{
    GString *text = g_string_new("[");
    for (int size = (int)n_lists; size >= 1; size--) {
        for (guint k = 0; k < n_terms + n_lists; k++) {
            uint32_t term = k < n_lists ? (uint32_t)1 << k : terms[k - n_lists];
            if (__builtin_popcount(term) != size)
                continue;
            bool inside = false;
            for (guint m = 0; m < n_terms && !inside; m++)
                inside = terms[m] != term && (terms[m] & term) == term;
            if (inside)
                continue;
            if (text->len > 1)
                g_string_append_c(text, ',');
            for (guint j = 0; j < n_lists; j++)
                if (term >> j & 1)
                    g_string_append_printf(text,
                                           n_lists > 9 && text->str[text->len - 1] != ',' &&
                                                   text->str[text->len - 1] != '['
                                               ? "+%u"
                                               : "%u",
                                           j + 1);
        }
    }
    g_string_append_c(text, ']');
    g_strlcpy(name, text->str, ESTIMATE_MODEL_NAME);
    g_string_free(text, TRUE);
}

double *estimate_design(guint n_lists, const uint32_t *terms, guint n_terms, gsize extra_rows,
                        gsize *ret_rows, gsize *ret_columns)
{
    gsize rows = ((gsize)1 << n_lists) - 1 + extra_rows;
    gsize columns = 1 + n_lists + n_terms;
    double *x = calloc(rows * columns, sizeof *x);
    if (x == NULL)
        return NULL;
    for (gsize i = 0; i < rows; i++) {
        /* The rows from all lists to the first alone; row 0 past the patterns is "on no list". */
        uint32_t pattern = i < rows - extra_rows ? (uint32_t)(i + 1) : 0;
        x[i] = 1;
        for (guint j = 0; j < n_lists; j++)
            x[(1 + j) * rows + i] = pattern >> j & 1;
        for (guint k = 0; k < n_terms; k++)
            x[(1 + n_lists + k) * rows + i] = (pattern & terms[k]) == terms[k];
    }
    *ret_rows = rows;
    *ret_columns = columns;
    return x;
}

double estimate_asymptotic_bias(gsize n, gsize p, const double *x, const double *covariance,
                                const double *fitted, double intercept)
{
    double first = 0;
    for (gsize i = 0; i < n; i++) {
        /* Leverage of row i, and row 0 of covariance · xᵢ. */
        double leverage = 0, towards_intercept = 0;
        for (gsize a = 0; a < p; a++) {
            double inner = 0;
            for (gsize b = 0; b < p; b++)
                inner += covariance[b * p + a] * x[b * n + i];
            leverage += x[a * n + i] * inner;
            if (a == 0)
                towards_intercept = inner;
        }
        first += towards_intercept * fitted[i] * leverage;
    }
    /* -C(ψ - e₀) with ψ = Xᵀ diag(μ) h: the first element. */
    return 0.5 * exp(intercept) * (covariance[0] - first);
}

void estimate_model_take(EstimateModel *model, const EstimatePoisson *fit, const double *x,
                         double observed)
{
    double intercept = fit->coefficients[0], unseen = exp(intercept);
    model->identified = fit->rank == fit->p;
    model->converged = fit->converged;
    model->abundance = observed + unseen;
    model->standard_error = sqrt(unseen + unseen * unseen * fit->covariance[0]);
    model->deviance = fit->deviance;
    model->degrees_of_freedom = (int)fit->n - (int)fit->rank;
    model->aic = fit->aic;
    model->bic = fit->aic + (log(observed) - 2) * (double)fit->rank;
    model->bias = model->identified ? estimate_asymptotic_bias(fit->n, fit->p, x, fit->covariance,
                                                               fit->fitted, intercept)
                                    : NAN;
    model->corrected_abundance = fmax(observed, model->abundance - model->bias);
    model->usable = model->converged && model->identified && isfinite(model->abundance) &&
                    isfinite(model->standard_error) && isfinite(model->bic) &&
                    fabs(model->bias) <= 0.1 * model->abundance &&
                    model->abundance <= ESTIMATE_LARGEST;
}

/* Adds every part of two lists or more of each term; keeps order and no doubles. */
static uint32_t *close_downward(const uint32_t *terms, guint n_terms, guint *ret_n)
{
    gsize room = 1;
    for (guint k = 0; k < n_terms; k++)
        room += (gsize)1 << __builtin_popcount(terms[k]);
    uint32_t *closed = malloc(room * sizeof *closed);
    if (closed == NULL)
        return NULL;
    guint n = 0;
    for (guint k = 0; k < n_terms; k++)
        for (uint32_t part = terms[k]; part != 0; part = (part - 1) & terms[k]) {
            if (__builtin_popcount(part) < 2)
                continue;
            bool known = false;
            for (guint m = 0; m < n && !known; m++)
                known = closed[m] == part;
            if (!known)
                closed[n++] = part;
        }
    qsort(closed, n, sizeof *closed, estimate_term_compare);
    *ret_n = n;
    return closed;
}

bool estimate_loglinear_fit(const EstimateLists *lists, const uint32_t *terms, guint n_terms,
                            EstimateModel *ret_model, GError **error)
{
    EstimateModel model = {0};
    double *x = NULL, *y = NULL;
    EstimatePoisson fit = {0};
    bool ok = false;
    if (lists->n_lists > ESTIMATE_LOGLINEAR_LISTS) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("Log-linear models take at most %d lists; there are %u. Choose some with "
                      "--lists, or use --method lcmcr."),
                    ESTIMATE_LOGLINEAR_LISTS, lists->n_lists);
        return false;
    }
    model.terms = close_downward(terms, n_terms, &model.n_terms);
    if (model.terms == NULL)
        return estimate_no_memory(error);
    gsize rows, columns;
    x = estimate_design(lists->n_lists, model.terms, model.n_terms, 0, &rows, &columns);
    y = malloc((lists->n_patterns - 1) * sizeof *y);
    if (x == NULL || y == NULL) {
        estimate_no_memory(error);
        goto end;
    }
    for (gsize i = 0; i < rows; i++)
        y[i] = (double)lists->counts[i + 1];
    if (!estimate_poisson_fit(rows, columns, x, y, &fit)) {
        estimate_no_memory(error);
        goto end;
    }
    estimate_model_take(&model, &fit, x, (double)lists->observed);
    estimate_model_write_name(lists->n_lists, model.terms, model.n_terms, model.name);
    *ret_model = model;
    ok = true;
end:
    if (!ok)
        free(model.terms);
    free(x);
    free(y);
    estimate_poisson_clear(&fit);
    return ok;
}
