#!/bin/sh
# tests/cli/t_case.sh: a case as a user meets it: made, read, searched, traced, verified; and every way
# in which it cannot go on: a clear sentence, a fitting exit status, the case unchanged. TAP.
. "$(dirname "$0")/lib.sh"
# What verify prints about the whole case, newest head included: the same before and after.
state() { z verify --case "$1" 2>/dev/null | sed 's/"case":"[^"]*",//'; }
unchanged() { # unchanged BEFORE FOLDER
    [ -n "$1" ] && [ "$(state "$2")" = "$1" ]
}

echo "a passphrase of the test" >pw
echo "another passphrase" >pw2
awk 'BEGIN {
    print "date,place,kind,name,text,source"
    for (i = 0; i < 60; i++)
        printf "2025-06-%02d,تهران,arrest,Test Person %d,\"Report %d: می‌گویند بازداشت شد\",Test source\n", 13 + i % 12, i, i
}' >reports.csv

# ---- made ----
made() {
    ends 0 z init --title "Arrests" --title-fa "بازداشت‌ها" --country ir c.zenhar && says "passphrase" &&
        [ ! -s out ] && [ -s c.zenhar/case.db ] && [ "$(stat -c %a c.zenhar)" = 700 ] &&
        ! grep -aq "Arrests" c.zenhar/case.db && ! grep -aq "a passphrase of the test" -r c.zenhar
}
claim a_case_is_made_and_tells_no_secret made
cheap c.zenhar pw
settings() {
    ends 0 z list setting --case c.zenhar && grep -q '^ST1,title,Arrests' out && grep -q ',country,IR' out
}
claim title_and_country_are_kept settings
first=$(state c.zenhar)
refused() {
    ends 2 z init c.zenhar && says "not empty" && unchanged "$first" c.zenhar
}
claim a_folder_that_is_there_is_refused refused
not_empty() {
    mkdir -p full && echo x >full/y && ends 2 z init full && [ "$(ls full)" = y ]
}
claim a_folder_with_something_in_it_is_left_alone not_empty
country() { ends 2 z init --country Iran x.zenhar && says "ISO 3166" && [ ! -e x.zenhar ]; }
claim a_country_is_two_letters country

# ---- a password in the address of a server is told to nobody ----
no_server() {
    address='postgresql://analyst:pass-of-the-test@db.example.org/case'
    for form in "--case $address" "--case=$address" "-c $address" "-c POSTGRES://analyst:pass-of-the-test@h/case"; do
        # shellcheck disable=SC2086
        ends 2 "$zenhar" list report $form && says "password\|folder" && ! grep -q "pass-of-the-test" out err || return 1
    done
    for before in "init" "merge --case c.zenhar" "backup --case c.zenhar" "restore c.zenhar"; do
        # shellcheck disable=SC2086
        ends 2 z $before "$address" && says "password\|folder" && ! grep -q "pass-of-the-test" out err || return 1
    done
    ends 2 env ZENHAR_CASE="$address" "$zenhar" verify && says "password\|folder" && ! grep -q "pass-of-the-test" out err &&
        [ ! -e postgresql: ]
}
claim a_password_in_an_address_is_refused_and_not_repeated no_server
# Its standard error is a full pipe, so that it stands still where it refuses, and its words can be looked at.
hidden() {
    # shellcheck disable=SC2016
    sh -c 'echo $$ >pid; head -c 65536 /dev/zero; exec "$0" list report --case "$1" 2>&1' "$zenhar" "$address" | {
        for _ in $(seq 200); do
            tr '\0' ' ' <"/proc/$(cat pid)/cmdline" >words 2>/dev/null
            grep -q -- '--case xxxx' words && break
            sleep 0.05
        done
        cat >/dev/null
    }
    grep -q -- '--case xxxx' words && ! grep -q "pass-of-the-test" words
}
claim an_address_of_a_server_is_wiped_from_the_words_of_the_process hidden

# ---- filled and read ----
import() { ends 0 z import reports.csv --case c.zenhar; }
claim reports_come_in import
verified() {
    ends 0 z verify --case c.zenhar && says "Everything fits" && grep -q '"fits":true' out &&
        grep -q '"originals":1,' out && [ "$(wc -l <out)" -eq 1 ]
}
claim everything_fits verified
before=$(state c.zenhar)
list() {
    ends 0 z list report --case c.zenhar && [ "$(wc -l <out)" -eq 61 ] && head -1 out | grep -q '^id,source_id,original_id,' &&
        ends 0 z list R --case c.zenhar --limit 2 --after R3 && [ "$(tail -n +2 out | cut -d, -f1 | paste -sd' ')" = "R4 R5" ] &&
        ends 0 z list reports --case c.zenhar --newest --limit 1 && grep -q '^R60,' out &&
        ends 0 z list report --case c.zenhar --json --limit 1 && grep -q '^{"id":"R1",' out
}
claim a_kind_is_listed_page_by_page list
since() {
    ends 0 z list original --case c.zenhar --since 2024-01-01 && [ "$(wc -l <out)" -eq 2 ] &&
        ends 0 z list original --case c.zenhar --since 1450-01-01 && [ "$(wc -l <out)" -eq 1 ] &&
        ends 2 z list original --case c.zenhar --since yesterday && ends 2 z list stories --case c.zenhar && says "stories"
}
claim lists_begin_at_a_day since
sealed() {
    ends 0 z list statement --case c.zenhar && ! grep -q 'Test Person' out && ! head -1 out | grep -q victim_name &&
        ends 0 z list report --case c.zenhar && ! grep -q 'می‌گویند' out &&
        ends 0 z show T1 --case c.zenhar && ! grep -q 'Test Person' out && grep -q '^Sealed: .*name' out &&
        unchanged "$before" c.zenhar
}
claim sealed_fields_are_named_not_shown sealed
shown() {
    ends 0 z show R1 --case c.zenhar && grep -q 'SHA-256 [0-9a-f]\{64\}' out && grep -q 'Evidence log: entry' out &&
        ends 0 z show R1 --case c.zenhar --json && grep -q "\"sha256\":\"$(sha256sum <reports.csv | cut -c1-64)\"" out &&
        ends 0 z show R1 --case c.zenhar --lang fa && grep -q 'دفتر شواهد: مدخل' out && grep -q '۱۴۰۴' out
}
claim a_record_is_shown_with_its_original_and_proof shown
searched() {
    ends 0 z search 'بازداشت ميگويند' --case c.zenhar --limit 3 && [ "$(wc -l <out)" -eq 4 ] && grep -q '^R60,2025-06-24,' out &&
        says "60 reports" && ends 0 z search nowhere --case c.zenhar && [ "$(wc -l <out)" -eq 1 ] &&
        ends 0 z search '"' '*' 'OR (' --case c.zenhar
}
claim words_are_found_however_they_are_typed searched
traced() {
    ends 0 z trace T1 --case c.zenhar && grep -q '^statement T1' out && grep -q '^  report R1' out &&
        grep -q "^    original O1.*$(sha256sum <reports.csv | cut -c1-64)" out &&
        ends 0 z trace T1 --case c.zenhar --json && grep -q '"rests_on":\[' out &&
        ends 3 z trace R999 --case c.zenhar && says R999 && ends 2 z trace nonsense --case c.zenhar
}
claim a_record_is_walked_to_its_original traced
proof() {
    ends 0 z verify --proof R1 --case c.zenhar && grep -q '"path":\["[0-9a-f]\{64\}"' out && cp out proof.json &&
        ends 0 z verify --consistency 1 --case c.zenhar && grep -q '"old_head":{"number":1,' out &&
        ends 3 z verify --proof R999 --case c.zenhar
}
claim a_proof_is_printed proof
# Everything by another program: SHA-256 and Ed25519 of Python's library or openssl, nothing of ours.
stranger() {
    cat >check.py <<'PY'
import hashlib, json, subprocess, sys
p = json.load(open("proof.json"))
sha = lambda b: hashlib.sha256(b).digest()
entry = bytes.fromhex(p["entry"])
kinds = {"R": 3}
assert entry == bytes([kinds[p["id"][0]], 1]) + int(p["id"][1:]).to_bytes(6, "big") + bytes.fromhex(p["record_hash"])
h, fn, sn = sha(b"\0" + entry), p["position"], p["head"]["size"] - 1
for step in map(bytes.fromhex, p["path"]):
    if fn & 1 or fn == sn:
        h = sha(b"\1" + step + h)
        while not fn & 1 and fn:
            fn >>= 1; sn >>= 1
    else:
        h = sha(b"\1" + h + step)
    fn >>= 1; sn >>= 1
head = p["head"]
assert sn == 0 and h.hex() == head["root"], "the path leads elsewhere"
number = lambda n: n.to_bytes(8, "big")
message = (b"zenhar tree head 1".ljust(24, b"\0") + bytes.fromhex(p["case_id"]) + number(head["number"]) + number(head["size"])
           + number(head["time_seconds"]) + bytes.fromhex(head["root"]) + bytes.fromhex(head["previous"]))
open("message", "wb").write(message)
open("signature", "wb").write(bytes.fromhex(head["signature"]))
open("key.der", "wb").write(bytes.fromhex("302a300506032b6570032100" + p["public_key"]))
PY
    python3 check.py || return 1
    command -v openssl >/dev/null || return 0
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in message -sigfile signature
}
claim a_stranger_checks_the_proof_without_zenhar stranger
root() {
    noted=$(state c.zenhar | sed 's/.*"root":"\([0-9a-f]*\)".*/\1/')
    ends 0 z verify --root "$noted" --case c.zenhar && ends 1 z verify --root "$(echo "$noted" | tr 0-9 1-90)" --case c.zenhar &&
        says "rolled back" && ends 2 z verify --root abc --case c.zenhar
}
claim a_root_noted_before_is_found_again root
claim reading_changes_nothing unchanged "$before" c.zenhar

revealed() {
    cp -a c.zenhar r.zenhar && ends 2 z show T1 --reveal --case r.zenhar && says reason && unchanged "$before" r.zenhar &&
        ends 0 z show T1 --reveal --reason "a test" --case r.zenhar && grep -q 'Test Person 0' out &&
        ends 0 z list audit --case r.zenhar && grep -q 'a test' out && grep -q ',unseal,' out &&
        ends 0 z verify --case r.zenhar
}
claim a_look_needs_a_reason_and_is_written_down revealed

passphrase() {
    cp -a c.zenhar p.zenhar && ends 0 z passphrase --case p.zenhar --new-passphrase-file pw2 &&
        ends 3 z verify --case p.zenhar && ends 0 "$zenhar" verify --case p.zenhar --passphrase-file pw2 &&
        ends 3 z passphrase --case p.zenhar --new-passphrase-file pw2 &&
        ends 0 "$zenhar" verify --case p.zenhar --passphrase-file pw2 && cmp c.zenhar/case.db p.zenhar/case.db
}
claim a_passphrase_is_changed_and_nothing_else passphrase

# ---- what cannot go on ----
wrong() {
    ends 3 "$zenhar" verify --case c.zenhar --passphrase-file pw2 && says "passphrase does not open" && [ ! -s out ] &&
        ends 3 "$zenhar" import reports.csv --case c.zenhar --passphrase-file pw2 && unchanged "$before" c.zenhar
}
claim a_wrong_passphrase_is_told wrong
nowhere() {
    ends 3 z verify --case nowhere.zenhar && says "no folder nowhere.zenhar" && [ ! -e nowhere.zenhar ] &&
        ends 3 z import reports.csv --case nowhere.zenhar && [ ! -e nowhere.zenhar ]
}
claim a_missing_folder_is_told nowhere
unnamed() { ends 2 z verify && says "Name the case"; }
claim no_case_named_is_wrong_usage unnamed
no_case() {
    mkdir -p empty && ends 3 z verify --case empty && says "is no case" && [ -z "$(ls empty)" ] &&
        ends 3 z verify --case reports.csv && says "is no case" &&
        mkdir -p junk && echo '{"format":"something else"}' >junk/case.json && ends 3 z verify --case junk && says junk &&
        echo 'not JSON' >junk/case.json && ends 3 z verify --case junk && says junk && [ "$(ls junk)" = case.json ]
}
claim what_is_no_case_is_told no_case
no_file() {
    ends 3 z import missing.csv --case c.zenhar && says missing.csv && unchanged "$before" c.zenhar
}
claim a_missing_file_is_told no_file
newer() {
    cp -a c.zenhar v.zenhar && sed -i 's/"version": 1/"version": 99/' v.zenhar/case.json && cp v.zenhar/case.json v.json &&
        ends 3 z verify --case v.zenhar && says "newer version" && ends 3 z import reports.csv --case v.zenhar && says "newer version" &&
        cmp v.json v.zenhar/case.json && cmp c.zenhar/case.db v.zenhar/case.db
}
claim a_case_from_a_newer_version_is_told newer
no_database() {
    cp -a c.zenhar d.zenhar && rm d.zenhar/case.db* && ends 3 z verify --case d.zenhar && says "database" && [ ! -e d.zenhar/case.db ]
}
claim a_case_without_its_database_is_told no_database
flipped() { # flipped FILE OFFSET
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\$(printf %o $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
damaged() {
    cp -a c.zenhar f.zenhar && flipped f.zenhar/case.db 40960 && ends 1 z verify --case f.zenhar && says "damaged"
}
claim a_flipped_byte_of_the_database_is_found damaged
original() {
    cp -a c.zenhar o.zenhar && file=$(find o.zenhar/originals -type f) && flipped "$file" 500 &&
        ends 1 z verify --case o.zenhar && says "Original O1" && grep -q '"fits":false' out && grep -q '"misfit":".*O1' out &&
        rm "$file" && ends 1 z verify --case o.zenhar && says "missing" &&
        ends 0 z import reports.csv --case o.zenhar && ends 0 z verify --case o.zenhar
}
claim a_flipped_or_lost_original_is_named_and_mended_by_its_file original
busy_words() {
    ends 0 z verify --case c.zenhar --lang fa && says "همه چیز می‌خواند" && ends 3 z verify --case nowhere.zenhar --lang fa && says "وجود ندارد"
}
claim all_of_it_is_said_in_persian busy_words

# A limit on the size of files does what a full disk does. 2,000 blocks are 1,000 KiB.
awk 'BEGIN { print "date,place,kind,text"; for (i = 0; i < 20000; i++) printf "2025-06-%02d,Tehran,arrest,\"Report %d %d\"\n", 13 + i % 12, i, i * 7919 }' >many.csv
limited() { (trap '' XFSZ && ulimit -f 2000 && "$@"); }
full() {
    cp -a c.zenhar e.zenhar && ends 3 limited "$zenhar" import many.csv --case e.zenhar --passphrase-file pw && says "full" &&
        ends 0 z verify --case e.zenhar && ends 0 z import many.csv --case e.zenhar && ends 0 z verify --case e.zenhar &&
        grep -q '"originals":2' out
}
claim a_full_disk_is_told_and_what_was_acknowledged_stays full
small() { (trap '' XFSZ && ulimit -f 20 && "$@"); }
full_init() { ends 3 small "$zenhar" init y.zenhar --passphrase-file pw --title T && says "full" && [ ! -e y.zenhar ]; }
claim a_full_disk_leaves_no_half_case full_init

in_namespace() { unshare -rm true 2>/dev/null; }
if in_namespace; then
    mkdir -p disk
    cat >full.sh <<'SH'
mount -t tmpfs -o size=2m tmpfs disk && cp -a c.zenhar disk/c.zenhar || exit 90
"$1" import many.csv --case disk/c.zenhar --passphrase-file pw 2>err; [ $? -eq 3 ] || exit 91
grep -q full err || exit 92
"$1" verify --case disk/c.zenhar --passphrase-file pw || exit 93
"$1" init disk/new.zenhar --passphrase-file pw; [ $? -eq 3 ] || exit 94
[ ! -e disk/new.zenhar ] || exit 95
SH
    full_disk() { unshare -rm sh full.sh "$zenhar"; }
    claim a_disk_that_is_really_full_is_told full_disk
    cat >readonly.sh <<'SH'
mount --bind c.zenhar c.zenhar && mount -o remount,bind,ro c.zenhar || exit 90
"$1" verify --case c.zenhar --passphrase-file pw >after 2>err; [ $? -eq 0 ] || exit 91
"$1" import reports.csv --case c.zenhar --passphrase-file pw >/dev/null 2>err; [ $? -eq 3 ] || exit 92
grep -q "read-only" err || exit 93
"$1" show T1 --reveal --reason x --case c.zenhar --passphrase-file pw >out 2>err; [ $? -eq 3 ] || exit 94
! grep -q 'Test Person' out || exit 95
"$1" passphrase --case c.zenhar --passphrase-file pw --new-passphrase-file pw2 2>err; [ $? -eq 3 ] || exit 96
mkdir -p ro && mount -t tmpfs -o ro tmpfs ro || exit 97
"$1" init ro/new.zenhar --passphrase-file pw 2>err; [ $? -eq 3 ] || exit 98
grep -q "ro/new.zenhar" err || exit 99
SH
    readonly_case() { unshare -rm sh readonly.sh "$zenhar" && unchanged "$before" c.zenhar; }
    claim a_read_only_case_is_read_and_not_written readonly_case
else
    skip a_disk_that_is_really_full_is_told "no user namespaces here"
    skip a_read_only_case_is_read_and_not_written "no user namespaces here"
fi

# A newer program was installed: who only reads is told what to do; the server, which nobody stands beside, does it.
older() {
    cp -a c.zenhar older.zenhar && "$cheap_case" older.zenhar "$(cat pw)" older && ends 2 z list report --case older.zenhar && says "older version" || return 1
    : >served
    "$zenhar" serve --case older.zenhar --passphrase-file pw >served 2>&1 &
    child=$!
    for _ in $(seq 200); do [ "$(wc -l <served)" -ge 3 ] && break; sleep 0.05; done
    kill $child
    wait $child
    grep -q '^http://127' served || { cat served; return 1; }
    ends 0 z list report --case older.zenhar && ends 0 z verify --case older.zenhar
}
claim a_server_brings_an_older_case_up_to_date older

killed() {
    cp -a c.zenhar k.zenhar
    for wait in 0.05 0.12 0.2 0.3 0.45 0.6; do
        "$zenhar" import many.csv --case k.zenhar --passphrase-file pw >/dev/null 2>&1 &
        child=$!
        sleep $wait
        kill -9 $child 2>/dev/null
        wait $child 2>/dev/null
        ends 0 z verify --case k.zenhar || return 1
    done
    ends 0 z import many.csv --case k.zenhar && ends 0 z list report --case k.zenhar && [ "$(wc -l <out)" -eq 20061 ]
}
claim an_import_killed_six_times_loses_and_doubles_nothing killed
claim the_case_is_as_it_was unchanged "$before" c.zenhar
echo "1..$n"
