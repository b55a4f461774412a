#!/usr/bin/env python3
"""The house's own lint: check_house.py ROOT. Prints TAP, one test a rule, each finding as
'# file:line: what'. The rules are those of docs/architecture.md and CONTRIBUTING.md."""
import os
import re
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else "."
CASE = "store evidence intake assess appeal"
# Who may include whom; a folder may always include itself. Read together with docs/architecture.md.
MAY_INCLUDE = {
    "base": "",
    "text": "base",
    "link": "base text",
    "signal": "base",
    "estimate": "base",
    "store": "base",
    "evidence": "base store",
    "intake": "base text link store evidence",
    "assess": "base text signal estimate store evidence intake",
    "appeal": "base text store evidence intake assess",
    "handover": "base text store evidence intake assess appeal",
    "render": f"base text {CASE}",
    "web": f"base {CASE} render",
    "watch": f"base {CASE} render",
    "library": "base text link signal estimate",
    "cli": f"base text link signal estimate {CASE} handover render web watch",
}
ENGINES = {"text", "link", "signal", "estimate"}
GENERATED = {"data.gresource.h", "commands.h"}
BANNED = "sprintf vsprintf strcpy strcat atof atoi atol strtok gets system tmpnam mktemp".split()
MAX_LINES = 800

TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<string>(?:u8|u|U|L)?"(?:\\.|[^"\\\n])*")
  | (?P<char>'(?:\\.|[^'\\\n])*')
  | (?P<include>^[ \t]*\#[ \t]*include[ \t]*(?:"[^"\n]*"|<[^>\n]*>))
  | (?P<word>[A-Za-z_]\w*)
  | (?P<other>[^\s\w"'])
''', re.S | re.M | re.X)


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


def tokens_of(text):
    found, line, last = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        if match.lastgroup != "comment":
            found.append(Token(match.lastgroup, match.group(), line))
    return found


def unquote(literal):
    return literal[literal.index('"') + 1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")


def literals(tokens):
    """String literals, adjacent ones joined: (index of the first, line, text)."""
    i = 0
    while i < len(tokens):
        if tokens[i].kind != "string":
            i += 1
            continue
        first, text = i, ""
        while i < len(tokens) and tokens[i].kind == "string":
            text += unquote(tokens[i].text)
            i += 1
        yield first, tokens[first].line, text


def arguments(tokens, opening):
    """The arguments of the call whose '(' stands at `opening`, each a list of tokens."""
    depth, found, current = 0, [], []
    for token in tokens[opening:]:
        if token.kind == "other" and token.text in "([{":
            depth += 1
            if depth == 1:
                continue
        elif token.kind == "other" and token.text in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif token.kind == "other" and token.text == "," and depth == 1:
            found.append(current)
            current = []
            continue
        current.append(token)
    return found + [current]


def calls(tokens, names):
    for i in range(len(tokens) - 1):
        if tokens[i].kind == "word" and tokens[i].text in names and tokens[i + 1].text == "(":
            yield i, tokens[i]


def files(*tops):
    for top in tops:
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders.sort()
            for name in sorted(names):
                if name.endswith((".c", ".h", ".inc")):
                    path = os.path.join(folder, name)
                    yield os.path.relpath(path, ROOT), open(path, encoding="utf-8").read()


SOURCES = [(path, text, tokens_of(text)) for path, text in files("src")]
OTHERS = [(path, text, tokens_of(text)) for path, text in files("tests", "bench")]


def folder_of(path):
    return path.split("/")[1]


def rule_floors():
    for path, _text, tokens in SOURCES:
        folder = folder_of(path)
        allowed = set(MAY_INCLUDE.get(folder, "").split()) | {folder}
        if folder not in MAY_INCLUDE:
            yield path, 1, f"src/{folder} stands on no floor: add it to MAY_INCLUDE"
        for token in tokens:
            if token.kind != "include" or "<" in token.text:
                continue
            name = re.search(r'"([^"]*)"', token.text).group(1)
            if "/" not in name:
                if name not in GENERATED:
                    yield path, token.line, f'write "{folder}/{name}", not "{name}"'
                continue
            other = name.split("/")[0]
            if other in MAY_INCLUDE and other not in allowed:
                yield path, token.line, f"{folder} may not include {other}: {name}"


OUTSIDE = re.compile(r"<(sqlite3|libpq|pq|curl|microhttpd|gmime|gpgme|archive|poppler|tesseract|cairo|pango)")


def rule_engines_are_pure():
    names = set("fopen open creat socket connect popen fork printf fprintf puts putchar g_print g_printerr "
                "g_message g_warning time clock_gettime g_get_real_time getenv g_getenv "
                "g_file_get_contents g_file_set_contents".split())
    for path, _text, tokens in SOURCES:
        if folder_of(path) not in ENGINES:
            continue
        for token in tokens:
            if token.kind == "include" and OUTSIDE.search(token.text):
                yield path, token.line, f"an engine reaches for nothing outside: {token.text.strip()}"
        for _i, token in calls(tokens, names):
            yield path, token.line, f"an engine neither reads, writes, prints nor asks the clock: {token.text}()"


SQL = re.compile(r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s|"
                 r"REPLACE\s+INTO\s|WITH\s+(RECURSIVE\s+)?\w+\s*(\([^)]*\)\s*)?AS\s*\(|ATTACH\s|DETACH\s|VACUUM\b|"
                 r"(CREATE|DROP|ALTER)\s+(TEMP\s+|UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s|"
                 r"BEGIN(\s+(IMMEDIATE|EXCLUSIVE|DEFERRED|TRANSACTION))?\s*;?$|COMMIT\s*;?$|ROLLBACK\b|"
                 r"(FROM|WHERE|ORDER BY|GROUP BY|INNER JOIN|LEFT JOIN)\s+[\w(])")


def rule_sql():
    for path, _text, tokens in SOURCES:
        if folder_of(path) == "store":
            continue
        for token in tokens:
            if token.kind == "include" and re.search(r"sqlite3|libpq", token.text):
                yield path, token.line, "the database is src/store's"
        for _i, line, text in literals(tokens):
            if SQL.match(text):
                yield path, line, f"SQL outside src/store: {text.strip()[:50]!r}"


HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<]*)?/?>|<!DOCTYPE|<[a-z]+ [a-z-]+=|&(lt|gt|amp|nbsp|quot|#\d+);", re.I)


def rule_html():
    for path, _text, tokens in SOURCES:
        if folder_of(path) not in ("web", "render") or re.fullmatch(r"html(_\w+)?\.[ch]", os.path.basename(path)):
            continue
        for _i, line, text in literals(tokens):
            if HTML.search(text):
                yield path, line, f"raw markup outside the HTML writer: {text.strip()[:50]!r}"


def rule_banned():
    for path, _text, tokens in SOURCES + OTHERS:
        for i, token in calls(tokens, set(BANNED)):
            if i > 0 and tokens[i - 1].text in (".", ">"):
                continue
            yield path, token.line, f"{token.text}() is banned"


def rule_size():
    for path, text, _tokens in SOURCES + OTHERS:
        lines = text.count("\n")
        if lines > MAX_LINES:
            yield path, lines, f"{lines} lines; more than {MAX_LINES} is two files"


# What was passed on is NULL: a function that asks afterwards says that nothing failed.
FORGOTTEN = re.compile(r"g_steal_pointer\(&(\w+)\)\);\s*(?:\}\s*)?return \1 == NULL")


def rule_errors_stay():
    for path, text, _tokens in SOURCES:
        for found in FORGOTTEN.finditer(text):
            yield path, text.count("\n", 0, found.start()) + 1, f"{found.group(1)} was passed on and is NULL by now"


# Function: which argument is the text that a person reads.
SPOKEN = {"g_set_error": 3, "g_set_error_literal": 3, "g_error_new": 2, "g_error_new_literal": 2,
          "g_prefix_error": 1, "g_prefix_error_literal": 1, "g_propagate_prefixed_error": 2,
          "g_print": 0, "g_printerr": 0, "cli_say": 1, "cli_usage": 1, "cli_fail": 1}
WORDS = re.compile(r"[A-Za-z]{2,}[,.:;]? +[A-Za-z]{2,}")


def rule_translated():
    for path, _text, tokens in SOURCES:
        for i, token in calls(tokens, SPOKEN):
            if i > 0 and tokens[i - 1].text in ("*", ".", ">"):
                continue
            for argument in arguments(tokens, i + 1)[SPOKEN[token.text]:]:
                # Only what stands bare: within _(…) it is not the argument's first token.
                if argument and argument[0].kind == "string":
                    text = "".join(unquote(t.text) for t in argument if t.kind == "string")
                    if WORDS.search(re.sub(r"%[-+ #0-9.*]*[a-zA-Z]+", "", text)):
                        yield path, argument[0].line, f"{token.text}: not through _(): {text[:50]!r}"


RULES = [
    ("floors look only downward", rule_floors),
    ("engines are pure", rule_engines_are_pure),
    ("SQL stands in src/store alone", rule_sql),
    ("markup is written by the HTML writer alone", rule_html),
    ("no banned function", rule_banned),
    (f"no file above {MAX_LINES} lines", rule_size),
    ("an error that was passed on is not asked about", rule_errors_stay),
    ("what a person reads goes through _()", rule_translated),
]


def main():
    failed = 0
    if not SOURCES:
        print("Bail out! there are no sources below " + ROOT)
        return 1
    print(f"1..{len(RULES)}")
    for number, (claim, rule) in enumerate(RULES, 1):
        found = list(rule())
        for path, line, what in found:
            print(f"# {path}:{line}: {what}")
        print(f"{'not ok' if found else 'ok'} {number} - {claim}")
        failed += bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
