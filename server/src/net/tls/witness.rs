//! Remembers what a server sent besides its own certificate.
//!
//! Whether the issuer's certificate came along tells a server that leaves a part of its chain out from one
//! whose authority nobody knows.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Looks over another verifier's shoulder for one handshake; the other one decides.
#[derive(Debug)]
pub struct Witness {
    verifier: Arc<dyn ServerCertVerifier>,
    sent_along: Mutex<Option<Vec<CertificateDer<'static>>>>,
}

impl Witness {
    /// Nothing has been seen yet.
    pub fn of(verifier: Arc<dyn ServerCertVerifier>) -> Self {
        Self { verifier, sent_along: Mutex::new(None) }
    }

    /// The certificates behind the server's own, in its order; `None` before any were shown.
    pub fn sent_along(&self) -> Option<Vec<CertificateDer<'static>>> {
        self.sent_along.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let seen = intermediates.iter().map(|certificate| certificate.clone().into_owned()).collect();
        *self.sent_along.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
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
