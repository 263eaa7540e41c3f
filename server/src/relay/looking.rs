//! Looking at the relay again and again, as the watch looks at mailboxes: a broken relay takes the alerts with it,
//! so it must not be silent.

use std::time::Duration;

use rand::Rng as _;
use tokio::time::{MissedTickBehavior, interval};

use super::target_of;
use crate::check::run_with;
use crate::context::Context;
use crate::db::relay::Stored;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Cause, CheckReport, Direction, Health, Incident};
use crate::stop::Stop;
use crate::watch;

/// How often somebody asks whether the relay is due.
const ROUND: Duration = Duration::from_secs(15);
/// How long one process may look before another one may: longer than the longest check.
const CLAIM_MILLIS: i64 = 180_000;

/// Looks at the relay whenever it is due, until it is told to stop. A look that is cut off is made again when its
/// claim has lapsed.
pub async fn run(ctx: Context, mut stop: Stop) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let looked = async {
            round.tick().await;
            look_again(&ctx).await
        };
        let looked = tokio::select! {
            biased;
            () = stop.asked() => return,
            looked = looked => looked,
        };
        if let Err(error) = looked {
            tracing::warn!(error = &error as &dyn std::error::Error, "The relay was not checked.");
        }
    }
}

/// Checks the relay when it is due and nobody else does; true where it was checked.
///
/// A failure is confirmed before the page tells of it. What was parked for a reason of the relay itself goes out
/// again when it works.
///
/// # Errors
/// When the database or the vault fails.
pub async fn look_again(ctx: &Context) -> Result<bool> {
    let now = ctx.clock.now();
    let until = now.plus_millis(CLAIM_MILLIS);
    let mut tx = ctx.db.write().await?;
    if !db::relay::claim(&mut tx, now, until).await? {
        return Ok(false);
    }
    let target = target_of(ctx, db::relay::load(&mut tx).await?)?;
    tx.commit().await?;

    let report = run_with(ctx, &target.plan(), |_| {}).await?;

    let mut tx = ctx.db.write().await?;
    let stored = db::relay::hold(&mut tx).await?;
    let ours = db::relay::release(&mut tx, until).await?;
    if !ours || stored.revision != target.revision || report.outcome.is_none() {
        return Ok(false);
    }
    let health = advance(&mut tx, ctx, &stored, &report).await?;
    if !matches!(health, Health::Doubtful { .. }) {
        db::relay::set_report(&mut tx, &report, ctx.clock.now()).await?;
    }
    // Mail that is parked because the relay refuses its sender waits for a person: it would only be refused again.
    let had_failed = matches!(stored.health, Some(Health::Failing { .. } | Health::Doubtful { .. }));
    if report.passed() && (stored.has_parked || had_failed) {
        let_go(&mut tx).await?;
    }
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(true)
}

/// One step of the relay's health, stored.
pub(super) async fn advance(tx: &mut Tx, ctx: &Context, before: &Stored, report: &CheckReport) -> Result<Health> {
    let now = ctx.clock.now();
    let config = &ctx.config.watch;
    let seen = watch::seen(report);
    let stepped = watch::step(before.health.as_ref(), seen.as_ref(), now, config.every());
    let due = watch::due_at(stepped.next, now, config, rand::rng().random_range(0..=1_000));
    db::relay::set_health(tx, &stepped.health, due).await?;
    if let Some(what) = stepped.event {
        let problem = seen.as_ref().map_or("none", crate::model::Problem::kind);
        tracing::info!(what = what.as_str(), problem, "The relay changed its state.");
    }
    Ok(stepped.health)
}

/// What was parked is due again.
pub(super) async fn let_go(tx: &mut Tx) -> Result<()> {
    db::relay::set_has_parked(tx, false).await?;
    db::outbox::unpark_relay(tx).await
}

/// What a broken relay stops: every default mailbox at work. `None` while it works, or there is none.
pub(crate) async fn incident(tx: &mut Tx) -> Result<Option<Incident>> {
    let Some(Health::Failing { since, problem }) = db::relay::load(tx).await?.health else { return Ok(None) };
    let mailboxes = db::relay::mailboxes(tx, since).await?;
    Ok(Some(Incident { cause: Cause::Relay, problem, direction: Direction::Outgoing, since, mailboxes }))
}
