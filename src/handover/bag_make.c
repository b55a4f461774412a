#include "handover/bag.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "evidence/foreign.h"
#include "evidence/original.h"
#include "evidence/proof_json.h"
#include "handover/bag_name.h"
#include "store/log.h"
#include "store/person.h"
#include "store/report.h"
#include <sodium.h>
#include <string.h>

const StoreKind *bag_kinds(void)
{
    static const StoreKind KINDS[] = {STORE_KIND_PLACE,     STORE_KIND_SOURCE,  STORE_KIND_ORIGINAL,
                                      STORE_KIND_PERSON,    STORE_KIND_ACT,     STORE_KIND_REPORT,
                                      STORE_KIND_STATEMENT, STORE_KIND_CONSENT, STORE_KIND_NONE};
    return KINDS;
}

typedef struct {
    Outlet *outlet;
    BagWriter *writer;
    const BagOptions *options;
    RecordsDone *done;
    BagLines proofs;
    StoreLogHead head;
} Make;

static void append_hex(GString *out, const guint8 *bytes, gsize n)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (gsize i = 0; i < n; i++) {
        g_string_append_c(out, DIGITS[bytes[i] >> 4]);
        g_string_append_c(out, DIGITS[bytes[i] & 15]);
    }
}

/* ---- the log ---- */

static bool add_log(Make *make, GError **error)
{
    EvidenceForeign log = {0};
    Store *store = outlet_store(make->outlet);
    bool done = evidence_foreign_take(store, 0, 0, &log, error);
    g_autoptr(GString) heads = g_string_new(NULL);
    for (guint i = 0; done && i < log.heads->len; i++) {
        json_t *object = evidence_head_json(&g_array_index(log.heads, StoreLogHead, i));
        char *dump = json_dumps(object, JSON_COMPACT);
        json_decref(object);
        g_string_append_printf(heads, "%s\n", dump);
        free(dump); /* jansson's own allocator */
    }
    if (done && log.heads->len > 0)
        make->head = g_array_index(log.heads, StoreLogHead, log.heads->len - 1);
    done = done &&
           bag_writer_add(make->writer, "data/log/entries.bin", (const char *)log.entries->data,
                          log.entries->len, error) &&
           bag_writer_add(make->writer, "data/log/heads.jsonl", heads->str, heads->len, error);
    evidence_foreign_clear(&log);
    return done;
}

/* ---- originals ---- */

static bool add_original(Make *make, const StoreOriginal *original, GError **error)
{
    enum { CHUNK = 1 << 16 };
    Store *store = outlet_store(make->outlet);
    char id[STORE_ID_MAX];
    g_autofree char *safe = bag_name_safe(original->name);
    g_autofree char *name = g_strdup_printf(
        "data/originals/%s/%s", store_id_format(STORE_KIND_ORIGINAL, original->id, id), safe);
    g_autoptr(EvidenceReader) reader = evidence_original_open(store, original->id, error);
    g_autofree char *buffer = g_malloc(CHUNK);
    gssize n = 0;
    bool done =
        reader != NULL && bag_writer_begin(make->writer, name, (guint64)original->bytes, error);
    while (done && (n = evidence_reader_read(reader, buffer, CHUNK, error)) > 0)
        done = bag_writer_write(make->writer, buffer, (gsize)n, error);
    return done && n == 0 && bag_writer_end(make->writer, error);
}

static bool add_originals(Make *make, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (outlet_policy(make->outlet)->degree != OUTLET_WHOLE)
        return true; /* an original is as it came: names and all */
    g_autoptr(StoreCursor) cursor = store_original_cursor(outlet_store(make->outlet), NULL, error);
    if (cursor == NULL)
        return false;
    for (const StoreOriginal *original; (original = store_original_next(cursor, &why)) != NULL;)
        if (progress_stopped(_("Stopped: nothing was exported."), error) ||
            !add_original(make, original, error))
            return false;
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* ---- records ---- */

static bool add_proof(Make *make, const EvidenceProof *proof, GError **error)
{
    char id[STORE_ID_MAX];
    GString *out = make->proofs.lines;
    if (make->options->without_proofs)
        return true;
    g_string_append_printf(out, "{\"id\":\"%s\",\"position\":%" G_GINT64_FORMAT ",\"path\":[",
                           store_id_format(proof->kind, proof->id, id), proof->position);
    for (gsize i = 0; i < proof->n_path; i++) {
        g_string_append(out, i > 0 ? ",\"" : "\"");
        append_hex(out, proof->path[i].bytes, sizeof proof->path[i].bytes);
        g_string_append_c(out, '"');
    }
    g_string_append(out, "]}\n");
    return true;
}

/* Whether a record's canonical form may go: it holds all there is of it. */
static bool is_open(const Make *make, const OutletRecord *passed)
{
    if (outlet_policy(make->outlet)->degree == OUTLET_WHOLE)
        return true;
    for (gsize i = 0; i < store_kind_n_columns(passed->kind); i++)
        if (!outlet_column(make->outlet, passed->kind, i))
            return false;
    return passed->n_redacted == 0 && outlet_has_keys(make->outlet);
}

static bool add_record(Make *make, BagLines *lines, StoreKind kind, const void *record,
                       GError **error)
{
    Store *store = outlet_store(make->outlet);
    g_auto(OutletRecord) passed = {.kind = STORE_KIND_NONE};
    g_autofree EvidenceProof *proof = evidence_prove(store, kind, store_record_id(record), error);
    if (proof == NULL || !outlet_pass(make->outlet, kind, record, &passed, error))
        return false;
    g_autoptr(GString) more = g_string_new(NULL);
    g_string_printf(more, ",\"position\":%" G_GINT64_FORMAT ",\"hash\":\"", proof->position);
    append_hex(more, proof->record_hash, sizeof proof->record_hash);
    g_string_append_c(more, '"');
    if (is_open(make, &passed)) {
        g_autoptr(GBytes) bytes = store_log_record(store, kind, passed.id, error);
        gsize n = 0;
        const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &n) : NULL;
        if (bytes == NULL)
            return false;
        g_string_append(more, ",\"record\":\"");
        append_hex(more, data, n);
        g_string_append_c(more, '"');
    }
    records_append_json(lines->lines, &passed, more->str);
    make->done->n[kind]++;
    make->done->total++;
    return add_proof(make, proof, error);
}

/* The looks are on record before the lines go. Proofs go between: a file is written whole. */
static bool step(Make *make, BagLines *lines, bool end, GError **error)
{
    return outlet_looked(make->outlet, error) && bag_lines_next(lines, end, error) &&
           bag_lines_next(&make->proofs, false, error);
}

static bool add_kind(Make *make, StoreKind kind, gsize place, GError **error)
{
    g_autofree char *prefix =
        g_strdup_printf("data/records/%02u-%s-", (guint)place + 1, store_kind_name(kind));
    g_auto(BagLines) lines;
    g_autoptr(GError) why = NULL;
    bag_lines_init(&lines, make->writer, prefix, ".jsonl", NULL);
    g_autoptr(StoreCursor) cursor =
        store_record_cursor(outlet_store(make->outlet), kind, NULL, error);
    g_autoptr(Progress) progress =
        progress_new(_("Exporting"), _("records"),
                     (guint64)MAX(store_count(outlet_store(make->outlet), kind, NULL), 0));
    if (cursor == NULL)
        return false;
    guint n = 0;
    for (const void *record; (record = store_record_next(cursor, kind, &why)) != NULL;) {
        if (progress_stopped(_("Stopped: nothing was exported."), error) ||
            !add_record(make, &lines, kind, record, error) ||
            (++n % 256 == 0 && !step(make, &lines, false, error)))
            return false;
        progress_add(progress, 1);
    }
    if (why == NULL)
        return step(make, &lines, true, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool add_records(Make *make, GError **error)
{
    const StoreKind *kinds = bag_kinds();
    for (gsize i = 0; kinds[i] != STORE_KIND_NONE; i++)
        if (!add_kind(make, kinds[i], i, error))
            return false;
    return bag_lines_next(&make->proofs, true, error);
}

/* ---- what the bag says of itself ---- */

static bool add_readme(Make *make, GError **error)
{
    const char *text = _(
        "This is a bag (RFC 8493) that Zenhar made of a case.\n"
        "\n"
        "Whether it is whole:     sha256sum -c manifest-sha256.txt\n"
        "                         sha512sum -c manifest-sha512.txt\n"
        "All of it, and the log:  zenhar import --bagit THIS --check\n"
        "\n"
        "data/case.json           what it is, the newest signed head of the log, the public key\n"
        "data/records/            the records, one a line: its place in the log, its hash\n"
        "data/originals/          the files as they came (in a whole bag)\n"
        "data/log/                every entry, 40 bytes each, and every signed head\n"
        "data/proofs/             the audit path (RFC 6962) of each record\n"
        "data/custody/            who held it, who looked at what, what was changed\n"
        "\n"
        "Ask whoever handed it over for the public key and the root by another way, and compare.\n"
        "The formats, byte by byte: docs/formats.md of Zenhar.\n");
    return bag_writer_add(make->writer, "data/README.txt", text, strlen(text), error);
}

static void put_hex(json_t *object, const char *name, const guint8 *bytes, gsize n)
{
    g_autoptr(GString) hex = g_string_new(NULL);
    append_hex(hex, bytes, n);
    json_object_set_new(object, name, json_string(hex->str));
}

static bool add_about(Make *make, GError **error)
{
    StoreKeys *keys = store_keys(outlet_store(make->outlet));
    const OutletPolicy *policy = outlet_policy(make->outlet);
    char tag[OUTLET_ID_CHARS + 1];
    outlet_id(make->outlet, STORE_KIND_NONE, 0, tag);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:o}", "format", BAG_FORMAT, "case", tag, "degree",
                  outlet_degree_name(policy->degree), "redacted", outlet_counts_json(make->outlet));
    if (policy->degree == OUTLET_CONSENTED)
        json_object_set_new(object, "use", json_string(outlet_use_name(policy->use)));
    put_hex(object, "case_id", store_keys_case_id(keys), STORE_CASE_ID_BYTES);
    put_hex(object, "public_key", store_keys_public(keys), STORE_PUBLIC_KEY_BYTES);
    json_object_set_new(object, "head", evidence_head_json(&make->head));
    json_t *records = json_object();
    for (const StoreKind *kind = bag_kinds(); *kind != STORE_KIND_NONE; kind++)
        json_object_set_new(records, store_kind_name(*kind),
                            json_integer((json_int_t)make->done->n[*kind]));
    json_object_set_new(object, "records", records);
    char *dump = json_dumps(object, JSON_INDENT(1));
    json_decref(object);
    const bool done = bag_writer_add(make->writer, "data/case.json", dump, strlen(dump), error);
    free(dump); /* jansson's own allocator */
    return done;
}

/* One line of bag-info.txt: no value may begin another label. */
static void append_info(GString *out, const char *label, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    g_strdelimit(valid, "\r\n", ' ');
    g_string_append_printf(out, "%s: %s\n", label, valid);
}

static bool close_bag(Make *make, GError **error)
{
    g_autoptr(GString) info = g_string_new(NULL);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(store_now(outlet_store(make->outlet)));
    g_autofree char *day = g_date_time_format(now, "%Y-%m-%d");
    char tag[OUTLET_ID_CHARS + 1];
    outlet_id(make->outlet, STORE_KIND_NONE, 0, tag);
    append_info(info, "Bagging-Date", day);
    append_info(info, "Bag-Software-Agent", "Zenhar " ZENHAR_VERSION);
    append_info(info, "External-Identifier", tag);
    append_info(info, "Contact-Name", make->options->contact_name);
    append_info(info, "Contact-Email", make->options->contact_email);
    return bag_writer_close(make->writer, info->str, error);
}

bool bag_make(Outlet *outlet, BagWriter *writer, const BagOptions *options, RecordsDone *done,
              GError **error)
{
    Make make = {.outlet = outlet, .writer = writer, .options = options, .done = done};
    memset(done, 0, sizeof *done);
    bag_lines_init(&make.proofs, writer, "data/proofs/proofs-", ".jsonl", NULL);
    const bool made = add_log(&make, error) && add_originals(&make, error) &&
                      add_records(&make, error) && bag_custody(outlet, writer, options, error) &&
                      add_readme(&make, error) && add_about(&make, error) &&
                      close_bag(&make, error);
    bag_lines_clear(&make.proofs);
    return made;
}
