# tests/cli/lib.sh: what the scripts here share; sourced first: . "$(dirname "$0")/lib.sh"
# Gives $zenhar (the built program), $cheap_case, and what tests/tap.sh gives.
zenhar=$(realpath "$1") || exit 1
cheap_case=$(realpath "${2:-/dev/null}") || exit 1
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
    cat >"$folder/../zenhar-$$" <<END
#!/bin/sh
address() { echo "$server/\$(basename "\$1" .zenhar | tr -c 'A-Za-z0-9\n' _)$server_options"; }
value=
for word; do
    shift
    case \$value\$word in
    case*|*.zenhar) word=\$(address "\$word") ;;
    --case=*) word=--case=\$(address "\${word#*=}") ;;
    esac
    case \$word in --case|-c) value=case ;; *) value= ;; esac
    set -- "\$@" "\$word"
done
case \${ZENHAR_CASE:-postgresql:} in postgresql:*) ;; *) export ZENHAR_CASE="\$(address "\$ZENHAR_CASE")" ;; esac
exec "$zenhar" "\$@"
END
    chmod +x "$folder/../zenhar-$$"
    zenhar=$(realpath "$folder/../zenhar-$$")
    trap 'server_stop; rm -rf "$folder" "$zenhar"' EXIT
fi

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
cheap() { # cheap FOLDER PASSFILE: that case opens with little work from now on (a server's: as it does)
    [ ! -d "$1" ] || "$cheap_case" "$1" "$(cat "$2")"
}
