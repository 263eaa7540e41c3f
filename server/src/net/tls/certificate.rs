//! Reads out of a certificate what people need to know of it. Nothing here decides about trust.

use sha2::{Digest, Sha256};
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    prelude::{FromDer, ParsedExtension},
    public_key::PublicKey,
    x509::{AttributeTypeAndValue, X509Name},
};

use crate::{
    model::{Certificate, Fingerprint, Timestamp},
    net::trace::printable,
};

/// Certificates of shared hosts carry hundreds of names; nobody reads so many.
const MAX_NAMES: usize = 50;
/// Longest text taken out of a certificate, in bytes.
const MAX_TEXT_BYTES: usize = 256;

/// The shortest RSA key that a handshake may be signed with.
pub(super) const MIN_RSA_BITS: usize = 2_048;

/// What a failed verification leaves to be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub certificate: Certificate,
    pub subject: String,
    /// Subject and issuer are the same: the server vouches for itself.
    pub self_issued: bool,
    /// There is no Subject Alternative Name, only a common name, which nobody looks at any more (RFC 9525).
    pub names_in_subject_only: bool,
    /// The common name, where there is one.
    pub common_name: Option<String>,
    /// X.509 v3 is the only version that is taken.
    pub version: u32,
    /// The name of a hash in the signature that is broken.
    pub weak_signature: Option<&'static str>,
    /// The length of the key, where it is one for RSA.
    pub rsa_bits: Option<usize>,
    /// An authority's own certificate.
    pub is_authority: bool,
    /// Marks that only public authorities leave: see [`bears_public_marks`].
    pub public: bool,
    /// Subject and issuer as they are encoded, to be compared with those of other certificates.
    pub subject_der: Vec<u8>,
    pub issuer_der: Vec<u8>,
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
    let common_name = texts(certificate.subject().iter_common_name()).into_iter().next();
    let rsa_bits = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => Some(key.key_size()),
        _ => None,
    };
    Some(Look {
        certificate: Certificate {
            subject: name(certificate.subject()),
            names,
            issuer: name(certificate.issuer()),
            not_before: Timestamp(validity.not_before.timestamp().saturating_mul(1_000)),
            not_after: Timestamp(validity.not_after.timestamp().saturating_mul(1_000)),
            sha256: fingerprint(der),
        },
        subject: name(certificate.subject()),
        self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        names_in_subject_only,
        common_name,
        version: certificate.version().0.saturating_add(1),
        weak_signature: weak_signature(&certificate.signature_algorithm.algorithm.to_id_string()),
        rsa_bits,
        is_authority: certificate.is_ca(),
        public: bears_public_marks(&certificate),
        subject_der: certificate.subject().as_raw().to_vec(),
        issuer_der: certificate.issuer().as_raw().to_vec(),
    })
}

/// What a certificate is pinned by.
#[must_use]
pub fn pinned_by(der: &[u8]) -> Fingerprint {
    Fingerprint::of(&Sha256::digest(der).into())
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    pinned_by(der).as_hex().to_owned()
}

/// The broken hash in a signature algorithm (RFC 3279, RFC 5758).
fn weak_signature(algorithm: &str) -> Option<&'static str> {
    match algorithm {
        "1.2.840.113549.1.1.2" => Some("MD2"),
        "1.2.840.113549.1.1.4" => Some("MD5"),
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => Some("SHA-1"),
        _ => None,
    }
}

/// True where a public authority issued it: a log of certificates vouches for it (RFC 6962), it follows the rules
/// that browsers set for such authorities, or it names a web page where its issuer's certificate is fetched.
///
/// A company's own authority may do the last, too, but then mostly in a directory of its own (`ldap:`).
fn bears_public_marks(certificate: &X509Certificate<'_>) -> bool {
    /// The arc of the policies of the CA/Browser Forum.
    const BROWSER_FORUM: &str = "2.23.140.1.";
    /// id-ad-caIssuers (RFC 5280 4.2.2.1).
    const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
    certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::SCT(_) => true,
        ParsedExtension::CertificatePolicies(policies) => {
            policies.iter().any(|policy| policy.policy_id.to_id_string().starts_with(BROWSER_FORUM))
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            let places = || access.accessdescs.iter().filter(|place| place.access_method.to_id_string() == CA_ISSUERS);
            let is = |scheme: &str| {
                places().any(|place| matches!(&place.access_location, GeneralName::URI(uri) if uri.starts_with(scheme)))
            };
            is("http") && !is("ldap")
        }
        _ => false,
    })
}

fn unread(der: &[u8]) -> Certificate {
    Certificate {
        subject: String::new(),
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
