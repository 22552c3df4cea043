//! The worker's own quarter, for reflective supervision: asked of the server each time, and nothing of it is kept here.

use notes::reflection::Reflection;

use super::link::{Ended, Stop, refusal};
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, Transport};
use crate::trouble::Trouble;

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// Opens the worker's own page of a quarter (1 to 4). From then on their team's desk may see it, too.
    ///
    /// # Errors
    /// Where the store fails. That the server refuses or is out of reach is a value.
    pub async fn reflection(&self, year: u16, quarter: u8) -> Result<Result<Reflection, Ended>, Trouble> {
        let path = format!("/v1/reflection?quarter={year:04}-Q{quarter}");
        Ok(match self.authorized("GET", &path, &[], &[]).await? {
            Ok(response) if response.status == 200 => {
                serde_json::from_slice(&response.body).map_err(|_| Stop::not_understood().into())
            }
            Ok(response) => Err(refusal(&response).into()),
            Err(stop) => Err(stop.into()),
        })
    }
}

impl Notebook {
    /// Opens the worker's own page of a quarter, on a transport that waits in place.
    ///
    /// # Errors
    /// Where the store fails. That the server refuses or is out of reach is a value.
    pub fn reflection(
        &mut self,
        transport: &mut dyn Transport,
        year: u16,
        quarter: u8,
    ) -> Result<Result<Reflection, Ended>, Trouble> {
        alone!(self, transport, |talk| talk.reflection(year, quarter))
    }
}
