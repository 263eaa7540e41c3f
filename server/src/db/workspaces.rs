//! Workspaces.

use crate::db::{Tx, folded_name, on};
use crate::error::{Error, Result};
use crate::model::{Field, Timestamp, Workspace, WorkspaceId};

/// All of them, the oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, slug, name, archived FROM workspaces ORDER BY id").fetch_all(conn))?)
}

/// The workspace with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: WorkspaceId) -> Result<Option<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, slug, name, archived FROM workspaces WHERE id = $1")
        .bind(id)
        .fetch_optional(conn))?)
}

/// The workspace with this slug.
pub(crate) async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, slug, name, archived FROM workspaces WHERE slug = $1")
        .bind(slug)
        .fetch_optional(conn))?)
}

/// Adds a workspace; `None` when the slug is taken.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn insert(tx: &mut Tx, slug: &str, name: &str, now: Timestamp) -> Result<Option<Workspace>> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO workspaces (slug, name, name_folded, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (slug) DO NOTHING
         RETURNING id, slug, name, archived"
    )
    .bind(slug)
    .bind(name)
    .bind(folded_name(name))
    .bind(now)
    .fetch_optional(conn))
    .map_err(Error::taken(Field::Name))
}

/// Gives a workspace another name.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn rename(tx: &mut Tx, id: WorkspaceId, name: &str) -> Result<Option<Workspace>> {
    on!(tx, |conn| sqlx::query_as(
        "UPDATE workspaces SET name = $2, name_folded = $3 WHERE id = $1 RETURNING id, slug, name, archived"
    )
    .bind(id)
    .bind(name)
    .bind(folded_name(name))
    .fetch_optional(conn))
    .map_err(Error::taken(Field::Name))
}

/// Archives a workspace or takes it back.
pub(crate) async fn set_archived(tx: &mut Tx, id: WorkspaceId, archived: bool) -> Result<Option<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "UPDATE workspaces SET archived = $2 WHERE id = $1 RETURNING id, slug, name, archived"
    )
    .bind(id)
    .bind(archived)
    .fetch_optional(conn))?)
}

/// The workspaces that are not archived, held until the transaction ends so that nobody else archives one.
pub(crate) async fn hold_active(tx: &mut Tx) -> Result<Vec<WorkspaceId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("UPDATE workspaces SET archived = archived WHERE NOT archived RETURNING id")
        .fetch_all(conn))?)
}

/// Holds a workspace until the transaction ends; whether it is archived. `None` where there is none.
pub(crate) async fn hold(tx: &mut Tx, id: WorkspaceId) -> Result<Option<bool>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE workspaces SET archived = archived WHERE id = $1 RETURNING archived"
    )
    .bind(id)
    .fetch_optional(conn))?)
}

/// The oldest of those in use.
pub(crate) async fn oldest(tx: &mut Tx, most: i64) -> Result<Vec<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, slug, name, archived FROM workspaces WHERE NOT archived ORDER BY id LIMIT $1"
    )
    .bind(most)
    .fetch_all(conn))?)
}

/// Which workspaces a search finds: `$1` is a part of the name as it is compared, `$2` leaves out archived ones.
macro_rules! wanted {
    () => {
        "FROM workspaces WHERE name_folded LIKE '%' || $1 || '%' ESCAPE '!' AND NOT (archived AND $2)"
    };
}

/// How many workspaces have these letters in their folded name.
pub(crate) async fn count(tx: &mut Tx, wanted: &str, in_use: bool) -> Result<usize> {
    let count: i64 = on!(tx, |conn| sqlx::query_scalar(concat!("SELECT COUNT(*) ", wanted!()))
        .bind(literal(wanted))
        .bind(in_use)
        .fetch_one(conn))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Workspaces that have these letters in their folded name, by name; up to so many behind the first `before`.
pub(crate) async fn by_name(tx: &mut Tx, wanted: &str, in_use: bool, most: i64, before: i64) -> Result<Vec<Workspace>> {
    Ok(on!(tx, |conn| sqlx::query_as(concat!(
        "SELECT id, slug, name, archived ",
        wanted!(),
        " ORDER BY name_folded, id LIMIT $3 OFFSET $4"
    ))
    .bind(literal(wanted))
    .bind(in_use)
    .bind(most)
    .bind(before)
    .fetch_all(conn))?)
}

/// A text that LIKE takes as it is.
fn literal(text: &str) -> String {
    text.chars().flat_map(|c| ['!'].into_iter().filter(move |_| matches!(c, '%' | '_' | '!')).chain([c])).collect()
}
