//! Authorities that an administrator trusts for one server: read from PEM.

use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use super::certificate;
use crate::model::{Certificate, Reason, trust};

/// The certificates in a PEM text.
///
/// # Errors
/// Why the text is none that could be trusted.
pub fn read(pem: &str) -> Result<Vec<CertificateDer<'static>>, Reason> {
    if let Some(reason) = trust::wrong_authority(pem) {
        return Err(reason);
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(trust::certificates_in(pem).as_bytes()).collect();
    let found = found.map_err(|_| Reason::NotACertificate)?;
    let mut roots = RootCertStore::empty();
    for certificate in &found {
        roots.add(certificate.clone()).map_err(|_| Reason::NotACertificate)?;
    }
    if found.is_empty() { Err(Reason::NotACertificate) } else { Ok(found) }
}

/// What the certificates in a PEM text say of themselves.
///
/// # Errors
/// As [`read`].
pub fn describe(pem: &str) -> Result<Vec<Certificate>, Reason> {
    Ok(read(pem)?.iter().map(|der| certificate::describe(der)).collect())
}
