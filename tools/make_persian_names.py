#!/usr/bin/env python3
"""data/persian/names.csv from spellings of name words: make_persian_names.py ZENHAR IN.csv > data/persian/names.csv
IN has the columns persian,latin,records. Kept: pairs whose two spellings have one key (`ZENHAR text names`), which
leaves out wrongly aligned ones; the commonest first."""
import csv
import json
import subprocess
import sys

zenhar, path = sys.argv[1:3]
rows = [r for r in csv.DictReader(open(path, encoding="utf-8")) if int(r["records"]) >= 2]
words = sorted({r[c] for r in rows for c in ("persian", "latin")})
answer = subprocess.run([zenhar, "text", "names"], input="\n".join(words), capture_output=True, text=True, check=True)
keys = {d["name"]: d["key"] for d in map(json.loads, answer.stdout.splitlines())}
print("persian,latin,records")
for r in sorted(rows, key=lambda r: (r["persian"], -int(r["records"]), r["latin"])):
    if keys.get(r["persian"]) and keys.get(r["persian"]) == keys.get(r["latin"]):
        print(f'{r["persian"]},{r["latin"]},{r["records"]}')
