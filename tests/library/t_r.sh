#!/bin/sh
# t_r.sh LIBRARY HEADERS: the example in R is installed and gives what R's own packages gave. Prints TAP.
library=$(realpath "$1")
headers=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
if ! command -v R >/dev/null; then
    echo "1..0 # SKIP R is not on this machine"
    exit 0
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cp -r "$here/../../examples/r" "$folder/zenhar"
mkdir "$folder/library"
ln -s "$library" "$folder/libzenhar.so" # as an install leaves it
cat >"$folder/zenhar.pc" <<END
Name: zenhar
Description: for this test
Version: 0
Cflags: -I$headers
Libs: -L$folder -Wl,-rpath,$(dirname "$library") -lzenhar
END
if nm -D "$library" | grep -q __asan_init; then
    preload=$(cc -print-file-name=libasan.so)
    ASAN_OPTIONS=detect_leaks=0
    export ASAN_OPTIONS
fi
export PKG_CONFIG_PATH="$folder" R_LIBS="$folder/library"
if ! LD_PRELOAD=$preload R CMD INSTALL --no-docs --no-test-load -l "$folder/library" "$folder/zenhar" >"$folder/out" 2>&1; then
    echo "1..1"
    echo "not ok 1 - the package is installed"
    sed 's/^/# /' "$folder/out"
    exit 1
fi
LD_PRELOAD=$preload Rscript --vanilla "$here/t_r.R"
