/* A case on a server: its row among the cases, the session, numbers of records. */
#include "store/server.h"

#include "base/i18n.h"
#include "store/server_address.h"
#include "store/server_places.h"
#include "store/server_schema.h"

#include <string.h>

/* A connection without a case; `schema`: may be made or brought up to date. */
static Store *connect(const char *place, StoreAddress *ret_address, bool schema, GError **error)
{
    if (!store_address_read(place, ret_address, error))
        return NULL;
    g_autoptr(Store) store = store_new(place, NULL, STORE_WRITE);
    store->db.server = db_server_open(ret_address->server, error);
    if (store->db.server == NULL || !(schema ? store_server_schema_fit(store, true, error)
                                             : store_server_schema_there(store, error)))
        return NULL;
    return g_steal_pointer(&store);
}

static bool no_case(const char *place, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_NOT_FOUND,
                _("There is no case at %s, or your role on the server has no access to it. Make "
                  "one with “zenhar init”, or ask an administrator of the case."),
                place);
    return false;
}

static DbStatement *case_row(Store *store, const StoreAddress *address, GError **error)
{
    DbStatement *row =
        store_prepare(store, "SELECT id, keys FROM zenhar.cases WHERE name = ?1", error);
    if (row == NULL)
        return NULL;
    db_bind_text(row, 1, address->name, strlen(address->name));
    const int found = store_step(store, row, error);
    if (found == 0)
        no_case(store->folder, error);
    return found == 1 ? row : NULL;
}

char *store_server_keys_read(const char *place, GError **error)
{
    g_auto(StoreAddress) address = {0};
    g_autoptr(Store) store = connect(place, &address, false, error);
    DbStatement *row = store != NULL ? case_row(store, &address, error) : NULL;
    if (row == NULL)
        return NULL;
    char *keys = g_strdup(db_text(row, 1));
    db_reset(row);
    return keys;
}

bool store_tables_make(const char *place, GError **error)
{
    g_auto(StoreAddress) address = {0};
    if (!store_address_is(place)) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                            _("Tables without a case are made on a PostgreSQL server alone."));
        return false;
    }
    g_autoptr(Store) store = connect(place, &address, true, error);
    return store != NULL;
}

bool store_server_look(const char *place, bool *ret_taken, GError **error)
{
    g_auto(StoreAddress) address = {0};
    g_autoptr(Store) store = connect(place, &address, true, error);
    if (store == NULL)
        return false;
    gint64 taken = 0;
    const StoreBind bind = {.type = 't', .p = address.name, .n = strlen(address.name)};
    const bool done = store_query_int(store, "SELECT count(*) FROM zenhar.cases WHERE name = ?1",
                                      &bind, 1, &taken, NULL, error);
    *ret_taken = taken != 0;
    return done;
}

bool store_server_prepare(const char *place, GError **error)
{
    bool taken = false;
    if (!store_server_look(place, &taken, error))
        return false;
    if (!taken)
        return true;
    g_set_error(error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
                _("%s is a case already. Choose another name for the case."), place);
    return false;
}

static bool keys_write(Store *store, const StoreAddress *address, const char *keys, bool is_new,
                       GError **error)
{
    const StoreBind binds[] = {{.type = 't', .p = address->name, .n = strlen(address->name)},
                               {.type = 't', .p = keys, .n = strlen(keys)}};
    DbStatement *statement =
        store_prepare(store,
                      is_new ? "SELECT zenhar.make_case(?1, ?2)"
                             : "UPDATE zenhar.cases SET keys = ?2 WHERE name = ?1",
                      error);
    if (statement == NULL || !store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error))
        return false;
    const int found = store_step(store, statement, error);
    db_reset(statement);
    if (found < 0)
        return false;
    return is_new || db_changes(&store->db) == 1 || no_case(store->folder, error);
}

bool store_server_keys_write(const char *place, const char *keys, bool is_new, GError **error)
{
    g_auto(StoreAddress) address = {0};
    g_autoptr(Store) store = connect(place, &address, false, error);
    return store != NULL && keys_write(store, &address, keys, is_new, error);
}

bool store_server_make_marked(const char *place, const char *keys, const char *mark, GError **error)
{
    g_auto(StoreAddress) address = {0};
    g_autoptr(Store) store = connect(place, &address, true, error);
    if (store == NULL || !store_run(store, "BEGIN", error))
        return false;
    const StoreBind binds[] = {{.type = 't', .p = address.name, .n = strlen(address.name)},
                               {.type = 't', .p = mark, .n = strlen(mark)}};
    DbStatement *statement = NULL;
    const bool done =
        keys_write(store, &address, keys, true, error) &&
        (statement = store_prepare(store, "UPDATE zenhar.cases SET mark = ?2 WHERE name = ?1",
                                   error)) != NULL &&
        store_bind(store, statement, 1, binds, G_N_ELEMENTS(binds), error) &&
        store_step(store, statement, error) == 0;
    if (done)
        return store_run(store, "COMMIT", error);
    store_run(store, "ROLLBACK", NULL);
    return false;
}

/* A role that the rules of rows do not bind would see the records of all cases as one. */
static bool rules_hold(Store *store, GError **error)
{
    gint64 holds = 0;
    if (!store_query_int(store, "SELECT row_security_active('zenhar.report')", NULL, 0, &holds,
                         NULL, error))
        return false;
    if (holds != 0)
        return true;
    g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_DENIED,
                        _("This role of the server is a superuser or passes by the rules of rows. "
                          "Connect as an ordinary role that has access to the case."));
    return false;
}

bool store_server_connect(Store *store, GError **error)
{
    g_auto(StoreAddress) address = {0};
    if (!store_address_read(store->folder, &address, error))
        return false;
    store->db.server = db_server_open(address.server, error);
    if (store->db.server == NULL ||
        !store_server_schema_fit(store, store->mode == STORE_WRITE, error) ||
        !rules_hold(store, error) || !store_server_places_read(store, error))
        return false;
    DbStatement *row = case_row(store, &address, error);
    if (row == NULL)
        return false;
    store->case_number = db_int64(row, 0);
    db_reset(row);
    char sql[320];
    /* The locks of a machine that is gone are free within a minute and a half. */
    g_snprintf(sql, sizeof sql,
               "SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10;"
               "SET tcp_keepalives_count = 3;"
               "SET search_path = zenhar, pg_temp; SET \"zenhar.case\" = '%" G_GINT64_FORMAT "'%s",
               store->case_number,
               store->mode == STORE_READ ? "; SET default_transaction_read_only = on" : "");
    db_server_set_session(store->db.server, sql);
    return store_run(store, sql, error);
}

/* ---- transactions ---- */

/* One statement that writes a row whether it is there or not needs a unique index of the whole
 * table, which none has whose partitions lie elsewhere. Within a case nobody else writes meanwhile.
 */
bool store_server_put(Store *store, const char *upsert, const char *update, const char *insert,
                      const StoreBind *binds, gsize n_binds, GError **error)
{
    const char *const once[] = {upsert, NULL}, *const twice[] = {update, insert, NULL};
    for (const char *const *sql = store->placed ? twice : once; *sql != NULL; sql++) {
        DbStatement *statement = store_prepare(store, *sql, error);
        if (statement == NULL || !store_bind(store, statement, 1, binds, n_binds, error) ||
            store_step(store, statement, error) != 0)
            return false;
        if (db_changes(&store->db) > 0)
            return true;
    }
    return true;
}

/* One writer a case: whoever holds the lock has the log's position until the commit. */
enum { LOCK_CLASS = 0x7a656e };

bool store_server_begin(Store *store, GError **error)
{
    const int rc =
        db_server_begin_locked(store->db.server, (gint64)LOCK_CLASS << 32 | store->case_number);
    return rc == DB_OK || store_fail(store, rc, error);
}

/* Rows of a case lie on two servers, whose snapshots are taken one after the other: no writer of it
 * commits in between. */
bool store_server_view_begin(Store *store, GError **error)
{
    static const char BEGIN[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const gint64 lock = (gint64)LOCK_CLASS << 32 | store->case_number;
    const StoreBind bind = {.type = 'i', .i = lock};
    gint64 seen = 0;
    if (!store->placed)
        return store_run(store, BEGIN, error);
    if (!store_query_int(store, "SELECT pg_advisory_lock_shared(?1) IS NULL", &bind, 1, &seen, NULL,
                         error))
        return false;
    bool done = store_run(store, BEGIN, error);
    if (done &&
        !store_query_int(store,
                         "SELECT (SELECT count(*) FROM counter) + (SELECT count(*) FROM log_tile"
                         " WHERE id = 0)",
                         NULL, 0, &seen, NULL, error)) {
        store_run(store, "ROLLBACK", NULL);
        done = false;
    }
    return store_query_int(store, "SELECT pg_advisory_unlock_shared(?1)", &bind, 1, &seen, NULL,
                           done ? error : NULL) &&
           done;
}

bool store_server_counters_load(Store *store, GError **error)
{
    const bool done = store_removed_read(store, "SELECT kind, id FROM counter", error);
    memcpy(store->counted, store->removed, sizeof store->counted);
    return done;
}

bool store_server_counters_put(Store *store, GError **error)
{
    g_autoptr(GString) values = g_string_new(NULL);
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++)
        if (store->removed[kind] != store->counted[kind])
            g_string_append_printf(values, "%s(%d, %" G_GINT64_FORMAT ")",
                                   values->len > 0 ? ", " : "", kind, store->removed[kind]);
    if (values->len == 0)
        return true;
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO counter(kind, id) VALUES %s ON CONFLICT(case_id, kind)"
                        " DO UPDATE SET id = excluded.id",
                        values->str);
    return store_run(store, sql, error);
}

/* ---- reports in bulk ---- */

static guint key_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash); /* a digest */
    return hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, 16) == 0;
}

GHashTable *store_server_keys_known(Store *store, const guint8 *const *keys, gsize n,
                                    GError **error)
{
    static const char HEX[] = "0123456789abcdef";
    g_autoptr(GHashTable) known = g_hash_table_new_full(key_hash, key_equal, g_free, g_free);
    g_autoptr(GString) list = g_string_new("{");
    for (gsize i = 0; i < n; i++) {
        g_string_append(list, i > 0 ? ",\"\\\\x" : "\"\\\\x");
        for (gsize k = 0; k < 16; k++) {
            g_string_append_c(list, HEX[keys[i][k] >> 4]);
            g_string_append_c(list, HEX[keys[i][k] & 15]);
        }
        g_string_append_c(list, '"');
    }
    g_string_append_c(list, '}');
    /* A join: for = ANY(…) of thousands every row is compared with every key. To another server
     * only the latter goes as it is. */
    DbStatement *row = store_prepare(
        store,
        store->placed
            ? "SELECT content_key, id FROM report WHERE content_key = ANY(CAST(?1 AS bytea[]))"
            : "SELECT r.content_key, r.id FROM unnest(CAST(?1 AS bytea[])) AS wanted(key)"
              " JOIN report r ON r.content_key = wanted.key",
        error);
    if (row == NULL)
        return NULL;
    db_bind_text(row, 1, list->str, list->len);
    int found;
    while ((found = store_step(store, row, error)) == 1) {
        gint64 *id = g_new(gint64, 1);
        *id = db_int64(row, 1);
        g_hash_table_replace(known, g_memdup2(db_blob(row, 0), 16), id);
    }
    return found == 0 ? g_steal_pointer(&known) : NULL;
}

/* ---- words ---- */

/* A server takes no text that is not UTF-8; what stands for a bad byte is the same in both. */
static char *valid_text(GString *text)
{
    if (g_utf8_validate(text->str, (gssize)text->len, NULL))
        return g_string_free(text, FALSE);
    char *valid = g_utf8_make_valid(text->str, (gssize)text->len);
    g_string_free(text, TRUE);
    return valid;
}

enum { WORDS_BYTES_MAX = 900 << 10 /* a tsvector holds less than 1 MiB */ };

char *store_server_words(const char *folded)
{
    g_autoptr(GString) words = g_string_new(NULL);
    const gsize length = strlen(folded);
    gsize position = 0, start = 0, n = 0, used = 0;
    for (guint number = 1; store_token_next(folded, length, &position, &start, &n); number++) {
        const gsize cut = store_token_cut(folded + start, n);
        used += cut + 4;
        if (used > WORDS_BYTES_MAX)
            break;
        g_string_append_c(words, '\'');
        g_string_append_len(words, folded + start, (gssize)cut);
        g_string_append_printf(words, "':%u ", MIN(number, 16383));
    }
    return valid_text(g_steal_pointer(&words));
}

/* `"a b" "c"*` as `'a' <-> 'b' & 'c':*`; no other sign is in it. */
char *store_server_query(const char *match)
{
    GString *query = g_string_new(NULL);
    bool inside = false;
    for (const char *at = match; *at != '\0'; at++) {
        if (*at == '"' && !inside) {
            g_string_append(query, query->len > 0 ? " & ('" : "('");
            inside = true;
        } else if (*at == '"') {
            g_string_append(query, at[1] == '*' ? "':*)" : "')");
            inside = false;
        } else if (*at == ' ' && inside) {
            g_string_append(query, "' <-> '");
        } else if (inside) {
            g_string_append_c(query, *at);
        }
    }
    return valid_text(query);
}
