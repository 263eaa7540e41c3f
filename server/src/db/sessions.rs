//! Sessions of browsers, as bytes of the session library.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{Timestamp, UserId};

/// Stores a new session. False where the key is taken.
pub(crate) async fn insert(
    tx: &mut Tx,
    key_hash: &[u8],
    user: Option<UserId>,
    data: &[u8],
    expires: Timestamp,
) -> Result<bool> {
    let inserted = on!(
        tx,
        "INSERT INTO sessions (key_hash, user_id, data, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key_hash) DO NOTHING",
        key_hash,
        user,
        data,
        expires,
    )?;
    Ok(inserted == 1)
}

/// Stores what became of a session that has not ended.
pub(crate) async fn update(
    tx: &mut Tx,
    key_hash: &[u8],
    user: Option<UserId>,
    data: &[u8],
    expires: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE key_hash = $1",
        key_hash,
        user,
        data,
        expires,
    )?;
    Ok(())
}

/// A session that has not expired.
pub(crate) async fn load(tx: &mut Tx, key_hash: &[u8], now: Timestamp) -> Result<Option<Vec<u8>>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT data FROM sessions WHERE key_hash = $1 AND expires_at > $2")
        .bind(key_hash)
        .bind(now)
        .fetch_optional(conn))?)
}

/// Ends a session.
pub(crate) async fn delete(tx: &mut Tx, key_hash: &[u8]) -> Result<()> {
    on!(tx, "DELETE FROM sessions WHERE key_hash = $1", key_hash)?;
    Ok(())
}

/// Ends every session of a user.
pub(crate) async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, "DELETE FROM sessions WHERE user_id = $1", user)?;
    Ok(())
}

/// Ends every session.
pub(crate) async fn delete_all(tx: &mut Tx) -> Result<()> {
    on!(tx, "DELETE FROM sessions")?;
    Ok(())
}

/// Removes what has expired and answers how many there were.
pub(crate) async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM sessions WHERE expires_at <= $1", now)?)
}
