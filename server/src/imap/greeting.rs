//! The first words (RFC 9051 7.1): whether this is an IMAP server at all, and whether it wants us.

use tokio::time::timeout;

use super::{
    classify::Place,
    conversation::Conversation,
    response::{Condition, Response, Status, last_words, parse},
};
use crate::{
    model::{Endpoint, Finding, Problem, Protocol, Security},
    net::{Dialer, trace::timed_out},
};

/// How the server greeted us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    /// We have to sign in.
    Ok,
    /// The server believes it knows us already.
    PreAuth { line: String },
}

/// Waits for the greeting and reads it.
///
/// # Errors
/// Why this server will not talk IMAP with us.
pub(super) async fn greeting(
    conversation: &mut Conversation,
    dialer: &Dialer,
    endpoint: &Endpoint,
) -> Result<(Greeting, Finding), Problem> {
    let in_clear = endpoint.security != Security::Tls;
    let patience = conversation.trace().patience();
    let waiting = async {
        let soon = timeout(patience / 3, first_words(conversation)).await;
        match soon {
            Ok(words) => words,
            // Perhaps the server waits for TLS while we wait for its greeting. We look without letting go.
            Err(_) if in_clear => tokio::select! {
                words = first_words(conversation) => words,
                true = dialer.begins_with_tls(endpoint) => Err(Problem::TlsFromTheStart { port: endpoint.port }),
            },
            Err(_) => first_words(conversation).await,
        }
    };
    let words = match timeout(patience, waiting).await {
        Ok(words) => words?,
        // What came, though no line of it was ever finished.
        Err(_) if conversation.wire().inbox().is_empty() => return Err(Problem::NoGreeting),
        Err(_) => {
            let words = last_words(conversation.wire().inbox()).text;
            // What comes of a line is not known before its end: half a good greeting is none.
            if matches!(parse(&words), Response::Status(_)) {
                return Err(timed_out(patience));
            }
            words
        }
    };
    if words.is_empty() {
        // The server hung up without a word, as TLS servers do when they hear nothing.
        let tls = in_clear && dialer.begins_with_tls(endpoint).await;
        return Err(if tls { Problem::TlsFromTheStart { port: endpoint.port } } else { Problem::NoGreeting });
    }
    if in_clear && is_tls(&words) {
        return Err(Problem::TlsFromTheStart { port: endpoint.port });
    }
    let Response::Status(mut status) = parse(&words) else {
        return Err(not_imap(conversation, &words));
    };
    status.line = conversation.shown(&status.line);
    judge(conversation, status)
}

/// The first line, or what there was of it when the server closed; empty when there was nothing.
async fn first_words(conversation: &mut Conversation) -> Result<Vec<u8>, Problem> {
    loop {
        // TLS speaks in records, not in lines: waiting for the end of a line would be waiting for ever.
        if is_tls(conversation.wire().inbox()) {
            return Ok(conversation.wire().inbox().to_vec());
        }
        if let Some(line) = conversation.arrived()? {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return Ok(line);
        }
        if conversation.wire().receive().await? == 0 {
            let words = last_words(conversation.wire().inbox()).text;
            if !words.is_empty() && !is_tls(&words) {
                conversation.trace().server(&words);
            }
            return Ok(words);
        }
    }
}

/// True for the beginning of a TLS alert or handshake record (RFC 8446 5.1).
const fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [0x15 | 0x16, 0x03, ..])
}

fn judge(conversation: &mut Conversation, status: Status) -> Result<(Greeting, Finding), Problem> {
    if status.tag.is_some() {
        return Err(conversation.nonsense(&status.line));
    }
    match status.condition {
        Condition::Ok | Condition::PreAuth => {}
        Condition::No | Condition::Bad | Condition::Bye => return Err(conversation.meaning_of(&status)),
    }
    conversation.remember(&status);
    conversation.turn_to(Place::Capabilities);
    let text = if status.text.is_empty() { status.line.clone() } else { conversation.shown(&status.text) };
    let greeting =
        if status.condition == Condition::PreAuth { Greeting::PreAuth { line: status.line } } else { Greeting::Ok };
    Ok((greeting, Finding::Greeted { text }))
}

/// Recognises what people most often reach by mistake.
fn not_imap(conversation: &mut Conversation, words: &[u8]) -> Problem {
    let text = String::from_utf8_lossy(words);
    let reply = conversation.shown(&text);
    let other =
        |found: &str| Problem::WrongProtocol { wanted: Protocol::Imap, found: found.to_owned(), reply: reply.clone() };
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if begins("220") && text.to_ascii_lowercase().contains("ftp") {
        other("FTP")
    } else if begins("220") || begins("421 ") || begins("554 ") {
        other("SMTP")
    } else if begins("+OK") || begins("-ERR") {
        other("POP3")
    } else if begins("*") {
        conversation.nonsense(&text)
    } else {
        Problem::NotAMailServer { reply }
    }
}
