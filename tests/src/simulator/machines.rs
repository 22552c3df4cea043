//! What happens to phones and to the server: they die, are copied, lost, set back, taken away from
//! their people.

use std::collections::BTreeSet;

use notes::ids::{DeviceId, DocumentId};

use super::town::{Backup, CASES, MOST_PHONES, Old, Town};

/// Who may be given a person: two of the north, one of the south.
const COLLEAGUES: [&str; 3] = ["W105", "W104", "W108"];

impl Town {
    pub(super) fn server_judges(&mut self) {
        if self.v.chance.one_in(3) {
            let core = self.v.server.core();
            let judged = server::sync::project(&core, 1).expect("the projector goes on");
            self.tell(format!("the server judges {judged} document"));
        } else {
            self.v.server.settle();
            self.tell("the server judges all that waits");
        }
    }

    pub(super) fn server_dies(&mut self) {
        self.v.server.crash();
        self.deaths += 1;
        self.tell("the server is killed and starts again");
    }

    /// A newer program on the same data: it starts anew, and makes all projections again from the log.
    pub(super) fn server_is_upgraded(&mut self) {
        self.v.server.crash();
        let documents = server::sync::reproject(&self.v.server.core()).expect("the log can be read");
        self.tell(format!(
            "the server is upgraded, and makes {documents} documents again"
        ));
    }

    pub(super) fn phone_dies(&mut self, who: usize) {
        let phone = &mut self.residents[who].phone;
        phone.is_killed();
        let line = format!("{} is killed and starts again", phone.name);
        self.deaths += 1;
        self.tell(line);
    }

    /// A second phone from a copy of one's storage; both are used on.
    pub(super) fn phone_is_copied(&mut self, who: usize) {
        if self.residents.len() >= MOST_PHONES {
            return;
        }
        let copy = self.copy_of(who, "copy");
        let line = format!(
            "{} is made from the storage of {}",
            copy.name, self.residents[who].phone.name
        );
        self.tell(line);
        let revoked = self.residents[who].revoked;
        self.moves_in(copy);
        if let Some(last) = self.residents.last_mut() {
            last.revoked = revoked;
        }
    }

    fn copy_of(&mut self, who: usize, what: &str) -> crate::phone::Phone {
        let name = format!("{} ({what} {})", self.residents[who].phone.name, self.born);
        let phone = &mut self.residents[who].phone;
        // Keys that are not yet a change would be typed twice: docs/known-limits.md.
        let _ = phone.list();
        let mut copy = phone.copied(&name);
        copy.link.storm(&self.v.chance);
        self.unsent_words_may_double(copy.device());
        copy
    }

    /// Its storage is copied for a bad day; later it is lost, and the copy is used on.
    pub(super) fn phone_is_lost(&mut self, who: usize) {
        if !self.may_lose {
            return;
        }
        let Some(old) = self.residents[who].old.take() else {
            let copy = self.copy_of(who, "old");
            let line = format!("the storage of {} is copied", self.residents[who].phone.name);
            self.tell(line);
            self.residents[who].old = Some(Old {
                phone: copy,
                written: self.written.len(),
                joined: self.residents[who].joined.clone(),
            });
            return;
        };
        let line = format!(
            "{} is lost, and its old storage is used on",
            self.residents[who].phone.name
        );
        self.tell(line);
        let number = self.residents[who].number;
        let gone = self.written.iter().skip(old.written).filter(|w| w.by == number);
        self.excused.extend(gone.map(|w| w.token.clone()));
        // What it joined since is lost with it, but for what the server has heard of.
        let (core, device) = (self.v.server.core(), old.phone.device());
        let heard = |note: &DocumentId| {
            let reason = core.store.read(|tx| tx.follow_reason(*note, device));
            reason.expect("the store").is_some()
        };
        let resident = &mut self.residents[who];
        resident
            .joined
            .retain(|note| old.joined.contains(note) || heard(note));
        resident.phone = old.phone;
        resident.number = self.born;
        self.born += 1;
    }

    pub(super) fn backup_or_restore(&mut self) {
        if !self.may_restore {
            return;
        }
        let Some(backup) = self.backup.take() else {
            self.v.server.settle();
            let revoked = self.residents.iter().filter(|r| r.revoked);
            let revoked = revoked.map(|r| r.phone.device()).collect();
            self.backup = Some(Backup {
                file: self.v.server.backup(),
                revoked,
            });
            self.tell("the server is backed up");
            return;
        };
        self.v.server.restore(&backup.file);
        self.deaths += 1;
        self.tell("the server is lost, and begins again from the backup");
        for resident in &mut self.residents {
            resident.revoked = backup.revoked.contains(&resident.phone.device());
        }
        // What it took since is its own; it reads the new feed from the beginning.
        self.mosaic.begins_anew();
        self.v.desk_is_lost();
        self.may_restore = false;
        self.was_set_back = true;
        let devices: Vec<_> = self.residents.iter().map(|r| r.phone.device()).collect();
        for device in &devices {
            if devices.iter().filter(|other| *other == device).count() > 1 {
                self.unsent_words_may_double(*device);
            }
        }
    }

    /// What all copies of a phone have and the server has not, each may write again (docs/known-limits.md).
    fn unsent_words_may_double(&mut self, device: DeviceId) {
        let family = self.residents.iter().filter(|r| r.phone.device() == device);
        let family: BTreeSet<u32> = family.map(|r| r.number).collect();
        let unsent = self.written.iter();
        let unsent = unsent.filter(|w| family.contains(&w.by) && self.times(w) == 0);
        let unsent: Vec<String> = unsent.map(|w| w.token.clone()).collect();
        self.may_double.extend(unsent);
    }

    pub(super) fn is_revoked(&mut self, who: usize) {
        if !self.may_revoke || self.residents.iter().filter(|r| !r.revoked).count() < 2 {
            return;
        }
        let device = self.residents[who].phone.device();
        let core = self.v.server.core();
        let id = device.to_string();
        core.store
            .write(|tx| server::ops::device::revoke(tx, &core.host, &id, None, "operator"))
            .expect("revoked");
        // A copy is the same device.
        for resident in &mut self.residents {
            if resident.phone.device() == device {
                resident.revoked = true;
            }
        }
        let numbers: BTreeSet<u32> = self
            .residents
            .iter()
            .filter(|r| r.revoked)
            .map(|r| r.number)
            .collect();
        let theirs = self.written.iter().filter(|w| numbers.contains(&w.by));
        self.excused.extend(theirs.map(|w| w.token.clone()));
        let line = format!("{} is revoked", self.residents[who].phone.name);
        self.tell(line);
    }

    pub(super) fn is_reallocated(&mut self) {
        let case_id = CASES[self.below(CASES.len())];
        let worker = COLLEAGUES[self.below(COLLEAGUES.len())];
        self.v.admin().allocates(case_id, worker);
        self.tell(format!("{case_id} is allocated to {worker}"));
    }

    /// The case system finds that two case ids are one human.
    pub(super) fn two_become_one(&mut self) {
        self.may_merge = false;
        let old = usize::try_from(self.merging.below(3)).unwrap();
        let into = (old + 1 + usize::try_from(self.merging.below(2)).unwrap()) % CASES.len();
        let (old, into) = (CASES[old], CASES[into]);
        let file = format!("case_id,merged_into\n{old},{into}\n");
        let answer = server::ops::import::people(&self.v.server.core(), file.as_bytes(), "client:case");
        assert_eq!(answer.expect("the file is taken").merged, 1);
        self.tell(format!("{old} turns out to be {into}"));
    }
}
