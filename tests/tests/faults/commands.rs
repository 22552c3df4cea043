//! The first start, the first start of a newer version, `backup` and `restore`: killed, torn, robbed
//! of power and of room at every call by which they change a file.

use std::path::{Path, PathBuf};
use std::process::Output;

use doorstep_tests::Folder;
use doorstep_tests::process::Process;
use server::core::Core;
use server::host::Host;
use server::store::Store;

use crate::long;
use crate::office::{Phone, verified};
use crate::shim::{Action, Fault, Shim, ops};

/// What may happen at a call: the machine stops, or its disk is full from there on.
const ACTIONS: [Action; 6] = [
    Action::DieBefore,
    Action::Full,
    Action::PowerOff,
    Action::FullHalf,
    Action::DieHalf,
    Action::DieSector,
];

/// A machine: what is below `disk` is watched.
struct Machine {
    shim: Shim,
    folder: Folder,
}

impl Machine {
    fn new() -> Option<Self> {
        let folder = Folder::new();
        let shim = Shim::new(folder.path(), &folder.path().join("disk"))?;
        Some(Self { shim, folder })
    }

    fn disk(&self, name: &str) -> PathBuf {
        self.folder.path().join("disk").join(name)
    }

    fn server(&self, name: &str) -> Process {
        let mut server = Process::at(&self.disk(name));
        server.logs_into(self.folder.path().join(format!("{name}.log")));
        server.set_environment(self.shim.environment());
        server
    }

    /// Does something again and again, each time with a fault at a later call, until none is met. The
    /// ordinary run takes the kinds of fault in turn, the long one each of them at each call.
    fn at_each_call(&self, mut attempt: impl FnMut(&Self, &str)) -> u32 {
        let rounds = if long() { ACTIONS.len() } else { 1 };
        let round = |round| {
            self.until_none_is_met(&mut attempt, |at| {
                let turn = usize::try_from(at).unwrap() + round;
                Fault::at(ACTIONS[turn % ACTIONS.len()], ops::DISK, at)
            })
        };
        (0..rounds).map(round).sum()
    }

    /// The same with a disk that is full for one call only: what follows might not notice.
    fn at_each_call_once(&self, mut attempt: impl FnMut(&Self, &str)) -> u32 {
        self.until_none_is_met(&mut attempt, |at| Fault {
            until: at,
            ..Fault::at(Action::Full, ops::DISK, at)
        })
    }

    /// `attempt` is told what happens at which call.
    fn until_none_is_met(&self, attempt: &mut impl FnMut(&Self, &str), fault: impl Fn(u64) -> Fault) -> u32 {
        let mut faults = 0;
        for at in 1.. {
            let fault = fault(at);
            self.shim.arm(fault);
            attempt(
                self,
                &format!("{:?} at call {at} (until {})", fault.action, fault.until),
            );
            if self.shim.fired() == 0 {
                break;
            }
            faults += 1;
        }
        self.shim.disarm();
        faults
    }
}

fn emptied(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
}

/// It went through, was killed, or ended with 1 and said why.
fn ended(output: &Output, after: &str) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => return true,
        Some(1) => assert!(said.contains("doorstep: "), "{after}: it says why: {said:?}"),
        Some(other) => panic!("{after}: exit code {other}: {said}"),
        None => {}
    }
    false
}

/// A start on a folder as `prepare` leaves it, with faults; then one without.
fn starts(prepare: impl Fn(&Path)) -> Option<u32> {
    let machine = Machine::new()?;
    let faults = machine.at_each_call(|machine, after| {
        let mut server = machine.server("server");
        emptied(server.data());
        prepare(server.data());
        if let Err((status, said)) = server.try_start() {
            assert!(machine.shim.fired() > 0, "{after}: {status}: {said}");
            let explained = status.code() == Some(1) && said.contains("doorstep: ");
            assert!(status.code().is_none() || explained, "{after}: {status}: {said}");
        }
        server.kill();
        machine.shim.disarm();
        server.start();
        server.kill();
        verified(server.data(), after);
        let core = Core::open(server.data(), None, Host::system()).unwrap();
        let epoch = core.store.read(|tx| tx.meta("epoch")).unwrap();
        assert!(epoch.is_some(), "{after}: it is settled in");
    });
    Some(faults)
}

#[test]
fn the_first_start() {
    let Some(faults) = starts(|_| {}) else { return };
    println!("{faults} faults");
    assert!(faults > 50, "{faults} faults");
}

/// The schema's steps, as the server has them.
fn steps() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/store");
    let step = |n: u32| std::fs::read_to_string(folder.join(format!("schema_{n}.sql"))).ok();
    (1..).map_while(step).collect()
}

#[test]
fn the_first_start_of_a_newer_version() {
    let steps = steps();
    assert!(!steps.is_empty());
    for version in 1..=steps.len() {
        let faults = starts(|data| {
            let db = rusqlite::Connection::open(data.join("doorstep.db")).unwrap();
            for step in &steps[..version] {
                db.execute_batch(step).unwrap();
            }
            db.pragma_update(None, "user_version", version).unwrap();
        });
        let Some(faults) = faults else { return };
        println!("from schema {version}: {faults} faults");
        assert!(faults > 10, "{faults} faults");
    }
}

/// A stopped server with some notes.
fn with_notes(machine: &Machine) -> Process {
    let mut server = machine.server("server");
    server.imports_sample_team();
    server.start();
    let mut phone = Phone::enrolled(&server, machine.folder.path());
    for _ in 0..3 {
        phone.writes();
    }
    phone.comes_to_rest();
    server.wait_until_published();
    server.kill();
    server
}

/// Log entries that are safe, as the phones are told.
fn safe_seq(data: &Path) -> u64 {
    let core = Core::open(data, None, Host::system()).unwrap();
    let bytes = core.store.read(|tx| tx.meta("safe_seq")).unwrap();
    bytes.map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}

#[test]
fn a_backup() {
    let Some(machine) = Machine::new() else { return };
    let server = with_notes(&machine);
    let copies = machine.disk("copies");
    emptied(&copies);
    let target = copies.join("backup.db");
    let words = ["backup", target.to_str().unwrap()];
    server.run(&words);
    let attempt = |machine: &Machine, after: &str| {
        let through = ended(&server.try_run(&words), after);
        machine.shim.disarm();
        assert!(through || machine.shim.fired() > 0, "{after}");
        // What stands under the name is whole, the old one or the new one; and no phone was told of more.
        let head = Store::check_file(&target, None).unwrap();
        assert!(
            safe_seq(server.data()) <= head.0.seq,
            "{after}: phones rely on what is there"
        );
        verified(server.data(), after);
        server.run(&words);
        let left: Vec<_> = std::fs::read_dir(&copies)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(
            left,
            ["backup.db"],
            "{after}, {}: nothing is left over once a backup has gone through",
            machine.shim.place()
        );
    };
    let faults = machine.at_each_call(attempt) + machine.at_each_call_once(attempt);
    println!("{faults} faults");
    assert!(faults > 30, "{faults} faults");
}

#[test]
fn a_restore() {
    let Some(machine) = Machine::new() else { return };
    let server = with_notes(&machine);
    let backup = machine.disk("backup.db");
    server.run(&["backup", backup.to_str().unwrap()]);
    let epoch = |data: &Path| {
        let core = Core::open(data, None, Host::system()).unwrap();
        core.store.read(|tx| tx.meta("epoch")).unwrap().unwrap()
    };
    let (before, entries) = (
        epoch(server.data()),
        Store::check_file(&backup, None).unwrap().0.seq,
    );
    let (mut again, mut refused, mut complete) = (0, 0, 0);
    let mut attempt = |machine: &Machine, after: &str| {
        let mut restored = machine.server("restored");
        emptied(restored.data());
        let words = ["restore", backup.to_str().unwrap()];
        let through = ended(&restored.try_run(&words), after);
        machine.shim.disarm();
        // On half a restore no server starts: it would be an empty one. On a whole one it does.
        if restored.data().join("doorstep.db").exists() {
            restored.start();
            restored.kill();
            complete += 1;
        } else {
            assert!(!through, "{after}: it said that it was done");
            if restored.data().join("restoring").exists() {
                let (status, said) = restored.try_start().unwrap_err();
                assert_eq!(status.code(), Some(1), "{after}: {said}");
                assert!(said.contains("run `doorstep restore` again"), "{after}: {said}");
                refused += 1;
            }
            restored.run(&words);
            again += 1;
        }
        assert_ne!(epoch(restored.data()), before, "{after}: it is another server");
        verified(restored.data(), after);
        let core = Core::open(restored.data(), None, Host::system()).unwrap();
        assert_eq!(
            core.store.read(|tx| tx.log_head()).unwrap().seq,
            entries,
            "{after}: all is there"
        );
    };
    let faults = machine.at_each_call(&mut attempt) + machine.at_each_call_once(&mut attempt);
    println!("{faults} faults, {again} restored again, {refused} refused to serve, {complete} complete");
    assert!(
        faults > 30 && refused > 20 && complete > 0,
        "{faults}, {refused}, {complete}"
    );
}
