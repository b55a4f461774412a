#!/usr/bin/env python3
"""man/zenhar.1 is what the commands' heads say: check_man.py ROOT [--write]. Prints TAP."""
import glob
import os
import subprocess
import sys
import tempfile

root = sys.argv[1]
path = os.path.join(root, "man", "zenhar.1")
with tempfile.TemporaryDirectory() as folder:
    made = os.path.join(folder, "zenhar.1")
    heads = sorted(glob.glob(os.path.join(root, "src", "cli", "cmd_*.c")))
    subprocess.run([sys.executable, os.path.join(root, "tools", "make_commands.py"), "--man", made, *heads], check=True)
    text = open(made, encoding="utf-8").read()
if "--write" in sys.argv:
    open(path, "w", encoding="utf-8").write(text)
    sys.exit(0)
same = os.path.exists(path) and open(path, encoding="utf-8").read() == text
print("1..1")
print(f"{'ok' if same else 'not ok'} 1 - the manual page says what the commands' heads say")
if not same:
    print("# man/zenhar.1 is old: make man")
sys.exit(0 if same else 1)
