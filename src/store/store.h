/* store/store.h: the case: one folder, one encrypted database, one way in.
 *
 *     NAME.zenhar/
 *       case.json        format version, Argon2id parameters and salt, wrapped keys, public key
 *       case.db (-wal)   SQLite, every page sealed by AEGIS-256
 *       originals/ab/…   sealed files (evidence/original.h)
 *
 * A Store is one connection; use it from one thread at a time. Threads of the web
 * application each open their own by store_open_with_keys.
 *
 * Writing. Every change goes through one place that tells the change hook (StoreHook) in
 * the same transaction: the evidence log hangs there, so that no writer can forget it. A
 * Store without a hook refuses to write; open cases with evidence_open(), which sets it.
 *
 * What is acknowledged (store_commit returned true) survives kill -9 and power loss: the
 * write-ahead log is synced at each commit (in bulk at the end: store_bulk_begin).
 *
 * Records. Each kind is a struct with `id` first; text fields are owned by the struct
 * (g_free-able), `0` is "none" for ids, NULL for text, NaN for real numbers, G_MININT32 and
 * G_MAXINT32 for open days. Sealed fields (marked) read as NULL unless store_unseal() was
 * called: a look is logged. store/entity.h tells the functions that each kind has. */
#pragma once
#include "base/error.h"
#include "store/id.h"
#include "store/keys.h"
#include <glib.h>
#include <stdbool.h>

typedef struct Store Store;

typedef enum {
    STORE_READ, /**< changes are refused; a read-only folder is fine */
    STORE_WRITE,
} StoreMode;

enum { STORE_FORMAT_VERSION = 3 };

/** Makes the folder (which must not exist, or be empty) and an empty case in it; opens it for
 *  writing. cost may be NULL. Errors: USAGE (exists), IO. */
Store *store_create(const char *folder, const char *passphrase, const StoreKeyCost *cost,
                    GError **error);
/** The tables of a server's database, without a case in it: what an administrator needs before the
 *  first one. USAGE: `place` is a folder. */
bool store_tables_make(const char *place, GError **error);
/** Errors: PASSPHRASE, NOT_FOUND, NOT_A_CASE, NEWER, IO, BUSY. An older schema is brought up
 *  to date when the mode is STORE_WRITE; STORE_READ of an older schema says to open it once
 *  for writing. */
Store *store_open(const char *folder, const char *passphrase, StoreMode mode, GError **error);
/** A further connection with the keys of the first (no key derivation: about 1 ms). */
Store *store_open_with_keys(const char *folder, StoreKeys *keys, StoreMode mode, GError **error);
/** Rolls back what is open. NULL does nothing. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

const char *store_folder(const Store *store); /**< borrowed */
StoreKeys *store_keys(const Store *store);    /**< borrowed */
StoreMode store_mode(const Store *store);

/** Transactions nest: inner ones are savepoints. The outermost takes the write lock at once
 *  (waits up to 10 s, then error BUSY). Each begin needs one commit or rollback. Single
 *  writes outside a transaction are transactions of their own. */
bool store_begin(Store *store, GError **error);
bool store_commit(Store *store, GError **error); /**< on failure everything is rolled back */
void store_rollback(Store *store);
guint store_depth(const Store *store); /**< 0: no transaction */

/** A consistent view for many reads (snapshot); ends with store_read_end. Nests: the outermost
 *  counts. Within a transaction, which is such a view itself, both do nothing. */
bool store_read_begin(Store *store, GError **error);
void store_read_end(Store *store);

/** From now on this connection reads sealed fields. Writes an audit entry (who, why) first,
 *  when the case is open for writing; a case open for reading only is unsealed without one.
 *  user_id 0 is the command line. */
bool store_unseal(Store *store, gint64 user_id, const char *reason, GError **error);
void store_unseal_end(Store *store);
bool store_unsealed(const Store *store);

/** The clock of written records: seconds since 1970-01-01 UTC; tests and `--now` may fix it
 *  (0: the real one again). */
gint64 store_now(const Store *store);
void store_set_now(Store *store, gint64 seconds);

/* ---- the change hook ---- */

typedef enum { STORE_INSERT = 1, STORE_UPDATE = 2, STORE_REMOVE = 3 } StoreOperation;

typedef struct {
    StoreKind kind;
    StoreOperation operation;
    gint64 id;
    const guint8 *bytes; /**< the record's canonical form (docs/formats.md); empty for REMOVE */
    gsize length;
} StoreChange;

typedef struct {
    /** Position that the next change will have in the log; -1 with error set. It is kept in the
     *  record's row, so that proofs find it. */
    gint64 (*position)(void *context, Store *store, GError **error);
    bool (*changed)(void *context, Store *store, const StoreChange *change, GError **error);
    /** Savepoints: how many changes so far, and forget those after. */
    gsize (*mark)(void *context);
    void (*rewind)(void *context, gsize mark);
    /** Just before the outermost commit, inside it: may write through store/log.h. */
    bool (*before_commit)(void *context, Store *store, GError **error);
    /** After it, or after a rollback. */
    void (*ended)(void *context, bool committed);
    void (*free)(void *context);
} StoreHook;

/** The hook must outlive the store (static); the context is freed with the store. */
void store_set_hook(Store *store, const StoreHook *hook, void *context);
void *store_hook_context(const Store *store);

/* ---- counts and care ---- */

/** Rows of a kind; -1 with error set. */
gint64 store_count(Store *store, StoreKind kind, GError **error);
/** Between these two, commits are not forced to the disk one by one: a kill still loses nothing,
 *  a power cut may take back the newest ones, each whole. store_bulk_end forces all of them; only
 *  then is what was written since acknowledged. Outside transactions; not nested. An end without
 *  a begin does nothing; closing a store ends it too. */
bool store_bulk_begin(Store *store, GError **error);
bool store_bulk_end(Store *store, GError **error);

/** After a bulk load: merges the full-text index, refreshes statistics, checkpoints. */
bool store_optimize(Store *store, GError **error);
/** SQLite's own check of the database's structure; a sentence in error at the first fault. */
bool store_check(Store *store, GError **error);
