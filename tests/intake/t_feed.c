/* Feeds of the three kinds, as their makers write them, and as an enemy would. Made by hand. */
#include "collect.h"

static const char RSS[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'\n"
    " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'>\n"
    "<channel><title>خبرگزاری آزمون</title><link>https://news.example/</link>\n"
    "<atom:link href='https://news.example/feed' rel='self'/>\n"
    "<language>fa-IR</language>\n"
    "<item><title>حکم &amp; اعدام&zwnj;ها</title><link>https://news.example/1</link>\n"
    "<guid isPermaLink='false'>n-1</guid><pubDate>Sat, 28 Jun 2025 10:00:00 +0330</pubDate>\n"
    "<description>short</description>\n"
    "<content:encoded><![CDATA[<p>متن&nbsp;یک</p><script>x()</script><p>می‌شود</p>]]>"
    "</content:encoded></item>\n"
    "<item><title>Two</title><link>/2?a=1</link><dc:date>2025-06-29T00:00:00Z</dc:date>"
    "<dc:creator>A. Author</dc:creator></item>\n"
    "<item><guid>https://news.example/3</guid><description>plain text</description></item>\n"
    "<item><pubDate>never</pubDate></item>\n"
    "</channel></rss>";

static void test_rss(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, "f", RSS, -1);
    g_assert_cmpuint(parts->len, ==, 4);
    const Part *one = part_at(parts, 0);
    g_assert_cmpstr(one->text, ==, "متن یک\n\nمی‌شود");
    g_assert_cmpstr(one->title, ==, "حکم & اعدام\u200cها");
    g_assert_cmpstr(one->url, ==, "https://news.example/1");
    g_assert_cmpstr(one->external_id, ==, "n-1");
    g_assert_cmpstr(one->sender, ==, "خبرگزاری آزمون");
    g_assert_true(one->sender_public);
    g_assert_cmpstr(one->language, ==, "fa");
    g_assert_cmpint(one->when, ==, 1751092200);
    const Part *two = part_at(parts, 1);
    g_assert_cmpstr(two->text, ==, "Two");
    g_assert_cmpstr(two->url, ==, "https://news.example/2?a=1");
    g_assert_cmpint(two->when, ==, 1751155200);
    g_assert_cmpstr(part_at(parts, 2)->url, ==, "https://news.example/3");
    g_assert_nonnull(part_at(parts, 3)->problem);
}

static void test_rdf(void)
{
    static const char FEED[] =
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>\n"
        "<channel rdf:about='https://a.example/'><title>A</title><link>https://a.example/</link>\n"
        "<dc:language>en</dc:language></channel>\n"
        "<item rdf:about='https://a.example/x'><title>T</title><link>https://a.example/x</link>\n"
        "<description>D &lt;b&gt;bold&lt;/b&gt;</description><dc:date>2025-06-28</dc:date></item>\n"
        "</rdf:RDF>";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, NULL, FEED, -1);
    g_assert_cmpuint(parts->len, ==, 1);
    const Part *one = part_at(parts, 0);
    g_assert_cmpstr(one->text, ==, "D bold");
    g_assert_cmpstr(one->external_id, ==, "https://a.example/x");
    g_assert_cmpstr(one->language, ==, "en");
    g_assert_cmpint(one->when, ==, 1751068800);
}

/* After RFC 4287 section 1.1's longer example. */
static const char ATOM[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n"
    "<title type=\"text\">dive into mark</title>\n"
    "<subtitle type=\"html\">A &lt;em&gt;lot&lt;/em&gt; of effort</subtitle>\n"
    "<updated>2005-07-31T12:29:29Z</updated><id>tag:example.org,2003:3</id>\n"
    "<link rel=\"alternate\" type=\"text/html\" hreflang=\"en\" href=\"http://example.org/\"/>\n"
    "<link rel=\"self\" type=\"application/atom+xml\" href=\"http://example.org/feed.atom\"/>\n"
    "<entry><title>Atom draft-07 snapshot</title>\n"
    "<link rel=\"enclosure\" type=\"audio/mpeg\" length=\"1337\" "
    "href=\"http://example.org/a.mp3\"/>\n"
    "<link rel=\"alternate\" type=\"text/html\" href=\"http://example.org/2005/04/02/atom\"/>\n"
    "<id>tag:example.org,2003:3.2397</id><updated>2005-07-31T12:29:29Z</updated>\n"
    "<published>2003-12-13T08:29:29-04:00</published>\n"
    "<author><name>Mark Pilgrim</name><email>f8dy@example.com</email></author>\n"
    "<content type=\"xhtml\" xml:lang=\"en\" xml:base=\"http://diveintomark.org/\">\n"
    "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><i>[Update: The Atom draft is "
    "finished.]</i></p>"
    "</div></content></entry>\n"
    "<entry><title type='html'>b &amp;lt; c</title><id>2</id><summary "
    "type='html'>&lt;p&gt;s&lt;/p&gt;"
    "</summary><updated>2005-07-31T12:29:29Z</updated></entry></feed>";

static void test_atom(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, NULL, ATOM, -1);
    g_assert_cmpuint(parts->len, ==, 2);
    const Part *one = part_at(parts, 0);
    g_assert_cmpstr(one->text, ==, "[Update: The Atom draft is finished.]");
    g_assert_cmpstr(one->url, ==, "http://example.org/2005/04/02/atom");
    g_assert_cmpstr(one->external_id, ==, "tag:example.org,2003:3.2397");
    g_assert_cmpstr(one->sender, ==, "dive into mark");
    g_assert_cmpint(one->when, ==, 1071318569); /* date -u -d 2003-12-13T08:29:29-04:00 +%s */
    g_assert_cmpstr(part_at(parts, 1)->title, ==, "b < c");
    g_assert_cmpstr(part_at(parts, 1)->text, ==, "s");
}

/* Declared UTF-8, written in windows-1256. */
static void test_wrong_encoding(void)
{
    static const char FEED[] =
        "<?xml version='1.0' encoding='utf-8'?><rss><channel><title>t</title>"
        "<item><title>\xd3\xe1\xc7\xe3 \xd3\xe1\xc7\xe3</title></item>"
        "</channel></rss>";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, NULL, FEED, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "سلام سلام");
}

static void test_broken(void)
{
    static const char FEED[] = "<rss><channel><title>t</title><item><title>one</title></item>\n"
                               "<item><title>two</title></item>\n<item><title>thr";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, "f.xml", FEED, -1);
    g_assert_cmpuint(parts->len, >=, 3);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "one");
    g_assert_cmpstr(part_at(parts, 1)->text, ==, "two");
    g_assert_nonnull(strstr(part_at(parts, parts->len - 1)->problem, "line 3"));
}

static const struct Attack {
    const char *claim, *text;
} ATTACKS[] = {
    {"a_billion_laughs",
     "<!DOCTYPE r [<!ENTITY a 'lolwhatlol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
     "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
     "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>"
     "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>]>"
     "<rss><channel><title>t</title><item><title>x &h; y</title></item></channel></rss>"},
    {"a_file_of_this_machine",
     "<!DOCTYPE r [<!ENTITY h SYSTEM 'file:///etc/passwd'>]>"
     "<rss><channel><title>t</title><item><title>x &h; y</title></item></channel></rss>"},
    {"a_dtd_elsewhere",
     "<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/none.dtd'>"
     "<rss><channel><title>t</title><item><title>x &h; y</title></item></channel></rss>"},
    {"in_an_attribute",
     "<!DOCTYPE r [<!ENTITY h SYSTEM 'file:///etc/passwd'>]><rss a='&h;'><channel><title>t</title>"
     "<item><title a='&h;'>x &h; y</title></item></channel></rss>"},
};

static void test_attack(gconstpointer data)
{
    const struct Attack *attack = data;
    g_autoptr(GPtrArray) parts = parts_read(intake_read_feed, NULL, attack->text, -1);
    for (guint i = 0; i < parts->len; i++) {
        const Part *p = part_at(parts, i);
        g_assert_true(p->text == NULL || strcmp(p->text, "x y") == 0 ||
                      strcmp(p->text, "x  y") == 0);
    }
}

static void test_no_feed(void)
{
    static const char *const NONE[] = {"", "text", "<html><p>x</p></html>", "<rss></rss>",
                                       "<feed/>"};
    for (gsize i = 0; i < G_N_ELEMENTS(NONE); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(part_free);
        g_assert_false(
            intake_read_feed("n", NONE[i], strlen(NONE[i]), part_collect, parts, &error));
        g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/feed/rss_2", test_rss);
    g_test_add_func("/intake/feed/rss_1", test_rdf);
    g_test_add_func("/intake/feed/atom", test_atom);
    g_test_add_func("/intake/feed/windows_1256_said_to_be_utf8", test_wrong_encoding);
    g_test_add_func("/intake/feed/what_stands_before_a_break_is_read", test_broken);
    for (gsize i = 0; i < G_N_ELEMENTS(ATTACKS); i++) {
        g_autofree char *name = g_strdup_printf("/intake/feed/expands_not/%s", ATTACKS[i].claim);
        g_test_add_data_func(name, &ATTACKS[i], test_attack);
    }
    g_test_add_func("/intake/feed/what_is_no_feed", test_no_feed);
    return g_test_run();
}
