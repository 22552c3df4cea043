//! What the desk does with devices.

use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;

use super::deeds;
use crate::core::Core;
use crate::messages::Kind;
use crate::ops::OpError;
use crate::ops::device::{self, Ordered, list};
use crate::ops::message::{self, Words};
use crate::store::{DeviceRecord, StoreError, WorkerRecord};
use crate::testing::Folder;

const BY: &str = "worker:W110";
const PHONE: DeviceId = DeviceId([7; 16]);
const WHY: &str = "left on a bus";

/// Alice has a phone on which two notes wait.
fn desk() -> (Core, Folder) {
    let (core, folder, _clock) = crate::testing::core();
    core.store
        .write(|tx| -> Result<(), StoreError> {
            tx.worker_put(&WorkerRecord {
                id: "W1".into(),
                name: "Alice".into(),
                email: None,
                role: "practitioner".into(),
                team: None,
                profession: None,
            })?;
            tx.device_add(&DeviceRecord {
                id: PHONE,
                worker: "W1".into(),
                public_key: vec![7; 65],
                app: "test".into(),
                enrolled_at: 1,
                last_seen_at: None,
                revoked_at: None,
                waiting: 0,
                clock_offset_ms: 0,
                pulled_pub: 0,
            })?;
            tx.device_seen(PHONE, 3, (2, 0, 0), "test")
        })
        .unwrap();
    (core, folder)
}

fn lock(core: &Core, device: &str, reason: &str, by: &str) -> Result<Ordered, OpError> {
    core.store
        .write(|tx| device::lock(tx, &core.host, device, reason, by))
}

fn wipe(core: &Core, device: &str, unsent: bool, reason: &str, by: &str) -> Result<Ordered, OpError> {
    core.store
        .write(|tx| device::wipe(tx, &core.host, device, unsent, (reason, by)))
}

fn rename(core: &Core, device: &str, name: &str, by: &str) -> Result<(), OpError> {
    core.store
        .write(|tx| device::rename(tx, &core.host, device, name, by))
}

fn revoke(core: &Core, device: &str, by: &str) -> Result<bool, OpError> {
    core.store
        .write(|tx| device::revoke(tx, &core.host, device, None, by))
}

fn send(core: &Core, words: &Words<'_>, by: &str) -> Result<String, OpError> {
    core.store.write(|tx| message::send(tx, &core.host, words, by))
}

fn phone() -> String {
    PHONE.to_string()
}

fn code<T: std::fmt::Debug>(result: Result<T, OpError>) -> Code {
    match result.unwrap_err() {
        OpError::Refused(code) | OpError::Because(code, _) => code,
        other => panic!("{other}"),
    }
}

fn is_revoked(core: &Core) -> bool {
    let device = core.store.read(|tx| tx.device(PHONE)).unwrap();
    device.unwrap().revoked_at.is_some()
}

#[test]
fn a_lock_leaves_the_rights_and_a_wipe_takes_them() {
    let (core, _folder) = desk();
    let locked = lock(&core, &phone(), WHY, BY).unwrap();
    assert!(locked.new && !is_revoked(&core));
    let again = lock(&core, &phone(), "again", BY).unwrap();
    let same = Ordered {
        n: locked.n,
        new: false,
    };
    assert_eq!(again, same, "one order for one matter");
    let wiped = wipe(&core, &phone(), false, WHY, BY).unwrap();
    assert!(wiped.new && wiped.n > locked.n && is_revoked(&core));
    assert_eq!(code(lock(&core, &phone(), WHY, BY)), Code::OrderStands);
    assert!(wipe(&core, &phone(), true, WHY, BY).unwrap().new);
    assert_eq!(code(wipe(&core, &phone(), false, WHY, BY)), Code::OrderStands);
    assert_eq!(
        deeds(&core),
        [
            "device.lock_ordered",
            "device.wipe_ordered",
            "device.wipe_unsent_ordered"
        ]
    );
    let entry = core
        .store
        .read(|tx| tx.audit_after(0, 9))
        .unwrap()
        .remove(1)
        .entry;
    assert_eq!(entry.who, BY);
    let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
    assert_eq!(
        (&detail["reason"], &detail["waiting"], &detail["worker"]),
        (&WHY.into(), &2.into(), &"W1".into())
    );
}

#[test]
fn a_phone_that_was_wiped_takes_no_more_orders() {
    let (core, _folder) = desk();
    let order = wipe(&core, &phone(), false, WHY, BY).unwrap();
    core.store.write(|tx| tx.order_obeyed(PHONE, order.n, 9)).unwrap();
    assert_eq!(code(lock(&core, &phone(), WHY, BY)), Code::DeviceWiped);
    assert_eq!(code(wipe(&core, &phone(), true, WHY, BY)), Code::DeviceWiped);
    let shown = list(&core).unwrap();
    assert_eq!(shown[0]["wiped_at"], 9);
    assert_eq!(shown[0]["order"], serde_json::Value::Null);
}

#[test]
fn an_order_without_a_reason_or_a_device_changes_nothing() {
    let (core, _folder) = desk();
    assert_eq!(code(lock(&core, &phone(), "  ", BY)), Code::ReasonMissing);
    assert_eq!(code(wipe(&core, &phone(), true, "", BY)), Code::ReasonMissing);
    let long = "x".repeat(2_001);
    assert_eq!(
        code(wipe(&core, &phone(), false, &long, BY)),
        Code::ParameterInvalid
    );
    for unknown in ["nonsense".to_owned(), DeviceId([8; 16]).to_string()] {
        assert_eq!(code(lock(&core, &unknown, WHY, BY)), Code::NotFound);
        assert_eq!(code(rename(&core, &unknown, "x", BY)), Code::NotFound);
        assert_eq!(code(revoke(&core, &unknown, BY)), Code::NotFound);
    }
    assert!(!is_revoked(&core));
    assert_eq!(deeds(&core), [""; 0]);
    assert_eq!(core.store.read(|tx| tx.orders_of(PHONE)).unwrap(), []);
}

#[test]
fn what_the_desk_says_is_to_somebody_and_has_words() {
    let (core, _folder) = desk();
    let words = Words {
        worker: "W1",
        document: None,
        kind: Kind::Note,
        text: " The office is closed today. ",
        by_name: "Bea Admin",
    };
    let id = send(&core, &words, BY).unwrap();
    let said = core.store.read(|tx| tx.message(&id)).unwrap().unwrap();
    assert_eq!(
        (said.text.as_str(), said.kind.as_str()),
        ("The office is closed today.", "note")
    );
    let long = "é".repeat(1_001);
    let bad = [
        (
            Words {
                worker: "W9",
                ..words
            },
            Code::NotFound,
        ),
        (
            Words {
                text: " \n ",
                ..words
            },
            Code::ParameterInvalid,
        ),
        (Words { text: &long, ..words }, Code::ParameterInvalid),
        (
            Words {
                document: Some(DocumentId([1; 16])),
                ..words
            },
            Code::NotFound,
        ),
    ];
    for (words, expected) in bad {
        assert_eq!(code(send(&core, &words, BY)), expected, "{words:?}");
    }
    assert_eq!(deeds(&core), ["message.sent"]);
    let entry = core
        .store
        .read(|tx| tx.audit_after(0, 9))
        .unwrap()
        .remove(0)
        .entry;
    assert!(
        !entry.detail.contains("office"),
        "the words stand where they can be removed"
    );
}

#[test]
fn a_phone_gets_a_name_and_loses_it() {
    let (core, _folder) = desk();
    rename(&core, &phone(), " Alice's tablet ", BY).unwrap();
    assert_eq!(list(&core).unwrap()[0]["name"], "Alice's tablet");
    for bad in ["x".repeat(61), "a\nb".into()] {
        assert_eq!(code(rename(&core, &phone(), &bad, BY)), Code::ParameterInvalid);
    }
    rename(&core, &phone(), " ", BY).unwrap();
    assert_eq!(list(&core).unwrap()[0]["name"], serde_json::Value::Null);
    assert_eq!(deeds(&core), ["device.renamed", "device.renamed"]);
}
