/* Care of the database: merging after a bulk load, SQLite's own check. */
#include "base/i18n.h"
#include "store/private.h"

#include <string.h>

/* Not a change of any record: no hook, but the lock of a writer. */
bool store_optimize(Store *store, GError **error)
{
    g_assert(store->depth == 0 && store->mode == STORE_WRITE);
    return store_run(store,
                     "INSERT INTO search(search) VALUES('optimize');"
                     "PRAGMA analysis_limit=1000; PRAGMA optimize=0x10002;"
                     "PRAGMA wal_checkpoint(TRUNCATE)",
                     error);
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
    sqlite3_stmt *row = store_prepare(store, "PRAGMA integrity_check(1)", error);
    if (row == NULL || store_step(store, row, error) != 1)
        return false;
    g_autofree char *words = g_strdup((const char *)sqlite3_column_text(row, 0));
    sqlite3_reset(row);
    if (g_strcmp0(words, "ok") != 0)
        return fault(store, words, error);
    row = store_prepare(store, "PRAGMA foreign_key_check", error);
    if (row == NULL)
        return false;
    const int found = store_step(store, row, error);
    if (found == 1) {
        g_autofree char *where =
            g_strdup_printf("%s %" G_GINT64_FORMAT, (const char *)sqlite3_column_text(row, 0),
                            (gint64)sqlite3_column_int64(row, 1));
        sqlite3_reset(row);
        return fault(store, where, error);
    }
    return found == 0;
}
