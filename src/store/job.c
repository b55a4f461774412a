/* The table of jobs.
 *
 * On a server a claim is one statement: the row is chosen FOR UPDATE SKIP LOCKED, so that workers
 * who ask at once get different jobs and none waits for another, nor for the case's writer. A
 * folder has one writer at a time: there it is one immediate transaction. Costs of a claim: one
 * round trip and a look whether there is anything, about 0.3 ms; in a folder a commit that waits
 * for the disk. */
#include "store/job.h"

#include "base/i18n.h"
#include "store/moved.h"
#include "store/server.h"

#include <sodium.h>
#include <string.h>

/* Kind 0 is no record's: what is sealed here opens nowhere else. 1 is the cache's. */
enum { SEAL_KIND = 0, SEAL_PAYLOAD = 2, SEAL_RESULT = 3, SEAL_FAILURE = 4 };
enum { NUMBER_KIND = 0, DIGEST_BYTES = 16, MILLISECONDS = 1000 };

const char STORE_JOB_SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS job(id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    " parent INTEGER NOT NULL, part INTEGER NOT NULL, priority INTEGER NOT NULL,"
    " tries INTEGER NOT NULL, tries_most INTEGER NOT NULL, state INTEGER NOT NULL,"
    " added INTEGER NOT NULL, ready INTEGER NOT NULL, started INTEGER NOT NULL,"
    " ended INTEGER NOT NULL, lease INTEGER NOT NULL, worker TEXT, claim BLOB, digest BLOB NOT "
    "NULL,"
    " failure BLOB, payload BLOB, result BLOB) STRICT;"
    "CREATE INDEX IF NOT EXISTS job_open ON job(priority DESC, id) WHERE state < 2;"
    "CREATE INDEX IF NOT EXISTS job_lease ON job(lease) WHERE state = 1;"
    "CREATE INDEX IF NOT EXISTS job_waiting ON job(digest) WHERE state = 0;"
    "CREATE INDEX IF NOT EXISTS job_parent ON job(parent, part, id);"
    "CREATE UNIQUE INDEX IF NOT EXISTS job_part ON job(parent, kind, part) WHERE parent <> 0;";

#define COLUMNS                                                                                    \
    "id, kind, parent, part, priority, tries, tries_most, state, added, ready, started, ended,"    \
    " lease, worker, claim, failure"
enum { COLUMN_CLAIM = 14, COLUMN_FAILURE = 15, COLUMN_PAYLOAD = 16, COLUMN_RESULT = 17 };

void store_job_free(StoreJob *job)
{
    if (job == NULL)
        return;
    g_free(job->kind);
    g_free(job->worker);
    g_free(job->failure);
    g_clear_pointer(&job->payload, g_bytes_unref);
    g_clear_pointer(&job->result, g_bytes_unref);
    g_free(job);
}

/* ---- the clock, numbers ---- */

static bool clock_read(Store *store, gint64 *ret_now, GError **error)
{
    if (store->now != 0) {
        *ret_now = store->now * MILLISECONDS;
        return true;
    }
    return store_query_int(store,
                           store_sql(store, "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)",
                                     "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS"
                                     " bigint)"),
                           NULL, 0, ret_now, NULL, error);
}

/* Numbers are given as those of records: never twice. */
static bool next_number(Store *store, gint64 *ret_id, GError **error)
{
    DbStatement *statement = store_prepare(
        store,
        store_sql(store,
                  "INSERT INTO removed(kind, id) VALUES(?1, 1) ON CONFLICT(kind)"
                  " DO UPDATE SET id = removed.id + 1 RETURNING id",
                  "INSERT INTO counter(kind, id) VALUES(?1, 1) ON CONFLICT(case_id, kind)"
                  " DO UPDATE SET id = counter.id + 1 RETURNING id"),
        error);
    if (statement == NULL)
        return false;
    db_bind_int64(statement, 1, NUMBER_KIND);
    if (store_step(store, statement, error) != 1)
        return false;
    *ret_id = db_int64(statement, 0);
    db_reset(statement);
    return true;
}

/* Runs a statement that changes rows; how many it changed. */
static bool change(Store *store, const char *sql, const StoreBind *binds, gsize n_binds,
                   gint64 *ret_changed, GError **error)
{
    DbStatement *statement = store_prepare(store, sql, error);
    if (statement == NULL || !store_bind(store, statement, 1, binds, n_binds, error) ||
        store_step(store, statement, error) != 0)
        return false;
    *ret_changed = db_changes(&store->db);
    return true;
}

/* ---- sealed values ---- */

/* Transfers the bytes; of nothing it is NULL. */
static guint8 *seal(Store *store, guint8 field, const void *bytes, gsize n, StoreBind *ret_bind)
{
    *ret_bind = (StoreBind){.type = 'n'};
    if (bytes == NULL)
        return NULL;
    guint8 *sealed = g_malloc(n + STORE_SEAL_EXTRA_BYTES);
    store_keys_seal(store->keys, SEAL_KIND, field, bytes, n, sealed);
    *ret_bind = (StoreBind){.type = 'b', .p = sealed, .n = n + STORE_SEAL_EXTRA_BYTES};
    return sealed;
}

/* NULL where there is nothing, or these keys do not open it. */
static bool unseal(Store *store, DbStatement *row, int column, guint8 field, GBytes **ret_bytes,
                   GError **error)
{
    *ret_bytes = NULL;
    const gsize n = (gsize)db_bytes(row, column);
    if (db_type(row, column) == DB_NULL || !store_keys_hold(store->keys, STORE_KEY_FIELDS))
        return true;
    guint8 *plain = n >= STORE_SEAL_EXTRA_BYTES ? g_malloc(n - STORE_SEAL_EXTRA_BYTES + 1) : NULL;
    if (plain != NULL &&
        store_keys_open(store->keys, SEAL_KIND, field, db_blob(row, column), n, plain)) {
        plain[n - STORE_SEAL_EXTRA_BYTES] = '\0';
        *ret_bytes = g_bytes_new_take(plain, n - STORE_SEAL_EXTRA_BYTES);
        return true;
    }
    g_free(plain);
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_INTEGRITY,
                _("What job %" G_GINT64_FORMAT " is about does not open: it was changed from "
                  "outside. Cancel the job and add it again."),
                db_int64(row, 0));
    return false;
}

/* What makes two jobs the same; keyed, so that it tells nothing to who reads the database. */
static void digest_of(Store *store, const StoreJobNew *job, guint8 ret[DIGEST_BYTES])
{
    guint8 key[STORE_KEY_BYTES];
    crypto_generichash_state state;
    store_keys_derive(store->keys, STORE_KEY_NAMES, key);
    crypto_generichash_init(&state, key, sizeof key, DIGEST_BYTES);
    crypto_generichash_update(&state, (const guint8 *)"job", 4);
    crypto_generichash_update(&state, (const guint8 *)job->kind, strlen(job->kind) + 1);
    if (job->n_payload > 0)
        crypto_generichash_update(&state, job->payload, job->n_payload);
    crypto_generichash_final(&state, ret, DIGEST_BYTES);
    sodium_memzero(key, sizeof key);
}

/* ---- adding ---- */

static bool find_known(Store *store, const StoreJobNew *job, const guint8 digest[DIGEST_BYTES],
                       gint64 *ret_id, bool *ret_known, GError **error)
{
    if (job->parent == 0) {
        const StoreBind bind = {.type = 'b', .p = digest, .n = DIGEST_BYTES};
        return store_query_int(store,
                               "SELECT id FROM job WHERE state = 0 AND digest = ?1 AND parent = 0"
                               " ORDER BY id LIMIT 1",
                               &bind, 1, ret_id, ret_known, error);
    }
    const StoreBind binds[] = {{.type = 'i', .i = job->parent},
                               {.type = 't', .p = job->kind, .n = strlen(job->kind)},
                               {.type = 'i', .i = job->part}};
    return store_query_int(store,
                           "SELECT id FROM job WHERE parent = ?1 AND kind = ?2 AND part = ?3"
                           " AND parent <> 0",
                           binds, G_N_ELEMENTS(binds), ret_id, ret_known, error);
}

static bool insert(Store *store, const StoreJobNew *job, const guint8 digest[DIGEST_BYTES],
                   gint64 *ret_id, bool *ret_added, GError **error)
{
    gint64 now = 0, changed = 0;
    StoreBind payload;
    if (!clock_read(store, &now, error) || !next_number(store, ret_id, error))
        return false;
    G_GNUC_UNUSED g_autofree guint8 *sealed =
        seal(store, SEAL_PAYLOAD, job->payload, job->n_payload, &payload);
    const StoreBind binds[] = {
        {.type = 'i', .i = *ret_id},
        {.type = 't', .p = job->kind, .n = strlen(job->kind)},
        {.type = 'i', .i = job->parent},
        {.type = 'i', .i = job->part},
        {.type = 'i', .i = job->priority},
        {.type = 'i', .i = job->tries > 0 ? job->tries : STORE_JOB_TRIES},
        {.type = 'i', .i = now},
        {.type = 'b', .p = digest, .n = DIGEST_BYTES},
        payload,
    };
    if (!change(store,
                "INSERT INTO job(id, kind, parent, part, priority, tries, tries_most, state, added,"
                " ready, started, ended, lease, digest, payload)"
                " VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6, 0, ?7, ?7, 0, 0, 0, ?8, ?9)"
                " ON CONFLICT DO NOTHING",
                binds, G_N_ELEMENTS(binds), &changed, error))
        return false;
    *ret_added = changed > 0;
    return true;
}

/* Another may add the same part between the look and the insert. */
static bool add(Store *store, const StoreJobNew *job, gint64 *ret_id, bool *ret_known,
                GError **error)
{
    guint8 digest[DIGEST_BYTES];
    bool added = false;
    digest_of(store, job, digest);
    *ret_known = false;
    if (!find_known(store, job, digest, ret_id, ret_known, error))
        return false;
    if (*ret_known)
        return true;
    if (!insert(store, job, digest, ret_id, &added, error))
        return false;
    return added || find_known(store, job, digest, ret_id, ret_known, error);
}

bool store_job_add(Store *store, const StoreJobNew *job, gint64 *ret_id, bool *ret_known,
                   GError **error)
{
    g_assert(job->kind != NULL && job->kind[0] != '\0' && strlen(job->kind) < STORE_JOB_KIND_MAX &&
             strspn(job->kind, "abcdefghijklmnopqrstuvwxyz-") == strlen(job->kind));
    bool own = false, known = false;
    if (job->n_payload > STORE_JOB_BYTES_MAX) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("What a job is about is too long for the database."));
        return false;
    }
    if (!store_aside_begin(store, &own, error))
        return false;
    const bool done = add(store, job, ret_id, &known, error);
    if (ret_known != NULL)
        *ret_known = known;
    return store_write_end(store, own, done, error);
}

/* ---- reading ---- */

/* `whole`: payload and result stand in the row. */
static StoreJob *read_job(Store *store, DbStatement *row, bool whole, GError **error)
{
    g_autoptr(StoreJob) job = g_new0(StoreJob, 1);
    g_autoptr(GBytes) failure = NULL;
    job->id = db_int64(row, 0);
    job->kind = g_strdup(db_text(row, 1));
    job->parent = db_int64(row, 2);
    job->part = db_int64(row, 3);
    job->priority = db_int(row, 4);
    job->tries = db_int(row, 5);
    job->tries_most = db_int(row, 6);
    job->state = (StoreJobState)CLAMP(db_int(row, 7), 0, STORE_JOB_STATES - 1);
    job->added = db_int64(row, 8);
    job->ready = db_int64(row, 9);
    job->started = db_int64(row, 10);
    job->ended = db_int64(row, 11);
    job->lease = db_int64(row, 12);
    job->worker = g_strdup(db_text(row, 13));
    if (!unseal(store, row, COLUMN_FAILURE, SEAL_FAILURE, &failure, error))
        return NULL;
    if (failure != NULL)
        job->failure = g_strdup(g_bytes_get_data(failure, NULL));
    if (whole && (!unseal(store, row, COLUMN_PAYLOAD, SEAL_PAYLOAD, &job->payload, error) ||
                  !unseal(store, row, COLUMN_RESULT, SEAL_RESULT, &job->result, error)))
        return NULL;
    return g_steal_pointer(&job);
}

static bool no_job(gint64 id, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("There is no job %" G_GINT64_FORMAT "."), id);
    return false;
}

StoreJob *store_job_load(Store *store, gint64 id, GError **error)
{
    DbStatement *row =
        store_prepare(store, "SELECT " COLUMNS ", payload, result FROM job WHERE id = ?1", error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, id);
    const int found = store_step(store, row, error);
    if (found == 0)
        no_job(id, error);
    if (found != 1)
        return NULL;
    StoreJob *job = read_job(store, row, true, error);
    db_reset(row);
    return job;
}

GPtrArray *store_job_list(Store *store, gint64 parent, guint states, GError **error)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)store_job_free);
    DbStatement *row = store_prepare(
        store, "SELECT " COLUMNS " FROM job WHERE parent = ?1 ORDER BY part, id", error);
    if (row == NULL)
        return NULL;
    db_bind_int64(row, 1, parent);
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        StoreJob *job =
            (states & 1U << db_int(row, 7)) != 0 ? read_job(store, row, false, error) : NULL;
        if (job != NULL) {
            g_ptr_array_add(jobs, job);
        } else if (error != NULL && *error != NULL) {
            db_reset(row);
            return NULL;
        }
    }
    return found == 0 ? g_steal_pointer(&jobs) : NULL;
}

bool store_job_count(Store *store, gint64 parent, gint64 ret_counts[STORE_JOB_STATES],
                     GError **error)
{
    memset(ret_counts, 0, sizeof(gint64) * STORE_JOB_STATES);
    DbStatement *row = store_prepare(
        store, "SELECT state, count(*) FROM job WHERE parent = ?1 GROUP BY state", error);
    if (row == NULL)
        return false;
    db_bind_int64(row, 1, parent);
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        const int state = db_int(row, 0);
        if (state >= 0 && state < STORE_JOB_STATES)
            ret_counts[state] = db_int64(row, 1);
    }
    return found == 0;
}

/* ---- claiming ---- */

#define READY                                                                                      \
    "state < 2 AND (state = 0 AND ready <= ?1 OR state = 1 AND lease < ?1 AND tries < tries_most)" \
    " AND (?2 = '' OR ?2 LIKE '% ' || kind || ' %') AND (?3 = 0 OR parent = ?3)"
#define CLAIM                                                                                      \
    "UPDATE job SET state = 1, tries = tries + 1, started = ?1, lease = ?4, worker = ?5,"          \
    " claim = ?6 WHERE id = (SELECT id FROM job WHERE " READY                                      \
    " ORDER BY priority DESC, id LIMIT 1"
#define CLAIMED ") RETURNING " COLUMNS ", payload, result"

/* Whose lease ended after its last try. */
static bool bury(Store *store, gint64 now, GError **error)
{
    bool dead = false;
    gint64 n = 0;
    const StoreBind at = {.type = 'i', .i = now};
    if (!store_query_int(store,
                         "SELECT 1 FROM job WHERE state = 1 AND lease < ?1 AND tries >= tries_most"
                         " LIMIT 1",
                         &at, 1, &n, &dead, error))
        return false;
    if (!dead)
        return true;
    StoreBind failure;
    const char *words =
        _("Each worker that took it up died or was cut off, the last time allowed.");
    G_GNUC_UNUSED g_autofree guint8 *sealed =
        seal(store, SEAL_FAILURE, words, strlen(words), &failure);
    const StoreBind binds[] = {at, failure};
    bool own = false;
    if (!store_aside_begin(store, &own, error))
        return false;
    const bool done = change(store,
                             "UPDATE job SET state = 3, ended = ?1, failure = ?2 WHERE state = 1"
                             " AND lease < ?1 AND tries >= tries_most",
                             binds, G_N_ELEMENTS(binds), &n, error);
    return store_write_end(store, own, done, error);
}

static StoreJob *claim(Store *store, const StoreBind *binds, gsize n_binds, GError **error)
{
    DbStatement *row = store_prepare(
        store, store_sql(store, CLAIM CLAIMED, CLAIM " FOR UPDATE SKIP LOCKED" CLAIMED), error);
    if (row == NULL || !store_bind(store, row, 1, binds, n_binds, error) ||
        store_step(store, row, error) != 1)
        return NULL;
    StoreJob *job = read_job(store, row, true, error);
    if (job != NULL && db_bytes(row, COLUMN_CLAIM) == (int)sizeof job->claim)
        memcpy(job->claim, db_blob(row, COLUMN_CLAIM), sizeof job->claim);
    db_reset(row);
    return job;
}

StoreJob *store_job_claim(Store *store, const char *kinds, gint64 parent, const char *worker,
                          gint64 lease_seconds, GError **error)
{
    g_assert(store->depth == 0 && worker != NULL);
    guint8 token[STORE_JOB_CLAIM_BYTES];
    gint64 now = 0, there = 0;
    bool own = false, ready = false;
    const gint64 lease = lease_seconds != 0 ? lease_seconds : STORE_JOB_LEASE_SECONDS;
    g_autofree char *list = kinds != NULL ? g_strconcat(" ", kinds, " ", NULL) : g_strdup("");
    if (!clock_read(store, &now, error) || !bury(store, now, error))
        return NULL;
    randombytes_buf(token, sizeof token);
    const StoreBind binds[] = {
        {.type = 'i', .i = now},
        {.type = 't', .p = list, .n = strlen(list)},
        {.type = 'i', .i = parent},
        {.type = 'i', .i = now + lease * MILLISECONDS},
        {.type = 't', .p = worker, .n = MIN(strlen(worker), STORE_JOB_WORKER_MAX)},
        {.type = 'b', .p = token, .n = sizeof token},
    };
    /* A look first: who waits for work takes no lock of the writer. */
    if (!store_query_int(store, "SELECT 1 FROM job WHERE " READY " LIMIT 1", binds, 3, &there,
                         &ready, error) ||
        !ready || !store_aside_begin(store, &own, error))
        return NULL;
    g_autoptr(GError) why = NULL;
    g_autoptr(StoreJob) job = claim(store, binds, G_N_ELEMENTS(binds), &why);
    /* On a server nothing is given of a case that was moved away: said, or one would wait for ever.
     */
    if (job == NULL && why == NULL && store_on_server(store))
        store_moved_fits(store, &why);
    if (why != NULL)
        g_propagate_error(error, g_steal_pointer(&why));
    else if (store_write_end(store, own, true, error))
        return g_steal_pointer(&job);
    else
        return NULL;
    store_write_end(store, own, false, NULL);
    return NULL;
}

/* ---- what holds a claim ---- */

/* `sql` has ?1 the id, ?2 the claim, further values from ?3. */
static bool held(Store *store, const StoreJob *job, const char *sql, const StoreBind *more,
                 gsize n_more, bool *ret_held, GError **error)
{
    StoreBind binds[8] = {{.type = 'i', .i = job->id},
                          {.type = 'b', .p = job->claim, .n = sizeof job->claim}};
    bool own = false;
    gint64 changed = 0;
    g_assert(n_more + 2 <= G_N_ELEMENTS(binds));
    for (gsize i = 0; i < n_more; i++)
        binds[2 + i] = more[i];
    *ret_held = false;
    if (!store_aside_begin(store, &own, error))
        return false;
    const bool done = change(store, sql, binds, 2 + n_more, &changed, error);
    *ret_held = changed == 1;
    return store_write_end(store, own, done, error);
}

bool store_job_renew(Store *store, const StoreJob *job, gint64 lease_seconds, bool *ret_held,
                     GError **error)
{
    gint64 now = 0;
    const gint64 lease = lease_seconds != 0 ? lease_seconds : STORE_JOB_LEASE_SECONDS;
    if (!clock_read(store, &now, error))
        return false;
    const StoreBind until = {.type = 'i', .i = now + lease * MILLISECONDS};
    return held(store, job, "UPDATE job SET lease = ?3 WHERE id = ?1 AND claim = ?2 AND state = 1",
                &until, 1, ret_held, error);
}

bool store_job_finish(Store *store, const StoreJob *job, const void *result, gsize n_result,
                      bool *ret_held, GError **error)
{
    gint64 now = 0;
    StoreBind bytes;
    if (n_result > STORE_JOB_BYTES_MAX) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_LIMIT,
                            _("What a job gave is too long for the database."));
        return false;
    }
    if (!clock_read(store, &now, error))
        return false;
    G_GNUC_UNUSED g_autofree guint8 *sealed = seal(store, SEAL_RESULT, result, n_result, &bytes);
    const StoreBind more[] = {{.type = 'i', .i = now}, bytes};
    return held(store, job,
                "UPDATE job SET state = 2, ended = ?3, result = ?4, failure = NULL"
                " WHERE id = ?1 AND claim = ?2 AND state = 1",
                more, G_N_ELEMENTS(more), ret_held, error);
}

static gint64 backoff_milliseconds(gint32 tries)
{
    gint64 seconds = STORE_JOB_BACKOFF_SECONDS;
    for (gint32 i = 1; i < tries && seconds < STORE_JOB_BACKOFF_MOST; i++)
        seconds *= 2;
    return MIN(seconds, STORE_JOB_BACKOFF_MOST) * MILLISECONDS;
}

bool store_job_fail(Store *store, const StoreJob *job, const char *sentence, bool again,
                    bool *ret_held, GError **error)
{
    gint64 now = 0;
    StoreBind words;
    const bool queued = again && job->tries < job->tries_most;
    if (!clock_read(store, &now, error))
        return false;
    G_GNUC_UNUSED g_autofree guint8 *sealed =
        seal(store, SEAL_FAILURE, sentence, strlen(sentence), &words);
    const StoreBind more[] = {
        {.type = 'i', .i = queued ? STORE_JOB_QUEUED : STORE_JOB_FAILED},
        {.type = 'i', .i = queued ? now + backoff_milliseconds(job->tries) : 0},
        {.type = 'i', .i = queued ? 0 : now},
        words,
    };
    return held(store, job,
                "UPDATE job SET state = ?3, ready = ?4, ended = ?5, failure = ?6"
                " WHERE id = ?1 AND claim = ?2 AND state = 1",
                more, G_N_ELEMENTS(more), ret_held, error);
}

bool store_job_release(Store *store, const StoreJob *job, gint64 seconds, bool *ret_held,
                       GError **error)
{
    gint64 now = 0;
    if (!clock_read(store, &now, error))
        return false;
    const StoreBind ready = {.type = 'i', .i = now + seconds * MILLISECONDS};
    return held(store, job,
                "UPDATE job SET state = 0, tries = tries - 1, ready = ?3"
                " WHERE id = ?1 AND claim = ?2 AND state = 1",
                &ready, 1, ret_held, error);
}

/* ---- what people decide ---- */

static bool decide(Store *store, gint64 id, const char *sql, bool *ret_changed, GError **error)
{
    gint64 now = 0, there = 0, changed = 0;
    bool found = false, own = false;
    const StoreBind which = {.type = 'i', .i = id};
    *ret_changed = false;
    if (!clock_read(store, &now, error) ||
        !store_query_int(store, "SELECT 1 FROM job WHERE id = ?1", &which, 1, &there, &found,
                         error))
        return false;
    if (!found)
        return no_job(id, error);
    const StoreBind binds[] = {which, {.type = 'i', .i = now}};
    if (!store_aside_begin(store, &own, error))
        return false;
    const bool done = change(store, sql, binds, G_N_ELEMENTS(binds), &changed, error);
    *ret_changed = changed > 0;
    return store_write_end(store, own, done, error);
}

bool store_job_cancel(Store *store, gint64 id, bool *ret_changed, GError **error)
{
    return decide(store, id,
                  "UPDATE job SET state = 4, ended = ?2 WHERE (id = ?1 OR parent = ?1)"
                  " AND state < 2",
                  ret_changed, error);
}

bool store_job_retry(Store *store, gint64 id, bool *ret_changed, GError **error)
{
    return decide(store, id,
                  "UPDATE job SET state = 0, tries = 0, ready = ?2, ended = 0"
                  " WHERE (id = ?1 OR parent = ?1) AND state IN (3, 4)",
                  ret_changed, error);
}

bool store_job_forget(Store *store, gint64 seconds_ago, gint64 *ret_n, GError **error)
{
    gint64 now = 0, parts = 0;
    bool own = false;
    *ret_n = 0;
    if (!clock_read(store, &now, error) || !store_aside_begin(store, &own, error))
        return false;
    const StoreBind before = {.type = 'i', .i = now - seconds_ago * MILLISECONDS};
    const bool done =
        change(store, "DELETE FROM job WHERE parent = 0 AND state >= 2 AND ended <= ?1", &before, 1,
               ret_n, error) &&
        change(store,
               "DELETE FROM job WHERE parent <> 0 AND NOT EXISTS(SELECT 1 FROM job AS whole"
               " WHERE whole.id = job.parent)",
               NULL, 0, &parts, error);
    *ret_n += parts;
    return store_write_end(store, own, done, error);
}
