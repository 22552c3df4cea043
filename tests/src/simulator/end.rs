//! The end of a simulated story: the faults stop, a minute passes, and everything is judged, first
//! what must have come to rest, then what must never have happened.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ChangeHash, ReadDoc as _};
use client_core::Ended;
use client_core::notebook::State;
use notes::ids::{Actor, DeviceId, DocumentId};
use serde_json::Value;
use server::store::EntryState;
use sha2::{Digest as _, Sha256};

use super::Summary;
use super::deeds::text;
use super::town::{Resident, Town, Written};
use crate::clock::{DAY, HOUR, SECOND};
use crate::server::Server;

/// Most decisions after the faults have stopped.
const MOST_DECISIONS: usize = 200;
/// So often issues may come up again after all were ended.
const MOST_ROUNDS: usize = 3;

impl Town {
    /// Everything comes to rest, and is judged.
    pub(super) fn end(&mut self) -> Summary {
        self.tell("the faults stop");
        let faults = self.residents.iter().map(|r| r.phone.link.cuts).sum();
        for resident in &mut self.residents {
            resident.phone.link.calm();
            resident.phone.link.late_ones_arrive();
        }
        self.a_minute_passes();
        self.patience_ends();
        self.rests_or_asks();
        // A decision may let what waits be judged again, and be asked about once more; a colleague's part of a
        // note that whoever began it never sends comes up each time.
        for _ in 0..MOST_ROUNDS {
            self.every_issue_is_ended();
            self.a_minute_passes();
            self.patience_ends();
            self.rests_or_asks();
            if !self.waits_for_a_person() {
                break;
            }
        }
        self.never();
        Summary {
            shown: self.v.shown(),
            taken: self.mosaic.records.len(),
            settled: self.settled,
            faults,
            deaths: self.deaths,
            fingerprint: self.fingerprint(),
        }
    }

    /// Passes and judgements, as they come by themselves in a minute of fair weather.
    fn a_minute_passes(&mut self) {
        for _ in 0..6 {
            self.v.server.settle();
            for who in 0..self.residents.len() {
                self.syncs(who);
                self.v.server.settle();
            }
            self.v.time.pass(10 * SECOND);
        }
    }

    /// What waits for a part that nobody has becomes an issue after a day.
    fn patience_ends(&mut self) {
        let waits = |entry: &server::store::Entry| entry.entry.state == EntryState::Waiting;
        if self.v.server.log().iter().any(waits) {
            self.v.time.pass(DAY + HOUR);
            server::sync::sweep(&self.v.server.core()).expect("the projector goes on");
            self.tell("a day passes");
        }
    }

    /// Liveness: nothing waits without an open issue that says so.
    fn rests_or_asks(&mut self) {
        let open = self.v.admin().issues();
        let asked: BTreeSet<String> = open
            .iter()
            .map(|issue| text(issue, "note_id").to_owned())
            .collect();
        // A phone that was revoked may only send: it hears of no decision.
        for resident in self.residents.iter_mut().filter(|r| !r.revoked) {
            let report = resident.phone.syncs();
            let name = resident.phone.name.clone();
            let readable = readable(&self.v.server, resident);
            assert_eq!(report.ended, Ended::Quiet, "{name} comes through in fair weather");
            // The file of a note that was set aside, and has not been back in view since, waits for the note
            // (docs/known-limits.md).
            let waits = |note: &DocumentId| {
                let gone = !readable(*note) || published(&self.v.server, *note).is_none();
                gone && self.overruled.contains(note) && self.files.iter().any(|file| file.0 == *note)
            };
            let may_wait = self.notes.iter().filter(|note| waits(note)).count() as u64;
            assert!(report.waiting <= may_wait, "{} wait on {name}", report.waiting);
            for item in resident.phone.list() {
                let note = item.id.to_string();
                match item.state {
                    State::OnPhone => assert!(waits(&item.id), "{note} waits on {name}"),
                    State::Held | State::Conflict => {
                        // Whoever may not read it any more does not hear how phones came to agree; and what the
                        // desk wrote before the server was set back stays on phones beside what it wrote since.
                        let unheard = !readable(item.id) || self.was_set_back;
                        let unheard = item.state == State::Conflict && unheard;
                        assert!(
                            unheard || asked.contains(&note),
                            "{note} is {:?} on {name} and nobody is asked",
                            item.state
                        );
                    }
                    _ => {}
                }
            }
        }
        for entry in self.v.server.log() {
            let note = entry.entry.document.to_string();
            match entry.entry.state {
                EntryState::Pending => panic!("entry {} of {note} is not judged", entry.seq),
                EntryState::Held | EntryState::Waiting => assert!(
                    asked.contains(&note),
                    "entry {} of {note} is {:?} ({:?}) and nobody is asked",
                    entry.seq,
                    entry.entry.state,
                    entry.entry.code
                ),
                _ => {}
            }
        }
    }

    fn every_issue_is_ended(&mut self) {
        for _ in 0..MOST_DECISIONS {
            if !self.waits_for_a_person() {
                return;
            }
            if self.admin_settles() {
                self.v.server.settle();
                for who in 0..self.residents.len() {
                    self.syncs(who);
                    self.v.server.settle();
                }
            }
        }
        panic!("issues do not come to an end: {:?}", self.v.admin().issues());
    }

    fn waits_for_a_person(&self) -> bool {
        let kinds = ["held", "conflict", "unmatched_person"];
        self.v
            .admin()
            .issues()
            .iter()
            .any(|issue| kinds.contains(&text(issue, "kind")))
    }

    /// What became of each part, for whoever reads the story.
    fn tell_the_log(&self) {
        for entry in self.v.server.log() {
            let sent = &entry.entry;
            let counted = notes::gate::count(&sent.chunk, &notes::gate::Limits::default());
            let by =
                counted.map(|c| format!("{:?}, actor {:02x?}, seq {}", c.kind, &c.actors[0][..3], c.seq));
            let text = String::from_utf8_lossy(&sent.chunk);
            let written = self.written.iter().map(|written| written.token.as_str());
            let words: Vec<&str> = written.filter(|token| text.contains(token)).collect();
            self.tell(format!(
                "entry {} of {} at {}: {:?} {:?} {by:?} {words:?}",
                entry.seq, sent.document, sent.received_at, sent.state, sent.code
            ));
        }
    }

    /// Safety: what must never happen, by the simulator's own ledger.
    fn never(&mut self) {
        self.tell_the_log();
        self.v.nothing_shown_is_missing();
        self.v.server.verify();
        self.each_word_stands_once();
        self.each_file_is_there();
        self.case_system_has_what_phones_show();
        self.who_may_read_has_it_all();
        self.who_may_not_read_lists_nothing();
        self.who_was_merged_has_no_notes();
    }

    /// The notes of somebody who was merged are the survivor's, here and in the feed.
    fn who_was_merged_has_no_notes(&self) {
        let core = self.v.server.core();
        for note in self.notes.iter().filter(|note| !self.pages.contains(note)) {
            let merged = core.store.read(|tx| {
                let about = tx.document_person(*note)?;
                let person = about.map(|about| tx.survivor(about)).transpose()?;
                let told = self
                    .mosaic
                    .newest(*note)
                    .and_then(|event| event.json["person"]["case_id"].as_str());
                let alias = told.map(|case_id| tx.alias(case_id)).transpose()?.flatten();
                Ok::<_, server::store::StoreError>(person != about || alias.is_some())
            });
            assert!(
                !merged.expect("the store"),
                "{note} is about somebody who was merged"
            );
        }
    }

    /// Two phones of one device that had both written under one name: what others had of it when the server
    /// was set back is written again by them, and stays with the others too (docs/known-limits.md).
    fn copies_were_set_back(&self) -> bool {
        let devices: BTreeSet<_> = self.residents.iter().map(|r| r.phone.device()).collect();
        self.was_set_back && devices.len() < self.residents.len()
    }

    /// A phone that lists a note which its worker may read has just what the server has of it.
    fn who_may_read_has_it_all(&mut self) {
        let core = self.v.server.core();
        let may_have_more = self.copies_were_set_back();
        for resident in self.residents.iter_mut().filter(|r| !r.revoked) {
            let readable = readable(&self.v.server, resident);
            let due = due(&self.v.server, &self.notes, resident);
            let phone = &mut resident.phone;
            let listed: BTreeSet<DocumentId> = phone.list().iter().map(|item| item.id).collect();
            for id in listed.union(&due).copied() {
                let record = core.store.read(|tx| tx.document(id)).expect("the store");
                // Nothing of it is published: who began it is lost, or a person set it aside.
                if record.is_none() || !readable(id) {
                    continue;
                }
                // Pages stand in no list.
                assert!(
                    listed.contains(&id) || self.pages.contains(&id),
                    "{} does not list {id}",
                    phone.name
                );
                let here = phone.document(id);
                let here = here.unwrap_or_else(|| panic!("{} does not have {id}", phone.name));
                let there = core.store.read(|tx| server::sync::published(tx, id, None));
                let there = there.expect("it can be read").expect("it is published");
                let lacks = |from: &Automerge, in_: &Automerge| -> Vec<_> {
                    let all = from.get_changes_meta(&[]);
                    let missing = all
                        .into_iter()
                        .filter(|meta| in_.get_change_meta_by_hash(&meta.hash).is_none());
                    missing
                        .map(|meta| (meta.hash, meta.actor.to_bytes().to_vec()))
                        .collect()
                };
                let mut more = lacks(&here, &there);
                // What the desk wrote is lost where the server is set back behind it, and stays on phones
                // (docs/known-limits.md).
                let is_lost_desk = |actor: &[u8]| {
                    let actor = Actor::from_slice(actor).expect("it was published");
                    let owner = core.store.read(|tx| tx.actor_owner(actor)).expect("the store");
                    self.was_set_back && owner.is_none()
                };
                let all = more.len();
                more.retain(|(_, actor)| !is_lost_desk(actor));
                if more.len() < all && !on_caseload(&self.v.server, id, &phone.worker) {
                    // Only what the desk wrote then brought the note to this phone.
                    continue;
                }
                if self.was_set_back {
                    let aside = set_aside(&self.v.server, id);
                    more.retain(|(hash, _)| !aside.contains(hash));
                }
                assert!(
                    more.is_empty() || may_have_more,
                    "{} has more of {id}: {more:?}",
                    phone.name
                );
                let mut missing = lacks(&there, &here);
                if may_have_more {
                    let cannot = shut_out(&there, &here);
                    missing.retain(|(hash, _)| !cannot.contains(hash));
                }
                assert_eq!(missing, Vec::new(), "{} lacks something of {id}", phone.name);
            }
        }
    }

    /// A note whose person is out of view is on no list, but for who joined the visit, and who has not heard whom the
    /// note is about: it was begun with a name only, or the match that they had was lost with the server
    /// (docs/known-limits.md).
    fn who_may_not_read_lists_nothing(&mut self) {
        let core = self.v.server.core();
        for resident in self.residents.iter_mut().filter(|r| !r.revoked) {
            let readable = readable(&self.v.server, resident);
            let phone = &mut resident.phone;
            let device = phone.device();
            for item in phone.list().into_iter().filter(|item| !readable(item.id)) {
                let joined = joined(&self.v.server, item.id, device);
                let here = phone.document(item.id).expect("it is listed");
                let says = here.get(automerge::ROOT, "person").unwrap();
                let about = core
                    .store
                    .read(|tx| tx.document_person(item.id))
                    .expect("the store");
                let knows =
                    says.is_some_and(|(value, _)| value.into_string().ok() == about.map(|id| id.to_string()));
                assert!(
                    joined || !knows,
                    "{} lists {} of somebody out of view",
                    phone.name,
                    item.id
                );
            }
        }
    }

    /// How often words stand in what is published of their note.
    pub(super) fn times(&self, written: &Written) -> usize {
        let Some(doc) = published(&self.v.server, written.note) else {
            return 0;
        };
        let found = doc.get(automerge::ROOT, written.field).unwrap();
        found.map_or(0, |(_, id)| {
            doc.text(&id).unwrap().matches(&written.token).count()
        })
    }

    /// What somebody typed stands in its note once: not twice, and not never.
    fn each_word_stands_once(&self) {
        for written in &self.written {
            let token = &written.token;
            let times = self.times(written);
            let may_miss = self.excused.contains(token) || self.overruled.contains(&written.note);
            let may_double = self.may_double.contains(token);
            assert!(
                times == 1 || (times == 0 && may_miss) || (times > 1 && may_double),
                "{token} stands {times} times in {} of {}",
                written.field,
                written.note
            );
        }
    }

    /// A file that a published note names has come whole, but where its phone is lost or revoked; and where it has,
    /// the newest version says so.
    fn each_file_is_there(&mut self) {
        self.case_system_takes_the_rest();
        let present: BTreeSet<u32> = self
            .residents
            .iter()
            .filter(|r| !r.revoked)
            .map(|r| r.number)
            .collect();
        let core = self.v.server.core();
        for (note, id, by) in &self.files {
            let named = core
                .store
                .read(|tx| tx.named(*note))
                .expect("the store")
                .contains(id);
            let held = core
                .store
                .read(|tx| tx.holding(*id, *note))
                .expect("the store")
                .is_some();
            assert!(
                !named || held || !present.contains(by),
                "{id} of {note} was attached by {by} and is not there"
            );
            assert!(
                !held || self.v.server.file(*id).is_some(),
                "{id} is held and has no bytes"
            );
            if let Some(event) = self.mosaic.newest(*note).filter(|_| named) {
                let all = event.json["attachments"].as_array().expect("attachments");
                let said = all.iter().find(|one| one["sha256"] == id.to_string());
                assert_eq!(
                    said.expect("it is named")["available"],
                    held,
                    "{id} of {note} in its newest version"
                );
            }
        }
    }

    fn case_system_has_what_phones_show(&mut self) {
        self.case_system_takes_the_rest();
        let mut finished: BTreeMap<DocumentId, String> = BTreeMap::new();
        for resident in self.residents.iter_mut().filter(|r| !r.revoked) {
            for item in resident.phone.list() {
                let told = item.case_id.is_some() && resident.phone.has_finished(item.id);
                // The finish may be among what was lost with the server and is decided against by now.
                let here = resident.phone.document(item.id).expect("it is listed");
                let aside = self.was_set_back.then(|| set_aside(&self.v.server, item.id));
                let has = |hash: &ChangeHash| here.get_change_meta_by_hash(hash).is_some();
                if aside.is_some_and(|aside| aside.iter().any(has)) {
                    continue;
                }
                if told && let Some(doc) = published(&self.v.server, item.id) {
                    let (_, body) = doc.get(automerge::ROOT, "body").unwrap().expect("a body");
                    finished.insert(item.id, doc.text(&body).unwrap());
                }
            }
        }
        for (note, body) in &finished {
            let newest = self.mosaic.newest(*note);
            let newest = newest.unwrap_or_else(|| panic!("{note} is finished and not in the feed"));
            assert_eq!(newest.text("body"), body, "the newest version of {note}");
        }
    }

    /// A sum over all that was told and all that stands in the log.
    fn fingerprint(&self) -> u64 {
        let mut hasher = Sha256::new();
        for line in self.told.0.borrow().iter() {
            hasher.update(line);
        }
        for entry in self.v.server.log() {
            hasher.update(&entry.entry.chunk);
            hasher.update(Value::from(entry.seq).to_string());
        }
        let digest: [u8; 32] = hasher.finalize().into();
        digest
            .iter()
            .take(8)
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

/// Whether a resident's worker may read a note: its person is in the team, or not known yet, or they joined it.
fn readable(server: &Server, resident: &Resident) -> impl Fn(DocumentId) -> bool + use<> {
    let (core, worker) = (server.core(), resident.phone.worker.clone());
    let joined = resident.joined.clone();
    move |note| {
        let record = core.store.read(|tx| tx.document(note)).expect("the store");
        let Some(person) = record.and_then(|record| record.person) else {
            return true;
        };
        let person = core.store.read(|tx| tx.person(person)).expect("the store");
        let theirs = person.and_then(|person| person.allocated_worker);
        joined.contains(&note) || theirs.is_some_and(|theirs| same_team(&theirs, &worker))
    }
}

/// The notes that stand on a resident's list for certain: those of the people on the caseload, and those that they
/// joined, where the server has heard of it.
fn due(server: &Server, notes: &[DocumentId], resident: &Resident) -> BTreeSet<DocumentId> {
    let (worker, device) = (&resident.phone.worker, resident.phone.device());
    let visits = |note| resident.joined.contains(&note) && joined(server, note, device);
    let due = notes.iter().copied();
    due.filter(|note| on_caseload(server, *note, worker) || visits(*note))
        .collect()
}

/// The changes of a note that a person set aside.
fn set_aside(server: &Server, note: DocumentId) -> BTreeSet<ChangeHash> {
    let aside = server.log().into_iter().filter(|entry| {
        let code = entry.entry.code.as_deref();
        let decided = code.is_some_and(|code| code != notes::wire::WRITTEN_AGAIN);
        entry.entry.document == note && entry.entry.state == EntryState::SetAside && decided
    });
    let counted = aside
        .filter_map(|entry| notes::gate::count(&entry.entry.chunk, &notes::gate::Limits::default()).ok());
    counted.flat_map(|part| part.heads).map(ChangeHash).collect()
}

/// Of two changes under one number a phone can only have one: those of the server's that it cannot take in, because
/// it has the other, or what they build on is such a one.
fn shut_out(there: &Automerge, here: &Automerge) -> BTreeSet<ChangeHash> {
    let taken: BTreeMap<_, _> = here
        .get_changes_meta(&[])
        .into_iter()
        .map(|meta| ((meta.actor.to_bytes().to_vec(), meta.seq), meta.hash))
        .collect();
    let mut shut = BTreeSet::new();
    for meta in there.get_changes_meta(&[]) {
        let place = (meta.actor.to_bytes().to_vec(), meta.seq);
        let other = taken.get(&place).is_some_and(|hash| *hash != meta.hash);
        if other || meta.deps.iter().any(|dep| shut.contains(dep)) {
            shut.insert(meta.hash);
        }
    }
    shut
}

/// Whether a note's person is on a worker's caseload.
fn on_caseload(server: &Server, note: DocumentId, worker: &str) -> bool {
    let core = server.core();
    let person = core.store.read(|tx| match tx.document_person(note)? {
        Some(person) => tx.person(person),
        None => Ok(None),
    });
    let theirs = person
        .expect("the store")
        .and_then(|person| person.allocated_worker);
    theirs.as_deref() == Some(worker)
}

/// Whether the server knows that a device joined a note.
fn joined(server: &Server, note: DocumentId, device: DeviceId) -> bool {
    let reason = server.core().store.read(|tx| tx.follow_reason(note, device));
    reason.expect("the store").as_deref() == Some(notes::wire::JOINT_VISIT)
}

/// The simulator's own knowledge of who works with whom.
fn same_team(one: &str, other: &str) -> bool {
    (one == "W108") == (other == "W108")
}

/// A note as everybody may have it.
fn published(server: &Server, note: DocumentId) -> Option<Automerge> {
    let core = server.core();
    let read = core.store.read(|tx| server::sync::published(tx, note, None));
    read.expect("what is published can be read")
}
