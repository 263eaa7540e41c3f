//! The names that servers usually have: a few are greeted, and whoever greets back is a guess worth showing.
//!
//! Nothing is signed in to. A server that begins in clear counts only when it offers STARTTLS. One whose certificate
//! is not good enough is there all the same, as is usual where a host has many domains, and hears nothing: hosts
//! without that fault come first, and the check that follows says what is to be done about it.

use std::time::Duration;

use super::{Ports, found::Found};
use crate::{
    model::{Candidate, Certainty, Endpoint, Problem, Protocol, Security, Source, Sourced, Trouble, UsernameForm},
    net::{Dialer, Trace, Wire},
};

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// Greets the usual names of what is still missing, all at once.
pub(super) async fn look(
    dialer: &Dialer,
    domain: &str,
    missing: &[Protocol],
    ports: Ports,
    deadline: Duration,
) -> Result<Option<Found>, Trouble> {
    let places = missing.iter().flat_map(|&protocol| {
        let first = if protocol == Protocol::Imap { "imap" } else { "smtp" };
        let hosts = [format!("{first}.{domain}"), format!("mail.{domain}"), domain.to_owned()];
        hosts.into_iter().flat_map(move |host| {
            [Security::Tls, Security::StartTls].map(|security| (protocol, endpoint(&host, protocol, security, ports)))
        })
    });
    let asked = places.map(|(protocol, endpoint)| async move {
        let greeted = tokio::time::timeout(deadline, greets(dialer, protocol, &endpoint)).await;
        let answer = match greeted {
            Ok(Ok(true)) => Answer::Greets,
            Ok(Err(problem)) if problem.is_about_certificate() => Answer::Untrusted,
            Ok(Ok(false) | Err(_)) | Err(_) => Answer::Nothing,
        };
        (protocol, endpoint, answer)
    });
    let mut answers = futures::future::join_all(asked).await;
    answers.retain(|(_, _, answer)| *answer != Answer::Nothing);
    // A certificate is shown on every port of its host, but is seen only where TLS comes first.
    let doubtful: Vec<(Protocol, String)> = answers
        .iter()
        .filter(|(_, _, answer)| *answer == Answer::Untrusted)
        .map(|(protocol, endpoint, _)| (*protocol, endpoint.host.clone()))
        .collect();
    answers.sort_by_key(|(protocol, endpoint, _)| doubtful.contains(&(*protocol, endpoint.host.clone())));
    let mut found = Found::default();
    for (protocol, endpoint, _) in answers {
        let list = match protocol {
            Protocol::Imap => &mut found.incoming,
            Protocol::Smtp => &mut found.outgoing,
        };
        list.push(Candidate {
            endpoint: Sourced::new(endpoint, Source::Guess, Certainty::Unsure),
            username: Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Unsure),
            ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
        });
    }
    Ok(Some(found).filter(|found| !found.incoming.is_empty() || !found.outgoing.is_empty()))
}

/// What came of greeting one name on one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// A server of the right kind.
    Greets,
    /// TLS with a certificate that is not good enough, so nothing more was said.
    Untrusted,
    Nothing,
}

fn endpoint(host: &str, protocol: Protocol, security: Security, ports: Ports) -> Endpoint {
    let port = match (protocol, security) {
        (Protocol::Imap, Security::Tls) => ports.imaps,
        (Protocol::Imap, _) => ports.imap,
        (Protocol::Smtp, Security::Tls) => ports.submissions,
        (Protocol::Smtp, _) => ports.submission,
    };
    Endpoint::new(host.to_owned(), port, security)
}

/// True where a server of this kind answers and offers what it must.
async fn greets(dialer: &Dialer, protocol: Protocol, endpoint: &Endpoint) -> Result<bool, Problem> {
    let mut wire = dialer.open(endpoint, &Trace::off()).await?;
    let (greeting, question, end) = match protocol {
        Protocol::Imap => ("* OK", "A1 CAPABILITY\r\n".to_owned(), "A1 "),
        Protocol::Smtp => ("220", format!("EHLO {}\r\n", dialer.ehlo_name()), "250 "),
    };
    let words = until(&mut wire, |line| !is_continued(line)).await?;
    if !words.starts_with(greeting) {
        return Ok(false);
    }
    if endpoint.security == Security::Tls {
        return Ok(true);
    }
    wire.send(question.as_bytes()).await?;
    let words = until(&mut wire, |line| line.starts_with(end) || refuses(line)).await?;
    Ok(words.to_ascii_uppercase().contains("STARTTLS"))
}

/// True for a line of SMTP behind which more follow.
fn is_continued(line: &str) -> bool {
    line.get(..4).is_some_and(|code| code.ends_with('-') && code.bytes().take(3).all(|byte| byte.is_ascii_digit()))
}

fn refuses(line: &str) -> bool {
    line.starts_with(['4', '5']) || line.starts_with("* BYE")
}

/// Reads lines until one of them is the last; what was read, or what there was of it.
async fn until(wire: &mut Wire, is_last: impl Fn(&str) -> bool) -> Result<String, Problem> {
    let mut words = String::new();
    loop {
        while let Some(at) = wire.inbox().iter().position(|&byte| byte == b'\n') {
            let line = String::from_utf8_lossy(wire.inbox().get(..at).unwrap_or_default()).into_owned();
            wire.consume(at + 1);
            words.push_str(&line);
            words.push('\n');
            if is_last(&line) {
                return Ok(words);
            }
        }
        if words.len() + wire.inbox().len() > MAX_ANSWER_BYTES || wire.receive().await? == 0 {
            return Ok(words);
        }
    }
}
