#!/usr/bin/env python3
"""t_python.py LIBRARY PROGRAM: the example in Python gives what the command line gives. Prints TAP."""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

LIBRARY, PROGRAM = (os.path.realpath(path) for path in sys.argv[1:3])
HERE = os.path.dirname(os.path.realpath(__file__))

# A library built with AddressSanitizer wants its runtime in the process before all others.
if b"__asan_init" in open(LIBRARY, "rb").read() and "LD_PRELOAD" not in os.environ:
    runtime = subprocess.run([os.environ.get("CC", "cc"), "-print-file-name=libasan.so"], capture_output=True, text=True)
    os.execvpe(sys.executable, [sys.executable] + sys.argv,
               {**os.environ, "LD_PRELOAD": runtime.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"})
clean = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
os.environ["ZENHAR_LIBRARY"] = LIBRARY
sys.path.insert(0, os.path.join(HERE, "..", "..", "examples", "python"))
sys.dont_write_bytecode = True
import zenhar  # noqa: E402

done = 0


def claim(name, holds, why=""):
    global done
    done += 1
    print(("ok" if holds else "not ok") + f" {done} - {name}")
    if not holds and why:
        print("# " + str(why)[:2000])


def run(*arguments):
    ended = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=clean)
    return ended.stdout


def near(a, b):
    return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(1, abs(a)))


weeks = [(3 + i * 7 % 5 + (i // 13) % 3) for i in range(330)] + [17, 4, 3]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "weeks.csv")
    with open(path, "w") as file:
        file.write("index,count\n" + "".join(f"{i + 1},{n}\n" for i, n in enumerate(weeks)))
    for method in ("farrington-flexible", "ears-c2", "cusum", "adaptive"):
        rows = {int(row["index"]): row for row in csv.DictReader(io.StringIO(run("signal", "surge", path, "--method", method)))}
        mine = zenhar.surge(weeks, method=method)
        same = len(rows) > 0
        for position, row in rows.items():
            point = mine[position - 1]
            same = same and point["alarm"] == (row["alarm"] == "1")
            for column, name in (("expected", "expected"), ("upper", "upper"), ("score", "score"), ("pvalue", "p_value")):
                same = same and near(float(row[column]) if row[column] else None, point[name])
        claim(f"{method} as on the command line, {len(rows)} weeks", same, mine[-3:])

    path = os.path.join(folder, "lists.csv")
    patterns = {(1, 0, 0): 130, (0, 1, 0): 95, (0, 0, 1): 78, (1, 1, 0): 31, (1, 0, 1): 26, (0, 1, 1): 19, (1, 1, 1): 9}
    with open(path, "w") as file:
        file.write("A,B,C,count\n" + "".join(",".join(map(str, p)) + f",{n}\n" for p, n in patterns.items()))
    for method, options in (("loglinear", {}), ("dga", {}), ("lcmcr", {"samples": 400, "burnin": 400, "thin": 5, "seed": 7})):
        flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        theirs = json.loads(run("estimate", path, "--method", method, *flags))
        theirs = theirs[0] if isinstance(theirs, list) else theirs
        mine = zenhar.estimate(patterns, method=method, **options)
        names = ("observed", "estimate", "q025", "q25", "q50", "q75", "q975")
        claim(f"{method} as on the command line", all(near(mine[name], theirs[name]) for name in names), (mine, theirs))

    path = os.path.join(folder, "persons.csv")
    rows = list(csv.reader(io.StringIO(run("generate", "400", "--files", "single", "--seed", "4"))))
    at = [i for i, name in enumerate(rows[0]) if name not in ("city", "truth_id")] # towns: the program knows where they lie
    rows = [[row[i] for i in at] for row in rows]
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)
    keep = range(1, len(rows[0]))
    clusters = os.path.join(folder, "clusters.csv")
    run("link", path, "--id", "id", "--out-clusters", clusters)
    groups, numbers = {}, {row[0]: i for i, row in enumerate(rows[1:])}
    for row in csv.DictReader(open(clusters)):
        groups.setdefault(row["cluster_id"], set()).add(numbers[row["record_id"]])
    mine = {}
    found = zenhar.link([rows[0][i] for i in keep], [[row[i] for i in keep] for row in rows[1:]])
    for record, cluster in enumerate(found["clusters"]):
        mine.setdefault(cluster, set()).add(record)
    claim(f"{len(rows) - 1} records linked as on the command line, into {len(mine)}",
          sorted(map(sorted, mine.values())) == sorted(map(sorted, groups.values())) and len(mine) < len(rows) - 1,
          (len(mine), len(groups)))
    again = zenhar.link([rows[0][i] for i in keep], [[row[i] for i in keep] for row in rows[1:]], config=found["config"])
    claim("the config given back gives the same", again["clusters"] == found["clusters"])

text = "گزارشهای سازمانهای حقوق بشر می گویند"
claim("a text as on the command line",
      zenhar.normalize(text) == subprocess.run([PROGRAM, "text", "normalize"], input=text, capture_output=True, text=True,
                                               env=clean).stdout.rstrip("\n"))
try:
    zenhar.surge([1, 2, 3])
    claim("a failure is an exception with a sentence", False)
except zenhar.Error as error:
    claim("a failure is an exception with a sentence", "too short" in str(error), error)
claim("a name's key", zenhar.name_key("محمدرضا") == zenhar.name_key("Mohamad-Reza") != "")
example = subprocess.run([sys.executable, os.path.join(HERE, "..", "..", "examples", "python", "zenhar.py")],
                         capture_output=True, text=True)
claim("the example runs by itself", example.returncode == 0 and "an alarm" in example.stdout and "‌" in example.stdout,
      example.stdout + example.stderr)
print(f"1..{done}")
