//! Search as people type it: accents, apostrophes, emoji, and signs that mean something to FTS5.

use super::*;

const TEXTS: [&str; 6] = [
    "Kettle on, tea with Mrs O'Brien \u{2615}\u{1f475}\u{1f3fd}",
    "Dŵr poeth yn y tŷ; Siân a'r plant",
    "Fo\u{323}la\u{301}ke\u{323}\u{301} rang about the bath",
    "NEAR the bath AND the kettle: \"fine\", she said (NOT well)",
    "zażółć gęślą, crème brûlée, naïve",
    "2 tablets at 08:30, 50mg",
];

fn indexed() -> Store {
    let count = u8::try_from(TEXTS.len()).unwrap();
    let mut store = store_with(count);
    store
        .write(|tx| {
            (1..)
                .zip(TEXTS)
                .try_for_each(|(doc, text)| search::index(tx, doc, text))
        })
        .unwrap();
    store
}

fn found(store: &Store, query: &str) -> Vec<u8> {
    let found = search::find(store.read(), query, 500).unwrap();
    let mut found: Vec<u8> = found.iter().map(|id| id.0[0]).collect();
    found.sort_unstable();
    found
}

#[test]
fn words_are_found_as_people_write_them() {
    let store = indexed();
    let lines: [(&str, &[u8]); 20] = [
        ("kettle", &[1, 4]),
        ("KETT", &[1, 4]),
        ("ettle", &[]),
        ("kettle bath", &[4]),
        ("bath kettle tea", &[]),
        ("dwr", &[2]),
        ("dŵr", &[2]),
        ("dw\u{302}r", &[2]),
        ("TŶ", &[2]),
        ("sian", &[2]),
        ("Folake", &[3]),
        ("Fọlákẹ́", &[3]),
        ("Fo\u{323}la\u{301}ke\u{323}\u{301}", &[3]),
        ("creme brulee", &[5]),
        ("gesla", &[5]),
        ("O'Brien", &[1]),
        ("o\u{2019}brien", &[1]),
        ("08:30", &[6]),
        ("50", &[6]),
        ("\u{2615} tea", &[1]),
    ];
    for (query, expected) in lines {
        assert_eq!(found(&store, query), expected, "{query}");
    }
}

#[test]
fn what_means_something_to_fts5_is_a_word_like_any_other() {
    let store = indexed();
    let lines: [(&str, &[u8]); 16] = [
        ("kettle OR dwr", &[]),
        ("kettle NOT bath", &[4]),
        ("kettle AND tea", &[]),
        ("NEAR(kettle bath)", &[4]),
        ("near", &[4]),
        ("text:kettle", &[]),
        ("{text} : kettle", &[]),
        ("^kettle", &[1, 4]),
        ("kettle*", &[1, 4]),
        ("-kettle", &[1, 4]),
        ("\"kettle", &[1, 4]),
        ("\"she said\"", &[4]),
        ("'; DROP TABLE words; --", &[]),
        ("kettle\0", &[1, 4]),
        ("(((", &[]),
        ("+ \" * ^ : ( ) { }", &[]),
    ];
    for (query, expected) in lines {
        assert_eq!(found(&store, query), expected, "{query}");
    }
    assert_eq!(found(&store, "kettle"), [1, 4], "and nothing was dropped");
}

#[test]
fn of_very_many_the_newest_come_first_and_of_fewer_the_best() {
    let mut store = store();
    let named = |n: i64| DocumentId::at(n, [0; 10]);
    let says = |n: i64| {
        if n % 3 == 0 {
            "kettle kettle bath"
        } else {
            "a long line about the bath and all"
        }
    };
    store
        .write(|tx| {
            for n in 1..=1_500 {
                let nr = docs::save(
                    tx,
                    &DocRow {
                        id: named(n),
                        hidden: n == 1_500,
                        ..document(1)
                    },
                    b"",
                )?;
                search::index(tx, nr, says(n))?;
            }
            Ok(())
        })
        .unwrap();
    let first = |query: &str| search::find(store.read(), query, 3).unwrap();
    assert_eq!(first("bath"), [1_499, 1_498, 1_497].map(named), "1,499 in view");
    assert_eq!(
        first("kettle"),
        [1_497, 1_494, 1_491].map(named),
        "499 that are as good"
    );
    assert_eq!(first("long bath"), [1_499, 1_498, 1_496].map(named), "1,000");
    assert_eq!(search::find(store.read(), "bath", 5_000).unwrap().len(), 1_001);
}

#[test]
fn a_query_without_a_word_finds_nothing_and_harms_nothing() {
    let store = indexed();
    let long = "kettle ".repeat(3_000);
    for query in [
        "",
        "  ",
        "\u{1f475}\u{1f3fd}",
        "\u{301}",
        "\u{24b6}",
        "\u{94d}",
        "?!",
    ] {
        assert_eq!(found(&store, query), [] as [u8; 0], "{query:?}");
    }
    assert_eq!(found(&store, "kettle \u{301}"), [1, 4]);
    assert_eq!(found(&store, &long), [1, 4], "a whole note pasted into the field");
}

#[test]
fn new_words_take_the_place_of_the_old_in_the_same_write() {
    let mut store = indexed();
    let failed = store.write(|tx| {
        search::index(tx, 1, "stairlift")?;
        Err::<(), _>(Trouble::NoNote)
    });
    assert!(failed.is_err());
    assert_eq!(found(&store, "stairlift"), [] as [u8; 0]);
    assert_eq!(found(&store, "tea"), [1]);
    store.write(|tx| search::index(tx, 1, "stairlift")).unwrap();
    assert_eq!(found(&store, "stairlift"), [1]);
    assert_eq!(found(&store, "tea"), [] as [u8; 0]);
    assert_eq!(found(&store, "kettle"), [4]);
}

#[test]
fn the_hidden_are_not_found_and_of_equals_the_newest_comes_first() {
    let mut store = store_with(3);
    store
        .write(|tx| (1..=3).try_for_each(|doc| search::index(tx, doc, "bath")))
        .unwrap();
    let order = search::find(store.read(), "bath", 500).unwrap();
    assert_eq!(order, [id(3), id(2), id(1)]);
    store.write(|tx| docs::set_gone(tx, 2)).unwrap();
    assert_eq!(search::find(store.read(), "bath", 500).unwrap(), [id(3), id(1)]);
    assert_eq!(
        search::find(store.read(), "bath", 1).unwrap(),
        [id(3)],
        "the best of them"
    );
    store
        .write(|tx| {
            search::index(tx, 1, "bath bath")?;
            search::index(tx, 3, "a long line of other words, and the bath in it once")
        })
        .unwrap();
    assert_eq!(
        search::find(store.read(), "bath", 500).unwrap(),
        [id(1), id(3)],
        "who says it most is best"
    );
}
