#!/usr/bin/env python3
"""Every message has its Persian: check_po.py ROOT. Prints TAP, each finding as '# file:line: what'.
Messages are what xgettext finds in src/ and in the table made from the commands' heads."""
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".")
HERE = os.path.dirname(os.path.abspath(__file__))


def entries(po):
    """Of a catalogue's text: (places, flags, msgid, plural, translations)."""
    for block in re.split(r"\n\s*\n", po):
        places, flags, parts, key = [], "", {}, None
        for line in block.splitlines():
            if line.startswith("#:"):
                places += line[2:].split()
            elif line.startswith("#,"):
                flags += line[2:]
            elif line.startswith("#"):
                continue
            else:
                match = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)?\s*"(.*)"\s*$', line)
                if match:
                    key = match.group(1) or key
                    parts[key] = parts.get(key, "") + re.sub(
                        r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), match.group(2))
        if parts.get("msgid"):
            yield places, flags, parts["msgid"], parts.get("msgid_plural"), [v for k, v in parts.items() if k.startswith("msgstr")]


# xgettext ends a message at a macro; the program's message holds what the macro stands for (LP64).
MACROS = {"G_GSIZE_FORMAT": "lu", "G_GSSIZE_FORMAT": "li", "G_GUINT64_FORMAT": "lu", "G_GINT64_FORMAT": "li",
          "PRIu64": "lu", "PRId64": "ld", "PRIu32": "u", "PRId32": "d", "PRIx64": "lx"}


def messages():
    commands = sorted(glob.glob(os.path.join(ROOT, "src", "cli", "cmd_*.c")))
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for path in sorted(glob.glob(os.path.join(ROOT, "src", "*", "*.[ch]")) + glob.glob(os.path.join(ROOT, "src", "*", "*.inc"))):
            name = os.path.relpath(path, ROOT)
            if name.endswith(".inc"):
                name += ".c"
            os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
            text = re.sub(r"\b(" + "|".join(MACROS) + r")\b", lambda m: f'"{MACROS[m.group(1)]}"', open(path, encoding="utf-8").read())
            open(os.path.join(folder, name), "w", encoding="utf-8").write(text)
            names.append(name)
        subprocess.run([sys.executable, os.path.join(HERE, "make_commands.py"), "--table",
                        os.path.join(folder, "commands.c"), *commands], check=True)
        run = subprocess.run(["xgettext", "--language=C", "--from-code=UTF-8", "--no-wrap", "--output=-", "--keyword",
                              "--keyword=_", "--keyword=N_", "--keyword=i18n_get", "--keyword=i18n_get_in:2",
                              "--keyword=i18n_plural:1,2", *names, "commands.c"],
                             check=True, capture_output=True, text=True, cwd=folder)
    return list(entries(run.stdout))


def place_of(places):
    return re.sub(r"^commands\.c:\d+", "the head of a src/cli/cmd_*.c", places[0]) if places else "?"


def short(text):
    line = text.replace("\n", " ")
    return repr(line if len(line) <= 70 else line[:67] + "…")


FRAGMENTS = sorted(glob.glob(os.path.join(ROOT, "po", "fa", "*.po")))
MESSAGES = messages()
PERSIAN = {}  # msgid: [(fragment, translation)]
for path in FRAGMENTS:
    for _places, flags, msgid, _plural, texts in entries(open(path, encoding="utf-8").read()):
        if "fuzzy" not in flags:
            PERSIAN.setdefault(msgid, []).append((os.path.relpath(path, ROOT), texts[0] if texts else ""))


def rule_translated():
    for places, _flags, msgid, plural, _texts in MESSAGES:
        if not re.search(r"[A-Za-z]{2}", re.sub(r"%[-+ #0-9.*$]*[a-zA-Z]+", "", msgid + (plural or ""))):
            continue
        if not any(text for _path, text in PERSIAN.get(msgid, [])):
            yield f"{place_of(places)}: no Persian for {short(msgid)}"


def rule_one_translation():
    """The build takes the first of two; which one that is, nobody should have to know."""
    used = {msgid for _places, _flags, msgid, _plural, _texts in MESSAGES}
    for msgid, found in sorted(PERSIAN.items()):
        if msgid in used and len({text for _path, text in found if text}) > 1:
            yield f"{', '.join(path for path, _text in found)}: two translations of {short(msgid)}"


def rule_letters():
    """Arabic yeh, kaf and digits look alike on paper and are found by no search."""
    for msgid, found in sorted(PERSIAN.items()):
        for path, text in found:
            bad = sorted(set(re.findall("[\u064a\u0643\u0649\u0660-\u0669]", text)))
            if bad:
                yield f"{path}: Arabic {' '.join(f'U+{ord(c):04X}' for c in bad)} in the Persian of {short(msgid)}"
            if text and text == msgid and re.search(r"[A-Za-z]{3,} +[a-z]{3,}", text):
                yield f"{path}: {short(msgid)} is not translated"


def rule_formats():
    for path in FRAGMENTS:
        run = subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, path], capture_output=True, text=True)
        for line in run.stderr.splitlines() if run.returncode != 0 else []:
            yield line.replace(ROOT + "/", "")
    # A fragment without its c-format line is not checked by msgfmt: the directives must agree anyway.
    directive = re.compile(r"%(?:\d+\$)?[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?[diouxXeEfgGcs]")
    flagged = {msgid for _p, flags, msgid, _pl, _t in MESSAGES if "c-format" in flags and "no-c-format" not in flags}
    for msgid in sorted(flagged):
        for path, text in PERSIAN.get(msgid, []):
            plain = [sorted(re.sub(r"\d+\$", "", d) for d in directive.findall(t.replace("%%", ""))) for t in (msgid, text)]
            if text and plain[0] != plain[1]:
                yield f"{path}: other placeholders in the Persian of {short(msgid)}"


RULES = [
    ("every message has its Persian", rule_translated),
    ("no message has two translations", rule_one_translation),
    ("Persian is written with Persian letters", rule_letters),
    ("placeholders agree", rule_formats),
]


def main():
    if not MESSAGES:
        print("Bail out! xgettext found no message below " + ROOT)
        return 1
    print(f"1..{len(RULES)}")
    failed = 0
    for number, (claim, rule) in enumerate(RULES, 1):
        found = list(rule())
        for line in found:
            print("# " + line)
        print(f"{'not ok' if found else 'ok'} {number} - {claim}")
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
