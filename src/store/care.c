/* Care of the database: merging after a bulk load, SQLite's own check. */
#include "base/i18n.h"
#include "store/log.h"
#include "store/server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Not a change of any record: no hook, but the lock of a writer. */
bool store_optimize(Store *store, GError **error)
{
    g_assert(store->depth == 0 && store->mode == STORE_WRITE);
    if (store_on_server(store)) /* its own keeper (autovacuum) does the rest */
        return store_run(store, "ANALYZE report; ANALYZE statement; ANALYZE link", error);
    return store_run(store,
                     "INSERT INTO search(search) VALUES('optimize');"
                     "PRAGMA analysis_limit=1000; PRAGMA optimize=0x10002;"
                     "PRAGMA wal_checkpoint(TRUNCATE)",
                     error);
}

/* In bulk the write-ahead log is let grow to 256 MiB: pages that every batch changes (the indexes'
 * roots, the tails of tables) are moved into the database a few times, not at each 48 MiB. Each
 * commit starts the log on its way to the disk and does not wait for it (store_bulk_push); the
 * end does. */
bool store_bulk_begin(Store *store, GError **error)
{
    g_assert(store->depth == 0 && store->mode == STORE_WRITE && store->bulk_log < 0);
    if (store_on_server(store)) {
        store->bulk_server = true;
        if (store->placed) /* what is committed elsewhere is on that disk already */
            return true;
        return store_run(store, "SET synchronous_commit = off", error);
    }
    g_autofree char *log = g_build_filename(store->folder, "case.db-wal", NULL);
    store->bulk_log = g_open(log, O_RDWR | O_CLOEXEC, 0);
    if (store->bulk_log < 0) /* nothing was written yet, or it cannot be: each commit waits */
        return true;
    return store_run(store, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=32000", error);
}

void store_bulk_push(Store *store)
{
    if (store->bulk_log >= 0)
        sync_file_range(store->bulk_log, 0, 0, SYNC_FILE_RANGE_WRITE);
}

bool store_in_bulk(const Store *store)
{
    return store->bulk_log >= 0 || store->bulk_server;
}

bool store_bulk_lost(const Store *store)
{
    return store->bulk_lost;
}

bool store_bulk_end(Store *store, GError **error)
{
    if (store->bulk_server) {
        /* A commit that waits, with a number of its own, makes all before it last. */
        store->bulk_server = false;
        store->bulk_lost = !store_run(store, "SET synchronous_commit = on", error) ||
                           !store_run(store, "SELECT pg_current_xact_id()", error);
        return !store->bulk_lost;
    }
    if (store->bulk_log < 0)
        return true;
    g_assert(store->depth == 0);
    /* What was moved into the database is synced there; the rest stands in the log. */
    const bool synced = fsync(store->bulk_log) == 0;
    store->bulk_lost = !synced;
    if (!synced)
        g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."),
                    store->folder, i18n_errno(errno));
    close(store->bulk_log);
    store->bulk_log = -1;
    return store_run(store, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=6000",
                     synced ? error : NULL) &&
           synced;
}

static bool fault(Store *store, const char *words, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("The database of the case %s is damaged (%s). Put back a copy from a backup."),
                store->folder, words);
    return false;
}

bool store_check(Store *store, GError **error)
{
    if (store_on_server(store)) /* what is in the records, evidence checks by their hashes */
        return store_run(store, "SELECT 1", error);
    DbStatement *row = store_prepare(store, "PRAGMA integrity_check(1)", error);
    if (row == NULL || store_step(store, row, error) != 1)
        return false;
    g_autofree char *words = g_strdup(db_text(row, 0));
    db_reset(row);
    if (g_strcmp0(words, "ok") != 0)
        return fault(store, words, error);
    row = store_prepare(store, "PRAGMA foreign_key_check", error);
    if (row == NULL)
        return false;
    const int found = store_step(store, row, error);
    if (found == 1) {
        g_autofree char *where =
            g_strdup_printf("%s %" G_GINT64_FORMAT, db_text(row, 0), (gint64)db_int64(row, 1));
        db_reset(row);
        return fault(store, where, error);
    }
    return found == 0;
}
