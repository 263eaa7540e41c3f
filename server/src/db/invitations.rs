//! Links by which people come in. Only the hash of a link's token is stored.

use crate::db::{Tx, memberships, on};
use crate::error::{Error, Result};
use crate::model::{DeliveryId, EmailAddress, Field, InvitationId, Membership, Roles, Timestamp, UserId, WorkspaceId};

/// A new link.
pub(crate) struct NewLink<'a> {
    pub token_hash: &'a [u8],
    pub by: UserId,
    pub expires: Timestamp,
}

/// An invitation that was neither accepted nor revoked.
pub(crate) struct Open {
    pub id: InvitationId,
    pub email: EmailAddress,
    pub name: String,
    pub roles: Roles,
    /// The name of whoever invited.
    pub invited_by: Option<String>,
    pub invited_at: Timestamp,
    pub expires_at: Timestamp,
    pub delivery: Option<DeliveryId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: InvitationId,
    #[sqlx(try_from = "String")]
    email: EmailAddress,
    name: String,
    is_admin: bool,
    invited_by: Option<String>,
    invited_at: Timestamp,
    expires_at: Timestamp,
    delivery_id: Option<DeliveryId>,
}

const SELECT: &str = "SELECT i.id, i.email, i.name, i.is_admin, u.name AS invited_by, i.invited_at, i.expires_at,
                             i.delivery_id
                      FROM invitations i LEFT JOIN users u ON u.id = i.invited_by
                      WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL";

impl Row {
    async fn read(self, tx: &mut Tx) -> Result<Open> {
        let roles = if self.is_admin { Roles::Account } else { Roles::Workspaces(of(tx, self.id).await?) };
        Ok(Open {
            id: self.id,
            email: self.email,
            name: self.name,
            roles,
            invited_by: self.invited_by,
            invited_at: self.invited_at,
            expires_at: self.expires_at,
            delivery: self.delivery_id,
        })
    }
}

/// Adds an invitation.
///
/// # Errors
/// [`Error::Invalid`] when the address is invited already.
pub(crate) async fn insert(
    tx: &mut Tx,
    email: &EmailAddress,
    name: &str,
    roles: &Roles,
    link: &NewLink<'_>,
    now: Timestamp,
) -> Result<InvitationId> {
    let id: InvitationId = on!(tx, |conn| {
        sqlx::query_scalar(
        "INSERT INTO invitations (token_hash, email, email_folded, name, is_admin, invited_by, invited_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         RETURNING id"
    )
    .bind(link.token_hash)
    .bind(email.as_str())
    .bind(email.folded())
    .bind(name)
    .bind(roles.is_admin())
    .bind(link.by)
    .bind(now)
    .bind(link.expires)
    .fetch_one(conn)
    })
    .map_err(Error::taken(Field::Address))?;
    for membership in roles.memberships() {
        on!(
            tx,
            "INSERT INTO invitation_memberships (invitation_id, workspace_id, role) VALUES ($1, $2, $3)",
            id,
            membership.workspace,
            membership.role.as_str(),
        )?;
    }
    Ok(id)
}

/// Gives an open invitation a new link: the one before is worth nothing. False where there is no open one.
pub(crate) async fn renew(tx: &mut Tx, id: InvitationId, link: &NewLink<'_>, now: Timestamp) -> Result<bool> {
    let renewed = on!(
        tx,
        "UPDATE invitations SET token_hash = $2, invited_by = $3, invited_at = $4, expires_at = $5, delivery_id = NULL
         WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL",
        id,
        link.token_hash,
        link.by,
        now,
        link.expires,
    )?;
    Ok(renewed == 1)
}

/// Remembers the mail that the present link went out in.
pub(crate) async fn set_delivery(tx: &mut Tx, id: InvitationId, delivery: DeliveryId) -> Result<()> {
    on!(tx, "UPDATE invitations SET delivery_id = $2 WHERE id = $1", id, delivery)?;
    Ok(())
}

/// Takes an open invitation back. False where there is none.
pub(crate) async fn revoke(tx: &mut Tx, id: InvitationId, now: Timestamp) -> Result<bool> {
    let revoked = on!(
        tx,
        "UPDATE invitations SET revoked_at = $2 WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL",
        id,
        now,
    )?;
    Ok(revoked == 1)
}

/// Uses an invitation: of two who try at once, one does. False for one that cannot be used any more.
pub(crate) async fn accept(tx: &mut Tx, id: InvitationId, token_hash: &[u8], now: Timestamp) -> Result<bool> {
    let accepted = on!(
        tx,
        "UPDATE invitations SET accepted_at = $3
         WHERE id = $1 AND token_hash = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3",
        id,
        token_hash,
        now,
    )?;
    Ok(accepted == 1)
}

/// Uses an invitation of somebody who has proven their address in another way than by its link.
pub(crate) async fn accept_proven(tx: &mut Tx, id: InvitationId, now: Timestamp) -> Result<()> {
    on!(tx, "UPDATE invitations SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL", id, now)?;
    Ok(())
}

/// The open invitation with this number, however old.
pub(crate) async fn by_id(tx: &mut Tx, id: InvitationId) -> Result<Option<Open>> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} AND i.id = $1")))
        .bind(id)
        .fetch_optional(conn))?;
    match found {
        Some(row) => row.read(tx).await.map(Some),
        None => Ok(None),
    }
}

/// The open invitation with this token, unless it is too old.
pub(crate) async fn by_token(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<Option<Open>> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} AND i.token_hash = $1 AND i.expires_at > $2"
    )))
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn))?;
    match found {
        Some(row) => row.read(tx).await.map(Some),
        None => Ok(None),
    }
}

/// The open invitation of this address, unless it is too old.
pub(crate) async fn by_email(tx: &mut Tx, email: &EmailAddress, now: Timestamp) -> Result<Option<Open>> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} AND i.email_folded = $1 AND i.expires_at > $2"
    )))
    .bind(email.folded())
    .bind(now)
    .fetch_optional(conn))?;
    match found {
        Some(row) => row.read(tx).await.map(Some),
        None => Ok(None),
    }
}

/// Every open invitation, however old; the newest first.
pub(crate) async fn open(tx: &mut Tx) -> Result<Vec<Open>> {
    let rows: Vec<Row> =
        on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY i.id DESC"))).fetch_all(conn))?;
    read_all(tx, rows).await
}

/// Every open invitation that somebody has sent, however old.
pub(crate) async fn open_of(tx: &mut Tx, inviter: UserId) -> Result<Vec<Open>> {
    let rows: Vec<Row> =
        on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} AND i.invited_by = $1 ORDER BY i.id")))
            .bind(inviter)
            .fetch_all(conn))?;
    read_all(tx, rows).await
}

async fn read_all(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Open>> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(row.read(tx).await?);
    }
    Ok(all)
}

async fn of(tx: &mut Tx, id: InvitationId) -> Result<Vec<Membership>> {
    let rows: Vec<(WorkspaceId, String)> = on!(tx, |conn| sqlx::query_as(
        "SELECT workspace_id, role FROM invitation_memberships WHERE invitation_id = $1 ORDER BY workspace_id"
    )
    .bind(id)
    .fetch_all(conn))?;
    rows.into_iter().map(memberships::read).collect()
}
