#!/bin/sh
# tests/cli/t_secrets.sh: the passphrase is nowhere to be found in a program that runs: arguments,
# environment, output, memory, core files; its keys lie in locked memory. TAP.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3 here"; exit 0; }
[ -r /proc/self/status ] || { echo "1..0 # SKIP no /proc here"; exit 0; }
half=quincunx-overlapping
secret=$half-7-lighthouses
echo "$secret" >pw
"$zenhar" init c.zenhar --passphrase-file pw >init.out 2>&1 || exit 1
: >serve.out
"$zenhar" serve --case c.zenhar --passphrase-file pw --port 0 >serve.out 2>serve.err &
server=$!
at_end() { kill "$server" 2>/dev/null; }
for _ in $(seq 300); do
    [ "$(wc -l <serve.out)" -ge 3 ] && break
    sleep 0.05
done

told() {
    [ "$(wc -l <serve.out)" -ge 3 ] && ! grep -aq "$half" "/proc/$server/cmdline" init.out serve.out serve.err &&
        ! grep -aq "$half" "/proc/$server/environ"
}
claim it_stands_in_no_argument_variable_or_output told
locked() {
    [ "$(awk '/^VmLck/ { print $2 }' "/proc/$server/status")" -gt 0 ]
}
sanitized() { nm -D "$zenhar" 2>/dev/null | grep -q __asan_init; }
if sanitized; then skip keys_lie_in_locked_memory "AddressSanitizer makes mlock do nothing"; else
    claim keys_lie_in_locked_memory locked
fi
core() {
    [ "$(awk '/^Max core file size/ { print $5 $6 }' "/proc/$server/limits")" = 00 ]
}
claim no_core_file_is_written core
# What is not dumpable belongs to root: a debugger of the same user does not get in. Root is no measure.
closed() { [ "$(stat -c %u "/proc/$server/environ")" = 0 ]; }
if sanitized; then
    skip no_debugger_of_the_same_user_gets_in "the search for leaks needs what is forbidden here"
elif [ "$(id -u)" = 0 ]; then
    skip no_debugger_of_the_same_user_gets_in "run as root, who sees everything"
else
    claim no_debugger_of_the_same_user_gets_in closed
fi
# Root's look into the memory: what was typed is wiped, and so is every copy on its way.
cat >look.py <<'PY'
import re, sys
pid, words = sys.argv[1], sys.argv[2].encode()
found = read = 0
try:
    memory = open(f"/proc/{pid}/mem", "rb", 0)
    maps = open(f"/proc/{pid}/maps").read()
except OSError:
    sys.exit(77)
for line in maps.splitlines():
    span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
    if span is None:
        continue
    start, end = (int(x, 16) for x in span.groups())
    if end - start > 1 << 29:
        continue
    try:
        memory.seek(start)
        data = memory.read(end - start)
    except (OSError, OverflowError, ValueError):
        continue
    read += len(data)
    found += data.count(words)
print(read, "bytes of memory read,", found, "found")
sys.exit(0 if read > 100000 and found == int(sys.argv[3]) else 1)
PY
python3 look.py "$server" "$half" 0 >look.out 2>&1
status=$?
if [ $status -eq 77 ]; then skip the_passphrase_is_wiped_from_memory "the memory of processes cannot be read here"; else
    tap $status the_passphrase_is_wiped_from_memory look.out
    # The look does find what is there: where the case is.
    python3 look.py "$server" "$(at c.zenhar)" 0 >look.out 2>&1
    [ $? -eq 1 ] && grep -q 'read, [1-9]' look.out
    tap $? what_was_not_wiped_is_found_by_the_same_look look.out
fi
echo "1..$n"
