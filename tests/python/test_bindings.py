"""The bindings' story: Ruth's phone is an app in Python that holds the notebook through UniFFI.

A real server runs beside it. She enrols, writes a note while the server cannot be reached, is killed in the middle of
typing and loses no key that the notebook had taken, finishes, sends, and the case system reads what she wrote. The
same story is told in Kotlin, from another side: tests/kotlin.

Exits with 0 when the story held, and with 1 and a sentence when it did not.
"""

import csv
import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("DOORSTEP_BIN_DIR", ROOT / "target/debug"))
BINDINGS = BIN.parent / "bindings/python"
LIBRARY = "libdoorstep_ffi" + (".dylib" if sys.platform == "darwin" else ".so")
PERSON, WORKER = "P104201", "W101"
PATIENCE_S = 30
PICTURE = b"\x89PNG\r\n\x1a\n as far as anybody looks"
PICTURE_SHA256 = hashlib.sha256(PICTURE).hexdigest()


def check(holds, sentence):
    """A part of the story that has to hold."""
    if not holds:
        raise AssertionError(sentence)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    name = " ".join(Path(str(part)).name for part in command[:3])
    check(done.returncode == 0, f"'{name}' ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


# The bindings.


def bindings():
    """Writes the Python side beside a copy of the library."""
    library = BIN / LIBRARY
    if not library.exists():
        build = ["build", "--features", "doorstep-ffi/cli", "--lib", "--bins"]
        run(os.environ.get("CARGO", "cargo"), *build, "-p", "doorstep-ffi", "-p", "doorstep-server")
    shutil.rmtree(BINDINGS, ignore_errors=True)
    run(BIN / "uniffi-bindgen", "generate", "--language", "python", "--out-dir", BINDINGS, "--no-format", library)
    shutil.copy2(library, BINDINGS / LIBRARY)


def core():
    sys.path.insert(0, str(BINDINGS))
    import doorstep_ffi

    return doorstep_ffi


# The app's side: clock, dice, the way to the server.


def app(ffi):
    class Clock(ffi.Clock):
        def now_ms(self):
            return time.time_ns() // 1_000_000

    class Dice(ffi.Dice):
        def bytes(self, count):
            return os.urandom(count)

    return Clock(), Dice()


def transport(ffi, server):
    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)

    class Transport(ffi.Transport):
        def send(self, request):
            headers = {header.name: header.value for header in request.headers}
            asked = urllib.request.Request(server + request.path, request.body, headers, method=request.method)
            try:
                answer = opener.open(asked, timeout=PATIENCE_S)
            except urllib.error.HTTPError as refused:
                answer = refused
            # No answer at all is left to raise: the core takes any exception as an unreachable server.
            with answer:
                given = [ffi.HttpHeader(name=name, value=value) for name, value in answer.headers.items()]
                return ffi.HttpResponse(status=answer.status, headers=given, body=answer.read())

    return Transport()


def open_book(ffi, folder, pin):
    """As an app does it: the store's key is random, and only the PIN brings it back from the vault."""
    clock, dice = app(ffi)
    vault = folder / "vault.json"
    if not vault.exists():
        folder.mkdir(parents=True)
        vault.write_bytes(ffi.seal_key(os.urandom(32), pin, dice))
    key = ffi.unseal_key(vault.read_bytes(), pin)
    return ffi.Notebook.open(str(folder / "notes.db"), key, clock, dice, None, "python-story 1.0")


# The server.


class Server:
    """`doorstep serve` on a port that the system chose, with the demo team."""

    def __init__(self, folder):
        self.data = folder / "server"
        self.process = None
        for what in ["workers", "people"]:
            self.do("import", what, ROOT / f"demo/{what}.csv")

    def do(self, *command):
        return run(BIN / "doorstep", "--data-dir", self.data, *command)

    def start(self, listen="127.0.0.1:0"):
        serve = [BIN / "doorstep", "--data-dir", self.data, "serve", "--listen", listen]
        self.log = open(self.data.parent / "server.log", "ab")
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if line.startswith("listening on "):
                return line.removeprefix("listening on ").strip().rstrip("/")
        raise AssertionError("the server ended before it was ready")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process.stdout.close()
            self.log.close()
            self.process = None


def feed(server, url, folder):
    """What the case system reads as the last word on the one note that there is."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP384R1())
    private, public = folder / "case.pem", folder / "case.pub.pem"
    none = form.NoEncryption()
    private.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, none))
    info = form.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(form.Encoding.PEM, info))
    client = json.loads(server.do("client", "add", "story", "--public-key", public, "--json"))["client_id"]
    token = json.loads(server.do("client", "token", client, "--key", private, "--server", url, "--json"))
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    asked = urllib.request.Request(f"{url}/v1/export/notes?wait=5", headers=bearer)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with opener.open(asked, timeout=PATIENCE_S) as answer:
            events = [json.loads(line) for line in answer.read().decode().splitlines()]
        # The addendum went with the note, and may be published after it.
        if events and events[-1]["addenda"]:
            return events[-1]
        time.sleep(0.1)
    raise AssertionError(f"the feed does not bring the finished note with its addendum: {events}")


# The story.


def type_until_killed(folder, note):
    """The app that will be killed: it says each key aloud once the notebook has taken it."""
    book = open_book(core(), Path(folder), "2468")
    for n in range(1_000_000):
        key = f"{n % 10}" if n % 7 else "é🙂"
        book.type_text(note, "body", None, 0, key, 5)
        print(key, flush=True)


def kill_while_typing(folder, note, keys):
    """Kills the app after so many keys, wherever it is then; gives all that it had acknowledged."""
    command = [sys.executable, __file__, "type", str(folder), note]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = [child.stdout.readline() for _ in range(keys)]
    child.send_signal(signal.SIGKILL)
    said.append(child.stdout.read())
    check(child.wait() == -signal.SIGKILL, "the app was to be killed while it typed")
    whole = b"".join(said).decode()
    return whole.removesuffix("\n").replace("\n", "")


def refused(ffi, variant, call, *arguments):
    """A call that has to fail with this code, and a sentence without the words of the call."""
    try:
        call(*arguments)
    except variant as error:
        sentence = str(error)
        check("Margaret" not in sentence, f"an error repeats the caller's words: {sentence}")
        return
    except ffi.NotebookError as error:
        raise AssertionError(f"expected {variant.__name__}, not {error!r}") from error
    raise AssertionError(f"expected {variant.__name__}, and the call was taken")


def errors(ffi, folder, book, note):
    error = ffi.NotebookError
    refused(ffi, error.WrongPin, open_book, ffi, folder, "9999")
    refused(ffi, error.BadCall, book.finish, "no id")
    refused(ffi, error.BadCall, book.set, note, "kind", "no JSON")
    refused(ffi, error.NoNote, book.show, "0199a0b0-0000-7000-8000-000000000001")
    refused(ffi, error.NoPerson, book.about, "Margaret")
    refused(ffi, error.Edit, book.set, note, "Margaret", "1")
    refused(ffi, error.NotAllowed, book.add, note, "still open")


def write(ffi, folder, dead):
    """Offline: begins the note, is killed six times while typing, and says the rest of it."""
    book = open_book(ffi, folder, "2468")
    note = book.new_note(PERSON, "home_visit", None, None)
    book.type_text(note, "body", None, 0, "Peggy: ", 200)
    expected = "Peggy: "
    errors(ffi, folder, book, note)
    del book
    gc.collect()  # an error that was caught may hold it in its trace
    for keys in [1, 2, 5, 20, 60, 150]:
        typed = kill_while_typing(folder, note, keys)
        book = open_book(ffi, folder, "2468")
        body = json.loads(book.show(note))["body"]
        # The last key may be in the store without having been acknowledged; none that was may be missing.
        after = body[len(expected) :]
        check(body.startswith(expected) and after.startswith(typed), f"lost keys: {typed!r} became {after!r}")
        check(len(after) <= len(typed) + 2, f"more than one key too many: {typed!r} became {after!r}")
        expected = body
        del book
        gc.collect()  # an error that was caught may hold it in its trace
    book = open_book(ffi, folder, "2468")
    book.type_text(note, "body", 0, 5, "Mrs O'Dowd (Peggy)", 900)
    expected = "Mrs O'Dowd (Peggy)" + expected[5:]
    book.mark(note, "body", 0, 10, "third_party")
    action = book.set(note, "actions.+", '{"what": "grab rail", "who": "Ruth"}')
    book.set(note, f"actions.{action}.done", "true")
    check(book.attach(note, PICTURE, "The rail") == PICTURE_SHA256, "the file is named by its hash")
    refused(ffi, ffi.NotebookError.NotAllowed, book.attach, note, b"MZ\x00Margaret", None)
    waiting = [(open.note, open.case_id, open.action.what) for open in book.today().actions]
    check(waiting == [], f"the one action is done, and today says {waiting}")
    read = book.note(note)
    check(read.fields.body == expected and read.fields.actions[0].done is True, f"the note reads {read}")
    check(read.fields.attachments[0].whereabouts == ffi.Bytes.ON_PHONE, "the file is on the server already")
    book.tick()
    book.finish(note)
    refused(ffi, ffi.NotebookError.NotAllowed, book.type_text, note, "body", None, 0, "late", 0)
    book.add(note, "She rang: Thursday suits her.")
    report = book.sync(dead, ffi.SyncMode.BOTH)
    check(report.ended == ffi.Ended.OFFLINE(), f"no server can be reached, and the pass ended {report.ended}")
    check(report.waiting == 1, f"one note waits, not {report.waiting}")
    (item,) = [item for item in book.list() if item.id == note]
    check(item.state == ffi.NoteState.ON_PHONE and item.stage == ffi.NoteStage.FINISHED, f"the list says {item}")
    return book, note, expected


def story(folder):
    bindings()
    ffi = core()
    server = Server(folder)
    try:
        url = server.start()
        phone = folder / "phone"
        book = open_book(ffi, phone, "2468")
        refused(ffi, ffi.NotebookError.NotEnrolled, book.list)
        link = transport(ffi, url)
        ended = book.enrol(link, "AAAAA-AAAAA", url)
        check(ended.is_REFUSED() and ended[0].code == "code_unknown", f"a made-up code ended {ended}")
        code = json.loads(server.do("enrol", WORKER, "--server", url, "--json"))["code"]
        check(book.enrol(link, code, url) == ffi.Ended.QUIET(), "enrolling did not end well")
        check(book.identity().worker == WORKER and book.server() == url, "the phone does not know whose it is")
        first = book.sync(link, ffi.SyncMode.BOTH)
        check(first.ended == ffi.Ended.QUIET(), f"the first pass ended {first.ended}")
        check_people(book)
        server.stop()
        # A store is for one program at a time; the app that types and is killed is another.
        del book
        gc.collect()  # an error that was caught may hold it in its trace
        book, note, expected = write(ffi, phone, link)
        listen = url.removeprefix("http://")
        check(server.start(listen) == url, "the server did not come back at its address")
        report = book.sync(link, ffi.SyncMode.BOTH)
        check(report.ended == ffi.Ended.QUIET() and not report.held, f"the pass ended {report}")
        check((report.sent, report.waiting) == (1, 0), f"one note was to be sent: {report}")
        fetched = book.attachment(link, note, PICTURE_SHA256)
        check(fetched.is_HERE() and fetched[0] == PICTURE, f"the file came back as {fetched}")
        refused(ffi, ffi.NotebookError.NoAttachment, book.attachment, link, note, "0" * 64)
        refused(ffi, ffi.NotebookError.BadCall, book.attachment, link, note, "Margaret")
        check_arrived(ffi, server, book, note, expected, feed(server, url, folder))
    finally:
        server.stop()


def check_people(book):
    """The phone has the whole team, and the caseload as the demo's file says it."""
    with open(ROOT / "demo/people.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    team = next(row["allocated_team"] for row in rows if row["case_id"] == PERSON)
    wanted = {row["case_id"] for row in rows if row["allocated_team"] == team}
    people = book.people(None)
    found = {person.case_id for person in people}
    check(wanted and wanted <= found, f"the team lacks {sorted(wanted - found)}")
    mine = {row["case_id"] for row in rows if row["allocated_worker"] == WORKER and row["allocated_team"] == team}
    said = {person.case_id for person in people if person.mine}
    check(mine == said, f"the caseload is {sorted(mine)}, and the phone says {sorted(said)}")
    check([person.case_id for person in book.people(PERSON.lower())] == [PERSON], "the query finds another")


def check_arrived(ffi, server, book, note, expected, event):
    check(event["note_id"] == note, "another note arrived")
    check(event["body"] == expected, f"the body arrived as {event['body']!r} and was {expected!r}")
    (attached,) = event["attachments"]
    said = (attached["sha256"], attached["caption"], attached["media_type"])
    check(said == (PICTURE_SHA256, "The rail", "image/png"), f"the file arrived as {attached}")
    check(event["person"]["case_id"] == PERSON, "the note arrived for another person")
    check([author["worker_id"] for author in event["authors"]] == [WORKER], "another author is named")
    check([action["what"] for action in event["actions"]] == ["grab rail"], "the action did not arrive")
    check(event["actions"][0]["done"] is True, "the action was done")
    check([added["text"] for added in event["addenda"]] == ["She rang: Thursday suits her."], "the addendum is lost")
    private = [(p["field"], p["start"], p["end"], p["kind"]) for p in event["private"]]
    check(private == [("body", 0, 10, "third_party")], f"the marks arrived as {private}")
    view = book.person(PERSON)
    (seen,) = view.thread
    check((seen.item.id, seen.mine) == (note, True), f"her thread is {view.thread}")
    check(seen.authors == [book.workers()[WORKER]], f"it was written by {seen.authors}")
    check(book.waiting() == 0, "something waits still")
    (item,) = book.search("peggy")
    check(item.id == note and item.state == ffi.NoteState.ON_SERVER, f"the phone shows {item}")
    server.do("verify")


def main():
    if sys.argv[1:2] == ["type"]:
        type_until_killed(*sys.argv[2:])
        return 0
    folder = Path(tempfile.mkdtemp(prefix="doorstep-bindings-"))
    try:
        story(folder)
    except AssertionError as broken:
        log = folder / "server.log"
        shown = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
        print(f"the bindings' story broke: {broken}\n{shown}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("the bindings' story held: enrolled, killed while typing, sent, read by the case system")
    return 0


if __name__ == "__main__":
    sys.exit(main())
