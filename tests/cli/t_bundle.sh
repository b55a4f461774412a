#!/bin/sh
# tests/cli/t_bundle.sh: `zenhar export --bundle` and `zenhar verify --bundle`: what goes along and what does not, the walk from
# a letter to the file, and a second verifier, written from docs/bundle.md alone (bundle_verify.py), on whole and on
# tampered bundles. TAP.
second=$(realpath "$(dirname "$0")/bundle_verify.py")
. "$(dirname "$0")/lib.sh"
python=$(python3 -c "import sys; print(sys.executable)") # not a shim, which takes half a second

echo "a passphrase of the test" >pw
awk 'BEGIN {
    print "date,place,kind,name,text,source"
    split("Omid Kave Sara Nima Lale Reza Mina Zari Bita Peyman Tala Yasna", first)
    split("Alvand Sabalan Damavand Dena Taftan Sahand Binalud Zardkuh Hazaran Tochal Oshtoran Shirkuh", last)
    for (i = 0; i < 12; i++)
        printf "2025-06-%02d,تهران,arrest,%s Test%s,\"Report %d: می‌گویند بازداشت شد\",Test source\n", 13 + i, first[i + 1], last[i + 1], i
}' >reports.csv
"$cheap_case" c.zenhar "$(cat pw)" && z import reports.csv --case c.zenhar 2>/dev/null && z link --case c.zenhar >/dev/null 2>&1 || { echo "Bail out! no case"; exit 1; }
export_() { z export --case c.zenhar "$@"; }
verify() { "$zenhar" verify "$@"; } # without case and passphrase

written() {
    ends 0 export_ --bundle b T1 T2 && cp out b.json && says "public key" && key=$(jq -r .public_key b.json) &&
        jq -e '.records == 6 and .withheld == {"source":1,"sealed":2} and .originals == 0' b.json >words
}
claim a_bundle_is_written_redacted written
verified() {
    ends 0 verify --bundle b --key "$key" && says "Everything fits" && grep -q '"fits":true' out && ends 0 verify --bundle b --key b.json &&
        ends 2 verify --bundle b && says "another way" && ends 1 verify --bundle b --key "$(echo "$key" | tr 0-9a-f 1-9a-f0)" && says "another public key" &&
        ends 3 verify --bundle nowhere --key "$key" && ends 3 verify --bundle reports.csv --key "$key" && says "no bundle" && ends 3 verify --bundle b --key reports.csv && says "public key" &&
        printf '302a300506032b6570032100%s' "$key" | xxd -r -p | openssl pkey -pubin -inform DER -out key.pem && ends 0 verify --bundle b --key key.pem
}
claim it_is_verified_with_a_key_alone verified
audited() { ends 0 z list audit --case c.zenhar && grep -q ',export,' out && ends 0 z verify --case c.zenhar; }
claim that_it_was_written_is_entered audited
no_names() { ! grep -rq "TestAlvand" b && ! grep -rq "Test source" b && ! grep -rq "$(printf 'TestAlvand' | xxd -p)" b; }
claim no_name_is_in_it no_names
by_second() { "$python" "$second" b "$key"; }
claim a_second_verifier_finds_that_it_fits by_second
walk() { # a statement leads to its report, the report to the file's hash, proven
    jq -e -s 'map({(.id): .}) | add | .T1.rests_on[0].id == "R1" and (.R1.rests_on | map(select(.id == "O1"))[0].by) == "original_id" and .O1.fields.sha256.hex == $hash' \
        --arg hash "$(sha256sum <reports.csv | cut -c1-64)" b/records.jsonl
}
claim a_record_is_walked_down_to_the_hash_of_the_file walk

# ---- consents ----
persons() { z list statement --case c.zenhar --json 2>/dev/null | jq -r 'select(.id == "'"$1"'").victim_id'; }
file_held_back() {
    ends 0 export_ --bundle held --originals R1 && jq -e '.originals == 0' out >words && jq -e -s 'any(.[]; .id == "O1" and (.original_withheld == "consent"))' held/records.jsonl >words
}
claim a_file_that_names_people_stays_without_their_consent file_held_back
refused() {
    person=$(persons T3) && ends 0 z appeal consent --person "$person" --use send --answer no --case c.zenhar &&
        ends 0 export_ --bundle no R3 T3 && jq -e '.withheld.consent >= 2' out >words && jq -e -s 'any(.[]; .id == "R3" and (.withheld == "consent" and has("record") == false))' no/records.jsonl >words &&
        ends 0 verify --bundle no --key "$key" && "$python" "$second" no "$key"
}
claim who_said_no_is_not_shown_and_the_proof_holds refused
revealed() {
    ends 2 export_ --bundle all --reveal R3 && says reason && ends 0 export_ --bundle all --reveal --reason "a court asked" --originals R3 &&
        cmp all/originals/O1.csv reports.csv && ends 0 z list audit --case c.zenhar && grep -q "a court asked" out && ends 0 verify --bundle all --key "$key" && "$python" "$second" all "$key"
}
claim a_reason_lifts_it_and_is_written_down revealed
ciphertext() {
    ends 0 export_ --bundle sealed --with-sealed T1 && jq -e -s 'any(.[]; .id == "T1" and (.fields.victim_name.sealed > 40))' sealed/records.jsonl >words && ! grep -rq "$(printf 'TestAlvand' | xxd -p)" sealed && "$python" "$second" sealed "$key"
}
claim sealed_values_go_as_ciphertext_when_asked ciphertext
same() {
    head=$(jq -r .head.number b.json) && ends 0 export_ --bundle b2 --head "$head" T1 T2 && diff -r b b2
}
claim the_same_head_gives_the_same_bytes same
misuse() {
    ends 2 export_ --bundle b R1 && says "already" && ends 2 export_ --bundle n && ends 2 export_ --bundle n nonsense && ends 3 export_ --bundle n R999 && says R999 &&
        ends 3 export_ --bundle n --head 999 R1 && ends 2 export_ --bundle n --older x R1 && [ ! -e n ] && [ -z "$(ls -d n.part* 2>/dev/null)" ] && ends 2 export_ --bundle n --head 1 T1 && says "newer head"
}
claim what_cannot_be_is_told_and_leaves_nothing misuse
persian() { ends 0 export_ --bundle fa --lang fa R1 && says "رکورد" && ends 0 verify --bundle fa --key "$key" --lang fa && says "همه چیز می‌خواند" && ends 1 verify --bundle fa --key "$(printf %064d 0)" --lang fa && says "کلید همگانی"; }
claim all_of_it_is_said_in_persian persian

# ---- tampered: each class of bytes, both verifiers ----
ends 0 export_ --bundle t --log --older 3 --originals --reveal --reason "a test" T1 T2 R3
flip() { # flip FILE: one bit in the middle; or FILE PATTERN: the first hex digit behind it
    "$python" - "$@" <<'PY'
import re, sys
data = bytearray(open(sys.argv[1], "rb").read())
at = re.search(sys.argv[2].encode(), data).end() if len(sys.argv) > 2 else len(data) // 2
data[at] = data[at] ^ 1 if len(sys.argv) == 2 else ord("1" if chr(data[at]) == "0" else "0")
open(sys.argv[1], "wb").write(data)
PY
}
tampered() { # tampered WORDS FILE [PATTERN]: found by both, and named
    words=$1
    shift
    rm -rf x && cp -a t x && file=$1 && shift && flip "x/$file" "$@" && ends 1 verify --bundle x --key "$key" && says "$words" && ! "$python" "$second" x "$key"
}
claim a_record_tampered_with tampered "line" records.jsonl '"record":"'
claim a_record_later_in_it tampered "line" records.jsonl '"record":"[0-9a-f]{60}'
claim an_entry tampered "line 1" records.jsonl '"entry":"[0-9a-f]{20}'
claim a_path tampered "does not lead" records.jsonl '"path":\["'
claim a_position tampered "line 1" records.jsonl '"position":'
claim a_leaf_hash tampered "leaf hash" records.jsonl '"leaf_hash":"'
claim a_head tampered "signature" bundle.json '"root":"'
claim its_signature tampered "signature" bundle.json '"signature":"'
claim a_consistency_proof tampered "continuation" bundle.json '"consistency":\["'
claim a_head_file tampered "heads/3.bin" heads/3.bin
claim a_file tampered "originals/O1.csv" originals/O1.csv
claim the_log tampered "log.bin" log.bin
claim the_readme tampered "README.txt" README.txt
claim the_manifest tampered "manifest" manifest-sha256.txt
claim the_manifests_signature tampered "manifest" manifest.sig
besides() { rm -rf x && cp -a t x && echo more >x/more.txt && ends 1 verify --bundle x --key "$key" && says "more.txt" && ! "$python" "$second" x "$key"; }
claim a_file_besides besides
echo "1..$n"
