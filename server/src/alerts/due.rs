//! What is to be done now: decided from what is wrong, what is open, and what time it is.

use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{Alert, AlertEnding, AlertId, AlertKind, Cause, Direction, Incident, Problem, Stopped, Timestamp};
use crate::watch;

/// So long after the last mailbox joined, a cause is taken to have collected its mailboxes.
const QUIET_MILLIS: i64 = 60_000;
/// A cause is told after this time, though mailboxes go on to join it.
const LONGEST_WAIT_MILLIS: i64 = 180_000;
/// Between two mails about one cause that goes on.
const BETWEEN_MILLIS: i64 = 6 * 60 * 60 * 1_000;
/// A cause that comes back so soon after its recovery was told flaps,
const FLAPPING_MILLIS: i64 = 30 * 60 * 1_000;
/// and is told again once it has lasted so long.
const PATIENCE_MILLIS: i64 = 10 * 60 * 1_000;

/// One thing to do.
pub(super) enum Act {
    Open(Incident),
    /// Other mailboxes have stopped for the same cause.
    Grow {
        alert: AlertId,
        mailboxes: Vec<Stopped>,
    },
    Tell {
        alert: AlertId,
        kind: AlertKind,
        /// How many mailboxes were told of before.
        before: u32,
        incident: Incident,
    },
    Close {
        alert: AlertId,
        ending: AlertEnding,
        /// What works again, and in which direction.
        back: Vec<Stopped>,
        /// Where it was told that it had stopped: since when, and why.
        told: Option<(Timestamp, Problem, Direction, Cause)>,
    },
}

/// Everything that is to be done now.
pub(super) async fn acts(tx: &mut Tx, now: Timestamp, can_tell: bool) -> Result<Vec<Act>> {
    let open = db::alerts::open(tx).await?;
    let incidents = watch::stopped_mailboxes(tx).await?;
    let mut acts = Vec::new();
    for alert in &open {
        if !incidents.iter().any(|incident| incident.cause == alert.cause) {
            acts.extend(over(tx, alert).await?);
        }
    }
    for incident in incidents {
        let Some(alert) = open.iter().find(|alert| alert.cause == incident.cause) else {
            acts.push(Act::Open(incident));
            continue;
        };
        if let Some(mailboxes) = joined(&alert.mailboxes, &incident.mailboxes) {
            acts.push(Act::Grow { alert: alert.id, mailboxes });
        } else if can_tell && is_due(tx, alert, &incident, now).await? {
            let kind = if alert.told_at.is_none() { AlertKind::Stopped } else { AlertKind::More };
            acts.push(Act::Tell { alert: alert.id, kind, before: alert.told_count, incident });
        }
    }
    Ok(acts)
}

/// Everything that was or is stopped, where that is more than before.
fn joined(before: &[Stopped], now: &[Stopped]) -> Option<Vec<Stopped>> {
    let mut all = before.to_vec();
    let mut grew = false;
    for one in now {
        match all.iter_mut().find(|known| known.id == one.id) {
            Some(known) if (known.incoming || !one.incoming) && (known.outgoing || !one.outgoing) => {}
            Some(known) => {
                known.incoming |= one.incoming;
                known.outgoing |= one.outgoing;
                grew = true;
            }
            None => {
                all.push(one.clone());
                grew = true;
            }
        }
    }
    grew.then_some(all)
}

async fn is_due(tx: &mut Tx, alert: &Alert, incident: &Incident, now: Timestamp) -> Result<bool> {
    if let Some(told_at) = alert.told_at {
        let doubled = incident.mailboxes.len() >= usize::try_from(alert.told_count).unwrap_or(usize::MAX) * 2;
        return Ok(doubled && now.millis_since(told_at) >= BETWEEN_MILLIS);
    }
    let quiet = now.millis_since(alert.grew_at) >= QUIET_MILLIS;
    if !quiet && now.millis_since(alert.opened_at) < LONGEST_WAIT_MILLIS {
        return Ok(false);
    }
    let recovered_at = db::alerts::recovered_at(tx, &alert.cause).await?;
    let flaps = recovered_at.is_some_and(|at| alert.opened_at.millis_since(at) < FLAPPING_MILLIS);
    Ok(!flaps || now.millis_since(incident.since) >= PATIENCE_MILLIS)
}

/// How an alert ended whose cause is gone; `None` while that is not certain.
async fn over(tx: &mut Tx, alert: &Alert) -> Result<Option<Act>> {
    let mut back = Vec::new();
    let mut fails = false;
    for mailbox in &alert.mailboxes {
        let mut works = Stopped { incoming: false, outgoing: false, ..mailbox.clone() };
        for (direction, stopped, works) in [
            (Direction::Incoming, mailbox.incoming, &mut works.incoming),
            (Direction::Outgoing, mailbox.outgoing, &mut works.outgoing),
        ] {
            if !stopped {
                continue;
            }
            match db::alerts::standing(tx, mailbox.id, direction).await? {
                // Nobody looks after it.
                None => {}
                Some(state) => match state.as_deref() {
                    Some("working") => *works = true,
                    Some("failing") => fails = true,
                    // It failed once, or nobody has looked again: the next look will tell.
                    _ => return Ok(None),
                },
            }
        }
        if works.incoming || works.outgoing {
            back.push(works);
        }
    }
    let ending = if !back.is_empty() {
        AlertEnding::Recovered
    } else if fails {
        AlertEnding::OtherCause
    } else {
        AlertEnding::AtRest
    };
    let told = alert.told_at.map(|_| (alert.since, alert.problem.clone(), alert.direction, alert.cause.clone()));
    Ok(Some(Act::Close { alert: alert.id, ending, back, told }))
}
