//! `doorstep retention`: what is kept longer than the rule says and what keeps it; `--remove` removes the rest.

use clap::Args;
use notes::note::Template;
use notes::note::plain::rfc3339;
use serde_json::{Value, json};

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::retention::{self, Item, Stays};
use crate::settings;

#[derive(Args)]
pub(super) struct Retention {
    /// Remove what would go; without it, it is only listed.
    #[arg(long)]
    remove: bool,
}

pub(super) fn run(call: &Call, args: &Retention) -> Result<Said, Failure> {
    let core = call.core()?;
    let months = core.store.read(|tx| settings::retention_months(&core, tx))?;
    if months == 0 {
        return Ok(Said {
            value: json!({ "months": 0, "goes": [], "stays": [] }),
            words: "retention_months is 0: nothing goes".to_owned(),
        });
    }
    let went = if args.remove {
        retention::remove(&core, usize::MAX, OPERATOR)?
    } else {
        Vec::new()
    };
    let (stays, goes): (Vec<Item>, Vec<Item>) = retention::plan(&core)?
        .into_iter()
        .partition(|item| !item.stays.is_empty());
    let first = if args.remove {
        ("removed", went)
    } else {
        ("goes", goes)
    };
    let mut lines: Vec<String> = first.1.iter().map(|item| line(first.0, item)).collect();
    lines.extend(stays.iter().map(|item| line("stays", item)));
    lines.push(format!("{} {}, {} stay", first.0, first.1.len(), stays.len()));
    Ok(Said {
        value: json!({ "months": months, first.0: said(&first.1), "stays": said(&stays) }),
        words: lines.join("\n"),
    })
}

fn said(items: &[Item]) -> Vec<Value> {
    let each = items.iter().map(|item| {
        json!({
            "id": item.document,
            "what": what(item),
            "case_id": item.case_id,
            "last_contact": rfc3339(item.last_contact),
            "why": item.stays.iter().map(|stays| stays.code()).collect::<Vec<_>>(),
        })
    });
    each.collect()
}

const fn what(item: &Item) -> &'static str {
    match item.template {
        Template::Note => "note",
        Template::About => "page",
    }
}

fn line(verb: &str, item: &Item) -> String {
    let why: Vec<&str> = item.stays.iter().copied().map(Stays::words).collect();
    let why = if why.is_empty() {
        String::new()
    } else {
        format!("  {}", why.join("; "))
    };
    let (what, at) = (what(item), rfc3339(item.last_contact));
    format!(
        "{verb}  {what} {}  {}  last contact {at}{why}",
        item.document, item.case_id
    )
}
