#include "handover/take.h"

#include "base/i18n.h"
#include "base/jsonl.h"
#include "base/limits.h"
#include "base/progress.h"
#include "evidence/original.h"
#include "handover/records.h"
#include "store/intake.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 256, MAX_LINE = 4 * LIMIT_RECORD_BYTES };

#define ANY_RECORDS "{\"format\":\"zenhar records "

bool take_is_export(const char *path)
{
    g_autofree char *about = g_build_filename(path, TABLES_FILE, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_file_test(about, G_FILE_TEST_IS_REGULAR);
    char head[sizeof ANY_RECORDS] = "";
    const int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    const gssize n = fd >= 0 ? read(fd, head, sizeof ANY_RECORDS - 1) : -1;
    if (fd >= 0)
        close(fd);
    return n == sizeof ANY_RECORDS - 1 && memcmp(head, ANY_RECORDS, sizeof ANY_RECORDS - 1) == 0;
}

/* ---- sealing what comes in ---- */

static bool seal(Store *store, const char *path, gint64 *ret_id, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    bool known;
    const int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) {
        g_set_error(error, ZENHAR_ERROR, errno == ENOENT ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_IO,
                    _("%s cannot be read: %s."), path, i18n_errno(errno));
        return false;
    }
    const bool done = evidence_original_add(store, fd, name, NULL, path, ret_id, &known, error);
    close(fd);
    return done;
}

/* The run of this import; ret_again: it was done before. */
static StoreImport *begin_run(Store *store, gint64 original_id, bool *ret_again, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, original_id, error);
    if (original == NULL)
        return NULL;
    guint8 key[16];
    static const char PURPOSE[] = "zenhar import of an export";
    crypto_generichash(key, sizeof key, original->sha256, sizeof original->sha256,
                       (const guint8 *)PURPOSE, sizeof PURPOSE - 1);
    g_autoptr(GError) missing = NULL;
    g_autoptr(StoreImport) run = store_import_find(store, key, &missing);
    *ret_again = run != NULL;
    if (run != NULL)
        return g_steal_pointer(&run);
    if (!g_error_matches(missing, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    run = store_import_new();
    run->original_id = original_id;
    run->name = g_strdup(original->name);
    run->format = g_strdup("zenhar export");
    run->state = g_strdup("running");
    run->started = store_now(store);
    memcpy(run->key, key, sizeof key);
    return store_import_add(store, run, error) ? g_steal_pointer(&run) : NULL;
}

static bool end_run(Store *store, StoreImport *run, const TakeDone *done, GError **error)
{
    g_free(run->state);
    run->state = g_strdup("done");
    run->finished = store_now(store);
    run->added = done->added[STORE_KIND_REPORT];
    run->duplicates = done->known[STORE_KIND_REPORT];
    run->records = run->added + run->duplicates;
    return store_import_update(store, run, error);
}

/* ---- JSON Lines ---- */

static bool kind_in_export(const char *name, StoreKind *ret)
{
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++)
        if (g_strcmp0(store_kind_name(*kind), name) == 0) {
            *ret = *kind;
            return true;
        }
    return false;
}

static bool take_object(Taker *taker, const json_t *object, guint64 offset, guint64 length,
                        GError **error)
{
    StoreKind kind = STORE_KIND_NONE, of_id;
    gint64 theirs;
    TakerFields fields = {.fields = json_object_get(object, "fields")};
    const char *id = json_string_value(json_object_get(object, "id"));
    if (!kind_in_export(json_string_value(json_object_get(object, "kind")), &kind) ||
        !store_id_parse(id, &of_id, &theirs) || of_id != kind || !json_is_object(fields.fields))
        return zenhar_error_input(error, "%s", _("this is no record of an export"));
    const bool done = taker_add(taker, kind, theirs, taker_field, &fields, offset, length, error);
    g_free(fields.room);
    if (!done)
        g_prefix_error(error, "%s: ", id);
    return done;
}

static bool known_format(const json_t *about, const char *format, GError **error)
{
    const char *given = json_string_value(json_object_get(about, "format"));
    const char *tag = json_string_value(json_object_get(about, "case"));
    if (g_strcmp0(given, format) != 0) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NEWER,
                    _("its format is “%.40s”; this program reads “%s”"), given != NULL ? given : "",
                    format);
        return false;
    }
    if (tag == NULL || strlen(tag) != OUTLET_ID_CHARS ||
        strspn(tag, "0123456789abcdef") != strlen(tag))
        return zenhar_error_input(error, "%s", _("its first line does not name a case"));
    return true;
}

static bool at_end(const json_t *object, gint64 n, GError **error)
{
    const gint64 told = json_integer_value(json_object_get(object, "records"));
    if (told == n)
        return true;
    return zenhar_error_input(error, _("its end tells of %ld records, and %ld were read"),
                              (long)told, (long)n);
}

typedef struct {
    Store *store;
    gint64 original_id, import_id;
    Taker *taker;
    gint64 n;
    bool ended;
} Lines;

static bool take_line(Lines *lines, JsonlReader *reader, const json_t *object, GError **error)
{
    gsize length;
    jsonl_reader_raw(reader, &length);
    if (lines->taker == NULL) {
        if (!known_format(object, RECORDS_FORMAT, error))
            return false;
        lines->taker =
            taker_new(lines->store, json_string_value(json_object_get(object, "case")), error);
        if (lines->taker != NULL)
            taker_from(lines->taker, lines->original_id, lines->import_id);
        return lines->taker != NULL;
    }
    if (lines->ended)
        return zenhar_error_input(error, "%s", _("it goes on behind its end"));
    if (json_object_get(object, "kind") == NULL) {
        lines->ended = true;
        return at_end(object, lines->n, error);
    }
    lines->n++;
    return take_object(lines->taker, object, jsonl_reader_offset(reader), length, error);
}

static bool take_lines(Lines *lines, const char *name, GError **error)
{
    g_autoptr(EvidenceReader) source =
        evidence_original_open(lines->store, lines->original_id, error);
    if (source == NULL)
        return false;
    g_autoptr(JsonlReader) reader = jsonl_reader_new(name, evidence_reader_read, source, MAX_LINE);
    CsvResult result;
    json_t *object = NULL;
    while ((result = jsonl_reader_next(reader, &object, error)) == CSV_RECORD) {
        if (progress_stopped(_("Stopped: nothing was taken in."), error))
            return false;
        if (take_line(lines, reader, object, error))
            continue;
        g_prefix_error(error, _("%s, line %lu: "), name, jsonl_reader_line(reader));
        return false;
    }
    if (result == CSV_END && lines->ended)
        return true;
    if (result == CSV_END)
        return zenhar_error_input(
            error, _("%s is cut short: its end is missing. Nothing was taken in."), name);
    return false;
}

static bool import_lines(Store *store, const char *path, TakeDone *ret, GError **error)
{
    Lines lines = {.store = store};
    bool again = false;
    g_autofree char *name = g_path_get_basename(path);
    if (!seal(store, path, &lines.original_id, error))
        return false;
    g_autoptr(StoreImport) run = begin_run(store, lines.original_id, &again, error);
    if (run == NULL || again)
        return run != NULL;
    lines.import_id = run->id;
    const bool done = take_lines(&lines, name, error) && taker_end(lines.taker, NULL, ret, error) &&
                      end_run(store, run, ret, error);
    taker_free(lines.taker);
    return done;
}

/* ---- tables ---- */

typedef struct {
    CsvReader *reader;
    GHashTable *columns; /* name → place + 1 */
} Row;

static const char *csv_field(void *context, const char *name)
{
    const Row *row = context;
    const gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(row->columns, name));
    if (at == 0 || at > csv_reader_n_fields(row->reader))
        return NULL;
    gsize length;
    const char *text = csv_reader_field(row->reader, at - 1, &length);
    return length > 0 ? text : NULL;
}

static bool take_row(Taker *taker, StoreKind kind, Row *row, GError **error)
{
    StoreKind of_id;
    gint64 theirs;
    const char *id = csv_field(row, "id");
    if (id == NULL || !store_id_parse(id, &of_id, &theirs) || of_id != kind)
        return zenhar_error_input(error, "%s", _("this is no record of an export"));
    g_autofree char *own = g_strdup(id);
    const bool done = taker_add(taker, kind, theirs, csv_field, row, csv_reader_offset(row->reader),
                                csv_reader_raw_length(row->reader), error);
    if (!done)
        g_prefix_error(error, "%s: ", own);
    return done;
}

static bool take_rows(Taker *taker, StoreKind kind, CsvReader *reader, gint64 told, GError **error)
{
    g_autoptr(GHashTable) columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Row row = {reader, columns};
    gint64 n = 0;
    CsvResult result;
    for (bool heading = true; (result = csv_reader_next(reader, error)) == CSV_RECORD;
         heading = false) {
        for (gsize i = 0; heading && i < csv_reader_n_fields(reader); i++)
            g_hash_table_insert(columns, g_strdup(csv_reader_field(reader, i, NULL)),
                                GSIZE_TO_POINTER(i + 1));
        if (progress_stopped(_("Stopped: nothing was taken in."), error))
            return false;
        if (!heading && !take_row(taker, kind, &row, error)) {
            g_prefix_error(error, _("%s, line %lu: "), csv_reader_name(reader),
                           csv_reader_line(reader));
            return false;
        }
        n += !heading;
    }
    if (result != CSV_END)
        return false;
    if (n == told)
        return true;
    return zenhar_error_input(error,
                              _("%s has %ld records where %s tells of %ld. Nothing was taken in."),
                              csv_reader_name(reader), (long)n, TABLES_FILE, (long)told);
}

/* The table is the one that was written with the others. */
static bool check_table(Store *store, gint64 original_id, const json_t *told, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(store, original_id, error);
    if (original == NULL)
        return false;
    char hex[2 * sizeof original->sha256 + 1];
    sodium_bin2hex(hex, sizeof hex, original->sha256, sizeof original->sha256);
    if (g_strcmp0(json_string_value(json_object_get(told, "sha256")), hex) == 0)
        return true;
    return zenhar_error_input(
        error,
        _("%s is not the table that %s tells of: it was changed since. Nothing was "
          "taken in."),
        original->name, TABLES_FILE);
}

static bool take_table(Store *store, Taker *taker, StoreKind kind, const char *folder,
                       const json_t *told, gint64 import_id, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s.csv", store_kind_name(kind));
    g_autofree char *path = g_build_filename(folder, name, NULL);
    gint64 original_id;
    if (!seal(store, path, &original_id, error) || !check_table(store, original_id, told, error))
        return false;
    g_autoptr(EvidenceReader) source = evidence_original_open(store, original_id, error);
    if (source == NULL)
        return false;
    const CsvOptions options = {.separator = ',', .max_record = MAX_LINE, .encoding = "UTF-8"};
    g_autoptr(CsvReader) reader = csv_reader_new(name, evidence_reader_read, source, &options);
    taker_from(taker, original_id, import_id);
    return take_rows(taker, kind, reader,
                     (gint64)json_integer_value(json_object_get(told, "records")), error);
}

static bool take_tables(Store *store, Taker *taker, const json_t *about, const char *folder,
                        gint64 import_id, GError **error)
{
    const json_t *files = json_object_get(about, "files");
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++) {
        g_autofree char *name = g_strdup_printf("%s.csv", store_kind_name(*kind));
        const json_t *told = json_object_get(files, name);
        if (told != NULL && !take_table(store, taker, *kind, folder, told, import_id, error))
            return false;
    }
    return true;
}

static bool import_tables(Store *store, const char *folder, TakeDone *ret, GError **error)
{
    g_autofree char *path = g_build_filename(folder, TABLES_FILE, NULL);
    gint64 original_id = 0;
    bool again = false, done = false;
    if (!seal(store, path, &original_id, error))
        return false;
    g_autoptr(StoreImport) run = begin_run(store, original_id, &again, error);
    if (run == NULL || again)
        return run != NULL;
    json_error_t why;
    json_t *about = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (about == NULL) {
        zenhar_error_input(error, _("%s cannot be read: %s (line %d)."), path, why.text, why.line);
        return false;
    }
    g_autoptr(Taker) taker =
        known_format(about, TABLES_FORMAT, error)
            ? taker_new(store, json_string_value(json_object_get(about, "case")), error)
            : NULL;
    done = taker != NULL && take_tables(store, taker, about, folder, run->id, error);
    if (done)
        taker_from(taker, original_id, run->id);
    done = done && taker_end(taker, NULL, ret, error) && end_run(store, run, ret, error);
    json_decref(about);
    return done;
}

bool take_import(Store *store, const char *path, TakeDone *ret, GError **error)
{
    memset(ret, 0, sizeof *ret);
    if (!store_bulk_begin(store, error) || !store_begin(store, error))
        return false;
    const bool tables = g_file_test(path, G_FILE_TEST_IS_DIR);
    const bool done =
        tables ? import_tables(store, path, ret, error) : import_lines(store, path, ret, error);
    if (!done)
        store_rollback(store);
    const bool kept = done && store_commit(store, error);
    return store_bulk_end(store, kept ? error : NULL) && kept;
}
