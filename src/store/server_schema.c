/* Tables of all cases of a database, in the schema "zenhar".
 *
 *     cases      a case: number, name, keys (what case.json holds, wrapped)
 *     access     which role of the server may do what with which case
 *     KIND       the records of every case, the number of the case first in every key
 *     search     words of reports (tsvector, GIN)
 *     piece      sealed originals, in pieces
 *     log_tile … what stands beside the records in a file
 *
 * Large tables are partitioned by a hash of the case's number, so that they can be spread over
 * servers. Row-level security decides which rows a session sees and writes: those of the case it
 * named (the setting zenhar.case), if its role has access to it. Foreign keys and uniqueness are
 * checked by the server beneath these rules. */
#include "store/server_schema.h"

#include "store/server_places.h"

#include "base/i18n.h"

#include <string.h>

enum { PARTITIONS = 4 };

static const StoreKind LARGE[] = {STORE_KIND_ORIGINAL, STORE_KIND_REPORT, STORE_KIND_STATEMENT,
                                  STORE_KIND_PERSON,   STORE_KIND_ACT,    STORE_KIND_LINK,
                                  STORE_KIND_AUDIT};

/* Functions run as the owner of the schema, who alone reads `access`. A case is named by a setting
 * that anybody may set: what it opens is decided here. */
static const char BASE_SQL[] =
    "CREATE SCHEMA zenhar;"
    "SET LOCAL search_path = zenhar, pg_temp;"
    "CREATE TABLE meta(version bigint NOT NULL);"
    "CREATE TABLE cases(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " name text COLLATE \"C\" NOT NULL UNIQUE, keys text NOT NULL);"
    "CREATE TABLE access(case_id bigint NOT NULL REFERENCES cases(id) ON DELETE CASCADE,"
    " grantee name NOT NULL, role text NOT NULL CHECK(role IN"
    " ('administrator', 'documenter', 'advocate', 'analyst', 'reader')),"
    " PRIMARY KEY(case_id, grantee));"
    "CREATE FUNCTION may(wanted bigint, roles text[]) RETURNS boolean LANGUAGE sql STABLE"
    " SECURITY DEFINER SET search_path = zenhar, pg_temp AS $$"
    " SELECT EXISTS(SELECT FROM access a JOIN pg_roles r ON r.rolname = a.grantee"
    " WHERE a.case_id = wanted AND a.role = ANY(roles)"
    " AND pg_has_role(session_user, r.oid, 'MEMBER')) $$;"
    "CREATE FUNCTION named() RETURNS bigint LANGUAGE sql STABLE AS $$"
    " SELECT nullif(current_setting('zenhar.case', true), '')::bigint $$;"
    "CREATE FUNCTION reads() RETURNS bigint LANGUAGE sql STABLE SET search_path = zenhar AS $$"
    " SELECT CASE WHEN may(named(), '{administrator,documenter,advocate,analyst,reader}')"
    " THEN named() END $$;"
    "CREATE FUNCTION writes() RETURNS bigint LANGUAGE sql STABLE SET search_path = zenhar AS $$"
    " SELECT CASE WHEN may(named(), '{administrator,documenter,advocate}') THEN named() END $$;"
    "CREATE FUNCTION make_case(name text, keys text) RETURNS bigint LANGUAGE plpgsql"
    " SECURITY DEFINER SET search_path = zenhar, pg_temp AS $$"
    " DECLARE made bigint := nextval(pg_get_serial_sequence('zenhar.cases', 'id')); BEGIN"
    " INSERT INTO cases(id, name, keys) OVERRIDING SYSTEM VALUE"
    " VALUES(made, make_case.name, make_case.keys);"
    " INSERT INTO access VALUES(made, session_user, 'administrator'); RETURN made; END $$;"
    "CREATE FUNCTION grant_access(to_case text, to_role name, as_role text) RETURNS void"
    " LANGUAGE plpgsql SECURITY DEFINER SET search_path = zenhar, pg_temp AS $$"
    " DECLARE wanted bigint := (SELECT id FROM cases c WHERE c.name = to_case); BEGIN"
    " IF wanted IS NULL OR NOT may(wanted, '{administrator}') THEN RAISE EXCEPTION"
    " 'only an administrator of the case grants access to it' USING ERRCODE = '42501'; END IF;"
    " INSERT INTO access VALUES(wanted, to_role, as_role)"
    " ON CONFLICT(case_id, grantee) DO UPDATE SET role = as_role; END $$;"
    "CREATE FUNCTION revoke_access(of_case text, of_role name) RETURNS void"
    " LANGUAGE plpgsql SECURITY DEFINER SET search_path = zenhar, pg_temp AS $$"
    " DECLARE wanted bigint := (SELECT id FROM cases c WHERE c.name = of_case); BEGIN"
    " IF wanted IS NULL OR NOT may(wanted, '{administrator}') THEN RAISE EXCEPTION"
    " 'only an administrator of the case takes access away' USING ERRCODE = '42501'; END IF;"
    " DELETE FROM access WHERE case_id = wanted AND grantee = of_role; END $$;"
    /* Who makes cases is asked when the schema is made: its owner, until it is granted to others.
     */
    "REVOKE ALL ON FUNCTION make_case(text, text) FROM PUBLIC;"
    "ALTER TABLE cases ENABLE ROW LEVEL SECURITY; ALTER TABLE cases FORCE ROW LEVEL SECURITY;"
    "CREATE POLICY sees ON cases FOR SELECT USING"
    " (may(id, '{administrator,documenter,advocate,analyst,reader}'));"
    "CREATE POLICY makes ON cases FOR INSERT WITH CHECK"
    " (pg_has_role(current_user, (SELECT nspowner FROM pg_namespace WHERE nspname = 'zenhar'),"
    " 'USAGE'));"
    "CREATE POLICY changes ON cases FOR UPDATE USING (may(id, '{administrator}'));"
    "CREATE POLICY removes ON cases FOR DELETE USING (may(id, '{administrator}'));"
    "GRANT USAGE ON SCHEMA zenhar TO PUBLIC;"
    "GRANT SELECT ON meta TO PUBLIC;"
    "GRANT SELECT, UPDATE, DELETE ON cases TO PUBLIC;";

/* Since schema 8: a case that is half moved here, or was moved away, bears a mark (moved.h); to one
 * that was moved away nobody writes. */
static const char MARK_SQL[] =
    "ALTER TABLE cases ADD COLUMN mark text;"
    "CREATE OR REPLACE FUNCTION writes() RETURNS bigint LANGUAGE sql STABLE"
    " SET search_path = zenhar AS $$"
    " SELECT CASE WHEN may(named(), '{administrator,documenter,advocate}') AND (SELECT"
    " mark IS NULL OR mark LIKE 'coming %' FROM cases WHERE id = named()) THEN named() END $$;";

static const struct {
    const char *name, *columns, *key;
    bool large;
    int since; /* version of the schema; 0 is 1 */
} BESIDE[] = {
    {"log_tile", "id bigint NOT NULL, bytes bytea NOT NULL", "id", true},
    {"log_head",
     "number bigint NOT NULL, size bigint NOT NULL, time bigint NOT NULL, root bytea NOT NULL,"
     " previous bytea NOT NULL, signature bytea NOT NULL",
     "number", false},
    /* The highest number that a kind ever gave: a printed id never means another record. */
    {"counter", "kind bigint NOT NULL, id bigint NOT NULL", "kind", false},
    {"cache",
     "name text COLLATE \"C\" NOT NULL, part bigint NOT NULL, sealed bigint NOT NULL,"
     " bytes bytea NOT NULL",
     "name, part", false},
    {"piece", "name text COLLATE \"C\" NOT NULL, part bigint NOT NULL, bytes bytea NOT NULL",
     "name, part", true},
    {"search", "report_id bigint NOT NULL, words tsvector NOT NULL", "report_id", true},
    {.name = "job",
     .columns = "id bigint NOT NULL, kind text COLLATE \"C\" NOT NULL, parent bigint NOT NULL,"
                " part bigint NOT NULL, priority bigint NOT NULL, tries bigint NOT NULL,"
                " tries_most bigint NOT NULL, state bigint NOT NULL, added bigint NOT NULL,"
                " ready bigint NOT NULL, started bigint NOT NULL, ended bigint NOT NULL,"
                " lease bigint NOT NULL, worker text COLLATE \"C\", claim bytea,"
                " digest bytea NOT NULL, failure bytea, payload bytea, result bytea",
     .key = "id",
     .since = 8},
    {.name = "seal_node",
     .columns = "first bigint NOT NULL, depth bigint NOT NULL, sealed bytea NOT NULL",
     .key = "first",
     .since = 8},
};

static const char JOB_SQL[] =
    "CREATE INDEX job_open ON job(case_id, priority DESC, id) WHERE state < 2;"
    "CREATE INDEX job_lease ON job(case_id, lease) WHERE state = 1;"
    "CREATE INDEX job_waiting ON job(case_id, digest) WHERE state = 0;"
    "CREATE INDEX job_parent ON job(case_id, parent, part, id);"
    "CREATE UNIQUE INDEX job_part ON job(case_id, parent, kind, part) WHERE parent <> 0;";

/* The words' operator is none that may run before the rule of rows is applied, so the index would
 * stand idle: a function of the owner's asks it, and applies the rule itself. */
static const char SEARCH_SQL[] =
    "CREATE INDEX search_words ON search USING gin(words);"
    "ALTER TABLE search NO FORCE ROW LEVEL SECURITY;"
    "CREATE FUNCTION search_reports(query tsquery, above bigint, below bigint, most bigint)"
    " RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER"
    " SET search_path = zenhar, pg_temp AS $$"
    " SELECT s.report_id FROM search s WHERE s.case_id = (SELECT reads()) AND s.words @@ query"
    " AND s.report_id > above AND s.report_id < below ORDER BY s.report_id DESC LIMIT most $$;";

static void rules_sql(GString *sql, const char *table)
{
    g_string_append_printf(
        sql,
        "ALTER TABLE \"%s\" ENABLE ROW LEVEL SECURITY; ALTER TABLE \"%s\" FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY sees ON \"%s\" FOR SELECT USING (case_id = (SELECT reads()));"
        "CREATE POLICY adds ON \"%s\" FOR INSERT WITH CHECK (case_id = (SELECT writes()));"
        "CREATE POLICY changes ON \"%s\" FOR UPDATE USING (case_id = (SELECT writes()));"
        "CREATE POLICY removes ON \"%s\" FOR DELETE USING (case_id = (SELECT writes()));"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON \"%s\" TO PUBLIC;",
        table, table, table, table, table, table, table);
}

static void partitions_sql(GString *sql, const char *table, bool large)
{
    for (int i = 0; large && i < PARTITIONS; i++)
        g_string_append_printf(sql,
                               "CREATE TABLE \"%s_%d\" PARTITION OF \"%s\" FOR VALUES WITH"
                               " (MODULUS %d, REMAINDER %d);",
                               table, i, table, PARTITIONS, i);
}

static void begin_sql(GString *sql, const char *table)
{
    /* zenhar.case is checked by the policy; a function here would be asked for every row. */
    g_string_append_printf(sql,
                           "CREATE TABLE \"%s\"(case_id bigint NOT NULL"
                           " DEFAULT current_setting('zenhar.case')::bigint REFERENCES cases(id), ",
                           table);
}

static int since(int version)
{
    return version != 0 ? version : 1;
}

static void beside_sql(GString *sql, int from, int to)
{
    for (gsize i = 0; i < G_N_ELEMENTS(BESIDE); i++) {
        if (since(BESIDE[i].since) <= from || since(BESIDE[i].since) > to)
            continue;
        begin_sql(sql, BESIDE[i].name);
        g_string_append_printf(sql, "%s, PRIMARY KEY(case_id, %s))%s;", BESIDE[i].columns,
                               BESIDE[i].key, BESIDE[i].large ? " PARTITION BY HASH(case_id)" : "");
        partitions_sql(sql, BESIDE[i].name, BESIDE[i].large);
        rules_sql(sql, BESIDE[i].name);
    }
    if (from == 0)
        g_string_append(sql, SEARCH_SQL);
    if (from < 8 && to >= 8) {
        g_string_append(sql, JOB_SQL);
        g_string_append(sql, MARK_SQL);
    }
}

static bool is_large(StoreKind kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(LARGE); i++)
        if (LARGE[i] == kind)
            return true;
    return false;
}

static bool is_unique(const StoreField *field)
{
    return field->constraint != NULL && strstr(field->constraint, "UNIQUE") != NULL;
}

static void column_sql(GString *sql, const StoreField *field)
{
    const char type = store_field_letter(field->type);
    g_string_append_printf(sql, "\"%s\" %s", field->name,
                           type == 'i'   ? "bigint"
                           : type == 'r' ? "double precision"
                           : type == 't' ? "text COLLATE \"C\""
                                         : "bytea");
    if (field->constraint == NULL)
        return;
    /* UNIQUE is within a case: a key of its own. */
    g_auto(GStrv) parts = g_strsplit(field->constraint, "UNIQUE", -1);
    g_autofree char *rest = g_strjoinv("", parts);
    g_string_append_printf(sql, " %s", rest);
}

static void keys_sql(GString *sql, const StoreEntity *entity, int from, int to)
{
    const char *table = store_kind_name(entity->kind);
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (since(field->since) <= from || since(field->since) > to)
            continue;
        if (is_unique(field))
            g_string_append_printf(sql, "ALTER TABLE \"%s\" ADD UNIQUE(case_id, \"%s\");", table,
                                   field->name);
        if (field->type != FIELD_REF)
            continue;
        g_string_append_printf(sql,
                               "ALTER TABLE \"%s\" ADD FOREIGN KEY(case_id, \"%s\") REFERENCES"
                               " \"%s\"(case_id, \"id\") DEFERRABLE;",
                               table, field->name, store_kind_name(field->ref));
        if (!field->rare)
            g_string_append_printf(sql,
                                   "CREATE INDEX ON \"%s\"(case_id, \"%s\") WHERE \"%s\" IS NOT"
                                   " NULL;",
                                   table, field->name, field->name);
    }
}

/* `CREATE INDEX "x" ON "y"("z")` of a field table, the case's number first. */
static void indexes_sql(GString *sql, const char *indexes)
{
    if (indexes == NULL)
        return;
    g_auto(GStrv) parts = g_strsplit(indexes, "\"(", -1);
    g_autofree char *with = g_strjoinv("\"(case_id, ", parts);
    g_string_append_printf(sql, "%s;", with);
}

static void table_sql(GString *sql, const StoreEntity *entity, int from, int to)
{
    const char *table = store_kind_name(entity->kind);
    const bool fresh = since(entity->since) > from;
    if (fresh) {
        begin_sql(sql, table);
        g_string_append(sql, "\"id\" bigint NOT NULL, \"leaf\" bigint NOT NULL");
    }
    for (gsize i = 0; i < entity->n_fields; i++) {
        const StoreField *field = &entity->fields[i];
        if (since(field->since) > to || (!fresh && since(field->since) <= from))
            continue;
        if (!fresh)
            g_string_append_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN ", table);
        else
            g_string_append(sql, ", ");
        column_sql(sql, field);
        if (!fresh)
            g_string_append_c(sql, ';');
    }
    if (!fresh)
        return;
    const bool large = is_large(entity->kind);
    g_string_append_printf(sql, ", PRIMARY KEY(case_id, \"id\"))%s;",
                           large ? " PARTITION BY HASH(case_id)" : "");
    partitions_sql(sql, table, large);
    rules_sql(sql, table);
    indexes_sql(sql, entity->indexes);
}

static bool change(Store *store, int from, int to, GError **error)
{
    if (from > 0 && !store_server_places_fit(store, error))
        return false;
    g_autoptr(GString) sql = g_string_new("SET LOCAL search_path = zenhar, pg_temp;");
    if (from == 0)
        g_string_append(sql, BASE_SQL);
    beside_sql(sql, from, to);
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        if (entity != NULL && since(entity->since) <= to)
            table_sql(sql, entity, from, to);
    }
    for (int kind = STORE_KIND_NONE + 1; kind < STORE_N_KINDS; kind++) {
        const StoreEntity *entity = store_entity_of((StoreKind)kind);
        if (entity != NULL && since(entity->since) <= to)
            keys_sql(sql, entity, since(entity->since) > from ? 0 : from, to);
        for (gsize i = 0; entity != NULL && i < G_N_ELEMENTS(entity->later); i++)
            if (entity->later[i].since > from && entity->later[i].since <= to)
                indexes_sql(sql, entity->later[i].sql);
    }
    if (from < 8 && to >= 8)
        g_string_append(sql, STORE_SERVER_PLACES_SQL);
    g_string_append_printf(sql, "DELETE FROM meta; INSERT INTO meta VALUES(%d);", to);
    return store_run(store, sql->str, error);
}

static bool version_read(Store *store, gint64 *ret_version, GError **error)
{
    gint64 there = 0;
    *ret_version = 0;
    if (!store_query_int(store,
                         "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                         " c.relnamespace WHERE n.nspname = 'zenhar' AND c.relname = 'meta'",
                         NULL, 0, &there, NULL, error))
        return false;
    return there == 0 || store_query_int(store, "SELECT version FROM zenhar.meta", NULL, 0,
                                         ret_version, NULL, error);
}

static bool too_old(Store *store, gint64 version, GError **error)
{
    g_set_error(error, ZENHAR_ERROR, version == 0 ? ZENHAR_ERROR_NOT_FOUND : ZENHAR_ERROR_USAGE,
                version == 0
                    ? _("There is no case at %s. Make one with “zenhar init”, or check the path.")
                    : _("The case %s was made by an older version of Zenhar. Open it once for "
                        "writing (for example with “zenhar import”), and it is brought up to "
                        "date."),
                store->folder);
    return false;
}

bool store_server_schema_there(Store *store, GError **error)
{
    gint64 version = 0;
    if (!version_read(store, &version, error))
        return false;
    if (version > STORE_SCHEMA_VERSION)
        return store_fail_newer(store, error);
    return version > 0 || too_old(store, version, error);
}

bool store_server_schema_fit(Store *store, bool may_change, GError **error)
{
    gint64 version = 0;
    if (!version_read(store, &version, error))
        return false;
    if (version == STORE_SCHEMA_VERSION)
        return true;
    if (version > STORE_SCHEMA_VERSION)
        return store_fail_newer(store, error);
    if (!may_change)
        return too_old(store, version, error);
    /* One at a time; what another did meanwhile is seen under the lock. */
    if (!store_run(store, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('zenhar schema'))", error))
        return false;
    if (version_read(store, &version, error) &&
        (version == STORE_SCHEMA_VERSION ||
         change(store, (int)version, STORE_SCHEMA_VERSION, error)))
        return store_run(store, "COMMIT", error);
    store_run(store, "ROLLBACK", NULL);
    return false;
}
