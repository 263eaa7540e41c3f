//! The database: the only file that knows there are two of them.
//!
//! SQLite is the embedded default, PostgreSQL is where several nodes share the work. Every statement is
//! written once and runs on both (`$1`, `RETURNING`, `ON CONFLICT`); [`on!`] hands it to the driver in use.
//! Functions that speak SQL take `&mut Tx`, whoever calls them opens the transaction, and nothing talks
//! to the network while one is open.
//!
//! ```text
//! SQLite      one write connection (BEGIN IMMEDIATE), several readers, WAL
//! PostgreSQL  READ COMMITTED; whoever reads in order to write first updates the row it depends on,
//!             which waits for others as SQLite's single writer does
//! ```

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tracing::log::LevelFilter;

use crate::error::Result;

pub(crate) mod activations;
pub(crate) mod alerts;
pub(crate) mod applications;
pub(crate) mod audit;
pub(crate) mod companies;
pub(crate) mod copy;
pub(crate) mod drafts;
pub(crate) mod forwarding;
pub(crate) mod grants;
pub(crate) mod groups;
pub(crate) mod identities;
pub(crate) mod identity_providers;
pub(crate) mod inbound;
pub(crate) mod invitations;
pub(crate) mod mailboxes;
pub(crate) mod memberships;
mod migrations;
pub(crate) mod outbox;
pub(crate) mod owner_links;
pub(crate) mod password_resets;
pub(crate) mod relay;
pub(crate) mod sealed;
pub(crate) mod second_factors;
pub(crate) mod sender_domains;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_ins;
pub(crate) mod sign_ons;
pub(crate) mod test_mails;
mod text;
pub(crate) mod users;
pub(crate) mod watch;
pub(crate) mod workspaces;

pub(crate) use migrations::Version;
pub(crate) use text::{Json, folded_address, folded_name, from_json, from_text, to_json};

/// How long a statement waits for another program that holds the SQLite file.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;

/// An open database, up to date; cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// A transaction. Dropping it takes everything back.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs a statement on whichever database `tx` belongs to.
///
/// `on!(tx, |conn| query.fetch_one(conn))` answers what the query answers;
/// `on!(tx, "SQL", binds…)` executes and answers how many rows changed.
macro_rules! on {
    ($tx:expr, |$conn:ident| $query:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $query.await
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $query.await
            }
        }
    };
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on!($tx, |conn| futures::TryFutureExt::map_ok(
            sqlx::query($sql)$(.bind($bind))*.execute(conn),
            |done| done.rows_affected()
        ))
    };
}
pub(crate) use on;

impl Db {
    /// Opens `sqlite:PATH` (made where it does not exist) or `postgres://…`, and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be reached, or holds what this version does not know.
    pub async fn open(url: &str) -> Result<Self> {
        let db = Self::connect(url, true).await?;
        db.migrate(Version::newest()).await?;
        Ok(db)
    }

    /// Opens a database as it is, whatever version it has; SQLite's file is made where that is wanted.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn connect(url: &str, create: bool) -> Result<Self> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)?.log_statements(LevelFilter::Trace);
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?;
            return Ok(Self::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            // With WAL this keeps the file sound; FULL also keeps the last commit when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .log_statements(LevelFilter::Trace);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let read = options.create_if_missing(false).pragma("query_only", "ON");
        let read = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(read);
        Ok(Self::Sqlite { write, read })
    }

    /// Brings the tables up to a version.
    ///
    /// # Errors
    /// When the database holds what this program does not know.
    pub(crate) async fn migrate(&self, version: Version) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => migrations::sqlite(version).run(write).await?,
            Self::Postgres(pool) => migrations::postgres(version).run(pool).await?,
        }
        Ok(())
    }

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => begin_whole(pool, None).await?,
        })
    }

    /// Begins a transaction that only reads; on SQLite it waits for no writer.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => begin_whole(pool, Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")).await?,
        })
    }

    /// Closes every connection, so that the last one folds SQLite's WAL into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins a transaction on PostgreSQL, and ends it when nobody waits for it any more.
///
/// A browser that goes away, or a visit that is stopped, cuts our functions off wherever they wait. sqlx 0.9 counts a
/// transaction only once its `BEGIN` is answered: cut off before that, it would give the connection to the next one
/// with the transaction still open, perhaps one that must not write. In a task of its own the `BEGIN` is always
/// answered; what nobody takes is dropped, and with that rolled back.
async fn begin_whole(pool: &PgPool, statement: Option<&'static str>) -> Result<Tx> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move {
        match statement {
            Some(statement) => pool.begin_with(statement).await,
            None => pool.begin().await,
        }
    });
    match begun.await {
        Ok(begun) => Ok(Tx::Postgres(begun?)),
        // The program is ending, or sqlx has panicked: there is no transaction either way.
        Err(_) => Err(sqlx::Error::WorkerCrashed.into()),
    }
}

impl Tx {
    /// Makes it so.
    ///
    /// # Errors
    /// When the database cannot; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
