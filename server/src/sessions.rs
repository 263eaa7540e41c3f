//! Where sessions of browsers are kept, so that a restart signs nobody out, and what their owner sees of them.
//!
//! The key in the cookie is hashed by the caller: whoever reads the database cannot take over a session. A session
//! that was ended stays ended, also when a request in it was under way.

mod agent;

use serde::{Deserialize, Serialize};

use crate::audit::{self, Changes};
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result};
use crate::model::{AuditAct, OwnSession, SessionId, SignedInBy, Timestamp, UserId};
use crate::own_account::about;
use crate::users::Person;

/// Somebody who has shown a password, or is signed in, in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub user: UserId,
    /// `None`: the password was right, and the code is still asked for.
    pub by: Option<SignedInBy>,
    /// The network address.
    pub address: String,
    /// What the browser calls itself, printable and cut.
    pub agent: String,
    pub since: Timestamp,
}

impl Visit {
    /// Somebody who has come in, from nowhere in particular.
    #[must_use]
    pub const fn new(user: UserId, by: Option<SignedInBy>, since: Timestamp) -> Self {
        Self { user, by, address: String::new(), agent: String::new(), since }
    }
}

/// Stores a new session, with who is signed in with it. False where another one has this key.
///
/// # Errors
/// When the database fails.
pub async fn create(
    ctx: &Context,
    key_hash: &[u8],
    visit: Option<&Visit>,
    data: &[u8],
    expires: Timestamp,
) -> Result<bool> {
    let mut tx = ctx.db.write().await?;
    let created = db::sessions::insert(&mut tx, key_hash, visit, data, expires, ctx.clock.now()).await?;
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
    visit: Option<&Visit>,
    data: &[u8],
    expires: Timestamp,
) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::sessions::update(&mut tx, key_hash, visit, data, expires, ctx.clock.now()).await?;
    tx.commit().await
}

/// The data of a session and when it expires; `None` when there is none or it has expired.
///
/// # Errors
/// When the database fails.
pub async fn load(ctx: &Context, key_hash: &[u8]) -> Result<Option<(Vec<u8>, Timestamp)>> {
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

/// The sessions somebody is signed in with, the one that was seen last first; `this` is the hash of the key of the
/// one that asks.
///
/// # Errors
/// When the database fails.
pub async fn own(ctx: &Context, person: &Person, this: Option<&[u8]>) -> Result<Vec<OwnSession>> {
    let mut tx = ctx.db.read().await?;
    let known = db::sessions::of(&mut tx, person.user.id, ctx.clock.now()).await?;
    let shown = known.into_iter().map(|one| OwnSession {
        id: one.id,
        this: this == Some(one.key_hash.as_slice()),
        browser: agent::browser(&one.agent).map(str::to_owned),
        system: agent::system(&one.agent).map(str::to_owned),
        address: one.address,
        by: one.by,
        created_at: one.created_at,
        last_seen_at: one.last_seen_at,
    });
    Ok(shown.collect())
}

/// Ends one of somebody's own sessions.
///
/// # Errors
/// [`Error::NotFound`], also for a session of somebody else.
pub async fn end(ctx: &Context, person: &Person, id: SessionId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if !db::sessions::delete_one(&mut tx, person.user.id, id).await? {
        return Err(Error::NotFound("session"));
    }
    audit::record(&mut tx, ctx, &person.by(), about(&person.user, AuditAct::SessionRevoked)).await?;
    tx.commit().await
}

/// Ends all of somebody's own sessions except the one that asks; answers how many there were.
///
/// # Errors
/// When the database fails.
pub async fn end_others(ctx: &Context, person: &Person, this: &[u8]) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let ended = db::sessions::delete_of(&mut tx, person.user.id, Some(this)).await?;
    if ended > 0 {
        let changes = Changes::none().and("other_sessions", Some(&ended.to_string()), Some("0"));
        let entry = about(&person.user, AuditAct::SessionRevoked).with(changes);
        audit::record(&mut tx, ctx, &person.by(), entry).await?;
    }
    tx.commit().await?;
    Ok(ended)
}
