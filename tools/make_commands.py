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
make_commands.py --man-fa OUT.1 MO FILES...  writes it in Persian, by the compiled catalogue
make_commands.py --bash OUT FILES...      writes the completion for bash
"""
import gettext
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


ENGLISH = {
    "made": "from the heads of src/cli/cmd_*.c", "manual": "User Commands",
    "NAME": "NAME", "SYNOPSIS": "SYNOPSIS", "DESCRIPTION": "DESCRIPTION", "COMMANDS": "COMMANDS", "EXIT STATUS": "EXIT STATUS",
    "ENVIRONMENT": "ENVIRONMENT", "usage": "[options] [FILES]",
    "name": "evidence, counts, warnings and letters about mass atrocities",
    "what": "Zenhar turns scattered reports into evidence that holds, counts that are honest, "
            "warnings that come in time, and letters that a UN desk can act on.",
    "common": "Common options: --case FOLDER (or $ZENHAR_CASE), --passphrase-file FILE, "
              "--passphrase-fd N, --lang en|fa, --quiet, --help. "
              "Machine output goes to standard output, words to standard error.",
    "status": "0 done; 1 done with quarantined records or a failed verification; 2 wrong usage; 3 cannot go on.",
    "variables": "ZENHAR_CASE the case; ZENHAR_LANG en or fa; ZENHAR_THREADS how many threads; "
                 "ZENHAR_DATA a folder whose data files take the bundled ones' place.",
}
PERSIAN = {
    "made": "from the heads of src/cli/cmd_*.c and po/fa", "manual": "فرمان‌های کاربر",
    "NAME": "نام", "SYNOPSIS": "کاربرد", "DESCRIPTION": "شرح", "COMMANDS": "فرمان‌ها", "EXIT STATUS": "وضعیت پایان",
    "ENVIRONMENT": "متغیرهای محیط", "usage": "[options] [FILES]",
    "name": "سند، شمارش، هشدار و نامه دربارهٔ جنایت‌های گسترده",
    "what": "زنهار گزارش‌های پراکنده را به سندی استوار، شماری درست، هشداری به‌هنگام و نامه‌ای درخور پاسخ بدل می‌کند.",
    "common": "گزینه‌های مشترک: --case FOLDER (یا $ZENHAR_CASE)، --passphrase-file FILE، --passphrase-fd N، "
              "--lang en|fa، --quiet، --help. خروجی ماشینی به خروجی استاندارد می‌رود و عبارت‌ها به خروجی خطا.",
    "status": "۰ انجام شد؛ ۱ انجام شد با رکوردهای قرنطینه‌شده یا وارسی‌ای که نخواند؛ ۲ کاربرد نادرست؛ ۳ نمی‌توان ادامه داد.",
    "variables": "ZENHAR_CASE پرونده؛ ZENHAR_LANG en یا fa؛ ZENHAR_THREADS شمار رشته‌ها؛ ZENHAR_DATA پوشه‌ای که "
                 "فایل‌های دادهٔ آن جای فایل‌های درون برنامه را می‌گیرد.",
}


def man(out, heads, words=ENGLISH, translate=str):
    out.write(f'.\\" Made by tools/make_commands.py {words["made"]}.\n')
    out.write(f'.TH ZENHAR 1 "" "Zenhar" "{words["manual"]}"\n.SH {words["NAME"]}\n')
    out.write(f"zenhar \\- {words['name']}\n")
    out.write(f".SH {words['SYNOPSIS']}\n.B zenhar\n.I COMMAND\n{words['usage']}\n.SH {words['DESCRIPTION']}\n")
    out.write(f"{roff(words['what'])}\n.PP\n{roff(words['common'])}\n.SH {words['COMMANDS']}\n")
    for name, summary, body in heads:
        out.write(f".SS {name}\n{roff(translate(summary))}\n.PP\n.nf\n{roff(translate(body))}\n.fi\n")
    out.write(f".SH {words['EXIT STATUS']}\n{roff(words['status'])}\n"
              f".SH {words['ENVIRONMENT']}\n{roff(words['variables'])}\n")


def man_fa(out, heads):
    with open(catalogue, "rb") as file:
        man(out, heads, PERSIAN, gettext.GNUTranslations(file).gettext)


def completion(out, heads):
    """Commands, then the words of a command's own help: its options, and what may stand right behind its name."""
    out.write("# Made by tools/make_commands.py from the heads of src/cli/cmd_*.c.\n_zenhar() {\n"
              "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
              "    case $before in\n"
              "    --lang) mapfile -t COMPREPLY < <(compgen -W 'en fa' -- \"$word\"); return ;;\n"
              "    --case) mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return ;;\n    esac\n"
              "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
              f"        words='{' '.join(name for name, _, _ in heads)} --help'\n    else\n        case ${{COMP_WORDS[1]}} in\n")
    common = ["--case", "--passphrase-file", "--passphrase-fd", "--lang", "--quiet", "--help"]
    for name, _summary, body in heads:
        options = sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", body)) | set(common))
        verbs = sorted(set(re.findall(rf"^zenhar {name} ([a-z]+)\b", body, re.M)))
        out.write(f"        {name}) words='{' '.join(options)}'\n")
        if verbs:
            out.write(f"            [ \"$COMP_CWORD\" -eq 2 ] && words=\"{' '.join(verbs)} $words\"\n")
        out.write("            ;;\n")
    out.write("        esac\n    fi\n"
              "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"; compgen -f -- \"$word\")\n"
              "}\ncomplete -o filenames -F _zenhar zenhar\n")


kind, path, files = sys.argv[1], sys.argv[2], sys.argv[3:]
catalogue = files.pop(0) if kind == "--man-fa" else None
heads = sorted(read_head(f) for f in files)
with open(path, "w", encoding="utf-8") as out:
    {"--table": table, "--header": header, "--man": man, "--man-fa": man_fa, "--bash": completion}[kind](out, heads)
