//! Everything Postroom sends: queued before it is sent, and sent until a mail server has said that it has it.
//!
//! A custom mailbox sends through its own server. Default mailboxes and Postroom itself send through the
//! [relay](crate::relay), and what they have to send is parked until there is one.
//!
//! ```text
//! queue ─► waiting ─► the server takes it ─────────────► sent
//!             ▲ │ 4xx, network: later, with back-off
//!             └─┤
//!               │ 5xx, or two days have passed ────────► failed     with its problem; can be tried again
//!               │ mailbox or relay cannot send ────────► parked     until it is repaired, however long
//!               └◄────────── a check passes, settings are saved, somebody signs in again
//! ```
//!
//! A message has its own Message-ID before it is queued. Nothing that a server has said it took is sent again.
//! Where the connection broke before it could say so the message is sent again, and the delivery says that it
//! [may arrive twice](Delivery::may_arrive_twice). Work is handed out by claims that lapse, so that several nodes
//! share one queue and nothing is lost with a node. A message is sealed while it is here: some of them hold links that
//! let somebody in. What somebody asked for is sent though the mailbox rests.

pub mod letter;
mod run;
mod way;
mod worker;

use crate::audit::{self, By, Entry};
use crate::context::Context;
use crate::db::Tx;
use crate::db::outbox::{self as deliveries, NewDelivery};
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{
    AuditAct, Backlog, Delivery, DeliveryId, DeliveryState, EmailAddress, MailboxId, Purpose, Rule, WorkspaceId,
};
use crate::users::{Admin, Manager, Viewer};
use letter::Letter;

pub use run::run;
pub use worker::deliver_due;

/// How long a message is tried before it is given up.
const GIVE_UP_AFTER_MILLIS: i64 = 2 * 24 * 60 * 60 * 1_000;
/// How long one that was sent is shown.
const SHOWN_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How many deliveries of one state a page shows.
const SHOWN: i64 = 100;

/// Who sends a message, which decides where it goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A mailbox: through its own server, or through the relay when it is on the default server.
    Mailbox(MailboxId),
    /// Postroom itself, through the relay; [`relay::sender`](crate::relay::sender) is whom the letter is from.
    Relay,
}

/// Whose messages may be looked at, by the proof that was shown.
#[derive(Clone, Copy, Debug)]
pub enum MaySee<'a> {
    /// Those of the workspace's mailboxes, whatever way they take.
    Workspace(&'a Viewer),
    /// Those that belong to no mailbox.
    Postroom(&'a Admin),
}

/// Whose messages may be sent again or thrown away, by the proof that was shown.
#[derive(Clone, Copy, Debug)]
pub enum MayChange<'a> {
    /// Those of the workspace's mailboxes, whatever way they take.
    Workspace(&'a Manager),
    /// Those that belong to no mailbox.
    Postroom(&'a Admin),
}

impl<'a> From<&'a Viewer> for MaySee<'a> {
    fn from(viewer: &'a Viewer) -> Self {
        Self::Workspace(viewer)
    }
}

impl<'a> From<&'a Manager> for MaySee<'a> {
    fn from(manager: &'a Manager) -> Self {
        Self::Workspace(manager)
    }
}

impl<'a> From<&'a Admin> for MaySee<'a> {
    fn from(admin: &'a Admin) -> Self {
        Self::Postroom(admin)
    }
}

impl<'a> From<&'a Manager> for MayChange<'a> {
    fn from(manager: &'a Manager) -> Self {
        Self::Workspace(manager)
    }
}

impl<'a> From<&'a Admin> for MayChange<'a> {
    fn from(admin: &'a Admin) -> Self {
        Self::Postroom(admin)
    }
}

impl MaySee<'_> {
    fn workspace(self) -> Option<WorkspaceId> {
        match self {
            Self::Workspace(viewer) => Some(viewer.workspace().id),
            Self::Postroom(_) => None,
        }
    }
}

impl MayChange<'_> {
    fn by(self) -> By {
        match self {
            Self::Workspace(manager) => manager.by(),
            Self::Postroom(admin) => admin.by(),
        }
    }

    fn workspace(self) -> Option<WorkspaceId> {
        match self {
            Self::Workspace(manager) => Some(manager.workspace().id),
            Self::Postroom(_) => None,
        }
    }
}

/// Queues a letter to go out by a route; the caller commits, and rings the [`Bell`](crate::bell::Bell) then.
///
/// # Errors
/// [`Error::Invalid`] when an address cannot stand in a header.
pub(crate) async fn queue(
    tx: &mut Tx,
    ctx: &Context,
    route: Route,
    purpose: Purpose,
    letter: &Letter<'_>,
) -> Result<Queued> {
    queue_for(tx, ctx, route, purpose, letter, GIVE_UP_AFTER_MILLIS).await
}

/// [`queue`], for a letter that is worth nothing after so many milliseconds.
///
/// # Errors
/// [`Error::Invalid`] when an address cannot stand in a header.
pub(crate) async fn queue_for(
    tx: &mut Tx,
    ctx: &Context,
    route: Route,
    purpose: Purpose,
    letter: &Letter<'_>,
    give_up_after_millis: i64,
) -> Result<Queued> {
    let now = ctx.clock.now();
    let written = letter.write(now)?;
    let recipients: Vec<EmailAddress> = vec![letter.to.clone()];
    let new = NewDelivery {
        mailbox: match route {
            Route::Mailbox(mailbox) => Some(mailbox),
            Route::Relay => None,
        },
        purpose,
        message_id: &written.message_id,
        sender: letter.from,
        recipients: &recipients,
        subject: letter.subject,
        message: &ctx.vault.seal_bytes(&record(&written.message_id), &written.message)?,
        give_up_at: now.plus_millis(give_up_after_millis),
    };
    let id = deliveries::insert(tx, &new, now).await?;
    Ok(Queued { id, message_id: written.message_id })
}

/// What a message is sealed for.
pub(crate) fn record(message_id: &str) -> String {
    format!("delivery/{message_id}")
}

/// A message that was queued.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub id: DeliveryId,
    /// With its angle brackets.
    pub message_id: String,
}

/// The deliveries of a workspace, or of Postroom itself, in one state, the newest first; at most 100.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, may: impl Into<MaySee<'_>>, state: DeliveryState) -> Result<Vec<Delivery>> {
    let workspace = may.into().workspace();
    let mut tx = ctx.db.read().await?;
    deliveries::list(&mut tx, workspace, Some(state), None, SHOWN).await
}

/// One delivery of a workspace, or of Postroom itself.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn details(ctx: &Context, may: impl Into<MaySee<'_>>, id: DeliveryId) -> Result<Delivery> {
    let workspace = may.into().workspace();
    let mut tx = ctx.db.read().await?;
    find(&mut tx, workspace, id).await
}

/// How many messages of a mailbox have not gone out.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn backlog(ctx: &Context, viewer: &Viewer, mailbox: MailboxId) -> Result<Backlog> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    deliveries::backlog(&mut tx, mailbox).await
}

/// Makes a delivery due at once, with two days before it. One that is parked is tried too: the worker finds out
/// whether it can go out.
///
/// # Errors
/// [`Error::NotFound`], also for one that was sent.
pub async fn retry(ctx: &Context, may: impl Into<MayChange<'_>>, id: DeliveryId) -> Result<()> {
    let may = may.into();
    let workspace = may.workspace();
    let mut tx = ctx.db.write().await?;
    let delivery = find(&mut tx, workspace, id).await?;
    told(&mut tx, ctx, may, AuditAct::DeliveryRetried, &delivery).await?;
    if !deliveries::retry(&mut tx, workspace, id, ctx.clock.now()).await? {
        return Err(Error::NotFound("delivery"));
    }
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// Forgets a delivery; what was not sent never will be.
///
/// # Errors
/// [`Error::NotFound`]; [`Rule::BeingSent`] while a worker has it in hand.
pub async fn throw_away(ctx: &Context, may: impl Into<MayChange<'_>>, id: DeliveryId) -> Result<()> {
    let may = may.into();
    let workspace = may.workspace();
    let mut tx = ctx.db.write().await?;
    let delivery = find(&mut tx, workspace, id).await?;
    told(&mut tx, ctx, may, AuditAct::DeliveryThrownAway, &delivery).await?;
    if !deliveries::delete(&mut tx, workspace, id, ctx.clock.now()).await? {
        return Err(Rule::BeingSent.into());
    }
    tx.commit().await
}

/// Writes down what somebody did with a message.
async fn told(tx: &mut Tx, ctx: &Context, may: MayChange<'_>, act: AuditAct, delivery: &Delivery) -> Result<()> {
    let mut entry = Entry::of(act, &delivery.subject).numbered(delivery.id.0);
    if let Some(workspace) = may.workspace() {
        entry = entry.within(workspace);
    }
    audit::record(tx, ctx, &may.by(), entry).await
}

/// Forgets what was sent a month ago. What was not sent stays until somebody throws it away.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let forgotten = deliveries::delete_sent(&mut tx, ctx.clock.now().plus_millis(-SHOWN_MILLIS)).await?;
    tx.commit().await?;
    Ok(forgotten)
}

async fn find(tx: &mut Tx, workspace: Option<WorkspaceId>, id: DeliveryId) -> Result<Delivery> {
    deliveries::list(tx, workspace, None, Some(id), 1).await?.pop().ok_or(Error::NotFound("delivery"))
}
