//! What a council settles at its desk: each setting once, with its words, its bounds and what counts where nothing was
//! settled. A value set at the desk stands above the configuration file's. What the machine needs (addresses, keys,
//! sizes) is `config.rs`'s.

use crate::core::Core;
use crate::store::{StoreError, Tx};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number with its bounds and its unit.
    Whole {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
        /// `hours`, `days`, `weeks`, `months`, `seconds`.
        unit: &'static str,
    },
    /// Text of at most so many characters; none is the app's own.
    Text {
        /// The most.
        most: usize,
    },
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub words: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// What counts where nothing was settled.
    pub default: &'static str,
}

macro_rules! table {
    ($($constant:ident $name:literal $kind:expr, $default:literal, $words:literal;)*) => {
        $(
            #[doc = $words]
            pub const $constant: Setting =
                Setting { name: $name, words: $words, kind: $kind, default: $default };
        )*
        /// All of them, in the order in which the desk shows them.
        pub const SETTINGS: &[Setting] = &[$($constant,)*];
    };
}

const fn whole(least: i64, most: i64, unit: &'static str) -> Kind {
    Kind::Whole { least, most, unit }
}
const TEXT: Kind = Kind::Text { most: 2_000 };

table! {
    RETENTION_MONTHS "retention_months" whole(0, 1_200, "months"), "0",
        "After how many months without contact a person's notes are removed that a case system has and nothing speaks for keeping; 0: never";
    REVIEW_INITIAL_FROM_WEEKS "review_initial_from_weeks" whole(1, 52, "weeks"), "6",
        "The first review is not before so many weeks after the visit that asks for it";
    REVIEW_INITIAL_WEEKS "review_initial_weeks" whole(1, 104, "weeks"), "8",
        "The first review is due so many weeks after the visit that asks for it";
    REVIEW_ANNUAL_MONTHS "review_annual_months" whole(1, 60, "months"), "12",
        "A yearly review is due so many months after the one before";
    REVIEW_DIRECT_PAYMENT_MONTHS "review_direct_payment_months" whole(1, 60, "months"), "6",
        "The first review of a direct payment is due after so many months; later ones come with the yearly review's time";
    TIMELINESS_H "timeliness_h" whole(1, 720, "hours"), "48",
        "A note should be finished so many hours after the contact";
    KEPT_DAYS "kept_days" whole(14, 365, "days"), "14",
        "So many days a phone keeps what it sent, after the server has it in a backup";
    IDLE_LOCK_S "idle_lock_s" whole(30, 3_600, "seconds"), "300",
        "So long nobody may touch a phone before the app asks for the PIN";
    CONSENT_TEXT "consent_text" TEXT, "",
        "What a worker says to a person about the notes before they begin; empty: the app's own words";
    FINISH_TEXT "finish_text" TEXT, "",
        "What stands on the page on which a note is finished; empty: the app's own words";
    STALE_DEVICE_H "stale_device_h" whole(1, 720, "hours"), "24",
        "A phone that was not seen for so many hours is silent; if notes wait on it, an issue is opened";
    OVERDUE_DRAFT_H "overdue_draft_h" whole(1, 2_160, "hours"), "72",
        "A note that is not finished so many hours after it was begun is overdue";
    EXPORT_SILENT_H "export_silent_h" whole(1, 2_160, "hours"), "48",
        "A version that no case system has answered after so many hours opens an issue";
}

/// The setting of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

impl Setting {
    /// A value as it is kept; none where the setting cannot have it.
    #[must_use]
    pub fn checked(&self, value: &str) -> Option<String> {
        let value = value.trim();
        match self.kind {
            Kind::Whole { least, most, .. } => {
                let number: i64 = value.parse().ok()?;
                (least..=most).contains(&number).then(|| number.to_string())
            }
            Kind::Text { most } => {
                let fits = value.chars().count() <= most && !value.contains('\0');
                fits.then(|| value.to_owned())
            }
        }
    }

    /// The number that counts. One that does not fit (an older version's, a hand's) is as good as none.
    ///
    /// # Errors
    /// The database's.
    pub fn whole(&self, tx: &Tx<'_>) -> Result<i64, StoreError> {
        self.whole_or(tx, self.default.parse().unwrap_or(0))
    }

    /// The same, where something else than the table says what counts where nothing was settled.
    ///
    /// # Errors
    /// The database's.
    pub fn whole_or(&self, tx: &Tx<'_>, otherwise: i64) -> Result<i64, StoreError> {
        let stored = tx.setting(self.name)?.and_then(|value| self.checked(&value));
        Ok(stored.and_then(|value| value.parse().ok()).unwrap_or(otherwise))
    }
}

/// How long notes are kept: the desk's word, then the configuration's.
///
/// # Errors
/// The database's.
pub fn retention_months(core: &Core, tx: &Tx<'_>) -> Result<i64, StoreError> {
    RETENTION_MONTHS.whole_or(tx, core.retention_months)
}
