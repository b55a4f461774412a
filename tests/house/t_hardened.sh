#!/bin/sh
# tests/house/t_hardened.sh: the hardening flags of meson.build, read from the program that was built. TAP.
# t_hardened.sh PROGRAM true|false (copies are fortified?) LIBRARY (static, one of the rooms)
export LC_ALL=C
n=0
claim() { # claim NAME COMMAND...
    n=$((n + 1))
    name=$1
    shift
    if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}
command -v readelf >/dev/null || { echo "1..0 # SKIP no readelf here"; exit 0; }
readelf -hW "$1" >/dev/null || exit 1
pie() { readelf -hW "$1" | grep -q 'Type: *DYN'; }
relro() { readelf -lW "$1" | grep -q GNU_RELRO && readelf -dW "$1" | grep -q 'BIND_NOW\|FLAGS.*NOW'; }
stack() { readelf -lW "$1" | grep GNU_STACK | grep -q ' RW ' && ! readelf -lW "$1" | grep 'GNU_STACK' | grep -q RWE; }
no_writable_code() { ! readelf -lW "$1" | grep '^ *LOAD' | grep -q RWE; }
canary() { readelf -sW --dyn-syms "$1" | grep -q __stack_chk_fail; }
fortified() { [ "$(readelf -sW --dyn-syms "$1" | grep -c '__[a-z]*_chk@')" -gt 3 ]; }
# Each object's own note: Debian's crt1.o has none, so the linker leaves it off the whole.
cet() { [ "$(readelf -nW "$1" | grep -c '^File:')" -eq "$(readelf -nW "$1" | grep -c 'IBT, SHSTK')" ] && readelf -nW "$1" | grep -q 'IBT, SHSTK'; }
claim it_loads_anywhere pie "$1"
claim relocations_are_read_only_and_bound_at_start relro "$1"
claim the_stack_is_not_executable stack "$1"
claim no_segment_is_writable_and_executable no_writable_code "$1"
claim stacks_have_canaries canary "$1"
if [ "$2" = true ]; then claim copies_are_fortified fortified "$1"; else
    n=$((n + 1))
    echo "ok $n - copies_are_fortified # SKIP built without optimization or with sanitizers"
fi
if [ "$(uname -m)" = x86_64 ]; then claim jumps_and_returns_are_guarded_in_every_object cet "$3"; fi
echo "1..$n"
