/* render/typeset.h: a document onto A4 pages, as PDF.
 *
 * Lines are broken by Pango, pages here: a heading never stands at the foot of a page without
 * two lines of what follows, no paragraph leaves one line alone, a table's head returns on each
 * page, a figure stays with its caption, footnotes stand on the page of their mark. The file is
 * tagged (headings, paragraphs, tables, figures), names its language and its direction of
 * reading, has an outline, and its text can be taken out as it was written (glyphs.h).
 * The same document gives the same bytes. About 10 ms a page. */
#pragma once
#include "render/document.h"

typedef struct {
    guint n_pages;
    guint missing; /**< characters that the typeface does not have: shown as boxes */
} TypesetSummary;

/** The document as PDF. The thread's language must be the document's. NULL with error set.
 *  Transfers. summary may be NULL. */
GBytes *typeset_pdf(const Document *document, TypesetSummary *summary, GError **error);
/** n > 0 documents as one PDF to print on both sides: each keeps its own page numbers and begins on
 *  a front side (an empty page before it where needed, not counted in n_pages). Metadata are the
 *  first one's. */
GBytes *typeset_batch_pdf(const Document *const documents[], gsize n, TypesetSummary *summary,
                          GError **error);
