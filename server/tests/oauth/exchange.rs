//! From what the browser brought back to tokens.

use postroom_server::model::Problem;
use postroom_server::oauth::{Answer, Identity};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::world::{
    ACCESS, CLIENT_ID, CLIENT_SECRET, CODE, GMAIL_SCOPE, IMAP_SCOPE, Key, REDIRECT_URI, REFRESH, SMTP_SCOPE, TENANT,
    VERIFIER, World, answer, json, refusal,
};

#[tokio::test]
async fn a_good_answer_becomes_tokens_and_a_person() {
    let world = World::microsoft("common").await;
    let exchanged = world.exchange().await.unwrap();
    let tokens = exchanged.tokens;
    assert_eq!(tokens.access.expose_secret(), ACCESS);
    assert_eq!(tokens.refresh.unwrap().expose_secret(), REFRESH);
    assert_eq!(tokens.expires_in, 4_271);
    assert_eq!(tokens.scopes, ["openid", "profile", "email", IMAP_SCOPE, SMTP_SCOPE]);
    assert_eq!(
        exchanged.identity,
        Identity {
            issuer: format!("{}/{TENANT}/v2.0", world.base()),
            subject: "AAAA-pairwise".to_owned(),
            tenant_id: Some(TENANT.to_owned()),
            object_id: Some("00000000-1111-2222-3333-444444444444".to_owned()),
            email: "ada@example.org".to_owned(),
            name: "Ada Lovelace".to_owned(),
        }
    );
    let expected = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("code", CODE),
        ("code_verifier", VERIFIER),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT_URI),
    ];
    assert_eq!(world.token_parameters(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn google_signs_people_in_too() {
    let world = World::google().await;
    let exchanged = world.exchange().await.unwrap();
    assert_eq!(exchanged.identity.email, "ada@example.org");
    assert_eq!(exchanged.identity.tenant_id, None);
    assert!(exchanged.tokens.scopes.contains(&GMAIL_SCOPE.to_owned()));
}

#[tokio::test]
async fn a_provider_that_wants_the_secret_in_the_header_gets_it_there() {
    let world = World::microsoft(TENANT).await;
    let issuer = format!("{}/{TENANT}/v2.0", world.base());
    world.describe(|metadata| {
        metadata["issuer"] = json!(issuer);
        metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_basic"]);
    });
    world.exchange().await.unwrap();
    let request = world.asked("token").pop().unwrap();
    assert!(!request.body.contains("client_secret"));
    assert!(request.headers.iter().any(|(name, value)| name == "authorization" && value.starts_with("Basic ")));
}

#[tokio::test]
async fn the_address_is_the_email_or_the_user_name_or_the_upn() {
    let world = World::microsoft("common").await;
    world.claim(|claims| claims["email"] = json!(null));
    assert_eq!(world.exchange().await.unwrap().identity.email, "ada@contoso.onmicrosoft.com");
    world.claim(|claims| {
        claims["email"] = json!(" ");
        claims["preferred_username"] = json!(null);
        claims["upn"] = json!("ada@contoso.com");
    });
    assert_eq!(world.exchange().await.unwrap().identity.email, "ada@contoso.com");
}

#[tokio::test]
async fn somebody_who_pressed_cancel_is_told_so_and_the_provider_is_left_alone() {
    let world = World::microsoft("common").await;
    let answer = Answer {
        error: Some("access_denied".to_owned()),
        error_description: Some("AADSTS65004: User declined to consent to access the app.".to_owned()),
        ..answer()
    };
    let reply = "access_denied: AADSTS65004: User declined to consent to access the app.".to_owned();
    assert_eq!(world.exchange_of(&answer).await.unwrap_err(), Problem::ConsentDeclined { reply });
    assert_eq!(world.provider.asked(), []);
}

#[tokio::test]
async fn an_answer_that_holds_nothing_is_refused() {
    let world = World::microsoft("common").await;
    for code in [None, Some(String::new())] {
        let problem = world.exchange_of(&Answer { code, ..Answer::default() }).await.unwrap_err();
        assert_eq!(
            problem,
            Problem::ProviderRefused { reply: "the answer holds neither a code nor an error".to_owned() }
        );
    }
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_believed() {
    let world = World::microsoft("common").await;
    let of = |iss: String| Answer { iss: Some(iss), ..answer() };
    assert!(world.exchange_of(&of(format!("{}/{TENANT}/v2.0", world.base()))).await.is_ok());
    for other in ["https://accounts.google.com".to_owned(), format!("{}/other-tenant/v2.0", world.base())] {
        let problem = world.exchange_of(&of(other)).await.unwrap_err();
        assert!(matches!(&problem, Problem::IdentityUnproven { detail } if detail.contains("iss")), "{problem}");
    }
}

#[tokio::test]
async fn an_answer_must_name_its_provider_where_that_one_always_does() {
    let world = World::google().await;
    let base = world.base();
    world.describe(|metadata| {
        metadata["issuer"] = json!(base);
        metadata["authorization_response_iss_parameter_supported"] = json!(true);
    });
    let problem = world.exchange().await.unwrap_err();
    assert!(matches!(&problem, Problem::IdentityUnproven { detail } if detail.contains("no iss")), "{problem}");
    assert_eq!(world.asked("token"), []);
    assert!(world.exchange_of(&Answer { iss: Some(base), ..answer() }).await.is_ok());
}

#[tokio::test]
async fn a_grant_without_mail_names_what_was_granted() {
    let world = World::google().await;
    world.grant(|response| response["scope"] = json!("openid https://www.googleapis.com/auth/userinfo.email"));
    assert_eq!(
        world.exchange().await.unwrap_err(),
        Problem::MailScopeMissing {
            granted: vec!["openid".to_owned(), "https://www.googleapis.com/auth/userinfo.email".to_owned()]
        }
    );
}

#[tokio::test]
async fn a_grant_that_says_nothing_of_its_scope_is_what_was_asked_for() {
    let world = World::microsoft("common").await;
    world.grant(|response| {
        response.as_object_mut().unwrap().remove("scope");
    });
    let scopes = world.exchange().await.unwrap().tokens.scopes;
    assert_eq!(scopes, ["openid", "email", "profile", "offline_access", IMAP_SCOPE, SMTP_SCOPE]);
}

#[tokio::test]
async fn a_grant_that_does_not_last_is_none() {
    let world = World::google().await;
    world.grant(|response| {
        response.as_object_mut().unwrap().remove("refresh_token");
        response["scope"] = json!(GMAIL_SCOPE);
    });
    assert_eq!(world.exchange().await.unwrap_err(), Problem::RefreshTokenMissing);
}

#[tokio::test]
async fn tokens_that_cannot_stand_in_a_mail_servers_dialogue_are_not_taken() {
    let world = World::microsoft("common").await;
    for bad in ["", "tok\u{1}en", "tok\nen", "t\u{f6}ken", &"t".repeat(40_000)] {
        world.grant(|response| response["access_token"] = json!(bad));
        let problem = world.exchange().await.unwrap_err();
        assert!(matches!(problem, Problem::ProviderUnavailable { .. }), "{problem}");
    }
}

#[tokio::test]
async fn a_code_that_was_used_already_is_told_from_one_that_is_too_old() {
    let world = World::google().await;
    for (error, description, expected) in [
        ("invalid_grant", "AADSTS54005: OAuth2 Authorization code was already redeemed.", Problem::SignInRepeated),
        ("invalid_grant", "Code was already redeemed.", Problem::SignInRepeated),
        ("invalid_grant", "Malformed auth code.", Problem::SignInExpired),
        ("invalid_grant", "AADSTS70008: The provided authorization code has expired.", Problem::SignInExpired),
    ] {
        world.behave(|behaviour| behaviour.token = refusal(error, description));
        assert_eq!(world.exchange().await.unwrap_err(), expected, "{description}");
    }
}

#[tokio::test]
async fn keys_are_asked_for_once_and_once_more_when_they_were_changed() {
    let world = World::microsoft("common").await;
    for _ in 0..2 {
        world.exchange().await.unwrap();
    }
    assert_eq!(world.asked("keys").len(), 1);

    world.behave(|behaviour| behaviour.keys = json(200, &json!({"keys": [Key::Second.public()]})));
    world.state(&Key::Second.sign(&world.claims()));
    world.exchange().await.unwrap();
    assert_eq!(world.asked("keys").len(), 2);

    world.state(&Key::First.sign(&world.claims()));
    let problem = world.exchange().await.unwrap_err();
    assert!(matches!(&problem, Problem::IdentityUnproven { detail } if detail.contains("none of the provider's")));
    assert_eq!(world.asked("keys").len(), 3, "once more and no further");
}
