//! Everybody who signs in: what they may do, and whether they may come in at all.
//!
//! Of the active administrators of the account one always stays, whoever asks and however many ask at once.

use std::collections::BTreeMap;

use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, Membership, PersonListed, Roles, Rule, UserId};
use crate::users::Admin;
use crate::workspaces;

/// Everybody, the first one first.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin) -> Result<Vec<PersonListed>> {
    let mut tx = ctx.db.read().await?;
    let mut memberships: BTreeMap<UserId, Vec<Membership>> = BTreeMap::new();
    for (user, membership) in db::memberships::all(&mut tx).await? {
        memberships.entry(user).or_default().push(membership);
    }
    let listed = db::users::all(&mut tx).await?.into_iter().map(|known| {
        let own = memberships.remove(&known.user.id).unwrap_or_default();
        let roles = if known.is_admin { Roles::Account } else { Roles::Workspaces(own) };
        PersonListed { user: known.user, roles, deactivated_at: known.deactivated_at }
    });
    Ok(listed.collect())
}

/// Says what somebody may do from now on; it counts from their next click.
///
/// # Errors
/// [`Error::Invalid`] for no role at all; [`Rule::LastAdministrator`]; [`Error::NotFound`] for the user or a workspace.
pub async fn set_roles(ctx: &Context, admin: &Admin, user: UserId, roles: &Roles) -> Result<()> {
    accept(roles.validate().into_iter().collect())?;
    let mut tx = ctx.db.write().await?;
    if !roles.is_admin() {
        not_the_last(&mut tx, user).await?;
    }
    let before = roles_in_words(&mut tx, user).await?;
    give(&mut tx, user, roles).await?;
    let after = roles_in_words(&mut tx, user).await?;
    let changes = Changes::none().and_between("roles", Some(&before), Some(&after));
    told(&mut tx, ctx, admin, AuditAct::PersonChanged, user, changes).await?;
    tx.commit().await
}

/// Keeps somebody out and ends all of their sessions. What they have made stays.
///
/// # Errors
/// [`Rule::LastAdministrator`]; [`Error::NotFound`].
pub async fn deactivate(ctx: &Context, admin: &Admin, user: UserId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    not_the_last(&mut tx, user).await?;
    if !db::users::set_deactivated(&mut tx, user, Some(ctx.clock.now())).await? {
        return Err(Error::NotFound("user"));
    }
    db::sessions::delete_of(&mut tx, user, None).await?;
    told(&mut tx, ctx, admin, AuditAct::PersonDeactivated, user, Changes::none()).await?;
    tx.commit().await?;
    tracing::info!(user = user.0, "Somebody was deactivated.");
    Ok(())
}

/// Lets somebody in again, with the roles they had.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn reactivate(ctx: &Context, admin: &Admin, user: UserId) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    if !db::users::set_deactivated(&mut tx, user, None).await? {
        return Err(Error::NotFound("user"));
    }
    told(&mut tx, ctx, admin, AuditAct::PersonReactivated, user, Changes::none()).await?;
    tx.commit().await?;
    tracing::info!(user = user.0, "Somebody was reactivated.");
    Ok(())
}

/// Writes down what was done to somebody.
async fn told(tx: &mut Tx, ctx: &Context, admin: &Admin, act: AuditAct, user: UserId, changes: Changes) -> Result<()> {
    let address = db::users::by_id(tx, user).await?.map(|user| user.email.to_string()).unwrap_or_default();
    audit::record(tx, ctx, &admin.by(), Entry::of(act, &address).numbered(user.0).with(changes)).await
}

/// What somebody may do, by the names of workspaces.
pub(crate) async fn roles_in_words(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    if db::users::active(tx, user).await?.is_some_and(|active| active.is_admin) {
        return Ok(vec!["account administrator".to_owned()]);
    }
    let all = db::memberships::of(tx, user).await?;
    Ok(all.into_iter().map(|(workspace, role)| format!("{} of {}", role.as_str(), workspace.name)).collect())
}

/// Stores what somebody may do, which has been looked at.
///
/// # Errors
/// [`Error::NotFound`] for the user or a workspace.
pub(crate) async fn give(tx: &mut Tx, user: UserId, roles: &Roles) -> Result<()> {
    existing(tx, roles).await?;
    if !db::users::set_admin(tx, user, roles.is_admin()).await? {
        return Err(Error::NotFound("user"));
    }
    db::memberships::replace(tx, user, roles.memberships()).await
}

/// That every workspace of these roles exists.
///
/// # Errors
/// [`Error::NotFound`] where one does not.
pub(crate) async fn existing(tx: &mut Tx, roles: &Roles) -> Result<()> {
    for membership in roles.memberships() {
        workspaces::existing(tx, membership.workspace).await?;
    }
    Ok(())
}

/// Holds the administrators of the account: of two who go at once, the second sees that the first has gone.
pub(crate) async fn not_the_last(tx: &mut Tx, user: UserId) -> Result<()> {
    if db::users::hold_admins(tx).await? == [user] { Err(Rule::LastAdministrator.into()) } else { Ok(()) }
}
