#include "web/html.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

struct Html {
    GString *out;
    gsize depth;
    const char *open[MAX_DEPTH]; /* literals */
};

static const char *const ELEMENTS[] = {
    "html",       "head",     "title",      "body",   "header", "footer",   "nav",    "main",
    "section",    "article",  "aside",      "h1",     "h2",     "h3",       "p",      "a",
    "ul",         "ol",       "li",         "dl",     "dt",     "dd",       "div",    "span",
    "table",      "caption",  "thead",      "tbody",  "tr",     "th",       "td",     "form",
    "label",      "textarea", "button",     "select", "option", "fieldset", "legend", "figure",
    "figcaption", "details",  "summary",    "bdi",    "bdo",    "code",     "mark",   "strong",
    "em",         "time",     "blockquote", "pre",    "abbr",   "small",    "meter",  "datalist",
    "progress",   "del",      "ins",
};
static const char *const VOIDS[] = {"meta", "link", "input", "img", "br", "hr", "wbr"};
static const char *const ATTRIBUTES[] = {
    "id",           "class",
    "lang",         "dir",
    "title",        "href",
    "src",          "alt",
    "width",        "height",
    "rel",          "type",
    "name",         "value",
    "method",       "action",
    "for",          "content",
    "charset",      "media",
    "scope",        "colspan",
    "hreflang",     "accesskey",
    "required",     "rows",
    "autofocus",    "autocomplete",
    "maxlength",    "size",
    "selected",     "checked",
    "disabled",     "placeholder",
    "role",         "tabindex",
    "datetime",     "min",
    "max",          "open",
    "aria-label",   "aria-labelledby",
    "download",     "aria-current",
    "aria-hidden",  "aria-describedby",
    "low",          "high",
    "optimum",      "list",
    "loading",      "referrerpolicy",
    "enterkeyhint", "pattern",
    "inputmode",    "spellcheck",
    "start",        "enctype",
    "target",
};

static bool is_among(const char *word, const char *const *list, gsize n_list)
{
    for (gsize i = 0; i < n_list; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

Html *html_new(GString *out)
{
    Html *html = g_new0(Html, 1);
    html->out = out;
    return html;
}

void html_free(Html *html)
{
    if (html == NULL)
        return;
    g_assert(html->depth == 0);
    g_free(html);
}

void html_doctype(Html *html)
{
    g_string_append(html->out, "<!DOCTYPE html>\n");
}

/* One character that may be written, or the sign for one that may not. */
static void append_character(GString *out, gunichar c)
{
    bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    if (control || c == 0x202d || c == 0x202e || c == 0xfffe || c == 0xffff)
        c = 0xfffd;
    switch (c) {
    case '<':
        g_string_append(out, "&lt;");
        break;
    case '>':
        g_string_append(out, "&gt;");
        break;
    case '&':
        g_string_append(out, "&amp;");
        break;
    case '"':
        g_string_append(out, "&quot;");
        break;
    case '\'':
        g_string_append(out, "&#39;");
        break;
    default:
        g_string_append_unichar(out, c);
    }
}

static void append_escaped(GString *out, const char *text, gsize length)
{
    const char *end = text + length;
    while (text < end) {
        gsize plain = 0; /* letters and digits of ASCII in one go */
        while (text + plain < end && (g_ascii_isalnum(text[plain]) || text[plain] == ' '))
            plain++;
        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        if (text == end)
            break;
        gunichar c = *text == '\0' ? 0 : g_utf8_get_char_validated(text, end - text);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            append_character(out, 0xfffd);
            text++;
        } else {
            append_character(out, c);
            text = *text == '\0' ? text + 1 : g_utf8_next_char(text);
        }
    }
}

/* A path of our own ("/…", not "//…"), a query, a fragment, or http(s). */
static bool is_safe_address(const char *address)
{
    for (const char *at = address; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || *at == '\\')
            return false;
    if (address[0] == '/')
        return address[1] != '/';
    return address[0] == '#' || address[0] == '?' || g_str_has_prefix(address, "https://") ||
           g_str_has_prefix(address, "http://");
}

static void append_tag(Html *html, const char *element, va_list attributes)
{
    g_string_append_c(html->out, '<');
    g_string_append(html->out, element);
    for (const char *name; (name = va_arg(attributes, const char *)) != NULL;) {
        const char *value = va_arg(attributes, const char *);
        g_assert(is_among(name, ATTRIBUTES, G_N_ELEMENTS(ATTRIBUTES)));
        if (value == NULL)
            continue;
        bool address =
            strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0;
        if (address && !is_safe_address(value))
            value = "#";
        g_string_append_c(html->out, ' ');
        g_string_append(html->out, name);
        g_string_append(html->out, "=\"");
        append_escaped(html->out, value, strlen(value));
        g_string_append_c(html->out, '"');
    }
    g_string_append_c(html->out, '>');
}

static void open_element(Html *html, const char *element, va_list attributes)
{
    g_assert(is_among(element, ELEMENTS, G_N_ELEMENTS(ELEMENTS)));
    g_assert(html->depth < MAX_DEPTH);
    append_tag(html, element, attributes);
    html->open[html->depth++] = element;
}

void html_begin(Html *html, const char *element, ...)
{
    va_list attributes;
    va_start(attributes, element);
    open_element(html, element, attributes);
    va_end(attributes);
}

void html_end(Html *html, const char *element)
{
    g_assert(html->depth > 0);
    g_assert(strcmp(html->open[html->depth - 1], element) == 0);
    html->depth--;
    g_string_append(html->out, "</");
    g_string_append(html->out, element);
    g_string_append_c(html->out, '>');
    static const char *const LINE_ENDS[] = {"head", "header", "nav",   "main", "section", "p",
                                            "li",   "tr",     "table", "ul",   "dl",      "div",
                                            "h1",   "h2",     "h3",    "form", "figure",  "title"};
    if (is_among(element, LINE_ENDS, G_N_ELEMENTS(LINE_ENDS)))
        g_string_append_c(html->out, '\n');
}

void html_put(Html *html, const char *element, const char *text, ...)
{
    va_list attributes;
    va_start(attributes, text);
    open_element(html, element, attributes);
    va_end(attributes);
    html_text(html, text);
    html_end(html, element);
}

void html_void(Html *html, const char *element, ...)
{
    g_assert(is_among(element, VOIDS, G_N_ELEMENTS(VOIDS)));
    va_list attributes;
    va_start(attributes, element);
    append_tag(html, element, attributes);
    va_end(attributes);
}

void html_text(Html *html, const char *text)
{
    if (text != NULL)
        append_escaped(html->out, text, strlen(text));
}

void html_text_length(Html *html, const char *text, gsize length)
{
    append_escaped(html->out, text, length);
}

void html_name(Html *html, const char *text, const char *lang)
{
    html_put(html, "bdi", text, "lang", lang, NULL);
}
