//! Requests by one who means harm, or is broken: refused or held with a code; where refused, nothing
//! has changed; the server goes on, and a neighbour's note is not touched.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use automerge::transaction::Transactable as _;
use automerge::{ActorId, Automerge, ObjType, ROOT};
use doorstep_tests::hostile::{Outlaw, change, honest_note, push, text, typed};
use doorstep_tests::{Cut, DAY, Phone, Village};
use notes::forge::{self, column};
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::{Template, genesis};
use notes::wire::{self, Outcome};
use serde_json::json;

const PERSON: &str = "P104201";

struct Scene {
    v: Village,
    kofi: Phone,
    neighbour: DocumentId,
    outlaw: Outlaw,
    person: PersonId,
}

fn scene(seed: u64) -> Scene {
    let mut v = Village::new(seed);
    let mut kofi = v.phone("W105");
    let neighbour = kofi.new_note(PERSON, "home_visit");
    kofi.types(neighbour, "A neighbour's honest note.");
    v.until_quiet(&mut [&mut kofi]);
    let outlaw = Outlaw::of(&v, "W101");
    let person = v.admin().person(PERSON);
    Scene {
        v,
        kofi,
        neighbour,
        outlaw,
        person,
    }
}

impl Scene {
    /// The server goes on, and the neighbour is as before.
    fn nobody_is_harmed(&mut self, what: &str) {
        let Self {
            v, kofi, neighbour, ..
        } = self;
        v.server.settle();
        let before = kofi.body(*neighbour);
        kofi.types(*neighbour, "+");
        v.until_quiet(&mut [kofi]);
        let after = kofi.body(*neighbour);
        assert_eq!(after, format!("{before}+"), "{what}");
        assert!(after.starts_with("A neighbour's honest note."), "{what}");
        v.all_agree(&mut [kofi]);
        v.server.verify();
    }
}

/// Chunks that lie. Each is held with its code, by the gate at once or by the judge later, is never
/// published, and harms nobody.
#[test]
fn forged_chunks_are_held() {
    let mut scene = scene(2001);
    for (what, code, chunks) in forgeries(&scene) {
        let note = scene.outlaw.note_id();
        let verdicts = scene.outlaw.pushes(vec![push(note, Some(scene.person), chunks)]);
        let (outcome, at_once) = verdicts[0].clone();
        scene.v.server.settle();
        if outcome == Outcome::Held {
            assert_eq!(at_once.as_deref(), Some(code), "{what}");
        }
        if code == "dependency_missing" {
            // It may still come: a day is given.
            scene.v.time.pass(2 * DAY);
            server::sync::sweep(&scene.v.server.core()).unwrap();
        }
        assert_eq!(
            scene.v.admin().issue("held", note)["detail"]["code"],
            code,
            "{what}"
        );
        scene.nobody_is_harmed(what);
    }
    assert!(scene.v.case_system().takes_all().is_empty());
}

type Forgery = (&'static str, &'static str, Vec<Vec<u8>>);

fn forgeries(scene: &Scene) -> Vec<Forgery> {
    let (actor, person) = (scene.outlaw.actor, scene.person);
    let honest = || honest_note(actor, person, "Honest.");
    let saved = honest().save_nocompress();
    let next = |lie: &dyn Fn(&mut forge::Change)| {
        let mut doc = honest();
        let mut forged = forge::Change::open(&change(&mut doc, actor, &[typed(0, "x")]));
        lie(&mut forged);
        vec![honest().save_nocompress(), forged.seal()]
    };
    let mut bad_sum = saved.clone();
    bad_sum[5] ^= 1;
    let mut long = honest();
    change(&mut long, actor, &[typed(0, &"words and words ".repeat(200))]);
    let lone = |chunk: Vec<u8>| vec![chunk];
    vec![
        ("a bad checksum", "chunk_checksum", lone(bad_sum)),
        ("a compressed document", "chunk_compressed", lone(long.save())),
        (
            "another type",
            "chunk_malformed",
            lone(forge::seal(9, b"what is this")),
        ),
        (
            "a compressed change",
            "chunk_compressed",
            lone(forge::seal(2, b"deflated")),
        ),
        (
            "a length that lies",
            "chunk_too_large",
            lone(forge::declaring(0, u64::MAX, b"short")),
        ),
        (
            "a billion operations",
            "chunk_too_large",
            lone(forge::ops_claiming(1_000_000_000).seal()),
        ),
        (
            "another's name",
            "actor_not_yours",
            next(&|c| c.actor = vec![9; 16]),
        ),
        (
            "a start near the end of counters",
            "chunk_counter",
            next(&|c| c.start_op = (1 << 32) - 2),
        ),
        ("a false start", "start_op_wrong", next(&|c| c.start_op += 7)),
        ("a gap in the numbers", "seq_gap", next(&|c| c.seq += 3)),
        ("a number twice", "seq_taken", next(&|c| c.seq = 1)),
        (
            "a dependency that nobody has",
            "dependency_missing",
            next(&|c| c.deps = vec![[0x5e; 32]]),
        ),
        (
            "a message",
            "chunk_extra",
            next(&|c| c.message = b"psst".to_vec()),
        ),
        ("extra bytes", "chunk_extra", next(&|c| c.extra = vec![1, 2, 3])),
        (
            "a false max_op",
            "chunk_too_large",
            lone(
                forge::Document::open(&saved)
                    .with_change(
                        column::CHANGE_MAX_OP,
                        forge::literals(&[forge::signed(9), forge::signed(90_000)]),
                    )
                    .seal(),
            ),
        ),
        ("20,000 nested maps", "", lone(nested(scene, 20_000))),
        ("unknown keys", "unknown_key", lone(with_key(honest(), "salary"))),
        ("a person's page as a note", "", lone(page(actor))),
        (
            "another note's beginning",
            "wrong_document",
            lone(honest_note(actor, PersonId([7; 16]), "x").save_nocompress()),
        ),
    ]
    .into_iter()
    .filter(|(_, code, _)| !code.is_empty())
    .collect()
}

fn with_key(mut doc: Automerge, key: &str) -> Vec<u8> {
    let mut tx = doc.transaction();
    tx.put(ROOT, key, 5).unwrap();
    tx.commit();
    doc.save_nocompress()
}

fn page(actor: Actor) -> Vec<u8> {
    let mut doc = genesis::document(Template::About);
    doc.set_actor(ActorId::from(&actor.0[..]));
    let mut tx = doc.transaction();
    tx.put(ROOT, "schema", 1).unwrap();
    tx.commit();
    doc.save_nocompress()
}

fn nested(scene: &Scene, depth: usize) -> Vec<u8> {
    let mut doc = honest_note(scene.outlaw.actor, scene.person, "Deep.");
    let mut tx = doc.transaction();
    let mut at = ROOT;
    for _ in 0..depth {
        at = tx.put_object(&at, "x", ObjType::Map).unwrap();
    }
    tx.commit();
    doc.save_nocompress()
}

/// Documents that are sound for Automerge and no notes: held, whatever the code, and nobody is harmed.
#[test]
fn sound_documents_that_are_no_notes_are_held() {
    let mut scene = scene(2002);
    let lines = [
        ("20,000 nested maps", nested(&scene, 20_000)),
        ("a person's page as a note", page(scene.outlaw.actor)),
    ];
    for (what, chunk) in lines {
        let note = scene.outlaw.note_id();
        scene
            .outlaw
            .pushes(vec![push(note, Some(scene.person), vec![chunk])]);
        scene.v.server.settle();
        let issue = scene.v.admin().issue("held", note);
        println!("{what}: {}", issue["detail"]["code"]);
        scene.nobody_is_harmed(what);
    }
}

/// A change for one note sent to another, and the next number of a colleague.
#[test]
fn what_belongs_to_another_note_stays_out() {
    let mut scene = scene(2003);
    let mine = scene.outlaw.note_id();
    let mut doc = honest_note(scene.outlaw.actor, scene.person, "Mine.");
    let next = change(&mut doc, scene.outlaw.actor, &[typed(0, "x")]);
    let person = Some(scene.person);
    scene
        .outlaw
        .pushes(vec![push(scene.neighbour, person, vec![next])]);
    scene
        .outlaw
        .pushes(vec![push(scene.neighbour, person, vec![doc.save_nocompress()])]);
    let hers = scene.kofi.notebook().actor();
    let mut stolen = scene.outlaw.fetches(scene.neighbour).unwrap();
    let forged = change(&mut stolen, hers, &[text("kind", "phone_call")]);
    scene.outlaw.pushes(vec![push(mine, person, vec![forged])]);
    scene.nobody_is_harmed("another note's");
    assert_eq!(scene.kofi.reads(scene.neighbour)["kind"], "home_visit");
}

/// What it is, its packing, the bytes, the status, the code.
type BadBody = (&'static str, Option<&'static str>, Vec<u8>, u16, &'static str);

/// Bodies that cannot be read are refused with a problem document, and nothing has changed.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of bodies, one behind the other")]
fn bodies_that_cannot_be_read_change_nothing() {
    let mut scene = scene(2004);
    let token = scene.outlaw.token();
    let mut good = scene.outlaw.request();
    let chunk = honest_note(scene.outlaw.actor, scene.person, "x").save_nocompress();
    good.pushes = vec![push(scene.outlaw.note_id(), Some(scene.person), vec![chunk])];
    let plain = minicbor::to_vec(&good).unwrap();
    let packed = zstd::bulk::compress(&plain, 3).unwrap();
    let bomb = zstd::bulk::compress(&vec![0; 17 * 1024 * 1024], 3).unwrap();
    let mut newer = good.clone();
    newer.protocol = 99;
    let mut long_cursor = good.clone();
    long_cursor.cursor = vec![1; 300];
    let mut empty_push = good.clone();
    empty_push.pushes[0].chunks.clear();
    let encoded = |request| minicbor::to_vec(request).unwrap();
    let lines: Vec<BadBody> = vec![
        ("nothing", None, Vec::new(), 400, "message_malformed"),
        (
            "cut short",
            None,
            plain[..plain.len() - 3].to_vec(),
            400,
            "message_malformed",
        ),
        (
            "with a tail",
            None,
            [&plain[..], b"x"].concat(),
            400,
            "message_malformed",
        ),
        ("rubbish", None, vec![0xff; 300], 400, "message_malformed"),
        (
            "called zstd",
            Some("zstd"),
            plain.clone(),
            400,
            "message_malformed",
        ),
        ("not called zstd", None, packed.clone(), 400, "message_malformed"),
        (
            "half a frame",
            Some("zstd"),
            packed[..packed.len() / 2].to_vec(),
            400,
            "message_malformed",
        ),
        ("a bomb", Some("zstd"), bomb, 413, "message_too_large"),
        (
            "too long as it is",
            None,
            vec![0; 17 * 1024 * 1024],
            413,
            "message_too_large",
        ),
        (
            "a packing of its own",
            Some("br"),
            plain.clone(),
            415,
            "encoding_unsupported",
        ),
        (
            "another protocol",
            None,
            encoded(&newer),
            400,
            "protocol_unsupported",
        ),
        (
            "a cursor without end",
            None,
            encoded(&long_cursor),
            400,
            "message_malformed",
        ),
        (
            "a push of nothing",
            None,
            encoded(&empty_push),
            400,
            "message_malformed",
        ),
    ];
    for (what, encoding, body, status, code) in lines {
        let before = scene.v.server.heads();
        let answer = scene.outlaw.posts(body, encoding, &token);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{what}"
        );
        assert_eq!(scene.v.server.heads(), before, "{what}");
    }
    let (body, coding) = wire::encode(&good);
    assert_eq!(
        scene.outlaw.posts(body, coding.header(), &token).status,
        200,
        "the good one is good"
    );
    scene.nobody_is_harmed("bodies");
}

/// Tokens that are not this device's, or not tokens.
#[test]
fn tokens_that_are_not_good_open_nothing() {
    let mut scene = scene(2005);
    let good = scene.outlaw.token();
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let es256 = json!({"alg": "ES256", "typ": "JWT"});
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let tokens = [
        ("none at all", String::new()),
        ("cut", good[..good.len() - 4].to_owned()),
        ("alg none", format!("{none}.{claims}.")),
        (
            "alg none with a signature",
            format!("{none}.{claims}.{signature}"),
        ),
        (
            "another's claims",
            format!("{head}.{}.{signature}", claims.chars().rev().collect::<String>()),
        ),
        ("its own assertion", scene.outlaw.assertion(&es256, &json!({}))),
    ];
    let (body, coding) = wire::encode(&scene.outlaw.request());
    for (what, token) in tokens {
        let before = scene.v.server.heads();
        let answer = scene.outlaw.posts(body.clone(), coding.header(), &token);
        assert_eq!(answer.status, 401, "{what}: {}", answer.code());
        assert_eq!(scene.v.server.heads(), before, "{what}");
    }
    scene.v.time.pass(11 * 60 * 1000);
    let answer = scene.outlaw.posts(body, coding.header(), &good);
    assert_eq!((answer.status, answer.code().as_str()), (401, "token_expired"));
    assertions(&scene, &es256);
    scene.nobody_is_harmed("tokens");
}

fn assertions(scene: &Scene, es256: &serde_json::Value) {
    let other = scene.kofi.device().to_string();
    let now = scene.v.time.now() / 1000;
    let lines = [
        (
            "another device's",
            es256.clone(),
            json!({"iss": other, "sub": other}),
            "token_invalid",
        ),
        (
            "for another server",
            es256.clone(),
            json!({"aud": "https://elsewhere/v1/token"}),
            "token_invalid",
        ),
        ("alg none", json!({"alg": "none"}), json!({}), "token_invalid"),
        (
            "alg HS256",
            json!({"alg": "HS256", "typ": "JWT"}),
            json!({}),
            "token_invalid",
        ),
        (
            "expired",
            es256.clone(),
            json!({"iat": now - 900, "exp": now - 600}),
            "clock",
        ),
        (
            "not yet",
            es256.clone(),
            json!({"nbf": now + 600, "exp": now + 800}),
            "clock",
        ),
        (
            "good for a year",
            es256.clone(),
            json!({"exp": now + 31_536_000}),
            "clock",
        ),
    ];
    for (what, header, lies, code) in lines {
        let before = scene.v.server.heads();
        let answer = scene.outlaw.asks_token(&scene.outlaw.assertion(&header, &lies));
        assert_eq!((answer.status, answer.code().as_str()), (401, code), "{what}");
        assert_eq!(scene.v.server.heads(), before, "{what}");
    }
    let twice = scene.outlaw.assertion(es256, &json!({}));
    assert_eq!(scene.outlaw.asks_token(&twice).status, 200);
    assert_eq!(scene.outlaw.asks_token(&twice).code(), "assertion_replayed");
}

/// A phone whose clock is three days ahead still gets in, and its notes are sent.
#[test]
fn a_clock_three_days_ahead_gets_in() {
    let mut scene = scene(2006);
    for days in [3, -30] {
        scene.kofi.clock_is_off_by(days * DAY);
        let note = scene.kofi.new_note(PERSON, "phone_call");
        scene.kofi.types(note, "Rang back.");
        scene.kofi.finishes(note);
        scene.kofi.link.cut(Cut::BeforeRequest);
        scene.kofi.syncs();
        scene.v.until_quiet(&mut [&mut scene.kofi]);
        let events = scene.v.case_system().takes_all();
        assert!(events.iter().any(|event| event.is_about(note)), "{days} days");
    }
    scene.kofi.clock_is_off_by(0);
    scene.nobody_is_harmed("clock");
}
