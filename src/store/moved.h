/* store/moved.h: the mark of a case that is on its way to another place, or went there.
 *
 *     coming    the target of a move that is not whole: nobody but the move opens it
 *     leaving   its source meanwhile: read, never written
 *     away      the source afterwards: likewise, until it is removed or opened again
 *
 * So no moment has two copies that are both written. In a folder the mark is the file "moved",
 * which every transaction looks for under its lock; on a server it is the column cases.mark, by
 * which the server's own rules refuse writes, those of connections that were open before, too. */
#pragma once
#include "store/store.h"

#define STORE_MOVED_FILE "moved"

typedef enum {
    STORE_MOVED_NOT,
    STORE_MOVED_COMING,
    STORE_MOVED_LEAVING,
    STORE_MOVED_AWAY,
} StoreMovedState;

enum { STORE_MOVED_HEAD_BYTES = 16 };

typedef struct {
    StoreMovedState state;
    gint64 head; /**< newest of the source when the move began; 0 none */
    guint8 signature[STORE_MOVED_HEAD_BYTES]; /**< first bytes of its signature */
    char *place;                              /**< the other one: where from, where to */
} StoreMoved;

void store_moved_clear(StoreMoved *moved);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreMoved, store_moved_clear)

/** state STORE_MOVED_NOT where there is no mark. A mark that cannot be read is INTEGRITY. */
bool store_moved_get(Store *store, StoreMoved *ret_moved, GError **error);
/** Sets the mark (state NOT: takes it away) when no transaction of another writer is open; it is on
 *  the disk afterwards. The store must have been opened by store_moved_open for writing. */
bool store_moved_set(Store *store, const StoreMoved *moved, GError **error);
/** Opens a case whatever its mark, without a hook: its schema is brought up to date (WRITE). */
Store *store_moved_open(const char *place, StoreKeys *keys, StoreMode mode, GError **error);

typedef enum {
    STORE_TARGET_FREE,
    STORE_TARGET_COMING, /**< this case, half moved */
    STORE_TARGET_WHOLE,  /**< this case, whole */
} StoreTarget;
/** What stands where a case is to be moved to. Makes the tables of a server's database. USAGE:
 *  something else does; nothing was changed. */
bool store_moved_target(const char *place, StoreKeys *keys, StoreTarget *ret_target,
                        GError **error);
/** Makes the target with its mark (COMING), or opens the one that was begun. `from` lends its keys
 *  as they are wrapped. */
Store *store_moved_make(const char *place, Store *from, const StoreMoved *mark, GError **error);
/** Are both the same place, called by two names? */
bool store_moved_is_same(Store *one, Store *other, bool *ret_same, GError **error);
/** The wrapped keys of `from` once more: a passphrase may have been changed meanwhile. */
bool store_moved_keys(Store *to, Store *from, GError **error);

/** May it be opened so? DENIED with a sentence that says where the case is. */
bool store_moved_fits(Store *store, GError **error);
