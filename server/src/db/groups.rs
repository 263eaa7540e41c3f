//! The groups of a workspace.

use crate::db::{Tx, folded_name, on};
use crate::error::{Error, Result};
use crate::model::{Field, Group, GroupId, WorkspaceId};

/// The groups of a workspace, the oldest first.
pub(crate) async fn all(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Group>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, workspace_id, name, archived FROM agent_groups WHERE workspace_id = $1 ORDER BY id"
    )
    .bind(workspace)
    .fetch_all(conn))?)
}

/// The group with this id, if it is one of this workspace.
pub(crate) async fn by_id(tx: &mut Tx, workspace: WorkspaceId, id: GroupId) -> Result<Option<Group>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, workspace_id, name, archived FROM agent_groups WHERE workspace_id = $1 AND id = $2"
    )
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn))?)
}

/// Adds a group.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken in this workspace.
pub(crate) async fn insert(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<Group> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO agent_groups (workspace_id, name, name_folded) VALUES ($1, $2, $3)
         RETURNING id, workspace_id, name, archived"
    )
    .bind(workspace)
    .bind(name)
    .bind(folded_name(name))
    .fetch_one(conn))
    .map_err(Error::taken(Field::Name))
}

/// Gives a group another name.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken in this workspace.
pub(crate) async fn rename(tx: &mut Tx, workspace: WorkspaceId, id: GroupId, name: &str) -> Result<Option<Group>> {
    on!(tx, |conn| sqlx::query_as(
        "UPDATE agent_groups SET name = $3, name_folded = $4 WHERE workspace_id = $1 AND id = $2
         RETURNING id, workspace_id, name, archived"
    )
    .bind(workspace)
    .bind(id)
    .bind(name)
    .bind(folded_name(name))
    .fetch_optional(conn))
    .map_err(Error::taken(Field::Name))
}

/// Archives a group or takes it back.
pub(crate) async fn set_archived(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: GroupId,
    archived: bool,
) -> Result<Option<Group>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "UPDATE agent_groups SET archived = $3 WHERE workspace_id = $1 AND id = $2
         RETURNING id, workspace_id, name, archived"
    )
    .bind(workspace)
    .bind(id)
    .bind(archived)
    .fetch_optional(conn))?)
}

/// The groups of a workspace that are not archived, held until the transaction ends.
pub(crate) async fn hold_active(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<GroupId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE agent_groups SET archived = archived WHERE workspace_id = $1 AND NOT archived RETURNING id"
    )
    .bind(workspace)
    .fetch_all(conn))?)
}
