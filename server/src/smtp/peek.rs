//! A glance at an SMTP server, without signing in: does it speak SMTP, encrypted, and could one sign in there?

use std::time::Duration;

use tokio::time::timeout;

use super::{classify::Scene, conversation::Conversation, greeting, hello, start_tls};
use crate::{
    model::{AuthMethod, Endpoint, Problem, Provider, Security},
    net::{Dialer, Trace},
};

/// How long the goodbye may hold up the answer.
const FAREWELL: Duration = Duration::from_millis(300);

/// Connects, hears the greeting, encrypts where the endpoint says so, and reads what the server can do; then leaves.
///
/// With `signs_in` a server without AUTH (RFC 4954) is not what we look for. `trace` hears of the steps up to TLS, and
/// gives each its time.
///
/// # Errors
/// What stands in the way of a sign-in there, as [`open`](super::open) would say it.
pub async fn peek(dialer: &Dialer, endpoint: &Endpoint, signs_in: bool, trace: &Trace) -> Result<(), Problem> {
    let wire = dialer.open(endpoint, trace).await?;
    let provider = Provider::of_host(&endpoint.host);
    let encrypted = endpoint.security != Security::None;
    let scene = move |encrypted| {
        move |words| Scene { provider, method: AuthMethod::None, offered: &[], sender: "", encrypted, words }
    };
    let mut talk = Conversation::new(wire);
    greeting::hear(&mut talk, dialer, endpoint, scene(endpoint.security == Security::Tls)).await?;
    if endpoint.security == Security::StartTls {
        (talk, _) = start_tls::upgrade(talk, dialer, endpoint, scene(false)).await?;
    }
    let extensions = hello::say(&mut talk, dialer.ehlo_name(), scene(encrypted)).await?;
    // Whether the goodbye is returned changes nothing about what was seen.
    let _ = timeout(FAREWELL, talk.command("QUIT")).await;
    if signs_in && extensions.mechanisms().is_empty() { Err(Problem::SignInNotOffered) } else { Ok(()) }
}
