#!/usr/bin/env python3
"""The checks that need no run: format, clang-tidy, cppcheck, the house. run_lint.py BUILD"""
import json
import os
import subprocess
import sys

build = sys.argv[1]
sources = subprocess.run(["git", "ls-files", "src", "tests", "bench"], check=True, capture_output=True, text=True).stdout.split()
code = [f for f in sources if f.endswith((".c", ".h"))]
own = [f for f in code if f.startswith("src/") and f.endswith(".c")]
failed = []


def check(title, command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = [line for line in run.stdout.splitlines() if "warning:" in line or "error:" in line or line.startswith("not ok")]
    print(f"lint: {title}: {'clean' if run.returncode == 0 and not found else f'{max(1, len(found))} findings'}")
    if run.returncode != 0 or found:
        print("\n".join(found[:40]) or run.stdout[-2000:])
        failed.append(title)


check("format", ["clang-format-14", "--dry-run", "--Werror", *code])
check("house", ["python3", "tools/check_house.py", "."])
check("cppcheck", ["cppcheck", "--quiet", "--std=c11", "--enable=warning,performance,portability", "--inline-suppr",
                   "--suppress=missingInclude", "--suppress=unknownMacro", "--error-exitcode=1", "--library=gtk", "-Isrc", "-j2", *own])
known = {os.path.relpath(os.path.join(e["directory"], e["file"])) for e in json.load(open(os.path.join(build, "compile_commands.json")))}
check("clang-tidy", ["run-clang-tidy-14", "-quiet", "-p", build, "-j", "2", *[f"^{os.path.abspath(f)}$" for f in own if f in known]])
sys.exit(1 if failed else 0)
