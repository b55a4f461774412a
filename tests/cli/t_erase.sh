#!/bin/sh
# tests/cli/t_erase.sh: one person erased on request. TAP.
. "$(dirname "$0")/lib.sh"
echo 'a passphrase for a test' >pw
e() { z erase --case a.zenhar "$@"; }
head='date,place,kind,name,text,source'
row() { printf '%s,Tehran,arrest,%s,%s,%s\n' "$1" "$2" "$3" "$4"; }
{ echo $head && row 2025-06-13 'Zahra Namuneh' 'Zirak taken alone' 'First source' && row 2025-06-14 'Behrouz Azmun' 'Somebody else taken' 'First source'; } >1.csv
z init a.zenhar >/dev/null 2>&1 && cheap a.zenhar pw && z import 1.csv --case a.zenhar >/dev/null 2>&1 && z link --case a.zenhar >/dev/null 2>&1 || exit 1
person=$(z list statement --case a.zenhar 2>/dev/null | sed -n 2p | grep -o 'P[0-9]*' | head -1)
reveal() { z show "$1" --reveal --reason 'a test' --case a.zenhar; }

listed() {
    reveal "$person" >out 2>err && grep -q 'Zahra Namuneh' out && ends 0 e "$person" && says 'Nothing was changed' &&
        grep -q "^$person,person,goes,0" out && grep -q '^R1,report,goes,0' out && grep -q '^O1,original,stays_file,1' out &&
        ends 0 z search Zirak --case a.zenhar && grep -q '^R1' out && reveal "$person" | grep -q 'Zahra Namuneh'
}
claim what_would_go_is_listed_and_stays listed
refused() {
    ends 2 e --yes "$person" && says 'needs --reason' && ends 2 e && ends 2 e R1 && ends 3 e P999 && ends 2 e --report R2 "$person" && says 'does not tell of this person'
}
claim what_cannot_be_done_is_said refused
done_so() {
    ends 0 e --yes --reason 'asked by letter' "$person" && says 'Erased' && says 'ER1' && reveal "$person" >out 2>err && ! grep -q 'Zahra Nam' out &&
        grep -q 'erased on request on .*ER1' out && reveal T1 >out && ! grep -q 'Zahra Nam' out && z search Zirak --case a.zenhar >out 2>/dev/null && ! grep -q '^R1' out &&
        reveal T2 | grep -q 'Behrouz Azmun'
}
claim it_is_erased_and_says_so done_so
stands() {
    ends 0 z verify --case a.zenhar && ends 0 z trace "$person" --case a.zenhar && grep -q 'ER1' out && ends 0 z trace --json ER1 --case a.zenhar &&
        ends 0 z show ER1 --case a.zenhar && grep -q 'asked by letter' out && ends 0 z list report --case a.zenhar && [ "$(grep -c '^R' out)" = 2 ]
}
claim log_and_figures_stand stands
again() {
    ends 0 z import 1.csv --case a.zenhar && says 'nothing was added' && row 2025-06-13 'Zahra Namuneh' 'Zirak taken alone' 'First source' | { echo $head; cat; } >2.csv &&
        ends 0 z import 2.csv --case a.zenhar && z search Zirak --case a.zenhar >out 2>/dev/null && ! grep -q '^R' out && ends 0 z link --case a.zenhar &&
        reveal T1 >out && ! grep -q 'Zahra Nam' out && ends 0 z verify --case a.zenhar
}
claim the_same_again_brings_nothing_back again
[ -n "${ZENHAR_TEST_STORE:-}" ] || cp -r a.zenhar/originals older
original() {
    ends 0 e --yes --reason 'asked for the sheet too' --original O1 "$person" && ends 0 z verify --case a.zenhar && grep -q '"erased_originals":1' out &&
        z import 1.csv --case a.zenhar >out 2>err; [ $? -ne 0 ] && says 'was erased on request'
}
claim an_original_goes_when_it_is_named original
older_file() {
    [ -d older ] || return 0 # a folder's claim
    cp -r older/. a.zenhar/originals/ && ends 1 z verify --case a.zenhar && says 'its sealed file is there' && ends 0 z backup --case a.zenhar b.zenhar &&
        [ "$(find b.zenhar/originals -type f | wc -l)" = 1 ] && ends 0 e --yes --reason 'once more' "$person" && ends 0 z verify --case a.zenhar
}
claim an_older_file_put_back_is_told_and_no_backup_has_it older_file
anew() {
    ends 0 e --reseal && says 'own now: 0' && ends 2 e --reseal "$person" && ends 2 e --reseal --yes && ends 0 z verify --case a.zenhar
}
claim originals_are_sealed_anew_by_request anew
echo "1..$n"
