//! What happened to the record, on the person's page: who looked it up from outside first, because that has a
//! reason, then the readings day by day, then the rest.

use super::who;
use crate::copy::html::Html;
use crate::copy::shape::{Step, What};
use crate::copy::words;

/// Writes the section.
pub(super) fn section(html: &mut Html, trail: &[Step]) {
    html.raw("<section>\n<h2 id=\"happened\">Who looked at your record, and what happened to it</h2>\n");
    let of =
        |what: &[What]| -> Vec<&Step> { trail.iter().filter(|step| what.contains(&step.what)).collect() };
    look_ups(html, &of(&[What::LookedUp]));
    readings(html, &of(&[What::Read, What::FileRead]));
    let rest = of(&[
        What::Allocated,
        What::Decided,
        What::CopyPrepared,
        What::CopyReleased,
        What::Other,
    ]);
    others(html, &rest);
    html.raw("</section>\n");
}

fn look_ups(html: &mut Html, steps: &[&Step]) {
    html.raw("<h3>People outside your team who looked you up</h3>\n");
    if steps.is_empty() {
        html.raw("<p>Nobody has.</p>\n");
        return;
    }
    html.raw("<p>They have to say why, before they see anything.</p>\n<table>\n<thead><tr><th scope=\"col\">When</th><th scope=\"col\">Who</th><th scope=\"col\">The reason they gave</th></tr></thead>\n<tbody>\n");
    for step in steps {
        html.element("<tr><td>", &words::moment(step.at), "</td><td>");
        who(html, &step.who);
        html.raw("</td><td class=\"said\" dir=\"auto\">")
            .said(&step.words)
            .raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

/// One line for each day and reader: a note that is open on a desk is read many times.
fn readings(html: &mut Html, steps: &[&Step]) {
    html.raw("<h3>Who read your notes</h3>\n");
    if steps.is_empty() {
        html.raw("<p>No reading is recorded.</p>\n");
        return;
    }
    let mut lines: Vec<(String, &Step, usize)> = Vec::new();
    for step in steps {
        let day = words::day(step.at);
        let same = |(on, one, _): &(String, &Step, usize)| {
            *on == day && one.who == step.who && one.note == step.note
        };
        match lines.iter_mut().rev().take(SAME_DAY).find(|line| same(line)) {
            Some((.., times)) => *times += 1,
            None => lines.push((day, step, 1)),
        }
    }
    html.raw("<table>\n<thead><tr><th scope=\"col\">Day</th><th scope=\"col\">Who</th><th scope=\"col\">What</th><th scope=\"col\">How often</th></tr></thead>\n<tbody>\n");
    for (day, step, times) in lines {
        html.element("<tr><td>", &day, "</td><td>");
        who(html, &step.who);
        html.raw("</td><td>").raw(match step.what {
            What::FileRead => "A file of: ",
            _ => "",
        });
        html.words(step.note.as_deref().unwrap_or("A note that is not in this copy"));
        html.raw("</td><td>").number(times).raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

/// So many lines back the same day, reader and note are looked for.
const SAME_DAY: usize = 50;

fn others(html: &mut Html, steps: &[&Step]) {
    html.raw("<h3>What else happened</h3>\n");
    if steps.is_empty() {
        html.raw("<p>Nothing else.</p>\n");
        return;
    }
    html.raw("<ul>\n");
    for step in steps {
        html.element("<li>", &words::moment(step.at), ": ")
            .raw(words::step(step.what));
        if let Some(note) = &step.note {
            html.raw(" ").words(note);
        }
        html.raw(". ");
        if !step.words.is_blank() {
            html.raw("<bdi>").said(&step.words).raw("</bdi> ");
        }
        html.raw("By ");
        who(html, &step.who);
        html.raw(".</li>\n");
    }
    html.raw("</ul>\n");
}
