/* Counters of requests and gauges of the case. A request costs one lock and two look-ups. */
#include "web/metrics.h"

#include "evidence/evidence.h"
#include "evidence/last_verify.h"
#include "store/job.h"
#include "store/query_ops.h"
#include "store/server_address.h"
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double BOUNDS[] = {0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
enum { N_BOUNDS = G_N_ELEMENTS(BOUNDS) };

typedef struct {
    guint64 below[N_BOUNDS + 1]; /* each in its own bucket; the last beyond all bounds */
    double sum;
} Durations;

struct Metrics {
    GMutex lock;
    GTree *requests;  /* labels → guint64 */
    GTree *durations; /* labels → Durations */
    gint64 started;   /* seconds */
};

static gint by_text(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp(a, b);
}

Metrics *metrics_new(void)
{
    Metrics *metrics = g_new0(Metrics, 1);
    g_mutex_init(&metrics->lock);
    metrics->requests = g_tree_new_full(by_text, NULL, g_free, g_free);
    metrics->durations = g_tree_new_full(by_text, NULL, g_free, g_free);
    metrics->started = g_get_real_time() / G_USEC_PER_SEC;
    return metrics;
}

void metrics_free(Metrics *metrics)
{
    if (metrics == NULL)
        return;
    g_tree_unref(metrics->requests);
    g_tree_unref(metrics->durations);
    g_mutex_clear(&metrics->lock);
    g_free(metrics);
}

/* ---- requests ---- */

static void *cell(GTree *tree, char *labels, gsize size)
{
    void *found = g_tree_lookup(tree, labels);
    if (found == NULL) {
        found = g_malloc0(size);
        g_tree_insert(tree, labels, found);
    } else {
        g_free(labels);
    }
    return found;
}

/* Patterns and methods are this program's own words: no quote or backslash stands in them, and no
 * word of a stranger, so that the number of rows is bounded. */
void metrics_observe(Metrics *metrics, const WebObserved *what)
{
    const char *route = what->route != NULL ? what->route->path : "none";
    g_mutex_lock(&metrics->lock);
    guint64 *n = cell(metrics->requests,
                      g_strdup_printf("route=\"%s\",method=\"%s\",status=\"%u\"", route,
                                      what->method, what->status),
                      sizeof(guint64));
    (*n)++;
    Durations *durations =
        cell(metrics->durations, g_strdup_printf("route=\"%s\"", route), sizeof(Durations));
    gsize i = 0;
    while (i < N_BOUNDS && what->seconds > BOUNDS[i])
        i++;
    durations->below[i]++;
    durations->sum += what->seconds;
    g_mutex_unlock(&metrics->lock);
}

static void family(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void real(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(text, sizeof text, "%.9g", value));
}

static gboolean write_count(gpointer labels, gpointer n, gpointer out)
{
    g_string_append_printf(out, "zenhar_http_requests_total{%s} %" G_GUINT64_FORMAT "\n",
                           (const char *)labels, *(const guint64 *)n);
    return FALSE;
}

static gboolean write_durations(gpointer labels, gpointer value, gpointer data)
{
    const Durations *durations = value;
    GString *out = data;
    guint64 n = 0;
    for (gsize i = 0; i <= N_BOUNDS; i++) {
        n += durations->below[i];
        g_string_append_printf(out, "zenhar_http_request_duration_seconds_bucket{%s,le=\"",
                               (const char *)labels);
        if (i < N_BOUNDS)
            real(out, BOUNDS[i]);
        else
            g_string_append(out, "+Inf");
        g_string_append_printf(out, "\"} %" G_GUINT64_FORMAT "\n", n);
    }
    g_string_append_printf(out, "zenhar_http_request_duration_seconds_sum{%s} ",
                           (const char *)labels);
    real(out, durations->sum);
    g_string_append_printf(
        out, "\nzenhar_http_request_duration_seconds_count{%s} %" G_GUINT64_FORMAT "\n",
        (const char *)labels, n);
    return FALSE;
}

void metrics_write_requests(Metrics *metrics, GString *out)
{
    g_mutex_lock(&metrics->lock);
    family(out, "zenhar_http_requests_total", "counter",
           "Requests answered, by the pattern of their route; none: no route, or cut off.");
    g_tree_foreach(metrics->requests, write_count, out);
    family(out, "zenhar_http_request_duration_seconds", "histogram",
           "From the request's headers to the end of its answer.");
    g_tree_foreach(metrics->durations, write_durations, out);
    g_mutex_unlock(&metrics->lock);
}

/* ---- the case ---- */

static void gauge(GString *out, const char *name, const char *help, gint64 value)
{
    family(out, name, "gauge", help);
    g_string_append_printf(out, "%s %" G_GINT64_FORMAT "\n", name, value);
}

static gint64 file_bytes(const Store *store, const char *name)
{
    g_autofree char *path = g_build_filename(store_folder(store), name, NULL);
    GStatBuf facts;
    return g_stat(path, &facts) == 0 ? (gint64)facts.st_size : 0;
}

static bool write_log(Store *store, GString *out, GError **error)
{
    StoreLogHead head = {0};
    g_autoptr(GError) why = NULL;
    if (!evidence_head(store, &head, &why) && why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    gauge(out, "zenhar_log_entries", "Entries of the evidence log.", head.size);
    gauge(out, "zenhar_log_heads", "Signed heads of the evidence log.", head.number);
    gauge(out, "zenhar_log_head_time_seconds", "When the newest head was signed.", head.time);
    EvidenceLastVerify last;
    if (evidence_last_verify_load(store_folder(store), &last)) {
        gauge(out, "zenhar_verify_time_seconds", "When the case was last verified.", last.time);
        gauge(out, "zenhar_verify_fits", "1: all fitted then; 0: something did not.", last.fits);
        gauge(out, "zenhar_verify_head", "Number of the head that was newest then.", last.head);
    }
    return true;
}

/* Of a job alone: parts of one come and go by thousands. */
static bool write_jobs(Store *store, GString *out, GError **error)
{
    static const char *const STATES[STORE_JOB_STATES] = {"queued", "running", "done", "failed",
                                                         "cancelled"};
    gint64 counts[STORE_JOB_STATES];
    if (!store_job_count(store, 0, counts, error))
        return false;
    family(out, "zenhar_jobs", "gauge", "Jobs for `zenhar work`, by state.");
    for (int i = 0; i < STORE_JOB_STATES; i++)
        g_string_append_printf(out, "zenhar_jobs{state=\"%s\"} %" G_GINT64_FORMAT "\n", STATES[i],
                               counts[i]);
    return true;
}

bool metrics_write_case(Store *store, GString *out, GError **error)
{
    g_autoptr(GArray) counts = store_ops_counts(store, error);
    const gint64 last_import = store_ops_last_import(store, counts != NULL ? error : NULL);
    if (counts == NULL || last_import < 0 || !write_log(store, out, error))
        return false;
    if (!store_address_is(store_folder(store))) { /* a server's own tools tell of its disks */
        gauge(out, "zenhar_database_bytes", "Size of the database.", file_bytes(store, "case.db"));
        gauge(out, "zenhar_database_wal_bytes", "Size of its write-ahead log.",
              file_bytes(store, "case.db-wal"));
    }
    gauge(out, "zenhar_import_time_seconds", "When an import was last finished; 0: never.",
          last_import);
    family(out, "zenhar_records", "gauge",
           "Records by state: alarms, imports (jobs), dispatches, quarantine.");
    for (guint i = 0; i < counts->len; i++) {
        const StoreOpsCount *count = &g_array_index(counts, StoreOpsCount, i);
        g_string_append_printf(out,
                               "zenhar_records{kind=\"%s\",state=\"%s\"} %" G_GINT64_FORMAT "\n",
                               count->what, count->state, count->n);
    }
    return write_jobs(store, out, error);
}

/* ---- the process ---- */

void metrics_write_process(const Metrics *metrics, GString *out)
{
    family(out, "zenhar_build_info", "gauge", "1, with the program's version.");
    g_string_append(out, "zenhar_build_info{version=\"" ZENHAR_VERSION "\"} 1\n");
    gauge(out, "process_start_time_seconds", "When the server was started.", metrics->started);
    FILE *file = g_fopen("/proc/self/statm", "re");
    long pages = 0;
    if (file != NULL && fscanf(file, "%*s %ld", &pages) == 1)
        gauge(out, "process_resident_memory_bytes", "Memory in use.",
              (gint64)pages * sysconf(_SC_PAGESIZE));
    if (file != NULL)
        fclose(file);
}
