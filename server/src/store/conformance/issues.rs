//! Issues: one open for one matter, settled once, found by what they are about.

use super::*;

fn new(id: &str, kind: &str, subject: &str) -> NewIssue {
    NewIssue {
        id: id.into(),
        kind: kind.into(),
        opened_at: 10,
        document: Some(document(1)),
        person: Some(PersonId([2; 16])),
        device: Some(device(3)),
        worker: Some("W1".into()),
        seq: Some(4),
        subject: subject.into(),
        detail: "{\"words\":\"first\"}".into(),
    }
}

#[test]
fn a_matter_stands_open_once() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.issue_open(&new("i1", "held", "s"))?, "i1");
            let again = NewIssue {
                detail: "{\"words\":\"second\"}".into(),
                opened_at: 99,
                ..new("i2", "held", "s")
            };
            assert_eq!(tx.issue_open(&again)?, "i1");
            assert_eq!(tx.issue_open(&new("i3", "conflict", "s"))?, "i3");
            assert_eq!(tx.issue("i2")?, None);
            let stands = tx.issue("i1")?.unwrap();
            let renewed = NewIssue {
                detail: again.detail,
                ..new("i1", "held", "s")
            };
            assert_eq!((stands.opened, stands.state), (renewed, IssueState::Open));
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_issue_is_settled_once_and_then_the_matter_may_open_anew() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.issue_open(&new("i1", "held", "s"))?;
            assert!(!tx.issue_was_settled("held", "s", "accept")?);
            assert!(tx.issue_settle("i1", 50, "worker:W9", "accept", "fine")?);
            assert!(!tx.issue_settle("i1", 51, "worker:W8", "return", "no")?);
            assert!(!tx.issue_settle("none", 51, "worker:W8", "return", "no")?);
            let settled = IssueState::Settled {
                at: 50,
                by: "worker:W9".into(),
                action: "accept".into(),
                reason: "fine".into(),
            };
            assert_eq!(tx.issue("i1")?.unwrap().state, settled);
            assert_eq!(tx.issue_open(&new("i2", "held", "s"))?, "i2");
            assert!(tx.issue_was_settled("held", "s", "accept")?);
            assert!(!tx.issue_was_settled("held", "s", "return")?);
            assert!(!tx.issue_was_settled("held", "t", "accept")?);
            Ok(())
        })
        .unwrap();
}

#[test]
fn issues_are_found_by_what_they_are_about() {
    let (store, _folder) = store();
    let ids = |issues: Vec<Issue>| issues.into_iter().map(|i| i.opened.id).collect::<Vec<_>>();
    store
        .write(|tx| -> Check {
            for (id, kind, subject, at, of) in [
                ("c", "held", "x/1", 3, 1),
                ("a", "held", "x/2", 1, 1),
                ("b", "conflict", "x/3", 1, 2),
                ("d", "held", "%", 9, 2),
            ] {
                let issue = NewIssue {
                    opened_at: at,
                    document: Some(document(of)),
                    ..new(id, kind, subject)
                };
                tx.issue_open(&issue)?;
            }
            assert_eq!(ids(tx.issues_open(9)?), ["a", "b", "c", "d"]);
            assert_eq!(ids(tx.issues_open(2)?), ["a", "b"]);
            let under = format!("{}/{}", document(1), document(2));
            tx.issue_open(&NewIssue {
                document: Some(document(7)),
                ..new("e", "pair", &under)
            })?;
            assert_eq!(ids(tx.issues_open_under("pair", document(1))?), ["e"]);
            assert_eq!(
                ids(tx.issues_open_under("pair", document(2))?),
                Vec::<String>::new()
            );
            assert_eq!(
                ids(tx.issues_open_under("held", document(1))?),
                Vec::<String>::new()
            );
            tx.issue_settle("e", 11, "w", "keep_both", "r")?;
            assert_eq!(
                ids(tx.issues_open_under("pair", document(1))?),
                Vec::<String>::new()
            );
            assert_eq!(tx.issue_settled_last(document(1))?, None);
            tx.issue_settle("a", 20, "w", "return", "r")?;
            tx.issue_settle("c", 30, "w", "accept", "r")?;
            tx.issue_settle("b", 40, "w", "take", "r")?;
            assert_eq!(
                tx.issue_settled_last(document(1))?
                    .map(|i| i.opened.id)
                    .as_deref(),
                Some("c")
            );
            assert_eq!(ids(tx.issues_open(9)?), ["d"]);
            assert_eq!(ids(tx.issues_open_of(document(2))?), ["d"]);
            assert_eq!(ids(tx.issues_open_of(document(1))?), Vec::<String>::new());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_settled_issue_opens_again_unless_its_matter_is_open_anew() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.issue_open(&new("i1", "held", "s"))?;
            assert!(!tx.issue_reopen("i1")?, "it is open");
            assert_eq!(tx.issue_settled_before("held", "s")?, None);
            tx.issue_settle("i1", 20, "operator", "close", "why")?;
            assert_eq!(tx.issue_settled_before("held", "s")?.unwrap().opened.id, "i1");
            tx.issue_trail_put("i1", "[1]")?;
            assert!(tx.issue_reopen("i1")?);
            let stands = tx.issue("i1")?.unwrap();
            assert_eq!((stands.state, stands.trail.as_str()), (IssueState::Open, "[1]"));
            tx.issue_settle("i1", 30, "operator", "close", "why")?;
            tx.issue_open(&new("i2", "held", "s"))?;
            assert!(!tx.issue_reopen("i1")?, "another stands in its place");
            assert!(!tx.issue_reopen("none")?);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_was_done_about_an_issue_stays_when_it_is_renewed() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.issue_open(&new("i1", "held", "s"))?;
            assert_eq!(tx.issue("i1")?.unwrap().trail, "[]");
            tx.issue_trail_put("i1", "[{\"at\":\"now\"}]")?;
            tx.issue_open(&new("i2", "held", "s"))?;
            assert_eq!(tx.issue("i1")?.unwrap().trail, "[{\"at\":\"now\"}]");
            let of_device = tx.issues_held_of(document(1), device(3))?;
            assert_eq!(of_device.len(), 1);
            assert_eq!(tx.issues_held_of(document(1), device(4))?, []);
            assert_eq!(tx.issues_held_of(document(2), device(3))?, []);
            Ok(())
        })
        .unwrap();
}

#[test]
fn open_issues_of_a_kind_come_by_subject_in_steps() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for (id, kind, subject) in [
                ("i1", "held", "b"),
                ("i2", "held", "a"),
                ("i3", "held", "c"),
                ("i4", "x", "d"),
            ] {
                tx.issue_open(&new(id, kind, subject))?;
            }
            tx.issue_settle("i3", 20, "operator", "close", "why")?;
            let ids = |after: &str, limit| -> Result<Vec<String>, StoreError> {
                let found = tx.issues_open_like("held", after, limit)?;
                Ok(found.into_iter().map(|issue| issue.opened.id).collect())
            };
            assert_eq!(ids("", 9)?, ["i2", "i1"]);
            assert_eq!(ids("", 1)?, ["i2"]);
            assert_eq!(ids("a", 9)?, ["i1"]);
            assert_eq!(ids("b", 9)?, Vec::<String>::new());
            Ok(())
        })
        .unwrap();
}
