#!/bin/sh
# tests/cli/t_user.sh: accounts of the browser made and changed on the command line; a server that runs
# takes the changes up at once. TAP.
. "$(dirname "$0")/lib.sh"
echo pw >pw
echo 1..14
ZENHAR_CASE=c.zenhar
export ZENHAR_CASE
z init --country ir >/dev/null 2>&1 && cheap c.zenhar pw

added() {
    ends 0 z user add --role documenter lale || return 1
    password=$(cat out)
    [ "${#password}" -ge 20 ] && says "shown this once"
}
added
check an_account_is_made_and_its_password_printed_once $?
listed() { ends 0 z user list && grep -q '^US1,lale,documenter,open,' out && ! grep -q "$password" out; }
claim it_is_listed_without_its_password listed
taken() { ends 2 z user add --role reader lale && says 'taken'; }
claim a_name_that_is_taken_is_told taken
roleless() { ends 2 z user add babak && says '--role ROLE' && ends 2 z user add --role king babak && says 'is no role'; }
claim a_role_is_needed_and_known roleless
unknown() { ends 2 z user shut nobody || ends 3 z user shut nobody; says nobody; }
claim an_account_that_is_not_there_is_told unknown
verbs() { ends 2 z user sing lale && says 'there are list' && ends 2 z user shut && says 'Name one account'; }
claim an_unknown_verb_is_told verbs

z serve >serve.out 2>serve.err &
server=$!
at_end() { kill $server 2>/dev/null; }
for _ in $(seq 200); do
    [ "$(wc -l <serve.out)" -ge 3 ] && break
    sleep 0.05
done
address=$(sed -n 1p serve.out)
enters() { # enters PASSWORD: 0 when the account gets in; the cookie goes to jar
    rm -f jar
    got=$(curl -s -o page -w '%{http_code}' -c jar --data-urlencode name=lale --data-urlencode "password=$1" "$address/en/enter")
    [ "$got" = 303 ]
}
sees() { # sees STATUS PATH
    got=$(curl -s -o page -w '%{http_code}' -b jar "$address$2")
    [ "$got" = "$1" ] && return 0
    echo "$2 answered $got, not $1"
    return 1
}
in_by_password() { enters "$password" && sees 200 /en/add; }
claim its_holder_gets_in in_by_password
another_role() { ends 0 z user role --role reader --why 'left the desk' lale && sees 403 /en/add && sees 403 /en/; }
claim a_session_in_the_old_role_ends another_role
as_reader() { enters "$password" && sees 200 /en/reports && sees 403 /en/add; }
claim the_new_role_is_in_force as_reader
shut() { ends 0 z user shut lale && sees 403 /en/reports && ! enters "$password"; }
claim an_account_that_is_shut_is_out_at_once shut
opened() {
    old=$password
    ends 0 z user open lale && ends 0 z user password lale || return 1
    password=$(cat out)
    [ "$old" != "$password" ] && ! enters "$old" && enters "$password"
}
opened
check a_new_password_replaces_the_old $?
factor() { ends 0 z user factor-off --why 'lost the phone' lale && enters "$password"; }
claim the_second_factor_is_turned_off factor
trail() {
    ends 0 z list audit && grep -q "account.*,role,left the desk" out &&
        grep -q "account.*,disable," out && grep -q "account.*,totp,lost the phone" out
}
claim each_change_is_in_the_audit_trail trail
refused() {
    before=$("$zenhar" list audit --passphrase-file pw | wc -l)
    ends 2 z user password --role reader lale && ends 2 z user add --role reader 'two words'
    [ "$("$zenhar" list audit --passphrase-file pw | wc -l)" = "$before" ]
}
claim what_is_refused_leaves_no_line refused
