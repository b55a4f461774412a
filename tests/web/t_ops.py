#!/usr/bin/env python3
"""tests/web/t_ops.py ZENHAR: what those who run a server see: /health, /metrics, the JSON log. TAP.

A browser without scripts goes through every page and form it meets and puts names, numbers and codenames into every
field, address, header, cookie, method and file name it can; none of them may stand in the log or in the metrics."""
import html.parser
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ZENHAR = os.path.realpath(sys.argv[1])
FOLDER = tempfile.mkdtemp()
MARKS = ["لیلا آزمون", "Leila Azmoun", "09121234567", "۰۹۱۲۱۲۳۴۵۶۷", "tulip-at-dawn", "leila@example.org"]
# As they may come back: whole, in part, or as they are written in addresses.
TRACES = [t for m in MARKS for t in (m, urllib.parse.quote(m), urllib.parse.quote_plus(m), json.dumps(m)[1:-1])] + [
    "Leila", "Azmoun", "آزمون", "1234567", "tulip", "dawn", "leila"]
number = 0


def claim(name, passed, *words):
    global number
    number += 1
    print(("ok" if passed else "not ok"), number, "-", name)
    if not passed:
        for word in words:
            print("#", str(word)[:2000].replace("\n", "\n# "))
    return passed


def run(*arguments):
    return subprocess.run([ZENHAR, *arguments], cwd=FOLDER, capture_output=True, text=True)


class Page(html.parser.HTMLParser):
    """Links and forms of a page: each form as (method, action, kind, fields)."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.select, self.area = [], [], None, None
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        a = dict(pairs)
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(a["href"])
        elif tag == "form":
            self.forms.append((a.get("method", "get"), a.get("action"), a.get("enctype"), {}))
        elif self.forms and tag == "input" and a.get("name"):
            self.forms[-1][3][a["name"]] = (a.get("type", "text"), a.get("value", ""))
        elif self.forms and tag == "button" and a.get("name"):
            self.forms[-1][3][a["name"]] = ("hidden", a.get("value", ""))
        elif self.forms and tag == "textarea" and a.get("name"):
            self.forms[-1][3][a["name"]] = ("text", "")
        elif tag == "select":
            self.select = a.get("name")
        elif self.forms and tag == "option" and self.select:
            self.forms[-1][3].setdefault(self.select, ("hidden", a.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


class Server:
    def __init__(self, *arguments):
        self.log = open(os.path.join(FOLDER, "serve.err"), "wb")
        self.process = subprocess.Popen([ZENHAR, "serve", "--case", CASE, "--passphrase-file", "pw", *arguments], cwd=FOLDER,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.lines = [self.process.stdout.readline().strip() for _ in range(4)]
        self.host = urllib.parse.urlparse(self.lines[0]).netloc
        self.metrics_host = urllib.parse.urlparse(self.lines[3]).netloc
        self.cookie, self.sent = None, 0

    def ask(self, method, target, body=None, headers=(), host=None):
        connection = http.client.HTTPConnection(host or self.host, timeout=30)
        given = {"User-Agent": "tulip-at-dawn", "Referer": f"http://{self.host}/", **dict(headers)}
        if self.cookie and "Cookie" not in given:
            given["Cookie"] = self.cookie
        if host is None:
            self.sent += 1
        try:
            connection.request(method, target, body=body, headers=given)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            cookie = answer.getheader("Set-Cookie")
            if cookie and "Max-Age=0" not in cookie:
                self.cookie = cookie.split(";")[0]
            return answer.status, text, answer
        finally:
            connection.close()

    def post(self, target, fields):
        return self.ask("POST", target, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def metrics(self):
        status, text, answer = self.ask("GET", "/metrics", host=self.metrics_host)
        return text if status == 200 else ""

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        return open(os.path.join(FOLDER, "serve.err"), encoding="utf-8").read()


# ---- the exposition format, by its specification (version 0.0.4), strictly ----

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = r'\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-zA-Z_]))?)*\}'
VALUE = r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]Inf|NaN)"
SAMPLE = re.compile(rf"^({NAME})({LABELS})? ({VALUE})$")


def parse(text):
    """{family: (type, {(name, labels): value})}; an AssertionError says what is wrong."""
    assert text.endswith("\n") and "\r" not in text and "\n\n" not in text, "lines"
    families, current, helped = {}, None, set()
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            assert name not in helped, "two HELP: " + line
            helped.add(name)
            current = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name in helped and name not in families and re.fullmatch(NAME, name), line
            assert kind in ("counter", "gauge", "histogram", "summary", "untyped"), line
            families[name] = (kind, {})
            current = name
        else:
            match = SAMPLE.match(line)
            assert match and current, "no sample: " + line
            name, labels, value = match.groups()
            suffixes = ("_bucket", "_sum", "_count") if families[current][0] == "histogram" else ("",)
            assert any(name == current + s for s in suffixes), "out of its family: " + line
            pairs = tuple(re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"', labels or ""))
            assert len({k for k, _ in pairs}) == len(pairs), "a label twice: " + line
            assert (name, pairs) not in families[current][1], "twice: " + line
            families[current][1][name, pairs] = float(value)
    for family, (kind, samples) in families.items():
        if kind == "counter":
            assert family.endswith("_total") and all(v >= 0 for v in samples.values()), family
        if kind == "histogram":
            histograms = {}
            for (name, pairs), value in samples.items():
                key = tuple(p for p in pairs if p[0] != "le")
                histograms.setdefault(key, []).append((name[len(family):], dict(pairs).get("le"), value))
            for key, rows in histograms.items():
                buckets = [(float(le), v) for s, le, v in rows if s == "_bucket"]
                count = [v for s, _, v in rows if s == "_count"]
                total = [v for s, _, v in rows if s == "_sum"]
                assert buckets == sorted(buckets) and buckets[-1][0] == float("inf"), (family, key)
                assert len(count) == len(total) == 1 and buckets[-1][1] == count[0], (family, key)
                assert all(a[1] <= b[1] for a, b in zip(buckets, buckets[1:])), (family, key)
    return families


def filled(fields, turn):
    out = {}
    for i, (name, (kind, value)) in enumerate(fields.items()):
        if kind in ("hidden", "submit", "radio", "checkbox") or name == "form_token":
            out[name] = value
        elif kind == "file":
            continue
        else:
            out[name] = MARKS[(turn + i) % len(MARKS)]
    return out


def multipart(fields, turn):
    boundary, parts = "tulip-at-dawn-boundary", []
    for name, value in filled(fields, turn).items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')
    for name, (kind, _) in fields.items():
        if kind == "file":
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="Leila Azmoun.csv"\r\n'
                         f'Content-Type: text/csv\r\n\r\ndate,name,phone\n2025-06-13,{MARKS[0]},{MARKS[2]}\nnever,{MARKS[1]},x\n\r\n')
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def crawl(server):
    """Every page reached from the first, and every form on them; how many forms of which action."""
    waiting, seen, forms = ["/en/", "/fa/reports", "/en/send", "/en/login"], set(), {}
    turn = 0
    while waiting and len(seen) < 120:
        target = waiting.pop(0)
        plain = re.sub(r"\d+", "1", target.split("#")[0])
        if plain in seen or "/logout" in plain:
            continue
        seen.add(plain)
        status, text, answer = server.ask("GET", target.split("#")[0])
        if not (answer.getheader("Content-Type") or "").startswith("text/html"):
            continue
        page = Page(text)
        waiting += page.links
        for method, action, kind, fields in page.forms:
            action = action or target
            shape = (method, re.sub(r"\d+", "1", action.split("?")[0][3:]))
            if "logout" in action or forms.get(shape, 0) >= 2:
                continue
            forms[shape] = forms.get(shape, 0) + 1
            turn += 1
            if method == "get":
                server.ask("GET", action + "?" + urllib.parse.urlencode(filled(fields, turn)))
            elif kind == "multipart/form-data":
                server.ask("POST", action, *multipart(fields, turn))
            else:
                server.post(action, filled(fields, turn))
    return seen, forms


def stranger(server):
    """What no form offers."""
    q = urllib.parse.quote
    for mark in MARKS:
        for target in (f"/en/reports/{q(mark)}", f"/{q(mark)}", f"/en/?q={q(mark)}", f"/en/originals/{q(mark)}",
                       f"/en/sign/{q(mark)}", f"/en/login?token={q(mark)}", f"/api/records/{q(mark)}", f"/api/search?q={q(mark)}"):
            server.ask("GET", target)
    for name in ("Cookie", "Authorization", "Referer", "X-Forwarded-For", "Accept-Language", "Origin"):
        server.ask("GET", "/en/reports", headers={name: "Bearer tulip-at-dawn Leila"})
    server.ask("TULIP", "/en/reports")
    server.ask("POST", "/api/reports", json.dumps({"text": MARKS[0], "source": MARKS[4]}), {"Authorization": "Bearer zenhar_TK1_tulip"})
    server.ask("POST", "/en/add", "form_token=tulip&text=" + q(MARKS[0]), {"Content-Type": "application/x-www-form-urlencoded"})
    host, port = server.host.split(":")
    for words in (b"GET /tulip-at-dawn HTTP/9.9\r\n\r\n", b"Leila Azmoun\r\n\r\n", b"GET /en/ HTTP/1.1\r\nHost: tulip\r\nHost: dawn\r\n\r\n",
                  b"POST /en/add HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\ntext=Leila"):
        with socket.create_connection((host, int(port)), 10) as raw:
            raw.sendall(words)
            raw.settimeout(0.3)
            try:
                raw.recv(4096)
            except OSError:
                pass


# The case's own name is somebody's, too.
CASE = "leila-azmoun.zenhar"
open(os.path.join(FOLDER, "pw"), "w").write("a passphrase for a test\n")
open(os.path.join(FOLDER, "pwb"), "w").write("a passphrase for the inbox\n")
with open(os.path.join(FOLDER, "in.csv"), "w") as rows:
    rows.write("date,place,kind,name,phone,text,source\n")
    for i in range(4):
        rows.write(f"2025-06-{13 + i},Tehran,arrest,{MARKS[i % 2]},{MARKS[2]},{MARKS[0]} was taken,{MARKS[4]}\n")
    rows.write("never,Tehran,arrest,x,y,z,w\n")
given = ("--case", CASE, "--passphrase-file", "pw")
run("init", "--title", "Leila Azmoun", *given)
run("import", "in.csv", *given)
run("inbox", "make", *given, "--inbox-passphrase-file", "pwb")

server = Server("--metrics", "127.0.0.1:0", "--log", "json")
try:
    claim("three_lines_and_the_metrics_address", server.lines[3].endswith("/metrics"), server.lines)
    claim("the_application_is_well", server.ask("GET", "/health")[:2] == (200, "ok\n"))
    claim("metrics_are_not_the_applications", server.ask("GET", "/metrics")[0] == 404)
    claim("the_metrics_listener_has_nothing_else", [server.ask("GET", p, host=server.metrics_host)[0] for p in
                                                    ("/", "/en/", "/en/login", "/style.css", "/health")] == [404, 404, 404, 404, 200])
    before = parse(server.metrics())
    claim("never_verified_is_not_told_as_verified", "zenhar_verify_time_seconds" not in before)
    status, text, _ = server.ask("GET", server.lines[2].split(server.host)[1])
    token = urllib.parse.parse_qs(urllib.parse.urlparse(server.lines[2]).query)["token"][0]
    server.post("/en/login", {"token": token})
    claim("logged_in", server.ask("GET", "/en/")[0] == 200)
    seen, forms = crawl(server)
    claim("most_pages_and_forms_were_met", len(seen) > 25 and len(forms) >= 12, len(seen), sorted(forms))
    stranger(server)
    run("verify", *given)
    run("job", "add", "scan", *given)
    text = server.metrics()
    try:
        families, wrong = parse(text), None
    except AssertionError as error:
        families, wrong = {}, error
    claim("metrics_are_well_formed", wrong is None, wrong, text)
    n = {k: v[1] for k, v in families.items()}
    requests = sum(n["zenhar_http_requests_total"].values())
    claim("every_request_is_counted_once", server.sent <= requests <= server.sent + 4, server.sent, requests)
    claim("each_has_its_duration", requests == sum(v for (name, _), v in n["zenhar_http_request_duration_seconds"].items() if name.endswith("_count")))
    claim("routes_are_patterns", any(("route", "/reports/*") in labels for _, labels in n["zenhar_http_requests_total"]) and
          any(("status", "404") in labels for _, labels in n["zenhar_http_requests_total"]))
    records = {tuple(v for _, v in labels): value for (_, labels), value in n["zenhar_records"].items()}
    claim("the_quarantine_and_imports_are_counted", sum(v for k, v in records.items() if k[0] == "quarantine") >= 1 and
          records.get(("import", "done"), 0) >= 1, records)
    jobs = {labels[0][1]: value for (_, labels), value in n["zenhar_jobs"].items()}
    claim("jobs_are_counted_by_state", jobs.get("queued") == 1 and jobs.get("failed") == 0, jobs)
    alone = {k: next(iter(v.values())) for k, v in n.items() if len(v) == 1}
    claim("the_log_grows", alone["zenhar_log_entries"] > next(iter(before["zenhar_log_entries"][1].values())) > 0 and alone["zenhar_up"] == 1)
    claim("the_last_verification_is_told", alone.get("zenhar_verify_fits") == 1 and abs(alone["zenhar_verify_time_seconds"] - time.time()) < 600)
    claim("no_name_stands_in_the_metrics", not [t for t in TRACES if t in text], [t for t in TRACES if t in text], text)
    # The case goes away under the server, and comes back.
    os.rename(os.path.join(FOLDER, CASE), os.path.join(FOLDER, "away"))
    time.sleep(2.2)
    ill = server.ask("GET", "/health"), server.ask("GET", "/health", host=server.metrics_host), parse(server.metrics())
    os.rename(os.path.join(FOLDER, "away"), os.path.join(FOLDER, CASE))
    claim("a_case_that_does_not_open_is_told", ill[0][0] == ill[1][0] == 503 and list(ill[2]["zenhar_up"][1].values()) == [0], ill)
    time.sleep(2.2)
    claim("and_well_again", server.ask("GET", "/health")[0] == 200)
finally:
    log = server.stop()
lines = log.splitlines()
try:
    events, wrong = [json.loads(line) for line in lines], None
except ValueError as error:
    events, wrong = [], error
claim("each_line_of_the_log_is_json", wrong is None, wrong, log)
KEYS = {"request": {"time", "level", "event", "route", "method", "status", "ms", "bytes"}, "start": {"time", "level", "event", "version"},
        "stop": {"time", "level", "event", "version"}, "failed": {"time", "level", "event", "where", "code"}, "warning": {"time", "level", "event"}}
claim("with_known_fields_alone", all(set(e) == KEYS.get(e["event"]) for e in events), [e for e in events if set(e) != KEYS.get(e["event"])])
logged = [e for e in events if e["event"] == "request"]
claim("one_line_a_request", server.sent <= len(logged) <= server.sent + 4, server.sent, len(logged))
claim("begun_failed_and_ended", events[0]["event"] == "start" and events[-1]["event"] == "stop" and
      {"health", "metrics"} <= {e.get("where") for e in events}, [e for e in events if e["event"] != "request"])
claim("no_name_number_or_codename_stands_in_the_log", not [t for t in TRACES if t in log], [t for t in TRACES if t in log])
# The watch writes the same kind of lines: a folder with a named file, a feed that does not answer.
os.mkdir(os.path.join(FOLDER, "inbox"))
shutil.copy(os.path.join(FOLDER, "in.csv"), os.path.join(FOLDER, "inbox", "Leila Azmoun.csv"))
with open(os.path.join(FOLDER, "watch.conf"), "w") as config:
    config.write(f"[folder inbox]\npath = {FOLDER}/inbox\n\n[feed tulip]\nurl = http://127.0.0.1:9/leila-azmoun\nevery = 1 hour\n\n"
                 f"[atom dawn]\nfile = {FOLDER}/notices.xml\n")
os.utime(os.path.join(FOLDER, "inbox", "Leila Azmoun.csv"), (1, 1))
watched = run("watch", *given, "--config", "watch.conf", "--once", "--log", "json")
try:
    said = [json.loads(line) for line in watched.stderr.splitlines()]
except ValueError:
    said = []
claim("the_watch_logs_counts_alone", [e["event"] for e in said if e["event"] != "warning"] == ["start", "look", "stop"] and
      all(isinstance(v, int) for k, v in next(e for e in said if e["event"] == "look").items() if k not in ("time", "level", "event")) and
      not [t for t in TRACES if t in watched.stderr], watched)
bad = run("serve", *given, "--metrics", "here"), run("serve", *given, "--log", "xml")
claim("what_is_no_address_or_format_is_said", [b.returncode for b in bad] == [2, 2] and "127.0.0.1:9090" in bad[0].stderr and "json" in bad[1].stderr, bad)
shutil.rmtree(FOLDER)
print(f"1..{number}")
