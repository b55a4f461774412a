#!/usr/bin/env python3
"""Names of the files that travel inside the binary: data/ and cases/ (CSV, txt, geojson, json),
and the typeface that everything drawn is set in (from its npm package), as fonts/NAME.
list_data.py ROOT prints them; with --xml OUT it writes the GResource manifest."""
import os
import sys

FONTS = "node_modules/vazirmatn/fonts/ttf/"
root = sys.argv[1]
names = []
for top in ("data", "cases"):
    for folder, folders, files in os.walk(os.path.join(root, top)):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".csv", ".txt", ".geojson", ".json", ".jsonl", ".css", ".svg")):
                names.append(os.path.relpath(os.path.join(folder, name), root))
names += [FONTS + name for name in ("Vazirmatn-Bold.ttf", "Vazirmatn-Regular.ttf")]
if len(sys.argv) > 2:
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<gresources>\n<gresource prefix="/zenhar">\n')
        out.write('<file>fa.mo</file>\n')
        for name in names:
            alias = name[len("data/"):] if name.startswith("data/") else name
            if name.startswith(FONTS):
                alias = "fonts/" + name[len(FONTS):]
            out.write(f'<file alias="{alias}" compressed="true">{name}</file>\n')
        out.write('</gresource>\n</gresources>\n')
else:
    print("\n".join(names))
