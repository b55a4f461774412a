# tests/cli/lib.sh: what the scripts here share; sourced first: . "$(dirname "$0")/lib.sh"
# Gives $zenhar (the built program), an empty folder as the current one, and one TAP line a claim.
zenhar=$(realpath "$1") || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
unset ZENHAR_CASE
n=0

tap() { # tap STATUS NAME FILES...: one line of TAP, with what was written where it fails
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
        echo "not ok $n - $2"
        shift 2
        sed 's/^/# /' "$@" 2>/dev/null
    fi
}
claim() { # claim NAME COMMAND...
    name=$1
    shift
    "$@" >claim.out 2>claim.err
    tap $? "$name" claim.out claim.err
}
check() { # check NAME STATUS: of the command before
    tap "$2" "$1" words out err
}
skip() { # skip NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
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
