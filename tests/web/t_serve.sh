#!/bin/sh
# tests/web/t_serve.sh: zenhar serve as a user meets it: started, logged in by a link, read in both
# languages by an ordinary client, stopped by a signal. TAP.
zenhar=$(realpath "$1") || exit 1
folder=$(mktemp -d) || exit 1
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
unset ZENHAR_CASE
n=0
claim() { # claim NAME COMMAND...
    n=$((n + 1))
    name=$1
    shift
    if "$@" >claim.out 2>claim.err; then echo "ok $n $name"; else
        echo "not ok $n $name"
        sed 's/^/# /' claim.out claim.err
    fi
}
ends() { # ends STATUS WORDS COMMAND...
    wanted=$1
    words=$2
    shift 2
    "$@" >out 2>err
    status=$?
    [ $status -eq "$wanted" ] && grep -q -- "$words" err && return 0
    echo "ended with $status, not $wanted, or does not say: $words"
    cat out err
    return 1
}
start() { # start ARGUMENTS...: $server, $address, $persian, $english
    : >serve.out
    "$zenhar" serve --passphrase-file pw --case june.zenhar "$@" >serve.out 2>serve.err &
    server=$!
    for _ in $(seq 200); do
        [ "$(wc -l <serve.out)" -ge 3 ] && break
        sleep 0.05
    done
    address=$(sed -n 1p serve.out)
    persian=$(sed -n 2p serve.out)
    english=$(sed -n 3p serve.out)
    [ -n "$english" ]
}
stop() { # stop SIGNAL: its exit status
    kill -s "$1" "$server"
    wait "$server"
    status=$?
    server=
    return $status
}
status_of() { # status_of STATUS CURL-ARGUMENTS...
    wanted=$1
    shift
    got=$(curl -s -o page -w '%{http_code}' "$@")
    [ "$got" = "$wanted" ] && return 0
    echo "answered $got, not $wanted: $*"
    return 1
}
log_in() { # log_in LINK: the cookie goes to jar
    token=${1#*token=}
    status_of 303 -c jar -d "token=$token" "${1%%\?*}"
}
says() { # says WORDS: the last page
    grep -q -- "$1" page && return 0
    echo "does not say: $1"
    return 1
}

echo secret >pw
echo wrong >wrong
cat >arrests.csv <<'END'
date,place,act,count,text,source,language
2025-06-28,تهران,arrest,12,«۱۲ نفر در تهران بازداشت شدند.»,Test list,fa
1404-04-08,شیراز,arrest,3,Three people were arrested in Shiraz.,Test list,en
END
"$zenhar" init --passphrase-file pw --title "June" --title-fa "تیر" --country IR june.zenhar 2>/dev/null
"$zenhar" import --passphrase-file pw --case june.zenhar arrests.csv 2>/dev/null

claim prints_address_and_two_links start
claim health_needs_no_login status_of 200 "$address/healthz"
claim root_leads_to_the_readers_language sh -c \
    "curl -s -o /dev/null -w '%{redirect_url}' -H 'Accept-Language: fa' '$address/' | grep -q '/fa/\$'"
claim pages_need_a_login status_of 403 "$address/en/reports"
claim the_link_shows_a_button status_of 200 "$persian"
claim the_link_logs_in log_in "$persian"
claim the_link_works_once status_of 403 -d "token=${persian#*token=}" "$address/fa/login"
claim overview_in_persian sh -c "curl -s -b jar '$address/fa/' | grep -q 'dir=\"rtl\"'"
claim search_finds_persian status_of 200 -b jar -G --data-urlencode "q=بازداشت" "$address/fa/reports"
claim search_marks_the_word says '<mark>بازداشت</mark>'
claim search_finds_english status_of 200 -b jar "$address/en/reports?q=shiraz"
claim search_marks_the_english_word says '<mark>Shiraz</mark>'
claim a_report_has_its_hash status_of 200 -b jar "$address/en/reports/R1"
claim the_hash_is_of_the_file says "$(sha256sum arrests.csv | cut -d' ' -f1)"
claim the_original_comes_back status_of 200 -b jar "$address/en/downloads/O1"
claim the_original_is_byte_for_byte cmp page arrests.csv
claim there_is_no_script sh -c "curl -s -b jar '$address/en/' | { ! grep -qi '<script'; }"
claim the_second_link_logs_in_too log_in "$english"
claim sigterm_ends_it_with_0 stop TERM
claim it_says_so grep -q "The server has ended" serve.err
claim nothing_answers_then sh -c "! curl -s '$address/healthz'"
claim starts_on_a_port_that_is_given start --threads 1 --port "${address##*:}"
claim on_that_port test "$address" = "http://127.0.0.1:${address##*:}"
claim a_taken_port_is_told ends 3 "may be in use" "$zenhar" serve --passphrase-file pw \
    --case june.zenhar --port "${address##*:}"
claim sigint_ends_it_with_0 stop INT
links() { # five lines: the address, two links a name
    start --login-link Sara --login-link "Field office"
    for _ in $(seq 100); do [ "$(wc -l <serve.out)" -ge 5 ] && break; sleep 0.05; done
    [ "$(grep -c 'login?token=' serve.out)" = 4 ] && grep -q 'For Sara:' serve.err
}
claim each_name_has_its_links links
claim a_link_says_for_whom_it_is sh -c "curl -s '$english' | grep -q 'made for Sara'"
claim and_opens_the_case log_in "$english"
claim the_trail_names_it sh -c "curl -s -b jar '$address/en/audit' | grep -q '<bdi>Sara</bdi>'"
stop TERM
claim a_name_twice_is_told ends 2 "twice" "$zenhar" serve --passphrase-file pw --case june.zenhar \
    --login-link Sara --login-link Sara
claim a_name_that_is_none_is_told ends 2 "1 to 32 characters" "$zenhar" serve --passphrase-file pw \
    --case june.zenhar --login-link " "
claim the_case_is_whole ends 0 "" "$zenhar" verify --passphrase-file pw --case june.zenhar
claim no_case_is_told ends 2 "Name the case" "$zenhar" serve --passphrase-file pw
claim wrong_passphrase_is_told ends 3 "passphrase" "$zenhar" serve --passphrase-file wrong \
    --case june.zenhar
claim a_port_that_is_none ends 2 "65535" "$zenhar" serve --passphrase-file pw --case june.zenhar \
    --port 70000
claim an_address_that_is_none ends 2 "127.0.0.1" "$zenhar" serve --passphrase-file pw \
    --case june.zenhar --bind nowhere
claim no_files ends 2 "takes no files" "$zenhar" serve --passphrase-file pw --case june.zenhar a.csv
echo "1..$n"
