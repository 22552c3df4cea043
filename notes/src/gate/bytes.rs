//! Reading numbers and slices off untrusted bytes: every read is checked, every number has one spelling.
//!
//! Not for writing: the gate never makes a chunk.

use super::Refusal;

const SHORT: Refusal = Refusal::Malformed("ends too early");
const NUMBER: Refusal = Refusal::Malformed("number");

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn len(&self) -> u64 {
        self.rest.len() as u64
    }

    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Refusal> {
        let count = usize::try_from(count).map_err(|_| SHORT)?;
        let (head, rest) = self.rest.split_at_checked(count).ok_or(SHORT)?;
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        let (&byte, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(byte)
    }

    /// An unsigned LEB128 number in its shortest spelling.
    #[inline]
    pub(super) fn unsigned(&mut self) -> Result<u64, Refusal> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                return Err(NUMBER);
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return if byte == 0 { Err(NUMBER) } else { Ok(number) };
            }
        }
        Err(NUMBER)
    }

    /// A signed LEB128 number in its shortest spelling.
    #[inline]
    pub(super) fn signed(&mut self) -> Result<i64, Refusal> {
        let mut number = 0_i64;
        let mut previous = None;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(NUMBER);
            }
            number |= i64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let idle = if byte & 0x40 == 0 { 0 } else { 0x7f };
                let overlong = previous.is_some_and(|p: u8| byte == idle && (p ^ byte) & 0x40 == 0);
                if overlong {
                    return Err(NUMBER);
                }
                if byte & 0x40 != 0 && shift < 57 {
                    number |= -1 << (shift + 7);
                }
                return Ok(number);
            }
            previous = Some(byte);
        }
        Err(NUMBER)
    }
}
