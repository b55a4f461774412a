/* What a page says about itself: <meta> (Open Graph, Dublin Core, Twitter, plain names), schema.org
 * as JSON-LD, <link rel=canonical>, <time>. */
#include "intake/page_private.h"

#include "intake/decode.h"
#include "intake/when.h"
#include <jansson.h>
#include <string.h>

enum { MAX_VALUE = 1000, MAX_ADDRESS = 2000, JSON_DEPTH = 6, JSON_ITEMS = 200, HEAD_BYTES = 4096 };

char *intake_page_address(const char *text)
{
    if (text == NULL || !g_utf8_validate(text, -1, NULL))
        return NULL;
    g_autofree char *address = g_strstrip(g_strdup(text));
    if (strlen(address) > MAX_ADDRESS || (g_ascii_strncasecmp(address, "http://", 7) != 0 &&
                                          g_ascii_strncasecmp(address, "https://", 8) != 0))
        return NULL;
    for (const char *at = address; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || c == '<' || c == '>' || c == '"')
            return NULL;
    }
    return g_steal_pointer(&address);
}

char *intake_page_language(const char *tag)
{
    if (tag == NULL)
        return NULL;
    while (g_ascii_isspace(*tag))
        tag++;
    gsize n = 0;
    while (g_ascii_isalpha(tag[n]))
        n++;
    if (n < 2 || n > 3 || (tag[n] != '\0' && tag[n] != '-' && tag[n] != '_' && tag[n] != ' '))
        return NULL;
    char *code = g_ascii_strdown(tag, (gssize)n);
    if (strcmp(code, "fas") == 0 || strcmp(code, "per") == 0 || strcmp(code, "eng") == 0)
        memcpy(code, code[0] == 'e' ? "en" : "fa", 3);
    return code;
}

void page_facts_offer(PageFacts *facts, PageFact fact, guint rank, const char *value)
{
    if (value == NULL || (facts->values[fact] != NULL && facts->ranks[fact] <= rank))
        return;
    g_autofree char *taken = NULL;
    if (fact == PAGE_URL)
        taken = intake_page_address(value);
    else if (fact == PAGE_LANGUAGE)
        taken = intake_page_language(value);
    else if (g_utf8_validate(value, -1, NULL))
        taken = intake_one_line(value, MAX_VALUE);
    if (taken == NULL || (fact == PAGE_WHEN && intake_when(taken) == 0))
        return;
    g_free(facts->values[fact]);
    facts->values[fact] = g_steal_pointer(&taken);
    facts->ranks[fact] = rank;
}

void page_facts_clear(PageFacts *facts)
{
    for (int i = 0; i < PAGE_N_FACTS; i++)
        g_clear_pointer(&facts->values[i], g_free);
}

const char *page_attribute(const char *const *attributes, const char *name)
{
    for (gsize i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
        if (g_ascii_strcasecmp(attributes[i], name) == 0)
            return attributes[i + 1] != NULL ? attributes[i + 1] : "";
    return NULL;
}

/* Ranks: 0 is sure, 9 a last resort. <title> is 6, <h1> 4, JSON-LD 2 (page.c and below). */
static const struct {
    const char *name;
    PageFact fact;
    guint rank;
} METAS[] = {
    {"og:title", PAGE_TITLE, 1},
    {"twitter:title", PAGE_TITLE, 3},
    {"dc.title", PAGE_TITLE, 5},
    {"dcterms.title", PAGE_TITLE, 5},
    {"og:url", PAGE_URL, 2},
    {"og:locale", PAGE_LANGUAGE, 3},
    {"content-language", PAGE_LANGUAGE, 2},
    {"dc.language", PAGE_LANGUAGE, 4},
    {"og:site_name", PAGE_SITE, 0},
    {"application-name", PAGE_SITE, 5},
    {"dc.publisher", PAGE_SITE, 3},
    {"author", PAGE_AUTHOR, 1},
    {"article:author", PAGE_AUTHOR, 3},
    {"dc.creator", PAGE_AUTHOR, 2},
    {"article:published_time", PAGE_WHEN, 0},
    {"og:published_time", PAGE_WHEN, 1},
    {"og:article:published_time", PAGE_WHEN, 1},
    {"datepublished", PAGE_WHEN, 1},
    {"dcterms.issued", PAGE_WHEN, 3},
    {"dc.date.issued", PAGE_WHEN, 3},
    {"dcterms.created", PAGE_WHEN, 4},
    {"dcterms.date", PAGE_WHEN, 4},
    {"dc.date", PAGE_WHEN, 4},
    {"publish-date", PAGE_WHEN, 3},
    {"publish_date", PAGE_WHEN, 3},
    {"publishdate", PAGE_WHEN, 3},
    {"pubdate", PAGE_WHEN, 3},
    {"parsely-pub-date", PAGE_WHEN, 3},
    {"sailthru.date", PAGE_WHEN, 4},
    {"citation_publication_date", PAGE_WHEN, 4},
    {"citation_date", PAGE_WHEN, 5},
    {"date", PAGE_WHEN, 5},
};

static void meta_element(PageFacts *facts, const char *const *attributes)
{
    static const char *const KEYS[] = {"property", "name", "itemprop", "http-equiv"};
    const char *content = page_attribute(attributes, "content");
    if (content == NULL)
        return;
    for (gsize k = 0; k < G_N_ELEMENTS(KEYS); k++) {
        const char *name = page_attribute(attributes, KEYS[k]);
        for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(METAS); i++)
            if (g_ascii_strcasecmp(name, METAS[i].name) == 0)
                page_facts_offer(facts, METAS[i].fact, METAS[i].rank, content);
    }
}

void page_facts_element(PageFacts *facts, const char *tag, const char *const *attributes,
                        bool within_article)
{
    if (strcmp(tag, "meta") == 0) {
        meta_element(facts, attributes);
    } else if (strcmp(tag, "html") == 0) {
        page_facts_offer(facts, PAGE_LANGUAGE, 0, page_attribute(attributes, "lang"));
        page_facts_offer(facts, PAGE_LANGUAGE, 1, page_attribute(attributes, "xml:lang"));
    } else if (strcmp(tag, "link") == 0) {
        const char *relation = page_attribute(attributes, "rel");
        if (relation != NULL && g_ascii_strcasecmp(relation, "canonical") == 0)
            page_facts_offer(facts, PAGE_URL, 0, page_attribute(attributes, "href"));
    } else if (strcmp(tag, "time") == 0) {
        const char *property = page_attribute(attributes, "itemprop");
        bool published = (property != NULL && g_ascii_strcasecmp(property, "datePublished") == 0) ||
                         page_attribute(attributes, "pubdate") != NULL;
        page_facts_offer(facts, PAGE_WHEN,
                         published        ? 2
                         : within_article ? 7
                                          : 9,
                         page_attribute(attributes, "datetime"));
    }
}

/* ---- JSON-LD ---- */

static const char *json_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_array(value))
        value = json_array_get(value, 0);
    if (json_is_object(value)) {
        const json_t *name = json_object_get(value, "name");
        value = name != NULL ? name : json_object_get(value, "@id");
    }
    return json_string_value(value);
}

static bool is_article(const json_t *object)
{
    const json_t *type = json_object_get(object, "@type");
    if (json_is_array(type)) {
        for (gsize i = 0; i < json_array_size(type); i++) {
            const char *name = json_string_value(json_array_get(type, i));
            if (name != NULL &&
                (strstr(name, "Article") != NULL || strstr(name, "Posting") != NULL))
                return true;
        }
        return false;
    }
    const char *name = json_string_value(type);
    return name != NULL && (strstr(name, "Article") != NULL || strstr(name, "Posting") != NULL ||
                            strcmp(name, "Report") == 0);
}

static void json_walk(PageFacts *facts, const json_t *value, int depth)
{
    if (depth > JSON_DEPTH)
        return;
    for (gsize i = 0; i < json_array_size(value) && i < JSON_ITEMS; i++)
        json_walk(facts, json_array_get(value, i), depth + 1);
    if (!json_is_object(value))
        return;
    json_walk(facts, json_object_get(value, "@graph"), depth + 1);
    json_walk(facts, json_object_get(value, "mainEntity"), depth + 1);
    if (!is_article(value))
        return;
    page_facts_offer(facts, PAGE_TITLE, 2, json_text(value, "headline"));
    page_facts_offer(facts, PAGE_WHEN, 1, json_text(value, "datePublished"));
    page_facts_offer(facts, PAGE_WHEN, 6, json_text(value, "dateCreated"));
    page_facts_offer(facts, PAGE_LANGUAGE, 5, json_text(value, "inLanguage"));
    page_facts_offer(facts, PAGE_AUTHOR, 0, json_text(value, "author"));
    page_facts_offer(facts, PAGE_SITE, 1, json_text(value, "publisher"));
    page_facts_offer(facts, PAGE_URL, 3, json_text(value, "mainEntityOfPage"));
    page_facts_offer(facts, PAGE_URL, 4, json_text(value, "url"));
}

void page_facts_json(PageFacts *facts, const char *json, gsize length)
{
    json_t *value = json_loadb(json, length, JSON_DISABLE_EOF_CHECK, NULL);
    json_walk(facts, value, 0);
    json_decref(value);
}

/* ---- encoding ---- */

/* The word after `key` and = in [at, end), without quotes. */
static char *value_after(const char *at, const char *end, const char *key)
{
    gsize n = strlen(key);
    for (; at + n < end; at++) {
        if (g_ascii_strncasecmp(at, key, n) != 0)
            continue;
        const char *from = at + n;
        while (from < end && g_ascii_isspace(*from))
            from++;
        if (from == end || *from != '=')
            continue;
        from++;
        while (from < end && (g_ascii_isspace(*from) || *from == '"' || *from == '\''))
            from++;
        const char *to = from;
        while (to < end && (g_ascii_isalnum(*to) || strchr("-_.:+()", *to) != NULL) && *to != '\0')
            to++;
        return to > from && to - from < 40 ? g_strndup(from, (gsize)(to - from)) : NULL;
    }
    return NULL;
}

char *page_declared_encoding(const void *bytes, gsize length)
{
    if (length == 0) /* bytes may be NULL then */
        return NULL;
    const char *text = bytes, *end = text + MIN(length, HEAD_BYTES);
    for (const char *at = text; at + 6 < end; at++) {
        if (*at != '<')
            continue;
        const char *close = memchr(at, '>', (gsize)(end - at));
        char *found = NULL;
        if (g_ascii_strncasecmp(at, "<?xml", 5) == 0)
            found = value_after(at, close != NULL ? close : end, "encoding");
        else if (g_ascii_strncasecmp(at, "<meta", 5) == 0)
            found = value_after(at, close != NULL ? close : end, "charset");
        if (found != NULL)
            return found;
    }
    return NULL;
}
