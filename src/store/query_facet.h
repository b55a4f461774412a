/* store/query_facet.h: what the reports of a list have in common, to narrow it down by. */
#pragma once
#include "store/query_web.h"

typedef struct {
    gint32 first_day, last_day; /**< of what is told; G_MININT32, G_MAXINT32: that end is open */
    gint64 count;               /**< reports with just that span */
} StoreWebSpan;

/** Each count is what store_web_find would give with that value chosen as well, as long as all that
 *  fit were counted. Lists: StoreWebCount, most first (id or name, count). */
typedef struct {
    GPtrArray *sources; /**< by id */
    GPtrArray *kinds;   /**< by name; a report may have several */
    GPtrArray
        *places;    /**< those right within the chosen place; within the only one, if it is one */
    GArray *spans;  /**< StoreWebSpan; without those that nobody gave a day */
    gint64 counted; /**< reports that were looked at: at most the limit, the newest */
} StoreWebFacets;
void store_web_facets_free(StoreWebFacets *facets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreWebFacets, store_web_facets_free)

/** Of the newest `limit` reports that fit (below, above, limit of `find` left aside). */
StoreWebFacets *store_web_facets(Store *store, const StoreWebFind *find, gsize limit,
                                 GError **error);
