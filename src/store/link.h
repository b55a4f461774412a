/* store/link.h: "this rests on that": what `zenhar trace` walks.
 *
 * Links written: an act rests on statements where statement.act_id names it (no row needed);
 * a series, alarm, estimate, rating, appeal or figure rests on what its rows here say. Links
 * that fields already hold (statement → report → original, assessment → its ratings, alarm →
 * series, …) are found too: store_trace_step gives both. A record goes with the links from it;
 * one that a link leads to cannot be removed. */
#pragma once
#include "store/entity.h"

typedef struct {
    gint64 id;
    gint32 from_kind; /**< StoreKind of what rests */
    gint64 from_id;
    gint32 to_kind; /**< StoreKind of what it rests on */
    gint64 to_id;
    char *role; /**< evidence, contradicts, part, asks, answers; not walked: undone, a part that
                 * left; version, an earlier text of a draft; NULL */
    char *note;
} StoreLink;
STORE_ENTITY(StoreLink, store_link)

/** Adds unless it is there. */
bool store_link_join(Store *store, StoreKind from_kind, gint64 from_id, StoreKind to_kind,
                     gint64 to_id, const char *role, GError **error);
/** Rows of `link` from, or to, one record, in order of id. */
GPtrArray *store_link_list_from(Store *store, StoreKind kind, gint64 id, const StorePage *page,
                                GError **error);
GPtrArray *store_link_list_to(Store *store, StoreKind kind, gint64 id, const StorePage *page,
                              GError **error);
/** Removes all rows from a record (before writing them anew). */
bool store_link_clear_from(Store *store, StoreKind kind, gint64 id, GError **error);

typedef struct {
    StoreKind kind;
    gint64 id;
    const char *role; /**< static or interned; never NULL ("" none) */
} StoreTraceStep;
/** What one record rests on directly, rows and fields alike, at most `limit` (0: all), in
 *  order of kind and id. GArray of StoreTraceStep. Transfers. */
GArray *store_trace_step(Store *store, StoreKind kind, gint64 id, gsize limit, GError **error);
