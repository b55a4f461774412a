#!/usr/bin/env python3
"""Run each libFuzzer harness: run_fuzz.py BUILD SECONDS [NAME...]. A finding is kept beside the build and named.

As many harnesses run at a time as there are cores, or as $JOBS says. What an earlier run found worth keeping
(BUILD/corpus) is started from again."""
import concurrent.futures
import glob
import os
import subprocess
import sys

BUILD, SECONDS, ONLY = sys.argv[1], sys.argv[2], sys.argv[3:]


def harnesses():
    for program in sorted(glob.glob(os.path.join(BUILD, "tests", "fuzz", "fuzz_*"))):
        name = os.path.basename(program)
        if not os.path.isdir(program) and os.access(program, os.X_OK) and (not ONLY or name[len("fuzz_"):] in ONLY):
            yield name, program


def run(harness):
    name, program = harness
    seeds = os.path.join("tests", "fuzz", "corpus", name[len("fuzz_"):])
    work = os.path.join(BUILD, "corpus", name)
    os.makedirs(work, exist_ok=True)
    done = subprocess.run([program, f"-max_total_time={SECONDS}", "-timeout=30", "-rss_limit_mb=2048",
                           f"-artifact_prefix={BUILD}/{name}-", work] + ([seeds] if os.path.isdir(seeds) else []),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          env={**os.environ, "LSAN_OPTIONS": "suppressions=tests/fuzz/leaks.txt", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})
    return name, done.returncode, done.stdout


status, ran = 0, 0
with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS") or os.cpu_count() or 1)) as pool:
    for name, returned, output in pool.map(run, harnesses()):
        ran += 1
        last = [line for line in output.splitlines() if line.startswith("Done ")]
        print(f"fuzz: {name}: {last[-1] if last else 'ended with status %d' % returned}", flush=True)
        if returned != 0:
            print(output[-3000:])
            status = 1
if ran == 0:
    print("fuzz: there is no harness" + (f" named {' or '.join(ONLY)}" if ONLY else ""))
    status = 1
sys.exit(status)
