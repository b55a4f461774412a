#include "render/feed.h"

#include <glib.h>

static void put_time(xmlTextWriter *writer, const char *name, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text =
        time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
    markup_element(writer, name, text);
}

Feed feed_new(I18nLanguage language, const char *id, const char *title, gint64 updated)
{
    Feed feed = {markup_new()};
    xmlTextWriter *writer = feed.markup.writer;
    xmlTextWriterStartDocument(writer, "1.0", "UTF-8", NULL);
    markup_start(writer, "feed");
    markup_attribute(writer, "xmlns", "http://www.w3.org/2005/Atom");
    markup_attribute(writer, "xml:lang", i18n_tag(language));
    markup_element(writer, "id", id);
    markup_element(writer, "title", title);
    put_time(writer, "updated", updated);
    markup_start(writer, "author");
    markup_element(writer, "name", "Zenhar");
    markup_end(writer);
    return feed;
}

void feed_entry(Feed *feed, const FeedEntry *entry)
{
    xmlTextWriter *writer = feed->markup.writer;
    markup_start(writer, "entry");
    markup_element(writer, "id", entry->id);
    markup_element(writer, "title", entry->title);
    put_time(writer, "updated", entry->updated);
    if (entry->link != NULL) {
        markup_start(writer, "link");
        markup_attribute(writer, "rel", "related");
        markup_attribute(writer, "type", entry->link_type);
        markup_attribute(writer, "href", entry->link);
        xmlTextWriterEndElement(writer);
    }
    markup_start(writer, "content");
    markup_attribute(writer, "type", "text");
    markup_words(writer, entry->text);
    markup_end(writer);
    markup_end(writer);
}

char *feed_finish(Feed *feed)
{
    markup_end(feed->markup.writer);
    xmlTextWriterEndDocument(feed->markup.writer);
    return markup_finish(&feed->markup);
}
