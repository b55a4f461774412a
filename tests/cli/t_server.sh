#!/bin/sh
# tests/cli/t_server.sh: a case on a PostgreSQL server: who may do what, several writers at once, killed
# programs, a server that is started anew. What else holds of a case is claimed by the other scripts,
# run with ZENHAR_TEST_STORE=postgresql (server/NAME). TAP.
unset ZENHAR_TEST_STORE
. "$(dirname "$0")/lib.sh"
. "$here/../server.sh"
if ! server_there; then
    skip a_case_on_a_server "PostgreSQL's server is not installed"
    echo "1..$n"
    exit 0
fi
server_start || exit 1
echo "a passphrase of the test" >pw
case=$server/one$server_options
as() { echo "$case" | sed "s/owner@/$1@/"; }
count() { z list report --case "$case" 2>/dev/null | tail -n +2 | wc -l; }
verified() { ends 0 z verify --case "$case" && says "Everything fits"; }

# ---- made, filled, read ----
made() {
    ends 0 z init --title "Arrests" "$server/made$server_options" && says "passphrase" &&
        ends 2 z init "$server/made$server_options" && says "already" &&
        ends 0 z list setting --case "$server/made$server_options" && grep -q '^ST1,title,Arrests' out &&
        [ ! -e postgresql: ] && "$cheap_case" "$case" "$(cat pw)"
}
claim a_case_is_made_once_under_its_name made
filled() {
    table first.csv 0 50
    ends 0 z import --case "$case" first.csv && says "added: 50" && ends 0 z import --case "$case" first.csv &&
        says "nothing was added" && [ "$(count)" = 50 ] && verified
}
claim reports_come_in_once_and_everything_fits filled
found() {
    ends 0 z search --case "$case" "بازداشت شد" && [ "$(wc -l <out)" = 51 ] &&
        ends 0 z search --case "$case" '"report 7"' && grep -q '^R8,' out && [ "$(wc -l <out)" = 2 ] &&
        ends 0 z search --case "$case" 'rep* 12' && grep -q '^R13,' out && [ "$(wc -l <out)" = 2 ]
}
claim words_phrases_and_beginnings_are_found found
walked() { ends 0 z trace --case "$case" T1 && grep -q 'original O1: first.csv' out; }
claim a_record_is_walked_to_its_original walked
sealed() {
    server_sql postgres "SELECT string_agg(encode(victim_name, 'escape'), ' ') FROM zenhar.statement" >names &&
        [ -s names ] && ! grep -q "Test Person" names &&
        server_sql postgres "SELECT encode(bytes, 'escape') FROM zenhar.piece" >pieces && [ -s pieces ] &&
        ! grep -q "Test Person" pieces
}
claim names_and_originals_are_sealed_before_they_leave sealed
changed() {
    "$cheap_case" "$server/other$server_options" "$(cat pw)" && table other.csv 100 110 &&
        ends 0 z import --case "$server/other$server_options" other.csv && [ "$(count)" = 50 ] &&
        ends 0 z verify --case "$server/other$server_options"
}
claim two_cases_of_a_database_do_not_mix changed
same_numbers() { # the same import into a folder gives the same records under the same numbers
    "$cheap_case" folder.zenhar "$(cat pw)" && ends 0 z import --case folder.zenhar other.csv || return 1
    z list statement --case folder.zenhar | sed 's/20..-..-..T[^,]*//g' >here
    z list statement --case "$server/other$server_options" 2>/dev/null | sed 's/20..-..-..T[^,]*//g' >there
    [ "$(wc -l <here)" = 11 ] && cmp here there
}
claim a_folder_numbers_its_records_alike same_numbers

# A database of the seventh version: its tables get what came later at the next writing, and are those of a new one.
shape() { server_sql postgres "SELECT indexdef FROM pg_indexes WHERE schemaname = 'zenhar' UNION SELECT table_name || column_name || data_type
    FROM information_schema.columns WHERE table_schema = 'zenhar' ORDER BY 1"; }
upgraded() {
    shape >new && server_sql postgres "SET search_path = zenhar; CREATE TABLE public.nodes AS SELECT * FROM seal_node;
        DROP TABLE seal_node; DROP INDEX report_by_span; DROP INDEX report_by_kind; DROP INDEX report_counted; DROP INDEX statement_by_kind; DROP TABLE job; DROP TABLE erasure;
        ALTER TABLE cases DROP COLUMN mark; ALTER TABLE audit DROP COLUMN actor; UPDATE meta SET version = 7" &&
        ends 2 z list report --case "$case" && says "older version" && ends 0 z token add --role reader --case "$case" older &&
        server_sql postgres "INSERT INTO zenhar.seal_node SELECT * FROM public.nodes
        ON CONFLICT(case_id, first) DO UPDATE SET sealed = excluded.sealed; DROP TABLE public.nodes" && shape >old && cmp old new &&
        ends 0 z import --case "$case" first.csv && [ "$(count)" = 50 ] && verified
}
claim an_older_database_is_brought_up_to_date upgraded

# ---- who may ----
stranger() { ends 3 z list report --case "$(as stranger)" && says "no access" && [ ! -s out ]; }
claim a_role_without_access_sees_no_case stranger
bypass() { ends 3 z list report --case "$(as postgres)" && says "superuser"; }
claim a_superuser_is_sent_away bypass
analyst() {
    server_sql owner "SELECT zenhar.grant_access('one', 'analyst', 'analyst')" >grant &&
        ends 0 z list report --case "$(as analyst)" && [ "$(wc -l <out)" = 51 ] &&
        ends 0 z search --case "$(as analyst)" "بازداشت" && [ "$(wc -l <out)" = 51 ] &&
        ends 3 z import --case "$(as analyst)" other.csv && says "does not let this role" && verified
}
claim an_analyst_reads_and_writes_nothing analyst
rows() { # past Zenhar, with SQL: the rules are the server's
    server_sql stranger "SET \"zenhar.case\" = '2'; SELECT count(*) FROM zenhar.report" >seen && [ "$(cat seen)" = 0 ] &&
        server_sql analyst "SET \"zenhar.case\" = '2'; DELETE FROM zenhar.report; SELECT count(*) FROM zenhar.report" >seen &&
        [ "$(cat seen)" = 50 ] && ! server_sql stranger "SELECT zenhar.grant_access('one', 'stranger', 'reader')" 2>why &&
        ! server_sql analyst "SET \"zenhar.case\" = '2'; INSERT INTO zenhar.counter VALUES(1, 1, 99)" 2>why &&
        ! server_sql stranger "SELECT * FROM zenhar.access" 2>why && ! server_sql analyst "SELECT * FROM zenhar.report_0" 2>why
}
claim the_server_itself_keeps_rows_apart rows
revoked() {
    server_sql owner "SELECT zenhar.revoke_access('one', 'analyst')" >grant &&
        ends 3 z list report --case "$(as analyst)" && says "no access"
}
claim access_is_taken_away revoked

# ---- what cannot be opened ----
weak() {
    for options in "?sslmode=require" "?sslmode=disable" "?hostaddr=192.0.2.1&sslmode=prefer"; do
        ends 3 z list report --case "postgresql://owner@db.example.org/coalition/one$options" ||
            ends 2 z list report --case "postgresql://owner@db.example.org/coalition/one$options" || return 1
        says "verify-full" || return 1
    done
}
claim a_server_elsewhere_is_reached_by_verified_tls_alone weak
addresses() {
    for bad in "postgresql://owner@/" "postgresql:///coalition/a/b" "postgresql:coalition" "postgresql:///coalition/a%20b"; do
        ends 2 z list report --case "$bad" && says "postgresql://USER@HOST/DATABASE/CASE" || return 1
    done
    ends 2 z list report --case "postgresql:///coalition/one?password=secret-word" && says "pgpass" && ! grep -q secret-word err
}
claim an_address_that_is_none_is_told addresses
absent() {
    ends 3 z verify --case "$server/nowhere$server_options" && says "There is no case" &&
        ends 3 z verify --case "postgresql:///coalition/one?host=/nowhere" && says "cannot be reached" &&
        ends 3 z verify --case "postgresql://owner@/postgres/one$server_options" && says "There is no case"
}
claim a_case_that_is_not_there_is_told absent
folders() {
    ends 2 z demo --case "$case" x && says "cannot yet" && ends 2 z restore "$case" x && says "A backup is a folder" &&
        ends 2 z backup --case "$case" "$case" && says "Name a folder here"
}
claim what_works_on_folders_alone_says_so folders
altered() { # the administrator of the server changes a row, then an original: found, and put back
    flip="UPDATE zenhar.piece SET bytes = set_byte(bytes, 200, get_byte(bytes, 200) # 1) WHERE case_id = 2"
    server_sql postgres "UPDATE zenhar.report SET text = text || '!' WHERE case_id = 2 AND id = 9" &&
        ends 1 z verify --case "$case" && says "R9" &&
        server_sql postgres "UPDATE zenhar.report SET text = rtrim(text, '!') WHERE case_id = 2 AND id = 9" &&
        server_sql postgres "$flip" && ends 1 z verify --case "$case" && says "O1" && server_sql postgres "$flip" && verified
}
claim what_was_changed_on_the_server_is_named altered

brought_back() { # the database of an earlier day: told by whoever saw more of it, and by nobody else
    noted=$(find state/zenhar -name newest-head | wc -l) && [ "$noted" -gt 0 ] && server_copy other earlier && table day.csv 200 205 &&
        XDG_STATE_HOME=$folder/elsewhere ends 0 z list report --case "$other" && ends 0 z import --case "$other" day.csv && ends 0 z verify --case "$other" &&
        XDG_STATE_HOME=$folder/reader ends 0 z list report --case "$reader" && server_drop other && server_copy earlier other &&
        ends 1 z verify --case "$other" && says "shorter than it was" && grep -q '"misfit"' out &&
        XDG_STATE_HOME=$folder/reader ends 1 z verify --case "$reader" && XDG_STATE_HOME=$folder/elsewhere ends 0 z verify --case "$other" &&
        ends 0 z list report --case "$other" && says "shorter than it was" && ends 0 z import --case "$other" day.csv && says "shorter than it was" &&
        rm -r state/zenhar && ends 0 z verify --case "$other"
}
other=$server/other$server_options
reader=$(echo "$other" | sed s/owner@/analyst@/)
server_sql owner "SELECT zenhar.grant_access('other', 'analyst', 'reader')" >grant
claim an_older_database_in_its_place_is_told_by_who_saw_more brought_back
merged() { # a case in a folder and one on the server, each way
    table field.csv 300 304 && ends 0 z import --case folder.zenhar field.csv && ends 0 z merge --case "$other" folder.zenhar && says "added" &&
        [ "$(z list report --case "$other" 2>/dev/null | wc -l)" = 20 ] && ends 0 z verify --case "$other" && grep -q '"merged_logs":1' out &&
        ends 0 z merge --case folder.zenhar "$other" && [ "$(z list report --case folder.zenhar 2>/dev/null | wc -l)" = 20 ] &&
        ends 0 z verify --case folder.zenhar && ends 0 z merge --case "$other" folder.zenhar && says "nothing was written" &&
        ends 2 z merge --case "$other" "$other" && says "the case itself"
}
claim a_folder_and_a_server_are_merged_each_way merged
saved() { # to a folder and back onto the server under a new name, the same records
    ends 0 z backup --case "$other" saved && grep -q '"verified":true' out && z list statement --case "$other" >before 2>err && z list statement --case saved >kept 2>err && cmp before kept &&
        ends 0 z restore saved "$server/restored$server_options" && says "all fits" && z list statement --case "$server/restored$server_options" >after 2>err && cmp before after &&
        ends 0 z search --case "$server/restored$server_options" "بازداشت شد" && [ "$(wc -l <out)" -gt 10 ] && ends 2 z restore saved "$server/restored$server_options" && says "a case already" &&
        ends 0 z import --case "$server/restored$server_options" first.csv && ends 0 z verify --case "$server/restored$server_options" && [ ! -e saved/moved ] && [ ! -e saved/part ] &&
        echo wrong >wrong && ends 3 "$zenhar" list report --case saved --passphrase-file wrong
}
claim a_case_is_backed_up_as_a_folder_and_restored_to_a_server saved
twice_named() { # by --case and as a word: once more a case there, and no folder of another name
    ends 0 z init --case "$server/named$server_options" "$server/named$server_options" && ends 0 z list setting --case "$server/named$server_options" &&
        ! ls -d xxx* 2>/dev/null
}
claim an_address_given_twice_is_one_case twice_named

# ---- many at once, killed, started anew ----
at_once() {
    pids=
    for i in 1 2 3 4; do
        table part$i.csv $((i * 1000)) $((i * 1000 + 60))
        z import --case "$case" part$i.csv >out$i 2>err$i &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid" || { cat err?; return 1; }
    done
    [ "$(count)" = 290 ] && verified
}
claim four_writers_at_once_keep_one_log at_once
killed() {
    table many.csv 10000 11200
    kills=0
    for delay in 0.1 0.3 0.6 0.9; do
        "$zenhar" import --case "$case" --passphrase-file pw many.csv >out 2>err &
        pid=$!
        sleep $delay
        kill -9 $pid 2>/dev/null && kills=$((kills + 1))
        wait $pid 2>/dev/null
    done
    ends 0 z import --case "$case" many.csv && [ $kills -gt 0 ] && [ "$(count)" = 1490 ] && verified
}
claim an_import_that_is_killed_loses_and_doubles_nothing killed
restarted() {
    table more.csv 20000 21200
    "$zenhar" import --case "$case" --passphrase-file pw more.csv >out 2>err &
    pid=$!
    sleep 0.7
    server_control restart || return 1
    wait $pid
    ends 0 z import --case "$case" more.csv && [ "$(count)" = 2690 ] && verified
}
claim a_server_that_is_started_anew_loses_nothing restarted
passphrase() {
    echo "another passphrase" >pw2
    exec 5<pw2
    ends 0 "$zenhar" passphrase --passphrase-file pw --new-passphrase-fd 5 --case "$case" || return 1
    ends 3 z list setting --case "$case" && mv pw2 pw && ends 0 z list setting --case "$case"
}
claim a_passphrase_is_changed passphrase
echo "1..$n"
