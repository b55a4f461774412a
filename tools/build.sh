#!/bin/sh
# Configure once, configure again when a data file or a Persian fragment came or went, compile.
# [TARGETS=…] build.sh FOLDER [meson options]; all targets, or those named; the log goes to FOLDER/build.log, named on failure.
set -eu
cd "$(dirname "$0")/.."
folder=$1; shift
mkdir -p "$folder"
log=$folder/build.log
fail() { tail -n 30 "$log" >&2; echo "The build failed; the log is $log." >&2; exit 3; }

files=$(python3 tools/list_data.py . && python3 tools/list_po.py .)
if [ ! -f "$folder/build.ninja" ]; then
    echo "build: setting up $folder"
    meson setup "$folder" "$@" >"$log" 2>&1 || fail
elif [ "$files" != "$(cat "$folder/files.list" 2>/dev/null)" ]; then
    meson setup --reconfigure "$folder" >"$log" 2>&1 || fail
fi
printf '%s\n' "$files" >"$folder/files.list"
ninja -C "$folder" ${TARGETS:-} >"$log" 2>&1 || fail
