//! Browsers that were sent to an identity provider.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{IdentityProviderId, Timestamp};

/// What an attempt was begun with.
pub(crate) struct NewAttempt<'a> {
    pub state_hash: &'a [u8],
    pub browser_hash: &'a [u8],
    pub provider: IdentityProviderId,
    pub kept: &'a [u8],
    pub expires_at: Timestamp,
}

/// An attempt whose browser has come back.
#[derive(sqlx::FromRow)]
pub(crate) struct Attempt {
    pub browser_hash: Vec<u8>,
    pub provider_id: IdentityProviderId,
    pub kept: Vec<u8>,
    pub expires_at: Timestamp,
}

/// Remembers a browser that goes to a provider.
pub(crate) async fn begin(tx: &mut Tx, attempt: &NewAttempt<'_>) -> Result<()> {
    on!(
        tx,
        "INSERT INTO sign_on_attempts (state_hash, browser_hash, provider_id, kept, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
        attempt.state_hash,
        attempt.browser_hash,
        attempt.provider,
        attempt.kept,
        attempt.expires_at,
    )?;
    Ok(())
}

/// Uses an attempt up, and answers what it was; `None` where there is none or it was used before. Of two who come at
/// once, one gets it.
pub(crate) async fn take(tx: &mut Tx, state_hash: &[u8], now: Timestamp) -> Result<Option<Attempt>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "UPDATE sign_on_attempts SET used_at = $2 WHERE state_hash = $1 AND used_at IS NULL
         RETURNING browser_hash, provider_id, kept, expires_at"
    )
    .bind(state_hash)
    .bind(now)
    .fetch_optional(conn))?)
}

/// Forgets attempts that nobody can come back to any more.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM sign_on_attempts WHERE expires_at < $1", before)?)
}
