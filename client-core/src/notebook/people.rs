//! People: the caseload with their details, and the rest of the team with two identifiers.

use notes::ids::PersonId;
use serde::Serialize;

use super::Notebook;
use crate::store::rows;
use crate::trouble::Trouble;

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct PersonItem {
    /// Their id.
    pub id: PersonId,
    /// The case system's id.
    pub case_id: String,
    /// Name as shown.
    pub name: String,
    /// `yyyy-mm-dd`.
    pub date_of_birth: Option<String>,
    /// On this worker's caseload.
    pub mine: bool,
    /// What they like to be called; caseload only, as all below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub preferred_name: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub address: Option<String>,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub phone: Option<String>,
    /// NHS number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub nhs_number: Option<String>,
    /// How to communicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub communication_needs: Option<String>,
    /// Alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "types", ts(optional))]
    pub alerts: Option<String>,
}

impl Notebook {
    /// Caseload first, then the team; with a query, those whose name or case id has it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people(&mut self, query: Option<&str>) -> Result<Vec<PersonItem>, Trouble> {
        self.settle_all()?;
        self.me()?;
        let wanted = query.unwrap_or_default().trim().to_lowercase();
        let mut found = Vec::new();
        for row in rows::people(self.store.read())? {
            let fits =
                row.name.to_lowercase().contains(&wanted) || row.case_id.to_lowercase().contains(&wanted);
            if !fits {
                continue;
            }
            let detail = rows::detail(self.store.read(), row.id)?;
            let detail = detail.as_ref();
            found.push(PersonItem {
                id: row.id,
                case_id: row.case_id,
                name: row.name,
                date_of_birth: row.date_of_birth,
                mine: row.mine,
                preferred_name: detail.and_then(|d| d.preferred_name.clone()),
                address: detail.and_then(|d| d.address.clone()),
                phone: detail.and_then(|d| d.phone.clone()),
                nhs_number: detail.and_then(|d| d.nhs_number.clone()),
                communication_needs: detail.and_then(|d| d.communication_needs.clone()),
                alerts: detail.and_then(|d| d.alerts.clone()),
            });
        }
        Ok(found)
    }
}
