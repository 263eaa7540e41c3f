//! Reads out of a certificate what people need to know of it. Nothing here decides about trust.

use sha2::{Digest, Sha256};
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    prelude::FromDer,
    x509::{AttributeTypeAndValue, X509Name, X509Version},
};

use crate::{
    model::{Certificate, Timestamp},
    net::trace::printable,
};

/// Certificates of shared hosts carry hundreds of names; nobody reads so many.
const MAX_NAMES: usize = 50;
/// Longest text taken out of a certificate, in bytes.
const MAX_TEXT_BYTES: usize = 256;

/// What a failed verification leaves to be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub certificate: Certificate,
    pub subject: String,
    /// Subject and issuer are the same: the server vouches for itself.
    pub self_issued: bool,
    /// There is no Subject Alternative Name, only a common name, which nobody looks at any more (RFC 9525).
    pub names_in_subject_only: bool,
    /// X.509 v3, the only version that is taken.
    pub version_3: bool,
}

/// Describes a DER certificate; one that cannot be read has its fingerprint alone.
#[must_use]
pub fn describe(der: &[u8]) -> Certificate {
    look(der).map_or_else(|| unread(der), |look| look.certificate)
}

/// Looks at a DER certificate; `None` when it is none.
#[must_use]
pub fn look(der: &[u8]) -> Option<Look> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let mut names = alternative_names(&certificate);
    let names_in_subject_only = names.is_empty();
    if names_in_subject_only {
        names.extend(texts(certificate.subject().iter_common_name()));
    }
    let validity = certificate.validity();
    Some(Look {
        certificate: Certificate {
            names,
            issuer: name(certificate.issuer()),
            not_before: Timestamp(validity.not_before.timestamp().saturating_mul(1_000)),
            not_after: Timestamp(validity.not_after.timestamp().saturating_mul(1_000)),
            sha256: fingerprint(der),
        },
        subject: name(certificate.subject()),
        self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        names_in_subject_only,
        version_3: certificate.version() == X509Version::V3,
    })
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unread(der: &[u8]) -> Certificate {
    Certificate {
        names: Vec::new(),
        issuer: String::new(),
        not_before: Timestamp::default(),
        not_after: Timestamp::default(),
        sha256: fingerprint(der),
    }
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(printable(name, MAX_TEXT_BYTES)),
        GeneralName::IPAddress(bytes) => match bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    });
    names.take(MAX_NAMES).collect()
}

/// Organisation and common name, whichever there are; the whole name where there is neither.
fn name(name: &X509Name<'_>) -> String {
    let mut parts = texts(name.iter_organization());
    parts.extend(texts(name.iter_common_name()));
    if parts.is_empty() { printable(&name.to_string(), MAX_TEXT_BYTES) } else { parts.join(", ") }
}

fn texts<'a>(attributes: impl Iterator<Item = &'a AttributeTypeAndValue<'a>>) -> Vec<String> {
    attributes.filter_map(|attribute| attribute.as_str().ok()).map(|text| printable(text, MAX_TEXT_BYTES)).collect()
}
