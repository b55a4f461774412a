#include "web/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static gint is_json;

bool web_log_is_json(void)
{
    return g_atomic_int_get(&is_json) != 0;
}

/* One write a line: lines of several threads do not mix. */
static void put(const char *level, const char *event, const char *more)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *line =
        g_strdup_printf("{\"time\":\"%s.%03dZ\",\"level\":\"%s\",\"event\":\"%s\"%s}\n", time,
                        g_date_time_get_microsecond(now) / 1000, level, event, more);
    while (write(STDERR_FILENO, line, strlen(line)) < 0 && errno == EINTR)
        continue;
}

void web_log_event(const char *event)
{
    if (web_log_is_json())
        put("info", event, ",\"version\":\"" ZENHAR_VERSION "\"");
}

void web_log_counts(const char *event, const WebLogCount *counts, gsize n_counts)
{
    if (!web_log_is_json())
        return;
    g_autoptr(GString) more = g_string_new(NULL);
    for (gsize i = 0; i < n_counts; i++)
        g_string_append_printf(more, ",\"%s\":%" G_GINT64_FORMAT, counts[i].name, counts[i].n);
    put("info", event, more->str);
}

void web_log_request(const WebObserved *what)
{
    if (!web_log_is_json())
        return;
    char ms[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(ms, sizeof ms, "%.3f", what->seconds * 1000);
    g_autofree char *more = g_strdup_printf(
        ",\"route\":\"%s\",\"method\":\"%s\",\"status\":%u,\"ms\":%s,\"bytes\":%" G_GUINT64_FORMAT,
        what->route != NULL ? what->route->path : "none", what->method, what->status, ms,
        what->bytes);
    put(what->status >= 500 ? "error" : "info", "request", more);
}

static const char *const CODES[] = {
    [ZENHAR_ERROR_USAGE] = "usage",
    [ZENHAR_ERROR_INPUT] = "input",
    [ZENHAR_ERROR_NOT_FOUND] = "not_found",
    [ZENHAR_ERROR_IO] = "io",
    [ZENHAR_ERROR_PASSPHRASE] = "passphrase",
    [ZENHAR_ERROR_NOT_A_CASE] = "not_a_case",
    [ZENHAR_ERROR_NEWER] = "newer",
    [ZENHAR_ERROR_BUSY] = "busy",
    [ZENHAR_ERROR_DENIED] = "denied",
    [ZENHAR_ERROR_INTEGRITY] = "integrity",
    [ZENHAR_ERROR_MEMORY] = "memory",
    [ZENHAR_ERROR_LIMIT] = "limit",
    [ZENHAR_ERROR_INTERRUPTED] = "interrupted",
    [ZENHAR_ERROR_DATA] = "data",
};

void web_log_error(const char *where, const GError *error)
{
    if (!web_log_is_json()) {
        g_warning("%s", error->message);
        return;
    }
    const bool ours = error->domain == ZENHAR_ERROR && error->code >= 0 &&
                      error->code < (int)G_N_ELEMENTS(CODES) && CODES[error->code] != NULL;
    g_autofree char *more = g_strdup_printf(",\"where\":\"%s\",\"code\":\"%s\"", where,
                                            ours ? CODES[error->code] : "other");
    put("error", "failed", more);
}

/* A library's warning: that it came is told, its words may quote anything. */
static GLogWriterOutput write_json(GLogLevelFlags level, const GLogField *fields, gsize n_fields,
                                   gpointer data)
{
    (void)fields;
    (void)n_fields;
    (void)data;
    if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0)
        put((level & G_LOG_LEVEL_WARNING) != 0 ? "warning" : "error", "warning", "");
    return G_LOG_WRITER_HANDLED;
}

void web_log_json(void)
{
    if (!g_atomic_int_compare_and_exchange(&is_json, 0, 1))
        return;
    g_log_set_writer_func(write_json, NULL, NULL);
}
