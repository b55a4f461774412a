/* intake/import.c: the import's two threads and its transactions.
 *
 * On paper, for one million CSV reports of 300 bytes: parsing 300 MB at 300 MB/s is 1 s, folding
 * and hashing 3 s, both on the parser's thread; writing at about 20 µs a report is 20 s on the
 * caller's. So the writer bounds it, and the parser is always ahead by at most QUEUE batches
 * (QUEUE × BATCH × about 2 KiB = 16 MiB). */
#include "intake/import.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "intake/reader.h"
#include "store/person.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_RECORDS = 2000, QUEUE_BATCHES = 4, HEAD_BYTES = 4096 };

void intake_summary_clear(IntakeSummary *summary)
{
    g_clear_pointer(&summary->unknown_columns, g_hash_table_unref);
    memset(summary, 0, sizeof *summary);
}

/* ---- sources and places, by name, once a process and case ---- */

typedef struct {
    Store *store;
    GHashTable *sources; /* name → id, boxed */
    GHashTable *places;  /* iso (static) → id, boxed */
} Names;

static void names_clear(Names *names)
{
    g_hash_table_unref(names->sources);
    g_hash_table_unref(names->places);
}

static void names_init(Names *names, Store *store)
{
    names->store = store;
    names->sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    names->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void remember(GHashTable *table, const char *name, gint64 id)
{
    gint64 *box = g_new(gint64, 1);
    *box = id;
    g_hash_table_insert(table, g_strdup(name), box);
}

/* The source of that name, made when it is not there; 0 with error set. */
static gint64 source_id(Names *names, const char *name, const IntakeOptions *options,
                        bool synthetic, GError **error)
{
    const gint64 *known = g_hash_table_lookup(names->sources, name);
    if (known != NULL)
        return *known;
    g_autoptr(GError) missing = NULL;
    g_autoptr(StoreSource) source = store_source_find(names->store, name, &missing);
    if (source == NULL) {
        if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&missing));
            return 0;
        }
        source = store_source_new();
        source->name = g_strdup(name);
        source->reliability = options->reliability;
        source->synthetic = synthetic;
        if (!store_source_add(names->store, source, error))
            return 0;
    }
    remember(names->sources, name, source->id);
    return source->id;
}

static gint64 place_id(Names *names, const IntakeProvince *province, GError **error)
{
    const gint64 *known = g_hash_table_lookup(names->places, province->iso);
    if (known != NULL)
        return *known;
    g_autoptr(GError) missing = NULL;
    g_autoptr(StorePlace) place = store_place_find(names->store, province->iso, &missing);
    if (place == NULL) {
        if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&missing));
            return 0;
        }
        place = store_place_new();
        place->iso = g_strdup(province->iso);
        place->kind = g_strdup("province");
        place->name_fa = g_strdup(province->name_fa);
        place->name_en = g_strdup(province->name_en);
        place->latitude = province->latitude;
        place->longitude = province->longitude;
        place->source = g_strdup("data/geo/provinces.csv");
        if (!store_place_add(names->store, place, error))
            return 0;
    }
    remember(names->places, province->iso, place->id);
    return place->id;
}

/* ---- writing one batch ---- */

static bool write_bad(Store *store, const StoreImport *run, const IntakeBatch *batch,
                      GError **error)
{
    for (guint i = 0; i < batch->bad->len; i++) {
        const IntakeBad *bad = g_ptr_array_index(batch->bad, i);
        g_autoptr(StoreQuarantine) row = store_quarantine_new();
        row->import_id = run->id;
        row->original_id = run->original_id;
        row->file = g_strdup(run->name);
        row->line = (gint64)bad->line;
        row->offset = (gint64)bad->offset;
        row->raw = g_bytes_ref(bad->raw);
        row->column = g_strdup(bad->column);
        row->reason = g_strdup(bad->reason);
        row->tries = 1;
        row->state = g_strdup("waiting");
        if (!store_quarantine_add(store, row, error))
            return false;
    }
    return true;
}

static bool fill_ids(Names *names, IntakeBatch *batch, const StoreImport *run,
                     const IntakeOptions *options, GError **error)
{
    for (guint i = 0; i < batch->items->len; i++) {
        StoreReportItem *item = &g_array_index(batch->items, StoreReportItem, i);
        item->report.import_id = run->id;
        item->report.original_id = run->original_id;
        item->report.source_id = source_id(names, g_ptr_array_index(batch->sources, i), options,
                                           item->report.synthetic, error);
        if (item->report.source_id == 0)
            return false;
        if (item->report.received == 0)
            item->report.received = run->started;
        const IntakeProvince *province = g_ptr_array_index(batch->provinces, i);
        if (province != NULL) {
            item->report.place_id = place_id(names, province, error);
            if (item->report.place_id == 0)
                return false;
        }
        for (gsize k = 0; k < item->n_statements; k++)
            if (item->statements[k].place_id == 0)
                item->statements[k].place_id = item->report.place_id;
    }
    return true;
}

/* Reports, quarantine and position in one transaction. */
static bool write_batch(Names *names, IntakeBatch *batch, StoreImport *run,
                        const IntakeOptions *options, IntakeSummary *summary, GError **error)
{
    Store *store = names->store;
    if (!store_begin(store, error))
        return false;
    gsize added = 0;
    bool done = fill_ids(names, batch, run, options, error) &&
                (batch->items->len == 0 ||
                 store_report_add_batch(store, (StoreReportItem *)(void *)batch->items->data,
                                        batch->items->len, &added, NULL, error)) &&
                write_bad(store, run, batch, error);
    if (done) {
        run->records += (gint64)batch->records;
        run->added += (gint64)added;
        run->duplicates += (gint64)(batch->items->len - added);
        run->quarantined += batch->bad->len;
        run->position = MAX(run->position, (gint64)batch->position);
        if (batch->last && batch->error == NULL) {
            g_free(run->state);
            run->state = g_strdup("done");
            run->finished = store_now(store);
        }
        done = store_import_update(store, run, error);
    }
    if (!done) {
        store_rollback(store);
        /* What was made in it is gone again. */
        g_hash_table_remove_all(names->sources);
        g_hash_table_remove_all(names->places);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    summary->records += batch->records;
    summary->added += added;
    summary->duplicates += batch->items->len - added;
    summary->quarantined += batch->bad->len;
    summary->unresolved_places += batch->unresolved;
    return true;
}

/* ---- the parser's thread ---- */

typedef struct {
    IntakeReader *reader;
    GMutex lock;
    GCond changed;
    GQueue batches;
    bool stop; /* the writer has given up */
} Pipe;

static gpointer parse(gpointer data)
{
    Pipe *pipe = data;
    for (bool last = false; !last;) {
        IntakeBatch *batch = intake_reader_next(pipe->reader, BATCH_RECORDS);
        last = batch->last;
        g_mutex_lock(&pipe->lock);
        while (!pipe->stop && g_queue_get_length(&pipe->batches) >= QUEUE_BATCHES)
            g_cond_wait(&pipe->changed, &pipe->lock);
        last |= pipe->stop;
        g_queue_push_tail(&pipe->batches, batch);
        g_cond_signal(&pipe->changed);
        g_mutex_unlock(&pipe->lock);
    }
    return NULL;
}

static IntakeBatch *pipe_take(Pipe *pipe)
{
    g_mutex_lock(&pipe->lock);
    while (g_queue_is_empty(&pipe->batches))
        g_cond_wait(&pipe->changed, &pipe->lock);
    IntakeBatch *batch = g_queue_pop_head(&pipe->batches);
    g_cond_signal(&pipe->changed);
    g_mutex_unlock(&pipe->lock);
    return batch;
}

/* Runs a reader to its end. An error of the source is told after what came before it was kept. */
static bool pump(Names *names, IntakeReader *reader, StoreImport *run, const IntakeOptions *options,
                 IntakeSummary *summary, GError **error)
{
    Pipe pipe = {.reader = reader};
    g_mutex_init(&pipe.lock);
    g_cond_init(&pipe.changed);
    g_queue_init(&pipe.batches);
    GThread *thread = g_thread_new("zenhar-parser", parse, &pipe);
    g_autoptr(Progress) progress = progress_new(run->name, _("records"), 0);
    bool done = false;
    for (bool last = false; !last;) {
        IntakeBatch *batch = pipe_take(&pipe);
        last = batch->last;
        guint64 records = batch->records;
        bool written = write_batch(names, batch, run, options, summary, error);
        if (written && batch->error != NULL)
            g_propagate_error(error, g_steal_pointer(&batch->error));
        else
            done = written;
        intake_batch_free(batch);
        progress_add(progress, records);
        if (!written)
            break;
        if (!last && progress_interrupted()) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTERRUPTED,
                        _("Stopped after %ld records of %s, all of them kept. Run the "
                          "same import again to go on from there."),
                        run->records, run->name);
            done = false;
            break;
        }
        if (last)
            break;
        done = false;
    }
    g_mutex_lock(&pipe.lock);
    pipe.stop = true;
    g_cond_signal(&pipe.changed);
    g_mutex_unlock(&pipe.lock);
    g_thread_join(thread);
    for (IntakeBatch *left; (left = g_queue_pop_head(&pipe.batches)) != NULL;)
        intake_batch_free(left);
    g_mutex_clear(&pipe.lock);
    g_cond_clear(&pipe.changed);
    return done;
}

/* ---- one original ---- */

static void import_key(const StoreOriginal *original, IntakeFormat format,
                       const IntakeOptions *options, guint8 key[16])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 16);
    crypto_generichash_update(&state, original->sha256, sizeof original->sha256);
    g_autofree char *rest = g_strdup_printf(
        "%s|%s|%s", intake_format_name(format), options->source != NULL ? options->source : "",
        options->mapping_text != NULL ? options->mapping_text : "");
    crypto_generichash_update(&state, (const guint8 *)rest, strlen(rest));
    crypto_generichash_final(&state, key, 16);
}

/* The run of this very import, new or broken off; NULL with error set. */
static StoreImport *import_begin(Store *store, const StoreOriginal *original, const char *name,
                                 IntakeFormat format, const IntakeOptions *options, GError **error)
{
    guint8 key[16];
    import_key(original, format, options, key);
    g_autoptr(GError) missing = NULL;
    StoreImport *run = store_import_find(store, key, &missing);
    if (run != NULL)
        return run;
    if (missing != NULL && !g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    run = store_import_new();
    run->original_id = original->id;
    run->name = g_strdup(name);
    run->format = g_strdup(intake_format_name(format));
    memcpy(run->key, key, sizeof key);
    run->state = g_strdup("running");
    run->started = store_now(store);
    if (!store_import_add(store, run, error))
        g_clear_pointer(&run, store_import_free);
    return run;
}

/* What replaying a record of this run needs: options and heading. */
static char *run_mapping(const IntakeOptions *options, const char *columns)
{
    char grade[2] = {options->reliability, '\0'};
    json_t *list = columns[0] != '\0' ? json_loads(columns, 0, NULL) : json_null();
    json_t *mapping = json_pack("{s:o, s:s?, s:s, s:i, s:s?, s:s?, s:b}", "columns", list, "source",
                                options->source, "reliability", grade, "credibility",
                                options->credibility, "language", options->language, "mapping",
                                options->mapping_text, "synthetic", options->synthetic ? 1 : 0);
    char *dump = json_dumps(mapping, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(mapping);
    char *copy = g_strdup(dump);
    free(dump);
    return copy;
}

static void count_unknown(IntakeSummary *summary, GPtrArray *unknown)
{
    for (guint i = 0; i < unknown->len; i++) {
        if (summary->unknown_columns == NULL)
            summary->unknown_columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        char *name = g_strdup(g_ptr_array_index(unknown, i));
        g_hash_table_replace(summary->unknown_columns, name, name);
    }
}

static bool read_original(Store *store, gint64 original_id, const char *name,
                          const IntakeOptions *asked, IntakeSummary *summary, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, original_id, error);
    if (original == NULL)
        return false;
    IntakeFormat format = asked->format;
    if (format == INTAKE_FORMAT_AUTO) {
        g_autoptr(GBytes) head = evidence_original_load(
            store, original_id, 0, MIN(HEAD_BYTES, (guint64)original->bytes), error);
        if (head == NULL)
            return false;
        gsize length;
        const char *bytes = g_bytes_get_data(head, &length);
        format = intake_format_guess(name, bytes != NULL ? bytes : "", length);
    }
    IntakeOptions options = *asked;
    g_autofree char *bare = g_path_get_basename(name);
    if (options.source == NULL)
        options.source = bare;

    g_autoptr(StoreImport) run = import_begin(store, original, name, format, &options, error);
    if (run == NULL)
        return false;
    summary->files++;
    if (g_strcmp0(run->state, "done") == 0) {
        summary->known_files++;
        return true;
    }
    summary->resumed_at += (guint64)run->records;

    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
    if (gazetteer == NULL)
        return false;
    g_autoptr(EvidenceReader) bytes = evidence_original_open(store, original_id, error);
    if (bytes == NULL)
        return false;
    IntakeReader *reader = intake_reader_new(&(IntakeReaderSetup){
        .name = name,
        .source = evidence_reader_read,
        .context = bytes,
        .format = format,
        .options = &options,
        .gazetteer = gazetteer,
        .skip_to = (guint64)run->position,
    });
    Names names;
    names_init(&names, store);
    bool done = pump(&names, reader, run, &options, summary, error);
    names_clear(&names);
    count_unknown(summary, intake_reader_unknown(reader));
    /* Kept for replaying quarantined records, whether or not the end was reached. */
    if (run->mapping == NULL) {
        run->mapping = run_mapping(&options, intake_reader_columns(reader));
        done = store_import_update(store, run, done ? error : NULL) && done;
    }
    intake_reader_free(reader);
    return done;
}

/* ---- files and folders ---- */

static bool import_fd(Store *store, int fd, const char *name, const char *origin,
                      const IntakeOptions *options, IntakeSummary *summary, GError **error)
{
    gint64 id = 0;
    bool known = false;
    return evidence_original_add(store, fd, name, NULL, origin, &id, &known, error) &&
           read_original(store, id, name, options, summary, error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool import_folder(Store *store, const char *path, const IntakeOptions *options,
                          IntakeSummary *summary, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &why);
    if (folder == NULL) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("The folder %s cannot be read: %s."),
                    path, why->message);
        return false;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;)
        if (name[0] != '.')
            g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        GStatBuf about;
        if (g_lstat(name, &about) != 0 || (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)))
            continue;
        if (!intake_import(store, name, options, summary, error))
            return false;
    }
    return true;
}

bool intake_import(Store *store, const char *path, const IntakeOptions *options,
                   IntakeSummary *summary, GError **error)
{
    if (strcmp(path, "-") == 0)
        return import_fd(store, STDIN_FILENO, _("standard input"), "standard input", options,
                         summary, error);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return import_folder(store, path, options, summary, error);
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        g_set_error(error, ZENHAR_ERROR, errno == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                    errno == ENOENT ? _("There is no file %s.") : _("%s cannot be read."), path);
        return false;
    }
    bool done = import_fd(store, fd, path, path, options, summary, error);
    close(fd);
    return done;
}

bool intake_import_bytes(Store *store, const void *bytes, gsize length, const char *name,
                         const IntakeOptions *options, IntakeSummary *summary, GError **error)
{
    gint64 id = 0;
    bool known = false;
    return evidence_original_add_bytes(store, bytes, length, name, NULL, "form", &id, &known,
                                       error) &&
           read_original(store, id, name, options, summary, error);
}

/* ---- the quarantine, once more ---- */

static IntakeFormat format_of(const char *name)
{
    for (IntakeFormat format = INTAKE_FORMAT_CSV; format <= INTAKE_FORMAT_TEXT; format++)
        if (g_strcmp0(intake_format_name(format), name) == 0)
            return format;
    return INTAKE_FORMAT_TEXT;
}

static bool replay_write(Store *store, StoreQuarantine *row, const StoreImport *run,
                         IntakeBatch *batch, const IntakeOptions *options, gint64 *ret_report,
                         GError **error)
{
    Names names;
    names_init(&names, store);
    gsize added = 0;
    bool done = fill_ids(&names, batch, run, options, error) &&
                store_report_add_batch(store, (StoreReportItem *)(void *)batch->items->data,
                                       batch->items->len, &added, NULL, error);
    names_clear(&names);
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
    bool readable = intake_record_retry(batch, gazetteer, &options, format_of(run->format), columns,
                                        raw != NULL ? raw : "", length, &where, &column, &why);
    row->tries++;
    bool done = store_begin(store, error);
    if (done) {
        if (readable) {
            done = replay_write(store, row, run, batch, &options, ret_report, error);
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
