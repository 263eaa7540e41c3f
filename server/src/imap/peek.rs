//! A glance at an IMAP server, without signing in: does it speak IMAP, and is the connection encrypted?

use std::time::Duration;

use tokio::time::timeout;

use super::{
    classify::Place,
    conversation::Conversation,
    greeting::{Greeting, greeting},
    start_tls::start_tls,
};
use crate::{
    model::{AuthMethod, Endpoint, Problem, Provider, Security},
    net::{Dialer, Trace},
};

/// How long the goodbye may hold up the answer.
const FAREWELL: Duration = Duration::from_millis(300);

/// Connects, hears the greeting, and encrypts where the endpoint says so; then leaves.
///
/// `trace` hears of the steps up to TLS, and gives each its time.
///
/// # Errors
/// What stands in the way of a sign-in there, as [`open`](super::open) would say it.
pub async fn peek(dialer: &Dialer, endpoint: &Endpoint, trace: &Trace) -> Result<(), Problem> {
    let wire = dialer.open(endpoint, trace).await?;
    let provider = Provider::of_host(&endpoint.host);
    let mut conversation = Conversation::new(wire, trace.clone(), provider, AuthMethod::None, "");
    let (greeted, _) = greeting(&mut conversation, dialer, endpoint).await?;
    if endpoint.security == Security::StartTls {
        start_tls(&mut conversation, dialer, endpoint, &greeted).await?;
    }
    if let Greeting::PreAuth { line } = greeted {
        return Err(Problem::NotAMailServer { reply: line });
    }
    conversation.turn_to(Place::Capabilities);
    // Whether the goodbye is returned changes nothing about what was seen.
    let _ = timeout(FAREWELL, conversation.close()).await;
    Ok(())
}
