/* intake/page_private.h: what page.c, page_meta.c share. */
#pragma once
#include "intake/page.h"

typedef enum {
    PAGE_TITLE,
    PAGE_URL,
    PAGE_LANGUAGE,
    PAGE_SITE,
    PAGE_AUTHOR,
    PAGE_WHEN,
    PAGE_N_FACTS
} PageFact;

/** What a page says about itself, from several places; the lowest rank holds. */
typedef struct {
    char *values[PAGE_N_FACTS];
    guint ranks[PAGE_N_FACTS];
} PageFacts;
/** A value that is empty, too long or senseless (an address that is none, a day that cannot be
 *  read) is not taken. */
void page_facts_offer(PageFacts *facts, PageFact fact, guint rank, const char *value);
void page_facts_clear(PageFacts *facts);

/** An attribute; NULL. `attributes` as libxml2 hands them: name, value or NULL, …, NULL. */
const char *page_attribute(const char *const *attributes, const char *name);
/** <meta>, <link>, <time>, <html>: by tag. `within_article`: a <time> there is the page's own. */
void page_facts_element(PageFacts *facts, const char *tag, const char *const *attributes,
                        bool within_article);
/** A script of the type application/ld+json. */
void page_facts_json(PageFacts *facts, const char *json, gsize length);
/** The encoding that <meta> or an XML declaration names in the first 4 KiB; NULL. Transfers. */
char *page_declared_encoding(const void *bytes, gsize length);
