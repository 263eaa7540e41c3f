//! The groups of a workspace. A group is always looked up within its workspace.

use crate::audit::{self, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::model::{AuditAct, Group, GroupId, NameForm, Rule};
use crate::users::Manager;
use crate::workspaces;

/// The groups of a workspace, archived ones too, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, manager: &Manager) -> Result<Vec<Group>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    let mut groups = db::groups::all(&mut tx, workspace).await?;
    groups.sort_by_key(|group| db::folded_name(&group.name));
    Ok(groups)
}

/// Adds a group.
///
/// # Errors
/// [`Error::Invalid`] when the name cannot be taken or is taken in this workspace; [`Rule::WorkspaceArchived`].
pub async fn create(ctx: &Context, manager: &Manager, form: &NameForm) -> Result<Group> {
    let workspace = manager.workspace().id;
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    workspaces::in_use(&mut tx, workspace).await?;
    let group = db::groups::insert(&mut tx, workspace, form.trimmed()).await?;
    let entry = Entry::of(AuditAct::GroupCreated, &group.name).within(workspace).numbered(group.id.0);
    audit::record(&mut tx, ctx, &manager.by(), entry).await?;
    tx.commit().await?;
    Ok(group)
}

/// Gives a group another name.
///
/// # Errors
/// As [`create`], and [`Error::NotFound`] for the group.
pub async fn rename(ctx: &Context, manager: &Manager, id: GroupId, form: &NameForm) -> Result<Group> {
    let workspace = manager.workspace().id;
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    let before = db::groups::by_id(&mut tx, workspace, id).await?;
    let group = db::groups::rename(&mut tx, workspace, id, form.trimmed()).await?.ok_or(Error::NotFound("group"))?;
    changed(&mut tx, ctx, manager, before.as_ref(), &group).await?;
    tx.commit().await?;
    Ok(group)
}

/// Archives a group, or takes it back: mailboxes that have an archived one keep it, and it is offered no more.
///
/// # Errors
/// [`Error::NotFound`], and [`Rule::LastGroup`]: a mailbox needs a group to go to.
pub async fn set_archived(ctx: &Context, manager: &Manager, id: GroupId, archived: bool) -> Result<Group> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    if archived && db::groups::hold_active(&mut tx, workspace).await? == [id] {
        return Err(Rule::LastGroup.into());
    }
    let before = db::groups::by_id(&mut tx, workspace, id).await?;
    let group = db::groups::set_archived(&mut tx, workspace, id, archived).await?.ok_or(Error::NotFound("group"))?;
    changed(&mut tx, ctx, manager, before.as_ref(), &group).await?;
    tx.commit().await?;
    Ok(group)
}

/// Writes down what is different about a group.
async fn changed(tx: &mut Tx, ctx: &Context, manager: &Manager, before: Option<&Group>, after: &Group) -> Result<()> {
    let entry = Entry::of(AuditAct::GroupChanged, &after.name).within(manager.workspace().id).numbered(after.id.0);
    audit::record(tx, ctx, &manager.by(), entry.with(Changes::between(before, Some(after)))).await
}
