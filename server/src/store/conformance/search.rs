//! People are found by the beginnings of words, and only within the team that asks.

use super::*;

fn person(n: u8, name: &str, team: Option<i64>) -> PersonRecord {
    PersonRecord {
        case_id: format!("P{n:03}"),
        name: name.to_owned(),
        preferred_name: None,
        date_of_birth: Some("1942-03-07".to_owned()),
        nhs_number: Some("943 476 5919".to_owned()),
        postcode: Some("AS1 4QX".to_owned()),
        team,
        ..a_person(n)
    }
}

fn found(store: &Store, team: Option<i64>, question: &str) -> Vec<String> {
    let found = store.read(|tx| tx.people_found(team, question, 50)).unwrap();
    let mut names: Vec<String> = found.into_iter().map(|one| one.name).collect();
    names.sort();
    names
}

#[test]
fn people_are_found_by_beginnings_of_words_within_a_team() {
    let (store, _folder) = store();
    let (north, south) = store
        .write(|tx| {
            let teams = (tx.team_named("North")?, tx.team_named("South")?);
            tx.person_put(&person(1, "Siân Prosser", Some(teams.0)))?;
            tx.person_put(&person(2, "Simon Price", Some(teams.1)))?;
            tx.person_put(&person(3, "O'Neill, Anne-Marie", None))?;
            Ok::<_, StoreError>(teams)
        })
        .unwrap();
    assert_eq!(found(&store, Some(north), "si pr"), ["Siân Prosser"]);
    assert_eq!(found(&store, None, "SIAN"), ["Siân Prosser"]);
    assert_eq!(found(&store, None, "si pr"), ["Simon Price", "Siân Prosser"]);
    assert_eq!(found(&store, None, "o'neill mar"), ["O'Neill, Anne-Marie"]);
    assert_eq!(found(&store, Some(south), "1942-03-07"), ["Simon Price"]);
    assert_eq!(
        found(&store, Some(south), "9434765919 as14q p002"),
        ["Simon Price"]
    );
    assert_eq!(found(&store, Some(south), "prosser"), [""; 0]);
    // What one types is never part of the question's own language, and other teams' names are no words.
    for odd in ["\"", "*", "NOT x", "a OR b", "words:x", "()", "NEAR(a b)", "^"] {
        found(&store, Some(north), odd);
    }
    assert_eq!(found(&store, Some(north), &format!("team{south}")), [""; 0]);
    // Somebody who moves is found where they are now, under the name that they have now.
    store
        .write(|tx| tx.person_put(&person(1, "Siân Evans", Some(south))))
        .unwrap();
    assert_eq!(found(&store, Some(north), "sian"), [""; 0]);
    assert_eq!(found(&store, Some(south), "evans"), ["Siân Evans"]);
    assert_eq!(found(&store, None, "prosser"), [""; 0]);
}

#[test]
fn pages_go_by_name_and_miss_nobody() {
    let (store, _folder) = store();
    store
        .write(|tx| {
            let north = tx.team_named("North")?;
            for n in 1..=25 {
                let team = (n % 2 == 0).then_some(north);
                tx.person_put(&person(n, if n < 9 { "Ann" } else { "Bob" }, team))?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    for (team, most) in [(None, 25), (Some(1), 12)] {
        let (mut after, mut seen) = ((String::new(), PersonId([0; 16])), 0);
        loop {
            let page = store
                .read(|tx| tx.people_page(team, (&after.0, after.1), 4))
                .unwrap();
            let Some(last) = page.last() else { break };
            seen += page.len();
            after = (last.name.clone(), last.id);
        }
        assert_eq!(seen, most);
    }
}
