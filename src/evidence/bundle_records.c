/* records.jsonl checked: each line by itself, then what rests on what. Memory: the canonical bytes
 * of what is shown, and an id for each record. */
#include "evidence/bundle_private.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/fields.h"
#include "store/link.h"
#include "store/record.h"
#include <string.h>
#include <unistd.h>

/* What one record is said to rest on. */
typedef struct {
    StoreKind from, to;
    gint64 from_id, to_id;
    char *by; /* NULL: nothing shown says so */
} Rest;

typedef struct {
    BundleCheck *check;
    GHashTable *met; /* printed id → GBytes, NULL of what is withheld */
    GArray *rests;   /* Rest */
    guint8 order[8]; /* of the record before: kind and id, as in its entry's bytes 0, 2–7 */
    gint64 line;
    char id[STORE_ID_MAX]; /* of the record looked at; "" not known yet */
} Records;

static bool misfit(const Records *records, const char *why, GError **error)
{
    g_autofree char *line = i18n_integer(records->line);
    if (records->id[0] != '\0')
        evidence_misfit(error, _("%s, line %s (%s): %s"), BUNDLE_RECORDS, line, records->id, why);
    else
        evidence_misfit(error, _("%s, line %s: %s"), BUNDLE_RECORDS, line, why);
    return false;
}

/* ---- the proof ---- */

static bool read_proof(Records *records, const json_t *line, EvidenceProof *proof, GError **error)
{
    guint8 entry[STORE_LOG_ENTRY_BYTES];
    const char *id = bundle_get_text(line, "id");
    if (!bundle_get_hex(line, "entry", entry, sizeof entry) ||
        !bundle_get_hex(line, "leaf_hash", proof->leaf_hash.bytes, MERKLE_HASH_BYTES) ||
        !bundle_get_integer(line, "position", &proof->position) ||
        !bundle_get_path(line, "path", proof->path, MERKLE_PATH_MAX, &proof->n_path) || id == NULL)
        return misfit(records,
                      _("id, position, entry, leaf_hash or path is missing or unreadable."), error);
    evidence_entry_read(entry, &proof->kind, &proof->operation, &proof->id);
    memcpy(proof->record_hash, entry + 8, sizeof proof->record_hash);
    if (proof->kind == STORE_KIND_NONE || proof->kind >= STORE_N_KINDS || proof->id < 1 ||
        strcmp(store_id_format(proof->kind, proof->id, records->id), id) != 0)
        return misfit(records, _("its entry is another record's."), error);
    if (strcmp(evidence_operation_name(proof->operation), bundle_get_text(line, "operation") != NULL
                                                              ? bundle_get_text(line, "operation")
                                                              : "-") != 0)
        return misfit(records, _("its entry says another operation."), error);
    guint8 order[8] = {entry[0]};
    memcpy(order + 1, entry + 2, 6);
    if (memcmp(order, records->order, sizeof order) <= 0)
        return misfit(records, _("it stands behind one that should come after it, or twice."),
                      error);
    memcpy(records->order, order, sizeof order);
    return true;
}

static bool check_proof(Records *records, EvidenceProof *proof, GError **error)
{
    proof->head = records->check->head;
    guint8 entry[STORE_LOG_ENTRY_BYTES], logged[STORE_LOG_ENTRY_BYTES];
    MerkleHash leaf;
    evidence_entry_write(proof->kind, proof->operation, proof->id, proof->record_hash, entry);
    merkle_leaf_hash(entry, sizeof entry, &leaf);
    if (memcmp(&leaf, &proof->leaf_hash, sizeof leaf) != 0)
        return misfit(records, _("its leaf hash is not that of its entry."), error);
    if (proof->position < 0 || !evidence_proof_check(proof))
        return misfit(records, _("its path does not lead to the signed head."), error);
    if (records->check->log < 0)
        return true;
    const off_t at = (off_t)proof->position * STORE_LOG_ENTRY_BYTES;
    if (pread(records->check->log, logged, sizeof logged, at) != (ssize_t)sizeof logged ||
        memcmp(logged, entry, sizeof entry) != 0)
        return misfit(records, _("the log holds another entry at its place."), error);
    return true;
}

/* ---- the record itself ---- */

static GBytes *hex_bytes(const char *text)
{
    const gsize n = text != NULL ? strlen(text) : 1;
    if (n % 2 != 0)
        return NULL;
    g_autofree guint8 *bytes = g_malloc(n / 2 + 1);
    return evidence_hex_read(text, bytes, n / 2) ? g_bytes_new_take(g_steal_pointer(&bytes), n / 2)
                                                 : NULL;
}

static bool field_of(GBytes *record, guint8 number, EvidenceField *ret_field)
{
    gsize n = 0;
    const guint8 *bytes = g_bytes_get_data(record, &n);
    StoreKind kind;
    gint64 id;
    EvidenceFields fields;
    if (!evidence_fields_begin(bytes, n, &kind, &id, &fields))
        return false;
    while (evidence_fields_next(&fields, ret_field) == 1)
        if (ret_field->number == number)
            return true;
    return false;
}

static gint64 integer_of(GBytes *record, StoreKind kind, const char *column)
{
    EvidenceField field;
    const gssize i = store_kind_column_find(kind, column);
    return i >= 0 && field_of(record, (guint8)(i + 1), &field) && field.type == 'i' ? field.integer
                                                                                    : 0;
}

static bool check_original(Records *records, GBytes *record, const char *name, GError **error)
{
    MerkleHash hash;
    gint64 bytes = 0;
    EvidenceField field;
    char prefix[STORE_ID_MAX + 16];
    g_snprintf(prefix, sizeof prefix, "originals/%s", records->id);
    const gsize n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0 || (name[n] != '.' && name[n] != '\0'))
        return misfit(records, _("its file is another record's."), error);
    if (!bundle_file_hash(&records->check->files, name, &hash, &bytes, error)) {
        g_autofree char *line = i18n_integer(records->line);
        g_prefix_error(error, _("%s, line %s (%s): %s"), BUNDLE_RECORDS, line, records->id, "");
        return false;
    }
    if (!field_of(record, 1, &field) || field.type != 'b' || field.length != sizeof hash.bytes ||
        memcmp(field.bytes, hash.bytes, sizeof hash.bytes) != 0 ||
        integer_of(record, STORE_KIND_ORIGINAL, "bytes") != bytes) {
        evidence_misfit(error, _("%s is not the file that record %s tells of."), name, records->id);
        return false;
    }
    records->check->report->originals++;
    records->check->report->original_bytes += bytes;
    return true;
}

/* *ret_record NULL: withheld. */
static bool check_body(Records *records, const json_t *line, const EvidenceProof *proof,
                       GBytes **ret_record, GError **error)
{
    const char *original = bundle_get_text(line, "original");
    records->check->report->records++;
    if (json_object_get(line, "record") == NULL) {
        if (bundle_get_text(line, "withheld") == NULL || original != NULL)
            return misfit(records, _("it is neither shown nor said to be withheld."), error);
        records->check->report->withheld++;
        return true;
    }
    g_autoptr(GBytes) record = hex_bytes(bundle_get_text(line, "record"));
    gsize n = 0;
    const guint8 *bytes = record != NULL ? g_bytes_get_data(record, &n) : NULL;
    MerkleHash hash = {0};
    if (record != NULL)
        merkle_sha256(bytes, n, &hash);
    if (memcmp(hash.bytes, proof->record_hash, sizeof hash.bytes) != 0)
        return misfit(records, _("its bytes do not give the hash of its entry."), error);
    StoreKind kind;
    gint64 id;
    EvidenceFields fields;
    json_t *said = json_object_get(line, "fields");
    json_t *read = evidence_fields_begin(bytes, n, &kind, &id, &fields) && kind == proof->kind &&
                           id == proof->id
                       ? evidence_fields_json(bytes, n)
                       : NULL;
    const bool same = read != NULL && json_equal(read, said) != 0;
    json_decref(read);
    if (!same)
        return misfit(records, _("its fields are not what its bytes say."), error);
    if (original != NULL &&
        (proof->kind != STORE_KIND_ORIGINAL || !check_original(records, record, original, error)))
        return proof->kind == STORE_KIND_ORIGINAL
                   ? false
                   : misfit(records, _("its file is another record's."), error);
    *ret_record = g_steal_pointer(&record);
    return true;
}

/* ---- what it rests on ---- */

static bool read_rests(Records *records, const json_t *line, const EvidenceProof *proof,
                       GError **error)
{
    const json_t *list = json_object_get(line, "rests_on"), *one;
    gsize i;
    if (list != NULL && !json_is_array(list))
        return misfit(records, _("rests_on is no list."), error);
    json_array_foreach(list, i, one)
    {
        Rest rest = {.from = proof->kind, .from_id = proof->id};
        const char *id = bundle_get_text(one, "id");
        if (id == NULL || !store_id_parse(id, &rest.to, &rest.to_id))
            return misfit(records, _("it rests on what is no record."), error);
        rest.by = g_strdup(bundle_get_text(one, "by"));
        g_array_append_val(records->rests, rest);
    }
    return true;
}

static GBytes *record_of(const Records *records, StoreKind kind, gint64 id)
{
    char text[STORE_ID_MAX];
    return g_hash_table_lookup(records->met, store_id_format(kind, id, text));
}

/* Does that column of that record name the other one? */
static bool column_names(const Records *records, StoreKind kind, gint64 id, const char *column,
                         StoreKind to, gint64 to_id)
{
    GBytes *record = record_of(records, kind, id);
    const gssize i = store_kind_column_find(kind, column);
    if (record == NULL || i < 0)
        return false;
    const StoreColumn known = store_kind_column(kind, (gsize)i);
    return known.type == STORE_VALUE_RECORD && known.ref == to &&
           integer_of(record, kind, column) == to_id;
}

static bool link_says(const Records *records, gint64 link, const Rest *rest)
{
    GBytes *record = record_of(records, STORE_KIND_LINK, link);
    return record != NULL &&
           integer_of(record, STORE_KIND_LINK, "from_kind") == (gint64)rest->from &&
           integer_of(record, STORE_KIND_LINK, "from_id") == rest->from_id &&
           integer_of(record, STORE_KIND_LINK, "to_kind") == (gint64)rest->to &&
           integer_of(record, STORE_KIND_LINK, "to_id") == rest->to_id;
}

/* "report_id", "LK5", "T5.act_id". */
static bool is_said(const Records *records, const Rest *rest)
{
    const char *dot = strchr(rest->by, '.');
    g_autofree char *first =
        g_strndup(rest->by, dot != NULL ? (gsize)(dot - rest->by) : strlen(rest->by));
    StoreKind kind;
    gint64 id;
    if (!store_id_parse(first, &kind, &id))
        return dot == NULL &&
               column_names(records, rest->from, rest->from_id, rest->by, rest->to, rest->to_id);
    if (dot == NULL)
        return kind == STORE_KIND_LINK && link_says(records, id, rest);
    return kind == rest->to && id == rest->to_id &&
           column_names(records, kind, id, dot + 1, rest->from, rest->from_id);
}

static bool check_rests(const Records *records, GError **error)
{
    for (guint i = 0; i < records->rests->len; i++) {
        const Rest *rest = &g_array_index(records->rests, Rest, i);
        char from[STORE_ID_MAX], to[STORE_ID_MAX];
        store_id_format(rest->from, rest->from_id, from);
        store_id_format(rest->to, rest->to_id, to);
        if (!g_hash_table_contains(records->met, to)) {
            evidence_misfit(error, _("%s rests on %s, which the bundle does not hold."), from, to);
            return false;
        }
        if (rest->by != NULL && !is_said(records, rest)) {
            g_autofree char *by = g_utf8_make_valid(rest->by, -1);
            evidence_misfit(error, _("%s does not rest on %s as %s is said to tell."), from, to,
                            by);
            return false;
        }
    }
    return true;
}

/* ---- all lines ---- */

static bool check_line(Records *records, const char *text, gsize length, GError **error)
{
    records->line++;
    records->id[0] = '\0';
    json_error_t why;
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!json_is_object(line)) {
        json_decref(line);
        return misfit(records, _("it is no JSON object."), error);
    }
    EvidenceProof proof = {0};
    GBytes *record = NULL;
    const bool fits = read_proof(records, line, &proof, error) &&
                      check_proof(records, &proof, error) &&
                      check_body(records, line, &proof, &record, error) &&
                      read_rests(records, line, &proof, error);
    json_decref(line);
    g_hash_table_insert(records->met, g_strdup(records->id), record);
    return fits;
}

/* The next line without its end; false at the end of the file. *ret_whole false: cut, or too long.
 */
static bool next_line(FILE *file, GString *line, bool *ret_whole)
{
    int byte;
    g_string_truncate(line, 0);
    while ((byte = getc_unlocked(file)) != EOF && byte != '\n' && line->len < BUNDLE_LINE_MOST)
        g_string_append_c(line, (char)byte);
    *ret_whole = byte == '\n';
    return byte != EOF || line->len > 0;
}

static bool check_lines(Records *records, FILE *file, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (bool whole; next_line(file, line, &whole);) {
        if (progress_stopped(_("Stopped before everything was checked. Run it again."), error))
            return false;
        if (!whole) {
            records->line++;
            records->id[0] = '\0';
            return misfit(records, _("it is cut, or too long."), error);
        }
        if (!check_line(records, line->str, line->len, error))
            return false;
    }
    return true;
}

static void rest_clear(gpointer rest)
{
    g_free(((Rest *)rest)->by);
}

static void free_record(gpointer record)
{
    if (record != NULL)
        g_bytes_unref(record);
}

bool bundle_check_records(BundleCheck *check, GError **error)
{
    const int fd = bundle_file_open(&check->files, BUNDLE_RECORDS, error);
    FILE *file = fd >= 0 ? fdopen(fd, "rbe") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    Records records = {
        .check = check,
        .met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_record),
        .rests = g_array_new(FALSE, FALSE, sizeof(Rest)),
    };
    g_array_set_clear_func(records.rests, rest_clear);
    const bool fits = check_lines(&records, file, error) && check_rests(&records, error);
    fclose(file);
    g_hash_table_unref(records.met);
    g_array_unref(records.rests);
    return fits;
}
