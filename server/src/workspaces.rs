//! Workspaces: each is born with a group and its own support address.

use crate::activation;
use crate::audit::{self, By, Changes, Entry};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::inbound;
use crate::model::{
    Around, AuditAct, EmailAddress, Field, HappenedTo, NameForm, Reason, Role, Rule, Workspace, WorkspaceId,
    WorkspacePage, WorkspaceRest,
};
use crate::users::{Admin, Person, Sight};
use crate::watch;

/// How many workspaces a search shows while it is typed.
const FOUND: i64 = 20;

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

/// Of the workspaces that somebody may look at and that are in use: the one with this slug, what may be done in it, and
/// the first few, the oldest first, for those who change between them.
///
/// # Errors
/// When the database fails.
pub async fn around(ctx: &Context, person: &Person, slug: Option<&str>) -> Result<Around> {
    let slug = slug.filter(|slug| Workspace::is_slug(slug));
    let mut tx = ctx.db.read().await?;
    if Sight::of(&mut tx, person).await?.sees_account() {
        let current = match slug {
            Some(slug) => db::workspaces::by_slug(&mut tx, slug).await?.filter(|workspace| !workspace.archived),
            None => None,
        };
        let few = db::workspaces::oldest(&mut tx, i64::try_from(Around::FEW).unwrap_or(i64::MAX)).await?;
        let count = db::workspaces::count(&mut tx, "", true).await?;
        return Ok(Around { manages: current.is_some(), current, few, count });
    }
    let mut all = db::memberships::of(&mut tx, person.user.id).await?;
    all.retain(|(workspace, _)| !workspace.archived);
    let current = all.iter().find(|(workspace, _)| Some(workspace.slug.as_str()) == slug);
    let manages = current.is_some_and(|(_, role)| *role == Role::Administrator);
    let current = current.map(|(workspace, _)| workspace.clone());
    let count = all.len();
    let few = all.into_iter().map(|(workspace, _)| workspace).take(Around::FEW).collect();
    Ok(Around { current, manages, few, count })
}

/// The workspaces in use that somebody may look at and whose name has these letters in it, by name; a few.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &Context, person: &Person, wanted: &str) -> Result<Vec<Workspace>> {
    let wanted = db::folded_name(wanted);
    let mut tx = ctx.db.read().await?;
    if Sight::of(&mut tx, person).await?.sees_account() {
        return db::workspaces::by_name(&mut tx, &wanted, true, FOUND, 0).await;
    }
    let all = db::memberships::of(&mut tx, person.user.id).await?.into_iter().map(|(workspace, _)| workspace);
    let mut found: Vec<_> = all.filter(|one| !one.archived && db::folded_name(&one.name).contains(&wanted)).collect();
    found.sort_by_cached_key(|workspace| db::folded_name(&workspace.name));
    Ok(found)
}

/// A page of all workspaces that somebody may look at, by name; those whose name has these letters in it. Archived
/// ones are shown to administrators of the account, who can bring them back.
///
/// # Errors
/// When the database fails.
pub async fn page(ctx: &Context, person: &Person, wanted: &str, page: usize) -> Result<WorkspacePage> {
    let mut tx = ctx.db.read().await?;
    if !Sight::of(&mut tx, person).await?.sees_account() {
        drop(tx);
        let workspaces = find(ctx, person, wanted).await?;
        let count = workspaces.len();
        return Ok(WorkspacePage { workspaces, count, page: 1, pages: 1, changes: false });
    }
    let wanted = db::folded_name(wanted);
    let count = db::workspaces::count(&mut tx, &wanted, false).await?;
    let pages = count.div_ceil(WorkspacePage::SIZE).max(1);
    let page = page.clamp(1, pages);
    let size = i64::try_from(WorkspacePage::SIZE).unwrap_or(i64::MAX);
    let before = i64::try_from((page - 1) * WorkspacePage::SIZE).unwrap_or(i64::MAX);
    let workspaces = db::workspaces::by_name(&mut tx, &wanted, false, size, before).await?;
    Ok(WorkspacePage { workspaces, count, page, pages, changes: true })
}

/// What will rest when a workspace is archived.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn would_rest(ctx: &Context, _: &Admin, slug: &str) -> Result<WorkspaceRest> {
    let mut tx = ctx.db.read().await?;
    let found = if Workspace::is_slug(slug) { db::workspaces::by_slug(&mut tx, slug).await? } else { None };
    let workspace = found.ok_or(Error::NotFound("workspace"))?;
    let active = db::mailboxes::count_active(&mut tx, workspace.id).await?;
    let waiting = db::outbox::count_waiting_of(&mut tx, workspace.id).await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(WorkspaceRest { workspace, active: small(active), waiting: small(waiting) })
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

/// Archives a workspace, or takes it back: one that is archived can be looked at, and nothing can be added to it. Its
/// mailboxes rest meanwhile, and so do its outbox and its tokens; those that were at work are so again when it is
/// brought back.
///
/// # Errors
/// [`Error::NotFound`], and [`Rule::LastWorkspace`] when no other would be left.
pub async fn set_archived(ctx: &Context, admin: &Admin, id: WorkspaceId, archived: bool) -> Result<Workspace> {
    let mut tx = ctx.db.write().await?;
    db::companies::hold_primaries(&mut tx).await?;
    if archived && db::workspaces::hold_active(&mut tx).await? == [id] {
        return Err(Rule::LastWorkspace.into());
    }
    let before = existing(&mut tx, id).await?;
    let after = db::workspaces::set_archived(&mut tx, id, archived).await?.ok_or(Error::NotFound("workspace"))?;
    let now = ctx.clock.now();
    if archived {
        for mailbox in db::mailboxes::rest_with_workspace(&mut tx, id, now).await? {
            watch::rest(&mut tx, ctx, mailbox).await?;
            watch::happened(&mut tx, ctx, mailbox, HappenedTo::Paused).await?;
        }
    } else {
        for mailbox in db::mailboxes::wake_with_workspace(&mut tx, id, now).await? {
            watch::happened(&mut tx, ctx, mailbox, HappenedTo::Resumed).await?;
        }
        db::outbox::hurry(&mut tx, id).await?;
    }
    changed(&mut tx, ctx, admin, &before, &after).await?;
    tx.commit().await?;
    if !archived {
        activation::wake(ctx);
    }
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

/// [`in_use`], held until the transaction ends so that nobody archives it meanwhile. Held before any of its mailboxes.
pub(crate) async fn hold_in_use(tx: &mut Tx, id: WorkspaceId) -> Result<()> {
    match db::workspaces::hold(tx, id).await? {
        None => Err(Error::NotFound("workspace")),
        Some(true) => Err(Rule::WorkspaceArchived.into()),
        Some(false) => Ok(()),
    }
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
