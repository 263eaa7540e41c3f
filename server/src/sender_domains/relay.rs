//! The host that mail of default mailboxes goes out through, and what a domain must say to allow it.

use std::net::IpAddr;

use crate::db::{self, Tx};
use crate::error::Result;

/// Providers that send from other hosts than those that take mail, and the domain that lists these.
const INCLUDES: [(&str, &str); 9] = [
    ("smtp.gmail.com", "_spf.google.com"),
    ("smtp-relay.gmail.com", "_spf.google.com"),
    ("smtp.office365.com", "spf.protection.outlook.com"),
    ("mail.protection.outlook.com", "spf.protection.outlook.com"),
    ("amazonaws.com", "amazonses.com"),
    ("smtp.sendgrid.net", "sendgrid.net"),
    ("mailgun.org", "mailgun.org"),
    ("mailjet.com", "spf.mailjet.com"),
    ("smtp.postmarkapp.com", "spf.mtasv.net"),
];

/// The relay's host, where one is set.
pub(super) async fn host(tx: &mut Tx) -> Result<Option<String>> {
    Ok(db::relay::load(tx).await?.settings.map(|settings| settings.endpoint.host))
}

/// The domain that lists the hosts a known provider sends from.
pub(super) fn known_include(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_lowercase();
    let found = INCLUDES
        .iter()
        .find(|(suffix, _)| host == *suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.')));
    found.map(|(_, include)| *include)
}

/// The part of an SPF record that allows the relay.
pub(super) fn mechanism(host: &str) -> String {
    match (known_include(host), host.parse::<IpAddr>()) {
        (Some(include), _) => format!("include:{include}"),
        (None, Ok(IpAddr::V4(address))) => format!("ip4:{address}"),
        (None, Ok(IpAddr::V6(address))) => format!("ip6:{address}"),
        (None, Err(_)) => format!("a:{}", host.trim_end_matches('.').to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_provider_is_allowed_by_its_own_list_and_others_by_their_addresses() {
        for (host, allowed) in [
            ("smtp-relay.gmail.com", "include:_spf.google.com"),
            ("example-com.mail.protection.outlook.com", "include:spf.protection.outlook.com"),
            ("email-smtp.eu-west-1.amazonaws.com", "include:amazonses.com"),
            ("Relay.Example.net.", "a:relay.example.net"),
            ("notsmtp.gmail.com.example", "a:notsmtp.gmail.com.example"),
            ("203.0.113.7", "ip4:203.0.113.7"),
            ("2001:db8::7", "ip6:2001:db8::7"),
        ] {
            assert_eq!(mechanism(host), allowed, "{host}");
        }
    }
}
