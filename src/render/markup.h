/* render/markup.h: XML and HTML by libxml2's writer: text is cleaned of what XML 1.0 cannot hold,
 * and nothing that came from outside is ever markup. */
#pragma once
#include "base/i18n.h"
#include <libxml/xmlwriter.h>

/** Valid UTF-8 that XML 1.0 may hold; NULL is "". Transfers. */
char *markup_clean(const char *text);
void markup_start(xmlTextWriter *writer, const char *name);
/** Always with an end tag: <td></td>. */
void markup_end(xmlTextWriter *writer);
void markup_attribute(xmlTextWriter *writer, const char *name, const char *value);
void markup_words(xmlTextWriter *writer, const char *text);
/** A whole element of words. */
void markup_element(xmlTextWriter *writer, const char *name, const char *text);
/** A page of HTML up to <main>: language, direction, width of the screen, title, style (NULL: the
 *  sheet style.css beside it). */
void markup_page_start(xmlTextWriter *writer, I18nLanguage language, const char *title,
                       const char *style);
void markup_page_end(xmlTextWriter *writer);

/** A writer into memory, and what it wrote. */
typedef struct {
    xmlBuffer *buffer;
    xmlTextWriter *writer;
} Markup;
Markup markup_new(void);
/** Frees the writer. Transfers. */
char *markup_finish(Markup *markup);
