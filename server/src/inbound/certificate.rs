//! The mail server's certificate: the operator's, or one of our own that is kept.
//!
//! A server that delivers mail encrypts with whatever certificate it is shown, unless our domain says otherwise (MTA-STS,
//! DANE). So one of our own is better than none.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::host_name;
use crate::config::Config;
use crate::error::{Error, Result};

/// The file of our own certificate and its key, in the data folder.
pub(crate) const OWN: &str = "inbound.pem";

/// What TLS begins with. Files that were renewed are read anew, without a restart.
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: Mutex<(Option<SystemTime>, TlsAcceptor)>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("chain", &self.chain).finish_non_exhaustive()
    }
}

impl Certificate {
    /// The certificate of the configuration, or our own, made where there is none.
    ///
    /// # Errors
    /// When a file cannot be read or made, holds something else, or only one of the two is named.
    pub(super) fn open(config: &Config) -> Result<Self> {
        let (chain, key) = match (&config.inbound.certificate, &config.inbound.key) {
            (Some(chain), Some(key)) => (chain.clone(), key.clone()),
            (None, None) => {
                let own = config.data_dir.join(OWN);
                make_own(&own, config).map_err(|source| Error::File { path: own.clone(), source })?;
                (own.clone(), own)
            }
            (Some(path), None) | (None, Some(path)) => {
                let why = "inbound.certificate and inbound.key belong together";
                let source = io::Error::new(io::ErrorKind::InvalidInput, why);
                return Err(Error::File { path: path.clone(), source });
            }
        };
        let changed_at = changed_at(&chain);
        let acceptor = load(&chain, &key)?;
        Ok(Self { chain, key, current: Mutex::new((changed_at, acceptor)) })
    }

    /// What does the next handshake. A renewed certificate that cannot be read leaves the old one at work.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let changed_at = changed_at(&self.chain);
        if current.0 != changed_at {
            current.0 = changed_at;
            match load(&self.chain, &self.key) {
                Ok(acceptor) => current.1 = acceptor,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "The mail server's new certificate cannot be used; the old one is.");
                }
            }
        }
        current.1.clone()
    }
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

fn load(chain: &Path, key: &Path) -> Result<TlsAcceptor> {
    let failed = |path: &Path, why: String| {
        let source = io::Error::new(io::ErrorKind::InvalidData, why);
        Error::File { path: path.to_owned(), source }
    };
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(chain)
            .and_then(Iterator::collect)
            .map_err(|error| failed(chain, format!("no certificate can be read: {error}")))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, format!("no key can be read: {error}")))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, secret))
        .map_err(|error| failed(chain, format!("certificate and key cannot be used: {error}")))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Makes a certificate that vouches for itself, for our name and all our domains; once.
fn make_own(path: &Path, config: &Config) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut names = vec![host_name(config).to_owned(), config.mail_domain.clone(), format!("*.{}", config.mail_domain)];
    names.dedup();
    let names = names.iter().filter_map(|name| {
        idna::domain_to_ascii(name.trim_start_matches("*."))
            .ok()
            .map(|ascii| if name.starts_with("*.") { format!("*.{ascii}") } else { ascii })
    });
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let mut params = CertificateParams::new(names.collect::<Vec<_>>()).map_err(io::Error::other)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Postroom");
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    // Under another name first: half a file must not stand in the way of the next start.
    let part = path.with_extension("pem.part");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(certificate.pem().as_bytes())?;
    file.write_all(key.serialize_pem().as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, path)
}
