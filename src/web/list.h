/* web/list.h: the list of reports: what was asked for, and the parts of its page. */
#pragma once
#include "store/query_web.h"
#include "web/page.h"

enum {
    LIST_COUNTED = 10000, /**< reports, at most, that are counted */
    LIST_NARROWED = 5000, /**< that what it can be narrowed down by is counted over */
};

typedef struct {
    StoreWebFind find;
    char *folded;             /**< of the words */
    const char *words;        /**< as typed; borrowed */
    const char *from, *to;    /**< as typed; borrowed */
    const char *date_trouble; /**< a sentence; NULL: dates are fine */
    GArray *ids;
    gint64 count;
    bool has_older, has_newer;
} List;

/** The list's own address from its first page, with the parameter `name` set to another value (NULL
 *  or "": taken away); its other filters stay. name NULL: as it is. Transfers. */
char *list_path(const Page *page, const char *name, const char *value);
/** What identifies the filters, for what is kept of them. Transfers. */
char *list_key(const List *list, const char *what);

/** Ids (gint64) of the reports that the request's filters leave, newest first, at most `limit`; its
 *  place in the list counts for nothing. NULL with error set: INPUT for a date. Transfers. */
GArray *list_ids(const WebRequest *request, gsize limit, GError **error);
/** Is any filter of the list set in the request? */
bool list_is_narrowed(const WebRequest *request);

/** Filters that are set, each with a link that takes it away. (page_facets.c) */
void list_draw_chosen(const Page *page, const List *list);
/** Values to narrow the list down by, with how many reports each would leave. (page_facets.c) */
void list_draw_facets(const Page *page, const List *list);
/** Searches that were saved under a name, and the form to save this one. (page_views.c) */
void list_draw_views(const Page *page);
