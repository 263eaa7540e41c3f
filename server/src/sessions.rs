//! Where sessions of browsers are kept, so that a restart signs nobody out.
//!
//! The key in the cookie is hashed by the caller: whoever reads the database cannot take over a session.

use crate::context::Context;
use crate::db;
use crate::error::Result;
use crate::model::{Timestamp, UserId};

/// Stores a new session, with who is signed in with it. False where another one has this key.
///
/// # Errors
/// When the database fails.
pub async fn create(
    ctx: &Context,
    key_hash: &[u8],
    user: Option<UserId>,
    data: &[u8],
    expires: Timestamp,
) -> Result<bool> {
    let mut tx = ctx.db.write().await?;
    let created = db::sessions::insert(&mut tx, key_hash, user, data, expires).await?;
    tx.commit().await?;
    Ok(created)
}

/// Stores what became of a session. One that was ended meanwhile stays ended: a request that was under way then does
/// not bring it back.
///
/// # Errors
/// When the database fails.
pub async fn update(
    ctx: &Context,
    key_hash: &[u8],
    user: Option<UserId>,
    data: &[u8],
    expires: Timestamp,
) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::sessions::update(&mut tx, key_hash, user, data, expires).await?;
    tx.commit().await
}

/// The data of a session; `None` when there is none or it has expired.
///
/// # Errors
/// When the database fails.
pub async fn load(ctx: &Context, key_hash: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut tx = ctx.db.read().await?;
    db::sessions::load(&mut tx, key_hash, ctx.clock.now()).await
}

/// Ends a session; one that is not there is as good as ended.
///
/// # Errors
/// When the database fails.
pub async fn delete(ctx: &Context, key_hash: &[u8]) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::sessions::delete(&mut tx, key_hash).await?;
    tx.commit().await
}

/// Removes expired sessions and answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let removed = db::sessions::delete_expired(&mut tx, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(removed)
}
