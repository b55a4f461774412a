# tests/cli/lib.sh: what the scripts here share; sourced first: . "$(dirname "$0")/lib.sh"
# Gives $zenhar (the built program), $program (the same, past what stands below), $cheap_case, at NAME (where the case
# of that name is), case_copy FROM TO, case_drop NAME (as cp -a and rm -r do), case_state NAME (a hash of what is in it),
# case_keys NAME and case_keys_put NAME (its case.json, out and in), and what tests/tap.sh gives; calls at_end at the end.
zenhar=$(realpath "$1") || exit 1
cheap_case=$(realpath "${2:-/dev/null}") || exit 1
program=$zenhar
here=$(realpath "$(dirname "$0")")
. "$here/../tap.sh"
unset ZENHAR_CASE

# The same claims on the other store: ZENHAR_TEST_STORE=postgresql puts every case that a script names
# by --case, or as NAME.zenhar, into a database of a server of its own.
if [ "${ZENHAR_TEST_STORE:-}" = postgresql ]; then
    . "$(dirname "$here")/server.sh"
    if [ -n "${ZENHAR_TEST_SOAK:-}" ] && [ -z "${ZENHAR_SOAK:-}" ]; then
        echo "1..0 # SKIP on a server in a soak alone (ZENHAR_SOAK=1)"
        exit 0
    fi
    server_there || { echo "1..0 # SKIP PostgreSQL's server is not installed"; exit 0; }
    server_start || exit 1
    at_server=$server # scripts have servers of their own
    at_name() { basename "$1" .zenhar | tr -c 'A-Za-z0-9\n' _; }
    at() { echo "$at_server/$(at_name "$1")$server_options"; }
    case_copy() { server_copy "$(at_name "$1")" "$(at_name "$2")"; }
    case_state() { server_state "$(at_name "$1")"; }
    case_keys() { server_sql postgres "SELECT keys FROM zenhar.cases WHERE name = '$(at_name "$1")'"; }
    case_keys_put() { server_keys_put "$(at_name "$1")"; }
    case_drop() { server_drop "$(at_name "$1")"; }
    wrap() { # wrap NAME PROGRAM: a script that puts the cases named to PROGRAM onto the server
        cat >"$folder/../$1-$$" <<END
#!/bin/sh
address() { [ ! -e "\$1/case.json" ] || { echo "\$1"; return; }; echo "$server/\$(basename "\$1" .zenhar | tr -c 'A-Za-z0-9\n' _)$server_options"; }
value=
for word; do
    shift
    case \$value:\$word in
    *:postgresql:*|:--case=postgresql:*) ;;
    case:*|*.zenhar) word=\$(address "\$word") ;;
    :--case=*) word=--case=\$(address "\${word#*=}") ;;
    esac
    case \$word in --case|-c) value=case ;; *) value= ;; esac
    set -- "\$@" "\$word"
done
case \${ZENHAR_CASE:-postgresql:} in postgresql:*) ;; *) export ZENHAR_CASE="\$(address "\$ZENHAR_CASE")" ;; esac
exec "$2" "\$@"
END
        chmod +x "$folder/../$1-$$"
        realpath "$folder/../$1-$$"
    }
    zenhar=$(wrap zenhar "$program")
    cheap_case=$(wrap cheap "$cheap_case")
else
    at() { echo "$1"; }
    case_copy() { cp -a "$1" "$2"; }
    case_state() { sha256sum <"$1/case.db"; }
    case_keys() { cat "$1/case.json"; }
    case_keys_put() { cat >"$1/case.json"; }
    case_drop() { rm -rf "$1"; }
    server_stop() { :; }
fi
at_end() { :; } # a script's own
trap 'at_end; server_stop; rm -rf "$folder" "$folder/../zenhar-$$" "$folder/../cheap-$$"' EXIT

check() { # check NAME STATUS: of the command before
    tap "$2" "$1" words out err
}
ends() { # ends STATUS COMMAND...; the command's outputs are in out and err
    wanted=$1
    shift
    "$@" >out 2>err
    status=$?
    [ $status -eq "$wanted" ] && return 0
    echo "ended with $status, not $wanted"
    cat out err
    return 1
}
says() { # says WORDS: on standard error
    grep -q -- "$1" err && return 0
    echo "does not say: $1"
    cat err
    return 1
}
z() { "$zenhar" "$@" --passphrase-file pw; } # with the passphrase in the file pw
cheap() { "$cheap_case" "$(at "$1")" "$(cat "$2")"; } # cheap CASE PASSFILE: it opens with little work from now on
table() { # table FILE FIRST LAST: one report each
    awk -v from="$2" -v to="$3" 'BEGIN {
        print "date,place,kind,name,text,source"
        for (i = from; i < to; i++)
            printf "2025-06-%02d,تهران,arrest,Test Person %d,\"Report %d: می‌گویند بازداشت شد\",Test source\n", 13 + i % 12, i, i
    }' >"$1"
}
