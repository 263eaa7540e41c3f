//! Who may come in: the first administrator, signing in, and the [proofs](self::rights) of what somebody may do.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, EmailAddress, Field, Invalid, NameForm, Reason, Rule, SetupForm, User};
use crate::single_sign_on;
use crate::workspaces;

mod code;
pub(crate) mod password;
mod rights;

pub(crate) use password::hash as hash_password;
pub use rights::{Admin, Manager, Person, Viewer, admin, manager, person, viewer};
pub(crate) use rights::{Sight, still_manages};

/// The setting that holds the hash of the set-up code, as long as there is no user.
const SETUP_CODE: &str = "setup_code_hash";

/// What the first workspace and its group are called when the command line makes the first administrator.
const FIRST_WORKSPACE: &str = "IT";
const FIRST_GROUP: &str = "Support";

/// True as long as nobody can sign in.
///
/// # Errors
/// When the database fails.
pub async fn setup_needed(ctx: &Context) -> Result<bool> {
    let mut tx = ctx.db.read().await?;
    Ok(!db::users::any(&mut tx).await?)
}

/// Makes a one-time code for [`set_up`], to be printed where only the operator sees it.
///
/// Only its hash is stored; every call makes a new one, and the one before is worth nothing.
/// `None` when there is a user already.
///
/// # Errors
/// When the database fails.
pub async fn setup_code(ctx: &Context) -> Result<Option<String>> {
    let mut tx = ctx.db.write().await?;
    if db::users::any(&mut tx).await? {
        return Ok(None);
    }
    let code = code::generate();
    db::settings::set(&mut tx, SETUP_CODE, &hash_of_code(&code)).await?;
    tx.commit().await?;
    Ok(Some(code))
}

/// Makes the first administrator and the first workspace; works once, with the code that was printed.
///
/// The name of the first group comes from the page, in its reader's language.
///
/// # Errors
/// [`Rule::SetupDone`] when there is a user; [`Error::Invalid`] for the form, a wrong code included.
pub async fn set_up(ctx: &Context, form: SetupForm, group: &str, remote: Option<IpAddr>) -> Result<User> {
    let mut found = form.validate();
    let mut tx = ctx.db.read().await?;
    if db::users::any(&mut tx).await? {
        return Err(Rule::SetupDone.into());
    }
    let code = hash_of_code(&form.code);
    let right = db::settings::get(&mut tx, SETUP_CODE).await?.as_ref() == Some(&code);
    drop(tx);
    if !right && !found.iter().any(|invalid| invalid.field == Field::Code) {
        found.insert(0, Invalid::new(Field::Code, Reason::WrongCode));
    }
    accept(found)?;
    let email = parse(&form.email)?;
    let hash = password::hash(SecretString::from(form.password)).await?;

    let mut tx = ctx.db.write().await?;
    // Two may have come this far with the same code: the one who takes it goes on.
    if db::settings::take(&mut tx, SETUP_CODE).await? != Some(code) || db::users::any(&mut tx).await? {
        return Err(Rule::SetupDone.into());
    }
    let user = db::users::insert(&mut tx, &email, form.name.trim(), &hash, true, ctx.clock.now()).await?;
    let by = By::person(&user, remote);
    joined(&mut tx, ctx, &by, &user).await?;
    first_workspace(&mut tx, ctx, &by, &form.workspace, group).await?;
    tx.commit().await?;
    Ok(user)
}

/// Makes another administrator from the command line, where the operator is trusted; and the first workspace,
/// where there is none yet.
///
/// # Errors
/// [`Error::Invalid`] when name, address or password cannot be taken, or the address is taken.
pub async fn create_admin(ctx: &Context, email: &str, name: &str, password: &SecretString) -> Result<User> {
    let mut found = SetupForm::validate_person(name, email);
    found.extend(SetupForm::validate_password(password.expose_secret()));
    accept(found)?;
    let email = parse(email)?;
    let hash = password::hash(password.clone()).await?;
    let mut tx = ctx.db.write().await?;
    db::settings::take(&mut tx, SETUP_CODE).await?;
    let user = db::users::insert(&mut tx, &email, name.trim(), &hash, true, ctx.clock.now()).await?;
    joined(&mut tx, ctx, &By::shell(), &user).await?;
    first_workspace(&mut tx, ctx, &By::shell(), FIRST_WORKSPACE, FIRST_GROUP).await?;
    tx.commit().await?;
    Ok(user)
}

/// Gives a user a new password, from the command line, and ends every session: whoever knew the old one is out.
///
/// # Errors
/// [`Error::Invalid`] when the password cannot be taken; [`Error::NotFound`].
pub async fn set_password(ctx: &Context, email: &str, password: &SecretString) -> Result<User> {
    accept(SetupForm::validate_password(password.expose_secret()).into_iter().collect())?;
    let hash = password::hash(password.clone()).await?;
    let email = EmailAddress::parse(email).map_err(|_| Error::NotFound("user"))?;
    let mut tx = ctx.db.write().await?;
    let user = db::users::by_email(&mut tx, &email).await?.ok_or(Error::NotFound("user"))?;
    db::users::set_password_hash(&mut tx, user.id, &hash).await?;
    db::password_resets::delete_of(&mut tx, user.id).await?;
    db::sessions::delete_all(&mut tx).await?;
    let entry = Entry::of(AuditAct::PasswordChanged, user.email.as_str()).numbered(user.id.0);
    audit::record(&mut tx, ctx, &By::shell(), entry.with(Changes::none().and_secret("password", true))).await?;
    tx.commit().await?;
    Ok(user)
}

/// The user, if the password is theirs and passwords are a way in. It takes as long for an address nobody has.
///
/// # Errors
/// When the database fails.
pub async fn sign_in(ctx: &Context, email: &str, password: &SecretString) -> Result<Option<User>> {
    let mut tx = ctx.db.read().await?;
    let local = single_sign_on::is_local_on(&mut tx).await?;
    let mut user = None;
    let mut hash = None;
    if let Ok(email) = EmailAddress::parse(email) {
        user = db::users::by_email(&mut tx, &email).await?;
    }
    if let Some(user) = &user {
        hash = db::users::password_hash(&mut tx, user.id).await?;
    }
    drop(tx);
    Ok(if password::verify(password.clone(), hash).await? && local { user } else { None })
}

/// Writes down that there is another administrator of the account.
async fn joined(tx: &mut db::Tx, ctx: &Context, by: &By, user: &User) -> Result<()> {
    let changes = Changes::none().and("roles", None, Some("account administrator"));
    let entry = Entry::of(AuditAct::PersonJoined, user.email.as_str()).numbered(user.id.0);
    audit::record(tx, ctx, by, entry.with(changes)).await
}

async fn first_workspace(tx: &mut db::Tx, ctx: &Context, by: &By, workspace: &str, group: &str) -> Result<()> {
    if db::workspaces::all(tx).await?.is_empty() {
        workspaces::create_in(tx, ctx, by, &NameForm { name: workspace.to_owned() }, group).await?;
    }
    Ok(())
}

fn parse(email: &str) -> Result<EmailAddress> {
    EmailAddress::parse(email).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))
}

/// SHA-256 is enough: the code is random, unlike a password.
fn hash_of_code(code: &str) -> String {
    Sha256::digest(code::canonical(code)).iter().map(|byte| format!("{byte:02x}")).collect()
}
