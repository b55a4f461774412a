#!/bin/sh
# The Debian packages, from a copy of the tracked files: make_deb.sh FOLDER. FOLDER/*.deb come out; the log is
# FOLDER/deb.log. Without lintian its check is left out, and that is said.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$1"
folder=$(realpath "$1")
log=$folder/deb.log
fail() { tail -n 30 "$log" >&2; echo "deb: $1. The log is $log." >&2; exit 3; }

tree=$folder/tree
mkdir -p "$tree"
rm -f "$folder"/*.deb "$folder"/*.buildinfo "$folder"/*.changes
# What is tracked, as it lies here; a file that went since the last time goes there, too.
git ls-files -z | tar --ignore-failed-read --null -T - -cf - | { rm -rf "$tree"/[a-zA-Z]*; tar -xf - -C "$tree"; }
ln -sfn "$PWD/node_modules" "$tree/node_modules"
cp -R packaging/debian "$tree/debian"
[ -d "$folder/build-deb" ] && mv "$folder/build-deb" "$tree/build-deb"
echo "deb: building the packages"
status=0
(cd "$tree" && DEB_BUILD_OPTIONS="nocheck noautodbgsym" dpkg-buildpackage -b -us -uc -d) >"$log" 2>&1 || status=$?
[ -d "$tree/build-deb" ] && mv "$tree/build-deb" "$folder/build-deb"
[ "$status" -eq 0 ] || fail "the packages were not built"
if command -v lintian >/dev/null; then
    # There is no mailbox of the project, and no bug of Debian's that asks for the package.
    lintian --fail-on error,warning --tag-display-limit 0 --allow-root \
        --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog,initial-upload-closes-no-bugs \
        "$folder"/*.changes >"$folder/lintian.log" 2>&1 || { cat "$folder/lintian.log"; fail "lintian found something"; }
    echo "deb: lintian finds nothing"
else
    echo "deb: lintian is not installed, its check is left out"
fi
ls "$folder"/*.deb
