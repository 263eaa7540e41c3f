//! The mailboxes of a workspace, once they are saved. How they come to be is told in [`drafts`](crate::drafts).
//!
//! A mailbox is always looked up within a workspace: an id from elsewhere is not found.

use crate::activation;
use crate::audit::{self, Changes};
use crate::companies;
use crate::context::Context;
use crate::db;
use crate::db::grants::Owner;
use crate::error::{Error, Result};
use crate::login::Key;
use crate::model::{
    AuditAct, CheckReport, Direction, HappenedTo, MailboxDetails, MailboxId, MailboxState, MailboxSummary, Rule,
    ServerKind, ServerSettings, WorkspaceId,
};
use crate::tokens;
use crate::users::{Manager, Viewer};
use crate::watch;
use crate::workspaces;

/// The mailboxes of a workspace, the primary one first, then by name.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, viewer: &Viewer) -> Result<Vec<MailboxSummary>> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    let mailboxes = db::mailboxes::details(&mut tx, workspace, None).await?;
    Ok(mailboxes.into_iter().map(|mailbox| mailbox.summary).collect())
}

/// Everything about one mailbox but its passwords.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn details(ctx: &Context, viewer: &Viewer, id: MailboxId) -> Result<MailboxDetails> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    details_in(&mut tx, workspace, id).await
}

/// Tells a mailbox to rest. One that rests already goes on resting.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::CheckFirst`] for one that was never at work.
pub async fn pause(ctx: &Context, manager: &Manager, id: MailboxId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    match db::mailboxes::hold(&mut tx, workspace, id).await?.0 {
        MailboxState::Draft => return Err(Rule::CheckFirst.into()),
        MailboxState::Paused => return Ok(()),
        MailboxState::Active => {}
    }
    db::mailboxes::set_state(&mut tx, id, MailboxState::Paused, ctx.clock.now()).await?;
    watch::rest(&mut tx, ctx, id).await?;
    watch::happened(&mut tx, ctx, id, HappenedTo::Paused).await?;
    let (by, which) = (manager.by(), (workspace, id));
    audit::record_mailbox(&mut tx, ctx, &by, AuditAct::MailboxPaused, which, Changes::none()).await?;
    tx.commit().await
}

/// Lets a mailbox work again; also one that was saved as a draft and has passed its checks since. Where its address
/// is not proven to be ours, that is begun anew.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::CheckFirst`] for a draft that has not passed; [`Rule::WorkspaceArchived`].
pub async fn resume(ctx: &Context, manager: &Manager, id: MailboxId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let company = companies::hold_of(&mut tx, Some(id), None).await?;
    // Held, so that nobody archives the workspace meanwhile and counts this mailbox among those that rest.
    workspaces::hold_in_use(&mut tx, workspace).await?;
    let before = db::mailboxes::hold(&mut tx, workspace, id).await?.0;
    match before {
        MailboxState::Active => return Ok(()),
        MailboxState::Draft if !may_work(&mut tx, workspace, id).await? => return Err(Rule::CheckFirst.into()),
        MailboxState::Draft | MailboxState::Paused => {}
    }
    db::mailboxes::set_state(&mut tx, id, MailboxState::Active, ctx.clock.now()).await?;
    if before == MailboxState::Paused {
        watch::happened(&mut tx, ctx, id, HappenedTo::Resumed).await?;
    }
    companies::settle(&mut tx, company).await?;
    activation::resumed(&mut tx, ctx, manager, id, before).await?;
    let (by, which) = (manager.by(), (workspace, id));
    audit::record_mailbox(&mut tx, ctx, &by, AuditAct::MailboxResumed, which, Changes::none()).await?;
    tx.commit().await?;
    activation::wake(ctx);
    Ok(())
}

/// Makes a mailbox the primary one of its workspace; the one that was it before can be deleted from now on.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::DraftIsNoPrimary`]; [`Rule::WorkspaceArchived`].
pub async fn make_primary(ctx: &Context, manager: &Manager, id: MailboxId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    db::companies::hold_primaries(&mut tx).await?;
    workspaces::hold_in_use(&mut tx, workspace).await?;
    if details_in(&mut tx, workspace, id).await?.summary.state == MailboxState::Draft {
        return Err(Rule::DraftIsNoPrimary.into());
    }
    // Somebody may have deleted it just now, or have made it a draft.
    if !db::mailboxes::set_primary(&mut tx, workspace, id, ctx.clock.now()).await? {
        return Err(Error::NotFound("mailbox"));
    }
    tx.commit().await
}

/// Removes a mailbox with its settings and passwords, and gives back what was allowed where a provider takes it back.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::PrimaryCannotBeDeleted`], [`Rule::CompanyPrimary`] and [`Rule::AccountPrimary`] for
/// one that others rest on.
pub async fn delete(ctx: &Context, manager: &Manager, id: MailboxId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let company = companies::hold_of(&mut tx, Some(id), None).await?;
    let (_, primary) = db::mailboxes::hold(&mut tx, workspace, id).await?;
    if primary {
        return Err(Rule::PrimaryCannotBeDeleted.into());
    }
    companies::may_go(&mut tx, id).await?;
    let (by, which) = (manager.by(), (workspace, id));
    audit::record_mailbox(&mut tx, ctx, &by, AuditAct::MailboxDeleted, which, Changes::none()).await?;
    let given = tokens::to_give_back(&mut tx, ctx, Owner::Mailbox(id)).await?;
    db::mailboxes::delete(&mut tx, id).await?;
    companies::settle(&mut tx, company).await?;
    tx.commit().await?;
    tokens::give_back(ctx, given).await;
    Ok(())
}

/// Where one direction of a mailbox goes, and the key for it: what a check or a worker dials with.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::NotConfigured`] when no server is set; [`Error::Vault`].
pub async fn target(
    ctx: &Context,
    manager: &Manager,
    id: MailboxId,
    direction: Direction,
) -> Result<(ServerSettings, Key)> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    details_in(&mut tx, workspace, id).await?;
    target_in(&mut tx, ctx, workspace, id, direction).await
}

/// [`target`] inside a transaction, for whoever has shown a right to the mailbox.
pub(crate) async fn target_in(
    tx: &mut db::Tx,
    ctx: &Context,
    workspace: WorkspaceId,
    id: MailboxId,
    direction: Direction,
) -> Result<(ServerSettings, Key)> {
    let server = db::mailboxes::server(tx, workspace, id, direction).await?.ok_or(Rule::NotConfigured)?;
    let key = match &server.secret {
        Some(sealed) => Key::Password(ctx.vault.open(&record(id, direction), sealed)?),
        None => Key::Grant(db::grants::of(tx, Owner::Mailbox(id)).await?.ok_or(Error::NotFound("grant"))?.id),
    };
    Ok((server.settings, key))
}

/// Stores how a check of a saved mailbox ended. One that was stopped halfway says nothing and is not stored.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn store_report(
    ctx: &Context,
    manager: &Manager,
    id: MailboxId,
    direction: Direction,
    report: &CheckReport,
) -> Result<()> {
    let workspace = manager.workspace().id;
    keep_report(ctx, workspace, id, direction, report).await
}

/// [`store_report`] for a check that Postroom made of itself.
pub(crate) async fn keep_report(
    ctx: &Context,
    workspace: WorkspaceId,
    id: MailboxId,
    direction: Direction,
    report: &CheckReport,
) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let (state, _) = db::mailboxes::hold(&mut tx, workspace, id).await?;
    if report.outcome.is_some() {
        db::mailboxes::set_report(&mut tx, id, direction, report, ctx.clock.now()).await?;
        watch::observe(&mut tx, ctx, id, state, direction, report).await?;
    }
    tx.commit().await
}

/// [`details`] inside a transaction.
pub(crate) async fn details_in(tx: &mut db::Tx, workspace: WorkspaceId, id: MailboxId) -> Result<MailboxDetails> {
    db::mailboxes::details(tx, workspace, Some(id)).await?.pop().ok_or(Error::NotFound("mailbox"))
}

/// True where both servers are set and have passed their last check, or none is needed.
pub(crate) async fn may_work(tx: &mut db::Tx, workspace: WorkspaceId, id: MailboxId) -> Result<bool> {
    let mailbox = details_in(tx, workspace, id).await?;
    let passed = |report: &Option<CheckReport>| report.as_ref().is_some_and(CheckReport::passed);
    Ok(mailbox.summary.kind == ServerKind::Default
        || (passed(&mailbox.incoming_report) && passed(&mailbox.outgoing_report)))
}

/// The identity that a mailbox's secrets are sealed for.
pub(crate) fn record(id: MailboxId, direction: Direction) -> String {
    format!("mailbox/{id}/{}", direction.as_str())
}
