/* XLSX (ECMA-376 part 1, 18): the workbook names its sheets, relations say where each lies, strings
 * stand apart, and whether a number is a day is known from the style of its cell alone. */
#include "base/csv.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/sheet_private.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextReader, xmlFreeTextReader)

enum { STRINGS_MAX = 4 << 20, STYLES_MAX = 1 << 16, SHEETS_MAX = 1000 };
typedef enum { SHOWS_NUMBER, SHOWS_DATE, SHOWS_TIME } Shows;

typedef struct {
    GHashTable *members;
    GPtrArray *strings;  /* shared strings */
    GByteArray *styles;  /* Shows, by the index of a cell's style */
    GPtrArray *sheets;   /* names and, one on the other, relation ids */
    GHashTable *targets; /* relation id → member */
    bool from_1904;
} Workbook;

static void workbook_clear(Workbook *workbook)
{
    g_ptr_array_unref(workbook->strings);
    g_byte_array_unref(workbook->styles);
    g_ptr_array_unref(workbook->sheets);
    g_hash_table_unref(workbook->targets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Workbook, workbook_clear)

static void read_strings(Workbook *workbook, const char *member)
{
    g_autoptr(xmlTextReader) reader = sheet_member_open(workbook->members, member);
    while (reader != NULL && xmlTextReaderRead(reader) == 1 && workbook->strings->len < STRINGS_MAX)
        if (sheet_at(reader, "si")) /* rPh: how kanji are read */
            g_ptr_array_add(workbook->strings, sheet_text(reader, "rPh"));
}

/* Formats below 164 are built in (18.8.30); those of East Asian locales are days as well. */
static Shows built_in(gint64 id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return SHOWS_DATE;
    if ((id >= 18 && id <= 22) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
        return SHOWS_TIME;
    return SHOWS_NUMBER;
}

static gint64 number_of(char *text, gint64 otherwise)
{
    g_autofree char *owned = text;
    gint64 n;
    return owned != NULL && csv_parse_integer(owned, &n) ? n : otherwise;
}

static void read_styles(Workbook *workbook, const char *member)
{
    g_autoptr(xmlTextReader) reader = sheet_member_open(workbook->members, member);
    g_autoptr(GHashTable) formats = g_hash_table_new(NULL, NULL); /* id → Shows + 1 */
    bool in_cells = false;
    while (reader != NULL && xmlTextReaderRead(reader) == 1) {
        if (sheet_at(reader, "numFmt")) {
            gint64 id = number_of(sheet_attribute(reader, "numFmtId"), -1);
            g_autofree char *code = sheet_attribute(reader, "formatCode");
            bool time = false;
            bool date = code != NULL && sheet_format_is_date(code, &time);
            g_hash_table_insert(formats, GINT_TO_POINTER((gint)id),
                                GINT_TO_POINTER(1 + (!date  ? SHOWS_NUMBER
                                                     : time ? SHOWS_TIME
                                                            : SHOWS_DATE)));
        } else if (sheet_at(reader, "cellXfs"))
            in_cells = true;
        else if (sheet_at(reader, "cellStyles") || sheet_at(reader, "dxfs"))
            in_cells = false;
        else if (in_cells && sheet_at(reader, "xf") && workbook->styles->len < STYLES_MAX) {
            gint64 id = number_of(sheet_attribute(reader, "numFmtId"), 0);
            int own = GPOINTER_TO_INT(g_hash_table_lookup(formats, GINT_TO_POINTER((gint)id)));
            guint8 shows = (guint8)(own > 0 ? own - 1 : (int)built_in(id));
            g_byte_array_append(workbook->styles, &shows, 1);
        }
    }
}

/* Relations of the workbook: where sheets, strings and styles lie. */
static void read_relations(Workbook *workbook, const char *folder, const char *member)
{
    g_autoptr(xmlTextReader) reader = sheet_member_open(workbook->members, member);
    while (reader != NULL && xmlTextReaderRead(reader) == 1) {
        if (!sheet_at(reader, "Relationship"))
            continue;
        g_autofree char *id = sheet_attribute(reader, "Id");
        g_autofree char *target = sheet_attribute(reader, "Target");
        g_autofree char *type = sheet_attribute(reader, "Type");
        if (id == NULL || target == NULL || type == NULL)
            continue;
        char *path = target[0] == '/' ? g_strdup(target + 1) : g_strconcat(folder, target, NULL);
        if (g_str_has_suffix(type, "/sharedStrings"))
            g_hash_table_replace(workbook->targets, g_strdup("#strings"), g_strdup(path));
        else if (g_str_has_suffix(type, "/styles"))
            g_hash_table_replace(workbook->targets, g_strdup("#styles"), g_strdup(path));
        else if (g_str_has_suffix(type, "/officeDocument"))
            g_hash_table_replace(workbook->targets, g_strdup("#workbook"), g_strdup(path));
        g_hash_table_replace(workbook->targets, g_steal_pointer(&id), path);
    }
}

static bool read_workbook(Workbook *workbook, const char *member)
{
    g_autoptr(xmlTextReader) reader = sheet_member_open(workbook->members, member);
    int result = 0;
    while (reader != NULL && (result = xmlTextReaderRead(reader)) == 1) {
        if (sheet_at(reader, "workbookPr")) {
            g_autofree char *flag = sheet_attribute(reader, "date1904");
            workbook->from_1904 =
                flag != NULL && (strcmp(flag, "1") == 0 || strcmp(flag, "true") == 0);
        } else if (sheet_at(reader, "sheet") && workbook->sheets->len < 2 * SHEETS_MAX) {
            char *name = sheet_attribute(reader, "name");
            char *relation = sheet_attribute(reader, "id");
            g_ptr_array_add(workbook->sheets, name != NULL ? name : g_strdup("?"));
            g_ptr_array_add(workbook->sheets, relation != NULL ? relation : g_strdup(""));
        }
    }
    return reader != NULL && result == 0;
}

/* "BC12" → 54; G_MAXUINT when it is none. */
static guint column_of(const char *cell)
{
    guint column = 0;
    for (; g_ascii_isalpha(*cell); cell++) {
        if (column > 1 << 20)
            return G_MAXUINT;
        column = column * 26 + (guint)(g_ascii_toupper(*cell) - 'A') + 1;
    }
    return column - 1; /* none: wraps to G_MAXUINT */
}

/* A number as the file has it when it is plain, else as the shortest that reads back equal. */
static char *number_shown(const char *value, double x)
{
    if (strspn(value, "0123456789.-") == strlen(value) && strlen(value) <= 15)
        return g_strdup(value);
    gint64 whole;
    g_autoptr(GString) text = g_string_new(NULL);
    if (csv_parse_integer(value, &whole))
        return g_strdup(value);
    if (x == (double)(gint64)x && x > -1e15 && x < 1e15) /* 9.8912345678E+10 is a telephone */
        csv_append_integer(text, (gint64)x);
    else
        csv_append_double(text, x);
    return g_strdup(text->str);
}

/* What a cell shows, from its type, style and value (18.18.11). Takes value. */
static char *shown(const Workbook *workbook, const char *type, gint64 style, char *value)
{
    g_autofree char *owned = value;
    gint64 index;
    double x;
    if (strcmp(type, "s") == 0) {
        if (!csv_parse_integer(value, &index) || index < 0 || index >= workbook->strings->len)
            return NULL;
        return g_strdup(g_ptr_array_index(workbook->strings, index));
    }
    if (strcmp(type, "b") == 0)
        return g_strdup(strcmp(value, "1") == 0 ? "TRUE" : "FALSE");
    if (strcmp(type, "n") != 0 || !csv_parse_double(value, &x))
        return g_steal_pointer(&owned); /* str, inlineStr, e (an error's name), d (ISO 8601) */
    if (style >= 0 && style < workbook->styles->len &&
        workbook->styles->data[style] != SHOWS_NUMBER) {
        char *date =
            sheet_date(x, workbook->from_1904, workbook->styles->data[style] == SHOWS_TIME);
        if (date != NULL)
            return date;
    }
    return number_shown(value, x);
}

/* One cell; the reader stands on <c> and is left at its end. */
static void read_cell(const Workbook *workbook, xmlTextReaderPtr reader, SheetTable *table,
                      guint *column)
{
    g_autofree char *place = sheet_attribute(reader, "r");
    g_autofree char *type = sheet_attribute(reader, "t");
    gint64 style = number_of(sheet_attribute(reader, "s"), 0);
    if (place != NULL && g_ascii_isalpha(place[0]))
        *column = column_of(place);
    int depth = xmlTextReaderDepth(reader);
    g_autofree char *value = NULL;
    bool more = xmlTextReaderIsEmptyElement(reader) != 1 && xmlTextReaderRead(reader) == 1;
    while (more && xmlTextReaderDepth(reader) > depth) {
        bool text = sheet_at(reader, "v") || sheet_at(reader, "is");
        if (text) {
            g_free(value);
            value = sheet_text(reader, "rPh");
        }
        more = xmlTextReaderRead(reader) == 1;
    }
    if (value != NULL)
        sheet_table_set(table, *column,
                        shown(workbook, type != NULL ? type : "n", style, g_steal_pointer(&value)));
    *column += *column < G_MAXUINT;
}

/* Rows of a sheet. False when its XML breaks off. */
static bool read_rows(const Workbook *workbook, xmlTextReaderPtr reader, SheetTable *table)
{
    int result;
    guint column = 0;
    bool in_row = false;
    while (!table->full && (result = xmlTextReaderRead(reader)) == 1) {
        if (sheet_at(reader, "row")) {
            if (in_row)
                sheet_table_end_row(table, 1);
            in_row = true;
            column = 0;
        } else if (in_row && sheet_at(reader, "c"))
            read_cell(workbook, reader, table, &column);
    }
    if (in_row)
        sheet_table_end_row(table, 1);
    return table->full || result == 0;
}

static bool read_one(const Workbook *workbook, const char *name, const char *relation,
                     IntakePartFound found, void *context, GError **error)
{
    const char *member = g_hash_table_lookup(workbook->targets, relation);
    g_autoptr(xmlTextReader) reader =
        member != NULL ? sheet_member_open(workbook->members, member) : NULL;
    g_autoptr(SheetTable) table = sheet_table_new();
    bool whole = reader != NULL && read_rows(workbook, reader, table);
    if (!sheet_table_pass(table, name, found, context, error))
        return false;
    if (whole)
        return true;
    g_autofree char *rows = i18n_integer(table->n_rows);
    g_autofree char *problem = g_strdup_printf(
        _("The sheet “%s” is missing or damaged after its row %s and was not read to its end. Open "
          "it in a spreadsheet program and save it as CSV."),
        name, rows);
    return found(context, &(IntakePart){.name = name, .problem = problem}, error);
}

static const char *target(const Workbook *workbook, const char *what, const char *otherwise)
{
    const char *found = g_hash_table_lookup(workbook->targets, what);
    return found != NULL ? found : otherwise;
}

bool sheet_read_xlsx(GHashTable *members, IntakePartFound found, void *context, GError **error)
{
    g_auto(Workbook)
        workbook = {.members = members,
                    .strings = g_ptr_array_new_with_free_func(g_free),
                    .styles = g_byte_array_new(),
                    .sheets = g_ptr_array_new_with_free_func(g_free),
                    .targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    read_relations(&workbook, "", "_rels/.rels");
    g_autofree char *book = g_strdup(target(&workbook, "#workbook", "xl/workbook.xml"));
    g_autofree char *folder = g_path_get_dirname(book), *file = g_path_get_basename(book);
    g_autofree char *below = g_strconcat(folder, "/", NULL);
    g_autofree char *relations = g_strdup_printf("%s/_rels/%s.rels", folder, file);
    read_relations(&workbook, below, relations);
    bool whole = read_workbook(&workbook, book);
    if (workbook.sheets->len == 0) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                            _("This XLSX file names no sheet: it is damaged, or another kind of "
                              "Office document. Save its table as CSV."));
        return false;
    }
    g_autofree char *strings = g_strdup(target(&workbook, "#strings", "xl/sharedStrings.xml"));
    g_autofree char *styles = g_strdup(target(&workbook, "#styles", "xl/styles.xml"));
    read_strings(&workbook, strings);
    read_styles(&workbook, styles);
    for (guint i = 0; i + 1 < workbook.sheets->len; i += 2)
        if (!read_one(&workbook, g_ptr_array_index(workbook.sheets, i),
                      g_ptr_array_index(workbook.sheets, i + 1), found, context, error))
            return false;
    return whole ||
           found(context,
                 &(IntakePart){.problem = _("The list of sheets of this spreadsheet is damaged; "
                                            "sheets may be missing. Save it once more, as CSV.")},
                 error);
}
