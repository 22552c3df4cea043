"""A client of the protocol, written from docs/protocol.md alone: it enrols, pulls, and prints the notes as JSON.

It is the proof that the page is enough, and an example for whoever writes a client of their own. It only reads: it
pushes nothing and keeps nothing on disk. chunks.py reads the bytes of the notes. "Section" means one of the page.

    python stranger.py 'https://server/#enrol=K7Q2M-9XW4T'
"""
import base64
import gzip
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import cbor2
import zstandard
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import chunks

APP = "stranger 1.0"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TEXTS = ["body", "what_matters", "strengths", "persons_words", "analysis", "person_view"]
VALUES = ["schema", "person", "person_name", "kind", "started_at", "ended_at"]
MAPS = ["feedback", "review"]
ENTRIES = ["workers", "present", "outcomes", "actions", "unmet_needs", "concerns", "attachments"]
PERSON, DETAIL, ORDER, REMOVAL = 0, 1, 6, 7
BY_PERSON, BY_DOCUMENT = 0, 1


class Problem(Exception):
    """An error of the server. Go by `code`; `more` is the whole problem document."""

    def __init__(self, status, body, headers):
        self.status, self.headers = status, headers
        try:
            self.more = json.loads(body)
        except ValueError:
            self.more = {}
        self.code = self.more.get("code", "")
        super().__init__(f"{status} {self.code}")


def post(url, body, headers):
    try:
        request = urllib.request.Request(url, body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            data, packing = answer.read(), answer.headers.get("Content-Encoding")
    except urllib.error.HTTPError as error:
        raise Problem(error.code, error.read(), error.headers) from None
    if packing == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return gzip.decompress(data) if packing == "gzip" else data


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Stranger:
    def __init__(self, local_ms=lambda: int(time.time() * 1000)):
        self.local_ms, self.ahead_ms = local_ms, 0
        self.actor, self.key, self.token = os.urandom(16), ec.generate_private_key(ec.SECP256R1()), None
        self.cursor, self.orders = b"", set()
        self.rows, self.mine, self.fills, self.documents = {}, set(), [], {}

    def now_ms(self):
        return self.local_ms() + self.ahead_ms

    # Sections 1 and 2.
    def enrol(self, link):
        self.server, code = link.split("/#enrol=")
        public = self.key.public_key().public_numbers()
        body = {"code": code, "actor": self.actor.hex(), "app": APP, "public_key": {
            "kty": "EC", "crv": "P-256", "x": base64url(public.x.to_bytes(32, "big")),
            "y": base64url(public.y.to_bytes(32, "big"))}}
        answer = post(self.server + "/v1/enrol", json.dumps(body).encode(), {"Content-Type": "application/json"})
        self.device = json.loads(answer)
        return self.device

    def new_token(self):
        try:
            self.token = self.ask_token()
        except Problem as problem:
            if problem.code != "clock":
                raise
            self.ahead_ms = problem.more["server_time"] - self.local_ms()
            self.token = self.ask_token()

    def ask_token(self):
        now, device = self.now_ms() // 1000, self.device["device_id"]
        claims = {"iss": device, "sub": device, "aud": self.device["token_url"], "iat": now, "exp": now + 240,
                  "jti": str(uuid.uuid4())}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "ES256", "typ": "JWT"}, claims))
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        assertion = f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
        body = urllib.parse.urlencode({"grant_type": GRANT, "assertion": assertion}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return json.loads(post(self.device["token_url"], body, headers))["access_token"]

    # Section 3.
    def request(self):
        return {0: 1, 1: self.now_ms(), 2: self.actor, 3: self.cursor, 4: [], 5: [], 6: 0, 7: True,
                8: self.fills[:64], 9: APP}

    def send(self, body):
        """One request, as it is, with no second try."""
        return cbor2.loads(post(self.server + "/v1/sync", body, {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/vnd.doorstep.sync+cbor",
            "Content-Encoding": "zstd", "Accept-Encoding": "zstd"}))

    def ask(self, tries=5):
        """One request; the same bytes again where the page says that it may help."""
        if self.token is None:
            self.new_token()
        body = zstandard.compress(cbor2.dumps(self.request()))
        for left in reversed(range(tries)):
            try:
                return self.send(body)
            except Problem as problem:
                if not left or problem.status not in (401, 429, 500, 503):
                    raise
                if problem.status == 401:
                    self.new_token()
                else:
                    time.sleep(problem.more.get("retry_after_s", 1))

    def pull(self):
        """One pass: until nothing is left."""
        while self.take_in(self.ask()) or self.fills:
            pass

    def take_in(self, answer):
        """Takes in one answer and says whether to ask again. Keys that it does not know it never looks at."""
        if answer[10]:  # rows_anew
            self.rows, self.mine = {}, set()
        if answer[9]:  # rewound: it has sent nothing, so there is nothing to send again
            self.cursor = b""
            return True
        done = answer[5]
        answered = [fill[0] for fill in done]
        self.fills = [fill for fill in self.fills if fill[0] not in answered]
        for row in answer[4]:
            if row[1] <= REMOVAL:  # of a kind that it knows
                self.take_row(row[0], row[1], cbor2.loads(row[2]))
        for pull in answer[3] + [pull for fill in done for pull in fill[1]]:
            self.take_pull(pull)
        self.fills += [{0: fill[0], 1: fill[2]} for fill in done if fill.get(2) is not None]
        self.cursor = answer[6]
        return answer[7]

    def take_row(self, number, kind, body):
        if kind == ORDER:
            order = (number, body[0], body.get(1))
            if order not in self.orders:
                self.orders.add(order)
                self.obey(body)
        elif kind == REMOVAL:
            self.rows.pop((PERSON, body[0]), None)
            self.leave(body[0])
        else:
            self.rows[kind, body[0]] = body
            if kind == PERSON and not body[4]:
                self.leave(body[0])
            elif kind == PERSON and body[0] not in self.mine:
                self.mine.add(body[0])
                self.fills.append({0: [BY_PERSON, [body[0]]], 1: 0})

    def leave(self, person):
        self.rows.pop((DETAIL, person), None)
        self.mine.discard(person)
        # The notes go too: it wrote in none of them.
        self.documents = {i: d for i, d in self.documents.items() if d["person"] != person}

    def obey(self, order):
        if order[0] == "new_actor":
            self.actor = os.urandom(16)
        elif order[0] == "reset":
            self.documents.pop(order[1], None)
            self.fills.append({0: [BY_DOCUMENT, [order[1]]], 1: 0})

    def take_pull(self, pull):
        document = self.documents.setdefault(pull[0], {"chunks": {}})
        document.update(template=pull[1], person=pull.get(2))
        document["chunks"].update(dict.fromkeys(pull[3]))

    def notes(self):
        """Those whose first chunk is here; where only later ones are, they wait for it."""
        documents = {i: chunks.Document(d["chunks"]) for i, d in self.documents.items() if d["template"] == 0}
        return [read_note(i, document) for i, document in sorted(documents.items()) if document.applied]


# Section 5.
def read_note(document_id, document):
    root = document.map(None)
    note = {"id": str(uuid.UUID(bytes=document_id)), **{key: one(document, None, key) for key in VALUES}}
    note["texts"], note["private"] = {}, []
    for field in TEXTS:
        note["texts"][field], spans = document.text(root[field].id)
        note["private"] += [{"field": field, "kind": name, "start": a, "end": b} for name, a, b in spans]
    for field in MAPS:
        note[field] = flat(document, [root[field].id]) or None
    note["recording_ms"] = flat(document, [root["recording_ms"].id])
    note["entries"] = {field: read_entries(document, field) for field in ENTRIES}
    note["addenda"] = read_entries(document, "addenda")
    finishes = [flat(document, [made]) for made in document.values(None, "finished")]
    note["finished"] = min(finishes, key=lambda finish: finish["at"], default=None)
    note["waiting_changes"] = len(document.waiting)
    return note


def read_entries(document, field):
    entries = document.map(None)[field].id
    return [{"id": key, **flat(document, document.values(entries, key))} for key in document.map(entries)]


def flat(document, objs):
    """A map with values only; two maps under one entry id are read as one."""
    out = {key: chunks.plain(op) for key, op in document.map(*objs).items()}
    if "joined_at" in out:
        out["joined_at"] = min(chunks.plain(op) for obj in objs for op in document.seen[obj, "joined_at"])
    return out


def one(document, obj, key):
    values = document.values(obj, key)
    if not values:
        return None
    return {"started_at": min, "ended_at": max}.get(key, lambda v: v[-1])(values)


def main(arguments):
    if len(arguments) != 1:
        print("usage: stranger.py 'https://server/#enrol=CODE'", file=sys.stderr)
        return 2
    stranger = Stranger()
    stranger.enrol(arguments[0])
    stranger.pull()
    for note in stranger.notes():
        print(json.dumps(note, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
