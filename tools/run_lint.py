#!/usr/bin/env python3
"""The checks that need no run: format, clang-tidy, cppcheck, the house. run_lint.py BUILD [--note]

tools/lint_known.txt lists what clang-tidy says that was looked at and is no fault: file, check and the line's text, between
tabs. What is not listed there fails; --note writes the list anew, to be read before it is committed."""
import json
import os
import re
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

KNOWN = "tools/lint_known.txt"


def tidy():
    """Every finding once: (file, check, text of the line) -> what was said."""
    run = subprocess.run(["run-clang-tidy-14", "-quiet", "-p", build, "-j", "2", *[f"^{os.path.abspath(f)}$" for f in own if f in known]],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in run.stdout.splitlines()]
    found = {}
    for line, after in zip(lines, lines[1:] + [""]):
        said = re.match(r"(\S+?):\d+:\d+: (?:warning|error): (.*?) ?\[([\w.,-]+)\]$", line)
        if said:
            file = os.path.relpath(os.path.realpath(os.path.join(build, said.group(1))))
            found[(file, said.group(3), after.strip())] = said.group(2)
    return found


found = tidy()
if "--note" in sys.argv:
    with open(KNOWN, "w") as file:
        file.write("# What clang-tidy says that was looked at and is no fault: it does not follow a length, a cleanup or an error that is set.\n")
        file.writelines("\t".join(key) + "\n" for key in sorted(found))
noted = {tuple(line.rstrip("\n").split("\t")) for line in open(KNOWN) if line.strip() and not line.startswith("#")}
new = {key: said for key, said in found.items() if key not in noted}
print(f"lint: clang-tidy: {f'{len(new)} findings' if new else 'clean'}, {len(found) - len(new)} known")
for (file, name, text), said in sorted(new.items()):
    print(f"{file}: {said} [{name}]\n    {text}")
for file, name, text in sorted(noted - set(found)):
    print(f"lint: no longer said, take it out of {KNOWN}: {file} [{name}] {text}")
if new:
    failed.append("clang-tidy")
sys.exit(1 if failed else 0)
