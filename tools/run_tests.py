#!/usr/bin/env python3
"""Run every test of a build folder and say, test by test, what failed.

run_tests.py BUILD: runs `meson test`, reads the JUnit file it leaves, prints each skipped reference
test and each failure with its output, and closes with 'N passed, N failed, N skipped'. One test is
one TAP line, not one program. Exit status 0 when none failed and at least one passed."""
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

build = sys.argv[1]
run = subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs", "--num-processes", "2"],
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
junit = os.path.join(build, "meson-logs", "testlog.junit.xml")
if not os.path.exists(junit):
    print(run.stdout)
    print("0 passed, 1 failed")
    sys.exit(1)

passed, failed, skipped = 0, [], []
for suite in ET.parse(junit).getroot().iter("testsuite"):
    cases = list(suite.iter("testcase"))
    bad = False
    for case in cases:
        name = f'{suite.get("name", "")} {case.get("name", "")}'
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
            bad = True
        elif case.find("skipped") is not None:
            why = case.find("skipped")
            skipped.append(f'{name}: {(why.get("message") or why.text or "").strip()}')
        else:
            passed += 1
    # A program that died has fewer lines than it promised.
    if not bad and int(suite.get("errors", 0) or 0) + int(suite.get("failures", 0) or 0) > 0:
        failed.append(suite.get("name", "") + " ended badly")
if run.returncode != 0 and not failed:
    failed.append(f"meson test ended with status {run.returncode}")
for line in skipped:
    print("skipped:", line)
if failed:
    print(run.stdout[-20000:])
    for line in failed:
        print("failed:", line)
    print(f"The whole log is {os.path.join(build, 'meson-logs', 'testlog.txt')}.")
closing = f"{passed} passed, {len(failed)} failed"
print(closing + (f", {len(skipped)} skipped" if skipped else ""))
sys.exit(1 if failed or passed == 0 else 0)
