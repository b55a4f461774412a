#!/usr/bin/env python3
"""Run each libFuzzer harness: run_fuzz.py BUILD SECONDS. A finding is kept beside the build and named."""
import glob
import os
import subprocess
import sys

build, seconds = sys.argv[1], sys.argv[2]
status, ran = 0, 0
for program in sorted(glob.glob(os.path.join(build, "tests", "fuzz", "fuzz_*"))):
    if os.path.isdir(program) or not os.access(program, os.X_OK):
        continue
    name = os.path.basename(program)
    seeds = os.path.join("tests", "fuzz", "corpus", name[len("fuzz_"):])
    work = os.path.join(build, "corpus", name)
    os.makedirs(work, exist_ok=True)
    run = subprocess.run([program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024",
                          f"-artifact_prefix={build}/{name}-", work] + ([seeds] if os.path.isdir(seeds) else []),
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                         env={**os.environ, "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})
    ran += 1
    done = [line for line in run.stdout.splitlines() if line.startswith("Done ")]
    print(f"fuzz: {name}: {done[-1] if done else 'ended with status %d' % run.returncode}")
    if run.returncode != 0:
        print(run.stdout[-3000:])
        status = 1
if ran == 0:
    print("fuzz: there is no harness")
    status = 1
sys.exit(status)
