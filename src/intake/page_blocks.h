/* intake/page_blocks.h: the blocks of a page's text and which of them are its main text. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum {
    PAGE_BLOCK_PARAGRAPH,
    PAGE_BLOCK_ITEM, /**< of a list, a row of a table */
    PAGE_BLOCK_TITLE,
} PageBlockKind;

/** Where on the page it stands, as the page says itself. */
enum { PAGE_IN_MAIN = 1, PAGE_IN_BODY = 2 };

typedef struct {
    gsize start, length; /* into the page's text */
    guint words, linked; /* words, and those of them within links */
    PageBlockKind kind;
    guint regions; /* PAGE_IN_… */
    guint article; /* which article, from 1; 0 none */
    bool keep;
} PageBlock;

/** Marks the main text with `keep`. False when it could not be told apart: all is kept. */
bool page_blocks_choose(GArray *blocks);
/** The kept blocks as text. Transfers. */
char *page_blocks_join(const GArray *blocks, const char *text, gsize *ret_length);
