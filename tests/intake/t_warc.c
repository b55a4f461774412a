/* WARC: what is written is read back; what was changed is told; answers as servers send them. */
#include "collect.h"
#include "intake/fetch.h"
#include "intake/warc.h"

static void test_digest(void)
{
    /* The digest of no bytes, as it stands in every archive; SHA-256 of FIPS 180-2's "abc". */
    g_autofree char *nothing = intake_warc_digest("sha1", "", 0);
    g_assert_cmpstr(nothing, ==, "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    g_autofree char *abc = intake_warc_digest("SHA-256", "abc", 3);
    g_assert_cmpstr(abc, ==, "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====");
    g_assert_null(intake_warc_digest("md5", "abc", 3));
}

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: "

static GByteArray *archive(const char *answer, gsize length)
{
    GByteArray *warc = g_byte_array_new();
    IntakeWarcRecord info = {.type = "warcinfo",
                             .id = "<urn:uuid:00000000-0000-4000-8000-000000000001>",
                             .content_type = "application/warc-fields",
                             .when = 1751092200};
    intake_warc_write(warc, &info, "software: test\r\n", 16);
    IntakeWarcRecord response = {.type = "response",
                                 .id = "<urn:uuid:00000000-0000-4000-8000-000000000002>",
                                 .target = "https://www.news.example/a?b=c",
                                 .content_type = "application/http;msgtype=response",
                                 .when = 1751092200};
    intake_warc_write(warc, &response, answer, length);
    return warc;
}

static GPtrArray *read_answer(const char *answer, gsize length)
{
    g_autoptr(GByteArray) warc = archive(answer, length);
    return parts_read(intake_read_warc, "a.warc", warc->data, (gssize)warc->len);
}

static void test_form(void)
{
    g_autoptr(GByteArray) warc = archive("x", 1);
    g_autofree char *text = g_strndup((const char *)warc->data, warc->len);
    g_assert_true(g_str_has_prefix(text, "WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: "
                                         "<urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
                                         "WARC-Date: 2025-06-28T06:30:00Z\r\n"));
    g_assert_nonnull(
        strstr(text, "Content-Length: 16\r\n\r\nsoftware: test\r\n\r\n\r\nWARC/1.1\r\n"));
    g_assert_true(g_str_has_suffix(text, "Content-Length: 1\r\n\r\nx\r\n\r\n"));
}

static void test_page(void)
{
    static const char ANSWER[] = HEAD "text/html; charset=windows-1256\r\n\r\n<title>T</title>"
                                      "<p>\xd3\xe1\xc7\xe3";
    g_autoptr(GPtrArray) parts = read_answer(ANSWER, strlen(ANSWER));
    g_assert_cmpuint(parts->len, ==, 1);
    const Part *p = part_at(parts, 0);
    g_assert_cmpstr(p->text, ==, "سلام");
    g_assert_cmpstr(p->title, ==, "T");
    g_assert_cmpstr(p->url, ==, "https://www.news.example/a?b=c");
    g_assert_cmpstr(p->sender, ==, "news.example");
    g_assert_true(p->sender_public);
}

static void test_chunks(void)
{
    static const char ANSWER[] = HEAD "text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "4;x=y\r\nabcd\r\nA\r\n0123456789\r\n0\r\n\r\n";
    g_autoptr(GPtrArray) parts = read_answer(ANSWER, strlen(ANSWER));
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "abcd0123456789");
    static const char PAGE[] = HEAD "text/html\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<p>abcd";
    g_autoptr(GPtrArray) broken = read_answer(PAGE, strlen(PAGE));
    g_assert_cmpuint(broken->len, ==, 2);
    g_assert_cmpstr(part_at(broken, 0)->text, ==, "abcd");
    g_assert_nonnull(part_at(broken, 1)->problem);
}

/* printf '<p>packed text' | gzip -n9 */
static void test_gzip(void)
{
    static const guint8 GZIP[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                  0x03, 0xb3, 0x29, 0xb0, 0x2b, 0x48, 0x4c, 0xce, 0x4e,
                                  0x4d, 0x51, 0x28, 0x49, 0xad, 0x28, 0x01, 0x00, 0x20,
                                  0x70, 0xf9, 0xae, 0x0e, 0x00, 0x00, 0x00};
    static const char HEADERS[] = HEAD "text/html\r\nContent-Encoding: gzip\r\n\r\n";
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_byte_array_append(answer, (const guint8 *)HEADERS, (guint)strlen(HEADERS));
    g_byte_array_append(answer, GZIP, sizeof GZIP);
    g_autoptr(GPtrArray) parts = read_answer((const char *)answer->data, answer->len);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "packed text");
}

/* Found by the fuzzer: packed, and nothing in it. */
static void test_nothing_packed(void)
{
    static const char ANSWER[] = HEAD "text/html\r\nContent-Encoding: deflate\r\n\r\n";
    g_auto(IntakeWarcAnswer) answer = {0};
    g_assert_true(intake_warc_answer(ANSWER, strlen(ANSWER), &answer));
    g_assert_true(answer.broken);
    g_assert_cmpuint(answer.payload->len, ==, 0);
}

static void test_other(void)
{
    static const char PDF[] = HEAD "application/pdf\r\n\r\n%PDF-";
    g_autoptr(GPtrArray) file = read_answer(PDF, strlen(PDF));
    g_assert_cmpstr(part_at(file, 0)->media_type, ==, "application/pdf");
    g_assert_cmpuint(g_bytes_get_size(part_at(file, 0)->bytes), ==, 5);
    static const char GONE[] = "HTTP/1.1 404 Not Found\r\n\r\n<p>nothing here";
    g_autoptr(GPtrArray) gone = read_answer(GONE, strlen(GONE));
    g_assert_nonnull(strstr(part_at(gone, 0)->problem, "404"));
    static const char MOVED[] = "HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\n<p>moved";
    g_autoptr(GPtrArray) moved = read_answer(MOVED, strlen(MOVED));
    g_assert_cmpuint(moved->len, ==, 0);
}

/* One byte changed anywhere in the block is told, and nothing of it is read. */
static void test_changed(void)
{
    static const char ANSWER[] = HEAD "text/html\r\n\r\n<p>eleven years";
    g_autoptr(GByteArray) warc = archive(ANSWER, strlen(ANSWER));
    guint8 *at = memmem(warc->data, warc->len, "eleven", 6);
    g_assert_nonnull(at);
    at[0] = 'E';
    g_autoptr(GPtrArray) parts = parts_read(intake_read_warc, NULL, warc->data, (gssize)warc->len);
    g_assert_cmpuint(parts->len, ==, 1);
    g_assert_null(part_at(parts, 0)->text);
    g_assert_nonnull(strstr(part_at(parts, 0)->problem, "checksum"));
}

static void test_cut(void)
{
    static const char ANSWER[] = HEAD "text/html\r\n\r\n<p>text";
    g_autoptr(GByteArray) warc = archive(ANSWER, strlen(ANSWER));
    gsize first =
        (gsize)((guint8 *)memmem(warc->data + 1, warc->len - 1, "WARC/1.1", 8) - warc->data);
    for (gsize n = 10; n < warc->len - 4; n++) {
        g_autoptr(GPtrArray) parts = parts_read(intake_read_warc, NULL, warc->data, (gssize)n);
        if (n >= first - 4 && n <= first) /* between two records: a whole file, of one */
            g_assert_cmpuint(parts->len, ==, 0);
        else
            g_assert_nonnull(part_at(parts, parts->len - 1)->problem);
    }
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_read_warc("n", "text", 4, part_collect, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

/* ---- addresses ---- */

static const struct Address {
    const char *text;
    bool private;
} ADDRESSES[] = {
    {"127.0.0.1", true},
    {"10.1.2.3", true},
    {"172.16.0.1", true},
    {"172.32.0.1", false},
    {"192.168.1.1", true},
    {"169.254.169.254", true},
    {"100.64.0.1", true},
    {"100.128.0.1", false},
    {"0.0.0.0", true},
    {"255.255.255.255", true},
    {"224.0.0.1", true},
    {"93.184.216.34", false},
    {"198.18.0.1", true},
    {"::1", true},
    {"::", true},
    {"fe80::1", true},
    {"fc00::1", true},
    {"fd12::1", true},
    {"ff02::1", true},
    {"2001:db8::1", false},
    {"::ffff:127.0.0.1", true},
    {"::ffff:8.8.8.8", false},
    {"64:ff9b::a00:1", true},
    {"2002:7f00:1::", true},
    {"2606:2800:220:1::", false},
    {"::127.0.0.1", true},
};

static void test_addresses(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ADDRESSES); i++) {
        g_test_message("%s", ADDRESSES[i].text);
        g_assert_true(intake_fetch_is_private(ADDRESSES[i].text) == ADDRESSES[i].private);
    }
}

/* Refused before anything leaves this machine. */
static const struct Refused {
    const char *claim, *url, *proxy;
    int code;
} REFUSED[] = {
    {"file", "file:///etc/passwd", NULL, ZENHAR_ERROR_USAGE},
    {"ftp", "ftp://example.org/", NULL, ZENHAR_ERROR_USAGE},
    {"words", "not an address", NULL, ZENHAR_ERROR_USAGE},
    {"script", "javascript:alert(1)", NULL, ZENHAR_ERROR_USAGE},
    {"password", "https://me:secret@example.org/", NULL, ZENHAR_ERROR_USAGE},
    {"onion_without_tor", "http://abcdefghij.onion/", NULL, ZENHAR_ERROR_USAGE},
    {"loopback", "http://127.0.0.1/", NULL, ZENHAR_ERROR_DENIED},
    {"loopback_as_a_number", "http://2130706433/", NULL, ZENHAR_ERROR_DENIED},
    {"loopback_short", "http://127.1/", NULL, ZENHAR_ERROR_DENIED},
    {"loopback_hexadecimal", "http://0x7f000001/", NULL, ZENHAR_ERROR_DENIED},
    {"loopback_v6", "http://[::1]/", NULL, ZENHAR_ERROR_DENIED},
    {"mapped", "http://[::ffff:127.0.0.1]/", NULL, ZENHAR_ERROR_DENIED},
    {"localhost", "http://LocalHost./", NULL, ZENHAR_ERROR_DENIED},
    {"metadata_of_a_cloud", "http://169.254.169.254/latest", NULL, ZENHAR_ERROR_DENIED},
    {"private_behind_a_proxy", "http://192.168.0.1/", "socks5h://127.0.0.1:9", ZENHAR_ERROR_DENIED},
    {"unknown_proxy", "https://example.org/", "ftp://127.0.0.1", ZENHAR_ERROR_USAGE},
};

static void test_refused(gconstpointer data)
{
    const struct Refused *r = data;
    g_autoptr(GError) error = NULL;
    IntakeFetchOptions options = {.proxy = r->proxy, .seconds = 5};
    g_auto(IntakeFetched) page = {0};
    g_assert_false(intake_fetch(r->url, &options, &page, &error));
    g_assert_error(error, ZENHAR_ERROR, r->code);
    g_assert_null(page.warc);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/warc/digests", test_digest);
    g_test_add_func("/intake/warc/form", test_form);
    g_test_add_func("/intake/warc/page", test_page);
    g_test_add_func("/intake/warc/chunks", test_chunks);
    g_test_add_func("/intake/warc/gzip", test_gzip);
    g_test_add_func("/intake/warc/packed_nothing", test_nothing_packed);
    g_test_add_func("/intake/warc/files_errors_redirects", test_other);
    g_test_add_func("/intake/warc/changed_is_told", test_changed);
    g_test_add_func("/intake/warc/cut_anywhere_is_told", test_cut);
    g_test_add_func("/intake/fetch/private_addresses", test_addresses);
    for (gsize i = 0; i < G_N_ELEMENTS(REFUSED); i++) {
        g_autofree char *name = g_strdup_printf("/intake/fetch/refuses/%s", REFUSED[i].claim);
        g_test_add_data_func(name, &REFUSED[i], test_refused);
    }
    return g_test_run();
}
