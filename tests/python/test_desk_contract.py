"""The desk's API against its own OpenAPI document, by schemathesis: made-up requests, good and bad, to a real server, as an
organisation admin who has signed in with a passkey. No answer may be a server's error, have a status, a media type or a
shape that the document does not name; bad data is refused; and without the session nothing is given.

Exit status 0 if all holds, 1 with a message if not. DOORSTEP_LONG=1 tries more.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from passkey import Desk
from test_stranger import OURS, Failed, Phone, Server, check

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection,ignored_auth"
# These may end the session in which the others are tried: each is tried in one of its own.
ENDING = ("deskEndSession", "deskSignOut", "deskRevokeAdmin")


# What there really is, so that more than refusals is looked at.
REAL = """
[[operations]]
include-operation-id = "deskNote"
parameters = {{ "path.id" = "{note}" }}
[[operations]]
include-operation-id = "deskCaseload"
parameters = {{ "path.worker_id" = "W101" }}
"""


def tried(server, desk, note, seed, examples, *more):
    config = server.data.parent / "schemathesis.toml"
    config.write_text(f'[auth.openapi.desk]\napi_key = "{desk.cookie.split("=", 1)[1]}"\n{REAL.format(note=note)}')
    schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
    command = [
        schemathesis, "--config-file", config, "run", f"{server.address}/v1/openapi.json", "--checks", CHECKS,
        "--phases", "examples,coverage,fuzzing", "--include-path-regex", "^/v1/desk/", "--seed", seed, "--max-examples", examples,
        "--workers", "1", "--continue-on-failure", "--no-color", "--suppress-health-check", "all", *more,
    ]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=900, cwd=server.data.parent)
    if done.returncode:
        raise Failed(f"schemathesis (seed {seed}):\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}")
    return int(re.search(r"(\d+) generated", done.stdout).group(1))


def main():
    long = bool(os.environ.get("DOORSTEP_LONG"))
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder))
        with server.serving():
            url = server.address
            desk = Desk(url, url.replace("127.0.0.1", "localhost"))
            link = server.run("admin", "invite", "W110", "--role", "organisation_admin", "--server", url)["link"]
            check("who signed up", desk.sign_up(link)["role"], "organisation_admin")
            # Before the rest: so many wrong passkeys are made up there that the right one has to wait, too.
            sessions = []
            for _ in range(len(ENDING) + 1):
                check("who signed in", desk.sign_in()["worker_id"], "W110")
                sessions.append(desk.cookie)
            ruth = Phone(server, "W101")
            note = ruth("new", OURS, "home_visit")["id"]
            ruth("type", note, "Tea, and a long talk.")
            ruth("finish", note)
            ruth("sync")
            excluded = [word for name in ENDING for word in ("--exclude-operation-id", name)]
            made = tried(server, desk, note, 2060, 60 if long else 8, *excluded)
            for name, desk.cookie in zip(ENDING, sessions):
                made += tried(server, desk, note, 2061, 4, "--include-operation-id", name)
            print(f"{made} requests were made up")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        print(f"test_desk_contract: {failed}")
        sys.exit(1)
    print("test_desk_contract: held")
