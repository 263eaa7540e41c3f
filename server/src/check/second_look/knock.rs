//! One glance at one door, and what came of it.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::join_all;
use tokio::time::{Instant, timeout_at};

use crate::{
    imap,
    model::{Endpoint, Event, Finding, Problem, Protocol, Security},
    net::{Dialer, Trace, guard::Place},
    smtp,
};

/// A door that was knocked at.
#[derive(Debug)]
pub(super) struct Knock {
    pub endpoint: Endpoint,
    pub answer: Answer,
}

/// A server that is known to answer on a port, and whether it did.
#[derive(Debug)]
pub(super) struct Reference {
    pub host: String,
    pub port: u16,
    /// Over which it was asked.
    pub family: Family,
    pub answer: Answer,
}

/// The two ways of the internet: a network may let one of them out and not the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    pub const fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// What came of a knock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// All that was asked for: for a reference the connection, else the protocol, encrypted.
    Open,
    /// The protocol, and encryption with a certificate that is not good enough.
    Untrusted(Problem),
    /// Somebody took the connection; this is what was wrong then.
    Otherwise(Problem),
    Refused,
    /// Nothing came back at all.
    Silent,
    Unreachable,
    /// Nothing was learnt: no address, or not allowed to go there.
    Unknown,
}

impl Answer {
    fn of(problem: Problem) -> Self {
        match problem {
            Problem::ConnectTimedOut { .. } => Self::Silent,
            Problem::ConnectionRefused { .. } => Self::Refused,
            Problem::Unreachable { .. } => Self::Unreachable,
            Problem::HostNotFound { .. }
            | Problem::HostHasNoAddress { .. }
            | Problem::HostNameInvalid { .. }
            | Problem::DnsTimedOut { .. }
            | Problem::DnsFailed { .. }
            | Problem::DnsRefused { .. }
            | Problem::AddressNotAllowed { .. }
            | Problem::ConnectDenied { .. }
            | Problem::OutOfSockets { .. } => Self::Unknown,
            problem if problem.is_about_certificate() => Self::Untrusted(problem),
            problem => Self::Otherwise(problem),
        }
    }

    /// True where somebody took the connection.
    pub const fn is_there(&self) -> bool {
        matches!(self, Self::Open | Self::Untrusted(_) | Self::Otherwise(_))
    }

    /// True where the server spoke the protocol in clear, whatever it said about encryption.
    pub const fn speaks_in_clear(&self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::Untrusted(_)
                | Self::Otherwise(
                    Problem::StartTlsNotOffered | Problem::StartTlsRefused { .. } | Problem::SignInNotOffered
                )
        )
    }

    /// True where the connection was encrypted from the first byte on.
    pub const fn speaks_tls(&self) -> bool {
        matches!(self, Self::Open | Self::Untrusted(_) | Self::Otherwise(Problem::SignInNotOffered))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("answers"),
            Self::Untrusted(problem) => write!(f, "answers, but {problem}"),
            Self::Otherwise(problem) => problem.fmt(f),
            Self::Refused => f.write_str("refuses the connection"),
            Self::Silent => f.write_str("no answer"),
            Self::Unreachable => f.write_str("no way there"),
            Self::Unknown => f.write_str("could not be tried"),
        }
    }
}

/// Knocks at one door of a host, and says no more than what anybody may hear.
pub(super) async fn at(
    dialer: &Dialer,
    endpoint: Endpoint,
    protocol: Protocol,
    signs_in: bool,
    deadline: Instant,
) -> Knock {
    let way = Way::default();
    let trace = way.trace(deadline);
    let glance = async {
        match protocol {
            Protocol::Imap => imap::peek(dialer, &endpoint, &trace).await,
            Protocol::Smtp => smtp::peek(dialer, &endpoint, signs_in, &trace).await,
        }
    };
    let answer = match timeout_at(deadline, glance).await {
        Ok(seen) => seen.map_or_else(Answer::of, |()| Answer::Open),
        Err(_) => way.at_the_end(),
    };
    Knock { endpoint, answer }
}

/// Asks those who are known to answer on `port` for a connection, and says nothing on it; over IPv4 and IPv6 apart,
/// because one of the two may not get out.
///
/// A server inside the house and one on the internet are reached by different ways: only hosts in the same kind of
/// place as `addresses` are asked.
pub(super) async fn at_references(
    dialer: &Dialer,
    port: u16,
    addresses: &[IpAddr],
    deadline: Instant,
) -> Vec<Reference> {
    let places: Vec<Place> = addresses.iter().copied().map(Place::of).collect();
    let places = places.as_slice();
    let known = dialer.neighbours().references.iter().filter(|(_, known)| *known == port);
    let asked = known.map(|(host, port)| async move {
        let endpoint = &Endpoint::new(host.clone(), *port, Security::None);
        let Ok(Ok(all)) = timeout_at(deadline, dialer.addresses(endpoint)).await else { return Vec::new() };
        let over = Family::ALL.map(|family| {
            let comparable = |ip: IpAddr| Family::of(ip) == family && places.contains(&Place::of(ip));
            let there: Vec<SocketAddr> = all.iter().copied().filter(|address| comparable(address.ip())).collect();
            async move {
                if there.is_empty() {
                    return None;
                }
                let answer = match timeout_at(deadline, dialer.reach(endpoint, &there)).await {
                    Ok(reached) => reached.map_or_else(Answer::of, |()| Answer::Open),
                    Err(_) => Answer::Silent,
                };
                Some(Reference { host: host.clone(), port: *port, family, answer })
            }
        });
        join_all(over).await.into_iter().flatten().collect()
    });
    join_all(asked).await.into_iter().flatten().collect()
}

/// How far a knock has come.
#[derive(Clone, Debug, Default)]
struct Way(Arc<Mutex<Stage>>);

#[derive(Debug, Default)]
struct Stage {
    resolved: bool,
    connected: bool,
}

impl Way {
    fn trace(&self, deadline: Instant) -> Trace {
        let way = self.clone();
        let left = deadline.saturating_duration_since(Instant::now());
        Trace::to(move |event| {
            if let Event::Passed { finding, .. } = event {
                let mut stage = way.0.lock().unwrap_or_else(PoisonError::into_inner);
                match finding {
                    Finding::Resolved { .. } => stage.resolved = true,
                    Finding::Connected { .. } => stage.connected = true,
                    _ => {}
                }
            }
        })
        .with_step_deadline(left)
    }

    /// The answer of a knock that was given up.
    fn at_the_end(&self) -> Answer {
        let stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stage.connected {
            Answer::Otherwise(Problem::NoGreeting)
        } else if stage.resolved {
            Answer::Silent
        } else {
            Answer::Unknown
        }
    }
}
