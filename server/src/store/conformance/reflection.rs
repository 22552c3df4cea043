//! When a worker first opened the page about their own work.

use super::*;

#[test]
fn the_first_opening_of_each_quarter_stays() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for worker in ["W1", "W2"] {
                tx.worker_put(&a_worker(worker, None))?;
            }
            assert_eq!(tx.reflection_opened("W1", "2026-Q3")?, None);
            assert!(tx.reflection_open("W1", "2026-Q3", 10)?);
            assert!(!tx.reflection_open("W1", "2026-Q3", 20)?);
            assert!(tx.reflection_open("W1", "2026-Q4", 30)?);
            assert_eq!(tx.reflection_opened("W1", "2026-Q3")?, Some(10));
            assert_eq!(tx.reflection_opened("W2", "2026-Q3")?, None);
            Ok(())
        })
        .unwrap();
}
