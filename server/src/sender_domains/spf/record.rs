//! The text of an SPF record, read (RFC 7208 4.6 and 12).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Record {
    pub(super) directives: Vec<(Qualifier, Mechanism)>,
    pub(super) redirect: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// What an address is compared with. Domains are not expanded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    All,
    Include(String),
    A { domain: Option<String>, prefixes: Prefixes },
    Mx { domain: Option<String>, prefixes: Prefixes },
    Ptr,
    Ip(Network),
    Exists(String),
}

/// How much of an address counts, in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefixes {
    v4: u8,
    v6: u8,
}

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u8,
}

/// True for a text that is meant as an SPF record.
pub(in super::super) fn is_spf(text: &str) -> bool {
    text.split(' ').next().is_some_and(|version| version.eq_ignore_ascii_case("v=spf1"))
}

impl Record {
    /// Reads a record; `Err` is the term that cannot be read, for which receivers ignore the whole of it.
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        let (mut directives, mut redirect) = (Vec::new(), None);
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            let broken = || term.to_owned();
            match modifier(term) {
                Some((name, value)) if name.eq_ignore_ascii_case("redirect") => {
                    if redirect.replace(value.to_owned()).is_some() || value.is_empty() {
                        return Err(broken());
                    }
                }
                // Unknown modifiers are ignored (RFC 7208 6), and nobody here reads an explanation.
                Some(_) => {}
                None => directives.push(directive(term).ok_or_else(broken)?),
            }
        }
        Ok(Self { directives, redirect })
    }
}

/// `name=value`, where the name is a name.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    fits.then_some((name, value))
}

fn directive(term: &str) -> Option<(Qualifier, Mechanism)> {
    let (qualifier, rest) = match term.chars().next()? {
        '+' => (Qualifier::Pass, term.strip_prefix('+')?),
        '-' => (Qualifier::Fail, term.strip_prefix('-')?),
        '~' => (Qualifier::SoftFail, term.strip_prefix('~')?),
        '?' => (Qualifier::Neutral, term.strip_prefix('?')?),
        _ => (Qualifier::Pass, term),
    };
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at_checked(end)?;
    let value = argument.strip_prefix(':');
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Mechanism::All,
        "include" => Mechanism::Include(named(value?)?),
        "exists" => Mechanism::Exists(named(value?)?),
        "ptr" if argument.is_empty() || value.is_some_and(|value| !value.is_empty()) => Mechanism::Ptr,
        "a" => {
            let (domain, prefixes) = host(argument)?;
            Mechanism::A { domain, prefixes }
        }
        "mx" => {
            let (domain, prefixes) = host(argument)?;
            Mechanism::Mx { domain, prefixes }
        }
        "ip4" => Mechanism::Ip(network::<Ipv4Addr>(value?, 32)?),
        "ip6" => Mechanism::Ip(network::<Ipv6Addr>(value?, 128)?),
        _ => return None,
    };
    Some((qualifier, mechanism))
}

fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `[":" domain] ["/" bits] ["//" bits]`
fn host(argument: &str) -> Option<(Option<String>, Prefixes)> {
    let (argument, v6) = match argument.split_once("//") {
        Some((before, bits)) => (before, prefix(bits, 128)?),
        None => (argument, 128),
    };
    let (name, v4) = match argument.rsplit_once('/') {
        Some((before, bits)) => (before, prefix(bits, 32)?),
        None => (argument, 32),
    };
    let domain = match name.strip_prefix(':') {
        Some(domain) => Some(named(domain)?),
        None if name.is_empty() => None,
        None => return None,
    };
    Some((domain, Prefixes { v4, v6 }))
}

fn prefix(bits: &str, most: u8) -> Option<u8> {
    bits.parse().ok().filter(|&bits| bits <= most)
}

fn network<A: std::str::FromStr + Into<IpAddr>>(text: &str, most: u8) -> Option<Network> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, prefix(bits, most)?),
        None => (text, most),
    };
    Some(Network { address: address.parse::<A>().ok()?.into(), bits })
}

impl Prefixes {
    /// The network around an address.
    pub(super) const fn around(self, address: IpAddr) -> Network {
        Network { address, bits: if address.is_ipv6() { self.v6 } else { self.v4 } }
    }
}

impl Network {
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let differ = u64::from(ours.to_bits() ^ other.to_bits());
                differ >> (32 - u32::from(self.bits.min(32))) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let rest = 128 - u32::from(self.bits.min(128));
                (ours.to_bits() ^ other.to_bits()).checked_shr(rest).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn every_mechanism_is_read() {
        let record = Record::read(
            "v=spf1 A mx/24 a:mail.example.com/28//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.net \
             exists:%{ir}.example.org ptr ?all exp=why.example.com",
        )
        .unwrap();
        assert_eq!(record.directives.len(), 9);
        assert_eq!(
            record.directives[2].1,
            Mechanism::A { domain: Some("mail.example.com".to_owned()), prefixes: Prefixes { v4: 28, v6: 64 } }
        );
        assert_eq!(record.redirect, None);
    }

    #[test]
    fn a_term_that_cannot_be_read_is_named() {
        for (text, term) in [
            ("v=spf1 ip4:192.0.2.300 -all", "ip4:192.0.2.300"),
            ("v=spf1 ip4:192.0.2.0/33", "ip4:192.0.2.0/33"),
            ("v=spf1 inlcude:example.com", "inlcude:example.com"),
            ("v=spf1 include: -all", "include:"),
            ("v=spf1 a:/24", "a:/24"),
            ("v=spf1 -all:x", "-all:x"),
            ("v=spf1 redirect=a.example redirect=b.example", "redirect=b.example"),
            ("v=spf1 192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(Record::read(text), Err(term.to_owned()), "{text}");
        }
    }

    #[test]
    fn only_the_whole_word_is_a_version() {
        assert!(is_spf("V=spf1") && is_spf("v=spf1 -all"));
        assert!(!is_spf("v=spf10 -all") && !is_spf("spf1") && !is_spf(""));
    }

    #[test]
    fn a_network_holds_what_begins_with_its_bits() {
        let net = |text, bits| Network { address: ip(text), bits };
        assert!(net("192.0.2.0", 24).holds(ip("192.0.2.255")));
        assert!(!net("192.0.2.0", 24).holds(ip("192.0.3.0")));
        assert!(net("0.0.0.0", 0).holds(ip("203.0.113.9")));
        assert!(net("2001:db8::", 32).holds(ip("2001:db8:ffff::1")));
        assert!(!net("2001:db8::", 128).holds(ip("2001:db8::1")));
        assert!(net("::", 0).holds(ip("2001:db8::1")));
        assert!(!net("::", 0).holds(ip("192.0.2.1")));
    }
}
