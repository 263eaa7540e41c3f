//! The loop that hands out looks, some at a time, until it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{Claim, check, claim_due, release, settle};
use crate::clock::Clock;
use crate::context::Context;
use crate::error::Result;
use crate::model::Timestamp;
use crate::stop::Stop;

/// How often somebody asks what is due.
const ROUND: Duration = Duration::from_secs(1);
/// A loop that has not turned for so long is stuck.
const STUCK_MILLIS: i64 = 60_000;

/// When the loop last turned; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<AtomicI64>);

impl Pulse {
    fn beat(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::Relaxed);
    }

    /// True while the loop turns.
    #[must_use]
    pub fn is_alive(&self, clock: &Clock) -> bool {
        clock.now().millis_since(Timestamp(self.0.load(Ordering::Relaxed))) < STUCK_MILLIS
    }
}

/// Looks at mailboxes until it is told to stop; then it hands out no more, finishes what is in hand within `grace`,
/// and gives back the claims of what is not finished by then.
///
/// At most `watch.at_once` checks run at a time. What goes wrong on our side is logged and tried again.
pub async fn run(ctx: Context, mut stop: Stop, grace: Duration) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = Looks::default();
    let at_once = usize::try_from(ctx.config.watch.at_once).unwrap_or(usize::MAX).max(1);
    while !stop.is_asked() {
        tokio::select! {
            biased;
            () = stop.asked() => break,
            () = looks.next() => {}
            _ = round.tick() => {}
        }
        ctx.pulse.beat(ctx.clock.now());
        match claim_due(&ctx, at_once.saturating_sub(looks.tasks.len())).await {
            Ok(claims) => looks.begin(&ctx, claims),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Nobody knows which mailboxes are due.");
            }
        }
    }
    looks.finish(&ctx, grace).await;
}

/// The looks in hand.
#[derive(Default)]
struct Looks {
    tasks: JoinSet<Claim>,
    claims: Vec<Claim>,
}

impl Looks {
    fn begin(&mut self, ctx: &Context, claims: Vec<Claim>) {
        for claim in claims {
            self.claims.push(claim.clone());
            let ctx = ctx.clone();
            self.tasks.spawn(async move {
                if let Err(error) = look(&ctx, &claim).await {
                    // The claim lapses, and somebody tries again.
                    let mailbox = claim.mailbox.0;
                    tracing::warn!(mailbox, error = &error as &dyn std::error::Error, "A mailbox was not checked.");
                }
                claim
            });
        }
    }

    /// Waits until a look is over; for ever while there is none.
    async fn next(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(done)) => self.claims.retain(|claim| *claim != done),
            Some(Err(error)) => tracing::error!(error = &error as &dyn std::error::Error, "A check was cut off."),
            None => std::future::pending().await,
        }
    }

    async fn finish(mut self, ctx: &Context, grace: Duration) {
        let all = async {
            while !self.tasks.is_empty() {
                self.next().await;
            }
        };
        if timeout(grace, all).await.is_err() {
            self.tasks.shutdown().await;
        }
        for claim in &self.claims {
            if let Err(error) = release(ctx, claim).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "A claim was not given back; it lapses.");
            }
        }
    }
}

async fn look(ctx: &Context, claim: &Claim) -> Result<()> {
    match check(ctx, claim).await? {
        Some(report) => settle(ctx, claim, &report).await.map(drop),
        None => release(ctx, claim).await,
    }
}
