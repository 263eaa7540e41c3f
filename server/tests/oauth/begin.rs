//! The address the browser is sent to.

use std::collections::BTreeMap;

use postroom_server::model::Problem;
use postroom_server::oauth::Attempt;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::world::{CLIENT_ID, GMAIL_SCOPE, IMAP_SCOPE, REDIRECT_URI, SMTP_SCOPE, TENANT, World, json};

fn parameters(attempt: &Attempt) -> BTreeMap<String, String> {
    attempt.url.query_pairs().into_owned().collect()
}

/// The parameters that are the same at every attempt, as text.
fn fixed(attempt: &Attempt) -> String {
    let mut parameters = parameters(attempt);
    for random in ["state", "nonce", "code_challenge"] {
        parameters.remove(random).unwrap();
    }
    parameters.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

#[tokio::test]
async fn microsoft_is_asked_to_let_the_account_be_chosen() {
    let world = World::microsoft("common").await;
    let attempt = world.client.authorize(&world.application, "support@example.org").await.unwrap();
    assert!(attempt.url.as_str().starts_with(&format!("{}/common/oauth2/v2.0/authorize?", world.base())));
    assert_eq!(
        fixed(&attempt),
        format!(
            "client_id={CLIENT_ID}\ncode_challenge_method=S256\nlogin_hint=support@example.org\n\
             prompt=select_account\nredirect_uri={REDIRECT_URI}\nresponse_type=code\n\
             scope=openid email profile offline_access {IMAP_SCOPE} {SMTP_SCOPE}\n"
        )
    );
}

#[tokio::test]
async fn google_is_asked_for_consent_every_time_since_it_gives_no_refresh_token_without() {
    let world = World::google().await;
    let attempt = world.client.authorize(&world.application, "").await.unwrap();
    assert_eq!(
        fixed(&attempt),
        format!(
            "access_type=offline\nclient_id={CLIENT_ID}\ncode_challenge_method=S256\n\
             include_granted_scopes=true\nprompt=select_account consent\nredirect_uri={REDIRECT_URI}\n\
             response_type=code\nscope=openid email profile {GMAIL_SCOPE}\n"
        )
    );
}

#[tokio::test]
async fn state_nonce_and_verifier_are_256_bits_each_and_new_every_time() {
    let world = World::microsoft("common").await;
    let one = world.client.authorize(&world.application, "").await.unwrap();
    let other = world.client.authorize(&world.application, "").await.unwrap();
    let secrets = |attempt: &Attempt| {
        [&attempt.state, &attempt.nonce, &attempt.verifier].map(|secret| secret.expose_secret().to_owned())
    };
    let (mut all, expected) = (Vec::new(), 6);
    all.extend(secrets(&one));
    all.extend(secrets(&other));
    assert!(all.iter().all(|secret| secret.len() == 43), "32 bytes in base64url");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), expected);
    let sent = parameters(&one);
    assert_eq!((&sent["state"], &sent["nonce"]), (&secrets(&one)[0], &secrets(&one)[1]));
}

#[tokio::test]
async fn the_challenge_is_the_hash_of_the_verifier() {
    use base64::Engine as _;
    let world = World::microsoft("common").await;
    let attempt = world.client.authorize(&world.application, "").await.unwrap();
    let hash = Sha256::digest(attempt.verifier.expose_secret().as_bytes());
    let expected = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash);
    assert_eq!(parameters(&attempt)["code_challenge"], expected);
}

#[tokio::test]
async fn a_tenant_nobody_knows_is_told_before_anybody_is_sent_away() {
    let world = World::microsoft("contosso.example").await;
    let description = "AADSTS90002: Tenant 'contosso.example' not found. Check to make sure you have the correct \
                       tenant ID and are signing into the correct cloud.";
    let body = json!({"error": "invalid_tenant", "error_description": description, "error_codes": [90002]});
    world.behave(|behaviour| behaviour.metadata = json(400, &body));
    let problem = world.client.authorize(&world.application, "").await.unwrap_err();
    assert_eq!(problem, Problem::TenantUnknown { reply: format!("invalid_tenant: {description}") });
}

#[tokio::test]
async fn a_description_of_somebody_else_is_not_believed() {
    let world = World::microsoft(TENANT).await;
    world.describe(|metadata| metadata["issuer"] = json!("https://login.example.com/x/v2.0"));
    let problem = world.client.authorize(&world.application, "").await.unwrap_err();
    assert!(
        matches!(&problem, Problem::ProviderUnavailable { reply, .. } if reply.contains("another issuer")),
        "{problem}"
    );

    let world = World::google().await;
    world.describe(|metadata| metadata["issuer"] = json!("https://accounts.example.com"));
    let problem = world.client.authorize(&world.application, "").await.unwrap_err();
    assert!(
        matches!(&problem, Problem::ProviderUnavailable { reply, .. } if reply.contains("another issuer")),
        "{problem}"
    );
}

#[tokio::test]
async fn a_description_that_leads_out_of_tls_is_not_followed() {
    let world = World::google().await;
    for address in ["authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint"] {
        world.describe(|metadata| metadata[address] = json!("http://127.0.0.1/x"));
        let problem = world.client.authorize(&world.application, "").await.unwrap_err();
        assert!(
            matches!(&problem, Problem::ProviderUnavailable { reply, .. } if reply.contains("without TLS")),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_provider_describes_itself_once_an_hour() {
    let world = World::microsoft("common").await;
    for _ in 0..2 {
        world.client.authorize(&world.application, "").await.unwrap();
    }
    assert_eq!(world.asked("openid-configuration").len(), 1);
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(3_601)).await;
    tokio::time::resume();
    world.client.authorize(&world.application, "").await.unwrap();
    assert_eq!(world.asked("openid-configuration").len(), 2);
}

#[tokio::test]
async fn an_administrators_page_belongs_to_the_tenant_or_to_all_organisations() {
    for (tenant, expected) in [(TENANT, TENANT), ("common", "organizations"), ("consumers", "organizations")] {
        let world = World::microsoft(tenant).await;
        let url = world.client.admin_consent_url(&world.application, "the state").await.unwrap().unwrap();
        assert_eq!(url.path(), format!("/{expected}/v2.0/adminconsent"));
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let scope = format!("openid email profile offline_access {IMAP_SCOPE} {SMTP_SCOPE}");
        let expected = [
            ("client_id", CLIENT_ID),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scope.as_str()),
            ("state", "the state"),
        ];
        assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }
    let world = World::google().await;
    assert_eq!(world.client.admin_consent_url(&world.application, "s").await, Ok(None));
}
