//! After a failure on the way: looks at the neighbours, and says which door would have been open.
//!
//! ```text
//! failure ─┬─► the usual ports of the host, the same port begun the other way ──► offers
//!          └─► other hosts, known to answer on this very port (only where it is closed) ──► network, or server?
//! ```
//!
//! Nothing secret is said: each glance ends before a sign-in, and hosts that only serve for comparison hear not a
//! byte. Everything goes through the dialer and its guard, at the same time and within one short deadline.

mod knock;
mod verdict;

use std::{net::IpAddr, time::Duration};

use futures::{StreamExt, future, stream::FuturesUnordered};
use tokio::time::{Instant, timeout_at};

use self::knock::{Answer, Knock, Reference};
use super::Target;
use crate::{
    model::{AuthMethod, Endpoint, Problem, Security, Step, Trust},
    net::{Dialer, Door, Trace},
};

/// How much longer the others may take once a door was found open.
const GRACE: Duration = Duration::from_millis(700);
/// Meant for mail between servers: never offered to somebody who did not choose it.
const SERVERS_ONLY: u16 = 25;

/// The failure that is looked into.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub step: Step,
    pub millis: u64,
    pub problem: Problem,
}

/// What the look found.
#[derive(Debug)]
pub(super) struct Found {
    /// What is wrong, as far as it is known now.
    pub problem: Problem,
    /// Encrypted ways to the same host, the best first.
    pub offers: Vec<Endpoint>,
}

/// True where another port, or the other way to begin, may be what was meant.
pub(super) const fn helps(step: Step, problem: &Problem) -> bool {
    match step {
        Step::Connect => is_closed(problem),
        Step::Tls => {
            matches!(
                problem,
                Problem::NotATlsPort { .. }
                    | Problem::TlsFailed { .. }
                    | Problem::TimedOut { .. }
                    | Problem::ConnectionLost { .. }
            )
        }
        Step::Greeting => {
            matches!(
                problem,
                Problem::TlsFromTheStart { .. }
                    | Problem::NoGreeting
                    | Problem::WrongProtocol { .. }
                    | Problem::NotAMailServer { .. }
                    | Problem::ProtocolNonsense { .. }
                    | Problem::TimedOut { .. }
                    | Problem::ConnectionLost { .. }
            )
        }
        Step::StartTls => {
            matches!(
                problem,
                Problem::StartTlsNotOffered
                    | Problem::StartTlsRefused { .. }
                    | Problem::TlsFailed { .. }
                    | Problem::TimedOut { .. }
                    | Problem::ConnectionLost { .. }
            )
        }
        Step::SignIn => matches!(problem, Problem::SignInNotOffered | Problem::SignInNeedsTls { .. }),
        Step::Resolve | Step::Capabilities | Step::Ehlo | Step::Folder | Step::Idle | Step::Sender => false,
    }
}

const fn is_closed(problem: &Problem) -> bool {
    matches!(problem, Problem::ConnectTimedOut { .. } | Problem::ConnectionRefused { .. } | Problem::Unreachable { .. })
}

/// Looks around for at most `patience`. `addresses` are those of the host; what was seen is noted in `trace`.
pub(super) async fn look(
    dialer: &Dialer,
    target: &Target,
    failure: &Failure,
    addresses: &[String],
    patience: Duration,
    trace: &Trace,
) -> Found {
    if patience.is_zero() {
        return Found { problem: failure.problem.clone(), offers: Vec::new() };
    }
    let addresses: Vec<IpAddr> = addresses.iter().filter_map(|address| address.parse().ok()).collect();
    trace.note("Looking at other ways to this server, without signing in.");
    let deadline = Instant::now() + patience;
    let references = async {
        if is_closed(&failure.problem) {
            knock::at_references(dialer, target.endpoint.port, &addresses, deadline).await
        } else {
            Vec::new()
        }
    };
    let (knocks, references) = future::join(knock_around(dialer, target, deadline), references).await;
    write(&knocks, &references, trace);
    Found {
        problem: verdict::problem(failure, &target.endpoint, &addresses, &knocks, &references),
        offers: offers(&knocks, target.endpoint.port),
    }
}

/// Knocks at every door at once. Those that have not answered when another one has stood open for a while are left.
async fn knock_around(dialer: &Dialer, target: &Target, deadline: Instant) -> Vec<Knock> {
    let protocol = target.subject.protocol();
    let signs_in = target.login.method != AuthMethod::None;
    let doors = doors(dialer.neighbours().doors(protocol), &target.endpoint);
    let mut knocking: FuturesUnordered<_> = doors
        .iter()
        .map(|door| {
            // A trusted certificate is trusted on its own port alone.
            let same_port = door.port == target.endpoint.port;
            let trust = if same_port { target.endpoint.trust.clone() } else { Trust::Usual };
            let endpoint = Endpoint { trust, ..Endpoint::new(target.endpoint.host.clone(), door.port, door.security) };
            knock::at(dialer, endpoint, protocol, signs_in, deadline)
        })
        .collect();
    let mut knocks = Vec::new();
    let mut until = deadline;
    // Each knock keeps to the deadline by itself and says what it saw until then; only the grace cuts it short.
    while let Ok(Some(knock)) = timeout_at(until + Duration::from_millis(50), knocking.next()).await {
        if knock.answer == Answer::Open {
            until = until.min(Instant::now() + GRACE);
        }
        knocks.push(knock);
    }
    let place = |knock: &Knock| doors.iter().position(|door| is_at(door, &knock.endpoint));
    knocks.sort_by_key(place);
    knocks
}

/// The same port begun the other way, and the usual ones; not the way that has just failed.
fn doors(usual: &[Door], failed: &Endpoint) -> Vec<Door> {
    let mut doors: Vec<Door> =
        [Security::Tls, Security::StartTls].map(|security| Door { port: failed.port, security }).into();
    doors.extend(usual.iter().filter(|door| door.port != failed.port));
    doors.retain(|door| !is_at(door, failed));
    doors
}

fn is_at(door: &Door, endpoint: &Endpoint) -> bool {
    (door.port, door.security) == (endpoint.port, endpoint.security)
}

/// The doors that stood open. One whose certificate alone is at fault is the right one too, and comes last: the check
/// that follows says what is to be done about it.
fn offers(knocks: &[Knock], chosen: u16) -> Vec<Endpoint> {
    let mut open: Vec<&Knock> = knocks
        .iter()
        .filter(|knock| matches!(knock.answer, Answer::Open | Answer::Untrusted(_)))
        .filter(|knock| knock.endpoint.port != SERVERS_ONLY || chosen == SERVERS_ONLY)
        .filter(|knock| knock.endpoint.security != Security::None)
        .collect();
    open.sort_by_key(|knock| (knock.answer != Answer::Open, knock.endpoint.security != Security::Tls));
    open.into_iter().map(|knock| knock.endpoint.clone()).collect()
}

fn write(knocks: &[Knock], references: &[Reference], trace: &Trace) {
    for Knock { endpoint: Endpoint { host, port, security, .. }, answer } in knocks {
        let way = if *security == Security::Tls { "SSL/TLS" } else { "STARTTLS" };
        trace.note(&format!("{host}, port {port}, {way}: {answer}"));
    }
    for Reference { host, port, family, answer } in references {
        trace.note(&format!("{host}, port {port}, over {family} for comparison: {answer}"));
    }
}
