//! `/v1/reflection`: Ann opens the page about her own quarter, and nobody else's phone can.

use serde_json::Value;

use super::Town;

#[tokio::test]
async fn a_worker_opens_her_own_page_and_no_other() {
    let town = Town::new();
    let (ann, bob) = (town.phone("W1").await, town.phone("W2").await);
    let mut pages: Vec<Value> = Vec::new();
    for phone in [&ann, &bob] {
        let token = format!("authorization: Bearer {}", phone.token(&town).await);
        let answer = town
            .knock("GET", "/v1/reflection?quarter=2026-Q3", &[&token], "")
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        pages.push(serde_json::from_slice(&answer.body).unwrap());
        for (query, status) in [("", 400), ("?quarter=2026-Q9", 400), ("?quarter=2999-Q1", 400)] {
            let answer = town
                .knock("GET", &format!("/v1/reflection{query}"), &[&token], "")
                .await;
            assert_eq!(answer.status, status, "{query}");
        }
    }
    assert_eq!(
        (&pages[0]["worker_id"], &pages[1]["worker_id"]),
        (&"W1".into(), &"W2".into())
    );
    let nobody = town.knock("GET", "/v1/reflection?quarter=2026-Q3", &[], "").await;
    assert_eq!(nobody.status, 401);
}
