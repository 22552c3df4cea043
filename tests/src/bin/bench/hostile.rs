//! Input that is made to cost, against honest input of the same size: processor time of the gate and of the judge
//! behind it.

use doorstep_tests::assault::cost::pay;
use doorstep_tests::assault::families::{
    CHANGES, CROWDS, Case, DOCUMENTS, Family, honest, honest_changes, honest_paste,
};

use super::meter::cpu;
use super::table::Table;

/// What hostile input may take of the time of honest input.
const MOST: f64 = 3.0;
/// The least of so many runs counts: a machine is disturbed, never helped.
const RUNS: u32 = 3;

/// For each way in the worst family at each size.
pub(crate) fn run(table: &mut Table) {
    let single = [20_000, 200_000, 2_000_000, 4_000_000];
    worst(table, "first push", &single, DOCUMENTS, honest);
    worst(table, "one change", &single, CHANGES, honest_paste);
    worst(table, "many changes", &[20_000, 200_000], CROWDS, honest_changes);
}

fn worst(table: &mut Table, way: &str, sizes: &[usize], families: &[Family], honest: fn(usize) -> Case) {
    for size in sizes {
        let fair = seconds(&honest(*size));
        let of = |family: &Family| (seconds(&(family.make)(*size)) / fair, family.name);
        let worst = families.iter().map(of).max_by(|a, b| a.0.total_cmp(&b.0));
        let (ratio, name) = worst.unwrap();
        table.at_most(
            format!("hostile {way}, {} kB: {name}", size / 1_000),
            ratio,
            MOST,
            "×",
        );
    }
}

fn seconds(case: &Case) -> f64 {
    let once = |_| {
        let before = cpu();
        std::hint::black_box(pay(case));
        cpu().saturating_sub(before).as_secs_f64()
    };
    (0..RUNS).map(once).fold(f64::INFINITY, f64::min)
}
