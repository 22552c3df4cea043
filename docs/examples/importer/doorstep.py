"""The way to a Doorstep server: tokens, questions that are asked until they are answered, and hashes."""
import hashlib
import json
import sys
import time
import uuid

import jwt
import requests
import rfc8785
from cryptography.hazmat.primitives.serialization import load_pem_private_key

LONGEST_REST_S = 30


def say(text):
    print(text, file=sys.stderr, flush=True)


class Problem(Exception):
    """A refusal in the server's own words (RFC 9457). Act on its code."""

    def __init__(self, answer):
        self.status, self.said = answer.status_code, answer.json()
        self.code = self.said["code"]
        super().__init__(f"{self.code}: {self.said['title']}")


def is_whole(event):
    """Whether the event has the hash that it says: over its canonical JSON (RFC 8785), less two members."""
    bare = {name: value for name, value in event.items() if name not in ("sha256", "cursor")}
    return hashlib.sha256(rfc8785.dumps(bare)).hexdigest() == event["sha256"]


class Doorstep:
    def __init__(self, url, client_id, key_file, audience=None):
        self.url, self.client_id, self.http = url, client_id, requests.Session()
        self.audience = audience or f"{url}/v1/token"
        with open(key_file, "rb") as file:
            self.key = load_pem_private_key(file.read(), password=None)
        self.algorithm = {256: "ES256", 384: "ES384"}[self.key.curve.key_size]
        self.token, self.token_until, self.clock_off_s = None, 0, 0

    def ask(self, method, path, read=requests.Response.json, **how):
        """Asks until there is an answer. That is safe, because nothing here does more when it comes twice.

        What cannot be read is no answer either: half of one, whose end was lost, or some other machine's page.
        """
        rest_s, tokens_left = 0.2, 3
        while True:
            try:
                return read(self._ask_once(method, path, **how))
            except (requests.RequestException, ValueError, KeyError, TypeError) as lost:
                say(f"no answer ({type(lost).__name__}); asking again in {rest_s:.1f} s")
                wait_s = rest_s
            except Problem as problem:
                if problem.status == 401 and tokens_left > 0:
                    self.token, wait_s, tokens_left = None, 0, tokens_left - 1
                elif problem.status == 429 or problem.status >= 500:
                    wait_s = problem.said.get("retry_after_s") or rest_s
                    say(f"{problem}; asking again in {wait_s:.1f} s")
                else:
                    raise
            time.sleep(wait_s)
            rest_s = min(rest_s * 2, LONGEST_REST_S)

    def _ask_once(self, method, path, **how):
        if self.token is None or time.monotonic() > self.token_until:
            self._sign_in()
        answer = self.http.request(method, self.url + path, headers={"Authorization": f"Bearer {self.token}"},
                                   timeout=(5, 90), **how)
        if answer.status_code != 200:
            raise Problem(answer)
        return answer

    def _sign_in(self):
        """SMART Backend Services: a signed assertion, good once, for a token that lasts minutes."""
        now = int(time.time() + self.clock_off_s)
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.audience, "iat": now, "exp": now + 240,
                  "jti": str(uuid.uuid4())}
        answer = self.http.post(f"{self.url}/v1/token", timeout=(5, 30), data={
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, self.key, self.algorithm)})
        if answer.status_code != 200:
            problem = Problem(answer)
            if "server_time" in problem.said:  # our clock is wrong; the next assertion goes by theirs
                self.clock_off_s = problem.said["server_time"] / 1000 - time.time()
            raise problem
        self.token = answer.json()["access_token"]
        self.token_until = time.monotonic() + answer.json()["expires_in"] - 60

    def page(self, after, limit, wait_s=0):
        """Events after a place: each with its line, and the place behind them."""
        def read(answer):
            lines = answer.content.decode().split("\n")[:-1]
            if lines:
                return [(json.loads(line), line) for line in lines], answer.headers["Doorstep-Cursor"]
            if answer.headers["Content-Length"] != "0":
                raise ValueError("the end of the answer's head was lost, and its body with it")
            return [], after

        asked = {"limit": limit, "wait": wait_s} | ({"after": after} if after else {})
        return self.ask("GET", "/v1/export/notes", read, params=asked)

    def lines_of(self, day):
        """The events of a day, for comparing."""
        page = {"next": None, "more": True}
        while page["more"]:
            asked = {"day": day} | ({"after": page["next"]} if page["next"] else {})
            page = self.ask("GET", "/v1/export/reconcile", params=asked)
            yield from page["lines"]
