#!/usr/bin/env python3
"""The Persian fragments, one a line: list_po.py ROOT"""
import glob
import os
import sys

print("\n".join(sorted(os.path.relpath(p, sys.argv[1]) for p in glob.glob(os.path.join(sys.argv[1], "po/fa/*.po")))))
