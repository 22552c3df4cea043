//! The page for the person: what this is and whom to ask, then all that is held, in the order in which somebody
//! wants to read it. To be read on paper by tired eyes, by a screen reader, or on a telephone.

mod note;
mod trail;

use self::note::{parts, whole};
use super::html::Html;
use super::shape::{Columns, Copy, Who};
use super::words;

/// The sections, by their anchors.
const SECTIONS: [(&str, &str); 7] = [
    ("about", "About this copy"),
    ("details", "Your details"),
    ("own-page", "Your own page"),
    ("notes", "Notes of visits and conversations"),
    ("open", "Questions that are still open"),
    ("happened", "Who looked at your record, and what happened to it"),
    ("wrong", "If something is wrong, or you are not happy"),
];

/// Writes the page.
pub(super) fn page(copy: &Copy) -> String {
    let mut html = Html::begin("A copy of the information held about you");
    html.raw("<header>\n<h1>The information held about <bdi>")
        .text(&copy.name);
    html.raw("</bdi></h1>\n<p>This copy was made on ")
        .text(&words::moment(copy.made_at));
    html.raw(". Times are as the clocks were in the United Kingdom.</p>\n</header>\n");
    contents(&mut html);
    html.raw("<main>\n");
    about(&mut html, copy);
    details(&mut html, copy);
    html.raw("<section>\n<h2 id=\"own-page\">Your own page</h2>\n");
    match &copy.about_me {
        Some(page) if page.iter().any(|part| !part.is_blank()) => parts(&mut html, page, true),
        _ => {
            html.raw("<p>Nothing has been written on your own page. You can ask for it to be filled in with you.</p>\n");
        }
    }
    html.raw("</section>\n");
    notes(&mut html, copy);
    open(&mut html, copy);
    trail::section(&mut html, &copy.trail);
    wrong(&mut html, copy);
    html.raw("</main>\n");
    html.end()
}

fn contents(html: &mut Html) {
    html.raw("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">What is in this copy</h2>\n<ol>\n");
    for (anchor, heading) in SECTIONS {
        html.raw("<li><a href=\"#")
            .raw(anchor)
            .raw("\">")
            .raw(heading)
            .raw("</a></li>\n");
    }
    html.raw("</ol>\n</nav>\n");
}

fn about(html: &mut Html, copy: &Copy) {
    html.raw("<section>\n<h2 id=\"about\">About this copy</h2>\n");
    html.raw(
        "<p>People who support you write down what happens and what you tell them, so that you do not have to say \
         it again and so that others can rely on it. You may see what is written about you. This is a copy of all \
         of it that is kept here.</p>\n",
    );
    html.raw(
        "<p>It was written down by the people who met you, and your details come from the council’s case system. \
         Finished notes are sent on to that case system. It may hold more about you: you may ask for that, too.</p>\n",
    );
    html.raw("<h3>What is not in it</h3>\n<p>Some things may be left out of a copy like this one: what is about \
              somebody else, what was not to be shared when it was written, and what could cause serious harm if it \
              were told. ");
    match copy.gaps {
        0 => html.raw("No gap is marked in this copy."),
        1 => html.raw("One gap is marked in this copy, where the words were. It looks like this: "),
        gaps => html
            .number(gaps)
            .raw(" gaps are marked in this copy, where the words were. They look like this: "),
    };
    if copy.gaps > 0 {
        html.gap("[left out: about somebody else]").raw(".");
    }
    html.raw(
        " You may ask why something was left out.</p>\n<p>Photographs, recordings and other files are listed with \
         their notes. Ask for the ones that you want to have.</p>\n",
    );
    html.raw("<h3>Whom to ask</h3>\n<p>");
    ask(html, copy);
    html.raw(" You can have this copy read to you, in large print, or explained in another language.</p>\n</section>\n");
}

fn ask(html: &mut Html, copy: &Copy) {
    match (&copy.contact, &copy.worker) {
        (Some(contact), _) => html
            .raw("If you have a question about this copy, ask: ")
            .words(contact)
            .raw("."),
        (None, Some(worker)) => html
            .raw("If you have a question about this copy, ask ")
            .words(&worker.name)
            .raw(", who works with you, or whoever gave it to you."),
        (None, None) => html.raw("If you have a question about this copy, ask whoever gave it to you."),
    };
}

fn details(html: &mut Html, copy: &Copy) {
    html.raw("<section>\n<h2 id=\"details\">Your details</h2>\n<dl>\n");
    columns(html, &copy.person);
    let nobody = Who::named("Nobody at the moment");
    html.raw("<div><dt>Who works with you</dt><dd>");
    who(html, copy.worker.as_ref().unwrap_or(&nobody));
    html.raw("</dd></div>\n");
    if let Some(team) = &copy.team {
        html.raw("<div><dt>Their team</dt><dd>")
            .words(team)
            .raw("</dd></div>\n");
    }
    if let Some(at) = copy.left_at {
        html.element(
            "<div><dt>Not named by the case system since</dt><dd>",
            &words::day(at),
            "</dd></div>\n",
        );
    }
    if !copy.earlier_case_ids.is_empty() {
        let ids = copy.earlier_case_ids.join(", ");
        html.raw("<div><dt>Earlier case numbers</dt><dd>")
            .words(&ids)
            .raw("</dd></div>\n");
    }
    html.raw("</dl>\n");
    for earlier in &copy.earlier {
        html.raw("<h3>Kept under another case number, before it was known to be you</h3>\n<dl>\n");
        columns(html, earlier);
        html.raw("</dl>\n");
    }
    html.raw("</section>\n");
}

fn columns(html: &mut Html, columns: &Columns) {
    for (name, said) in columns {
        html.element("<div><dt>", words::column(name), "</dt><dd>");
        if *name == "date_of_birth" {
            html.text(&words::date(&said.to_string()));
        } else {
            html.raw("<div class=\"said\" dir=\"auto\">")
                .said(said)
                .raw("</div>");
        }
        html.raw("</dd></div>\n");
    }
}

/// A name with what they are.
fn who(html: &mut Html, who: &Who) {
    html.words(&who.name);
    let more = [&who.role, &who.team];
    for more in more.into_iter().flatten() {
        html.raw(", ").words(more);
    }
}

fn notes(html: &mut Html, copy: &Copy) {
    html.raw("<section>\n<h2 id=\"notes\">Notes of visits and conversations</h2>\n");
    let open = copy.notes.iter().filter(|note| note.finished.is_none()).count();
    match copy.notes.len() {
        0 => html.raw("<p>There are no notes about you.</p>\n"),
        1 => html.raw("<p>There is one note about you.</p>\n"),
        many => html
            .raw("<p>There are ")
            .number(many)
            .raw(" notes about you, the latest first.</p>\n"),
    };
    if open > 0 {
        html.raw(
            "<p>Notes that say <strong>not finished</strong> are still being written, and may change.</p>\n",
        );
    }
    for (index, note) in copy.notes.iter().enumerate() {
        whole(html, note, index + 1);
    }
    html.raw("</section>\n");
}

fn open(html: &mut Html, copy: &Copy) {
    html.raw("<section>\n<h2 id=\"open\">Questions that are still open</h2>\n");
    if copy.open.is_empty() {
        html.raw("<p>There are none.</p>\n</section>\n");
        return;
    }
    html.raw("<ul>\n");
    for open in &copy.open {
        html.raw("<li>");
        if let Some(note) = &open.note {
            html.raw("<strong>").words(note).raw("</strong>: ");
        }
        html.raw(open.words)
            .raw(" Open since ")
            .text(&words::day(open.since));
        html.raw(".</li>\n");
    }
    html.raw("</ul>\n</section>\n");
}

fn wrong(html: &mut Html, copy: &Copy) {
    html.raw("<section>\n<h2 id=\"wrong\">If something is wrong, or you are not happy</h2>\n<h3>To have something corrected</h3>\n");
    html.raw(
        "<p>Tell us what is wrong and what it should say. Your own view can be written into a note, and a note can \
         be added to; what was written first stays, so that it can be seen what changed. You may also ask for \
         something to be removed, or for it not to be used.</p>\n<p>",
    );
    ask(html, copy);
    html.raw("</p>\n<h3>To complain</h3>\n");
    html.raw(
        "<p>Complain to the council first. Anybody there can tell you how, and can help you to write it.</p>\n\
         <p>If you are not happy with the answer, you can complain to the Information Commissioner’s Office (ICO), \
         which looks after people’s rights to their information. It is free.</p>\n\
         <ul>\n<li>Telephone: 0303 123 1113</li>\n<li>On the web: ico.org.uk</li>\n</ul>\n</section>\n",
    );
}
