//! The settings as the desk lists and changes them. Every change is in the audit with the value before.

use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::named;
use crate::core::Core;
use crate::ops::OpError;
use crate::settings::{self, Kind, SETTINGS, Setting};
use crate::store::{AuditEntry, SettingRecord, StoreError, Tx};

/// A setting as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettingRow {
    /// Its name.
    pub name: String,
    /// What it does.
    pub words: String,
    /// `whole` or `text`.
    pub kind: String,
    /// The least number.
    #[schema(required)]
    pub least: Option<i64>,
    /// The greatest number, or the most characters.
    pub most: i64,
    /// The unit of a number.
    #[schema(required)]
    pub unit: Option<String>,
    /// What counts where nobody says otherwise; the configuration file's where it says something.
    pub default: String,
    /// What counts now.
    pub value: String,
    /// Who changed it at the desk; none where nobody did.
    #[schema(required)]
    pub changed_by: Option<String>,
    /// When.
    #[schema(required)]
    pub changed_at: Option<String>,
}

/// All settings.
///
/// # Errors
/// The store's.
pub fn list(core: &Core) -> Result<Vec<SettingRow>, OpError> {
    let rows = core.store.read(|tx| {
        let changed = tx.settings()?;
        let each = SETTINGS.iter().map(|setting| {
            let record = changed.iter().find(|record| record.name == setting.name);
            row(core, tx, setting, record)
        });
        each.collect::<Result<Vec<_>, StoreError>>()
    });
    Ok(rows?)
}

/// Changes a setting; without a value, what counted before anybody changed it counts again.
///
/// # Errors
/// `reason_missing`; `setting_unknown`; `setting_invalid` with what it may be; the store's.
pub fn change(
    core: &Core,
    name: &str,
    value: Option<&str>,
    reason: &str,
    by: &str,
) -> Result<SettingRow, OpError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    let setting = settings::find(name).ok_or(Code::SettingUnknown)?;
    let value = value.map(|value| checked(setting, value)).transpose()?;
    let done = core.store.write(|tx| {
        let now = core.host.now_ms();
        let before = tx.setting(name)?;
        if before != value {
            match &value {
                Some(value) => tx.setting_put(name, value, by, now)?,
                None => tx.setting_clear(name)?,
            }
            tx.audit(&AuditEntry {
                at: now,
                who: by.to_owned(),
                what: "setting.changed".to_owned(),
                person: None,
                document: None,
                detail: json!({ "name": name, "before": before, "after": value, "reason": reason })
                    .to_string(),
            })?;
        }
        let changed = tx.settings()?;
        let record = changed.iter().find(|record| record.name == name);
        row(core, tx, setting, record)
    });
    Ok(done?)
}

fn checked(setting: &Setting, value: &str) -> Result<String, OpError> {
    setting.checked(value).ok_or_else(|| {
        let words = match setting.kind {
            Kind::Whole { least, most, unit } => format!("{least} to {most} {unit}"),
            Kind::Text { most } => format!("at most {most} characters"),
        };
        OpError::Because(Code::SettingInvalid, words)
    })
}

fn row(
    core: &Core,
    tx: &Tx<'_>,
    setting: &Setting,
    record: Option<&SettingRecord>,
) -> Result<SettingRow, StoreError> {
    let default = if *setting == settings::RETENTION_MONTHS {
        core.retention_months.to_string()
    } else {
        setting.default.to_owned()
    };
    let stored = record.and_then(|record| setting.checked(&record.value));
    let (kind, least, most, unit) = match setting.kind {
        Kind::Whole { least, most, unit } => ("whole", Some(least), most, Some(unit.to_owned())),
        Kind::Text { most } => ("text", None, i64::try_from(most).unwrap_or(i64::MAX), None),
    };
    Ok(SettingRow {
        name: setting.name.to_owned(),
        words: setting.words.to_owned(),
        kind: kind.to_owned(),
        least,
        most,
        unit,
        value: stored.unwrap_or_else(|| default.clone()),
        default,
        changed_by: record.map(|record| named(tx, &record.changed_by)).transpose()?,
        changed_at: record.map(|record| rfc3339(record.changed_at)),
    })
}
