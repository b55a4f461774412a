#include "cli/seal_sub.h"

#include "base/progress.h"
#include "cli/case.h"
#include "cli/case_record.h"
#include "cli/json_line.h"
#include "evidence/kept.h"
#include "intake/fetch.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MOST = 1 << 20 };

GBytes *seal_read_file(const char *path, GError **error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 buffer[4096];
    gsize n = 0;
    if (file == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("%s cannot be read: %s."), path,
                    g_strerror(errno));
        return NULL;
    }
    while (bytes->len <= FILE_MOST && (n = fread(buffer, 1, sizeof buffer, file)) > 0)
        g_byte_array_append(bytes, buffer, (guint)n);
    const bool failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (failed || bytes->len > FILE_MOST) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    failed ? _("%s cannot be read.") : _("%s is larger than 1 MiB."), path);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static bool write_file(const char *path, GBytes *bytes, GError **error)
{
    gsize n = 0;
    const char *data = g_bytes_get_data(bytes, &n);
    CliOutput *output = cli_output_open(path, error);
    if (output == NULL)
        return false;
    cli_output_write(output, data, n);
    return cli_output_close(output, error);
}

static bool tell(CliContext *context, gint64 head, const EvidenceTimestamp *stamp, GError **error)
{
    g_autofree char *time = case_time_plain(stamp->time);
    g_autofree char *expires = case_time_plain(stamp->expires);
    g_autofree char *words = case_time_words(stamp->time);
    g_autofree char *number = i18n_integer(head);
    json_t *object =
        json_pack("{s:I, s:s, s:s, s:s, s:s}", "head", (json_int_t)head, "time", time, "authority",
                  stamp->authority, "serial", stamp->serial, "certificate_expires", expires);
    if (!cli_print_json(object, error))
        return false;
    cli_say(context, _("Head %s was stamped at %s by %s; the stamp is kept with it."), number,
            words, stamp->authority);
    return true;
}

static int take(CliContext *context, Store *store, GBytes *response, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_auto(EvidenceTimestamp) stamp = {0};
    gint64 head = 0;
    return evidence_timestamp_take(store, response, options->tsa_ca, &head, &stamp, &error) &&
                   tell(context, head, &stamp, &error)
               ? CLI_DONE
               : cli_fail(context, error);
}

int seal_timestamp(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    g_autoptr(GBytes) query =
        store != NULL ? evidence_timestamp_ask(store, options->head, &error) : NULL;
    g_autoptr(GBytes) response = NULL;
    const IntakeFetchOptions how = {
        .proxy = options->proxy,
        .seconds = (guint)options->seconds,
        .max_bytes = FILE_MOST,
        .allow_private = options->allow_private,
    };
    progress_catch_interrupt();
    if (query == NULL || !intake_fetch_post(options->timestamp, "application/timestamp-query",
                                            query, &how, &response, &error))
        return cli_fail(context, error);
    return take(context, store, response, options);
}

int seal_request(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = cli_case_open(context, STORE_WRITE, &error);
    g_autoptr(GBytes) query =
        store != NULL ? evidence_timestamp_ask(store, options->head, &error) : NULL;
    if (query == NULL || !write_file(options->request, query, &error))
        return cli_fail(context, error);
    cli_say(context, "%s",
            _("Give this query to an authority; take its answer in with --timestamp-response."));
    return CLI_DONE;
}

int seal_response(CliContext *context, const SealOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) response = seal_read_file(options->response, &error);
    g_autoptr(Store) store = response != NULL ? cli_case_open(context, STORE_WRITE, &error) : NULL;
    return store != NULL ? take(context, store, response, options) : cli_fail(context, error);
}
