//! Devices, their actors, one-time codes, signing keys, used assertions, readings.

use super::*;

fn with_worker() -> (Store, Folder) {
    let (store, folder) = store();
    store.write(|tx| tx.worker_put(&a_worker("W1", None))).unwrap();
    (store, folder)
}

#[test]
fn a_device_is_added_seen_and_revoked() {
    let (store, _folder) = with_worker();
    store
        .write(|tx| -> Check {
            let mut one = a_device(1, "W1");
            tx.device_add(&a_device(2, "W1"))?;
            tx.device_add(&one)?;
            assert_eq!(tx.device(device(1))?, Some(one.clone()));
            assert_eq!(tx.device(device(3))?, None);
            let ids: Vec<_> = tx.devices()?.into_iter().map(|d| d.id).collect();
            assert_eq!(ids, [device(1), device(2)]);
            assert_eq!(tx.devices_of("W1")?.len(), 2);
            assert_eq!(tx.devices_of("W2")?.len(), 0);
            tx.device_seen(one.id, 77, (5, -300, 12), "phone 2")?;
            tx.device_seen(one.id, 78, (4, -200, 11), "phone 3")?;
            (one.last_seen_at, one.waiting, one.clock_offset_ms, one.app) =
                (Some(78), 4, -200, "phone 3".into());
            one.pulled_pub = 12;
            assert_eq!(
                tx.device(one.id)?,
                Some(one.clone()),
                "how far it pulled never goes back"
            );
            assert!(tx.device_revoke(one.id, 90)?);
            assert!(!tx.device_revoke(one.id, 91)?);
            one.revoked_at = Some(90);
            assert_eq!(tx.device(one.id)?, Some(one));
            assert!(!tx.device_revoke(device(3), 1)?);
            Ok(())
        })
        .unwrap();
    assert!(
        store.write(|tx| tx.device_add(&a_device(1, "W1"))).is_err(),
        "an id is given once"
    );
    assert!(
        store.write(|tx| tx.device_add(&a_device(4, "nobody"))).is_err(),
        "a device is somebody's"
    );
}

#[test]
fn an_actor_is_one_devices_for_ever() {
    let (store, _folder) = with_worker();
    let (mine, desks) = (Actor([5; 16]), Actor([6; 16]));
    store
        .write(|tx| -> Check {
            tx.device_add(&a_device(1, "W1"))?;
            tx.device_add(&a_device(2, "W1"))?;
            assert_eq!(tx.actor_owner(mine)?, None);
            assert_eq!(tx.actor_claim(mine, device(1), 3)?, (Some(device(1)), true));
            assert_eq!(tx.actor_claim(mine, device(1), 4)?, (Some(device(1)), false));
            assert_eq!(tx.actor_claim(mine, device(2), 5)?, (Some(device(1)), false));
            assert_eq!(tx.actor_owner(mine)?, Some(device(1)));
            assert_eq!(tx.actors_of(device(1))?, [mine]);
            assert_eq!(tx.actors_of(device(2))?, []);
            assert_eq!(tx.actor_worker(mine)?.as_deref(), Some("W1"));
            tx.actor_of_desk(desks)?;
            assert_eq!(
                tx.actor_claim(desks, device(1), 3)?,
                (None, false),
                "the server's own are nobody's"
            );
            assert_eq!(tx.actor_worker(desks)?, None);
            Ok(())
        })
        .unwrap();
    assert!(
        store.write(|tx| tx.actor_of_desk(desks)).is_err(),
        "the desk uses one once"
    );
}

#[test]
fn a_code_remembers_who_used_it() {
    let (store, _folder) = with_worker();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.code(&[1; 32])?, None);
            tx.code_put(&[1; 32], "W1", 500)?;
            let mut code = EnrolCode {
                worker: "W1".into(),
                expires_at: 500,
                device: None,
                let_in: false,
            };
            assert_eq!(tx.code(&[1; 32])?, Some(code.clone()));
            tx.device_add(&a_device(1, "W1"))?;
            tx.code_used(&[1; 32], device(1), false)?;
            code.device = Some(device(1));
            assert_eq!(tx.code(&[1; 32])?, Some(code.clone()));
            tx.code_put(&[3; 32], "W1", 500)?;
            tx.code_used(&[3; 32], device(1), true)?;
            code.let_in = true;
            assert_eq!(tx.code(&[3; 32])?, Some(code));
            Ok(())
        })
        .unwrap();
    assert!(store.write(|tx| tx.code_put(&[1; 32], "W1", 9)).is_err());
    assert!(store.write(|tx| tx.code_put(&[2; 32], "nobody", 9)).is_err());
}

#[test]
fn a_device_leaves_a_spare_or_none() {
    let (store, _folder) = with_worker();
    store
        .write(|tx| -> Check {
            tx.device_add(&a_device(1, "W1"))?;
            tx.device_add(&a_device(2, "W1"))?;
            assert_eq!(tx.spare(device(1))?, None);
            tx.spare_put(device(1), &[8; 32])?;
            tx.spare_put(device(1), &[9; 32])?;
            assert_eq!(tx.spare(device(1))?, Some([9; 32]), "the newest");
            assert_eq!(tx.spare(device(2))?, None);
            assert_eq!(tx.spare(device(3))?, None, "nobody's");
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_reading_is_told_once() {
    let (store, _folder) = store();
    let new = |n: u8, d: u8, at: i64| {
        store
            .write(|tx| tx.reading_new(device(n), document(d), at))
            .unwrap()
    };
    let told =
        [(1, 1, 5), (1, 1, 5), (1, 1, 6), (1, 2, 5), (2, 1, 5), (2, 1, 5)].map(|(n, d, at)| new(n, d, at));
    assert_eq!(told, [true, false, true, true, true, false]);
}

#[test]
fn signing_keys_come_newest_first() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.signing_keys()?, []);
            for (kid, at) in [("old", 1), ("new", 3), ("middle", 2)] {
                tx.signing_key_put(kid, &format!("pem of {kid}"), at)?;
            }
            let kids: Vec<_> = tx.signing_keys()?.into_iter().map(|(kid, _)| kid).collect();
            assert_eq!(kids, ["new", "middle", "old"]);
            assert_eq!(tx.signing_keys()?[0].1, "pem of new");
            Ok(())
        })
        .unwrap();
}
