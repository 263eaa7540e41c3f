//! Providers that cannot be reached, or that answer with something else.

use std::sync::Arc;

use postroom_server::model::Problem;
use postroom_server::oauth::Client;
use postroom_testing::{Authority, HttpReply, Https, Leaf, Script, ServerTls};
use serde_json::json;
use url::Url;

use super::world::{REFRESH, World, html, impatient, json, redirect, refusal, secret};

async fn refused(world: &World) -> Problem {
    let problem = world.client.refresh(&world.application, &secret(REFRESH)).await.unwrap_err();
    assert!(!problem.needs_sign_in() && !problem.needs_person(), "{problem}");
    problem
}

fn unavailable(reply: &str) -> Problem {
    Problem::ProviderUnavailable { host: "127.0.0.1".to_owned(), reply: reply.to_owned() }
}

fn unreachable(detail: &str) -> Problem {
    Problem::ProviderUnreachable { host: "127.0.0.1".to_owned(), detail: detail.to_owned() }
}

#[tokio::test]
async fn a_provider_under_load_is_asked_again_later() {
    let world = World::google().await;
    let busy = json(429, &json!({"error": "rate_limit_exceeded"})).with("Retry-After", "30");
    world.behave(|behaviour| behaviour.token = busy);
    assert_eq!(refused(&world).await, unavailable("HTTP 429 Too Many Requests, Retry-After: 30: rate_limit_exceeded"));
}

#[tokio::test]
async fn a_fault_of_the_provider_is_none_of_the_grant() {
    let world = World::google().await;
    world.behave(|behaviour| behaviour.token = json(500, &json!({"error": "invalid_grant"})));
    assert_eq!(refused(&world).await, unavailable("HTTP 500 Internal Server Error: invalid_grant"));
    world.behave(|behaviour| behaviour.token = refusal("temporarily_unavailable", "AADSTS90033: try again"));
    assert_eq!(refused(&world).await, unavailable("temporarily_unavailable: AADSTS90033: try again"));
}

#[tokio::test]
async fn a_page_where_tokens_were_due_is_not_quoted() {
    let world = World::google().await;
    let page = html(200, "<html>Welcome to the hotel's network. Your token: abc</html>");
    world.behave(|behaviour| behaviour.token = page);
    assert_eq!(refused(&world).await, unavailable("HTTP 200 OK, no JSON (text/html; charset=utf-8)"));
}

#[tokio::test]
async fn broken_json_is_told_without_being_quoted() {
    let world = World::google().await;
    for body in ["{\"access_token\": \"half a tok", "[]", "{\"access_token\": 7}", "\u{0}"] {
        world.behave(|behaviour| behaviour.token = HttpReply::of(200, "application/json", body));
        assert_eq!(refused(&world).await, unavailable("its answer to a request for tokens cannot be read"), "{body}");
    }
    world.describe(|metadata| *metadata = json!({"issuer": 7}));
    let world = World::google().await;
    world.behave(|behaviour| behaviour.metadata = json(200, &json!({"issuer": "https://127.0.0.1"})));
    assert_eq!(refused(&world).await, unavailable("its openid-configuration cannot be read"));
}

#[tokio::test]
async fn a_token_endpoint_that_sends_us_elsewhere_is_not_followed() {
    let world = World::google().await;
    let elsewhere = format!("{}/elsewhere?code=secret", world.base());
    world.behave(|behaviour| behaviour.token = redirect(&elsewhere));
    let expected = format!("HTTP 302 Found, to {}/elsewhere, no JSON (text/html; charset=utf-8)", world.base());
    assert_eq!(refused(&world).await, unavailable(&expected));
    assert_eq!(world.asked("elsewhere"), []);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let world = World::google().await;
    let huge = HttpReply::of(200, "application/json", format!("{{\"x\": \"{}\"}}", "x".repeat(300 * 1024)));
    world.behave(|behaviour| behaviour.token = huge);
    assert_eq!(refused(&world).await, unavailable("the answer is longer than 256 KiB"));
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_not_waited_for() {
    let authority = Authority::new("Provider");
    let mut world = World::google().await;
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    world.provider = Https::serve(tls, |_| HttpReply::Silence).await;
    world.application.endpoints.base = Url::parse(&format!("https://127.0.0.1:{}", world.provider.port())).unwrap();
    world.client = Arc::new(impatient(&authority));
    assert_eq!(refused(&world).await, unreachable("the server did not answer within 1 s"));
}

#[tokio::test]
async fn a_closed_port_is_told_as_such() {
    let mut world = World::google().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.application.endpoints.base = Url::parse(&format!("https://127.0.0.1:{port}")).unwrap();
    assert_eq!(refused(&world).await, unreachable(&format!("127.0.0.1 refuses connections on port {port}")));
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_names_its_issuer() {
    let mut world = World::google().await;
    world.client = Arc::new(Client::new(&[Authority::new("Somebody else").root()]).unwrap());
    assert_eq!(
        refused(&world).await,
        unreachable("nobody this Postroom trusts vouches for the certificate, issued by Postroom tests, Provider")
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_names_it() {
    let authority = Authority::new("Provider");
    let mut world = World::google().await;
    let tls = ServerTls::of(&authority.issue(&Leaf::named(&["proxy.example.org"])));
    world.provider = Https::serve(tls, |_| HttpReply::Silence).await;
    world.application.endpoints.base = Url::parse(&format!("https://127.0.0.1:{}", world.provider.port())).unwrap();
    world.client = Arc::new(Client::new(&[authority.root()]).unwrap());
    assert_eq!(refused(&world).await, unreachable("the certificate is for proxy.example.org, not for 127.0.0.1"));
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told_as_such() {
    let mut world = World::google().await;
    let server = Script::serve("S: 220 mail.example.org ESMTP").await;
    world.application.endpoints.base = Url::parse(&format!("https://127.0.0.1:{}", server.port())).unwrap();
    assert_eq!(refused(&world).await, unreachable(&format!("port {} does not begin with TLS", server.port())));
}

#[tokio::test]
async fn an_address_without_tls_is_never_asked() {
    let mut world = World::google().await;
    let port = world.provider.port();
    world.application.endpoints.base = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let problem = world.client.authorize(&world.application, "").await.unwrap_err();
    assert!(matches!(problem, Problem::ProviderUnreachable { .. }), "{problem}");
    assert_eq!(world.provider.asked(), []);
}

#[tokio::test]
async fn a_name_is_looked_up_as_for_mail_servers() {
    let mut world = World::google().await;
    let port = world.provider.port();
    world.application.endpoints.base = Url::parse(&format!("https://localhost:{port}")).unwrap();
    world.describe(|_| {});
    world.grant(|_| {});
    assert!(world.client.refresh(&world.application, &secret(REFRESH)).await.is_ok());
}
