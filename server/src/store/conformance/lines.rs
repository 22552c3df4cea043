//! Lines: two installs of one device are told apart by who comes with an old turn.

use super::*;
use crate::store::Line;

#[test]
fn a_line_goes_on_by_turns_and_whoever_comes_with_an_old_one_begins_another() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.worker_put(&a_worker("W1", None))?;
            tx.device_add(&a_device(1, "W1"))?;
            tx.device_add(&a_device(2, "W1"))?;
            let one = tx.line_goes_on(device(1), Line::default())?;
            assert_eq!(one.turn, 1);
            assert!(tx.line_stands(device(1), one)? && !tx.has_lines(device(1))?);
            let two = tx.line_goes_on(device(1), one)?;
            assert_eq!(two, Line { turn: 2, ..one });
            assert!(!tx.line_stands(device(1), one)?, "somebody has pushed since");
            assert!(!tx.has_lines(device(1))?);
            let copy = tx.line_goes_on(device(1), one)?;
            assert!(copy.id != one.id && copy.turn == 1);
            assert!(tx.has_lines(device(1))?);
            assert!(tx.line_stands(device(1), two)? && tx.line_stands(device(1), copy)?);
            assert!(!tx.line_stands(device(2), two)?, "a line is one device's");
            let other = tx.line_goes_on(device(2), two)?;
            assert!(other.id > copy.id, "a number is given once");
            assert!(!tx.line_stands(device(1), Line::default())?, "none is no line");
            Ok(())
        })
        .unwrap();
}
