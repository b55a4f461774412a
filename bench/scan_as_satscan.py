#!/usr/bin/env python3
"""Side by side with SaTScan: made-up cases, both programs on the same files in one run.

    scan_as_satscan.py SATSCAN ZENHAR [RUNS]

Purely spatial, retrospective and prospective, Poisson with populations by group and space-time
permutation. Prints a Markdown table: clusters that SaTScan tells, and how many of them are the
same here, in the same order: places, time, statistic to 1e-6."""
import csv
import io
import os
import random
import re
import subprocess
import sys
import tempfile
import time

PRM = """[Input]
CaseFile=made.cas
PrecisionCaseTimes=1
StartDate=2000/1/1
EndDate={last}/12/31
PopulationFile=made.pop
CoordinatesFile=made.geo
CoordinatesType=1
[Analysis]
AnalysisType={analysis}
ModelType={model}
ScanAreas=1
TimeAggregationUnits=1
TimeAggregationLength=1
[Inference]
MonteCarloReps=999
PValueReportType=1
ProspectiveStartDate={last}/12/31
[Output]
ResultsFile=made.txt
"""


def make(rng):
    """Writes made.geo, .pop, .cas, .prm; gives the analysis."""
    places, years, groups = rng.randint(8, 30), rng.randint(6, 16), rng.randint(1, 3)
    analysis = rng.choice([1, 3, 4])
    model = rng.choice([0, 2]) if analysis != 1 else 0
    hot = rng.randrange(places)
    with open("made.geo", "w") as geo, open("made.pop", "w") as pop, open("made.cas", "w") as cas:
        for p in range(places):
            geo.write(f"p{p} {30 + rng.random() * 5:.4f} {48 + rng.random() * 6:.4f}\n")
            people = rng.randint(500, 20000)
            for year in (2000, 2000 + years // 2, 1999 + years):
                for group in range(groups):
                    pop.write(f"p{p} {year} {int(people * (1 + 0.1 * rng.random()))} {group}\n")
            for year in range(years):
                for group in range(groups):
                    n = sum(rng.random() < 0.3 for _ in range(8)) + 3 * (p == hot and year > years - 3)
                    if n:
                        cas.write(f"p{p} {n} {2000 + year} {group}\n")
    with open("made.prm", "w") as prm:
        prm.write(PRM.format(last=1999 + years, analysis=analysis, model=model))
    return analysis


def of_satscan(analysis):
    text = open("made.txt").read().split("CLUSTERS DETECTED")[1].split("____")[0]
    clusters = []
    for block in re.split(r"\n(?=\d+\.Location)", text)[1:]:
        names = re.search(r"included\.: (.*?)\n *Coord", block, re.S).group(1)
        span = re.search(r"Time frame\.+: (\d+)\S* to (\d+)", block)
        statistic = re.search(r"(?:Test statistic|likelihood ratio)\.+: (\S+)", block).group(1)
        clusters.append((sorted(names.replace(",", " ").split()),
                         span.groups() if analysis != 1 else None, float(statistic)))
    return clusters


def of_zenhar(text, analysis):
    return [(sorted(row["places"].split("; ")), (row["from"][:4], row["to"][:4]) if analysis != 1 else None,
             float(row["statistic"])) for row in csv.DictReader(io.StringIO(text))]


def same(a, b):
    return a[:2] == b[:2] and abs(a[2] - b[2]) < 1e-6


def main():
    satscan, zenhar = (os.path.abspath(path) for path in sys.argv[1:3])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    told = alike = 0
    seconds = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for run in range(runs):
            analysis = make(random.Random(run))
            begin = time.monotonic()
            subprocess.run([satscan, "made.prm"], stdout=subprocess.DEVNULL, check=False)
            middle = time.monotonic()
            ours = subprocess.run([zenhar, "signal", "scan", "--prm", "made.prm", "--max-p", "1"],
                                  capture_output=True, text=True, check=True).stdout
            seconds[0] += middle - begin
            seconds[1] += time.monotonic() - middle
            theirs = of_satscan(analysis)
            told += len(theirs)
            alike += sum(same(a, b) for a, b in zip(theirs, of_zenhar(ours, analysis)))
    print("| made-up files, clusters told by SaTScan | the same here, in order | seconds: SaTScan, ours |")
    print("|---|---|---|")
    print(f"| {runs} files, {told} clusters | {alike} | {seconds[0]:.1f}, {seconds[1]:.1f} |")
    sys.exit(alike != told)


main()
