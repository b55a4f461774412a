/* Partitions of the large tables that lie on other servers, by postgres_fdw.
 *
 *     zenhar.partitions_elsewhere('{1,2}')             SQL that makes them there
 *     zenhar.place_partitions('{1,2}', '{east,west}')  puts them there, before the first case
 *
 * All large tables are parted by the same hash of the case's number, so that a case's rows lie on
 * one server, and keys among them hold there. What does not hold: PostgreSQL lets a table with
 * foreign partitions have no unique index, and no foreign key from or to it. Each partition has its
 * own; a key between a far partition and a small table (a report's place) is checked by nobody. Two
 * servers do not commit as one: docs/operations.md. */
#include "store/server_places.h"

#include "base/i18n.h"

const char STORE_SERVER_PLACES_SQL[] =
    "CREATE OR REPLACE FUNCTION large() RETURNS SETOF name LANGUAGE sql STABLE"
    " SET search_path = pg_catalog, pg_temp AS $$"
    " SELECT relname FROM pg_class WHERE relnamespace = 'zenhar'::regnamespace AND relkind = 'p'"
    " ORDER BY 1 $$;"
    "CREATE OR REPLACE FUNCTION partition_keys(of_table name, number integer, far boolean,"
    " OUT step integer, OUT said text) RETURNS SETOF record LANGUAGE plpgsql STABLE"
    " SET search_path = pg_catalog, pg_temp AS $$"
    " DECLARE part regclass := format('zenhar.%I', of_table || '_' || number)::regclass;"
    " parent regclass := format('zenhar.%I', of_table)::regclass; BEGIN"
    " RETURN QUERY SELECT 1, format('ALTER TABLE %s ADD %s', part, pg_get_constraintdef(oid))"
    " FROM pg_constraint WHERE conrelid = part AND contype IN ('p', 'u');"
    " RETURN QUERY SELECT 2, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = part"
    " AND (far OR i.indisunique) AND NOT EXISTS(SELECT FROM pg_constraint k WHERE k.conindid = "
    "i.indexrelid"
    " AND k.conrelid = part AND k.contype IN ('p', 'u'));"
    " RETURN QUERY SELECT 3, format('ALTER TABLE %s ADD %s%s', part, CASE WHEN r.relkind = 'p' THEN"
    " regexp_replace(pg_get_constraintdef(k.oid), 'REFERENCES zenhar\\.(\\w+)\\(',"
    " 'REFERENCES zenhar.\\1_' || number || '(') ELSE pg_get_constraintdef(k.oid) END,"
    " CASE WHEN far THEN ' INITIALLY DEFERRED' ELSE '' END)"
    " FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid"
    " WHERE k.conrelid = parent AND k.contype = 'f' AND k.conparentid = 0 AND (r.relkind = 'p' OR "
    "NOT far);"
    " END $$;"
    "CREATE OR REPLACE FUNCTION are_placed() RETURNS boolean LANGUAGE sql STABLE"
    " SET search_path = pg_catalog, pg_temp AS $$"
    " SELECT EXISTS(SELECT FROM pg_class WHERE relnamespace = 'zenhar'::regnamespace AND relkind = "
    "'f') $$;"
    "CREATE OR REPLACE FUNCTION partitions_elsewhere(numbers integer[]) RETURNS SETOF text "
    "LANGUAGE plpgsql"
    " STABLE SET search_path = pg_catalog, pg_temp AS $$"
    " BEGIN"
    " IF zenhar.are_placed() THEN RAISE EXCEPTION 'partitions of this database lie elsewhere "
    "already'; END IF;"
    " RETURN NEXT 'CREATE SCHEMA IF NOT EXISTS zenhar;';"
    " RETURN QUERY SELECT format('CREATE TABLE zenhar.%I(%s%s);', t || '_' || n,"
    " (SELECT string_agg(format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),"
    " CASE WHEN a.attcollation <> y.typcollation THEN ' COLLATE \"C\"' ELSE '' END,"
    " CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), ', ' ORDER BY a.attnum)"
    " FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid"
    " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),"
    " (SELECT coalesce(string_agg(', ' || pg_get_constraintdef(k.oid), ''), '') FROM pg_constraint "
    "k"
    " WHERE k.conrelid = c.oid AND k.contype = 'c'))"
    " FROM zenhar.large() t, unnest(numbers) n, pg_class c"
    " WHERE c.relnamespace = 'zenhar'::regnamespace AND c.relname = t || '_' || n;"
    " RETURN QUERY SELECT k.said || ';' FROM zenhar.large() t, unnest(numbers) n,"
    " zenhar.partition_keys(t, n, true) k ORDER BY k.step, k.said;"
    " END $$;"
    "CREATE OR REPLACE FUNCTION place_partitions(numbers integer[], servers name[]) RETURNS void"
    " LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$"
    " DECLARE t name; n integer; i integer; step_sql text; all_numbers integer[] :="
    " ARRAY(SELECT m FROM generate_series(0, 63) m WHERE to_regclass('zenhar.report_' || m) IS NOT "
    "NULL);"
    " keys text[]; BEGIN"
    " IF zenhar.are_placed() THEN RAISE EXCEPTION 'partitions of this database lie elsewhere "
    "already'; END IF;"
    " IF cardinality(numbers) = 0 OR cardinality(numbers) <> cardinality(servers)"
    " OR NOT numbers <@ all_numbers OR (SELECT count(DISTINCT m) FROM unnest(numbers) m) <> "
    "cardinality(numbers)"
    " THEN RAISE EXCEPTION 'name each partition (%) once, and a server for each', all_numbers; END "
    "IF;"
    " FOR t IN SELECT zenhar.large() LOOP FOREACH n IN ARRAY numbers LOOP"
    " IF pg_relation_size(format('zenhar.%I', t || '_' || n)::regclass) > 0 THEN"
    " RAISE EXCEPTION '% holds rows: partitions are placed before the first case', t || '_' || n; "
    "END IF;"
    " END LOOP; END LOOP;"
    " keys := ARRAY(SELECT k.said FROM zenhar.large() g, unnest(all_numbers) m,"
    " zenhar.partition_keys(g, m, false) k WHERE NOT m = ANY(numbers) ORDER BY k.step, k.said);"
    " FOR step_sql IN SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, "
    "k.conname)"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class r ON r.oid = "
    "k.confrelid"
    " WHERE c.relnamespace = 'zenhar'::regnamespace AND k.conparentid = 0 AND NOT c.relispartition"
    " AND (k.contype = 'f' AND 'p' IN (c.relkind, r.relkind) OR k.contype IN ('p', 'u') AND "
    "c.relkind = 'p')"
    " ORDER BY k.contype = 'f' DESC LOOP EXECUTE step_sql; END LOOP;"
    " FOR step_sql IN SELECT format('DROP INDEX %s', x.indexrelid::regclass) FROM pg_index x"
    " JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = 'zenhar'::regnamespace"
    " AND c.relkind = 'p' AND x.indisunique LOOP EXECUTE step_sql; END LOOP;"
    " FOR t IN SELECT zenhar.large() LOOP FOR i IN 1 .. cardinality(numbers) LOOP"
    " EXECUTE format('DROP TABLE zenhar.%I', t || '_' || numbers[i]);"
    " EXECUTE format('CREATE FOREIGN TABLE zenhar.%I PARTITION OF zenhar.%I FOR VALUES WITH'"
    " || ' (MODULUS %s, REMAINDER %s) SERVER %I OPTIONS (schema_name ''zenhar'', table_name %L,'"
    " || ' batch_size ''500'', fetch_size ''5000'')', t || '_' || numbers[i], t, "
    "cardinality(all_numbers),"
    " numbers[i], servers[i], t || '_' || numbers[i]);"
    " END LOOP; END LOOP;"
    " FOREACH step_sql IN ARRAY keys LOOP EXECUTE step_sql; END LOOP;"
    " END $$;";

bool store_server_places_read(Store *store, GError **error)
{
    gint64 placed = 0;
    if (!store_query_int(store,
                         "SELECT count(*) FROM pg_class WHERE relkind = 'f' AND relnamespace ="
                         " (SELECT oid FROM pg_namespace WHERE nspname = 'zenhar')",
                         NULL, 0, &placed, NULL, error))
        return false;
    store->placed = placed > 0;
    return true;
}

bool store_server_places_fit(Store *store, GError **error)
{
    if (!store_server_places_read(store, error))
        return false;
    if (!store->placed)
        return true;
    g_set_error_literal(
        error, ZENHAR_ERROR, ZENHAR_ERROR_USAGE,
        _("Tables of this database lie on other servers too, where this version of Zenhar cannot "
          "change their form. Move the cases, with the version that made them, to a database "
          "that is made anew."));
    return false;
}
