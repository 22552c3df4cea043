//! Every refusal has a code, and every code stands here once: with its HTTP status class, its
//! title and the next step for a person (RFC 9457 problem documents). Statuses are explained in
//! docs/http.md.

use serde::Serialize;

macro_rules! catalogue {
    ($($variant:ident $code:literal $status:literal $title:literal;)*) => {
        /// The code of a problem.
        #[allow(clippy::doc_markdown, reason = "the titles are read by people, as they stand")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }
        impl Code {
            /// All of them, for the documentation and its test.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The code as it travels.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
            /// HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
            /// One plain sentence: what is wrong, and what to do.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

catalogue! {
    // The request cannot be read.
    MessageMalformed "message_malformed" 400 "The message cannot be read. Nothing was changed; update the app and send again.";
    MessageTooLarge "message_too_large" 413 "The message is larger than the server takes. Send it in smaller parts.";
    EncodingUnsupported "encoding_unsupported" 415 "The body's compression is not known here. Use zstd, gzip or none.";
    MediaTypeUnsupported "media_type_unsupported" 415 "The body's media type is not taken here.";
    NotAcceptable "not_acceptable" 406 "None of the formats asked for can be given.";
    ProtocolUnsupported "protocol_unsupported" 400 "This version of the protocol is not spoken here. Update the app.";
    ParameterInvalid "parameter_invalid" 400 "A parameter is missing or has a value that is not allowed.";
    // Who is asking.
    TokenMissing "token_missing" 401 "Sign in first: the request carries no access token.";
    TokenInvalid "token_invalid" 401 "The token is not valid here. Ask for a new one.";
    TokenExpired "token_expired" 401 "The token has expired. Ask for a new one.";
    TokenNotYetValid "token_not_yet_valid" 401 "The token is not valid yet. Check the clock.";
    Clock "clock" 401 "The signature's time does not fit the server's. Sign again with the time in server_time.";
    AssertionReplayed "assertion_replayed" 401 "This signature was used before. Sign a new one.";
    ScopeMissing "scope_missing" 403 "This identity may not do that. Ask an administrator for the scope.";
    OriginRefused "origin_refused" 403 "Web pages of this address may not talk to this server. Ask an administrator to name it.";
    DeviceRevoked "device_revoked" 403 "This device may only send what it still has. Ask your team admin.";
    CodeUnknown "code_unknown" 404 "The code is not known, was used, or has expired. Ask for a fresh one.";
    // The desk.
    SignedOut "signed_out" 401 "You are signed out. Sign in again; nothing that you typed is lost.";
    PasskeyRefused "passkey_refused" 401 "The passkey was not taken. Try again, or ask for a new sign-in link.";
    RoleForbidden "role_forbidden" 403 "Your role does not allow that. Ask an organisation admin.";
    RoleMissing "role_missing" 422 "This worker has no role at the desk. Give one: team_admin (of somebody in a team), organisation_admin or auditor.";
    ActorTaken "actor_taken" 409 "Another device writes under this actor. The app must make a fresh one.";
    // What is asked for.
    NotFound "not_found" 404 "There is nothing here by that name.";
    CaseUnknown "case_unknown" 404 "Nobody has this case id. Check it letter by letter.";
    MethodNotAllowed "method_not_allowed" 405 "This address does not take that method.";
    UpgradeNeeded "upgrade_needed" 426 "This address speaks WebSocket only. Use passes where something on the way does not let it through.";
    CursorUnknown "cursor_unknown" 400 "The cursor is not one of this server's. Start from the beginning, or from one that it gave.";
    EpochChanged "epoch_changed" 409 "The server was restored from a backup since that cursor. Reconcile, then start again.";
    ReceiptUnknown "receipt_unknown" 404 "No event has this id.";
    ReceiptHashWrong "receipt_hash_wrong" 409 "The hash is not that of the event. Read the event again.";
    ReceiptContradicts "receipt_contradicts" 409 "Another outcome was given for this event before. It stands.";
    IssueSettled "issue_settled" 409 "The issue was settled already.";
    AlreadyAcknowledged "already_acknowledged" 409 "Somebody has taken note of this already.";
    NotYetSeen "not_yet_seen" 409 "The worker has not opened this page yet. They see it first, on their phone.";
    SettingUnknown "setting_unknown" 404 "There is no setting of this name.";
    SettingInvalid "setting_invalid" 422 "The setting cannot have this value.";
    IssueOpen "issue_open" 409 "The issue is open, or the same matter was opened anew.";
    IssueAsked "issue_asked" 409 "Somebody asked the same a moment ago. Look at the issue before you ask again.";
    ActionUnknown "action_unknown" 422 "This issue cannot be ended that way.";
    CopyUnknown "copy_unknown" 409 "These are not the files that were prepared for this person. Prepare the copy again, and check that one.";
    DeviceWiped "device_wiped" 409 "Nothing is left on this phone: it was wiped. Enrol it anew to use it again.";
    OrderStands "order_stands" 409 "This phone has an order that goes further already. It stands.";
    ReasonMissing "reason_missing" 422 "Give a reason.";
    RowInvalid "row_invalid" 422 "A row cannot be used.";
    // Files.
    CsvEncoding "csv_encoding" 422 "The file is not UTF-8. Save it as CSV UTF-8 and send it again.";
    CsvNul "csv_nul" 422 "The file has NUL bytes. It may be damaged, or no CSV.";
    CsvColumnMissing "csv_column_missing" 422 "A column that is needed is missing.";
    CsvEmpty "csv_empty" 422 "The file is empty.";
    CsvTooLarge "csv_too_large" 413 "The file is larger than can be imported at once. Split it.";
    CsvMalformed "csv_malformed" 422 "The file breaks the rules of CSV (RFC 4180).";
    NdjsonEncoding "ndjson_encoding" 422 "The file is not UTF-8. Save it as UTF-8 and send it again.";
    NdjsonEmpty "ndjson_empty" 422 "The file is empty.";
    NdjsonTooLarge "ndjson_too_large" 413 "The file is larger than can be imported at once. Split it.";
    NdjsonMalformed "ndjson_malformed" 422 "The file is no whole file of JSON lines. Send it again.";
    LeaversUnconfirmed "leavers_unconfirmed" 409 "More would leave than is likely. See whether the file is whole; if it is, send their number as confirm.";
    WorkerLeft "worker_left" 409 "The worker has left, says the case system. Import them again if they are here.";
    // Attachments.
    AttachmentUnnamed "attachment_unnamed" 409 "The note on the server does not name this file. Send the note first.";
    AttachmentType "attachment_type" 422 "Files of this kind are not taken. Attach a photograph, a recording, a PDF or plain text.";
    AttachmentTooLarge "attachment_too_large" 413 "The file is larger than is taken. Attach a smaller one.";
    AttachmentOffset "attachment_offset" 409 "The upload goes on at another byte. Ask where, then go on there.";
    AttachmentMismatch "attachment_mismatch" 422 "The file was damaged on the way. What came was thrown away; it is sent again from the beginning.";
    AttachmentQuota "attachment_quota" 429 "This phone has sent as many files as it may for now. They stay on the phone and go later; nothing need be done.";
    TusUnsupported "tus_unsupported" 412 "This version of the upload protocol is not spoken here. Update the app.";
    RangeUnsatisfiable "range_unsatisfiable" 416 "The file has no such bytes. Ask for its length first.";
    // The server.
    RateLimited "rate_limited" 429 "Too many requests. Wait and try again.";
    Busy "busy" 503 "The server is busy or stopping. Nothing was changed; try again.";
    DiskFull "disk_full" 503 "The server's disk is full. Nothing was changed; try again later, and tell whoever runs the server.";
    DiskFailing "disk_failing" 503 "The server's disk does not take what is written. Nothing was changed; try again later, and tell whoever runs the server.";
    Internal "internal" 500 "Something went wrong on the server. Nothing that was accepted is lost; try again.";
    // Why a push is held. The bytes are kept whole, and an issue asks a person to decide.
    ChunkMalformed "chunk_malformed" 422 "A part of the note cannot be read.";
    ChunkChecksum "chunk_checksum" 422 "A part of the note was damaged on the way.";
    ChunkCompressed "chunk_compressed" 422 "A part of the note is packed in a way that is not taken.";
    ChunkTooLarge "chunk_too_large" 422 "A part of the note is larger than is taken.";
    ChunkCounter "chunk_counter" 422 "A part of the note counts wrongly.";
    ChunkExtra "chunk_extra" 422 "A part of the note carries something that does not belong there.";
    ChunkActor "chunk_actor" 422 "A part of the note does not say properly who wrote it.";
    ActorNotYours "actor_not_yours" 422 "A part of the note is written in another device's name.";
    GenesisForged "genesis_forged" 422 "The note does not begin as notes begin.";
    PersonUnknown "person_unknown" 422 "The person is not known, or not in this team.";
    WrongDocument "wrong_document" 422 "The note names another person than the one it was sent for.";
    DependencyMissing "dependency_missing" 422 "A part of the note's history has not arrived.";
    SeqGap "seq_gap" 422 "A part of the note's history was left out.";
    SeqTaken "seq_taken" 422 "Two phones wrote under one name. One of them was probably restored from a copy.";
    StartOpWrong "start_op_wrong" 422 "A part of the note counts its edits wrongly.";
    UnknownKey "unknown_key" 422 "The note has a field that is not known here.";
    WrongShape "wrong_shape" 422 "A field of the note holds something that it cannot hold.";
    FieldMissing "field_missing" 422 "The note lacks a part that every note has.";
    TooDeep "too_deep" 422 "The note is nested too deeply.";
    ChangedAfterFinish "changed_after_finish" 422 "The note was changed after it was finished.";
    NoteMoved "note_moved" 422 "The note was moved to another record. What was written is kept.";
    RevokedDevice "revoked_device" 422 "The phone was no longer allowed to write. What it sent is kept.";
    Unprocessable "unprocessable" 422 "The note could not be processed.";
    WithdrawnNote "gone" 410 "The note was removed by decision.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or(())
    }
}

/// A problem document (RFC 9457), media type `application/problem+json`.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// A URI reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, and what to do.
    pub title: &'static str,
    /// HTTP status, again.
    pub status: u16,
    /// The code, for programs.
    pub code: &'static str,
    /// What is particular to this case. Never holds personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Line of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column of a file, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// When to try again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// The server's clock, UTC milliseconds, where the caller's is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time: Option<i64>,
    /// How an issue ended before this decision came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<Box<Settled>>,
}

/// Who was faster.
#[derive(Debug, Clone, Serialize)]
pub struct Settled {
    /// When, RFC 3339.
    pub at: String,
    /// The colleague's name.
    pub by: String,
    /// What they decided.
    pub action: String,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: code.title(),
            status: code.status(),
            code: code.as_str(),
            detail: None,
            line: None,
            column: None,
            retry_after_s: None,
            server_time: None,
            settled: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for code in Code::ALL {
            assert_eq!(
                Code::ALL.iter().filter(|c| c.as_str() == code.as_str()).count(),
                1,
                "{code}"
            );
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!((400..=503).contains(&code.status()), "{code}");
            assert!(code.title().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn every_gate_refusal_is_in_the_catalogue() {
        use crate::gate::Refusal;
        let all = [
            Refusal::Malformed(""),
            Refusal::Checksum,
            Refusal::UnknownType(9),
            Refusal::Compressed,
            Refusal::Bundle,
            Refusal::TooLarge(""),
            Refusal::Counter(""),
            Refusal::Extra,
            Refusal::Actor,
        ];
        for refusal in all {
            assert!(refusal.code().parse::<Code>().is_ok(), "{}", refusal.code());
        }
    }
}
