//! Who belongs to which workspace. Administrators of the account need no row.

use crate::db::{Tx, from_text, on};
use crate::error::Result;
use crate::model::{Membership, Role, UserId, Workspace, WorkspaceId};

/// What somebody may do in a workspace; `None` for whoever does not belong to it.
pub(crate) async fn role(tx: &mut Tx, user: UserId, workspace: WorkspaceId) -> Result<Option<Role>> {
    let found: Option<String> =
        on!(tx, |conn| sqlx::query_scalar("SELECT role FROM memberships WHERE user_id = $1 AND workspace_id = $2")
            .bind(user)
            .bind(workspace)
            .fetch_optional(conn))?;
    found.map(|role| from_text("memberships.role", role)).transpose()
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    workspace: Workspace,
    role: String,
}

/// The workspaces that somebody belongs to, archived ones too, the oldest first.
pub(crate) async fn of(tx: &mut Tx, user: UserId) -> Result<Vec<(Workspace, Role)>> {
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT w.id, w.slug, w.name, w.archived, m.role
         FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
         WHERE m.user_id = $1
         ORDER BY w.id"
    )
    .bind(user)
    .fetch_all(conn))?;
    rows.into_iter().map(|row| Ok((row.workspace, from_text("memberships.role", row.role)?))).collect()
}

/// Everybody's memberships.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<(UserId, Membership)>> {
    let rows: Vec<(UserId, WorkspaceId, String)> = on!(tx, |conn| sqlx::query_as(
        "SELECT user_id, workspace_id, role FROM memberships ORDER BY user_id, workspace_id"
    )
    .fetch_all(conn))?;
    rows.into_iter().map(|(user, workspace, role)| Ok((user, read((workspace, role))?))).collect()
}

/// Gives somebody these memberships and no others.
pub(crate) async fn replace(tx: &mut Tx, user: UserId, memberships: &[Membership]) -> Result<()> {
    on!(tx, "DELETE FROM memberships WHERE user_id = $1", user)?;
    for membership in memberships {
        on!(
            tx,
            "INSERT INTO memberships (user_id, workspace_id, role) VALUES ($1, $2, $3)",
            user,
            membership.workspace,
            membership.role.as_str(),
        )?;
    }
    Ok(())
}

/// A membership as it is stored.
pub(super) fn read((workspace, role): (WorkspaceId, String)) -> Result<Membership> {
    Ok(Membership { workspace, role: from_text("memberships.role", role)? })
}
