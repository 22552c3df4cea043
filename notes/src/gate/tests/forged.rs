//! Lies, one at a time: each is refused with its code, and the same chunk without the lie is accepted.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT};

use crate::forge::{self, Change, Document, column, literals, nulls, run, signed, text, unsigned};
use crate::gate::{Limits, Refusal, count};

use super::samples;

fn check(name: &str, chunk: &[u8], code: &str) {
    match count(chunk, &Limits::default()) {
        Ok(counted) => panic!("{name}: accepted as {counted:?}"),
        Err(refusal) => assert_eq!(refusal.code(), code, "{name}: {refusal}"),
    }
}

fn accepted(name: &str, chunk: &[u8]) {
    if let Err(refusal) = count(chunk, &Limits::default()) {
        panic!("{name}: {refusal}");
    }
}

/// An honest first change with `set`, `make`, `delete`, marks and two kinds of key, in its parts.
fn change() -> Change {
    let mut marked = samples::small().remove(4).1;
    Change::open(marked.get_changes(&[])[1].raw_bytes())
}

fn document() -> Document {
    Document::open(&samples::small().remove(5).1.save_nocompress())
}

#[test]
fn what_was_taken_apart_seals_to_the_same_bytes() {
    for (name, mut doc) in samples::all() {
        let bytes = doc.save_nocompress();
        assert_eq!(Document::open(&bytes).seal(), bytes, "{name}");
        for change in doc.get_changes(&[]) {
            assert_eq!(
                Change::open(change.raw_bytes()).seal(),
                change.raw_bytes(),
                "{name}"
            );
        }
    }
    accepted("made by hand", &forge::change_with(7, 1, 1).seal());
    accepted("few operations in a run", &forge::ops_claiming(100).seal());
}

#[test]
fn the_frame() {
    let honest = forge::change_with(7, 1, 1).seal();
    let body = &honest[10..];
    let broken = |at: usize, with: u8| {
        let mut bytes = honest.clone();
        bytes[at] = with;
        bytes
    };
    accepted("honest", &honest);
    check("nothing", &[], "chunk_malformed");
    check("other magic", &broken(0, 0x84), "chunk_malformed");
    check("bad checksum", &broken(4, honest[4] ^ 1), "chunk_checksum");
    check(
        "a byte of the body",
        &broken(honest.len() - 1, 9),
        "chunk_checksum",
    );
    check("compressed type", &forge::seal(2, body), "chunk_compressed");
    check("bundle type", &forge::seal(3, body), "chunk_compressed");
    check("type 4", &forge::seal(4, body), "chunk_malformed");
    check("type 255", &forge::seal(255, body), "chunk_malformed");
    check(
        "claims 64 MB",
        &forge::declaring(1, 64 << 20, body),
        "chunk_too_large",
    );
    check(
        "claims all memory",
        &forge::declaring(1, u64::MAX, body),
        "chunk_too_large",
    );
    check(
        "claims one byte more",
        &forge::declaring(1, body.len() as u64 + 1, body),
        "chunk_malformed",
    );
    check(
        "claims one byte less",
        &forge::declaring(1, body.len() as u64 - 1, body),
        "chunk_extra",
    );
    check(
        "a byte behind",
        &[honest.clone(), vec![0]].concat(),
        "chunk_extra",
    );
    check(
        "a chunk behind",
        &[honest.clone(), honest.clone()].concat(),
        "chunk_extra",
    );
    check("too long to look at", &vec![0; (4 << 20) + 1], "chunk_too_large");
    let overlong = [&honest[..9], &[honest[9] | 0x80, 0], body].concat();
    check(
        "length spelt with an empty byte",
        &forge::reseal(&overlong),
        "chunk_malformed",
    );
    for end in 0..honest.len() {
        assert!(count(&honest[..end], &Limits::default()).is_err(), "cut at {end}");
    }
}

#[test]
fn the_head_of_a_change() {
    let honest = forge::change_with(7, 1, 1);
    let with = |lie: &dyn Fn(&mut Change)| {
        let mut change = honest.clone();
        lie(&mut change);
        change.seal()
    };
    check(
        "message",
        &with(&|c| c.message = b"hello".to_vec()),
        "chunk_extra",
    );
    check("extra bytes", &with(&|c| c.extra = vec![0]), "chunk_extra");
    check("15 byte actor", &with(&|c| c.actor = vec![7; 15]), "chunk_actor");
    check("17 byte actor", &with(&|c| c.actor = vec![7; 17]), "chunk_actor");
    check("no actor", &with(&|c| c.actor = Vec::new()), "chunk_actor");
    check(
        "other actor of 3 bytes",
        &with(&|c| c.others = vec![vec![1, 2, 3]]),
        "chunk_actor",
    );
    check(
        "idle other actor",
        &with(&|c| c.others = vec![vec![9; 16]]),
        "chunk_malformed",
    );
    check(
        "author listed twice",
        &with(&|c| c.others = vec![vec![7; 16]]),
        "chunk_malformed",
    );
    check(
        "others twice",
        &with(&|c| c.others = vec![vec![9; 16]; 2]),
        "chunk_malformed",
    );
    check("seq 0", &with(&|c| c.seq = 0), "chunk_counter");
    check("seq near 2^64", &with(&|c| c.seq = u64::MAX - 1), "chunk_counter");
    check("start_op 0", &with(&|c| c.start_op = 0), "chunk_counter");
    for start_op in [
        (1 << 32) - 1,
        (1 << 32) - 2,
        1 << 32,
        1 << 63,
        u64::MAX,
        50_000_001,
    ] {
        check("start_op", &with(&|c| c.start_op = start_op), "chunk_counter");
    }
    accepted("start_op at the cap", &with(&|c| c.start_op = 50_000_000));
    check(
        "time at the end of time",
        &with(&|c| c.time = i64::MAX),
        "chunk_counter",
    );
    check(
        "time before all time",
        &with(&|c| c.time = i64::MIN),
        "chunk_counter",
    );
    check(
        "dependency twice",
        &with(&|c| c.deps = vec![[1; 32]; 2]),
        "chunk_malformed",
    );
    accepted(
        "dependencies in any order",
        &with(&|c| c.deps = vec![[2; 32], [1; 32]]),
    );
    let many = (0..1025_u32)
        .map(|n| [n.to_be_bytes(); 8].concat().try_into().unwrap())
        .collect::<Vec<_>>();
    check(
        "1025 dependencies",
        &with(&|c| c.deps = many.clone()),
        "chunk_too_large",
    );
    let crowd = (0..1025_u32)
        .map(|n| n.to_be_bytes().repeat(4))
        .collect::<Vec<_>>();
    check(
        "1025 actors",
        &with(&|c| c.others = crowd.clone()),
        "chunk_too_large",
    );
}

#[test]
fn the_columns_of_a_change() {
    let one = forge::change_with(7, 1, 1);
    let check = |name: &str, spec: u64, data: Vec<u8>, code: &str| {
        check(name, &one.clone().with(spec, data).seal(), code);
    };
    let bad = "chunk_malformed";
    check(
        "deflate bit",
        column::KEY_TEXT | column::DEFLATED,
        vec![1],
        "chunk_compressed",
    );
    check("unknown column", 0xf6, vec![1], bad);
    check(
        "unknown column, same low byte",
        0x100 | column::INSERT,
        vec![1],
        bad,
    );
    check(
        "column of documents",
        column::ID_ACTOR,
        literals(&[unsigned(0)]),
        bad,
    );
    check("no action", column::ACTION, Vec::new(), bad);
    check("no insert", column::INSERT, Vec::new(), bad);
    check("no value", column::VALUE_META, Vec::new(), bad);
    check("no predecessor count", column::PRED, Vec::new(), bad);
    check("no key", column::KEY_TEXT, Vec::new(), bad);
    check(
        "key too many",
        column::KEY_TEXT,
        literals(&[text("a"), text("b")]),
        bad,
    );
    check(
        "key of bad text",
        column::KEY_TEXT,
        literals(&[vec![2, 0xff, 0xfe]]),
        bad,
    );
    check(
        "key that overruns",
        column::KEY_TEXT,
        literals(&[unsigned(99)]),
        bad,
    );
    check(
        "key that claims all memory",
        column::KEY_TEXT,
        literals(&[unsigned(u64::MAX)]),
        bad,
    );
    check(
        "two kinds of key",
        column::KEY_COUNTER,
        literals(&[signed(0)]),
        bad,
    );
    check("only nulls", column::KEY_ACTOR, nulls(1), bad);
    check("expand says nothing", column::EXPAND, unsigned(1), bad);
    check("expand without a mark", column::EXPAND, [0, 1].to_vec(), bad);
    check(
        "name without a mark",
        column::MARK_NAME,
        literals(&[text("m")]),
        bad,
    );
    check(
        "object without actor",
        column::OBJECT_COUNTER,
        literals(&[unsigned(1)]),
        bad,
    );
    check(
        "object without counter",
        column::OBJECT_ACTOR,
        literals(&[unsigned(0)]),
        bad,
    );
}

#[test]
fn the_flags_actions_and_values_of_a_change() {
    let one = forge::change_with(7, 1, 1);
    let check = |name: &str, spec: u64, data: Vec<u8>, code: &str| {
        check(name, &one.clone().with(spec, data).seal(), code);
    };
    let bad = "chunk_malformed";
    check("insert that is empty and then ends", column::INSERT, vec![0], bad);
    check("insert with a second empty run", column::INSERT, vec![1, 0], bad);
    check("insert into a map", column::INSERT, vec![0, 1], bad);
    check(
        "insert for a billion rows",
        column::INSERT,
        unsigned(1_000_000_000),
        bad,
    );
    for action in [3, 5, 6, 7, 8, u64::MAX] {
        check("action", column::ACTION, literals(&[unsigned(action)]), bad);
    }
    check("null action", column::ACTION, nulls(1), bad);
    for (kind, length) in [
        (2, 1),
        (0, 3),
        (3, 0),
        (4, 11),
        (5, 7),
        (8, 1),
        (10, 0),
        (15, 2),
        (6, 1),
        (7, 1 << 59),
    ] {
        check(
            "value",
            column::VALUE_META,
            literals(&[unsigned(length << 4 | kind)]),
            bad,
        );
    }
    check("value nobody asked for", column::VALUE, vec![1], bad);
    check("run of one", column::ACTION, run(1, &unsigned(1)), bad);
    check(
        "empty null run",
        column::KEY_TEXT,
        [nulls(0), literals(&[text("key")])].concat(),
        bad,
    );
    check(
        "run of nulls in two",
        column::PRED,
        [nulls(1), nulls(1)].concat(),
        bad,
    );
    check("least run header", column::ACTION, signed(i64::MIN), bad);
    check("predecessor later", column::PRED, literals(&[unsigned(1)]), bad);
}

#[test]
fn canonical_runs_only() {
    let two = forge::ops_claiming(2);
    accepted("two rows in a run", &two.seal());
    let spellings = [
        literals(&[unsigned(1), unsigned(1)]),
        [literals(&[unsigned(1)]), literals(&[unsigned(1)])].concat(),
        [run(2, &unsigned(1)), run(2, &unsigned(1))].concat(),
        [0x82, 0x00, 0x01].to_vec(),
        [0x02, 0x81, 0x00].to_vec(),
    ];
    for spelling in spellings {
        check(
            "the same rows spelt otherwise",
            &two.clone().with(column::ACTION, spelling).seal(),
            "chunk_malformed",
        );
    }
}

#[test]
fn claims_of_a_billion() {
    let large = "chunk_too_large";
    check("operations", &forge::ops_claiming(1_000_000_000).seal(), large);
    check(
        "operations without end",
        &forge::ops_claiming(i64::MAX).seal(),
        large,
    );
    check(
        "one operation too many",
        &forge::ops_claiming(500_001).seal(),
        large,
    );
    accepted("as many as its bytes may hold", &forge::ops_claiming(128).seal());
    check(
        "more than its bytes may hold",
        &forge::ops_claiming(300).seal(),
        large,
    );
    let deleting = |count: i64| Change {
        start_op: 200_002,
        columns: vec![
            (column::OBJECT_ACTOR, run(count, &unsigned(0))),
            (column::OBJECT_COUNTER, run(count, &unsigned(1))),
            (column::KEY_ACTOR, run(count, &unsigned(0))),
            (
                column::KEY_COUNTER,
                [literals(&[signed(2)]), run(count - 1, &signed(1))].concat(),
            ),
            (column::INSERT, unsigned(count.unsigned_abs())),
            (column::ACTION, run(count, &unsigned(3))),
            (column::VALUE_META, run(count, &unsigned(0))),
            (column::PRED, run(count, &unsigned(1))),
            (column::PRED_ACTOR, run(count, &unsigned(0))),
            (
                column::PRED_COUNTER,
                [literals(&[signed(2)]), run(count - 1, &signed(1))].concat(),
            ),
        ],
        ..forge::change_with(7, 2, 1)
    };
    accepted("a long text deleted", &deleting(100_000).seal());
    check("more deletions than may be", &deleting(200_000).seal(), large);
    let mut late = forge::ops_claiming(100);
    late.start_op = 49_999_999;
    check("operations that run past the cap", &late.seal(), "chunk_counter");
    let one = forge::change_with(7, 1, 9);
    let preds = |count: u64| one.clone().with(column::PRED, literals(&[unsigned(count)]));
    check("predecessors", &preds(1_000_000_000).seal(), large);
    let many = preds(1000).with(column::PRED_ACTOR, run(1000, &unsigned(0)));
    check(
        "the same predecessor often",
        &many.with(column::PRED_COUNTER, literals(&[signed(1)])).seal(),
        "chunk_malformed",
    );
    let rising = preds(1).with(column::PRED_ACTOR, literals(&[unsigned(0)]));
    accepted(
        "one predecessor",
        &rising
            .clone()
            .with(column::PRED_COUNTER, literals(&[signed(8)]))
            .seal(),
    );
    for counter in [0, -1, i64::MIN, i64::MAX, 1 << 32] {
        let lie = rising
            .clone()
            .with(column::PRED_COUNTER, literals(&[signed(counter)]));
        check("predecessor out of range", &lie.seal(), "chunk_counter");
    }
    let itself = rising.with(column::PRED_COUNTER, literals(&[signed(9)]));
    check("its own predecessor", &itself.seal(), "chunk_malformed");
}

#[test]
fn order_within_a_change() {
    let honest = change();
    accepted("honest marks", &honest.seal());
    let rows = 2;
    let within_itself = forge::ops_claiming(rows)
        .with(column::ACTION, run(rows, &unsigned(0)))
        .with(column::VALUE_META, run(rows, &unsigned(0)))
        .with(column::OBJECT_ACTOR, run(rows, &unsigned(0)))
        .with(column::OBJECT_COUNTER, run(rows, &unsigned(1)));
    check("an object within itself", &within_itself.seal(), "chunk_counter");
    let unknown = within_itself.with(column::OBJECT_ACTOR, run(rows, &unsigned(1)));
    check("an actor that is not listed", &unknown.seal(), "chunk_malformed");
    let nameless = honest.clone().with(column::MARK_NAME, Vec::new());
    check("marks without a name", &nameless.seal(), "chunk_malformed");
    let deleted = forge::change_with(7, 1, 2)
        .with(column::ACTION, literals(&[unsigned(3)]))
        .with(column::VALUE_META, literals(&[unsigned(0)]));
    check("a deletion of nothing", &deleted.seal(), "chunk_malformed");
}

#[test]
fn the_head_of_a_document() {
    let honest = document();
    accepted("honest", &honest.seal());
    let with = |lie: &dyn Fn(&mut Document)| {
        let mut document = honest.clone();
        lie(&mut document);
        document.seal()
    };
    let bad = "chunk_malformed";
    check("actors unsorted", &with(&|d| d.actors.reverse()), bad);
    check(
        "an actor without a change",
        &with(&|d| d.actors.push(vec![255; 16])),
        bad,
    );
    check("an actor missing", &with(&|d| d.actors.truncate(2)), bad);
    check(
        "actor of 15 bytes",
        &with(&|d| d.actors[0].truncate(15)),
        "chunk_actor",
    );
    check("a head too many", &with(&|d| d.heads.push([255; 32])), bad);
    check("a head missing", &with(&|d| d.heads.truncate(1)), bad);
    check("heads unsorted", &with(&|d| d.heads.reverse()), bad);
    check("no head indices", &with(&|d| d.suffix.clear()), bad);
    check(
        "a byte behind the indices",
        &with(&|d| d.suffix.push(0)),
        "chunk_extra",
    );
    check("an index that is no change", &with(&|d| d.suffix[0] = 127), bad);
}

#[test]
fn the_changes_of_a_document() {
    let honest = document();
    let mut mark = Document::open(&samples::note().save_nocompress());
    let count = i64::try_from(count(&mark.seal(), &Limits::default()).unwrap().changes).unwrap();
    let check = |name: &str, spec: u64, data: Vec<u8>, code: &str| {
        check(name, &honest.clone().with_change(spec, data).seal(), code);
    };
    let bad = "chunk_malformed";
    check(
        "message",
        column::CHANGE_MESSAGE,
        literals(&[text("hello")]),
        "chunk_extra",
    );
    check("extra bytes", column::CHANGE_EXTRA, vec![1], "chunk_extra");
    check(
        "extra bytes said",
        column::CHANGE_EXTRA_META,
        run(40, &unsigned(0x17)),
        "chunk_extra",
    );
    check(
        "deflated",
        column::CHANGE_TIME | column::DEFLATED,
        vec![1],
        "chunk_compressed",
    );
    check("unknown", 0x65, vec![1], bad);
    check("no seq", column::CHANGE_SEQ, Vec::new(), bad);
    check(
        "all seq 1",
        column::CHANGE_SEQ,
        literals(&[signed(1), signed(0)]),
        bad,
    );
    check(
        "seq near the end",
        column::CHANGE_SEQ,
        literals(&[signed(i64::MAX)]),
        "chunk_counter",
    );
    check(
        "seq that overflows",
        column::CHANGE_SEQ,
        run(3, &signed(i64::MAX / 2)),
        "chunk_counter",
    );
    check("no actor", column::CHANGE_ACTOR, Vec::new(), bad);
    check("actor 3 of 3", column::CHANGE_ACTOR, run(40, &unsigned(3)), bad);
    check("no dependencies", column::CHANGE_DEPS, Vec::new(), bad);
    check(
        "each depends on a billion",
        column::CHANGE_DEPS,
        run(40, &unsigned(1_000_000_000)),
        "chunk_too_large",
    );
    check(
        "dependency on a later one",
        column::CHANGE_DEP,
        literals(&[signed(7)]),
        bad,
    );
    check(
        "dependency below 0",
        column::CHANGE_DEP,
        literals(&[signed(-1)]),
        "chunk_counter",
    );
    check(
        "max_op that is not",
        column::CHANGE_MAX_OP,
        run(40, &signed(1_000_000_000)),
        "chunk_counter",
    );
    check(
        "max_op of the past",
        column::CHANGE_MAX_OP,
        literals(&[signed(0)]),
        bad,
    );
    check(
        "times apart",
        column::CHANGE_TIME,
        literals(&[signed(i64::MAX), signed(i64::MIN)]),
        "chunk_counter",
    );
    mark = mark.with_change(column::CHANGE_MAX_OP, run(count, &signed(30_000)));
    self::check("a false max_op", &mark.seal(), "chunk_too_large");
}

#[test]
fn a_document_of_runs_alone() {
    let many = |count: i64| Document {
        actors: vec![vec![1; 16]],
        heads: vec![[0; 32]],
        changes: vec![
            (column::CHANGE_ACTOR, run(count, &unsigned(0))),
            (column::CHANGE_SEQ, run(count, &signed(1))),
            (column::CHANGE_MAX_OP, run(count, &signed(0))),
            (column::CHANGE_TIME, run(count, &signed(0))),
            (
                column::CHANGE_DEPS,
                [literals(&[unsigned(0)]), run(count - 1, &unsigned(1))].concat(),
            ),
            (
                column::CHANGE_DEP,
                [literals(&[signed(0)]), run(count - 2, &signed(1))].concat(),
            ),
            (column::CHANGE_EXTRA_META, run(count, &unsigned(7))),
        ],
        ops: Vec::new(),
        suffix: unsigned(0),
    };
    accepted("as many changes as any chunk may hold", &many(1_024).seal());
    check(
        "more than its bytes may hold",
        &many(2_000).seal(),
        "chunk_too_large",
    );
    check(
        "more changes than bytes",
        &many(100_000).seal(),
        "chunk_too_large",
    );
    check("a billion changes", &many(1_000_000_000).seal(), "chunk_counter");
}

#[test]
fn the_operations_of_a_document() {
    let honest = document();
    let check = |name: &str, spec: u64, data: Vec<u8>, code: &str| {
        check(name, &honest.clone().with_op(spec, data).seal(), code);
    };
    let bad = "chunk_malformed";
    check("no ids", column::ID_COUNTER, Vec::new(), bad);
    check(
        "one id for all",
        column::ID_COUNTER,
        [literals(&[signed(2)]), run(200, &signed(0))].concat(),
        bad,
    );
    check(
        "ids that overflow",
        column::ID_COUNTER,
        run(3, &signed(i64::MAX)),
        "chunk_counter",
    );
    check("ids of a stranger", column::ID_ACTOR, run(200, &unsigned(3)), bad);
    check(
        "a billion ids",
        column::ID_ACTOR,
        run(1_000_000_000, &unsigned(0)),
        bad,
    );
    check("no successors", column::SUCC, Vec::new(), bad);
    check(
        "a billion successors",
        column::SUCC,
        run(1_000, &unsigned(1_000_000)),
        "chunk_too_large",
    );
    check("successors without actors", column::SUCC_ACTOR, Vec::new(), bad);
    check(
        "successor 0",
        column::SUCC_COUNTER,
        literals(&[signed(0)]),
        "chunk_counter",
    );
    check(
        "one successor for all",
        column::SUCC_COUNTER,
        [literals(&[signed(60)]), run(200, &signed(0))].concat(),
        bad,
    );
    check("no objects", column::OBJECT_ACTOR, Vec::new(), bad);
    check("a deletion as a row", column::ACTION, run(200, &unsigned(3)), bad);
    check("an increment", column::ACTION, run(200, &unsigned(5)), bad);
}

#[test]
fn marks_are_in_texts() {
    let marked = Document::open(&samples::small().remove(4).1.save_nocompress());
    accepted("in a text", &marked.seal());
    let (spec, mut actions) = marked
        .ops
        .iter()
        .find(|(spec, _)| *spec == column::ACTION)
        .cloned()
        .unwrap();
    let made = actions
        .iter()
        .position(|byte| *byte == 4)
        .expect("the text is made");
    actions[made] = 2;
    check(
        "in a list",
        &marked.with_op(spec, actions).seal(),
        "chunk_malformed",
    );
}

#[test]
fn an_insertion_behind_no_element() {
    let mut doc = AutoCommit::new();
    let body = doc.put_object(ROOT, "body", ObjType::Text).unwrap();
    doc.splice_text(&body, 0, 0, "b").unwrap();
    doc.splice_text(&body, 0, 0, "a").unwrap();
    let honest = Document::open(&doc.save_nocompress());
    accepted("two insertions at the head", &honest.seal());
    let lie = honest
        .with_op(column::KEY_ACTOR, [nulls(2), literals(&[unsigned(0)])].concat())
        .with_op(
            column::KEY_COUNTER,
            [nulls(1), literals(&[signed(0), signed(1)])].concat(),
        );
    check("behind the text itself", &lie.seal(), "chunk_malformed");
}

#[test]
fn a_refusal_says_nothing_of_the_content() {
    let secret =
        forge::change_with(7, 1, 1).with(column::KEY_TEXT, literals(&[text("Mrs Example"), text("b")]));
    let refusal = count(&secret.seal(), &Limits::default()).unwrap_err();
    assert_eq!(refusal, Refusal::Malformed("column is too long"));
    assert!(!format!("{refusal} {refusal:?}").contains("Example"));
}
