//! Wishes of those who have forgotten a password, and the links that were mailed for them.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{Language, Timestamp, UserId};

/// Somebody has asked.
pub(crate) struct Wish {
    /// As typed.
    pub address: String,
    pub language: Language,
    pub asked_at: Timestamp,
}

/// Adds a wish, unless so many wait already; false when it was not added.
pub(crate) async fn add_wish(tx: &mut Tx, wish: &Wish, most: i64) -> Result<bool> {
    let added = on!(
        tx,
        "INSERT INTO password_wishes (address, language, asked_at)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT)
         WHERE (SELECT COUNT(*) FROM password_wishes) < $4",
        wish.address.as_str(),
        wish.language.tag(),
        wish.asked_at,
        most,
    )?;
    Ok(added == 1)
}

/// True where a wish waits.
pub(crate) async fn any_wish(tx: &mut Tx) -> Result<bool> {
    let found: Option<i64> =
        on!(tx, |conn| sqlx::query_scalar("SELECT id FROM password_wishes LIMIT 1").fetch_optional(conn))?;
    Ok(found.is_some())
}

/// Takes the oldest wish; `None` where there is none, or somebody else was faster.
pub(crate) async fn take_wish(tx: &mut Tx) -> Result<Option<Wish>> {
    let found: Option<(String, String, Timestamp)> = on!(tx, |conn| sqlx::query_as(
        "DELETE FROM password_wishes WHERE id = (SELECT id FROM password_wishes ORDER BY id LIMIT 1)
         RETURNING address, language, asked_at"
    )
    .fetch_optional(conn))?;
    Ok(found.map(|(address, language, asked_at)| Wish {
        address,
        language: Language::from_tag(&language).unwrap_or_default(),
        asked_at,
    }))
}

/// Stores the hash of somebody's link; the one before is worth nothing from then on.
pub(crate) async fn put(tx: &mut Tx, user: UserId, token_hash: &[u8], expires: Timestamp) -> Result<()> {
    on!(
        tx,
        "INSERT INTO password_resets (user_id, token_hash, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at",
        user,
        token_hash,
        expires,
    )?;
    Ok(())
}

/// Whose link this is, as long as it can be used.
pub(crate) async fn by_token(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<UserId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2"
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn))?)
}

/// Uses a link up and answers whose it was; `None` when it cannot be used, or somebody was faster.
pub(crate) async fn spend(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<UserId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id"
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn))?)
}

/// Takes somebody's link back.
pub(crate) async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, "DELETE FROM password_resets WHERE user_id = $1", user)?;
    Ok(())
}

/// Removes links that are too old.
pub(crate) async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM password_resets WHERE expires_at <= $1", now)?)
}
