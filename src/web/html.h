/* web/html.h: the one place that writes markup.
 *
 * Whatever is given is escaped: text, attribute values, no exception and no way round it. Open
 * elements stand on a stack; closing another than the top one is our mistake (assert), so a page
 * cannot end with an open table. Element and attribute names are our own literals, held against
 * a list that knows no script, style, iframe or event attribute. Addresses (href, src, action)
 * that are neither a path of ours nor http(s) become "#".
 *
 * Text that came from outside may be anything: bytes that are no UTF-8 and control bytes become
 * U+FFFD, as do the two overrides of direction (U+202D, U+202E), which show another order than the
 * one that is stored. A name in the other script goes through html_name: <bdi>. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Html Html;

/** Writes to the end of `out`, which must outlive it. */
Html *html_new(GString *out);
/** Every element must have been closed. NULL does nothing. */
void html_free(Html *html);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Html, html_free)

/** "<!DOCTYPE html>" */
void html_doctype(Html *html);

/** Opens an element with attributes: name, value, name, value, NULL. A value NULL leaves its
 *  attribute out; "" writes it empty (disabled=""). */
void html_begin(Html *html, const char *element, ...) G_GNUC_NULL_TERMINATED;
/** Closes the top element, which must be that one. */
void html_end(Html *html, const char *element);
/** An element that holds one text. NULL text is empty. */
void html_put(Html *html, const char *element, const char *text, ...) G_GNUC_NULL_TERMINATED;
/** An element without contents: meta, link, input, img, br, hr, wbr. */
void html_void(Html *html, const char *element, ...) G_GNUC_NULL_TERMINATED;

/** Text; NULL is nothing. */
void html_text(Html *html, const char *text);
void html_text_length(Html *html, const char *text, gsize length);
/** A name or text whose direction is its own: <bdi>. lang may be NULL. */
void html_name(Html *html, const char *text, const char *lang);
