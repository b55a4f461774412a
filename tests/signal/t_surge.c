/* The detectors by themselves: figures retyped from R `surveillance` 1.20.3 on its series n1
 * (209 weekly counts), and claims that need no reference. */
#include "base/i18n.h"
#include "base/random.h"
#include "signal/dist.h"
#include "signal/surge.h"
#include "support.h"
#include <math.h>
#include <string.h>

/* Series n1. */
static const double SERIES[] = {
    0,  0, 0, 5, 52, 0,  4,  1,  5,  2, 0,  1, 20, 5,  18, 52, 0,  0,  0, 0,  0, 0, 0, 0, 0, 0, 0,
    2,  0, 0, 0, 0,  0,  1,  0,  0,  1, 0,  0, 0,  0,  0,  0,  0,  0,  0, 0,  0, 0, 0, 0, 0, 2, 94,
    34, 3, 0, 1, 32, 0,  39, 15, 25, 1, 0,  0, 5,  0,  0,  0,  0,  0,  0, 0,  0, 0, 0, 0, 0, 0, 0,
    0,  0, 0, 0, 0,  0,  0,  0,  0,  5, 3,  1, 1,  39, 34, 52, 36, 11, 2, 50, 2, 2, 0, 9, 7, 7, 13,
    31, 3, 2, 7, 25, 27, 1,  5,  13, 2, 0,  0, 1,  1,  0,  2,  8,  2,  2, 0,  1, 2, 1, 0, 0, 2, 1,
    0,  0, 0, 0, 0,  0,  0,  0,  1,  4, 14, 0, 0,  0,  1,  0,  0,  0,  3, 1,  0, 0, 0, 1, 1, 3, 0,
    0,  0, 2, 1, 2,  0,  1,  4,  4,  1, 3,  1, 0,  1,  0,  1,  0,  1,  0, 4,  2, 1, 2, 1, 1, 1, 1,
    3,  1, 2, 1, 0,  0,  0,  0,  0,  0, 0,  0, 0,  0,  0,  0,  0,  0,  0, 0};

static const struct {
    SignalThreshold threshold;
    gsize index;
    double upper, expected, score, p_value;
    int alarm;
} FARRINGTON[] = {
    {SIGNAL_THRESHOLD_DELTA, 108, 43.2865329710272, 10.7244576304957, 0.0698832106279107,
     0.417836768158561, 0},
    {SIGNAL_THRESHOLD_DELTA, 109, 43.5034611575285, 10.6670577883758, 0.619219528492132,
     0.0602137515050706, 0},
    {SIGNAL_THRESHOLD_DELTA, 125, 0.248361921905862, 8.31528719096518e-08, 32.2110673564613,
     5.96921384806442e-123, 1},
    {SIGNAL_THRESHOLD_NB_PLUGIN, 108, 48, 10.7244576304957, 0.232918292058699, 0.318320183524559,
     0},
    {SIGNAL_THRESHOLD_NB_PLUGIN, 109, 48, 10.6670577883758, 0.627461273400298, 0.0558750046657331,
     0},
    {SIGNAL_THRESHOLD_NB_PLUGIN, 125, 0, 8.31528719096518e-08, 1.4907197204837,
     3.19301871321488e-09, 1},
    {SIGNAL_THRESHOLD_MUAN, 108, 56, 10.7244576304957, 0.198172177268802, 0.457194095702233, 0},
    {SIGNAL_THRESHOLD_MUAN, 109, 58, 10.6670577883758, 0.514675142659725, 0.114379155153955, 0},
};

static void test_farrington(void)
{
    SignalSurgeOptions o = signal_surge_options(SIGNAL_FARRINGTON_FLEXIBLE);
    o.years_back = 2;
    o.periods = 10;
    o.exclude_recent = 26;
    o.trend_p = 1;
    o.alpha = 0.01;
    for (gsize i = 0; i < G_N_ELEMENTS(FARRINGTON); i++) {
        SignalPoint p;
        g_autoptr(GError) error = NULL;
        o.threshold = FARRINGTON[i].threshold;
        g_assert_true(signal_surge(SERIES, G_N_ELEMENTS(SERIES), &o, FARRINGTON[i].index,
                                   FARRINGTON[i].index, &p, &error));
        test_assert_close(p.upper, FARRINGTON[i].upper, 1e-6);
        test_assert_close(p.expected, FARRINGTON[i].expected, 1e-6);
        test_assert_close(p.score, FARRINGTON[i].score, 1e-6);
        test_assert_close(p.p_value, FARRINGTON[i].p_value, 1e-6);
        g_assert_cmpint(p.alarm, ==, FARRINGTON[i].alarm);
    }
}

/* R surveillance 1.20.3, farringtonFlexible with populationOffset = TRUE on this very series. */
static void test_population(void)
{
    enum { N = 300 };
    double counts[N], population[N];
    for (int i = 1; i <= N; i++) {
        population[i - 1] = 1000 + 10 * i + i % 13 * 20;
        counts[i - 1] = (i * i * 7 + 3 * i) % 11 + floor(population[i - 1] / 500);
    }
    static const struct {
        SignalThreshold threshold;
        double upper[3], expected[3], score[3], p[3];
    } R[] = {{SIGNAL_THRESHOLD_DELTA,
              {22.0141818791, 21.6638715893, 21.6120545745},
              {11.5552352489, 11.2645230126, 11.2375061417},
              {0.616196351212, -0.313916106237, 0.266276057814},
              {0.0681280815717, 0.807400367543, 0.250861813019}},
             {SIGNAL_THRESHOLD_NB_PLUGIN,
              {22, 22, 22},
              {11.5552352489, 11.2645230126, 11.2375061417},
              {0.795426361457, 0.284924118453, 0.591435321015},
              {0.0766097782905, 0.829796503197, 0.266032632681}}};
    for (gsize r = 0; r < G_N_ELEMENTS(R); r++) {
        SignalSurgeOptions o = signal_surge_options(SIGNAL_FARRINGTON_FLEXIBLE);
        o.population = population;
        o.years_back = 4;
        o.periods = 10;
        o.trend_p = 1;
        o.exclude_recent = 26;
        o.alpha = 0.01;
        o.threshold = R[r].threshold;
        SignalPoint points[3];
        g_assert_true(signal_surge(counts, N, &o, 298, 300, points, NULL));
        for (int i = 0; i < 3; i++) {
            g_assert_cmpfloat(fabs(points[i].upper / R[r].upper[i] - 1), <, 1e-9);
            g_assert_cmpfloat(fabs(points[i].expected / R[r].expected[i] - 1), <, 1e-9);
            g_assert_cmpfloat(fabs(points[i].score / R[r].score[i] - 1), <, 1e-9);
            g_assert_cmpfloat(fabs(points[i].p_value / R[r].p[i] - 1), <, 1e-9);
        }
        population[17] = 0;
        g_autoptr(GError) error = NULL;
        g_assert_false(signal_surge(counts, N, &o, 298, 300, points, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
        population[17] = 1000 + 180 + 18 % 13 * 20;
    }
}

static void test_sparse(void)
{
    double zeros[400] = {0};
    SignalSurgeOptions o = signal_surge_options(SIGNAL_FARRINGTON_FLEXIBLE);
    for (int t = 0; t < 3; t++) {
        SignalPoint p[3];
        g_autoptr(GError) error = NULL;
        o.threshold = (SignalThreshold)t;
        g_assert_true(signal_surge(zeros, 400, &o, 398, 400, p, &error));
        for (int i = 0; i < 3; i++) {
            g_assert_false(p[i].alarm);
            g_assert_true(isnan(p[i].upper));
            g_assert_cmpint(p[i].gap, !=, SIGNAL_GAP_NONE);
            g_autofree char *reason = signal_surge_reason(&p[i], &o);
            g_assert_cmpstr(reason, !=, "");
        }
    }
}

/* A week is judged by what came before it only. */
static void test_future(void)
{
    for (int m = 0; m < SIGNAL_N_METHODS; m++) {
        double counts[420], cut[400];
        Random random;
        random_start(&random, 7, 0);
        for (int i = 0; i < 420; i++)
            counts[i] = (double)random_poisson(&random, 6 + 3 * sin(i / 8.0));
        memcpy(cut, counts, sizeof cut);
        counts[410] = 5000;
        SignalSurgeOptions o = signal_surge_options((SignalMethod)m);
        SignalPoint a[2], b[2];
        g_assert_true(signal_surge(counts, 420, &o, 399, 400, a, NULL));
        g_assert_true(signal_surge(cut, 400, &o, 399, 400, b, NULL));
        for (int i = 0; i < 2; i++) {
            test_assert_close(a[i].upper, b[i].upper, 1e-12);
            g_assert_cmpint(a[i].alarm, ==, b[i].alarm);
        }
    }
}

static void test_great_surge(void)
{
    double counts[400];
    Random random;
    random_start(&random, 3, 0);
    for (int i = 0; i < 400; i++)
        counts[i] = (double)random_poisson(&random, 5);
    counts[399] = 60;
    for (int m = 0; m < SIGNAL_N_METHODS; m++) {
        if (m == SIGNAL_EARS_C3) /* adds up the two weeks before; one week alone never rings it */
            continue;
        SignalPoint p;
        SignalSurgeOptions o = signal_surge_options((SignalMethod)m);
        g_assert_true(signal_surge(counts, 400, &o, 400, 400, &p, NULL));
        g_assert_true(p.alarm);
        g_autofree char *reason = signal_surge_reason(&p, &o);
        g_autofree char *weakness = signal_surge_weakness(&p, &o);
        g_assert_cmpstr(reason, !=, "");
        g_assert_cmpstr(weakness, !=, "");
        i18n_set_language(I18N_PERSIAN);
        g_autofree char *persian = signal_surge_reason(&p, &o);
        i18n_set_language(I18N_ENGLISH);
        g_assert_cmpstr(reason, !=, persian);
    }
}

static void test_days(void)
{
    double counts[400];
    gint32 days[400];
    for (int i = 0; i < 400; i++) {
        counts[i] = 20 + (i * 7) % 5;
        days[i] = 12000 + 7 * i;
    }
    counts[399] = 90;
    SignalSurgeOptions o = signal_surge_options(SIGNAL_FARRINGTON_FLEXIBLE);
    o.days = days;
    SignalPoint p;
    g_autoptr(GError) error = NULL;
    g_assert_true(signal_surge(counts, 400, &o, 400, 400, &p, &error));
    g_assert_true(p.alarm);
    g_assert_false(signal_surge(counts, 400, &o, 100, 100, &p, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
}

static void test_refusals(void)
{
    double counts[300];
    for (int i = 0; i < 300; i++)
        counts[i] = i % 3;
    SignalPoint p[300];
    static const struct {
        gsize at;
        double value;
    } BAD[] = {{5, -1}, {5, 0.5}, {5, NAN}, {5, INFINITY}};
    SignalSurgeOptions o = signal_surge_options(SIGNAL_EARS_C1);
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        double kept = counts[BAD[i].at];
        counts[BAD[i].at] = BAD[i].value;
        g_assert_false(signal_surge(counts, 300, &o, 0, 0, p, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_DATA);
        counts[BAD[i].at] = kept;
    }
    for (int m = 0; m < SIGNAL_N_METHODS; m++) {
        g_autoptr(GError) error = NULL;
        SignalSurgeOptions short_one = signal_surge_options((SignalMethod)m);
        g_assert_false(signal_surge(counts, 1, &short_one, 0, 0, p, &error));
        g_assert_nonnull(error);
        g_clear_error(&error);
        short_one.alpha = 0;
        g_assert_false(signal_surge(counts, 300, &short_one, 0, 0, p, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE);
    }
}

static void test_fdr(void)
{
    /* Benjamini and Hochberg 1995, table 2: 15 p-values, four rejected at 0.05. */
    static const double P[15] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
    double q[15];
    int rejected = 0;
    g_assert_true(signal_fdr(P, 15, q, NULL));
    for (int i = 0; i < 15; i++)
        rejected += q[i] <= 0.05;
    g_assert_cmpint(rejected, ==, 4);
    test_assert_close(q[0], 0.0015, 1e-12);
}

/* Tails against closed forms. */
static void test_tails(void)
{
    test_assert_close(dist_nb_tail(1, 2, 1), 1 - exp(-2), 1e-12);
    /* size 1 is geometric: mean 3, phi 4, P(Y >= k) = (3/4)^k */
    for (int k = 1; k < 60; k += 7)
        test_assert_close(dist_nb_tail(k, 3, 4), pow(0.75, k), 1e-11);
    test_assert_close(dist_nb_tail(900000, 1e6, 1e6 + 1), pow(1e6 / (1e6 + 1), 900000), 1e-6);
    /* Student with 1 degree of freedom is Cauchy; 2 has a closed form */
    test_assert_close(dist_t_two_sided(1, 1), 0.5, 1e-12);
    test_assert_close(dist_t_two_sided(2, 2), 1 - 2 / sqrt(6), 1e-12);
    for (double mean = 0.1; mean < 2e5; mean *= 3)
        for (double phi = 1; phi < 30; phi *= 2) {
            double u = dist_nb_upper(0.01, mean, phi);
            g_assert_cmpfloat(dist_nb_tail(u + 1, mean, phi), <=, 0.01 * (1 + 1e-9));
            if (u > 0)
                g_assert_cmpfloat(dist_nb_tail(u, mean, phi), >, 0.01 * (1 - 1e-9));
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/signal/surge/farrington_gives_the_figures_of_r", test_farrington);
    g_test_add_func("/signal/surge/people_behind_the_counts_as_r", test_population);
    g_test_add_func("/signal/surge/nothing_but_zeros_gives_no_bound_and_says_why", test_sparse);
    g_test_add_func("/signal/surge/the_future_changes_nothing", test_future);
    g_test_add_func("/signal/surge/every_method_sees_a_great_surge_and_says_why", test_great_surge);
    g_test_add_func("/signal/surge/dates_are_followed_and_missing_years_refused", test_days);
    g_test_add_func("/signal/surge/bad_counts_and_settings_get_a_sentence", test_refusals);
    g_test_add_func("/signal/surge/false_discovery_rate_as_published", test_fdr);
    g_test_add_func("/signal/dist/tails_keep_their_digits", test_tails);
    return g_test_run();
}
