/* handover/taker.h: records of another case taken into this one, one after the other.
 *
 * Each gets a number here; what it names is put into our numbers. A record that came by an earlier
 * export of the same case, or has the same key as one here (a source's name, a report's contents),
 * is known: it stays as it stands here. Who became whom is kept, sealed, as an original, so that a
 * later export of that case adds only what is new. All within the caller's transaction. */
#pragma once
#include "store/plain.h"
#include <jansson.h>

typedef struct {
    gint64 added[STORE_N_KINDS], known[STORE_N_KINDS];
    gint64 unnamed;     /**< records that another one names and that did not come with it */
    gint64 original_id; /**< of the export; 0: it was taken in before, nothing was added */
} TakeDone;
gint64 take_done_added(const TakeDone *done);
gint64 take_done_known(const TakeDone *done);

typedef struct Taker Taker;
/** tag: the other case's name in its exports (outlet_id). The store is open for writing, within a
 *  transaction. Errors: INTEGRITY when what an earlier import kept cannot be read. */
Taker *taker_new(Store *store, const char *tag, GError **error);
void taker_free(Taker *taker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taker, taker_free)

/** Where the reports that follow come from. */
void taker_from(Taker *taker, gint64 original_id, gint64 import_id);

/** A field's text by its name; NULL when it has none. Borrowed until the next call. */
typedef const char *(*TakerValue)(void *context, const char *field);
/** Of an object of "fields", as TakerValue: each member as plain text. Free `room` at the end. */
typedef struct {
    const json_t *fields;
    char *room; /**< of what is no text there */
} TakerFields;
const char *taker_field(void *fields, const char *name);
/** One record; offset and length: where it stands in the original. INPUT names the field at fault.
 *  Reports keep their own original when `keep_original` and it was mapped. */
bool taker_add(Taker *taker, StoreKind kind, gint64 theirs, TakerValue value, void *context,
               guint64 offset, guint64 length, GError **error);
/** Says that their record is this one here. */
void taker_map(Taker *taker, StoreKind kind, gint64 theirs, gint64 ours);
/** Our number of theirs; 0 none. */
gint64 taker_ours(const Taker *taker, StoreKind kind, gint64 theirs);
/** Joins what named a later one, and keeps who became whom with `more` members of the object (NULL;
 *  takes the reference). */
bool taker_end(Taker *taker, json_t *more, TakeDone *ret, GError **error);
