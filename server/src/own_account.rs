//! What people do with their own account: name and password, and what they are told of it by mail.

mod en;
mod ko;
pub(crate) mod post;

use secrecy::{ExposeSecret as _, SecretString};

use self::post::News;
use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, Field, Invalid, Language, NameForm, NewPassword, Reason, Rule, User, UserId};
use crate::users::{Person, password};

/// Gives whoever asks another name.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn rename(ctx: &Context, person: &Person, form: &NameForm) -> Result<()> {
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    db::users::set_name(&mut tx, person.user.id, form.name.trim()).await?;
    let changes = Changes::none().and("name", Some(&person.user.name), Some(form.name.trim()));
    audit::record(&mut tx, ctx, &person.by(), about(&person.user, AuditAct::PersonChanged).with(changes)).await?;
    tx.commit().await
}

/// Whether somebody has a password here, and does not only sign in elsewhere.
///
/// # Errors
/// When the database fails.
pub async fn has_password(ctx: &Context, person: &Person) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    Ok(db::users::password_hash(&mut tx, person.user.id).await?.is_some_and(|hash| !hash.is_empty()))
}

/// Gives whoever asks a new password. Their other sessions end, and a mail tells of it; `this` is the hash of the key
/// of the session that asks.
///
/// # Errors
/// [`Error::Invalid`], also for a wrong password; [`Rule::NoPassword`].
pub async fn change_password(
    ctx: &Context,
    person: &Person,
    this: Option<&[u8]>,
    current: SecretString,
    form: NewPassword,
) -> Result<()> {
    let user = person.user.id;
    if !has_password(ctx, person).await? {
        return Err(Rule::NoPassword.into());
    }
    let mut found = form.validate();
    if let Some(wrong) = wrong_password(ctx, user, current).await? {
        found.insert(0, wrong);
    }
    accept(found)?;
    let hash = password::hash(SecretString::from(form.password)).await?;
    let mut tx = ctx.db.write().await?;
    db::users::set_password_hash(&mut tx, user, &hash).await?;
    db::password_resets::delete_of(&mut tx, user).await?;
    db::sessions::delete_of(&mut tx, user, this).await?;
    let changes = Changes::none().and_secret("password", true);
    audit::record(&mut tx, ctx, &person.by(), about(&person.user, AuditAct::PasswordChanged).with(changes)).await?;
    post::send(&mut tx, ctx, user, &News::PasswordChanged, person.language).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// Remembers the language of somebody's pages: mails to them are in it.
///
/// # Errors
/// When the database fails.
pub async fn reads(ctx: &Context, user: UserId, language: Language) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    if db::users::language(&mut tx, user).await? == Some(language) {
        return Ok(());
    }
    drop(tx);
    let mut tx = ctx.db.write().await?;
    db::users::set_language(&mut tx, user, language).await?;
    tx.commit().await
}

/// A line of the audit log about somebody's account.
pub(crate) fn about(user: &User, act: AuditAct) -> Entry {
    Entry::of(act, user.email.as_str()).numbered(user.id.0)
}

/// What is wrong with the password that somebody says they have.
pub(crate) async fn wrong_password(ctx: &Context, user: UserId, current: SecretString) -> Result<Option<Invalid>> {
    if current.expose_secret().is_empty() {
        return Ok(Some(Invalid::new(Field::CurrentPassword, Reason::Empty)));
    }
    let mut tx = ctx.db.read().await?;
    let hash = db::users::password_hash(&mut tx, user).await?.ok_or(Error::NotFound("user"))?;
    drop(tx);
    let right = password::verify(current, Some(hash)).await?;
    Ok((!right).then_some(Invalid::new(Field::CurrentPassword, Reason::WrongPassword)))
}
