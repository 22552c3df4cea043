//! The operations, on a store of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod caseloads;
mod copies;
mod devices;
mod drops;
mod dry;
mod imports;
mod leavers;
mod merges;
mod persons_copy;
mod retention;
mod verifying;

use crate::core::Core;
use crate::store::{Audience, News, NewsKind};

/// What an audience was told of people since a number, as case ids in order.
fn told(core: &Core, audience: Audience<'_>, after: u64) -> Vec<String> {
    let news: Vec<News> = core.store.read(|tx| tx.news_for(audience, after, 1000)).unwrap();
    let people = news.iter().filter(|news| news.kind == NewsKind::Person);
    let ids = people.map(|news| notes::ids::PersonId::from_slice(&news.key).unwrap());
    let name = |id| core.store.read(|tx| tx.person(id)).unwrap().unwrap().case_id;
    let mut names: Vec<String> = ids.map(name).collect();
    names.sort();
    names
}

fn news_head(core: &Core) -> u64 {
    core.store.read(|tx| tx.news_head()).unwrap()
}

/// The verbs of the audit, in order.
fn deeds(core: &Core) -> Vec<String> {
    let records = core.store.read(|tx| tx.audit_after(0, 1000)).unwrap();
    records.into_iter().map(|record| record.entry.what).collect()
}

fn team(core: &Core, case_id: &str) -> Option<String> {
    core.store
        .read(|tx| {
            let team = tx.person_by_case(case_id)?.and_then(|person| person.team);
            match team {
                Some(team) => Ok::<_, crate::store::StoreError>(tx.team(team)?.map(|team| team.name)),
                None => Ok(None),
            }
        })
        .unwrap()
}
