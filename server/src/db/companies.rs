//! The companies of a managed service provider.

use crate::db::{Tx, folded_name, on};
use crate::error::{Error, Result};
use crate::model::{Company, CompanyId, Field};

/// All of them, the oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, name, archived FROM companies ORDER BY id").fetch_all(conn))?)
}

/// The company with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: CompanyId) -> Result<Option<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, name, archived FROM companies WHERE id = $1")
        .bind(id)
        .fetch_optional(conn))?)
}

/// Adds a company.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn insert(tx: &mut Tx, name: &str) -> Result<Company> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO companies (name, name_folded) VALUES ($1, $2) RETURNING id, name, archived"
    )
    .bind(name)
    .bind(folded_name(name))
    .fetch_one(conn))
    .map_err(Error::taken(Field::Name))
}

/// Gives a company another name.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken.
pub(crate) async fn rename(tx: &mut Tx, id: CompanyId, name: &str) -> Result<Option<Company>> {
    on!(tx, |conn| sqlx::query_as(
        "UPDATE companies SET name = $2, name_folded = $3 WHERE id = $1 RETURNING id, name, archived"
    )
    .bind(id)
    .bind(name)
    .bind(folded_name(name))
    .fetch_optional(conn))
    .map_err(Error::taken(Field::Name))
}

/// Archives a company or takes it back.
pub(crate) async fn set_archived(tx: &mut Tx, id: CompanyId, archived: bool) -> Result<Option<Company>> {
    Ok(on!(tx, |conn| sqlx::query_as("UPDATE companies SET archived = $2 WHERE id = $1 RETURNING id, name, archived")
        .bind(id)
        .bind(archived)
        .fetch_optional(conn))?)
}
