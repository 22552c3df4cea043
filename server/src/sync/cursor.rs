//! The cursor: how far a phone has come, over what was published and what was told. Opaque to
//! phones. It carries the epoch and a piece of the chain, so that a server that was put back to an
//! earlier state knows that it does not know it.

use super::check::LARGEST;
use crate::store::{Line, StoreError, Tx};

/// A cursor's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cursor {
    pub(super) epoch: [u8; 8],
    /// The last published number.
    pub(super) published: u64,
    /// The last number of the news.
    pub(super) news: u64,
    /// The head of the log at the time, and the beginning of its chain.
    pub(super) seq: u64,
    pub(super) chain: [u8; 8],
    /// The worker's team when the rows were told; another team means rows anew.
    pub(super) team: i64,
    /// Which install it is.
    pub(super) line: Line,
    /// Its line began after this place: it may lack what the device sent before by another.
    pub(super) behind: bool,
}

const VERSION: u8 = 2;
const LENGTH: usize = 1 + 8 * 8 + 1;

/// What a phone's cursor means to this server.
pub(super) enum Known {
    /// Go on from here.
    Here(Cursor),
    /// The beginning.
    Start,
    /// Not one of this server's present history.
    Unknown,
}

impl Cursor {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.epoch);
        bytes.extend(self.published.to_be_bytes());
        bytes.extend(self.news.to_be_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.chain);
        bytes.extend(self.team.to_be_bytes());
        bytes.extend(self.line.id.to_be_bytes());
        bytes.extend(self.line.turn.to_be_bytes());
        bytes.push(self.behind.into());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != LENGTH || bytes.first() != Some(&VERSION) {
            return None;
        }
        let word = |n: usize| -> Option<[u8; 8]> { bytes.get(1 + 8 * n..9 + 8 * n)?.try_into().ok() };
        // No cursor of ours has a larger one, and the store cannot be asked for it.
        let number = |n| {
            word(n)
                .map(u64::from_be_bytes)
                .filter(|number| *number <= LARGEST)
        };
        Some(Self {
            epoch: word(0)?,
            published: number(1)?,
            news: number(2)?,
            seq: number(3)?,
            chain: word(4)?,
            team: i64::from_be_bytes(word(5)?),
            line: Line {
                id: number(6)?,
                turn: number(7)?,
            },
            behind: *bytes.last()? != 0,
        })
    }

    /// Puts in where the log stands, by which the server knows its own cursor again.
    pub(super) fn stamp(&mut self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let head = tx.log_head()?;
        self.seq = head.seq;
        self.chain.copy_from_slice(&head.chain[..8]);
        Ok(())
    }

    /// Reads a phone's cursor against the log as it is.
    pub(super) fn read(tx: &Tx<'_>, bytes: &[u8], epoch: [u8; 8]) -> Result<Known, StoreError> {
        if bytes.is_empty() {
            return Ok(Known::Start);
        }
        let Some(cursor) = Self::from_bytes(bytes) else {
            return Ok(Known::Unknown);
        };
        let chain = tx.log_chain(cursor.seq)?;
        let same = chain.is_some_and(|chain| chain[..8] == cursor.chain);
        let ahead = cursor.published > tx.published_head()? || cursor.news > tx.news_head()?;
        Ok(if cursor.epoch == epoch && same && !ahead {
            Known::Here(cursor)
        } else {
            Known::Unknown
        })
    }
}

/// The epoch of this server's history, made anew by every restore.
pub(super) fn epoch(tx: &Tx<'_>) -> Result<[u8; 8], StoreError> {
    let stored = tx.meta("epoch")?.unwrap_or_default();
    Ok(stored.try_into().unwrap_or([0; 8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor {
            epoch: [7; 8],
            published: 1,
            news: 2,
            seq: 3,
            chain: [9; 8],
            team: -4,
            line: Line { id: 5, turn: 6 },
            behind: true,
        };
        assert_eq!(Cursor::from_bytes(&cursor.to_bytes()), Some(cursor));
        let mut longer = cursor.to_bytes();
        longer.push(0);
        let mut other = cursor.to_bytes();
        other[0] = 1;
        for bad in [
            &[] as &[u8],
            &[1],
            &cursor.to_bytes()[..LENGTH - 1],
            &longer,
            &other,
        ] {
            assert_eq!(Cursor::from_bytes(bad), None, "{bad:?}");
        }
    }
}
