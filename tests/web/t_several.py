#!/usr/bin/env python3
"""tests/web/t_several.py ZENHAR CHEAP_CASE: several `zenhar serve` on one case: in at one is in at all; links, codes and guesses
are counted together; writers at both; a server killed, the database started anew: what was answered stands, the log is
whole. On a PostgreSQL server; then what holds of two on a folder. Longer in a soak (ZENHAR_SOAK=1). TAP."""
import base64
import hashlib
import hmac
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from several import Browser, Database, Forms, Server

ZENHAR, CHEAP = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
FOLDER = tempfile.mkdtemp()
SOAK = bool(os.environ.get("ZENHAR_SOAK"))
os.environ.pop("ZENHAR_CASE", None)
os.environ["XDG_STATE_HOME"] = os.path.join(FOLDER, "state")
number = 0


def claim(name, passed, *words):
    global number
    number += 1
    print(("ok" if passed else "not ok"), number, "-", name, flush=True)
    for word in words if not passed else ():
        print("#", str(word)[:1500].replace("\n", "\n# "))


def run(*arguments, text=None):
    return subprocess.run([ZENHAR, *arguments], cwd=FOLDER, capture_output=True, text=True, input=text)


def totp(secret, step):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[19] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


def filled_case(place):
    """Forty reports of twenty names that are nearly alike, linked; an inbox; given: options that open it."""
    subprocess.run([CHEAP, place, "a passphrase of the test"], cwd=FOLDER, check=True)
    given = ("--case", place, "--passphrase-file", "pw")
    run("import", "in.csv", *given)
    run("link", *given)
    run("inbox", "make", *given, "--inbox-passphrase-file", "pwb")
    return given


def verified(given):
    end = run("verify", *given)
    return end.returncode == 0 and "Everything fits" in end.stderr, end.stderr


def at_once(*calls):
    """All calls begin together; what each gave."""
    gate, out = threading.Barrier(len(calls)), [None] * len(calls)

    def one(i):
        gate.wait()
        out[i] = calls[i]()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(len(calls))]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return out


def report(browser, server, words):
    """Adds a report by form; True: the server said that it stands."""
    status, text = browser.fill(server, "/en/add", "/en/add", {"date": "2025-06-28", "place": "Tehran", "kind": "arrest", "text": words, "source": "Test source"})
    return status == 200 and "Reports added: 1" in text


def account(given, name, role="documenter"):
    return run("user", "add", *given, "--role", role, name).stdout.strip().split()[-1]


with open(os.path.join(FOLDER, "in.csv"), "w") as rows:
    rows.write("date,place,kind,name,father,text,source\n")
    for i in range(40):
        person = f"{'Navid Kamyar Sohrab Parviz'.split()[i % 4]} {'Azmoun Azmoon'.split()[i // 4 % 2]}i{'abcde'[i // 8]}"
        rows.write(f"2025-06-{13 + i % 3},Tehran,arrest,{person},Rostam,Report {i}: {person} was taken,Source {i % 2}\n")
for name, words in (("pw", "a passphrase of the test\n"), ("pwb", "a passphrase for the inbox\n")):
    with open(os.path.join(FOLDER, name), "w") as file:
        file.write(words)


def sessions(a, b, given):
    one = Browser()
    claim("a_link_of_one_opens_at_another", one.by_link(b, a.token) == 303)
    claim("once_among_them", [Browser().by_link(s, a.token) for s in (a, b)] == [403, 403])
    claim("who_is_in_at_one_is_in_at_the_other", [one.get(s, "/en/reports")[0] for s in (a, b, a)] == [200, 200, 200])
    status, _ = one.fill(a, "/en/users", "/en/users", {"name": "lale", "role": "reader"}, at=b)
    claim("a_form_of_one_is_sent_to_the_other", status == 200 and "lale" in one.get(a, "/en/users")[1], status)
    claim("a_forged_token_is_not", one.post(b, "/en/users", {"form_token": "0" * 64, "name": "x-y", "role": "reader"})[0] == 400)
    race = Browser(), Browser()
    got = at_once(lambda: race[0].by_link(a, b.token), lambda: race[1].by_link(b, b.token))
    claim("of_two_who_spend_a_link_at_once_one_is_in", sorted(got) == [303, 403], got)
    two = race[got.index(303)]
    two.get(a, "/en/"), two.get(b, "/en/")
    kept = dict(two.jar)
    status, _ = two.fill(a, "/en/", "/en/logout", {})
    two.jar = kept
    claim("out_at_one_is_out_at_the_other", status == 303 and [two.get(s, "/en/")[0] for s in (b, a)] == [403, 403], status)
    return one


def accounts(a, b, given, admin):
    password = account(given, "sara")
    sara = Browser()
    claim("an_account_gets_in", sara.enter(a, "sara", password) == 303 and sara.get(b, "/en/account")[0] == 200)
    secret = Forms(sara.get(b, "/en/account")[1]).forms["/en/account/totp"]["secret"]
    step = int(time.time()) // 30
    status, text = sara.fill(b, "/en/account", "/en/account/totp", {"secret": secret, "code": totp(secret, step), "password": password}, at=a)
    claim("a_second_factor_is_set_across_both", status == 200, status, text)
    while int(time.time()) % 30 > 24:
        time.sleep(0.3)
    code = totp(secret, int(time.time()) // 30)
    got = at_once(lambda: Browser().enter(a, "sara", password, code), lambda: Browser().enter(b, "sara", password, code))
    claim("a_code_is_good_once_among_them", sorted(got)[0] == 303 and sorted(got)[1] in (403, 503), got)
    claim("and_not_later_at_either", [Browser().enter(s, "sara", password, code) for s in (b, a)] == [403, 403])
    return sara, secret


def guesses(a, b, given):
    password = account(given, "mina")
    known = Browser()
    claim("a_known_browser_has_its_cookie", known.enter(a, "mina", password) == 303 and any("device" in k for k in known.jar))
    got = [Browser().enter((a, b)[i % 2], "mina", "not the password") for i in range(10)]  # each alone would give ten
    claim("wrong_guesses_at_both_are_counted_together", got[:5] == [403] * 5 and 429 in got, got)
    for i in range(3):  # until the wait is long enough to be seen
        time.sleep(1.1 * 2 ** i)
        Browser().enter((a, b)[i % 2], "mina", "not the password")
    claim("a_stranger_waits_at_the_other_too", [Browser().enter(s, "mina", password) for s in (a, b)] == [429, 429])
    device = {k: v for k, v in known.jar.items() if "device" in k}
    known.jar = device
    claim("the_known_browser_waits_at_neither", known.enter(b, "mina", password) == 303, device)


def passwords(a, b, given, admin):
    password = account(given, "nima")
    here, there = Browser(), Browser()
    here.enter(a, "nima", password), there.enter(b, "nima", password)
    status, text = here.fill(a, "/en/account", "/en/account/password", {"old": password, "new": "quite another long one", "again": "quite another long one"})
    claim("a_changed_password_ends_the_other_sessions_everywhere",
          status == 200 and [there.get(s, "/en/")[0] for s in (b, a)] == [403, 403], status)
    claim("its_own_goes_on_at_both", [here.get(s, "/en/")[0] for s in (a, b)] == [200, 200])
    run("user", "password", *given, "nima")
    claim("one_from_the_command_line_ends_it_at_both", [here.get(s, "/en/")[0] for s in (b, a)] == [403, 403])
    password = run("user", "password", *given, "nima").stdout.strip().split()[-1]
    here = Browser()
    entered = here.enter(a, "nima", password), here.get(b, "/en/")[0]
    row = next(t for t in Forms(admin.get(a, "/en/users")[1]).links if re.fullmatch(r"/en/users/US\d+", t) and "nima" in admin.get(a, t)[1])
    status, _ = admin.fill(a, row, row, {"what": "disable", "reason": "test"})
    claim("an_account_shut_at_one_is_shut_at_the_other", entered == (303, 200) and status == 200 and [here.get(s, "/en/")[0] for s in (b, a)] == [403, 403], entered, status)


def shared_work(a, b, admin):
    status, _ = admin.fill(a, "/en/reports?q=taken", "/en/views", {"name": "Taken", "q": "taken"})
    claim("a_saved_view_of_one_is_at_the_other", status == 303 and "Taken" in admin.get(b, "/en/views")[1], status)
    sender = Browser()
    _, text = sender.fill(a, "/en/send", "/en/send", {"text": "They came at night."})
    code = re.search(r"(?:\d{4}[\s-]?){5}\d{4}", text)
    status, back = sender.fill(b, "/en/send", "/en/send/back", {"codename": code.group(0) if code else ""})
    claim("a_sender_comes_back_at_the_other", code is not None and status == 200 and "/en/send/more" in back, status, text)
    bound = "a-boundary-of-the-test"
    token = Forms(admin.get(a, "/en/add")[1]).forms["/en/upload"]["form_token"]
    parts = [("form_token", "", token), ("source", "", "Upload source"), ("file", '; filename="more.csv"', "date,place,kind,text\n2025-06-14,Shiraz,arrest,Uploaded words here\n")]
    body = "".join(f'--{bound}\r\nContent-Disposition: form-data; name="{n}"{f}\r\n\r\n{v}\r\n' for n, f, v in parts) + f"--{bound}--\r\n"
    status, text = admin.ask(b, "POST", "/en/upload", body.encode(), {"Content-Type": f"multipart/form-data; boundary={bound}"})
    claim("a_file_sent_to_one_is_read_at_the_other", status in (200, 303) and "Uploaded" in admin.get(a, "/en/reports?q=Uploaded")[1], status, text)


def contested(a, b, admin):
    """Two people, one pair, one report: one is written, the other gets a sentence."""
    page = admin.get(a, "/en/review")[1]
    action = next((f for f in Forms(page).forms if f and f.startswith("/en/review/")), None)
    fields = Forms(page).forms.get(action, {})
    other = Forms(admin.get(b, "/en/review")[1]).forms.get(action, {})
    fields.pop("answer", None), other.pop("answer", None)
    got = at_once(lambda: admin.post(a, action, {**fields, "answer": "same"}), lambda: admin.post(b, action, {**other, "answer": "different"})) if action else []
    claim("of_two_answers_about_a_pair_one_is_written", sorted(s for s, _ in got) == [303, 400] and any("Somebody else answered" in t for _, t in got), action, [s for s, _ in got])
    form = [Forms(admin.get(s, "/en/correct/R3")[1]).forms["/en/correct/R3"] for s in (a, b)]
    got = at_once(*[lambda i=i: admin.post((a, b)[i], "/en/correct/R3", {**form[i], "title": f"By {'one other'.split()[i]}", "reason": "test"}) for i in (0, 1)])
    claim("of_two_corrections_of_a_report_one_is_written", sorted(s for s, _ in got) == [303, 400] and any("Somebody else changed" in t for _, t in got), [s for s, _ in got])
    loser = [s for s, _ in got].index(400) if 400 in [s for s, _ in got] else 0
    again = {**Forms(got[loser][1]).forms["/en/correct/R3"], "title": "After a look", "reason": "test"}
    claim("who_looked_again_may_write", admin.post((a, b)[loser], "/en/correct/R3", again)[0] == 303 and "After a look" in admin.get(a, "/en/reports/R3")[1])


def besieged(database, place, given, admin, rounds):
    """Writers at both; each round one server is killed and another put in its place, or the database started anew."""
    servers, stop, kept, wrong = [Server(ZENHAR, place, FOLDER) for _ in (0, 1)], threading.Event(), [], []

    def writer(k):
        i, mine = 0, Browser()
        mine.jar = dict(admin.jar)
        while not stop.is_set():
            words = f"Besieged {k} {i} end"
            try:
                if report(mine, servers[k % 2], words):
                    kept.append(words)
            except (AttributeError, KeyError):
                wrong.append(words)
            i += 1
    threads = [threading.Thread(target=writer, args=(k,)) for k in range(3)]
    [t.start() for t in threads]
    for r in range(rounds):
        time.sleep(1.5)
        if database and r % 4 == 2:
            database.tell("server_control restart")
            continue
        servers[r % 2].end(9)
        servers[r % 2] = Server(ZENHAR, place, FOLDER)
    time.sleep(1)
    stop.set()
    [t.join() for t in threads]
    goes_on = [admin.get(s, "/en/")[0] for s in servers]
    [s.end() for s in servers]
    texts = run("list", "report", "--text", *given).stdout
    lost = [w for w in kept if texts.count(w) != 1]
    doubled = [w for w in set(re.findall(r"Besieged \d \d+ end", texts)) if texts.count(w) > 1]
    return len(kept), lost + doubled, goes_on


def on_a_server(database):
    place = database.place("several")
    given = filled_case(place)
    a, b = (Server(ZENHAR, place, FOLDER) for _ in (0, 1))
    claim("two_serve_one_case", a.token and b.token and a.host != b.host, a.lines, b.lines)
    admin = sessions(a, b, given)
    accounts(a, b, given, admin)
    guesses(a, b, given)
    passwords(a, b, given, admin)
    shared_work(a, b, admin)
    contested(a, b, admin)
    held = database.sql("SELECT string_agg(name || encode(bytes, 'escape'), ' ') FROM zenhar.cache WHERE name LIKE 'web/%'")
    token = Forms(admin.get(a, "/en/add")[1]).forms["/en/add"]["form_token"]
    claim("the_database_tells_no_token_and_no_name", len(held) > 200 and token not in held and "sara" not in held and "administrator" not in held)
    mine = database.sql("SELECT name FROM zenhar.cache WHERE name LIKE 'web/session/%' ORDER BY name").split()
    stranger = Browser()  # a session's value under another's name opens nothing
    stranger.jar = {k: "ab" * 32 for k in admin.jar if "device" not in k}
    database.sql(f"INSERT INTO zenhar.cache(case_id, name, part, sealed, bytes) SELECT case_id, 'web/session/' || repeat('0', 32), 0, 0, bytes FROM zenhar.cache WHERE name = '{mine[0]}'")
    claim("a_session_made_in_the_database_is_none", stranger.get(a, "/en/")[0] == 403)
    claim("everything_fits", *verified(given))
    a.end(9)
    claim("one_is_killed_and_the_session_goes_on_at_the_other", admin.get(b, "/en/reports")[0] == 200)
    database.tell("server_control restart")
    claim("the_database_is_started_anew_and_it_goes_on", admin.get(b, "/en/reports")[0] == 200)
    b.end()
    n, lost, goes_on = besieged(database, place, given, admin, 40 if SOAK else 4)
    claim("what_was_answered_stands_once_after_kills", n > 5 and not lost, n, lost)
    claim("and_the_session_too", goes_on == [200, 200], goes_on)
    claim("everything_fits_then", *verified(given))


def in_a_folder():
    """Two on a folder: sessions and links are each one's own; the rest holds."""
    place = os.path.join(FOLDER, "two.zenhar")
    given = filled_case(place)
    a, b = (Server(ZENHAR, place, FOLDER) for _ in (0, 1))
    admin, other = Browser(), Browser()
    claim("in_a_folder_each_has_its_own_links", admin.by_link(b, a.token) == 403 and admin.by_link(a, a.token) == 303 and other.by_link(b, b.token) == 303)
    claim("and_sessions", admin.get(a, "/en/")[0] == 200 and admin.get(b, "/en/")[0] == 403)
    password = account(given, "sara")
    here, there = Browser(), Browser()
    claim("an_account_gets_in_at_each", here.enter(a, "sara", password) == 303 and there.enter(b, "sara", password) == 303)
    secret = Forms(here.get(a, "/en/account")[1]).forms["/en/account/totp"]["secret"]
    here.fill(a, "/en/account", "/en/account/totp", {"secret": secret, "code": totp(secret, int(time.time()) // 30), "password": password})
    while int(time.time()) % 30 > 24:
        time.sleep(0.3)
    code = totp(secret, int(time.time()) // 30 + 1)
    got = [Browser().enter(a, "sara", password, code), Browser().enter(b, "sara", password, code)]
    claim("a_code_is_good_once_in_a_folder_too", got == [303, 403], got)
    here.fill(a, "/en/account", "/en/account/password", {"old": password, "new": "quite another long one", "again": "quite another long one"})
    claim("a_changed_password_ends_the_sessions_of_both", here.get(a, "/en/")[0] == 200 and there.get(b, "/en/")[0] == 403)
    form = [Forms(who.get(s, "/en/correct/R3")[1]).forms["/en/correct/R3"] for s, who in ((a, admin), (b, other))]
    got = at_once(*[lambda i=i: (admin, other)[i].post((a, b)[i], "/en/correct/R3", {**form[i], "title": f"By {i}", "reason": "test"})[0] for i in (0, 1)])
    claim("of_two_corrections_one_is_written_there_too", sorted(got) == [303, 400], got)
    got = at_once(*[lambda i=i: [report((admin, other)[i], (a, b)[i], f"Folder {i} {k} end") for k in range(5)] for i in (0, 1)])
    texts = run("list", "report", "--text", *given).stdout
    claim("writers_at_both_lose_nothing", got == [[True] * 5] * 2 and all(texts.count(f"Folder {i} {k} end") == 1 for i in (0, 1) for k in range(5)), got)
    [s.end() for s in (a, b)]
    claim("everything_fits_in_the_folder", *verified(given))


try:
    in_a_folder()
    database = Database()
    if database.root:
        try:
            on_a_server(database)
        finally:
            database.end()
    else:
        number += 1
        print("ok", number, "- several_on_a_server # SKIP PostgreSQL's server is not installed")
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
print(f"1..{number}")
