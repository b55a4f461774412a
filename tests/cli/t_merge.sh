#!/bin/sh
# tests/cli/t_merge.sh: two copies of a case, apart and brought together. TAP.
. "$(dirname "$0")/lib.sh"
echo 'a passphrase for a test' >pw
echo 'another passphrase' >pwb
m() { z merge --case a.zenhar "$@"; }
row() { printf '%s,Tehran,arrest,%s,%s,%s\n' "$1" "$2" "$3" "$4"; }
head='date,place,kind,name,text,source'
{ echo $head && row 2025-06-13 'Test Person' 'A report' 'First source'; } >1.csv
{ echo $head && row 2025-06-14 'Test Two' 'Seen here' 'Second source'; } >2.csv
{ echo $head && row 2025-06-15 'Test Three' 'Seen there' 'Third source'; } >3.csv
{ echo $head && row 2025-06-16 'Test Four' 'Seen by both' 'Fourth source'; } >4.csv
z init a.zenhar >/dev/null 2>&1 && cheap a.zenhar pw && z import 1.csv --case a.zenhar >/dev/null 2>&1 && case_copy a.zenhar b.zenhar || exit 1
z import 2.csv 4.csv --case a.zenhar >/dev/null 2>&1
z import 4.csv 3.csv --case b.zenhar >/dev/null 2>&1
z grade R1 B2 --why 'seen the paper' --case a.zenhar >/dev/null 2>&1
z grade R1 C3 --why 'heard of it' --case b.zenhar >/dev/null 2>&1
case_copy b.zenhar pristine.zenhar && case_copy a.zenhar alone.zenhar

waits() {
    case_state a.zenhar >sum && ends 1 m b.zenhar && says 'Nothing was written' && cp out conflicts.csv &&
        grep -q '^R1,R1,report,changed_both,reliability,B,C,$' out && grep -q '^R1,R1,report,changed_both,credibility,2,3,$' out &&
        [ "$(cut -d, -f1 out | sort -u | wc -l)" = 2 ] && case_state a.zenhar | cmp -s - sum && ends 1 m --list b.zenhar
}
claim conflicts_are_shown_side_by_side_and_nothing_is_written waits
refused() {
    sed 's/^R1\(.*\),$/R1\1,mine/' conflicts.csv >d1.csv && ends 2 m --decide d1.csv b.zenhar && says 'is no decision' &&
        sed '/credibility/s/,$/,ours/;/reliability/s/,$/,theirs/' conflicts.csv >d2.csv && ends 2 m --decide d2.csv b.zenhar && says 'decided twice' &&
        ends 2 m --decide conflicts.csv b.zenhar && says 'does not decide on R1' && printf 'record,decision\nR77,ours\n' >d3.csv &&
        ends 2 m --decide d3.csv b.zenhar && says 'no conflict of these' && ends 2 m a.zenhar && says 'the case itself' && ends 3 m nowhere.zenhar && ends 2 m &&
        echo x >d4.csv && ends 2 m --decide d4.csv b.zenhar && case_state a.zenhar | cmp -s - sum
}
claim bad_decisions_are_told_and_change_nothing refused
decided() {
    sed '/reliability/s/,$/,theirs/' conflicts.csv >d.csv && ends 0 m --decide d.csv b.zenhar && says 'conflicts decided: 1' &&
        ends 0 z list report --case a.zenhar && [ "$(grep -c '^R' out)" = 4 ] && grep -q '^R1,.*,C,3,' out &&
        [ "$(z list statement --case a.zenhar 2>err | grep -c '^T')" = 4 ] && [ "$(z list source --case a.zenhar 2>err | grep -c '^S[0-9]')" = 4 ]
}
claim what_was_decided_is_taken_and_what_both_have_stands_once decided
verified() { ends 0 z verify --case a.zenhar && grep -q '"merged_logs":1' out && ends 0 z verify --case b.zenhar && ends 0 z search 'Seen there' --case a.zenhar && grep -q R out; }
claim both_logs_are_verified_and_words_are_found verified
named() { t=$(z trace R4 --case a.zenhar 2>/dev/null | grep -c 3.csv) && [ "$t" -ge 1 ] && ends 0 z show T4 --case a.zenhar --reveal --reason 'a test' && grep -q 'Test T' out; }
claim originals_and_sealed_names_came_along named
idle() { case_state a.zenhar >sum && ends 0 m b.zenhar && says 'nothing was written' && ends 0 m --decide theirs b.zenhar && says 'nothing was written' && [ "$(z list original --case a.zenhar 2>err | grep -c '^O[0-9]')" = 5 ]; }
claim again_nothing_is_written idle
home() {
    ends 0 z merge --case b.zenhar a.zenhar && says 'conflicts decided: 0' && [ "$(z list report --case b.zenhar 2>err | grep -c '^R[0-9]')" = 4 ] &&
        ends 0 z list report --case b.zenhar && grep -q '^R1,.*,C,3,' out && ends 0 z verify --case b.zenhar && ends 0 z merge --case b.zenhar a.zenhar && says 'nothing was written' && ends 0 m b.zenhar && says 'nothing was written'
}
claim the_other_way_round_goes_on_from_there home
own_words() {
    ends 0 z passphrase --case pristine.zenhar --new-passphrase-file pwb && ends 3 z merge --case alone.zenhar pristine.zenhar && [ "$(z list report --case alone.zenhar 2>err | grep -c '^R[0-9]')" = 3 ] &&
        ends 0 z merge --case alone.zenhar --other-passphrase-file pwb --decide ours pristine.zenhar && ends 0 z list report --case alone.zenhar && grep -q '^R1,.*,B,2,' out && ends 0 z verify --case alone.zenhar
}
claim the_other_case_has_its_own_passphrase own_words
strangers() {
    z init s.zenhar >/dev/null 2>&1 && z import 1.csv 3.csv --case s.zenhar >/dev/null 2>&1 || return 1
    ends 0 m --decide ours s.zenhar && [ "$(z list report --case a.zenhar 2>err | grep -c '^R[0-9]')" = 4 ] && ends 0 z verify --case a.zenhar && grep -q '"merged_logs":2' out
}
claim a_case_of_other_keys_that_took_in_the_same_files strangers
persian() { ends 2 m a.zenhar --lang fa && says 'خود همین پرونده' && ends 0 m b.zenhar --lang fa && says 'تازه نیست'; }
claim it_is_said_in_persian_too persian
echo "1..$n"
