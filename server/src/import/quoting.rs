//! Walks over a CSV text once to learn where its rows begin and whether its quotes can be trusted.
//!
//! The `csv` crate reads anything: a quote that is never closed makes it take the rest of the file,
//! many people's rows, as one cell of one person. That must not pass, so the quotes are judged here
//! first. Reading the cells is left to the crate, which follows the same states.

use super::{FileRefusal, MAX_ROWS};

/// No export has so many columns; a row of a million commas would only eat memory.
const MAX_CELLS: usize = 1_000;

/// How one row stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowShape {
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// The first cell that goes on after its closing quote, as in `"Rose" Cottage`.
    pub(super) text_after_quote: Option<usize>,
}

#[derive(Clone, Copy)]
enum State {
    BetweenRows,
    CellStart,
    Bare,
    Quoted,
    QuoteInQuoted,
    AfterQuoted,
}

struct Walk {
    state: State,
    line: u64,
    quote_line: u64,
    cell: usize,
    rows: Vec<RowShape>,
}

/// The shape of every row that is not an empty line, the header first.
pub(super) fn row_shapes(text: &str) -> Result<Vec<RowShape>, FileRefusal> {
    let mut walk = Walk {
        state: State::BetweenRows,
        line: 1,
        quote_line: 1,
        cell: 0,
        rows: Vec::new(),
    };
    let mut previous = 0;
    for byte in text.bytes() {
        walk.step(byte)?;
        // CRLF is one line end: the CR has counted it.
        if byte == b'\r' || (byte == b'\n' && previous != b'\r') {
            walk.line += 1;
        }
        previous = byte;
    }
    if matches!(walk.state, State::Quoted) {
        return Err(FileRefusal::Malformed {
            line: walk.quote_line,
            reason: "a quote begins here and is never closed",
        });
    }
    Ok(walk.rows)
}

impl Walk {
    fn step(&mut self, byte: u8) -> Result<(), FileRefusal> {
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) | (State::QuoteInQuoted, b'"') => State::Quoted,
            (_, b'\r' | b'\n') => State::BetweenRows,
            (State::BetweenRows, _) => {
                self.begin_row()?;
                self.in_cell_start(byte)?
            }
            (State::CellStart, _) => self.in_cell_start(byte)?,
            (_, b',') => self.next_cell()?,
            (State::Bare, _) => State::Bare,
            (State::QuoteInQuoted | State::AfterQuoted, b' ' | b'\t') => State::AfterQuoted,
            (State::QuoteInQuoted | State::AfterQuoted, _) => {
                self.text_after_quote()?;
                State::Bare
            }
        };
        Ok(())
    }

    fn in_cell_start(&mut self, byte: u8) -> Result<State, FileRefusal> {
        match byte {
            b'"' => {
                self.quote_line = self.line;
                Ok(State::Quoted)
            }
            b',' => self.next_cell(),
            _ => Ok(State::Bare),
        }
    }

    fn begin_row(&mut self) -> Result<(), FileRefusal> {
        // One more than MAX_ROWS, for the header.
        if self.rows.len() > MAX_ROWS {
            return Err(FileRefusal::TooLarge);
        }
        self.cell = 0;
        self.rows.push(RowShape {
            line: self.line,
            text_after_quote: None,
        });
        Ok(())
    }

    fn next_cell(&mut self) -> Result<State, FileRefusal> {
        self.cell += 1;
        if self.cell >= MAX_CELLS {
            return Err(FileRefusal::Malformed {
                line: self.line,
                reason: "the row has more than a thousand cells",
            });
        }
        Ok(State::CellStart)
    }

    /// On one line this is a person's slip and harms that row only. Over several lines it is most
    /// likely a quote that was never closed and met the quote of a later row.
    fn text_after_quote(&mut self) -> Result<(), FileRefusal> {
        if self.quote_line != self.line {
            return Err(FileRefusal::Malformed {
                line: self.quote_line,
                reason: "a quote begins here and runs on into other rows",
            });
        }
        if let Some(row) = self.rows.last_mut() {
            row.text_after_quote.get_or_insert(self.cell);
        }
        Ok(())
    }
}
