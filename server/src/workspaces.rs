//! Workspaces: each is born with a group and its own support address.

use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::inbound;
use crate::model::{AuditAct, EmailAddress, Field, NameForm, Reason, Role, Rule, Workspace, WorkspaceId};
use crate::users::{Admin, Person, Sight};

/// All workspaces, archived ones too, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, _: &Admin) -> Result<Vec<Workspace>> {
    let mut tx = ctx.db.read().await?;
    db::workspaces::all(&mut tx).await
}

/// The workspaces that somebody may look at, archived ones too, the oldest first, and what they may do in each.
///
/// # Errors
/// When the database fails.
pub async fn of(ctx: &Context, person: &Person) -> Result<Vec<(Workspace, Role)>> {
    let mut tx = ctx.db.read().await?;
    if Sight::of(&mut tx, person).await?.sees_account() {
        let all = db::workspaces::all(&mut tx).await?;
        return Ok(all.into_iter().map(|workspace| (workspace, Role::Administrator)).collect());
    }
    db::memberships::of(&mut tx, person.user.id).await
}

/// Adds a workspace with a first group and the default mailbox `support@{slug}.{mail_domain}`.
///
/// The group's name comes from whoever asks, in their language.
///
/// # Errors
/// [`Error::Invalid`] when one of the names cannot be taken or the workspace's is taken.
pub async fn create(ctx: &Context, admin: &Admin, form: &NameForm, group: &str) -> Result<Workspace> {
    let mut tx = ctx.db.write().await?;
    let workspace = create_in(&mut tx, ctx, &admin.by(), form, group).await?;
    tx.commit().await?;
    Ok(workspace)
}

/// Gives a workspace another name; its slug stays, and with it every link and its support address.
///
/// # Errors
/// [`Error::Invalid`] when the name cannot be taken or is taken; [`Error::NotFound`].
pub async fn rename(ctx: &Context, admin: &Admin, id: WorkspaceId, form: &NameForm) -> Result<Workspace> {
    accept(form.validate())?;
    let mut tx = ctx.db.write().await?;
    let before = existing(&mut tx, id).await?;
    let renamed = db::workspaces::rename(&mut tx, id, form.trimmed()).await?.ok_or(Error::NotFound("workspace"))?;
    changed(&mut tx, ctx, admin, &before, &renamed).await?;
    tx.commit().await?;
    Ok(renamed)
}

/// Archives a workspace, or takes it back: one that is archived can be looked at, and nothing can be added to it.
///
/// # Errors
/// [`Error::NotFound`], and [`Rule::LastWorkspace`] when no other would be left.
pub async fn set_archived(ctx: &Context, admin: &Admin, id: WorkspaceId, archived: bool) -> Result<Workspace> {
    let mut tx = ctx.db.write().await?;
    if archived && db::workspaces::hold_active(&mut tx).await? == [id] {
        return Err(Rule::LastWorkspace.into());
    }
    let before = existing(&mut tx, id).await?;
    let after = db::workspaces::set_archived(&mut tx, id, archived).await?.ok_or(Error::NotFound("workspace"))?;
    changed(&mut tx, ctx, admin, &before, &after).await?;
    tx.commit().await?;
    Ok(after)
}

/// Writes down what is different about a workspace.
async fn changed(tx: &mut Tx, ctx: &Context, admin: &Admin, before: &Workspace, after: &Workspace) -> Result<()> {
    let entry = Entry::of(AuditAct::WorkspaceChanged, &after.name).within(after.id).numbered(after.id.0);
    audit::record(tx, ctx, &admin.by(), entry.with(Changes::between(Some(before), Some(after)))).await
}

/// [`create`] inside a transaction.
pub(crate) async fn create_in(tx: &mut Tx, ctx: &Context, by: &By, form: &NameForm, group: &str) -> Result<Workspace> {
    accept(form.validate())?;
    let group = NameForm { name: group.to_owned() };
    accept(
        group.validate().into_iter().map(|invalid| crate::model::Invalid { field: Field::Group, ..invalid }).collect(),
    )?;
    let now = ctx.clock.now();
    let name = form.trimmed();
    let workspace = insert_with_free_slug(tx, name, now).await?;
    let group = db::groups::insert(tx, workspace.id, group.trimmed()).await?;
    let address = format!("support@{}.{}", workspace.slug, ctx.config.mail_domain);
    let address = EmailAddress::parse(&address).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))?;
    let mailbox = db::mailboxes::insert_default(tx, workspace.id, group.id, name, &address, now).await?;
    inbound::give_forwarding_address(tx, ctx, &workspace, mailbox, &address).await?;
    let entry = Entry::of(AuditAct::WorkspaceCreated, name).within(workspace.id).numbered(workspace.id.0);
    audit::record(tx, ctx, by, entry).await?;
    Ok(workspace)
}

/// The workspace, archived or not.
pub(crate) async fn existing(tx: &mut Tx, id: WorkspaceId) -> Result<Workspace> {
    db::workspaces::by_id(tx, id).await?.ok_or(Error::NotFound("workspace"))
}

/// The workspace, unless it is archived.
pub(crate) async fn in_use(tx: &mut Tx, id: WorkspaceId) -> Result<Workspace> {
    let workspace = existing(tx, id).await?;
    if workspace.archived { Err(Rule::WorkspaceArchived.into()) } else { Ok(workspace) }
}

/// Tries `it`, `it-2`, `it-3`, …; names without a Latin letter or digit become `workspace-1`, `workspace-2`, ….
async fn insert_with_free_slug(tx: &mut Tx, name: &str, now: crate::model::Timestamp) -> Result<Workspace> {
    let (mut slug, stem, first) = match Workspace::slug_of(name) {
        Some(slug) => (slug.clone(), slug, 2_u64),
        None => ("workspace-1".to_owned(), "workspace".to_owned(), 2),
    };
    let mut number = first;
    loop {
        if let Some(workspace) = db::workspaces::insert(tx, &slug, name, now).await? {
            return Ok(workspace);
        }
        slug = format!("{stem}-{number}");
        number += 1;
    }
}
