//! The operations of a chunk as rows: columns are taken apart into rows and made of rows again, in the one
//! spelling that the gate takes. A lie told here is told in honest grammar, and so reaches the rules behind it.
//!
//! Not for writing notes, and not for lies about the spelling itself: those are told in bytes.

use notes::forge::{Columns, Reader, column, signed, text, unsigned};

/// One operation, with all that any column may say of it. Actors are indices of the chunk's own list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The object's actor and counter; neither for the root.
    pub object: (Option<u64>, Option<u64>),
    /// The key in a map.
    pub key: Option<String>,
    /// The element in a text: actor and counter; no actor and 0 for the head.
    pub element: (Option<u64>, Option<i64>),
    /// Actor and counter of the operation itself; in documents only.
    pub id: (u64, i64),
    /// Whether it makes an element.
    pub insert: bool,
    /// What it does.
    pub action: u64,
    /// Type of its value, with the length that stands there: `length << 4 | type`.
    pub meta: u64,
    /// The value.
    pub value: Vec<u8>,
    /// What it replaces (in a change), or what replaced it (in a document): actor and counter.
    pub links: Vec<(u64, i64)>,
    /// Whether a mark grows.
    pub expand: bool,
    /// The name of a mark.
    pub mark: Option<String>,
}

impl Row {
    /// Gives it a value with a type of the format.
    #[must_use]
    pub fn with_value(mut self, kind: u64, value: &[u8]) -> Self {
        self.meta = (value.len() as u64) << 4 | kind;
        self.value = value.to_vec();
        self
    }
}

/// Which of the two kinds of chunk the rows are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A change: what an operation replaces; its id follows from its place.
    Change,
    /// A document: what replaced it; its id stands there.
    Document,
}

impl Of {
    const fn group(self) -> u64 {
        match self {
            Self::Change => column::PRED,
            Self::Document => column::SUCC,
        }
    }
}

/// No honest chunk has more rows.
const MOST_ROWS: usize = 1_000_000;

/// Takes honest columns apart. On others it panics, for then the test is wrong.
pub fn read(columns: &Columns, of: Of) -> Vec<Row> {
    let get = |spec: u64| {
        let found = columns.iter().find(|(known, _)| *known == spec);
        found.map_or(&[][..], |(_, data)| data.as_slice())
    };
    let number = |spec| runs(get(spec), |r| r.unsigned());
    let words = |spec| runs(get(spec), |r| String::from_utf8(r.prefixed()).unwrap());
    let actions = number(column::ACTION);
    let count = actions.len();
    let (metas, links) = (number(column::VALUE_META), number(of.group()));
    let (link_actors, link_counters) = (number(of.group() | 1), deltas(get(of.group() | 3)));
    let objects = (number(column::OBJECT_ACTOR), number(column::OBJECT_COUNTER));
    let elements = (number(column::KEY_ACTOR), deltas(get(column::KEY_COUNTER)));
    let ids = (number(column::ID_ACTOR), deltas(get(column::ID_COUNTER)));
    let (keys, marks) = (words(column::KEY_TEXT), words(column::MARK_NAME));
    let (inserts, expands) = (flags(get(column::INSERT)), flags(get(column::EXPAND)));
    let mut values = Reader::over(get(column::VALUE));
    let mut link = 0;
    let mut rows = Vec::with_capacity(count);
    for at in 0..count {
        let meta = known(&metas, at);
        let linked = usize::try_from(known(&links, at)).unwrap();
        let linked = link..link + linked;
        link = linked.end;
        assert!(linked.len() <= link_counters.len(), "an honest number of links");
        rows.push(Row {
            object: (maybe(&objects.0, at), maybe(&objects.1, at)),
            key: maybe(&keys, at),
            element: (maybe(&elements.0, at), maybe(&elements.1, at)),
            id: match of {
                Of::Change => (0, 0),
                Of::Document => (known(&ids.0, at), known(&ids.1, at)),
            },
            insert: inserts.get(at) == Some(&true),
            action: known(&actions, at),
            meta,
            value: values.take(meta >> 4).to_vec(),
            links: linked
                .map(|place| (known(&link_actors, place), known(&link_counters, place)))
                .collect(),
            expand: expands.get(at) == Some(&true),
            mark: maybe(&marks, at),
        });
    }
    rows
}

fn maybe<T: Clone>(cells: &[Option<T>], at: usize) -> Option<T> {
    cells.get(at).cloned().flatten()
}

fn known<T: Clone>(cells: &[Option<T>], at: usize) -> T {
    maybe(cells, at).expect("an honest column has a value here")
}

fn runs<T: Clone>(data: &[u8], read: impl for<'a> Fn(&mut Reader<'a>) -> T) -> Vec<Option<T>> {
    let mut reader = Reader::over(data);
    let mut cells = Vec::new();
    while !reader.is_empty() {
        let header = reader.signed();
        let count = usize::try_from(header.unsigned_abs()).unwrap();
        assert!(count < MOST_ROWS, "an honest run");
        match header {
            0 => {
                let nulls = usize::try_from(reader.unsigned()).unwrap();
                assert!(nulls < MOST_ROWS, "an honest run");
                cells.extend(std::iter::repeat_n(None, nulls));
            }
            1.. => cells.extend(std::iter::repeat_n(Some(read(&mut reader)), count)),
            _ => cells.extend((0..count).map(|_| Some(read(&mut reader)))),
        }
    }
    cells
}

/// Numbers of a column of differences.
pub fn deltas(data: &[u8]) -> Vec<Option<i64>> {
    let mut at = 0_i64;
    let steps = runs(data, |r| r.signed()).into_iter();
    let mut sum = |step: i64| {
        at = at.wrapping_add(step);
        at
    };
    steps.map(|step| step.map(&mut sum)).collect()
}

fn flags(data: &[u8]) -> Vec<bool> {
    let mut reader = Reader::over(data);
    let (mut cells, mut value) = (Vec::new(), false);
    while !reader.is_empty() {
        let count = usize::try_from(reader.unsigned()).unwrap();
        assert!(count < MOST_ROWS, "an honest run");
        cells.extend(std::iter::repeat_n(value, count));
        value = !value;
    }
    cells
}

/// Makes columns of rows, as Automerge would spell them.
pub fn write(rows: &[Row], of: Of) -> Columns {
    let number = |pick: &dyn Fn(&Row) -> Option<u64>| {
        let cells: Vec<_> = rows.iter().map(|row| pick(row).map(unsigned)).collect();
        spelt(&cells)
    };
    let counter = |pick: &dyn Fn(&Row) -> Option<i64>| steps(rows.iter().map(pick));
    let words = |pick: &dyn Fn(&Row) -> Option<&String>| {
        let cells: Vec<_> = rows.iter().map(|row| pick(row).map(|word| text(word))).collect();
        spelt(&cells)
    };
    let links = || rows.iter().flat_map(|row| &row.links);
    let link_actors: Vec<_> = links().map(|(actor, _)| Some(unsigned(*actor))).collect();
    let values: Vec<u8> = rows.iter().flat_map(|row| row.value.iter().copied()).collect();
    let mut columns = vec![
        (column::OBJECT_ACTOR, number(&|row| row.object.0)),
        (column::OBJECT_COUNTER, number(&|row| row.object.1)),
        (column::KEY_ACTOR, number(&|row| row.element.0)),
        (column::KEY_COUNTER, counter(&|row| row.element.1)),
        (column::KEY_TEXT, words(&|row| row.key.as_ref())),
        (column::INSERT, switches(rows.iter().map(|row| row.insert), false)),
        (column::ACTION, number(&|row| Some(row.action))),
        (column::VALUE_META, number(&|row| Some(row.meta))),
        (column::VALUE, values),
        (of.group(), number(&|row| Some(row.links.len() as u64))),
        (of.group() | 1, spelt(&link_actors)),
        (of.group() | 3, steps(links().map(|(_, counter)| Some(*counter)))),
        (column::EXPAND, switches(rows.iter().map(|row| row.expand), true)),
        (column::MARK_NAME, words(&|row| row.mark.as_ref())),
    ];
    if of == Of::Document {
        columns.push((column::ID_ACTOR, number(&|row| Some(row.id.0))));
        columns.push((column::ID_COUNTER, counter(&|row| Some(row.id.1))));
    }
    columns.retain(|(_, data)| !data.is_empty());
    columns.sort_by_key(|(spec, _)| *spec);
    columns
}

/// Differences between numbers, in runs.
pub fn steps(numbers: impl Iterator<Item = Option<i64>>) -> Vec<u8> {
    let mut at = 0_i64;
    let mut step = |number: i64| {
        let step = number.wrapping_sub(at);
        at = number;
        signed(step)
    };
    let cells: Vec<_> = numbers.map(|number| number.map(&mut step)).collect();
    spelt(&cells)
}

/// Runs of written cells in their one spelling; nothing where all is null.
pub fn spelt(cells: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut out = Vec::new();
    if cells.iter().all(Option::is_none) {
        return out;
    }
    let mut literals: Vec<&[u8]> = Vec::new();
    let close = |literals: &mut Vec<&[u8]>, out: &mut Vec<u8>| {
        if !literals.is_empty() {
            out.extend(signed(-i64::try_from(literals.len()).unwrap()));
            literals.drain(..).for_each(|cell| out.extend(cell));
        }
    };
    for run in cells.chunk_by(|a, b| a == b) {
        match (run, run.first().and_then(Option::as_ref)) {
            (_, None) => {
                close(&mut literals, &mut out);
                out.extend(signed(0));
                out.extend(unsigned(run.len() as u64));
            }
            ([_], Some(cell)) => literals.push(cell),
            (_, Some(cell)) => {
                close(&mut literals, &mut out);
                out.extend(signed(i64::try_from(run.len()).unwrap()));
                out.extend(cell);
            }
        }
    }
    close(&mut literals, &mut out);
    out
}

fn switches(cells: impl Iterator<Item = bool>, optional: bool) -> Vec<u8> {
    let (mut out, mut value, mut count, mut any) = (Vec::new(), false, 0_u64, false);
    for cell in cells {
        any |= cell;
        if cell != value {
            out.extend(unsigned(count));
            (value, count) = (cell, 0);
        }
        count += 1;
    }
    if optional && !any {
        return Vec::new();
    }
    if count > 0 {
        out.extend(unsigned(count));
    }
    out
}
