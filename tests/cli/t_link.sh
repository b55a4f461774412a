#!/bin/sh
# zenhar link as a user runs it: outputs, figures, exit statuses, bad input. TAP.
. "$(dirname "$0")/lib.sh"

awk 'function draw(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
BEGIN {
    state = 20250628
    n_given = split("arash bahar cyrus dorsa elnaz farid golnar hamid iraj jaleh kaveh laleh mina navid omid parisa", given, " ")
    n_family = split("karimi rahimi salimi naderi akbari jafari rostami shahabi zamani moradi sharifi taheri", family, " ")
    print "id,given_name,surname,birth_date,phone,person" > "a.csv"
    print "id,given_name,surname,birth_date,phone,person" > "b.csv"
    for (i = 0; i < 400; i++) {
        g = given[draw(n_given) + 1]; s = family[draw(n_family) + 1]
        d = sprintf("%d-%02d-%02d", 1950 + draw(50), 1 + draw(12), 1 + draw(28))
        p = sprintf("0900%07d", draw(9999991))
        print "a" i "," g "," s "," d "," p ",p" i > "a.csv"
        if (i % 2 == 0) {
            if (i % 4 == 0) sub(/a/, "e", g); else p = ""
            print "b" i "," g "," s "," d "," p ",p" i > "b.csv"
        }
    }
}'

echo 1..20
finds_every_pair() {
    "$zenhar" link a.csv b.csv --truth person --quiet | grep -Eq '"f1": (1\.0|0\.99[0-9]*), '
}
claim two_lists_are_linked_without_a_config finds_every_pair
columns() {
    "$zenhar" link a.csv b.csv --quiet --out-clusters c.csv --out-pairs p.csv --truth person >/dev/null &&
        [ "$(head -1 c.csv)" = "source,record_id,cluster_id" ] && [ "$(wc -l <c.csv)" -eq 601 ] &&
        [ "$(head -1 p.csv)" = "source_l,id_l,source_r,id_r,match_weight,match_probability,weight_given_name,weight_surname,weight_birth_date,weight_phone" ] &&
        grep -q '^a,a0,b,b0,' p.csv
}
claim outputs_have_the_promised_columns columns
threads() {
    for t in 1 3; do
        ZENHAR_THREADS=$t "$zenhar" link a.csv b.csv --quiet --out-clusters c$t.csv --out-pairs p$t.csv >conf$t || return 1
    done
    cmp c1.csv c3.csv && cmp p1.csv p3.csv && cmp conf1 conf3
}
claim any_number_of_threads_gives_the_same_files threads
config() {
    "$zenhar" link a.csv b.csv --quiet --id id --out-config conf.ini --out-clusters c4.csv --truth person &&
        "$zenhar" link a.csv b.csv --quiet --id id --config conf.ini --out-clusters c5.csv --truth person && cmp c4.csv c5.csv
}
claim a_printed_config_given_back_gives_the_same config
report() {
    "$zenhar" link a.csv b.csv --quiet --truth person --report r.html &&
        grep -q '<svg' r.html && ! grep -qi '<script' r.html && ! grep -q '0900' r.html
}
claim the_report_has_charts_no_script_no_phone report
hostile() {
    sed '1s/surname/"<script>alert(1)<\/script>"/' a.csv >x.csv
    "$zenhar" link x.csv --quiet --report x.html --truth person && ! grep -q '<script' x.html
}
claim a_column_called_script_stays_text hostile
ids() {
    { head -1 a.csv; sed -n '2,50p' a.csv; sed -n '2,3p' a.csv; } >d.csv
    ends 1 "$zenhar" link d.csv --out-clusters d.out && grep -q "repeat an id" err
}
claim repeated_ids_are_told ids
other_ids() { # each file's own column of ids: by its name, or as --id says
    sed '1s/^[^,]*/rec_id/' b.csv >named.csv
    sed '1s/^[^,]*/nr/' b.csv >numbered.csv
    "$zenhar" link a.csv named.csv --out-clusters one.csv >out 2>err || return 1
    says "rec_id" || return 1
    "$zenhar" link a.csv numbered.csv --id "$(head -n 1 a.csv | cut -d, -f1),nr" --out-clusters two.csv >out 2>err || return 1
    says "'nr'" || return 1
    "$zenhar" link a.csv b.csv --out-clusters three.csv >out 2>err || return 1
    sed 's/^named,/b,/' one.csv | cmp - three.csv && sed 's/^numbered,/b,/' two.csv | cmp - three.csv
}
claim each_file_has_its_own_column_of_ids other_ids
truth_ids() {
    printf 'rec_id,name,code\nrec-1-org,arash karimi,4821\nrec-1-dup-0,arash karimi,4821\nrec-2-org,bahar rahimi,9917\nrec-2-dup-0,bahar rahimi,9917\n' >f.csv
    "$zenhar" link f.csv --truth rec_id --quiet | grep -q '"blocking_recall": 1.0, "clusters": [24]'
}
claim febrl_ids_name_their_entity truth_ids
claim a_missing_file_cannot_go_on ends 3 "$zenhar" link nowhere.csv
claim a_missing_column_is_wrong_usage ends 2 "$zenhar" link a.csv --truth nothing
claim a_threshold_of_two_is_wrong_usage ends 2 "$zenhar" link a.csv --threshold 2
printf 'id,name\n' >none.csv
claim no_record_is_no_trouble ends 0 "$zenhar" link none.csv
printf 'id,name\n1,ali\n' >one.csv
claim one_record_is_one_cluster ends 0 "$zenhar" link one.csv
in_parts() { # as at once, byte for byte; nothing stays in the folder
    "$zenhar" link a.csv b.csv --quiet --dedupe --out-clusters c1 --out-pairs p1 --out-config g1 || return 1
    "$zenhar" link a.csv b.csv --quiet --dedupe --spool parts --chunk 150 --parts 3 --workers 2 \
        --out-clusters c2 --out-pairs p2 --out-config g2 || return 1
    cmp c1 c2 && cmp p1 p2 && cmp g1 g2 && ! test -e parts && test "$(wc -l <p1)" -gt 150
}
claim a_list_in_parts_gives_the_same_bytes in_parts
all_kinds() { # full names, addresses of mail, numbers, sets, dates in three columns, places: each by its own rules, cut anywhere
    awk 'function draw(n) { state = (state * 16807) % 2147483647; return int(state / 2147483647 * n) }
    BEGIN {
        state = 7
        g = split("Ali Reza Sara Zahra Mehdi علی رضا سارا", given, " "); f = split("Ahmadi Karimi Rahimi Jafari کریمی احمدی", family, " ")
        t = split("red blue green cook drive read law", trait, " "); c = split("Tehran Shiraz مشهد Tabriz Ahvaz", city, " ")
        print "id,full_name,email,age,skills,year,month,day,city"
        for (i = 0; i < 1300; i++) {
            if (i < 700) {
                name[i] = given[draw(g) + 1] " " family[draw(f) + 1]; mail[i] = "u" draw(99999) "@mail.org"; age[i] = 18 + draw(60)
                skills[i] = trait[draw(t) + 1] ";" trait[draw(t) + 1]; day[i] = 1940 + draw(60) "," 1 + draw(12) "," 1 + draw(28)
                town[i] = city[draw(c) + 1]; p = i
            } else
                p = draw(700)
            n = name[p]; m = mail[p]; a = age[p]; d = day[p]
            if (i >= 700 && draw(4) == 0) { split(n, part, " "); n = part[2] " " part[1] }
            if (i >= 700 && draw(5) == 0) m = substr(m, 2)
            if (i >= 700 && draw(5) == 0) d = ",,"
            if (i >= 700 && draw(5) == 0) a++
            print i "," n "," m "," a "," skills[p] "," d "," town[p]
        }
    }' >kinds.csv
    "$zenhar" link kinds.csv --quiet --out-clusters c1 --out-pairs p1 --out-config g1 &&
        "$zenhar" link kinds.csv --quiet --spool parts --chunk 400 --parts 3 --workers 2 --out-clusters c2 --out-pairs p2 --out-config g2 &&
        cmp c1 c2 && cmp p1 p2 && cmp g1 g2 && [ "$(grep -c -E "^compare=(full-name|email|number|set|date|place)" g1)" = 6 ] && [ "$(wc -l <p1)" -gt 300 ]
}
claim fields_of_every_kind_in_parts all_kinds
not_in_parts() {
    ends 2 "$zenhar" link a.csv --workers 2 && ends 2 "$zenhar" link a.csv --spool s --truth person &&
        mkdir -p there && ends 3 "$zenhar" link a.csv --spool there && says "there"
}
claim a_folder_that_is_there_is_left_alone not_in_parts
by_workers() { # parts as jobs of a case: two workers besides, one of them killed for good once it has done some
    for copy in 1 2 3; do sed "1d;s/^a/c$copy-/" a.csv; done | { head -1 a.csv; cat; } >many.csv
    "$zenhar" link many.csv --quiet --out-clusters c1 --out-pairs p1 --out-config g1 || return 1
    echo "a passphrase of the test" >pw
    "$cheap_case" queue.zenhar "$(cat pw)" || return 1
    "$zenhar" work --case queue.zenhar --passphrase-file pw --lease 1 >w1.out 2>&1 & w1=$!
    "$zenhar" work --case queue.zenhar --passphrase-file pw --lease 1 >w2.out 2>&1 & w2=$!
    (until [ "$(grep -c "(link-part): done" w1.out)" -gt 2 ] || [ -e over ]; do sleep 0.05; done; kill -KILL $w1) &
    killer=$!
    "$zenhar" link many.csv --quiet --spool shared --jobs --case queue.zenhar --passphrase-file pw --chunk 50 --parts 8 \
        --out-clusters c3 --out-pairs p3 --out-config g3
    status=$?
    touch over
    wait $killer
    kill -TERM $w2
    wait $w2 && [ $status = 0 ] && cmp c1 c3 && cmp p1 p3 && cmp g1 g3 && ! test -e shared && grep -q "(link-part): done" w2.out &&
        grep -q "(link-part): done" w1.out && ends 2 "$zenhar" link a.csv --spool shared --jobs --workers 2 --case queue.zenhar &&
        ends 2 "$zenhar" job add link-part --case queue.zenhar --passphrase-file pw
}
claim parts_are_jobs_of_a_case_and_workers_may_be_killed by_workers
# until_files FOLDER N PID: waits until so many files lie there, or the process is gone
until_files() { until [ "$(ls "$1" 2>/dev/null | wc -l)" -ge "$2" ] || ! kill -0 "$3" 2>/dev/null; do sleep 0.02; done; }
taken_up() { # the driver is killed again and again: what stands done stays, and the answer is that of a run at once
    "$program" link a.csv b.csv --quiet --dedupe --out-clusters c1 --out-pairs p1 --out-config g1 || return 1
    set -- a.csv b.csv --dedupe --spool torn --chunk 40 --parts 8 --out-clusters c4 --out-pairs p4 --out-config g4
    rm -f c4 p4 g4
    kills=0
    for files in 3 40 70 100 130; do
        "$program" link "$@" --workers 2 >out 2>err & driver=$!
        until_files torn $files $driver
        kill -KILL $driver 2>/dev/null && kills=$((kills + 1))
        wait $driver
        [ $files != 40 ] || kept=$(stat -c "%n %i" torn/chunk-* torn/plan)
        [ $files -le 40 ] || [ "$kept" = "$(stat -c "%n %i" torn/chunk-* torn/plan)" ] || return 1
    done
    [ $kills -ge 4 ] && ! test -e c4 || return 1
    ends 3 "$program" link "$@" --threshold 0.6 && says "torn" && says "goes\|go on" || return 1
    sed 's/bahar/Bahar/' b.csv >changed.csv && mv b.csv whole.csv && mv changed.csv b.csv
    ends 3 "$program" link "$@" && says "torn" && mv whole.csv b.csv || return 1
    counted=$(stat -c "%n %i" torn/count-? torn/spread-? torn/tally-?)
    "$program" link "$@" --workers 1 >out 2>err & driver=$!
    until grep -q "goes on from where it stood" err || ! kill -0 $driver; do sleep 0.02; done
    kill -STOP $driver
    [ "$counted" = "$(stat -c "%n %i" torn/count-? torn/spread-? torn/tally-?)" ]
    same=$?
    ends 3 "$program" link "$@" --workers 1 && says "Another process"
    busy=$?
    kill -CONT $driver
    wait $driver && [ $same = 0 ] && [ $busy = 0 ] && cmp c1 c4 && cmp p1 p4 && cmp g1 g4 && ! test -e torn
}
claim a_run_in_parts_whose_driver_died_goes_on taken_up
no_room() { # an answer that cannot be written costs no part; standard input cannot be read twice and is not kept
    rm -f c5
    ends 3 "$zenhar" link a.csv --spool late --chunk 200 --workers 2 --out-clusters nowhere/c5 && test -e late/plan && says "goes on from there" &&
        "$zenhar" link a.csv --spool late --chunk 200 --workers 1 --out-clusters nowhere/c5 >out 2>err
    mkdir -p nowhere && ends 0 "$zenhar" link a.csv --spool late --chunk 200 --out-clusters nowhere/c5 && ! test -e late &&
        "$zenhar" link a.csv --quiet --out-clusters c5 && cmp c5 nowhere/c5 && rm -r nowhere || return 1
    "$zenhar" link - --spool late --out-clusters nowhere/c5 <a.csv >out 2>err
    [ $? = 3 ] && ! test -e late
}
claim an_answer_that_cannot_be_written_costs_no_part no_room
