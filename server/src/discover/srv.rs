//! What a domain's SRV records say of its mail servers (RFC 6186, RFC 8314).

use std::time::Duration;

use super::found::{Found, bare, host_of};
use crate::{
    model::{Candidate, Certainty, Endpoint, NeedKind, Protocol, Security, Source, Sourced, Trouble, UsernameForm},
    net::dns::{
        Dns,
        records::{Service, Unanswered},
    },
};

/// No more servers than this of one service.
pub const MAX_SERVERS: usize = 4;

/// What a record can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    Server(Protocol, Security),
    Pop3,
}

/// The services that are asked for, TLS from the first byte before STARTTLS (RFC 8314 5.1).
pub const SERVICES: [(&str, Offer); 6] = [
    ("_imaps._tcp", Offer::Server(Protocol::Imap, Security::Tls)),
    ("_imap._tcp", Offer::Server(Protocol::Imap, Security::StartTls)),
    ("_submissions._tcp", Offer::Server(Protocol::Smtp, Security::Tls)),
    ("_submission._tcp", Offer::Server(Protocol::Smtp, Security::StartTls)),
    ("_pop3s._tcp", Offer::Pop3),
    ("_pop3._tcp", Offer::Pop3),
];

/// Asks for all of them at once.
pub(super) async fn look(dns: &Dns, domain: &str, deadline: Duration) -> Result<Option<Found>, Trouble> {
    let asked = SERVICES
        .map(|(service, offer)| async move { (offer, dns.services(&format!("{service}.{domain}"), deadline).await) });
    let mut answers = Vec::new();
    let mut trouble = None;
    for (offer, answer) in futures::future::join_all(asked).await {
        match answer {
            Ok(services) => answers.push((offer, services)),
            Err(Unanswered(problem)) => trouble = Some(Trouble::Unreachable { problem }),
        }
    }
    match (found(domain, &answers), trouble) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(trouble)) => Err(trouble),
        (None, None) => Ok(None),
    }
}

/// What the records mean, each service with its own in their order.
#[must_use]
pub fn found(domain: &str, answers: &[(Offer, Vec<Service>)]) -> Option<Found> {
    let mut found = Found::default();
    let mut pop3 = false;
    for (offer, services) in answers {
        match offer {
            Offer::Server(protocol, security) => {
                let list = match protocol {
                    Protocol::Imap => &mut found.incoming,
                    Protocol::Smtp => &mut found.outgoing,
                };
                let offered = services.iter().filter_map(|service| candidate(service, domain, *security));
                list.extend(offered.take(MAX_SERVERS));
            }
            Offer::Pop3 => pop3 |= services.iter().any(|service| host(service).is_some()),
        }
    }
    if pop3 && found.incoming.is_empty() {
        found.needs.push(bare(NeedKind::Pop3Only));
    }
    (found != Found::default()).then_some(found)
}

/// An empty target says that the service is decidedly not offered (RFC 6186 3.4).
fn host(service: &Service) -> Option<String> {
    host_of(&service.target).filter(|_| service.port != 0)
}

fn candidate(service: &Service, domain: &str, security: Security) -> Option<Candidate> {
    let host = host(service)?;
    // Without DNSSEC somebody on the way may have named the server; one of the domain's own has a certificate for it.
    let own = host == domain || host.ends_with(&format!(".{domain}"));
    let certainty = if own { Certainty::Likely } else { Certainty::Unsure };
    Some(Candidate {
        endpoint: Sourced::new(Endpoint::new(host, service.port, security), Source::Srv, certainty),
        username: Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Likely),
        ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
    })
}
