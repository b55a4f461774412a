#!/usr/bin/env python3
"""The house's checks find what they are for: t_checks.py ROOT. A small tree with one fault of each
kind, and one without; TAP."""
import os
import subprocess
import sys
import tempfile

TOOLS = os.path.join(sys.argv[1], "tools")

GOOD = {
    "src/base/good.c": '#include "base/good.h"\n#include <stdio.h>\n/* SELECT name FROM person; sprintf() */\n'
                       'static const char *what = "select one of these";\n'
                       'void f(GError **e) { g_set_error(e, Q, 1, "%s", _("This cannot be read.")); }\n',
    "src/link/good.c": '#include "base/good.h"\n#include "text/names.h"\n#include "link/good.h"\n',
    "src/store/good.c": 'static const char *sql = "SELECT id FROM person";\n',
    "src/web/html.c": 'void h(void) { put("<p class=x>"); }\n',
    "src/cli/cmd_good.c": "/* COMMAND: good\n * SUMMARY: does good\n *\n * zenhar good\n */\n"
                          'void g(void) { cli_say(context, _("Done with %" G_GSIZE_FORMAT " records."), n); }\n',
    "po/fa/all.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                    'msgid "This cannot be read."\nmsgstr "این خوانده نمی‌شود."\n\n'
                    'msgid "does good"\nmsgstr "کار نیک"\n\nmsgid "zenhar good"\nmsgstr "شیوه: zenhar good"\n\n'
                    '#, c-format\nmsgid "Done with %lu records."\nmsgstr "%lu رکورد انجام شد."\n',
}
HOUSE = [  # file, text, what the finding must say
    ("src/text/a.c", '#include "link/score.h"\n', "src/text/a.c:1: text may not include link"),
    ("src/base/a.c", '\n#include "store/store.h"\n', "src/base/a.c:2: base may not include store"),
    ("src/web/a.c", '#include "link/link.h"\n', "web may not include link"),
    ("src/link/a.c", '#include "score.h"\n', 'write "link/score.h"'),
    ("src/attic/a.c", "int x;\n", "stands on no floor"),
    ("src/signal/a.c", "void f(void) { printf(x); }\n", "an engine neither reads"),
    ("src/text/a.c", "#include <sqlite3.h>\n", "an engine reaches for nothing outside"),
    ("src/evidence/a.c", 'const char *s = "INSERT INTO "\n "log VALUES (?)";\n', "SQL outside src/store"),
    ("src/web/a.c", 'const char *s = "  SELECT a FROM b";\n', "SQL outside src/store"),
    ("src/cli/a.c", "#include <sqlite3.h>\n", "the database is src/store's"),
    ("src/web/a.c", 'void f(void) { put("<p>"); }\n', "raw markup"),
    ("src/render/a.c", 'void f(void) { put("a&nbsp;b"); }\n', "raw markup"),
    ("src/base/a.c", "void f(void) {\n strcpy(a, b); }\n", "src/base/a.c:2: strcpy() is banned"),
    ("tests/base/a.c", "int n(void) { return atoi(x); }\n", "atoi() is banned"),
    ("src/base/a.c", "\n" * 900, "is two files"),
    ("src/base/a.c", "    if (why != NULL)\n        g_propagate_error(error, g_steal_pointer(&why));\n    return why == NULL;\n", "src/base/a.c:2: why was passed on"),
    ("src/base/a.c", 'void f(GError **e) { g_set_error(e, Q, C(1, 2), "It cannot %s", x); }\n', "not through _()"),
    ("src/base/a.c", 'void f(GError **e) { g_set_error_literal(e, Q, 1,\n "It is " "bad."); }\n', "src/base/a.c:2: g_set_error_literal"),
    ("src/cli/a.c", 'void f(void) { cli_say(context, "All is done."); }\n', "cli_say: not through _()"),
]
PO = [
    ("src/base/a.c", 'const char *s = N_("A new sentence.");\n', "src/base/a.c:1: no Persian for 'A new sentence.'"),
    ("src/base/a.c", 'f(i18n_plural("one record", "%d records", n));\n', "no Persian for 'one record'"),
    ("src/cli/cmd_a.c", "/* COMMAND: a\n * SUMMARY: does nothing yet\n *\n * zenhar a\n */\n", "no Persian for 'does nothing yet'"),
    ("po/fa/b.po", 'msgid "does good"\nmsgstr "نیکی می‌کند"\n', "two translations of 'does good'"),
    ("po/fa/b.po", 'msgid "x"\nmsgstr "كتاب"\n', "Arabic U+0643"),
    ("po/fa/b.po", 'msgid "does good"\nmsgstr ""\n', None),  # the other fragment has it
    ("src/base/a.c", 'f(_("%s has %d")); const char *s = _("Two words: %d of %s");\n', "no Persian for 'Two words"),
]
number = failed = 0


def run(tool, extra):
    with tempfile.TemporaryDirectory() as root:
        files = dict(GOOD)
        for path, text in extra.items():
            if path.endswith(".po"):
                text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + text
            files[path] = text
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as out:
                out.write(text)
        done = subprocess.run([sys.executable, os.path.join(TOOLS, tool), root], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def claim(text, holds, output):
    global number, failed
    number += 1
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {number} - {text}")
    if not holds:
        print("\n".join("# " + line for line in output.splitlines()))


print(f"1..{2 + len(HOUSE) + len(PO)}")
for tool, cases in (("check_house.py", HOUSE), ("check_po.py", PO)):
    status, output = run(tool, {})
    claim(f"{tool} passes a tree without faults", status == 0 and "not ok" not in output, output)
    for path, text, says in cases:
        status, output = run(tool, {path: text})
        if says is None:
            claim(f"{tool} passes {path}", status == 0, output)
        else:
            claim(f"{tool} says: {says}", status == 1 and says in output and "not ok" in output, output)
sys.exit(1 if failed else 0)
