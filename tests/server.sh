# tests/server.sh: a PostgreSQL server of a test's own, gone at its end; sourced after tap.sh.
# Sets $server, the address of an empty database without a case's name, and $server_options; both
# together with a name are a case: "$server/NAME$server_options". Nothing here waits for a disk.
server_bin=/usr/lib/postgresql/15/bin
[ -x "$server_bin/initdb" ] || server_bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
server_root= # folder of the server; empty: none runs
server_fars= # names of further ones, which keep partitions

server_there() { [ -x "$server_bin/initdb" ]; }
# The server refuses to run as root; a test may be root's.
server_as() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u nobody -- "$@"); else "$@"; fi; }
server_control() { # server_control start|restart|stop
    server_as "$server_bin/pg_ctl" -D "$server_root/data" -w -m immediate -l "$server_root/log" \
        -o "-c listen_addresses='' -c unix_socket_directories=$server_root -c fsync=off" "$1" >/dev/null 2>&1
}
server_sql() { # server_sql ROLE SQL: answers on standard output
    psql -qAtX -v ON_ERROR_STOP=1 -h "$server_root" -U "$1" -d coalition -c "$2"
}
server_each() { # server_each NAME FIRST EACH: for every table t with columns c; old is the number of the case NAME
    server_sql postgres "DO \$\$ DECLARE old bigint := (SELECT id FROM zenhar.cases WHERE name = '$1'); new bigint; t name; c text;
        BEGIN
            PERFORM set_config('session_replication_role', 'replica', true);
            $2
            FOR t, c IN SELECT k.relname, string_agg(quote_ident(a.attname), ', ') FILTER (WHERE a.attname <> 'case_id')
                FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE k.relnamespace = 'zenhar'::regnamespace AND k.relkind IN ('r', 'p') AND NOT k.relispartition
                GROUP BY k.relname HAVING bool_or(a.attname = 'case_id') LOOP
                EXECUTE format($3) USING new, old;
            END LOOP;
        END \$\$"
}
server_keys_put() { # server_keys_put NAME: what case.json says, from standard input
    keys=$(cat && echo x)
    keys=${keys%?x} # but for the end of the line that psql wrote
    echo "UPDATE zenhar.cases SET keys = :'keys' WHERE name = '$1'" |
        psql -qAtX -v ON_ERROR_STOP=1 -v keys="$keys" -h "$server_root" -U postgres -d coalition
}
server_copy() { # server_copy FROM TO: a case of the database once more, under another name, as cp -r does it
    server_each "$1" "INSERT INTO zenhar.cases(name, keys) SELECT '$2', keys FROM zenhar.cases WHERE id = old RETURNING id INTO STRICT new;" \
        "'INSERT INTO zenhar.%I(case_id, %s) SELECT \$1, %s FROM zenhar.%I WHERE case_id = \$2', t, c, c, t"
}
server_state() { # server_state NAME: a hash of all its rows
    server_sql postgres "CREATE FUNCTION pg_temp.state(wanted text) RETURNS text LANGUAGE plpgsql AS \$\$ DECLARE t name; part text; sum text := '';
        BEGIN
            FOR t IN SELECT k.relname FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = 'case_id'
                WHERE k.relnamespace = 'zenhar'::regnamespace AND k.relkind IN ('r', 'p') AND NOT k.relispartition ORDER BY 1 LOOP
                EXECUTE format('SELECT md5(string_agg(r::text, %L ORDER BY r::text)) FROM zenhar.%I r
                    JOIN zenhar.cases k ON k.id = r.case_id WHERE k.name = \$1', '', t) INTO part USING wanted;
                sum := md5(sum || coalesce(part, ''));
            END LOOP;
            RETURN sum;
        END \$\$; SELECT pg_temp.state('$1')"
}
server_drop() { # server_drop NAME: as rm -r does it
    server_each "$1" "DELETE FROM zenhar.cases WHERE id = old;" "'DELETE FROM zenhar.%I WHERE case_id = \$2 OR \$1 = 0', t"
}
server_far() { # server_far NAME: one more server, which the first one reaches as the foreign server NAME
    server_fars="$server_fars $1"
    mkdir "$server_root/$1" && { [ "$(id -u)" != 0 ] || chown nobody "$server_root/$1"; } &&
        server_as "$server_bin/initdb" -D "$server_root/$1/data" -A trust -E UTF8 --locale=C.UTF-8 -U postgres --no-sync >"$folder/initdb" 2>&1 &&
        server_far_control "$1" start &&
        psql -qX -h "$server_root/$1" -U postgres -d postgres -c "CREATE ROLE keeper LOGIN" -c "CREATE DATABASE coalition OWNER keeper" &&
        server_sql postgres "SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS postgres_fdw;
            CREATE SERVER $1 FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$server_root/$1', dbname 'coalition');
            CREATE USER MAPPING FOR PUBLIC SERVER $1 OPTIONS (user 'keeper', password_required 'false');
            GRANT USAGE ON FOREIGN SERVER $1 TO owner"
}
server_far_control() { # server_far_control NAME start|stop
    server_as "$server_bin/pg_ctl" -D "$server_root/$1/data" -w -m immediate -l "$server_root/$1/log" \
        -o "-c listen_addresses='' -c unix_socket_directories=$server_root/$1 -c fsync=off" "$2" >/dev/null 2>&1
}
server_far_sql() { # server_far_sql NAME SQL
    psql -qAtX -v ON_ERROR_STOP=1 -h "$server_root/$1" -U keeper -d coalition -c "$2"
}
server_stop() {
    for far in $server_fars; do server_far_control "$far" stop; done
    server_fars=
    [ -z "$server_root" ] || server_control stop
    [ -z "$server_root" ] || rm -rf "$server_root"
    server_root=
}
server_start() {
    server_root=$(mktemp -d /tmp/zenhar-server.XXXXXX) || return 1
    trap 'server_stop; rm -rf "$folder"' EXIT
    chmod 755 "$server_root"
    [ "$(id -u)" != 0 ] || chown nobody "$server_root"
    server_as "$server_bin/initdb" -D "$server_root/data" -A trust -E UTF8 --locale=C.UTF-8 -U postgres --no-sync \
        >"$folder/initdb" 2>&1 && server_control start || { cat "$folder/initdb" >&2; return 1; }
    psql -qX -h "$server_root" -U postgres -d postgres -c "CREATE ROLE owner LOGIN" \
        -c "CREATE ROLE analyst LOGIN" -c "CREATE ROLE stranger LOGIN" -c "CREATE DATABASE coalition OWNER owner"
    XDG_STATE_HOME=$folder/state # notes of cases on a server lie with the user
    export XDG_STATE_HOME
    server="postgresql://owner@/coalition"
    server_options="?host=$server_root"
}
