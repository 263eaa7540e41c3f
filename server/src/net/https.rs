//! What every HTTPS client of ours has in common: names are looked up as for mail servers, and a failure has the same
//! words.

use std::{error::Error, io, net::SocketAddr, time::Duration};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Guard, dns::Dns, tls::classify};
use crate::model::Problem;

/// Looks names up as for mail servers.
pub struct Names {
    dns: Dns,
    deadline: Duration,
    guard: Option<(Guard, u16)>,
}

impl Names {
    /// For hosts that the operator or the program itself has named.
    #[must_use]
    pub const fn trusted(dns: Dns, deadline: Duration) -> Self {
        Self { dns, deadline, guard: None }
    }

    /// For hosts that users name: an address that they may not reach on this port is none.
    ///
    /// The connection is made to the very addresses that were judged. An address that stands in a URL in place of a
    /// name is never looked up and so never judged: whoever uses this refuses such URLs.
    #[must_use]
    pub const fn guarded(dns: Dns, deadline: Duration, guard: Guard, port: u16) -> Self {
        Self { dns, deadline, guard: Some((guard, port)) }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let (dns, deadline, guard) = (self.dns.clone(), self.deadline, self.guard.clone());
        Box::pin(async move {
            let mut addresses = dns.resolve(name.as_str(), deadline).await?;
            if let Some((guard, port)) = guard {
                let first = addresses.first().copied();
                addresses.retain(|&address| guard.allows(SocketAddr::new(address, port)));
                if let (true, Some(address)) = (addresses.is_empty(), first) {
                    let problem =
                        Problem::AddressNotAllowed { host: name.as_str().to_owned(), address: address.to_string() };
                    return Err(problem.into());
                }
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Why there was no answer: the problem where it is one, else in words. The address of the request is left out: it may
/// hold more than its host. `total` is the time that the whole request had.
///
/// # Errors
/// The words, where no problem says it.
pub fn problem(error: &reqwest::Error, host: &str, port: u16, total: Duration) -> Result<Problem, String> {
    let causes = || std::iter::successors(error.source(), |&error| error.source());
    for cause in causes() {
        if let Some(problem) = cause.downcast_ref::<Problem>() {
            return Ok(problem.clone());
        }
        let Some(cause) = cause.downcast_ref::<io::Error>() else { continue };
        if let Some(problem) = classify::explained(cause, host, port) {
            return Ok(problem);
        }
        match cause.kind() {
            io::ErrorKind::ConnectionRefused => {
                return Ok(Problem::ConnectionRefused { host: host.to_owned(), port });
            }
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                return Ok(Problem::Unreachable { host: host.to_owned(), port });
            }
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
                return Ok(Problem::ConnectionLost { reply: None });
            }
            _ => {}
        }
    }
    if error.is_timeout() && error.is_connect() {
        Ok(Problem::ConnectTimedOut { host: host.to_owned(), port })
    } else if error.is_timeout() {
        Ok(Problem::TimedOut { seconds: total.as_secs().max(1) })
    } else {
        // The last cause is the one that says something.
        Err(causes().last().map_or_else(|| "the connection failed".to_owned(), ToString::to_string))
    }
}
