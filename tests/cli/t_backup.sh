#!/bin/sh
# tests/cli/t_backup.sh: a case copied while others write to it, and made a case again. TAP.
. "$(dirname "$0")/lib.sh"
echo 'a passphrase for a test' >pw
c() { z "$@" --case c.zenhar; }
field() { sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p" "${2:-out}" | tr -d '"'; } # of the JSON in out
file() { printf 'date,place,kind,text\n2025-06-%02d,Tehran,arrest,Report number %s\n' $(($1 % 28 + 1)) "$1" >"in-$1.csv"; }
z init c.zenhar >/dev/null 2>&1 && cheap c.zenhar pw
for i in 1 2 3 4 5 6; do file $i; done
c import in-1.csv in-2.csv in-3.csv >/dev/null 2>&1 || exit 1

first() {
    ends 0 c backup b && [ "$(field verified)" = true ] && [ "$(field originals_copied)" = 3 ] && says 'all fits' &&
        [ "$(stat -c %a b/case.db)" = 600 ] && ends 0 z verify --case b && ends 0 z list report --case b && [ "$(grep -c '^R' out)" = 3 ]
}
claim a_backup_is_a_case first
again() {
    sha256sum b/case.db >sum && ends 0 c backup b && [ "$(field database_copied)" = false ] && sha256sum -c --quiet sum &&
        c import in-4.csv >/dev/null 2>&1 && ends 0 c backup b && [ "$(field originals_copied)" = 1 ] && [ "$(field database_copied)" = true ]
}
claim only_what_is_new_is_copied again
restored() {
    ends 0 z restore b r && [ "$(field verified)" = true ] && ends 0 z verify --case r && mv out r.json && c verify >c.json 2>err &&
        [ "$(field root r.json)" = "$(field root c.json)" ] && [ ! -e r/copying ] && [ ! -e r/part ] &&
        z import in-5.csv --case r >/dev/null 2>&1
}
claim a_restored_case_is_the_case_and_goes_on restored

# ---- while another process writes ----
writers() {
    # Files come and are imported one by one until the backups are done.
    (i=100; while [ ! -e enough ]; do i=$((i + 1)); file $i; c import in-$i.csv >/dev/null 2>&1 || touch failed; done) &
    writer=$!
    for i in 1 2 3; do
        ends 0 c backup live || break
        [ "$(field verified)" = true ] || break
        field root >>roots
        field size >>sizes
    done
    touch enough && wait $writer
    [ ! -e failed ] && [ "$(sort -u roots | wc -l)" -ge 2 ] && sort -nc sizes || { cat roots sizes; return 1; }
    # What was backed up stands in the case's own log, and each report of it came with its original (which may be in before it).
    ends 0 c verify --root "$(tail -n 1 roots)" && ends 0 z restore live r2 && more=$(($(field originals) - $(z list report --case r2 2>err | grep -c '^R'))) &&
        [ $more -ge 0 ] && [ $more -le 1 ]
}
claim backups_are_whole_while_another_process_imports writers

# ---- what is not done ----
foreign() {
    mkdir other && echo mine >other/letter && ends 2 c backup other && says 'not empty' && [ "$(ls other)" = letter ] &&
        ends 2 z restore b other && ends 2 z restore b c.zenhar && says 'a case already' &&
        { [ -n "${ZENHAR_TEST_STORE:-}" ] || { ends 2 c backup c.zenhar/backup && says 'within the case'; }; } && ends 2 c backup && ends 2 z restore b
}
claim no_folder_is_written_over foreign
another() { z init d.zenhar >/dev/null 2>&1 && ends 2 z backup --case d.zenhar b && says 'no backup of this case' && ends 0 z verify --case b; }
claim another_cases_backup_is_left_alone another
apart() {
    # b is ahead: the case is brought back from an earlier state, and goes its own way.
    cp -r b early && c import in-6.csv >/dev/null 2>&1 && ends 0 c backup b && z import in-5.csv --case early >/dev/null 2>&1 &&
        ends 2 z backup --case early b && says 'has entries that the case' && ends 0 z verify --case b && ends 0 c backup b
}
claim a_backup_that_knows_more_than_the_case_is_not_undone apart
stranger() { echo wrong >pwx && ends 3 "$zenhar" backup --case c.zenhar --passphrase-file pwx n && [ ! -e n ] && ends 3 "$zenhar" restore b n --passphrase-file pwx && [ ! -e n ]; }
claim without_the_passphrase_nothing_is_copied stranger

# ---- damage ----
damaged() {
    cp -r b hurt && at=$(find hurt/originals -type f | head -n 1) && printf 'four' | dd of="$at" bs=1 seek=120 conv=notrunc 2>/dev/null &&
        ends 1 z restore hurt n1 && says 'no case was made' && [ ! -e n1/case.json ] && grep -q misfit out &&
        ends 1 z restore hurt n2 --damaged && says 'put in place' && ends 1 z verify --case n2 && ends 0 z list report --case n2 &&
        ends 1 c backup hurt && says 'with --anew' && ends 0 c backup hurt --anew && ends 0 z restore hurt n1
}
claim a_damaged_backup_is_told_before_it_counts_as_a_case damaged

lose() { # lose CASE: one sealed file
    [ -n "${ZENHAR_TEST_STORE:-}" ] || { rm "$(find "$1/originals" -type f | head -n 1)"; return; }
    server_sql postgres "DELETE FROM zenhar.piece USING zenhar.cases c WHERE c.id = case_id AND c.name = '$(at_name "$1")'
        AND piece.name = (SELECT min(p.name) FROM zenhar.piece p WHERE p.case_id = c.id)"
}
lost() {
    case_copy c.zenhar less.zenhar && lose less.zenhar && ends 1 z backup --case less.zenhar l && [ "$(field originals_missing)" = 1 ] && grep -q misfit out &&
        [ "$(z list report --case l 2>err | grep -c '^R')" -ge 5 ] && ends 0 z backup --no-verify --case less.zenhar l && says 'not there to be copied'
}
claim a_case_that_lost_an_original_is_copied_all_the_same lost

# ---- cut off ----
resumed() {
    cp -r b cut && id=$(z verify --case b 2>/dev/null | sed 's/.*"case_id":"\([0-9a-f]*\).*/\1/') && printf %s "$id" >cut/copying &&
        mkdir cut/part && echo half >cut/part/case.db && rm cut/case.json cut/case.db* && at=$(find cut/originals -type f | head -n 1) && rm "$at" &&
        echo half >"$at.part" && ends 0 c backup cut && [ "$(field originals_copied)" = 1 ] && [ ! -e "$at.part" ] && [ ! -e cut/copying ] && ends 0 z verify --case cut
}
claim what_was_cut_off_goes_on_where_it_stood resumed
killed() {
    for t in 0.17 0.22; do
        "$zenhar" backup --case c.zenhar kill --passphrase-file pw >out 2>err & p=$! # no function: the program itself is killed
        sleep $t && kill -9 $p 2>/dev/null
        wait $p 2>/dev/null
        [ ! -e kill/case.json ] || ends 0 z verify --case kill || return 1
    done
    ends 0 c backup kill && ends 0 z verify --case kill || return 1
    "$zenhar" restore kill back --passphrase-file pw >out 2>err & p=$!
    sleep 0.2 && kill -9 $p 2>/dev/null
    wait $p 2>/dev/null
    [ -e back/case.json ] || ends 0 z restore kill back && ends 0 z verify --case back
}
claim a_kill_at_any_moment_leaves_a_whole_backup_or_none killed
full() {
    # No file may grow beyond 100 KiB: the database's copy ends half-way.
    file 7 && c import in-7.csv >/dev/null 2>&1 && z verify --case b >b.json 2>err && (ulimit -f 200 && trap '' XFSZ && ends 3 c backup b && says 'full') &&
        ends 0 z verify --case b && [ "$(field root)" = "$(field root b.json)" ] && ends 0 c backup b
}
claim a_disk_that_fills_up_leaves_the_backup_as_it_was full
small() {
    mkdir small && unshare -rm true 2>/dev/null || return 77
    ends 3 unshare -rm sh -c 'mount -t tmpfs -o size=1m none small && exec "$@"' sh "$zenhar" backup --case c.zenhar --passphrase-file pw small/b
    says 'not enough room' && says 'MiB are needed'
}
small >claim.out 2>claim.err
case $? in 77) skip a_disk_without_room_is_refused_in_a_sentence 'no user namespaces here' ;; *) check a_disk_without_room_is_refused_in_a_sentence $? ;; esac
persian() { ends 0 c backup b --lang fa && says 'نسخهٔ پشتیبان' && ends 2 z restore b c.zenhar --lang fa && says 'پرونده'; }
claim it_is_said_in_persian_too persian
echo "1..$n"
