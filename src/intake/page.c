/* intake/page.c: a page by the events of libxml2's HTML parser: text is gathered into blocks, each
 * knowing where on the page it stands. One pass; measured 19 MB/s of HTML on a busy core; memory a
 * small multiple of the page. */
#include "intake/page_private.h"

#include "base/limits.h"
#include "intake/decode.h"
#include "intake/page_blocks.h"
#include "intake/parts.h"
#include "intake/when.h"
#include <libxml/HTMLparser.h>
#include <string.h>

enum { MAX_DEPTH = 1000, MAX_BLOCKS = 200000, MAX_JSON = 1 << 20, MAX_TITLE = 1000 };

/* What an element changes for what is inside it. */
typedef struct {
    char name[16]; /* cut; enough to tell elements apart */
    bool link;
    bool unseen;  /* a script, a style, a hidden box: no text at all */
    bool outside; /* navigation, a footer, comments: text, but not the page's own */
    guint regions, article;
} Frame;

typedef struct {
    xmlParserCtxtPtr parser;
    PageFacts facts;
    GArray *frames;           /* Frame; [0] is the page */
    GArray *blocks, *outside; /* PageBlock: of the page, and of what surrounds it */
    GString *text;
    PageBlock block; /* being gathered */
    bool block_outside;
    bool in_word, gap, broken_line;
    guint articles;
    GString *json, *title, *heading; /* being gathered; NULL else */
    bool cut;
} Reading;

static Frame *top(Reading *r)
{
    return &g_array_index(r->frames, Frame, r->frames->len - 1);
}

static bool is_one_of(const char *name, const char *words)
{
    gsize n = strlen(name);
    for (const char *at = words; n > 0 && (at = strstr(at, name)) != NULL; at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static const char UNSEEN[] = "script style template noscript svg math iframe object embed applet "
                             "select option datalist textarea button audio video canvas map head "
                             "noframes";
static const char OUTSIDE[] = "nav header footer aside menu dialog";
static const char INLINE[] =
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins "
    "kbd label mark q ruby rp rt rb s samp small span strike strong sub "
    "sup time tt u var wbr nobr input";
static const char OUTSIDE_ROLES[] = "navigation banner contentinfo complementary search menu "
                                    "menubar dialog alertdialog toolbar";
/* Words of class and id, after Readability's lists. */
static const char OUTSIDE_CLASSES[] =
    "comment comments respond disqus cookie cookies consent gdpr sidebar widget footer breadcrumb "
    "breadcrumbs share sharing social related sponsor sponsored advert advertisement ads promo "
    "newsletter subscribe popup modal menu navbar nav navigation pagination pager masthead skip "
    "tags tagcloud toolbar";
static const char INSIDE_CLASSES[] =
    "article body content main entry post story page wrapper column";

/* ---- blocks ---- */

static void block_end(Reading *r)
{
    PageBlock *block = &r->block;
    if (block->words > 0) {
        block->length = r->text->len - block->start;
        g_array_append_vals(r->block_outside ? r->outside : r->blocks, block, 1);
        g_string_append_c(r->text, '\n');
    } else {
        g_string_truncate(r->text, block->start);
    }
    if (r->blocks->len + r->outside->len >= MAX_BLOCKS)
        r->cut = true;
    *block = (PageBlock){.start = r->text->len};
    r->in_word = r->gap = r->broken_line = false;
}

/* Space asked for is written before the next word alone, so that no block begins or ends with it.
 */
static void add_gap(Reading *r)
{
    if (r->block.words > 0 && r->broken_line)
        g_string_append_c(r->text, '\n');
    else if (r->block.words > 0 && r->gap)
        g_string_append_c(r->text, ' ');
    r->gap = r->broken_line = false;
}

static void add_text(Reading *r, const char *text, gsize length)
{
    const Frame *frame = top(r);
    const char *end = text + length;
    for (const char *at = text, *next; at < end; at = next) {
        next = g_utf8_next_char(at);
        gunichar c = g_utf8_get_char(at);
        if (c == 0xfeff || c == 0xad) /* a mark of byte order, a place to part a word */
            continue;
        if (g_unichar_isspace(c)) {
            r->gap = true;
            r->in_word = false;
            continue;
        }
        if (!r->in_word) {
            if (r->block.words == 0) {
                r->block.regions = frame->regions;
                r->block.article = frame->article;
                r->block_outside = frame->outside;
            }
            add_gap(r);
            r->block.words++;
            r->block.linked += frame->link;
            r->in_word = true;
        }
        g_string_append_len(r->text, at, (gssize)(next - at));
    }
    if (r->text->len > INTAKE_PART_TEXT_MAX)
        r->cut = true;
}

static void line_break(Reading *r)
{
    r->in_word = false;
    if (r->broken_line && r->block.words > 0) /* two in a row: a paragraph */
        block_end(r);
    else
        r->broken_line = r->block.words > 0;
}

/* A cell continues its row while the row is short and has no links: a table of facts; else it is a
 * box of the page's layout. */
static void cell_start(Reading *r)
{
    if (r->block.words == 0)
        return;
    if (r->block.words > 24 || r->block.linked > 0) {
        block_end(r);
    } else {
        g_string_append(r->text, " |");
        r->in_word = false;
        r->gap = true;
    }
}

/* ---- elements ---- */

static bool has_class(const char *const *attributes, const char *words)
{
    static const char *const NAMES[] = {"class", "id"};
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        const char *value = page_attribute(attributes, NAMES[i]);
        if (value == NULL || strlen(value) > 500)
            continue;
        g_autofree char *lower = g_ascii_strdown(value, -1);
        g_auto(GStrv) parts = g_strsplit_set(lower, " -_\t\n\r", -1);
        for (char **part = parts; *part != NULL; part++)
            if (is_one_of(*part, words))
                return true;
    }
    return false;
}

static bool is_hidden(const char *const *attributes)
{
    const char *style = page_attribute(attributes, "style");
    const char *aria = page_attribute(attributes, "aria-hidden");
    if (page_attribute(attributes, "hidden") != NULL || (aria != NULL && strcmp(aria, "true") == 0))
        return true;
    if (style == NULL || strlen(style) > 500)
        return false;
    g_auto(GStrv) words = g_strsplit_set(style, " \t\n\r", -1);
    g_autofree char *bare = g_strjoinv("", words);
    return strstr(bare, "display:none") != NULL || strstr(bare, "visibility:hidden") != NULL;
}

static void frame_place(Reading *r, Frame *frame, const char *tag, const char *const *attributes)
{
    const char *role = page_attribute(attributes, "role");
    const char *property = page_attribute(attributes, "itemprop");
    if (strcmp(tag, "main") == 0 || (role != NULL && strcmp(role, "main") == 0))
        frame->regions |= PAGE_IN_MAIN;
    if (strcmp(tag, "article") == 0 && frame->article == 0)
        frame->article = ++r->articles;
    if (property != NULL && g_ascii_strcasecmp(property, "articleBody") == 0)
        frame->regions |= PAGE_IN_BODY;
    if (is_one_of(tag, OUTSIDE) || (role != NULL && is_one_of(role, OUTSIDE_ROLES)))
        frame->outside = true;
    else if (strcmp(tag, "body") != 0 && strcmp(tag, "html") != 0 &&
             has_class(attributes, OUTSIDE_CLASSES) && !has_class(attributes, INSIDE_CLASSES))
        frame->outside = true;
}

static void gather_start(Reading *r, const char *tag, const char *const *attributes)
{
    if (strcmp(tag, "script") == 0) {
        const char *type = page_attribute(attributes, "type");
        if (type != NULL && g_ascii_strncasecmp(type, "application/ld+json", 19) == 0 &&
            r->json == NULL)
            r->json = g_string_new(NULL);
    } else if (strcmp(tag, "title") == 0 && r->title == NULL) {
        r->title = g_string_new(NULL);
    } else if (strcmp(tag, "h1") == 0 && r->heading == NULL) {
        r->heading = g_string_new(NULL);
    }
}

static void gather_end(Reading *r, const char *tag)
{
    if (strcmp(tag, "script") == 0 && r->json != NULL) {
        page_facts_json(&r->facts, r->json->str, r->json->len);
        g_string_free(g_steal_pointer(&r->json), TRUE);
    } else if (strcmp(tag, "title") == 0 && r->title != NULL) {
        page_facts_offer(&r->facts, PAGE_TITLE, 6, r->title->str);
        g_string_free(g_steal_pointer(&r->title), TRUE);
    } else if (strcmp(tag, "h1") == 0 && r->heading != NULL) {
        page_facts_offer(&r->facts, PAGE_TITLE, 4, r->heading->str);
        g_string_free(g_steal_pointer(&r->heading), TRUE);
    }
}

static void gather(GString *into, gsize max, const char *text, gsize length)
{
    if (into != NULL && into->len + length <= max)
        g_string_append_len(into, text, (gssize)length);
}

static void on_start(void *context, const xmlChar *name, const xmlChar **values)
{
    Reading *r = context;
    if (r->cut || r->frames->len > MAX_DEPTH) {
        r->cut = true;
        xmlStopParser(r->parser);
        return;
    }
    const char *const *attributes = (const char *const *)values;
    const char *tag = (const char *)name;
    Frame frame = *top(r);
    g_strlcpy(frame.name, tag, sizeof frame.name);
    page_facts_element(&r->facts, tag, attributes, frame.article > 0);
    gather_start(r, tag, attributes);
    frame.link |= strcmp(tag, "a") == 0 && page_attribute(attributes, "href") != NULL;
    frame.unseen |= is_one_of(tag, UNSEEN) || is_hidden(attributes);
    frame_place(r, &frame, tag, attributes);
    if (strcmp(tag, "br") == 0) {
        line_break(r);
    } else if (strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0) {
        cell_start(r);
    } else if (!is_one_of(tag, INLINE)) {
        block_end(r);
        r->block.kind = is_one_of(tag, "li tr dd dt")               ? PAGE_BLOCK_ITEM
                        : is_one_of(tag, "h1 h2 h3 h4 h5 h6 title") ? PAGE_BLOCK_TITLE
                                                                    : PAGE_BLOCK_PARAGRAPH;
    }
    g_array_append_val(r->frames, frame);
}

static void on_end(void *context, const xmlChar *name)
{
    Reading *r = context;
    char wanted[sizeof((Frame *)NULL)->name];
    g_strlcpy(wanted, (const char *)name, sizeof wanted);
    guint i = r->frames->len - 1;
    while (i > 0 && strcmp(g_array_index(r->frames, Frame, i).name, wanted) != 0)
        i--;
    if (i == 0)
        return;
    gather_end(r, (const char *)name);
    if (!is_one_of((const char *)name, INLINE) && !is_one_of((const char *)name, "br td th"))
        block_end(r);
    g_array_set_size(r->frames, i);
}

static void on_text(void *context, const xmlChar *text, int length)
{
    Reading *r = context;
    const char *bytes = (const char *)text;
    if (length <= 0 || !g_utf8_validate(bytes, length, NULL))
        return;
    gather(r->json, MAX_JSON, bytes, (gsize)length);
    gather(r->title, MAX_TITLE, bytes, (gsize)length);
    gather(r->heading, MAX_TITLE, bytes, (gsize)length);
    if (!top(r)->unseen)
        add_text(r, bytes, (gsize)length);
}

/* ---- the page ---- */

static void parse(Reading *r, const char *text, gsize length)
{
    r->parser = htmlCreateMemoryParserCtxt("<", 1);
    if (r->parser == NULL)
        return;
    xmlSAXHandler *events = r->parser->sax;
    memset(events, 0, sizeof *events);
    events->startElement = on_start;
    events->endElement = on_end;
    events->characters = on_text;
    events->cdataBlock = on_text;
    events->ignorableWhitespace = on_text;
    r->parser->userData = r;
    xmlDocPtr none =
        htmlCtxtReadMemory(r->parser, text, (int)length, NULL, "UTF-8",
                           HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                               HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    if (none != NULL)
        xmlFreeDoc(none);
    htmlFreeParserCtxt(r->parser);
}

static guint64 count_words(const GArray *blocks, bool kept)
{
    guint64 words = 0;
    for (guint i = 0; i < blocks->len; i++) {
        const PageBlock *block = &g_array_index(blocks, PageBlock, i);
        if (!kept || block->keep)
            words += block->words - block->linked;
    }
    return words;
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const PageBlock *left = a, *right = b;
    return (left->start > right->start) - (left->start < right->start);
}

/* Joins what stands outside to the page; `keep` is set by the caller. */
static void take_outside(Reading *r)
{
    g_array_append_vals(r->blocks, r->outside->data, r->outside->len);
    g_array_sort(r->blocks, by_start);
    g_array_set_size(r->outside, 0);
}

static void choose(Reading *r, IntakePageWanted wanted, IntakePage *page)
{
    enum { SHORT_TEXT = 40 };
    if (wanted == INTAKE_PAGE_ALL) {
        take_outside(r);
        for (guint i = 0; i < r->blocks->len; i++)
            g_array_index(r->blocks, PageBlock, i).keep = true;
        return;
    }
    page->whole = !page_blocks_choose(r->blocks);
    /* A <nav> that was never closed, a class that meant something else: nearly all is outside. */
    guint64 inside = count_words(r->blocks, true);
    if (r->outside->len > 0 && inside < SHORT_TEXT) {
        page_blocks_choose(r->outside);
        if (count_words(r->outside, true) > 3 * inside && count_words(r->outside, true) > 3) {
            take_outside(r);
            page->whole = !page_blocks_choose(r->blocks);
        }
    }
}

static void reading_clear(Reading *r)
{
    page_facts_clear(&r->facts);
    g_array_unref(r->frames);
    g_array_unref(r->blocks);
    g_array_unref(r->outside);
    g_string_free(r->text, TRUE);
    GString *const open[] = {r->json, r->title, r->heading};
    for (gsize i = 0; i < G_N_ELEMENTS(open); i++)
        if (open[i] != NULL)
            g_string_free(open[i], TRUE);
}

void intake_page_read(const char *encoding, const void *bytes, gsize length,
                      IntakePageWanted wanted, IntakePage *ret_page)
{
    *ret_page = (IntakePage){0};
    bool long_page = length > LIMIT_TEXT_BYTES;
    length = MIN(length, (gsize)LIMIT_TEXT_BYTES);
    g_autofree char *declared =
        encoding != NULL ? g_strdup(encoding) : page_declared_encoding(bytes, length);
    gsize n;
    g_autofree char *text = intake_decode(declared, bytes, length, &n);
    Reading r = {.frames = g_array_new(FALSE, TRUE, sizeof(Frame)),
                 .blocks = g_array_new(FALSE, TRUE, sizeof(PageBlock)),
                 .outside = g_array_new(FALSE, TRUE, sizeof(PageBlock)),
                 .text = g_string_new(NULL)};
    g_array_set_size(r.frames, 1);
    if (n > 0)
        parse(&r, text, n);
    block_end(&r);
    choose(&r, wanted, ret_page);
    ret_page->text = page_blocks_join(r.blocks, r.text->str, &ret_page->length);
    ret_page->cut = r.cut || long_page;
    ret_page->title = g_steal_pointer(&r.facts.values[PAGE_TITLE]);
    ret_page->url = g_steal_pointer(&r.facts.values[PAGE_URL]);
    ret_page->language = g_steal_pointer(&r.facts.values[PAGE_LANGUAGE]);
    ret_page->site = g_steal_pointer(&r.facts.values[PAGE_SITE]);
    ret_page->author = g_steal_pointer(&r.facts.values[PAGE_AUTHOR]);
    ret_page->when = intake_when(r.facts.values[PAGE_WHEN]);
    reading_clear(&r);
}

void intake_page_clear(IntakePage *page)
{
    g_free(page->text);
    g_free(page->title);
    g_free(page->url);
    g_free(page->language);
    g_free(page->site);
    g_free(page->author);
    memset(page, 0, sizeof *page);
}
