//! The loop that tells, until it is told to stop.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::context::Context;
use crate::stop::Stop;

/// How often somebody looks what has stopped.
const ROUND: Duration = Duration::from_secs(5);
/// In how many rounds somebody looks once what will end: every ten minutes.
const LOOK_AHEAD: u32 = 120;

/// Tells what stops and what ends until it is told to stop; what is in hand is finished.
///
/// What goes wrong on our side is logged and tried again.
pub async fn run(ctx: Context, mut stop: Stop) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rounds = 0_u32;
    loop {
        tokio::select! {
            biased;
            () = stop.asked() => return,
            _ = round.tick() => {}
        }
        if let Err(error) = super::tell(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Administrators could not be told.");
        }
        if rounds.is_multiple_of(LOOK_AHEAD)
            && let Err(error) = super::warn(&ctx).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "Administrators could not be warned.");
        }
        rounds = rounds.wrapping_add(1);
    }
}
