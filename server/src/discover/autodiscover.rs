//! Reads the answer of Microsoft's Autodiscover (version 2, JSON): whether Microsoft takes care of a domain's mail.
//!
//! The answer names no IMAP server. It is asked for without any credentials and with a made-up mailbox of the domain,
//! so that Microsoft learns the domain and not whose mailbox is being connected.

use serde::Deserialize;
use url::Url;

use super::{Unreadable, found::host_of};

/// What the answer says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Autodiscovered {
    pub protocol: String,
    /// Where the rest would be asked for.
    pub url: Url,
}

/// Reads the answer.
///
/// # Errors
/// [`Unreadable`]: it is too long, it is no JSON, or it is about something else, as where the domain is not known.
pub fn parse(answer: &[u8]) -> Result<Autodiscovered, Unreadable> {
    if answer.len() > super::MAX_DOCUMENT_BYTES {
        return Err(Unreadable::TooLong);
    }
    serde_json::from_slice(answer).map_err(|error| Unreadable::NotJson(error.to_string()))
}

impl Autodiscovered {
    /// The host at Microsoft, where it is one and would be asked over HTTPS.
    #[must_use]
    pub fn host_at_microsoft(&self) -> Option<&str> {
        const SUFFIXES: [&str; 4] = ["office365.com", "outlook.com", "office365.us", "partner.outlook.cn"];
        let host = self.url.host_str().filter(|host| self.url.scheme() == "https" && host_of(host).is_some())?;
        let belongs = |suffix| {
            let before = host.strip_suffix(suffix)?;
            (before.is_empty() || before.ends_with('.')).then_some(host)
        };
        SUFFIXES.into_iter().find_map(belongs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_at_microsoft_is_told_from_one_on_site() {
        let host = |url: &str| {
            let answer = format!(r#"{{"Protocol":"AutodiscoverV1","Url":"{url}"}}"#);
            parse(answer.as_bytes()).unwrap().host_at_microsoft().map(str::to_owned)
        };
        assert_eq!(
            host("https://outlook.office365.com/autodiscover/autodiscover.xml").as_deref(),
            Some("outlook.office365.com")
        );
        assert_eq!(host("https://autodiscover.example.com/autodiscover/autodiscover.xml"), None);
        assert_eq!(host("https://notoffice365.com/"), None);
        assert_eq!(host("http://outlook.office365.com/"), None);
    }

    #[test]
    fn a_refusal_is_no_answer() {
        for answer in [&b"{\"ErrorCode\":\"UserNotFound\",\"ErrorMessage\":\"x\"}"[..], b"", b"[]", b"{\"Url\":1}"] {
            assert!(parse(answer).is_err());
        }
    }
}
