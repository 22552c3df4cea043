//! What the council settled.

use super::*;

#[test]
fn a_setting_is_what_it_was_last_set_to() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.setting("kept_days")?, None);
            assert_eq!(tx.settings()?, []);
            tx.setting_put("kept_days", "20", "worker:W1", 5)?;
            tx.setting_put("kept_days", "30", "worker:W2", 6)?;
            tx.setting_put("finish_text", "", "worker:W1", 7)?;
            assert_eq!(tx.setting("kept_days")?.as_deref(), Some("30"));
            assert_eq!(tx.setting("finish_text")?.as_deref(), Some(""));
            let all = tx.settings()?;
            let names: Vec<_> = all.iter().map(|setting| setting.name.as_str()).collect();
            assert_eq!(names, ["finish_text", "kept_days"]);
            assert_eq!((all[1].changed_by.as_str(), all[1].changed_at), ("worker:W2", 6));
            tx.setting_clear("kept_days")?;
            tx.setting_clear("kept_days")?;
            assert_eq!(tx.setting("kept_days")?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn only_what_phones_obey_is_told_to_phones() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.setting_put("review_weeks", "8", "worker:W1", 5)?;
            assert_eq!(tx.news_for(Audience::All, 0, 9)?, []);
            let mut head = 0;
            for name in PHONE_SETTINGS {
                tx.setting_put(name, "1", "worker:W1", 5)?;
                let news = tx.news_for(Audience::All, head, 9)?;
                assert_eq!(news.len(), 1, "{name}");
                assert_eq!(news[0].kind, NewsKind::Settings);
                head = news[0].n;
            }
            tx.setting_clear("kept_days")?;
            assert_eq!(
                tx.news_for(Audience::All, head, 9)?.len(),
                1,
                "taking one back, too"
            );
            Ok(())
        })
        .unwrap();
}
