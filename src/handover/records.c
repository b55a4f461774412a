#include "handover/records.h"

#include "base/csv.h"
#include "base/i18n.h"
#include "base/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 16 };

const StoreKind *records_kinds(void)
{
    static const StoreKind KINDS[] = {STORE_KIND_PLACE, STORE_KIND_SOURCE, STORE_KIND_PERSON,
                                      STORE_KIND_ACT,   STORE_KIND_REPORT, STORE_KIND_STATEMENT,
                                      STORE_KIND_NONE};
    return KINDS;
}

bool records_read_what(const char *words, guint64 *ret_kinds, GError **error)
{
    static const struct {
        const char *word;
        guint64 kinds;
    } WORDS[] = {
        {"reports", 1u << STORE_KIND_REPORT | 1u << STORE_KIND_SOURCE | 1u << STORE_KIND_PLACE},
        {"statements", 1u << STORE_KIND_STATEMENT | 1u << STORE_KIND_PLACE},
        {"persons", 1u << STORE_KIND_PERSON},
        {"acts", 1u << STORE_KIND_ACT | 1u << STORE_KIND_PLACE},
        {"sources", 1u << STORE_KIND_SOURCE},
        {"places", 1u << STORE_KIND_PLACE},
    };
    g_auto(GStrv) list = g_strsplit(words, ",", -1);
    *ret_kinds = 0;
    for (gsize i = 0; list[i] != NULL; i++) {
        gsize k = 0;
        while (k < G_N_ELEMENTS(WORDS) && strcmp(g_strstrip(list[i]), WORDS[k].word) != 0)
            k++;
        if (k == G_N_ELEMENTS(WORDS)) {
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                        _("--what %s: choose from reports, statements, persons, acts, sources, "
                          "places, with commas between."),
                        list[i]);
            return false;
        }
        *ret_kinds |= WORDS[k].kinds;
    }
    return true;
}

/* ---- JSON ---- */

void records_append_string(GString *out, const char *text)
{
    g_autofree char *mended = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    g_string_append_c(out, '"');
    for (const char *p = mended != NULL ? mended : text; *p != '\0'; p++) {
        const guchar c = (guchar)*p;
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else if (c == '\n')
            g_string_append(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_c(out, (char)c);
    }
    g_string_append_c(out, '"');
}

static bool is_bare(const StoreColumn *column, const char *value)
{
    return column->type == STORE_VALUE_BOOLEAN || column->type == STORE_VALUE_REAL ||
           (column->type == STORE_VALUE_INTEGER && !g_str_has_suffix(column->name, "_kind") &&
            value[0] != '\0');
}

void records_append_json(GString *out, const OutletRecord *record, const char *more)
{
    char id[STORE_ID_MAX];
    g_string_append_printf(out, "{\"id\":\"%s\",\"kind\":\"%s\"%s",
                           store_id_format(record->kind, record->id, id),
                           store_kind_name(record->kind), more);
    const char *before = ",\"redacted\":[";
    for (gsize i = 0; record->n_redacted > 0 && i < store_kind_n_columns(record->kind); i++) {
        if (!record->redacted[i])
            continue;
        g_string_append_printf(out, "%s\"%s\"", before, store_kind_column(record->kind, i).name);
        before = ",";
    }
    g_string_append(out, record->n_redacted > 0 ? "]" : "");
    before = ",\"fields\":{";
    for (gsize i = 0; i < store_kind_n_columns(record->kind); i++) {
        const StoreColumn column = store_kind_column(record->kind, i);
        if (record->values[i] == NULL)
            continue;
        g_string_append_printf(out, "%s\"%s\":", before, column.name);
        if (is_bare(&column, record->values[i]))
            g_string_append(out, record->values[i]);
        else
            records_append_string(out, record->values[i]);
        before = ",";
    }
    g_string_append(out, before[1] == '"' ? ",\"fields\":{}}\n" : "}}\n");
}

/* ---- CSV ---- */

/* Names beside ids, for people who read the table: an import takes the ids. */
static bool is_named(const StoreColumn *column)
{
    return column->type == STORE_VALUE_RECORD &&
           (column->ref == STORE_KIND_SOURCE || column->ref == STORE_KIND_PLACE);
}

static void append_heading(const Outlet *outlet, StoreKind kind, GString *out)
{
    csv_append(out, "id");
    for (gsize i = 0; i < store_kind_n_columns(kind); i++) {
        const StoreColumn column = store_kind_column(kind, i);
        if (!outlet_column(outlet, kind, i))
            continue;
        csv_append(out, column.name);
        if (is_named(&column))
            csv_append(out, store_kind_name(column.ref));
    }
    csv_append(out, "redacted");
    csv_append_end(out);
}

static bool append_row(Outlet *outlet, const OutletRecord *record, const void *raw, GString *out,
                       GError **error)
{
    char id[STORE_ID_MAX];
    g_autoptr(GString) redacted = g_string_new(NULL);
    csv_append(out, store_id_format(record->kind, record->id, id));
    for (gsize i = 0; i < store_kind_n_columns(record->kind); i++) {
        const StoreColumn column = store_kind_column(record->kind, i);
        if (!outlet_column(outlet, record->kind, i))
            continue;
        csv_append(out, record->values[i] != NULL ? record->values[i] : "");
        if (record->redacted[i])
            g_string_append_printf(redacted, "%s%s", redacted->len > 0 ? " " : "", column.name);
        if (!is_named(&column))
            continue;
        const gint64 of = store_record_value(record->kind, raw, i).integer;
        const char *name = of != 0 ? outlet_name(outlet, column.ref, of, error) : "";
        if (name == NULL)
            return false;
        csv_append(out, name);
    }
    csv_append(out, redacted->str);
    csv_append_end(out);
    return true;
}

/* ---- one kind ---- */

typedef struct {
    Outlet *outlet;
    RecordsWrite write;
    void *context;
    GString *buffer;
} Sink;

/* The looks are on record before what was looked at goes out. */
static bool flush(Sink *sink, GError **error)
{
    const bool done = outlet_looked(sink->outlet, error) &&
                      sink->write(sink->context, sink->buffer->str, sink->buffer->len, error);
    g_string_truncate(sink->buffer, 0);
    return done;
}

static bool write_kind(Outlet *outlet, StoreKind kind, bool table, RecordsWrite write,
                       void *context, RecordsDone *done, GError **error)
{
    g_autoptr(StoreCursor) cursor = store_record_cursor(outlet_store(outlet), kind, NULL, error);
    if (cursor == NULL)
        return false;
    g_autoptr(GString) buffer = g_string_sized_new(2 * BUFFER_BYTES);
    g_autoptr(GError) why = NULL;
    g_autoptr(Progress) progress =
        progress_new(_("Exporting"), _("records"),
                     (guint64)MAX(store_count(outlet_store(outlet), kind, NULL), 0));
    Sink sink = {outlet, write, context, buffer};
    if (table)
        append_heading(outlet, kind, buffer);
    for (const void *record; (record = store_record_next(cursor, kind, &why)) != NULL;) {
        g_auto(OutletRecord) passed = {.kind = STORE_KIND_NONE};
        if (!outlet_pass(outlet, kind, record, &passed, error))
            return false;
        if (!table)
            records_append_json(buffer, &passed, "");
        else if (!append_row(outlet, &passed, record, buffer, error))
            return false;
        done->n[kind]++;
        done->total++;
        progress_add(progress, 1);
        if (buffer->len >= BUFFER_BYTES &&
            (progress_stopped(_("Stopped: what was written is not whole."), error) ||
             !flush(&sink, error)))
            return false;
    }
    if (why == NULL)
        return flush(&sink, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool records_write_lines(Outlet *outlet, StoreKind kind, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error)
{
    return write_kind(outlet, kind, false, write, context, done, error);
}

bool records_write_table(Outlet *outlet, StoreKind kind, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error)
{
    return write_kind(outlet, kind, true, write, context, done, error);
}

/* ---- whole files ---- */

static bool is_chosen(guint64 kinds, StoreKind kind)
{
    return kinds == RECORDS_ALL || (kinds >> kind & 1) != 0;
}

/* What the export is: members of an object. New reference. */
static json_t *describe(const Outlet *outlet, const char *format)
{
    const OutletPolicy *policy = outlet_policy(outlet);
    char id[OUTLET_ID_CHARS + 1];
    outlet_id(outlet, STORE_KIND_NONE, 0, id);
    json_t *object = json_pack("{s:s, s:s, s:s}", "format", format, "case", id, "degree",
                               outlet_degree_name(policy->degree));
    if (policy->degree == OUTLET_CONSENTED)
        json_object_set_new(object, "use", json_string(outlet_use_name(policy->use)));
    return object;
}

static bool write_json(json_t *object, RecordsWrite write, void *context, GError **error)
{
    char *dump = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    g_autofree char *line = g_strconcat(dump, "\n", NULL);
    free(dump); /* jansson's own allocator */
    return write(context, line, strlen(line), error);
}

bool records_write_jsonl(Outlet *outlet, guint64 kinds, RecordsWrite write, void *context,
                         RecordsDone *done, GError **error)
{
    if (!write_json(describe(outlet, RECORDS_FORMAT), write, context, error))
        return false;
    for (const StoreKind *kind = records_kinds(); *kind != STORE_KIND_NONE; kind++)
        if (is_chosen(kinds, *kind) &&
            !records_write_lines(outlet, *kind, write, context, done, error))
            return false;
    json_t *end = json_pack("{s:s, s:I, s:o}", "format", "zenhar records end", "records",
                            (json_int_t)done->total, "redacted", outlet_counts_json(outlet));
    return write_json(end, write, context, error);
}

static bool cannot_write(const char *path, int why, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, why == EEXIST ? ZENHAR_ERROR_USAGE : ZENHAR_ERROR_IO,
                why == EEXIST ? _("%s is there already: name an empty folder, or a new one (%s).")
                              : _("%s cannot be written: %s."),
                path, i18n_errno(why));
    return false;
}

struct RecordsFile {
    int fd;
    char *path;
    GChecksum *sha256;
};

bool records_folder_make(const char *folder, GError **error)
{
    return g_mkdir_with_parents(folder, 0700) == 0 || cannot_write(folder, errno, error);
}

RecordsFile *records_file_new(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    const int fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        cannot_write(path, errno, error);
        return NULL;
    }
    RecordsFile *file = g_new0(RecordsFile, 1);
    *file = (RecordsFile){fd, g_steal_pointer(&path), g_checksum_new(G_CHECKSUM_SHA256)};
    return file;
}

bool records_file_write(void *context, const char *bytes, gsize length, GError **error)
{
    RecordsFile *file = context;
    g_checksum_update(file->sha256, (const guchar *)bytes, (gssize)length);
    while (length > 0) {
        const gssize n = write(file->fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot_write(file->path, errno, error);
        bytes += n;
        length -= (gsize)n;
    }
    return true;
}

bool records_file_close(RecordsFile *file, bool written, char ret_sha256[65], GError **error)
{
    int why = written && fsync(file->fd) != 0 ? errno : 0;
    if (close(file->fd) != 0 && why == 0)
        why = errno;
    if (ret_sha256 != NULL)
        g_strlcpy(ret_sha256, g_checksum_get_string(file->sha256), 65);
    written = written && (why == 0 || cannot_write(file->path, why, error));
    g_checksum_free(file->sha256);
    g_free(file->path);
    g_free(file);
    return written;
}

static bool write_table_file(Outlet *outlet, StoreKind kind, const char *folder, json_t *files,
                             RecordsDone *done, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s.csv", store_kind_name(kind));
    char sha256[65];
    RecordsFile *file = records_file_new(folder, name, error);
    if (file == NULL ||
        !records_file_close(
            file, records_write_table(outlet, kind, records_file_write, file, done, error), sha256,
            error))
        return false;
    json_object_set_new(
        files, name,
        json_pack("{s:I, s:s}", "records", (json_int_t)done->n[kind], "sha256", sha256));
    return true;
}

bool records_write_folder(Outlet *outlet, guint64 kinds, const char *folder, RecordsDone *done,
                          GError **error)
{
    json_t *files = json_object();
    bool written = records_folder_make(folder, error);
    for (const StoreKind *kind = records_kinds(); written && *kind != STORE_KIND_NONE; kind++)
        written =
            !is_chosen(kinds, *kind) || write_table_file(outlet, *kind, folder, files, done, error);
    json_t *about = describe(outlet, TABLES_FORMAT);
    json_object_set_new(about, "files", files);
    json_object_set_new(about, "redacted", outlet_counts_json(outlet));
    RecordsFile *file = written ? records_file_new(folder, TABLES_FILE, error) : NULL;
    if (file == NULL) {
        json_decref(about);
        return false;
    }
    return records_file_close(file, write_json(about, records_file_write, file, error), NULL,
                              error);
}
