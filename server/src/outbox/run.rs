//! The loop that sends what waits in the outbox, until it is told to stop.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::worker::deliver_until;
use crate::context::Context;
use crate::stop::Stop;

/// How often somebody looks for what has become due.
const ROUND: Duration = Duration::from_secs(5);
/// How many rounds of sending run beside each other when mail servers take their time.
const MOST_ROUNDS: usize = 8;

/// Sends what waits in the outbox: at once when something is queued, and every few seconds for what has become due.
/// Told to stop, it begins no further message and finishes the ones in hand.
///
/// A mail server that takes its time holds up nobody else: the next round begins beside it.
pub async fn run(ctx: Context, mut stop: Stop) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rounds = JoinSet::new();
    while !stop.is_asked() {
        tokio::select! {
            biased;
            () = stop.asked() => break,
            () = ctx.outbox.rung() => {}
            _ = round.tick() => {}
        }
        while rounds.try_join_next().is_some() {}
        if rounds.len() < MOST_ROUNDS {
            let (ctx, stop) = (ctx.clone(), stop.clone());
            rounds.spawn(async move {
                if let Err(error) = deliver_until(&ctx, &stop).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "The outbox could not be looked into.");
                }
            });
        }
    }
    while rounds.join_next().await.is_some() {}
}
