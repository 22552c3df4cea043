//! Who lives in a simulated village, what the simulator itself remembers of them, and which deed or
//! fault comes next.

use std::collections::{BTreeMap, BTreeSet};

use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId};

use super::Told;
use crate::case_system::CaseSystem;
use crate::clock::{DAY, HOUR, SECOND};
use crate::dice::Chance;
use crate::folder::Folder;
use crate::phone::Phone;
use crate::village::Village;

/// Three of the north and one of the south.
const WORKERS: [&str; 4] = ["W105", "W104", "W101", "W108"];
/// Two people of Kofi's, one of Dawn's; they are moved about.
pub(super) const CASES: [&str; 3] = ["P104201", "P104226", "P104255"];
/// Most phones, clones included.
pub(super) const MOST_PHONES: usize = 5;

/// Words that somebody typed, unlike any other, so that they can be counted wherever they turn up.
pub(super) struct Written {
    pub(super) note: DocumentId,
    pub(super) field: &'static str,
    pub(super) token: String,
    /// By which phone.
    pub(super) by: u32,
}

/// One phone, and what the simulator knows of its fate.
pub(super) struct Resident {
    pub(super) phone: Phone,
    /// Counts phones, lost ones too.
    pub(super) number: u32,
    pub(super) revoked: bool,
    /// Notes that it joined, or was told of by whoever copied it.
    pub(super) joined: BTreeSet<DocumentId>,
    /// A copy of its storage, made earlier.
    pub(super) old: Option<Old>,
}

/// A copy of a phone's storage, and how things stood when it was made.
pub(super) struct Old {
    pub(super) phone: Phone,
    /// How many words had been written.
    pub(super) written: usize,
    /// What the phone had joined.
    pub(super) joined: BTreeSet<DocumentId>,
}

/// A backup of the server, with what the simulator must remember to go back to it.
pub(super) struct Backup {
    pub(super) file: Folder,
    /// Devices; a copy that is made later is one of them too.
    pub(super) revoked: BTreeSet<DeviceId>,
}

/// The village.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that may happen, or has"
)]
pub(super) struct Town {
    pub(super) told: Told,
    pub(super) v: Village,
    pub(super) residents: Vec<Resident>,
    pub(super) mosaic: CaseSystem,
    pub(super) notes: Vec<DocumentId>,
    /// Pages of people.
    pub(super) pages: BTreeSet<DocumentId>,
    pub(super) written: Vec<Written>,
    /// Files that somebody attached: to which note, which, by which phone.
    pub(super) files: Vec<(DocumentId, AttachmentId, u32)>,
    /// Words that may be missing: their phone was lost or revoked with them.
    pub(super) excused: BTreeSet<String>,
    /// Words that were only on a phone when its storage was copied: both copies may write them again
    /// (docs/known-limits.md).
    pub(super) may_double: BTreeSet<String>,
    /// Notes of which a person set something aside.
    pub(super) overruled: BTreeSet<DocumentId>,
    pub(super) backup: Option<Backup>,
    pub(super) may_restore: bool,
    pub(super) was_set_back: bool,
    pub(super) may_lose: bool,
    pub(super) may_revoke: bool,
    pub(super) settled: usize,
    pub(super) deaths: u32,
    pub(super) born: u32,
    /// What the case system answered, by event.
    pub(super) said: BTreeMap<String, &'static str>,
    /// Dice of their own, so that stories without pictures stay as they were.
    pub(super) pictures: Chance,
    /// Dice of their own, so that stories without a merge stay as they were.
    pub(super) merging: Chance,
    /// Two case ids may yet turn out to be one human.
    pub(super) may_merge: bool,
    tokens: BTreeMap<u32, u32>,
}

impl Town {
    pub(super) fn new(seed: u64, told: Told) -> Self {
        let v = Village::new(seed);
        let mosaic = v.case_system();
        let many = 2 + usize::try_from(v.chance.below(3)).unwrap();
        // A phone that is lost and a server that is set back, both at once, lose what both had: that is
        // what backups of either are for.
        let disaster = v.chance.below(4);
        let merging = Chance::new(seed, "merging");
        let mut town = Self {
            told,
            residents: Vec::new(),
            mosaic,
            notes: Vec::new(),
            pages: BTreeSet::new(),
            written: Vec::new(),
            files: Vec::new(),
            excused: BTreeSet::new(),
            may_double: BTreeSet::new(),
            overruled: BTreeSet::new(),
            backup: None,
            may_restore: disaster == 0,
            was_set_back: false,
            may_lose: disaster == 1,
            may_revoke: v.chance.one_in(3),
            settled: 0,
            deaths: 0,
            born: 0,
            said: BTreeMap::new(),
            pictures: Chance::new(seed, "pictures"),
            // A server that is set back behind a merge has to be told of it again (docs/known-limits.md).
            may_merge: merging.one_in(3) && disaster != 0,
            merging,
            tokens: BTreeMap::new(),
            v,
        };
        for worker in WORKERS.into_iter().take(many) {
            let mut phone = town.v.phone(worker);
            phone.link.storm(&town.v.chance);
            if town.v.chance.one_in(4) {
                let days = 30 - i64::try_from(town.v.chance.below(2)).unwrap() * 60;
                town.tell(format!("{}'s clock is off by {days} days", phone.name));
                phone.clock_is_off_by(days * DAY);
            }
            town.moves_in(phone);
        }
        town
    }

    pub(super) fn moves_in(&mut self, phone: Phone) {
        self.residents.push(Resident {
            phone,
            number: self.born,
            revoked: false,
            joined: BTreeSet::new(),
            old: None,
        });
        self.born += 1;
    }

    pub(super) fn tell(&self, line: impl std::fmt::Display) {
        let now = self.v.time.now();
        self.told.tell(format!("{now} {line}"));
    }

    pub(super) fn below(&self, end: usize) -> usize {
        usize::try_from(self.v.chance.below(end as u64)).unwrap()
    }

    pub(super) fn anybody(&self) -> usize {
        self.below(self.residents.len())
    }

    pub(super) fn some_note(&self) -> Option<DocumentId> {
        (!self.notes.is_empty()).then(|| self.notes[self.below(self.notes.len())])
    }

    /// Words that nobody else types.
    pub(super) fn token(&mut self, by: u32) -> String {
        let count = self.tokens.entry(by).or_default();
        *count += 1;
        format!("<{by}.{count}>")
    }

    /// One deed or fault, and a little time.
    pub(super) fn step(&mut self) {
        let pause = match self.v.chance.below(60) {
            0 => DAY / 2,
            1..=2 => HOUR,
            _ => i64::try_from(self.v.chance.below(8)).unwrap() * SECOND,
        };
        self.v.time.pass(pause);
        for resident in &mut self.residents {
            resident.phone.link.due_ones_arrive();
        }
        if self.may_merge && self.merging.one_in(60) {
            self.two_become_one();
        }
        let who = self.anybody();
        match self.v.chance.below(100) {
            0..=6 => self.begins(who),
            7..=34 => self.types(who),
            35..=39 => self.sets(who),
            40..=42 => self.marks(who),
            43..=46 => self.finishes(who),
            47..=50 => self.joins(who),
            51..=66 => self.syncs(who),
            67..=69 => self.half_a_pass(who),
            70..=77 => self.server_judges(),
            78..=80 => self.server_dies(),
            81..=84 => self.phone_dies(who),
            85..=88 => self.case_system_reads(),
            89..=91 => drop(self.admin_settles()),
            92 => self.phone_is_copied(who),
            93 => self.phone_is_lost(who),
            94 => self.backup_or_restore(),
            95 => self.is_revoked(who),
            96..=97 => self.is_reallocated(),
            98 if self.pictures.one_in(2) => self.attaches(who),
            98 => self.server_is_upgraded(),
            _ => self.reads(who),
        }
    }
}
