/* store/query_web.h: what the web pages ask that no other room does. */
#pragma once
#include "store/report.h"

/** Reports for a list: filters and words together. Withdrawn and rejected ones are left out. */
typedef struct {
    const char *folded_query; /**< as for store_search; NULL or "": any text */
    gint64 source_id;         /**< 0: any */
    gint64 place_id;          /**< 0: any; else that place and those that lie in it */
    const char *kind;         /**< of the report or of one of its statements; NULL or "": any */
    gint32 from_day, to_day;  /**< G_MININT32, G_MAXINT32: open; the report's span meets them */
    gint64 below;             /**< ids below that one; 0: from the newest */
    gint64 above;             /**< ids above that one, for the page before; 0 no */
    gsize limit;
} StoreWebFind;

/** Newest first (also with `above`: the `limit` nearest). GArray of gint64. Transfers. */
GArray *store_web_find(Store *store, const StoreWebFind *find, GError **error);
/** How many in all (below and above left aside), counted up to `limit`; -1 with error set. */
gint64 store_web_find_count(Store *store, const StoreWebFind *find, gint64 limit, GError **error);

/** One row of a tally. */
typedef struct {
    gint64 id;    /**< of the source or place; 0 none */
    char *name;   /**< kind's or source's name; NULL for places and weeks */
    gint32 day;   /**< first day of the week */
    gint64 count; /**< reports (for kinds: statements) */
    gint64 last;  /**< seconds: when the newest of them was received */
} StoreWebCount;
/** Most first; at most `limit` (0: all). GPtrArray of StoreWebCount. Transfers. */
GPtrArray *store_web_count_sources(Store *store, gsize limit, GError **error);
GPtrArray *store_web_count_kinds(Store *store, gsize limit, GError **error);
GPtrArray *store_web_count_places(Store *store, gsize limit, GError **error);
/** Reports by the week (Monday first) in which they were received, oldest first: the `weeks` weeks
 *  up to the newest report, those without any too. */
GPtrArray *store_web_count_weeks(Store *store, guint weeks, GError **error);

/** What is in the case, in one look. */
typedef struct {
    gint64 reports, statements, sources, originals, persons, acts, quarantined;
    gint64 first_received, last_received; /**< seconds; 0 without reports */
} StoreWebTotals;
bool store_web_totals(Store *store, StoreWebTotals *ret_totals, GError **error);
