/* store/record_write.h: records of any kind written, compared and renumbered; for merging cases. */
#pragma once
#include "store/record.h"

/** As the STORE_ENTITY functions of the record's kind; an id > 0 is kept. */
bool store_record_add(Store *store, StoreKind kind, void *record, GError **error);
bool store_record_update(Store *store, StoreKind kind, const void *record, GError **error);
bool store_record_remove(Store *store, StoreKind kind, gint64 id, GError **error);
/** Is there such a record? False with error set when that cannot be told. */
bool store_record_exists(Store *store, StoreKind kind, gint64 id, GError **error);
/** The number that the next new record of the kind gets. */
bool store_record_next_id(Store *store, StoreKind kind, gint64 *ret_id, GError **error);

/** The new number of a record that another one names. */
typedef gint64 (*StoreRemap)(void *context, StoreKind kind, gint64 id);
/** Every id that stands in the record (fields, kind-and-number pairs, lists of ids) through `map`;
 * its own too. Ids within prose (a letter's text) stay as they were written. */
void store_record_remap(StoreKind kind, void *record, StoreRemap map, void *context);

/** Are all ids that the kind's fields hold known to store_record_remap? A test asks it of every
 * kind. */
bool store_kind_remaps_all(StoreKind kind);

enum { STORE_DIGEST_BYTES = 16 };
/** BLAKE2b of the record's plain values (unsealed ones: the connection it was read from must be),
 *  without its own id and without what follows the id (a person's code, a notice's key). `loose`:
 * also without times of entering and without the person and act that a linkage gave it. */
void store_record_digest(StoreKind kind, const void *record, bool loose,
                         guint8 ret[STORE_DIGEST_BYTES]);
/** Is this field what makes two records of the kind the same one (a name, a hash, a key)? */
bool store_kind_column_is_key(StoreKind kind, gsize i);
/** The record of the case that has the same key; 0 none, -1 with error set. */
gint64 store_record_find_same(Store *store, StoreKind kind, const void *record, GError **error);

/** The record of the kind (person, notice, dispatch) whose code or key is that text; 0 none, -1
 * with error set. */
gint64 store_record_find_name(Store *store, StoreKind kind, const char *name, GError **error);

/** Within a transaction: references may name what is written later in it. At the end
 *  store_references_check must be called before the commit: it tells of one that names nothing. */
bool store_references_defer(Store *store, GError **error);
bool store_references_check(Store *store, GError **error);
