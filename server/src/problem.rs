//! The one place where a refusal becomes an HTTP answer: a problem document (RFC 9457) with its
//! status, from the catalogue in `notes::problem`. What went wrong inside is logged, never told.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notes::note::plain::rfc3339;
use notes::problem::{Code, Problem, Settled};

use crate::attachments::Declined;
use crate::auth::AuthRefusal;
use crate::import::FileRefusal;
use crate::issues::Refused;
use crate::ops::OpError;
use crate::store::StoreError;

/// The media type of every refusal.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Somebody has to make room first, which takes longer than a request.
const DISK_RETRY_S: u64 = 30;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal(Box<Problem>);

impl Refusal {
    /// With more about this case; it must hold no personal data.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Try again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// With the server's time, for a caller whose clock is wrong.
    #[must_use]
    pub fn server_time(mut self, now_ms: i64) -> Self {
        self.0.server_time = Some(now_ms);
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        let refusal = Self(Box::new(Problem::from(code)));
        match code {
            Code::Busy => refusal.retry_after(1),
            Code::DiskFull | Code::DiskFailing => refusal.retry_after(DISK_RETRY_S),
            _ => refusal,
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        error.code().into()
    }
}

impl From<AuthRefusal> for Refusal {
    fn from(refusal: AuthRefusal) -> Self {
        tracing::info!(%refusal, "not let in");
        refusal.code().into()
    }
}

impl From<FileRefusal> for Refusal {
    fn from(file: FileRefusal) -> Self {
        let mut refusal = Self::from(file.code()).detail(file.to_string());
        refusal.0.line = file.line();
        refusal.0.column = file.column().map(str::to_owned);
        refusal
    }
}

impl From<OpError> for Refusal {
    fn from(error: OpError) -> Self {
        match error {
            OpError::Refused(code) => code.into(),
            OpError::Because(code, detail) => Self::from(code).detail(detail),
            OpError::Auth(refusal) => refusal.into(),
            OpError::File(file) => file.into(),
            OpError::Store(error) => error.into(),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Code(code) => code.into(),
            Refused::Settled(ended) => {
                let mut refusal = Self::from(Code::IssueSettled).detail(ended.words());
                refusal.0.settled = Some(Box::new(Settled {
                    at: rfc3339(ended.at),
                    by: ended.by,
                    action: ended.action,
                }));
                refusal
            }
        }
    }
}

impl From<Declined> for Refusal {
    fn from(declined: Declined) -> Self {
        match declined {
            Declined::Refused(code) => code.into(),
            Declined::Elsewhere(_) => Code::AttachmentOffset.into(),
            Declined::Enough(seconds) => Self::from(Code::AttachmentQuota).retry_after(seconds),
            Declined::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A struct of text and numbers always has a JSON form.
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("zstd, gzip"));
        }
        response
    }
}
