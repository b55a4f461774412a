#!/usr/bin/env python3
"""How often the estimate of a whole case holds the truth: coverage_linked.py ZENHAR [FIRST LAST].

For each seed: 5,000 synthetic reports of five sources, imported and linked as a user would, then estimated as linked and over
20 plausible linkages. The truth is the number of invented persons. About 9 s a seed."""
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

program = os.path.realpath(sys.argv[1])
first, last = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (101, 130)
METHODS, DRAWS = ("loglinear", "dga", "mth-darroch"), (1, 20)
rows = collections.defaultdict(list)


def run(*words):
    subprocess.run([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


for seed in range(first, last + 1):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("pw", "w") as file:
            file.write("for measuring only\n")
        case = ("--case", "c.zenhar", "--passphrase-file", "pw")
        run("generate", "5000", "--out", "made", "--seed", str(seed))
        run("init", "c.zenhar", "--passphrase-file", "pw")
        run("import", *case, "--synthetic", "made/reports")
        run("link", *case)
        with open("made/truth.csv", newline="") as file:
            truth = sum(row["row"] == "person" for row in csv.DictReader(file))
        for method in METHODS:
            for draws in DRAWS:
                run("estimate", *case, "--method", method, "--draws", str(draws), "-o", "answer.json")
                with open("answer.json") as file:
                    answer = json.load(file)
                rows[method, draws].append((truth, answer["estimate"], answer["q025"], answer["q975"]))
        os.chdir("/")

print("| method | linkages | held the truth | width % | bias % |\n|---|--:|--:|--:|--:|")
for (method, draws), found in rows.items():
    n = len(found)
    held = sum(low <= truth <= high for truth, _, low, high in found)
    width = 100 * sum((high - low) / truth for truth, _, low, high in found) / n
    bias = 100 * sum(estimate / truth - 1 for truth, estimate, _, _ in found) / n
    print(f"| {method} | {draws} | {held} of {n} | {width:.1f} | {bias:+.1f} |")
