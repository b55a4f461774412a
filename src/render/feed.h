/* render/feed.h: an Atom feed (RFC 4287), entry by entry. */
#pragma once
#include "render/markup.h"

typedef struct {
    Markup markup;
} Feed;

typedef struct {
    const char *id; /**< for ever the same for the same thing (RFC 4151 or a URN) */
    const char *title;
    gint64 updated; /**< seconds */
    const char *text;
    const char *link, *link_type; /**< what it is about, beside the feed; NULL none */
} FeedEntry;

Feed feed_new(I18nLanguage language, const char *id, const char *title, gint64 updated);
void feed_entry(Feed *feed, const FeedEntry *entry);
/** Ends and frees it. Transfers. */
char *feed_finish(Feed *feed);
