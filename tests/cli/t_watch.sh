#!/bin/sh
# tests/cli/t_watch.sh: `zenhar watch` as somebody would run it, against servers of our own on this
# machine: a feed, a mail server with TLS that can be told to stop at each step, a gateway that
# posts messages; and killed (-9) while it sends. TAP.
. "$(dirname "$0")/lib.sh"
root=$(realpath "$here/../..")
web='' smtp='' watch=''
at_end() { for p in $web $smtp $watch; do kill "$p" 2>/dev/null; done; }
wait_for() { # a command, for up to 30 s
    for _ in $(seq 120); do "$@" > /dev/null 2>&1 && return 0; sleep 0.25; done
    return 1
}

cat > web.py <<'PY'
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def do_GET(self):
        open("asked", "a").write(self.path + "\n")
        try:
            body = open("feed.xml", "rb").read() if self.path == "/feed" else None
        except OSError:
            body = None
        self.send_response(200 if body else 503)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
open("web.new", "w").write(str(server.server_address[1]))
os.rename("web.new", "web.port")
server.serve_forever()
PY
# A mail server. The file "mode" says how it behaves: "take"; "hang TEXT": stops for ever before it
# answers the command TEXT (DOT: the end of the mail, which it has kept by then); "refuse TEXT CODE".
cat > smtp.py <<'PY'
import os, socketserver, ssl, sys, time
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
TLS.load_cert_chain("cert.pem", "key.pem")
class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write((text + "\r\n").encode())
        self.wfile.flush()
    def answer(self, step, text):
        mode = open("mode").read().split()
        if mode[0] == "hang" and mode[1] == step:
            open("hanging", "w").write(step)
            time.sleep(600)
        if mode[0] == "refuse" and mode[1] == step:
            text = mode[2] + " no"
        self.say(text)
        return not text.endswith(" no")
    def handle(self):
        to, secured = [], False
        self.say("220 test ESMTP")
        while True:
            line = self.rfile.readline()
            if not line:
                return
            open("dialogue", "ab").write(line)
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == "EHLO":
                self.say("250-test")
                self.say("250 AUTH PLAIN" if secured else "250 STARTTLS")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.request = TLS.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile, secured = self.request.makefile("rb"), self.request.makefile("wb"), True
            elif word == "RCPT":
                if self.answer("RCPT", "250 ok"):
                    to.append(line.split(b"<")[1].split(b">")[0].decode())
            elif word == "DATA":
                self.answer("DATA", "354 go on")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    piece = self.rfile.readline()
                    if not piece:
                        return
                    body += piece
                mode = open("mode").read().split()
                if mode[:2] != ["refuse", "DOT"]:
                    for who in to:
                        name = "mail/%s.%d" % (who, len(os.listdir("mail")))
                        open(name + ".new", "wb").write(body[:-3])
                        os.rename(name + ".new", name)
                self.answer("DOT", "250 taken")
                to = []
            elif word == "QUIT":
                self.say("221 bye")
                return
            elif word == "AUTH":
                if len(line.split()) == 2:
                    self.say("334 ")
                    self.rfile.readline()
                self.answer("AUTH", "235 ok")
            else:
                self.answer(word, "250 ok")
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
server = Server(("127.0.0.1", 0), Session)
open("smtp.new", "w").write(str(server.server_address[1]))
os.rename("smtp.new", "smtp.port")
server.serve_forever()
PY
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2> /dev/null || { echo "Bail out! no certificate"; exit 1; }
mkdir mail in
echo take > mode
python3 web.py 2> web.log & web=$!
python3 smtp.py 2> smtp.log & smtp=$!
wait_for test -s web.port && wait_for test -s smtp.port || { echo "Bail out! no servers"; exit 1; }
echo 'a passphrase for a test' > pass
echo 'the password of the test' > mail.secret
openssl rand -hex 32 > sms.secret
chmod 600 mail.secret sms.secret
door=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > watch.conf <<CONF
[watch]
read = 1 second
detect = 3 seconds
[folder inbox]
path = $folder/in
settle = 1 second
moved = $folder/in/read
[feed news]
url = http://127.0.0.1:$(cat web.port)/feed
every = 2 seconds
allow-private = yes
[gateway phone]
listen = 127.0.0.1:$door
secret-file = $folder/sms.secret
[mail desk]
server = smtp://localhost:$(cat smtp.port)
ca-file = $folder/cert.pem
from = watch@example.org
to = a@example.org, b@example.org
user = watch
password-file = $folder/mail.secret
timeout = 20 seconds
[cap cap]
folder = $folder/cap
[atom atom]
file = $folder/atom.xml
[json json]
folder = $folder/json
CONF
python3 - > feed.xml <<'PY'
print('<rss version="2.0"><channel><title>News of the test</title>')
for i in range(3):
    print('<item><title>Arrests %d</title><guid>g%d</guid><pubDate>Sat, %d Nov 2025 10:00:00 +0000</pubDate>'
          '<description>On %d November 2025 %d people were arrested in Shiraz.</description></item>' % (i, i, i + 1, i + 1, i + 2))
print('</channel></rss>')
PY
# An arrest a day in two places for two years, and forty on one day of the week before.
cat > surge.py <<'PY'
import datetime, sys
act, name = sys.argv[1], sys.argv[2]
today = datetime.datetime.now(datetime.timezone.utc).date()
print("id,received,date,city,act")
for d in range(-800, 0):
    day = (today + datetime.timedelta(d)).isoformat()
    for k in range(40 if d == -10 else 1):
        for place in ("Shiraz", "Tehran"):
            print(f"{name}{place}{d}-{k},{day},{day},{place},{act}")
PY
surge() { python3 surge.py "$1" "$2" > "in/$2.csv.part" && mv "in/$2.csv.part" "in/$2.csv" && sleep 2; }

ZENHAR_CASE=$folder/test.zenhar
export ZENHAR_CASE
run() { "$zenhar" "$@" --passphrase-file pass > out 2> words; }
once() { run watch --config watch.conf --once --json; }
mails() { find mail -type f ! -name '*.new' | wc -l; }
has() { python3 -c 'import json, sys; j = json.load(open("out")); sys.exit(not eval(sys.argv[1], {}, j))' "$1"; }
run init test.zenhar --title 'پروندهٔ آزمون' && "$cheap_case" test.zenhar "$(cat pass)" || { cat words; exit 1; }

"$zenhar" watch --config watch.conf --check > out 2> words
[ $? -eq 0 ] && [ "$(wc -l < out)" -eq 7 ] && grep -q '^feed,news,http://127' out
check "--check tells what it understood, without a case" $?
sed 's/^moved/move/' watch.conf > bad.conf
"$zenhar" watch --config bad.conf --check > out 2> words
[ $? -eq 2 ] && grep -q 'move' words
check "a word misspelt is refused" $?
"$zenhar" watch --config bad.conf --check --lang fa > out 2> words
[ $? -eq 2 ] && grep -q 'شناخته نیست' words
check "in Persian too" $?
chmod 644 sms.secret
once
[ $? -eq 2 ] && grep -q 'chmod 600' words && ! grep -q "$(cat sms.secret)" words
check "a secret that others may read is refused, and not printed" $?
chmod 600 sms.secret

surge arrest first
once
[ $? -eq 0 ] && has 'files == 1 and feeds == 1 and alarms > 0 and sent == 5 and added > 1500'
check "one look reads the folder and the feed, and tells by mail, CAP, Atom and JSON" $?
[ "$(mails)" -eq 2 ] && [ -e in/read/first.csv ] && [ ! -e in/first.csv ]
check "each recipient has one mail; the file was moved" $?
grep -q '^MAIL FROM:<watch@example.org>' dialogue || grep -q 'STARTTLS' dialogue
check "the mail went by TLS" $?
python3 - <<'PY' > out 2>&1
import email, email.policy, glob, json, re
ids = set()
for path in glob.glob("mail/*"):
    m = email.message_from_binary_file(open(path, "rb"), policy=email.policy.default)
    assert m["to"] in ("a@example.org", "b@example.org"), m["to"]
    assert "پروندهٔ آزمون" in m["subject"], m["subject"]
    assert m["auto-submitted"] == "auto-generated"
    ids.add(m["message-id"])
    words, attached = m.iter_parts()
    text = words.get_content()
    assert "[AL" in text and "بازداشت" in text and "Arrests" in text and "R" in text, text
    for line in open(path, "rb").read().split(b"\r\n"):
        assert len(line) <= 998 and (not line.startswith(b"Subject") or len(line) <= 78), line
    notices = json.loads(attached.get_content())["notices"]
    for notice in notices:
        count = int(re.search(r": ([\d,]+) reported", notice["words"]["en"]).group(1).replace(",", ""))
        assert sum(c["count"] for c in notice["evidence"]) == count, notice["words"]["en"]
assert len(ids) == 2, ids
PY
check "the mail holds the alarm in both languages, with evidence that adds up" $?
if command -v xmllint > /dev/null; then
    xmllint --noout --relaxng "$root/tests/render/cap-1.2.rng" cap/*.xml > out 2>&1
    check "the CAP file is CAP 1.2" $?
fi
python3 - <<'PY' > out 2>&1
import xml.etree.ElementTree as E
A = "{http://www.w3.org/2005/Atom}"
feed = E.parse("atom.xml").getroot()
assert feed.tag == A + "feed" and len(feed.findall(A + "entry")) == 1
for element in [feed] + feed.findall(A + "entry"):
    for name in ("id", "title", "updated"):
        assert element.find(A + name).text
PY
check "the Atom file is a feed with one entry" $?
cp atom.xml atom.before
cp cap/*.xml cap.before
once
[ $? -eq 0 ] && has 'notices == 0 and sent == 0 and unchanged == 1' && [ "$(mails)" -eq 2 ] && cmp -s atom.xml atom.before
check "the next look tells nothing again" $?
sed 's/three/three/; s/g2/g9/' feed.xml > feed.new && mv feed.new feed.xml
once
has 'feeds == 1 and unchanged == 0'
check "a feed that changed is read" $?
[ "$(grep -c . asked)" -ge 3 ] && ! grep -qv '^/feed$' asked
check "nothing but the feed was asked for" $?

# ---- killed while it sends ----
kill_at() { # the step at which the server hangs
    rm -f hanging
    echo "hang $1" > mode
    "$zenhar" watch --config watch.conf --once --passphrase-file pass > out 2> words & watch=$!
    wait_for test -s hanging
    status=$?
    kill -9 "$watch"
    wait "$watch" 2> /dev/null
    watch=''
    echo take > mode
    return $status
}
surge execution second
before=$(mails)
kill_at RCPT
check "killed before the mail was given" $?
[ "$(mails)" -eq "$before" ]
check "nothing had arrived" $?
once
[ "$(mails)" -eq $((before + 2)) ] && has 'notices == 0 and sent >= 2 and unsure == 0'
check "the next start sends it, once to each" $?

surge torture third
before=$(mails)
kill_at DOT
check "killed when the server had the mail and had not said so" $?
[ "$(mails)" -eq $((before + 1)) ]
check "one had arrived" $?
once
[ $? -eq 1 ] && has 'unsure == 1' && [ "$(mails)" -eq $((before + 2)) ]
check "the next start does not send that one again; the other goes" $?
grep -q 'may have arrived' words
check "it says that it may have arrived" $?
run watch --config watch.conf --status
[ $? -eq 1 ] && grep -q ',unsure,' out
check "--status shows it" $?
once
once
[ "$(mails)" -eq $((before + 2)) ] && grep -l 'undelivered' json/*.json > /dev/null
check "other ways tell that it is unsure; it is never sent twice" $?
python3 - <<'PY' > out 2>&1
import email, email.policy, glob
ids = [email.message_from_binary_file(open(p, "rb"), policy=email.policy.default)["message-id"] for p in glob.glob("mail/*")]
assert len(ids) == len(set(ids)), ids
PY
check "no Message-ID arrived twice" $?

# ---- a server that refuses ----
surge sentence fourth
before=$(mails)
echo 'refuse DOT 451' > mode
once
has 'waiting == 2 and unsure == 0' && [ "$(mails)" -eq "$before" ]
check "a mail that is not taken now waits" $?
echo take > mode
surge killing fifth
echo 'refuse RCPT 550' > mode
once
[ $? -eq 1 ] && has 'failed == 2'
check "a recipient that is refused for good is said" $?
echo 'refuse AUTH 535' > mode
surge release sixth
once
has 'failed == 0 and waiting >= 2'
check "a wrong password is tried again later" $?
echo take > mode

# ---- lasting ----
"$zenhar" watch --config watch.conf --passphrase-file pass > out 2> words & watch=$!
wait_for grep -q "127.0.0.1:$door/sms" words
check "the lasting watch opens the gateway's door" $?
once_words=$("$zenhar" watch --config watch.conf --once --passphrase-file pass 2>&1)
[ $? -eq 3 ] && echo "$once_words" | grep -q 'Another watch'
check "a second watch on the case does nothing" $?
post() { # secret, file
    curl -s -o answer -w '%{http_code}' -H "X-Zenhar-Secret: $1" -H 'Content-Type: application/json' \
        --data-binary "@$2" "http://127.0.0.1:$door/sms"
}
echo '{"from":"+989120000001","id":"m1","text":"در شیراز سه نفر بازداشت شدند http://127.0.0.1:1/x"}' > sms.json
[ "$(post "$(cat sms.secret)" sms.json)" = 200 ] && [ "$(post wrong-secret-wrong-secret sms.json)" = 401 ]
check "a gateway with the secret is heard, another is not" $?
[ "$(post "$(cat sms.secret)" sms.json)" = 200 ]
check "a message that comes again is answered" $?
tr '\0' ' ' < "/proc/$watch/cmdline" > args
tr '\0' '\n' < "/proc/$watch/environ" >> args
! grep -q "$(cat sms.secret)" args && ! grep -q "$(cat mail.secret)" args
check "no secret stands in the arguments or the environment" $?
python3 surge.py injury late > in/late.csv
wait_for test -e in/read/late.csv
check "a file put there meanwhile is read" $?
kill "$watch"
wait "$watch"
[ $? -eq 0 ] && grep -q 'has ended' words
check "SIGTERM ends it at a safe point" $?
watch=''
run list source && cp out sources && run list report --json
python3 - <<'PY' > words 2>&1
import csv, json
phone = [row["id"] for row in csv.DictReader(open("sources")) if row["name"] == "phone"]
assert len(phone) == 1, phone
told = [line for line in open("out") if '"%s"' % phone[0] in line]
assert len(told) == 1, told
PY
check "the message is in the case once" $?
! grep -q '/x$' asked
check "no link in a message was opened" $?

# ---- a door with TLS ----
chmod 600 key.pem
cat > tls.conf <<CONF
[gateway phone]
listen = 127.0.0.1:$door
secret-file = $folder/sms.secret
signed = yes
certificate = $folder/cert.pem
key-file = $folder/key.pem
CONF
"$zenhar" watch --config tls.conf --passphrase-file pass > out 2> words & watch=$!
wait_for grep -q "https://127.0.0.1:$door/sms" words
signature=$(openssl dgst -sha256 -hmac "$(cat sms.secret)" -r sms.json | cut -d' ' -f1)
knock() { # signature, more arguments of curl
    curl -s -o answer -w '%{http_code}' --cacert cert.pem --resolve "localhost:$door:127.0.0.1" -H "X-Signature: $1" \
        -H 'Content-Type: application/json' --data-binary @sms.json "https://localhost:$door/sms" "$2" "$3"
}
[ "$(knock "$signature" --tlsv1.2 -s)" = 200 ] && [ "$(knock "0$signature" --tlsv1.2 -s)" = 401 ]
check "a door with TLS hears a message signed by OpenSSL, and no other" $?
knock "$signature" --tls-max 1.1 > /dev/null
[ $? -ne 0 ] && [ "$(curl -s -o answer -w '%{http_code}' --data-binary @sms.json "http://127.0.0.1:$door/sms")" != 200 ]
check "nothing older than TLS 1.2, and nothing in the clear" $?
kill "$watch"
wait "$watch"
watch=''

# ---- killed anywhere ----
sed '/^\[mail desk\]/,/^timeout/d; /^\[cap/,$d; /^\[gateway/,/^secret/d' watch.conf > kill.conf
cat >> kill.conf <<CONF
[command pager]
run = /bin/sh -c 'cat > /dev/null; echo \$ZENHAR_NOTICE >> $folder/paged'
[json files]
folder = $folder/files
CONF
i=0
for kind in trial disappearance raid; do
    i=$((i + 1))
    python3 surge.py "$kind" "kill$i" > "in/kill$i.csv"
    for pause in 0.3 0.7 1.1 1.6; do
        "$zenhar" watch --config kill.conf --once --passphrase-file pass > /dev/null 2>&1 & watch=$!
        sleep "$pause"
        kill -9 "$watch" 2> /dev/null
        wait "$watch" 2> /dev/null
    done
done
watch=''
sleep 2
run watch --config kill.conf --once --json
run watch --config kill.conf --once --json
[ -s paged ] && [ "$(sort paged | uniq -d | wc -l)" -eq 0 ]
check "killed twelve times, the command was told nothing twice" $?
run watch --config kill.conf --status
! grep -q ',waiting,\|,sending,\|,handing,' out || ! grep ',pager,\|,files,' out | grep -q ',waiting,\|,sending,\|,handing,'
check "and nothing is left under way" $?
[ "$(grep ',pager,' out | grep -c ',done,')" -le "$(wc -l < paged)" ]
check "what the case holds for told was told" $?
run verify
check "the case verifies" $?
echo "1..$n"
