#!/bin/sh
# tests/cli/t_inbox.sh: messages without an account: a box with a passphrase of its own, a page to write on,
# a codename to come back with, reports at the end. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo "the box's own" >box
echo 1..8
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
z init --country ir >/dev/null 2>&1 && cheap c.zenhar pw
i() { z inbox "$@" --inbox-passphrase-file box; }
serve() { # serve: $server, $address
    "$zenhar" serve --passphrase-file pw >serve.out 2>serve.err &
    server=$!
    for _ in $(seq 100); do [ -s serve.out ] && break || sleep 0.1; done
    address=$(head -n 1 serve.out)
}
serve
shut() { [ "$(curl -s -o page -w '%{http_code}' "$address/en/send")" = 404 ] && grep -q 'takes no messages' page; }
claim without_a_box_nobody_is_asked_to_write shut
kept() { # the box's key, beside the records
    [ -n "${ZENHAR_TEST_STORE:-}" ] || { [ "$(stat -c %a c.zenhar/inbox.json)" = 600 ] && cat c.zenhar/inbox.json && return; }
    server_sql postgres "SELECT convert_from(bytes, 'UTF8') FROM zenhar.piece WHERE name = 'inbox.json'"
}
made() { ends 0 i make && says "/send" && kept >kept.out && grep -q '"wrapped"' kept.out && ! grep -q "the box" kept.out; }
claim a_box_is_made made
twice() { ends 2 i make && says "already"; }
claim one_box_a_case twice
sent() {
    curl -s -o sent --data-urlencode "text=در روز ۷ تیر ۱۴۰۴ دانشجویی در تهران بازداشت شد." "$address/fa/send" && grep -q 'class="codename"' sent && ! grep -q 'Set-Cookie' sent &&
        codename=$(grep -o 'class="codename">[^<]*' sent | sed 's/.*>//') && [ "${#codename}" -gt 20 ] && ends 0 z inbox list && grep -q '^MG1,SD1,in,' out && ! grep -q 'دانشجو' out
}
claim somebody_writes_and_gets_a_codename sent
unread() { ends 3 z inbox read MG1 --inbox-passphrase-file pw && says "not the inbox's passphrase" && ends 0 i read MG1 && grep -q 'دانشجویی در تهران' out; }
claim only_the_box_opens_it unread
taken() { ends 0 i take && says "new reports: 1" && z list source 2>err | grep -q 'sender SD1' && ends 0 i take && says "Messages taken: 0"; }
claim it_becomes_a_report_once taken
answered() {
    ends 0 z inbox answer SD1 "آیا کسی دید؟" && curl -s -o back --data-urlencode "codename=$codename" "$address/fa/send/back" && grep -q 'آیا کسی دید' back &&
        curl -s -o other --data-urlencode "codename=1111 2222 3333 4444 5555 6666" "$address/fa/send/back" && ! grep -q 'آیا کسی دید' other
}
claim an_answer_is_for_its_sender_alone answered
kill "$server"
wait "$server" 2>/dev/null
claim the_case_verifies ends 0 z verify
