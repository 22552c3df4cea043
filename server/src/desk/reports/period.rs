//! A report's time: whole calendar months (UTC), at most a year. Whole, because the months are what cells are made of.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use notes::problem::Code;

/// Whole months, the first and the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Date,
    months: i32,
}

/// Most months of one report.
const MOST: i32 = 12;

impl Period {
    /// From one month to another, each `yyyy-mm`.
    ///
    /// # Errors
    /// `parameter_invalid` where one is no month, they are the wrong way round, or more than twelve.
    pub fn read(from: &str, until: &str) -> Result<Self, Code> {
        let (first, last) = (month(from)?, month(until)?);
        let months = 12 * (i32::from(last.year()) - i32::from(first.year())) + i32::from(last.month())
            - i32::from(first.month())
            + 1;
        if (1..=MOST).contains(&months) {
            Ok(Self { first, months })
        } else {
            Err(Code::ParameterInvalid)
        }
    }

    /// A quarter of a year, `yyyy-Qn`.
    ///
    /// # Errors
    /// `parameter_invalid` where it is none.
    pub fn quarter(text: &str) -> Result<Self, Code> {
        let (year, quarter) = text.split_once("-Q").ok_or(Code::ParameterInvalid)?;
        let quarter: u8 = quarter.parse().map_err(|_| Code::ParameterInvalid)?;
        if !(1..=4).contains(&quarter) || text.len() != 7 {
            return Err(Code::ParameterInvalid);
        }
        let month = |n: u8| format!("{year}-{:02}", 3 * (quarter - 1) + n);
        Self::read(&month(1), &month(3))
    }

    /// The first month.
    #[must_use]
    pub fn from(self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }

    /// The last month.
    #[must_use]
    pub fn until(self) -> String {
        self.month(self.months - 1).strftime("%Y-%m").to_string()
    }

    /// Its first millisecond, and the first one after it, UTC.
    #[must_use]
    pub fn bounds(self) -> (i64, i64) {
        (begin(self.first), begin(self.month(self.months)))
    }

    fn month(self, after: i32) -> Date {
        self.first.saturating_add(Span::new().months(after))
    }
}

/// The month in which a time is, so that months can be told apart.
pub(super) fn month_of(at: i64) -> i32 {
    Timestamp::from_millisecond(at).map_or(0, |at| {
        let day = at.to_zoned(TimeZone::UTC).date();
        12 * i32::from(day.year()) + i32::from(day.month())
    })
}

fn month(text: &str) -> Result<Date, Code> {
    let refuse = || Code::ParameterInvalid;
    let (year, month) = text.split_once('-').ok_or_else(refuse)?;
    let digits = text.len() == 7 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let (year, month): (i16, i8) = match (year.parse(), month.parse()) {
        (Ok(year), Ok(month)) if digits => (year, month),
        _ => return Err(refuse()),
    };
    // Far from where calendars end, so that what is reckoned from it is a date too.
    if !(1970..=9000).contains(&year) || !(1..=12).contains(&month) {
        return Err(refuse());
    }
    Ok(date(year, month, 1))
}

fn begin(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC)
        .map_or(0, |zoned| zoned.timestamp().as_millisecond())
}
