#!/bin/sh
# tests/cli/t_keys.sh: several passphrases for one case, and what each of them opens. TAP.
. "$(dirname "$0")/lib.sh"
echo "the owner's passphrase" >pw
echo "the analyst's words" >pwa
echo "the documenter's words" >pwd
echo "later words" >pwl
echo "nobody's words" >pwx
by() { # by FILE ARGUMENTS...: with the passphrase in that file
    file=$1
    shift
    "$zenhar" "$@" --case c.zenhar --passphrase-file "$file"
}
printf 'date,place,kind,name,text,source\n2025-06-13,Tehran,arrest,Test Person,A report,Test source\n' >reports.csv
z init c.zenhar >/dev/null 2>&1 && cheap c.zenhar pw && z import reports.csv --case c.zenhar >/dev/null 2>&1

given() {
    case_state c.zenhar >before && case_keys c.zenhar | grep -q '"version": 1' &&
        ends 0 by pw passphrase --add Anna --role analyst --new-passphrase-file pwa && says "Anna has a passphrase" &&
        ends 0 by pw passphrase --add Dara --role documenter --new-passphrase-file pwd &&
        case_keys c.zenhar | grep -q '"version": 3' && case_state c.zenhar | cmp -s - before &&
        ends 0 "$zenhar" passphrase --list --case c.zenhar && [ "$(paste -sd' ' out)" = "name,role Anna,analyst Dara,documenter" ]
}
claim passphrases_are_given_and_the_case_is_not_rewritten given
refused() {
    case_keys c.zenhar >kept && ends 2 by pw passphrase --add Anna --role reader --new-passphrase-file pwx && says "has a passphrase already" &&
        ends 2 by pw passphrase --add Bita --role chief --new-passphrase-file pwx && says "roles" &&
        ends 2 by pw passphrase --add Bita --new-passphrase-file pwx && says "needs --role" &&
        ends 2 by pwa passphrase --add Bita --role administrator --new-passphrase-file pwx && says "does not hold every key" &&
        ends 3 by pw passphrase --remove Bita && says "Nobody named Bita" && ends 3 by pwx list report && case_keys c.zenhar | cmp -s kept -
}
claim what_cannot_be_given_is_said refused
whole() {
    ends 0 by pwd verify && ends 0 by pwd show T1 --reveal --reason "a test" && grep -q 'Test Person' out
}
claim a_documenter_sees_names_and_verifies whole
limited() {
    ends 0 by pwa show T1 && ! grep -q 'Test Person' out &&
        ends 3 by pwa show T1 --reveal --reason "a test" && ! grep -q 'Test Person' out &&
        ends 3 by pwa import reports.csv && says "reading only" && ends 0 by pwa verify --proof R1 &&
        ends 3 by pwa verify && says "does not open originals"
}
claim an_analyst_reads_but_holds_no_key_of_names_or_originals limited
# The keys are not in the wrapping: what the analyst's passphrase opens holds zeros in their places.
zeros() {
    command -v python3 >/dev/null || return 0
    case_keys c.zenhar >keys.json && python3 - <<'PY'
import ctypes, ctypes.util, hashlib, json
library = ctypes.util.find_library("sodium")
if library is None:
    raise SystemExit(0)
sodium = ctypes.CDLL(library)
case = json.load(open("keys.json"))
slot = next(s for s in case["slots"] if s["name"] == "Anna")
p, words = slot["passphrase"], open("pwa", "rb").read().rstrip(b"\n")
key, wrapped = ctypes.create_string_buffer(32), bytes.fromhex(slot["wrapped"])
pwhash = sodium.crypto_pwhash
assert pwhash(key, ctypes.c_ulonglong(32), words, ctypes.c_ulonglong(len(words)), bytes.fromhex(p["salt"]),
              ctypes.c_ulonglong(p["passes"]), ctypes.c_size_t(p["memory_bytes"]), 2) == 0
named = hashlib.blake2b(b"Anna\0analyst", digest_size=32).digest()
bound = b"zenhar slot 2".ljust(16, b"\0") + named + bytes.fromhex(case["case_id"])
plain = ctypes.create_string_buffer(193)
assert sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(plain, None, None, wrapped[24:], ctypes.c_ulonglong(len(wrapped) - 24),
    bound, ctypes.c_ulonglong(64), wrapped[:24], key) == 0
keys = [plain.raw[1 + 32 * i:33 + 32 * i] != bytes(32) for i in range(6)]
assert plain.raw[0] == 2 and keys == [False, True, False, False, False, False], (plain.raw[0], keys)
PY
}
claim the_key_of_names_is_not_in_the_analysts_wrapping zeros
changed() {
    case_state c.zenhar >before && ends 0 by pwa passphrase --new-passphrase-file pwl && ends 3 by pwa list report &&
        ends 0 by pwl list report && ends 3 by pwl import reports.csv && ends 0 by pw list report && case_state c.zenhar | cmp -s - before
}
claim an_analyst_changes_only_their_own_passphrase changed
owner() {
    ends 0 by pw passphrase --new-passphrase-file pwx && ends 3 by pw list report && ends 0 by pwx list report &&
        ends 0 by pwl list report && ends 0 by pwx passphrase --new-passphrase-file pw
}
claim the_owners_passphrase_changes_and_the_others_stay owner
swapped() {
    case_keys c.zenhar >kept && sed 's/"name": "Anna"/"name": "X"/; s/"name": "Dara"/"name": "Anna"/; s/"name": "X"/"name": "Dara"/' kept | case_keys_put c.zenhar &&
        ends 1 by pwd list report && says "changed from outside" && ends 0 by pw list report && case_keys_put c.zenhar <kept && ends 0 by pwd list report
}
claim the_name_beside_a_passphrase_cannot_be_changed swapped
taken() { ends 0 by pwd passphrase --remove Anna && ends 3 by pwl list report && ends 0 by pw list report; }
claim a_passphrase_is_taken_away taken
damaged() {
    case_keys c.zenhar >kept && sed 's/"role": "documenter"/"role": 7/' kept | case_keys_put c.zenhar && ends 3 by pw list report &&
        says "damaged" && case_keys_put c.zenhar <kept && ends 0 by pwd verify
}
claim a_damaged_slot_is_named damaged
# Nothing of it in what a core file, a neighbour or a child would see.
hidden() {
    mkfifo wait.fifo
    "$zenhar" import - --case c.zenhar --passphrase-file pw <wait.fifo >/dev/null 2>&1 &
    pid=$!
    exec 3>wait.fifo
    for step in 1 2 3 4 5 6 7 8 9 10; do
        grep -q '^Max core file size *0 *0' "/proc/$pid/limits" && break
        sleep 0.2
    done
    grep -q '^Max core file size *0 *0' "/proc/$pid/limits" && ! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "owner's" &&
        ! tr '\0' ' ' <"/proc/$pid/environ" | grep -q "owner's"
    found=$?
    exec 3>&-
    wait $pid
    return $found
}
claim no_core_file_and_no_passphrase_in_argv_or_environment hidden
echo "1..$n"
