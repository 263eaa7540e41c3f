//! What went wrong with TLS: rustls' errors become problems here and nowhere else.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::{
    certificate::{self, Look, MIN_RSA_BITS},
    explaining::Refused,
    inspection,
    pin::Changed,
};
use crate::{
    model::{Problem, Timestamp, Weakness},
    net::trace::printable,
};

/// Longest detail taken over from the TLS library, in bytes.
const MAX_DETAIL_BYTES: usize = 300;
const X509_V3: u32 = 3;

/// What is known besides the error.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The host as it was typed.
    pub host: &'a str,
    pub port: u16,
    /// The server's certificate, if it got so far as to show it.
    pub certificate: Option<CertificateDer<'static>>,
    /// What came behind it; `None` where that is not known.
    pub sent_along: Option<Vec<CertificateDer<'static>>>,
    /// The server wanted a certificate from us.
    pub asked_for_ours: bool,
    /// The server had agreed to begin TLS (STARTTLS).
    pub agreed: bool,
    /// One certificate is trusted here: nobody has judged who issued it, for whom and for how long.
    pub pinned: bool,
}

/// Types a failed handshake.
#[must_use]
pub fn problem(error: &io::Error, evidence: &Evidence<'_>) -> Problem {
    match inner(error) {
        // Behind its consent a server has nothing more to say in clear: somebody else did, or it did not mean it.
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) if evidence.agreed => {
            Problem::StartTlsInjected { reply: None }
        }
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => Problem::NotATlsPort { port: evidence.port },
        Some(Error::InvalidCertificate(fault)) => certificate_problem(fault, evidence),
        // Only TLS 1.3 has an alert of its own for this; before, it looks like any failed handshake.
        Some(Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::BadCertificate | AlertDescription::AccessDenied,
        )) if evidence.asked_for_ours => Problem::ClientCertificateWanted,
        Some(Error::AlertReceived(AlertDescription::UnrecognisedName)) => {
            Problem::HostNotServed { host: evidence.host.to_owned() }
        }
        Some(error) => in_general(error),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof => failed("the server closed the connection during the handshake"),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                failed("the server broke the connection off during the handshake")
            }
            _ => failed(&error.to_string()),
        },
    }
}

/// Types a TLS fault that shows after the handshake, as alerts of TLS 1.3 do; `None` when it is no TLS fault.
#[must_use]
pub fn late_problem(error: &io::Error) -> Option<Problem> {
    inner(error).map(in_general)
}

/// Types a handshake that failed under [`Tls::explaining_config`](super::Tls::explaining_config).
///
/// `None` when the error is none of TLS.
#[must_use]
pub fn explained(error: &io::Error, host: &str, port: u16) -> Option<Problem> {
    let error = inner(error)?;
    let (error, certificate) = match error {
        Error::InvalidCertificate(CertificateError::Other(other)) => match other.0.downcast_ref::<Refused>() {
            Some(refused) => {
                (Error::InvalidCertificate(refused.fault.clone()), Some(refused.certificate.clone().into_owned()))
            }
            None => (error.clone(), None),
        },
        error => (error.clone(), None),
    };
    let evidence =
        Evidence { host, port, certificate, sent_along: None, asked_for_ours: false, agreed: false, pinned: false };
    Some(problem(&io::Error::other(error), &evidence))
}

fn inner(error: &io::Error) -> Option<&Error> {
    let inside = error.get_ref()?;
    // HTTP libraries put one error of this kind into another.
    inside.downcast_ref().or_else(|| inner(inside.downcast_ref::<io::Error>()?))
}

fn failed(detail: &str) -> Problem {
    Problem::TlsFailed { detail: printable(detail, MAX_DETAIL_BYTES) }
}

/// Faults that need no evidence.
fn in_general(error: &Error) -> Problem {
    match error {
        Error::AlertReceived(AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SupportedVersionsExtensionRequired,
        ) => Problem::TlsTooOld,
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
        | Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoEcPointFormatsInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon
            | PeerIncompatible::EcPointsExtensionRequired
            | PeerIncompatible::UncompressedEcPointsRequired,
        ) => Problem::TlsNoSharedCipher,
        Error::AlertReceived(AlertDescription::CertificateRequired) => Problem::ClientCertificateWanted,
        Error::AlertReceived(alert) => failed(&format!("the server sent the alert {alert:?}")),
        Error::NoCertificatesPresented => failed("the server showed no certificate"),
        other => failed(&other.to_string()),
    }
}

fn certificate_problem(fault: &CertificateError, evidence: &Evidence<'_>) -> Problem {
    if let CertificateError::Other(other) = fault
        && let Some(Changed { expected, found, vouched_for }) = other.0.downcast_ref::<Changed>()
    {
        let (expected, found) = (expected.clone(), found.clone());
        return Problem::PinnedCertificateChanged { expected, found, vouched_for: *vouched_for };
    }
    let look = evidence.certificate.as_ref().and_then(|der| certificate::look(der));
    let invalid = |detail: &str| Problem::CertificateInvalid { detail: printable(detail, MAX_DETAIL_BYTES) };
    match (fault, look) {
        (CertificateError::ExpiredContext { not_after, .. }, _) => {
            Problem::CertificateExpired { not_after: timestamp(*not_after) }
        }
        (CertificateError::Expired, Some(look)) => {
            Problem::CertificateExpired { not_after: look.certificate.not_after }
        }
        (CertificateError::NotValidYetContext { not_before, .. }, _) => {
            Problem::CertificateNotYetValid { not_before: timestamp(*not_before) }
        }
        (CertificateError::NotValidYet, Some(look)) => {
            Problem::CertificateNotYetValid { not_before: look.certificate.not_before }
        }
        (CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }, look) => {
            for_other_name(evidence.host, look)
        }
        // A device on the way says who it is, whatever else is wrong with what it made.
        (CertificateError::UnknownIssuer | CertificateError::Other(_) | CertificateError::BadSignature, Some(look))
            if inspection::made_by_a_device(&look.certificate.issuer) =>
        {
            Problem::CertificateInspected { issuer: look.certificate.issuer }
        }
        // The handshake itself is signed with the server's key, and no RSA key below 2048 bits is taken for that.
        (CertificateError::BadSignature, Some(Look { rsa_bits: Some(bits), .. })) if bits < MIN_RSA_BITS => {
            too_weak(Weakness::Key { bits })
        }
        // The certificate is the trusted one, and what the server signed with it is not right.
        (CertificateError::BadSignature, _) if evidence.pinned => {
            invalid("the server does not hold the key that belongs to it")
        }
        // An authority's own certificate in a server's place is reported as `Other`: what people make with
        // OpenSSL's defaults. The signature faults are those of a trusted root that has the same name and
        // another key: a certificate made anew, or two machines that both call themselves `localhost`.
        (
            CertificateError::UnknownIssuer
            | CertificateError::Other(_)
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            Some(look),
        ) if look.self_issued && look.version == X509_V3 => Problem::CertificateSelfSigned { subject: look.subject },
        (CertificateError::UnknownIssuer, Some(look)) => unknown_issuer(look, evidence.sent_along.as_deref()),
        (CertificateError::UnknownIssuer, None) => Problem::CertificateUntrusted { issuer: String::new() },
        (CertificateError::BadSignature, _) => invalid("its signature is wrong, or its key is too weak"),
        (
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            Some(Look { weak_signature: Some(algorithm), .. }),
        ) => too_weak(Weakness::Signature { algorithm: algorithm.to_owned() }),
        (
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            _,
        ) => invalid("it is signed with an algorithm that is too weak or unknown"),
        (CertificateError::Revoked, _) => invalid("it has been revoked"),
        (CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }, _) => {
            invalid("it was not issued for a server")
        }
        (CertificateError::UnhandledCriticalExtension, _) => invalid("it demands something that nobody understands"),
        (CertificateError::BadEncoding, _) => invalid("it is malformed"),
        (CertificateError::Other(_), Some(look)) if look.version < X509_V3 => {
            too_weak(Weakness::Version { version: look.version })
        }
        (CertificateError::Other(_), Some(look)) if look.is_authority => {
            invalid("it is an authority's own certificate, not one for a server")
        }
        (other, _) => invalid(&other.to_string()),
    }
}

const fn too_weak(weakness: Weakness) -> Problem {
    Problem::CertificateTooWeak { weakness }
}

/// Nobody trusted issued it: because the way from a public authority is not shown, or because there is none.
fn unknown_issuer(look: Look, sent_along: Option<&[CertificateDer<'static>]>) -> Problem {
    let issuer_came_along = |sent: &[CertificateDer<'static>]| {
        sent.iter()
            .filter_map(|der| certificate::look(der))
            .any(|one| one.subject_der == look.issuer_der && one.is_authority)
    };
    let issuer = look.certificate.issuer;
    if look.public && sent_along.is_some_and(|sent| !issuer_came_along(sent)) {
        Problem::CertificateChainIncomplete { issuer }
    } else {
        Problem::CertificateUntrusted { issuer }
    }
}

fn for_other_name(host: &str, look: Option<Look>) -> Problem {
    match look {
        Some(Look { names_in_subject_only: true, common_name, .. }) => {
            Problem::CertificateWithoutNames { common_name: common_name.unwrap_or_default() }
        }
        look => Problem::CertificateForOtherName {
            host: host.to_owned(),
            names: look.map(|look| look.certificate.names).unwrap_or_default(),
        },
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1_000))
}

#[cfg(test)]
mod tests;
