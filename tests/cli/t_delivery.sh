#!/bin/sh
# zenhar appeal send and mailbox against Exim and Dovecot, started here on ports of their own with a
# certificate of their own. TAP.
source=$(dirname "$(realpath "$0")")/../..
. "$source/tests/cli/lib.sh"
echo pw >pw
exim=/usr/sbin/exim4
dovecot=/usr/sbin/dovecot
if [ ! -x $exim ] || [ ! -x $dovecot ] || [ "$(id -u)" != 0 ]; then
    echo "1..0 # SKIP Exim and Dovecot are not here, or this is not root, as whom they start"
    exit 0
fi
owner=Debian-exim
chmod 755 "$folder"
mkdir -p spool log mail run dove
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 2 -subj "/CN=localhost" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" >/dev/null 2>&1
chown -R $owner spool log mail
cp key.pem exim-key.pem && chown $owner exim-key.pem && chmod 600 exim-key.pem
smtp=$((20000 + $$ % 20000))
imap=$((smtp + 1))
cat >exim.conf <<END
primary_hostname = localhost
daemon_smtp_ports = $smtp
local_interfaces = 127.0.0.1
spool_directory = $folder/spool
log_file_path = $folder/log/%slog
deliver_drop_privilege
keep_environment =
tls_advertise_hosts = *
tls_certificate = $folder/ca.pem
tls_privatekey = $folder/exim-key.pem
domainlist here = un.test : desk.test
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny message = sign in first
       !authenticated = *
  deny message = no such person here
       local_parts = nobody
  defer message = come back later
       local_parts = busy
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{desk}}{eq{\$auth3}{open sesame}}}}
  server_set_id = \$auth2
  server_advertise_condition = \${if def:tls_in_cipher}
begin routers
gone:
  driver = redirect
  domains = +here
  local_parts = gone
  allow_fail
  data = :fail: this office has moved
inbox:
  driver = accept
  domains = +here
  local_parts = sg : desk : group
  transport = inbox
begin transports
inbox:
  driver = appendfile
  directory = $folder/mail/\$local_part_data
  maildir_format
  mode = 0600
  create_directory
END
cat >dovecot.conf <<END
protocols = imap
listen = 127.0.0.1
base_dir = $folder/run
log_path = $folder/log/dovecot
ssl = required
ssl_cert = <$folder/ca.pem
ssl_key = <$folder/key.pem
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imap
    ssl = yes
  }
}
first_valid_uid = 1
mail_location = maildir:$folder/mail/%u
passdb {
  driver = static
  args = password=open-sesame
}
userdb {
  driver = static
  args = uid=$owner gid=$owner home=$folder/mail/%u
}
END
$exim -C "$folder/exim.conf" -bd -q1h -oP "$folder/run/exim.pid" >exim.out 2>&1
$dovecot -c "$folder/dovecot.conf" >dovecot.out 2>&1
at_end() {
    gpgconf --homedir "$folder/ring" --kill all >/dev/null 2>&1
    [ -f run/exim.pid ] && kill "$(cat run/exim.pid)" 2>/dev/null
    $dovecot -c "$folder/dovecot.conf" stop >/dev/null 2>&1
}
for _ in 1 2 3 4 5 6 7 8 9 10; do
    grep -q "listening" log/mainlog 2>/dev/null && break
    sleep 0.2
done

cat >settings <<END
[send]
server = smtp://localhost:$smtp
from = desk@desk.test
from-name = میز گزارش‌ها
user = desk
password = open sesame
ca-file = $folder/ca.pem
seconds = 10
[mailbox]
server = imaps://localhost:$imap/INBOX
user = desk
password = open-sesame
ca-file = $folder/ca.pem
seconds = 10
END
chmod 600 settings

ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
# Offices with addresses of this test, on top of the bundled ones.
mkdir -p data/r2p
cp "$source/data/r2p/recipients.csv" data/r2p/
python3 - <<'END'
import csv
rows = list(csv.reader(open("data/r2p/recipients.csv", encoding="utf-8")))
at, office = rows[0].index("email"), rows[0].index("office")
known = {"SG": "sg@un.test", "HC": "gone@un.test", "HRC-PRES": "nobody@un.test", "SR-IRAN": "busy@un.test"}
for row in rows[1:]:
    row[at] = known.get(row[office], "")
csv.writer(open("data/r2p/recipients.csv", "w", encoding="utf-8", newline="")).writerows(rows)
END
ZENHAR_DATA=$folder/data
export ZENHAR_DATA
z init >/dev/null 2>&1 && cheap c.zenhar pw
z appeal load --facts iran-2025 >/dev/null 2>&1
z appeal letter --to SG --lang fa >out 2>err && z appeal letter --to all --lang en >all 2>err
of() { # of OFFICE: its letter's number in $1
    awk -F, -v who="$1" '$5 ~ who { print $1; exit }' all
}
sg=$(of Secretary-General) hc=$(of High.Commissioner) president=$(of "President of the Human") sr=$(of "situation of human rights in the Islamic")
fa=$(awk -F, 'NR == 2 { print $1 }' out)
status_of() {
    z appeal deliveries --letter "$1" 2>status.err | python3 -c 'import csv, sys; print(list(csv.DictReader(sys.stdin))[0]["status"])'
}

drafts_stay() { z appeal send --dry-run >out 2>err; [ "$(grep -c 'A draft: seal it first' err)" -ge 5 ] && says "Would be sent: 0"; }
claim "drafts are not sent" drafts_stay
for letter in $fa $hc $president $sr; do z appeal seal --letter "$letter" >/dev/null 2>&1; done
dry() { z appeal send --dry-run >out 2>err; says "Would be sent: 4" && says "sg@un.test" && [ "$(status_of "$fa")" = prepared ]; }
claim "a dry run tells what would go to whom, and sends nothing" dry

sed 's/^password = open sesame/password = wrong/' settings >wrong && chmod 600 wrong
wrong_password() { ends 1 z appeal send --settings wrong --letter "$fa" && [ "$(status_of "$fa")" = prepared ]; }
claim "a wrong password: told, and the letter waits" wrong_password
sed '/^ca-file/d' settings >untrusted && chmod 600 untrusted
untrusted() { ends 1 z appeal send --settings untrusted --letter "$fa" --again && says "certificate" && [ "$(status_of "$fa")" = prepared ]; }
claim "a certificate nobody vouches for: told, nothing sent" untrusted
open_file() { cp settings open && chmod 644 open && ends 3 z appeal send --settings open && says "chmod 600"; }
claim "a password that others may read is refused" open_file

first_round() {
    z appeal send --settings settings --again >out 2>err
    [ $? -eq 1 ] && [ "$(status_of "$fa")" = sent ] && [ "$(status_of "$hc")" = sent ] && [ "$(status_of "$president")" = failed ] &&
        [ "$(status_of "$sr")" = prepared ] && says "Sent: 2. To be tried later: 1. Refused: 1"
}
claim "one goes, one is refused, one is put off: each is on record" first_round
$exim -C "$folder/exim.conf" -qff >/dev/null 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -n "$(find mail/sg/new mail/desk/new -type f 2>/dev/null | sed -n 2p)" ] && break
    sleep 0.3
done
got=$(find mail/sg/new -type f 2>/dev/null | head -n 1)
arrived() {
    python3 - "$got" <<'END'
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
parts = [part.get_content_type() for part in mail.walk()]
text = mail.get_body().get_content()
pdf = [part for part in mail.iter_attachments()][0].get_payload(decode=True)
open("got.pdf", "wb").write(pdf)
assert mail["From"].addresses[0].display_name == "میز گزارش‌ها", mail["From"]
assert mail["Subject"] and "‌" in text and mail["Content-Language"] == "fa", mail["Subject"]
assert parts == ["multipart/mixed", "text/plain", "application/pdf"], parts
END
} >out 2>err
arrived
check "what arrives is Persian text with its half-spaces and the PDF" $?
pdf() { qpdf --check got.pdf >out 2>err && pdftotext got.pdf - | grep -q .; }
claim "the PDF is whole" pdf
once() { z appeal send --settings settings >out 2>err; sleep 0.5; [ "$(find mail/sg/new -type f | wc -l)" -eq 1 ] && says "Sent: 0"; }
claim "what was sent is not sent again" once
kept() {
    original=$(z appeal deliveries --letter "$fa" | python3 -c 'import csv, sys; print(list(csv.DictReader(sys.stdin))[0]["mail"])')
    [ -n "$original" ] && z show "$original" >out 2>err && grep -q "$(z appeal deliveries --letter "$fa" | python3 -c 'import csv, sys; print(list(csv.DictReader(sys.stdin))[0]["message_id"])')" out
}
claim "the mail is kept as an original, its number on record" kept

id=$(z appeal deliveries --letter "$fa" | python3 -c 'import csv, sys; print(list(csv.DictReader(sys.stdin))[0]["message_id"])')
post() { # a mail into the desk's box
    $exim -C "$folder/exim.conf" -oMr local -f "$1" desk@desk.test
}
printf 'From: sg@un.test\nTo: desk@desk.test\nSubject: Re: your letter\nIn-Reply-To: <%s>\nMessage-ID: <a1@un.test>\n\nWe have received it.\n' "$id" | post sg@un.test
printf 'From: sg@un.test\nTo: desk@desk.test\nSubject: Away\nAuto-Submitted: auto-replied\nReferences: <%s>\nMessage-ID: <a2@un.test>\n\nI am away.\n' "$id" | post sg@un.test
printf 'From: friend@desk.test\nTo: desk@desk.test\nSubject: Lunch\nMessage-ID: <a3@desk.test>\n\nSecret lunch.\n' | post friend@desk.test
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    [ "$(find mail/desk -type f -path '*/new/*' 2>/dev/null | wc -l)" -ge 4 ] && break
    sleep 0.3
done
back() {
    z appeal mailbox --settings settings >out 2>err && says "New replies: 1; automatic ones: 1; letters that did not arrive: 1" &&
        [ "$(status_of "$hc")" = bounced ]
}
claim "a reply, an automatic one and a bounce are matched to their letters" back
others() { # opening the box moves it to cur/; whoever had fetched it had marked it seen (S)
    lunch=$(grep -rl 'Secret lunch' mail/desk) && case $lunch in *:2,*S*) return 1 ;; esac
}
claim "other mail is not even fetched" others
again() { z appeal mailbox --settings settings >out 2>err && says "New replies: 0; automatic ones: 0"; }
claim "the next look finds nothing new" again
answered() { z appeal answers --letter "$fa" >out 2>err && grep -qi "acknowledged" out; }
claim "the clock knows of the reply" answered
judged() {
    reply=$(z list response 2>list.err | grep ',acknowledged,' | cut -d, -f1)
    echo "the reply: $reply"
    z appeal response "$reply" --says supports >out 2>err && z appeal answers --letter "$fa" >out 2>err && ! grep -qi "acknowledged" out && cat out &&
        ends 2 z appeal response "$reply" --says perhaps
}
claim "what a reply says is for a person to say" judged

dead() {
    sed "s/:$imap/:1/" settings >dead && chmod 600 dead && ends 3 z appeal mailbox --settings dead && says "mailbox"
    sed 's/open-sesame/wrong/' settings >login && chmod 600 login && ends 3 z appeal mailbox --settings login && says "password" &&
        ends 3 z appeal mailbox --settings untrusted && says "ca-file"
}
claim "a dead mailbox, a wrong login, an unknown certificate: a sentence each" dead
turned() {
    printf '[send]\nserver=smtp://localhost:%s\nfrom=desk@desk.test\nfrom-name=desk\342\200\256gro.nu\nca-file=%s/ca.pem\nuser=desk\npassword=open sesame\n' "$smtp" "$folder" >turned
    chmod 600 turned
    z appeal seal --letter "$sg" >/dev/null 2>&1
    ends 1 z appeal send --settings turned --letter "$sg" && says "turn the direction"
}
claim "a name that turns the writing round is refused" turned
sealed_to_a_key() { # what the office gets can be read by its key alone
    mkdir -m 700 ring && gpg --homedir ring --batch --quiet --passphrase '' --quick-gen-key office@un.test default default never >out 2>&1 &&
        gpg --homedir ring --armor --export office@un.test >office.asc &&
        office=$(z appeal deliveries --letter "$sg" >rows && z list delivery 2>list.err | grep ",${sg#AP},\|,$sg," | head -n 1 | grep -o 'RC[0-9]*' | head -n 1) &&
        ends 3 z appeal key "$office" settings && z appeal key "$office" office.asc >out 2>err || return 1
    en=$(z appeal letter --to SG --lang en --sender "Another desk" 2>err | awk -F, 'NR == 2 { print $1 }')
    z appeal seal --letter "$en" >/dev/null 2>&1
    z appeal send --settings settings --letter "$en" >out 2>err && says "Sent: 1" || return 1
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        enc=$(grep -rl 'multipart/encrypted' mail/sg) && break
        sleep 0.3
    done
    ! grep -q 'letter-AP' "$enc" && sed -n '/BEGIN PGP MESSAGE/,/END PGP MESSAGE/p' "$enc" >enc.asc &&
        gpg --homedir ring --batch --quiet --decrypt enc.asc >plain 2>err && grep -q 'application/pdf' plain && grep -q 'letter-AP' plain
}
claim "where an office's key is known the letter goes encrypted" sealed_to_a_key
# ---- a link to sign with, by mail ----
invited() { # the mail holds the link, the case does not
    sign() { z appeal sign --letter "$fa" --invite --name "A made group" --name-fa "گروه ساختگی" --link http://localhost:9/ --settings settings "$@"; }
    ends 2 sign --mail "not an address" && ends 2 z appeal sign --letter "$fa" --invite --name X --mail a@un.test &&
        ends 0 sign --mail group@un.test && says "the link went to group@un.test" && [ ! -s out ] || return 1
    for _ in 1 2 3 4 5 6 7 8 9 10; do # the queue is run when exim likes
        $exim -C "$folder/exim.conf" -qff >/dev/null 2>&1
        mailed=$(grep -rl '^To: .*group@un.test' mail/group/new 2>/dev/null | head -n 1) && [ -n "$mailed" ] && break
        sleep 0.3
    done
    python3 - "$mailed" >link <<'END'
import email, email.policy, re, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
text = mail.get_body(("plain",)).get_content()
assert [p.get_content_type() for p in mail.iter_attachments()] == ["application/pdf"]
print(re.search(r"http://localhost:9(/fa/sign/[0-9a-f]{64})\n", text).group(1))
END
    [ -s link ] && ! grep -rq "$(grep -o '[0-9a-f]*$' link)" c.zenhar
}
claim "a signatory's link goes by mail, with the letter" invited
signed() { # looking signs nothing; the button does, once
    "$zenhar" serve --passphrase-file pw >serve.out 2>serve.err &
    server=$!
    for _ in $(seq 100); do [ -s serve.out ] && break || sleep 0.1; done
    page=$(head -n 1 serve.out)$(cat link)
    curl -s "$page" >one && curl -s "$page" >two && grep -q 'dir="rtl"' one && grep -q "$(z list appeal --json 2>/dev/null | grep "\"$fa\"" | grep -o '"sha256":"[0-9a-f]*"' | cut -d'"' -f4)" one &&
        grep -q 'گروه ساختگی' two && ! grep -q '<script' one && z appeal signatories --letter "$fa" 2>err | grep -q 'pending' &&
        [ "$(curl -s -o three -w '%{http_code}' -X POST -d x=1 "$page")" = 200 ] && z appeal signatories --letter "$fa" 2>err | grep -q 'verified,link' &&
        [ "$(curl -s -o four -w '%{http_code}' "$page")" = 403 ] && [ "$(curl -s -o five -w '%{http_code}' -X POST -d x=1 "$page")" = 403 ]
    result=$?
    kill $server
    wait $server 2>/dev/null
    return $result
}
claim "the page behind it shows the text; its button signs, once" signed
nobody() { # a link that nobody got is dead
    ends 3 sign --mail nobody@un.test && z appeal signatories --letter "$fa" 2>err | grep -q 'withdrawn'
}
claim "a link that the server refuses is withdrawn" nobody
claim "the case verifies" ends 0 z verify
echo "1..$n"
