#!/bin/sh
# tests/cli/t_generate.sh: reports are made, imported, linked, measured, as a user would. TAP.
. "$(dirname "$0")/lib.sh"
echo "a passphrase of the test" >pw

echo 1..9
files() {
    ends 0 "$zenhar" generate 1200 --out g --seed 5 && says "1,200 synthetic reports" &&
        [ "$(ls g/reports | wc -l)" -eq 5 ] && [ -s g/truth.csv ] && [ ! -s out ] &&
        [ "$(ls g | wc -l)" -eq 2 ]
}
claim five_sources_and_their_truth files
same() {
    ZENHAR_THREADS=1 "$zenhar" generate 1200 --out h --seed 5 --quiet && diff -r g h &&
        "$zenhar" generate 1200 --out i --seed 6 --quiet && ! diff -rq g i >/dev/null
}
claim same_seed_same_files same
single() {
    ends 0 "$zenhar" generate 777 --files single && [ "$(wc -l <out)" -eq 778 ] &&
        [ "$(head -1 out)" = "id,given,family,father,birth,city,phone,truth_id" ] &&
        mv out s.csv && ends 0 "$zenhar" link s.csv --id id --truth truth_id --quiet &&
        grep -q '"f1": 0\.' out
}
claim one_file_for_link single
persian() {
    ends 0 env LANG=fa_IR.UTF-8 "$zenhar" --lang fa generate 50 --out p && says "گزارش ساختگی"
}
claim in_persian persian
usage() {
    ends 2 "$zenhar" generate --out g && ends 2 "$zenhar" generate 0 --out g &&
        ends 2 "$zenhar" generate ten --out g && ends 2 "$zenhar" generate 10 &&
        ends 2 "$zenhar" generate 10 --out g --files single &&
        ends 2 "$zenhar" generate 10 --files many && ends 2 "$zenhar" generate 10 --out g --from 2020-01-01 &&
        ends 2 "$zenhar" generate 10 --out g --from 2020-01-01 --to 2020-01-09 &&
        ends 2 "$zenhar" generate 10 --out g --from yesterday --to 2020-01-09 && diff -r g h
}
claim wrong_usage_is_2_and_changes_nothing usage
nowhere() {
    : >plain && ends 3 "$zenhar" generate 10 --out plain/g && says "cannot be made"
}
claim a_folder_that_cannot_be_made_is_3 nowhere
span() {
    "$zenhar" generate 3000 --out q --from 1400-01-01 --to 1400-12-29 --quiet &&
        awk -F, '$1 == "month" { print $10 }' q/truth.csv | sort -u | sed -n '1p;$p' | tr '\n' ' ' |
        grep -q '^2021-03 2022-03 $'
}
claim days_in_either_calendar span
linked() {
    z init c.zenhar --label synthetic --quiet && cheap c.zenhar pw && z import --case c.zenhar --synthetic g/reports --quiet
    ends 0 z link --case c.zenhar --truth truth_id && says "new persons" && cp out first &&
        grep -Eq '"f1": (1\.0|0\.9[7-9])' first && ends 0 z link --case c.zenhar --truth truth_id &&
        says "linked before" && [ "$(sed 's/"pairs_compared.*//' out)" = "$(sed 's/"pairs_compared.*//' first)" ] &&
        ends 0 z verify --case c.zenhar
}
claim a_case_is_linked_and_measured linked
nothing() {
    z init e.zenhar --quiet && ends 0 z link --case e.zenhar && says "linked before" &&
        ends 3 z link --case e.zenhar --truth truth_id && ends 2 "$zenhar" link
}
claim an_empty_case_has_nothing_to_link nothing
