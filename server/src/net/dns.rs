//! From a host name to its addresses.
//!
//! A and AAAA are asked for at the same time, with the system's name servers, search list and hosts
//! file. International names become A-labels first (UTS 46), and an IP address is its own answer.

pub mod records;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures::future::{Either, select};
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::{
        op::ResponseCode,
        rr::{Name, RecordType},
    },
};

use super::trace::printable;
use crate::model::Problem;

/// How long a family that has not answered yet is waited for once the other one has (RFC 8305 section 3,
/// with more patience: nobody watches a page load here).
const RESOLUTION_DELAY: Duration = Duration::from_millis(300);
/// No more addresses than this are tried.
const MAX_ADDRESSES: usize = 12;
/// Answers are kept for a short time only: people check again right after they repaired a record.
const MAX_KEPT: Duration = Duration::from_secs(30);
const MAX_ABSENCE_KEPT: Duration = Duration::from_secs(2);

/// Asks for addresses. Cheap to clone.
#[derive(Clone)]
pub struct Dns {
    resolver: TokioResolver,
}

impl Dns {
    /// Uses the system's settings, or the given name servers without any search list.
    ///
    /// # Errors
    /// When the system's settings cannot be read.
    pub fn new(name_servers: &[SocketAddr]) -> Result<Self, NetError> {
        let mut builder = if name_servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = name_servers.iter().map(|&server| name_server(server)).collect();
            TokioResolver::builder_with_config(
                ResolverConfig::from_name_servers(servers),
                TokioRuntimeProvider::default(),
            )
        };
        let options = builder.options_mut();
        options.timeout = options.timeout.min(Duration::from_secs(3));
        options.attempts = options.attempts.clamp(1, 2);
        options.positive_max_ttl = Some(MAX_KEPT);
        options.negative_max_ttl = Some(MAX_ABSENCE_KEPT);
        Ok(Self { resolver: builder.build()? })
    }

    /// Every address of `host`, the families taking turns and IPv6 first (RFC 8305 section 4); never empty.
    ///
    /// # Errors
    /// [`Problem::HostNameInvalid`], [`Problem::HostNotFound`], [`Problem::HostHasNoAddress`],
    /// [`Problem::DnsTimedOut`], [`Problem::DnsRefused`] or [`Problem::DnsFailed`].
    pub async fn resolve(&self, host: &str, deadline: Duration) -> Result<Vec<IpAddr>, Problem> {
        let name = match Host::read(host).ok_or_else(|| Problem::HostNameInvalid { host: host.to_owned() })? {
            Host::Address(address) => return Ok(vec![address]),
            Host::Name(name) => name,
        };
        // A name with a dot is meant as it stands; only a bare word such as `mail` uses the search list.
        let absolute = if name.contains('.') { format!("{name}.") } else { name };
        let Ok(name) = Name::from_ascii(&absolute) else {
            return Err(Problem::HostNameInvalid { host: host.to_owned() });
        };
        match tokio::time::timeout(deadline, self.both_families(name)).await {
            Ok(Ok(addresses)) if addresses.is_empty() => Err(Problem::HostHasNoAddress { host: host.to_owned() }),
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(problem(host, &error)),
            Err(_) => Err(Problem::DnsTimedOut { host: host.to_owned() }),
        }
    }

    async fn both_families(&self, name: Name) -> Result<Vec<IpAddr>, NetError> {
        let v6 = Box::pin(self.family(name.clone(), RecordType::AAAA));
        let v4 = Box::pin(self.family(name, RecordType::A));
        let (first, other) = match select(v6, v4).await {
            Either::Left((first, other)) => (first, Either::Left(other)),
            Either::Right((first, other)) => (first, Either::Right(other)),
        };
        let other = async {
            match other {
                Either::Left(v4) => v4.await,
                Either::Right(v6) => v6.await,
            }
        };
        // A resolver that swallows one kind of question must not hold up the other kind's answer.
        let second = if first.as_ref().is_ok_and(|addresses| !addresses.is_empty()) {
            tokio::time::timeout(RESOLUTION_DELAY, other).await.unwrap_or_else(|_| Ok(Vec::new()))
        } else {
            other.await
        };
        match (first, second) {
            (Ok(one), Ok(two)) => Ok(take_turns(one.into_iter().chain(two))),
            (Ok(one), Err(error)) | (Err(error), Ok(one)) => {
                if one.is_empty() {
                    Err(error)
                } else {
                    Ok(take_turns(one.into_iter()))
                }
            }
            (Err(one), Err(two)) => Err(if telling(&one) >= telling(&two) { one } else { two }),
        }
    }

    async fn family(&self, name: Name, kind: RecordType) -> Result<Vec<IpAddr>, NetError> {
        let answer = self.resolver.lookup(name, kind).await?;
        Ok(answer.answers().iter().filter_map(|record| record.data.ip_addr()).collect())
    }
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let at_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    NameServerConfig::new(address.ip(), true, vec![at_port(ConnectionConfig::udp()), at_port(ConnectionConfig::tcp())])
}

/// A host as the DNS, TLS and sockets want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Address(IpAddr),
    /// In A-labels, lower case, without a final dot.
    Name(String),
}

impl Host {
    /// Reads what people type; `None` when it can be no host.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse() {
            return Some(Self::Address(address));
        }
        let name = idna::domain_to_ascii(text).ok()?;
        let name = name.strip_suffix('.').unwrap_or(&name);
        let labels_fit = name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
        // No top-level domain is a number; `1.2.3` and `0x7f.1` are addresses gone wrong.
        let ends_in_number = name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x"));
        (labels_fit && !ends_in_number && name.len() <= 253).then(|| Self::Name(name.to_owned()))
    }
}

/// Lets the families alternate, IPv6 first, without doublets.
fn take_turns(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = addresses.partition(IpAddr::is_ipv6);
    let (mut v6, mut v4) = (v6.into_iter(), v4.into_iter());
    let mut ordered: Vec<IpAddr> = Vec::new();
    loop {
        let pair = [v6.next(), v4.next()];
        if pair == [None, None] || ordered.len() >= MAX_ADDRESSES {
            return ordered;
        }
        for address in pair.into_iter().flatten() {
            if !ordered.contains(&address) {
                ordered.push(address);
            }
        }
    }
}

/// Which of two failures says more.
fn telling(error: &NetError) -> u8 {
    match error {
        _ if error.is_nx_domain() => 3,
        _ if error.is_no_records_found() => 2,
        NetError::Timeout | NetError::Io(_) | NetError::NoConnections => 0,
        _ => 1,
    }
}

fn problem(host: &str, error: &NetError) -> Problem {
    let host = host.to_owned();
    let failed = |detail: &str| Problem::DnsFailed { host: host.clone(), detail: detail.to_owned() };
    match error {
        _ if error.is_nx_domain() => Problem::HostNotFound { host },
        // A name server that cannot be reached has said nothing about the name, as one that keeps silent.
        NetError::Timeout | NetError::Io(_) | NetError::NoConnections => Problem::DnsTimedOut { host },
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => failed("SERVFAIL"),
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Problem::DnsRefused { host },
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NoError => {
            Problem::HostHasNoAddress { host }
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) => failed(none.response_code.to_str()),
        other => failed(&printable(&other.to_string(), 200)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_people_type_them() {
        let name = |text: &str| Some(Host::Name(text.to_owned()));
        assert_eq!(Host::read(" Mail.Example.COM. "), name("mail.example.com"));
        assert_eq!(Host::read("메일.한국"), name("xn--h32bq4v.xn--3e0b707e"));
        assert_eq!(Host::read("mail"), name("mail"));
        assert_eq!(Host::read("192.0.2.1"), Some(Host::Address("192.0.2.1".parse().unwrap())));
        assert_eq!(Host::read("[2001:db8::1]"), Some(Host::Address("2001:db8::1".parse().unwrap())));
    }

    #[test]
    fn what_can_be_no_host_is_told_before_anybody_is_asked() {
        let long = "a".repeat(64);
        for text in ["", ".", "a..b", "-a.com", "a b.com", "a/b", "user@mail", "1.2.3", "256.1.1.1", "0x7f.0x1", &long]
        {
            assert_eq!(Host::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_name_server_that_is_not_reached_says_nothing_about_the_name() {
        let refused = NetError::from(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
        for error in [NetError::Timeout, NetError::NoConnections, refused] {
            assert_eq!(problem("mail.example.com", &error).kind(), "dns_timed_out", "{error}");
        }
        let broken = NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail));
        assert_eq!(problem("mail.example.com", &broken).kind(), "dns_failed");
    }

    #[test]
    fn the_families_take_turns_and_ipv6_begins() {
        let addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.2", "2001:db8::1"];
        let ordered = take_turns(addresses.iter().map(|text| text.parse().unwrap()));
        let shown: Vec<String> = ordered.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2001:db8::1", "192.0.2.1", "192.0.2.2"]);
    }
}
