//! Looks after mailboxes at work: each is checked again and again, and what changes is told once.
//!
//! ```text
//! claim ─► check ─► settle ──► health     working ─► doubtful ─► failing ─► working
//!                      ├─────► due again   15 minutes  1–2 minutes  15 minutes and more
//!                      └─────► history     went down, recovered, …
//! ```
//!
//! Every look is the check that people see, over the same road. Incoming and outgoing are kept apart. Several
//! processes on one database share the work: a claim gives one of them the right to look at one server, and lapses.
//! Whatever happens to a mailbox while somebody looks (other settings, a pause, a check that a person asked for)
//! makes the claim void, and what was seen is not stored.

mod history;
mod incidents;
mod run;
mod step;

use std::time::Duration;

use rand::Rng as _;

pub(crate) use self::history::{happened, settings_changed, signed_in_again};
pub use self::history::{history, prune};
pub use self::incidents::incidents;
pub(crate) use self::incidents::of_mailboxes as stopped_mailboxes;
pub use self::run::{Pulse, run};
pub(crate) use self::step::{due_at, step};
use crate::check::{Plan, run_with};
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::mailboxes;
use crate::model::{
    CheckReport, Direction, HappenedTo, HealthEvent, MailboxId, MailboxState, Problem, Rule, Timestamp, WorkspaceId,
};

/// How long one process may look at a server before another one may: longer than the longest check, which may
/// wait for a token and begin anew.
const CLAIM_MILLIS: i64 = 180_000;

/// The right to look at one server, until it lapses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub mailbox: MailboxId,
    pub direction: Direction,
    workspace: WorkspaceId,
    until: Timestamp,
}

/// Claims servers that are due, at most so many.
///
/// # Errors
/// When the database fails.
pub async fn claim_due(ctx: &Context, at_most: usize) -> Result<Vec<Claim>> {
    if at_most == 0 {
        return Ok(Vec::new());
    }
    let now = ctx.clock.now();
    let every = i64::try_from(ctx.config.watch.every().as_millis()).unwrap_or(i64::MAX);
    let limit = i64::try_from(at_most).unwrap_or(i64::MAX);
    let mut tx = ctx.db.read().await?;
    let due = db::watch::due(&mut tx, now, now.plus_millis(-every), limit).await?;
    drop(tx);
    let until = now.plus_millis(CLAIM_MILLIS);
    let mut claims = Vec::with_capacity(due.len());
    for (workspace, mailbox, direction) in due {
        let mut tx = ctx.db.write().await?;
        let claimed = db::watch::claim(&mut tx, mailbox, direction, now, until).await;
        match claimed {
            Ok(true) => {
                tx.commit().await?;
                claims.push(Claim { mailbox, direction, workspace, until });
            }
            Ok(false) => {}
            // Deleted since we asked what is due.
            Err(Error::Database(error))
                if error.as_database_error().is_some_and(|error| error.is_foreign_key_violation()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(claims)
}

/// Checks what was claimed; `None` where there is nothing to check any more.
///
/// # Errors
/// When the database or the vault fails. What is wrong outside is in the report.
pub async fn check(ctx: &Context, claim: &Claim) -> Result<Option<CheckReport>> {
    let mut tx = ctx.db.read().await?;
    let found = mailboxes::target_in(&mut tx, ctx, claim.workspace, claim.mailbox, claim.direction).await;
    drop(tx);
    let (settings, key) = match found {
        Err(Error::Rule(Rule::NotConfigured) | Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    match run_with(ctx, &Plan::of(claim.direction, settings, key), |_| {}).await {
        // The grant is gone: somebody chose a password instead, which makes the claim void too.
        Err(Error::NotFound(_)) => Ok(None),
        report => report.map(Some),
    }
}

/// Stores what a check saw, and gives the claim back. Answers what is worth telling.
///
/// The report of a first failure is not stored: pages show it once it is confirmed.
///
/// # Errors
/// When the database fails.
pub async fn settle(ctx: &Context, claim: &Claim, report: &CheckReport) -> Result<Option<HappenedTo>> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let held = match db::mailboxes::hold(&mut tx, claim.workspace, claim.mailbox).await {
        Err(Error::NotFound(_)) => return Ok(None),
        held => held?,
    };
    let ours = db::watch::release(&mut tx, claim.mailbox, claim.direction, claim.until).await?;
    if !ours || held.0 != MailboxState::Active || report.outcome.is_none() {
        return Ok(None);
    }
    let seen = seen(report);
    let event = advance(&mut tx, ctx, claim.mailbox, claim.direction, seen.as_ref()).await?;
    let doubtful = db::watch::health(&mut tx, claim.mailbox, claim.direction).await?;
    if !matches!(doubtful, Some(crate::model::Health::Doubtful { .. })) {
        db::mailboxes::set_report(&mut tx, claim.mailbox, claim.direction, report, now).await?;
    }
    tx.commit().await?;
    if let Some(what) = event {
        let problem = seen.as_ref().map_or("none", Problem::kind);
        tracing::info!(
            mailbox = claim.mailbox.0,
            direction = claim.direction.as_str(),
            what = what.as_str(),
            problem,
            "A mailbox changed its state."
        );
    }
    Ok(event)
}

/// Gives a claim back without having looked; another process may look at once.
///
/// # Errors
/// When the database fails.
pub async fn release(ctx: &Context, claim: &Claim) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::watch::release(&mut tx, claim.mailbox, claim.direction, claim.until).await?;
    tx.commit().await
}

/// Takes note of a check that somebody asked for. The watch confirms a failure as it does its own.
pub(crate) async fn observe(
    tx: &mut Tx,
    ctx: &Context,
    id: MailboxId,
    state: MailboxState,
    direction: Direction,
    report: &CheckReport,
) -> Result<()> {
    if state == MailboxState::Active && report.outcome.is_some() {
        advance(tx, ctx, id, direction, seen(report).as_ref()).await?;
    }
    Ok(())
}

/// Nobody looks after a mailbox that is not at work.
pub(crate) async fn rest(tx: &mut Tx, ctx: &Context, id: MailboxId) -> Result<()> {
    db::watch::end_outages(tx, id, None, ctx.clock.now()).await?;
    db::watch::forget(tx, id).await
}

/// One step of a server's health, stored, with its event.
async fn advance(
    tx: &mut Tx,
    ctx: &Context,
    id: MailboxId,
    direction: Direction,
    seen: Option<&Problem>,
) -> Result<Option<HappenedTo>> {
    let now = ctx.clock.now();
    let config = &ctx.config.watch;
    let before = db::watch::health(tx, id, direction).await?;
    let stepped = step(before.as_ref(), seen, now, config.every());
    let due = due_at(stepped.next, now, config, rand::rng().random_range(0..=1_000));
    db::watch::set(tx, id, direction, &stepped.health, due).await?;
    let Some(what) = stepped.event else { return Ok(None) };
    let since = stepped.health.trouble().or(before.as_ref().and_then(|before| before.trouble())).map(|(at, _)| at);
    let lasted_millis = (what == HappenedTo::Recovered).then(|| since.map(|since| now.millis_since(since))).flatten();
    // What went down did so when it was first seen, not when that was confirmed.
    let at = if what == HappenedTo::WentDown { since.unwrap_or(now) } else { now };
    let event = HealthEvent { at, direction: Some(direction), what, problem: seen.cloned(), lasted_millis };
    if what == HappenedTo::Recovered {
        db::watch::end_outages(tx, id, Some(direction), now).await?;
    }
    db::watch::add_event(tx, id, &event).await?;
    Ok(Some(what))
}

/// What stopped a check that ended.
pub(crate) fn seen(report: &CheckReport) -> Option<Problem> {
    if report.passed() {
        return None;
    }
    let deadline = || Problem::TimedOut { seconds: Duration::from_millis(report.millis).as_secs() };
    Some(report.problem().map_or_else(deadline, |(_, problem)| problem.clone()))
}
