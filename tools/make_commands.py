#!/usr/bin/env python3
"""The table of commands and the manual page, from the head of each src/cli/cmd_NAME.c:

    /* COMMAND: NAME
     * SUMMARY: one line
     *
     * help text, shown by `zenhar NAME --help` and in the manual page
     */

make_commands.py --table OUT.c FILES...   writes the C table
make_commands.py --header OUT.h FILES...  declares the commands
make_commands.py --man OUT.1 FILES...     writes the manual page
"""
import re
import sys


def read_head(path):
    text = open(path, encoding="utf-8").read()
    match = re.match(r"/\* COMMAND: (\S+)\n \* SUMMARY: ([^\n]+)\n(.*?)\*/", text, re.S)
    if match is None:
        sys.exit(f"{path}: its first lines must be /* COMMAND: … and SUMMARY: …")
    name, summary, body = match.groups()
    lines = [re.sub(r"^ \* ?", "", line) for line in body.splitlines()]
    return name, summary.strip(), "\n".join(lines).strip("\n ")


def quote(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", '\\n"\n    "') + '"'


def table(out, heads):
    out.write('/* Made by tools/make_commands.py from the heads of src/cli/cmd_*.c. */\n')
    out.write('#include "commands.h"\n#include "base/i18n.h"\n\n')
    out.write("const CliCommand CLI_COMMANDS[] = {\n")
    for name, summary, body in heads:
        out.write(f"    {{ {quote(name)}, cmd_{name},\n    N_({quote(summary)}),\n    N_({quote(body)}) }},\n")
    out.write("};\nconst gsize CLI_N_COMMANDS = G_N_ELEMENTS(CLI_COMMANDS);\n")


def header(out, heads):
    out.write('/* Made by tools/make_commands.py. */\n#pragma once\n#include "cli/cli.h"\n\n')
    for name, _summary, _body in heads:
        out.write(f"CliFunc cmd_{name};\n")


def roff(text):
    return "\n".join("\\&" + line if line[:1] in ".'" else line
                     for line in text.replace("\\", "\\e").replace("-", "\\-").splitlines())


def man(out, heads):
    out.write('.\\" Made by tools/make_commands.py from the heads of src/cli/cmd_*.c.\n')
    out.write('.TH ZENHAR 1 "" "Zenhar" "User Commands"\n.SH NAME\n')
    out.write("zenhar \\- evidence, counts, warnings and letters about mass atrocities\n")
    out.write(".SH SYNOPSIS\n.B zenhar\n.I COMMAND\n[options] [FILES]\n.SH DESCRIPTION\n")
    out.write("Zenhar turns scattered reports into evidence that holds, counts that are honest, "
              "warnings that come in time, and letters that a UN desk can act on.\n.PP\n"
              "Common options: \\-\\-case FOLDER (or $ZENHAR_CASE), \\-\\-passphrase\\-file FILE, "
              "\\-\\-passphrase\\-fd N, \\-\\-lang en|fa, \\-\\-quiet, \\-\\-help. "
              "Machine output goes to standard output, words to standard error.\n.SH COMMANDS\n")
    for name, summary, body in heads:
        out.write(f".SS {name}\n{roff(summary)}\n.PP\n.nf\n{roff(body)}\n.fi\n")
    out.write(".SH EXIT STATUS\n0 done; 1 done with quarantined records or a failed verification; "
              "2 wrong usage; 3 cannot go on.\n"
              ".SH ENVIRONMENT\nZENHAR_CASE the case; ZENHAR_LANG en or fa; ZENHAR_THREADS how many threads; "
              "ZENHAR_DATA a folder whose data files take the bundled ones' place.\n")


kind, path, files = sys.argv[1], sys.argv[2], sys.argv[3:]
heads = sorted(read_head(f) for f in files)
with open(path, "w", encoding="utf-8") as out:
    {"--table": table, "--header": header, "--man": man}[kind](out, heads)
