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
    is_admin: bool,
    now: Timestamp,
) -> Result<User> {
    on!(tx, |conn| sqlx::query_as(
        "INSERT INTO users (email, email_folded, name, password_hash, is_admin, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id, email, name"
    )
    .bind(email.as_str())
    .bind(email.folded())
    .bind(name)
    .bind(password_hash)
    .bind(is_admin)
    .bind(now)
    .fetch_one(conn))
    .map_err(Error::taken(Field::Address))
}

/// Somebody who may come in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Active {
    #[sqlx(flatten)]
    pub user: User,
    /// An administrator of the account.
    pub is_admin: bool,
}

/// The user with this id, unless deactivated.
pub(crate) async fn active(tx: &mut Tx, id: UserId) -> Result<Option<Active>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, email, name, is_admin FROM users WHERE id = $1 AND deactivated_at IS NULL"
    )
    .bind(id)
    .fetch_optional(conn))?)
}

/// The user with this id, deactivated or not.
pub(crate) async fn by_id(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name FROM users WHERE id = $1").bind(id).fetch_optional(conn))?)
}

/// The user with this address.
pub(crate) async fn by_email(tx: &mut Tx, email: &EmailAddress) -> Result<Option<User>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name FROM users WHERE email_folded = $1")
        .bind(email.folded())
        .fetch_optional(conn))?)
}

/// The hash of the password that an active user signs in with, as a PHC string; `None` also for whoever has none.
pub(crate) async fn password_hash(tx: &mut Tx, id: UserId) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT password_hash FROM users WHERE id = $1 AND deactivated_at IS NULL AND password_hash <> ''"
    )
    .bind(id)
    .fetch_optional(conn))?)
}

/// Replaces the hash of a user's password.
pub(crate) async fn set_password_hash(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<()> {
    on!(tx, "UPDATE users SET password_hash = $2 WHERE id = $1", id, password_hash)?;
    Ok(())
}

/// Somebody who signs in, or did before being deactivated.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Known {
    #[sqlx(flatten)]
    pub user: User,
    pub is_admin: bool,
    pub deactivated_at: Option<Timestamp>,
}

/// Everybody, the first one first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Known>> {
    Ok(on!(tx, |conn| sqlx::query_as("SELECT id, email, name, is_admin, deactivated_at FROM users ORDER BY id")
        .fetch_all(conn))?)
}

/// The active administrators of the account, held until the transaction ends so that nobody else demotes one.
pub(crate) async fn hold_admins(tx: &mut Tx) -> Result<Vec<UserId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE users SET is_admin = is_admin WHERE is_admin AND deactivated_at IS NULL RETURNING id"
    )
    .fetch_all(conn))?)
}

/// Makes somebody an administrator of the account, or none. False where there is no such user.
pub(crate) async fn set_admin(tx: &mut Tx, id: UserId, is_admin: bool) -> Result<bool> {
    Ok(on!(tx, "UPDATE users SET is_admin = $2 WHERE id = $1", id, is_admin)? == 1)
}

/// Keeps somebody out from now on, or lets them in again. False where there is no such user.
pub(crate) async fn set_deactivated(tx: &mut Tx, id: UserId, at: Option<Timestamp>) -> Result<bool> {
    Ok(on!(tx, "UPDATE users SET deactivated_at = $2 WHERE id = $1", id, at)? == 1)
}

/// The active administrators of the account, the first one first.
pub(crate) async fn admins(tx: &mut Tx) -> Result<Vec<User>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, email, name FROM users WHERE is_admin AND deactivated_at IS NULL ORDER BY id"
    )
    .fetch_all(conn))?)
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
