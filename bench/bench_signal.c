/* Speed of the detectors and of the scan, on series made here. */
#include "base/random.h"
#include "base/workers.h"
#include "signal/scan.h"
#include "signal/surge.h"
#include <math.h>
#include <stdio.h>

enum { SERIES = 100, WEEKS = 416, JUDGED = 104 };
static double counts[SERIES][WEEKS];

static double seconds_of(SignalMethod method, SignalThreshold threshold)
{
    static SignalPoint points[JUDGED];
    SignalSurgeOptions o = signal_surge_options(method);
    if (method == SIGNAL_FARRINGTON_FLEXIBLE) {
        o.periods = 10;
        o.exclude_recent = 26;
        o.threshold = threshold;
        o.alpha = 0.005;
    }
    gint64 begin = g_get_monotonic_time();
    for (int s = 0; s < SERIES; s++)
        if (!signal_surge(counts[s], WEEKS, &o, WEEKS - JUDGED + 1, WEEKS, points, NULL))
            g_error("a series could not be judged");
    return (double)(g_get_monotonic_time() - begin) / 1e6;
}

static void bench_scan(void)
{
    enum { PLACES = 31, INTERVALS = 52 };
    static double latitude[PLACES], longitude[PLACES], cases[PLACES * INTERVALS];
    Random random;
    random_start(&random, 2, 0);
    for (int p = 0; p < PLACES; p++) {
        latitude[p] = 25 + 14 * random_uniform(&random);
        longitude[p] = 44 + 19 * random_uniform(&random);
        for (int t = 0; t < INTERVALS; t++)
            cases[p * INTERVALS + t] = (double)random_poisson(&random, 3);
    }
    SignalScanOptions options = signal_scan_options();
    gint64 begin = g_get_monotonic_time();
    g_autoptr(SignalScan) scan =
        signal_scan(latitude, longitude, PLACES, cases, NULL, INTERVALS, &options, NULL);
    printf("\nScan, %d places, %d weeks, %u replications: %.2f s.\n", PLACES, INTERVALS,
           scan->replications, (double)(g_get_monotonic_time() - begin) / 1e6);
}

int main(void)
{
    Random random;
    random_start(&random, 1, 0);
    for (int s = 0; s < SERIES; s++)
        for (int t = 0; t < WEEKS; t++) {
            double mean = exp(-0.7 + 4.6 * s / SERIES) * exp(0.5 * sin(2 * M_PI * t / 52));
            counts[s][t] = (double)random_poisson(&random, mean * random_gamma(&random, 2) / 2);
        }
    static const struct {
        const char *name;
        SignalMethod method;
        SignalThreshold threshold;
    } ROWS[] = {
        {"farrington-flexible, delta", SIGNAL_FARRINGTON_FLEXIBLE, SIGNAL_THRESHOLD_DELTA},
        {"farrington-flexible, nbPlugin", SIGNAL_FARRINGTON_FLEXIBLE, SIGNAL_THRESHOLD_NB_PLUGIN},
        {"farrington-flexible, muan", SIGNAL_FARRINGTON_FLEXIBLE, SIGNAL_THRESHOLD_MUAN},
        {"farrington", SIGNAL_FARRINGTON, 0},
        {"adaptive", SIGNAL_ADAPTIVE, 0},
        {"ears-c1", SIGNAL_EARS_C1, 0},
        {"glr-nb", SIGNAL_GLR_NB, 0},
    };
    printf("| method | µs a series-week, one thread |\n|---|---|\n");
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        printf("| %s | %.1f |\n", ROWS[i].name,
               1e6 * seconds_of(ROWS[i].method, ROWS[i].threshold) / (SERIES * JUDGED));
    bench_scan();
    return 0;
}
