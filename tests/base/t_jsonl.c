/* JSON Lines: one object a line, every other line told and passed. */
#include "base/error.h"
#include "base/i18n.h"
#include "base/jsonl.h"
#include "support.h"

#include <string.h>

static char *told(JsonlReader *reader)
{
    GString *text = g_string_new(NULL);
    for (;;) {
        g_autoptr(GError) error = NULL;
        json_t *object = NULL;
        CsvResult result = jsonl_reader_next(reader, &object, &error);
        if (result == CSV_END)
            break;
        if (result == CSV_RECORD) {
            char *json = json_dumps(object, JSON_COMPACT);
            g_string_append(text, json);
            free(json);
        } else {
            g_assert_nonnull(error);
            g_string_append_printf(text, "<%s>", error->message);
            if (result == CSV_FAILED)
                break;
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

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
    {"plain", "{\"a\":1}\n{\"a\":\"x\"}\n", "{\"a\":1}\n{\"a\":\"x\"}\n"},
    {"no_newline_at_the_end", "{\"a\":1}", "{\"a\":1}\n"},
    {"crlf_and_empty_lines", "\r\n{\"a\":1}\r\n \n{}\r\n", "{\"a\":1}\n{}\n"},
    {"byte_order_mark", "\xef\xbb\xbf{\"a\":1}\n", "{\"a\":1}\n"},
    {"empty", "", ""},
    {"persian", "{\"شهر\":\"تهران\"}\n", "{\"شهر\":\"تهران\"}\n"},
    {"bad_line_is_passed", "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n",
     "{\"a\":1}\n<T, line 2, column 6: this is no JSON object: a comma, colon, bracket, quotation "
     "mark or value is wrong or missing there.>\n{\"a\":3}\n"},
    {"cut_off", "{\"a\":1\n{}\n",
     "<T, line 1, column 6: this is no JSON object: the line ends before the object does.>\n{}\n"},
    {"two_on_a_line", "{} {}\n",
     "<T, line 1, column 4: this is no JSON object: something follows the end of the object.>\n"},
    {"key_twice", "{\"a\":1,\"a\":2}\n",
     "<T, line 1, column 10: this is no JSON object: one key stands in it twice.>\n"},
    {"invalid_utf8", "{\"a\":\"\xff\"}\n{}\n",
     "<T, line 1, column 6: this is no JSON object: it holds bytes that are no UTF-8.>\n{}\n"},
    {"zero_character", "{\"a\":\"\\u0000\"}\n",
     "<T, line 1, column 13: this is no JSON object: a zero character stands in it.>\n"},
    {"too_large_a_number", "{\"a\":1e999}\n",
     "<T, line 1, column 10: this is no JSON object: a number in it is too large.>\n"},
    {"array_is_another_kind", "[1]\n{}\n",
     "<T, line 1: each line must be one JSON object, {…}; this is another kind of value.>\n{}\n"},
    {"bare_words", "hello\n",
     "<T, line 1, column 5: this is no JSON object: a comma, colon, bracket, quotation mark or "
     "value "
     "is wrong or missing there.>\n"},
};

static void test_case(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    for (gsize step = 0; step <= 5; step++) {
        Drops drops = {CASES[i].in, strlen(CASES[i].in), step};
        g_autoptr(JsonlReader) reader = step == 0
                                            ? jsonl_reader_new_bytes("T", drops.bytes, drops.length)
                                            : jsonl_reader_new("T", read_drops, &drops, 0);
        g_autofree char *text = told(reader);
        g_assert_cmpstr(text, ==, CASES[i].out);
    }
}

static void test_nested_too_deeply(void)
{
    g_autoptr(GString) in = g_string_new("{\"a\":");
    for (int i = 0; i < 100000; i++)
        g_string_append_c(in, '[');
    g_string_append(in, "\n{}\n");
    g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("T", in->str, in->len);
    g_autofree char *text = told(reader);
    g_assert_nonnull(strstr(text, "nested too deeply"));
    g_assert_true(g_str_has_suffix(text, "\n{}\n"));
}

static void test_line_offset_and_raw(void)
{
    static const char IN[] = "\xef\xbb\xbf{\"a\":1}\r\n\n{bad\n{\"b\":2}";
    static const struct {
        CsvResult result;
        guint64 line, offset;
        const char *raw;
    } EXPECTED[] = {{CSV_RECORD, 1, 3, "{\"a\":1}"},
                    {CSV_BAD, 3, 13, "{bad"},
                    {CSV_RECORD, 4, 18, "{\"b\":2}"}};
    g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("T", IN, sizeof IN - 1);
    json_t *object;
    for (gsize i = 0; i < G_N_ELEMENTS(EXPECTED); i++) {
        g_assert_cmpint(jsonl_reader_next(reader, &object, NULL), ==, EXPECTED[i].result);
        g_assert_cmpuint(jsonl_reader_line(reader), ==, EXPECTED[i].line);
        g_assert_cmpuint(jsonl_reader_offset(reader), ==, EXPECTED[i].offset);
        gsize length;
        const char *raw = jsonl_reader_raw(reader, &length);
        g_assert_cmpuint(length, ==, strlen(EXPECTED[i].raw));
        g_assert_true(memcmp(raw, EXPECTED[i].raw, length) == 0);
        g_assert_true(memcmp(IN + EXPECTED[i].offset, raw, length) == 0);
    }
    g_assert_cmpint(jsonl_reader_next(reader, &object, NULL), ==, CSV_END);
}

static void test_long_line_is_told_once(void)
{
    g_autoptr(GString) in = g_string_new("{\"a\":\"");
    for (int i = 0; i < 500000; i++)
        g_string_append_c(in, 'x');
    g_string_append(in, "\"}\n{\"b\":2}\n");
    Drops drops = {in->str, in->len, 4096};
    g_autoptr(JsonlReader) reader = jsonl_reader_new("T", read_drops, &drops, 1000);
    g_autofree char *text = told(reader);
    g_assert_cmpstr(text, ==, "<T, line 1: a record of more than 1000 bytes.>\n{\"b\":2}\n");
    g_assert_cmpuint(jsonl_reader_line(reader), ==, 2);
}

static void test_failing_source(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(jsonl_reader_new_file("/no/such/file.jsonl", &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND);
    g_autoptr(JsonlReader) folder = jsonl_reader_new_file("/", NULL);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) why = NULL;
        json_t *object;
        g_assert_cmpint(jsonl_reader_next(folder, &object, &why), ==, CSV_FAILED);
        g_assert_error(why, ZENHAR_ERROR, ZENHAR_ERROR_IO);
    }
    jsonl_reader_free(NULL);
}

static void test_reasons_are_told_in_persian(void)
{
    i18n_set_language(I18N_PERSIAN);
    g_autoptr(JsonlReader) reader = jsonl_reader_new_bytes("T", "{", 1);
    g_autofree char *text = told(reader);
    i18n_set_language(I18N_ENGLISH);
    g_assert_nonnull(strstr(text, "سطر پیش از پایان شیء تمام می‌شود"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *name = g_strconcat("/base/jsonl/", CASES[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_case);
    }
    g_test_add_func("/base/jsonl/nested_too_deeply", test_nested_too_deeply);
    g_test_add_func("/base/jsonl/line_offset_and_raw", test_line_offset_and_raw);
    g_test_add_func("/base/jsonl/long_line_is_told_once", test_long_line_is_told_once);
    g_test_add_func("/base/jsonl/failing_source", test_failing_source);
    g_test_add_func("/base/jsonl/reasons_are_told_in_persian", test_reasons_are_told_in_persian);
    return g_test_run();
}
