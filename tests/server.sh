# tests/server.sh: a PostgreSQL server of a test's own, gone at its end; sourced after tap.sh.
# Sets $server, the address of an empty database without a case's name, and $server_options; both
# together with a name are a case: "$server/NAME$server_options". Nothing here waits for a disk.
server_bin=/usr/lib/postgresql/15/bin
[ -x "$server_bin/initdb" ] || server_bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
server_root= # folder of the server; empty: none runs

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
server_stop() {
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
    server="postgresql://owner@/coalition"
    server_options="?host=$server_root"
}
