//! How a text went from one state to another, letter by letter as it was written. A comparison of the two
//! texts would not do: it takes letters for the same that only look alike, and where two phones then write
//! again what they wrote at one place, the words of one end up inside the words of the other.

use automerge::transaction::Transactable;
use automerge::{
    ActorId, Automerge, AutomergeError, ChangeHash, ObjId, ObjType, PatchAction, ROOT, ReadDoc as _,
};
use notes::note;

/// One step: at this place so many letters go, and others come. In Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    at: usize,
    delete: usize,
    insert: String,
}

/// The way of a text of a document from some heads to others, which may lie before them.
pub(super) fn way(
    doc: &Automerge,
    field: &str,
    from: &[ChangeHash],
    to: &[ChangeHash],
) -> Result<Vec<Step>, AutomergeError> {
    let Some((_, text)) = doc.get(ROOT, field)? else {
        return Ok(Vec::new());
    };
    let patches = doc.diff_obj(&text, from, to, false)?;
    let steps: Vec<Step> = patches
        .into_iter()
        .filter_map(|patch| step(patch.action))
        .collect();
    let (from, to) = (doc.text_at(&text, from)?, doc.text_at(&text, to)?);
    // No honest phone overwrites a letter in its place. Where one did, the way is told as one step.
    Ok(if walked(&from, &steps) == to {
        steps
    } else {
        vec![at_once(&from, &to)]
    })
}

fn step(action: PatchAction) -> Option<Step> {
    match action {
        PatchAction::SpliceText { index, value, .. } => Some(Step {
            at: index,
            delete: 0,
            insert: value.make_string(),
        }),
        PatchAction::DeleteSeq { index, length } => Some(Step {
            at: index,
            delete: length,
            insert: String::new(),
        }),
        _ => None,
    }
}

/// The text at the end of a way.
fn walked(from: &str, steps: &[Step]) -> String {
    let mut letters: Vec<char> = from.chars().collect();
    for step in steps {
        let start = step.at.min(letters.len());
        let end = step.at.saturating_add(step.delete).min(letters.len());
        letters.splice(start..end, step.insert.chars());
    }
    letters.into_iter().collect()
}

/// All between what both texts begin with and what both end with.
fn at_once(from: &str, to: &str) -> Step {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let at = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let most = from.len().min(to.len()) - at;
    let alike = from.iter().rev().zip(to.iter().rev()).take(most);
    let behind = alike.take_while(|(a, b)| a == b).count();
    Step {
        at,
        delete: from.len() - at - behind,
        insert: to.iter().take(to.len() - behind).skip(at).collect(),
    }
}

/// Goes a way in a text.
pub(super) fn walk<T: Transactable>(tx: &mut T, text: &ObjId, steps: &[Step]) -> Result<(), AutomergeError> {
    for step in steps {
        let delete = isize::try_from(step.delete).unwrap_or(isize::MAX);
        tx.splice_text(text, step.at, delete, &step.insert)?;
    }
    Ok(())
}

/// Two ways from one text brought together: how to go on from the end of the one.
pub(super) fn join(from: &str, one: &[Step], other: &[Step]) -> Result<Vec<Step>, AutomergeError> {
    if one.is_empty() || other.is_empty() {
        return Ok(other.to_vec());
    }
    let mut left = note::empty().with_actor(ActorId::from([1u8; 16]));
    let mut tx = left.transaction();
    let text = tx.put_object(ROOT, "text", ObjType::Text)?;
    tx.splice_text(&text, 0, 0, from)?;
    tx.commit();
    let mut right = left.clone().with_actor(ActorId::from([2u8; 16]));
    for (doc, steps) in [(&mut left, one), (&mut right, other)] {
        let mut tx = doc.transaction();
        walk(&mut tx, &text, steps)?;
        tx.commit();
    }
    let end = left.get_heads();
    left.merge(&mut right)?;
    way(&left, "text", &end, &left.get_heads())
}

#[cfg(test)]
mod tests {
    use notes::note::{Edit, Template, genesis};

    use super::*;

    fn begun(text: &str) -> Automerge {
        let mut doc = genesis::document(Template::Note).with_actor(ActorId::from([7u8; 16]));
        type_in(&mut doc, 0, 0, text);
        doc
    }

    fn type_in(doc: &mut Automerge, at: u64, delete: u64, insert: &str) {
        let mut tx = doc.transaction();
        let edit = Edit::Splice {
            field: "body".into(),
            at,
            delete,
            insert: insert.into(),
        };
        edit.apply(&mut tx, Template::Note).unwrap();
        tx.commit();
    }

    fn text(doc: &Automerge) -> String {
        let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
        doc.text(&body).unwrap()
    }

    fn put(at: usize, delete: usize, insert: &str) -> Step {
        let insert = insert.to_owned();
        Step { at, delete, insert }
    }

    #[test]
    fn a_way_is_told_as_it_was_gone_and_back_again() {
        let mut doc = begun("<1>");
        let start = doc.get_heads();
        type_in(&mut doc, 0, 0, "<7>");
        type_in(&mut doc, 6, 0, "<3>ö😀");
        type_in(&mut doc, 3, 1, "");
        let end = doc.get_heads();
        let there = way(&doc, "body", &start, &end).unwrap();
        assert_eq!(walked("<1>", &there), text(&doc));
        assert_eq!(
            there[0],
            put(0, 0, "<7>"),
            "the new words whole, though all begin alike"
        );
        let back = way(&doc, "body", &end, &start).unwrap();
        assert_eq!(walked(&text(&doc), &back), "<1>");
        assert_eq!(way(&doc, "body", &end, &end).unwrap(), []);
        assert_eq!(way(&doc, "analysis", &start, &end).unwrap(), []);
        assert_eq!(way(&doc, "no such text", &start, &end).unwrap(), []);
    }

    #[test]
    fn a_letter_that_was_overwritten_in_its_place_is_one_step() {
        let mut doc = begun("tea at four");
        let start = doc.get_heads();
        let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
        let mut tx = doc.transaction();
        tx.put(&body, 0, "s").unwrap();
        tx.commit();
        let steps = way(&doc, "body", &start, &doc.get_heads()).unwrap();
        assert_eq!(walked("tea at four", &steps), text(&doc));
        let lines = [
            ("", "", put(0, 0, "")),
            ("", "a", put(0, 0, "a")),
            ("aa", "a", put(1, 1, "")),
            ("tea", "sea", put(0, 1, "s")),
            ("at four", "at five", put(4, 3, "ive")),
        ];
        for (from, to, step) in lines {
            assert_eq!(at_once(from, to), step, "{from} {to}");
            assert_eq!(walked(from, &[step]), to);
        }
    }

    /// By comparison, `<0.1>` might have become `<0.7><0.1><3.1>` with its first letters at the beginning and its
    /// last ones at the end.
    #[test]
    fn what_two_wrote_at_one_place_stays_whole() {
        let ours = [put(0, 0, "<0.7>"), put(10, 0, "<0.9>")];
        let theirs = [put(0, 0, "<0.7>"), put(10, 0, "<3.1>")];
        let on = join("<0.1>", &ours, &theirs).unwrap();
        let both = walked(&walked("<0.1>", &ours), &on);
        for (word, times) in [("<0.1>", 1), ("<0.9>", 1), ("<3.1>", 1), ("<0.7>", 2)] {
            assert_eq!(both.matches(word).count(), times, "{word} in {both}");
        }
    }

    #[test]
    fn a_way_that_takes_words_out_takes_out_those_and_no_others() {
        let lines = [
            ("nobody else wrote", vec![], vec![put(0, 1, "x")], "xb c"),
            ("nothing of mine", vec![put(0, 1, "")], vec![], "b c"),
            (
                "both took out the same",
                vec![put(0, 1, "")],
                vec![put(0, 2, "")],
                " c",
            ),
            (
                "one took out, one wrote",
                vec![put(2, 2, "")],
                vec![put(4, 0, "!")],
                "ab!",
            ),
        ];
        for (what, one, other, expected) in lines {
            let on = join("ab c", &one, &other).unwrap();
            assert_eq!(walked(&walked("ab c", &one), &on), expected, "{what}");
        }
    }
}
