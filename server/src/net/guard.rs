//! The guard against SSRF: people who type host names must not reach what only this machine may reach.
//!
//! The guard judges addresses, never names, and the very address it judged is the one that is dialled:
//! a name that changes its answer between two look-ups gains nothing. IPv6 forms that carry an IPv4
//! address inside (mapped, NAT64, 6to4, Teredo) are judged by what they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where users may connect. The default lets them reach public addresses only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// 127.0.0.0/8, `::1`, and the unspecified address, which systems take for loopback.
    pub allow_loopback: bool,
    /// 169.254.0.0/16 and fe80::/10, and with them the metadata services of clouds.
    pub allow_link_local: bool,
    /// RFC 1918, the shared space of carriers (RFC 6598), benchmarking nets, and fc00::/7.
    pub allow_private: bool,
    /// Where this Postroom and its own services listen. Refused unless loopback is allowed. An entry with
    /// the unspecified address stands for its port on every address of this machine.
    pub own: Vec<SocketAddr>,
}

/// What kind of place an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Public,
    Loopback,
    LinkLocal,
    Private,
    /// Multicast, broadcast and reserved addresses: no server has them.
    Nowhere,
}

impl Guard {
    /// For an operator at the command line, who may reach whatever the machine reaches.
    #[must_use]
    pub const fn allow_all() -> Self {
        Self { allow_loopback: true, allow_link_local: true, allow_private: true, own: Vec::new() }
    }

    /// True when users may connect to this address.
    #[must_use]
    pub fn allows(&self, address: SocketAddr) -> bool {
        let place_allowed = match Place::of(address.ip()) {
            Place::Public => true,
            Place::Loopback => self.allow_loopback,
            Place::LinkLocal => self.allow_link_local,
            Place::Private => self.allow_private,
            Place::Nowhere => false,
        };
        place_allowed
            && (self.allow_loopback
                || !self.own.iter().any(|own| own.port() == address.port() && own.ip() == address.ip().to_canonical()))
    }

    /// True when a connection that stands may be used: false when it leads back to our own service.
    ///
    /// A machine does not know all the addresses it has; but a connection whose two ends are on the same
    /// address cannot have left it.
    #[must_use]
    pub fn allows_connection(&self, local: SocketAddr, peer: SocketAddr) -> bool {
        let comes_back = local.ip().to_canonical() == peer.ip().to_canonical();
        let is_own = |own: &SocketAddr| own.port() == peer.port() && own.ip().is_unspecified();
        self.allow_loopback || !comes_back || !self.own.iter().any(is_own)
    }
}

impl Place {
    /// Judges an address by the IANA special-purpose registries (RFC 6890).
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [0, 0, 0, 0] | [127, ..] => Self::Loopback,
            [0, ..] | [224..=255, ..] => Self::Nowhere,
            // Alibaba Cloud, Oracle Cloud and Azure keep services for their machines outside 169.254.0.0/16.
            [169, 254, ..] | [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16] => Self::LinkLocal,
            [10, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [100, 64..=127, ..]
            | [192, 0, 0, _]
            | [198, 18..=19, ..] => Self::Private,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if let Some(carried) = carried_v4(address) {
            return Self::of_v4(carried);
        }
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0..=1] => Self::Loopback,
            // The services for machines at Amazon (metadata, DNS, time, pods), Google and Scaleway have unique local
            // addresses.
            [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, _]
            | [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254]
            | [0xfd00, 0x0042, 0, 0, 0, 0, 0, 0x0042]
            | [0xfe80..=0xfebf, ..] => Self::LinkLocal,
            // Unique local, the site-local addresses before them, and NAT64 prefixes chosen on site (RFC 8215).
            [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] | [0x0064, 0xff9b, 1, ..] => Self::Private,
            [0xff00..=0xffff, ..] | [0x0100, 0, 0, 0, ..] => Self::Nowhere,
            _ => Self::Public,
        }
    }
}

/// The IPv4 address that an IPv6 address of a transition mechanism stands for.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        // `::` and `::1` look like the deprecated IPv4-compatible form, and are not.
        [0, 0, 0, 0, 0, 0, 0, 0..=1] => None,
        // Mapped (RFC 4291), compatible, translated (RFC 2765), and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => Some(join(high, low)),
        // Teredo (RFC 4380) keeps its client's address inverted.
        [0x2001, 0, _, _, _, _, high, low] => Some(join(!high, !low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        Place::of(text.parse().unwrap())
    }

    #[test]
    fn every_address_has_its_place() {
        let table = [
            (
                Place::Loopback,
                "127.0.0.1 127.8.9.10 0.0.0.0 ::1 :: ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1",
            ),
            (Place::LinkLocal, "169.254.0.1 169.254.169.254 fe80::1 febf::1 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe"),
            (Place::LinkLocal, "2002:a9fe:a9fe::1 100.100.100.200 192.0.0.192"),
            (Place::LinkLocal, "fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42 168.63.129.16"),
            (Place::Private, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255 198.18.0.1"),
            (Place::Private, "192.0.0.8 fc00::1 fd12::1 fec0::1 ::ffff:10.0.0.1 64:ff9b:1::a00:1 2002:c0a8:101::"),
            (Place::Private, "2001:0:4136:e378:8000:63bf:f5ff:fffe ::ffff:0:10.0.0.1"),
            (
                Place::Nowhere,
                "0.1.2.3 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ff02::1 100::1 ::ffff:224.0.0.1",
            ),
            (Place::Public, "8.8.8.8 172.32.0.1 172.15.0.1 100.128.0.1 192.0.2.1 198.51.100.1 203.0.113.1 192.169.0.1"),
            (Place::Public, "2001:db8::1 2606:4700::1111 64:ff9b::808:808 2002:808:808:: ::ffff:8.8.8.8"),
        ];
        for (expected, addresses) in table {
            for address in addresses.split(' ') {
                assert_eq!(place(address), expected, "{address}");
            }
        }
    }

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_guard_lets_users_reach_public_addresses_only_unless_it_is_told_otherwise() {
        let strict = Guard::default();
        assert!(strict.allows(at("203.0.113.7:993")));
        for address in ["127.0.0.1:993", "[::1]:993", "10.0.0.1:993", "169.254.169.254:80", "[fe80::1]:993"] {
            assert!(!strict.allows(at(address)), "{address}");
            assert!(Guard::allow_all().allows(at(address)), "{address}");
        }
        let office = Guard { allow_private: true, ..Guard::default() };
        assert!(office.allows(at("10.0.0.1:993")));
        assert!(!office.allows(at("127.0.0.1:993")));
        assert!(!office.allows(at("[fd00:ec2::254]:80")), "metadata is no private address");
        assert!(!Guard::allow_all().allows(at("255.255.255.255:993")));
    }

    #[test]
    fn our_own_services_are_no_mail_servers() {
        let guard =
            Guard { allow_private: true, own: vec![at("10.0.0.5:3000"), at("0.0.0.0:2525")], ..Guard::default() };
        assert!(!guard.allows(at("10.0.0.5:3000")));
        assert!(!guard.allows(at("[::ffff:10.0.0.5]:3000")));
        assert!(guard.allows(at("10.0.0.5:993")));
        assert!(!guard.allows_connection(at("10.0.0.5:50000"), at("10.0.0.5:2525")));
        assert!(guard.allows_connection(at("10.0.0.5:50000"), at("10.0.0.5:993")));
        assert!(guard.allows_connection(at("10.0.0.5:50000"), at("10.0.0.6:2525")));
    }
}
