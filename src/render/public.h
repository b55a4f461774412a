/* render/public.h: what is published of a case: a folder of files that any web server can serve.
 *
 *     published.json   what belongs to it: name, media type, SHA-256, bytes of each file, and when
 *     index.html       both languages, the way in: how long, what is asked, the letters
 *     en.html fa.html  what was asked, who has answered, what bodies did, who signed
 *     clock-en.atom …  the same as a feed (RFC 4287) and as JSON, in each language
 *     AP2.html AP2.pdf letters that were named, sealed; no other
 *     style.css vazirmatn.ttf
 *
 * In it stand offices, public steps with their sources, and letters, which name no person at risk;
 * of signatories those whose signature holds and who are named, the others as a number. Nothing
 * else of the case. Files are written beside their names and put in place, the list last; what an
 * earlier list named and this one does not is removed. */
#pragma once
#include "base/error.h"
#include "base/i18n.h"
#include "store/store.h"
#include <libxml/xmlwriter.h>

typedef struct {
    const GArray *letters; /**< gint64: appeals to publish whole; NULL or empty none */
    gint64 clock_id;       /**< the letter whose clock is shown; 0: the oldest sent */
    gint32 day;            /**< as it stood then; G_MININT32: today */
    /** Is told of each file. NULL: nobody. */
    void (*tell)(void *context, const char *name);
    void *context;
} RenderPublic;

/** Writes the folder (made when it is missing). False with error: DATA nothing was sent, a letter
 *  that is not sealed or whose text was changed since; USAGE the folder holds other files; IO. */
bool render_public(Store *store, const RenderPublic *options, const char *folder, GError **error);

#define RENDER_PUBLIC_LIST "published.json"

/** Lines at the head of a page: where else to look. */
typedef struct {
    const char *href, *text, *lang; /**< lang NULL: the page's own */
} PublicLink;
/** Writes them. Private to src/render. */
void public_links(xmlTextWriter *writer, const PublicLink *links);
/** What a labelled case carries on each page. Private to src/render. */
void public_label(xmlTextWriter *writer, const char *label);
/** The clock as one page with the site's style sheet and these links (ends with NULL href), each
 *  ask with its text and basis. As render_clock. Private to src/render. */
char *clock_public_page(Store *store, gint64 appeal_id, gint32 day, I18nLanguage language,
                        const PublicLink *links, GError **error);
/** public_index.c: the way in. NULL with error set. Transfers. Private to src/render. */
char *public_index_page(Store *store, const RenderPublic *options, const char *label,
                        GError **error);
/** A letter as one page with the site's style sheet. Private to src/render. Transfers. */
char *letter_public_page(Store *store, gint64 appeal_id, const PublicLink *links, GError **error);
