//! A document as JSON under the names of the field table: what a screen shows, whether the phone has the note or
//! was given it to read.

use serde_json::{Map, Value, json};

use super::fields::Shape;
use super::{Plain, Template};

impl Plain {
    /// Every field of the table by its name, absent ones as null, and what is marked and what conflicts.
    #[must_use]
    pub fn shown(&self, template: Template) -> Map<String, Value> {
        let mut object = Map::new();
        for field in template.fields() {
            let value = match field.shape {
                Shape::Text => json!(self.texts.get(field.name)),
                Shape::Value(_) if field.name == "schema" => json!(self.schema),
                Shape::Value(_) => json!(self.values.get(field.name)),
                Shape::Record(_) => self.record_json(field.name),
                Shape::Entries(_) => self.entries_json(field.name),
                Shape::Counters => json!(self.counters.get(field.name)),
            };
            object.insert(field.name.to_owned(), value);
        }
        object.insert("private".into(), json!(self.private));
        object.insert("conflicts".into(), json!(self.conflicts));
        object
    }
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, Automerge};

    use super::*;
    use crate::note::edit::Scalar;
    use crate::note::{Edit, genesis};

    fn shown(template: Template, edits: &[Edit]) -> Map<String, Value> {
        let mut doc: Automerge = genesis::document(template);
        doc.set_actor(ActorId::from([5; 16]));
        let mut change = doc.transaction();
        for edit in edits {
            edit.apply(&mut change, template).unwrap();
        }
        change.commit();
        Plain::read(&doc, template).unwrap().shown(template)
    }

    #[test]
    fn every_field_of_the_table_is_there_and_nothing_else() {
        for template in [Template::Note, Template::About] {
            let object = shown(template, &[]);
            let mut names: Vec<&str> = template.fields().iter().map(|field| field.name).collect();
            names.extend(["private", "conflicts"]);
            names.sort_unstable();
            assert_eq!(object.keys().map(String::as_str).collect::<Vec<_>>(), names);
            assert_eq!(object["schema"], 1);
        }
        let empty = shown(Template::Note, &[]);
        assert_eq!((&empty["body"], &empty["kind"]), (&json!(""), &Value::Null));
        assert_eq!(
            (&empty["actions"], &empty["finished"]),
            (&json!([]), &Value::Null)
        );
    }

    #[test]
    fn what_was_written_stands_under_its_name() {
        let edits = [
            Edit::Splice {
                field: "body".into(),
                at: 0,
                delete: 0,
                insert: "Tea 🫖".into(),
            },
            Edit::Put {
                path: "actions.a1.what".into(),
                value: Some(Scalar::Text("Ring the GP".into())),
            },
            Edit::Mark {
                field: "body".into(),
                start: 4,
                end: 5,
                kind: "third_party".into(),
            },
        ];
        let note = shown(Template::Note, &edits);
        assert_eq!(note["body"], "Tea 🫖");
        assert_eq!(note["actions"][0]["id"], "a1");
        assert_eq!(note["actions"][0]["what"], "Ring the GP");
        assert_eq!(
            note["private"],
            json!([{"field": "body", "start": 4, "end": 5, "kind": "third_party"}])
        );
    }
}
