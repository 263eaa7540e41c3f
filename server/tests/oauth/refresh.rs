//! Staying signed in, and ending it.

use postroom_server::model::Problem;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::world::{CLIENT_ID, CLIENT_SECRET, IMAP_SCOPE, REFRESH, SMTP_SCOPE, World, json, refusal, secret};

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_perhaps_a_new_refresh_token() {
    let world = World::microsoft("common").await;
    world.grant(|response| {
        response["access_token"] = json!("a-newer-access-token");
        response["refresh_token"] = json!("a-newer-refresh-token");
        response.as_object_mut().unwrap().remove("id_token");
    });
    let tokens = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap();
    assert_eq!(tokens.access.expose_secret(), "a-newer-access-token");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "a-newer-refresh-token");
    let scope = format!("openid email profile offline_access {IMAP_SCOPE} {SMTP_SCOPE}");
    let expected = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH),
        ("scope", scope.as_str()),
    ];
    assert_eq!(world.token_parameters(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn google_keeps_the_refresh_token_and_its_scope() {
    let world = World::google().await;
    world.grant(|response| {
        response.as_object_mut().unwrap().remove("refresh_token");
        response.as_object_mut().unwrap().remove("expires_in");
    });
    let tokens = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap();
    assert!(tokens.refresh.is_none());
    assert_eq!(tokens.expires_in, 1_800, "what is not said is taken to be short");
    assert!(world.token_parameters().iter().all(|(name, _)| name != "scope"));
}

#[tokio::test]
async fn google_says_when_a_sign_in_ends_and_nothing_else_is_taken_for_it() {
    let world = World::google().await;
    for (said, read) in [
        (json!(604_799), Some(604_799)),
        (json!("604799"), Some(604_799)),
        (json!(-1), None),
        (json!("never"), None),
        (json!({"days": 7}), None),
        (json!(null), None),
    ] {
        world.grant(|response| response["refresh_token_expires_in"] = said.clone());
        let tokens = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap();
        assert_eq!(tokens.refresh_expires_in, read, "{said}");
    }
    let world = World::microsoft("common").await;
    world.grant(|response| response["refresh_token_expires_in"] = json!(7_776_000));
    let tokens = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap();
    assert_eq!(tokens.refresh_expires_in, None, "its life begins anew with every use");
}

#[tokio::test]
async fn a_grant_that_was_revoked_needs_a_sign_in() {
    let world = World::google().await;
    world.behave(|behaviour| behaviour.token = refusal("invalid_grant", "Token has been expired or revoked."));
    let problem = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap_err();
    assert_eq!(
        problem,
        Problem::GrantRevoked { reply: "invalid_grant: Token has been expired or revoked.".to_owned() }
    );
    assert!(problem.needs_sign_in());
}

#[tokio::test]
async fn a_refresh_token_is_revoked_where_that_can_be_done() {
    let world = World::google().await;
    assert_eq!(world.client.revoke(&world.application, &secret(REFRESH)).await, Ok(true));
    let asked = world.asked("revoke").pop().unwrap();
    assert!(asked.body.contains(&format!("token={REFRESH}")), "{}", asked.body);

    let world = World::microsoft("common").await;
    assert_eq!(world.client.revoke(&world.application, &secret(REFRESH)).await, Ok(false));
    assert_eq!(world.asked("revoke"), []);
}

#[tokio::test]
async fn a_token_that_is_dead_already_counts_as_revoked() {
    let world = World::google().await;
    world.behave(|behaviour| behaviour.revoke = refusal("invalid_token", "Token expired or revoked"));
    assert_eq!(world.client.revoke(&world.application, &secret(REFRESH)).await, Ok(true));
    world.behave(|behaviour| behaviour.revoke = json(503, &json!({"error": "server_error"})));
    let problem = world.client.revoke(&world.application, &secret(REFRESH)).await.unwrap_err();
    assert!(matches!(problem, Problem::ProviderUnavailable { .. }), "{problem}");
}
