/* store/erasure.h: one person erased on request: what is tied to the person, what goes of it, and
 * the record that says so. What goes: sealed fields, whose leaves are taken out of the tree of keys
 * (store/seal_tree.h), and the columns that say who it was, set to none by logged changes. */
#pragma once
#include "store/entity.h"

/** That a person was erased. Add only. */
typedef struct {
    gint64 id;
    gint64 person_id;
    char *reason;
    gint64 user_id; /**< 0: at the command line */
    char *records;  /**< "P12 T4 R9 O3": whose identifying values went */
    gint64 created;
} StoreErasure;
STORE_ENTITY(StoreErasure, store_erasure)

/** Which records were erased, by which erasure. */
typedef struct StoreErased StoreErased;
StoreErased *store_erased_load(Store *store, GError **error);
void store_erased_free(StoreErased *erased);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreErased, store_erased_free)
/** NULL: not erased. Borrowed. */
const StoreErasure *store_erased_find(const StoreErased *erased, StoreKind kind, gint64 id);
/** One look; NULL without error: not erased. Transfers. */
StoreErasure *store_erasure_of(Store *store, StoreKind kind, gint64 id, GError **error);

typedef enum {
    STORE_ERASE_GOES,
    STORE_ERASE_STAYS_OTHERS, /**< others are in it; it goes when it is asked for */
    STORE_ERASE_STAYS_FILE,   /**< a sealed file; it goes when it is asked for */
    STORE_ERASE_STAYS_LETTER, /**< written or sent; what it says of the person is not known */
} StoreEraseFate;
typedef struct {
    StoreKind kind;
    gint64 id;
    StoreEraseFate fate;
    gint64 others; /**< persons, in a report; reports of others, in an original */
} StoreEraseItem;
/** What is tied to a person: the persons that became it, statements, consents, answers, acts,
 *  reports and their originals, letters. `reports`, `originals` (gint64): go though others are in
 *  them. GArray of StoreEraseItem, in order of kind and number; transfers. USAGE: the person became
 *  another one; one of `reports` or `originals` does not tell of it. */
GArray *store_erase_plan(Store *store, gint64 person_id, const GArray *reports,
                         const GArray *originals, GError **error);
/** Inside an open transaction: sets to none what goes of these records (items that stay are passed
 *  by), takes their leaves and `leaves` (guint64; may be NULL) out, empties what is kept to save
 *  time. Sealed files are the caller's. */
bool store_erase_records(Store *store, const GArray *items, const GArray *leaves, GError **error);
/** Inside an open transaction: takes out the leaf of the original with that content, whose row may
 *  stand or come later. */
bool store_erase_original(Store *store, const guint8 sha256[32], GError **error);
/** After the commit: what was overwritten leaves the index, the write-ahead log and free pages.
 *  *ret_whole false: another program is reading the case, and its log could not be cut. */
bool store_erase_settle(Store *store, bool *ret_whole, GError **error);
