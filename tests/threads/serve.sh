#!/bin/sh
# tests/threads/serve.sh BUILD: the server under ThreadSanitizer, eight clients at once reading pages, lists,
# charts, searching and logging in. Races stand in the output. run_threads.py calls it.
build=$(realpath "$1") || exit 1
folder=$(mktemp -d) || exit 1
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
echo "words for a test" >pw
"$build/tests/cli/cheap_case" c.zenhar "words for a test" || exit 1
awk 'BEGIN {
    print "date,place,kind,name,text,source"
    for (i = 0; i < 200; i++)
        printf "2025-06-%02d,تهران,arrest,Test Person %d,\"Report %d: می‌گویند بازداشت شد\",Test source %d\n", 13 + i % 12, i, i, i % 5
}' >reports.csv
"$build/zenhar" import reports.csv --case c.zenhar --passphrase-file pw 2>words || { cat words; exit 1; }
"$build/zenhar" serve --case c.zenhar --passphrase-file pw --port 0 >out 2>words &
server=$!
for _ in $(seq 200); do [ -s out ] && break || sleep 0.1; done
link=$(sed -n 2p out)
[ -n "$link" ] || { cat words; exit 1; }
curl -s -o page -c jar -d "token=${link#*token=}" "${link%%\?*}" || exit 1
origin=$(head -n 1 out)
origin=${origin%/}
client() {
    for page in "" reports reports?q=Report "reports?q=بازداشت&kind=arrest" reports/R3 persons alarms estimates assessment letters asks agenda audit users review reports?page=3 account nothing acts/A1 persons/P2 add quarantine views; do
        curl -s -o "page$1" -w '%{http_code} ' -b jar "$origin/fa/$page"
    done
    curl -s -o "page$1" -w '%{http_code} ' -d "name=nobody&password=no&token=$1" "$origin/en/login"
}
clients=
for n in 1 2 3 4 5 6 7 8; do client "$n" >"codes$n" & clients="$clients $!"; done
for client in $clients; do wait "$client"; done
kill -TERM "$server"
wait "$server"
ended=$?
server=
cat words
echo "answers: $(cat codes*)"
grep -q 200 codes1 || exit 1
exit $ended
