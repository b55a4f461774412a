/* What XLSX and ODS have in common. */
#include "base/csv.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/sheet_private.h"

#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextReader, xmlFreeTextReader)
typedef struct archive Archive;
static void archive_close(Archive *archive)
{
    archive_read_free(archive);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_close)

static bool is_needed(const char *member)
{
    return g_str_has_suffix(member, ".xml") || g_str_has_suffix(member, ".rels") ||
           strcmp(member, "mimetype") == 0;
}

static GBytes *read_member(Archive *archive, gsize *left)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    gsize most = MIN(*left, (gsize)SHEET_MEMBER_MAX);
    for (;;) {
        const guint had = bytes->len, step = 1 << 16;
        g_byte_array_set_size(bytes, had + step);
        la_ssize_t n = archive_read_data(archive, bytes->data + had, step);
        if (n < 0 || had + (gsize)MAX(n, 0) > most)
            return NULL;
        g_byte_array_set_size(bytes, had + (guint)n);
        if (n == 0)
            break;
    }
    *left -= bytes->len;
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static void *fail(GError **error, const char *name, const char *words)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                _("“%s” cannot be read as a spreadsheet: %s. Open it in a spreadsheet program and "
                  "save it as CSV."),
                name != NULL ? name : "?", words);
    return NULL;
}

GHashTable *sheet_members_load(const char *name, const void *bytes, gsize length, GError **error)
{
    static const guint8 OLE[] = {0xD0, 0xCF, 0x11, 0xE0}; /* what Office locks, and its old .xls */
    if (length >= sizeof OLE && memcmp(bytes, OLE, sizeof OLE) == 0)
        return fail(error, name, _("it is locked by a password or has the old format .xls"));
    g_autoptr(Archive) archive = archive_read_new();
    archive_read_support_format_zip_seekable(archive);
    archive_read_support_format_zip_streamable(archive);
    if (archive_read_open_memory(archive, bytes, length) != ARCHIVE_OK)
        return fail(error, name, _("it is no ZIP archive inside"));
    g_autoptr(GHashTable) members =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    gsize left = SHEET_ALL_MAX;
    for (guint i = 0; i < 4096; i++) {
        struct archive_entry *entry = NULL;
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF)
            break;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return fail(error, name, _("it is damaged or no ZIP archive inside"));
        if (archive_entry_is_encrypted(entry) > 0)
            return fail(error, name, _("it is locked by a password"));
        const char *member = archive_entry_pathname(entry);
        if (member == NULL || !g_utf8_validate(member, -1, NULL) || !is_needed(member))
            continue;
        GBytes *content = read_member(archive, &left);
        if (content == NULL)
            return fail(error, name, _("it is damaged, or unpacks to more than 384 MiB"));
        g_hash_table_replace(members, g_strdup(member), content);
    }
    return g_steal_pointer(&members);
}

xmlTextReaderPtr sheet_member_open(GHashTable *members, const char *name)
{
    GBytes *content = g_hash_table_lookup(members, name[0] == '/' ? name + 1 : name);
    if (content == NULL)
        return NULL;
    gsize size;
    const char *bytes = g_bytes_get_data(content, &size);
    return xmlReaderForMemory(bytes != NULL ? bytes : "", (int)size, NULL, NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                  XML_PARSE_NOCDATA);
}

char *sheet_attribute(xmlTextReaderPtr reader, const char *name)
{
    char *found = NULL;
    while (found == NULL && xmlTextReaderMoveToNextAttribute(reader) == 1)
        if (strcmp((const char *)xmlTextReaderConstLocalName(reader), name) == 0)
            found = g_strdup((const char *)xmlTextReaderConstValue(reader));
    xmlTextReaderMoveToElement(reader);
    return found;
}

bool sheet_at(xmlTextReaderPtr reader, const char *local_name)
{
    return xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT &&
           strcmp((const char *)xmlTextReaderConstLocalName(reader), local_name) == 0;
}

/* Paragraphs ("p") of a cell are lines; "s" is a run of spaces, "tab" and "line-break" what they
 * say (ODF 1.3, 6.1). Elements named `skip` (phonetic readings, notes) are left out. */
static void add_element(xmlTextReaderPtr reader, GString *text)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    if ((strcmp(name, "p") == 0 && text->len > 0) || strcmp(name, "line-break") == 0)
        g_string_append_c(text, '\n');
    else if (strcmp(name, "tab") == 0)
        g_string_append_c(text, '\t');
    else if (strcmp(name, "s") == 0) {
        g_autofree char *times = sheet_attribute(reader, "c");
        gint64 n = times != NULL ? g_ascii_strtoll(times, NULL, 10) : 1;
        for (gint64 i = 0; i < MIN(n, 1000); i++)
            g_string_append_c(text, ' ');
    }
}

char *sheet_text(xmlTextReaderPtr reader, const char *skip)
{
    GString *text = g_string_new(NULL);
    int depth = xmlTextReaderDepth(reader), result = 1;
    if (xmlTextReaderIsEmptyElement(reader) == 1)
        return g_string_free(text, FALSE);
    result = xmlTextReaderRead(reader);
    while (result == 1 && xmlTextReaderDepth(reader) > depth) {
        int type = xmlTextReaderNodeType(reader);
        if (type == XML_READER_TYPE_ELEMENT && sheet_at(reader, skip)) {
            result = xmlTextReaderNext(reader);
            continue;
        }
        if (type == XML_READER_TYPE_ELEMENT)
            add_element(reader, text);
        else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                 type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
            g_string_append(text, (const char *)xmlTextReaderConstValue(reader));
        result = xmlTextReaderRead(reader);
    }
    return g_string_free(text, FALSE);
}

SheetTable *sheet_table_new(void)
{
    SheetTable *table = g_new0(SheetTable, 1);
    table->csv = g_string_new(NULL);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void sheet_table_free(SheetTable *table)
{
    if (table == NULL)
        return;
    g_string_free(table->csv, TRUE);
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void sheet_table_set(SheetTable *table, guint column, char *text)
{
    if (column >= LIMIT_COLUMNS || text == NULL || text[0] == '\0') {
        table->lost += text != NULL && text[0] != '\0';
        g_free(text);
        return;
    }
    if (table->cells->len <= column)
        g_ptr_array_set_size(table->cells, (int)column + 1);
    g_free(table->cells->pdata[column]);
    table->cells->pdata[column] = text;
}

static void write_row(SheetTable *table)
{
    if (table->n_rows == 0)
        table->width = table->cells->len;
    for (guint i = 0; i < MAX(table->cells->len, table->width); i++) {
        const char *text = i < table->cells->len ? table->cells->pdata[i] : NULL;
        csv_append(table->csv, text != NULL ? text : "");
    }
    csv_append_end(table->csv);
    table->n_rows++;
}

void sheet_table_end_row(SheetTable *table, guint times)
{
    if (table->cells->len == 0)
        return;
    for (guint i = 0; i < times && !table->full; i++) {
        table->full = table->n_rows >= SHEET_ROWS_MAX;
        if (!table->full)
            write_row(table);
        table->full = table->full || table->csv->len > INTAKE_PART_BYTES_MAX / 2;
    }
    g_ptr_array_set_size(table->cells, 0);
}

bool sheet_table_pass(SheetTable *table, const char *sheet, IntakePartFound found, void *context,
                      GError **error)
{
    if (table->n_rows > 0 && !found(context,
                                    &(IntakePart){.name = sheet,
                                                  .media_type = "text/csv",
                                                  .bytes = table->csv->str,
                                                  .n_bytes = table->csv->len},
                                    error))
        return false;
    g_autofree char *problem = NULL;
    g_autofree char *rows = i18n_integer(table->n_rows), *lost = i18n_integer(table->lost);
    if (table->full)
        problem = g_strdup_printf(
            _("The sheet “%s” is larger than can be taken in at once; its rows after the first %s "
              "were not read. Save it as CSV and import that."),
            sheet, rows);
    else if (table->lost > 0) {
        g_autofree char *most = i18n_integer(LIMIT_COLUMNS);
        problem = g_strdup_printf(
            _("The sheet “%s” has more than %s columns; %s cells beyond were not read."), sheet,
            most, lost);
    }
    return problem == NULL ||
           found(context, &(IntakePart){.name = sheet, .problem = problem}, error);
}

/* 1900-01-01 is day 1; Lotus held 1900 for a leap year, and Excel keeps its day 60 that never was
 * (ECMA-376 part 1, 18.17.4.1). */
char *sheet_date(double days, bool from_1904, bool show_time)
{
    if (!isfinite(days) || days < 0 || days >= 2958466)
        return NULL;
    double whole = floor(days);
    gint64 second = (gint64)floor((days - whole) * 86400 + 0.5);
    if (second == 86400) {
        second = 0;
        whole += 1;
    }
    g_autofree char *time = g_strdup_printf("%02d:%02d:%02d", (int)(second / 3600),
                                            (int)(second / 60 % 60), (int)(second % 60));
    if (whole < 1 && !from_1904)
        return show_time ? g_steal_pointer(&time) : NULL;
    gint64 day = (gint64)whole;
    g_autofree char *date = NULL;
    if (!from_1904 && day == 60)
        date = g_strdup("1900-02-29");
    else {
        gint64 first = from_1904  ? 695056
                       : day < 60 ? 693595
                                  : 693594; /* days before it, from 1-1-1 */
        GDate gregorian;
        if (first + day < 1)
            return NULL;
        g_date_clear(&gregorian, 1);
        g_date_set_julian(&gregorian, (guint32)(first + day));
        if (!g_date_valid(&gregorian) || g_date_get_year(&gregorian) > 9999)
            return NULL;
        date = g_strdup_printf("%04u-%02u-%02u", g_date_get_year(&gregorian),
                               g_date_get_month(&gregorian), g_date_get_day(&gregorian));
    }
    return show_time && second != 0 ? g_strdup_printf("%sT%s", date, time) : g_steal_pointer(&date);
}

bool sheet_format_is_date(const char *format, bool *ret_time)
{
    bool date = false, time = false;
    for (const char *at = format; *at != '\0' && *at != ';'; at++) {
        char letter = g_ascii_tolower(*at);
        if (letter == '"') { /* quoted words */
            at = strchr(at + 1, '"');
            if (at == NULL)
                break;
        } else if (letter == '\\' || letter == '_' ||
                   letter == '*') { /* the next letter as it is */
            if (at[1] != '\0')
                at++;
        } else if (letter == '[') { /* colour, locale, condition; but [h] is hours in all */
            char inside = g_ascii_tolower(at[1]);
            const char *end = strchr(at, ']');
            if (end == NULL)
                break;
            if ((inside == 'h' || inside == 'm' || inside == 's') &&
                (end - at == 2 || end - at == 3))
                time = true;
            at = end;
        } else if (letter == 'h' || letter == 's')
            time = true;
        else if (letter == 'y' || letter == 'd' || letter == 'm' || letter == 'b')
            date = true; /* b: the Buddhist year; m may be minutes, beside h or s */
        else if (letter == 'g' && g_ascii_strncasecmp(at, "general", 7) == 0)
            at += 6;
        else if (letter == '0' || letter == '#' || letter == '?')
            return *ret_time = time, date || time;
    }
    *ret_time = time;
    return date || time;
}

bool intake_read_sheet(const char *name, const void *bytes, gsize length, IntakePartFound found,
                       void *context, GError **error)
{
    g_assert(found != NULL && (bytes != NULL || length == 0));
    g_autoptr(GHashTable) members = sheet_members_load(name, bytes, length, error);
    if (members == NULL)
        return false;
    if (g_hash_table_contains(members, "xl/workbook.xml") ||
        g_hash_table_contains(members, "_rels/.rels"))
        return sheet_read_xlsx(members, found, context, error);
    if (g_hash_table_contains(members, "content.xml"))
        return sheet_read_ods(members, found, context, error);
    fail(error, name, _("it is neither XLSX nor ODS"));
    return false;
}
