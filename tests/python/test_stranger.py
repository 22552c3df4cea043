"""The story of the stranger: a client written from docs/protocol.md alone reads what two phones wrote together.

It starts the real server and the real phones, from the folder DOORSTEP_BIN_DIR or else target/debug. Exit status 0 if
all holds, 1 with a message if not. No part of it is left running or lying about.
"""
import calendar
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import cbor2
import zstandard

import chunks
from stranger import ENTRIES, MAPS, TEXTS, VALUES, Problem, Stranger

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("DOORSTEP_BIN_DIR", ROOT / "target" / "debug"))
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("DOORSTEP_")} | {"DOORSTEP_PIN": "246810"}
# What `show` adds to the note from rows, and from what the phone itself knows.
NOT_OF_THE_NOTE = {"case_id", "case_system_ref", "conflicts", "name", "reason", "stage", "state", "version"}
LIMIT_S = 60
OURS, THEIRS = "P104247", "P104255"  # on the caseload of W101; of another worker of the team


class Failed(Exception):
    pass


def check(what, found, expected=True):
    if found != expected:
        raise Failed(f"{what}\n  expected {str(expected)[:2000]}\n  found    {str(found)[:2000]}")


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=20)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, arguments[1:]))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Server:
    def __init__(self, folder):
        self.data = folder / "server"
        self.run("import", "workers", ROOT / "demo" / "workers.csv")
        self.run("import", "people", ROOT / "demo" / "people.csv")

    def run(self, *arguments):
        return run(BINARIES / "doorstep", "--data-dir", self.data, *arguments, "--json")

    @contextlib.contextmanager
    def serving(self):
        command = [BINARIES / "doorstep", "--data-dir", self.data, "serve", "--listen", "127.0.0.1:0"]
        with open(self.data.parent / "server.log", "wb") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=ENVIRONMENT)
        try:
            first = process.stdout.readline()
            check("the server says where it listens", first.startswith("listening on http://"))
            self.address = first.split()[-1]
            yield self
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    def link(self, worker):
        return self.run("enrol", worker, "--server", self.address)["link"]


class Phone:
    def __init__(self, server, worker):
        self.folder = server.data.parent / f"phone-{worker}"
        self("enrol", server.link(worker))

    def __call__(self, *arguments):
        return run(BINARIES / "doorstep-phone", "--dir", self.folder, "--json", *arguments)


def enrolled(server, worker, **more):
    stranger = Stranger(**more)
    stranger.enrol(server.link(worker))
    return stranger


def milliseconds(text):
    whole, fraction = re.fullmatch(r"(.{19})(?:\.(\d{1,3}))?Z", text).groups()
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1000 + int((fraction or "0").ljust(3, "0"))


def as_the_note(shown):
    """What `show` prints, in the shape in which the stranger prints: times are milliseconds there."""
    def times(value):
        if isinstance(value, list):
            return [times(each) for each in value]
        if isinstance(value, dict):
            return {k: milliseconds(v) if v and (k == "at" or k.endswith("_at")) else times(v) for k, v in value.items()}
        return value
    shown = times({k: v for k, v in shown.items() if k not in NOT_OF_THE_NOTE})
    note = {k: shown.pop(k) for k in ["id", "private", "addenda", "finished", "recording_ms", *VALUES, *MAPS]}
    note["texts"] = {k: shown.pop(k) for k in TEXTS}
    note["entries"] = {k: shown.pop(k) for k in ENTRIES}
    check("show has no field that the stranger does not read", shown, {})
    return note | {"waiting_changes": 0}


def write_a_joint_note(ruth, imran):
    """Ruth begins, Imran joins, then both write apart: at one place, and different values into one field."""
    note = ruth("new", OURS, "home_visit")["id"]
    ruth("type", note, "Agnes was at home 😀 and well. Her nephew called.")
    ruth("type", note, "--at", 6, "--delete", 4, "sat ")
    ruth("mark", note, 30, 48, "third_party")
    ruth("set", note, "present.+", '{"name":"Bo","relationship":"nephew","private":"third_party"}')
    ruth("sync")
    imran("join", note)
    imran("sync")
    imran("type", note, "--at", 3, "👩‍🦽 ")
    imran("type", note, "--field", "strengths", "Reads 📚 ŵ, every day", "--spent-ms", 4000)
    imran("type", note, "--field", "strengths", "--at", 6, "--delete", 2, "")
    imran("mark", note, 0, 9, "do_not_share")
    imran("set", note, "actions.+", '{"what":"Ring the GP","by":"2026-12-01","done":false,"private":"do_not_share"}')
    imran("set", note, "feedback", '{"was_it_useful":"partly"}')
    imran("set", note, "ended_at", '"2026-11-22T06:10:00Z"')
    ruth("type", note, "--at", 3, "zz")
    ruth("type", note, "--at", 25, "--delete", 9, "")
    ruth("mark", note, 12, 16, "third_party")
    ruth("set", note, "actions.+", '{"what":"Order a rail","who":"Ruth"}')
    ruth("set", note, "outcomes.+", '{"text":"Safe at home","progress":"some"}')
    ruth("set", note, "feedback", '{"was_it_useful":"yes","copy_offered":true}')
    ruth("set", note, "review", '{"was":"annual","due":"2027-01-01"}')
    ruth("set", note, "ended_at", '"2026-11-22T06:05:00Z"')
    for phone in (ruth, imran, ruth):
        phone("sync")
    check("two values stand for one field", len(ruth("show", note)["conflicts"]) > 0)
    imran("finish", note)
    ruth("finish", note)
    for phone in (ruth, imran, ruth):
        phone("sync")
    imran("add", note, "Later: 👍")
    ruth("add", note, "The rail is ordered")
    for phone in (imran, ruth, imran):
        phone("sync")
    check("both phones show the same", as_the_note(imran("show", note)), as_the_note(ruth("show", note)))
    check("time was counted", sum(ruth("show", note)["recording_ms"].values()), 4000)
    return note


def the_bytes_on_the_page():
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    blocks = [bytes.fromhex(b) for b in re.findall(r"```\n(856f4a83[0-9a-f\n]+)```", page)]
    check("chunks on the page", len(blocks), 3)
    for block in blocks[:2]:
        check("the hash of a genesis stands on the page", chunks.read_chunk(block)[0].hash.hex() in page)
    whole = chunks.Document([blocks[2], blocks[0]])
    body = whole.map(None)["body"].id
    check("the example's body", whole.text(body), ("Hi 😀", []))
    check("a change waits for what it depends on", len(chunks.Document(blocks[2:]).waiting), 1)
    for broken in (blocks[2][:-1], blocks[2][:-1] + b"\x01"):
        try:
            chunks.read_chunk(broken)
        except ValueError:
            continue
        raise Failed("a broken chunk was read")


def the_stranger_reads(server, ruth, note):
    stranger = enrolled(server, "W101")
    stranger.pull()
    check("the stranger reads what the phone shows", stranger.notes(), [as_the_note(ruth("show", note))])
    kinds = [chunk[8] for chunk in stranger.documents[uuid.UUID(note).bytes]["chunks"]]
    check("document chunks, one of each phone", kinds.count(0), 2)
    check("change chunks", kinds.count(1) > 10)
    command = [sys.executable, pathlib.Path(__file__).with_name("stranger.py"), server.link("W101")]
    check("the program prints the same", [run(*command)], stranger.notes())
    return stranger


def people_come_and_go(server, imran, stranger):
    before = stranger.notes()
    note = imran("new", THEIRS, "phone_call")["id"]
    imran("type", note, "She rang back.")
    imran("sync")
    stranger.pull()
    check("a note of a colleague's person does not come", stranger.notes(), before)
    server.run("allocate", THEIRS, "W101")
    stranger.pull()
    found = [each for each in stranger.notes() if each["id"] == note]
    check("it comes in a fill with the person", found, [as_the_note(imran("show", note))])
    server.run("allocate", THEIRS, "W105")
    stranger.pull()
    check("it leaves with the person", stranger.notes(), before)


def refused(stranger, body):
    try:
        stranger.send(body)
    except Problem as problem:
        check("an error is a problem document", problem.headers["Content-Type"], "application/problem+json")
        check("its type", problem.more["type"], f"/problems/{problem.code}")
        return problem.status, problem.code
    raise Failed("the server took what it should refuse")


def what_the_page_promises_of_errors(server, stranger):
    body = zstandard.compress(cbor2.dumps(stranger.request()))
    for name, changed in {"packed": body[:-5], "plain": zstandard.compress(cbor2.dumps(stranger.request())[:-5])}.items():
        check(f"a truncated body, {name}", refused(stranger, changed), (400, "message_malformed"))
    version = zstandard.compress(cbor2.dumps(stranger.request() | {0: 2}))
    check("another version", refused(stranger, version), (400, "protocol_unsupported"))
    token, stranger.token = stranger.token, "no.such.token"
    check("a wrong token", refused(stranger, body), (401, "token_invalid"))
    stranger.pull()
    check("it got a new token", stranger.token not in ("no.such.token", token))
    late = enrolled(server, "W101", local_ms=lambda: int(time.time() * 1000) + 3_600_000)
    late.pull()
    check("a clock that is an hour fast is set right", abs(late.ahead_ms + 3_600_000) < 5_000)
    check("and reads the same", late.notes(), stranger.notes())


def an_unknown_cursor(stranger):
    stranger.pull()
    notes, rows = stranger.notes(), dict(stranger.rows)
    stranger.cursor = b"of another server"
    answer = stranger.ask()
    check("rewound, with nothing, and a cursor to begin with", (answer[9], answer[3], answer[4], answer[5], answer[6]),
          (True, [], [], [], b""))
    stranger.pull()
    check("it began again, and has the same notes", stranger.notes(), notes)
    check("and the same rows", stranger.rows, rows)


def answers_of_a_later_server(stranger):
    """What the real server never sends in this story, given to the client by hand."""
    person, note = uuid.uuid4().bytes, uuid.uuid4().bytes
    plain = {0: 1, 1: 0, 2: [], 3: [], 4: [], 5: [], 6: b"next", 7: False, 8: 0, 9: False, 10: False}

    def row(number, kind, body):
        return {0: number, 1: kind, 2: cbor2.dumps(body), 44: "later"}
    notes, actor = stranger.notes(), stranger.actor
    rows = [row(900, 77, 5), row(900, 0, {0: person, 1: "P1", 2: "A", 4: False, 90: 1}),
            row(901, 6, {0: "reset", 1: note}), row(901, 6, {0: "later_order", 1: note})]
    check("more is false", stranger.take_in(plain | {4: rows, 99: "later"}), False)
    check("unknown keys and rows are skipped", stranger.notes(), notes)
    check("a reset asks for the history", stranger.fills, [{0: [1, [note]], 1: 0}])
    stranger.take_in(plain)
    check("a fill that had no room is asked again", stranger.fills, [{0: [1, [note]], 1: 0}])
    stranger.take_in(plain | {5: [{0: [1, [note]], 1: [], 2: 7}]})
    check("a fill goes on at its next", stranger.fills, [{0: [1, [note]], 1: 7}])
    stranger.take_in(plain | {5: [{0: [1, [note]], 1: []}]})
    stranger.take_in(plain | {4: [row(902, 6, {0: "new_actor"})]})
    check("a fresh actor", stranger.actor != actor)
    actor = stranger.actor
    stranger.take_in(plain | {10: True, 4: [row(902, 6, {0: "new_actor"}), row(5, 2, {0: "W101", 1: "R"})]})
    check("rows_anew dropped the rows", list(stranger.rows), [(2, "W101")])
    check("an old order is not carried out again", (stranger.actor, stranger.fills), (actor, []))


def story(folder):
    the_bytes_on_the_page()
    with Server(folder).serving() as server:
        ruth, imran = Phone(server, "W101"), Phone(server, "W102")
        note = write_a_joint_note(ruth, imran)
        stranger = the_stranger_reads(server, ruth, note)
        people_come_and_go(server, imran, stranger)
        what_the_page_promises_of_errors(server, stranger)
        an_unknown_cursor(stranger)
        answers_of_a_later_server(stranger)


def stop(number, _frame):
    raise Failed(f"it took more than {LIMIT_S} s" if number == signal.SIGALRM else "it was told to stop")


def main():
    missing = [name for name in ("doorstep", "doorstep-phone") if not (BINARIES / name).is_file()]
    if missing:
        print(f"not built: {', '.join(missing)} in {BINARIES}", file=sys.stderr)
        return 1
    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, stop)
    signal.alarm(LIMIT_S)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="doorstep-stranger-") as folder:
        try:
            story(pathlib.Path(folder))
        except (Failed, Problem, subprocess.TimeoutExpired) as failed:
            print(f"failed: {failed}", file=sys.stderr)
            return 1
    print(f"the stranger reads what the phones wrote ({time.monotonic() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
