//! `/v1/attachments/{sha256}` over HTTP: the upload protocol tus as a stranger's client would speak it, reading with
//! ranges, and that a cut in the middle of a body keeps what came.

use automerge::ActorId;
use automerge::transaction::CommitOptions;
use axum::body::{Body, Bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notes::attachment::AttachmentId;
use notes::ids::{Actor, DocumentId};
use notes::note::edit::from_json;
use notes::note::{Template, genesis};
use notes::problem::Code;
use notes::wire::{PROTOCOL, Push, Request};

use super::{Answer, Phone, Town, torn};
use crate::sync::{Pusher, pass, project};

const TUS: &str = "tus-resumable: 1.0.0";
const STREAM: &str = "content-type: application/offset+octet-stream";

/// A town with Ann's phone, whose finished note names a photograph.
struct Scene {
    town: Town,
    token: String,
    note: DocumentId,
    bytes: Vec<u8>,
}

pub(super) fn photo() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0".to_vec();
    bytes.extend((0..300_000u32).map(|i| u8::try_from(i * 7 % 251).unwrap()));
    bytes
}

/// Pushes a finished note that names a file, and has it published.
pub(super) fn push(town: &Town, phone: &Phone, bytes: &[u8]) -> DocumentId {
    let actor: Actor = phone.actor.parse().unwrap();
    let (device, worker, person) = town
        .core
        .store
        .read(|tx| {
            let device = tx.device(phone.id.parse().unwrap())?.unwrap();
            let worker = tx.worker(&device.worker)?.unwrap();
            let person = tx.people_named_like("Cat", 1)?.remove(0).id;
            Ok::<_, crate::store::StoreError>((device, worker, person))
        })
        .unwrap();
    let mut doc = genesis::document(Template::Note);
    doc.set_actor(ActorId::from(&actor.0[..]));
    let mut change = doc.transaction();
    let entry = format!(r#"{{"media_type":"image/jpeg","bytes":{}}}"#, bytes.len());
    for (path, json) in [
        ("person".to_owned(), format!("\"{person}\"")),
        ("kind".to_owned(), "\"home_visit\"".to_owned()),
        (format!("attachments.{}", AttachmentId::of(bytes)), entry),
    ] {
        for edit in from_json(Template::Note, &path, &serde_json::from_str(&json).unwrap()).unwrap() {
            edit.apply(&mut change, Template::Note).unwrap();
        }
    }
    let finish = notes::note::Edit::Finish {
        at: 5,
        author: "W1".into(),
    };
    finish.apply(&mut change, Template::Note).unwrap();
    change.commit_with(CommitOptions::default().with_time(5));
    let document = DocumentId::at(1_790_000_000_000, [3; 10]);
    let request = Request {
        protocol: PROTOCOL,
        device_at: 5,
        actor,
        cursor: Vec::new(),
        pushes: vec![Push {
            document,
            template: Template::Note,
            person: Some(person),
            reason: None,
            chunks: vec![doc.save_nocompress().into()],
        }],
        readings: Vec::new(),
        waiting: 0,
        pull: false,
        fills: Vec::new(),
        app: "test".into(),
        watch: None,
        to_desk: None,
    };
    pass(&town.core, &Pusher { device, worker }, request).unwrap();
    while project(&town.core, 9).unwrap() > 0 {}
    document
}

impl Scene {
    async fn new() -> Self {
        let town = Town::new();
        let phone = town.phone("W1").await;
        let bytes = photo();
        let note = push(&town, &phone, &bytes);
        let token = phone.token(&town).await;
        Self {
            town,
            token,
            note,
            bytes,
        }
    }

    fn path(&self) -> String {
        format!("/v1/attachments/{}", AttachmentId::of(&self.bytes))
    }

    async fn ask(&self, method: &str, path: &str, headers: &[&str], body: impl Into<Body>) -> Answer {
        let bearer = format!("authorization: Bearer {}", self.token);
        let headers = [&[bearer.as_str()], headers].concat();
        self.town.knock(method, path, &headers, body).await
    }

    fn metadata(&self, media_type: &str) -> String {
        let note = STANDARD.encode(self.note.to_string());
        format!(
            "upload-metadata: filename eA==, note {note},media_type {}",
            STANDARD.encode(media_type)
        )
    }

    async fn creates(&self) -> Answer {
        let length = format!("upload-length: {}", self.bytes.len());
        let metadata = self.metadata("image/jpeg");
        self.ask("POST", &self.path(), &[TUS, &length, &metadata], "")
            .await
    }

    async fn sends(&self, place: &str, from: usize, to: usize) -> Answer {
        let offset = format!("upload-offset: {from}");
        self.ask(
            "PATCH",
            place,
            &[TUS, STREAM, &offset],
            self.bytes[from..to].to_vec(),
        )
        .await
    }

    async fn whole() -> Self {
        let scene = Self::new().await;
        let created = scene.creates().await;
        let answer = scene
            .sends(created.header("location"), 0, scene.bytes.len())
            .await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        scene
    }
}

#[tokio::test]
async fn a_client_of_tus_sends_a_file_and_a_case_system_reads_it() {
    let scene = Scene::new().await;
    let all = scene.bytes.len();
    let can = scene.town.knock("OPTIONS", &scene.path(), &[], "").await;
    assert_eq!(
        (can.status, can.header("tus-version"), can.header("tus-extension")),
        (204, "1.0.0", "creation")
    );
    assert_eq!(can.header("tus-max-size"), "26214400");
    let created = scene.creates().await;
    assert_eq!(
        (created.status, created.header("upload-offset")),
        (201, "0"),
        "{}",
        created.text()
    );
    assert_eq!(created.header("tus-resumable"), "1.0.0");
    let place = created.header("location").to_owned();
    let first = scene.sends(&place, 0, 100_000).await;
    assert_eq!((first.status, first.header("upload-offset")), (204, "100000"));
    let stands = scene.ask("HEAD", &place, &[TUS], "").await;
    assert_eq!(stands.status, 200);
    assert_eq!(stands.header("upload-offset"), "100000");
    assert_eq!(stands.header("upload-length"), all.to_string());
    assert_eq!(stands.header("cache-control"), "no-store");
    let wrong = scene.sends(&place, 0, 10).await;
    wrong.refused(Code::AttachmentOffset, "at another byte");
    assert_eq!(wrong.header("upload-offset"), "100000", "it says where");
    let last = scene.sends(&place, 100_000, all).await;
    assert_eq!(
        (last.status, last.header("upload-offset")),
        (204, &*all.to_string())
    );
    let reader = scene.town.case_system("export.read").await;
    let bearer = format!("authorization: Bearer {reader}");
    let read = scene.town.knock("GET", &scene.path(), &[&bearer], "").await;
    assert_eq!(read.status, 200, "{}", read.text());
    assert!(read.body == scene.bytes, "the same bytes");
    let taker = scene.town.case_system("export.receipt").await;
    let bearer = format!("authorization: Bearer {taker}");
    let refused = scene.town.knock("GET", &scene.path(), &[&bearer], "").await;
    refused.refused(Code::ScopeMissing, "without export.read");
}

#[tokio::test]
async fn a_browser_can_only_save_what_it_reads() {
    let scene = Scene::whole().await;
    let read = scene.ask("GET", &scene.path(), &[], "").await;
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("content-disposition", "attachment"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("accept-ranges", "bytes"),
        ("cache-control", "no-store"),
        ("content-length", "300004"),
    ] {
        assert_eq!(read.header(name), value, "{name}");
    }
    assert!(read.body == scene.bytes);
}

#[tokio::test]
async fn a_range_of_bytes_is_that_range() {
    let scene = Scene::whole().await;
    let all = scene.bytes.len();
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=262140-262150", 262_140, 262_151),
        ("bytes=299999-", 299_999, all),
        ("bytes=-5", all - 5, all),
    ] {
        let part = scene
            .ask("GET", &scene.path(), &[&format!("range: {range}")], "")
            .await;
        assert_eq!(part.status, 206, "{range}");
        assert!(part.body == scene.bytes[from..to], "{range}");
        assert_eq!(
            part.header("content-range"),
            format!("bytes {from}-{}/{all}", to - 1)
        );
    }
    let behind = scene
        .ask("GET", &scene.path(), &[&format!("range: bytes={all}-")], "")
        .await;
    behind.refused(Code::RangeUnsatisfiable, "behind the end");
    assert_eq!(behind.header("content-range"), format!("bytes */{all}"));
    let tag = scene
        .ask("GET", &scene.path(), &[], "")
        .await
        .header("etag")
        .to_owned();
    for (tag, status) in [(tag.as_str(), 206), ("\"another\"", 200)] {
        let headers = ["range: bytes=0-0".to_owned(), format!("if-range: {tag}")];
        let part = scene
            .ask("GET", &scene.path(), &[&headers[0], &headers[1]], "")
            .await;
        assert_eq!(part.status, status, "{tag}");
    }
}

#[tokio::test]
async fn what_came_before_a_cut_is_kept_to_the_byte() {
    let scene = Scene::new().await;
    let place = scene.creates().await.header("location").to_owned();
    let mut at = 0;
    for length in [1, 2, 65_537, 200_000] {
        let part = Bytes::copy_from_slice(&scene.bytes[at..at + length]);
        let offset = format!("upload-offset: {at}");
        let headers = [TUS, STREAM, &offset];
        let answer = scene.ask("PATCH", &place, &headers, torn(part)).await;
        answer.refused(Code::MessageMalformed, "the body broke off");
        at += length;
        let stands = scene.ask("HEAD", &place, &[TUS], "").await;
        assert_eq!(stands.header("upload-offset"), at.to_string());
    }
    let last = scene.sends(&place, at, scene.bytes.len()).await;
    assert_eq!(last.status, 204);
    assert!(scene.ask("GET", &scene.path(), &[], "").await.body == scene.bytes);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, a line for each refusal")]
async fn what_does_not_fit_is_refused_with_its_code() {
    let scene = Scene::new().await;
    let (length, kind) = ("upload-length: 300004", scene.metadata("image/jpeg"));
    let elsewhere = format!("/v1/attachments/{}", AttachmentId::of(b"not named"));
    let (path, place) = (scene.path(), format!("{}?note={}", scene.path(), scene.note));
    let film = scene.metadata("video/mp4");
    let upper = format!("/v1/attachments/{}", "AB".repeat(32));
    let lines: [(&str, &str, &str, &[&str], Code); 16] = [
        (
            "no version",
            "POST",
            &path,
            &[length, &kind],
            Code::TusUnsupported,
        ),
        (
            "another version",
            "POST",
            &path,
            &["tus-resumable: 2.0.0", length, &kind],
            Code::TusUnsupported,
        ),
        ("no length", "POST", &path, &[TUS, &kind], Code::ParameterInvalid),
        (
            "a signed length",
            "POST",
            &path,
            &[TUS, "upload-length: +5", &kind],
            Code::ParameterInvalid,
        ),
        (
            "no metadata",
            "POST",
            &path,
            &[TUS, length],
            Code::ParameterInvalid,
        ),
        (
            "no note",
            "POST",
            &path,
            &[TUS, length, "upload-metadata: media_type eA=="],
            Code::ParameterInvalid,
        ),
        (
            "too long",
            "POST",
            &path,
            &[TUS, "upload-length: 26214401", &kind],
            Code::AttachmentTooLarge,
        ),
        (
            "a film",
            "POST",
            &path,
            &[TUS, length, &film],
            Code::AttachmentType,
        ),
        (
            "not named",
            "POST",
            &elsewhere,
            &[TUS, length, &kind],
            Code::AttachmentUnnamed,
        ),
        (
            "no hash",
            "POST",
            "/v1/attachments/abc",
            &[TUS, length, &kind],
            Code::NotFound,
        ),
        (
            "large letters",
            "POST",
            &upper,
            &[TUS, length, &kind],
            Code::NotFound,
        ),
        (
            "nothing begun",
            "PATCH",
            &place,
            &[TUS, STREAM, "upload-offset: 0"],
            Code::NotFound,
        ),
        (
            "for no note",
            "PATCH",
            &path,
            &[TUS, STREAM, "upload-offset: 0"],
            Code::ParameterInvalid,
        ),
        (
            "no offset",
            "PATCH",
            &place,
            &[TUS, STREAM],
            Code::ParameterInvalid,
        ),
        (
            "another body",
            "PATCH",
            &place,
            &[TUS, "content-type: image/jpeg"],
            Code::MediaTypeUnsupported,
        ),
        ("nothing to read", "GET", &path, &[], Code::NotFound),
    ];
    for (what, method, path, headers, code) in lines {
        scene.ask(method, path, headers, "").await.refused(code, what);
    }
}

#[tokio::test]
async fn who_and_how_it_may_be_asked_is_checked_first() {
    let scene = Scene::new().await;
    let (length, kind) = ("upload-length: 300004", scene.metadata("image/jpeg"));
    let (path, place) = (scene.path(), format!("{}?note={}", scene.path(), scene.note));
    let packed = [TUS, STREAM, "upload-offset: 0", "content-encoding: gzip"];
    let answer = scene.ask("PATCH", &place, &packed, "x").await;
    answer.refused(Code::EncodingUnsupported, "packed");
    let nobody = scene.town.knock("POST", &path, &[TUS, length, &kind], "").await;
    nobody.refused(Code::TokenMissing, "nobody");
    let reader = scene.town.case_system("export.read").await;
    let bearer = format!("authorization: Bearer {reader}");
    let sender = scene
        .town
        .knock("POST", &path, &[TUS, length, &kind, &bearer], "")
        .await;
    sender.refused(Code::ScopeMissing, "a case system sends nothing");
    let wrong = scene.town.knock("DELETE", &path, &[], "").await;
    wrong.refused(Code::MethodNotAllowed, "DELETE");
}

#[tokio::test]
async fn bytes_that_are_not_the_hash_are_thrown_away() {
    let mut scene = Scene::new().await;
    let place = scene.creates().await.header("location").to_owned();
    let good = scene.bytes.clone();
    scene.bytes[77] ^= 1;
    let answer = scene.sends(&place, 0, good.len()).await;
    answer.refused(Code::AttachmentMismatch, "a bit is wrong");
    let stands = scene.ask("HEAD", &place, &[TUS], "").await;
    assert_eq!(stands.header("upload-offset"), "0");
    scene.bytes = good;
    assert_eq!(scene.sends(&place, 0, scene.bytes.len()).await.status, 204);
}

#[tokio::test]
async fn a_strangers_device_is_answered_like_one_that_asks_for_nothing() {
    let mut scene = Scene::whole().await;
    let stranger = scene.town.phone("W2").await;
    scene.token = stranger.token(&scene.town).await;
    let (there, note) = (scene.path(), scene.note);
    let (nowhere, nothing) = (
        format!("/v1/attachments/{}", AttachmentId::of(b"nobody has this")),
        DocumentId::at(1_790_000_000_000, [4; 10]),
    );
    let length = format!("upload-length: {}", scene.bytes.len());
    let metadata = |note: DocumentId| {
        let (note, kind) = (STANDARD.encode(note.to_string()), STANDARD.encode("image/jpeg"));
        format!("upload-metadata: note {note},media_type {kind}")
    };
    for method in ["GET", "HEAD", "POST", "PATCH"] {
        for query in [false, true] {
            let mut answers = Vec::new();
            for (path, note) in [(&there, note), (&nowhere, nothing)] {
                let place = if query {
                    format!("{path}?note={note}")
                } else {
                    path.clone()
                };
                let metadata = metadata(note);
                let headers = [TUS, STREAM, "upload-offset: 0", &length, &metadata];
                let mut answer = scene.ask(method, &place, &headers, "x").await;
                assert!(answer.headers.remove("doorstep-request").is_some());
                answers.push(answer);
            }
            let [theirs, nobodys] = &answers[..] else {
                unreachable!()
            };
            assert!(theirs.status >= 400, "{method} {query}");
            assert_eq!(theirs.status, nobodys.status, "{method} {query}");
            assert_eq!(theirs.headers, nobodys.headers, "{method} {query}");
            assert_eq!(theirs.text(), nobodys.text(), "{method} {query}");
        }
    }
}
