//! One look at a server: how it is doing now, what happened, and when to look again. No clock, no database.

use std::time::Duration;

use crate::config::WatchConfig;
use crate::model::{HappenedTo, Health, Problem, Timestamp};

/// A server that a person has to repair is left alone longer and longer, up to this: repeated refusals make
/// providers lock accounts.
const LONGEST_REST_MILLIS: i64 = 4 * 60 * 60 * 1_000;
/// How far the next look may be from its time, in thousandths, so that mailboxes do not all come at once.
const JITTER: i64 = 200;

/// What follows from a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub health: Health,
    pub next: Next,
    /// What is worth remembering.
    pub event: Option<HappenedTo>,
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Soon, to make sure.
    Confirm,
    /// About so many milliseconds from now.
    In(i64),
}

/// What a look at a server means after what was known of it.
pub(crate) fn step(before: Option<&Health>, seen: Option<&Problem>, now: Timestamp, every: Duration) -> Step {
    let every = millis(every);
    let Some(problem) = seen else {
        let event = matches!(before, Some(Health::Failing { .. })).then_some(HappenedTo::Recovered);
        return Step { health: Health::Working, next: Next::In(every), event };
    };
    let problem = problem.clone();
    match before {
        None | Some(Health::Working) => {
            Step { health: Health::Doubtful { since: now, problem }, next: Next::Confirm, event: None }
        }
        Some(Health::Doubtful { since, .. }) => {
            let next = Next::In(rest(&problem, *since, now, every));
            Step { health: Health::Failing { since: *since, problem }, next, event: Some(HappenedTo::WentDown) }
        }
        Some(Health::Failing { since, problem: known }) => {
            let next = Next::In(rest(&problem, *since, now, every));
            // A server that now refuses and now does not answer is one story, as long as nobody has to act.
            let another = known.kind() != problem.kind() && (known.needs_person() || problem.needs_person());
            let event = another.then_some(HappenedTo::OtherProblem);
            Step { health: Health::Failing { since: *since, problem }, next, event }
        }
    }
}

/// The moment of the next look. `chance` is from 0 to 1000, and 500 is exactly on time.
pub(crate) fn due_at(next: Next, now: Timestamp, config: &WatchConfig, chance: i64) -> Timestamp {
    let chance = chance.clamp(0, 1_000);
    now.plus_millis(match next {
        // Between once and twice the time.
        Next::Confirm => {
            let confirm = i64::from(config.confirm_seconds) * 1_000;
            confirm + confirm * chance / 1_000
        }
        Next::In(millis) => millis.saturating_add(millis / 1_000 * (JITTER * (chance - 500) / 500)),
    })
}

/// How long a failing server is left alone: as usual where it may come back by itself, else half as long as it
/// has been failing.
fn rest(problem: &Problem, since: Timestamp, now: Timestamp, every: i64) -> i64 {
    if problem.needs_person() { every.max((now.millis_since(since) / 2).min(LONGEST_REST_MILLIS)) } else { every }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000);
    const EVERY: Duration = Duration::from_secs(900);
    const MINUTE: i64 = 60_000;

    fn gone() -> Problem {
        Problem::ConnectionRefused { host: "imap.example.com".to_owned(), port: 993 }
    }

    fn slow() -> Problem {
        Problem::TimedOut { seconds: 10 }
    }

    fn refused() -> Problem {
        Problem::BadCredentials { reply: "no".to_owned() }
    }

    fn doubtful(problem: Problem) -> Health {
        Health::Doubtful { since: START, problem }
    }

    fn failing(problem: Problem) -> Health {
        Health::Failing { since: START, problem }
    }

    #[test]
    fn a_failure_is_confirmed_before_it_alarms_and_told_once() {
        use HappenedTo::{OtherProblem, Recovered, WentDown};
        let later = |minutes: i64| START.plus_millis(minutes * MINUTE);
        let usual = Next::In(15 * MINUTE);
        type Line = (Option<Health>, Option<Problem>, i64, Health, Next, Option<HappenedTo>);
        let table: [Line; 14] = [
            (None, None, 0, Health::Working, usual, None),
            (None, Some(gone()), 0, doubtful(gone()), Next::Confirm, None),
            (Some(Health::Working), None, 0, Health::Working, usual, None),
            (Some(Health::Working), Some(gone()), 0, doubtful(gone()), Next::Confirm, None),
            (Some(doubtful(gone())), None, 2, Health::Working, usual, None),
            (Some(doubtful(gone())), Some(gone()), 2, failing(gone()), usual, Some(WentDown)),
            (Some(doubtful(gone())), Some(refused()), 2, failing(refused()), usual, Some(WentDown)),
            (Some(failing(gone())), Some(gone()), 17, failing(gone()), usual, None),
            (Some(failing(gone())), Some(slow()), 17, failing(slow()), usual, None),
            (Some(failing(gone())), Some(refused()), 17, failing(refused()), usual, Some(OtherProblem)),
            (Some(failing(refused())), Some(gone()), 17, failing(gone()), usual, Some(OtherProblem)),
            // Nobody hammers a server with a password that it refuses.
            (Some(failing(refused())), Some(refused()), 120, failing(refused()), Next::In(60 * MINUTE), None),
            (Some(failing(refused())), Some(refused()), 9_999, failing(refused()), Next::In(240 * MINUTE), None),
            (Some(failing(gone())), None, 32, Health::Working, usual, Some(Recovered)),
        ];
        for (before, seen, minutes, health, next, event) in table {
            let stepped = step(before.as_ref(), seen.as_ref(), later(minutes), EVERY);
            assert_eq!(stepped, Step { health, next, event }, "{before:?} and then {seen:?}");
        }
    }

    #[test]
    fn looks_are_spread_and_a_confirmation_comes_within_two_minutes() {
        let config = WatchConfig::default();
        let due = |next, chance| due_at(next, Timestamp(0), &config, chance).0;
        assert_eq!((due(Next::Confirm, 0), due(Next::Confirm, 1_000)), (MINUTE, 2 * MINUTE));
        let usual = Next::In(15 * MINUTE);
        assert_eq!((due(usual, 0), due(usual, 500), due(usual, 1_000)), (12 * MINUTE, 15 * MINUTE, 18 * MINUTE));
        assert_eq!((due(usual, -5), due(usual, 5_000)), (12 * MINUTE, 18 * MINUTE));
    }
}
