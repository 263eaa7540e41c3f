//! Tells ahead what will end: 30, 14, 7 and 1 days before, once each.
//!
//! What is first seen five days before its end is told once for the seven days, and not for those that have passed.
//! All that is due is one mail, and there is one mail a day; only what ends tomorrow or today does not wait for the
//! next one.

use super::letters;
use super::post::Post;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::forecast;
use crate::model::{AlertKind, Ending, Timestamp};
use crate::users::Sight;

/// How many days ahead, the nearest first.
const AHEAD: [i64; 4] = [1, 7, 14, 30];
/// An end that has moved by less is the same one: providers count from when they answer.
const SLACK_MILLIS: i64 = 12 * 60 * 60 * 1_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// Tells what ends soon and was not told yet, and answers how many mails were queued.
///
/// # Errors
/// When the database fails; then nothing was told.
pub async fn warn(ctx: &Context) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.read().await?;
    let nothing = Post::open(&mut tx).await?.is_none() || due(&mut tx, ctx, now).await?.is_empty();
    drop(tx);
    if nothing {
        return Ok(0);
    }
    let mut tx = ctx.db.write().await?;
    db::alerts::take_turn(&mut tx, now).await?;
    let Some(post) = Post::open(&mut tx).await? else { return Ok(0) };
    let due = due(&mut tx, ctx, now).await?;
    if due.is_empty() {
        return Ok(0);
    }
    for (ending, days) in &due {
        db::alerts::add_warning(&mut tx, &ending.what, ending.ends_at, *days, now).await?;
    }
    let endings: Vec<Ending> = due.into_iter().map(|(ending, _)| ending).collect();
    let words = |language| letters::warning(&ctx.config, &endings, language);
    let queued = post.send(&mut tx, ctx, AlertKind::Warning, None, words).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(queued)
}

/// What is to be told now, and for which number of days; the soonest end first.
async fn due(tx: &mut Tx, ctx: &Context, now: Timestamp) -> Result<Vec<(Ending, i64)>> {
    let mut due = Vec::new();
    for ending in forecast::list_in(tx, ctx, &Sight::Account).await? {
        let Some(days) = threshold(ending.days_left) else { continue };
        if !db::alerts::was_warned(tx, &ending.what, ending.ends_at, days, SLACK_MILLIS).await? {
            due.push((ending, days));
        }
    }
    let day = |moment: Timestamp| moment.0.div_euclid(MILLIS_PER_DAY);
    let told_today = db::alerts::last_warning(tx).await?.is_some_and(|at| day(at) == day(now));
    let pressing = due.iter().any(|(_, days)| *days == 1);
    Ok(if told_today && !pressing { Vec::new() } else { due })
}

/// For how many days ahead something is told that has so many left; `None` where it is too early, or too late.
fn threshold(days_left: i64) -> Option<i64> {
    (days_left >= 0).then(|| AHEAD.into_iter().find(|days| days_left <= *days)).flatten()
}

#[cfg(test)]
mod tests {
    use super::threshold;

    #[test]
    fn each_number_of_days_is_told_until_the_next_one() {
        for (left, days) in [
            (31, None),
            (30, Some(30)),
            (15, Some(30)),
            (14, Some(14)),
            (8, Some(14)),
            (7, Some(7)),
            (5, Some(7)),
            (2, Some(7)),
            (1, Some(1)),
            (0, Some(1)),
            (-1, None),
        ] {
            assert_eq!(threshold(left), days, "{left}");
        }
    }
}
