//! W4: from a key on one phone to the other phone's screen, over real sockets to a real process, every change on
//! the server's disk before it is passed on.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use doorstep_tests::live::{LivePhone, watch};
use doorstep_tests::{Chance, Process};
use notes::ids::DocumentId;

use super::meter::Folder;
use super::table::Table;

/// How many keys.
const EDITS: usize = 500;
/// Twenty a second.
const EVERY: Duration = Duration::from_millis(50);

/// Types on one phone, watches the other.
pub(crate) fn run(table: &mut Table) {
    let folder = Folder::on_disk("live");
    let mut server = Process::with_sample_team(&folder.0);
    let phone = |worker: &str| {
        let chance = Chance::new(4, worker);
        LivePhone::enrolled(worker, &server.code(worker), server.url(), &folder.0, chance)
    };
    let (mut writer, mut reader) = (phone("W101"), phone("W105"));
    let note = writer.begins();
    // A note of some length, as it is in the middle of a visit.
    let words = "visit ".repeat(300);
    writer.book.type_text(note, "body", None, 0, &words, 0).unwrap();
    writer.syncs();
    server.wait_until_published();
    reader.book.join(note).unwrap();
    reader.syncs();
    server.wait_until_published();
    reader.syncs();
    writer.syncs();
    writer.goes_live(&[note]);
    reader.goes_live(&[note]);
    for _ in 0..500 {
        writer.lives(Duration::from_millis(10));
        reader.lives(Duration::from_millis(10));
        if writer.book.in_company(note) && reader.book.in_company(note) {
            break;
        }
    }
    assert!(writer.book.in_company(note), "they meet");
    let before = reader.body(note).len();
    let (typed, mut sending) = type_and_watch(&mut writer, reader, note, before);
    let mut times: Vec<f64> = typed.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let head = "live, 500 edits at 20 a second: key to the other's screen";
    table.told(format!("{head}, p50"), times[EDITS / 2], "ms");
    table.at_most(format!("{head}, p99"), times[EDITS * 99 / 100], 20.0, "ms");
    table.told(format!("{head}, worst"), times[EDITS - 1], "ms");
    sending.sort();
    let sent = sending[EDITS / 2].as_secs_f64() * 1e3;
    table.told(
        "live: of that, until the change has left the writer's phone, p50",
        sent,
        "ms",
    );
}

/// For each key, how long it took, and how long until it was sent.
fn type_and_watch(
    writer: &mut LivePhone,
    mut reader: LivePhone,
    note: DocumentId,
    before: usize,
) -> (Vec<Duration>, Vec<Duration>) {
    let (said, heard) = mpsc::channel::<(usize, Instant)>();
    let screen = std::thread::spawn(move || {
        let mut shown = 0;
        while shown < EDITS {
            reader.waits(Duration::from_secs(1));
            let now_shown = reader.body(note).len() - before;
            if now_shown > shown {
                shown = now_shown;
                said.send((shown, watch())).unwrap();
            }
        }
    });
    let begun = watch();
    let (mut typed_at, mut sending) = (Vec::with_capacity(EDITS), Vec::with_capacity(EDITS));
    for key in 0..EDITS {
        let at = begun + EVERY * u32::try_from(key).unwrap();
        writer.lives_until(at.saturating_duration_since(watch()), |_| false);
        let typed = watch();
        writer.types(note, "a");
        typed_at.push(typed);
        sending.push(watch().duration_since(typed));
    }
    writer.lives_until(Duration::from_secs(20), |_| screen.is_finished());
    screen.join().expect("all is shown");
    let seen: Vec<(usize, Instant)> = heard.try_iter().collect();
    let each = typed_at.iter().enumerate().map(|(key, at)| {
        let first = seen.iter().find(|(shown, _)| *shown > key).expect("it is shown");
        first.1.duration_since(*at)
    });
    (each.collect(), sending)
}
