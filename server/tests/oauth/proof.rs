//! Statements that prove nothing (OpenID Connect Core 3.1.3.7).

use postroom_server::model::Problem;
use postroom_server::oauth::Identity;
use serde_json::{Value, json};

use super::world::{Key, NOW, OTHER_TENANT, TENANT, World, json, seal, unsigned};

/// What is said of a statement that claims otherwise than usual.
async fn doubt(world: &World, change: impl FnOnce(&mut Value)) -> String {
    world.claim(change);
    match world.exchange().await.unwrap_err() {
        Problem::IdentityUnproven { detail } => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_statement_of_another_sign_in_proves_nothing() {
    let world = World::microsoft("common").await;
    let said = "it was made for another sign-in (its nonce is wrong)";
    assert_eq!(doubt(&world, |claims| claims["nonce"] = json!("another")).await, said);
    assert_eq!(doubt(&world, |claims| claims["nonce"] = json!(null)).await, said);
}

#[tokio::test]
async fn a_statement_for_another_application_proves_nothing() {
    let world = World::microsoft("common").await;
    let said = "it is meant for another application";
    assert_eq!(doubt(&world, |claims| claims["aud"] = json!("another")).await, said);
    let both = json!([claims_audience(&world), "another"]);
    assert_eq!(doubt(&world, |claims| claims["aud"] = both).await, said);
}

fn claims_audience(world: &World) -> Value {
    world.claims()["aud"].clone()
}

#[tokio::test]
async fn a_statement_of_another_issuer_proves_nothing() {
    let world = World::microsoft("common").await;
    let iss = format!("https://login.example.com/{TENANT}/v2.0");
    assert_eq!(doubt(&world, |claims| claims["iss"] = json!(iss)).await, format!("it was issued by {iss}"));
    let other = format!("{}/{OTHER_TENANT}/v2.0", world.base());
    assert_eq!(doubt(&world, |claims| claims["iss"] = json!(other)).await, format!("it was issued by {other}"));
    let google = World::google().await;
    let said = doubt(&google, |claims| claims["iss"] = json!("https://accounts.example.com")).await;
    assert_eq!(said, "it was issued by https://accounts.example.com");
}

#[tokio::test]
async fn a_key_that_is_another_issuers_proves_nothing() {
    let world = World::microsoft("common").await;
    let mut key = Key::First.public();
    key["issuer"] = json!(format!("{}/{OTHER_TENANT}/v2.0", world.base()));
    world.behave(|behaviour| behaviour.keys = json(200, &json!({"keys": [key]})));
    assert_eq!(doubt(&world, |_| {}).await, "it is signed with a key that is another issuer's");
    let world = World::microsoft("common").await;
    let mut key = Key::First.public();
    key["issuer"] = json!(format!("{}/{{tenantid}}/v2.0", world.base()));
    world.behave(|behaviour| behaviour.keys = json(200, &json!({"keys": [key]})));
    assert!(world.exchange().await.is_ok());
}

#[tokio::test]
async fn an_account_of_another_tenant_is_told_so() {
    let world = World::microsoft(TENANT).await;
    let iss = format!("{}/{OTHER_TENANT}/v2.0", world.base());
    world.claim(|claims| {
        claims["tid"] = json!(OTHER_TENANT);
        claims["iss"] = json!(iss);
    });
    let reply = format!("the account is of the tenant {OTHER_TENANT}, not of {TENANT}");
    assert_eq!(world.exchange().await.unwrap_err(), Problem::AccountNotInTenant { reply });
}

#[tokio::test]
async fn personal_accounts_and_organisations_are_kept_apart_where_the_tenant_says_so() {
    let personal = Identity::PERSONAL_TENANT;
    for (tenant, of, allowed) in [
        ("common", personal, true),
        ("common", OTHER_TENANT, true),
        ("organizations", personal, false),
        ("organizations", OTHER_TENANT, true),
        ("consumers", personal, true),
        ("consumers", OTHER_TENANT, false),
    ] {
        let world = World::microsoft(tenant).await;
        let iss = format!("{}/{of}/v2.0", world.base());
        world.claim(|claims| {
            claims["tid"] = json!(of);
            claims["iss"] = json!(iss);
        });
        match world.exchange().await {
            Ok(exchanged) => {
                assert!(allowed, "{tenant} {of}");
                assert_eq!(exchanged.identity.is_personal(), of == personal);
            }
            Err(problem) => {
                assert!(!allowed && matches!(problem, Problem::AccountNotInTenant { .. }), "{tenant} {of}: {problem}");
            }
        }
    }
}

#[tokio::test]
async fn a_statement_without_a_tenant_proves_nothing_at_microsoft() {
    let world = World::microsoft("common").await;
    assert_eq!(doubt(&world, |claims| claims["tid"] = json!(null)).await, "it says nothing of the tenant");
}

#[tokio::test]
async fn a_statement_that_has_ended_already_tells_of_a_clock() {
    let world = World::microsoft("common").await;
    let seconds = NOW.0 / 1_000;
    let ending = |ago: i64| {
        move |claims: &mut Value| {
            claims["iat"] = json!(seconds - ago - 3_600);
            claims["nbf"] = json!(seconds - ago - 3_600);
            claims["exp"] = json!(seconds - ago);
        }
    };
    world.claim(ending(299));
    assert!(world.exchange().await.is_ok(), "a few minutes are forgiven");
    world.claim(ending(400));
    let detail = "this machine's is up to 4000 s ahead of the provider's".to_owned();
    assert_eq!(world.exchange().await.unwrap_err(), Problem::ClockDiffers { detail });
}

#[tokio::test]
async fn a_statement_of_the_future_tells_of_a_clock() {
    let world = World::microsoft("common").await;
    let seconds = NOW.0 / 1_000;
    let made = |ahead: i64| {
        move |claims: &mut Value| {
            claims["iat"] = json!(seconds + ahead);
            claims["exp"] = json!(seconds + ahead + 3_600);
        }
    };
    world.claim(made(299));
    assert!(world.exchange().await.is_ok(), "a few minutes are forgiven");
    world.claim(made(900));
    let detail = "the provider's is at least 900 s ahead of this machine's".to_owned();
    assert_eq!(world.exchange().await.unwrap_err(), Problem::ClockDiffers { detail });
    world.claim(|claims| claims["nbf"] = json!(seconds + 900));
    assert!(matches!(world.exchange().await.unwrap_err(), Problem::ClockDiffers { .. }));
}

#[tokio::test]
async fn an_old_statement_of_another_sign_in_is_no_matter_of_clocks() {
    let world = World::microsoft("common").await;
    let said = doubt(&world, |claims| {
        claims["nonce"] = json!("another");
        claims["iat"] = json!(1_000);
        claims["exp"] = json!(2_000);
    });
    assert_eq!(said.await, "it was made for another sign-in (its nonce is wrong)");
    let said = doubt(&world, |claims| claims["exp"] = json!(1_000)).await;
    assert_eq!(said, "it ended before it was made");
}

/// What is said of this statement.
async fn doubt_of(statement: &str, world: &World) -> String {
    world.state(statement);
    match world.exchange().await.unwrap_err() {
        Problem::IdentityUnproven { detail } => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_statement_nobody_signed_proves_nothing() {
    let world = World::microsoft("common").await;
    let unsigned = format!("{}.", unsigned(&json!({"typ": "JWT", "alg": "none"}), &world.claims()));
    assert_eq!(doubt_of(&unsigned, &world).await, "it is not signed in a way that proves anything");
}

#[tokio::test]
async fn a_statement_sealed_with_the_client_secret_proves_nothing() {
    let world = World::microsoft("common").await;
    let sealed = seal(&world.claims());
    assert_eq!(doubt_of(&sealed, &world).await, "it is not signed in a way that proves anything");
}

#[tokio::test]
async fn a_statement_that_was_changed_after_it_was_signed_proves_nothing() {
    let world = World::microsoft("common").await;
    let good = Key::First.sign(&world.claims());
    let mut claims = world.claims();
    claims["email"] = json!("mallory@example.org");
    let forged = Key::First.sign(&claims);
    let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let mixed = [&parts(&good)[0], &parts(&forged)[1], &parts(&good)[2]].map(String::as_str).join(".");
    assert_eq!(doubt_of(&mixed, &world).await, "its signature is wrong");
}

#[tokio::test]
async fn tokens_without_any_statement_prove_nothing() {
    let world = World::microsoft("common").await;
    world.grant(|response| {
        response.as_object_mut().unwrap().remove("id_token");
    });
    assert_eq!(
        world.exchange().await.unwrap_err(),
        Problem::IdentityUnproven { detail: "there is no statement of who signed in (no id token)".to_owned() }
    );
}
