//! Who users are at identity providers.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{IdentityId, IdentityProviderId, LinkedPerson, Timestamp, User, UserId};

/// The user with this subject at a provider.
pub(crate) async fn user(tx: &mut Tx, provider: IdentityProviderId, subject: &str) -> Result<Option<User>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT u.id, u.email, u.name FROM identities i JOIN users u ON u.id = i.user_id
         WHERE i.provider_id = $1 AND i.subject = $2"
    )
    .bind(provider)
    .bind(subject)
    .fetch_optional(conn))?)
}

/// True for a user who is somebody at a provider already.
pub(crate) async fn is_linked(tx: &mut Tx, provider: IdentityProviderId, user: UserId) -> Result<bool> {
    let found: Option<IdentityId> =
        on!(tx, |conn| sqlx::query_scalar("SELECT id FROM identities WHERE provider_id = $1 AND user_id = $2")
            .bind(provider)
            .bind(user)
            .fetch_optional(conn))?;
    Ok(found.is_some())
}

/// Remembers that a user has signed in as this subject, for the first time or again.
pub(crate) async fn signed_in(
    tx: &mut Tx,
    provider: IdentityProviderId,
    subject: &str,
    user: UserId,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO identities (provider_id, subject, user_id, linked_at, signed_in_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (provider_id, subject) DO UPDATE SET signed_in_at = excluded.signed_in_at",
        provider,
        subject,
        user,
        now,
    )?;
    Ok(())
}

/// When a user last came in through a provider.
pub(crate) async fn last_signed_in(
    tx: &mut Tx,
    provider: IdentityProviderId,
    user: UserId,
) -> Result<Option<Timestamp>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT signed_in_at FROM identities WHERE provider_id = $1 AND user_id = $2"
    )
    .bind(provider)
    .bind(user)
    .fetch_optional(conn))?)
}

#[derive(sqlx::FromRow)]
struct Row {
    identity: IdentityId,
    signed_in_at: Timestamp,
    #[sqlx(flatten)]
    user: User,
}

/// Who has signed in through a provider, the last one first.
pub(crate) async fn of(tx: &mut Tx, provider: IdentityProviderId) -> Result<Vec<LinkedPerson>> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT i.id AS identity, i.signed_in_at, u.id, u.email, u.name
         FROM identities i JOIN users u ON u.id = i.user_id
         WHERE i.provider_id = $1
         ORDER BY i.signed_in_at DESC, i.id DESC"
    )
    .bind(provider)
    .fetch_all(conn))?;
    let people = rows.into_iter().map(|row| LinkedPerson {
        identity: row.identity,
        user: row.user,
        signed_in_at: row.signed_in_at,
    });
    Ok(people.collect())
}

/// Forgets who somebody is at a provider.
pub(crate) async fn forget(tx: &mut Tx, provider: IdentityProviderId, identity: IdentityId) -> Result<()> {
    on!(tx, "DELETE FROM identities WHERE provider_id = $1 AND id = $2", provider, identity)?;
    Ok(())
}

/// Forgets everybody at a provider: a subject means something only together with its issuer.
pub(crate) async fn forget_all(tx: &mut Tx, provider: IdentityProviderId) -> Result<()> {
    on!(tx, "DELETE FROM identities WHERE provider_id = $1", provider)?;
    Ok(())
}

/// True where an administrator of the account has come in through a provider at that moment or later.
pub(crate) async fn admin_signed_in_since(tx: &mut Tx, provider: IdentityProviderId, since: Timestamp) -> Result<bool> {
    let found: Option<IdentityId> = on!(tx, |conn| sqlx::query_scalar(
        "SELECT i.id FROM identities i JOIN users u ON u.id = i.user_id
         WHERE i.provider_id = $1 AND i.signed_in_at >= $2 AND u.is_admin AND u.deactivated_at IS NULL
         LIMIT 1"
    )
    .bind(provider)
    .bind(since)
    .fetch_optional(conn))?;
    Ok(found.is_some())
}
