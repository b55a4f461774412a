/* bench/bench_estimate.c: what the estimates cost, and how often they hold the truth.
 *
 * Processor time, not the clock on the wall, so that a busy machine does not
 * count. The study of coverage makes persons, not tables: each is on each list
 * by its own chance, as the scenario has it. */
#include "base/random.h"
#include "estimate/elastic_net.h"
#include "estimate/estimate.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As in tests/estimate/tables.h. */
static const uint64_t KOSOVO[16] = {0,   1131, 845, 177, 936, 228, 217, 181,
                                    306, 106,  31,  18,  123, 42,  32,  27};

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static EstimateLists *kosovo(void)
{
    EstimateLists *lists = estimate_lists_new(4, NULL, NULL);
    for (uint32_t mask = 1; mask < 16; mask++)
        estimate_lists_add(lists, mask, KOSOVO[mask], NULL);
    return lists;
}

/* ---- cost ---- */

/* The peer: R's LCMCR on the same table with the same settings, in the same run. Prints processor
 * seconds, then the kept totals. */
static const char PEER[] =
    "a <- commandArgs(TRUE); suppressMessages(library(LCMCR));"
    "d <- read.csv(a[1]); J <- ncol(d) - 1; names(d)[J + 1] <- 'Freq'; d <- d[d$Freq > 0, ];"
    "d[1:J] <- lapply(d[1:J], factor, levels = c(0, 1));"
    "s <- lcmCR(captures = d, tabular = TRUE, in_list_label = '1', not_in_list_label = '0',"
    " K = 10, a_alpha = 0.25, b_alpha = 0.25, seed = 1, buffer_size = 10000, thinning = 100,"
    " verbose = FALSE);"
    "t <- system.time(n <- lcmCR_PostSampl(s, burnin = 20000, samples = as.integer(a[2]),"
    " thinning = 50, output = FALSE));"
    "cat(t[['user.self']] + t[['sys.self']], t[['elapsed']], n, sep = '\\n')";

typedef struct {
    double cpu, wall, ess; /* seconds; effective samples */
    double quantiles[5];
} Timed;

static void take_draws(gsize n_chains, gsize n_draws, double *draws, Timed *timed)
{
    EstimateDiagnostics found;
    estimate_diagnose(n_chains, n_draws, draws, &found);
    timed->ess = found.ess_bulk;
    estimate_sort(n_chains * n_draws, draws);
    for (gsize q = 0; q < 5; q++)
        timed->quantiles[q] =
            estimate_quantile(n_chains * n_draws, draws, ESTIMATE_PROBABILITIES[q]);
}

/* False when there is no R or no LCMCR on this machine. */
static bool run_peer(const char *path, guint samples, Timed *timed)
{
    g_autofree char *number = g_strdup_printf("%u", samples), *out = NULL;
    const char *const argv[] = {"Rscript", "-e", PEER, path, number, NULL};
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(void *)argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0)
        return false;
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    if (g_strv_length(lines) < samples + 2)
        return false;
    g_autofree double *draws = g_new(double, samples);
    timed->cpu = g_ascii_strtod(lines[0], NULL);
    timed->wall = g_ascii_strtod(lines[1], NULL);
    for (guint i = 0; i < samples; i++)
        draws[i] = g_ascii_strtod(lines[i + 2], NULL);
    take_draws(1, samples, draws, timed);
    return true;
}

static void run_ours(const EstimateLists *lists, guint samples, guint chains, guint threads,
                     Timed *timed)
{
    EstimateLcmcrOptions options = ESTIMATE_LCMCR_DEFAULTS;
    options.samples = samples;
    options.chains = chains;
    options.threads = threads;
    double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), wall = seconds_of(CLOCK_MONOTONIC);
    g_autoptr(EstimateLcmcr) result = estimate_lcmcr(lists, &options, NULL);
    timed->cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    timed->wall = seconds_of(CLOCK_MONOTONIC) - wall;
    take_draws(result->n_chains, result->n_draws, result->totals, timed);
}

static char *write_table(const EstimateLists *lists)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint j = 0; j < lists->n_lists; j++)
        g_string_append_printf(text, "L%u,", j + 1);
    g_string_append(text, "count\n");
    for (uint32_t mask = 1; mask < lists->n_patterns; mask++) {
        for (guint j = 0; j < lists->n_lists; j++)
            g_string_append_printf(text, "%u,", mask >> j & 1);
        g_string_append_printf(text, "%" G_GUINT64_FORMAT "\n", lists->counts[mask]);
    }
    char *path = NULL;
    int file = g_file_open_tmp("lists-XXXXXX.csv", &path, NULL);
    g_assert_cmpint(file, >=, 0);
    close(file);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    return path;
}

/* A made table: 3,000 persons of two kinds and five lists. */
static EstimateLists *made_table(void)
{
    Random random;
    random_start(&random, 6, 0);
    EstimateLists *lists = estimate_lists_new(5, NULL, NULL);
    for (int person = 0; person < 3000; person++) {
        uint32_t mask = 0;
        bool easy = random_uniform(&random) < 0.3;
        for (guint j = 0; j < 5; j++)
            mask |= (uint32_t)(random_uniform(&random) < (easy ? 0.45 : 0.06) + 0.03 * j) << j;
        if (mask != 0)
            estimate_lists_add(lists, mask, 1, NULL);
    }
    return lists;
}

static void bench_one_lcmcr(const char *name, const EstimateLists *lists)
{
    enum { SAMPLES = 10000 };
    g_autofree char *path = write_table(lists);
    Timed peer = {0}, one = {0}, four = {0};
    bool has_peer = run_peer(path, SAMPLES, &peer);
    run_ours(lists, SAMPLES, 1, 1, &one);
    run_ours(lists, SAMPLES, 4, 0, &four);
    if (has_peer)
        printf("| %s | %.3f | %.3f | **%.1f** | %.3f | **%.1f** | %.0f | %.0f | %.0f, %.0f, %.0f | "
               "%.0f, %.0f, %.0f |\n",
               name, 1e3 * peer.cpu / SAMPLES, 1e3 * one.cpu / SAMPLES, peer.cpu / one.cpu,
               1e3 * four.wall / (4 * SAMPLES), 4 * peer.wall / four.wall, peer.ess / peer.cpu,
               one.ess / one.cpu, peer.quantiles[0], peer.quantiles[2], peer.quantiles[4],
               four.quantiles[0], four.quantiles[2], four.quantiles[4]);
    else
        printf("| %s | no LCMCR here | %.3f | – | %.3f | – | – | %.0f | – | %.0f, %.0f, %.0f |\n",
               name, 1e3 * one.cpu / SAMPLES, 1e3 * four.wall / (4 * SAMPLES), one.ess / one.cpu,
               four.quantiles[0], four.quantiles[2], four.quantiles[4]);
    remove(path);
}

static void bench_lcmcr(void)
{
    g_autoptr(EstimateLists) lists = kosovo(), made = made_table();
    printf("LCMCR beside R's LCMCR (found by Rscript and R_LIBS), K = 10, burn-in 20,000, 10,000 "
           "samples a chain, every 50th sweep; seed 1. One: processor time of one chain on one "
           "thread. Four: wall clock of four chains on all threads, a kept sample, which R's "
           "sampler, having one chain on one thread, takes its own wall clock for.\n\n"
           "| table | R: ms a sample | one: ms a sample | times faster | four: ms a sample, wall | "
           "times faster | R: effective samples a second | one | R: 2.5 %%, 50 %%, 97.5 %% | "
           "four |\n|---|---|---|---|---|---|---|---|---|---|\n");
    bench_one_lcmcr("kosovo, 4 lists, 4,400 persons", lists);
    bench_one_lcmcr("made, 5 lists, two kinds", made);
    printf(
        "\nPublished for Kosovo (Ball, Betts, Scheuren, Dudukovich and Asher 2002, by log-linear "
        "models of the same four lists): 10,356 (9,002 to 12,122).\n\n");
}

static void bench_others(void)
{
    g_autoptr(EstimateLists) lists = kosovo();
    static const char *const METHODS[] = {"loglinear", "mth", "dga", "sparse"};
    printf("| method on kosovo | processor ms |\n|---|---|\n");
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        EstimateOptions options = estimate_options();
        estimate_parse_method(METHODS[i], &options, NULL);
        double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        g_autoptr(EstimateResult) result = estimate_run(lists, &options, NULL);
        cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        printf("| %s%s | %.1f |\n", METHODS[i], result != NULL ? "" : " (no answer)", 1e3 * cpu);
    }
    printf("\n");
}

/* Made rows of the shape of the Early Warning Project's: 9,000 country-years, 39 predictors, two
 * thirds of them 0/1, an onset in fifty. */
static void bench_elastic_net(void)
{
    enum { N = 9000, P = 39 };
    double *x = g_new(double, N *P), *y = g_new(double, N);
    Random random;
    random_start(&random, 1, 0);
    for (gsize i = 0; i < N; i++) {
        double eta = -4.6;
        for (gsize j = 0; j < P; j++) {
            double share = 0.03 + 0.5 * (double)(j % 13) / 13;
            double value = j % 3 != 0 ? random_uniform(&random) < share : random_normal(&random);
            x[j * N + i] = value;
            eta += (j % 4 == 0 ? 0.4 : 0.05) * value;
        }
        y[i] = random_uniform(&random) < 1 / (1 + exp(-eta));
    }
    const ElasticNetData data = {N, P, x, y};
    const ElasticNetOptions options = {.alpha = 0.5};
    double best = INFINITY;
    gsize lambdas = 0;
    for (int turn = 0; turn < 5; turn++) {
        double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        g_autoptr(ElasticNetPath) path = elastic_net_fit(&data, &options, NULL);
        best = fmin(best, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
        lambdas = path->n_lambdas;
    }
    printf("Elastic net, %d × %d: path of %zu lambdas in %.1f ms (best of 5, one thread).\n\n", N,
           P, lambdas, 1e3 * best);
    g_free(x);
    g_free(y);
}

/* ---- coverage ---- */

enum { TRUTH = 2000 };

typedef enum { INDEPENDENT, PAIR, TWO_KINDS, SMOOTH, THIN } Scenario;

static const struct {
    const char *name;
    guint lists;
    Scenario scenario;
} SCENARIOS[] = {
    {"independent: 3 lists, each holds a person with chance 0.3", 3, INDEPENDENT},
    {"one pair: 4 lists, being on A triples the odds of B", 4, PAIR},
    {"two kinds: 4 lists, a third of persons at 0.5, the others at 0.12", 4, TWO_KINDS},
    {"smooth: 4 lists, log odds normal about -1.2, deviation 1", 4, SMOOTH},
    {"thin: 5 lists, each holds a person with chance 0.05", 5, THIN},
};

static uint32_t draw_person(Scenario scenario, guint lists, Random *random)
{
    uint32_t mask = 0;
    double chance = 0.3;
    if (scenario == TWO_KINDS)
        chance = random_uniform(random) < 1.0 / 3 ? 0.5 : 0.12;
    else if (scenario == SMOOTH)
        chance = 1 / (1 + exp(1.2 - random_normal(random)));
    else if (scenario == THIN)
        chance = 0.05;
    for (guint j = 0; j < lists; j++) {
        double own = chance;
        if (scenario == PAIR && j == 1 && (mask & 1)) {
            double odds = 3 * chance / (1 - chance);
            own = odds / (1 + odds);
        }
        if (random_uniform(random) < own)
            mask |= (uint32_t)1 << j;
    }
    return mask;
}

typedef struct {
    guint answered, held;
    double width, bias;
} Tally;

/* docs/coverage.md holds 100 rounds, which take six minutes. */
static void study(void)
{
    const char *wish = g_getenv("ZENHAR_COVERAGE_ROUNDS");
    guint rounds = wish != NULL ? (guint)g_ascii_strtoull(wish, NULL, 10) : 5;
    static const char *const METHODS[] = {"lcmcr", "loglinear", "average", "sparse",
                                          "dga",   "mt",        "chao",    "mth-darroch"};
    enum { N_METHODS = G_N_ELEMENTS(METHODS) };
    printf("Coverage of the 95 %% interval, %u made populations of %d for each scenario; width and "
           "bias are means, in %% of the truth. A method answers when it calls its result "
           "reliable. lcmcr: 4 chains of 2,000 + 1,000 × 10 sweeps, answers counted whether or not "
           "converged; sparse: 100 replicates; average: BIC-weighted.\n\n",
           rounds, TRUTH);
    for (gsize s = 0; s < G_N_ELEMENTS(SCENARIOS); s++) {
        Tally tally[N_METHODS] = {0};
        for (guint round = 0; round < rounds; round++) {
            Random random;
            random_start(&random, 20250628 + s, round);
            g_autoptr(EstimateLists) lists = estimate_lists_new(SCENARIOS[s].lists, NULL, NULL);
            for (int person = 0; person < TRUTH; person++) {
                uint32_t mask = draw_person(SCENARIOS[s].scenario, SCENARIOS[s].lists, &random);
                if (mask != 0)
                    estimate_lists_add(lists, mask, 1, NULL);
            }
            for (gsize m = 0; m < N_METHODS; m++) {
                EstimateOptions options = estimate_options();
                options.average = strcmp(METHODS[m], "average") == 0;
                estimate_parse_method(options.average ? "loglinear" : METHODS[m], &options, NULL);
                options.lcmcr.burn_in = 2000;
                options.lcmcr.samples = 1000;
                options.lcmcr.thin = 10;
                options.sparse.replicates = 100;
                options.dga.max_unseen = 20 * TRUTH;
                g_autoptr(EstimateResult) result = estimate_run(lists, &options, NULL);
                if (result == NULL || (!result->reliable && options.method != ESTIMATE_LCMCR) ||
                    !isfinite(result->quantiles[4]))
                    continue;
                tally[m].answered++;
                tally[m].held += result->quantiles[0] <= TRUTH && TRUTH <= result->quantiles[4];
                tally[m].width += (result->quantiles[4] - result->quantiles[0]) / TRUTH;
                tally[m].bias += (result->estimate - TRUTH) / TRUTH;
            }
        }
        printf("| %s | answers | coverage %% | width %% | bias %% |\n|---|---|---|---|---|\n",
               SCENARIOS[s].name);
        for (gsize m = 0; m < N_METHODS; m++) {
            double n = tally[m].answered;
            if (n == 0)
                printf("| %s | 0 | – | – | – |\n", METHODS[m]);
            else
                printf("| %s | %.0f | %.0f | %.0f | %+.0f |\n", METHODS[m], n,
                       100 * tally[m].held / n, 100 * tally[m].width / n, 100 * tally[m].bias / n);
        }
        printf("\n");
    }
}

int main(void)
{
    bench_lcmcr();
    bench_others();
    bench_elastic_net();
    study();
    return 0;
}
