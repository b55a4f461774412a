#!/usr/bin/env python3
"""data/persian/forms.csv from a treebank's forms: make_persian_forms.py IN.csv > data/persian/forms.csv
IN has the columns form,count. Kept: words of Persian letters, marks and half-spaces; phrases are
taken apart at their spaces and their words counted."""
import collections
import csv
import re
import sys

word = re.compile("[\u0620-\u063f\u0641-\u06d3\u064b-\u0655\u200c]+")
counts = collections.Counter()
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    for part in row["form"].split(" "):
        if word.fullmatch(part) and part.strip("\u200c") == part:
            counts[part] += int(row["count"])
print("form,count")
for form, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
    print(f"{form},{count}")
