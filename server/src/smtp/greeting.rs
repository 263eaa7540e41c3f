//! Waits for the server's first words, and tells what it is if it is no SMTP server.
//!
//! Not a byte is sent before the greeting is complete: servers hold that against spammers (postscreen,
//! Exim's "synchronization error"), and some pause between two lines of the greeting to catch them.

use tokio::time::timeout;

use super::{
    classify::{self, Place, Scene},
    conversation::{Conversation, Silence},
    reply::{Reply, Unreadable},
};
use crate::{
    model::{Endpoint, Finding, Problem, Protocol, Security},
    net::{Dialer, trace::timed_out},
};

/// Hears the greeting.
pub(super) async fn hear<'a>(
    talk: &mut Conversation,
    dialer: &Dialer,
    endpoint: &Endpoint,
    scene: impl Fn(String) -> Scene<'a>,
) -> Result<((), Finding), Problem> {
    let Ok(heard) = timeout(talk.patience(), talk.hear()).await else {
        return Err(silent(talk, dialer, endpoint).await);
    };
    match heard {
        Ok(reply) => judge(talk, &reply, scene),
        Err(Silence::Unreadable(Unreadable::TooMuch { limit_bytes })) => Err(Problem::TooMuchData { limit_bytes }),
        Err(Silence::Unreadable(Unreadable::NotAReply { line })) => Err(foreign(talk, &line, endpoint)),
        Err(Silence::Lost(Problem::ConnectionLost { reply: None }))
            if begins_with_tls(talk, dialer, endpoint).await =>
        {
            Err(Problem::TlsFromTheStart { port: endpoint.port })
        }
        Err(Silence::Lost(problem)) => Err(problem),
    }
}

fn judge<'a>(
    talk: &Conversation,
    reply: &Reply,
    scene: impl Fn(String) -> Scene<'a>,
) -> Result<((), Finding), Problem> {
    let words = talk.words(reply);
    if !reply.is_positive() {
        Err(classify::problem(Place::Greeting, reply, scene(words)))
    } else if classify::greets_as_something_else(reply) {
        Err(Problem::NotAMailServer { reply: words })
    } else {
        Ok(((), Finding::Greeted { text: talk.quote(&reply.text()) }))
    }
}

/// Nothing, or nothing whole, has come for too long.
async fn silent(talk: &Conversation, dialer: &Dialer, endpoint: &Endpoint) -> Problem {
    let rest = talk.inbox();
    if !rest.is_empty() && !could_be_a_reply(rest) {
        foreign(talk, rest, endpoint)
    } else if talk.has_begun_a_reply() || !rest.is_empty() {
        timed_out(talk.patience())
    } else if begins_with_tls(talk, dialer, endpoint).await {
        Problem::TlsFromTheStart { port: endpoint.port }
    } else {
        Problem::NoGreeting
    }
}

/// The first bytes are no SMTP reply.
fn foreign(talk: &Conversation, line: &[u8], endpoint: &Endpoint) -> Problem {
    // A TLS record: an alert (21) or a handshake (22), version 3.x.
    if endpoint.security != Security::Tls && matches!(line, [0x15 | 0x16, 0x03, ..]) {
        return Problem::TlsFromTheStart { port: endpoint.port };
    }
    let quoted = talk.quote(&String::from_utf8_lossy(line));
    if quoted.is_empty() {
        return Problem::ProtocolNonsense { protocol: Protocol::Smtp, line: quoted };
    }
    classify::foreign_greeting(line, quoted)
}

fn could_be_a_reply(bytes: &[u8]) -> bool {
    bytes.iter().take(3).all(u8::is_ascii_digit)
}

/// True where a port that should begin in clear waits for TLS; looks no longer than the step has time.
async fn begins_with_tls(talk: &Conversation, dialer: &Dialer, endpoint: &Endpoint) -> bool {
    let look = async { endpoint.security != Security::Tls && dialer.begins_with_tls(endpoint).await };
    timeout(talk.patience().mul_f32(0.3), look).await.unwrap_or(false)
}
