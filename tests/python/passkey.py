"""A passkey in software (WebAuthn level 3, ES256, no attestation): how a program that has no browser signs in at the desk.

It is written from the specification and from docs/http.md, and knows nothing of the server's code.
"""
import base64
import hashlib
import json
import os
import struct
import urllib.error
import urllib.request

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Passkey:
    def __init__(self, origin):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.count = 0
        self.handle = None

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _authenticator(self, rp_id, more=0):
        self.count += 1
        flags = PRESENT_AND_VERIFIED | more
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _whole(self, response):
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "clientExtensionResults": {}, "response": response}

    def make(self, options):
        """What `navigator.credentials.create` answers."""
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        data = self._authenticator(options["rp"]["id"], WITH_KEY)
        data += bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._whole({"clientDataJSON": b64(client), "attestationObject": b64(attestation), "transports": ["internal"]})

    def show(self, options):
        """What `navigator.credentials.get` answers."""
        client = self._client("webauthn.get", options["challenge"])
        data = self._authenticator(options["rpId"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": self.handle}
        return self._whole(said)


class Desk:
    """A session of the console, held by a program."""

    def __init__(self, url, origin):
        self.url = url
        self.passkey = Passkey(origin)
        self.cookie = ""

    def call(self, path, body=None):
        """Posts JSON; gives the answer."""
        data = json.dumps(body if body is not None else {}).encode()
        request = urllib.request.Request(f"{self.url}/v1/desk/{path}", data, {"content-type": "application/json"})
        if self.cookie:
            request.add_header("cookie", self.cookie)
        with urllib.request.urlopen(request, timeout=20) as response:
            cookie = response.headers.get("set-cookie")
            if cookie:
                self.cookie = cookie.split(";")[0]
            text = response.read()
        return json.loads(text) if text else None

    def sign_up(self, link):
        """Comes with a one-time link."""
        code = link.split("#invite=")[1]
        ask = self.call("sign-in/invitation", {"code": code})["ask"]
        credential = self.passkey.make(ask["options"])
        return self.call("sign-in/registration", {"code": code, "ceremony": ask["ceremony"], "credential": credential, "label": "program"})

    def sign_in(self):
        """Comes with the passkey."""
        ask = self.call("sign-in/challenge")
        credential = self.passkey.show(ask["options"])
        return self.call("sign-in/assertion", {"ceremony": ask["ceremony"], "credential": credential})
