#!/bin/sh
# tests/cli/t_seal.sh: `zenhar seal`: time stamps by an authority of the test's own (openssl ts, in a small
# server and by hand), witnesses, and what a rewritten log looks like to who kept a head. TAP.
. "$(dirname "$0")/lib.sh"
server=
at_end() { [ -z "$server" ] || kill "$server" 2>/dev/null; }

echo "a passphrase of the test" >pw
awk 'BEGIN { print "date,place,kind,text"; for (i = 0; i < 20; i++) printf "2025-06-%02d,Tehran,arrest,Report %d\n", 13 + i % 12, i }' >reports.csv
"$cheap_case" c.zenhar "$(cat pw)" && z import reports.csv --case c.zenhar 2>/dev/null || { echo "Bail out! no case"; exit 1; }

# ---- an authority: a root, a certificate for time stamps, one that has expired, a root of nobody's ----
cat >ca.cnf <<'CNF'
[ca]
default_ca = own
[own]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = tsa
unique_subject = no
[any]
commonName = supplied
[tsa]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping
[tsa_config]
serial = tsaserial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
CNF
authority() {
    for ca in ca other; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $ca.key -out $ca.pem -days 30 -subj "/CN=Test root $ca" || return 1
    done
    : >index.txt && echo 01 >serial && echo 01 >tsaserial
    for name in tsa old; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr -subj "/CN=Test authority $name" || return 1
    done
    openssl ca -config ca.cnf -batch -notext -in tsa.csr -out tsa.pem -keyfile ca.key -cert ca.pem -days 20 &&
        openssl ca -config ca.cnf -batch -notext -in old.csr -out old.pem -keyfile ca.key -cert ca.pem \
            -startdate 20200101000000Z -enddate 20210101000000Z
}
authority >authority.log 2>&1 || { cat authority.log; echo "Bail out! no authority"; exit 1; }
reply() { # reply QUERY OUT [CERTIFICATE]
    openssl ts -reply -config ca.cnf -section tsa_config -queryfile "$1" -signer "${3:-tsa}.pem" -inkey "${3:-tsa}.key" -out "$2" 2>/dev/null
}

cat >server.py <<'PY'
import http.server, os, subprocess
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words): pass
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        open("asked", "a").write("%s %s %d\n" % (self.path, self.headers["Content-Type"], len(query)))
        open("q", "wb").write(query)
        subprocess.run("openssl ts -reply -config ca.cnf -section tsa_config -queryfile q -signer tsa.pem -inkey tsa.key -out r",
                       shell=True, stderr=subprocess.DEVNULL)
        body, status = open("r", "rb").read(), 200
        if self.path == "/flipped":
            body = body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]
        if self.path == "/page":
            body = b"<html>no authority</html>"
        if self.path == "/stale":
            body = open("stale.tsr", "rb").read()
        if self.path == "/away":
            status = 503
        if self.path == "/moved":
            self.send_response(302); self.send_header("Location", "/tsa"); self.send_header("Content-Length", "0"); self.end_headers(); return
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
open("port.new", "w").write(str(server.server_address[1]))
os.rename("port.new", "port")
server.serve_forever()
PY
python3 server.py 2>server.log &
server=$!
for _ in $(seq 40); do [ -s port ] || sleep 0.25; done
at=http://127.0.0.1:$(cat port)
seal() { z seal --case c.zenhar "$@"; }

refused() {
    ends 2 seal --timestamp "$at/tsa" --allow-private && says "tsa-ca" && ends 3 seal --timestamp "$at/tsa" --tsa-ca ca.pem && says "private" && [ ! -e asked ] &&
        ends 2 seal && ends 2 seal --witness a --timestamp b && ends 2 seal --witness a b
}
claim nothing_goes_out_unless_an_address_and_certificates_are_given refused
stamped() {
    ends 0 seal --timestamp "$at/tsa" --tsa-ca ca.pem --allow-private && says "Test authority tsa" &&
        grep -q '"authority":"CN=Test authority tsa"' out && [ "$(cat asked)" = "/tsa application/timestamp-query $(wc -c <q)" ]
}
claim a_head_is_stamped_by_an_authority stamped
shown() {
    ends 0 z verify --case c.zenhar --tsa-ca ca.pem && says "stamped at" && grep -q '"trusted":true' out && ends 0 z verify --case c.zenhar && says "not checked" &&
        ends 1 z verify --case c.zenhar --tsa-ca other.pem && says "time stamp does not hold" && grep -q '"fits":false' out &&
        ends 3 z verify --case c.zenhar --tsa-ca reports.csv --lang fa && says "PEM"
}
claim it_is_shown_and_verified_by_certificates_that_are_given shown
wrong() { # wrong PATH STATUS WORDS CA
    ends "$2" seal --timestamp "$at$1" --tsa-ca "$4" --allow-private && says "$3"
}
claim a_tampered_stamp_is_refused wrong /flipped 1 "time stamp does not hold" ca.pem
claim another_root_is_refused wrong /tsa 1 "time stamp does not hold" other.pem
claim a_page_is_no_stamp wrong /page 1 "RFC 3161" ca.pem
claim a_server_that_says_no_is_told wrong /away 3 "503" ca.pem
claim no_other_address_is_followed wrong /moved 3 "302" ca.pem
kept() { z verify --case c.zenhar 2>/dev/null | jq -e '.timestamps | length == 1'; }
claim none_of_these_was_kept kept
by_hand() {
    ends 0 seal --timestamp-request one.tsq && openssl ts -query -in one.tsq -text | grep -q "Nonce: 0x" && reply one.tsq one.tsr &&
        ends 0 seal --timestamp-response one.tsr --tsa-ca ca.pem && says "stamped at"
}
claim query_and_answer_are_carried_by_hand by_hand
again() {
    # the same head asked anew: the old answer has another nonce
    cp one.tsr stale.tsr && head=$(jq -r .head out) && ends 0 seal --timestamp-request two.tsq --head "$head" && ends 1 seal --timestamp-response one.tsr --tsa-ca ca.pem && says "nonce"
}
claim an_old_answer_is_refused_by_its_nonce again
other_head() {
    ends 1 seal --timestamp "$at/stale" --tsa-ca ca.pem --allow-private && says "time stamp" &&
        openssl ts -query -data reports.csv -sha256 -cert -out strange.tsq 2>/dev/null && reply strange.tsq strange.tsr &&
        ends 1 seal --timestamp-response strange.tsr --tsa-ca ca.pem && says "another head"
}
claim a_stamp_of_something_else_is_refused other_head
expired() {
    ends 0 seal --timestamp-request three.tsq && reply three.tsq three.tsr old && ends 1 seal --timestamp-response three.tsr --tsa-ca ca.pem && says "expired"
}
claim an_authority_whose_certificate_has_expired_is_refused expired

# A certificate that is good now and not at the end of this script.
end=$(($(date +%s) + 12))
openssl ca -config ca.cnf -batch -notext -in old.csr -out old.pem -keyfile ca.key -cert ca.pem \
    -startdate 20200101000000Z -enddate "$(date -u -d "@$end" +%Y%m%d%H%M%SZ)" 2>authority.log
short() { ends 0 seal --timestamp-request four.tsq && reply four.tsq four.tsr old && ends 0 seal --timestamp-response four.tsr --tsa-ca ca.pem; }
claim an_authority_whose_certificate_ends_soon_is_good_now short

# ---- witnesses ----
openssl genpkey -algorithm ed25519 -out witness.pem 2>/dev/null
key=$(z verify --case c.zenhar 2>/dev/null | jq -r .public_key)
written() {
    ends 0 seal --witness first.note && [ "$(wc -l <first.note)" -eq 5 ] && head -1 first.note | grep -q '^zenhar.case/[0-9a-f]\{32\}$' &&
        sed -n 5p first.note | grep -q '^— zenhar.case/' && ends 0 z verify --case c.zenhar --since first.note && says "only added to" && grep -q '"since":{"head":' out
}
claim a_head_is_written_out_for_a_witness written
# The note by another program: the lines, the key id and the signature of C2SP signed-note.
stranger() {
    cat >note.py <<'PY'
import base64, hashlib, subprocess, sys
text, line = open("first.note", encoding="utf-8").read().split("\n\n")
origin, size, root = (text + "\n").splitlines()
name, blob = line.strip()[2:].split(" ")
blob, key = base64.b64decode(blob), bytes.fromhex(sys.argv[1])
assert name == origin and int(size) > 0 and len(base64.b64decode(root)) == 32
assert blob[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
open("key.der", "wb").write(bytes.fromhex("302a300506032b6570032100") + key)
open("text", "w").write(text + "\n"); open("signature", "wb").write(blob[4:])
sys.exit(subprocess.call("openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature", shell=True))
PY
    python3 note.py "$key"
}
claim another_program_reads_the_note stranger
cosigned() {
    ends 0 "$zenhar" seal --cosign first.note --key "$key" --name witness.example/1 --seed witness.pem && cp out first.signed &&
        vkey=$(sed 's/.*: //' err | tail -1) && ends 0 seal --cosigned first.signed --witness-key "$vkey" && says "witness.example/1" &&
        ends 0 z verify --case c.zenhar && says "signed by witness witness.example/1" && grep -q '"cosignatures":\[{"head":' out
}
claim a_witness_signs_and_its_cosignature_is_kept cosigned
other_witness() {
    openssl genpkey -algorithm ed25519 -out other-witness.pem 2>/dev/null
    ends 0 "$zenhar" seal --cosign first.note --key "$key" --name witness.example/2 --seed other-witness.pem && cp out second.signed &&
        ends 1 seal --cosigned second.signed --witness-key "$vkey" && says "no cosignature" && sed 's/^[0-9][0-9]*$/1&/' first.signed >bent.signed &&
        ends 1 seal --cosigned bent.signed --witness-key "$vkey" && ends 2 seal --cosigned first.signed --witness-key "x+y+z" && ends 3 seal --cosigned reports.csv --witness-key "$vkey" && says "checkpoint"
}
claim a_cosignature_of_somebody_else_or_something_else_is_refused other_witness
grew() {
    echo "2026-01-01: a report" >more.txt && z import more.txt --case c.zenhar >/dev/null 2>&1
    ends 0 seal --witness second.request --since first.note && head -1 second.request | grep -q "^old $(sed -n 2p first.note)\$" &&
        ends 0 "$zenhar" seal --cosign second.request --since first.signed --key "$key" --name witness.example/1 --seed witness.pem && cp out kept.note &&
        sed -n '/^$/q;p' kept.note | sed -n 2p | grep -qv "^$(sed -n 2p first.note)\$"
}
claim a_witness_signs_the_next_head_only_with_its_proof grew
unproven() {
    sed -n '/^$/,$p' second.request | tail -n +2 >bare.note && ends 1 "$zenhar" seal --cosign bare.note --since first.signed --key "$key" --name witness.example/1 --seed witness.pem && says "not proven" &&
        sed '2y/abcdefABCDEF0123/bcdefaBCDEFA1230/' second.request >bent.request && ends 1 "$zenhar" seal --cosign bent.request --since first.signed --key "$key" --name witness.example/1 --seed witness.pem && [ ! -s out ]
}
claim it_does_not_sign_without unproven
# Who has the passphrase writes another history from an older copy of the case.
rewritten() {
    case_copy c.zenhar past.zenhar && ends 0 z seal --case past.zenhar --witness past.note &&
        case_copy past.zenhar a.zenhar && echo "2026-02-01: one history" >a.txt && echo "2026-02-01: another history, longer" >b.txt && echo "2026-02-02: and more" >b2.txt &&
        z import a.txt --case a.zenhar >/dev/null 2>&1 && ends 0 z seal --case a.zenhar --witness a.note &&
        case_copy past.zenhar b.zenhar && z import b.txt --case b.zenhar >/dev/null 2>&1 && z import b2.txt --case b.zenhar >/dev/null 2>&1 &&
        ends 0 z verify --case b.zenhar --since past.note && ends 1 z verify --case b.zenhar --since a.note && says "rewritten" && grep -q '"fits":false' out
}
claim a_rewritten_log_is_found_by_the_witness_head rewritten
rolled_back() { ends 1 z verify --case past.zenhar --since a.note && says "rolled back"; }
claim a_log_rolled_back_is_found rolled_back
from_json() {
    z verify --case past.zenhar >noted.json 2>/dev/null && ends 0 z verify --case a.zenhar --since noted.json && sed 's/"root":"./"root":"g/' noted.json >bent.json &&
        ends 3 z verify --case a.zenhar --since bent.json && sed 's/^zenhar.case.*/zenhar.case\/00/' a.note >other.note && ends 3 z verify --case a.zenhar --since other.note && says "another case" && sed 's/^[0-9][0-9]*$/&1/' a.note >bent.note && ends 1 z verify --case a.zenhar --since bent.note && says "signature"
}
claim a_head_that_verify_printed_does_as_well from_json

later() {
    while [ "$(date +%s)" -le $end ]; do sleep 1; done
    ends 0 z verify --case c.zenhar --tsa-ca ca.pem && says "has expired since" && grep -q '"certificate_expired":true' out && ends 1 seal --timestamp-response four.tsr --tsa-ca ca.pem
}
claim a_stamp_outlives_the_certificate_that_signed_it later

# ---- all of it in a bundle ----
bundled() {
    ends 0 z export --case c.zenhar --bundle b R1 && cp out b.json && jq -e '.timestamps == 3 and .cosignatures == 1 and .heads >= 3' out >words && ends 0 "$zenhar" verify --bundle b --key b.json --tsa-ca ca.pem --witness "$vkey" &&
        jq -e '.timestamps == 3 and .cosignatures == 1 and .timestamps_trusted' out >words && ends 1 "$zenhar" verify --bundle b --key b.json --tsa-ca other.pem && says "timestamps/" &&
        ends 0 "$zenhar" verify --bundle b --key "$key" && says "not checked"
}
claim stamps_and_cosignatures_go_along_in_a_bundle bundled
by_openssl() {
    for stamp in b/timestamps/*.tsr; do
        number=$(basename "$stamp" | cut -d- -f1)
        openssl ts -verify -data "b/heads/$number.bin" -in "$stamp" -CAfile ca.pem -attime "$(openssl ts -reply -in "$stamp" -text 2>/dev/null | sed -n 's/^Time stamp: //p' | date -u -f - +%s)" >words 2>&1 || return 1
    done
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in "b/heads/$number.bin" -sigfile "b/heads/$number.sig"
}
claim openssl_alone_verifies_stamps_and_heads by_openssl
echo "1..$n"
