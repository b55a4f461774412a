#!/usr/bin/env python3
"""Join the .po fragments (one a folder) and compile them: compile_po.py OUT.mo FRAGMENT..."""
import subprocess
import sys

out, fragments = sys.argv[1], sys.argv[2:]
joined = subprocess.run(["msgcat", "--use-first", *fragments], check=True, capture_output=True)
subprocess.run(["msgfmt", "--check-format", "-o", out, "-"], check=True, input=joined.stdout)
