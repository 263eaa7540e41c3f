//! What went wrong with TLS: rustls' errors become problems here and nowhere else.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::{
    certificate::{self, Look},
    explaining::Refused,
};
use crate::{
    model::{Problem, Timestamp},
    net::trace::printable,
};

/// Longest detail taken over from the TLS library, in bytes.
const MAX_DETAIL_BYTES: usize = 300;

/// What is known besides the error.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The host as it was typed.
    pub host: &'a str,
    pub port: u16,
    /// The server's certificate, if it got so far as to show it.
    pub certificate: Option<CertificateDer<'static>>,
    /// The server wanted a certificate from us.
    pub asked_for_ours: bool,
}

/// Types a failed handshake.
#[must_use]
pub fn problem(error: &io::Error, evidence: &Evidence<'_>) -> Problem {
    match inner(error) {
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => Problem::NotATlsPort { port: evidence.port },
        Some(Error::InvalidCertificate(fault)) => certificate_problem(fault, evidence),
        // Only TLS 1.3 has an alert of its own for this; before, it looks like any failed handshake.
        Some(Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::BadCertificate | AlertDescription::AccessDenied,
        )) if evidence.asked_for_ours => Problem::ClientCertificateWanted,
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
    let evidence = Evidence { host, port, certificate, asked_for_ours: false };
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
        Error::AlertReceived(AlertDescription::UnrecognisedName) => failed("the server does not know this host name"),
        Error::AlertReceived(alert) => failed(&format!("the server sent the alert {alert:?}")),
        Error::NoCertificatesPresented => failed("the server showed no certificate"),
        other => failed(&other.to_string()),
    }
}

fn certificate_problem(fault: &CertificateError, evidence: &Evidence<'_>) -> Problem {
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
        // An authority's own certificate in a server's place is reported as `Other`: what people make with
        // OpenSSL's defaults. The signature faults are those of a trusted root that has the same name and
        // another key: a certificate made anew, or two machines that both call themselves `localhost`.
        (
            CertificateError::UnknownIssuer
            | CertificateError::Other(_)
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            Some(look),
        ) if look.self_issued && look.version_3 => Problem::CertificateSelfSigned { subject: look.subject },
        (CertificateError::UnknownIssuer, Some(look)) => {
            Problem::CertificateUntrusted { issuer: look.certificate.issuer }
        }
        (CertificateError::UnknownIssuer, None) => Problem::CertificateUntrusted { issuer: String::new() },
        (CertificateError::BadSignature, _) => invalid("its signature is wrong, or its key is too weak"),
        (
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            _,
        ) => invalid("it is signed with an algorithm that is too weak or unknown"),
        (CertificateError::Revoked, _) => invalid("it has been revoked"),
        (CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }, _) => {
            invalid("it was not issued for a server")
        }
        (CertificateError::BadEncoding, _) => invalid("it is malformed"),
        (CertificateError::Other(_), Some(look)) if !look.version_3 => {
            invalid("it is of an old version (X.509 v3 is needed)")
        }
        (other, _) => invalid(&other.to_string()),
    }
}

fn for_other_name(host: &str, look: Option<Look>) -> Problem {
    match look {
        Some(look) if look.names_in_subject_only => Problem::CertificateInvalid {
            detail: "it has no Subject Alternative Name, so it is for no host at all".to_owned(),
        },
        look => Problem::CertificateForOtherName {
            host: host.to_owned(),
            names: look.map(|look| look.certificate.names).unwrap_or_default(),
        },
    }
}

fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX).saturating_mul(1_000))
}
