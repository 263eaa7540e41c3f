//! Whom we believe that a mail server is the one it says it is.
//!
//! There are three answers and no fourth: nothing is ever encrypted for whoever happens to be there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Reason;

/// Longest PEM text of an authority, in characters: room for a dozen certificates.
pub const MAX_AUTHORITY_CHARACTERS: usize = 16_384;
/// Longest fingerprint as people write it, in characters: with colons, and the words OpenSSL puts before it.
pub const MAX_PIN_CHARACTERS: usize = 200;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Who vouches for a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "whom", rename_all = "snake_case")]
pub enum Trust {
    /// The public authorities, this system's, and those of the operator.
    #[default]
    Usual,
    /// Nobody: this very certificate is the server's, whatever it says of names and dates.
    Certificate { sha256: Fingerprint },
    /// The usual ones and the authorities in this PEM text. Names and dates are judged as ever.
    Authority { pem: String },
}

impl Trust {
    /// True where nothing was decided for this server.
    #[must_use]
    pub const fn is_usual(&self) -> bool {
        matches!(self, Self::Usual)
    }
}

/// The choice between the three, as a form asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustChoice {
    #[default]
    Usual,
    Certificate,
    Authority,
}

impl TrustChoice {
    /// The value of the form's field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Certificate => "certificate",
            Self::Authority => "authority",
        }
    }

    /// The choice behind a value of the form's field; the usual one behind any other text.
    #[must_use]
    pub fn of(value: &str) -> Self {
        match value {
            "certificate" => Self::Certificate,
            "authority" => Self::Authority,
            _ => Self::Usual,
        }
    }
}

/// The SHA-256 of a certificate's DER encoding: 64 hexadecimal digits in lower case, shown as OpenSSL shows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a fingerprint has 64 hexadecimal digits")
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl Fingerprint {
    const DIGITS: usize = 64;

    /// The fingerprint with these bytes.
    #[must_use]
    pub fn of(sha256: &[u8; 32]) -> Self {
        let digits = sha256.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Self(digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect())
    }

    /// Reads the notations that programs and people use: with colons, blanks, hyphens or nothing between the bytes,
    /// in either case, and with what OpenSSL and others write before it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.rsplit_once('=').map_or(text.as_str(), |(_, digits)| digits);
        let text = ["sha-256", "sha256"].iter().find_map(|name| text.trim_start().strip_prefix(name)).unwrap_or(text);
        let separates = |c: char| c.is_whitespace() || matches!(c, ':' | '-');
        let digits: String = text.chars().filter(|&c| !separates(c)).collect();
        let right = digits.len() == Self::DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        right.then_some(Self(digits))
    }

    /// The digits alone, in lower case.
    #[must_use]
    pub fn as_hex(&self) -> &str {
        &self.0
    }

    /// The first bytes, to know it by in a list.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(11).chain(['…']).collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place % 2 == 0 {
                f.write_str(":")?;
            }
            write!(f, "{}", digit.to_ascii_uppercase())?;
        }
        Ok(())
    }
}

/// What is wrong with the PEM text of an authority, as far as it shows from outside. What is in the certificates is
/// read on the server.
#[must_use]
pub fn wrong_authority(text: &str) -> Option<Reason> {
    if text.trim().is_empty() {
        Some(Reason::Empty)
    } else if text.contains("PRIVATE KEY-----") {
        Some(Reason::PrivateKey)
    } else if text.chars().count() > MAX_AUTHORITY_CHARACTERS {
        Some(Reason::TooLong { max_characters: MAX_AUTHORITY_CHARACTERS })
    } else if certificates_in(text).is_empty() {
        Some(Reason::NotACertificate)
    } else {
        None
    }
}

/// The certificates in a PEM text, without what people and programs write around them.
#[must_use]
pub fn certificates_in(text: &str) -> String {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((block, behind)) = rest.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)) {
        let lines: Vec<&str> = block.split_whitespace().collect();
        blocks.push(format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")));
        rest = behind;
    }
    blocks.concat()
}

/// The text without the private keys in it, which nobody here wants to have. What marks them stays, so that it can
/// be said that one was there.
#[must_use]
pub fn without_private_keys(text: &str) -> String {
    const MARK: &str = "PRIVATE KEY-----";
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(MARK) {
        kept.push_str(before);
        kept.push_str(MARK);
        // The key reaches to its end mark, or to the end of a text that was cut off.
        rest = behind.find("-----END").and_then(|end| behind.get(end..)).unwrap_or_default();
        kept.push('\n');
        match rest.split_once(MARK) {
            Some((end, behind)) => {
                kept.push_str(end);
                kept.push_str(MARK);
                rest = behind;
            }
            None => break,
        }
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    #[test]
    fn a_fingerprint_is_read_in_every_usual_notation() {
        let shown = Fingerprint::parse(HEX).unwrap().to_string();
        assert!(shown.starts_with("0F:1E:2D:") && shown.len() == 95, "{shown}");
        for text in [
            shown.clone(),
            HEX.to_uppercase(),
            shown.replace(':', " "),
            shown.replace(':', "-"),
            format!("sha256 Fingerprint={shown}\n"),
            format!("SHA256 Fingerprint={shown}"),
            format!("SHA-256: {shown}"),
            format!("sha256:{HEX}"),
            format!("  {}\n{}", HEX.split_at(32).0, HEX.split_at(32).1),
        ] {
            assert_eq!(Fingerprint::parse(&text).unwrap().as_hex(), HEX, "{text}");
        }
    }

    #[test]
    fn what_is_no_sha_256_is_no_fingerprint() {
        for text in
            ["", "AB:CD", HEX.split_at(1).1, &format!("{HEX}0"), &HEX.replace('f', "g"), HEX.split_at(40).0, "sha256"]
        {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_authority_is_a_text_with_certificates_in_it() {
        let one = format!("{BEGIN}\nTUlJ\n{END}\n");
        assert_eq!(wrong_authority(&format!("Subject: A\r\n{one}\r\n{one}")), None);
        assert_eq!(certificates_in(&format!("Subject: A\r\n{}", one.replace('\n', "\r\n"))), one);
        assert_eq!(wrong_authority(" \n"), Some(Reason::Empty));
        for text in ["MIIB", "-----BEGIN CERTIFICATE REQUEST-----\nTUlJ\n-----END CERTIFICATE REQUEST-----", BEGIN] {
            assert_eq!(wrong_authority(text), Some(Reason::NotACertificate), "{text}");
        }
        let long = one.repeat(400);
        assert_eq!(wrong_authority(&long), Some(Reason::TooLong { max_characters: MAX_AUTHORITY_CHARACTERS }));
    }

    #[test]
    fn a_private_key_is_not_kept_and_still_told_of() {
        let certificate = format!("{BEGIN}\nTUlJ\n{END}\n");
        for kind in ["", "RSA ", "ENCRYPTED "] {
            let key = format!("-----BEGIN {kind}PRIVATE KEY-----\nc2VjcmV0\n-----END {kind}PRIVATE KEY-----\n");
            let kept = without_private_keys(&format!("{key}{certificate}{key}"));
            assert!(!kept.contains("c2VjcmV0") && kept.contains(&certificate), "{kept}");
            assert_eq!(wrong_authority(&kept), Some(Reason::PrivateKey));
            assert_eq!(without_private_keys(&kept).replace("\n\n", "\n"), kept.replace("\n\n", "\n"));
            let cut = without_private_keys(&format!("-----BEGIN {kind}PRIVATE KEY-----\nc2VjcmV0"));
            assert!(!cut.contains("c2VjcmV0"), "{cut}");
        }
        assert_eq!(without_private_keys(&certificate), certificate);
    }
}
