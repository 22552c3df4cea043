//! One document for the copy, along the table of fields: a field that is added to the table is in the copy, too.
//! What is marked goes no further than here.

use notes::attachment::AttachmentId;
use notes::note::fields::{Field, Kind, Shape, Slot};
use notes::note::plain::{Conflict, Entry, Passage, Value};
use notes::note::{Plain, Template};

use super::shape::{Body, Cell, Part, Row, Slots};
use super::sieve::{Sieve, Why};
use super::{Held, Wanted, trail, words};

/// What stands at the head of a note, or says nothing about the person.
const ELSEWHERE: [&str; 7] = [
    "schema",
    "person",
    "kind",
    "started_at",
    "ended_at",
    "finished",
    "recording_ms",
];

/// Reads one document along its table.
pub(super) struct Reader<'a> {
    held: &'a Held,
    wanted: &'a Wanted,
    plain: &'a Plain,
    template: Template,
    here: &'a [AttachmentId],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(
        held: &'a Held,
        wanted: &'a Wanted,
        plain: &'a Plain,
        template: Template,
        here: &'a [AttachmentId],
    ) -> Self {
        Self {
            held,
            wanted,
            plain,
            template,
            here,
        }
    }

    pub(super) fn parts(&self, sieve: &mut Sieve) -> Vec<Part> {
        let fields = self.template.fields().iter();
        let fields = fields.filter(|field| !ELSEWHERE.contains(&field.name));
        let mut parts: Vec<Part> = fields.filter_map(|field| self.part(field, sieve)).collect();
        parts.extend(self.also_said(sieve));
        parts
    }

    fn part(&self, field: &'static Field, sieve: &mut Sieve) -> Option<Part> {
        let name = field.name;
        sieve.field(words::heading(name));
        let body = match field.shape {
            Shape::Text => {
                let marked: Vec<&Passage> = self.plain.private.iter().filter(|p| p.field == name).collect();
                let text = self.plain.texts.get(name).map_or("", String::as_str);
                Body::Text(sieve.text(text, &marked))
            }
            Shape::Value(kind) => Body::Value(self.cell((name, kind), self.plain.values.get(name)?, sieve)),
            Shape::Record(slots) => {
                let record = self.plain.records.get(name).filter(|record| !record.is_empty());
                Body::Record(record.map_or_else(Slots::new, |record| self.slots(record, slots, sieve)))
            }
            Shape::Entries(slots) => Body::Rows(self.rows(name, slots, sieve)),
            Shape::Counters => return None,
        };
        Some(Part { name, body })
    }

    fn rows(&self, name: &'static str, slots: &[Slot], sieve: &mut Sieve) -> Vec<Row> {
        let entries = self.plain.entries.get(name).into_iter().flatten();
        let each = entries.filter_map(|(id, entry)| {
            if let Some(why) = self.left_out(name, id, entry) {
                let lines = slots.iter().filter(|slot| slot.kind == Kind::Line);
                let said = lines.filter_map(|slot| entry.get(slot.name)?.text());
                let said: Vec<String> = said.map(str::to_owned).collect();
                if let (true, Some(name)) = (name == "present", entry.get("name").and_then(Value::text)) {
                    sieve.sifted.names.push(name.to_owned());
                }
                sieve.leave(said, why);
                return (why != Why::Safeguarding).then_some(Row::LeftOut(why));
            }
            let mut row = self.slots(entry, slots, sieve);
            match name {
                "workers" => row.insert(0, ("worker", Cell::Who(trail::worker(self.held, id)))),
                "attachments" => {
                    let here = id.parse().is_ok_and(|id| self.here.contains(&id));
                    row.push(("available", Cell::Flag(here)));
                    row.push(("sha256", Cell::Code(id.clone())));
                }
                _ => {}
            }
            Some(Row::Slots(row))
        });
        each.collect()
    }

    /// Why an entry is left out as a whole; none where it is shown. A concern is only told where it is certain that
    /// it is of the other kind.
    fn left_out(&self, name: &str, id: &str, entry: &Entry) -> Option<Why> {
        let harmless = |value: &Value| value.text() == Some("professional_disagreement");
        if name == "concerns" && !self.wanted.include_safeguarding {
            let path = format!("concerns.{id}.kind");
            let mut others = self.plain.conflicts.iter().filter(|one| one.path == path);
            let certain = entry.get("kind").is_some_and(harmless)
                && others.all(|conflict| conflict.others.iter().all(harmless));
            if !certain {
                return Some(Why::Safeguarding);
            }
        }
        entry.get("private").and_then(Value::text).map(Why::of)
    }

    fn slots(&self, entry: &Entry, slots: &[Slot], sieve: &mut Sieve) -> Slots {
        let there = slots.iter().filter(|slot| slot.name != "private");
        let each = there.filter_map(|slot| {
            let value = entry.get(slot.name)?;
            Some((slot.name, self.cell((slot.name, slot.kind), value, sieve)))
        });
        each.collect()
    }

    fn cell(&self, (name, kind): (&str, Kind), value: &Value, sieve: &mut Sieve) -> Cell {
        match value {
            Value::Text(id) if name == "author" => Cell::Who(trail::worker(self.held, id)),
            Value::Text(code) if matches!(kind, Kind::Code(_)) => Cell::Code(code.clone()),
            Value::Text(date) if kind == Kind::Date => Cell::Day(date.clone()),
            Value::Text(text) => Cell::Said(sieve.plain(text)),
            Value::Time(at) => Cell::Time(*at),
            Value::Flag(flag) => Cell::Flag(*flag),
            Value::Count(count) => Cell::Count(*count),
        }
    }

    /// What a value at a path may be.
    fn kind(&self, path: &str) -> Kind {
        let (mut steps, slot) = (path.split('.'), path.rsplit('.').next().unwrap_or_default());
        let field = steps.next().and_then(|name| self.template.field(name));
        match field.map(|field| field.shape) {
            Some(Shape::Value(kind)) => kind,
            Some(Shape::Record(slots) | Shape::Entries(slots)) => {
                let named = slots.iter().find(|one| one.name == slot);
                named.map_or(Kind::Line, |slot| slot.kind)
            }
            _ => Kind::Line,
        }
    }

    /// Where phones disagree: the answers that are not shown in their place. Of an entry that is left out, none.
    fn also_said(&self, sieve: &mut Sieve) -> Option<Part> {
        sieve.field(words::heading("also_said"));
        let conflicts = self.plain.conflicts.iter().filter(|one| self.may_tell(one));
        let mut rows = Vec::new();
        for conflict in conflicts {
            let field = words::field_of(self.template, &conflict.path);
            let slot = conflict.path.rsplit('.').next().unwrap_or_default();
            for other in &conflict.others {
                let said = self.cell((slot, self.kind(&conflict.path)), other, sieve);
                rows.push(Row::Slots(vec![
                    ("field", Cell::Code(field.clone())),
                    ("said", said),
                ]));
            }
        }
        let name = "also_said";
        (!rows.is_empty()).then_some(Part {
            name,
            body: Body::Rows(rows),
        })
    }

    fn may_tell(&self, conflict: &Conflict) -> bool {
        let mut steps = conflict.path.split('.');
        let (field, id) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
        if matches!(field, "schema" | "person" | "finished") || conflict.path.ends_with(".private") {
            return false;
        }
        let entry = self.plain.entries.get(field).and_then(|all| all.get(id));
        entry.is_none_or(|entry| self.left_out(field, id, entry).is_none())
    }
}
