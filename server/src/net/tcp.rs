//! From addresses to one TCP connection: Happy Eyeballs (RFC 8305).
//!
//! The addresses are tried in order, a new one every 250 ms or as soon as the one before has failed; the
//! first connection that stands wins and the others are dropped.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{net::TcpStream, time::Instant};

use super::Trace;
use crate::model::Problem;

/// The time between two attempts (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);

/// Connects to the first address that answers. `host` is only for the problem's words.
///
/// # Errors
/// [`Problem::ConnectionRefused`], [`Problem::ConnectTimedOut`], [`Problem::Unreachable`],
/// [`Problem::ConnectDenied`] or [`Problem::OutOfSockets`]; of several failures the one that says most.
pub async fn connect(
    addresses: &[SocketAddr],
    host: &str,
    port: u16,
    deadline: Duration,
    trace: &Trace,
) -> Result<TcpStream, Problem> {
    race(addresses, TcpStream::connect, deadline, trace).await.map_err(|failure| failure.into_problem(host, port))
}

/// What the system's error at connecting means.
#[must_use]
pub fn problem(error: &io::Error, host: &str, port: u16) -> Problem {
    Failure::of(error).into_problem(host, port)
}

/// Why an attempt failed; the later variants say more about the server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Failure {
    Unreachable,
    Denied(String),
    Exhausted(String),
    TimedOut,
    Refused,
}

impl Failure {
    /// As [`of`](Self::of), for an address that is known.
    fn at(address: SocketAddr, error: &io::Error) -> Self {
        // Every machine has an IPv4 address to begin from, or no network at all: what is used up are the local ports
        // to this one address (EADDRNOTAVAIL). IPv6 says the same where there is no address to begin from.
        if address.is_ipv4() && error.kind() == io::ErrorKind::AddrNotAvailable {
            return Self::Exhausted(error.to_string());
        }
        Self::of(error)
    }

    fn of(error: &io::Error) -> Self {
        use io::ErrorKind as Kind;
        // The standard library has no words for these: ENFILE, EMFILE, ENOBUFS.
        if matches!(error.raw_os_error(), Some(23 | 24 | 105)) {
            return Self::Exhausted(error.to_string());
        }
        match error.kind() {
            // A reset while connecting is what some firewalls answer with instead of a refusal.
            Kind::ConnectionRefused | Kind::ConnectionReset => Self::Refused,
            Kind::TimedOut => Self::TimedOut,
            Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => Self::Unreachable,
            // A family this machine has no address of its own for: there is no way out either.
            Kind::AddrNotAvailable | Kind::Unsupported => Self::Unreachable,
            _ => Self::Denied(error.to_string()),
        }
    }

    fn into_problem(self, host: &str, port: u16) -> Problem {
        let host = host.to_owned();
        match self {
            Self::Unreachable => Problem::Unreachable { host, port },
            Self::Denied(detail) => Problem::ConnectDenied { host, port, detail },
            Self::Exhausted(detail) => Problem::OutOfSockets { host, port, detail },
            Self::TimedOut => Problem::ConnectTimedOut { host, port },
            Self::Refused => Problem::ConnectionRefused { host, port },
        }
    }
}

/// The race itself, for any way to connect.
async fn race<S, F: Future<Output = io::Result<S>>>(
    addresses: &[SocketAddr],
    dial: impl Fn(SocketAddr) -> F,
    deadline: Duration,
    trace: &Trace,
) -> Result<S, Failure> {
    let deadline = Instant::now() + deadline;
    let mut ahead = addresses.iter().copied();
    let mut running = FuturesUnordered::new();
    let mut worst = Failure::Unreachable;
    // Those that have been asked and have not said no: told when another one wins, so that a family that does not
    // work from here (RFC 8305 hides it) is seen all the same.
    let mut waiting = Vec::new();
    let attempt = |address: SocketAddr| {
        let dialled = dial(address);
        async move { (address, dialled.await) }
    };
    let Some(first) = ahead.next() else { return Err(worst) };
    running.push(attempt(first));
    waiting.push(first);
    let mut next_at = Instant::now() + STAGGER;
    loop {
        tokio::select! {
            biased;
            Some((address, outcome)) = running.next() => match outcome {
                Ok(stream) => {
                    for silent in waiting.iter().filter(|silent| **silent != address) {
                        trace.note(&format!("{silent} has not answered yet; {address} has, and is used"));
                    }
                    return Ok(stream);
                }
                Err(error) => {
                    trace.note(&format!("{address}: {error}"));
                    waiting.retain(|silent| *silent != address);
                    worst = worst.max(Failure::at(address, &error));
                    match ahead.next() {
                        Some(address) => {
                            running.push(attempt(address));
                            waiting.push(address);
                            next_at = Instant::now() + STAGGER;
                        }
                        None if running.is_empty() => return Err(worst),
                        None => (),
                    }
                }
            },
            () = tokio::time::sleep_until(deadline) => return Err(worst.max(Failure::TimedOut)),
            () = tokio::time::sleep_until(next_at), if ahead.len() > 0 => {
                let address = ahead.next();
                waiting.extend(address);
                running.extend(address.map(&attempt));
                next_at = Instant::now() + STAGGER;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::Mutex};

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_holds_the_next_one_up_for_a_quarter_second_only() {
        let (silent, good) = ("[2001:db8::1]:993", "192.0.2.1:993");
        let began = Instant::now();
        let winner = race(
            &addresses(&[silent, good]),
            |address| async move { if address.is_ipv6() { pending().await } else { Ok(address) } },
            PATIENCE,
            &Trace::off(),
        )
        .await
        .unwrap();

        assert_eq!(winner.to_string(), good);
        assert_eq!(began.elapsed(), STAGGER);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_kept_silent_is_told_when_another_one_wins() {
        let lines = std::sync::Arc::new(Mutex::new(Vec::new()));
        let sink = std::sync::Arc::clone(&lines);
        let trace = Trace::to(move |event| sink.lock().unwrap().push(event));
        race(
            &addresses(&["[2001:db8::1]:993", "192.0.2.1:993"]),
            |address| async move { if address.is_ipv6() { pending().await } else { Ok(address) } },
            PATIENCE,
            &trace,
        )
        .await
        .unwrap();

        let told: Vec<String> = lines
            .lock()
            .unwrap()
            .iter()
            .filter_map(|event| match event {
                crate::model::Event::Line(line) => Some(line.text.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(told, ["[2001:db8::1]:993 has not answered yet; 192.0.2.1:993 has, and is used"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_address_gives_way_to_the_next_one_at_once() {
        let began = Instant::now();
        let winner = race(
            &addresses(&["[2001:db8::1]:993", "192.0.2.1:993"]),
            |address| async move {
                if address.is_ipv6() { Err(io::ErrorKind::NetworkUnreachable.into()) } else { Ok(address) }
            },
            PATIENCE,
            &Trace::off(),
        )
        .await
        .unwrap();

        assert!(winner.is_ipv4());
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_says_more_than_silence_and_silence_more_than_no_way() {
        let fail = async |kinds: [Option<io::ErrorKind>; 2]| {
            let kinds = Mutex::new(kinds.into_iter());
            race::<(), _>(
                &addresses(&["192.0.2.1:993", "192.0.2.2:993"]),
                |_| {
                    let kind = kinds.lock().unwrap().next().unwrap();
                    async move {
                        match kind {
                            Some(kind) => Err(kind.into()),
                            None => pending().await,
                        }
                    }
                },
                PATIENCE,
                &Trace::off(),
            )
            .await
            .unwrap_err()
        };
        use io::ErrorKind as Kind;
        assert_eq!(fail([None, Some(Kind::ConnectionRefused)]).await, Failure::Refused);
        assert_eq!(fail([Some(Kind::HostUnreachable), None]).await, Failure::TimedOut);
        assert_eq!(fail([Some(Kind::HostUnreachable), Some(Kind::NetworkUnreachable)]).await, Failure::Unreachable);
        assert!(matches!(fail([Some(Kind::PermissionDenied); 2]).await, Failure::Denied(_)));
    }

    #[test]
    fn local_ports_that_are_used_up_are_told_from_a_family_that_is_missing() {
        let error = io::Error::from_raw_os_error(99);
        let at = |address: &str| Failure::at(address.parse().unwrap(), &error);
        assert!(matches!(at("192.0.2.1:993"), Failure::Exhausted(_)));
        assert_eq!(at("[2001:db8::1]:993"), Failure::Unreachable);
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(Failure::at("192.0.2.1:993".parse().unwrap(), &refused), Failure::Refused);
    }

    #[test]
    fn every_error_of_the_system_has_its_problem() {
        // By number, as Linux says them: the words differ from one library to the next.
        for (number, what, expected) in [
            (111, "ECONNREFUSED", "connection_refused"),
            (104, "ECONNRESET", "connection_refused"),
            (110, "ETIMEDOUT", "connect_timed_out"),
            (113, "EHOSTUNREACH", "unreachable"),
            (101, "ENETUNREACH", "unreachable"),
            (100, "ENETDOWN", "unreachable"),
            (99, "EADDRNOTAVAIL", "unreachable"),
            (13, "EACCES", "connect_denied"),
            (1, "EPERM", "connect_denied"),
            (24, "EMFILE", "out_of_sockets"),
            (23, "ENFILE", "out_of_sockets"),
            (105, "ENOBUFS", "out_of_sockets"),
        ] {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(problem(&error, "mail.example.com", 993).kind(), expected, "{what}");
        }
    }
}
