/* intake/replay.c: a quarantined record is tried again, as it is or mended by hand. */
#include "base/i18n.h"
#include "intake/import.h"
#include "intake/reader.h"
#include "intake/writer.h"
#include <jansson.h>
#include <string.h>

static IntakeFormat format_of(const char *name)
{
    IntakeFormat format = intake_format_parse(name);
    return format != INTAKE_N_FORMATS && format != INTAKE_FORMAT_AUTO ? format : INTAKE_FORMAT_TEXT;
}

static bool replay_write(Store *store, StoreQuarantine *row, const StoreImport *run,
                         const IntakeGazetteer *gazetteer, IntakeBatch *batch,
                         const IntakeOptions *options, gint64 *ret_report, GError **error)
{
    IntakeNames names;
    intake_names_init(&names, store, gazetteer);
    gsize added = 0;
    bool done = intake_names_fill(&names, batch, run, options, error) &&
                store_report_add_batch(store, (StoreReportItem *)(void *)batch->items->data,
                                       batch->items->len, &added, NULL, error);
    intake_names_clear(&names);
    if (!done)
        return false;
    const StoreReportItem *item = &g_array_index(batch->items, StoreReportItem, 0);
    row->report_id = item->duplicate ? item->duplicate_of : item->report.id;
    g_free(row->state);
    row->state = g_strdup("mended");
    *ret_report = row->report_id;
    return true;
}

bool intake_replay(Store *store, gint64 quarantine_id, const char *mended, gint64 *ret_report,
                   GError **error)
{
    *ret_report = 0;
    g_autoptr(StoreQuarantine) row = store_quarantine_load(store, quarantine_id, error);
    if (row == NULL)
        return false;
    if (g_strcmp0(row->state, "mended") == 0) {
        *ret_report = row->report_id;
        return true;
    }
    g_autoptr(StoreImport) run = store_import_load(store, row->import_id, error);
    if (run == NULL)
        return false;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
    if (gazetteer == NULL)
        return false;
    if (mended != NULL) {
        g_free(row->mended);
        row->mended = g_strdup(mended);
    }
    json_t *mapping = json_loads(run->mapping != NULL ? run->mapping : "{}", 0, NULL);
    const char *grade = json_string_value(json_object_get(mapping, "reliability"));
    g_autoptr(IntakeMapping) columns_map = NULL;
    const char *mapping_text = json_string_value(json_object_get(mapping, "mapping"));
    IntakeOptions options = {
        .source = json_string_value(json_object_get(mapping, "source")),
        .reliability = grade != NULL ? grade[0] : 0,
        .credibility = (int)json_integer_value(json_object_get(mapping, "credibility")),
        .language = json_string_value(json_object_get(mapping, "language")),
        .synthetic = json_is_true(json_object_get(mapping, "synthetic")),
    };
    if (mapping_text != NULL) {
        columns_map = intake_mapping_read(mapping_text, NULL);
        options.mapping = columns_map;
    }
    char *columns = json_dumps(json_object_get(mapping, "columns"), JSON_COMPACT);
    gsize length;
    const char *raw = g_bytes_get_data(row->raw, &length);
    if (row->mended != NULL) {
        raw = row->mended;
        length = strlen(raw);
    }
    IntakeBatch *batch = intake_batch_new();
    IntakeWhere where = {(guint64)row->line, (guint64)row->offset,
                         row->mended == NULL ? length : 0};
    g_autofree char *column = NULL;
    g_autoptr(GError) why = NULL;
    g_autoptr(IntakeContext) context = intake_context_new(gazetteer, &options, NULL);
    /* A part as it came is no text of ours, and characters that no encoding knew are lost from this
     * one: it waits for the words that somebody writes. */
    bool by_hand =
        row->mended == NULL && (intake_format_reader(format_of(run->format)) != NULL ||
                                (raw != NULL && memmem(raw, length, "\xef\xbf\xbd", 3) != NULL));
    if (by_hand)
        g_set_error_literal(&why, ZENHAR_ERROR, ZENHAR_ERROR_INPUT, row->reason);
    bool readable = !by_hand && intake_record_retry(
                                    batch, context, columns_map, format_of(run->format), columns,
                                    raw != NULL ? raw : "", length, &where, &column, &why);
    row->tries++;
    bool done = store_begin(store, error);
    if (done) {
        if (readable) {
            done = replay_write(store, row, run, gazetteer, batch, &options, ret_report, error);
        } else {
            g_free(row->reason);
            row->reason = g_strdup(why->message);
            g_free(row->column);
            row->column = g_steal_pointer(&column);
        }
        done = done && store_quarantine_update(store, row, error);
        if (done)
            done = store_commit(store, error);
        else
            store_rollback(store);
    }
    intake_batch_free(batch);
    free(columns);
    json_decref(mapping);
    return done;
}
