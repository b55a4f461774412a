# tests/tap.sh: what every script of tests shares; sourced before it leaves the folder it was started in. Gives an
# empty folder as the current one, and one TAP line a claim.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
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
skip() { # skip NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}
