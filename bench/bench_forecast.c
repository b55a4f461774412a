/* Speed of the forecast on the Early Warning Project's 2025 data: the path of lambdas and 10-fold
 * cross-validation beside R's glmnet in the same run, and the whole rolling origin. Without the
 * data or R, a line says so. */
#include "base/csv.h"
#include "base/workers.h"
#include "cli/forecast_panel.h"
#include "estimate/elastic_net.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 9 };

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds)
{
    qsort(seconds, REPEATS, sizeof *seconds, ascending);
    return seconds[REPEATS / 2];
}

static char *predictors_of(const char *path)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, NULL);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, NULL) : NULL;
    GString *names = g_string_new(NULL);
    for (gsize row = 1; table != NULL && row < table->n_rows; row++)
        g_string_append_printf(names, "%s%s", row == 1 ? "" : ",",
                               csv_table_cell(table, row, csv_table_column(table, "variable")));
    return g_string_free(names, FALSE);
}

/* The training rows as R reads them. */
static char *write_rows(const ForecastOrigin *origin, gsize p)
{
    g_autoptr(GString) text = g_string_new("y");
    for (gsize j = 0; j < p; j++)
        g_string_append_printf(text, ",x%" G_GSIZE_FORMAT, j);
    g_string_append_c(text, '\n');
    for (gsize i = 0; i < origin->n_train; i++) {
        g_string_append_printf(text, "%g", origin->y[i]);
        for (gsize j = 0; j < p; j++)
            g_string_append_printf(text, ",%.17g", origin->x[j * origin->n_train + i]);
        g_string_append_c(text, '\n');
    }
    char *path = g_build_filename(g_get_tmp_dir(), "zenhar-bench-forecast.csv", NULL);
    g_file_set_contents(path, text->str, (gssize)text->len, NULL);
    return path;
}

/* Medians of user seconds of glmnet's path and of cv.glmnet; false: no R or no glmnet. */
static bool run_r(const char *rows, double *ret_path, double *ret_cv, int *ret_lambdas)
{
    static const char SCRIPT[] =
        "suppressMessages(library(glmnet)); d <- as.matrix(read.csv(commandArgs(TRUE)[1]));"
        "x <- d[,-1]; y <- d[,1]; t <- function(f) median(sapply(1:9, function(i) { g <- "
        "proc.time(); f(); sum((proc.time() - g)[1:2]) }));"
        "n <- length(glmnet(x, y, family='binomial', alpha=.5)$lambda);"
        "cat(t(function() glmnet(x, y, family='binomial', alpha=.5)),"
        "t(function() cv.glmnet(x, y, family='binomial', alpha=.5)), n)";
    const char *arguments[] = {"Rscript", "-e", SCRIPT, rows, NULL};
    g_autofree char *out = NULL;
    int status = 1;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0)
        return false;
    g_auto(GStrv) parts = g_strsplit(out, " ", -1);
    if (g_strv_length(parts) != 3)
        return false;
    *ret_path = g_ascii_strtod(parts[0], NULL);
    *ret_cv = g_ascii_strtod(parts[1], NULL);
    *ret_lambdas = (int)g_ascii_strtoll(parts[2], NULL, 10);
    return true;
}

static void bench_fit(const ForecastOrigin *origin, gsize p)
{
    const ElasticNetData data = {origin->n_train, p, origin->x, origin->y};
    const ElasticNetOptions options = {.alpha = 0.5};
    double path_s[REPEATS], cv_s[REPEATS];
    gsize n_lambdas = 0;
    for (int i = 0; i < REPEATS; i++) {
        double begin = cpu_seconds();
        g_autoptr(ElasticNetPath) path = elastic_net_fit(&data, &options, NULL);
        path_s[i] = cpu_seconds() - begin;
        n_lambdas = path->n_lambdas;
        begin = cpu_seconds();
        ElasticNetCv *cv = elastic_net_cross_validate(&data, &options, path, 10, 1, 0, NULL);
        cv_s[i] = cpu_seconds() - begin;
        elastic_net_cv_free(cv);
    }
    double ours = median(path_s), ours_cv = median(cv_s), r = NAN, r_cv = NAN;
    int r_lambdas = 0;
    g_autofree char *rows = write_rows(origin, p);
    bool has_r = run_r(rows, &r, &r_cv, &r_lambdas);
    remove(rows);
    printf("| path of %zu lambdas, %zu × %zu, CPU | %.3f s |\n", n_lambdas, origin->n_train, p,
           ours);
    printf("| 10-fold cross-validation beside it, CPU, in threads | %.3f s |\n", ours_cv);
    if (!has_r) {
        printf("| R glmnet | not on this machine |\n");
        return;
    }
    printf("| R glmnet, path of %d lambdas, same run, CPU | %.3f s |\n", r_lambdas, r);
    printf("| ratio of the paths | %.1f |\n", r / ours);
    printf("| R cv.glmnet, 10 folds with its path, CPU | %.3f s |\n", r_cv);
    printf("| ratio with cross-validation | %.1f |\n", r_cv / (ours + ours_cv));
}

typedef struct {
    const ForecastArguments *arguments;
    const ForecastPanel *panel;
    ForecastOrigin *origins;
} Rolling;

static void run_origin(gsize task, guint worker, void *context)
{
    (void)worker;
    Rolling *rolling = context;
    forecast_origin_run(rolling->arguments, rolling->panel, 1, &rolling->origins[task],
                        &rolling->origins[task].error);
}

static void bench_rolling(const ForecastArguments *a, const ForecastPanel *panel, const char *path)
{
    g_autoptr(CsvReader) reader = csv_reader_new_file(path, NULL, NULL);
    g_autoptr(CsvTable) table = reader != NULL ? csv_table_load(reader, NULL) : NULL;
    if (table == NULL)
        return;
    g_autofree ForecastOrigin *origins = g_new0(ForecastOrigin, table->n_rows + 1);
    for (gsize row = 0; row < table->n_rows; row++) {
        const char *cells[] = {"last_train_year", "predict_from", "lambda_min"};
        double numbers[3];
        for (int c = 0; c < 3; c++)
            csv_parse_double(csv_table_cell(table, row, csv_table_column(table, cells[c])),
                             &numbers[c]);
        origins[row].through = (int)numbers[0];
        origins[row].predict = (int)numbers[1];
        origins[row].lambda = numbers[2];
    }
    Rolling rolling = {a, panel, origins};
    double begin = cpu_seconds();
    gint64 wall = g_get_monotonic_time();
    workers_run(table->n_rows, 0, run_origin, &rolling);
    printf("| rolling origin, %zu fits, CPU / wall | %.2f s / %.2f s |\n", table->n_rows,
           cpu_seconds() - begin, (double)(g_get_monotonic_time() - wall) / 1e6);
    for (gsize row = 0; row < table->n_rows; row++)
        forecast_origin_clear(&origins[row]);
}

int main(void)
{
    const char *shared = g_getenv("ZENHAR_SHARED");
    g_autofree char *folder =
        g_build_filename(shared != NULL ? shared : "../shared", "reference", "ewp", NULL);
    g_autofree char *train = g_build_filename(folder, "predictors.csv", NULL);
    g_autofree char *published = g_build_filename(folder, "published-coefficients.csv", NULL);
    g_autofree char *lambdas = g_build_filename(folder, "foos-lambdas.csv", NULL);
    if (!g_file_test(train, G_FILE_TEST_EXISTS)) {
        printf("forecast: skipped, %s is not there\n", train);
        return 0;
    }
    ForecastArguments a = {.train = train,
                           .unit = (char *)"ewp_name",
                           .time = (char *)"year",
                           .outcome = (char *)"mk_onset_1or2",
                           .complete = (char *)"mk_onset,mk_onset_1,mk_onset_2",
                           .predictors = predictors_of(published),
                           .alpha = 0.5};
    g_autoptr(GError) error = NULL;
    g_autoptr(ForecastPanel) panel = forecast_panel_load(&a, &error);
    ForecastOrigin origin = {.through = 2022, .predict = 2024, .lambda = 0.00258642894832};
    if (panel == NULL || !forecast_origin_run(&a, panel, 1, &origin, &error))
        g_error("%s", error->message);
    printf("| forecast, Early Warning Project 2025 | |\n|---|---|\n");
    bench_fit(&origin, panel->p);
    bench_rolling(&a, panel, lambdas);
    forecast_origin_clear(&origin);
    g_free(a.predictors);
    return 0;
}
