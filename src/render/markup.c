#include "render/markup.h"

#include <glib.h>
#include <string.h>

char *markup_clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *out = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\t' || c == '\n' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF))
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

void markup_start(xmlTextWriter *writer, const char *name)
{
    xmlTextWriterStartElement(writer, BAD_CAST name);
}

void markup_end(xmlTextWriter *writer)
{
    xmlTextWriterFullEndElement(writer);
}

void markup_attribute(xmlTextWriter *writer, const char *name, const char *value)
{
    g_autofree char *safe = markup_clean(value);
    xmlTextWriterWriteAttribute(writer, BAD_CAST name, BAD_CAST safe);
}

void markup_words(xmlTextWriter *writer, const char *text)
{
    g_autofree char *safe = markup_clean(text);
    xmlTextWriterWriteString(writer, BAD_CAST safe);
}

void markup_element(xmlTextWriter *writer, const char *name, const char *text)
{
    markup_start(writer, name);
    markup_words(writer, text);
    markup_end(writer);
}

static void meta(xmlTextWriter *writer, const char *name, const char *value, const char *content)
{
    markup_start(writer, "meta");
    markup_attribute(writer, name, value);
    if (content != NULL)
        markup_attribute(writer, "content", content);
    xmlTextWriterEndElement(writer);
}

void markup_page_start(xmlTextWriter *writer, I18nLanguage language, const char *title,
                       const char *style)
{
    xmlTextWriterStartDTD(writer, BAD_CAST "html", NULL, NULL);
    xmlTextWriterEndDTD(writer);
    markup_start(writer, "html");
    markup_attribute(writer, "lang", i18n_tag(language));
    markup_attribute(writer, "dir", language == I18N_PERSIAN ? "rtl" : "ltr");
    markup_start(writer, "head");
    meta(writer, "charset", "utf-8", NULL);
    meta(writer, "name", "viewport", "width=device-width");
    meta(writer, "name", "referrer", "no-referrer");
    markup_element(writer, "title", title);
    if (style != NULL) {
        markup_element(writer, "style", style);
    } else {
        markup_start(writer, "link");
        markup_attribute(writer, "rel", "stylesheet");
        markup_attribute(writer, "href", "style.css");
        xmlTextWriterEndElement(writer);
    }
    markup_end(writer);
    markup_start(writer, "body");
    markup_start(writer, "main");
}

void markup_page_end(xmlTextWriter *writer)
{
    markup_end(writer); /* main */
    markup_end(writer); /* body */
    markup_end(writer); /* html */
    xmlTextWriterEndDocument(writer);
}

Markup markup_new(void)
{
    xmlBuffer *buffer = xmlBufferCreate();
    return (Markup){buffer, xmlNewTextWriterMemory(buffer, 0)};
}

char *markup_finish(Markup *markup)
{
    xmlFreeTextWriter(markup->writer);
    char *text = g_strdup((const char *)xmlBufferContent(markup->buffer));
    xmlBufferFree(markup->buffer);
    return text;
}
