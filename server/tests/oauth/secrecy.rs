//! What must never be seen is not: not in a problem, not when something is printed.

use secrecy::ExposeSecret as _;
use serde_json::json;

use super::world::{ACCESS, CLIENT_SECRET, CODE, NONCE, REFRESH, VERIFIER, World, answer, html, json, refusal, secret};

fn assert_silent(shown: &str) {
    for word in [CLIENT_SECRET, CODE, VERIFIER, NONCE, ACCESS, REFRESH] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
}

#[tokio::test]
async fn a_provider_that_quotes_our_secrets_is_quoted_without_them() {
    let world = World::google().await;
    let quoting = format!("you said {CLIENT_SECRET} and {CODE} and {VERIFIER} and {REFRESH}");
    for (status, error) in [(400, "invalid_request"), (401, "invalid_client"), (503, "server_error")] {
        let body = json!({"error": error, "error_description": quoting});
        world.behave(|behaviour| {
            behaviour.token = json(status, &body);
            behaviour.revoke = json(status, &body);
        });
        let exchanged = world.exchange().await.unwrap_err();
        assert!(exchanged.reply().unwrap().contains("you said •••"), "{exchanged}");
        // What a request does not know of cannot have been quoted out of it.
        let of_exchange = format!("{exchanged:?} {exchanged}").replace(REFRESH, "");
        assert_silent(&of_exchange);
        let refreshed = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap_err();
        assert_silent(&format!("{refreshed:?} {refreshed}").replace(CODE, "").replace(VERIFIER, ""));
        let revoked = world.client.revoke(&world.application, &secret(REFRESH)).await.unwrap_err();
        assert_silent(&format!("{revoked:?} {revoked}").replace(CODE, "").replace(VERIFIER, ""));
    }
    world.behave(|behaviour| behaviour.token = refusal("invalid_client", &quoting));
    let trials = format!("{:?}", world.client.try_out(&world.application).await);
    assert!(!trials.contains(CLIENT_SECRET), "{trials}");
}

#[tokio::test]
async fn tokens_in_an_answer_that_cannot_be_used_are_not_quoted() {
    let world = World::microsoft("common").await;
    for kind in ["expires_in", "token_type", "id_token"] {
        world.grant(|response| response[kind] = json!([ACCESS, REFRESH]));
        let problem = world.exchange().await.unwrap_err();
        assert_silent(&format!("{problem:?}"));
    }
    world.behave(|behaviour| behaviour.token = html(200, &format!("{ACCESS} {REFRESH}")));
    assert_silent(&format!("{:?}", world.exchange().await.unwrap_err()));
}

#[tokio::test]
async fn nothing_that_is_printed_lets_somebody_else_finish_a_sign_in() {
    let world = World::microsoft("common").await;
    let attempt = world.client.authorize(&world.application, "").await.unwrap();
    let shown = format!("{attempt:?} {:?} {:?} {:?}", answer(), world.application, world.client);
    for kept in [&attempt.state, &attempt.nonce, &attempt.verifier] {
        assert!(!shown.contains(kept.expose_secret()), "{shown}");
    }
    assert_silent(&shown);
    assert_silent(&format!("{:?}", world.exchange().await.unwrap()));
}
