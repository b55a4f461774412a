/* Spreadsheets packed here from their XML: what comes out is CSV with the words, numbers and days
 * that Excel and LibreOffice show. */
#include "base/i18n.h"
#include "intake/sandbox.h"
#include "intake/sheet_private.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

typedef struct {
    GPtrArray *names, *tables, *problems;
} Taken;

static void taken_clear(Taken *taken)
{
    g_ptr_array_unref(taken->names);
    g_ptr_array_unref(taken->tables);
    g_ptr_array_unref(taken->problems);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Taken, taken_clear)

static Taken taken_new(void)
{
    return (Taken){g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free),
                   g_ptr_array_new_with_free_func(g_free)};
}

static bool take(void *context, const IntakePart *part, GError **error)
{
    Taken *taken = context;
    if (part->problem != NULL)
        g_ptr_array_add(taken->problems, g_strdup(part->problem));
    else {
        g_assert_cmpstr(part->media_type, ==, "text/csv");
        g_ptr_array_add(taken->names, g_strdup(part->name));
        g_ptr_array_add(taken->tables, g_strndup(part->bytes, part->n_bytes));
    }
    return true;
}

typedef struct {
    const char *name, *xml;
} Member;

static la_ssize_t keep(struct archive *archive, void *context, const void *bytes, size_t length)
{
    g_byte_array_append(context, bytes, (guint)length);
    return (la_ssize_t)length;
}

static GByteArray *pack(const Member *members)
{
    GByteArray *bytes = g_byte_array_new();
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    archive_write_set_bytes_in_last_block(archive, 1);
    archive_write_open(archive, bytes, NULL, keep, NULL);
    for (; members->name != NULL; members++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, members->name);
        archive_entry_set_mode(entry, AE_IFREG | 0644);
        archive_entry_set_size(entry, (la_int64_t)strlen(members->xml));
        archive_write_header(archive, entry);
        archive_write_data(archive, members->xml, strlen(members->xml));
        archive_entry_free(entry);
    }
    g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
    archive_write_free(archive);
    return bytes;
}

static Taken read_all(const GByteArray *bytes)
{
    g_autoptr(GError) error = NULL;
    Taken taken = taken_new();
    bool read = intake_sandboxed(intake_read_sheet, "list.xlsx", bytes->data, bytes->len, take,
                                 &taken, &error);
    g_assert_no_error(error);
    g_assert_true(read);
    for (guint i = 0; i < taken.problems->len; i++)
        g_test_message("problem: %s", (char *)g_ptr_array_index(taken.problems, i));
    return taken;
}

static void assert_table(const Taken *taken, guint i, const char *name, const char *csv)
{
    g_assert_cmpuint(i, <, taken->tables->len);
    g_assert_cmpstr(g_ptr_array_index(taken->names, i), ==, name);
    g_assert_cmpstr(g_ptr_array_index(taken->tables, i), ==, csv);
}

#define MAIN_NS  "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
#define REL_NS   "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
#define REL_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static const char RELATIONS[] =
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
    "<Relationship Id='rId1' Type='" REL_TYPE "worksheet' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='rId2' Type='" REL_TYPE "worksheet' Target='/xl/worksheets/sheet2.xml'/>"
    "<Relationship Id='rId3' Type='" REL_TYPE "sharedStrings' Target='sharedStrings.xml'/>"
    "<Relationship Id='rId4' Type='" REL_TYPE "styles' Target='styles.xml'/></Relationships>";
static const char STYLES[] =
    "<styleSheet " MAIN_NS "><numFmts><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd'/>"
    "<numFmt numFmtId='165' formatCode='0.00\" days\"'/>"
    "<numFmt numFmtId='166' formatCode='[$-fa-IR,16]d mmmm yyyy'/></numFmts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/>"
    "<xf numFmtId='22'/><xf numFmtId='166'/><xf numFmtId='20'/></cellXfs></styleSheet>";
static const char STRINGS[] =
    "<sst " MAIN_NS "><si><t>نام</t></si><si><r><t>علی‌</t></r><r><t>رضا</t></r>"
    "<rPh sb='0' eb='1'><t>skip</t></rPh></si><si><t>a,\"b\"</t></si></sst>";

static GByteArray *workbook(const char *properties, const char *rows)
{
    g_autofree char *book = g_strconcat(
        "<workbook " MAIN_NS " " REL_NS ">", properties,
        "<sheets><sheet name='برگهٔ ۱' sheetId='1' r:id='rId1'/>"
        "<sheet name='Empty' sheetId='2' r:id='rId2' state='hidden'/></sheets></workbook>",
        NULL);
    g_autofree char *sheet =
        g_strconcat("<worksheet " MAIN_NS "><sheetData>", rows, "</sheetData></worksheet>", NULL);
    const Member MEMBERS[] = {
        {"[Content_Types].xml", "<Types/>"},
        {"xl/workbook.xml", book},
        {"xl/_rels/workbook.xml.rels", RELATIONS},
        {"xl/worksheets/sheet1.xml", sheet},
        {"xl/worksheets/sheet2.xml", "<worksheet " MAIN_NS "><sheetData/></worksheet>"},
        {"xl/sharedStrings.xml", STRINGS},
        {"xl/styles.xml", STYLES},
        {NULL, NULL},
    };
    return pack(MEMBERS);
}

static const struct Cell {
    const char *claim, *cell, *shown;
    bool from_1904;
} CELLS[] = {
    {"shared_string", "<c r='A1' t='s'><v>0</v></c>", "نام", false},
    {"rich_string_without_its_reading", "<c r='A1' t='s'><v>1</v></c>", "علی‌رضا", false},
    {"quoted_for_csv", "<c r='A1' t='s'><v>2</v></c>", "\"a,\"\"b\"\"\"", false},
    {"inline_string", "<c r='A1' t='inlineStr'><is><t>متن</t></is></c>", "متن", false},
    {"string_of_a_formula", "<c r='A1' t='str'><f>A2</f><v>x</v></c>", "x", false},
    {"boolean", "<c r='A1' t='b'><v>1</v></c>", "TRUE", false},
    {"error_value", "<c r='A1' t='e'><v>#N/A</v></c>", "#N/A", false},
    {"whole_number", "<c r='A1'><v>42</v></c>", "42", false},
    {"telephone_in_powers", "<c r='A1'><v>9.8912E+11</v></c>", "989120000000", false},
    {"sum_of_tenths", "<c r='A1'><v>0.30000000000000004</v></c>", "0.30000000000000004", false},
    /* 2025-06-28 is day 45836: Excel, =DATE(2025;6;28) shown as a number */
    {"built_in_date", "<c r='A1' s='1'><v>45836</v></c>", "2025-06-28", false},
    {"own_date_format", "<c r='A1' s='2'><v>45836</v></c>", "2025-06-28", false},
    {"persian_calendar_format", "<c r='A1' s='5'><v>45836</v></c>", "2025-06-28", false},
    {"day_and_hour", "<c r='A1' s='4'><v>45836.604166666664</v></c>", "2025-06-28T14:30:00", false},
    {"hour_alone", "<c r='A1' s='6'><v>0.604166666666667</v></c>", "14:30:00", false},
    {"words_in_a_format_are_no_date", "<c r='A1' s='3'><v>45836</v></c>", "45836", false},
    /* ECMA-376 part 1, 18.17.4.1: 1900 system, day 1, 59, 60 (never was), 61 */
    {"first_day_of_1900", "<c r='A1' s='1'><v>1</v></c>", "1900-01-01", false},
    {"day_before_the_false_leap_day", "<c r='A1' s='1'><v>59</v></c>", "1900-02-28", false},
    {"false_leap_day", "<c r='A1' s='1'><v>60</v></c>", "1900-02-29", false},
    {"day_after_the_false_leap_day", "<c r='A1' s='1'><v>61</v></c>", "1900-03-01", false},
    {"first_day_of_1904", "<c r='A1' s='1'><v>0</v></c>", "1904-01-01", true},
    {"day_since_1904", "<c r='A1' s='1'><v>44374</v></c>", "2025-06-28", true}, /* 45836 − 1462 */
};

static void cell_is_shown(gconstpointer data)
{
    const struct Cell *cell = data;
    g_autofree char *rows = g_strdup_printf("<row r='1'>%s</row>", cell->cell);
    g_autoptr(GByteArray) bytes =
        workbook(cell->from_1904 ? "<workbookPr date1904='1'/>" : "<workbookPr/>", rows);
    g_auto(Taken) taken = read_all(bytes);
    g_autofree char *csv = g_strconcat(cell->shown, "\n", NULL);
    g_assert_cmpuint(taken.problems->len, ==, 0);
    g_assert_cmpuint(taken.tables->len, ==, 1);
    assert_table(&taken, 0, "برگهٔ ۱", csv);
}

static void rows_have_gaps(void)
{
    g_autoptr(GByteArray) bytes = workbook(
        "", "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1'><v>3</v></c></row>"
            "<row r='5'><c r='B5'><v>5</v></c></row><row><c><v>7</v></c><c><v>8</v></c></row>");
    g_auto(Taken) taken = read_all(bytes);
    assert_table(&taken, 0, "برگهٔ ۱", "نام,,3\n\"\",5,\n7,8,\n");
}

#define ODS_NS                                                                                     \
    "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "                             \
    "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "                               \
    "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"

static GByteArray *ods(const char *rows)
{
    g_autofree char *content =
        g_strconcat("<office:document-content " ODS_NS "><office:body><office:spreadsheet>"
                    "<table:table table:name='فهرست'>",
                    rows,
                    "</table:table></office:spreadsheet></office:body>"
                    "</office:document-content>",
                    NULL);
    const Member MEMBERS[] = {
        {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
        {"content.xml", content},
        {NULL, NULL},
    };
    return pack(MEMBERS);
}

static void ods_is_read(void)
{
    g_autoptr(GByteArray) bytes =
        ods("<table:table-row><table:table-cell office:value-type='string'><text:p>نام</text:p>"
            "<text:p>دوم</text:p></table:table-cell>"
            "<table:table-cell table:number-columns-repeated='2'/>"
            "<table:table-cell office:value-type='float' office:value='12.5'><text:p>۱۲٫۵</text:p>"
            "</table:table-cell></table:table-row>"
            "<table:table-row table:number-rows-repeated='2'>"
            "<table:table-cell office:value-type='date' office:date-value='2025-06-28'>"
            "<text:p>28/06/25</text:p></table:table-cell>"
            "<table:table-cell office:value-type='time' office:time-value='PT14H30M00S'/>"
            "<table:table-cell office:value-type='boolean' office:boolean-value='true'/>"
            "<table:covered-table-cell/></table:table-row>"
            "<table:table-row table:number-rows-repeated='1048574'>"
            "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>");
    g_auto(Taken) taken = read_all(bytes);
    g_assert_cmpuint(taken.problems->len, ==, 0);
    assert_table(&taken, 0, "فهرست",
                 "\"نام\nدوم\",,,12.5\n2025-06-28,14:30:00,TRUE,\n2025-06-28,14:30:00,TRUE,\n");
}

static void repeated_cells_do_not_fill_the_machine(void)
{
    g_autoptr(GByteArray) bytes =
        ods("<table:table-row table:number-rows-repeated='1000000000'><table:table-cell "
            "table:number-columns-repeated='1000000000' office:value-type='float' "
            "office:value='1111111111'/></table:table-row>");
    g_autoptr(GError) error = NULL;
    g_auto(Taken) taken = taken_new();
    g_assert_true(intake_sandboxed(intake_read_sheet, "x.ods", bytes->data, bytes->len, take,
                                   &taken, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(taken.problems->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(taken.problems, 0), "larger than"));
}

/* A thousand million laughs: entities are not expanded. */
static void entities_are_not_expanded(void)
{
    g_autoptr(GString) content = g_string_new("<!DOCTYPE x [<!ENTITY a 'hahahahaha'>");
    for (char name = 'b'; name <= 'j'; name++)
        g_string_append_printf(content, "<!ENTITY %c '&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;'>",
                               name, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1,
                               name - 1, name - 1, name - 1, name - 1);
    g_string_append(content, "]><office:document-content " ODS_NS "><table:table table:name='t'>"
                             "<table:table-row><table:table-cell><text:p>x&j;</text:p>"
                             "</table:table-cell></table:table-row></table:table>"
                             "</office:document-content>");
    const Member MEMBERS[] = {{"content.xml", content->str}, {NULL, NULL}};
    g_autoptr(GByteArray) bytes = pack(MEMBERS);
    g_auto(Taken) taken = read_all(bytes);
    for (guint i = 0; i < taken.tables->len; i++)
        g_assert_cmpuint(strlen(g_ptr_array_index(taken.tables, i)), <, 100);
}

static void what_is_no_sheet_is_an_error(void)
{
    static const Member OTHER[] = {{"word/document.xml", "<x/>"}, {NULL, NULL}};
    static const Member BROKEN[] = {{"content.xml", "<a><b></a>"}, {NULL, NULL}};
    g_autoptr(GByteArray) other = pack(OTHER), broken = pack(BROKEN);
    const struct {
        const void *bytes;
        gsize length;
        const char *words;
    } CASES[] = {{"words", 5, "spreadsheet"},
                 {"\xD0\xCF\x11\xE0\xA1\xB1", 6, "locked by a password or has the old format"},
                 {other->data, other->len, "neither XLSX nor ODS"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_auto(Taken) taken = taken_new();
        g_autoptr(GError) error = NULL;
        g_assert_false(
            intake_read_sheet("x.xlsx", CASES[i].bytes, CASES[i].length, take, &taken, &error));
        g_assert_error(error, ZENHAR_ERROR, (int)ZENHAR_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, CASES[i].words));
    }
    g_auto(Taken) taken = read_all(broken);
    g_assert_cmpuint(taken.problems->len, ==, 1);
}

static const struct Format {
    const char *code;
    bool date, time;
} DATE_FORMATS[] = {
    {"General", false, false},
    {"0.00", false, false},
    {"#,##0 \"ریال\"", false, false},
    {"0.00E+00", false, false},
    {"[Red]0;[Blue]-0", false, false},
    {"@", false, false},
    {"yyyy-mm-dd", true, false},
    {"d/m/yy", true, false},
    {"[$-429]d mmmm yyyy;@", true, false},
    {"dd/mm/yyyy hh:mm", true, true},
    {"h:mm AM/PM", true, true},
    {"[h]:mm:ss", true, true},
    {"\\d0", false, false},
    {"\"day\" 0", false, false},
};

static void formats_are_told_apart(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(DATE_FORMATS); i++) {
        bool time;
        g_test_message("%s", DATE_FORMATS[i].code);
        g_assert_true(sheet_format_is_date(DATE_FORMATS[i].code, &time) == DATE_FORMATS[i].date);
        g_assert_true(time == DATE_FORMATS[i].time);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    i18n_set_language(I18N_ENGLISH);
    for (gsize i = 0; i < G_N_ELEMENTS(CELLS); i++) {
        g_autofree char *path = g_strconcat("/intake/sheet/xlsx/", CELLS[i].claim, NULL);
        g_test_add_data_func(path, &CELLS[i], cell_is_shown);
    }
    g_test_add_func("/intake/sheet/rows_have_gaps", rows_have_gaps);
    g_test_add_func("/intake/sheet/ods_is_read", ods_is_read);
    g_test_add_func("/intake/sheet/repeated_cells_do_not_fill_the_machine",
                    repeated_cells_do_not_fill_the_machine);
    g_test_add_func("/intake/sheet/entities_are_not_expanded", entities_are_not_expanded);
    g_test_add_func("/intake/sheet/what_is_no_sheet_is_an_error", what_is_no_sheet_is_an_error);
    g_test_add_func("/intake/sheet/formats_are_told_apart", formats_are_told_apart);
    return g_test_run();
}
