//! The certificate verifier: the stock one, which also remembers what it was shown.
//!
//! A failed handshake leaves no certificate behind; without this, nobody could say whose certificate it
//! was that was not trusted.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    server::ParsedCertificate,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::certificate;

/// Verifies one handshake.
#[derive(Debug)]
pub struct Recording {
    verifier: Arc<WebPkiServerVerifier>,
    pinned: Arc<[CertificateDer<'static>]>,
    seen: Mutex<Option<CertificateDer<'static>>>,
}

impl Recording {
    /// Verifies as `verifier` does; a certificate that is itself `pinned` needs no issuer.
    #[must_use]
    pub fn new(verifier: Arc<WebPkiServerVerifier>, pinned: Arc<[CertificateDer<'static>]>) -> Self {
        Self { verifier, pinned, seen: Mutex::new(None) }
    }

    /// The server's own certificate, once it has been shown.
    #[must_use]
    pub fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A pinned certificate must still be in its time and name the host.
    fn verify_pinned(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
        let look = certificate::look(leaf).ok_or(CertificateError::BadEncoding)?;
        let seconds =
            |millis: i64| UnixTime::since_unix_epoch(std::time::Duration::from_millis(millis.try_into().unwrap_or(0)));
        let (not_before, not_after) = (seconds(look.certificate.not_before.0), seconds(look.certificate.not_after.0));
        if now < not_before {
            return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
        }
        if now > not_after {
            return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
        }
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
    }
}

impl ServerCertVerifier for Recording {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.clone().into_owned());
        if self.pinned.iter().any(|pinned| pinned == end_entity) {
            return Self::verify_pinned(end_entity, server_name, now).map(|()| ServerCertVerified::assertion());
        }
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
