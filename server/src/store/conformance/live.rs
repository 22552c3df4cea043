//! Whom publications and news concern, for the live sockets.

use super::*;

#[test]
fn what_was_published_since_tells_its_sender_and_whose_caseload_it_is_on() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.published_since(0, 9)?, []);
            tx.person_put(&a_person(4))?;
            let unallocated = PersonRecord {
                allocated_worker: None,
                ..a_person(5)
            };
            tx.person_put(&unallocated)?;
            for (n, about, sender) in [
                (1u8, Some(PersonId([4; 16])), Some(device(9))),
                (2, Some(PersonId([5; 16])), Some(device(8))),
                (3, None, None),
            ] {
                let entry = NewEntry {
                    person: about,
                    device: sender,
                    ..an_entry(document(n), &[n])
                };
                published(tx, &entry)?;
            }
            let line = |number: u8, sender, worker: Option<&str>| Publication {
                number: u64::from(number),
                document: document(number),
                sender,
                worker: worker.map(str::to_owned),
            };
            let all = [
                line(1, Some(device(9)), Some("W1")),
                line(2, Some(device(8)), None),
                line(3, None, None),
            ];
            assert_eq!(tx.published_since(0, 9)?, all);
            assert_eq!(tx.published_since(1, 1)?, all[1..2]);
            assert_eq!(tx.published_since(3, 9)?, []);
            Ok(())
        })
        .unwrap();
}

#[test]
fn news_since_say_whom_they_are_for() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.person_put(&a_person(4))?;
            let audiences = [
                Audience::All,
                Audience::Team(-3),
                Audience::Worker("W:7"),
                Audience::Device(device(9)),
                Audience::Person(PersonId([4; 16])),
                Audience::Person(PersonId([6; 16])),
            ];
            for audience in audiences {
                tx.tell(audience, NewsKind::Person, b"k")?;
            }
            let told: Vec<_> = tx.news_since(0, 99)?.into_iter().map(|(_, who)| who).collect();
            let worker = |id: &str| Some(Addressee::Worker(id.to_owned()));
            let expected = [
                Some(Addressee::All),
                Some(Addressee::Team(-3)),
                worker("W:7"),
                Some(Addressee::Device(device(9))),
                worker("W1"),
                None,
            ];
            assert_eq!(told, expected);
            assert_eq!(tx.news_since(0, 2)?.len(), 2);
            let head = tx.news_head()?;
            assert_eq!(tx.news_since(head, 9)?, []);
            assert_eq!(tx.news_since(head - 1, 9)?, [(head, None)]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_devices_that_were_revoked_are_known_together() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.worker_put(&a_worker("W1", None))?;
            for n in 1..=3 {
                tx.device_add(&a_device(n, "W1"))?;
            }
            assert_eq!(tx.devices_revoked()?, []);
            tx.device_revoke(device(2), 5)?;
            assert_eq!(tx.devices_revoked()?, [device(2)]);
            Ok(())
        })
        .unwrap();
}
