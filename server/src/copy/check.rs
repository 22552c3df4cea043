//! The page for the worker who checks a copy before it is given away: the words that were left out and why, and
//! what software cannot decide. It holds what the person is not to see, and says so at its top.

use super::html::Html;
use super::shape::Copy;
use super::sieve::{LeftOut, Why};
use super::twice::Warning;
use super::words;

/// Writes the page.
pub(super) fn page(copy: &Copy, left: &[LeftOut], warnings: &[Warning], hashes: &[String; 2]) -> String {
    let mut html = Html::begin("Not for the person: what was left out of a copy");
    html.raw("<main>\n<h1>Not for the person</h1>\n<div class=\"notice\">\n<p><strong>Do not give this page away. It holds what was left out.</strong></p>\n");
    html.raw("<p>It is for whoever checks the copy about <bdi>")
        .text(&copy.name);
    html.raw("</bdi> that was made on ")
        .text(&words::moment(copy.made_at))
        .raw(". Destroy it when the copy has been given.</p>\n</div>\n");
    to_do(&mut html);
    look_at(&mut html, warnings);
    left_out(&mut html, left);
    html.raw("<h2>Which copy this is</h2>\n<p>The SHA-256 of the files that this page is about:</p>\n<ul>\n<li>copy.html: <code>");
    let [page, json] = hashes;
    html.text(page)
        .raw("</code></li>\n<li>copy.json: <code>")
        .text(json);
    html.raw("</code></li>\n</ul>\n</main>\n");
    html.end()
}

fn to_do(html: &mut Html) {
    html.raw("<h2>What to do</h2>\n<ol>\n");
    html.raw("<li>Read copy.html from its beginning to its end.</li>\n");
    html.raw("<li>Look at each line under “Look at these”. Where words must not be told, mark them in the note, on a phone that has it: also a finished note can be marked.</li>\n");
    html.raw("<li>Look at each thing under “What was left out”. A mark cannot be taken away. Where the person may know it all the same, because somebody has agreed or it is theirs to know, tell it in the letter that goes with the copy.</li>\n");
    html.raw("<li>If anything was marked, prepare the copy again, and check that one.</li>\n");
    html.raw("<li>Have the release recorded with your name before the copy leaves the house.</li>\n</ol>\n");
}

fn look_at(html: &mut Html, warnings: &[Warning]) {
    html.raw("<h2>Look at these (")
        .number(warnings.len())
        .raw(")</h2>\n");
    if warnings.is_empty() {
        html.raw("<p>Nothing was found. That does not mean that there is nothing.</p>\n");
        return;
    }
    html.raw("<table class=\"check\">\n<thead><tr><th scope=\"col\">Where</th><th scope=\"col\">What the copy says there</th><th scope=\"col\">Why to look</th></tr></thead>\n<tbody>\n");
    for warning in warnings {
        html.raw("<tr><td>").words(&warning.place);
        if !warning.field.is_empty() {
            html.raw("<br>").words(&warning.field);
        }
        html.element(
            "</td><td class=\"said\" dir=\"auto\">",
            &warning.words,
            "</td><td>",
        );
        html.text(&warning.because).raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

fn left_out(html: &mut Html, left: &[LeftOut]) {
    html.raw("<h2>What was left out (")
        .number(left.len())
        .raw(")</h2>\n");
    let mut place: Option<&str> = None;
    for one in left {
        if place != Some(&one.place) {
            if place.is_some() {
                html.raw("</tbody>\n</table>\n");
            }
            html.raw("<table class=\"check\">\n<caption>").words(&one.place).raw("</caption>\n<thead><tr><th scope=\"col\">Under</th><th scope=\"col\">The words</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
            place = Some(&one.place);
        }
        html.element("<tr><td>", &one.field, "</td><td class=\"said\" dir=\"auto\">");
        html.text(&one.words.join("\n"))
            .raw("</td><td>")
            .raw(because(one.why))
            .raw("</td></tr>\n");
    }
    html.raw(if place.is_some() {
        "</tbody>\n</table>\n"
    } else {
        "<p>Nothing.</p>\n"
    });
}

const fn because(why: Why) -> &'static str {
    match why {
        Why::ThirdParty => "Marked: about somebody else.",
        Why::DoNotShare => "Marked: not to be shared.",
        Why::Safeguarding => {
            "A concern about safeguarding. Telling may put somebody in danger, so the copy does not say that there is \
             one. It is told where the copy is prepared with safeguarding included."
        }
    }
}
