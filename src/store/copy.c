/* A case's database, copied page by page within a snapshot. */
#include "store/copy.h"

#include "base/i18n.h"
#include "base/progress.h"
#include "store/server.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum { COPY_PAGES = 512 }; /* 4 MiB between two looks at Ctrl-C */

const int STORE_SCHEMA_NEWEST = STORE_SCHEMA_VERSION;

gint64 store_schema_version(Store *store, GError **error)
{
    gint64 version = -1;
    return store_query_int(
               store, store_sql(store, "PRAGMA user_version", "SELECT version FROM zenhar.meta"),
               NULL, 0, &version, NULL, error)
               ? version
               : -1;
}

gint64 store_copy_bytes(Store *store, GError **error)
{
    gint64 pages = 0, size = 0;
    const bool known = store_query_int(store, "PRAGMA page_count", NULL, 0, &pages, NULL, error) &&
                       store_query_int(store, "PRAGMA page_size", NULL, 0, &size, NULL, error);
    return known ? pages * size : -1;
}

bool store_copy_stopped(GError **error)
{
    return progress_stopped(
        _("Stopped before everything was copied. Run it again: it goes on where it stood."), error);
}

/* The source's read transaction is open, so that no writer makes the backup begin anew. */
static bool copy_pages(Store *store, Store *copy, GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy->db.lite, "main", store->db.lite, "main");
    if (backup == NULL)
        return store_fail(copy, sqlite3_errcode(copy->db.lite), error);
    g_autoptr(Progress) progress = NULL;
    int rc = SQLITE_OK;
    for (gint64 done = 0; rc == SQLITE_OK && !store_copy_stopped(error);) {
        rc = sqlite3_backup_step(backup, COPY_PAGES);
        const gint64 total = sqlite3_backup_pagecount(backup);
        const gint64 now = total - sqlite3_backup_remaining(backup);
        if (progress == NULL)
            progress = progress_new(_("Copying the database"), _("pages"), (guint64)total);
        progress_add(progress, (guint64)(now - done));
        done = now;
    }
    /* SQLite keeps the cause at the file; errno has moved on. */
    int cause = 0;
    sqlite3_file_control(copy->db.lite, "main", SQLITE_FCNTL_LAST_ERRNO, &cause);
    const int end = sqlite3_backup_finish(backup);
    if (rc == SQLITE_DONE)
        return true;
    if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
        rc = SQLITE_FULL;
    return rc != SQLITE_OK &&
           store_fail(copy, rc == SQLITE_FULL || end == SQLITE_OK ? rc : end, error);
}

bool store_copy_database(Store *store, const char *path, GError **error)
{
    g_assert(store->reading > 0 || store->depth > 0);
    if (store_on_server(store)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("A case on a server is backed up with its database (pg_dump or "
                              "pg_basebackup), not by this command."));
        return false;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    if (!store_file_make(path, error))
        return false;
    g_autoptr(Store) copy = store_new(folder, store->keys, STORE_WRITE);
    const int rc =
        sqlite3_open_v2(path, &copy->db.lite,
                        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE, NULL);
    /* What is half copied is thrown away: no journal, no waiting for the disk. */
    const bool done =
        (rc == SQLITE_OK || store_fail(copy, rc, error)) && store_connection_key(copy, error) &&
        store_run(copy, "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF",
                  error) &&
        copy_pages(store, copy, error);
    g_clear_pointer(&copy, store_close);
    if (!done)
        g_unlink(path);
    return done;
}

GArray *store_copy_originals(Store *store, GError **error)
{
    DbStatement *row =
        store_prepare(store, "SELECT id, bytes, sha256 FROM original ORDER BY id", error);
    if (row == NULL)
        return NULL;
    g_autoptr(GArray) originals = g_array_new(FALSE, FALSE, sizeof(StoreCopyOriginal));
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        StoreCopyOriginal original = {.id = db_int64(row, 0), .bytes = db_int64(row, 1)};
        if (db_bytes(row, 2) == (int)sizeof original.sha256) {
            memcpy(original.sha256, db_blob(row, 2), sizeof original.sha256);
            g_array_append_val(originals, original);
        }
    }
    return found == 0 ? g_steal_pointer(&originals) : NULL;
}
