#!/bin/sh
# tests/cli/t_fetch.sh: `zenhar fetch` against a server of our own on this machine: a page, redirects,
# chunks, errors, limits, a proxy; and what it refuses. TAP.
. "$(dirname "$0")/lib.sh"
server=
at_end() { [ -z "$server" ] || kill "$server" 2>/dev/null; }

cat > server.py <<'PY'
import http.server
PAGE = ("<!DOCTYPE html><html lang=fa><meta charset=utf-8><title>حکم تازه</title>"
        "<meta property='og:site_name' content='خبر آزمون'><nav><a href=/secret>منو</a></nav>"
        "<img src=/secret><script src=/secret></script><p>در تاریخ ۷ تیر ۱۴۰۴ در شیراز سه تن بازداشت شدند "
        "و خانوادهٔ آنان پس از هفت هفته هیچ خبری از محل نگهداری آنان نگرفته است و وکیل هم ندارند.</p>").encode()
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *words): pass
    def reply(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in fields:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        with open("asked", "a") as asked:
            asked.write(self.path + " " + str(dict(self.headers)) + "\n")
        path = self.path
        if path.startswith("http://"):  # as a proxy
            path = "/page"
        if path == "/page":
            self.reply(200, PAGE, Content_Type="text/html; charset=utf-8", Set_Cookie="a=b")
        elif path == "/moved":
            self.reply(302, b"moved", Location="/page#part")
        elif path == "/round":
            self.reply(302, Location="/round")
        elif path == "/out":
            self.reply(302, Location="file:///etc/passwd")
        elif path == "/chunks":
            self.reply(200, b"%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n", Content_Type="text/html",
                       Transfer_Encoding="chunked")
        elif path == "/large":
            self.reply(200, b"x" * (2 << 20), Content_Type="text/plain")
        else:
            self.reply(404, b"<p>not here", Content_Type="text/html")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
open("port.new", "w").write(str(server.server_address[1]))
import os
os.rename("port.new", "port")
server.serve_forever()
PY
python3 server.py 2> server.log &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s port ] || sleep 0.5; done
[ -s port ] || { echo "Bail out! the server did not start"; cat server.log; exit 1; }
at=http://127.0.0.1:$(cat port)

echo 'a passphrase for a test' > pass
ZENHAR_CASE=$folder/test.zenhar
export ZENHAR_CASE
run() { "$zenhar" "$@" --passphrase-file pass > out 2> words; }
run init test.zenhar && cheap test.zenhar pass || { cat words; exit 1; }

run fetch "$at/page"
[ $? -eq 3 ] && grep -q -- '--allow-private' words && [ ! -e asked ]
check "an address of this machine is refused, and nobody is asked" $?

run fetch "$at/page" --allow-private --json
[ $? -eq 0 ] && grep -q '"status":200' out && grep -q '"reports":1' out
check "a page becomes a report" $?
python3 - out <<'PY'
import json, sys
page = json.load(open(sys.argv[1]))
assert len(page["payload_sha256"]) == 64 and page["media_type"] == "text/html", page
PY
check "what was kept is told as JSON, with its SHA-256" $?
[ "$(wc -l < asked)" -eq 1 ] && ! grep -q secret asked
check "the page alone is asked for: no picture, no script, no link" $?
grep -qi 'zenhar\|curl\|cookie\|referer' asked
[ $? -eq 1 ]
check "the request names no program" $?
run show R1
grep -q 'شیراز' out && ! grep -q 'منو' out
check "the report is the page's main text" $?
run trace R1
grep -q "warc" out words
check "the report leads back to the sealed WARC" $?

: > asked
run fetch "$at/moved" --allow-private --json
grep -q '"redirects":1' out && grep -q "\"final_url\":\"$at/page\"" out && [ "$(wc -l < asked)" -eq 2 ]
check "a redirect is followed and kept" $?
run fetch "$at/moved" --allow-private --redirects 0
[ $? -eq 3 ] && grep -q 'leads on' words
check "no further than asked" $?
run fetch "$at/round" --allow-private
[ $? -eq 3 ] && grep -q 'leads on' words
check "a round of redirects ends" $?
run fetch "$at/out" --allow-private
[ $? -eq 2 ] && grep -q 'file:///etc/passwd' words
check "a redirect to a file of this machine is refused" $?
run fetch "$at/chunks" --allow-private
[ $? -eq 0 ] && grep -q '200' words
check "an answer in chunks is read" $?
run fetch "$at/large" --allow-private --max-size 1
[ $? -eq 3 ] && grep -q -- '--max-size' words
check "an answer that is too large is not taken" $?
run fetch "$at/none" --allow-private
[ $? -eq 1 ] && grep -q '404' words
check "a page that is gone is kept, and gives no report" $?
run quarantine
grep -q '404' out words
check "and waits in the quarantine with the server's answer" $?

: > asked
http_proxy=http://127.0.0.1:9 run fetch "$at/page" --allow-private --json
grep -q '"status":200' out
check "a proxy of the environment is not used" $?
run fetch http://news.example/page --proxy "$at" --json
grep -q '"status":200' out && grep -q 'http://news.example/page' asked
check "the proxy that was named is used, and looks the name up" $?
run fetch "$at/page" --proxy "$at"
[ $? -eq 3 ] && grep -q -- '--allow-private' words
check "nor does a proxy lead to this machine" $?

run fetch
[ $? -eq 2 ]
check "without an address: wrong usage" $?
run fetch /etc/passwd
[ $? -eq 2 ] && grep -q 'https://' words
check "a file is no address" $?
run fetch "$at/page" --timeout 0
[ $? -eq 2 ]
check "no time is no timeout" $?
run fetch "$at/page" --allow-private --lang fa
grep -q 'سرور' words
check "in Persian too" $?
run verify
check "the case verifies" $?
echo "1..$n"
