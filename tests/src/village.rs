//! The village itself: who lives in it, and the two things that must always hold at the end of a
//! story: nothing that was shown as sent is lost, and all who may see a note see the same.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use client_core::Ended;
use notes::ids::DocumentId;

use crate::admin::Admin;
use crate::case_system::CaseSystem;
use crate::clock::Time;
use crate::dice::Chance;
use crate::ledger::Ledger;
use crate::phone::{Around, Phone};
use crate::server::Server;

/// A server, its people, and whoever comes with a phone.
pub struct Village {
    /// Everybody's time.
    pub time: Time,
    /// The server.
    pub server: Rc<Server>,
    /// The story's own dice.
    pub chance: Chance,
    seed: u64,
    phones: u32,
    shown: Rc<RefCell<Ledger>>,
}

/// The seed of a story: the one asked for by `DOORSTEP_SEED`, or its own. It is printed, and shown
/// where the story fails.
pub fn seed(own: u64) -> u64 {
    let asked = std::env::var("DOORSTEP_SEED").ok();
    let seed = asked.map_or(own, |text| text.parse().expect("DOORSTEP_SEED is a number"));
    println!("DOORSTEP_SEED={seed}");
    seed
}

/// A file of the project.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

impl Village {
    /// A server with the demo's workers and people.
    pub fn new(seed: u64) -> Self {
        let time = Time::new();
        let server = Rc::new(Server::new(time.clone(), Chance::new(seed, "server")));
        let village = Self {
            time,
            server,
            chance: Chance::new(seed, "story"),
            seed,
            phones: 0,
            shown: Rc::default(),
        };
        village.admin().imports();
        village
    }

    /// Who settles what software cannot.
    pub fn admin(&self) -> Admin<'_> {
        Admin(&self.server)
    }

    /// A worker's new phone, enrolled, with its people on it.
    pub fn phone(&mut self, worker: &str) -> Phone {
        self.phones += 1;
        let name = format!("{worker}'s phone {}", self.phones);
        let around = Around {
            time: self.time.clone(),
            server: Rc::clone(&self.server),
            shown: Rc::clone(&self.shown),
        };
        let mut phone = Phone::new(around, worker, &name, Chance::new(self.seed, &name));
        let code = self.admin().code(worker);
        assert_eq!(phone.enrol(&code), Ended::Quiet, "{name} is enrolled");
        phone.syncs_well();
        phone
    }

    /// A case system with a key of its own.
    pub fn case_system(&self) -> CaseSystem {
        CaseSystem::new(
            Rc::clone(&self.server),
            self.time.clone(),
            &Chance::new(self.seed, "case system"),
        )
    }

    /// Nothing that any phone ever showed as sent is missing from the server's log.
    pub fn nothing_shown_is_missing(&self) {
        let missing = self.shown.borrow().missing_from(&self.server.changes());
        assert_eq!(missing, Vec::<String>::new());
    }

    /// The server was set back: what its desk wrote is not asked of the phones.
    pub(crate) fn desk_is_lost(&self) {
        self.shown.borrow_mut().forgets_the_desk();
    }

    /// How many notes were shown as sent, so that no story passes empty.
    pub fn shown(&self) -> usize {
        self.shown.borrow().len()
    }

    /// Passes and judgements until nobody has anything to say; the weather must be fair.
    pub fn until_quiet(&self, phones: &mut [&mut Phone]) {
        self.server.settle();
        for _ in 0..20 {
            let mut news = 0;
            for phone in phones.iter_mut() {
                let report = phone.syncs_well();
                news += report.sent + report.received + report.waiting;
                self.server.settle();
            }
            if news == 0 {
                return;
            }
        }
        panic!("the village does not come to rest");
    }

    /// Phones that list a note have the same changes of it, and so has the server.
    pub fn all_agree(&self, phones: &mut [&mut Phone]) {
        let mut known: BTreeMap<DocumentId, (String, Vec<automerge::ChangeHash>)> = BTreeMap::new();
        for phone in phones.iter_mut() {
            for item in phone.list() {
                let mut heads = phone.document(item.id).expect("it is listed").get_heads();
                heads.sort_unstable();
                let first = known
                    .entry(item.id)
                    .or_insert_with(|| (phone.name.clone(), heads.clone()));
                let (other, theirs) = &*first;
                assert_eq!(&heads, theirs, "{} and {other} differ on {}", phone.name, item.id);
            }
        }
        for (id, (phone, mut heads)) in known {
            let here = self.server.core().store.read(|tx| tx.document(id)).unwrap();
            let mut here: Vec<_> = here.map(|record| record.heads).unwrap_or_default();
            here.sort_unstable();
            heads.sort_unstable();
            let heads: Vec<_> = heads.into_iter().map(|head| head.0).collect();
            assert_eq!(here, heads, "the server and {phone} differ on {id}");
        }
    }
}
