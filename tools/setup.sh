#!/bin/sh
# Brings what the build needs: Debian packages, and files from npm packages.
# setup.sh [PACKAGE-LIST...]: says what it does in few lines; the long log goes
# to build/setup.log, named on failure. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
log=build/setup.log
[ $# -gt 0 ] || set -- tools/packages.txt

fail() { echo "set-up: $1. The log is $log." >&2; tail -n 5 "$log" >&2; exit 3; }

# A program that is there already need not come from Debian (npm often does not).
present() {
    case $1 in
        nodejs) command -v node >/dev/null ;;
        npm|python3) command -v "$1" >/dev/null ;;
        *) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}

missing=
for package in $(cat "$@" | sed 's/#.*//'); do
    present "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null || fail "this machine has no apt-get; please install:$missing"
    root=; [ "$(id -u)" = 0 ] || root=sudo
    echo "set-up: installing$missing"
    # RUNLEVEL=1: no package starts a service; the tests start their own mail servers.
    { $root apt-get update -q && $root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1 ||
        fail "the Debian packages could not be installed"
fi

# npm only brings files: scripts off, the lock file pins every one by its hash.
stamp=node_modules/.zenhar-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
    echo "set-up: fetching the locked npm packages"
    npm ci --ignore-scripts >"$log" 2>&1 || fail "the npm packages could not be fetched"
    cp package-lock.json "$stamp"
fi
