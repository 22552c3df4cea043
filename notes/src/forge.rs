//! Forged Automerge chunks, for tests that play the attacker: take an honest chunk apart, put a lie into
//! one place, and seal it again with a checksum that holds.
//!
//! Not for writing notes, and not in any release build: it is behind the `forge` feature.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a tool of tests, which must stop when it is misused"
)]

use sha2::{Digest, Sha256};

/// Automerge's magic bytes.
pub const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Column specifications that tests set by name.
pub mod column {
    /// Text of a map key.
    pub const KEY_TEXT: u64 = 0x15;
    /// Counter of the element that an operation stands at, as differences.
    pub const KEY_COUNTER: u64 = 0x13;
    /// Actor of the element that an operation stands at.
    pub const KEY_ACTOR: u64 = 0x11;
    /// Actor of the object.
    pub const OBJECT_ACTOR: u64 = 0x01;
    /// Counter of the object.
    pub const OBJECT_COUNTER: u64 = 0x02;
    /// Actor of an operation, in documents.
    pub const ID_ACTOR: u64 = 0x21;
    /// Counter of an operation as differences, in documents.
    pub const ID_COUNTER: u64 = 0x23;
    /// Whether an element is inserted.
    pub const INSERT: u64 = 0x34;
    /// What an operation does.
    pub const ACTION: u64 = 0x42;
    /// Type and length of a value.
    pub const VALUE_META: u64 = 0x56;
    /// The values, one behind the other.
    pub const VALUE: u64 = 0x57;
    /// How many operations this one replaces, in changes.
    pub const PRED: u64 = 0x70;
    /// Their actors.
    pub const PRED_ACTOR: u64 = 0x71;
    /// Their counters as differences.
    pub const PRED_COUNTER: u64 = 0x73;
    /// How many operations replaced this one, in documents.
    pub const SUCC: u64 = 0x80;
    /// Their actors.
    pub const SUCC_ACTOR: u64 = 0x81;
    /// Their counters as differences.
    pub const SUCC_COUNTER: u64 = 0x83;
    /// Whether a mark grows with what is typed at its edge.
    pub const EXPAND: u64 = 0x94;
    /// The name of a mark.
    pub const MARK_NAME: u64 = 0xa5;
    /// Of the table of changes: the actor.
    pub const CHANGE_ACTOR: u64 = 0x01;
    /// Of the table of changes: the sequence number as differences.
    pub const CHANGE_SEQ: u64 = 0x03;
    /// Of the table of changes: the largest counter as differences.
    pub const CHANGE_MAX_OP: u64 = 0x13;
    /// Of the table of changes: the time as differences.
    pub const CHANGE_TIME: u64 = 0x23;
    /// Of the table of changes: the message.
    pub const CHANGE_MESSAGE: u64 = 0x35;
    /// Of the table of changes: how many dependencies.
    pub const CHANGE_DEPS: u64 = 0x40;
    /// Of the table of changes: their indices as differences.
    pub const CHANGE_DEP: u64 = 0x43;
    /// Of the table of changes: type and length of extra bytes.
    pub const CHANGE_EXTRA_META: u64 = 0x56;
    /// Of the table of changes: the extra bytes.
    pub const CHANGE_EXTRA: u64 = 0x57;
    /// Added to a specification, it says that the column is deflated.
    pub const DEFLATED: u64 = 8;
}

/// Columns by specification, in the order in which they are written.
pub type Columns = Vec<(u64, Vec<u8>)>;

/// An unsigned LEB128 number.
pub fn unsigned(number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = number;
    while rest >= 0x80 {
        out.push(low_bits(rest) | 0x80);
        rest >>= 7;
    }
    out.push(low_bits(rest));
    out
}

/// A signed LEB128 number.
pub fn signed(number: i64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = number;
    loop {
        let byte = low_bits(rest.cast_unsigned());
        rest >>= 7;
        if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

fn low_bits(number: u64) -> u8 {
    u8::try_from(number & 0x7f).expect("seven bits fit")
}

/// A run: `count` times one value.
pub fn run(count: i64, value: &[u8]) -> Vec<u8> {
    [signed(count), value.to_vec()].concat()
}

/// A run of nulls.
pub fn nulls(count: u64) -> Vec<u8> {
    [signed(0), unsigned(count)].concat()
}

/// A stretch of literals.
pub fn literals(values: &[Vec<u8>]) -> Vec<u8> {
    let count = i64::try_from(values.len()).expect("a test's list is short");
    [signed(-count), values.concat()].concat()
}

/// Text with its length before it.
pub fn text(text: &str) -> Vec<u8> {
    prefixed(text.as_bytes())
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A chunk of a type around a body, with its true checksum and length.
pub fn seal(kind: u8, body: &[u8]) -> Vec<u8> {
    let head = [
        MAGIC.to_vec(),
        vec![0; 4],
        vec![kind],
        unsigned(body.len() as u64),
    ]
    .concat();
    reseal(&[head, body.to_vec()].concat())
}

/// The same bytes with the checksum repaired. The declared length stays as it is.
pub fn reseal(chunk: &[u8]) -> Vec<u8> {
    let mut out = chunk.to_vec();
    if let Some((head, rest)) = out.split_at_mut_checked(8) {
        let hash: [u8; 32] = Sha256::digest(rest).into();
        head[4..].copy_from_slice(&hash[..4]);
    }
    out
}

/// A chunk that says it is this long.
pub fn declaring(kind: u8, length: u64, body: &[u8]) -> Vec<u8> {
    reseal(
        &[
            MAGIC.to_vec(),
            vec![0; 4],
            vec![kind],
            unsigned(length),
            body.to_vec(),
        ]
        .concat(),
    )
}

/// A change chunk in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Change {
    pub deps: Vec<[u8; 32]>,
    pub actor: Vec<u8>,
    pub seq: u64,
    pub start_op: u64,
    pub time: i64,
    pub message: Vec<u8>,
    pub others: Vec<Vec<u8>>,
    pub columns: Columns,
    pub extra: Vec<u8>,
}

/// A first change that sets one key of the root to true, by an actor of 16 equal bytes.
pub fn change_with(actor: u8, seq: u64, start_op: u64) -> Change {
    let columns = vec![
        (column::KEY_TEXT, literals(&[text("key")])),
        (column::INSERT, unsigned(1)),
        (column::ACTION, literals(&[unsigned(1)])),
        (column::VALUE_META, literals(&[unsigned(2)])),
        (column::PRED, literals(&[unsigned(0)])),
    ];
    Change {
        deps: Vec::new(),
        actor: vec![actor; 16],
        seq,
        start_op,
        time: 0,
        message: Vec::new(),
        others: Vec::new(),
        columns,
        extra: Vec::new(),
    }
}

/// A first change of a few bytes whose runs claim `count` operations, all of them true at one key.
pub fn ops_claiming(count: i64) -> Change {
    Change {
        columns: vec![
            (column::KEY_TEXT, run(count, &text("key"))),
            (column::INSERT, unsigned(count.unsigned_abs())),
            (column::ACTION, run(count, &unsigned(1))),
            (column::VALUE_META, run(count, &unsigned(2))),
            (column::PRED, run(count, &unsigned(0))),
        ],
        ..change_with(7, 1, 1)
    }
}

impl Change {
    /// Takes an honest chunk apart.
    pub fn open(chunk: &[u8]) -> Self {
        let mut reader = Reader::open(chunk, 1);
        let deps = (0..reader.unsigned()).map(|_| reader.hash()).collect();
        let actor = reader.prefixed();
        let (seq, start_op, time) = (reader.unsigned(), reader.unsigned(), reader.signed());
        let message = reader.prefixed();
        let others = (0..reader.unsigned()).map(|_| reader.prefixed()).collect();
        let headers = reader.headers();
        let columns = reader.columns(headers);
        Self {
            deps,
            actor,
            seq,
            start_op,
            time,
            message,
            others,
            columns,
            extra: reader.0.to_vec(),
        }
    }

    /// Puts a column in, or takes it out when there are no bytes.
    #[must_use]
    pub fn with(mut self, spec: u64, data: Vec<u8>) -> Self {
        set(&mut self.columns, spec, data);
        self
    }

    /// The chunk, checksum and length true.
    pub fn seal(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        body.extend(self.deps.concat());
        body.extend(prefixed(&self.actor));
        body.extend(unsigned(self.seq));
        body.extend(unsigned(self.start_op));
        body.extend(signed(self.time));
        body.extend(prefixed(&self.message));
        body.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|other| body.extend(prefixed(other)));
        body.extend(headers(&self.columns));
        self.columns.iter().for_each(|(_, data)| body.extend(data));
        body.extend(&self.extra);
        seal(1, &body)
    }
}

/// A document chunk in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Document {
    pub actors: Vec<Vec<u8>>,
    pub heads: Vec<[u8; 32]>,
    pub changes: Columns,
    pub ops: Columns,
    pub suffix: Vec<u8>,
}

impl Document {
    /// Takes an honest chunk apart.
    pub fn open(chunk: &[u8]) -> Self {
        let mut reader = Reader::open(chunk, 0);
        let actors = (0..reader.unsigned()).map(|_| reader.prefixed()).collect();
        let heads = (0..reader.unsigned()).map(|_| reader.hash()).collect();
        let (changes, ops) = (reader.headers(), reader.headers());
        let (changes, ops) = (reader.columns(changes), reader.columns(ops));
        Self {
            actors,
            heads,
            changes,
            ops,
            suffix: reader.0.to_vec(),
        }
    }

    /// Puts a column into the operations, or takes it out when there are no bytes.
    #[must_use]
    pub fn with_op(mut self, spec: u64, data: Vec<u8>) -> Self {
        set(&mut self.ops, spec, data);
        self
    }

    /// Puts a column into the table of changes, or takes it out when there are no bytes.
    #[must_use]
    pub fn with_change(mut self, spec: u64, data: Vec<u8>) -> Self {
        set(&mut self.changes, spec, data);
        self
    }

    /// The chunk, checksum and length true.
    pub fn seal(&self) -> Vec<u8> {
        let mut body = unsigned(self.actors.len() as u64);
        self.actors.iter().for_each(|actor| body.extend(prefixed(actor)));
        body.extend(unsigned(self.heads.len() as u64));
        body.extend(self.heads.concat());
        body.extend(headers(&self.changes));
        body.extend(headers(&self.ops));
        self.changes
            .iter()
            .chain(&self.ops)
            .for_each(|(_, data)| body.extend(data));
        body.extend(&self.suffix);
        seal(0, &body)
    }
}

fn headers(columns: &Columns) -> Vec<u8> {
    let mut out = unsigned(columns.len() as u64);
    for (spec, data) in columns {
        out.extend(unsigned(*spec));
        out.extend(unsigned(data.len() as u64));
    }
    out
}

fn set(columns: &mut Columns, spec: u64, data: Vec<u8>) {
    columns.retain(|(known, _)| *known != spec);
    if !data.is_empty() {
        columns.push((spec, data));
        columns.sort();
    }
}

/// Reads honest bytes; on any others it panics, for then the test is wrong.
#[derive(Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads bytes from their beginning, such as a column's.
    pub fn over(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether all was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn open(chunk: &'a [u8], kind: u8) -> Self {
        assert_eq!(chunk.get(8), Some(&kind), "a chunk of the right type");
        let mut reader = Self(&chunk[9..]);
        let length = reader.unsigned();
        assert_eq!(length, reader.0.len() as u64, "one whole chunk");
        reader
    }

    /// So many bytes.
    pub fn take(&mut self, count: u64) -> &'a [u8] {
        let count = usize::try_from(count).expect("a length");
        let (head, rest) = self.0.split_at(count);
        self.0 = rest;
        head
    }

    /// An unsigned LEB128 number.
    pub fn unsigned(&mut self) -> u64 {
        let end = self.0.iter().position(|byte| byte & 0x80 == 0).expect("a number");
        let bytes = self.take(end as u64 + 1);
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f))
    }

    /// A signed LEB128 number.
    pub fn signed(&mut self) -> i64 {
        let before = self.0.len();
        let number = self.unsigned();
        let bits = 7 * (before - self.0.len()).min(9);
        (number << (64 - bits)).cast_signed() >> (64 - bits)
    }

    /// Bytes with their length before them.
    pub fn prefixed(&mut self) -> Vec<u8> {
        let length = self.unsigned();
        self.take(length).to_vec()
    }

    fn hash(&mut self) -> [u8; 32] {
        self.take(32).try_into().expect("32 bytes")
    }

    fn headers(&mut self) -> Vec<(u64, u64)> {
        (0..self.unsigned())
            .map(|_| (self.unsigned(), self.unsigned()))
            .collect()
    }

    fn columns(&mut self, headers: Vec<(u64, u64)>) -> Columns {
        headers
            .into_iter()
            .map(|(spec, length)| (spec, self.take(length).to_vec()))
            .collect()
    }
}
