/* Mails as programs really write them: structure, encodings, days; made by hand. Names are
 * invented. */
#include "collect.h"
#include "intake/decode.h"
#include "intake/mail_words.h"
#include "intake/when.h"

/* ---- days ---- */

static const struct Day {
    const char *claim, *text;
    gint64 seconds;
} DAYS[] = {
    /* The examples of RFC 5322 appendix A and RFC 822's habits; seconds by `date -u +%s -d`. */
    {"rfc5322_a11", "Fri, 21 Nov 1997 09:55:06 -0600", 880127706},
    {"rfc5322_a13",
     "Thu, 13\n      Feb\n        1969\n    23:32\n             -0330 (Newfoundland Time)", 0},
    {"rfc5322_a62_old_zone", "21 Nov 97 09:55:06 GMT", 880106106},
    {"tehran", "Sat, 28 Jun 2025 10:00:00 +0330", 1751092200},
    {"named_zone", "28 Jun 2025 10:00:00 EDT", 1751119200},
    {"no_weekday_no_seconds", "28 Jun 2025 10:00 +0000", 1751104800},
    {"comment", "Sat, 28 Jun 2025 10:00:00 +0000 (UTC)", 1751104800},
    {"day_alone", "28 Jun 2025", 1751068800},
    {"full_month", "Saturday, 28 June 2025 10:00:00 Z", 1751104800},
    {"iso", "2025-06-28T10:00:00+03:30", 1751092200},
    {"iso_fraction", "2025-06-28T10:00:00.123456Z", 1751104800},
    {"iso_space", "2025-06-28 10:00", 1751104800},
    {"iso_day", "2025-06-28", 1751068800},
    {"iso_month", "2025-06", 1748736000},
    {"iso_without_marks", "20250628", 1751068800},
    {"solar_hijri", "1404/04/07 10:00 +0330", 1751092200},
    {"solar_hijri_persian_digits", "۱۴۰۴/۰۴/۰۷", 1751068800},
    {"no_such_day", "2025-02-30", 0},
    {"esfand_30_is_no_day_in_1404", "1404-12-30", 0},
    {"esfand_30_is_a_day_in_1403", "1403-12-30", 1742428800},
    {"before_1970", "1969-12-31", 0},
    {"words", "yesterday", 0},
    {"empty", "", 0},
};

static void test_day(gconstpointer data)
{
    const struct Day *day = data;
    g_assert_cmpint(intake_when(day->text), ==, day->seconds);
}

/* ---- encodings ---- */

/* «سلام گچپژ» in windows-1256 */
static const char CP1256[] = "\xd3\xe1\xc7\xe3 \x90\x8d\x81\x8e";
static const char SALAM[] = "سلام گچپژ";

static const struct Encoding {
    const char *claim, *declared, *bytes, *text;
} ENCODINGS[] = {
    {"declared", "windows-1256", CP1256, SALAM},
    {"undeclared", NULL, CP1256, SALAM},
    {"said_to_be_latin", "ISO-8859-1", CP1256, SALAM},
    {"said_to_be_ascii", "us-ascii", CP1256, SALAM},
    {"said_to_be_utf8", "UTF-8", CP1256, SALAM},
    {"said_to_be_iso_arabic", "iso-8859-6", CP1256, SALAM},
    {"nonsense", "x-no-such-thing", CP1256, SALAM},
    {"utf8_said_to_be_latin", "iso-8859-1", "سلام گچپژ", SALAM},
    {"utf8_said_to_be_ascii", "us-ascii", "می\u200cشود", "می\u200cشود"},
    {"french_stays_french", "iso-8859-1", "arr\xeat\xe9 \xe0 T\xe9h\xe9ran", "arrêté à Téhéran"},
    {"real_iso_arabic", "iso-8859-6", "\xd3\xe4\xc7\xe5", "سلام"},
    {"one_broken_byte", "utf-8", "متن درست و \xff خراب", "متن درست و \uFFFD خراب"},
    {"controls_go", "utf-8",
     "a\x01"
     "b\r\nc\x7f"
     "d",
     "ab\ncd"},
};

static void test_encoding(gconstpointer data)
{
    const struct Encoding *e = data;
    gsize n;
    g_autofree char *text = intake_decode(e->declared, e->bytes, strlen(e->bytes), &n);
    g_assert_cmpstr(text, ==, e->text);
    g_assert_cmpuint(n, ==, strlen(text));
}

static const struct Header {
    const char *claim, *raw, *text;
} HEADERS[] = {
    /* RFC 2047 section 8 */
    {"rfc2047_a", "=?ISO-8859-1?Q?a?=", "a"},
    {"rfc2047_a_b", "=?ISO-8859-1?Q?a?= b", "a b"},
    {"rfc2047_two_words", "=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
    {"rfc2047_two_lines", "=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"},
    {"rfc2047_space_encoded", "=?ISO-8859-1?Q?a_b?=", "a b"},
    {"rfc2047_space_at_word", "=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
    {"rfc2047_keith", "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
     "Keith Moore <moore@cs.utk.edu>"},
    {"rfc2047_andre", "=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"},
    {"rfc2047_base64",
     "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n"
     " =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
     "If you can read this you understand the example."},
    {"rfc2231_language", "=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},
    /* «سلام»: its second letter is parted between two words */
    {"letter_in_two_words", "=?utf-8?B?2LPZ?= =?utf-8?B?hNin2YU=?=", "سلام"},
    {"persian_cp1256", "=?windows-1256?Q?=D3=E1=C7=E3?=", "سلام"},
    {"cp1256_said_to_be_latin", "=?iso-8859-1?Q?=D3=E1=C7=E3_=90=8D=81=8E?=", "سلام گچپژ"},
    {"bare_utf8", "سلام  دنیا", "سلام دنیا"},
    {"bare_cp1256", CP1256, SALAM},
    {"half_space_stays", "می\u200cشود", "می\u200cشود"},
    {"no_word", "=?broken", "=?broken"},
    {"empty", " \t", NULL},
};

static void test_header(gconstpointer data)
{
    const struct Header *h = data;
    g_autofree char *text = mail_header_text(h->raw, 1000);
    g_assert_cmpstr(text, ==, h->text);
}

/* ---- mails ---- */

static const char PLAIN[] = "From: \"Leila Azmoun\" <leila@example.org>\r\n"
                            "To: desk@example.org\r\n"
                            "Subject: =?utf-8?B?2KjYp9iy2K/Yp9i02Ko=?=\r\n"
                            "Date: Sat, 28 Jun 2025 10:00:00 +0330\r\n"
                            "Message-ID: <one@example.org>\r\n"
                            "Content-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: base64\r\n"
                            "\r\n"
                            "2YXbjOKAjNi02YjYrw==\r\n";

static void test_plain(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, "a.eml", PLAIN, -1);
    g_assert_cmpuint(parts->len, ==, 1);
    const Part *p = part_at(parts, 0);
    g_assert_cmpstr(p->text, ==, "می\u200cشود");
    g_assert_cmpstr(p->title, ==, "بازداشت");
    g_assert_cmpstr(p->sender, ==, "\"Leila Azmoun\" <leila@example.org>");
    g_assert_false(p->sender_public);
    g_assert_cmpstr(p->external_id, ==, "one@example.org");
    g_assert_cmpint(p->when, ==, 1751092200);
    g_assert_cmpuint(p->span, ==, strlen(PLAIN));
    g_assert_null(p->problem);
}

/* As Apple Mail writes it: the attachment hangs on the HTML, which is not the text that is taken.
 */
static const char NESTED[] =
    "From: a@example.org\nSubject: list\nMIME-Version: 1.0\n"
    "Content-Type: multipart/alternative; boundary=outer\n\n"
    "--outer\nContent-Type: text/plain; charset=windows-1256\n"
    "Content-Transfer-Encoding: quoted-printable\n\n=D3=E1=C7=E3\n"
    "--outer\nContent-Type: multipart/mixed; boundary=inner\n\n"
    "--inner\nContent-Type: text/html; charset=utf-8\n\n<p>other</p>\n"
    "--inner\nContent-Type: application/pdf\nContent-Disposition: inline;\n"
    " filename*=utf-8''%D9%86%D8%A7%D9%85%D9%87.pdf\nContent-Transfer-Encoding: "
    "base64\n\nJVBERg==\n"
    "--inner\nContent-Type: image/gif\nContent-ID: <dot>\nContent-Transfer-Encoding: "
    "base64\n\nR0lG\n"
    "--inner--\n--outer--\n";

static void test_nested(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, NESTED, -1);
    g_assert_cmpuint(parts->len, ==, 3);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "سلام");
    const Part *file = part_at(parts, 1);
    g_assert_cmpstr(file->name, ==, "نامه.pdf");
    g_assert_cmpstr(file->media_type, ==, "application/pdf");
    g_assert_cmpuint(g_bytes_get_size(file->bytes), ==, 4);
    g_assert_true(memcmp(g_bytes_get_data(file->bytes, NULL), "%PDF", 4) == 0);
    g_assert_cmpstr(file->sender, ==, "a@example.org");
    g_assert_cmpstr(part_at(parts, 2)->skipped, ==, "small pictures within mails");
}

static const char HTML_ONLY[] =
    "From: a@example.org\nSubject: x\nContent-Type: multipart/alternative; boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\n   \n"
    "--b\nContent-Type: text/html; charset=iso-8859-1\n\n"
    "<html><style>p{}</style><body><p>\xd3\xe1\xc7\xe3 \x90\x8d\x81\x8e</p><p>two&zwnj;half</p>\n"
    "<div style='display:none'>hidden</div></body></html>\n--b--\n";

static void test_html_only(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, HTML_ONLY, -1);
    g_assert_cmpuint(parts->len, ==, 1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "سلام گچپژ\n\ntwo\u200chalf");
}

static char *forwarded(int depth)
{
    GString *mail = g_string_new("From: last@example.org\nSubject: last\n\nthe end\n");
    for (int i = 0; i < depth; i++) {
        g_autofree char *head = g_strdup_printf("From: a%d@example.org\nSubject: level %d\n"
                                                "Content-Type: message/rfc822\n\n",
                                                i, i);
        g_string_prepend(mail, head);
    }
    return g_string_free(mail, FALSE);
}

static void test_forwarded(void)
{
    static const char MAIL[] =
        "From: out@example.org\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n"
        "From: in@example.org\nSubject: inner\nDate: Sat, 28 Jun 2025 10:00:00 +0000\n\ninner "
        "text\n"
        "--b--\n";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, MAIL, -1);
    g_assert_cmpuint(parts->len, ==, 2);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "see below");
    g_assert_cmpstr(part_at(parts, 1)->text, ==, "inner text");
    g_assert_cmpstr(part_at(parts, 1)->sender, ==, "in@example.org");
    g_assert_cmpint(part_at(parts, 1)->when, ==, 1751104800);
}

static void test_forwarded_deep(void)
{
    g_autofree char *eight = forwarded(8), *nine = forwarded(9), *many = forwarded(3000);
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, eight, -1);
    g_assert_cmpstr(part_at(parts, parts->len - 1)->text, ==, "the end");
    g_autoptr(GPtrArray) deeper = parts_read(intake_read_mail, NULL, nine, -1);
    g_assert_nonnull(part_at(deeper, deeper->len - 1)->problem);
    g_autoptr(GPtrArray) deepest = parts_read(intake_read_mail, NULL, many, -1);
    g_assert_nonnull(part_at(deepest, deepest->len - 1)->problem);
}

static const char MBOX[] = "From a@example.org Sat Jun 28 10:00:00 2025\n"
                           "From: a@example.org\nSubject: one\n\n"
                           "text\n>From the prison\n\nFrom here on it is text, no new mail.\n"
                           "\n"
                           "From b@example.org Sun Jun 29 11:00:00 2025\n"
                           "From: b@example.org\nDate: Sun, 29 Jun 2025 11:00:00 +0000\n"
                           "Content-Type: text/plain; format=flowed\n\n"
                           "a soft \nline\nand a hard one\n"
                           "\n"
                           "From c@example.org Sun Jun 29 12:00:00 2025\n"
                           "no header at all\n";

static void test_mbox(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, "box", MBOX, -1);
    g_assert_cmpuint(parts->len, ==, 3);
    g_assert_cmpstr(part_at(parts, 0)->text, ==,
                    "text\nFrom the prison\n\nFrom here on it is text, no new mail.");
    g_assert_cmpint(part_at(parts, 0)->when, ==, 1751104800); /* by the mbox's own line */
    g_assert_cmpstr(part_at(parts, 1)->text, ==, "a soft line\nand a hard one");
    const Part *second = part_at(parts, 1);
    g_assert_true(memcmp(MBOX + second->offset, "From b@", 7) == 0);
    g_assert_true(memcmp(MBOX + second->offset + second->span, "From c@", 7) == 0);
    g_assert_nonnull(part_at(parts, 2)->problem);
}

/* Found by the fuzzer: a part with headers and nothing else. */
static void test_empty_html(void)
{
    static const char MAIL[] = "From: a@b.c\nSubject: s\nContent-Type: text/html\n\n";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, MAIL, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "s");
}

static void test_subject_alone(void)
{
    g_autoptr(GPtrArray) parts =
        parts_read(intake_read_mail, NULL, "From: a@b.c\nSubject: arrested today\n\n", -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "arrested today");
}

static void test_encrypted(void)
{
    static const char MAIL[] = "From: a@b.c\nSubject: secret\nContent-Type: multipart/encrypted; "
                               "boundary=b; protocol=\"application/pgp-encrypted\"\n\n"
                               "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
                               "--b\nContent-Type: application/octet-stream\n\nxxx\n--b--\n";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_mail, NULL, MAIL, -1);
    g_assert_cmpuint(parts->len, ==, 1);
    g_assert_nonnull(strstr(part_at(parts, 0)->problem, "encrypted"));
}

static void test_no_mail(void)
{
    static const char *const NONE[] = {"", "just a text\n\nwith lines\n", "From nobody\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(part_free);
        g_assert_false(
            intake_read_mail("n", NONE[i], strlen(NONE[i]), part_collect, parts, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
        g_assert_cmpuint(parts->len, ==, 0);
    }
}

static bool refuse(void *context, const IntakePart *part, GError **error)
{
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, "full");
    return false;
}

static void test_refusal(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_read_mail(NULL, PLAIN, strlen(PLAIN), refuse, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO);
}

/* A mail cut off anywhere still ends in parts or a sentence. */
static void test_cut(void)
{
    for (gsize n = 0; n < sizeof NESTED; n += 7) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(part_free);
        g_autofree char *copy = g_memdup2(NESTED, n);
        bool done = intake_read_mail(NULL, copy, n, part_collect, parts, &error);
        g_assert_true(done == (error == NULL));
    }
}

#define ADD_ALL(path, rows, function)                                                              \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {                                               \
        g_autofree char *name = g_strdup_printf("/intake/" path "/%s", rows[i].claim);             \
        g_test_add_data_func(name, &rows[i], function);                                            \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ALL("when", DAYS, test_day)
    ADD_ALL("decode", ENCODINGS, test_encoding)
    ADD_ALL("mail/header", HEADERS, test_header)
    g_test_add_func("/intake/mail/one_text", test_plain);
    g_test_add_func("/intake/mail/attachment_on_the_other_alternative", test_nested);
    g_test_add_func("/intake/mail/html_where_plain_says_nothing", test_html_only);
    g_test_add_func("/intake/mail/forwarded", test_forwarded);
    g_test_add_func("/intake/mail/forwarded_beyond_eight_is_told", test_forwarded_deep);
    g_test_add_func("/intake/mail/mbox", test_mbox);
    g_test_add_func("/intake/mail/subject_alone", test_subject_alone);
    g_test_add_func("/intake/mail/empty_html_part", test_empty_html);
    g_test_add_func("/intake/mail/encrypted_is_told", test_encrypted);
    g_test_add_func("/intake/mail/what_is_no_mail", test_no_mail);
    g_test_add_func("/intake/mail/stops_when_told", test_refusal);
    g_test_add_func("/intake/mail/cut_anywhere", test_cut);
    return g_test_run();
}
