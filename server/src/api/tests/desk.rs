//! The desk's door: who comes in, how long they stay, and what each role is refused.

use axum::http::Method;
use notes::problem::Code;
use serde_json::Value;

use super::{Answer, Town};
use crate::desk::invite::{self, Inviter};
use crate::desk::passkey::console_origin;
use crate::desk::session;
use crate::import::Role;
use crate::ops::import;

const MORE: &str = "worker_id,name,role,team\nA1,Ada Admin,team_admin,North\nA2,Abe Admin,team_admin,South\n\
                    O1,Ola Organiser,organisation_admin,\nU1,Una Auditor,auditor,\nA3,Ari Adrift,team_admin,\n";

const MINUTE: i64 = 60_000;

pub(super) fn town() -> Town {
    let town = Town::new();
    import::workers(&town.core, MORE.as_bytes(), "test").unwrap();
    town
}

impl Town {
    /// The cookie of a worker who has signed in just now.
    pub(super) fn signed_in(&self, worker: &str) -> String {
        let secret = self
            .core
            .store
            .write(|tx| session::begin(tx, &self.core.host, worker, "test"));
        format!("cookie: __Host-doorstep={}", secret.unwrap().text())
    }

    pub(super) async fn desk(&self, cookie: &str, method: &str, path: &str, body: &str) -> Answer {
        let media = "content-type: application/json";
        // As browsers send it from a page of our own.
        let origin = format!("origin: {}", console_origin(self.core.public_url()));
        self.knock(method, path, &[cookie, &origin, media], body.to_owned())
            .await
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_and_by_its_owner() {
    let town = town();
    let ada = town.signed_in("A1");
    let me = town.desk(&ada, "GET", "/v1/desk/me", "").await.json();
    assert_eq!(
        (me["name"].as_str(), me["role"].as_str(), me["team"].as_str()),
        (Some("Ada Admin"), Some("team_admin"), Some("North"))
    );
    // Used now and then it lives, but not past the end of the day.
    for _ in 0..24 {
        town.clock.forward(29 * MINUTE);
        assert_eq!(town.desk(&ada, "GET", "/v1/desk/me", "").await.status, 200);
    }
    town.clock.forward(29 * MINUTE);
    let over = town.desk(&ada, "GET", "/v1/desk/me", "").await;
    over.refused(Code::SignedOut, "twelve hours are over");
    // Left alone it ends after half an hour.
    let ada = town.signed_in("A1");
    town.clock.forward(30 * MINUTE);
    let idle = town.desk(&ada, "GET", "/v1/desk/me", "").await;
    idle.refused(Code::SignedOut, "nobody was there");
    // She ends one from another.
    let (here, there) = (town.signed_in("A1"), town.signed_in("A1"));
    let list = town.desk(&here, "GET", "/v1/desk/sessions", "").await.json();
    let mut others = list["sessions"].as_array().unwrap().iter();
    let other = others.rfind(|one| one["current"] == false).unwrap();
    let end = format!("/v1/desk/sessions/{}/end", other["id"].as_str().unwrap());
    assert_eq!(town.desk(&here, "POST", &end, "").await.status, 204);
    let gone = town.desk(&there, "GET", "/v1/desk/me", "").await;
    gone.refused(Code::SignedOut, "ended from elsewhere");
    town.desk(&here, "POST", &end, "")
        .await
        .refused(Code::NotFound, "ended before");
    // And her own, with a cookie that takes itself away.
    let out = town.desk(&here, "POST", "/v1/desk/sign-out", "").await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let out = town.desk(&here, "GET", "/v1/desk/me", "").await;
    out.refused(Code::SignedOut, "signed out");
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let town = town();
    let ada = town.signed_in("A1");
    let media = "content-type: application/json";
    let host = "host: desk.example";
    let foreign = [
        vec!["origin: https://elsewhere.example"],
        vec!["origin: null"],
        vec![host, "origin: https://desk.example:444"],
        vec!["sec-fetch-site: cross-site"],
        vec!["sec-fetch-site: same-site", "origin: https://doorstep.example"],
    ];
    for headers in foreign {
        let all = [headers.as_slice(), &[ada.as_str(), media]].concat();
        for path in [
            "/v1/desk/sign-out",
            "/v1/desk/sign-in/challenge",
            "/v1/desk/passkeys",
        ] {
            let answer = town.knock("POST", path, &all, "{}").await;
            answer.refused(Code::OriginRefused, &format!("{path} {headers:?}"));
        }
    }
    assert_eq!(town.desk(&ada, "GET", "/v1/desk/me", "").await.status, 200);
    // A program sends none of these headers; a page of our own has our own name.
    let own = [
        ada.as_str(),
        host,
        "origin: https://desk.example",
        "sec-fetch-site: same-origin",
    ];
    assert_eq!(
        town.knock("POST", "/v1/desk/sign-out", &own, "").await.status,
        204
    );
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    let town = town();
    let ada = town.signed_in("A1");
    let others = [
        (
            "worker_id,name,role,team\nA1,Ada Admin,practitioner,North\n",
            Code::RoleForbidden,
        ),
        (
            "worker_id,name,role,team\nA1,Ada Admin,team_admin,\n",
            Code::RoleForbidden,
        ),
    ];
    for (file, code) in others {
        import::workers(&town.core, file.as_bytes(), "test").unwrap();
        town.desk(&ada, "GET", "/v1/desk/me", "")
            .await
            .refused(code, file);
        import::workers(&town.core, MORE.as_bytes(), "test").unwrap();
        assert_eq!(town.desk(&ada, "GET", "/v1/desk/me", "").await.status, 200);
    }
    // An organisation admin takes all by which somebody comes in; only the case system can take its own word back.
    let ola = town.signed_in("O1");
    let revoked = town.desk(&ola, "POST", "/v1/desk/admins/A1/revoke", "").await;
    assert_eq!(revoked.json()["gone"], false);
    let answer = town.desk(&ada, "GET", "/v1/desk/me", "").await;
    answer.refused(Code::SignedOut, "her sessions ended");
}

#[tokio::test]
async fn a_link_is_for_whom_it_was_made_and_by_whom_it_may_be() {
    let town = town();
    let valid = 24 * 60 * MINUTE;
    let operator = Inviter::Operator("operator");
    let make = |worker: &str, role| invite::make(&town.core, worker, role, operator, valid);
    assert!(make("W1", None).is_err(), "a practitioner has no seat");
    assert!(
        make("A3", None).is_err(),
        "a team admin without a team sees nothing"
    );
    assert!(make("nobody", None).is_err());
    make("W2", Some(Role::Auditor)).unwrap();
    let code = make("A1", None).unwrap().code.shown();
    let (ada, ola) = (town.signed_in("A1"), town.signed_in("O1"));
    let come = |code: &str| format!(r#"{{"code":"{code}"}}"#);
    let invited = town
        .desk(&ada, "POST", "/v1/desk/sign-in/invitation", &come(&code))
        .await;
    let invited = invited.json();
    assert_eq!(invited["name"], "Ada Admin");
    let select = &invited["ask"]["options"]["authenticatorSelection"];
    assert_eq!(select["residentKey"], "required");
    assert_eq!(select["userVerification"], "required");
    // A team admin: her own team's team admins, and nobody else, and no role.
    let invite = |worker: &str| format!("/v1/desk/admins/{worker}/invite");
    town.desk(&ada, "POST", &invite("A2"), "{}")
        .await
        .refused(Code::NotFound, "of another team");
    town.desk(&ada, "POST", &invite("W1"), "{}")
        .await
        .refused(Code::RoleMissing, "a practitioner");
    let role = r#"{"role":"team_admin"}"#;
    town.desk(&ada, "POST", &invite("W1"), role)
        .await
        .refused(Code::RoleForbidden, "makes an admin");
    assert_eq!(town.desk(&ola, "POST", &invite("W1"), role).await.status, 200);
    let link = town.desk(&ada, "POST", &invite("W1"), "{}").await.json();
    let link = link["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://doorstep.example/console#invite="),
        "{link}"
    );
    // Until tomorrow.
    town.clock.forward(valid);
    let late = town
        .desk(&ada, "POST", "/v1/desk/sign-in/invitation", &come(&code))
        .await;
    late.refused(Code::CodeUnknown, "a day later");
}

#[tokio::test]
async fn who_tries_links_or_passkeys_is_slowed_down() {
    let town = town();
    for n in 0..30 {
        let body = format!(r#"{{"code":"AAAAA-{n:05}"}}"#);
        let answer = town
            .desk("a: b", "POST", "/v1/desk/sign-in/invitation", &body)
            .await;
        answer.refused(Code::CodeUnknown, "a guess");
    }
    let body = r#"{"ceremony":"x","credential":{}}"#;
    let answer = town
        .desk("a: b", "POST", "/v1/desk/sign-in/assertion", body)
        .await;
    answer.refused(Code::RateLimited, "the next guess");
    town.clock.forward(MINUTE);
    let answer = town
        .desk("a: b", "POST", "/v1/desk/sign-in/assertion", body)
        .await;
    answer.refused(Code::PasskeyRefused, "a minute later");
}

#[tokio::test]
async fn an_auditors_reading_is_recorded_once() {
    let town = town();
    let una = town.signed_in("U1");
    let readings = || {
        let all = town.core.store.read(|tx| tx.audit_after(0, 1_000)).unwrap();
        all.iter().filter(|one| one.entry.what == "desk.read").count()
    };
    for _ in 0..5 {
        assert_eq!(town.desk(&una, "GET", "/v1/desk/admins", "").await.status, 200);
    }
    assert_eq!(readings(), 1);
    town.clock.forward(10 * MINUTE);
    town.desk(&una, "GET", "/v1/desk/admins", "").await;
    town.desk(&una, "GET", "/v1/desk/admins?after=A1", "").await;
    assert_eq!(readings(), 3);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let town = town();
    let ada = town.signed_in("A1");
    let first = town.desk(&ada, "GET", "/v1/desk/admins", "").await;
    let tag = format!("if-none-match: {}", first.header("etag"));
    let again = town.knock("GET", "/v1/desk/admins", &[&ada, &tag], "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    town.signed_in("A1");
    town.clock.forward(MINUTE);
    let again = town.knock("GET", "/v1/desk/admins", &[&ada, &tag], "").await;
    assert_eq!(again.status, 200, "she was seen since");
}

#[tokio::test]
async fn who_reads_about_a_person_is_recorded_and_a_page_that_looks_again_is_not() {
    let town = town();
    let (ada, abe) = (town.signed_in("A1"), town.signed_in("A2"));
    let seen = || {
        let all = town.core.store.read(|tx| tx.audit_after(0, 1_000)).unwrap();
        let seen = all.into_iter().filter(|one| one.entry.what == "person.seen");
        seen.map(|one| one.entry.who).collect::<Vec<_>>()
    };
    for _ in 0..3 {
        assert_eq!(town.desk(&ada, "GET", "/v1/desk/people/P1", "").await.status, 200);
    }
    // What lies outside one's team leaves no trace of its own, and is like what nobody has.
    let other = town.desk(&abe, "GET", "/v1/desk/people/P1", "").await;
    other.refused(Code::NotFound, "of another team");
    assert_eq!(
        other.body,
        town.desk(&abe, "GET", "/v1/desk/people/P9", "").await.body
    );
    assert_eq!(seen(), ["worker:A1"]);
    town.clock.forward(10 * MINUTE);
    town.desk(&ada, "GET", "/v1/desk/people/P1", "").await;
    assert_eq!(seen().len(), 2);
}

/// Which roles may, for every operation of the desk: `t` team admin, `o` organisation admin, `u` auditor.
const WHO_MAY: &[(&str, &str)] = &[
    ("deskInvitation", "*"),
    ("deskRegistration", "*"),
    ("deskChallenge", "*"),
    ("deskAssertion", "*"),
    ("deskSignOut", "tou"),
    ("deskMe", "tou"),
    ("deskSessions", "tou"),
    ("deskEndSession", "tou"),
    ("deskPasskeys", "tou"),
    ("deskPasskeyChallenge", "tou"),
    ("deskAddPasskey", "tou"),
    ("deskRemovePasskey", "tou"),
    ("deskAdmins", "tou"),
    ("deskInvite", "to"),
    ("deskRevokeAdmin", "o"),
    ("deskPeople", "tou"),
    ("deskPerson", "tou"),
    ("deskThread", "tou"),
    ("deskNote", "tou"),
    ("deskMovePreview", "to"),
    ("deskMove", "to"),
    ("deskIssues", "tou"),
    ("deskOpenIssues", "tou"),
    ("deskIssue", "tou"),
    ("deskIssuePreview", "to"),
    ("deskSettle", "to"),
    ("deskReopen", "to"),
    ("deskCaseload", "tou"),
    ("deskHandOnPreview", "to"),
    ("deskHandOn", "to"),
    ("deskImportPeople", "o"),
    ("deskImportWorkers", "o"),
    ("deskWorkers", "tou"),
    ("deskWorker", "tou"),
    ("deskEnrol", "to"),
    ("deskSay", "to"),
    ("deskWorkerLeft", "to"),
    ("deskRevokeDevice", "to"),
    ("deskLockDevice", "to"),
    ("deskWipeDevice", "to"),
    ("deskRenameDevice", "to"),
    ("deskToday", "tou"),
    ("deskConcerns", "tou"),
    ("deskAcknowledge", "to"),
    ("deskAudit", "tou"),
    ("deskSettings", "tou"),
    ("deskChangeSetting", "o"),
    ("deskReportRecording", "tou"),
    ("deskReportPath", "tou"),
    ("deskReportFields", "tou"),
    ("deskReportUnmetNeeds", "tou"),
    ("deskReportFeedback", "tou"),
    ("deskReportWords", "tou"),
    ("deskReportReviews", "tou"),
    ("deskReportReviewsDue", "tou"),
    ("deskReflection", "tou"),
];

#[tokio::test]
async fn each_role_is_refused_what_is_not_its_own() {
    let document: Value = serde_json::from_str(&crate::api::openapi::DOCUMENT).unwrap();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/v1/desk/") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let (_, may) = WHO_MAY
                .iter()
                .find(|(known, _)| *known == name)
                .unwrap_or_else(|| panic!("who may do {name} is not written down"));
            seen += 1;
            // A town of its own, since some of these change much.
            let town = town();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "none" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let stranger = town.desk("a: b", method.as_str(), &path, "{}").await;
            assert_eq!(
                stranger.status == 401 && stranger.text().contains("signed_out"),
                *may != "*",
                "{name}: a stranger"
            );
            if *may == "*" {
                continue;
            }
            for (worker, role) in [("A1", 't'), ("O1", 'o'), ("U1", 'u')] {
                let answer = town
                    .desk(&town.signed_in(worker), method.as_str(), &path, "{}")
                    .await;
                let refused = answer.status == 403;
                assert_eq!(
                    refused,
                    !may.contains(role),
                    "{name} by {worker}: {}",
                    answer.text()
                );
            }
            // A practitioner with a session from better days.
            let answer = town
                .desk(&town.signed_in("W1"), method.as_str(), &path, "{}")
                .await;
            assert!(
                answer.status == 403 || name == "deskSignOut",
                "{name} by a practitioner"
            );
        }
    }
    assert_eq!(seen, WHO_MAY.len(), "the list names what is not there");
}
