//! What a domain's SRV records say of its mail servers (RFC 6186, RFC 8314).

use std::time::Duration;

use super::found::{Found, host_of};
use crate::{
    model::{Candidate, Certainty, Endpoint, Protocol, Security, Source, Sourced, Trouble, UsernameForm},
    net::dns::{
        Dns,
        records::{Service, Unanswered},
    },
};

/// No more servers than this of one service.
const MAX_SERVERS: usize = 4;

/// The four services, TLS from the first byte before STARTTLS (RFC 8314 5.1).
const SERVICES: [(&str, Protocol, Security); 4] = [
    ("_imaps._tcp", Protocol::Imap, Security::Tls),
    ("_imap._tcp", Protocol::Imap, Security::StartTls),
    ("_submissions._tcp", Protocol::Smtp, Security::Tls),
    ("_submission._tcp", Protocol::Smtp, Security::StartTls),
];

/// Asks for all four at once.
pub(super) async fn look(dns: &Dns, domain: &str, deadline: Duration) -> Result<Option<Found>, Trouble> {
    let asked = SERVICES.map(|(service, protocol, security)| async move {
        let answer = dns.services(&format!("{service}.{domain}"), deadline).await;
        (protocol, security, answer)
    });
    let mut found = Found::default();
    let mut trouble = None;
    for (protocol, security, answer) in futures::future::join_all(asked).await {
        let list = match protocol {
            Protocol::Imap => &mut found.incoming,
            Protocol::Smtp => &mut found.outgoing,
        };
        match answer {
            Ok(services) => {
                let offered = services.iter().filter_map(|service| candidate(service, domain, security));
                list.extend(offered.take(MAX_SERVERS));
            }
            Err(Unanswered(problem)) => trouble = Some(Trouble::Unreachable { problem }),
        }
    }
    match (found.incoming.is_empty() && found.outgoing.is_empty(), trouble) {
        (false, _) => Ok(Some(found)),
        (true, Some(trouble)) => Err(trouble),
        (true, None) => Ok(None),
    }
}

fn candidate(service: &Service, domain: &str, security: Security) -> Option<Candidate> {
    // An empty target says that the service is decidedly not offered (RFC 6186 3.4).
    let host = host_of(&service.target).filter(|_| service.port != 0)?;
    // Without DNSSEC somebody on the way may have named the server; one of the domain's own has a certificate for it.
    let own = host == domain || host.ends_with(&format!(".{domain}"));
    let certainty = if own { Certainty::Likely } else { Certainty::Unsure };
    Some(Candidate {
        endpoint: Sourced::new(Endpoint::new(host, service.port, security), Source::Srv, certainty),
        username: Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Likely),
        ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
    })
}
