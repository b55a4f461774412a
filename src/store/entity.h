/* store/entity.h: the functions that every kind of record has.
 *
 * STORE_ENTITY(StoreSource, store_source) declares
 *
 *   StoreSource *store_source_new(void);
 *       empty: ids 0, text NULL, reals NaN. Transfers.
 *   void store_source_free(StoreSource *source);
 *   void store_source_init(StoreSource *source);  void store_source_clear(StoreSource *source);
 *       the same for a struct of one's own (in an array): begin with init, never with zeros
 *       alone (day 0 is 1 January 1970); clear frees its fields.
 *   StoreSource *store_source_load(Store *store, gint64 id, GError **error);
 *       NULL with NOT_FOUND ("There is no source S12.") or another error. Transfers.
 *   bool store_source_add(Store *store, StoreSource *source, GError **error);
 *       inserts, sets source->id (an id > 0 given is kept, error if taken).
 *   bool store_source_update(Store *store, const StoreSource *source, GError **error);
 *       writes all fields of the record with that id. Sealed fields that are NULL are left as
 *       they stand while the connection is not unsealed.
 *   bool store_source_remove(Store *store, gint64 id, GError **error);
 *       the log keeps that it was there; the full-text index forgets it, its links go
 *       with it. USAGE when another record names it or rests on it. Its id is never used again.
 *   GPtrArray *store_source_list(Store *store, const StorePage *page, GError **error);
 *       records in order of id, freed with the array. page NULL: all of them.
 *   gint64 store_source_count(Store *store, GError **error);
 *   StoreCursor *store_source_cursor(Store *store, const StorePage *page, GError **error);
 *   const StoreSource *store_source_next(StoreCursor *cursor, GError **error);
 *       one record after the other without allocation: all pointers are borrowed until the
 *       next call; NULL at the end or with error set. Do not write to the store in between
 *       rows of the same kind.
 *
 * STORE_ENTITY_BY(StoreStatement, store_statement, report) declares
 *   GPtrArray *store_statement_list_by_report(Store *store, gint64 report_id,
 *                                             const StorePage *page, GError **error);
 *   those whose report_id is that (0: those that have none), in order of id. */
#pragma once
#include "store/store.h"

/** One page of a list, by key: constant cost however deep. */
typedef struct {
    gint64
        after; /**< only ids beyond this one (above, or below when descending); 0: from the start */
    gsize limit;     /**< 0: all */
    gsize offset;    /**< rows skipped first: for jumps to page 10,000; costs about 20 ns a row */
    bool descending; /**< newest first */
} StorePage;

typedef struct StoreCursor StoreCursor;
void store_cursor_free(StoreCursor *cursor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreCursor, store_cursor_free)

#define STORE_ENTITY(Type, prefix)                                                                 \
    Type *prefix##_new(void);                                                                      \
    void prefix##_init(Type *record);                                                              \
    void prefix##_clear(Type *record);                                                             \
    void prefix##_free(Type *record);                                                              \
    Type *prefix##_load(Store *store, gint64 id, GError **error);                                  \
    bool prefix##_add(Store *store, Type *record, GError **error);                                 \
    bool prefix##_update(Store *store, const Type *record, GError **error);                        \
    bool prefix##_remove(Store *store, gint64 id, GError **error);                                 \
    GPtrArray *prefix##_list(Store *store, const StorePage *page, GError **error);                 \
    gint64 prefix##_count(Store *store, GError **error);                                           \
    StoreCursor *prefix##_cursor(Store *store, const StorePage *page, GError **error);             \
    const Type *prefix##_next(StoreCursor *cursor, GError **error);                                \
    G_DEFINE_AUTOPTR_CLEANUP_FUNC(Type, prefix##_free)

#define STORE_ENTITY_BY(Type, prefix, parent)                                                      \
    GPtrArray *prefix##_list_by_##parent(Store *store, gint64 parent##_id, const StorePage *page,  \
                                         GError **error);
