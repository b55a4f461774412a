# tests/cli/lib.sh: what the scripts here share; sourced first: . "$(dirname "$0")/lib.sh"
# Gives $zenhar (the built program) and what tests/tap.sh gives.
zenhar=$(realpath "$1") || exit 1
. "$(dirname "$0")/../tap.sh"
unset ZENHAR_CASE

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
