//! One-time links for the owners of mailboxes. Only the hash of a link's token is stored.

use crate::db::{Tx, on};
use crate::error::Result;
use crate::model::{MailboxId, OwnerLink, OwnerLinkId, OwnerLinkState, Timestamp, UserId, WorkspaceId};

/// A link that can still be used, and what it is for.
pub(crate) struct OpenLink {
    pub id: OwnerLinkId,
    pub mailbox: MailboxId,
    pub workspace: WorkspaceId,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// Adds a link.
pub(crate) async fn insert(
    tx: &mut Tx,
    mailbox: MailboxId,
    token_hash: &[u8],
    by: UserId,
    now: Timestamp,
    expires: Timestamp,
) -> Result<OwnerLinkId> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO owner_links (mailbox_id, token_hash, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id"
    )
    .bind(mailbox)
    .bind(token_hash)
    .bind(by)
    .bind(now)
    .bind(expires)
    .fetch_one(conn))?)
}

/// The links of a mailbox, the newest first.
pub(crate) async fn list(tx: &mut Tx, mailbox: MailboxId, now: Timestamp) -> Result<Vec<OwnerLink>> {
    type Row = (OwnerLinkId, String, Timestamp, Timestamp, Option<Timestamp>, Option<Timestamp>);
    let found: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT l.id, u.name, l.created_at, l.expires_at, l.used_at, l.revoked_at
         FROM owner_links l JOIN users u ON u.id = l.created_by
         WHERE l.mailbox_id = $1 ORDER BY l.id DESC LIMIT 50"
    )
    .bind(mailbox)
    .fetch_all(conn))?;
    let links = found.into_iter().map(|(id, created_by, created_at, expires_at, used_at, revoked_at)| {
        let state = match (used_at, revoked_at) {
            (Some(at), _) => OwnerLinkState::Used { at },
            (None, Some(_)) => OwnerLinkState::Revoked,
            (None, None) if expires_at <= now => OwnerLinkState::Expired,
            (None, None) => OwnerLinkState::Open,
        };
        OwnerLink { id, created_by, created_at, expires_at, state }
    });
    Ok(links.collect())
}

/// The link with this token, unless it was taken back or is too old. One that was used is found until it expires.
pub(crate) async fn by_token(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<OpenLink>> {
    type Row = (OwnerLinkId, MailboxId, WorkspaceId, Timestamp, Option<Timestamp>);
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT l.id, l.mailbox_id, m.workspace_id, l.expires_at, l.used_at
         FROM owner_links l JOIN mailboxes m ON m.id = l.mailbox_id
         WHERE l.token_hash = $1 AND l.revoked_at IS NULL AND l.expires_at > $2"
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn))?;
    Ok(found.map(|(id, mailbox, workspace, expires_at, used_at)| OpenLink {
        id,
        mailbox,
        workspace,
        expires_at,
        used: used_at.is_some(),
    }))
}

/// Uses a link up; false when somebody was faster, or it was taken back or grew too old meanwhile.
pub(crate) async fn spend(tx: &mut Tx, id: OwnerLinkId, now: Timestamp) -> Result<bool> {
    let spent = on!(
        tx,
        "UPDATE owner_links SET used_at = $2
         WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2",
        id,
        now,
    )?;
    Ok(spent == 1)
}

/// Takes a link back; false when this mailbox has no such link that could still be used.
pub(crate) async fn revoke(tx: &mut Tx, mailbox: MailboxId, id: OwnerLinkId, now: Timestamp) -> Result<bool> {
    let revoked = on!(
        tx,
        "UPDATE owner_links SET revoked_at = $3
         WHERE id = $1 AND mailbox_id = $2 AND used_at IS NULL AND revoked_at IS NULL",
        id,
        mailbox,
        now,
    )?;
    Ok(revoked == 1)
}
