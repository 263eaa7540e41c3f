//! The certificate verifier for connections that somebody else's HTTP library opens.
//!
//! Such a library hands back an error and nothing else. So the error itself carries the certificate it is
//! about, and whoever tells of the failure can name the one who issued it.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::verifier::{Judge, Recording};

/// Verifies any number of handshakes, as [`Recording`] does one.
#[derive(Debug)]
pub struct Explaining(pub(super) Judge);

/// A certificate that was refused, and why: what stands in [`CertificateError::Other`].
#[derive(Debug)]
pub struct Refused {
    pub fault: CertificateError,
    pub certificate: CertificateDer<'static>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let one = Recording::new(self.0.clone());
        one.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(
            |error| match error {
                Error::InvalidCertificate(fault) => {
                    let refused = Refused { fault, certificate: end_entity.clone().into_owned() };
                    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
                }
                other => other,
            },
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.verifier.supported_verify_schemes()
    }
}
