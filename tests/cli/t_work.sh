#!/bin/sh
# tests/cli/t_work.sh: jobs done by several workers who are killed at any moment, in a folder and on a PostgreSQL server
# that is started anew. Longer in a soak (ZENHAR_SOAK=1). TAP.
unset ZENHAR_TEST_STORE
. "$(dirname "$0")/lib.sh"
. "$here/../server.sh"
echo "a passphrase of the test" >pw
n_files=4 n_rows=400 n_kills=3
[ -z "${ZENHAR_SOAK:-}" ] || { n_files=8 n_rows=3000 n_kills=60; }
table() { # table FILE FIRST LAST: one report each, each of another person
    awk -v from="$2" -v to="$3" 'function word(k,   n) {
        n = ""
        for (; k > 0; k = int(k / 20)) n = n substr("bcdfghjklmnpqrstvwxz", k % 20 + 1, 1) substr("aeiou", k % 5 + 1, 1)
        return n
    }
    BEGIN {
        print "date,place,kind,name,text,source"
        for (i = from; i < to; i++)
            printf "2025-06-%02d,تهران,arrest,%s %s,\"Report %d: می‌گویند بازداشت شد\",Test source\n", 13 + i % 12, word(i * 48271 % 3200000 + 160000), word(i * 69621 % 3199999 + 160000), i
    }' >"$1"
}
rows() { z list "$2" --case "$1" 2>/dev/null | tail -n +2 | wc -l; }
cell() { z job list --case "$1" --all 2>/dev/null | grep "^$2," | cut -d, -f"$3"; }
verified() { ends 0 z verify --case "$1" && says "Everything fits"; }
i=0
while [ $i -lt $n_files ]; do
    table part$i.csv $((1 + i * n_rows)) $((1 + (i + 1) * n_rows))
    i=$((i + 1))
done
printf '{"text":"one","date":"2025-06-13"}\n{broken\n{"text":"two","date":"2025-06-14"}\n' >bad.jsonl

# ---- the queue ----
queued() {
    "$cheap_case" one.zenhar "$(cat pw)" && ends 0 z job add import --case one.zenhar part0.csv bad.jsonl && [ "$(cat out)" = "1
2" ] && ends 0 z job add link --case one.zenhar && ends 0 z job add link --case one.zenhar && says "waits for the same" && [ "$(cat out)" = 3 ] &&
        ends 0 z job add report --lang fa --case one.zenhar && [ "$(rows one.zenhar original)" = 2 ] && [ "$(rows one.zenhar report)" = 0 ] &&
        ends 0 z job list --case one.zenhar && grep -q '^3,link,queued,0,' out && verified one.zenhar
}
claim work_is_queued_once_and_files_are_sealed_at_once queued
chosen() {
    ends 0 z work --once --kinds import,scan --name first --case one.zenhar && says "Job 1 (import): done" &&
        [ "$(cell one.zenhar 1 3)$(cell one.zenhar 3 3)" = donequeued ] && [ "$(cell one.zenhar 2 9)" = first ] &&
        [ "$(rows one.zenhar report)" = $((n_rows + 2)) ] && [ "$(rows one.zenhar quarantine)" = 1 ] &&
        ends 0 z job result 2 --case one.zenhar && grep -q '"quarantined":1' out
}
claim a_worker_does_the_kinds_that_it_was_told chosen
rest() {
    ends 0 z work --once --case one.zenhar && [ "$(rows one.zenhar person)" = $n_rows ] && ends 0 z job result 4 --out page.pdf --case one.zenhar &&
        head -c 5 page.pdf | grep -q '%PDF-' && ends 0 z job add scan --case one.zenhar && ends 0 z work --until-done --case one.zenhar &&
        [ "$(rows one.zenhar assessment)" = 1 ] && ends 0 z job list --case one.zenhar && [ "$(wc -l <out)" = 1 ] && verified one.zenhar
}
claim persons_alarms_and_the_report_come_of_jobs rest
failed() { # an original that is not whole fails with a sentence; it can be mended and tried again
    table lost.csv 900001 900002 && ends 0 z job add import --case one.zenhar lost.csv && id=$(cat out) &&
        sealed=$(find one.zenhar/originals -type f -newer page.pdf | head -n 1) && mv "$sealed" kept.file &&
        ends 1 z work --once --case one.zenhar && says "failed" && [ "$(cell one.zenhar "$id" 3)" = failed ] &&
        ends 0 z job list --case one.zenhar && grep -q "^$id,import,failed,1,.*O" out && mv kept.file "$sealed" &&
        ends 0 z job retry "$id" --case one.zenhar && ends 0 z work --once --case one.zenhar && [ "$(cell one.zenhar "$id" 3)" = done ]
}
claim a_failure_is_kept_as_a_sentence_and_tried_again failed
cancelled() {
    ends 0 z job add link --again --case one.zenhar && id=$(cat out) && ends 0 z job cancel "$id" --case one.zenhar &&
        ends 0 z work --once --case one.zenhar && [ "$(cell one.zenhar "$id" 3)" = cancelled ] && ends 0 z job cancel "$id" --case one.zenhar &&
        says "ended before" && ends 0 z job forget --days 0 --case one.zenhar && ends 0 z job list --all --case one.zenhar && [ "$(wc -l <out)" = 1 ]
}
claim what_was_cancelled_is_not_done cancelled
wrong() {
    ends 2 z job add dance --case one.zenhar && says "import link scan report" && ends 2 z job add import --case one.zenhar &&
        ends 3 z job add import --case one.zenhar nowhere.csv && says "Nothing was queued" && ends 3 z job cancel 999 --case one.zenhar &&
        says "no job 999" && ends 2 z job cancel x --case one.zenhar && ends 2 z work --kinds dance --case one.zenhar && ends 2 z work --lease 0 --case one.zenhar &&
        ends 3 z job result 1 --case one.zenhar && ends 2 z job dance --case one.zenhar
}
claim wrong_words_are_told wrong
stopped() { # SIGTERM: given back, no try is lost
    "$cheap_case" stop.zenhar "$(cat pw)" && ends 0 z job add scan --case stop.zenhar || return 1
    "$zenhar" work --case stop.zenhar --passphrase-file pw >out 2>err &
    pid=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(cell stop.zenhar 1 3)" = done ] && break
        sleep 0.2
    done
    kill -TERM $pid && wait $pid && [ "$(cell stop.zenhar 1 3)" = done ]
}
claim a_worker_waits_for_work_and_stops_when_told stopped

# ---- many workers, killed ----
worker() {
    "$zenhar" work --until-done --lease 1 --case "$1" --passphrase-file pw >>work.out 2>>work.err &
    pids="$pids $!"
}
# Some workers at a case; one after the other is killed and another put in its place. `restarts`: of the database.
besiege() { # besiege PLACE KILLS RESTARTS
    pids=
    worker "$1"
    worker "$1"
    worker "$1"
    k=0
    while [ $k -lt "$2" ]; do
        sleep 0.$((2 + k % 5))
        set -- "$1" "$2" "$3" $pids
        eval "victim=\${$((4 + k % 3))}"
        kill -9 "$victim" 2>/dev/null
        wait "$victim" 2>/dev/null
        pids=$(for pid in $pids; do [ "$pid" = "$victim" ] || echo "$pid"; done)
        worker "$1"
        k=$((k + 1))
        if [ "$3" -gt 0 ] && [ $((k % (1 + $2 / (1 + $3)))) -eq 0 ]; then server_control restart; fi
    done
    for pid in $pids; do
        wait "$pid" || { echo "a worker ended with $?"; tail work.err; return 1; }
    done
}
whole() { # whole PLACE: nothing is lost, nothing is there twice
    all=$((n_files * n_rows + 2))
    echo "reports $(rows "$1" report), persons $(rows "$1" person), quarantine $(rows "$1" quarantine)"
    z job list --all --case "$1" >jobs 2>/dev/null
    cut -d, -f2-4 jobs | sort | uniq -c
    [ "$(rows "$1" report)" = $all ] && [ "$(rows "$1" quarantine)" = 1 ] && [ "$(rows "$1" import)" = $((n_files + 1)) ] &&
        [ "$(rows "$1" person)" = $((n_files * n_rows)) ] && [ "$(rows "$1" assessment)" -ge 1 ] &&
        [ "$(tail -n +2 jobs | cut -d, -f3 | sort -u)" = done ] && verified "$1"
}
besieged() { # besieged PLACE RESTARTS
    "$cheap_case" "$1" "$(cat pw)" && ends 0 z job add import --case "$1" part?.csv bad.jsonl && besiege "$1" $n_kills "$2" &&
        ends 0 z job add link --case "$1" && ends 0 z job add scan --case "$1" && besiege "$1" $((n_kills / 2)) 0 &&
        ends 0 z job add link --case "$1" && ends 0 z job add scan --case "$1" && ends 0 z work --until-done --case "$1" || return 1
    # Whose workers died five times in a row has failed, with a sentence; it is not forgotten.
    for id in $(z job list --case "$1" 2>/dev/null | awk -F, '/died or was cut off/ { print $1 }'); do
        ends 0 z job retry "$id" --case "$1" || return 1
    done
    ends 0 z work --until-done --case "$1" && whole "$1"
}
claim workers_of_a_folder_are_killed_and_nothing_is_lost_or_done_twice besieged many.zenhar 0
if server_there && server_start; then
    claim workers_of_a_server_are_killed_it_is_started_anew_and_nothing_is_lost_or_done_twice besieged "$server/many$server_options" 1
    busy() { # a writer that takes long is waited for, and that is no try
        ends 0 z job add import --case "$server/many$server_options" lost.csv && id=$(cat out) || return 1
        number=$(server_sql postgres "SELECT id FROM zenhar.cases WHERE name = 'many'")
        server_sql owner "SELECT pg_advisory_lock(8021358::bigint << 32 | $number), pg_sleep(25)" >held &
        holder=$!
        ends 0 z work --until-done --case "$server/many$server_options" && says "will be tried again: Another program" &&
            [ "$(cell "$server/many$server_options" "$id" 3,4)" = "done,1" ]
        status=$?
        wait $holder
        return $status
    }
    if [ -n "${ZENHAR_SOAK:-}" ]; then claim a_writer_that_takes_long_costs_no_try busy; else skip a_writer_that_takes_long_costs_no_try "half a minute: in a soak"; fi
    moved() { # jobs go along
        ends 0 z job add link --again --case "$server/many$server_options" && id=$(cat out) && ends 0 z move "$server/many$server_options" moved.zenhar &&
            [ "$(cell moved.zenhar "$id" 3)" = queued ] && ends 0 z work --once --case moved.zenhar && [ "$(cell moved.zenhar "$id" 3)" = "done" ] &&
            ends 0 z job add scan --case moved.zenhar && [ "$(cat out)" = $((id + 1)) ] && verified moved.zenhar
    }
    claim jobs_move_with_their_case moved
else
    skip workers_of_a_server "PostgreSQL's server is not installed"
fi
echo "1..$n"
