/* What a proxy in front could read otherwise is refused before anything is served. */
#include "web/vet.h"

#include <string.h>

typedef struct {
    const char *claim;
    const char *version;
    const char *headers[8]; /* name, value, name, value … */
    bool passes;
} HeaderCase;

static const HeaderCase HEADERS[] = {
    {"plain_get_passes", "HTTP/1.1", {"Host", "localhost:8080"}, true},
    {"post_with_length_passes", "HTTP/1.1", {"Host", "a", "Content-Length", "12"}, true},
    {"post_chunked_passes", "HTTP/1.1", {"Host", "a", "Transfer-Encoding", "chunked"}, true},
    {"old_version_needs_no_host", "HTTP/1.0", {NULL}, true},
    {"no_host_in_1_1", "HTTP/1.1", {NULL}, false},
    {"two_hosts", "HTTP/1.1", {"Host", "a", "Host", "b"}, false},
    {"two_equal_lengths",
     "HTTP/1.1",
     {"Host", "a", "Content-Length", "5", "Content-Length", "5"},
     false},
    {"length_beside_encoding",
     "HTTP/1.1",
     {"Host", "a", "Content-Length", "5", "Transfer-Encoding", "chunked"},
     false},
    {"unknown_encoding", "HTTP/1.1", {"Host", "a", "Transfer-Encoding", "gzip"}, false},
    {"encoding_list", "HTTP/1.1", {"Host", "a", "Transfer-Encoding", "gzip, chunked"}, false},
    {"two_encodings",
     "HTTP/1.1",
     {"Host", "a", "Transfer-Encoding", "chunked", "transfer-encoding", "chunked"},
     false},
    {"encoding_in_1_0", "HTTP/1.0", {"Transfer-Encoding", "chunked"}, false},
    {"space_before_colon", "HTTP/1.1", {"Host", "a", "Content-Length ", "5"}, false},
    {"signed_length", "HTTP/1.1", {"Host", "a", "Content-Length", "+5"}, false},
    {"list_of_lengths", "HTTP/1.1", {"Host", "a", "Content-Length", "5, 5"}, false},
    {"empty_length", "HTTP/1.1", {"Host", "a", "Content-Length", ""}, false},
    {"endless_length", "HTTP/1.1", {"Host", "a", "Content-Length", "9999999999999999"}, false},
    {"control_byte_in_value", "HTTP/1.1", {"Host", "a", "X-Note", "a\rb"}, false},
    {"tab_in_value_passes", "HTTP/1.1", {"Host", "a", "X-Note", "a\tb"}, true},
    {"name_with_bracket", "HTTP/1.1", {"Host", "a", "X[Note]", "a"}, false},
    {"host_with_path", "HTTP/1.1", {"Host", "a/b"}, false},
    {"unknown_version", "HTTP/2.0", {"Host", "a"}, false},
};

static void test_headers(gconstpointer data)
{
    const HeaderCase *row = data;
    Vet vet = {0};
    for (gsize i = 0; i + 1 < G_N_ELEMENTS(row->headers) && row->headers[i] != NULL; i += 2)
        vet_add(&vet, row->headers[i], strlen(row->headers[i]), row->headers[i + 1],
                strlen(row->headers[i + 1]));
    g_assert_cmpint(vet_passes(&vet, row->version), ==, row->passes);
}

typedef struct {
    const char *claim, *path;
    bool passes;
} PathCase;

static const PathCase PATHS[] = {
    {"root", "/", true},
    {"plain", "/fa/reports/R12", true},
    {"persian", "/fa/گزارش", true},
    {"parent", "/fa/../etc/passwd", false},
    {"parent_at_end", "/fa/..", false},
    {"here", "/./fa", false},
    {"empty_part", "/fa//reports", false},
    {"backslash", "/fa\\reports", false},
    {"control_byte", "/fa/\n", false},
    {"broken_utf8", "/fa/\xff", false},
    {"relative", "fa/reports", false},
    {"dots_in_name_pass", "/fa/a..b", true},
};

static void test_path(gconstpointer data)
{
    const PathCase *row = data;
    g_assert_cmpint(vet_path(row->path), ==, row->passes);
}

static const PathCase TARGETS[] = {
    {"plain", "/fa/reports?q=a+b&kind=arrest", true},
    {"coded_persian", "/fa/%DA%AF", true},
    {"coded_slash_in_query", "/fa?q=a%2Fb", true},
    {"coded_slash_in_path", "/fa/a%2fb", false},
    {"coded_backslash_in_path", "/fa/a%5Cb", false},
    {"coded_nul_in_path", "/fa/a%00", false},
    {"coded_nul_in_query", "/fa?q=%00", false},
    {"half_a_percent", "/fa/%4", false},
    {"percent_and_no_digits", "/fa/%zz", false},
    {"fragment", "/fa#main", false},
    {"raw_byte", "/fa/\xd8", false},
    {"space", "/fa/a b", false},
    {"asterisk_form", "*", false},
    {"whole_address", "http://a/fa", false},
    {"empty", "", false},
    {"as_long_as_may_be", "/345678901234567890123456789012345678901234567890123456789012345", true},
    {"one_too_long", "/3456789012345678901234567890123456789012345678901234567890123456", false},
};

static void test_target(gconstpointer data)
{
    const PathCase *row = data;
    g_assert_cmpint(vet_target(row->path, 64), ==, row->passes);
}

static void test_length_is_read(void)
{
    Vet vet = {0};
    vet_add(&vet, "content-length", 14, "65537", 5);
    g_assert_cmpuint(vet.length, ==, 65537);
    g_assert_true(vet.has_body);
    Vet empty = {0};
    vet_add(&empty, "Content-Length", 14, "0", 1);
    g_assert_false(empty.has_body);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(HEADERS); i++) {
        g_autofree char *name = g_strconcat("/web/vet/header/", HEADERS[i].claim, NULL);
        g_test_add_data_func(name, &HEADERS[i], test_headers);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(PATHS); i++) {
        g_autofree char *name = g_strconcat("/web/vet/path/", PATHS[i].claim, NULL);
        g_test_add_data_func(name, &PATHS[i], test_path);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(TARGETS); i++) {
        g_autofree char *name = g_strconcat("/web/vet/target/", TARGETS[i].claim, NULL);
        g_test_add_data_func(name, &TARGETS[i], test_target);
    }
    g_test_add_func("/web/vet/length_is_read", test_length_is_read);
    return g_test_run();
}
