//! Who signs in.

use crate::db::{Tx, on};
use crate::error::{Error, Result};
use crate::model::{EmailAddress, Field, Language, Timestamp, User, UserId};

/// True where anybody can sign in.
pub(crate) async fn any(tx: &mut Tx) -> Result<bool> {
    let found: Option<UserId> =
        on!(tx, |conn| sqlx::query_scalar("SELECT id FROM users LIMIT 1").fetch_optional(conn))?;
    Ok(found.is_some())
}

/// Adds a user.
///
/// # Errors
/// [`Error::Invalid`] when the address is taken.
pub(crate) async fn insert(
    tx: &mut Tx,
    email: &EmailAddress,
    name: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<User> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO users (email, email_folded, name, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5)
         RETURNING id, email, name"
    )
    .bind(email.as_str())
    .bind(email.folded())
    .bind(name)
    .bind(password_hash)
    .bind(now)
    .fetch_one(conn))
    .map_err(Error::taken(Field::Address))
}

/// The user with this id.
pub(crate) async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name FROM users WHERE id = $1").bind(id).fetch_optional(conn))?)
}

/// The user with this address.
pub(crate) async fn by_email(tx: &mut Tx, email: &EmailAddress) -> Result<Option<User>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name FROM users WHERE email_folded = $1")
        .bind(email.folded())
        .fetch_optional(conn))?)
}

/// The hash of a user's password, as a PHC string.
pub(crate) async fn password_hash(tx: &mut Tx, id: UserId) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(conn))?)
}

/// Replaces the hash of a user's password.
pub(crate) async fn set_password_hash(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<()> {
    on!(tx, "UPDATE users SET password_hash = $2 WHERE id = $1", id, password_hash)?;
    Ok(())
}

/// Everybody who signs in, the first one first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<User>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name FROM users ORDER BY id").fetch_all(conn))?)
}

/// Gives a user another name.
pub(crate) async fn set_name(tx: &mut Tx, id: UserId, name: &str) -> Result<()> {
    on!(tx, "UPDATE users SET name = $2 WHERE id = $1", id, name)?;
    Ok(())
}

/// The language of the pages that a user looked at last; `None` before there were any.
pub(crate) async fn language(tx: &mut Tx, id: UserId) -> Result<Option<Language>> {
    let tag: Option<Option<String>> =
        on!(tx, |conn| sqlx::query_scalar("SELECT language FROM users WHERE id = $1").bind(id).fetch_optional(conn))?;
    Ok(tag.flatten().as_deref().and_then(Language::from_tag))
}

/// Remembers the language of a user's pages.
pub(crate) async fn set_language(tx: &mut Tx, id: UserId, language: Language) -> Result<()> {
    on!(tx, "UPDATE users SET language = $2 WHERE id = $1", id, language.tag())?;
    Ok(())
}
