/* Whatever is written comes out as text: no field, however made, becomes markup. */
#include "web/html.h"

#include <string.h>

typedef struct {
    const char *claim, *text, *wanted;
} TextCase;

static const TextCase TEXTS[] = {
    {"script_is_text", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"image_with_handler_is_text", "<img src=x onerror=alert(1)>",
     "&lt;img src=x onerror=alert(1)&gt;"},
    {"quotes_do_not_end_an_attribute", "\" autofocus onfocus=\"alert(1)",
     "&quot; autofocus onfocus=&quot;alert(1)"},
    {"apostrophe", "it's", "it&#39;s"},
    {"entity_is_not_read_again", "&lt;b&gt;", "&amp;lt;b&amp;gt;"},
    {"closing_comment", "--><b>", "--&gt;&lt;b&gt;"},
    {"persian_stays", "بازداشت\u200cشدگان «۱۲ نفر»", "بازداشت\u200cشدگان «۱۲ نفر»"},
    {"line_end_and_tab_stay", "a\n\tb", "a\n\tb"},
    {"control_bytes_are_shown_as_unreadable", "a\x01\x1b[31m\x7f", "a\ufffd\ufffd[31m\ufffd"},
    {"c1_controls_too",
     "a\xc2\x85"
     "b",
     "a\ufffdb"},
    {"broken_utf8", "a\xff\xc3(b", "a\ufffd\ufffd(b"},
    {"cut_utf8", "a\xd9", "a\ufffd"},
    {"overlong_utf8_hides_no_bracket", "\xc0\xbcscript", "\ufffd\ufffdscript"},
    {"overrides_of_direction_are_shown", "a\u202egpj.exe", "a\ufffdgpj.exe"},
    {"marks_of_direction_stay", "\u200fa\u202bb\u202c", "\u200fa\u202bb\u202c"},
};

static void test_text(gconstpointer data)
{
    const TextCase *row = data;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_text(html, row->text);
    g_assert_cmpstr(out->str, ==, row->wanted);

    g_string_truncate(out, 0);
    html_void(html, "input", "value", row->text, NULL);
    g_autofree char *input = g_strdup_printf("<input value=\"%s\">", row->wanted);
    g_assert_cmpstr(out->str, ==, input);

    g_string_truncate(out, 0);
    html_name(html, row->text, "fa");
    g_autofree char *name = g_strdup_printf("<bdi lang=\"fa\">%s</bdi>", row->wanted);
    g_assert_cmpstr(out->str, ==, name);
}

static void test_nul_byte_does_not_hide_the_rest(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_text_length(html, "a\0<b", 4);
    g_assert_cmpstr(out->str, ==, "a\ufffd&lt;b");
}

typedef struct {
    const char *claim, *address;
    bool stays;
} AddressCase;

static const AddressCase ADDRESSES[] = {
    {"path", "/fa/reports", true},
    {"fragment", "#main", true},
    {"query", "?q=a", true},
    {"https", "https://iranhr.net/en/", true},
    {"http", "http://a.example/", true},
    {"script", "javascript:alert(1)", false},
    {"script_in_capitals", "JaVaScRiPt:alert(1)", false},
    {"script_behind_a_space", " javascript:alert(1)", false},
    {"script_with_a_tab", "java\tscript:alert(1)", false},
    {"data", "data:text/html,<script>", false},
    {"other_host_by_two_slashes", "//evil.example/", false},
    {"other_host_by_backslash", "/\\evil.example/", false},
    {"no_scheme", "reports", false},
    {"file", "file:///etc/passwd", false},
    {"empty", "", false},
};

static void test_address(gconstpointer data)
{
    const AddressCase *row = data;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_put(html, "a", "x", "href", row->address, NULL);
    if (row->stays)
        g_assert_nonnull(strstr(out->str, row->address));
    else
        g_assert_cmpstr(out->str, ==, "<a href=\"#\">x</a>");
}

static void test_elements_are_closed_in_full(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(Html) html = html_new(out);
    html_begin(html, "table", "class", NULL, "id", "t", NULL);
    html_begin(html, "tr", NULL);
    html_put(html, "td", NULL, NULL);
    html_end(html, "tr");
    html_end(html, "table");
    g_assert_cmpstr(out->str, ==, "<table id=\"t\"><tr><td></td></tr>\n</table>\n");
}

static void in_subprocess(void (*run)(Html *html))
{
    g_autoptr(GString) out = g_string_new(NULL);
    Html *html = html_new(out);
    run(html);
    html_free(html);
}

static void close_other(Html *html)
{
    html_begin(html, "p", NULL);
    html_end(html, "div");
}
static void leave_open(Html *html)
{
    html_begin(html, "p", NULL);
}
static void write_script(Html *html)
{
    html_put(html, "script", "alert(1)", NULL);
}
static void write_handler(Html *html)
{
    html_put(html, "p", "a", "onclick", "alert(1)", NULL);
}
static void write_style(Html *html)
{
    html_put(html, "p", "a", "style", "color:red", NULL);
}

static const struct {
    const char *claim;
    void (*run)(Html *html);
} MISTAKES[] = {
    {"closing_another_element_is_our_mistake", close_other},
    {"an_element_left_open_is_our_mistake", leave_open},
    {"there_is_no_script_element", write_script},
    {"there_is_no_event_attribute", write_handler},
    {"there_is_no_style_attribute", write_style},
};

static void test_mistake(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    if (g_test_subprocess()) {
        in_subprocess(MISTAKES[i].run);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autofree char *name = g_strconcat("/web/html/text/", TEXTS[i].claim, NULL);
        g_test_add_data_func(name, &TEXTS[i], test_text);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ADDRESSES); i++) {
        g_autofree char *name = g_strconcat("/web/html/address/", ADDRESSES[i].claim, NULL);
        g_test_add_data_func(name, &ADDRESSES[i], test_address);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(MISTAKES); i++) {
        g_autofree char *name = g_strconcat("/web/html/", MISTAKES[i].claim, NULL);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_mistake);
    }
    g_test_add_func("/web/html/nul_byte_does_not_hide_the_rest",
                    test_nul_byte_does_not_hide_the_rest);
    g_test_add_func("/web/html/elements_are_closed_in_full", test_elements_are_closed_in_full);
    return g_test_run();
}
