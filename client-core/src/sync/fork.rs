//! Mending a document that took two ways: the server's history counts, and what only this phone
//! wrote is written again under a fresh actor, as values, from the heads that both have. What a
//! person decided against (held changes) is taken out on the way. The caller keeps the old copy.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, ObjType, ROOT, ReadDoc, Value as AmValue};
use notes::note::edit::Scalar;
use notes::note::plain::{Entry, Unreadable, Value};
use notes::note::{Edit, Plain, Template, genesis};

use super::letters::{self, Step};
use super::merge;

/// The mended document.
#[derive(Debug)]
pub struct Replay {
    /// The server's history with this phone's own edits after it.
    pub doc: Automerge,
    /// Whether anything had to be written again.
    pub wrote: bool,
    /// Changes that a person decided against, and those before them: they were not written again.
    decided: BTreeSet<ChangeHash>,
}

impl Replay {
    /// Whether all that a chunk brings was left out.
    #[must_use]
    pub fn left_out(&self, chunk: &[u8]) -> bool {
        merge::heads(chunk).is_some_and(|heads| heads.is_subset(&self.decided))
    }
}

/// Why it cannot be mended by software. Both copies are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the copies cannot be brought together")]
pub struct CannotReplay;

impl From<automerge::AutomergeError> for CannotReplay {
    fn from(_: automerge::AutomergeError) -> Self {
        Self
    }
}
impl From<Unreadable> for CannotReplay {
    fn from(_: Unreadable) -> Self {
        Self
    }
}

/// Which changes of a copy this phone did not write, though some are under actors that it used: what others
/// wrote came to it by the server, and if the server lost it, it is theirs to send again.
#[must_use]
pub fn others(
    copy: &Automerge,
    mine: &BTreeSet<ActorId>,
    known: &[ChangeHash],
    chunks: &[Vec<u8>],
) -> BTreeSet<ChangeHash> {
    let own: HashSet<ChangeHash> = chunks.iter().flat_map(|chunk| merge::brings(chunk)).collect();
    let known = with_ancestors(copy, &known.iter().copied().collect());
    let all = copy.get_changes_meta(&[]).into_iter();
    let theirs = all.filter(|meta| {
        !own.contains(&meta.hash) && (!mine.contains(&*meta.actor) || known.contains(&meta.hash))
    });
    theirs.map(|meta| meta.hash).collect()
}

/// Writes again, on the server's document, what only `mine` has and what came after the `held`
/// changes. What the `others` wrote is left to them.
///
/// # Errors
/// Where one of the copies cannot be read by the table of fields.
pub fn replay(
    mine: &Automerge,
    mut server: Automerge,
    template: Template,
    (held, others): (&BTreeSet<ChangeHash>, &BTreeSet<ChangeHash>),
    fresh: &ActorId,
    now: i64,
) -> Result<Replay, CannotReplay> {
    let shared = heads_of(mine, |hash| server.get_change_meta_by_hash(hash).is_some());
    let mut base = at(mine, &shared, template)?;
    let decided = with_ancestors(mine, held);
    let seen = heads_of(mine, |hash| {
        decided.contains(hash) || others.contains(hash) || server.get_change_meta_by_hash(hash).is_some()
    });
    // A finish that another phone has too may be the other's to send, or go with what it wrote: made twice, the
    // earlier one counts.
    let settled = heads_of(mine, |hash| {
        decided.contains(hash) || server.get_change_meta_by_hash(hash).is_some()
    });
    let was_finished = Plain::read(&at(mine, &settled, template)?, template)?
        .finished()
        .is_some();
    let mut texts = BTreeMap::new();
    for name in template.texts() {
        let taken_out = letters::way(mine, name, &seen, &shared)?;
        let written = letters::way(mine, name, &seen, &mine.get_heads())?;
        texts.insert(name, (taken_out, written));
    }
    let copies = Copies {
        texts,
        was_finished,
        base: Plain::read(&base, template)?,
        seen: Plain::read(&at(mine, &seen, template)?, template)?,
        mine: Plain::read(mine, template)?,
    };
    base.set_actor(fresh.clone());
    let mut tx = base.transaction();
    let texts = copies.texts(&mut tx)?;
    for edit in copies.edits(&texts) {
        // An edit that no longer fits (its entry is gone) stays in the copy set aside.
        drop(edit.apply(&mut tx, template));
    }
    let (wrote, _) = tx.commit_with(CommitOptions::default().with_time(now));
    server.merge(&mut base)?;
    Ok(Replay {
        doc: server,
        wrote: wrote.is_some(),
        decided,
    })
}

/// The document as it was at some of its heads; no heads is the genesis.
fn at(doc: &Automerge, heads: &[ChangeHash], template: Template) -> Result<Automerge, CannotReplay> {
    if heads.is_empty() {
        return Ok(genesis::document(template));
    }
    Ok(doc.fork_at(heads)?)
}

/// The heads of those changes that fit, and all before which fit too.
fn heads_of(doc: &Automerge, fits: impl Fn(&ChangeHash) -> bool) -> Vec<ChangeHash> {
    let (mut heads, mut all) = (BTreeSet::new(), HashSet::new());
    for meta in doc.get_changes_meta(&[]) {
        if fits(&meta.hash) && meta.deps.iter().all(|dep| all.contains(dep)) {
            for dep in &meta.deps {
                heads.remove(dep);
            }
            heads.insert(meta.hash);
            all.insert(meta.hash);
        }
    }
    heads.into_iter().collect()
}

/// The changes and everything before them.
fn with_ancestors(doc: &Automerge, changes: &BTreeSet<ChangeHash>) -> BTreeSet<ChangeHash> {
    let mut found = BTreeSet::new();
    let mut queue: Vec<ChangeHash> = changes.iter().copied().collect();
    while let Some(hash) = queue.pop() {
        if let Some(meta) = doc.get_change_meta_by_hash(&hash)
            && found.insert(hash)
        {
            queue.extend(meta.deps);
        }
    }
    found
}

/// One document at three places: what both have, what was decided on, what this phone has.
struct Copies {
    /// How each text goes from what was decided on to what both have, and to what this phone has.
    texts: BTreeMap<&'static str, (Vec<Step>, Vec<Step>)>,
    /// The finish is on the server, or was decided on.
    was_finished: bool,
    base: Plain,
    seen: Plain,
    mine: Plain,
}

impl Copies {
    /// A finished note is closed, here too.
    fn closed(&self) -> bool {
        self.base.finished().is_some()
    }

    /// Brings the texts of the base up to this phone's; gives them as they are then.
    fn texts<T: Transactable + ReadDoc>(&self, tx: &mut T) -> Result<Plain, CannotReplay> {
        let mut now = Plain::default();
        for (name, (taken_out, written)) in &self.texts {
            let Some((AmValue::Object(ObjType::Text), id)) = tx.get(ROOT, *name)? else {
                continue;
            };
            if !self.closed() {
                let seen = self.seen.texts.get(name).map_or("", String::as_str);
                letters::walk(tx, &id, &letters::join(seen, taken_out, written)?)?;
            }
            now.texts.insert(name, tx.text(&id)?);
        }
        Ok(now)
    }

    /// Everything that is not text, as edits.
    fn edits(&self, now: &Plain) -> Vec<Edit> {
        let mut edits = Vec::new();
        if !self.closed() {
            differing("", &self.seen.values, &self.mine.values, &mut edits);
            for (name, record) in self.mine.records.iter().filter(|(name, _)| **name != "finished") {
                let before = self.seen.records.get(name).cloned().unwrap_or_default();
                differing(&format!("{name}."), &before, record, &mut edits);
            }
            self.counters(&mut edits);
        }
        self.entries(&mut edits);
        self.marks(now, &mut edits);
        if let (Some((at, author)), false) = (self.mine.finished(), self.was_finished) {
            let author = author.to_owned();
            edits.push(Edit::Finish { at, author });
        }
        edits
    }

    fn counters(&self, edits: &mut Vec<Edit>) {
        for (name, counters) in &self.mine.counters {
            let before = self.seen.counters.get(name);
            for (id, count) in counters {
                if before.and_then(|b| b.get(id)) != Some(count) {
                    let path = format!("{name}.{id}");
                    edits.push(Edit::Put {
                        path,
                        value: Some(Scalar::Count(*count)),
                    });
                }
            }
        }
    }

    fn entries(&self, edits: &mut Vec<Edit>) {
        for (name, entries) in &self.mine.entries {
            let before = self.seen.entries.get(name);
            for (id, entry) in entries {
                let old = before.and_then(|b| b.get(id)).cloned();
                let free = !self.closed() || (*name == "addenda" && old.is_none());
                let mut found = Vec::new();
                differing(
                    &format!("{name}.{id}."),
                    &old.unwrap_or_default(),
                    entry,
                    &mut found,
                );
                found.retain(|edit| free || is_private(edit));
                edits.append(&mut found);
            }
            if self.closed() {
                continue;
            }
            for id in before.into_iter().flatten().map(|(id, _)| id) {
                if !entries.contains_key(id) {
                    edits.push(Edit::Remove {
                        path: format!("{name}.{id}"),
                    });
                }
            }
        }
    }

    /// Marks follow their words: where the text came out otherwise, the words are looked for.
    fn marks(&self, now: &Plain, edits: &mut Vec<Edit>) {
        for passage in self
            .mine
            .private
            .iter()
            .filter(|p| !self.seen.private.contains(p))
        {
            let texts = (self.mine.texts.get(passage.field), now.texts.get(passage.field));
            let (Some(mine), Some(now)) = texts else { continue };
            let words: String = mine
                .chars()
                .skip(passage.start)
                .take(passage.end - passage.start)
                .collect();
            let Some(start) = place(now, &words, passage.start) else {
                continue;
            };
            edits.push(Edit::Mark {
                field: passage.field.to_owned(),
                start: start as u64,
                end: (start + passage.end - passage.start) as u64,
                kind: passage.kind.clone(),
            });
        }
    }
}

/// Where the words stand, at best where they stood before. In Unicode scalar values.
fn place(text: &str, words: &str, before: usize) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    let there: String = text.chars().skip(before).take(words.chars().count()).collect();
    if there == words {
        return Some(before);
    }
    let (ahead, _) = text.split_at_checked(text.find(words)?)?;
    Some(ahead.chars().count())
}

fn is_private(edit: &Edit) -> bool {
    matches!(edit, Edit::Put { path, value: Some(_) } if path.ends_with(".private"))
}

fn differing(prefix: &str, before: &Entry, after: &Entry, edits: &mut Vec<Edit>) {
    let names: BTreeSet<&&'static str> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (old, new): (Option<&Value>, Option<&Value>) = (before.get(*name), after.get(*name));
        if old != new {
            edits.push(Edit::Put {
                path: format!("{prefix}{name}"),
                value: new.cloned().map(Scalar::from),
            });
        }
    }
}

#[cfg(test)]
#[path = "fork_tests.rs"]
mod tests;
