//! What went wrong on our side, or with what was asked of us.
//!
//! Faults of mail servers and networks are no errors: they are a [`Problem`](crate::model::Problem).

use std::path::PathBuf;

use crate::model::{Field, Invalid, Reason, Rule};

/// Why a use case did not happen.
///
/// The first four are answers to whoever asked; everything else is ours and belongs in the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The form is wrong; said beside the fields.
    #[error("the form is not valid")]
    Invalid(Vec<Invalid>),
    /// There is no such record, or none that belongs to where it was looked for.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// There is one, and whoever asks may see it: what they ask for takes a larger role.
    #[error("this takes a larger role")]
    Forbidden,
    /// Understood, and refused.
    #[error(transparent)]
    Rule(#[from] Rule),
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("the database could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the vault failed")]
    Vault(#[from] crate::vault::VaultError),
    #[error("the configuration cannot be used")]
    Config(#[from] crate::config::ConfigError),
    #[error("no connections can be made")]
    Dialer(#[from] crate::net::DialerError),
    #[error("no mail servers can be looked for")]
    Discovery(#[from] crate::discover::DiscovererError),
    #[error("the sign-in providers cannot be spoken to")]
    Providers(#[from] crate::oauth::ClientError),
    /// Something we stored ourselves cannot be read back.
    #[error("what is stored in {what} cannot be read")]
    Stored { what: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("{} cannot be used", .path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// Somebody else listens there, or we may not.
    #[error("cannot listen on {address}")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    /// Another process does what only one may do at a time.
    #[error("a backup is being made, or another process is changing the keys; try again when it is done")]
    Locked,
    #[error("the backup failed")]
    Backup(#[from] crate::backup::BackupError),
    /// The password could not be hashed, or its hash not be read.
    #[error("the password hash failed")]
    PasswordHash(argon2::password_hash::Error),
    /// A computation on another thread was cut off, as happens while the program ends.
    #[error("a task was cut off")]
    Task(#[from] tokio::task::JoinError),
}

/// What use cases answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A single wrong field on a form that is not about a server.
    #[must_use]
    pub fn invalid(field: Field, reason: Reason) -> Self {
        Self::Invalid(vec![Invalid::new(field, reason)])
    }

    /// Wraps a reason why stored data cannot be read.
    pub(crate) fn stored(what: &'static str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        move |source| Self::Stored { what, source }
    }

    /// Turns the database's "that is taken" into the form's word for it, and leaves every other error alone.
    pub(crate) fn taken(field: Field) -> impl FnOnce(sqlx::Error) -> Self {
        move |error| match error.as_database_error() {
            Some(cause) if cause.is_unique_violation() => Self::invalid(field, Reason::Duplicate),
            _ => Self::Database(error),
        }
    }
}

/// `Ok` when nothing is wrong with a form.
pub(crate) fn accept(found: Vec<Invalid>) -> Result<()> {
    if found.is_empty() { Ok(()) } else { Err(Error::Invalid(found)) }
}
