"""tests/web/several.py: a PostgreSQL server of a test's own, `zenhar serve` beside `zenhar serve`, a browser that goes from
one to the other; for t_several.py."""
import html.parser
import http.client
import os
import subprocess
import time
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))


class Database:
    """tests/server.sh in a shell that does what it is told; gone with this process."""

    def __init__(self):
        words = f". '{HERE}/../server.sh' && folder=$(mktemp -d) && server_there && server_start >&2 && echo \"$server_root\" && while read -r line; do eval \"$line\" >&2; echo \"$?\"; done; server_stop; rm -rf \"$folder\""
        self.shell = subprocess.Popen(["/bin/sh", "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.root = self.shell.stdout.readline().strip()

    def tell(self, line):
        self.shell.stdin.write(line + "\n")
        self.shell.stdin.flush()
        return self.shell.stdout.readline().strip()

    def place(self, name, role="owner"):
        return f"postgresql://{role}@/coalition/{name}?host={self.root}"

    def sql(self, words):
        return subprocess.run(["psql", "-qAtX", "-h", self.root, "-U", "postgres", "-d", "coalition", "-c", words], capture_output=True, text=True).stdout.strip()

    def end(self):
        self.shell.stdin.close()
        self.shell.wait(60)


class Forms(html.parser.HTMLParser):
    """action → fields, values as they stand, of each form of a page."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.now = {}, [], {}
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        a = dict(pairs)
        if tag == "form":
            self.now = self.forms.setdefault(a.get("action"), {})
        elif tag == "input" and a.get("name"):
            self.now[a["name"]] = a.get("value", "")
        elif tag == "a":
            self.links.append(a.get("href", ""))


class Server:
    """One `zenhar serve`: lines of standard output are its address and two login links."""

    def __init__(self, zenhar, case, folder, *arguments):
        self.log = open(os.path.join(folder, f"serve-{time.monotonic_ns()}.err"), "wb")
        self.process = subprocess.Popen([zenhar, "serve", "--case", case, "--passphrase-file", "pw", *arguments], cwd=folder,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.lines = [self.process.stdout.readline().strip() for _ in range(3)]
        self.host = urllib.parse.urlparse(self.lines[0]).netloc
        self.token = urllib.parse.parse_qs(urllib.parse.urlparse(self.lines[2]).query).get("token", [""])[0]

    def end(self, signal=15):
        self.process.send_signal(signal)
        self.process.wait(20)
        self.log.close()


class Browser:
    """One jar of cookies by name, as behind one address; asks whichever server it is told."""

    def __init__(self):
        self.jar = {}

    def ask(self, server, method, target, body=None, headers=()):
        connection = http.client.HTTPConnection(server.host, timeout=60)
        given = dict(headers)
        if self.jar:
            given["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.jar.items())
        try:
            connection.request(method, target, body=body, headers=given)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.jar.pop(name, None) if "Max-Age=0" in cookie else self.jar.__setitem__(name, value)
        return answer.status, text

    def get(self, server, target):
        return self.ask(server, "GET", target)

    def post(self, server, target, fields):
        return self.ask(server, "POST", target, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def fill(self, server, page, action, fields, at=None):
        """The form of a page at one server, sent to it, or to another."""
        form = Forms(self.get(server, page)[1]).forms.get(action)
        return self.post(at or server, action, {**form, **fields}) if form is not None else (0, "no such form")

    def by_link(self, server, token):
        return self.post(server, "/en/login", {"token": token})[0]

    def enter(self, server, name, password, code=""):
        return self.post(server, "/en/enter", {"name": name, "password": password, "code": code})[0]
