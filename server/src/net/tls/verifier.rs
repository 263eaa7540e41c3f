//! The certificate verifier: decides by a [`Judge`], and remembers what it was shown.
//!
//! A failed handshake leaves no certificate behind; without this, nobody could say whose certificate it
//! was that was not trusted.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    server::ParsedCertificate,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::{certificate, pin::Changed};
use crate::model::Fingerprint;

/// Whom the connections to one server trust. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Judge {
    pub(super) verifier: Arc<WebPkiServerVerifier>,
    /// The extra roots: each may be a server's own certificate.
    pub(super) extra: Arc<[CertificateDer<'static>]>,
    /// The one certificate that is trusted instead of all authorities.
    pub(super) pin: Option<Fingerprint>,
}

impl Judge {
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(expected) = &self.pin {
            let found = certificate::pinned_by(end_entity);
            if found == *expected {
                return Ok(ServerCertVerified::assertion());
            }
            let vouched_for = self.usual(end_entity, intermediates, server_name, ocsp_response, now).is_ok();
            let changed = Changed { expected: expected.clone(), found, vouched_for };
            return Err(CertificateError::Other(OtherError(Arc::new(changed))).into());
        }
        self.usual(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn usual(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.extra.iter().any(|extra| extra == end_entity) {
            return Self::in_time_and_named(end_entity, server_name, now).map(|()| ServerCertVerified::assertion());
        }
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    /// A certificate that is trusted by itself needs no issuer, but must still be in its time and name the host.
    fn in_time_and_named(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<(), Error> {
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

/// Verifies one handshake.
#[derive(Debug)]
pub struct Recording {
    judge: Judge,
    seen: Mutex<Option<CertificateDer<'static>>>,
}

impl Recording {
    /// Nothing has been seen yet.
    #[must_use]
    pub const fn new(judge: Judge) -> Self {
        Self { judge, seen: Mutex::new(None) }
    }

    /// The server's own certificate, once it has been shown.
    #[must_use]
    pub fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        self.judge.judge(end_entity, intermediates, server_name, ocsp_response, now)
    }

    // Whatever is trusted, the server must prove that the key of its certificate is its own.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.verifier.supported_verify_schemes()
    }
}
