//! STARTTLS (RFC 9051 6.2.1): from clear text to TLS before anything secret is said.
//!
//! Nothing of what was said in clear counts afterwards, the capabilities least of all, and a server that has
//! words waiting behind its OK is not believed: somebody may have put them there (CVE-2011-0411).

use super::{
    classify::Place,
    conversation::{Conversation, is},
    greeting::Greeting,
    response::{Condition, Response},
};
use crate::{
    model::{Endpoint, Finding, Problem},
    net::Dialer,
};

/// Asks for TLS and does the handshake.
///
/// # Errors
/// Why there is no TLS; by then nothing secret has been said.
pub(super) async fn start_tls(
    conversation: &mut Conversation,
    dialer: &Dialer,
    endpoint: &Endpoint,
    greeting: &Greeting,
) -> Result<((), Finding), Problem> {
    conversation.turn_to(Place::StartTls);
    // A session that is already signed in cannot be encrypted any more; that is how a middleman keeps it in clear.
    if let Greeting::PreAuth { line } = greeting {
        return Err(Problem::StartTlsInjected { reply: Some(line.clone()) });
    }
    if conversation.capabilities.is_none() {
        let tag = conversation.ask("CAPABILITY").await?;
        conversation.finish(&tag).await?;
    }
    if !conversation.capabilities.as_ref().is_some_and(|capabilities| capabilities.offers("STARTTLS")) {
        return Err(Problem::StartTlsNotOffered);
    }
    let tag = conversation.ask("STARTTLS").await?;
    loop {
        match conversation.hear().await? {
            Response::Status(status) if is(&status, &tag) => {
                if status.condition == Condition::Ok {
                    break;
                }
                return Err(Problem::StartTlsRefused { reply: status.line });
            }
            Response::Continuation { text } => return Err(conversation.nonsense(&format!("+ {text}"))),
            _ => {}
        }
    }
    let wire = conversation.take_wire();
    let (wire, finding) = dialer.secure(wire, endpoint).await?;
    conversation.put_wire(wire);
    Ok(((), finding))
}
