//! What the council settles: listed with its bounds, changed with an audit entry, and obeyed.

use std::collections::HashSet;

use notes::problem::Code;

use crate::desk::settings::{SettingRow, change, list};
use crate::export::tests::town::Town;
use crate::ops::OpError;
use crate::settings::{self, SETTINGS};

const BEA: &str = "worker:W3";

fn row(town: &Town, name: &str) -> SettingRow {
    let mut rows = list(&town.core).unwrap();
    rows.retain(|row| row.name == name);
    assert_eq!(rows.len(), 1, "{name}");
    rows.remove(0)
}

#[test]
fn every_setting_is_there_once_and_its_default_fits() {
    let names: HashSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(names.len(), SETTINGS.len());
    for setting in SETTINGS {
        assert_eq!(
            setting.checked(setting.default).as_deref(),
            Some(setting.default),
            "{}",
            setting.name
        );
        assert!(setting.words.len() > 20);
    }
    let town = Town::new();
    for row in list(&town.core).unwrap() {
        assert_eq!((row.value, row.changed_by), (row.default, None));
    }
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let town = Town::new();
    for (name, value, words) in [
        ("kept_days", "13", "14 to 365 days"),
        ("kept_days", "366", "14 to 365 days"),
        ("idle_lock_s", "soon", "30 to 3600 seconds"),
        ("idle_lock_s", "", "30 to 3600 seconds"),
        ("retention_months", "-1", "0 to 1200 months"),
        ("retention_months", "9999999999999999999999", "0 to 1200 months"),
        ("timeliness_h", "1.5", "1 to 720 hours"),
        ("finish_text", "a\0b", "at most 2000 characters"),
    ] {
        let refused = change(&town.core, name, Some(value), "the board says so", BEA);
        let Err(OpError::Because(Code::SettingInvalid, said)) = refused else {
            panic!("{name} {value}: {refused:?}")
        };
        assert_eq!(said, words);
    }
    let long = "x".repeat(2_001);
    assert!(change(&town.core, "consent_text", Some(&long), "the board says so", BEA).is_err());
    let unknown = change(&town.core, "public_url", Some("x"), "the board says so", BEA);
    assert!(matches!(unknown, Err(OpError::Refused(Code::SettingUnknown))));
    let silent = change(&town.core, "timeliness_h", Some("24"), " ", BEA);
    assert!(matches!(silent, Err(OpError::Refused(Code::ReasonMissing))));
    assert_eq!(town.read(|tx| tx.settings()), []);
    assert_eq!(town.read(|tx| tx.audit_last("setting.changed")), None);
}

#[test]
fn a_change_says_who_and_what_it_was_before_and_can_be_taken_back() {
    let town = Town::new();
    let changed = change(
        &town.core,
        "timeliness_h",
        Some(" 024 "),
        "the board says so",
        BEA,
    )
    .unwrap();
    assert_eq!((changed.value.as_str(), changed.default.as_str()), ("24", "48"));
    assert_eq!(changed.changed_by.as_deref(), Some("Ana Ruiz"));
    assert_eq!(row(&town, "timeliness_h"), changed);
    change(
        &town.core,
        "timeliness_h",
        Some("36"),
        "the board says so",
        "worker:W2",
    )
    .unwrap();
    let last = town.read(|tx| tx.audit_last("setting.changed")).unwrap();
    let detail: serde_json::Value = serde_json::from_str(&last.entry.detail).unwrap();
    assert_eq!(
        detail,
        serde_json::json!({"name": "timeliness_h", "before": "24", "after": "36", "reason": "the board says so"})
    );
    assert_eq!(last.entry.who, "worker:W2");
    // The same value again changes nothing.
    change(&town.core, "timeliness_h", Some("36"), "the board says so", BEA).unwrap();
    assert_eq!(
        town.read(|tx| tx.audit_last("setting.changed")).unwrap().n,
        last.n
    );
    assert_eq!(
        row(&town, "timeliness_h").changed_by.as_deref(),
        Some("Siân Powell")
    );
    let back = change(&town.core, "timeliness_h", None, "the board says so", BEA).unwrap();
    assert_eq!((back.value.as_str(), back.changed_by), ("48", None));
}

#[test]
fn the_desks_word_stands_above_the_configurations() {
    let mut town = Town::new();
    town.core.retention_months = 72;
    let months = |town: &Town| town.read(|tx| settings::retention_months(&town.core, tx));
    assert_eq!(months(&town), 72);
    assert_eq!(row(&town, "retention_months").default, "72");
    change(
        &town.core,
        "retention_months",
        Some("0"),
        "the board says so",
        BEA,
    )
    .unwrap();
    assert_eq!(months(&town), 0);
    // What no version could have written is as good as nothing.
    town.core
        .store
        .write(|tx| tx.setting_put("retention_months", "ever", BEA, 1))
        .unwrap();
    assert_eq!(months(&town), 72);
    assert_eq!(row(&town, "retention_months").value, "72");
}
