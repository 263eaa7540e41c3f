//! Reads a domain's own account configuration (draft-ietf-mailmaint-pacc): JSON that the domain's DNS vouches for.
//!
//! Ports and security are not told: servers listen on the registered ports with TLS from the first byte.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{
    Unreadable,
    found::{Found, bare, host_of},
};
use crate::model::{
    Candidate, Certainty, Endpoint, NeedKind, Protocol, Security, SignInWay, Source, Sourced, UsernameForm,
};

/// What such a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct AccountConfig {
    pub protocols: Protocols,
    #[serde(default)]
    pub authentication: Authentication,
}

/// The servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Protocols {
    pub imap: Option<Server>,
    pub pop3: Option<Server>,
    pub submit: Option<Server>,
    /// What older drafts call `submit`; files for everybody have both.
    pub smtp: Option<Server>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Server {
    pub host: String,
}

/// How one signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Authentication {
    #[serde(default)]
    pub password: bool,
    /// Whoever issues tokens.
    #[serde(rename = "oauth-public")]
    pub oauth_public: Option<OAuthPublic>,
}

/// Its fields differ between drafts and are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OAuthPublic {}

/// Reads the file.
///
/// # Errors
/// [`Unreadable`]: it is too long, it is no JSON, or it is about something else.
pub fn parse(file: &[u8]) -> Result<AccountConfig, Unreadable> {
    if file.len() > super::MAX_DOCUMENT_BYTES {
        return Err(Unreadable::TooLong);
    }
    serde_json::from_slice(file).map_err(|error| Unreadable::NotJson(error.to_string()))
}

/// True where one of the TXT records of `_ua-auto-config` vouches for exactly this file; `None` where none vouches at
/// all.
#[must_use]
pub fn is_vouched_for(file: &[u8], records: &[String]) -> Option<bool> {
    let digests: Vec<String> = records.iter().filter_map(|record| digest_in(record)).collect();
    let own = STANDARD.encode(Sha256::digest(file));
    (!digests.is_empty())
        .then(|| digests.iter().any(|digest| *digest.trim_end_matches('=') == *own.trim_end_matches('=')))
}

/// The digest in `v=UAAC1; a=sha256; d=…`.
fn digest_in(record: &str) -> Option<String> {
    let value = |name: &str| {
        let pairs = record.split(';').filter_map(|pair| pair.split_once('='));
        let mut named = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim().to_owned())
    };
    let fits = value("v")?.eq_ignore_ascii_case("UAAC1") && value("a")?.eq_ignore_ascii_case("sha256");
    value("d").filter(|_| fits)
}

impl AccountConfig {
    /// What the file means.
    #[must_use]
    pub fn found(&self) -> Option<Found> {
        let ways: Vec<SignInWay> = [
            (self.authentication.oauth_public.is_some(), SignInWay::OAuth),
            (self.authentication.password, SignInWay::Password),
        ]
        .into_iter()
        .filter_map(|(offered, way)| offered.then_some(way))
        .collect();
        let candidate = |server: Option<&Server>, protocol: Protocol| {
            let host = host_of(&server?.host)?;
            let endpoint = Endpoint::new(host, protocol.default_port(Security::Tls), Security::Tls);
            Some(Candidate {
                endpoint: Sourced::new(endpoint, Source::Pacc, Certainty::Certain),
                username: Sourced::new(UsernameForm::Address, Source::Pacc, Certainty::Certain),
                ways: Sourced::new(ways.clone(), Source::Pacc, Certainty::Certain),
            })
        };
        let pop3_only = self.protocols.imap.is_none() && self.protocols.pop3.is_some();
        let found = Found {
            incoming: candidate(self.protocols.imap.as_ref(), Protocol::Imap).into_iter().collect(),
            outgoing: candidate(self.protocols.submit.as_ref().or(self.protocols.smtp.as_ref()), Protocol::Smtp)
                .into_iter()
                .collect(),
            needs: pop3_only.then(|| bare(NeedKind::Pop3Only)).into_iter().collect(),
            ..Found::default()
        };
        (!found.incoming.is_empty() || !found.outgoing.is_empty() || pop3_only).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = br#"{"protocols":{"imap":{"host":"imap.example.com"},"submit":{"host":"mail.example.com"},
        "jmap":{"url":"https://jmap.example.com/"}},
        "authentication":{"oauth-public":{"issuer":"https://id.example.com"},"password":true},
        "info":{"provider":{"name":"Example"}}}"#;

    #[test]
    fn servers_listen_on_the_registered_ports_with_tls() {
        let found = parse(FILE).unwrap().found().unwrap();
        assert_eq!(found.incoming[0].endpoint.value.port, 993);
        assert_eq!(found.outgoing[0].endpoint.value.port, 465);
        assert_eq!(found.incoming[0].ways.value, [SignInWay::OAuth, SignInWay::Password]);
    }

    #[test]
    fn the_older_name_of_the_submission_server_is_known() {
        let config = parse(br#"{"protocols":{"smtp":{"host":"mail.example.com"}}}"#).unwrap();
        assert_eq!(config.found().unwrap().outgoing[0].endpoint.value.host, "mail.example.com");
        let both = br#"{"protocols":{"smtp":{"host":"old.example.com"},"submit":{"host":"new.example.com"}}}"#;
        let found = parse(both).unwrap().found().unwrap();
        assert_eq!(found.outgoing[0].endpoint.value.host, "new.example.com");
    }

    #[test]
    fn a_domain_with_pop3_alone_is_said_to_have_no_more() {
        let found = parse(br#"{"protocols":{"pop3":{"host":"pop.example.com"}}}"#).unwrap().found().unwrap();
        assert_eq!(found.needs, [bare(NeedKind::Pop3Only)]);
        let both = br#"{"protocols":{"pop3":{"host":"pop.example.com"},"imap":{"host":"imap.example.com"}}}"#;
        assert_eq!(parse(both).unwrap().found().unwrap().needs, []);
    }

    #[test]
    fn only_the_very_file_that_the_dns_vouches_for_counts() {
        let digest = STANDARD.encode(Sha256::digest(FILE));
        let record = |digest: &str| vec!["something else".to_owned(), format!("v=UAAC1; a=sha256; d={digest}")];
        assert_eq!(is_vouched_for(FILE, &record(&digest)), Some(true));
        assert_eq!(is_vouched_for(b"{}", &record(&digest)), Some(false));
        assert_eq!(is_vouched_for(FILE, &["v=UAAC1; a=md5; d=AAAA".to_owned()]), None);
        assert_eq!(is_vouched_for(FILE, &[]), None);
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for file in [&b""[..], b"[]", b"{", b"{\"protocols\":[]}", b"<html>", b"\xff\xfe", &[b'['; 100_000]] {
            assert!(parse(file).is_err(), "{:?}", String::from_utf8_lossy(file.get(..20).unwrap_or(file)));
        }
        let hosts = parse(br#"{"protocols":{"imap":{"host":"192.0.2.1/x"},"submit":{"host":""}}}"#).unwrap();
        assert!(hosts.found().is_none(), "what is no host is nowhere to go");
    }
}
