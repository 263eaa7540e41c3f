//! A draft becomes a mailbox, in one transaction.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::activation;
use crate::audit::{self, Changes};
use crate::companies;
use crate::context::Context;
use crate::db::grants::Owner;
use crate::db::mailboxes::NewMailbox;
use crate::db::{self, Tx};
use crate::error::{Error, Result, accept};
use crate::inbound;
use crate::mailboxes;
use crate::model::{
    AuditAct, CheckReport, CompanyId, Direction, DraftId, EmailAddress, Field, Invalid, MailboxDetails, MailboxForm,
    MailboxId, MailboxState, PublishAs, Reason, Rule, ServerKind, ServerSettings, WorkspaceId,
};
use crate::users::Manager;
use crate::watch;
use crate::workspaces;

use super::Work;

/// Everything that is wrong with name, address, group and company of a draft, including what only the database
/// knows: whether the address is taken and the group exists.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn errors(ctx: &Context, manager: &Manager, id: DraftId) -> Result<Vec<Invalid>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    let row = db::drafts::load(&mut tx, workspace, manager.user.id, id).await?;
    wrong_details(&mut tx, workspace, row.mailbox_id, &row.form).await
}

/// Saves a draft as a mailbox and ends it.
///
/// A mailbox at work that is new, or has another address or account, is to be [proven](crate::activation).
///
/// As [`PublishAs::Draft`] a server that was not filled in is left out. A mailbox that is paused stays
/// paused; settings that an active mailbox had before count as checked.
///
/// # Errors
/// [`Error::Invalid`] with everything that is wrong on any of the forms; [`Rule::CheckFirst`] when it is to be
/// active and a server has not passed its check; [`Rule::WorkspaceArchived`]; [`Error::NotFound`].
pub async fn publish(ctx: &Context, manager: &Manager, id: DraftId, publish_as: PublishAs) -> Result<MailboxId> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let (work, details_before, held) = open(&mut tx, ctx, manager, id).await?;
    let before = details_before.as_ref().map(|details| details.summary.state);
    let mut found = wrong_details(&mut tx, workspace, work.row.mailbox_id, &work.row.form).await?;
    if work.row.form.kind.is_none() {
        found.push(Invalid::new(Field::ServerType, Reason::Unchosen));
    }
    let custom = work.row.form.kind == Some(ServerKind::Custom);
    let servers: Vec<Direction> = Direction::BOTH
        .into_iter()
        .filter(|&direction| custom && !(publish_as == PublishAs::Draft && work.is_blank(direction)))
        .collect();
    for &direction in &servers {
        found.extend(work.settings_to_save(direction).err().into_iter().flatten());
    }
    accept(found)?;
    let ready = servers.iter().all(|&direction| {
        work.passed(direction) || (before.is_some_and(was_checked) && work.side(direction).unchanged().is_some())
    });
    let state = match (publish_as, before) {
        (PublishAs::Draft, _) => MailboxState::Draft,
        (PublishAs::Active, _) if !ready => return Err(Rule::CheckFirst.into()),
        (PublishAs::Active, Some(MailboxState::Paused)) => MailboxState::Paused,
        (PublishAs::Active, _) => MailboxState::Active,
    };
    let mailbox = save(&mut tx, ctx, &work, state).await?;
    let mut checked = Vec::new();
    for direction in Direction::BOTH {
        if servers.contains(&direction) {
            checked.push((direction, save_server(&mut tx, ctx, &work, mailbox, direction).await?));
        } else {
            db::mailboxes::remove_server(&mut tx, mailbox, direction).await?;
        }
    }
    settle_grant(&mut tx, &work, mailbox).await?;
    if work.row.form.kind == Some(ServerKind::Default) {
        inbound::address_of(&mut tx, ctx, workspace, mailbox).await?;
    }
    watch_over(&mut tx, ctx, mailbox, state, &checked).await?;
    companies::settle(&mut tx, held).await?;
    activation::saved(&mut tx, ctx, manager, mailbox, details_before.as_ref()).await?;
    record(&mut tx, ctx, manager, &work, mailbox, details_before.as_ref()).await?;
    db::drafts::delete(&mut tx, id).await?;
    tx.commit().await?;
    activation::wake(ctx);
    Ok(mailbox)
}

/// Saves one server of a draft, with the details, to the mailbox that it edits or to a new one. The draft goes on.
///
/// A new mailbox is a draft until both of its servers have passed; one that was at work stays at work when
/// the new settings have passed, and is a draft otherwise.
///
/// # Errors
/// As [`publish`], but for the other server's form and [`Rule::CheckFirst`]; [`Rule::NotConfigured`] for
/// a mailbox on the default server.
pub async fn publish_direction(
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
    direction: Direction,
) -> Result<MailboxId> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let (work, details_before, held) = open(&mut tx, ctx, manager, id).await?;
    let before = details_before.as_ref().map(|details| details.summary.state);
    let mut found = wrong_details(&mut tx, workspace, work.row.mailbox_id, &work.row.form).await?;
    match work.row.form.kind {
        Some(ServerKind::Default) => return Err(Rule::NotConfigured.into()),
        Some(ServerKind::Custom) => found.extend(work.settings_to_save(direction).err().into_iter().flatten()),
        None => found.push(Invalid::new(Field::ServerType, Reason::Unchosen)),
    }
    accept(found)?;
    let mailbox = save(&mut tx, ctx, &work, MailboxState::Draft).await?;
    settle_grant(&mut tx, &work, mailbox).await?;
    let checked = [(direction, save_server(&mut tx, ctx, &work, mailbox, direction).await?)];
    let details = mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    let both_set = details.incoming_settings.is_some() && details.outgoing_settings.is_some();
    let passed = work.passed(direction) || work.side(direction).unchanged().is_some();
    let state = match before {
        Some(state @ (MailboxState::Active | MailboxState::Paused)) if both_set && passed => state,
        _ if mailboxes::may_work(&mut tx, workspace, mailbox).await? => MailboxState::Active,
        _ => MailboxState::Draft,
    };
    db::mailboxes::set_state(&mut tx, mailbox, state, ctx.clock.now()).await?;
    watch_over(&mut tx, ctx, mailbox, state, &checked).await?;
    companies::settle(&mut tx, held).await?;
    activation::saved(&mut tx, ctx, manager, mailbox, details_before.as_ref()).await?;
    record(&mut tx, ctx, manager, &work, mailbox, details_before.as_ref()).await?;
    db::drafts::set_mailbox(&mut tx, id, mailbox).await?;
    db::drafts::settle_server(&mut tx, id, direction).await?;
    tx.commit().await?;
    activation::wake(ctx);
    Ok(mailbox)
}

/// Holds a draft, and the mailbox it edits as that is before.
async fn open(
    tx: &mut Tx,
    ctx: &Context,
    manager: &Manager,
    id: DraftId,
) -> Result<(Work, Option<MailboxDetails>, BTreeSet<CompanyId>)> {
    let workspace = manager.workspace().id;
    let row = db::drafts::hold(tx, workspace, manager.user.id, id, ctx.clock.now()).await?;
    // Held in this order by everybody: companies, the workspace, the mailbox.
    let held = companies::hold_of(tx, row.mailbox_id, row.form.company).await?;
    workspaces::hold_in_use(tx, workspace).await?;
    let before = match row.mailbox_id {
        Some(mailbox) => {
            db::mailboxes::hold(tx, workspace, mailbox).await?;
            if db::companies::of_mailbox(tx, mailbox).await? != row.form.company {
                companies::may_leave(tx, mailbox).await?;
            }
            Some(mailboxes::details_in(tx, workspace, mailbox).await?)
        }
        None => None,
    };
    Ok((Work::read(tx, row).await?, before, held))
}

/// What is wrong with the details, the database asked.
pub(super) async fn wrong_details(
    tx: &mut Tx,
    workspace: WorkspaceId,
    mailbox: Option<MailboxId>,
    form: &MailboxForm,
) -> Result<Vec<Invalid>> {
    let mut found = form.validate_details();
    if let Ok(address) = EmailAddress::parse(&form.address) {
        match db::folded_address(&address) {
            None => found.push(Invalid::new(Field::Address, Reason::NotAnAddress)),
            Some(folded) => {
                let other = db::mailboxes::by_address(tx, workspace, &folded).await?;
                if other.is_some() && other != mailbox {
                    found.push(Invalid::new(Field::Address, Reason::Duplicate));
                }
            }
        }
    }
    if let Some(group) = form.group
        && db::groups::by_id(tx, workspace, group).await?.is_none_or(|group| group.archived)
    {
        found.push(Invalid::new(Field::Group, Reason::Unknown));
    }
    if let Some(company) = form.company
        && db::companies::by_id(tx, company).await?.is_none_or(|company| company.archived)
    {
        found.push(Invalid::new(Field::Company, Reason::Unknown));
    }
    Ok(found)
}

/// Stores the details, which have been looked at.
async fn save(tx: &mut Tx, ctx: &Context, work: &Work, state: MailboxState) -> Result<MailboxId> {
    let form = &work.row.form;
    let address =
        EmailAddress::parse(&form.address).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))?;
    let new = NewMailbox {
        name: form.name.trim(),
        address: &address,
        group: form.group.ok_or_else(|| Error::invalid(Field::Group, Reason::Unchosen))?,
        company: form.company,
        kind: form.kind.ok_or_else(|| Error::invalid(Field::ServerType, Reason::Unchosen))?,
        state,
    };
    let now = ctx.clock.now();
    match work.row.mailbox_id {
        Some(id) => db::mailboxes::update(tx, work.row.workspace_id, id, &new, now).await.map(|()| id),
        None => db::mailboxes::insert(tx, work.row.workspace_id, &new, now).await,
    }
}

/// Stores one server with its password sealed for the mailbox, and the report of the draft's check.
///
/// A server that the draft has not changed stays as it is now: somebody else may have changed it meanwhile. Answers
/// the report, where it was stored.
async fn save_server<'a>(
    tx: &mut Tx,
    ctx: &Context,
    work: &'a Work,
    mailbox: MailboxId,
    direction: Direction,
) -> Result<Option<&'a CheckReport>> {
    let side = work.side(direction);
    if side.unchanged().is_none() {
        let settings = work.settings_to_save(direction).map_err(Error::Invalid)?;
        let sealed = match work.row.form.sign_in {
            Some(_) => None,
            None => Some(ctx.vault.seal(&mailboxes::record(mailbox, direction), &work.secret(ctx, direction)?)?),
        };
        db::mailboxes::set_server(tx, mailbox, direction, &settings, sealed.as_deref()).await?;
        if work.row.mailbox_id.is_some() {
            watch::settings_changed(tx, ctx, mailbox, direction).await?;
        }
    }
    let newer = side.typed.checked_at > side.unchanged().and_then(|stored| stored.checked_at);
    let same = work.is_of_saved_settings(direction);
    match (&side.typed.report, side.typed.checked_at) {
        (Some(report), Some(checked_at)) if newer && same => {
            db::mailboxes::set_report(tx, mailbox, direction, report, checked_at).await?;
            Ok(Some(report))
        }
        _ => Ok(None),
    }
}

/// Lets the watch know what was saved: it takes over from the checks of a mailbox at work, and leaves any other alone.
async fn watch_over(
    tx: &mut Tx,
    ctx: &Context,
    mailbox: MailboxId,
    state: MailboxState,
    checked: &[(Direction, Option<&CheckReport>)],
) -> Result<()> {
    if state != MailboxState::Active {
        return watch::rest(tx, ctx, mailbox).await;
    }
    for (direction, report) in checked {
        if let Some(report) = report {
            watch::observe(tx, ctx, mailbox, state, *direction, report).await?;
        }
    }
    Ok(())
}

/// Gives the mailbox what was allowed for the draft; without signing in, a mailbox has no grant.
async fn settle_grant(tx: &mut Tx, work: &Work, mailbox: MailboxId) -> Result<()> {
    let form = &work.row.form;
    if form.kind == Some(ServerKind::Custom) && form.sign_in.is_some() {
        if db::grants::hand_over(tx, work.row.id, mailbox).await? {
            db::sign_ins::settle(tx, Owner::Mailbox(mailbox)).await?;
        }
        Ok(())
    } else {
        db::grants::remove(tx, Owner::Mailbox(mailbox)).await
    }
}

/// Writes down what is different about the mailbox; saving what it was before is nothing to tell of.
async fn record(
    tx: &mut Tx,
    ctx: &Context,
    manager: &Manager,
    work: &Work,
    mailbox: MailboxId,
    before: Option<&MailboxDetails>,
) -> Result<()> {
    let workspace = manager.workspace().id;
    let after = mailboxes::details_in(tx, workspace, mailbox).await?;
    let (was, is) = (before.map(Told::of), Told::of(&after));
    let mut changes = Changes::between(was.as_ref(), Some(&is));
    for direction in Direction::BOTH {
        let side = work.side(direction);
        let typed = side.typed.secret.is_some() && side.unchanged().is_none();
        changes = changes.and_secret(&format!("{}.password", direction.as_str()), typed);
    }
    let act = if before.is_some() { AuditAct::MailboxChanged } else { AuditAct::MailboxCreated };
    if before.is_some() && changes.is_empty() {
        return Ok(());
    }
    audit::record_mailbox(tx, ctx, &manager.by(), act, (workspace, mailbox), changes).await
}

/// What the audit log compares of a mailbox.
#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    address: &'a EmailAddress,
    group: Option<&'a str>,
    company: Option<&'a str>,
    kind: ServerKind,
    state: MailboxState,
    sign_in: Option<&'a str>,
    incoming: Option<&'a ServerSettings>,
    outgoing: Option<&'a ServerSettings>,
}

impl<'a> Told<'a> {
    fn of(mailbox: &'a MailboxDetails) -> Self {
        let summary = &mailbox.summary;
        Self {
            name: &summary.name,
            address: &summary.address,
            group: summary.group.as_ref().map(|group| group.name.as_str()),
            company: summary.company.as_ref().map(|company| company.name.as_str()),
            kind: summary.kind,
            state: summary.state,
            sign_in: summary.grant.as_ref().map(|grant| grant.person.as_str()),
            incoming: mailbox.incoming_settings.as_ref(),
            outgoing: mailbox.outgoing_settings.as_ref(),
        }
    }
}

/// True for the states that only checked settings lead to.
const fn was_checked(state: MailboxState) -> bool {
    matches!(state, MailboxState::Active | MailboxState::Paused)
}

impl Work {
    /// The settings that the mailbox will have: its own, where the draft has not changed them.
    fn settings_to_save(&self, direction: Direction) -> Result<ServerSettings, Vec<Invalid>> {
        match self.side(direction).unchanged() {
            Some(stored) => Ok(stored.settings.clone()),
            None => self.settings(direction),
        }
    }

    /// True where the draft's form, and so its report, is about the settings that the mailbox will have.
    fn is_of_saved_settings(&self, direction: Direction) -> bool {
        let form = self.row.form.server(direction);
        self.side(direction)
            .unchanged()
            .is_none_or(|stored| form.settings(direction.protocol()).as_ref() == Ok(&stored.settings))
    }

    /// True where the settings that the mailbox will have passed their last check.
    fn passed(&self, direction: Direction) -> bool {
        let side = self.side(direction);
        let report = if self.is_of_saved_settings(direction) {
            side.typed.report.as_ref()
        } else {
            side.stored.as_ref().and_then(|stored| stored.report.as_ref())
        };
        report.is_some_and(CheckReport::passed)
    }

    /// True where nobody has begun to fill in this server.
    fn is_blank(&self, direction: Direction) -> bool {
        if self.row.form.sign_in.is_some() {
            return self.grant.is_none();
        }
        self.row.form.server(direction).host.trim().is_empty() && self.side(direction).typed.secret.is_none()
    }
}
