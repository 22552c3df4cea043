//! The first change is a constant: of the code, of docs/protocol.md, and of every phone.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, ObjType, ROOT, ReadDoc, Value};

use super::world::{at, change, copy, holding, merge, phone, splice, write};
use crate::note::fields::Shape;
use crate::note::{Template, genesis, load};

#[test]
fn the_constants_are_what_the_code_makes() {
    for template in [Template::Note, Template::About] {
        let heads = genesis::document(template).get_heads();
        assert_eq!(heads, vec![genesis::hash(template)], "{template:?}");
    }
}

#[test]
fn every_text_and_fixed_map_is_there_and_finished_is_not() {
    for template in [Template::Note, Template::About] {
        let doc = genesis::document(template);
        for field in template.fields() {
            let expected = match field.shape {
                Shape::Value(_) => continue,
                Shape::Record(_) if field.name == "finished" => None,
                Shape::Text => Some(ObjType::Text),
                Shape::Record(_) | Shape::Entries(_) | Shape::Counters => Some(ObjType::Map),
            };
            let found = doc.get(ROOT, field.name).unwrap().map(|(value, id)| {
                assert!(genesis::made(&id), "{}", field.name);
                assert_eq!(doc.length(&id), 0, "{}", field.name);
                value
            });
            assert_eq!(found, expected.map(Value::Object), "{}", field.name);
        }
    }
}

#[test]
fn the_chunk_is_the_one_in_the_documentation() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/protocol.md");
    let page = std::fs::read_to_string(page).unwrap();
    let page: String = page.chars().filter(|c| !c.is_whitespace()).collect();
    for template in [Template::Note, Template::About] {
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
        };
        let chunk = genesis::chunk(template);
        // Between the marks of a code block, so that not one digit more stands there.
        assert!(page.contains(&format!("```{}```", hex(&chunk))), "{template:?}");
        assert!(page.contains(&hex(&genesis::hash(template).0)), "{template:?}");
        assert_eq!(load(&chunk).unwrap().get_heads(), vec![genesis::hash(template)]);
        let actor = std::str::from_utf8(&genesis::actor(template).0)
            .unwrap()
            .replace(' ', "");
        assert!(page.contains(&actor), "{actor}");
    }
}

#[test]
fn two_who_begin_apart_write_into_the_same_texts() {
    let (mut alice, mut bob) = (phone(1), phone(2));
    write(&mut alice, &[splice("body", 0, 0, "Alice was here. ")]);
    write(&mut bob, &[splice("body", 0, 0, "Bob too. ")]);
    let (mut one, mut other) = (alice.clone(), bob.clone());
    merge(&mut one, &bob);
    merge(&mut other, &alice);
    let body = one.text(at(&one, "body")).unwrap();
    assert!(
        body.contains("Alice was here. ") && body.contains("Bob too. "),
        "{body}"
    );
    assert_eq!(body, other.text(at(&other, "body")).unwrap());
    assert_eq!(one.get_all(ROOT, "body").unwrap().len(), 1);
}

#[test]
fn a_forged_genesis_has_another_hash() {
    let forge = |schema: u64, time: i64, actor: [u8; 16]| {
        let mut doc = crate::note::empty().with_actor(ActorId::from(actor));
        let mut tx = doc.transaction();
        tx.put(ROOT, "schema", schema).unwrap();
        tx.put_object(ROOT, "body", ObjType::Text).unwrap();
        tx.commit_with(CommitOptions::default().with_time(time));
        doc.get_heads()
    };
    let actor = genesis::actor(Template::Note).0;
    for (schema, time, actor) in [(1, 0, actor), (1, 1, actor), (2, 0, actor), (1, 0, [7; 16])] {
        assert_ne!(forge(schema, time, actor), vec![genesis::hash(Template::Note)]);
    }
}

#[test]
fn only_the_schemas_own_actors_are_genesis() {
    assert!(genesis::is_genesis(b"doorstep note 01"));
    assert!(genesis::is_genesis(b"doorstep page 01"));
    for other in [
        &b"doorstep note 02"[..],
        b"doorstep note 0",
        b"doorstep note 011",
        b"",
        &[0; 16],
    ] {
        assert!(!genesis::is_genesis(other), "{other:?}");
    }
    let mut doc = phone(1);
    change(&mut doc, |tx| {
        tx.put_object(ROOT, "mine", ObjType::Map).unwrap();
    });
    assert!(!genesis::made(&at(&doc, "mine")));
    assert!(!genesis::made(&ROOT));
}

#[test]
fn the_same_page_on_two_phones_is_one_page() {
    let (mut alice, bob) = (holding(Template::About, 1), holding(Template::About, 2));
    assert_eq!(alice.get_heads(), bob.get_heads());
    merge(&mut alice, &copy(&bob, 2));
    assert_eq!(alice.get_heads(), vec![genesis::hash(Template::About)]);
}
