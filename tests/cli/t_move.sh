#!/bin/sh
# tests/cli/t_move.sh: a case moved from a folder to a PostgreSQL server and back, cut off in the middle, written by
# mistake on the wrong side. TAP.
unset ZENHAR_TEST_STORE
. "$(dirname "$0")/lib.sh"
. "$here/../server.sh"
if ! server_there; then
    skip a_case_is_moved "PostgreSQL's server is not installed"
    echo "1..$n"
    exit 0
fi
server_start || exit 1
echo "a passphrase of the test" >pw
place=$server/moved$server_options
head_of() { z verify --case "$1" 2>/dev/null | sed 's/"case":"[^"]*",//'; }
verified() { ends 0 z verify --case "$1" && says "Everything fits"; }
# All that a case says, as text: every kind, its words, its proofs.
told() {
    for kind in original report statement person act import link quarantine audit; do
        z list $kind --case "$1" 2>/dev/null
    done
    for words in "بازداشت شد" '"report 7"' 'rep* 12' 'arrest'; do
        z search --case "$1" "$words" 2>/dev/null
    done
    z verify --case "$1" --proof R3 2>/dev/null
}

# ---- there and back ----
begun() {
    "$cheap_case" here.zenhar "$(cat pw)" && table first.csv 0 80 && ends 0 z import --case here.zenhar first.csv &&
        ends 0 z link --case here.zenhar && table second.csv 60 130 && ends 0 z import --case here.zenhar second.csv &&
        ends 0 z link --case here.zenhar && echo '{broken' >bad.jsonl && ends 1 z import --case here.zenhar bad.jsonl &&
        echo '{"the wrapped key of an inbox": 1}' >here.zenhar/inbox.json && told here.zenhar >here.told && head_of here.zenhar >here.head && [ "$(wc -l <here.told)" -gt 400 ] && [ -s here.head ]
}
claim a_case_has_reports_persons_and_something_in_quarantine begun
there() {
    ends 0 z move here.zenhar "$place" && says "the same newest head" && told "$place" >there.told &&
        head_of "$place" >there.head && grep -q '"fits":true' there.head && cmp here.told there.told && cmp here.head there.head
}
claim on_a_server_it_says_and_proves_the_same_byte_by_byte there
read_only() {
    ends 3 z import --case here.zenhar first.csv && says "was moved to" && says "reopen" &&
        ends 0 z move here.zenhar "$place" && says "before; nothing was to be done"
}
claim the_source_is_read_and_not_written read_only
goes_on() { table more.csv 500 520 && ends 0 z import --case "$place" more.csv && says "added: 20" &&
    ends 0 z show --case "$place" --reveal --reason "a test" T5 && grep -q "Test Person 4" out; }
claim on_the_server_it_goes_on_and_names_open goes_on
known() { # the server has more by now, and all that the folder has
    ends 0 z move here.zenhar "$place" && says "nothing was to be done" && ends 2 z move "$place" here.zenhar && says "choose another place"
}
claim a_move_that_was_done_is_not_done_again known
back() {
    told "$place" >there.told && head_of "$place" >there.head && ends 0 z move "$place" back.zenhar && told back.zenhar >back.told &&
        cmp there.told back.told && cmp here.zenhar/inbox.json back.zenhar/inbox.json && head_of back.zenhar >back.head && cmp there.head back.head &&
        ends 3 z import --case "$place" first.csv && ends 0 z import --case back.zenhar first.csv && says "nothing was added" &&
        table yet.csv 600 610 && ends 0 z import --case back.zenhar yet.csv && ends 0 z link --case back.zenhar && verified back.zenhar
}
claim back_in_a_folder_it_is_the_same_and_goes_on back
same_originals() { # sealed files, byte by byte
    (cd here.zenhar && find originals -type f | sort | xargs sha256sum) >one && [ -s one ] && (cd back.zenhar && sha256sum -c --quiet ../one)
}
claim sealed_files_are_the_same_bytes same_originals
rules() { # past Zenhar, with SQL: the rule is the server's
    ! server_sql owner "SET search_path = zenhar; SET \"zenhar.case\" = '1'; INSERT INTO counter VALUES(1, 1, 9999)" 2>why &&
        grep -q "row-level security" why
}
claim the_server_refuses_writes_to_what_was_moved_away rules

# ---- what cannot be moved ----
elsewhere() {
    ends 2 z move here.zenhar other.zenhar && says "is being moved to" && mkdir full && touch full/file &&
        ends 2 z move back.zenhar full && says "something else" && ends 2 z move back.zenhar back.zenhar/in && says "within" &&
        ln -s back.zenhar alias.zenhar && ends 2 z move back.zenhar alias.zenhar && says "one and the same" &&
        ends 2 z move "$place" "$server/moved$server_options&connect_timeout=9" && says "is being moved to" &&
        "$cheap_case" stranger.zenhar "$(cat pw)" && ends 2 z move back.zenhar stranger.zenhar && says "something else" &&
        ends 3 z move nowhere.zenhar x.zenhar && ends 2 z move back.zenhar && ends 2 z move --remove back.zenhar && says "folder" &&
        ends 2 z move --reopen back.zenhar && says "not moved away" && [ ! -e x.zenhar ] && [ ! -e other.zenhar ] &&
        verified back.zenhar && ends 0 z import --case back.zenhar first.csv
}
claim what_is_no_free_place_is_told_and_nothing_is_changed elsewhere
passphrase() {
    echo wrong >pw3 && ends 3 "$zenhar" move --passphrase-file pw3 back.zenhar new.zenhar && [ ! -e new.zenhar ] && [ ! -e back.zenhar/moved ]
}
claim a_wrong_passphrase_moves_nothing passphrase
reopened() {
    ends 0 z move --reopen here.zenhar && says "merge" && ends 0 z import --case here.zenhar more.csv && says "added: 20" && verified here.zenhar
}
claim the_source_can_be_opened_again reopened
apart() { # the server's copy lacks what was written here since
    ends 2 z move here.zenhar "$place" && says "has not all that this one has" && ends 0 z import --case here.zenhar more.csv
}
claim a_copy_that_lacks_something_is_not_taken_for_the_case apart
merged() { # both were written: brought together
    ends 0 z merge --case back.zenhar --decide ours here.zenhar && verified back.zenhar
}
claim two_copies_that_were_both_written_are_merged merged
removed() {
    ends 0 z move --remove "$place" && ends 3 z list report --case "$place" && says "There is no case" &&
        [ "$(server_sql postgres "SELECT count(*) FROM zenhar.report")$(server_sql postgres "SELECT count(*) FROM zenhar.piece")" = 00 ]
}
claim a_case_that_was_moved_away_is_taken_off_its_server removed

# ---- cut off in the middle ----
# Moves FROM to TO, killed again and again; between two runs TO opens for nobody and FROM is not written. Then it ends.
cut_off() { # cut_off FROM TO DELAYS...
    from=$1 to=$2
    shift 2
    half=0
    for delay in "$@"; do
        "$zenhar" move --passphrase-file pw "$from" "$to" >out 2>err &
        pid=$!
        sleep "$delay"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        z list setting --case "$to" >out 2>err && break
        if grep -q "not whole" err; then half=$((half + 1)); fi
        z import --case "$from" late.csv >out 2>err
        grep -q "is being moved to\|added: 1\|nothing was added" err || { cat err; return 1; }
    done
    ends 0 z move "$from" "$to" || return 1
    echo "cut off half way: $half"
    head_of "$from" >from.head && head_of "$to" >to.head && grep -q '"fits":true' to.head && cmp from.head to.head &&
        told "$from" >from.told && told "$to" >to.told && cmp from.told to.told
}
delays="0.2 0.4 0.6"
n_reports=1000
if [ -n "${ZENHAR_SOAK:-}" ]; then
    n_reports=20000
    delays=$(awk 'BEGIN { srand(); for (i = 0; i < 40; i++) printf "%.2f ", 0.1 + rand() * 4 }')
fi
large() {
    "$cheap_case" large.zenhar "$(cat pw)" && table late.csv 900000 900001 && table large.csv 1000 $((1000 + n_reports)) &&
        ends 0 z import --case large.zenhar large.csv && for i in 1 2 3; do
            head -c 3000000 /dev/urandom >scan$i.bin
            ends 1 z import --case large.zenhar scan$i.bin || return 1
        done
}
claim a_larger_case_is_made large
to_server() { cut_off large.zenhar "$server/large$server_options" $delays; }
claim killed_on_its_way_to_a_server_it_arrives_whole to_server
to_folder() { cut_off "$server/large$server_options" large2.zenhar $delays; }
claim killed_on_its_way_to_a_folder_it_arrives_whole to_folder
anew() { # given up half way, written here, begun again
    "$zenhar" move --passphrase-file pw large2.zenhar "$server/anew$server_options" >out 2>err &
    pid=$!
    sleep 0.4
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    ends 0 z move --reopen large2.zenhar && ends 0 z import --case large2.zenhar more.csv && says "added: 20" &&
        ends 0 z move large2.zenhar "$server/anew$server_options" && verified "$server/anew$server_options" &&
        head_of large2.zenhar >from.head && head_of "$server/anew$server_options" >to.head && cmp from.head to.head
}
claim what_was_written_after_a_move_was_given_up_is_moved_too anew
restarted() {
    z move "$server/anew$server_options" large3.zenhar >out 2>err &
    pid=$!
    sleep 0.4
    server_control restart
    wait $pid
    ends 0 z move "$server/anew$server_options" large3.zenhar && verified large3.zenhar && head_of large3.zenhar >to.head && cmp from.head to.head
}
claim a_server_started_anew_in_the_middle_loses_nothing restarted
echo "1..$n"
