//! What every use case needs, and who may ask for it.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::model::User;
use crate::net::Dialer;
use crate::vault::Vault;

/// The world of a use case; cheap to clone. It has fields and nothing else.
#[derive(Clone, Debug)]
pub struct Context {
    pub db: Db,
    pub vault: Vault,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub dialer: Arc<Dialer>,
}

/// Proof that somebody is an administrator: only [`users::admin`](crate::users::admin) makes one.
#[derive(Clone, Debug)]
pub struct Admin {
    user: User,
}

impl Context {
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
        let vault = Vault::open_or_create(&config.key_file())?;
        let db = Db::open(&config.database_url()).await?;
        Ok(Self { db, vault, clock, config: Arc::new(config), dialer: Arc::new(dialer) })
    }
}

impl Admin {
    pub(crate) const fn proven(user: User) -> Self {
        Self { user }
    }

    /// Who it is.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.user
    }
}
