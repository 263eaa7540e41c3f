//! After somebody signed in again: whether the mailbox works, without anybody having to ask.

use crate::check::{Plan, run_with};
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{Direction, MailboxId, Rule};

/// Checks both directions of a mailbox and stores the reports.
///
/// # Errors
/// When the database or the vault fails; [`Error::NotFound`] when the mailbox is gone.
pub async fn recheck(ctx: &Context, mailbox: MailboxId) -> Result<()> {
    let (incoming, outgoing) =
        futures::join!(one(ctx, mailbox, Direction::Incoming), one(ctx, mailbox, Direction::Outgoing));
    incoming.and(outgoing)
}

async fn one(ctx: &Context, mailbox: MailboxId, direction: Direction) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let workspace = db::mailboxes::workspace_of(&mut tx, mailbox).await?;
    let (settings, key) = match mailboxes::target_in(&mut tx, ctx, workspace, mailbox, direction).await {
        Err(Error::Rule(Rule::NotConfigured)) => return Ok(()),
        found => found?,
    };
    drop(tx);
    let plan = Plan::of(direction, settings, key);
    let report = run_with(ctx, &plan, |_| {}).await?;
    mailboxes::keep_report(ctx, workspace, mailbox, direction, &report).await
}
