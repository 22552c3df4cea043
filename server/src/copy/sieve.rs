//! The sieve: every text of the copy passes it. What is marked stays behind and is kept with its reason; what
//! passes is kept, too, so that the same words can be looked for where nobody marked them.

use std::fmt;

use notes::note::plain::Passage;

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// It is about somebody else.
    ThirdParty,
    /// It was not to be shared when it was written.
    DoNotShare,
    /// It is a concern about safeguarding. The person's files do not even say that there is one.
    Safeguarding,
}

impl Why {
    /// Of a mark. One that is not known here leaves out like the stricter one.
    pub(super) fn of(mark: &str) -> Self {
        match mark {
            "third_party" => Self::ThirdParty,
            _ => Self::DoNotShare,
        }
    }

    /// As it stands in JSON.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ThirdParty => "third_party",
            Self::DoNotShare => "do_not_share",
            Self::Safeguarding => "safeguarding",
        }
    }

    /// What stands in its place.
    pub(super) fn instead(self) -> &'static str {
        match self {
            Self::ThirdParty => "[left out: about somebody else]",
            Self::DoNotShare => "[left out: not to be shared at the time of writing]",
            Self::Safeguarding => "[left out]",
        }
    }
}

/// A part of a text that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    LeftOut(Why),
}

/// A text as the person may read it. Only the sieve makes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said(Vec<Piece>);

impl Said {
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    pub(super) fn is_blank(&self) -> bool {
        let blank = |piece: &Piece| matches!(piece, Piece::Words(words) if words.trim().is_empty());
        self.0.iter().all(blank)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Words(words) => f.write_str(words),
            Piece::LeftOut(why) => f.write_str(why.instead()),
        })
    }
}

/// Something that was left out, for the checker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Which note, or which part of the copy.
    pub(super) place: String,
    /// Which field of it.
    pub(super) field: String,
    /// The words themselves; several of an entry.
    pub(super) words: Vec<String>,
    pub(super) why: Why,
}

/// A text that is shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) place: String,
    pub(super) field: String,
    pub(super) words: Said,
}

/// What came of a copy.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    pub(super) left: Vec<LeftOut>,
    /// Names of people who were there and are left out.
    pub(super) names: Vec<String>,
    pub(super) shown: Vec<Shown>,
}

/// The sieve over one part of the copy after the other.
#[derive(Default)]
pub(super) struct Sieve {
    place: String,
    field: String,
    pub(super) sifted: Sifted,
}

impl Sieve {
    /// Goes to another note, or another part of the copy.
    pub(super) fn at(&mut self, place: String) {
        self.place = place;
    }

    /// Goes to another field.
    pub(super) fn field(&mut self, field: &str) {
        field.clone_into(&mut self.field);
    }

    /// A text without marks.
    pub(super) fn plain(&mut self, text: &str) -> Said {
        self.text(text, &[])
    }

    /// A text with the passages of it that are marked.
    pub(super) fn text(&mut self, text: &str, marked: &[&Passage]) -> Said {
        let chars: Vec<char> = text.chars().collect();
        let cut = |start: usize, end: usize| -> String {
            let end = end.min(chars.len());
            chars.get(start..end).unwrap_or_default().iter().collect()
        };
        let mut pieces = Vec::new();
        let mut done = 0;
        for run in runs(marked, chars.len()) {
            if run.start > done {
                pieces.push(Piece::Words(cut(done, run.start)));
            }
            pieces.extend(run.why.iter().map(|why| Piece::LeftOut(*why)));
            done = run.end;
        }
        if done < chars.len() {
            pieces.push(Piece::Words(cut(done, chars.len())));
        }
        for passage in marked.iter().filter(|passage| passage.start < passage.end) {
            let words = cut(passage.start, passage.end);
            if !words.is_empty() {
                self.leave(vec![words], Why::of(&passage.kind));
            }
        }
        let said = Said(pieces);
        if !said.is_blank() {
            self.sifted.shown.push(Shown {
                place: self.place.clone(),
                field: self.field.clone(),
                words: said.clone(),
            });
        }
        said
    }

    /// Leaves something out as a whole.
    pub(super) fn leave(&mut self, words: Vec<String>, why: Why) {
        self.sifted.left.push(LeftOut {
            place: self.place.clone(),
            field: self.field.clone(),
            words,
            why,
        });
    }
}

/// Passages that touch or overlap are one gap in the text, with each reason once.
struct Run {
    start: usize,
    end: usize,
    why: Vec<Why>,
}

fn runs(marked: &[&Passage], length: usize) -> Vec<Run> {
    let mut sorted: Vec<_> = marked
        .iter()
        .map(|passage| (passage.start, passage.end.min(length), Why::of(&passage.kind)))
        .filter(|(start, end, _)| start < end)
        .collect();
    sorted.sort_unstable();
    let mut runs: Vec<Run> = Vec::new();
    for (start, end, why) in sorted {
        match runs.last_mut().filter(|run| start <= run.end) {
            Some(run) => {
                run.end = run.end.max(end);
                if !run.why.contains(&why) {
                    run.why.push(why);
                    run.why.sort_unstable();
                }
            }
            None => runs.push(Run {
                start,
                end,
                why: vec![why],
            }),
        }
    }
    runs
}
