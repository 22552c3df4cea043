//! Orders to devices, and what devices say of themselves.

use notes::wire::ToDesk;

use super::*;

fn with_devices() -> (Store, Folder) {
    let (store, folder) = store();
    store
        .write(|tx| {
            tx.worker_put(&a_worker("W1", None))?;
            tx.device_add(&a_device(1, "W1"))?;
            tx.device_add(&a_device(2, "W1"))
        })
        .unwrap();
    (store, folder)
}

#[test]
fn one_order_stands_and_the_ones_before_are_kept() {
    let (store, _folder) = with_devices();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.order_standing(device(1))?, None);
            let first = tx.order_give(device(1), "lock", "left on a bus", ("worker:W9", 5))?;
            let other = tx.order_give(device(2), "lock", "left on a train", ("worker:W9", 6))?;
            let second = tx.order_give(device(1), "wipe", "not found", ("worker:W8", 7))?;
            assert!(first < other && other < second, "no number is given twice");
            let standing = tx.order_standing(device(1))?.unwrap();
            let expected = DeviceOrder {
                n: second,
                what: "wipe".into(),
                reason: "not found".into(),
                given_by: "worker:W8".into(),
                given_at: 7,
                obeyed_at: None,
                replaced_at: None,
            };
            assert_eq!(standing, expected);
            let all = tx.orders_of(device(1))?;
            assert_eq!(
                all.iter().map(|order| order.n).collect::<Vec<_>>(),
                [second, first]
            );
            assert_eq!(all[1].replaced_at, Some(7));
            assert_eq!(tx.order_standing(device(2))?.unwrap().n, other);
            Ok(())
        })
        .unwrap();
    let nobodys = store.write(|tx| tx.order_give(device(3), "lock", "r", ("w", 1)));
    assert!(nobodys.is_err(), "an order is to a device");
}

#[test]
fn an_order_is_obeyed_once_by_its_own_device_and_while_it_stands() {
    let (store, _folder) = with_devices();
    store
        .write(|tx| -> Check {
            let lock = tx.order_give(device(1), "lock", "r", ("w", 5))?;
            let wipe = tx.order_give(device(1), "wipe", "r", ("w", 6))?;
            assert_eq!(
                tx.order_obeyed(device(1), lock, 8)?,
                None,
                "another took its place"
            );
            assert_eq!(tx.order_obeyed(device(2), wipe, 8)?, None, "another device's");
            assert_eq!(tx.device_wiped_at(device(1))?, None);
            let obeyed = tx.order_obeyed(device(1), wipe, 8)?.unwrap();
            assert_eq!((obeyed.n, obeyed.obeyed_at), (wipe, Some(8)));
            assert_eq!(tx.order_obeyed(device(1), wipe, 9)?, None, "once");
            assert_eq!(tx.order_standing(device(1))?, None);
            assert_eq!(tx.device_wiped_at(device(1))?, Some(8));
            let lock = tx.order_give(device(2), "lock", "r", ("w", 5))?;
            assert!(tx.order_obeyed(device(2), lock, 9)?.is_some());
            assert_eq!(tx.device_wiped_at(device(2))?, None, "locked is not wiped");
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_a_device_leaves_out_stays_as_it_said() {
    let (store, _folder) = with_devices();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.device_state(device(1))?, Some(DeviceState::default()));
            assert_eq!(tx.device_state(device(3))?, None);
            tx.device_rename(device(1), Some("Alice's tablet"))?;
            let told = ToDesk {
                held: Some(2),
                persisted: Some(false),
                used_bytes: Some(10),
                free_bytes: Some(90),
                ..ToDesk::default()
            };
            tx.device_says(device(1), &told, Some(5))?;
            let less = ToDesk {
                held: Some(0),
                ..ToDesk::default()
            };
            tx.device_says(device(1), &less, None)?;
            let expected = DeviceState {
                name: Some("Alice's tablet".into()),
                held: Some(0),
                persisted: Some(false),
                used_bytes: Some(10),
                free_bytes: Some(90),
                passed_at: Some(5),
            };
            assert_eq!(tx.device_state(device(1))?, Some(expected));
            assert_eq!(tx.device_state(device(2))?, Some(DeviceState::default()));
            tx.device_rename(device(1), None)?;
            assert_eq!(tx.device_state(device(1))?.unwrap().name, None);
            Ok(())
        })
        .unwrap();
}
