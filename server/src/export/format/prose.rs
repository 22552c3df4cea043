//! A version as one plain text: what a case system that has a single box for a case note puts there.
//! Headings, then what was written, then lists; marked passages stay marked.

use super::csv::marked;
use super::event::{Action, Feedback, Review};
use super::{Event, Mapping};
use crate::export::words;

/// The whole note as text; of a note that was withdrawn or removed only that it was, and why.
pub(super) fn prose(event: &Event, mapping: &Mapping) -> String {
    let mut text = Prose(String::new());
    text.line(&event.title_in(mapping));
    for (heading, said) in [("Reason", &event.reason), ("What changed", &event.change_summary)] {
        if let Some(said) = said {
            text.heading(heading);
            text.line(said);
        }
    }
    for (field, said) in event.texts() {
        if !said.is_empty() {
            text.heading(words::field(field));
            text.line(&marked(said, field, &event.private));
        }
    }
    for list in lists(event) {
        text.list(&list);
    }
    text.0
}

/// What an entry says, and whether it is marked as a whole. None says nothing.
type Said<'a> = Option<(String, Option<&'a str>)>;

/// A list of the note in words.
pub(super) struct Listed<'a> {
    pub(super) field: &'static str,
    pub(super) heading: &'static str,
    /// What each entry says that says anything, and whether it is marked as a whole.
    pub(super) said: Vec<(String, Option<&'a str>)>,
}

impl<'a> Listed<'a> {
    fn of<T>(
        field: &'static str,
        heading: &'static str,
        list: &'a [T],
        say: impl Fn(&'a T) -> Said<'a>,
    ) -> Self {
        let said = list.iter().filter_map(say).collect();
        Self { field, heading, said }
    }
}

/// All lists, in the order in which a reader wants them.
pub(super) fn lists(event: &Event) -> [Listed<'_>; 9] {
    let present = Listed::of("present", "Who was there", &event.present, |p| {
        let parts = [p.name.clone(), p.relationship.clone()];
        Some((joined(parts, ", ")?, p.private.as_deref()))
    });
    let outcomes = Listed::of("outcomes", "Outcomes", &event.outcomes, |o| {
        let progress = o.progress.as_deref().map(words::value);
        let parts = [o.text.clone(), progress.map(str::to_owned)];
        Some((joined(parts, "; ")?, o.private.as_deref()))
    });
    let actions = Listed::of("actions", "Actions", &event.actions, action);
    let unmet = Listed::of("unmet_needs", "Unmet needs", &event.unmet_needs, |u| {
        let code = u.reason_code.as_deref().map(words::value);
        let parts = [u.need.clone(), code.map(str::to_owned), u.reason.clone()];
        Some((joined(parts, "; ")?, u.private.as_deref()))
    });
    let concerns = Listed::of("concerns", "Concerns", &event.concerns, |c| {
        let kind = c.kind.as_deref().map(words::value);
        let parts = [kind.map(str::to_owned), c.text.clone()];
        Some((joined(parts, ": ")?, c.private.as_deref()))
    });
    let feedback = Listed::of("feedback", "Feedback", event.feedback.as_slice(), feedback);
    let review = Listed::of("review", "Review", event.review.as_slice(), review);
    let attachments = Listed::of("attachments", "Attachments", &event.attachments, |a| {
        let (sort, _) = words::sort(a.media_type.as_deref().unwrap_or_default());
        let here = (!a.available).then(|| "not arrived yet".to_owned());
        let parts = [a.caption.clone(), Some(sort.to_owned()), here];
        Some((joined(parts, "; ")?, a.private.as_deref()))
    });
    let addenda = Listed::of("addenda", "Added later", &event.addenda, |a| {
        let by = a.author.as_ref();
        let by = by.map(|by| by.name.clone().unwrap_or_else(|| by.worker_id.clone()));
        let head = joined([a.at.clone(), by], ", ");
        Some((joined([head, a.text.clone()], ": ")?, a.private.as_deref()))
    });
    [
        present,
        outcomes,
        actions,
        unmet,
        concerns,
        feedback,
        review,
        attachments,
        addenda,
    ]
}

fn action(a: &Action) -> Said<'_> {
    let who = a.who.as_ref().map(|who| format!("who: {who}"));
    let by = a.by.as_ref().map(|by| format!("by: {by}"));
    let done = (a.done == Some(true)).then(|| "done".to_owned());
    Some((
        joined([a.what.clone(), who, by, done], "; ")?,
        a.private.as_deref(),
    ))
}

fn feedback(f: &Feedback) -> Said<'_> {
    let useful = f
        .was_it_useful
        .as_deref()
        .map(|said| format!("was it useful: {}", words::value(said)));
    let copy = (f.copy_offered == Some(true)).then(|| "copy offered".to_owned());
    let reach = (f.how_to_reach_us == Some(true)).then(|| "told how to reach us".to_owned());
    Some((joined([useful, f.words.clone(), copy, reach], "; ")?, None))
}

fn review(r: &Review) -> Said<'_> {
    let was = r
        .was
        .as_deref()
        .map(|was| format!("this visit was the {} review", words::value(was)));
    let next = r
        .kind
        .as_deref()
        .map(|kind| format!("next review: {}", words::value(kind)));
    let due = r.due.as_ref().map(|due| format!("due {due}"));
    Some((joined([was, next, due], "; ")?, None))
}

/// The parts that are there; none where there is none.
fn joined<const N: usize>(parts: [Option<String>; N], between: &str) -> Option<String> {
    let there: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    (!there.is_empty()).then(|| there.join(between))
}

struct Prose(String);

impl Prose {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.0.push('\n');
        self.line(heading);
    }

    /// A heading and a line for each entry; nothing where there is none.
    fn list(&mut self, list: &Listed<'_>) {
        if list.said.is_empty() {
            return;
        }
        self.heading(list.heading);
        for (text, mark) in &list.said {
            let text = text.replace('{', "{{");
            let text = mark.map_or_else(|| text.clone(), |mark| format!("{{{mark}}}{text}{{/{mark}}}"));
            self.line(&format!("- {text}"));
        }
    }
}
