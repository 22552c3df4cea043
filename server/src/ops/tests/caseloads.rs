//! Caseloads and devices: what an operator decides is told and written down, once.

use super::{deeds, news_head, team, told};
use crate::ops::OpError;
use crate::ops::allocate::allocate;
use crate::ops::import::{people, workers};
use crate::ops::{client, device, enrol};
use crate::store::Audience;
use crate::testing::core;
use notes::problem::Code;

#[test]
fn both_caseloads_and_both_teams_hear_of_an_allocation() {
    let (core, _folder, _) = core();
    workers(
        &core,
        b"worker_id,name,team\nW1,Ann,North\nW2,Bob,South\n",
        "test",
    )
    .unwrap();
    let file = b"case_id,forename,surname,allocated_worker,allocated_team\nP1,Cat,Cedar,W1,North\n";
    people(&core, file, "test").unwrap();
    let after = news_head(&core);
    assert!(allocate(&core, "P1", "W2", "operator").unwrap());
    assert_eq!(team(&core, "P1").as_deref(), Some("South"));
    let (north, south) = core
        .store
        .write(|tx| Ok::<_, OpError>((tx.team_named("North")?, tx.team_named("South")?)))
        .unwrap();
    for audience in [
        Audience::Worker("W1"),
        Audience::Worker("W2"),
        Audience::Team(north),
        Audience::Team(south),
    ] {
        assert_eq!(told(&core, audience, after), ["P1"], "{audience}");
    }
    let (news, audit) = (news_head(&core), deeds(&core));
    assert_eq!(audit.last().map(String::as_str), Some("person.allocated"));
    assert!(!allocate(&core, "P1", "W2", "operator").unwrap());
    assert_eq!((news_head(&core), deeds(&core)), (news, audit));
}

#[test]
fn nobody_is_allocated_to_nobody() {
    let (core, _folder, _) = core();
    workers(&core, b"worker_id,name\nW1,Ann\n", "test").unwrap();
    people(&core, b"case_id,forename,surname\nP1,Cat,Cedar\n", "test").unwrap();
    let before = deeds(&core);
    for (person, worker) in [("P1", "W9"), ("P9", "W1")] {
        let refused = allocate(&core, person, worker, "operator");
        assert!(
            matches!(refused, Err(OpError::Because(Code::NotFound, _))),
            "{person} {worker}"
        );
    }
    assert!(matches!(
        enrol::make_code(&core, "W9", 1000, "operator"),
        Err(OpError::Because(Code::NotFound, _))
    ));
    for id in ["", "zz", "0199f2a0-0000-7000-8000-000000000000"] {
        assert!(matches!(
            core.store
                .write(|tx| device::revoke(tx, &core.host, id, None, "operator")),
            Err(OpError::Because(Code::NotFound, _))
        ));
    }
    assert_eq!(deeds(&core), before);
}

#[test]
fn a_case_system_needs_a_key_and_scopes_that_exist() {
    const P256: &str = include_str!("../../auth/tests/p256-public.pem");
    const P384: &str = include_str!("../../auth/tests/p384-public.pem");
    const RSA: &str = include_str!("../../auth/tests/rsa-public.pem");
    let (core, _folder, _) = core();
    let both = format!("{P256}\nsaid somebody\n{P384}");
    for keys in [P256, P384, &both] {
        let id = client::add(&core, "Mosaic", keys, client::DEFAULT_SCOPE, "operator").unwrap();
        let kept = core.store.read(|tx| tx.client(&id)).unwrap().unwrap();
        let blocks = kept.public_keys.matches("BEGIN").count();
        assert_eq!(blocks, keys.matches("BEGIN").count());
        assert!(!kept.public_keys.contains("somebody"));
    }
    let all = client::DEFAULT_SCOPE;
    for (name, keys, scope) in [
        ("Mosaic", RSA, all),
        ("Mosaic", &format!("{P256}{RSA}"), all),
        ("Mosaic", "", all),
        ("Mosaic", "-----BEGIN PUBLIC KEY-----", all),
        ("Mosaic", P256, ""),
        ("Mosaic", P256, "export.read everything"),
        (" ", P256, all),
    ] {
        let refused = client::add(&core, name, keys, scope, "operator");
        assert!(
            matches!(refused, Err(OpError::Because(Code::ParameterInvalid, _))),
            "{scope}"
        );
    }
}
