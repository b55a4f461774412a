/* intake/page.h: what a web page says: its main text, title, day, address, language.
 *
 * Main text after Kohlschütter, Fankhauser and Nejdl, "Boilerplate Detection using Shallow Text
 * Features" (WSDM 2010), algorithm 2: a block of text is kept by its own number of words and share
 * of words in links, and those of the blocks before and after it (their decision tree, F1 0.92 on
 * their news pages). Around it, what has become usual since (Readability): HTML 5 and ARIA say
 * themselves what is navigation, classes what is a comment or a cookie notice, <article> and
 * itemprop="articleBody" where the text is. What is ours: short blocks without links between kept
 * ones stay, and so do the list items and table rows after one (lists of names are what we look
 * for); a page from which nothing would stay is kept whole.
 *
 * One pass of libxml2's HTML parser by events, no tree; nothing is loaded, no link followed. */
#pragma once
#include "base/error.h"
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *text; /**< UTF-8; paragraphs parted by an empty line, list items and lines by one */
    gsize length;
    char *title, *url, *language, *site, *author; /**< NULL unknown; url is http or https;
                                                       language is ISO 639-1, lower case */
    gint64 when; /**< published; seconds since 1970 UTC; 0 unknown */
    bool cut;    /**< nested deeper or larger than can be read; the text is the part before */
    bool whole;  /**< main text was asked for, but could not be told apart */
} IntakePage;

typedef enum {
    INTAKE_PAGE_MAIN, /**< the main text */
    INTAKE_PAGE_ALL,  /**< all text that a reader would see: of a mail, a feed's entry */
} IntakePageWanted;

/** Any bytes make a page, if an empty one. `encoding` as the server or the mail said it, or NULL:
 *  as the page says itself. Clear with intake_page_clear. */
void intake_page_read(const char *encoding, const void *bytes, gsize length,
                      IntakePageWanted wanted, IntakePage *ret_page);
void intake_page_clear(IntakePage *page);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IntakePage, intake_page_clear)

/** A copy when it is an address by http or https without space or control characters, of at most
 *  2,000 bytes; else NULL. */
char *intake_page_address(const char *text);
/** "fa-IR" → "fa"; NULL when it is no tag. Transfers. */
char *intake_page_language(const char *tag);
