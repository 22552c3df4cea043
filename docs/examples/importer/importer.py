"""Takes finished notes from Doorstep into a case system's PostgreSQL, once each, and answers with receipts.

A page of the feed is one transaction: notes, receipts to send, and the place in the feed. Receipts are sent afterwards,
from their table. So it may be killed at any moment: what it then does again changes nothing the second time.
"""
import argparse
import hashlib
import json
import os
import sys
from collections import Counter, defaultdict

import psycopg

from doorstep import Doorstep, Problem, is_whole, say

PAGE, BATCH = 200, 1000
MAX_TITLE = int(os.environ.get("CASE_SYSTEM_MAX_TITLE", "100"))
SECTIONS = {"what_matters": "What matters", "strengths": "Strengths", "persons_words": "In their own words",
            "analysis": "Analysis", "person_view": "The person's view"}


class NotTaken(Exception):
    """Outcome, code, and a reason on which the practitioner, who reads it on the phone, can act."""


def first(db, sql, *values):
    return db.execute(sql, values).fetchone()


# The case system's own side: yours has other tables and other rules.

def as_text(event):
    """What a reader of the case system sees. The whole event stands beside it, in `record`."""
    parts = [event["body"]] + [f"{SECTIONS[name]}\n{event[name]}" for name in SECTIONS if event[name]]
    parts += [f"Added by {one['author']['name']}, {one['at']}\n{one['text']}" for one in event["addenda"]]
    return "\n\n".join(part for part in parts if part)


def check(db, event):
    """What a case system insists on before it takes a note."""
    case = first(db, "SELECT closed_on, in_use_by FROM person_case WHERE case_id = %s FOR SHARE",
                 event["person"]["case_id"])
    if case and case[1]:
        raise NotTaken("deferred", "case_in_use", "Somebody is working in the person's record. It is tried again.")
    if event["type"] == "note.withdrawn":
        return  # whatever else became of the case
    if case is None:
        raise NotTaken("refused", "unknown_case", "The case system has nobody with this person's case id. "
                       "Ask for the person to be added there; the note is then tried again.")
    if case[0]:
        raise NotTaken("refused", "closed_case", "The person's case is closed. "
                       "Ask your manager to open it again; the note is then tried again.")
    if len(event["title"]) > MAX_TITLE:
        raise NotTaken("refused", "title_too_long", f"The title has {len(event['title'])} characters and the case "
                       f"system takes {MAX_TITLE}. Ask those who run it to allow longer ones.")


def put(db, event):
    """Writes a version into the case system's tables, as a note or as an appendment to it. Gives its id there."""
    if event["type"] not in ("note.finished", "note.amended", "note.withdrawn"):
        raise NotTaken("refused", "unknown_type", "The importer does not know such events. Bring it up to date.")
    check(db, event)
    note, version = event["note_id"], event["version"]
    if event["type"] == "note.withdrawn":  # what was not taken yet is not tried again; perhaps nothing ever was
        db.execute("UPDATE event_seen SET line = NULL WHERE note_id = %s AND version < %s", [note, version])
        gone = first(db, "UPDATE case_note SET withdrawn_at = now(), withdrawn_for = %s WHERE note_id = %s "
                     "RETURNING 'CN-' || ref", event["reason"], note)
        return gone and gone[0]
    authors = ", ".join(author["name"] or author["worker_id"] for author in event["authors"])
    what = [note, version, authors, as_text(event), json.dumps(event)]
    if first(db, "SELECT 1 FROM case_note WHERE note_id = %s", note):
        return first(db, "INSERT INTO appendment (note_id, version, written_by, text, record, summary) VALUES "
                     "(%s, %s, %s, %s, %s, %s) RETURNING 'AP-' || ref", *what, event["change_summary"])[0]
    return first(db, "INSERT INTO case_note (note_id, version, written_by, text, record, case_id, title, happened_at) "
                 "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING 'CN-' || ref",
                 *what, event["person"]["case_id"], event["title"], event["started_at"])[0]


# Doorstep's side: what any importer does.

def judge(db, event):
    """Takes a version or says why not: outcome, id, code, reason."""
    if first(db, "SELECT 1 FROM event_seen WHERE note_id = %s AND version = %s AND outcome = 'imported'",
             event["note_id"], event["version"]):
        return "refused", None, "hash_differs", ("The case system has this version of the note with other content. "
                                                 "Ask those who run it to compare the two.")
    try:
        with db.transaction():  # a part of the page's: what is not taken leaves nothing
            return "imported", put(db, event), None, None
    except NotTaken as why:
        return why.args[0], None, *why.args[1:]
    except psycopg.DataError:
        return "refused", None, "unstorable_text", ("The note has a character that the case system cannot store. "
                                                    "Write it again, without what was pasted from elsewhere.")


def take(db, me, event, line):
    """One event, with its receipt. What was taken before is not taken again, and answered as it was."""
    key = event["note_id"], event["version"], event["sha256"]
    seen = first(db, "SELECT line, client, outcome, ref, reason_code, reason FROM event_seen WHERE note_id = %s "
                 "AND version = %s AND sha256 = %s", *key)
    if event["type"] == "note.removed":  # by retention: nothing to take, to try again, or to answer
        db.execute("UPDATE event_seen SET line = NULL WHERE note_id = %s AND version = %s", key[:2])
        answer = "removed", None, None, None
    elif not is_whole(event):
        sys.exit(f"event {event['event_id']} does not have the hash that it says; nothing of this page was taken")
    elif seen and seen[0] is None:
        answer = ("duplicate" if seen[2] == "imported" and seen[1] != me else seen[2], *seen[3:])
    else:
        answer = judge(db, event)
        if seen and (seen[2], answer[0]) == ("refused", "deferred"):
            return "had already"  # a refusal stands until the note is taken
    if not seen or seen[0]:
        kept = line if answer[0] in ("refused", "deferred") else None
        db.execute("INSERT INTO event_seen VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT "
                   "(note_id, version, sha256) DO UPDATE SET (client, outcome, ref, reason_code, reason, line) = "
                   "(excluded.client, excluded.outcome, excluded.ref, excluded.reason_code, excluded.reason, "
                   "excluded.line)",
                   [*key, event["event_id"], event["type"], (event["received_at"] or "")[:10], me, *answer, kept])
    if answer[0] != "removed":  # answered again where it comes again: the server may have lost the receipt
        db.execute("INSERT INTO receipt VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (client, event_id) DO UPDATE "
                   "SET (outcome, ref, reason_code, reason, answer, edition) = "
                   "(excluded.outcome, excluded.ref, excluded.reason_code, excluded.reason, NULL, DEFAULT) "
                   "WHERE NOT (receipt.outcome = 'deferred' AND excluded.outcome = 'deferred')",
                   [me, event["event_id"], event["sha256"], *answer])
    return "had already" if seen and seen[2] == answer[0] else answer[0]


def waiting_before(db, event):
    """Earlier versions of the same note that were not taken: they are tried first, so that a note goes in its order."""
    lines = db.execute("SELECT line FROM event_seen WHERE note_id = %s AND version < %s AND line IS NOT NULL "
                       "ORDER BY version", [event["note_id"], event["version"]]).fetchall()
    return [(json.loads(line), line) for (line,) in lines]


def take_all(db, me, events, cursor=None):
    """Events with all that goes with them, whole or not at all; with a cursor the place in the feed too."""
    with db.transaction():
        # One at a time; also after one that was killed, whose last words are still on their way to the database.
        db.execute("LOCK TABLE place IN EXCLUSIVE MODE")
        outcomes = Counter(take(db, me, *one) for event in events for one in [*waiting_before(db, event[0]), event])
        if cursor:
            db.execute("INSERT INTO place VALUES (%s, %s) ON CONFLICT (client) DO UPDATE SET cursor = excluded.cursor",
                       [me, cursor])
    if outcomes:
        say(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


def try_again(db, me, outcome):
    """Tries what was not taken, oldest first."""
    for (line,) in db.execute("SELECT line FROM event_seen WHERE outcome = %s AND line IS NOT NULL "
                              "ORDER BY day, note_id, version", [outcome]).fetchall():
        take_all(db, me, [(json.loads(line), line)])


def send_receipts(db, me, doorstep):
    """Sends what waits in the table. A receipt that comes twice changes nothing there."""
    names = "event_id", "sha256", "outcome", "case_system_ref", "reason_code", "reason"
    while waiting := db.execute("SELECT event_id, sha256, outcome, ref, reason_code, reason, edition FROM receipt "
                                "WHERE client = %s AND answer IS NULL ORDER BY event_id LIMIT %s",
                                [me, BATCH]).fetchall():
        answers = doorstep.ask("POST", "/v1/export/receipts", json=[dict(zip(names, row)) for row in waiting])
        with db.transaction():
            for row, answer in zip(waiting, answers, strict=True):
                said = answer.get("status") or answer["code"]
                db.execute("UPDATE receipt SET answer = %s WHERE client = %s AND event_id = %s AND edition = %s",
                           [said, me, row[0], row[-1]])
                if said != "accepted":
                    say(f"receipt for event {row[0]}: {said}; somebody must look at it")


def run(db, me, doorstep, once):
    while True:
        try_again(db, me, "deferred")
        send_receipts(db, me, doorstep)
        place = first(db, "SELECT cursor FROM place WHERE client = %s", me)
        try:
            events, cursor = doorstep.page(place and place[0], PAGE, wait_s=0 if once else 30)
        except Problem as problem:
            if problem.code != "epoch_changed":
                raise
            after_restore(db, me, doorstep)
            continue
        take_all(db, me, events, cursor)
        if once and not events:
            return


def after_restore(db, me, doorstep):
    """The server was set back to a backup: it is told what was taken, so that its next versions number above that.

    It names the place to read on from. What comes again then is answered again: the server lost those receipts."""
    names = "event_id", "note_id", "version", "sha256"
    took = db.execute("SELECT event_id, note_id, version, sha256 FROM event_seen WHERE outcome = 'imported' "
                      "ORDER BY note_id, version").fetchall()
    answers = Counter()
    for start in range(0, max(len(took), 1), BATCH):
        batch = [dict(zip(names, row)) for row in took[start:start + BATCH]]
        told = doorstep.ask("POST", "/v1/export/reconcile", json=batch)
        answers.update(one.get("answer") or one["code"] for one in told["answers"])
    say(f"the server was restored; of what was taken it says: {dict(answers)}")
    take_all(db, me, [], told["next"])


def reconcile(db, me, doorstep):
    """Compares every day, then the lines of those that differ; takes what is missing here, and answers again."""
    theirs = {day["day"]: (day["events"], day["sha256"])
              for day in doorstep.ask("GET", "/v1/export/reconcile")["days"]}
    lines = defaultdict(list)
    for day, *line in db.execute("SELECT day, note_id, version, sha256 FROM event_seen WHERE day > '' "
                                 'ORDER BY note_id COLLATE "C", version'):
        lines[day].append(tuple(line))
    ours = {day: (len(all), hashlib.sha256("".join("%s %s %s\n" % one for one in all).encode()).hexdigest())
            for day, all in lines.items()}
    for day in sorted(day for day in theirs | ours if theirs.get(day) != ours.get(day)):
        there = {(line["note_id"], line["version"], line["sha256"]): line for line in doorstep.lines_of(day)}
        missing, extra = there.keys() - lines[day], set(lines[day]) - there.keys()
        say(f"{day}: {len(missing)} missing here, {len(extra)} missing at the server")
        for key in sorted(missing):
            take_all(db, me, doorstep.page(there[key]["after"], 1)[0])
    say(f"{len(theirs | ours)} days compared")
    for event in doorstep.ask("GET", "/v1/export/outstanding")["outstanding"]:
        db.execute("UPDATE receipt SET answer = NULL WHERE client = %s AND event_id = %s AND outcome IS DISTINCT FROM "
                   "%s", [me, event["event_id"], event["outcome"]])
    send_receipts(db, me, doorstep)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["run", "retry", "reconcile"])
    parser.add_argument("--once", action="store_true", help="run: end when there is nothing new")
    asked, env = parser.parse_args(), os.environ
    me = env["DOORSTEP_CLIENT_ID"]
    doorstep = Doorstep(env["DOORSTEP_URL"], me, env["DOORSTEP_KEY"], env.get("DOORSTEP_AUDIENCE"))
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as db:
        if asked.command == "run":
            run(db, me, doorstep, asked.once)
        elif asked.command == "retry":
            try_again(db, me, "refused")
            send_receipts(db, me, doorstep)
        else:
            reconcile(db, me, doorstep)


if __name__ == "__main__":
    try:
        main()
    except (Problem, psycopg.OperationalError) as why:
        sys.exit(f"stopped: {why}")
