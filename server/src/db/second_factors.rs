//! Second factors: the sealed secret that an app has too, and the hashes of recovery codes.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{Timestamp, UserId};

/// A stored second factor.
pub(crate) struct Factor {
    /// Sealed.
    pub secret: Vec<u8>,
    /// `None` while it is being set up.
    pub confirmed_at: Option<Timestamp>,
}

/// Somebody's second factor.
pub(crate) async fn of(tx: &mut Tx, user: UserId) -> Result<Option<Factor>> {
    let found: Option<(Vec<u8>, Option<Timestamp>)> =
        on!(tx, |conn| sqlx::query_as("SELECT secret, confirmed_at FROM second_factors WHERE user_id = $1")
            .bind(user)
            .fetch_optional(conn))?;
    Ok(found.map(|(secret, confirmed_at)| Factor { secret, confirmed_at }))
}

/// Begins one with this secret, or begins anew; false when one is on.
pub(crate) async fn begin(tx: &mut Tx, user: UserId, secret: &[u8]) -> Result<bool> {
    let begun = on!(
        tx,
        "INSERT INTO second_factors (user_id, secret) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret
         WHERE second_factors.confirmed_at IS NULL",
        user,
        secret,
    )?;
    Ok(begun == 1)
}

/// Turns one on whose secret is still this one; false when it is on already, or was begun anew.
pub(crate) async fn confirm(tx: &mut Tx, user: UserId, secret: &[u8], step: i64, now: Timestamp) -> Result<bool> {
    let confirmed = on!(
        tx,
        "UPDATE second_factors SET confirmed_at = $4, last_step = $3
         WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL",
        user,
        secret,
        step,
        now,
    )?;
    Ok(confirmed == 1)
}

/// Uses up the code of a step; false when it, or a later one, was used before.
pub(crate) async fn spend_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool> {
    let spent = on!(
        tx,
        "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
        user,
        step,
    )?;
    Ok(spent == 1)
}

/// Removes a second factor with its recovery codes; false when there was none.
pub(crate) async fn delete(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(on!(tx, "DELETE FROM second_factors WHERE user_id = $1", user)? == 1)
}

/// Replaces somebody's recovery codes.
pub(crate) async fn set_recovery_codes(tx: &mut Tx, user: UserId, hashes: &[Vec<u8>]) -> Result<()> {
    on!(tx, "DELETE FROM recovery_codes WHERE user_id = $1", user)?;
    for hash in hashes {
        on!(tx, "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", user, hash.as_slice())?;
    }
    Ok(())
}

/// How many recovery codes somebody has not used.
pub(crate) async fn recovery_codes_left(tx: &mut Tx, user: UserId) -> Result<u32> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL"
    )
    .bind(user)
    .fetch_one(conn))?;
    Ok(u32::try_from(count).unwrap_or_default())
}

/// Uses up a recovery code of a second factor that is on; false when there is none like it, or it was used before.
pub(crate) async fn spend_recovery_code(tx: &mut Tx, user: UserId, hash: &[u8], now: Timestamp) -> Result<bool> {
    let spent = on!(
        tx,
        "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        user,
        hash,
        now,
    )?;
    Ok(spent == 1)
}

/// True for somebody with a password here and without a second factor, while everybody is to have one; `setting` is
/// the name of the setting that says so.
pub(crate) async fn owed(tx: &mut Tx, user: UserId, setting: &str) -> Result<bool> {
    let found: Option<UserId> = on!(tx, |conn| {
        sqlx::query_scalar(
        "SELECT id FROM users
         WHERE id = $1 AND deactivated_at IS NULL AND password_hash <> '' AND EXISTS (SELECT 1 FROM settings WHERE name = $2)
               AND NOT EXISTS (SELECT 1 FROM second_factors
                               WHERE user_id = users.id AND confirmed_at IS NOT NULL)"
    )
    .bind(user)
    .bind(setting)
    .fetch_optional(conn)
    })?;
    Ok(found.is_some())
}

/// Who has one that is on.
pub(crate) async fn holders(tx: &mut Tx) -> Result<Vec<UserId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT user_id FROM second_factors WHERE confirmed_at IS NOT NULL ORDER BY user_id"
    )
    .fetch_all(conn))?)
}

/// How many people have a password here and no second factor.
pub(crate) async fn without(tx: &mut Tx) -> Result<u32> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM users
         WHERE deactivated_at IS NULL AND password_hash <> ''
               AND NOT EXISTS (SELECT 1 FROM second_factors WHERE user_id = users.id AND confirmed_at IS NOT NULL)"
    )
    .fetch_one(conn))?;
    Ok(u32::try_from(count).unwrap_or_default())
}
