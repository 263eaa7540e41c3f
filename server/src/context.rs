//! What every use case needs.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::bell::Bell;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::discover::{self, Discoverer};
use crate::error::{Error, Result};
use crate::net::{DialOptions, Dialer};
use crate::oauth;
use crate::openid;
use crate::vault::Vault;
use crate::watch::Pulse;

/// The world of a use case; cheap to clone. It has fields and nothing else.
#[derive(Clone, Debug)]
pub struct Context {
    pub db: Db,
    pub vault: Vault,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub dialer: Arc<Dialer>,
    pub discoverer: Arc<Discoverer>,
    pub oauth: Arc<oauth::Client>,
    pub openid: Arc<openid::Client>,
    pub pulse: Pulse,
    /// Wakes whoever sends what waits in the outbox.
    pub outbox: Bell,
    /// Wakes whoever looks for activation mails.
    pub activation: Bell,
    /// Wakes whoever answers those who have forgotten a password.
    pub password_resets: Bell,
}

impl Context {
    /// The world as it is configured: the machine's clock, and a dialer that goes where users may go.
    ///
    /// # Errors
    /// As [`Self::open`], and when the extra authorities cannot be read or no dialer can be made of them.
    pub async fn start(config: Config) -> Result<Self> {
        let dialer = Dialer::new(dial_options(&config)?)?;
        Self::open(config, Clock::system(), dialer).await
    }

    /// Makes the data folder and the key file where there are none, opens the database and brings it up to date.
    ///
    /// # Errors
    /// When folder, key file or database cannot be used.
    pub async fn open(config: Config, clock: Clock, dialer: Dialer) -> Result<Self> {
        let folder = &config.data_dir;
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|source| Error::File { path: folder.clone(), source })?;
        }
        let folder = fs::canonicalize(folder).map_err(|source| Error::File { path: folder.clone(), source })?;
        let config = Config { data_dir: folder, ..config };
        let oauth = Arc::new(oauth::Client::new(&extra_roots(&config)?)?);
        let vault = Vault::open_or_create(&config.key_file())?;
        let db = Db::open(&config.database_url()).await?;
        let dialer = Arc::new(dialer);
        let openid = Arc::new(openid::Client::new(&dialer));
        let discoverer = Arc::new(Discoverer::new(Arc::clone(&dialer), discover::Options::of(&config.discovery)?)?);
        Ok(Self {
            db,
            vault,
            clock,
            config: Arc::new(config),
            dialer,
            discoverer,
            oauth,
            openid,
            pulse: Pulse::default(),
            outbox: Bell::default(),
            activation: Bell::default(),
            password_resets: Bell::default(),
        })
    }
}

/// What the configuration says about connections to mail servers.
fn dial_options(config: &Config) -> Result<DialOptions> {
    let mut options = DialOptions::default();
    if let Some(name) = config.own_name() {
        name.clone_into(&mut options.ehlo_name);
    }
    options.guard.allow_loopback = config.network.allow_loopback;
    options.guard.allow_private = config.network.allow_private;
    options.guard.own.push(config.listen);
    options.name_servers.clone_from(&config.network.name_servers);
    let references = config.network.reference_hosts.iter();
    options.neighbours.references = references.map(|known| (known.host.clone(), known.port)).collect();
    options.guard.own.extend(config.inbound.listen.into_iter().chain(config.metrics.listen));
    options.extra_roots = extra_roots(config)?;
    Ok(options)
}

/// The authorities that are trusted besides the usual ones.
fn extra_roots(config: &Config) -> Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for path in &config.network.extra_ca_files {
        let unusable = |source| Error::File { path: path.clone(), source };
        let file = fs::read(path).map_err(unusable)?;
        for certificate in CertificateDer::pem_slice_iter(&file) {
            let unreadable =
                |error| io::Error::new(io::ErrorKind::InvalidData, format!("not a certificate: {error:?}"));
            roots.push(certificate.map_err(|error| unusable(unreadable(error)))?);
        }
    }
    Ok(roots)
}
