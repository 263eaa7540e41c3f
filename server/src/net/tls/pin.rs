//! One certificate trusted by its SHA-256: what happens when another one comes, and which can be trusted like this.

use std::fmt;

use rustls::server::ParsedCertificate;
use rustls_pki_types::CertificateDer;

use super::certificate;
use crate::model::{Fingerprint, Problem, Weakness};

/// Another certificate than the trusted one was shown: what stands in [`rustls::CertificateError::Other`].
#[derive(Debug)]
pub struct Changed {
    pub expected: Fingerprint,
    pub found: Fingerprint,
    /// The usual authorities vouch for the new one.
    pub vouched_for: bool,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not the certificate that is trusted but {}", self.found)
    }
}

impl std::error::Error for Changed {}

/// True where a connection would come about if exactly this certificate were trusted: its key still has to sign the
/// handshake, and the library has to be able to read it.
///
/// What a device on the way has made is left out: nobody should trust that for a server. So is the very certificate
/// that is `pinned` already.
pub(super) fn helps(problem: &Problem, der: &CertificateDer<'_>, pinned: bool) -> bool {
    let about_trust = match problem {
        Problem::PinnedCertificateChanged { .. } => true,
        _ if pinned => false,
        Problem::CertificateInspected { .. } => false,
        Problem::CertificateTooWeak { weakness } => matches!(weakness, Weakness::Signature { .. }),
        problem => problem.is_about_certificate(),
    };
    let strong =
        certificate::look(der).is_some_and(|look| look.rsa_bits.is_none_or(|bits| bits >= certificate::MIN_RSA_BITS));
    about_trust && strong && ParsedCertificate::try_from(der).is_ok()
}
