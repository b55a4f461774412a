/* intake/import.c: the import's two threads and its transactions.
 *
 * On paper, for one million CSV reports of 300 bytes: parsing 300 MB at 300 MB/s is 1 s, folding
 * and hashing 3 s, both on the parser's thread; writing at about 20 µs a report is 20 s on the
 * caller's. So the writer bounds it, and the parser is always ahead by at most QUEUE batches
 * (QUEUE × BATCH × about 2 KiB = 16 MiB). Measured: bench/bench_intake.c. */
#include "intake/import.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "intake/import_private.h"
#include "intake/reader.h"
#include "intake/tables.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_RECORDS = 5000, QUEUE_BATCHES = 3, HEAD_BYTES = 4096, BULK_BYTES = 1 << 20 };

void intake_summary_clear(IntakeSummary *summary)
{
    g_clear_pointer(&summary->unknown_columns, g_hash_table_unref);
    g_clear_pointer(&summary->failed, g_ptr_array_unref);
    g_clear_pointer(&summary->left_out, g_hash_table_unref);
    memset(summary, 0, sizeof *summary);
}

static void add_readings(IntakeReadings *sum, const IntakeReadings *more)
{
    sum->texts += more->texts;
    sum->summonses += more->summonses;
    sum->suspicious += more->suspicious;
    sum->silent += more->silent;
    sum->language_unknown += more->language_unknown;
    for (gsize i = 0; i < INTAKE_MAX_LANGUAGES; i++)
        sum->languages[i] += more->languages[i];
}

static void add_left_out(IntakeSummary *summary, GHashTable *more)
{
    if (more == NULL)
        return;
    if (summary->left_out == NULL)
        summary->left_out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer words, count;
    g_hash_table_iter_init(&iter, more);
    while (g_hash_table_iter_next(&iter, &words, &count)) {
        gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(summary->left_out, words));
        g_hash_table_insert(summary->left_out, g_strdup(words),
                            GSIZE_TO_POINTER(n + GPOINTER_TO_SIZE(count)));
    }
}

/* What replaying a record of this run needs: options and heading. */
static char *run_mapping(const IntakeOptions *options, const char *columns)
{
    char grade[2] = {options->reliability, '\0'};
    json_t *list = columns != NULL ? json_loads(columns, 0, NULL) : json_null();
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

/* Two processes may read the same file at once (one that was taken for dead goes on): the second
 * that writes a stretch finds that it is written. */
static bool is_ours(Store *store, const StoreImport *run, GError **error)
{
    g_autoptr(StoreImport) there = store_import_load(store, run->id, error);
    if (there == NULL)
        return false;
    if (there->position == run->position && there->records == run->records &&
        g_strcmp0(there->state, run->state) == 0)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY,
                _("Another program is importing %s just now. Run the same import again: it goes on "
                  "from what is there."),
                run->name);
    return false;
}

/* Reports, quarantine and position in one transaction. */
bool intake_import_write(IntakeNames *names, IntakeBatch *batch, const IntakeRun *of,
                         GError **error)
{
    StoreImport *run = of->run;
    const IntakeOptions *options = of->options;
    IntakeSummary *summary = of->summary;
    Store *store = names->store;
    if (!store_begin(store, error))
        return false;
    gsize added = 0;
    bool done = is_ours(store, run, error) &&
                intake_names_fill(names, batch, run, options, error) &&
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
        if (batch->columns != NULL) {
            g_free(run->mapping);
            run->mapping = run_mapping(options, batch->columns);
        }
        if (batch->last && batch->error == NULL) {
            g_free(run->state);
            run->state = g_strdup("done");
            run->finished = store_now(store);
        }
        done = store_import_update(store, run, error);
    }
    if (!done) {
        store_rollback(store);
        intake_names_forget(names);
        return false;
    }
    if (!store_commit(store, error))
        return false;
    summary->records += batch->records;
    summary->added += added;
    summary->duplicates += batch->items->len - added;
    summary->quarantined += batch->bad->len;
    summary->unresolved_places += batch->unresolved;
    add_readings(&summary->readings, &batch->readings);
    add_left_out(summary, batch->left_out);
    return true;
}

/* ---- the parser's thread ---- */

typedef struct {
    IntakeReader *reader;
    GMutex lock;
    GCond changed;
    GQueue batches;
    bool stop;             /* the writer has given up */
    I18nLanguage language; /* of the reasons: a thread begins with English */
} Pipe;

static gpointer parse(gpointer data)
{
    Pipe *pipe = data;
    i18n_set_language(pipe->language);
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
static bool pump(IntakeNames *names, IntakeReader *reader, const IntakeRun *of, GError **error)
{
    const StoreImport *run = of->run;
    Pipe pipe = {.reader = reader, .language = i18n_language()};
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
        bool written = intake_import_write(names, batch, of, error);
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
    /* A copy under another name is the same import; another source named for it is not. */
    g_autofree char *rest = g_strdup_printf(
        "%s|%s|%s", intake_format_name(format), options->source != NULL ? options->source : "",
        options->mapping_text != NULL ? options->mapping_text : "");
    crypto_generichash_update(&state, (const guint8 *)rest, strlen(rest));
    crypto_generichash_final(&state, key, 16);
}

/* The run of this very import, new or broken off; NULL with error set. */
static StoreImport *import_begin(Store *store, const StoreOriginal *original, const char *name,
                                 IntakeFormat format, const IntakeOptions *asked,
                                 const IntakeOptions *options, GError **error)
{
    guint8 key[16];
    import_key(original, format, asked, key);
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
    run->mapping = run_mapping(options, NULL);
    if (store_import_add(store, run, error))
        return run;
    store_import_free(run);
    /* Another process may have begun it in this moment. */
    run = store_import_find(store, key, NULL);
    if (run != NULL)
        g_clear_error(error);
    return run;
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

bool intake_import_keep(const IntakeRun *run, const char *reason, GError **error)
{
    IntakeBatch *batch = intake_batch_new();
    batch->records = 1;
    batch->last = true;
    intake_batch_add_bad(batch, 0, 0, NULL, 0, NULL, reason);
    IntakeNames names;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
    bool done = gazetteer != NULL;
    if (done) {
        intake_names_init(&names, run->store, gazetteer);
        done = intake_import_write(&names, batch, run, error);
        intake_names_clear(&names);
    }
    intake_batch_free(batch);
    return done;
}

/* A film, a recording: sealed and kept whole; one record waits for its text. */
static bool keep_unreadable(const IntakeRun *run, const char *kind, GError **error)
{
    g_autofree char *reason = g_strdup_printf(
        _("%s is no text but a file of the kind %s. Tried: to know it by its first bytes; nothing "
          "here reads this kind. The original is kept; write what it says with `zenhar quarantine "
          "mend`."),
        run->run->name, kind);
    return intake_import_keep(run, reason, error);
}

static bool read_records(const IntakeRun *of, gint64 bytes_left, GError **error)
{
    StoreImport *run = of->run;
    const IntakeGazetteer *gazetteer = intake_gazetteer_peek(error);
    if (gazetteer == NULL)
        return false;
    g_autoptr(EvidenceReader) bytes = evidence_original_open(of->store, run->original_id, error);
    if (bytes == NULL)
        return false;
    g_autoptr(StoreSealer) sealer = store_sealer_new(of->store, error);
    if (sealer == NULL)
        return false;
    g_autoptr(IntakeContext) context = intake_context_new(gazetteer, of->options, sealer);
    IntakeReader *reader = intake_reader_new(&(IntakeReaderSetup){
        .name = run->name,
        .source = evidence_reader_read,
        .source_context = bytes,
        .format = of->format,
        .context = context,
        .mapping = of->options->mapping,
        .skip_to = (guint64)run->position,
    });
    IntakeNames names;
    intake_names_init(&names, of->store, gazetteer);
    /* A long file is one acknowledgement, at its end, not one for each batch. */
    bool done = bytes_left < BULK_BYTES || store_bulk_begin(of->store, error);
    done = done && pump(&names, reader, of, error);
    if (!store_bulk_end(of->store, done ? error : NULL))
        done = false;
    intake_names_clear(&names);
    count_unknown(of->summary, intake_reader_unknown(reader));
    intake_reader_free(reader);
    return done;
}

/* Who tells, where neither the user nor the records say. It is no part of "the same import": a file
 * that came alone and in a mail is one. A chat or a mailbox is called after its
 * bytes, not its file: that is often called after a person. */
static char *default_source(const StoreOriginal *original, const char *name, IntakeFormat format,
                            const char *within, GError **error)
{
    const char *known = format == INTAKE_FORMAT_TELEGRAM   ? "Telegram"
                        : format == INTAKE_FORMAT_WHATSAPP ? "WhatsApp"
                        : format == INTAKE_FORMAT_MAIL     ? "Mail"
                                                           : NULL;
    if (known != NULL)
        return g_strdup_printf("%s %02x%02x%02x", known, original->sha256[0], original->sha256[1],
                               original->sha256[2]);
    const IntakeTable *table;
    if (!intake_table_peek(format, &table, error))
        return NULL;
    if (table != NULL && intake_table_source(table) != NULL)
        return g_strdup(intake_table_source(table));
    return within != NULL ? g_strdup(within) : g_path_get_basename(name);
}

static bool read_run(IntakeRun *run, const char *binary, gint64 bytes, GError **error)
{
    if (binary != NULL)
        return keep_unreadable(run, binary, error);
    if (intake_format_reader(run->format) != NULL) {
        bool as_text;
        if (!intake_inside_read(run, &as_text, error) || !as_text)
            return *error == NULL;
        run->format = INTAKE_FORMAT_TEXT;
    }
    return read_records(run, bytes - run->run->position, error);
}

bool intake_import_original(Store *store, gint64 original_id, const char *name,
                            const IntakeOptions *asked, IntakeTree *tree, IntakeSummary *summary,
                            GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, original_id, error);
    if (original == NULL)
        return false;
    g_autoptr(GBytes) head = evidence_original_load(
        store, original_id, 0, MIN(HEAD_BYTES, (guint64)original->bytes), error);
    if (head == NULL)
        return false;
    gsize length;
    const char *bytes = g_bytes_get_data(head, &length);
    bytes = bytes != NULL ? bytes : "";
    IntakeFormat format = asked->format != INTAKE_FORMAT_AUTO
                              ? asked->format
                              : intake_format_guess(name, bytes, length);
    IntakeOptions options = *asked;
    g_autofree char *source = default_source(original, name, format, asked->within, error);
    if (source == NULL)
        return false;
    if (options.source == NULL)
        options.source = source;

    g_autoptr(StoreImport) run =
        import_begin(store, original, name, format, asked, &options, error);
    if (run == NULL)
        return false;
    summary->files++;
    if (g_strcmp0(run->state, "done") == 0) {
        summary->known_files++;
        return true;
    }
    summary->resumed_at += (guint64)run->records;
    IntakeRun of = {.store = store,
                    .run = run,
                    .format = format,
                    .asked = asked,
                    .options = &options,
                    .tree = tree,
                    .summary = summary};
    g_autoptr(GError) why = NULL;
    if (read_run(&of, intake_format_binary(bytes, length), original->bytes, &why))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* ---- files and folders ---- */

static bool import_fd(Store *store, int fd, const char *name, const char *origin,
                      const IntakeOptions *options, IntakeSummary *summary, GError **error)
{
    gint64 id = 0;
    bool known = false;
    return evidence_original_add(store, fd, name, NULL, origin, &id, &known, error) &&
           intake_import_original(store, id, name, options, &(IntakeTree){0}, summary, error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A case inside the folder is no input: sealed files of sealed files. */
static bool is_case(const char *folder)
{
    g_autofree char *keys = g_build_filename(folder, "case.json", NULL);
    g_autofree char *database = g_build_filename(folder, "case.db", NULL);
    return g_file_test(keys, G_FILE_TEST_EXISTS) && g_file_test(database, G_FILE_TEST_EXISTS);
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
        if (g_lstat(name, &about) != 0 || (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) ||
            (S_ISDIR(about.st_mode) && is_case(name)))
            continue;
        g_autoptr(GError) fault = NULL;
        if (intake_import(store, name, options, summary, &fault))
            continue;
        /* A file that is no table, or may not be read, does not hold up the others. */
        if (!g_error_matches(fault, ZENHAR_ERROR, ZENHAR_ERROR_INPUT) &&
            !g_error_matches(fault, ZENHAR_ERROR, ZENHAR_ERROR_DENIED) &&
            !g_error_matches(fault, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND) &&
            !g_error_matches(fault, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT)) {
            g_propagate_error(error, g_steal_pointer(&fault));
            return false;
        }
        if (summary->failed == NULL)
            summary->failed = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(summary->failed, g_strdup(fault->message));
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
        int why = errno;
        if (why == ENOENT)
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND, _("There is no file %s."),
                        path);
        else
            g_set_error(error, ZENHAR_ERROR,
                        why == EACCES || why == EPERM ? ZENHAR_ERROR_DENIED : ZENHAR_ERROR_IO,
                        _("%s cannot be read: %s."), path, i18n_errno(why));
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
           intake_import_original(store, id, name, options, &(IntakeTree){0}, summary, error);
}

bool intake_import_fetched(Store *store, const void *bytes, gsize length, const char *name,
                           const char *media_type, const char *origin, const IntakeOptions *options,
                           IntakeSummary *summary, GError **error)
{
    gint64 id = 0;
    bool known = false;
    return evidence_original_add_bytes(store, bytes, length, name, media_type, origin, &id, &known,
                                       error) &&
           intake_import_original(store, id, name, options, &(IntakeTree){0}, summary, error);
}

bool intake_import_sealed(Store *store, gint64 original_id, const char *name,
                          const IntakeOptions *options, IntakeSummary *summary, GError **error)
{
    return intake_import_original(store, original_id, name, options, &(IntakeTree){0}, summary,
                                  error);
}
