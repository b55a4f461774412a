/* estimate/agreement.c: Krippendorff's alpha from the coincidence matrix of values.
 *
 * A unit with m ratings adds 1/(m - 1) for each ordered pair of its ratings; observed disagreement
 * is the mean squared difference over coincidences, expected the same over all pairs of pairable
 * values. Ordinal difference of values c < k: (n_c/2 + all between + n_k/2)². */
#include "estimate/agreement.h"

#include "base/i18n.h"
#include "base/random.h"
#include <math.h>
#include <stdlib.h>

enum { DRAWS = 2000, LEAST_UNITS = 3 };

typedef struct {
    AgreementScale scale;
    gsize n_categories;
    const double *categories; /* ascending */
    gsize n_units, n_raters;
    const double *values;
    int *codes;          /* category of each value; -1 missing */
    double *coincidence; /* n_categories² */
    double *margin;      /* n_categories */
} Table;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double difference(const Table *t, gsize c, gsize k)
{
    double x = t->categories[c], y = t->categories[k], d;
    switch (t->scale) {
    case AGREEMENT_NOMINAL:
        return c != k;
    case AGREEMENT_INTERVAL:
        return (x - y) * (x - y);
    case AGREEMENT_RATIO:
        d = x + y > 0 ? (x - y) / (x + y) : 0;
        return d * d;
    case AGREEMENT_ORDINAL:
        d = 0;
        for (gsize g = MIN(c, k); g <= MAX(c, k); g++)
            d += t->margin[g];
        d -= (t->margin[c] + t->margin[k]) / 2;
        return d * d;
    }
    return 0;
}

static void add_unit(Table *t, gsize unit)
{
    const int *codes = t->codes + unit * t->n_raters;
    gsize m = 0;
    for (gsize r = 0; r < t->n_raters; r++)
        m += codes[r] >= 0;
    if (m < 2)
        return;
    for (gsize i = 0; i < t->n_raters; i++)
        for (gsize j = 0; j < t->n_raters; j++)
            if (i != j && codes[i] >= 0 && codes[j] >= 0)
                t->coincidence[(gsize)codes[i] * t->n_categories + (gsize)codes[j]] +=
                    1 / (double)(m - 1);
}

/* units NULL: each once; else n_units numbers of units. */
static double alpha_of(Table *t, const gsize *units)
{
    gsize k = t->n_categories;
    for (gsize i = 0; i < k * k; i++)
        t->coincidence[i] = 0;
    for (gsize u = 0; u < t->n_units; u++)
        add_unit(t, units != NULL ? units[u] : u);
    double n = 0, observed = 0, expected = 0;
    for (gsize c = 0; c < k; c++) {
        t->margin[c] = 0;
        for (gsize d = 0; d < k; d++)
            t->margin[c] += t->coincidence[c * k + d];
        n += t->margin[c];
    }
    for (gsize c = 0; c < k; c++)
        for (gsize d = 0; d < k; d++) {
            double away = difference(t, c, d);
            observed += t->coincidence[c * k + d] * away;
            expected += t->margin[c] * t->margin[d] * away;
        }
    return n > 1 && expected > 0 ? 1 - (n - 1) * observed / expected : (double)NAN;
}

/* Units without a pair say nothing: they are left out of the draws. */
static bool draw_interval(Table *t, guint64 seed, Agreement *agreement)
{
    gsize *pairable = malloc(t->n_units * sizeof *pairable);
    gsize *drawn = malloc(t->n_units * sizeof *drawn);
    double *alphas = malloc(DRAWS * sizeof *alphas);
    bool enough = pairable != NULL && drawn != NULL && alphas != NULL;
    gsize n = 0, told = 0;
    for (gsize u = 0; enough && u < t->n_units; u++) {
        gsize m = 0;
        for (gsize r = 0; r < t->n_raters; r++)
            m += t->codes[u * t->n_raters + r] >= 0;
        if (m > 1)
            pairable[n++] = u;
    }
    Random random;
    random_start(&random, seed, 0);
    gsize all = t->n_units;
    t->n_units = n;
    for (int draw = 0; enough && n >= LEAST_UNITS && draw < DRAWS; draw++) {
        for (gsize u = 0; u < n; u++)
            drawn[u] = pairable[random_below(&random, (guint32)n)];
        double alpha = alpha_of(t, drawn);
        alphas[told++] = isnan(alpha) ? 1 : alpha; /* all alike: nobody differs */
    }
    t->n_units = all;
    if (told > 0) {
        qsort(alphas, told, sizeof *alphas, ascending);
        agreement->lower = alphas[(gsize)(0.025 * (double)told)];
        agreement->upper = alphas[(gsize)(0.975 * (double)told)];
    }
    free(pairable);
    free(drawn);
    free(alphas);
    return enough;
}

static gsize find_category(gsize n, const double *categories, double value)
{
    const double *found = bsearch(&value, categories, n, sizeof *categories, ascending);
    return found != NULL ? (gsize)(found - categories) : 0;
}

static void count_pairable(const Table *t, Agreement *agreement)
{
    for (gsize u = 0; u < t->n_units; u++) {
        gsize m = 0;
        for (gsize r = 0; r < t->n_raters; r++)
            m += t->codes[u * t->n_raters + r] >= 0;
        if (m > 1) {
            agreement->n_units++;
            agreement->n_values += m;
        }
    }
}

bool agreement_alpha(AgreementScale scale, gsize n_units, gsize n_raters, const double *values,
                     guint64 seed, Agreement *ret_agreement, GError **error)
{
    Agreement agreement = {.alpha = NAN, .lower = NAN, .upper = NAN};
    gsize n = n_units * n_raters, known = 0;
    double *categories = malloc(MAX(n, 1) * sizeof *categories);
    Table t = {.scale = scale, .n_units = n_units, .n_raters = n_raters, .values = values};
    t.codes = malloc(MAX(n, 1) * sizeof *t.codes);
    for (gsize i = 0; categories != NULL && i < n; i++)
        if (!isnan(values[i]))
            categories[known++] = values[i];
    if (categories != NULL)
        qsort(categories, known, sizeof *categories, ascending);
    for (gsize i = 0; categories != NULL && i < known; i++)
        if (t.n_categories == 0 || categories[i] > categories[t.n_categories - 1])
            categories[t.n_categories++] = categories[i];
    gsize k = t.n_categories;
    t.categories = categories;
    t.coincidence = malloc(MAX(k * k, 1) * sizeof *t.coincidence);
    t.margin = malloc(MAX(k, 1) * sizeof *t.margin);
    bool done = categories != NULL && t.codes != NULL && t.coincidence != NULL && t.margin != NULL;
    bool negative = done && scale == AGREEMENT_RATIO && k > 0 && categories[0] < 0;
    if (done && !negative) {
        for (gsize i = 0; i < n; i++)
            t.codes[i] = isnan(values[i]) ? -1 : (int)find_category(k, categories, values[i]);
        count_pairable(&t, &agreement);
        agreement.alpha = alpha_of(&t, NULL);
        if (!isnan(agreement.alpha))
            done = draw_interval(&t, seed, &agreement);
    }
    free(categories);
    free(t.codes);
    free(t.coincidence);
    free(t.margin);
    if (!done)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is not enough memory for the agreement."));
    else if (negative)
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA,
                            _("A ratio scale has no values below 0."));
    else
        *ret_agreement = agreement;
    return done && !negative;
}
