#!/bin/sh
# tests/cli/t_places.sh: a database whose large tables lie on three PostgreSQL servers: cases there give what they
# give on one; what holds there and what does not. TAP.
unset ZENHAR_TEST_STORE
[ -n "${ZENHAR_SOAK:-}" ] || { echo "1..0 # SKIP three servers in a soak alone (ZENHAR_SOAK=1)"; exit 0; }
. "$(dirname "$0")/lib.sh"
. "$here/../server.sh"
if ! server_there || [ ! -e "$(pg_config --sharedir 2>/dev/null)/extension/postgres_fdw.control" ]; then
    skip partitions_on_other_servers "PostgreSQL's server with postgres_fdw is not installed"
    echo "1..$n"
    exit 0
fi
server_start && server_far east && server_far west || exit 1
echo "a passphrase of the test" >pw
spread() { echo "$server/$1$server_options"; }
single() { echo "postgresql://owner@/single/$1$server_options"; }
table() { # table FILE CASE N
    awk -v name="$2" -v n="$3" 'BEGIN {
        print "date,place,kind,name,text,source"
        for (i = 0; i < n; i++)
            printf "2025-06-%02d,%s,arrest,Test Person %d,\"Report %d of %s: می‌گویند بازداشت شد\",Source %d\n", 13 + i % 12, i % 2 ? "تهران" : "شیراز", i % 40, i, name, i % 3
    }' >"$1"
}
cases="a b c d e f"

placed() {
    ends 0 "$zenhar" init --tables "$server$server_options" && says "no case was made" && ends 2 "$zenhar" init --tables folder &&
        server_sql owner "SELECT zenhar.partitions_elsewhere('{1}')" >east.sql && server_sql owner "SELECT zenhar.partitions_elsewhere('{2,3}')" >west.sql &&
        psql -qX -v ON_ERROR_STOP=1 -h "$server_root/east" -U keeper -d coalition -f east.sql && psql -qX -v ON_ERROR_STOP=1 -h "$server_root/west" -U keeper -d coalition -f west.sql &&
        ! server_sql owner "SELECT zenhar.place_partitions('{1,1}', '{east,west}')" 2>why && ! server_sql owner "SELECT zenhar.place_partitions('{1,9}', '{east,west}')" 2>why &&
        ! server_sql analyst "SELECT zenhar.place_partitions('{1}', '{east}')" 2>why &&
        server_sql owner "SELECT zenhar.place_partitions('{1,2,3}', '{east,west,west}')" && ! server_sql owner "SELECT zenhar.place_partitions('{0}', '{east}')" 2>why &&
        grep -q 'elsewhere already' why
}
claim partitions_are_placed_once_before_the_first_case placed
psql -qX -h "$server_root" -U postgres -d postgres -c "CREATE DATABASE single OWNER owner"
filled() {
    for one in $cases; do
        "$cheap_case" "$(spread $one)" "$(cat pw)" && "$cheap_case" "$(single $one)" "$(cat pw)" && table $one.csv $one 40 || return 1
        for where in spread single; do
            ends 0 z import --case "$($where $one)" $one.csv && says "added: 40" && ends 0 z import --case "$($where $one)" $one.csv && says "nothing was added" &&
                table more.csv $one 60 && ends 0 z import --case "$($where $one)" more.csv && says "added: 20; already in the case: 40" || return 1
        done
    done
}
claim six_cases_are_filled filled
apart() { # each server has cases, and none that another has
    server_far_sql east "SELECT DISTINCT case_id FROM zenhar.report_1" >ids && server_far_sql west "SELECT DISTINCT case_id FROM zenhar.report_2 UNION SELECT case_id FROM zenhar.report_3" >>ids &&
        server_sql postgres "SELECT DISTINCT case_id FROM ONLY zenhar.report_0" >>ids && [ "$(sort -n ids | paste -sd' ')" = "1 2 3 4 5 6" ] &&
        [ "$(server_far_sql east "SELECT count(*) FROM zenhar.statement_1" | awk '{ print $1 % 60 }')" = 0 ] && [ "$(server_far_sql east "SELECT count(*) > 0 FROM zenhar.piece_1")" = t ] &&
        [ "$(server_far_sql west "SELECT count(*) > 0 FROM zenhar.search_2")$(server_far_sql west "SELECT count(*) > 0 FROM zenhar.log_tile_3")" = tt ]
}
claim their_rows_lie_on_three_servers apart
plain() { sed 's/20..-..-..T[^,]*//g'; }
same() { # the same question on both: the same answer
    for one in $cases; do
        z "$@" --case "$(spread $one)" 2>err | plain >there && z "$@" --case "$(single $one)" 2>err | plain >here
        [ -s here ] && cmp here there || { echo "case $one: $*"; diff here there | head -5; return 1; }
    done
}
for question in "list report --text" "list statement" "list source" "list person" "list original" "search بازداشت" "search 'report 7'" "trace T11" "list report --since 2025-06-20"; do
    claim "the_same_answer_to_$(echo "$question" | tr ' ' '_')" eval "same $question"
done
linked() { for one in $cases; do ends 0 z link --case "$(spread $one)" && ends 0 z link --case "$(single $one)" || return 1; done; }
claim persons_are_linked linked
claim the_same_persons same list person
claim the_same_acts same list act
verified() {
    for one in $cases; do
        ends 0 z verify --case "$(spread $one)" && says "Everything fits" && jq '{entries, heads, records, originals}' out >there && ends 0 z verify --case "$(single $one)" &&
            jq '{entries, heads, records, originals}' out >here && cmp here there || return 1
    done
}
claim everything_fits_there_as_well verified
rows() { # past Zenhar: the rules of rows hold for far partitions, which nobody reaches but through them
    [ "$(server_sql analyst "SET \"zenhar.case\" = '2'; SELECT count(*) FROM zenhar.report")" = 0 ] && ! server_sql analyst "SELECT * FROM zenhar.report_1" 2>why &&
        server_sql owner "SELECT zenhar.grant_access('b', 'analyst', 'reader')" && [ "$(server_sql analyst "SET \"zenhar.case\" = '2'; SELECT count(*) FROM zenhar.report")" = 60 ] &&
        ! server_sql analyst "SET \"zenhar.case\" = '2'; UPDATE zenhar.report SET text = ''" 2>why || [ "$(server_sql analyst "SET \"zenhar.case\" = '2'; SELECT count(*) FROM zenhar.report WHERE text = ''")" = 0 ]
}
claim rows_are_kept_apart_there_too rows
keys() { # within a partition: two records of one number, one content twice, a statement of no report
    server_far_sql west "SELECT min(case_id) FROM zenhar.report_2" >two && two=$(cat two) && [ -n "$two" ] &&
        ! server_far_sql west "INSERT INTO zenhar.report_2 SELECT * FROM zenhar.report_2 WHERE case_id = $two AND id = 1" 2>why && grep -q 'duplicate key' why &&
        ! server_far_sql west "UPDATE zenhar.report_2 SET content_key = (SELECT content_key FROM zenhar.report_2 WHERE id = 1 AND case_id = $two) WHERE id = 2 AND case_id = $two" 2>why && grep -q 'duplicate key' why &&
        ! server_far_sql west "UPDATE zenhar.statement_2 SET report_id = 999999 WHERE id = 1 AND case_id = $two" 2>why && grep -q 'foreign key' why
}
claim keys_hold_within_a_far_partition keys
altered() { # who keeps a far server changes a row: named, and put back
    one=$(server_sql postgres "SELECT name FROM zenhar.cases WHERE id = $two") && server_far_sql west "UPDATE zenhar.report_2 SET text = text || '!' WHERE id = 9 AND case_id = $two" &&
        ends 1 z verify --case "$(spread $one)" && says "R9" && server_far_sql west "UPDATE zenhar.report_2 SET text = rtrim(text, '!') WHERE id = 9 AND case_id = $two" && ends 0 z verify --case "$(spread $one)"
}
claim what_was_changed_on_a_far_server_is_named altered
at_once() { # readers that verify while writers write: a view is of one moment on all servers
    pids=
    for i in 1 2 3 4; do
        table w$i.csv "writer $i" 50
        z import --case "$(spread $one)" w$i.csv >w$i.out 2>w$i.err & pids="$pids $!"
    done
    for i in 1 2 3 4; do ends 0 z verify --case "$(spread $one)" || return 1; done
    for pid in $pids; do wait "$pid" || return 1; done
    ends 0 z verify --case "$(spread $one)" && [ "$(z list report --case "$(spread $one)" 2>err | wc -l)" = 261 ]
}
claim readers_see_one_moment_while_others_write at_once
away() { # a server that is away: its cases cannot be read, which is told; nothing is lost
    server_far_control west stop && ends 3 z list report --case "$(spread $one)" && server_far_control west start && ends 0 z verify --case "$(spread $one)"
}
claim a_far_server_that_is_away_is_told away
moved() { # a case comes from a folder and goes back, the same
    "$cheap_case" walker.zenhar "$(cat pw)" && z import --case walker.zenhar a.csv >/dev/null 2>&1 && z list statement --case walker.zenhar >before 2>err &&
        ends 0 z move walker.zenhar "$(spread walker)" && z list statement --case "$(spread walker)" >there 2>err && cmp before there && ends 0 z verify --case "$(spread walker)" &&
        ends 0 z move "$(spread walker)" back.zenhar && z list statement --case back.zenhar >again 2>err && cmp before again
}
claim a_case_moves_there_and_back moved
older() { server_sql postgres "UPDATE zenhar.meta SET version = 7" && ends 2 z import --case "$(spread a)" w1.csv && says "other servers" && server_sql postgres "UPDATE zenhar.meta SET version = 8"; }
claim a_form_that_cannot_be_changed_is_told older
echo "1..$n"
