#!/usr/bin/env python3
"""Run the tests in which threads meet, with ThreadSanitizer: run_threads.py BUILD [ROOM/NAME...]

BUILD has -Db_sanitize=thread. tests/threads/glib.c tells what GLib's locks order; tests/threads/quiet.txt
names what is not ours. Drawing is not among them: Pango's own threads meet in libraries that it cannot see
into. Exit status 0 when no race was found."""
import glob
import os
import re
import subprocess
import sys

build, only = os.path.abspath(sys.argv[1]), sys.argv[2:]
WHERE = ["base/ground", "base/i18n", "link", "signal", "estimate", "store", "evidence", "intake", "assess",
         "web", "watch", "library/c"]


def programs():
    for program in sorted(glob.glob(os.path.join(build, "tests", "*", "test_*"))):
        room = os.path.basename(os.path.dirname(program))
        name = room + "/" + os.path.basename(program)[len(f"test_{room}_"):]
        wanted = only or WHERE
        if os.access(program, os.X_OK) and not os.path.isdir(program) and (name in wanted or room in wanted):
            yield name, [program]
    if not only or "serve" in only:
        yield "serve", ["sh", "tests/threads/serve.sh", build]


quiet = os.path.abspath("tests/threads/quiet.txt")
known = {**os.environ, "LC_ALL": "C.UTF-8", "G_TEST_SRCDIR": os.getcwd(), "G_TEST_BUILDDIR": build, "ZENHAR_MODULES": build,
         "G_SLICE": "always-malloc",  # slices pass between threads under locks that are not seen
         "ZENHAR_SHARED": os.environ.get("ZENHAR_SHARED") or os.path.abspath("../shared"),
         "LD_PRELOAD": os.path.join(build, "tests", "threads", "libthreads_glib.so"),
         "TSAN_OPTIONS": f"suppressions={quiet}:exitcode=66:die_after_fork=0:history_size=4"}
status, ran, races = 0, 0, 0
for name, program in programs():
    ran += 1
    done = subprocess.run(program, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    found = len(re.findall("^WARNING: ThreadSanitizer", done.stdout, re.M))
    races += found
    print(f"threads: {name}: {found} races" + ("" if done.returncode in (0, 66, 77) else f", ended with {done.returncode}"), flush=True)
    if found or done.returncode not in (0, 77):
        status = 1
        kept = os.path.join(build, name.replace("/", "-") + ".threads.txt")
        with open(kept, "w") as file:
            file.write(done.stdout)
        print(f"threads: all of it is in {kept}")
print(f"threads: {ran} programs, {races} races")
sys.exit(status if ran else 1)
