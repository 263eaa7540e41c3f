//! What the answers of the neighbours prove about a failure.

use std::net::IpAddr;

use super::{
    Failure, SERVERS_ONLY,
    knock::{Answer, Family, Knock, Reference},
};
use crate::model::{Endpoint, Problem, Security, Step};

/// The failure's own problem, unless the neighbours prove a better one.
///
/// `addresses` are those of the host that failed.
pub(super) fn problem(
    failure: &Failure,
    failed: &Endpoint,
    addresses: &[IpAddr],
    knocks: &[Knock],
    references: &[Reference],
) -> Problem {
    let better = match failure.step {
        Step::Connect => closed(&failure.problem, failed, addresses, knocks, references),
        _ => begun_wrongly(failure, failed, knocks),
    };
    better.unwrap_or_else(|| failure.problem.clone())
}

/// Whose fault a closed port is. Only what was reached over IPv4 says something of an address of IPv4, and so with IPv6.
fn closed(
    found: &Problem,
    failed: &Endpoint,
    addresses: &[IpAddr],
    knocks: &[Knock],
    references: &[Reference],
) -> Option<Problem> {
    let silent = matches!(found, Problem::ConnectTimedOut { .. });
    let same_family = |reference: &&Reference| addresses.iter().any(|address| Family::of(*address) == reference.family);
    let (host, port) = (failed.host.clone(), failed.port);
    let mut open: Vec<u16> =
        knocks.iter().filter(|knock| knock.answer.is_there()).map(|knock| knock.endpoint.port).collect();
    open.dedup();
    let mut there = references.iter().filter(|reference| reference.answer.is_there()).peekable();
    let anybody = there.peek().is_some();
    if let Some(there) = there.find(same_family) {
        // A refusal is the host's own word already.
        return silent.then(|| Problem::NotListening { host, port, reference: there.host.clone(), open });
    }
    if anybody {
        // The others answer over the other family alone: over this one nothing gets out.
        let alone = references.iter().any(|reference| same_family(&reference));
        return (silent && alone && open.is_empty()).then_some(Problem::Unreachable { host, port });
    }
    // Without any way out nothing can be reached; only an open door beside it shows that this one is shut.
    let shut = |answer: &Answer| match answer {
        // A firewall that refuses does so to all; a host that refuses where others keep silent speaks for itself.
        Answer::Silent => silent || (matches!(found, Problem::Unreachable { .. }) && !open.is_empty()),
        Answer::Refused => !matches!(found, Problem::Unreachable { .. }) || !open.is_empty(),
        Answer::Unreachable => !open.is_empty(),
        _ => false,
    };
    if let Some(reference) = references.iter().filter(same_family).find(|reference| shut(&reference.answer)) {
        return Some(Problem::PortBlocked { host, port, reference: Some(reference.host.clone()) });
    }
    let usual = port == SERVERS_ONLY && silent && !open.is_empty();
    usual.then_some(Problem::PortBlocked { host, port, reference: None })
}

/// The same port, begun the other way, answered: then that is what was wrong.
fn begun_wrongly(failure: &Failure, failed: &Endpoint, knocks: &[Knock]) -> Option<Problem> {
    let vague = matches!(
        failure.problem,
        Problem::TlsFailed { .. } | Problem::TimedOut { .. } | Problem::ConnectionLost { .. } | Problem::NoGreeting
    );
    let other_way = |security| {
        knocks
            .iter()
            .find(|knock| (knock.endpoint.port, knock.endpoint.security) == (failed.port, security))
            .map(|knock| &knock.answer)
    };
    let port = failed.port;
    match (failure.step, failed.security) {
        (Step::Tls, Security::Tls) if vague && other_way(Security::StartTls)?.speaks_in_clear() => {
            Some(Problem::NotATlsPort { port })
        }
        (Step::Greeting, Security::StartTls | Security::None) if vague && other_way(Security::Tls)?.speaks_tls() => {
            Some(Problem::TlsFromTheStart { port })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
