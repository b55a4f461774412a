/* Pages as newspapers, ministries and blogs build them: main text, title, day, address. By hand. */
#include "collect.h"
#include "intake/page.h"

/* clang-format off */
#define LONG1                                                                                                                                                             \
    "دادگاه انقلاب شیراز امروز اعلام کرد که لیلا آزمون و دو تن دیگر پس از هفت هفته بازداشت بدون " \
    "تماس "                                                                                                                                                           \
    "با خانواده به یازده سال زندان محکوم شده‌اند و وکیل آنان می‌گوید پرونده را ندیده "                 \
    "است."
/* clang-format on */
#define LONG2                                                                                      \
    "The family said that nobody had told them where the three were held, and that the court had " \
    "refused to name the branch that would hear the appeal which was filed on the same day."

static const char NEWS[] =
    "<!DOCTYPE html><html lang='fa-IR' dir=rtl><head><meta charset='utf-8'>\n"
    "<title>حکم تازه | خبر آزمون</title>\n"
    "<meta property='og:title' content='حکم تازه در شیراز'>\n"
    "<meta property='og:site_name' content='خبر آزمون'>\n"
    "<meta property='article:published_time' content='2025-06-28T10:00:00+03:30'>\n"
    "<link rel='canonical' href='https://news.example/a/1'>\n"
    "<script>var x = '<p>no text " LONG2 "</p>';</script><style>p { }</style></head><body>\n"
    "<nav><ul><li><a href='/'>خانه</a><li><a href='/b'>سیاست</a></ul></nav>\n"
    "<header><p>" LONG2 "</p></header>\n"
    "<div class='content'><h1>حکم تازه</h1><p>" LONG1 "</p>\n"
    "<p>نام‌ها:</p><ul><li>لیلا آزمون<li>امید نمونه<li>سارا "
    "فرضی</ul>\n"
    "<p>" LONG2 "</p></div>\n"
    "<div class='related-posts'><p>" LONG2 " also</p></div>\n"
    "<div id='comments'><p>A reader writes at length: " LONG2 "</p></div>\n"
    "<aside><p>" LONG2 "</p></aside><footer><p>" LONG2 "</p></footer></body></html>";

static void test_news(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, "a.html", NEWS, -1);
    g_assert_cmpuint(parts->len, ==, 1);
    const Part *p = part_at(parts, 0);
    g_assert_cmpstr(p->text, ==,
                    "حکم تازه\n\n" LONG1
                    "\n\nنام‌ها:\n\nلیلا آزمون\nامید نمونه\nسارا "
                    "فرضی\n\n" LONG2);
    g_assert_cmpstr(p->title, ==, "حکم تازه در شیراز");
    g_assert_cmpstr(p->url, ==, "https://news.example/a/1");
    g_assert_cmpstr(p->language, ==, "fa");
    g_assert_cmpstr(p->sender, ==, "خبر آزمون");
    g_assert_true(p->sender_public);
    g_assert_cmpint(p->when, ==, 1751092200);
}

/* Boilerplate that says nothing of itself: the decision tree alone must find it. */
static void test_density(void)
{
    static const char PAGE[] =
        "<body><table><tr><td><a href=1>Home page</a><br><a href=2>All about us</a><br>"
        "<a href=3>Contact</a></td><td><p>" LONG2 "</p><p>" LONG2 "</p></td></tr></table>"
        "<div><a href=4>One more story of this paper</a> <a href=5>and another story</a></div>"
        "<div>All rights reserved</div></body>";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, PAGE, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, LONG2 "\n\n" LONG2);
}

/* A list of names behind a sentence, as a table: rows stay together. */
static void test_table(void)
{
    static const char PAGE[] =
        "<p>" LONG2 "</p><table><tr><th>نام<th>شهر<tr><td>لیلا آزمون<td>شیراز"
        "<tr><td>امید نمونه<td>تهران</table>";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, PAGE, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==,
                    LONG2 "\n\nنام | شهر\nلیلا آزمون | شیراز\nامید نمونه | تهران");
}

/* The page names its article; a longer text beside it is none of it. */
static void test_article(void)
{
    static const char PAGE[] = "<div><p>" LONG2 "</p></div><article><p>" LONG1 "</p><p>" LONG2
                               "</p></article><div>" LONG2 "</div>";
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, PAGE, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, LONG1 "\n\n" LONG2);
}

static void test_short(void)
{
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, "<p>بازداشت شد", -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "بازداشت شد");
    g_autoptr(GPtrArray) open = parts_read(intake_read_html, NULL, "<nav><p>" LONG1, -1);
    g_assert_cmpstr(part_at(open, 0)->text, ==, LONG1);
}

static void test_breaks(void)
{
    static const char PAGE[] = "<p>a&nbsp;b&zwnj;c &#x6cc; <b>d</b>e<br>line two<br><br>new one"
                               "<p hidden>no</p><p aria-hidden=true>no</p>";
    g_auto(IntakePage) page = {0};
    intake_page_read(NULL, PAGE, strlen(PAGE), INTAKE_PAGE_ALL, &page);
    g_assert_cmpstr(page.text, ==, "a b\u200cc ی de\nline two\n\nnew one");
}

static const struct Meta {
    const char *claim, *html, *title, *url, *language;
    gint64 when;
} METAS[] = {
    {"json_ld",
     "<script "
     "type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":"
     "\"WebSite\",\"name\":\"w\"},{\"@type\":[\"NewsArticle\"],\"headline\":\"H\","
     "\"datePublished\":"
     "\"2025-06-28T10:00:00Z\",\"inLanguage\":\"fa-IR\",\"mainEntityOfPage\":{\"@id\":"
     "\"https://a.example/1\"}}]}</script><p>x",
     "H", "https://a.example/1", "fa", 1751104800},
    {"broken_json_ld",
     "<script type='application/ld+json'>{\"@type\":</script><title>T</title><p>x", "T", NULL, NULL,
     0},
    {"dublin_core",
     "<meta name=DC.title content=D><meta name=dcterms.issued content=2025-06-28><p>x", "D", NULL,
     NULL, 1751068800},
    {"time_of_the_article",
     "<time datetime='2020-01-01'>x</time><article><time "
     "datetime='2025-06-28T10:00:00Z'></time><p>x</article>",
     NULL, NULL, NULL, 1751104800},
    {"itemprop", "<time itemprop='datePublished' datetime='1404-04-07'>7 Tir</time><p>x", NULL,
     NULL, NULL, 1751068800},
    {"open_graph",
     "<meta property='og:url' content='https://a.example/2'><meta property='og:locale' "
     "content='fa_IR'><h1>A  <b>head</b></h1>",
     "A head", "https://a.example/2", "fa", 0},
    {"canonical_first",
     "<meta property='og:url' content='https://a.example/og'><link rel=canonical "
     "href='https://a.example/c'><p>x",
     NULL, "https://a.example/c", NULL, 0},
    {"no_script_as_an_address", "<link rel=canonical href='javascript:alert(1)'><p>x", NULL, NULL,
     NULL, 0},
    {"a_day_that_is_none", "<meta name=date content='soon'><p>x", NULL, NULL, NULL, 0},
};

static void test_meta(gconstpointer data)
{
    const struct Meta *m = data;
    g_auto(IntakePage) page = {0};
    intake_page_read("utf-8", m->html, strlen(m->html), INTAKE_PAGE_MAIN, &page);
    g_assert_cmpstr(page.title, ==, m->title);
    g_assert_cmpstr(page.url, ==, m->url);
    g_assert_cmpstr(page.language, ==, m->language);
    g_assert_cmpint(page.when, ==, m->when);
}

static const struct Charset {
    const char *claim, *html;
} CHARSETS[] = {
    {"meta_charset", "<meta charset=windows-1256><p>\xd3\xe1\xc7\xe3"},
    {"meta_content_type",
     "<meta http-equiv=Content-Type content='text/html; charset=windows-1256'><p>\xd3\xe1\xc7\xe3"},
    {"meta_that_lies", "<meta charset=utf-8><p>\xd3\xe1\xc7\xe3"},
    {"meta_latin_over_utf8", "<meta charset=iso-8859-1><p>سلام"},
    {"none", "<p>سلام"},
    {"mark_of_byte_order", "\xef\xbb\xbf<meta charset=windows-1256><p>سلام"},
};

static void test_charset(gconstpointer data)
{
    const struct Charset *c = data;
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, c->html, -1);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, "سلام");
}

static void test_deep(void)
{
    GString *page = g_string_new("<p>" LONG2 "</p>");
    for (int i = 0; i < 200000; i++)
        g_string_append(page, "<b><i>");
    g_string_append(page, "deep");
    g_autoptr(GPtrArray) parts = parts_read(intake_read_html, NULL, page->str, (gssize)page->len);
    g_string_free(page, TRUE);
    g_assert_cmpuint(parts->len, ==, 2);
    g_assert_cmpstr(part_at(parts, 0)->text, ==, LONG2);
    g_assert_nonnull(strstr(part_at(parts, 1)->problem, "nested"));
}

static void test_nothing(void)
{
    g_autoptr(GPtrArray) parts =
        parts_read(intake_read_html, "a.html", "<script>document.write('x')</script>", -1);
    g_assert_cmpuint(parts->len, ==, 1);
    g_assert_nonnull(strstr(part_at(parts, 0)->problem, "a.html"));
    g_autoptr(GError) error = NULL;
    g_assert_false(intake_read_html("n", "no tag 1 < 2", 12, part_collect, NULL, &error));
    g_assert_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT);
}

#define ADD_ALL(path, rows, function)                                                              \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {                                               \
        g_autofree char *name = g_strdup_printf("/intake/" path "/%s", rows[i].claim);             \
        g_test_add_data_func(name, &rows[i], function);                                            \
    }

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/page/news", test_news);
    g_test_add_func("/intake/page/by_words_and_links_alone", test_density);
    g_test_add_func("/intake/page/table_of_names_stays", test_table);
    g_test_add_func("/intake/page/article_is_the_text", test_article);
    g_test_add_func("/intake/page/short_or_never_closed_is_kept", test_short);
    g_test_add_func("/intake/page/lines_spaces_half_spaces", test_breaks);
    ADD_ALL("page/says", METAS, test_meta)
    ADD_ALL("page/encoding", CHARSETS, test_charset)
    g_test_add_func("/intake/page/nested_too_deep_is_told", test_deep);
    g_test_add_func("/intake/page/nothing_to_read_is_told", test_nothing);
    return g_test_run();
}
