/* A bundle written: beside its place, synced, renamed. Cost: about 0.3 ms a record; originals as
 * fast as they are unsealed. */
#include "evidence/bundle_private.h"

#include "base/data.h"
#include "base/folder.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/fields.h"
#include "evidence/kept.h"
#include "evidence/original.h"
#include "store/link.h"
#include "store/record.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { EXTENSION_MOST = 5 };

typedef struct {
    Store *store;
    char *part; /* the folder while it is written */
    const GArray *items;
    const EvidenceBundleOptions *options;
    EvidenceBundleReport *report;
    EvidenceTiles *tiles;
    GHashTable *whole;   /* printed ids of what is shown */
    GPtrArray *manifest; /* its lines */
    GPtrArray *kept;     /* EvidenceKept up to the head */
    StoreLogHead head;
} Writer;

/* ---- files ---- */

typedef struct {
    FILE *file;
    char *path;
    const char *name; /* borrowed */
    GChecksum *sum;
    bool failed;
} Out;

static bool fail_io(const char *path, GError **error)
{
    const int number = errno;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO,
                    _("The disk is full: %s cannot be written. No bundle was left behind."), path);
    else
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                    i18n_errno(number));
    return false;
}

static bool out_open(Writer *writer, const char *name, Out *ret, GError **error)
{
    *ret = (Out){.path = g_build_filename(writer->part, name, NULL), .name = name};
    g_autofree char *folder = g_path_get_dirname(ret->path);
    if (g_mkdir_with_parents(folder, 0700) == 0)
        ret->file = fopen(ret->path, "wbxe");
    if (ret->file == NULL) {
        fail_io(ret->path, error);
        g_clear_pointer(&ret->path, g_free);
        return false;
    }
    ret->sum = g_checksum_new(G_CHECKSUM_SHA256);
    return true;
}

static void out_write(Out *out, const void *bytes, gsize length)
{
    g_checksum_update(out->sum, bytes, (gssize)length);
    out->failed = out->failed || fwrite(bytes, 1, length, out->file) != length;
}

/* Into the manifest, if it is to stand there. */
static bool out_close(Writer *writer, Out *out, bool listed, GError **error)
{
    bool done = !out->failed && fflush(out->file) == 0;
    done = fclose(out->file) == 0 && done;
    if (!done)
        fail_io(out->path, error);
    else if (listed)
        g_ptr_array_add(writer->manifest,
                        g_strdup_printf("%s  %s\n", g_checksum_get_string(out->sum), out->name));
    g_checksum_free(out->sum);
    g_free(out->path);
    return done;
}

static bool put_file(Writer *writer, const char *name, const void *bytes, gsize length, bool listed,
                     GError **error)
{
    Out out;
    if (!out_open(writer, name, &out, error))
        return false;
    out_write(&out, bytes, length);
    return out_close(writer, &out, listed, error);
}

static void out_json(Out *out, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    out_write(out, text, strlen(text));
    out_write(out, "\n", 1);
    free(text);
    json_decref(object);
}

/* ---- what rests on what ---- */

static bool is_whole(const Writer *writer, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    return g_hash_table_contains(writer->whole, store_id_format(kind, id, text));
}

/* The column of a record that names another; NULL none. */
static const char *column_naming(StoreKind kind, const void *record, StoreKind to, gint64 to_id)
{
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        if (column.type == STORE_VALUE_RECORD && column.ref == to &&
            store_record_value(kind, record, i).integer == to_id)
            return column.name;
    }
    return NULL;
}

/* Which record shown says so: "report_id", "LK5", "T5.act_id"; NULL none. */
static char *said_by(Writer *writer, const EvidenceBundleItem *item, const void *record,
                     const GPtrArray *links, const StoreTraceStep *step)
{
    char text[STORE_ID_MAX];
    const char *column = column_naming(item->kind, record, step->kind, step->id);
    if (column != NULL)
        return is_whole(writer, item->kind, item->id) ? g_strdup(column) : NULL;
    for (guint i = 0; i < links->len; i++) {
        const StoreLink *link = g_ptr_array_index(links, i);
        if ((StoreKind)link->to_kind == step->kind && link->to_id == step->id &&
            strcmp(link->role != NULL ? link->role : "", step->role) == 0)
            return is_whole(writer, STORE_KIND_LINK, link->id)
                       ? g_strdup(store_id_format(STORE_KIND_LINK, link->id, text))
                       : NULL;
    }
    void *other = store_record_load(writer->store, step->kind, step->id, NULL);
    column = other != NULL ? column_naming(step->kind, other, item->kind, item->id) : NULL;
    store_record_free(step->kind, other);
    return column != NULL && is_whole(writer, step->kind, step->id)
               ? g_strconcat(store_id_format(step->kind, step->id, text), ".", column, NULL)
               : NULL;
}

static json_t *rests_json(Writer *writer, const EvidenceBundleItem *item, GError **error)
{
    g_autoptr(GArray) steps = store_trace_step(writer->store, item->kind, item->id, 0, error);
    g_autoptr(GPtrArray) links =
        steps != NULL ? store_link_list_from(writer->store, item->kind, item->id, NULL, error)
                      : NULL;
    void *record =
        links != NULL ? store_record_load(writer->store, item->kind, item->id, error) : NULL;
    if (record == NULL)
        return NULL;
    json_t *list = json_array();
    for (guint i = 0; i < steps->len; i++) {
        const StoreTraceStep *step = &g_array_index(steps, StoreTraceStep, i);
        char text[STORE_ID_MAX];
        g_autofree char *by = said_by(writer, item, record, links, step);
        json_t *one = json_pack("{s:s}", "id", store_id_format(step->kind, step->id, text));
        if (step->role[0] != '\0')
            json_object_set_new(one, "role", json_string(step->role));
        if (by != NULL)
            json_object_set_new(one, "by", json_string(by));
        json_array_append_new(list, one);
    }
    store_record_free(item->kind, record);
    return list;
}

/* ---- originals ---- */

/* originals/O1.csv: of the file's own name only a short ending of letters and digits is taken. */
static char *original_name(const StoreOriginal *original)
{
    char id[STORE_ID_MAX];
    const char *dot = original->name != NULL ? strrchr(original->name, '.') : NULL;
    gsize n = dot != NULL ? strlen(dot + 1) : 0;
    for (gsize i = 0; i < n; i++)
        if (!g_ascii_isalnum(dot[1 + i]))
            n = 0;
    g_autofree char *ending =
        n > 0 && n <= EXTENSION_MOST ? g_ascii_strdown(dot, -1) : g_strdup("");
    return g_strconcat("originals/", store_id_format(STORE_KIND_ORIGINAL, original->id, id), ending,
                       NULL);
}

/* *ret_name: of its file. Transfers. */
static bool put_original(Writer *writer, gint64 id, char **ret_name, GError **error)
{
    g_autoptr(StoreOriginal) original = store_original_load(writer->store, id, error);
    g_autoptr(EvidenceReader) reader =
        original != NULL ? evidence_original_open(writer->store, id, error) : NULL;
    Out out;
    if (reader == NULL)
        return false;
    *ret_name = original_name(original);
    if (!out_open(writer, *ret_name, &out, error))
        return false;
    guint8 buffer[1 << 16];
    gssize n;
    while ((n = evidence_reader_read(reader, buffer, sizeof buffer, error)) > 0) {
        out_write(&out, buffer, (gsize)n);
        if (progress_stopped(_("Stopped; no bundle was written."), error)) {
            n = -1;
            break;
        }
    }
    writer->report->originals++;
    writer->report->original_bytes += original->bytes;
    return out_close(writer, &out, true, n < 0 ? NULL : error) && n == 0;
}

/* ---- records ---- */

static bool put_body(Writer *writer, const EvidenceBundleItem *item, json_t *line, GError **error)
{
    gsize n = 0;
    writer->report->records++;
    if (item->withheld != NULL) {
        writer->report->withheld++;
        json_object_set_new(line, "withheld", json_string(item->withheld));
        return true;
    }
    g_autoptr(GBytes) record = store_log_record(writer->store, item->kind, item->id, error);
    if (record == NULL)
        return false;
    const guint8 *bytes = g_bytes_get_data(record, &n);
    json_object_set_new(line, "record", evidence_hex_json(bytes, n));
    json_object_set_new(line, "fields", evidence_fields_json(bytes, n));
    if (item->original_withheld != NULL)
        json_object_set_new(line, "original_withheld", json_string(item->original_withheld));
    if (!item->with_original)
        return true;
    g_autofree char *name = NULL;
    if (!put_original(writer, item->id, &name, error))
        return false;
    json_object_set_new(line, "original", json_string(name));
    return true;
}

static json_t *line_json(Writer *writer, const EvidenceBundleItem *item, GError **error)
{
    EvidenceProof proof = {.kind = item->kind, .id = item->id, .head = writer->head};
    char id[STORE_ID_MAX];
    store_id_format(item->kind, item->id, id);
    const gint64 position = store_log_position(writer->store, item->kind, item->id, error);
    if (position < 0)
        return NULL;
    if (position >= writer->head.size) {
        g_autofree char *number = i18n_integer(writer->head.number);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                    _("%s was written or changed after head %s: choose a newer head."), id, number);
        return NULL;
    }
    if (!evidence_proof_make(&proof, writer->store, writer->tiles, error))
        return NULL;
    json_t *line = evidence_proof_json(writer->store, &proof);
    /* Said once for all of them, in bundle.json. */
    json_object_del(line, "head");
    json_object_del(line, "case_id");
    json_object_del(line, "public_key");
    json_object_del(line, "record_hash");
    json_t *rests = NULL;
    if (put_body(writer, item, line, error) &&
        (!item->linked || (rests = rests_json(writer, item, error)) != NULL)) {
        if (rests != NULL)
            json_object_set_new(line, "rests_on", rests);
        return line;
    }
    json_decref(line);
    return NULL;
}

static bool put_records(Writer *writer, GError **error)
{
    Out out;
    if (!out_open(writer, BUNDLE_RECORDS, &out, error))
        return false;
    Progress *progress = progress_new(_("Proving the records"), _("records"), writer->items->len);
    bool done = true;
    for (guint i = 0; done && i < writer->items->len; i++) {
        json_t *line =
            progress_stopped(_("Stopped; no bundle was written."), error)
                ? NULL
                : line_json(writer, &g_array_index(writer->items, EvidenceBundleItem, i), error);
        done = line != NULL;
        if (done)
            out_json(&out, line);
        progress_add(progress, 1);
    }
    progress_free(progress);
    return out_close(writer, &out, true, done ? error : NULL) && done;
}

/* ---- heads ---- */

static bool put_head(Writer *writer, const StoreLogHead *head, GError **error)
{
    guint8 message[EVIDENCE_HEAD_BYTES];
    g_autofree char *bin = g_strdup_printf("heads/%" G_GINT64_FORMAT ".bin", head->number);
    g_autofree char *sig = g_strdup_printf("heads/%" G_GINT64_FORMAT ".sig", head->number);
    evidence_head_message(store_keys_case_id(store_keys(writer->store)), head, message);
    writer->report->heads++;
    return put_file(writer, bin, message, sizeof message, true, error) &&
           put_file(writer, sig, head->signature, sizeof head->signature, true, error);
}

static bool put_older(Writer *writer, gint64 number, json_t *heads, GError **error)
{
    StoreLogHead head;
    MerkleHash path[MERKLE_PATH_MAX + 1];
    gsize n = 0;
    if (!evidence_head_needed(writer->store, number, &head, error) ||
        !merkle_consistency(evidence_tiles_subtree, writer->tiles, (guint64)head.size,
                            (guint64)writer->head.size, path, &n, error) ||
        !put_head(writer, &head, error))
        return false;
    json_t *one = evidence_head_json(&head), *proof = json_array();
    for (gsize i = 0; i < n; i++)
        json_array_append_new(proof, evidence_hex_json(path[i].bytes, sizeof path[i].bytes));
    json_object_set_new(one, "consistency", proof);
    json_array_append_new(heads, one);
    return true;
}

static gint compare_numbers(gconstpointer left, gconstpointer right)
{
    const gint64 a = *(const gint64 *)left, b = *(const gint64 *)right;
    return (a > b) - (a < b);
}

/* Those asked for, and those of which somebody said something. */
static bool put_heads(Writer *writer, json_t *bundle, GError **error)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (gsize i = 0; i < writer->options->n_older; i++)
        g_array_append_val(numbers, writer->options->older[i]);
    for (guint i = 0; i < writer->kept->len; i++)
        g_array_append_val(numbers,
                           ((const EvidenceKept *)g_ptr_array_index(writer->kept, i))->head);
    g_array_sort(numbers, compare_numbers);
    json_t *heads = json_array();
    json_object_set_new(bundle, "head", evidence_head_json(&writer->head));
    json_object_set_new(bundle, "heads", heads);
    gint64 last = 0;
    for (guint i = 0; i < numbers->len; i++) {
        const gint64 number = g_array_index(numbers, gint64, i);
        if (number == last || number == writer->head.number)
            continue;
        if (number < 1 || number > writer->head.number) {
            g_autofree char *text = i18n_integer(number);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("Head %s is not older than the bundle's own head."), text);
            return false;
        }
        if (!put_older(writer, number, heads, error))
            return false;
        last = number;
    }
    return put_head(writer, &writer->head, error);
}

/* ---- what others said ---- */

static bool put_said(Writer *writer, json_t *bundle, GError **error)
{
    json_t *timestamps = json_array(), *notes = json_array();
    json_object_set_new(bundle, "timestamps", timestamps);
    json_object_set_new(bundle, "notes", notes);
    gint64 last = 0;
    for (guint i = 0, nth = 0; i < writer->kept->len; i++) {
        const EvidenceKept *kept = g_ptr_array_index(writer->kept, i);
        if (kept->kind != EVIDENCE_KEPT_TIMESTAMP && kept->kind != EVIDENCE_KEPT_COSIGNATURE)
            continue;
        const bool stamp = kept->kind == EVIDENCE_KEPT_TIMESTAMP;
        nth = kept->head == last ? nth + 1 : 1;
        last = kept->head;
        g_autofree char *name = g_strdup_printf(stamp ? "timestamps/%" G_GINT64_FORMAT "-%u.tsr"
                                                      : "notes/%" G_GINT64_FORMAT "-%u.note",
                                                kept->head, nth);
        gsize n = 0;
        const char *bytes = g_bytes_get_data(kept->bytes, &n);
        const char *note = stamp ? bytes : memchr(bytes, '\n', n);
        json_t *one = json_pack("{s:I, s:s}", "head", (json_int_t)kept->head, "file", name);
        if (!stamp) { /* the witness' key stands in the first line */
            note = note != NULL ? note + 1 : bytes + n;
            json_object_set_new(one, "witness",
                                json_stringn(bytes, note > bytes ? (gsize)(note - bytes) - 1 : 0));
        }
        json_array_append_new(stamp ? timestamps : notes, one);
        if (!put_file(writer, name, note, n - (gsize)(note - bytes), true, error))
            return false;
        writer->report->timestamps += stamp;
        writer->report->cosignatures += !stamp;
    }
    return true;
}

/* ---- the rest ---- */

static bool put_log(Writer *writer, GError **error)
{
    Out out;
    if (!out_open(writer, BUNDLE_LOG, &out, error))
        return false;
    bool done = true;
    for (gint64 at = 0; done && at < writer->head.size; at++) {
        const guint8 *entry = evidence_tiles_entry(writer->tiles, at, error);
        done = entry != NULL;
        if (done)
            out_write(&out, entry, STORE_LOG_ENTRY_BYTES);
    }
    return out_close(writer, &out, true, done ? error : NULL) && done;
}

static json_t *columns_json(const Writer *writer)
{
    json_t *columns = json_object();
    for (guint i = 0; i < writer->items->len; i++) {
        const StoreKind kind = g_array_index(writer->items, EvidenceBundleItem, i).kind;
        if (json_object_get(columns, store_kind_name(kind)) == NULL)
            json_object_set_new(columns, store_kind_name(kind),
                                json_pack("{s:i, s:s, s:o}", "number", (int)kind, "prefix",
                                          store_kind_prefix(kind), "columns",
                                          evidence_fields_columns(kind)));
    }
    return columns;
}

static bool put_bundle(Writer *writer, GError **error)
{
    StoreKeys *keys = store_keys(writer->store);
    json_t *bundle =
        json_pack("{s:s, s:o, s:o}", "format", BUNDLE_FORMAT, "case_id",
                  evidence_hex_json(store_keys_case_id(keys), STORE_CASE_ID_BYTES), "public_key",
                  evidence_hex_json(store_keys_public(keys), STORE_PUBLIC_KEY_BYTES));
    Out out;
    bool done = put_heads(writer, bundle, error) && put_said(writer, bundle, error);
    const EvidenceBundleReport *report = writer->report;
    json_object_set_new(bundle, "records", json_integer((json_int_t)report->records));
    json_object_set_new(bundle, "withheld", json_integer((json_int_t)report->withheld));
    json_object_set_new(bundle, "originals", json_integer((json_int_t)report->originals));
    json_object_set_new(bundle, "log", json_boolean(writer->options->with_log));
    json_object_set_new(bundle, "kinds", columns_json(writer));
    if (!done || !out_open(writer, BUNDLE_FILE, &out, error)) {
        json_decref(bundle);
        return false;
    }
    out_json(&out, bundle);
    return out_close(writer, &out, true, error);
}

static gint compare_lines(gconstpointer left, gconstpointer right)
{
    const char *a = *(char *const *)left, *b = *(char *const *)right;
    return strcmp(a + 66, b + 66); /* behind the hash and two spaces */
}

static bool put_manifest(Writer *writer, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint8 signature[64];
    g_ptr_array_sort(writer->manifest, compare_lines);
    for (guint i = 0; i < writer->manifest->len; i++)
        g_string_append(text, g_ptr_array_index(writer->manifest, i));
    store_keys_sign(store_keys(writer->store), text->str, text->len, signature);
    return put_file(writer, BUNDLE_MANIFEST, text->str, text->len, false, error) &&
           put_file(writer, BUNDLE_SIGNATURE, signature, sizeof signature, false, error);
}

static bool put_readme(Writer *writer, GError **error)
{
    g_autoptr(GBytes) text = data_load("bundle/README.txt", error);
    gsize n = 0;
    return text != NULL && put_file(writer, BUNDLE_README, g_bytes_get_data(text, &n),
                                    g_bytes_get_size(text), true, error);
}

static bool sync_folder(const char *path, GError **error)
{
    const int fd = g_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    const bool synced = fd >= 0 && syncfs(fd) == 0;
    if (!synced)
        fail_io(path, error);
    if (fd >= 0)
        close(fd);
    return synced;
}

static bool write_all(Writer *writer, GError **error)
{
    return put_records(writer, error) && (!writer->options->with_log || put_log(writer, error)) &&
           put_bundle(writer, error) && put_readme(writer, error) && put_manifest(writer, error) &&
           sync_folder(writer->part, error);
}

/* ---- where it goes ---- */

static bool is_free(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (!g_file_test(folder, G_FILE_TEST_EXISTS) || (dir != NULL && g_dir_read_name(dir) == NULL))
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s is there already; a bundle goes into a new folder."), folder);
    return false;
}

static bool prepare(Writer *writer, GError **error)
{
    if (!store_keys_whole(store_keys(writer->store))) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                            _("A bundle is signed, and this passphrase does not open the key that "
                              "signs. An administrator, documenter or advocate can write it."));
        return false;
    }
    g_autoptr(GPtrArray) all = evidence_kept_list(writer->store, error);
    if (all == NULL ||
        !evidence_head_needed(writer->store, writer->options->head, &writer->head, error))
        return false;
    writer->report->head = writer->head;
    for (guint i = 0; i < all->len; i++) {
        EvidenceKept *kept = g_ptr_array_index(all, i);
        if (kept->head > writer->head.number || kept->kind == EVIDENCE_KEPT_REQUEST)
            continue;
        g_ptr_array_add(writer->kept, kept);
        g_ptr_array_index(all, i) = NULL;
    }
    for (guint i = 0; i < writer->items->len; i++) {
        const EvidenceBundleItem *item = &g_array_index(writer->items, EvidenceBundleItem, i);
        char id[STORE_ID_MAX];
        if (item->withheld == NULL)
            g_hash_table_add(writer->whole, g_strdup(store_id_format(item->kind, item->id, id)));
    }
    return true;
}

static bool write_folder(Writer *writer, const char *folder, GError **error)
{
    const bool own = store_depth(writer->store) == 0;
    if (own && !store_read_begin(writer->store, error))
        return false;
    bool done = prepare(writer, error);
    if (done && g_mkdtemp_full(writer->part, 0700) == NULL)
        done = fail_io(folder, error);
    else if (done)
        done = write_all(writer, error) &&
               (g_rename(writer->part, folder) == 0 || fail_io(folder, error));
    if (own)
        store_read_end(writer->store);
    g_autoptr(GFile) part = g_file_new_for_path(writer->part);
    if (!done && !g_str_has_suffix(writer->part, "XXXXXX"))
        folder_remove(part, NULL);
    return done;
}

bool evidence_bundle_write(Store *store, const char *folder, const GArray *items,
                           const EvidenceBundleOptions *options, EvidenceBundleReport *ret_report,
                           GError **error)
{
    g_autofree char *bare = g_strdup(folder);
    for (gsize n = strlen(bare); n > 1 && bare[n - 1] == '/'; n--)
        bare[n - 1] = '\0';
    EvidenceBundleReport report = {0};
    Writer writer = {
        .store = store,
        .part = g_strconcat(bare, ".part-XXXXXX", NULL),
        .items = items,
        .options = options,
        .report = &report,
        .tiles = evidence_tiles_new(store),
        .whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .manifest = g_ptr_array_new_with_free_func(g_free),
        .kept = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_kept_free),
    };
    const bool done = is_free(bare, error) && write_folder(&writer, bare, error);
    g_free(writer.part);
    g_free(writer.tiles);
    g_hash_table_unref(writer.whole);
    g_ptr_array_unref(writer.manifest);
    g_ptr_array_unref(writer.kept);
    if (ret_report != NULL)
        *ret_report = report;
    return done;
}
