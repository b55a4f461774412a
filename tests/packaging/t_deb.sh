#!/bin/sh
# tests/packaging/t_deb.sh FOLDER: the packages in FOLDER (`make deb`), unpacked and installed. TAP.
# The installation goes to a copy-on-write layer over this machine's root, thrown away afterwards.
debs=$(realpath "$1") || exit 1
. "$(dirname "$0")/../tap.sh"
has() { # has PACKAGE PATTERN...: among its files
    dpkg-deb -c "$debs/$1"_*.deb >list || return 1
    shift
    for pattern in "$@"; do grep -qE "$pattern\$" list || { echo "no $pattern" && cat list && return 1; }; done
}
contents() {
    has zenhar '/usr/bin/zenhar' '/zenhar/zenhar-paper.so' '/man1/zenhar.1.gz' '/fa/man1/zenhar.1.gz' '/completions/zenhar' \
        '/system/zenhar-serve@.service' '/system/zenhar-watch@.service' '/system/zenhar-work@.service' '/system/zenhar-backup@.timer' '/examples/watch.conf' '/doc/zenhar/copyright' &&
        has libzenhar0 'libzenhar.so.0.1.0' 'libzenhar.so.0 -> libzenhar.so.0.1.0' && has libzenhar-dev '/zenhar.h' '/zenhar.pc' 'libzenhar.so -> libzenhar.so.0'
}
claim what_a_package_has contents
# The server's library is for those who work on one: suggested, and opened when a case needs it.
optional() { dpkg-deb -f "$debs"/zenhar_*.deb Suggests | grep -q libpq5 && ! dpkg-deb -f "$debs"/zenhar_*.deb Depends | grep libpq; }
claim the_servers_library_is_only_suggested optional
unpacked() {
    for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" root || return 1; done
    echo 'a passphrase for a test' >pw
    printf 'date,place,kind,text\n2025-06-13,Tehran,arrest,One report\n' >in.csv
    z() { root/usr/bin/zenhar "$@" --passphrase-file pw; }
    z init c.zenhar && z import in.csv --case c.zenhar && z list report --case c.zenhar | grep -q '^R1' &&
        z report --case c.zenhar --lang fa --out out && z verify --case c.zenhar | grep -q '"fits":true' &&
        root/usr/bin/zenhar backup --help --lang fa | grep -q 'رونوشت'
}
claim the_program_runs_from_where_it_was_unpacked unpacked
manual() {
    command -v man >/dev/null || return 0
    man -l root/usr/share/man/man1/zenhar.1.gz 2>&1 | grep -q 'zenhar backup' && MANWIDTH=100 LC_ALL=C.UTF-8 man -l root/usr/share/man/fa/man1/zenhar.1.gz 2>&1 | grep -q 'زنهار'
}
claim the_manual_is_there_in_both_languages manual

cat >inside.sh <<'END'
set -eux
export DEBIAN_FRONTEND=noninteractive
dpkg -i /debs/*.deb
[ "$(stat -c '%U %a' /var/lib/zenhar)" = 'zenhar 700' ]
[ "$(stat -c '%U %a' /etc/zenhar)" = 'root 700' ]
cd /var/lib/zenhar
echo 'a passphrase for a test' >pw
printf 'date,place,kind,text\n2025-06-13,Tehran,arrest,One report\n' >in.csv
chown zenhar: pw in.csv
as() { setpriv --reuid=zenhar --regid=zenhar --clear-groups "$@"; }
as zenhar init june.zenhar --passphrase-file pw
as zenhar import in.csv --case june.zenhar --passphrase-file pw
as zenhar backup --case june.zenhar --passphrase-file pw /var/backups/zenhar/june
as zenhar restore /var/backups/zenhar/june back.zenhar --passphrase-file pw
as zenhar verify --case back.zenhar --passphrase-file pw
# The module is found where the package put it: a page of a PDF is read.
if command -v pdftotext >/dev/null; then
    as zenhar report --case june.zenhar --passphrase-file pw --out papers
    paper=$(find papers -name '*.pdf' | head -n 1)
    as zenhar import "$paper" --case june.zenhar --passphrase-file pw >said 2>&1 || cat said
    grep -q 'Reports added: [1-9]' said
fi
# The library, as a C program finds it.
if command -v cc pkg-config >/dev/null; then
    printf '#include <zenhar.h>\n#include <stdio.h>\nint main(void) { puts(zenhar_version()); return 0; }\n' >/tmp/l.c
    cc $(pkg-config --cflags zenhar) /tmp/l.c $(pkg-config --libs zenhar) -o /tmp/l && /tmp/l
fi
dpkg -r zenhar libzenhar-dev libzenhar0
[ ! -e /usr/bin/zenhar ] && [ -e june.zenhar/case.json ]
dpkg --purge zenhar
[ -e june.zenhar/case.json ]
echo INSTALLED
END
installed() {
    mkdir layer
    unshare -m sh -c 'mount -t tmpfs none layer && mkdir layer/up layer/work layer/root &&
        mount -t overlay overlay -o lowerdir=/,upperdir=layer/up,workdir=layer/work layer/root &&
        mount -t proc proc layer/root/proc && mount --rbind /dev layer/root/dev && mkdir -p layer/root/debs &&
        cp "$1"/*.deb layer/root/debs && cp inside.sh layer/root/inside.sh && chroot layer/root sh /inside.sh' sh "$debs" 2>&1 | tee installed.log | tail -n 40
    grep -q '^INSTALLED' installed.log
}
if [ "$(id -u)" = 0 ] && command -v unshare >/dev/null && mkdir try && unshare -m sh -c 'mount -t tmpfs none try && mkdir try/u try/w try/r && mount -t overlay overlay -o lowerdir=/,upperdir=try/u,workdir=try/w try/r' 2>/dev/null; then
    claim installed_used_removed_and_the_case_stays installed
else
    skip installed_used_removed_and_the_case_stays 'needs root and an overlay file system'
fi
echo "1..$n"
