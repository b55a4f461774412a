/* A document as one page of HTML: no script, nothing loaded from anywhere, drawings inside it. */
#include "render/canvas_svg.h"
#include "render/document.h"
#include "render/markup.h"
#include <string.h>

/* Readable narrow and wide, light, dark and printed. */
static const char STYLE[] =
    "body{font:1rem/1.7 Vazirmatn,Tahoma,'Segoe UI',Roboto,sans-serif;max-width:50rem;margin:auto;"
    "padding:1rem;color:#1b1f23;background:#fff;overflow-wrap:break-word}"
    "h1{font-size:1.5rem;line-height:1.4}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1.05rem}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.93rem}"
    "caption,figcaption{text-align:start;padding:.4rem 0}"
    "td,th{border:1px solid #8a8f96;padding:.25rem .5rem;text-align:start;vertical-align:top}"
    "td.n{font-variant-numeric:tabular-nums}"
    "figure{margin:1.5rem 0}svg{max-width:100%;height:auto}"
    ".q{color:#57606a}.notice{border:2px solid #57606a;padding:.6rem .8rem}"
    ".label{border:2px solid #b3261e;padding:.4rem .8rem;font-weight:bold}"
    "code{font-size:.9em;overflow-wrap:anywhere}a{color:#0b57a4}p.l{margin:0}"
    "@media(prefers-color-scheme:dark){body{color:#e8eaed;background:#16191d}.q{color:#b4bac2}"
    "a{color:#8bbbe0}.label{border-color:#ff7f50}}"
    "@media print{body{max-width:none;color:#000;background:#fff}h2,caption{break-after:avoid}"
    "tr,figure{break-inside:avoid}}";

typedef struct {
    xmlTextWriter *writer;
    const Document *document;
    guint figure;
    GArray *called; /* bool: a note's first mark is written, and can be gone back to */
    bool in_list;
} Page;

/* ---- words ---- */

static void lines(Page *page, const char *words)
{
    g_auto(GStrv) each = g_strsplit(words, "\n", -1);
    for (gsize i = 0; each[i] != NULL; i++) {
        if (i > 0) {
            markup_start(page->writer, "br");
            xmlTextWriterEndElement(page->writer);
        }
        markup_words(page->writer, each[i]);
    }
}

static void note_mark(Page *page, guint number, const char *mark)
{
    g_autofree char *to = g_strdup_printf("#n%u", number);
    markup_start(page->writer, "sup");
    markup_start(page->writer, "a");
    markup_attribute(page->writer, "href", to);
    bool *called = &g_array_index(page->called, bool, number - 1);
    if (!*called) {
        g_autofree char *id = g_strdup_printf("c%u", number);
        markup_attribute(page->writer, "id", id);
        *called = true;
    }
    markup_words(page->writer, mark);
    markup_end(page->writer);
    markup_end(page->writer);
}

static void span(Page *page, const DocumentText *text, const DocumentSpan *s)
{
    static const struct {
        guint style;
        const char *name, *class;
    } NAMES[] = {
        {DOCUMENT_BOLD, "b", NULL},      {DOCUMENT_QUIET, "span", "q"},
        {DOCUMENT_SMALL, "small", NULL}, {DOCUMENT_CODE, "code", NULL},
        {DOCUMENT_APART, "bdi", NULL},
    };
    gsize start = s->start, end = s->end;
    if ((s->style & (DOCUMENT_CODE | DOCUMENT_APART)) != 0) {
        start += strlen("\u2066"); /* the element keeps its direction apart */
        end -= strlen("\u2069");
    }
    g_autofree char *words = g_strndup(text->text->str + start, end - start);
    if (s->note != 0) {
        note_mark(page, s->note, words);
        return;
    }
    guint open = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        if ((s->style & NAMES[i].style) == 0)
            continue;
        markup_start(page->writer, NAMES[i].name);
        if (NAMES[i].class != NULL)
            markup_attribute(page->writer, "class", NAMES[i].class);
        if (NAMES[i].style == DOCUMENT_CODE)
            markup_attribute(page->writer, "dir", "ltr");
        open++;
    }
    lines(page, words);
    for (; open > 0; open--)
        markup_end(page->writer);
}

static void words_of(Page *page, const DocumentText *text)
{
    gsize at = 0;
    for (guint i = 0; i < text->spans->len; i++) {
        const DocumentSpan *s = &g_array_index(text->spans, DocumentSpan, i);
        g_autofree char *before = g_strndup(text->text->str + at, s->start - at);
        lines(page, before);
        span(page, text, s);
        at = s->end;
    }
    lines(page, text->text->str + at);
}

static void element(Page *page, const char *name, const char *class, const DocumentText *text)
{
    markup_start(page->writer, name);
    if (class != NULL)
        markup_attribute(page->writer, "class", class);
    words_of(page, text);
    markup_end(page->writer);
}

/* ---- blocks ---- */

static void table(Page *page, const DocumentBlock *block)
{
    const DocumentTable *t = block->table;
    markup_start(page->writer, "div");
    markup_attribute(page->writer, "class", "wide");
    markup_attribute(page->writer, "tabindex", "0");
    markup_attribute(page->writer, "role", "region");
    markup_attribute(page->writer, "aria-label", t->caption != NULL ? t->caption : t->titles[0]);
    markup_start(page->writer, "table");
    if (block->text->text->len > 0)
        element(page, "caption", NULL, block->text);
    markup_start(page->writer, "thead");
    markup_start(page->writer, "tr");
    for (gsize c = 0; c < t->n_columns; c++) {
        markup_start(page->writer, "th");
        markup_attribute(page->writer, "scope", "col");
        markup_words(page->writer, t->titles[c]);
        markup_end(page->writer);
    }
    markup_end(page->writer);
    markup_end(page->writer);
    markup_start(page->writer, "tbody");
    for (guint i = 0; i < t->cells->len; i++) {
        if (i % t->n_columns == 0)
            markup_start(page->writer, "tr");
        element(page, "td", t->numeric[i % t->n_columns] ? "n" : NULL, t->cells->pdata[i]);
        if (i % t->n_columns == t->n_columns - 1 || i + 1 == t->cells->len)
            markup_end(page->writer);
    }
    markup_end(page->writer);
    markup_end(page->writer);
    markup_end(page->writer);
}

static void notes(Page *page)
{
    if (page->document->notes->len == 0)
        return;
    markup_start(page->writer, "ol");
    for (guint i = 0; i < page->document->notes->len; i++) {
        g_autofree char *id = g_strdup_printf("n%u", i + 1);
        g_autofree char *back = g_strdup_printf("#c%u", i + 1);
        markup_start(page->writer, "li");
        markup_attribute(page->writer, "id", id);
        lines(page, page->document->notes->pdata[i]);
        markup_words(page->writer, " ");
        if (g_array_index(page->called, bool, i)) {
            markup_start(page->writer, "a");
            markup_attribute(page->writer, "href", back);
            markup_attribute(page->writer, "aria-label", _("back to the text"));
            markup_words(page->writer, "↩");
            markup_end(page->writer);
        }
        markup_end(page->writer);
    }
    markup_end(page->writer);
}

static void item(Page *page, const DocumentBlock *block)
{
    if (!page->in_list) {
        markup_start(page->writer, "ul");
        if (block->marker != NULL)
            markup_attribute(page->writer, "style", "list-style:none;padding-inline-start:1rem");
    }
    page->in_list = true;
    markup_start(page->writer, "li");
    if (block->marker != NULL) {
        markup_words(page->writer, block->marker);
        markup_words(page->writer, " ");
    }
    words_of(page, block->text);
    markup_end(page->writer);
}

static void block_of(Page *page, const DocumentBlock *block)
{
    static const char *const HEADS[] = {"h1", "h2", "h3", "h4"};
    if (block->kind != DOCUMENT_ITEM && page->in_list) {
        markup_end(page->writer);
        page->in_list = false;
    }
    switch (block->kind) {
    case DOCUMENT_HEADING:
        element(page, HEADS[CLAMP(block->level, 0, 3)], NULL, block->text);
        break;
    case DOCUMENT_PARAGRAPH:
        element(page, "p", NULL, block->text);
        break;
    case DOCUMENT_LINE:
        element(page, "p", "l", block->text);
        break;
    case DOCUMENT_ITEM:
        item(page, block);
        break;
    case DOCUMENT_NOTICE:
        element(page, "p", "notice", block->text);
        break;
    case DOCUMENT_TABLE:
        table(page, block);
        break;
    case DOCUMENT_FIGURE:
        markup_start(page->writer, "figure");
        canvas_svg_write(block->canvas, page->writer, ++page->figure);
        element(page, "figcaption", NULL, block->text);
        markup_end(page->writer);
        break;
    case DOCUMENT_NOTES:
        notes(page);
        break;
    case DOCUMENT_GAP:
    case DOCUMENT_NEW_PAGE:
        break;
    }
}

char *document_to_html(const Document *document)
{
    Markup markup = markup_new();
    g_autoptr(GArray) called = g_array_new(FALSE, TRUE, sizeof(bool));
    g_array_set_size(called, document->notes->len);
    Page page = {.writer = markup.writer, .document = document, .called = called};
    g_autoptr(GString) css = g_string_new(STYLE);
    canvas_svg_styles(css);
    markup_page_start(markup.writer, document->language, document->title, css->str);
    if (document->label != NULL) {
        markup_start(markup.writer, "p");
        markup_attribute(markup.writer, "class", "label");
        markup_words(markup.writer, document->label);
        markup_end(markup.writer);
    }
    for (guint i = 0; i < document->blocks->len; i++)
        block_of(&page, document->blocks->pdata[i]);
    if (page.in_list)
        markup_end(markup.writer);
    markup_page_end(markup.writer);
    return markup_finish(&markup);
}
