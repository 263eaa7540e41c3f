//! Names that users typed, made harmless inside a command that somebody will paste into a shell.
//!
//! Host names are turned into their DNS form and must then be a plain host name or an IP address;
//! anything else gives no command at all. Addresses are quoted for PowerShell.

use std::net::IpAddr;

use super::scene::is_invisible;
use crate::model::{EmailAddress, address::is_host_name};

/// A host that can be handed to a command: A-labels (RFC 5890) or an IP address, with no character a
/// shell gives a meaning to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Name(String),
    Ip(IpAddr),
}

/// Reads a host as it was typed; `None` where it is none.
pub(super) fn host(text: &str) -> Option<Host> {
    let text = text.trim();
    if let Ok(ip) = text.parse() {
        return Some(Host::Ip(ip));
    }
    let ascii = idna::domain_to_ascii(text).ok()?;
    let plain = ascii.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    (plain && is_host_name(&ascii)).then_some(Host::Name(ascii))
}

impl Host {
    /// As an argument of its own.
    pub fn argument(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Ip(ip) => ip.to_string(),
        }
    }

    /// With a port, as `openssl s_client -connect` takes it. Brackets are a pattern to a shell, hence the quotes.
    pub fn with_port(&self, port: u16) -> String {
        match self {
            Self::Name(name) => format!("{name}:{port}"),
            Self::Ip(IpAddr::V4(ip)) => format!("{ip}:{port}"),
            Self::Ip(IpAddr::V6(ip)) => format!("'[{ip}]:{port}'"),
        }
    }
}

/// An address as one literal PowerShell argument; `None` for what is no address or would not look like itself.
///
/// Inside single quotes PowerShell gives a meaning to nothing but the quote, and it takes the curly
/// ones for quotes too: each is doubled.
pub(super) fn power_shell_address(text: &str) -> Option<String> {
    let address = EmailAddress::parse(text).ok()?;
    if address.as_str().chars().any(is_invisible) {
        return None;
    }
    let mut quoted = String::from("'");
    for c in address.as_str().chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_becomes_part_of_a_command() {
        for (text, expected) in [
            ("imap.example.com", Some("imap.example.com:993")),
            ("지원.한국", Some("xn--sp5bt7c.xn--3e0b707e:993")),
            ("192.0.2.1", Some("192.0.2.1:993")),
            ("2001:db8::1", Some("'[2001:db8::1]:993'")),
            ("mail.example.com; rm -rf ~", None),
            ("$(id).example.com", None),
            ("`id`.example.com", None),
            ("a'b.example.com", None),
            ("a\"b.example.com", None),
            ("-e/bin/sh", None),
            ("-proxy.example.com", None),
            ("a.example.com\nid", None),
            ("a.example.com\u{1b}[201~id", None),
            ("a|b.example.com", None),
            ("", None),
        ] {
            assert_eq!(host(text).map(|host| host.with_port(993)).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn an_address_stays_one_argument_in_powershell() {
        for (text, expected) in [
            ("support@example.com", Some("'support@example.com'")),
            ("o'brien@example.com", Some("'o''brien@example.com'")),
            ("o\u{2019}brien@example.com", Some("'o\u{2019}\u{2019}brien@example.com'")),
            ("$env:path@example.com", None),
            ("$x|{id}`n@example.com", Some("'$x|{id}`n@example.com'")),
            ("a\u{202e}b@example.com", None),
            ("a b@example.com", None),
            ("a\nb@example.com", None),
            ("support", None),
        ] {
            assert_eq!(power_shell_address(text).as_deref(), expected, "{text:?}");
        }
    }
}
