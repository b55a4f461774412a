/* CSV as RFC 4180 has it, from any encoding, with every fault told and nothing lost. */
#include "base/csv.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/random.h"
#include "support.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

/* All records of a reader as one text: fields in [ ], a bad record as {its sentence}. */
static char *told(CsvReader *reader)
{
    GString *text = g_string_new(NULL);
    for (;;) {
        g_autoptr(GError) error = NULL;
        CsvResult result = csv_reader_next(reader, &error);
        if (result == CSV_END)
            break;
        if (result == CSV_RECORD) {
            g_assert_no_error(error);
            for (gsize i = 0; i < csv_reader_n_fields(reader); i++) {
                gsize length;
                const char *field = csv_reader_field(reader, i, &length);
                g_assert_cmpuint(strlen(field), ==, length);
                g_string_append_printf(text, "[%s]", field);
            }
        } else {
            g_assert_nonnull(error);
            g_string_append_printf(text, "{%s}", error->message);
            g_assert_cmpuint(csv_reader_n_fields(reader), ==, 0);
            if (result == CSV_FAILED)
                break;
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* Gives its bytes a few at a time. */
typedef struct {
    const char *bytes;
    gsize length, step;
} Drops;

static gssize read_drops(void *context, void *buffer, gsize size, GError **error)
{
    Drops *drops = context;
    gsize n = MIN(MIN(drops->step, drops->length), size);
    if (n > 0)
        memcpy(buffer, drops->bytes, n);
    drops->bytes += n;
    drops->length -= n;
    return (gssize)n;
}

static const struct {
    const char *claim, *in, *out;
} CASES[] = {
    {"plain", "a,b,c\n1,2,3\n", "[a][b][c]\n[1][2][3]\n"},
    {"no_newline_at_the_end", "a,b\n1,2", "[a][b]\n[1][2]\n"},
    {"crlf", "a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n"},
    {"empty_fields", "a,b,c\n,,\n,2,\n", "[a][b][c]\n[][][]\n[][2][]\n"},
    {"empty_lines_are_skipped", "a,b\n\n  \n1,2\n\n", "[a][b]\n[1][2]\n"},
    {"empty_input", "", ""},
    {"only_newlines", "\n\r\n\n", ""},
    {"quotes", "a,b\n\"1\",\"2\"\n", "[a][b]\n[1][2]\n"},
    {"quoted_separator", "a,b\n\"1,5\",2\n", "[a][b]\n[1,5][2]\n"},
    {"doubled_quotes", "a,b\n\"say \"\"no\"\"\",\"\"\"\"\n", "[a][b]\n[say \"no\"][\"]\n"},
    {"quoted_newline", "a,b\n\"1\n2\",3\n4,5\n", "[a][b]\n[1\n2][3]\n[4][5]\n"},
    {"quoted_crlf", "a,b\r\n\"1\r\n2\",3\r\n", "[a][b]\n[1\r\n2][3]\n"},
    {"one_empty_quoted_field_is_a_record", "a\n\"\"\n", "[a]\n[]\n"},
    {"spaces_around_are_trimmed", "a , b,  c\n 1 ,\t2, \"x, y\" \n", "[a][b][c]\n[1][\t2][x, y]\n"},
    {"spaces_in_quotes_are_kept", "a,b\n\" 1 \", 2\n", "[a][b]\n[ 1 ][2]\n"},
    {"spaces_inside_are_kept", "a,b\nx  y,z\n", "[a][b]\n[x  y][z]\n"},
    {"quote_inside_a_field_is_a_letter", "a,b\n5\" tall,x\n", "[a][b]\n[5\" tall][x]\n"},
    {"text_after_a_closing_quote_is_kept", "a,b\n\"Ali\" Reza,2\n", "[a][b]\n[Ali Reza][2]\n"},
    {"semicolons", "a;b;c\n1,5;2;3\n", "[a][b][c]\n[1,5][2][3]\n"},
    {"tabs", "a\tb\tc\n1\t\t3\n\t\t\n", "[a][b][c]\n[1][][3]\n[][][]\n"},
    {"bars", "a|b\n1|2\n", "[a][b]\n[1][2]\n"},
    {"separator_is_not_looked_for_in_quotes", "\"a;b;c\",d\n1,2\n", "[a;b;c][d]\n[1][2]\n"},
    {"separator_named_first", "sep=;\na,x;b\n1;2\n", "[a,x][b]\n[1][2]\n"},
    {"one_column", "name\nx y\n", "[name]\n[x y]\n"},
    {"byte_order_mark",
     "\xef\xbb\xbf"
     "a,b\n1,2\n",
     "[a][b]\n[1][2]\n"},
    {"persian", "نام,شهر\nپرستو,تهران\n", "[نام][شهر]\n[پرستو][تهران]\n"},
    {"half_space_stays", "a\nمی\u200cشود\n", "[a]\n[می\u200cشود]\n"},
    {"rows_of_other_lengths_are_the_callers_matter", "a,b\n1\n1,2,3\n", "[a][b]\n[1]\n[1][2][3]\n"},
    {"invalid_byte",
     "نام,شهر\nx,y\xff"
     "z\n1,2\n",
     "[نام][شهر]\n{T, line 2, character 4: the byte 0xFF is no UTF-8. Save the file as UTF-8 and "
     "import "
     "it again, or mend this record.}\n[1][2]\n"},
    {"invalid_byte_counts_characters_and_lines", "نام,شهر\n\"x\nشهر\xc3(\",2\n1,2\n",
     "[نام][شهر]\n{T, line 3, character 4: the byte 0xC3 is no UTF-8. Save the file as UTF-8 and "
     "import "
     "it again, or mend this record.}\n[1][2]\n"},
    {"unclosed_quote_costs_its_line", "a,b\n1,\"x\n2,y\n3,z\n",
     "[a][b]\n{T, line 2: a quotation mark is opened and never closed.}\n[2][y]\n[3][z]\n"},
    {"unclosed_quote_before_quoted_fields", "a,b\n1,\"x\n2,\"y\"\n3,z\n",
     "[a][b]\n{T, line 2: a quotation mark is opened and never closed.}\n[2][y]\n[3][z]\n"},
    {"unclosed_quote_after_a_field_of_two_lines", "a,b\n\"1\n1\",\"x\n3,z\n",
     "[a][b]\n{T, line 3: a quotation mark is opened and never closed.}\n[3][z]\n"},
    {"unclosed_quote_at_the_very_end", "a,b\n1,\"",
     "[a][b]\n{T, line 2: a quotation mark is opened and never closed.}\n"},
    {"bad_heading", "\"a,b\n1,2\n",
     "{T, line 1: a quotation mark is opened and never closed.}\n[1][2]\n"},
};

static void test_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    /* Whole, and in drops: the seams must not show. */
    for (gsize step = 0; step <= 7; step++) {
        Drops drops = {CASES[i].in, strlen(CASES[i].in), step};
        g_autoptr(CsvReader) reader =
            step == 0 ? csv_reader_new_bytes("T", drops.bytes, drops.length, NULL)
                      : csv_reader_new("T", read_drops, &drops, NULL);
        g_autofree char *text = told(reader);
        g_assert_cmpstr(text, ==, CASES[i].out);
        g_assert_cmpstr(csv_reader_encoding(reader), ==, "UTF-8");
    }
}

static void test_zero_byte_is_told(void)
{
    static const char IN[] = "a,b\n1,\0\n3,4\n";
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", IN, sizeof IN - 1, NULL);
    g_autofree char *text = told(reader);
    g_assert_cmpstr(text, ==,
                    "[a][b]\n{T, line 2: a zero byte stands in this record. Is it a text file?}\n"
                    "[3][4]\n");
}

/* ---- encodings ---- */

static const char PERSIAN[] =
    "نام,شهر,شرح\n"
    "پرستو,تهران,\"به گزارش یک منبع، چند تن بازداشت شدند؛ گفته "
    "می‌شود "
    "آزاد "
    "نشده‌اند\"\n"
    "ژاله,گرگان,شمار کشته‌شدگان معلوم نیست\n";

static const struct {
    const char *claim, *encoding, *text, *found;
} ENCODINGS[] = {
    {"utf16_le_with_mark", "UTF-16", PERSIAN, "UTF-16LE"},
    {"utf16_le_without_mark", "UTF-16LE", PERSIAN, "UTF-16LE"},
    {"utf16_be_without_mark", "UTF-16BE", PERSIAN, "UTF-16BE"},
    {"utf16_of_english", "UTF-16LE", "name,place\nx,Tehran\n", "UTF-16LE"},
    {"utf32_with_mark", "UTF-32", PERSIAN, "UTF-32LE"},
    {"windows_1256_short", "CP1256", "نام,شهر\nرضا,تبريز\n", "windows-1256"},
    {"windows_1256_one_name", "CP1256", "name,place\nx,مشهد\ny,Rasht\n", "windows-1256"},
    {"windows_1256", "CP1256",
     "نام,شهر,شرح\nپرستو,تهران,به گزارش يک منبع چند تن بازداشت شدند؛ گفته مي\u200cشود آزاد "
     "نشده\u200cاند\n"
     "ژاله,گرگان,\"شمار کشته\u200cشدگان، معلوم نيست\"\n",
     "windows-1256"},
    {"latin_french", "ISO-8859-1",
     "nom,lieu,texte\nx,Téhéran,\"Selon une source, des personnes ont été arrêtées à l'été; leur "
     "sort reste ignoré après la libération annoncée\"\n",
     "ISO-8859-1"},
    {"latin_german", "ISO-8859-1",
     "Name,Ort,Text\nx,Köln,\"Nach Angaben einer Quelle wurden mehrere Personen für längere Zeit "
     "festgehalten; die Behörden äußern sich nicht über ihren Verbleib\"\n",
     "ISO-8859-1"},
    {"cyrillic", "CP1251",
     "имя,город,текст\nх,Тегеран,\"По сообщению источника, несколько человек были задержаны, их "
     "местонахождение неизвестно, и власти об этом не сообщают\"\n",
     "windows-1251"},
};

static void test_encoding(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data), length;
    g_autofree char *bytes =
        g_convert(ENCODINGS[i].text, -1, ENCODINGS[i].encoding, "UTF-8", NULL, &length, NULL);
    g_assert_nonnull(bytes);
    g_autoptr(CsvReader) plain =
        csv_reader_new_bytes("T", ENCODINGS[i].text, strlen(ENCODINGS[i].text), NULL);
    g_autofree char *expected = told(plain);
    for (gsize step = 0; step <= 5; step++) {
        Drops drops = {bytes, length, step};
        g_autoptr(CsvReader) reader = step == 0 ? csv_reader_new_bytes("T", bytes, length, NULL)
                                                : csv_reader_new("T", read_drops, &drops, NULL);
        g_autofree char *text = told(reader);
        g_assert_cmpstr(text, ==, expected);
        g_assert_cmpstr(csv_reader_encoding(reader), ==, ENCODINGS[i].found);
    }
}

static void test_encoding_that_is_named_is_used(void)
{
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", "a\n\xc7\xe1\xdd\n", 6,
                                                       &(CsvOptions){.encoding = "windows-1256"});
    g_autofree char *text = told(reader);
    g_assert_cmpstr(text, ==, "[a]\n[الف]\n");
    g_autoptr(CsvReader) unknown =
        csv_reader_new_bytes("T", "a\n", 2, &(CsvOptions){.encoding = "klingon-1"});
    g_autofree char *sentence = told(unknown);
    g_assert_cmpstr(sentence, ==, "{There is no encoding called 'klingon-1'.}");
}

/* What has no meaning in the found encoding is told, never replaced in silence. */
static void test_undecodable_is_told(void)
{
    static const char ODD[] = "\xff\xfe"
                              "a\0,\0b\0\n\0"
                              "1\0,\0\x00\xd8\n\0"
                              "3\0,\0"
                              "4\0\n\0"
                              "5";
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", ODD, sizeof ODD - 1, NULL);
    g_autofree char *text = told(reader);
    g_assert_cmpstr(
        text, ==,
        "[a][b]\n{T, line 2, character 3: what stands here has no meaning in the encoding "
        "UTF-16LE. Save the file as UTF-8 and import it again, or mend this record.}\n"
        "[3][4]\n{T, line 4, character 1: what stands here has no meaning in the encoding "
        "UTF-16LE. Save the file as UTF-8 and import it again, or mend this record.}\n");
}

/* ---- where a record stands ---- */

static void test_line_offset_and_raw(void)
{
    static const char IN[] = "\xef\xbb\xbf"
                             "a,b\r\n\n\"x\ny\",2\r\n\xff,1\n 3 , 4";
    static const struct {
        CsvResult result;
        guint64 line, offset;
        const char *raw;
    } EXPECTED[] = {
        {CSV_RECORD, 1, 3, "a,b"},
        {CSV_RECORD, 3, 9, "\"x\ny\",2"},
        {CSV_BAD, 5, 18, "\xff,1"},
        {CSV_RECORD, 6, 22, " 3 , 4"},
    };
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", IN, sizeof IN - 1, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(EXPECTED); i++) {
        g_assert_cmpint(csv_reader_next(reader, NULL), ==, EXPECTED[i].result);
        g_assert_cmpuint(csv_reader_line(reader), ==, EXPECTED[i].line);
        g_assert_cmpuint(csv_reader_offset(reader), ==, EXPECTED[i].offset);
        gsize length;
        const char *raw = csv_reader_raw(reader, &length);
        g_assert_cmpuint(length, ==, strlen(EXPECTED[i].raw));
        g_assert_true(memcmp(raw, EXPECTED[i].raw, length) == 0);
        g_assert_cmpuint(csv_reader_raw_length(reader), ==, length);
        g_assert_true(memcmp(IN + EXPECTED[i].offset, raw, length) == 0);
    }
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_END);
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_END);
}

/* ---- limits and failures ---- */

static void test_long_records_are_told_and_passed(void)
{
    g_autoptr(GString) in = g_string_new("a,b\n");
    for (int i = 0; i < 300000; i++)
        g_string_append_c(in, 'x');
    g_string_append(in, ",1\n2,3\n\"");
    for (int i = 0; i < 30000; i++)
        g_string_append(in, "y,y,y,y,y\n");
    g_string_append(in, "4,5\n");
    g_autoptr(CsvReader) reader =
        csv_reader_new_bytes("T", in->str, in->len, &(CsvOptions){.max_record = 100000});
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_RECORD);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(csv_reader_next(reader, &error), ==, CSV_BAD);
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT);
    g_assert_cmpuint(csv_reader_line(reader), ==, 2);
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_RECORD);
    g_assert_cmpuint(csv_reader_line(reader), ==, 3);
    g_assert_cmpstr(csv_reader_field(reader, 1, NULL), ==, "3");
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_BAD); /* the mark on line 4 */
    g_assert_cmpuint(csv_reader_line(reader), ==, 4);
    guint records = 0;
    while (csv_reader_next(reader, NULL) == CSV_RECORD)
        records++;
    g_assert_cmpuint(records, ==, 30000); /* lines 5 to 30003, and 4,5 */
}

/* Each line opens a mark that only the next line's opening seems to close: looking again must
 * stay cheap, and every line is told once. */
static void test_many_unclosed_marks(void)
{
    g_autoptr(GString) in = g_string_new("a,b,c\n");
    enum { LINES = 400000 };
    for (int i = 0; i < LINES; i++)
        g_string_append(in, "x\",y,\"\n");
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", in->str, in->len, NULL);
    g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_RECORD);
    guint bad = 0;
    CsvResult result;
    while ((result = csv_reader_next(reader, NULL)) != CSV_END)
        bad += result == CSV_BAD;
    g_assert_cmpuint(bad, >=, 1);
}

static void test_too_many_columns(void)
{
    g_autoptr(GString) in = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_COLUMNS; i++)
        g_string_append(in, "1,");
    g_string_append(in, "\na,b\n");
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", in->str, in->len, NULL);
    g_autofree char *text = told(reader);
    g_assert_cmpstr(text, ==, "{T, line 1: more than 65536 fields. Is it a table?}\n[a][b]\n");
}

static gssize read_and_fail(void *context, void *buffer, gsize size, GError **error)
{
    int *calls = context;
    if ((*calls)++ == 0) {
        memcpy(buffer, "a,b\n1,2\n3,", 10);
        return 10;
    }
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "The line is dead.");
    return -1;
}

static void test_failing_source(void)
{
    int calls = 0;
    g_autoptr(CsvReader) reader = csv_reader_new("T", read_and_fail, &calls, NULL);
    for (int i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(csv_reader_next(reader, &error), ==, CSV_FAILED);
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(csv_reader_new_file("/no/such/file.csv", NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(error->message, "/no/such/file.csv"));
    g_autoptr(CsvReader) folder = csv_reader_new_file("/", NULL, NULL);
    g_autoptr(GError) why = NULL;
    g_assert_cmpint(csv_reader_next(folder, &why), ==, CSV_FAILED);
    g_assert_error(why, ZENHAR_ERROR, ZENHAR_ERROR_IO);
}

/* ---- writing ---- */

static void test_what_is_written_reads_back(void)
{
    static const char *const PIECES[] = {"a", "ی", "\u200c", " ", "\"",   "\n",           "\r",
                                         ",", ";", "\t",     "|", "sep=", "\xef\xbb\xbf", "12",
                                         "«", "😀"};
    Random random;
    random_start(&random, 7, 0);
    for (int round = 0; round < 500; round++) {
        gsize columns = 2 + random_below(&random, 4), rows = 1 + random_below(&random, 6);
        g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) out = g_string_new(NULL);
        for (gsize i = 0; i < rows * columns; i++) {
            GString *cell = g_string_new(NULL);
            for (guint64 n = random_below(&random, 6); n > 0; n--)
                g_string_append(cell, PIECES[random_below(&random, G_N_ELEMENTS(PIECES))]);
            csv_append(out, cell->str);
            if (i % columns == columns - 1)
                csv_append_end(out);
            g_ptr_array_add(cells, g_string_free(cell, FALSE));
        }
        /* With the separator given, and found out. */
        for (int given = 0; given < 2; given++) {
            g_autoptr(CsvReader) reader = csv_reader_new_bytes(
                "T", out->str, out->len, given ? &(CsvOptions){.separator = ','} : NULL);
            for (gsize row = 0; row < rows; row++) {
                g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_RECORD);
                g_assert_cmpuint(csv_reader_n_fields(reader), ==, columns);
                for (gsize i = 0; i < columns; i++)
                    g_assert_cmpstr(csv_reader_field(reader, i, NULL), ==,
                                    g_ptr_array_index(cells, row * columns + i));
            }
            g_assert_cmpint(csv_reader_next(reader, NULL), ==, CSV_END);
        }
    }
}

static const struct {
    double x;
    const char *text;
} NUMBERS[] = {
    {0, "0"},
    {-0.0, "0"},
    {1, "1"},
    {-2.5, "-2.5"},
    {0.1, "0.1"},
    {1.0 / 3, "0.3333333333333333"},
    {1e21, "1e+21"},
    {123456789012345680.0, "1.2345678901234568e+17"},
    {100, "100"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {5e-324, "5e-324"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {0.1 + 0.2, "0.30000000000000004"},
};

static void test_numbers(void)
{
    /* A locale with another point must not matter; where none is there, C is what runs. */
    setlocale(LC_NUMERIC, "de_DE.UTF-8");
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        csv_append_double(line, NUMBERS[i].x);
        g_assert_cmpstr(line->str, ==, NUMBERS[i].text);
    }
    Random random;
    random_start(&random, 11, 0);
    for (int i = 0; i < 100000; i++) {
        union {
            guint64 bits;
            double x;
        } any = {random_bits(&random)};
        if (!isfinite(any.x))
            continue;
        g_autoptr(GString) line = g_string_new(NULL);
        double back = 0;
        csv_append_double(line, any.x);
        g_assert_true(csv_parse_double(line->str, &back));
        g_assert_true(back == any.x);
        gint64 n = (gint64)any.bits, same = 0;
        g_string_truncate(line, 0);
        csv_append_integer(line, n);
        g_assert_true(csv_parse_integer(line->str, &same));
        g_assert_cmpint(same, ==, n);
    }
    setlocale(LC_NUMERIC, "C");
    g_autoptr(GString) line = g_string_new("x");
    csv_append_double(line, NAN);
    csv_append_double(line, INFINITY);
    csv_append_double(line, -INFINITY);
    csv_append_integer(line, G_MININT64);
    csv_append_end(line);
    g_assert_cmpstr(line->str, ==, "x,,,,-9223372036854775808\n");
}

static void test_no_numbers(void)
{
    static const char *const NO_DOUBLES[] = {"",    " 1",  "1 ",  "abc", "1,5", "1e999",
                                             "nan", "inf", "0x1", "1e",  "--1", "1.2.3",
                                             "+",   ".",   "۱۲",  "1d5"};
    static const char *const NO_INTEGERS[] = {
        "", " 1", "1 ", "1.0", "1e3", "-", "+-1", "9223372036854775808", "0x10", "۱۲", "abc"};
    for (gsize i = 0; i < G_N_ELEMENTS(NO_DOUBLES); i++) {
        double x = 42;
        if (csv_parse_double(NO_DOUBLES[i], &x))
            g_error("'%s' was taken for %g", NO_DOUBLES[i], x);
        g_assert_true(x == 42);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NO_INTEGERS); i++) {
        gint64 n = 42;
        if (csv_parse_integer(NO_INTEGERS[i], &n))
            g_error("'%s' was taken for %" G_GINT64_FORMAT, NO_INTEGERS[i], n);
        g_assert_cmpint(n, ==, 42);
    }
    double x;
    g_assert_true(csv_parse_double("+1.5e3", &x) && x == 1500);
    g_assert_true(csv_parse_double(".5", &x) && x == 0.5);
}

/* ---- tables ---- */

static void test_table(void)
{
    static const char IN[] = "name,count\nx,1\n\n\"y\nz\",2\nw\n";
    g_autoptr(CsvReader) reader = csv_reader_new_bytes("T", IN, sizeof IN - 1, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvTable) table = csv_table_load(reader, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(table->n_rows, ==, 3);
    g_assert_cmpuint(table->n_columns, ==, 2);
    gssize name = csv_table_column(table, "name"), count = csv_table_column(table, "count");
    g_assert_cmpint(csv_table_column(table, "nothing"), ==, -1);
    g_assert_cmpstr(csv_table_cell(table, 1, name), ==, "y\nz");
    g_assert_cmpstr(csv_table_cell(table, 1, count), ==, "2");
    g_assert_cmpstr(csv_table_cell(table, 2, count), ==, "");
    g_assert_cmpstr(csv_table_cell(table, 0, -1), ==, "");
    g_assert_cmpuint(table->lines[0], ==, 2);
    g_assert_cmpuint(table->lines[1], ==, 4);
    g_assert_cmpuint(table->lines[2], ==, 6);
}

static void test_table_refused(void)
{
    static const struct {
        const char *in, *says;
    } REFUSED[] = {
        {"", "T: the table is empty: not even a heading stands in it."},
        {"a,b\n1,2\n1,2,3\n", "T, line 3: it has 3 fields, the heading has 2."},
        {"a,b\n1,\"2\n", "T, line 2: a quotation mark is opened and never closed."},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autoptr(CsvReader) reader =
            csv_reader_new_bytes("T", REFUSED[i].in, strlen(REFUSED[i].in), NULL);
        g_autoptr(GError) error = NULL;
        g_assert_null(csv_table_load(reader, &error));
        g_assert_nonnull(error);
        g_assert_cmpstr(error->message, ==, REFUSED[i].says);
    }
    csv_table_free(NULL);
    csv_reader_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *name = g_strconcat("/base/csv/", CASES[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_case);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ENCODINGS); i++) {
        g_autofree char *name = g_strconcat("/base/csv/encoding/", ENCODINGS[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_encoding);
    }
    g_test_add_func("/base/csv/encoding/that_is_named_is_used",
                    test_encoding_that_is_named_is_used);
    g_test_add_func("/base/csv/encoding/undecodable_is_told", test_undecodable_is_told);
    g_test_add_func("/base/csv/zero_byte_is_told", test_zero_byte_is_told);
    g_test_add_func("/base/csv/line_offset_and_raw", test_line_offset_and_raw);
    g_test_add_func("/base/csv/long_records_are_told_and_passed",
                    test_long_records_are_told_and_passed);
    g_test_add_func("/base/csv/many_unclosed_marks", test_many_unclosed_marks);
    g_test_add_func("/base/csv/too_many_columns", test_too_many_columns);
    g_test_add_func("/base/csv/failing_source", test_failing_source);
    g_test_add_func("/base/csv/what_is_written_reads_back", test_what_is_written_reads_back);
    g_test_add_func("/base/csv/numbers", test_numbers);
    g_test_add_func("/base/csv/no_numbers", test_no_numbers);
    g_test_add_func("/base/csv/table", test_table);
    g_test_add_func("/base/csv/table_refused", test_table_refused);
    return g_test_run();
}
