/* tests/estimate/t_forecast.c: the elastic net and the scores. */
#include "base/random.h"
#include "estimate/elastic_net.h"
#include "estimate/scores.h"
#include "tables.h"

#define N ((gsize)400)
#define P ((gsize)6)

typedef struct {
    double x[400 * 6], y[400];
} Made;

/* Six predictors: two continuous, one shifted, one rare 0/1, one mostly 1, one constant. */
static void make(Made *made, uint64_t seed)
{
    Random random;
    random_start(&random, seed, 0);
    for (gsize i = 0; i < N; i++) {
        double a = random_normal(&random), b = random_normal(&random);
        made->x[i] = a;
        made->x[N + i] = 100 + 7 * (0.5 * a + b);
        made->x[2 * N + i] = random_uniform(&random) < 0.08;
        made->x[3 * N + i] = random_uniform(&random) < 0.9 ? 1 : 3;
        made->x[4 * N + i] = 5;
        made->x[5 * N + i] = random_normal(&random);
        double eta = -1.5 + 0.8 * a + 1.2 * made->x[2 * N + i] - 0.4 * made->x[3 * N + i];
        made->y[i] = random_uniform(&random) < 1 / (1 + exp(-eta));
    }
}

/* The optimum is known by its subgradient: for each standardized predictor, the mean of
 * x (y - q) is lambda (alpha sign b + (1 - alpha) b), or below lambda alpha where b is 0. */
static void check_optimum(const Made *made, const ElasticNetPath *path, gsize at, double alpha)
{
    double lambda = path->lambdas[at], intercept = path->intercepts[at], residual[400], sum = 0;
    const double *b = path->coefficients + at * P;
    for (gsize i = 0; i < N; i++) {
        residual[i] = made->y[i] - elastic_net_predict(P, intercept, b, made->x + i, N);
        sum += residual[i] / N;
    }
    g_assert_cmpfloat(fabs(sum), <, 1e-6);
    for (gsize j = 0; j < P; j++) {
        const double *x = made->x + j * N;
        double mean = 0, square = 0, gradient = 0;
        for (gsize i = 0; i < N; i++)
            mean += x[i] / N;
        for (gsize i = 0; i < N; i++)
            square += (x[i] - mean) * (x[i] - mean) / N;
        double deviation = sqrt(square);
        if (deviation == 0) {
            g_assert_cmpfloat(b[j], ==, 0);
            continue;
        }
        for (gsize i = 0; i < N; i++)
            gradient += residual[i] * (x[i] - mean) / deviation / N;
        double standardized = b[j] * deviation;
        if (standardized == 0)
            g_assert_cmpfloat(fabs(gradient), <=, lambda * alpha + 1e-6);
        else
            g_assert_cmpfloat(fabs(gradient - lambda * (copysign(alpha, standardized) +
                                                        (1 - alpha) * standardized)),
                              <, 1e-6);
    }
}

static void test_optimum(void)
{
    static Made made;
    make(&made, 3);
    static const double ALPHAS[] = {0.1, 0.5, 1};
    for (gsize k = 0; k < G_N_ELEMENTS(ALPHAS); k++) {
        const ElasticNetData data = {N, P, made.x, made.y};
        const ElasticNetOptions options = {.alpha = ALPHAS[k], .threshold = 1e-14};
        g_autoptr(ElasticNetPath) path = elastic_net_fit(&data, &options, NULL);
        g_assert_cmpuint(path->n_lambdas, >, 20);
        g_assert_cmpuint(path->n_constant, ==, 1);
        for (gsize at = 1; at < path->n_lambdas; at++) {
            g_assert_cmpfloat(path->lambdas[at], <, path->lambdas[at - 1]);
            check_optimum(&made, path, at, ALPHAS[k]);
        }
        for (gsize j = 0; j < P; j++)
            g_assert_cmpfloat(path->coefficients[j], ==, 0); /* nothing enters at the first */
        g_assert_cmpfloat(path->deviance_ratio[path->n_lambdas - 1], >, 0.05);
    }
}

static void test_shift_and_scale(void)
{
    static Made made, moved;
    make(&made, 4);
    moved = made;
    for (gsize i = 0; i < N; i++) {
        moved.x[i] = 10 * made.x[i] - 3;
        moved.x[2 * N + i] = 1 - made.x[2 * N + i]; /* the rare value is now 0 */
    }
    const ElasticNetOptions options = {.alpha = 0.5};
    g_autoptr(ElasticNetPath) a =
        elastic_net_fit(&(ElasticNetData){N, P, made.x, made.y}, &options, NULL);
    g_autoptr(ElasticNetPath) b =
        elastic_net_fit(&(ElasticNetData){N, P, moved.x, moved.y}, &options, NULL);
    double first, second, left[6], right[6];
    elastic_net_at(a, a->lambdas[30], &first, left);
    elastic_net_at(b, b->lambdas[30], &second, right);
    for (gsize i = 0; i < N; i++)
        g_assert_cmpfloat(fabs(elastic_net_predict(P, first, left, made.x + i, N) -
                               elastic_net_predict(P, second, right, moved.x + i, N)),
                          <, 1e-9);
    test_assert_close(left[2], -right[2], 1e-7);
}

static void test_validation_threads(void)
{
    static Made made;
    make(&made, 5);
    const ElasticNetData data = {N, P, made.x, made.y};
    const ElasticNetOptions options = {.alpha = 0.5};
    g_autoptr(ElasticNetPath) path = elastic_net_fit(&data, &options, NULL);
    g_autoptr(ElasticNetCv) one = elastic_net_cross_validate(&data, &options, path, 5, 9, 1, NULL);
    g_autoptr(ElasticNetCv) three =
        elastic_net_cross_validate(&data, &options, path, 5, 9, 3, NULL);
    g_assert_true(memcmp(one->deviance, three->deviance, path->n_lambdas * sizeof(double)) == 0);
    g_assert_cmpfloat(one->lambda_1se, >=, one->lambda_min);
    for (gsize l = 0; l < path->n_lambdas; l++)
        if (path->lambdas[l] == one->lambda_min)
            for (gsize m = 0; m < path->n_lambdas; m++)
                g_assert_cmpfloat(one->deviance[l], <=, one->deviance[m]);
}

static void test_refusals(void)
{
    static Made made;
    make(&made, 6);
    ElasticNetOptions options = {.alpha = 0.5};
    double same[400] = {0};
    g_autoptr(GError) one_class = NULL, not_finite = NULL, no_alpha = NULL;
    g_assert_null(elastic_net_fit(&(ElasticNetData){N, P, made.x, same}, &options, &one_class));
    g_assert_error(one_class, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    options.alpha = 2;
    g_assert_null(elastic_net_fit(&(ElasticNetData){N, P, made.x, made.y}, &options, &no_alpha));
    g_assert_error(no_alpha, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    options.alpha = 1;
    made.x[7] = NAN;
    g_assert_null(elastic_net_fit(&(ElasticNetData){N, P, made.x, made.y}, &options, &not_finite));
    g_assert_error(not_finite, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
}

static void test_separation(void)
{
    /* x tells y perfectly: coefficients grow along the path but stay finite. */
    double x[40], y[40];
    for (gsize i = 0; i < 40; i++) {
        x[i] = (double)i;
        y[i] = i >= 20;
    }
    const ElasticNetOptions options = {.alpha = 1};
    g_autoptr(ElasticNetPath) path =
        elastic_net_fit(&(ElasticNetData){40, 1, x, y}, &options, NULL);
    for (gsize l = 0; l < path->n_lambdas; l++)
        g_assert_true(isfinite(path->coefficients[l]) && isfinite(path->intercepts[l]));
    g_assert_cmpfloat(path->deviance_ratio[path->n_lambdas - 1], >, 0.99);
}

/* ---- parity with the Early Warning Project's 2025 edition ---- */

typedef struct {
    CsvTable *table;
    const char *const *predictors;
    gsize p;
} Edition;

static CsvTable *load(const char *name)
{
    g_autofree char *relative = g_strdup_printf("reference/ewp/%s", name);
    g_autofree char *path = test_shared_path(relative);
    if (path == NULL)
        return NULL;
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, NULL);
    return csv_table_load(reader, NULL);
}

static double value_at(const CsvTable *table, gsize row, const char *column)
{
    double value;
    const char *field = csv_table_cell(table, row, csv_table_column(table, column));
    return csv_parse_double(field, &value) ? value : NAN;
}

static bool all_there(const CsvTable *table, gsize row, const char *const *columns)
{
    for (gsize j = 0; columns[j] != NULL; j++)
        if (isnan(value_at(table, row, columns[j])))
            return false;
    return true;
}

/* Rows up to `through` (or of `predict` exactly) as numbers, column by column. */
static double *rows_of(const Edition *edition, int through, int predict, GArray *rows)
{
    static const char *const COMPLETE[] = {"mk_onset", "mk_onset_1", "mk_onset_2", "mk_onset_1or2",
                                           NULL};
    for (gsize row = 0; row < edition->table->n_rows; row++) {
        int year = (int)value_at(edition->table, row, "year");
        bool wanted = predict != 0 ? year == predict
                                   : year <= through && all_there(edition->table, row, COMPLETE);
        if (wanted && all_there(edition->table, row, edition->predictors))
            g_array_append_val(rows, row);
    }
    double *x = g_new(double, rows->len * edition->p + 1);
    for (gsize j = 0; j < edition->p; j++)
        for (guint i = 0; i < rows->len; i++)
            x[j * rows->len + i] =
                value_at(edition->table, g_array_index(rows, gsize, i), edition->predictors[j]);
    return x;
}

static void test_ewp_2025(void)
{
    g_autoptr(CsvTable) table = load("predictors.csv");
    if (table == NULL)
        return;
    g_autoptr(CsvTable) coefficients = load("published-coefficients.csv");
    g_autoptr(CsvTable) published = load("published-forecast.csv");
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gssize variable = csv_table_column(coefficients, "variable");
    for (gsize row = 1; row < coefficients->n_rows; row++)
        g_ptr_array_add(names, (gpointer)csv_table_cell(coefficients, row, variable));
    g_ptr_array_add(names, NULL);
    const Edition edition = {table, (const char *const *)names->pdata, names->len - 1};
    g_autoptr(GArray) train = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autofree double *x = rows_of(&edition, 2022, 0, train);
    g_autofree double *now = rows_of(&edition, 0, 2024, units);
    g_assert_cmpuint(train->len, ==, 8970);
    g_assert_cmpuint(units->len, ==, 168);
    g_autofree double *y = g_new(double, train->len);
    for (guint i = 0; i < train->len; i++)
        y[i] = value_at(table, g_array_index(train, gsize, i), "mk_onset_1or2");
    const ElasticNetOptions options = {.alpha = 0.5};
    g_autoptr(ElasticNetPath) path =
        elastic_net_fit(&(ElasticNetData){train->len, edition.p, x, y}, &options, NULL);
    g_assert_cmpuint(path->n_lambdas, ==, 67);
    double intercept, b[64];
    elastic_net_at(path, 0.00258642894832, &intercept, b);
    test_assert_close(intercept, -1.3277, 1e-4);
    for (gsize j = 0; j < edition.p; j++)
        g_assert_cmpfloat(fabs(b[j] - value_at(coefficients, j + 1, "coef.full")), <=, 5e-5);
    guint met = 0;
    for (gsize row = 0; row < published->n_rows; row++) {
        const char *unit = csv_table_cell(published, row, csv_table_column(published, "ewp_name"));
        for (guint i = 0; i < units->len; i++) {
            gssize name = csv_table_column(table, "ewp_name");
            if (strcmp(csv_table_cell(table, g_array_index(units, gsize, i), name), unit) != 0)
                continue;
            double risk = elastic_net_predict(edition.p, intercept, b, now + i, units->len);
            g_assert_cmpfloat(fabs(risk - value_at(published, row, "risk_1or2.from2024")), <=,
                              5e-5);
            met++;
        }
    }
    g_assert_cmpuint(met, ==, 168);
}

/* ---- scores ---- */

static double score_of(ScoreMetric metric, gsize n, const double *p, const double *y)
{
    Score score;
    g_autoptr(GError) error = NULL;
    g_assert_true(score_probabilities(metric, n, p, y, &score, &error));
    g_assert_no_error(error);
    return score.value;
}

static void test_probability_scores(void)
{
    /* The examples of scikit-learn's manual: roc_auc_score, average_precision_score,
     * brier_score_loss, log_loss. */
    const double y[] = {0, 0, 1, 1}, p[] = {0.1, 0.4, 0.35, 0.8};
    test_assert_close(score_of(SCORE_AUC, 4, p, y), 0.75, 1e-12);
    test_assert_close(score_of(SCORE_AUPR, 4, p, y), 0.8333333333333333, 1e-12);
    const double y2[] = {0, 1, 1, 0}, p2[] = {0.1, 0.9, 0.8, 0.3};
    test_assert_close(score_of(SCORE_BRIER, 4, p2, y2), 0.0375, 1e-12);
    const double y3[] = {1, 0, 0, 1}, p3[] = {0.9, 0.1, 0.2, 0.65};
    test_assert_close(score_of(SCORE_LOG, 4, p3, y3), 0.21616187468057912, 1e-12);
}

static void test_auc_interval(void)
{
    /* By hand: placements of the events 1/2 and 1, of the others 1 and 1/2: both variances 1/8,
     * standard error sqrt(1/16 + 1/16). */
    const double y[] = {0, 0, 1, 1}, p[] = {0.1, 0.4, 0.35, 0.8};
    Score score;
    g_assert_true(score_probabilities(SCORE_AUC, 4, p, y, &score, NULL));
    test_assert_close(score.lower, 0.75 - 1.959963984540054 * sqrt(0.125), 1e-9);
    g_assert_cmpfloat(score.upper, ==, 1);
    const double tied[] = {0.5, 0.5, 0.5, 0.5};
    test_assert_close(score_of(SCORE_AUC, 4, tied, y), 0.5, 1e-12);
}

static void test_sample_scores(void)
{
    const double samples[] = {0, 1, 2}, one[] = {1};
    Score score;
    g_assert_true(score_samples(SCORE_CRPS, 1, 3, samples, one, &score, NULL));
    test_assert_close(score.value, 2.0 / 9, 1e-12); /* 2/3 - 4/9 by hand */
    const double zeros[] = {0, 0, 0}, zero[] = {0};
    g_assert_true(score_samples(SCORE_IGNORANCE, 1, 3, zeros, zero, &score, NULL));
    test_assert_close(score.value, log2(3.5), 1e-12); /* (3 + 1) of (3 + 11) */
    /* 1 and 2 share a bin, 3 lies in the next. */
    g_assert_true(score_samples(SCORE_IGNORANCE, 1, 3, samples, one, &score, NULL));
    test_assert_close(score.value, -log2(3.0 / 14), 1e-12);
    /* A point forecast of 4 against 10: 2/0.05 for each of 6. */
    const double four[] = {4, 4, 4, 4}, ten[] = {10};
    g_assert_true(score_samples(SCORE_INTERVAL, 1, 4, four, ten, &score, NULL));
    test_assert_close(score.value, 240, 1e-12);
}

/* Six counts, ten samples each, scored by the code of the ViEWS prediction challenge 2023/24 itself
 * (prio-data/prediction_competition_2023, IgnoranceScore.py with the challenge's bins and
 * IntervalScore.py at 0.95; CRPS as its README asks of xskillscore: mean |x - y| - mean |x - x'| /
 * 2). */
static void test_scores_of_the_views_challenge(void)
{
    static const double SAMPLES[6][10] = {
        {0, 0, 0, 0, 1, 0, 2, 0, 0, 3}, {5, 9, 12, 7, 30, 2, 6, 11, 4, 8},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {120, 80, 260, 95, 310, 70, 150, 101, 99, 40},
        {3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, {1500, 900, 2000, 1001, 999, 1200, 450, 700, 3000, 1100},
    };
    static const double OUTCOMES[6] = {0, 10, 4, 101, 3, 52};
    static const struct {
        ScoreMetric metric;
        double each[6], mean;
    } THEIRS[] = {
        {SCORE_IGNORANCE,
         {1.3923174227787602, 2.070389327891398, 4.392317422778761, 2.3923174227787602,
          0.9328858041414629, 4.392317422778761},
         2.5954241371913174},
        {SCORE_INTERVAL,
         {2.7750000000000004, 23.500000000000007, 159.99999999999986, 252.0, 0.0,
          20438.749999999985},
         3479.5041666666643},
        {SCORE_CRPS, {0.14, 1.72, 4.0, 13.83, 0.0, 875.48}, 149.195},
    };
    for (gsize m = 0; m < G_N_ELEMENTS(THEIRS); m++) {
        Score score;
        for (gsize i = 0; i < 6; i++) {
            g_assert_true(
                score_samples(THEIRS[m].metric, 1, 10, SAMPLES[i], &OUTCOMES[i], &score, NULL));
            test_assert_close(score.value, THEIRS[m].each[i], 1e-9);
        }
        g_assert_true(score_samples(THEIRS[m].metric, 6, 10, SAMPLES[0], OUTCOMES, &score, NULL));
        test_assert_close(score.value, THEIRS[m].mean, 1e-9);
    }
}

static void test_score_refusals(void)
{
    ScoreMetric metric;
    Score score;
    g_autoptr(GError) unknown = NULL, empty = NULL, kind = NULL, single = NULL, wild = NULL;
    g_assert_false(score_parse_metric("msle", &metric, &unknown));
    g_assert_error(unknown, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_nonnull(strstr(unknown->message, "brier"));
    const double p[] = {0.2, 0.4}, y[] = {0, 0}, high[] = {0.2, 1.4};
    g_assert_false(score_probabilities(SCORE_BRIER, 0, p, y, &score, &empty));
    g_assert_error(empty, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_false(score_probabilities(SCORE_CRPS, 2, p, y, &score, &kind));
    g_assert_error(kind, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    g_assert_false(score_probabilities(SCORE_AUC, 2, p, y, &score, &single));
    g_assert_error(single, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
    g_assert_false(score_probabilities(SCORE_BRIER, 2, high, y, &score, &wild));
    g_assert_error(wild, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static void test_share(void)
{
    double lower, upper;
    score_share_interval(0, 10, &lower, &upper);
    g_assert_cmpfloat(fabs(lower), <, 1e-12);
    test_assert_close(upper, 0.2775327998628892, 1e-9); /* z² / (n + z²) */
}

static void test_reliability(void)
{
    double p[100], y[100], forecast[4], observed[4], count[4];
    for (gsize i = 0; i < 100; i++) {
        p[i] = (double)((i * 37) % 100) / 100;
        y[i] = p[i] >= 0.5;
    }
    g_assert_cmpuint(score_reliability(100, p, y, 4, forecast, observed, count), ==, 4);
    for (gsize bin = 0; bin < 4; bin++) {
        g_assert_cmpfloat(count[bin], ==, 25);
        g_assert_cmpfloat(observed[bin], ==, bin >= 2);
        test_assert_close(forecast[bin], 0.12 + 0.25 * (double)bin, 1e-12);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/estimate/elastic_net/every_point_is_an_optimum", test_optimum);
    g_test_add_func("/estimate/elastic_net/shift_scale_and_rare_value_do_not_matter",
                    test_shift_and_scale);
    g_test_add_func("/estimate/elastic_net/threads_do_not_change_the_folds",
                    test_validation_threads);
    g_test_add_func("/estimate/elastic_net/one_class_nan_and_bad_alpha_are_refused", test_refusals);
    g_test_add_func("/estimate/elastic_net/separation_stays_finite", test_separation);
    g_test_add_func("/estimate/elastic_net/parity/ewp_2025", test_ewp_2025);
    g_test_add_func("/estimate/scores/of_probabilities_are_the_known_ones",
                    test_probability_scores);
    g_test_add_func("/estimate/scores/auc_interval_is_delongs", test_auc_interval);
    g_test_add_func("/estimate/scores/of_samples_are_the_known_ones", test_sample_scores);
    g_test_add_func("/estimate/scores/as_the_views_challenge_scored",
                    test_scores_of_the_views_challenge);
    g_test_add_func("/estimate/scores/unknown_empty_and_wrong_kind_are_errors",
                    test_score_refusals);
    g_test_add_func("/estimate/scores/a_share_of_none_has_an_interval", test_share);
    g_test_add_func("/estimate/scores/reliability_groups_are_equal", test_reliability);
    return g_test_run();
}
