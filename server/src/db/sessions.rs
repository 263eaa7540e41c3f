//! Sessions of browsers, as bytes of the session library, and whose they are.

use crate::db::{Tx, on};
use crate::error::{Error, Result};
use crate::model::{SessionId, SignedInBy, Timestamp, UserId};
use crate::sessions::Visit;

/// What is known of a session besides its data.
pub(crate) struct Known {
    pub id: SessionId,
    pub key_hash: Vec<u8>,
    pub by: SignedInBy,
    pub address: String,
    pub agent: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

/// Adds a session. False where the key is taken.
pub(crate) async fn insert(
    tx: &mut Tx,
    key_hash: &[u8],
    visit: Option<&Visit>,
    data: &[u8],
    expires: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let inserted = on!(
        tx,
        "INSERT INTO sessions (key_hash, data, user_id, signed_in_by, address, agent, created_at, last_seen_at,
                               expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (key_hash) DO NOTHING",
        key_hash,
        data,
        visit.map(|visit| visit.user),
        visit.and_then(|visit| visit.by).map(SignedInBy::as_str),
        visit.map_or("", |visit| visit.address.as_str()),
        visit.map_or("", |visit| visit.agent.as_str()),
        visit.map_or(now, |visit| visit.since),
        now,
        expires,
    )?;
    Ok(inserted == 1)
}

/// Stores what became of a session. One that was ended meanwhile stays ended.
pub(crate) async fn update(
    tx: &mut Tx,
    key_hash: &[u8],
    visit: Option<&Visit>,
    data: &[u8],
    expires: Timestamp,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE sessions SET data = $2, user_id = $3, signed_in_by = $4, last_seen_at = $5, expires_at = $6
         WHERE key_hash = $1",
        key_hash,
        data,
        visit.map(|visit| visit.user),
        visit.and_then(|visit| visit.by).map(SignedInBy::as_str),
        now,
        expires,
    )?;
    Ok(())
}

/// The data of a session that has not expired, and when it will.
pub(crate) async fn load(tx: &mut Tx, key_hash: &[u8], now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT data, expires_at FROM sessions WHERE key_hash = $1 AND expires_at > $2")
        .bind(key_hash)
        .bind(now)
        .fetch_optional(conn))?)
}

/// The sessions in which somebody is signed in, the one that was seen last first.
pub(crate) async fn of(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<Vec<Known>> {
    type Row = (SessionId, Vec<u8>, String, String, String, Timestamp, Timestamp);
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT id, key_hash, signed_in_by, address, agent, created_at, last_seen_at FROM sessions
         WHERE user_id = $1 AND signed_in_by IS NOT NULL AND expires_at > $2
         ORDER BY last_seen_at DESC, id DESC LIMIT 100"
    )
    .bind(user)
    .bind(now)
    .fetch_all(conn))?;
    let known = rows.into_iter().map(|(id, key_hash, by, address, agent, created_at, last_seen_at)| {
        Ok(Known { id, key_hash, by: way(by)?, address, agent, created_at, last_seen_at })
    });
    known.collect()
}

fn way(stored: String) -> Result<SignedInBy> {
    let all = [SignedInBy::Password, SignedInBy::Code, SignedInBy::RecoveryCode, SignedInBy::Provider];
    let found = all.into_iter().find(|way| way.as_str() == stored);
    found.ok_or_else(|| Error::stored("sessions.signed_in_by")(stored.into()))
}

/// Ends a session.
pub(crate) async fn delete(tx: &mut Tx, key_hash: &[u8]) -> Result<()> {
    on!(tx, "DELETE FROM sessions WHERE key_hash = $1", key_hash)?;
    Ok(())
}

/// Ends one session of somebody; false when they have no such session.
pub(crate) async fn delete_one(tx: &mut Tx, user: UserId, id: SessionId) -> Result<bool> {
    Ok(on!(tx, "DELETE FROM sessions WHERE user_id = $1 AND id = $2", user, id)? == 1)
}

/// Ends every session of somebody, those that still wait for a code too, except the one with this key.
pub(crate) async fn delete_of(tx: &mut Tx, user: UserId, except: Option<&[u8]>) -> Result<u64> {
    Ok(match except {
        Some(kept) => on!(tx, "DELETE FROM sessions WHERE user_id = $1 AND key_hash <> $2", user, kept)?,
        None => on!(tx, "DELETE FROM sessions WHERE user_id = $1", user)?,
    })
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
