/* estimate/profile.c: an interval by profile likelihood (Cormack 1992).
 *
 * For a total N the unseen cell is given the count N - observed and the model
 * is fitted to the whole table; what is left is the multinomial likelihood of
 * that table, maximized over the model's parameters:
 *
 *   2 l(N) = -deviance(N) + 2 log [ (N! / N^N) (u^u / u!) ] + constant,  u = N - observed
 *
 * The interval holds every N within half a chi-squared quantile of the top. */
#include "estimate/loglinear_private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

double estimate_profile_likelihood(gsize rows, gsize columns, const double *x, double *y,
                                   double observed, double total)
{
    int sign;
    double unseen = total - observed;
    y[rows - 1] = unseen;
    EstimatePoisson fit;
    if (!estimate_poisson_fit(rows, columns, x, y, &fit))
        return NAN;
    double shape = lgamma_r(total + 1, &sign) - total * log(total) - lgamma_r(unseen + 1, &sign) +
                   (unseen > 0 ? unseen * log(unseen) : 0);
    double likelihood = -0.5 * fit.deviance + shape;
    estimate_poisson_clear(&fit);
    return likelihood;
}

/* Works in t = log(1 + unseen): the likelihood is smooth and near a parabola in it. */
typedef struct {
    gsize rows, columns;
    const double *x;
    double *y, observed, level_drop, top;
} Profile;

static double height(const Profile *profile, double t)
{
    return estimate_profile_likelihood(profile->rows, profile->columns, profile->x, profile->y,
                                       profile->observed, profile->observed + expm1(t));
}

/* Golden section; 60 rounds shrink the bracket by 3e-13. */
static double find_top(const Profile *profile, double low, double high)
{
    const double ratio = 0.6180339887498949;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double at_a = height(profile, a), at_b = height(profile, b);
    for (int round = 0; round < 60 && high - low > 1e-7; round++) {
        if (at_a >= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - ratio * (high - low);
            at_a = height(profile, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + ratio * (high - low);
            at_b = height(profile, b);
        }
    }
    return 0.5 * (low + high);
}

/* Where the profile crosses top - drop between inside (above it) and outside (below it). */
static double find_crossing(const Profile *profile, double inside, double outside)
{
    for (int round = 0; round < 60 && fabs(outside - inside) > 1e-8; round++) {
        double middle = 0.5 * (inside + outside);
        if (height(profile, middle) > profile->top - profile->level_drop)
            inside = middle;
        else
            outside = middle;
    }
    return 0.5 * (inside + outside);
}

bool estimate_profile_interval(gsize rows, gsize columns, const double *x, double *y,
                               double observed, double guess, double level, double *ret_lower,
                               double *ret_upper)
{
    Profile profile = {.rows = rows, .columns = columns, .x = x, .y = y, .observed = observed};
    profile.level_drop = 0.5 * gsl_cdf_chisq_Pinv(level, 1);
    double farthest = log1p(1e4 * (observed + 1));
    double middle = log1p(fmax(0, guess - observed));
    double peak = find_top(&profile, fmax(0, middle - 2), fmin(farthest, middle + 2));
    profile.top = height(&profile, peak);
    if (isnan(profile.top))
        return false;
    double floor = profile.top - profile.level_drop;
    *ret_lower = height(&profile, 0) >= floor ? observed
                                              : observed + expm1(find_crossing(&profile, peak, 0));
    double outside = peak + 0.25;
    while (outside < farthest && height(&profile, outside) > floor)
        outside += 0.5;
    *ret_upper =
        outside >= farthest ? INFINITY : observed + expm1(find_crossing(&profile, peak, outside));
    return true;
}

bool estimate_loglinear_interval(const EstimateLists *lists, const EstimateModel *model,
                                 double level, double *ret_lower, double *ret_upper)
{
    gsize rows, columns;
    double *x = estimate_design(lists->n_lists, model->terms, model->n_terms, 1, &rows, &columns);
    double *y = malloc(lists->n_patterns * sizeof *y);
    bool ok = x != NULL && y != NULL;
    if (ok) {
        for (gsize i = 0; i + 1 < rows; i++)
            y[i] = (double)lists->counts[i + 1];
        ok = estimate_profile_interval(rows, columns, x, y, (double)lists->observed,
                                       model->abundance, level, ret_lower, ret_upper);
    }
    free(x);
    free(y);
    return ok;
}
