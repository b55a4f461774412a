/* How many outbreaks are found at what price: 192 simulated series of the reference (with R's own
 * alarms), and a fresh simulation of the same design (Noufaily et al. 2013): means 0.5 to 50, with
 * and without season and trend, variance over mean 1.1 and 2.5, four past outbreaks, one in the
 * last year of k = 2 … 8 standard deviations, spread over weeks by a lognormal. */
#include "base/csv.h"
#include "base/random.h"
#include "base/workers.h"
#include "signal/dist.h"
#include "signal/surge.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WEEKS = 624, JUDGED = 52, FIRST = WEEKS - JUDGED };

typedef struct {
    double counts[WEEKS], truth[WEEKS]; /* truth: mean without outbreaks; 0 not known */
    int outbreak[WEEKS];
    double base, phi;
    bool half; /* which half it belongs to */
    bool r[JUDGED];
} Run;

typedef struct {
    double false_rate, found, first;
    double of_base[4]; /* false rate at means 0.5, 3, 12, 50 */
} Tally;

static const double BASES[4] = {0.5, 3, 12, 50};

/* p[i][t]: of series i in judged week t; it rings at `limit` or below. which: 0, 1 a half; 2 all */
static Tally tally(const Run *runs, gsize n, int which, const double (*p)[JUDGED], double limit)
{
    double clean[5] = {0}, rang[5] = {0}, outbreaks = 0, found = 0, first = 0;
    for (gsize i = 0; i < n; i++) {
        if (which != 2 && runs[i].half != (which == 1))
            continue;
        int base = 0;
        while (base < 3 && runs[i].base > BASES[base])
            base++;
        bool any = false, hit = false;
        for (int t = 0; t < JUDGED; t++) {
            bool rings = p[i][t] <= limit;
            if (runs[i].outbreak[FIRST + t] == 0) {
                clean[base]++;
                rang[base] += rings;
                continue;
            }
            first += !any && rings;
            any = true;
            hit = hit || rings;
        }
        outbreaks += any;
        found += hit;
    }
    Tally ret = {0};
    for (int b = 0; b < 4; b++) {
        ret.of_base[b] = clean[b] > 0 ? rang[b] / clean[b] : NAN;
        clean[4] += clean[b];
        rang[4] += rang[b];
    }
    ret.false_rate = rang[4] / clean[4];
    ret.found = found / outbreaks;
    ret.first = first / outbreaks;
    return ret;
}

typedef struct {
    const Run *runs;
    SignalMethod method;
    double alpha;
    double (*p)[JUDGED];     /* p-values */
    double (*rings)[JUDGED]; /* 0 where it rings at alpha, else 1 */
} Job;

static void judge_one(gsize task, guint worker, void *context)
{
    Job *job = context;
    const Run *run = &job->runs[task];
    if (job->method == SIGNAL_N_METHODS) { /* who knows mean and variance: no method can */
        for (int t = 0; t < JUDGED; t++)
            job->p[task][t] = dist_nb_tail(run->counts[FIRST + t], run->truth[FIRST + t], run->phi);
        return;
    }
    SignalPoint points[JUDGED];
    SignalSurgeOptions o = signal_surge_options(job->method);
    o.alpha = job->alpha;
    if (job->method == SIGNAL_FARRINGTON_FLEXIBLE) {
        o.periods = 10;
        o.exclude_recent = 26;
        o.trend_p = 1;
        o.threshold = SIGNAL_THRESHOLD_NB_PLUGIN;
    }
    if (!signal_surge(run->counts, WEEKS, &o, FIRST + 1, WEEKS, points, NULL))
        g_error("a series could not be judged");
    for (int t = 0; t < JUDGED; t++) {
        job->p[task][t] = isnan(points[t].upper) ? 1 : points[t].p_value;
        job->rings[task][t] = !points[t].alarm;
    }
}

typedef struct {
    double (*p)[JUDGED], (*rings)[JUDGED];
} Judged;

static Judged judge_all(const Run *runs, gsize n, SignalMethod method, double alpha)
{
    Judged judged = {g_malloc_n(n, sizeof *judged.p), g_malloc_n(n, sizeof *judged.rings)};
    Job job = {runs, method, alpha, judged.p, judged.rings};
    workers_run(n, 0, judge_one, &job);
    return judged;
}

static void judged_clear(Judged *judged)
{
    g_free(judged->p);
    g_free(judged->rings);
}

/* The largest limit whose false rate on `which` is at most `wanted`. */
static double limit_for(const Run *runs, gsize n, const Judged *judged, double wanted, int which)
{
    double low = 1e-6, high = 0.2;
    for (int step = 0; step < 40; step++) {
        double middle = sqrt(low * high);
        if (tally(runs, n, which, (const double(*)[JUDGED])judged->p, middle).false_rate <= wanted)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static Tally tally_at(const Run *runs, gsize n, const Judged *judged, double limit, int which)
{
    return tally(runs, n, which, (const double(*)[JUDGED])judged->p, limit);
}

static Tally tally_nominal(const Run *runs, gsize n, const Judged *judged)
{
    return tally(runs, n, 2, (const double(*)[JUDGED])judged->rings, 0);
}

static void row(const char *what, const Tally *t)
{
    printf("| %s | %.2f %% | %.1f %% | %.1f %% |\n", what, 100 * t->false_rate, 100 * t->found,
           100 * t->first);
}

/* ---- the reference's series ---- */

static double number(const CsvTable *table, gsize line, const char *column)
{
    double x;
    return csv_parse_double(csv_table_cell(table, line, csv_table_column(table, column)), &x) ? x
                                                                                              : 0;
}

static CsvTable *load(const char *name)
{
    const char *shared = g_getenv("ZENHAR_SHARED");
    g_autofree char *path = g_build_filename(shared != NULL ? shared : "../shared",
                                             "reference/surveillance/more", name, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, NULL);
    return reader != NULL ? csv_table_load(reader, NULL) : NULL;
}

static Run *load_reference(gsize *ret_n)
{
    g_autoptr(CsvTable) scenarios = load("simulated.scenarios.csv");
    g_autoptr(CsvTable) series = load("simulated.series.csv");
    g_autoptr(CsvTable) alarms = load("simulated.reference.csv");
    if (scenarios == NULL || series == NULL || alarms == NULL)
        return NULL;
    Run *runs = g_new0(Run, scenarios->n_rows);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < scenarios->n_rows; i++) {
        const char *id = csv_table_cell(scenarios, i, csv_table_column(scenarios, "id"));
        runs[i].base = number(scenarios, i, "base");
        runs[i].phi = number(scenarios, i, "phi");
        runs[i].half = id[strlen(id) - 1] % 2 == 0;
        g_hash_table_insert(by_id, (gpointer)id, &runs[i]);
    }
    for (gsize i = 0; i < series->n_rows; i++) {
        Run *run =
            g_hash_table_lookup(by_id, csv_table_cell(series, i, csv_table_column(series, "id")));
        gsize t = (gsize)number(series, i, "index") - 1;
        run->counts[t] = number(series, i, "count");
        run->outbreak[t] = (int)number(series, i, "outbreak");
    }
    for (gsize i = 0; i < alarms->n_rows; i++) {
        if (strcmp(csv_table_cell(alarms, i, csv_table_column(alarms, "method")),
                   "farrington-flexible:nbPlugin") != 0)
            continue;
        Run *run =
            g_hash_table_lookup(by_id, csv_table_cell(alarms, i, csv_table_column(alarms, "id")));
        run->r[(gsize)number(alarms, i, "index") - 1 - FIRST] = number(alarms, i, "alarm") != 0;
    }
    *ret_n = scenarios->n_rows;
    return runs;
}

static void bench_reference(void)
{
    gsize n = 0;
    g_autofree Run *runs = load_reference(&n);
    if (runs == NULL) {
        printf("\nThe reference's simulated series are not here: skipped.\n");
        return;
    }
    g_autofree double(*r_rings)[JUDGED] = g_malloc_n(n, sizeof *r_rings);
    for (gsize i = 0; i < n; i++)
        for (int t = 0; t < JUDGED; t++)
            r_rings[i][t] = !runs[i].r[t];
    Tally r[3];
    for (int which = 0; which < 3; which++)
        r[which] = tally(runs, n, which, (const double(*)[JUDGED])r_rings, 0);
    Judged ours = judge_all(runs, n, SIGNAL_ADAPTIVE, 0.005);
    printf("| %" G_GSIZE_FORMAT " simulated series of the reference | false alarms | outbreaks "
           "found | in the first week |\n|---|---|---|---|\n",
           n);
    row("R, nbPlugin, alpha 0.005", &r[2]);
    for (int half = 0; half < 2; half++) {
        double limit = limit_for(runs, n, &ours, r[half].false_rate, half);
        Tally t = tally_at(runs, n, &ours, limit, 1 - half);
        g_autofree char *r_words = g_strdup_printf("R on half %c", half ? 'A' : 'B');
        g_autofree char *words = g_strdup_printf("adaptive on half %c, p at most %.4f, chosen on "
                                                 "half %c",
                                                 half ? 'A' : 'B', limit, half ? 'B' : 'A');
        row(r_words, &r[1 - half]);
        row(words, &t);
    }
    double limit = limit_for(runs, n, &ours, r[2].false_rate, 2);
    Tally all = tally_at(runs, n, &ours, limit, 2);
    g_autofree char *words = g_strdup_printf("adaptive on all, p at most %.4f", limit);
    row(words, &all);
    Tally nominal = tally_nominal(runs, n, &ours);
    row("adaptive on all, nominal alpha 0.005", &nominal);
    judged_clear(&ours);
}

/* ---- a fresh simulation ---- */

static double draw(Random *random, double mean, double phi)
{
    double size = mean / (phi - 1);
    return (double)random_poisson(random, mean * random_gamma(random, size) / size);
}

static void add_outbreak(Random *random, Run *run, gsize at, double k, bool counts)
{
    double size = k * sqrt(run->truth[at] * run->phi);
    for (guint64 cases = random_poisson(random, size); cases > 0; cases--) {
        double u = random_uniform(random), v = random_uniform(random);
        double normal = sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
        gsize t = at + (gsize)exp(0.5 * normal);
        if (t < WEEKS) {
            run->counts[t]++;
            run->outbreak[t] += counts;
        }
    }
}

static void simulate(Random *random, Run *run, gsize scenario)
{
    bool season = scenario & 1, trend = scenario & 2;
    run->phi = scenario & 4 ? 2.5 : 1.1;
    run->base = BASES[scenario >> 3 & 3];
    for (gsize t = 0; t < WEEKS; t++) {
        double wave = 2 * M_PI * (double)t / 52;
        run->truth[t] = run->base * exp((trend ? 0.0015 * (double)t : 0) +
                                        (season ? 0.4 * cos(wave) + 0.2 * sin(wave) : 0));
        run->counts[t] = draw(random, run->truth[t], run->phi);
    }
    for (int past = 0; past < 4; past++)
        add_outbreak(random, run, random_below(random, FIRST), 2 + (double)random_below(random, 7),
                     false);
    add_outbreak(random, run, FIRST + random_below(random, JUDGED - 5),
                 2 + (double)random_below(random, 7), true);
}

static void bench_fresh(guint64 seed, gsize replicates)
{
    gsize n = 32 * replicates;
    g_autofree Run *runs = g_new0(Run, n);
    Random random;
    random_start(&random, seed, 0);
    for (gsize i = 0; i < n; i++)
        simulate(&random, &runs[i], i % 32);
    printf("\n| fresh simulation, %" G_GSIZE_FORMAT " series, seed %" G_GUINT64_FORMAT
           ", all at 0.58 %% | false alarms | outbreaks found | in the first week |\n"
           "|---|---|---|---|\n",
           n, seed);
    static const struct {
        SignalMethod method;
        const char *name;
    } ROWS[] = {{SIGNAL_FARRINGTON_FLEXIBLE, "farrington-flexible, nbPlugin"},
                {SIGNAL_ADAPTIVE, "adaptive"},
                {SIGNAL_N_METHODS, "who knows each week's true mean and variance, week by week"}};
    Tally nominal[2][2];
    static const double ALPHAS[] = {0.005, 0.01};
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++)
        for (int a = 0; a < 2; a++) {
            Judged judged = judge_all(runs, n, ROWS[i].method, ALPHAS[a]);
            double limit = limit_for(runs, n, &judged, 0.00583, 2);
            Tally t = tally_at(runs, n, &judged, limit, 2);
            if (a == 0)
                row(ROWS[i].name, &t);
            if (i < 2)
                nominal[i][a] = tally_nominal(runs, n, &judged);
            judged_clear(&judged);
        }
    printf("\n| false alarms at nominal alpha | mean 0.5 | 3 | 12 | 50 |\n|---|---|---|---|---|\n");
    for (int a = 0; a < 2; a++)
        for (gsize i = 0; i < 2; i++)
            printf("| %s, alpha %g | %.2f %% | %.2f %% | %.2f %% | %.2f %% |\n", ROWS[i].name,
                   ALPHAS[a], 100 * nominal[i][a].of_base[0], 100 * nominal[i][a].of_base[1],
                   100 * nominal[i][a].of_base[2], 100 * nominal[i][a].of_base[3]);
}

/* The same file by R and by this program; run_bench.py names the program. */
static void bench_beside_r(void)
{
    const char *program = g_getenv("ZENHAR_PROGRAM"), *shared = g_getenv("ZENHAR_SHARED");
    const char *const argv[] = {"Rscript",
                                "bench/surge_beside_r.R",
                                program != NULL ? program : "build/zenhar",
                                shared != NULL ? shared : "../shared",
                                "10",
                                NULL};
    int status = 1;
    g_autofree char *out = NULL;
    bool ran = g_spawn_sync(NULL, (char **)(void *)argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
                            NULL, &status, NULL) &&
               status == 0;
    printf("\n%s",
           ran ? out : "R with surveillance, or the reference, is not here: no comparison.\n");
}

int main(int argc, char **argv)
{
    guint64 seed = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : 20261126;
    gsize replicates = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 24;
    bench_reference();
    bench_fresh(seed, MAX(replicates, 1));
    bench_beside_r();
    return 0;
}
