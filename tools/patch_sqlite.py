#!/usr/bin/env python3
"""patch_sqlite.py SQLITE3.C OUT: the amalgamation of SQLite3 Multiple Ciphers with one error mended.

mcIoRead passes on a short read alone; every other error of a read (EIO of a dying disk) is replaced by
what decrypting the unread buffer says. For the write-ahead log that is success: recovery then takes the
unread frame for the log's end and the next writer overwrites commits that were acknowledged
(tests/faults finds it). Fails when the place is not there once: look then whether it was mended there."""
import sys

WRONG = """  int rc = REALFILE(pFile)->pMethods->xRead(REALFILE(pFile), buffer, count, offset);
  if (rc == SQLITE_IOERR_SHORT_READ)
"""
RIGHT = WRONG.replace("rc == SQLITE_IOERR_SHORT_READ", "rc != SQLITE_OK")

source = open(sys.argv[1], encoding="utf-8", newline="").read()
ends = "\r\n" if "\r\n" in source[:10000] else "\n"
wrong, right = (text.replace("\n", ends) for text in (WRONG, RIGHT))
if source.count(wrong) != 1:
    sys.exit(f"{sys.argv[1]}: mcIoRead is not as tools/patch_sqlite.py knows it; read it anew.")
open(sys.argv[2], "w", encoding="utf-8", newline="").write(source.replace(wrong, right))
