//! What happened to a mailbox, kept as long as the configuration says.

use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::mailboxes;
use crate::model::{Direction, HappenedTo, HealthEvent, MailboxId};
use crate::users::Viewer;

/// How much of a history is shown.
const SHOWN: i64 = 200;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// What happened to a mailbox, the newest first; at most the last 200 things.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn history(ctx: &Context, viewer: &Viewer, id: MailboxId) -> Result<Vec<HealthEvent>> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, id).await?;
    db::watch::events(&mut tx, id, SHOWN).await
}

/// Forgets what is older than the configuration wants it kept, and answers how much that was.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let kept = i64::from(ctx.config.watch.history_days) * MILLIS_PER_DAY;
    let mut tx = ctx.db.write().await?;
    let pruned = db::watch::prune(&mut tx, ctx.clock.now().plus_millis(-kept)).await?;
    tx.commit().await?;
    Ok(pruned)
}

/// Remembers something that somebody did to a mailbox.
pub(crate) async fn happened(tx: &mut Tx, ctx: &Context, id: MailboxId, what: HappenedTo) -> Result<()> {
    remember(tx, ctx, id, None, what).await
}

/// Somebody signed in again for a mailbox: a look that is under way says nothing any more, and the next is due.
pub(crate) async fn signed_in_again(tx: &mut Tx, ctx: &Context, id: MailboxId) -> Result<()> {
    happened(tx, ctx, id, HappenedTo::SignedInAgain).await?;
    db::watch::hurry(tx, id, ctx.clock.now()).await
}

/// A server of a mailbox was changed: as above.
pub(crate) async fn settings_changed(tx: &mut Tx, ctx: &Context, id: MailboxId, direction: Direction) -> Result<()> {
    remember(tx, ctx, id, Some(direction), HappenedTo::SettingsChanged).await?;
    db::watch::hurry(tx, id, ctx.clock.now()).await
}

async fn remember(
    tx: &mut Tx,
    ctx: &Context,
    id: MailboxId,
    direction: Option<Direction>,
    what: HappenedTo,
) -> Result<()> {
    let event = HealthEvent { at: ctx.clock.now(), direction, what, problem: None, lasted_millis: None };
    db::watch::add_event(tx, id, &event).await
}
