//! Everybody who signs in: what they may do, and whether they may come in at all.

use std::collections::BTreeMap;

use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::invitations;
use crate::model::{AuditAct, Membership, PersonListed, Roles, UserId};
use crate::roles::{give, in_words, not_the_last};
use crate::users::Admin;

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
    let before = in_words(&mut tx, user).await?;
    give(&mut tx, user, roles).await?;
    let after = in_words(&mut tx, user).await?;
    let changes = Changes::none().and_between("roles", Some(&before), Some(&after));
    told(&mut tx, ctx, admin, AuditAct::PersonChanged, user, changes).await?;
    tx.commit().await
}

/// Keeps somebody out, ends all of their sessions, and takes back the invitations of theirs that nobody has used: an
/// account they have sent to themselves would outlive them. What else they have made stays.
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
    invitations::revoke_all_of(&mut tx, ctx, admin, user).await?;
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
