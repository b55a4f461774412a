#include "store/hold.h"

#include "base/i18n.h"
#include "store/server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The server lets a killed process' lock go when its statement has ended. */
enum { TRIES = 10, PAUSE_MICROSECONDS = 150000 };

struct StoreHold {
    Store *store;
    char *name, *busy;
    int file; /* -1: a server */
};

static bool fail_busy(const StoreHold *hold, GError **error)
{
    g_autofree char *sentence = g_strdup(hold->busy);
    g_auto(GStrv) parts = g_strsplit(sentence, "%s", -1);
    g_autofree char *whole = g_strjoinv(hold->store->folder, parts);
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_BUSY, whole);
    return false;
}

static bool take_file(StoreHold *hold, GError **error)
{
    g_autofree char *file = g_strconcat(hold->name, ".lock", NULL);
    g_autofree char *path = g_build_filename(hold->store->folder, file, NULL);
    hold->file = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (hold->file >= 0 && flock(hold->file, LOCK_EX | LOCK_NB) == 0)
        return true;
    const int why = errno;
    if (why == EWOULDBLOCK)
        return fail_busy(hold, error);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_IO, _("%s cannot be written: %s."), path,
                i18n_errno(why));
    return false;
}

/* A lock of two numbers: of the name, and of the case. */
#define SERVER_LOCK "hashtext('zenhar ' || ?1), CAST(?2 AS integer)"
static const char TAKE_SQL[] = "SELECT pg_try_advisory_lock(" SERVER_LOCK ")";
static const char HELD_SQL[] =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = CAST(hashtext('zenhar ' || ?1) AS oid) AND objid = CAST(?2 AS oid)"
    " AND objsubid = 2 AND granted";
static const char FREE_SQL[] = "SELECT pg_advisory_unlock(" SERVER_LOCK ")";

static bool ask_server(const StoreHold *hold, const char *sql, bool *ret, GError **error)
{
    gint64 value = 0;
    const StoreBind binds[] = {{.type = 't', .p = hold->name, .n = strlen(hold->name)},
                               {.type = 'i', .i = hold->store->case_number}};
    if (!store_query_int(hold->store, sql, binds, G_N_ELEMENTS(binds), &value, NULL, error))
        return false;
    *ret = value != 0;
    return true;
}

static bool take_server(const StoreHold *hold, GError **error)
{
    bool taken = false;
    for (int i = 0; i < TRIES; i++) {
        if (!ask_server(hold, TAKE_SQL, &taken, error))
            return false;
        if (taken)
            return true;
        g_usleep(PAUSE_MICROSECONDS);
    }
    return fail_busy(hold, error);
}

StoreHold *store_hold_take(Store *store, const char *name, const char *busy, GError **error)
{
    StoreHold *hold = g_new0(StoreHold, 1);
    hold->store = store;
    hold->name = g_strdup(name);
    hold->busy = g_strdup(busy);
    hold->file = -1;
    if (store_on_server(store) ? take_server(hold, error) : take_file(hold, error))
        return hold;
    store_hold_free(hold);
    return NULL;
}

bool store_hold_check(StoreHold *hold, GError **error)
{
    bool held = true;
    if (!store_on_server(hold->store))
        return true;
    return ask_server(hold, HELD_SQL, &held, error) && (held || take_server(hold, error));
}

void store_hold_free(StoreHold *hold)
{
    if (hold == NULL)
        return;
    bool freed;
    if (hold->file >= 0)
        close(hold->file);
    else if (store_on_server(hold->store))
        ask_server(hold, FREE_SQL, &freed, NULL);
    g_free(hold->name);
    g_free(hold->busy);
    g_free(hold);
}
