#!/usr/bin/env python3
"""Build and run every benchmark: run_bench.py BUILD [NAME...]. Each is a program bench_NAME under
bench/ of the build folder that prints Markdown; the results stand in docs/benchmarks.md when
ZENHAR_BENCH_WRITE=1, with the machine's description at their head."""
import glob
import os
import platform
import subprocess
import sys

build, names = sys.argv[1], sys.argv[2:]
subprocess.run(["ninja", "-C", build, "bench-programs"], check=True, stdout=subprocess.DEVNULL)


def machine():
    model = cores = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        lines = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    if lines:
        model, cores = lines[0], len(lines)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return f"{model}, {cores} cores, {memory} GiB, Linux {platform.release().split('-')[0]}"


parts, status = [f"Machine: {machine()}.\n"], 0
for program in sorted(glob.glob(os.path.join(build, "bench", "bench_*"))):
    name = os.path.basename(program)[len("bench_"):]
    if not os.access(program, os.X_OK) or os.path.isdir(program) or (names and name not in names):
        continue
    print(f"bench: {name}", file=sys.stderr)
    run = subprocess.run([program], stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "ZENHAR_PROGRAM": os.path.abspath(os.path.join(build, "zenhar"))})
    if run.returncode != 0:
        print(f"bench: {name} ended with status {run.returncode}", file=sys.stderr)
        status = 1
    parts.append(f"## {name}\n\n{run.stdout.strip()}\n")
text = "\n".join(parts)
print(text)
if os.environ.get("ZENHAR_BENCH_WRITE") and not names and status == 0:
    with open("docs/benchmarks.md", "w", encoding="utf-8") as out:
        out.write("# Benchmarks\n\nMade by `ZENHAR_BENCH_WRITE=1 make bench`.\n\n" + text)
sys.exit(status)
