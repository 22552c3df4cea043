//! Messages from the desk to workers.

use super::*;

fn a_message(id: &str, worker: &str) -> MessageRecord {
    MessageRecord {
        id: id.into(),
        worker: worker.into(),
        document: Some(document(1)),
        issue: Some("i1".into()),
        kind: "ask".into(),
        text: "Which number is right?".into(),
        by_name: "Bea Admin".into(),
        sent_at: 5,
        read_at: None,
    }
}

fn with_workers() -> (Store, Folder) {
    let (store, folder) = store();
    store
        .write(|tx| {
            tx.worker_put(&a_worker("W1", None))?;
            tx.worker_put(&a_worker("W2", None))
        })
        .unwrap();
    (store, folder)
}

fn ids(found: Vec<MessageRecord>) -> Vec<String> {
    found.into_iter().map(|message| message.id).collect()
}

#[test]
fn a_message_is_found_by_worker_issue_and_note() {
    let (store, _folder) = with_workers();
    store
        .write(|tx| -> Check {
            let plain = MessageRecord {
                document: None,
                issue: None,
                ..a_message("03", "W1")
            };
            for new in [
                &a_message("01", "W1"),
                &a_message("02", "W2"),
                &plain,
                &a_message("04", "W1"),
            ] {
                tx.message_add(new)?;
            }
            assert_eq!(tx.message("01")?, Some(a_message("01", "W1")));
            assert_eq!(tx.message("03")?, Some(plain));
            assert_eq!(tx.message("05")?, None);
            assert_eq!(ids(tx.messages_to("W1", None, 9)?), ["04", "03", "01"]);
            assert_eq!(ids(tx.messages_to("W1", Some("04"), 1)?), ["03"]);
            assert_eq!(ids(tx.messages_to("W3", None, 9)?), [""; 0]);
            assert_eq!(ids(tx.messages_of_issue("i1")?), ["01", "02", "04"]);
            assert_eq!(ids(tx.messages_about(document(1))?), ["01", "02", "04"]);
            assert_eq!(ids(tx.messages_about(document(2))?), [""; 0]);
            Ok(())
        })
        .unwrap();
    assert!(
        store.write(|tx| tx.message_add(&a_message("01", "W1"))).is_err(),
        "an id is given once"
    );
    assert!(
        store
            .write(|tx| tx.message_add(&a_message("09", "nobody")))
            .is_err(),
        "a message is to somebody"
    );
}

#[test]
fn only_its_worker_reads_a_message_and_once() {
    let (store, _folder) = with_workers();
    store
        .write(|tx| -> Check {
            tx.message_add(&a_message("01", "W1"))?;
            assert!(!tx.message_read("01", "W2", 7)?);
            assert!(!tx.message_read("02", "W1", 7)?);
            assert_eq!(tx.message("01")?.unwrap().read_at, None);
            assert!(tx.message_read("01", "W1", 8)?);
            assert!(!tx.message_read("01", "W1", 9)?);
            assert_eq!(tx.message("01")?.unwrap().read_at, Some(8));
            Ok(())
        })
        .unwrap();
}

#[test]
fn messages_go_with_their_note_and_no_others() {
    let (store, _folder) = with_workers();
    store
        .write(|tx| -> Check {
            let other = MessageRecord {
                document: Some(document(2)),
                ..a_message("02", "W1")
            };
            tx.message_add(&a_message("01", "W1"))?;
            tx.message_add(&other)?;
            tx.messages_forget(document(1))?;
            assert_eq!(tx.message("01")?, None);
            assert_eq!(tx.message("02")?, Some(other));
            Ok(())
        })
        .unwrap();
}
