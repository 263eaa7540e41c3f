//! Upgrades a connection that began in clear (RFC 3207).
//!
//! Nothing learnt before TLS counts afterwards, and not a byte may follow the server's consent: it
//! would have come in clear and be taken for an encrypted word (CVE-2011-0411).

use super::{
    classify::{self, Place, Scene},
    conversation::Conversation,
    hello,
};
use crate::{
    model::{Endpoint, Finding, Problem},
    net::Dialer,
};

/// Says EHLO and STARTTLS and shakes hands; the conversation that comes back is encrypted.
pub(super) async fn upgrade<'a>(
    mut talk: Conversation,
    dialer: &Dialer,
    endpoint: &Endpoint,
    scene: impl Fn(String) -> Scene<'a>,
) -> Result<(Conversation, Finding), Problem> {
    let extensions = hello::say(&mut talk, dialer.ehlo_name(), &scene).await?;
    if !extensions.has("STARTTLS") {
        return Err(Problem::StartTlsNotOffered);
    }
    let reply = talk.command("STARTTLS").await?;
    if !reply.is_positive() {
        let words = talk.words(&reply);
        return Err(classify::problem(Place::StartTls, &reply, scene(words)));
    }
    if !talk.inbox().is_empty() {
        return Err(Problem::StartTlsInjected { reply: None });
    }
    let (wire, finding) = dialer.secure(talk.into_wire(), endpoint).await?;
    Ok((Conversation::new(wire), finding))
}
