//! Trying an application out: what is wrong with it is told apart.

use base64::Engine as _;
use postroom_server::model::{Problem, TrialStep};
use serde_json::json;

use super::world::{CLIENT_ID, REDIRECT_URI, TENANT, World, html, json, redirect, refusal};

const MISMATCH: &str = "AADSTS50011: The redirect URI 'https://desk.example.org/oauth/callback' specified in the \
                        request does not match the redirect URIs configured for the application 'd2719f3a'.";
const UNKNOWN: &str = "AADSTS700016: Application with identifier 'd2719f3a' was not found in the directory 'Contoso'.";

/// The results of the three steps.
async fn results(world: &World) -> [Option<Result<(), Problem>>; 3] {
    let trials = world.client.try_out(&world.application).await;
    assert_eq!(
        trials.iter().map(|trial| trial.step).collect::<Vec<_>>(),
        [TrialStep::Provider, TrialStep::Redirect, TrialStep::Secret]
    );
    trials.into_iter().map(|trial| trial.result).collect::<Vec<_>>().try_into().unwrap()
}

/// A page as Microsoft makes them.
fn page(sentence: &str) -> String {
    let sentence = sentence.replace('\'', "\\u0027");
    format!(
        "<!DOCTYPE html><html><head><title>Sign in to your account</title><script>$Config={{\"iMaxStackForKnockoutAsyncComponents\":1,\
         \"strServiceExceptionMessage\":\"{sentence}\",\"x\":\"y\"}};</script></head><body></body></html>"
    )
}

#[tokio::test]
async fn a_good_application_passes_every_step() {
    let world = World::microsoft("common").await;
    world.behave(|behaviour| {
        behaviour.token = refusal("invalid_grant", "AADSTS9002313: Invalid request. Request is malformed or invalid.");
    });
    assert_eq!(results(&world).await, [Some(Ok(())), Some(Ok(())), Some(Ok(()))]);
    let asked = world.asked("authorize").pop().unwrap();
    assert!(asked.target.contains("prompt=none"), "{}", asked.target);
    let world = World::google().await;
    world.behave(|behaviour| behaviour.token = refusal("invalid_grant", "Malformed auth code."));
    assert_eq!(results(&world).await, [Some(Ok(())), Some(Ok(())), Some(Ok(()))]);
}

#[tokio::test]
async fn a_tenants_own_application_is_asked_in_its_own_name() {
    let world = World::microsoft(TENANT).await;
    world.behave(|behaviour| {
        behaviour.token = json(200, &json!({"token_type": "Bearer", "expires_in": 3599, "access_token": "for-nobody"}));
    });
    assert_eq!(results(&world).await, [Some(Ok(())), Some(Ok(())), Some(Ok(()))]);
    let sent = world.token_parameters();
    let value = |wanted: &str| sent.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    assert_eq!(value("grant_type"), Some("client_credentials"));
    assert_eq!(value("scope"), Some("https://outlook.office365.com/.default"));
    assert_eq!(value("client_id"), Some(CLIENT_ID));
}

#[tokio::test]
async fn a_tenant_nobody_knows_hides_the_rest() {
    let world = World::microsoft("contosso.example").await;
    let description = "AADSTS90002: Tenant 'contosso.example' not found.";
    world.behave(|behaviour| behaviour.metadata = refusal("invalid_tenant", description));
    let reply = format!("invalid_tenant: {description}");
    assert_eq!(results(&world).await, [Some(Err(Problem::TenantUnknown { reply })), None, None]);
}

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_told_on_microsofts_page() {
    let world = World::microsoft("common").await;
    world.behave(|behaviour| behaviour.authorize = html(200, &page(MISMATCH)));
    let mismatch = Problem::RedirectUriMismatch { redirect_uri: REDIRECT_URI.to_owned(), reply: MISMATCH.to_owned() };
    assert_eq!(results(&world).await, [Some(Ok(())), Some(Err(mismatch)), None]);
}

#[tokio::test]
async fn a_client_id_nobody_knows_is_told_on_microsofts_page() {
    let world = World::microsoft("common").await;
    world.behave(|behaviour| behaviour.authorize = html(400, &page(UNKNOWN)));
    let unknown = Problem::ClientUnknown { reply: UNKNOWN.to_owned() };
    assert_eq!(results(&world).await, [Some(Ok(())), Some(Err(unknown)), None]);
}

#[tokio::test]
async fn what_google_hides_in_an_address_is_read() {
    let world = World::google().await;
    let hidden = |text: &str| {
        let bytes = [b"\x0a\x15", text.as_bytes(), b"\x12\xff"].concat();
        let error = base64::engine::general_purpose::URL_SAFE.encode(bytes);
        redirect(&format!("/signin/oauth/error?authError={error}&client_id={CLIENT_ID}&flowName=GeneralOAuthFlow"))
    };
    world.behave(|behaviour| {
        behaviour.authorize = hidden("redirect_uri_mismatch\nYou can't sign in to this app because it doesn't comply");
    });
    let [_, redirect, secret] = results(&world).await;
    assert!(
        matches!(&redirect, Some(Err(Problem::RedirectUriMismatch { reply, .. })) if reply.contains("comply")),
        "{redirect:?}"
    );
    assert_eq!(secret, None);

    world.behave(|behaviour| behaviour.authorize = hidden("invalid_client The OAuth client was not found."));
    assert!(matches!(results(&world).await[1], Some(Err(Problem::ClientUnknown { .. }))));
    world.behave(|behaviour| behaviour.authorize = hidden("deleted_client The OAuth client was deleted."));
    assert!(matches!(results(&world).await[1], Some(Err(Problem::ClientUnknown { .. }))));
    let top = "invalid_request\nInvalid Redirect: https://desk.local must end with a public top-level domain (such as \
               .com or .org).";
    world.behave(|behaviour| behaviour.authorize = hidden(top));
    assert!(matches!(results(&world).await[1], Some(Err(Problem::PublicUrlUnsuitable { .. }))));
}

#[tokio::test]
async fn an_error_that_is_brought_back_counts_where_it_is_about_the_application() {
    let world = World::microsoft("common").await;
    let back = |error: &str| redirect(&format!("{REDIRECT_URI}?error={error}&error_description=x&state=s"));
    world.behave(|behaviour| {
        behaviour.token = refusal("invalid_grant", "AADSTS70000: bad code");
        behaviour.authorize = back("unauthorized_client");
    });
    assert!(matches!(results(&world).await[1], Some(Err(Problem::ClientUnknown { .. }))));
    for nobody_there in ["login_required", "interaction_required", "consent_required", "access_denied"] {
        world.behave(|behaviour| behaviour.authorize = back(nobody_there));
        assert_eq!(results(&world).await[1], Some(Ok(())), "{nobody_there}");
    }
}

#[tokio::test]
async fn a_way_back_to_somebody_else_is_no_way_back() {
    let world = World::microsoft("common").await;
    for other in ["https://desk.example.org.evil.example/oauth/callback", "https://desk.example.org/oauth/callback2"] {
        world.behave(|behaviour| behaviour.authorize = redirect(&format!("{other}?error=login_required")));
        let problem = results(&world).await[1].clone().unwrap().unwrap_err();
        assert!(matches!(&problem, Problem::ProviderRefused { reply } if reply.contains("no way back")), "{problem}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_one_that_has_expired() {
    for tenant in ["common", TENANT] {
        let world = World::microsoft(tenant).await;
        let wrong = "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the \
                     client secret value, not the client secret ID, for a secret added to app 'd2719f3a'.";
        world.behave(|behaviour| behaviour.token = refusal("invalid_client", wrong));
        let reply = format!("invalid_client: {wrong}");
        assert_eq!(
            results(&world).await,
            [Some(Ok(())), Some(Ok(())), Some(Err(Problem::ClientSecretWrong { reply }))]
        );
        let expired = "AADSTS7000222: The provided client secret keys for app 'd2719f3a' are expired.";
        world.behave(|behaviour| behaviour.token = refusal("invalid_client", expired));
        let reply = format!("invalid_client: {expired}");
        assert_eq!(results(&world).await[2], Some(Err(Problem::ClientSecretExpired { reply })));
    }
    let world = World::google().await;
    world.behave(|behaviour| {
        behaviour.token = json(401, &json!({"error": "invalid_client", "error_description": "Unauthorized"}))
    });
    let reply = "invalid_client: Unauthorized".to_owned();
    assert_eq!(results(&world).await[2], Some(Err(Problem::ClientSecretWrong { reply })));
}

#[tokio::test]
async fn a_provider_with_a_fault_says_nothing_about_the_application() {
    let world = World::microsoft("common").await;
    world.behave(|behaviour| behaviour.authorize = html(503, "Service unavailable"));
    assert!(matches!(results(&world).await[1], Some(Err(Problem::ProviderUnavailable { .. }))));
}
