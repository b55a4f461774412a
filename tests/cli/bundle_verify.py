#!/usr/bin/env python3
"""A second verifier of bundles, written from docs/bundle.md alone: bundle_verify.py FOLDER KEY-IN-HEX. Ends with 0 when all
fits, else says what does not and ends with 1. Nothing of Zenhar; hashlib, and openssl for Ed25519."""
import datetime
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

H = lambda data: hashlib.sha256(data).digest()
FOLDER, KEY = sys.argv[1], bytes.fromhex(sys.argv[2])
OPERATIONS = {"insert": 1, "update": 2, "remove": 3}


class Misfit(Exception):
    pass


def need(fits, words):
    if not fits:
        raise Misfit(words)


def read(name):
    path = os.path.join(FOLDER, name)
    need(os.path.isfile(path) and not os.path.islink(path), f"{name} is missing")
    with open(path, "rb") as file:
        return file.read()


def signed(message, signature, words):
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for name, data in zip(names, (bytes.fromhex("302a300506032b6570032100") + KEY, message, signature)):
            with open(name, "wb") as file:
                file.write(data)
        run = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin",
                              "-in", names[1], "-sigfile", names[2]], capture_output=True)
    need(run.returncode == 0, words)


# ---- RFC 9162, 2.1.3.2 and 2.1.4.2 ----

def node(left, right):
    return H(b"\1" + left + right)


def inclusion(leaf, index, size, path):
    need(0 <= index < size, "its position is beyond the head")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        need(sn != 0, "its path is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "its path is too short")
    return r


def consistent(first, first_root, second, second_root, path):
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second:
        return False
    path = list(path)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(tree(leaves[:k]), tree(leaves[k:]))


# ---- heads ----

def head_bytes(case, head):
    return (b"zenhar tree head 1".ljust(24, b"\0") + case + struct.pack(">QQQ", head["number"], head["size"], head["time_seconds"])
            + bytes.fromhex(head["root"]) + bytes.fromhex(head["previous"]))


def check_heads(bundle, case):
    heads = bundle["heads"] + [bundle["head"]]
    newest = bundle["head"]
    before = None
    for head in heads:
        name = f"head {head['number']}"
        message, signature = head_bytes(case, head), bytes.fromhex(head["signature"])
        signed(message, signature, f"{name}: its signature")
        need(read(f"heads/{head['number']}.bin") == message and read(f"heads/{head['number']}.sig") == signature, f"{name}: its files")
        when = datetime.datetime.fromtimestamp(head["time_seconds"], datetime.timezone.utc)
        need(head["time"] == when.strftime("%Y-%m-%dT%H:%M:%SZ"), f"{name}: its time")
        if before:
            need(before["number"] < head["number"] and before["size"] < head["size"], f"{name}: its order")
            if before["number"] + 1 == head["number"]:
                need(bytes.fromhex(head["previous"]) == H(head_bytes(case, before)), f"{name}: previous")
        if head is not newest:
            need(consistent(head["size"], bytes.fromhex(head["root"]), newest["size"], bytes.fromhex(newest["root"]),
                            [bytes.fromhex(c) for c in head["consistency"]]), f"{name}: consistency")
        before = head
    files = {f"{head['number']}.{end}" for head in heads for end in ("bin", "sig")}
    need(set(os.listdir(os.path.join(FOLDER, "heads"))) == files, "heads: other files")
    return heads


def check_log(bundle, heads):
    if not bundle["log"]:
        return None
    data = read("log.bin")
    need(len(data) == 40 * bundle["head"]["size"], "log.bin: its length")
    leaves = [H(b"\0" + data[i:i + 40]) for i in range(0, len(data), 40)]
    for head in heads:
        need(tree(leaves[:head["size"]]) == bytes.fromhex(head["root"]), f"log.bin: the root of head {head['number']}")
    return data


# ---- records ----

def parse(record):
    need(record[:1] == b"\1", "version of a record")
    kind, number, at, fields = record[1], struct.unpack("<q", record[2:10])[0], 10, {}
    while at < len(record):
        field, letter = record[at], chr(record[at + 1])
        if letter in "ir":
            fields[field] = (letter, struct.unpack("<q" if letter == "i" else "<d", record[at + 2:at + 10])[0])
            at += 10
        else:
            n = struct.unpack("<I", record[at + 2:at + 6])[0]
            need(letter in "tb" and at + 6 + n <= len(record), "a field of a record")
            fields[field] = (letter, record[at + 6:at + 6 + n])
            at += 6 + n
    return kind, number, fields


def reading(fields, columns):
    epoch, said = datetime.datetime(1970, 1, 1), {}
    for field, (letter, value) in fields.items():
        name, kind, *prefix = columns[field - 1]
        if kind == "sealed":
            value = {"sealed": len(value)}
        elif letter == "b":
            value = {"hex": value.hex()}
        elif letter == "t":
            value = value.decode()
        elif kind == "boolean":
            value = value != 0
        elif kind == "letter":
            value = chr(value)
        elif kind == "record":
            value = f"{prefix[0]}{value}"
        elif kind == "day" and -719162 <= value <= 2932896:
            value = (epoch + datetime.timedelta(days=value)).strftime("%Y-%m-%d").rjust(10, "0")
        elif kind == "time":
            value = (epoch + datetime.timedelta(seconds=value)).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
        said[name] = value
    return said


def check_line(line, kinds, head, log, order):
    prefix, number = re.fullmatch(r"([A-Z]+)(\d+)", line["id"]).groups()
    kind = next(k for k in kinds.values() if k["prefix"] == prefix)
    entry = bytes.fromhex(line["entry"])
    need(len(entry) == 40 and entry[:8] == bytes([kind["number"], OPERATIONS[line["operation"]]]) + int(number).to_bytes(6, "big"),
         f"{line['id']}: its entry")
    need(order < (kind["number"], int(number)), f"{line['id']}: its order")
    leaf = H(b"\0" + entry)
    need(leaf.hex() == line["leaf_hash"], f"{line['id']}: its leaf hash")
    root = inclusion(leaf, line["position"], head["size"], [bytes.fromhex(p) for p in line["path"]])
    need(root.hex() == head["root"], f"{line['id']}: its path")
    need(log is None or log[40 * line["position"]:40 * line["position"] + 40] == entry, f"{line['id']}: its place in log.bin")
    if "record" in line:
        record = bytes.fromhex(line["record"])
        need(H(record) == entry[8:], f"{line['id']}: its bytes")
        which, own, fields = parse(record)
        need((which, own) == (kind["number"], int(number)), f"{line['id']}: its bytes are another's")
        need(reading(fields, kind["columns"]) == line["fields"], f"{line['id']}: its fields")
    else:
        need(isinstance(line["withheld"], str) and "original" not in line, f"{line['id']}: neither shown nor withheld")
    if "original" in line:
        need(re.fullmatch(rf"originals/{line['id']}(\.\w+)?", line["original"]), f"{line['id']}: its file's name")
        data = read(line["original"])
        need(H(data).hex() == line["fields"]["sha256"]["hex"] and len(data) == line["fields"]["bytes"], f"{line['original']}: its bytes")
    return kind["number"], int(number)


def names(lines, who, column, what):
    return who in lines and lines[who].get("fields", {}).get(column) == what


def check_rests(lines, kinds):
    numbers = {k["prefix"]: k["number"] for k in kinds.values()}
    split = lambda identity: re.fullmatch(r"([A-Z]+)(\d+)", identity).groups()
    for line in lines.values():
        for step in line.get("rests_on", []):
            own, other, by = line["id"], step["id"], step.get("by")
            need(other in lines, f"{own} rests on {other}, which is not there")
            if by is None:
                continue
            if "." in by:
                who, column = by.split(".")
                fits = who == other and names(lines, who, column, own)
            elif re.fullmatch(r"LK\d+", by):
                link = lines.get(by, {}).get("fields", {})
                ends = [(numbers[split(i)[0]], int(split(i)[1])) for i in (own, other)]
                fits = [(link.get("from_kind"), link.get("from_id")), (link.get("to_kind"), link.get("to_id"))] == ends
            else:
                fits = names(lines, own, by, other)
            need(fits, f"{own} rests on {other}: {by}")


def check_records(bundle, log):
    text, order, lines = read("records.jsonl"), (0, 0), {}
    need(text.endswith(b"\n") or not text, "records.jsonl is cut")
    for raw in text.split(b"\n")[:-1]:
        line = json.loads(raw)
        order = check_line(line, bundle["kinds"], bundle["head"], log, order)
        lines[line["id"]] = line
    check_rests(lines, bundle["kinds"])
    counts = [len(lines), sum("record" not in l for l in lines.values()), sum("original" in l for l in lines.values())]
    need([bundle["records"], bundle["withheld"], bundle["originals"]] == counts, "bundle.json: its counts")


# ---- the manifest ----

def check_manifest():
    manifest = read("manifest-sha256.txt")
    signed(manifest, read("manifest.sig"), "manifest-sha256.txt: its signature")
    listed = set()
    for line in manifest.decode().splitlines():
        digest, name = re.fullmatch(r"([0-9a-f]{64})  ((?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)?[A-Za-z0-9_-][A-Za-z0-9._-]*)", line).groups()
        need(H(read(name)).hex() == digest, f"{name}: not as in the manifest")
        listed.add(name)
    found = set()
    for folder, _, files in os.walk(FOLDER):
        found |= {os.path.relpath(os.path.join(folder, name), FOLDER) for name in files}
    need(found == listed | {"manifest-sha256.txt", "manifest.sig"}, f"other files: {found ^ listed}")


def main():
    try:
        bundle = json.loads(read("bundle.json"))
        need(bundle["format"] == "zenhar bundle 1", "bundle.json: its format")
        need(bytes.fromhex(bundle["public_key"]) == KEY, "bundle.json: another key")
        heads = check_heads(bundle, bytes.fromhex(bundle["case_id"]))
        check_records(bundle, check_log(bundle, heads))
        check_manifest()
    except (Misfit, ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration, struct.error, OSError) as misfit:
        print(f"does not fit: {type(misfit).__name__}: {misfit}")
        return 1
    print("fits")
    return 0


sys.exit(main())
