//! E-mail addresses as people type them (RFC 5321, RFC 6531).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mailbox address that was looked at: one `@`, a plausible local part, a plausible domain.
///
/// International addresses are welcome on both sides (RFC 6531, RFC 5890). Quoted local parts and
/// address literals are not: no support address has them, and half the mail world chokes on them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnAddress;

impl EmailAddress {
    /// Longest local part, in octets (RFC 5321 4.5.3.1.1).
    pub const MAX_LOCAL_BYTES: usize = 64;
    /// Longest address, in octets (RFC 5321 4.5.3.1.3, less the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// Reads an address, ignoring blanks around it.
    ///
    /// # Errors
    /// [`NotAnAddress`] when it cannot be one.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        if text.len() > Self::MAX_BYTES || local.len() > Self::MAX_LOCAL_BYTES {
            return Err(NotAnAddress);
        }
        let local_fits = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character));
        if local_fits && domain.contains('.') && is_host_name(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnAddress)
        }
    }

    /// The address as it was typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The form two addresses are compared in: lower case throughout.
    ///
    /// RFC 5321 lets local parts differ by case; no provider in use does.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// True for a text that may be a host name: labels of letters, digits and hyphens, U-labels included.
///
/// This is the light look that browser and server share; the server converts to A-labels (UTS 46)
/// before it asks the DNS and may still say no.
#[must_use]
pub fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63 * 4
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_' || is_joiner_or_mark(c))
        })
}

/// RFC 5322 `atext`, or anything beyond ASCII that is neither blank nor control (RFC 6531).
fn is_atom_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
}

/// Vowel signs and joiners are not alphanumeric, but Indic and other names need them.
const fn is_joiner_or_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0900}'..='\u{0dff}' | '\u{0e31}'..='\u{0e4e}' | '\u{200c}' | '\u{200d}')
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for text in [
            "support@example.com",
            " support@example.com ",
            "it.help+desk@mail.example.co.kr",
            "o'brien@example.com",
            "지원@예시.한국",
            "büro@münchen.de",
            "a@xn--bcher-kva.example",
        ] {
            assert!(EmailAddress::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_address_are_not_taken() {
        for text in [
            "",
            "support",
            "support@",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@exa mple.com",
            "a..b@example.com",
            ".a@example.com",
            "a@-example.com",
            "a@example..com",
            "a@b@example.com",
            "a@example.com\r\nBcc: x@example.com",
            "\"quoted\"@example.com",
            "a@[192.0.2.1]",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnAddress), "{text}");
        }
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(65))).is_err());
    }
}
