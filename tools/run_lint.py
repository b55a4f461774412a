#!/usr/bin/env python3
"""The checks that need no run: format, clang-tidy, cppcheck, the house. run_lint.py BUILD [--note] [--seconds N]

tools/lint_known.txt lists what clang-tidy says that was looked at and is no fault: file, check and the line's text, between
tabs. What is not listed there fails; --note writes the list anew, to be read before it is committed.
clang-tidy takes five seconds and more a file: what it said of each is kept in BUILD/lint.json under a hash of all that the
file is made of, so that only what changed is read again; cppcheck keeps its own in BUILD/cppcheck. Ctrl-C, or the end of --seconds, loses nothing: run it again."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time

KNOWN = "tools/lint_known.txt"
options = argparse.ArgumentParser(description="The checks that need no run.")
options.add_argument("build")
options.add_argument("--note", action="store_true", help="write " + KNOWN + " anew")
options.add_argument("--seconds", type=float, default=float("inf"), help="begin no further file after so many seconds")
options.add_argument("--jobs", type=int, default=2)
options = options.parse_args()
build = options.build
began = time.monotonic()
sources = subprocess.run(["git", "ls-files", "src", "tests", "bench"], check=True, capture_output=True, text=True).stdout.split()
code = [f for f in sources if f.endswith((".c", ".h"))]
own = [f for f in code if f.startswith("src/") and f.endswith(".c")]
failed = []


def check(title, command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = [line for line in run.stdout.splitlines() if "warning:" in line or "error:" in line or line.startswith("not ok")]
    print(f"lint: {title}: {'clean' if run.returncode == 0 and not found else f'{max(1, len(found))} findings'}", flush=True)
    if run.returncode != 0 or found:
        print("\n".join(found[:40]) or run.stdout[-2000:])
        failed.append(title)


def made_of():
    """Each object of the build: the files that it was compiled from, but for the system's."""
    objects, name = {}, None
    for line in subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("    "):
            path = os.path.join(build, line.strip())
            if not os.path.realpath(path).startswith("/usr/"):
                objects[name].append(path)
        elif ": #deps" in line:
            name = line.split(":")[0]
            objects[name] = []
    return objects


def digest(command, files):
    """What clang-tidy's words on a file depend on: bytes of all files, options, the checks. None: a file is away."""
    whole = hashlib.sha256(command.encode())
    for path in [".clang-tidy", *sorted(files)]:
        try:
            whole.update(hashlib.sha256(open(path, "rb").read()).digest())
        except OSError:
            return None
    return whole.hexdigest()


def said_of(file):
    """Findings, each [file, check, text of the line, what was said]; an error of the compiler is one, too."""
    run = subprocess.run(["clang-tidy-14", "-quiet", "-p", build, file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, errors="replace")
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in run.stdout.splitlines()]
    found = []
    for line, after in zip(lines, lines[1:] + [""]):
        said = re.match(r"(\S+?):\d+:\d+: (?:warning|error): (.*?) ?\[([\w.,-]+)\]$", line)
        if said:
            where = os.path.realpath(os.path.join(build, said.group(1)))
            where = where if where.startswith("/usr/") else os.path.relpath(where)
            found.append([where, said.group(3), after.strip(), said.group(2)])
    if run.returncode != 0 and not found:
        found.append([file, "clang-tidy", f"exit status {run.returncode}", (run.stdout or "no word").strip()[-300:]])
    return found


def tidy():
    """(file, check, text of the line) -> what was said; and how many files were left for another time."""
    keep = os.path.join(build, "lint.json")
    try:
        kept = json.load(open(keep))
    except (OSError, ValueError):
        kept = {}
    parts = made_of()
    commands = {os.path.relpath(os.path.join(e["directory"], e["file"])): e for e in json.load(open(os.path.join(build, "compile_commands.json")))}
    keys = {f: digest(commands[f]["command"], parts.get(commands[f].get("output"), [f])) for f in own if f in commands}
    kept = {f: kept[f] for f in keys if f in kept and kept[f]["key"] == keys[f] is not None}
    todo = [f for f in keys if f not in kept]

    def write():
        with open(keep + ".new", "w") as file:
            json.dump(kept, file, ensure_ascii=False, indent=0)
        os.replace(keep + ".new", keep)

    def one(file):
        return said_of(file) if time.monotonic() - began < options.seconds else None

    pool = concurrent.futures.ThreadPoolExecutor(options.jobs)
    works = {pool.submit(one, file): file for file in todo}
    try:
        for n, work in enumerate(concurrent.futures.as_completed(works), 1):
            if work.result() is not None:
                kept[works[work]] = {"key": keys[works[work]], "found": work.result()}
            if n % 10 == 0:
                write()
                if sys.stderr.isatty():
                    print(f"\rlint: clang-tidy: {n} of {len(todo)} files", end="", file=sys.stderr)
    finally:
        pool.shutdown(cancel_futures=True)
        write()
    return {tuple(one[:3]): one[3] for f in kept for one in kept[f]["found"]}, len(keys) - len(kept)


def known_of():
    return {tuple(line.rstrip("\n").split("\t")) for line in open(KNOWN) if line.strip() and not line.startswith("#")}


check("format", ["clang-format-14", "--dry-run", "--Werror", *code])
check("house", ["python3", "tools/check_house.py", "."])
os.makedirs(os.path.join(build, "cppcheck"), exist_ok=True)
# varFuncNullUB: with gcc and clang NULL is a pointer.
check("cppcheck", ["cppcheck", "--quiet", f"--cppcheck-build-dir={build}/cppcheck", "--std=c11", "--enable=warning,performance,portability",
                   "--inline-suppr", "--suppress=missingInclude", "--suppress=unknownMacro", "--suppress=varFuncNullUB", "--error-exitcode=1", "--library=gtk", "-Isrc", "-j2", *own])
try:
    found, left = tidy()
except KeyboardInterrupt:
    sys.exit("\nlint: stopped; what was read is kept: run it again to go on.")
if options.note and left == 0:
    with open(KNOWN, "w") as file:
        file.write("# What clang-tidy says that was looked at and is no fault: it does not follow a length, a cleanup or an error that is set.\n")
        file.writelines("\t".join(key) + "\n" for key in sorted(found))
noted = known_of()
new = {key: said for key, said in found.items() if key not in noted}
print(f"lint: clang-tidy: {f'{len(new)} findings' if new else 'clean'}, {len(found) - len(new)} known")
for (file, name, text), said in sorted(new.items()):
    print(f"{file}: {said} [{name}]\n    {text}")
if left:
    print(f"lint: {left} files were not read yet: run it again to go on.")
    failed.append("not whole")
else:
    for file, name, text in sorted(noted - set(found)):
        print(f"lint: no longer said, take it out of {KNOWN}: {file} [{name}] {text}")
if new:
    failed.append("clang-tidy")
sys.exit(1 if failed else 0)
