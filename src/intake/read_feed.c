/* RSS 2.0 (and 0.9x), RSS 1.0 (RDF) and Atom 1.0 (RFC 4287): one part an entry. Dublin Core dates
 * and creators, content:encoded; text and titles may be HTML, read as pages are.
 *
 * No network, no DTD, no entity but the predefined and HTML's names (feeds write &nbsp; and &zwnj;
 * without declaring them): declarations are not even kept, so that none can grow. A broken feed is
 * read as far as it goes, and the break is told. */
#include "base/i18n.h"
#include "base/limits.h"
#include "intake/decode.h"
#include "intake/page.h"
#include "intake/page_private.h"
#include "intake/parts.h"
#include "intake/when.h"
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/uri.h>
#include <string.h>

enum { MAX_TITLE = 1000, MAX_ID = 2000, MAX_TREE_DEPTH = 200, MAX_HTML_NAME = 16 };

static const char ATOM[] = "http://www.w3.org/2005/Atom";
static const char CONTENT[] = "http://purl.org/rss/1.0/modules/content/";
static const char DUBLIN_CORE[] = "http://purl.org/dc/elements/1.1/";
static const char DUBLIN_TERMS[] = "http://purl.org/dc/terms/";

/* ---- the tree ---- */

typedef struct {
    const char *name; /* of the file, for sentences; never NULL */
    IntakePartFound found;
    void *context;
    xmlDocPtr doc;
    char *title, *link, *language; /* of the feed; NULL */
    guint64 entries;
} Feed;

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static bool is_in(const xmlNode *node, const char *space)
{
    return node->ns != NULL && node->ns->href != NULL &&
           strcmp((const char *)node->ns->href, space) == 0;
}

/* The module's elements stand in their namespaces, RSS in none, or in one of several of its own. */
static bool is_plain(const xmlNode *node)
{
    return !is_in(node, CONTENT) && !is_in(node, DUBLIN_CORE) && !is_in(node, DUBLIN_TERMS) &&
           (node->ns == NULL || node->ns->href == NULL ||
            strstr((const char *)node->ns->href, "itunes") == NULL) &&
           (node->ns == NULL || node->ns->href == NULL ||
            strstr((const char *)node->ns->href, "mrss") == NULL);
}

/* Text and character data alone: no entity is walked into. */
static void gather(const xmlNode *node, GString *into, int depth)
{
    for (const xmlNode *child = node->children; child != NULL && depth < MAX_TREE_DEPTH;
         child = child->next) {
        if (into->len > INTAKE_PART_TEXT_MAX)
            return;
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
            child->content != NULL)
            g_string_append(into, (const char *)child->content);
        else if (child->type == XML_ELEMENT_NODE)
            gather(child, into, depth + 1);
    }
}

static char *node_text(const xmlNode *node)
{
    if (node == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    gather(node, text, 0);
    g_strstrip(text->str);
    text->len = strlen(text->str);
    return g_string_free(text, text->len == 0);
}

static char *attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
        if (strcmp((const char *)a->name, name) == 0)
            return node_text((const xmlNode *)a);
    return NULL;
}

static const xmlNode *child_named(const xmlNode *node, const char *name, const char *space)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (is_named(child, name) && (space != NULL ? is_in(child, space) : is_plain(child)))
            return child;
    return NULL;
}

/* The text of the first of these that says something. Transfers. */
static char *first_text(const xmlNode *node, const char *const (*names)[2], gsize n)
{
    for (gsize i = 0; i < n; i++) {
        char *text = node_text(child_named(node, names[i][0], names[i][1]));
        if (text != NULL)
            return text;
    }
    return NULL;
}

/* ---- values ---- */

/* The page reader's text of a fragment of HTML; text without a tag or entity comes back as it is.
 */
static char *text_of_html(const char *html)
{
    if (html == NULL)
        return NULL;
    if (strchr(html, '<') == NULL && strchr(html, '&') == NULL)
        return g_strdup(html);
    g_auto(IntakePage) page = {0};
    intake_page_read("UTF-8", html, strlen(html), INTAKE_PAGE_ALL, &page);
    return page.length > 0 ? g_steal_pointer(&page.text) : NULL;
}

static char *title_of(const char *html)
{
    g_autofree char *text = text_of_html(html);
    return intake_one_line(text, MAX_TITLE);
}

static char *address_of(const Feed *feed, const char *text)
{
    char *address = intake_page_address(text);
    if (address != NULL || text == NULL || feed->link == NULL || text[0] == '\0' ||
        strlen(text) > MAX_ID || strchr(text, ':') != NULL)
        return address;
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    xmlChar *whole = xmlBuildURI((const xmlChar *)trimmed, (const xmlChar *)feed->link);
    address = intake_page_address((const char *)whole);
    xmlFree(whole);
    return address;
}

/* Atom's <link>: the one that is the entry itself. */
static char *atom_link(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (!is_named(child, "link"))
            continue;
        g_autofree char *relation = attribute(child, "rel");
        if (relation == NULL || strcmp(relation, "alternate") == 0)
            return attribute(child, "href");
    }
    return NULL;
}

/* Text constructs of RFC 4287 section 3.1: text, html, or xhtml within a <div>. */
static char *atom_text(const Feed *feed, const xmlNode *node)
{
    if (node == NULL)
        return NULL;
    g_autofree char *type = attribute(node, "type");
    if (type != NULL && (strcmp(type, "xhtml") == 0 || strstr(type, "xml") != NULL)) {
        xmlBufferPtr markup = xmlBufferCreate();
        char *text = NULL;
        if (markup != NULL && xmlNodeDump(markup, feed->doc, (xmlNodePtr)node, 0, 0) >= 0)
            text = text_of_html((const char *)xmlBufferContent(markup));
        xmlBufferFree(markup);
        return text;
    }
    g_autofree char *plain = node_text(node);
    if (type != NULL && (strcmp(type, "html") == 0 || strcmp(type, "text/html") == 0))
        return text_of_html(plain);
    return g_steal_pointer(&plain);
}

/* ---- entries ---- */

typedef struct {
    char *text, *title, *link, *id, *when, *author, *language;
} Entry;

static void entry_clear(Entry *entry)
{
    g_free(entry->text);
    g_free(entry->title);
    g_free(entry->link);
    g_free(entry->id);
    g_free(entry->when);
    g_free(entry->author);
    g_free(entry->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_clear)

static void entry_rss(const Feed *feed, const xmlNode *node, Entry *entry)
{
    static const char *const TEXTS[][2] = {
        {"encoded", CONTENT}, {"description", NULL}, {"description", DUBLIN_CORE}};
    static const char *const DATES[][2] = {{"pubDate", NULL},        {"date", DUBLIN_CORE},
                                           {"issued", DUBLIN_TERMS}, {"created", DUBLIN_TERMS},
                                           {"published", ATOM},      {"updated", ATOM}};
    static const char *const TITLES[][2] = {{"title", NULL}, {"title", DUBLIN_CORE}};
    static const char *const AUTHORS[][2] = {{"creator", DUBLIN_CORE}, {"author", NULL}};
    static const char *const LINKS[][2] = {{"link", NULL}};
    static const char *const IDS[][2] = {{"guid", NULL}, {"identifier", DUBLIN_CORE}};
    g_autofree char *html = first_text(node, TEXTS, G_N_ELEMENTS(TEXTS));
    g_autofree char *title = first_text(node, TITLES, G_N_ELEMENTS(TITLES));
    g_autofree char *link = first_text(node, LINKS, G_N_ELEMENTS(LINKS));
    entry->text = text_of_html(html);
    entry->title = title_of(title);
    entry->when = first_text(node, DATES, G_N_ELEMENTS(DATES));
    entry->author = first_text(node, AUTHORS, G_N_ELEMENTS(AUTHORS));
    entry->id = first_text(node, IDS, G_N_ELEMENTS(IDS));
    if (entry->id == NULL)
        entry->id = attribute(node, "about"); /* RDF's */
    entry->link = address_of(feed, link);
    const xmlNode *guid = child_named(node, "guid", NULL);
    g_autofree char *permanent = guid != NULL ? attribute(guid, "isPermaLink") : NULL;
    if (entry->link == NULL && g_strcmp0(permanent, "false") != 0)
        entry->link = intake_page_address(entry->id);
}

static void entry_atom(const Feed *feed, const xmlNode *node, Entry *entry)
{
    static const char *const DATES[][2] = {{"published", ATOM}, {"updated", ATOM}};
    const xmlNode *content = child_named(node, "content", ATOM);
    const xmlNode *author = child_named(node, "author", ATOM);
    g_autofree char *elsewhere = content != NULL ? attribute(content, "src") : NULL;
    g_autofree char *link = atom_link(node);
    g_autofree char *title = atom_text(feed, child_named(node, "title", ATOM));
    entry->text = elsewhere == NULL ? atom_text(feed, content) : NULL;
    if (entry->text == NULL)
        entry->text = atom_text(feed, child_named(node, "summary", ATOM));
    entry->title = intake_one_line(title, MAX_TITLE);
    entry->when = first_text(node, DATES, G_N_ELEMENTS(DATES));
    entry->id = node_text(child_named(node, "id", ATOM));
    entry->author = author != NULL ? node_text(child_named(author, "name", ATOM)) : NULL;
    entry->link = address_of(feed, link != NULL ? link : elsewhere);
}

static bool give_entry(Feed *feed, const xmlNode *node, GError **error)
{
    g_auto(Entry) entry = {0};
    if (is_in(node, ATOM))
        entry_atom(feed, node, &entry);
    else
        entry_rss(feed, node, &entry);
    feed->entries++;
    g_autofree char *tag = attribute(node, "lang");
    entry.language = intake_page_language(tag);
    g_autofree char *author = intake_one_line(entry.author, MAX_TITLE);
    g_autofree char *id = intake_one_line(entry.id, MAX_ID);
    const char *text = entry.text != NULL ? entry.text : entry.title;
    IntakePart part = {
        .name = entry.link != NULL ? entry.link : id,
        .text = text,
        .length = text != NULL ? strlen(text) : 0,
        .title = entry.title,
        .sender = feed->title != NULL ? feed->title : author,
        .sender_public = feed->title != NULL,
        .url = entry.link,
        .language = entry.language != NULL ? entry.language : feed->language,
        .external_id = id != NULL ? id : entry.link,
        .when = intake_when(entry.when),
    };
    if (part.length > 0)
        return feed->found(feed->context, &part, error);
    part.text = NULL;
    g_autofree char *number = i18n_integer((gint64)feed->entries);
    g_autofree char *problem =
        g_strdup_printf(_("Entry %s of %s has neither text nor title."), number, feed->name);
    part.problem = problem;
    return feed->found(feed->context, &part, error);
}

static void read_head(Feed *feed, const xmlNode *head)
{
    static const char *const TITLES[][2] = {{"title", NULL}, {"title", ATOM}};
    static const char *const LANGUAGES[][2] = {{"language", NULL}, {"language", DUBLIN_CORE}};
    static const char *const LINKS[][2] = {{"link", NULL}};
    g_autofree char *title = first_text(head, TITLES, G_N_ELEMENTS(TITLES));
    g_autofree char *tag = first_text(head, LANGUAGES, G_N_ELEMENTS(LANGUAGES));
    g_autofree char *link = is_in(head, ATOM) ? atom_link(head) : first_text(head, LINKS, 1);
    g_autofree char *base = attribute(head, "base");
    if (tag == NULL)
        tag = attribute(head, "lang");
    feed->title = title_of(title);
    feed->language = intake_page_language(tag);
    feed->link = intake_page_address(base);
    if (feed->link == NULL)
        feed->link = intake_page_address(link);
}

static bool give_entries(Feed *feed, const xmlNode *parent, const char *name, GError **error)
{
    for (const xmlNode *child = parent->children; child != NULL; child = child->next) {
        if (!is_named(child, name))
            continue;
        if (feed->entries >= INTAKE_PARTS_MAX) {
            g_autofree char *most = i18n_integer(INTAKE_PARTS_MAX);
            g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                        _("%s has more than %s entries; the first ones were read."), feed->name,
                        most);
            return false;
        }
        if (!give_entry(feed, child, error))
            return false;
    }
    return true;
}

/* ---- parsing ---- */

/* HTML's names for the parser that asks for one; what the feed declares is never kept. */
typedef struct {
    xmlEntity entity;
    xmlChar content[8];
    xmlChar name[MAX_HTML_NAME];
} Named;

static xmlEntityPtr html_entity(void *context, const xmlChar *name)
{
    xmlParserCtxtPtr parser = context;
    GHashTable *known = parser->_private;
    const htmlEntityDesc *found = htmlEntityLookup(name);
    if (found == NULL || strlen((const char *)name) >= MAX_HTML_NAME)
        return NULL;
    Named *named = g_hash_table_lookup(known, name);
    if (named == NULL) {
        named = g_new0(Named, 1);
        g_strlcpy((char *)named->name, (const char *)name, sizeof named->name);
        int n = g_unichar_to_utf8(found->value, (char *)named->content);
        named->entity = (xmlEntity){.type = XML_ENTITY_DECL,
                                    .name = named->name,
                                    .orig = named->content,
                                    .content = named->content,
                                    .length = n,
                                    .etype = XML_INTERNAL_PREDEFINED_ENTITY};
        g_hash_table_insert(known, named->name, named);
    }
    return &named->entity;
}

static xmlParserInputPtr no_input(void *context, const xmlChar *public_id, const xmlChar *system_id)
{
    return NULL;
}

/* The tree, and where it broke; NULL when there is none. */
static xmlDocPtr parse(const char *text, gsize length, int *ret_line)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL)
        return NULL;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    parser->_private = known;
    parser->sax->getEntity = html_entity;
    parser->sax->entityDecl = NULL;
    parser->sax->unparsedEntityDecl = NULL;
    parser->sax->attributeDecl = NULL;
    parser->sax->elementDecl = NULL;
    parser->sax->notationDecl = NULL;
    parser->sax->externalSubset = NULL;
    parser->sax->resolveEntity = no_input;
    xmlDocPtr doc = xmlCtxtReadMemory(parser, text, (int)length, NULL, "UTF-8",
                                      XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR |
                                          XML_PARSE_NOWARNING);
    const xmlError *last = xmlCtxtGetLastError(parser);
    *ret_line = 0;
    if (last != NULL && last->level == XML_ERR_FATAL && last->code != XML_ERR_UNDECLARED_ENTITY)
        *ret_line = MAX(last->line, 1);
    parser->_private = NULL;
    xmlFreeParserCtxt(parser);
    return doc;
}

/* The element that holds title and link, and the one that holds the entries. */
static bool find_feed(xmlDocPtr doc, const xmlNode **ret_head, const xmlNode **ret_list,
                      const char **ret_name)
{
    const xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    if (root == NULL)
        return false;
    if (is_named(root, "feed") && is_in(root, ATOM)) {
        *ret_head = *ret_list = root;
        *ret_name = "entry";
        return true;
    }
    if (!is_named(root, "rss") && !is_named(root, "RDF") && !is_named(root, "channel"))
        return false;
    *ret_head = is_named(root, "channel") ? root : child_named(root, "channel", NULL);
    if (*ret_head == NULL)
        return false;
    *ret_list = is_named(root, "RDF") ? root : *ret_head; /* RSS 1.0: beside the channel */
    *ret_name = "item";
    return true;
}

static bool read_entries(Feed *feed, int broken_line, GError **error)
{
    const xmlNode *head, *list;
    const char *name;
    if (!find_feed(feed->doc, &head, &list, &name)) {
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INPUT,
                    _("%s is no feed: RSS 2.0, RSS 1.0 and Atom were tried."), feed->name);
        return false;
    }
    read_head(feed, head);
    if (!give_entries(feed, list, name, error))
        return false;
    if (broken_line == 0)
        return true;
    g_autofree char *line = i18n_integer(broken_line);
    g_autofree char *entries = i18n_integer((gint64)feed->entries);
    g_autofree char *problem = g_strdup_printf(
        _("%s is broken as XML at line %s; entries read: %s. What comes after may be missing."),
        feed->name, line, entries);
    return feed->found(feed->context, &(IntakePart){.name = feed->name, .problem = problem}, error);
}

bool intake_read_feed(const char *name, const void *bytes, gsize length, IntakePartFound found,
                      void *context, GError **error)
{
    Feed feed = {.name = name != NULL ? name : _("The feed"), .found = found, .context = context};
    if (length > LIMIT_TEXT_BYTES) {
        g_autofree char *most = i18n_integer(LIMIT_TEXT_BYTES >> 20);
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                    _("%s is too long for a feed: more than %s MiB."), feed.name, most);
        return false;
    }
    g_autofree char *declared = page_declared_encoding(bytes, length);
    gsize n;
    g_autofree char *text = intake_decode(declared, bytes, length, &n);
    const char *start = text;
    while (
        g_ascii_isspace(*start)) /* XML wants its declaration first; feeds begin with a newline */
        start++;
    int broken_line = 0;
    feed.doc = n > 0 ? parse(start, n - (gsize)(start - text), &broken_line) : NULL;
    bool done = read_entries(&feed, broken_line, error);
    xmlFreeDoc(feed.doc);
    g_free(feed.title);
    g_free(feed.link);
    g_free(feed.language);
    return done;
}
