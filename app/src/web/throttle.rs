//! Brakes on everything a stranger can repeat.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

/// How many different keys are kept before idle ones are forgotten.
const SWEEP_ABOVE: usize = 10_000;

/// The brakes, shared by all requests.
#[derive(Clone)]
pub struct Throttles {
    by_account: Arc<DefaultKeyedRateLimiter<String>>,
    by_address: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    checks: Arc<DefaultKeyedRateLimiter<i64>>,
    searches: Arc<DefaultKeyedRateLimiter<i64>>,
    strangers: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    letters: Arc<DefaultKeyedRateLimiter<String>>,
}

/// Try again in this many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    pub retry_after_seconds: u64,
}

impl Throttles {
    /// `attempts` guesses at an account in `window_minutes`; four times as many from one address, at all accounts.
    ///
    /// Spent attempts come back one by one over the window (GCRA), not all at its end.
    #[must_use]
    pub fn new(attempts: NonZeroU32, window_minutes: NonZeroU32) -> Self {
        let over_the_window = |attempts: NonZeroU32| {
            let window = Duration::from_secs(u64::from(window_minutes.get()).saturating_mul(60));
            let pause = window.checked_div(attempts.get()).unwrap_or(window);
            Quota::with_period(pause).unwrap_or(Quota::per_minute(ONE)).allow_burst(attempts)
        };
        let letters = Quota::with_period(LETTER_EVERY).unwrap_or(Quota::per_hour(ONE)).allow_burst(LETTERS);
        Self {
            by_account: Arc::new(RateLimiter::keyed(over_the_window(attempts))),
            by_address: Arc::new(RateLimiter::keyed(over_the_window(attempts.saturating_mul(FOUR)))),
            checks: Arc::new(RateLimiter::keyed(Quota::per_second(ONE).allow_burst(THIRTY))),
            searches: Arc::new(RateLimiter::keyed(Quota::per_minute(TWENTY).allow_burst(TWENTY))),
            strangers: Arc::new(RateLimiter::keyed(Quota::per_second(ONE).allow_burst(THIRTY))),
            letters: Arc::new(RateLimiter::keyed(letters)),
        }
    }

    /// One attempt to sign in or to use the set-up code.
    ///
    /// # Errors
    /// [`TooMany`] when this account or this address has tried too often.
    pub fn attempt(&self, account: &str, address: IpAddr) -> Result<(), TooMany> {
        spend(&self.by_address, &address)?;
        spend(&self.by_account, &account.trim().to_lowercase())
    }

    /// One mail that a stranger has us send to an address, whether anybody has an account with it or not: three at
    /// once, and one every ten minutes after that.
    ///
    /// # Errors
    /// [`TooMany`] when there were too many to this address, or from this network address.
    pub fn letter(&self, to: &str, from: IpAddr) -> Result<(), TooMany> {
        spend(&self.by_address, &from)?;
        spend(&self.letters, &to.trim().to_lowercase())
    }

    /// One check started by a signed-in person: a brake on using Postroom to scan networks.
    ///
    /// # Errors
    /// [`TooMany`] when this person has started too many.
    pub fn check(&self, user: i64) -> Result<(), TooMany> {
        spend(&self.checks, &user)
    }

    /// One search for the servers of an address: each asks the DNS and servers that others name.
    ///
    /// # Errors
    /// [`TooMany`] when this person has started too many.
    pub fn search(&self, user: i64) -> Result<(), TooMany> {
        spend(&self.searches, &user)
    }

    /// One request of somebody who shows a token or a state instead of signing in.
    ///
    /// # Errors
    /// [`TooMany`] when there were too many from this address.
    pub fn stranger(&self, address: IpAddr) -> Result<(), TooMany> {
        spend(&self.strangers, &address)
    }
}

const ONE: NonZeroU32 = NonZeroU32::MIN;
const FOUR: NonZeroU32 = ONE.saturating_add(3);
const LETTERS: NonZeroU32 = ONE.saturating_add(2);
const LETTER_EVERY: Duration = Duration::from_secs(10 * 60);
const TWENTY: NonZeroU32 = ONE.saturating_add(19);
const THIRTY: NonZeroU32 = ONE.saturating_add(29);

fn spend<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), TooMany> {
    if limiter.len() > SWEEP_ABOVE {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait: Duration = not_until.wait_time_from(limiter.clock().now());
        TooMany { retry_after_seconds: wait.as_secs().saturating_add(1) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_flooded_with_mails_that_strangers_ask_for() {
        let brakes = Throttles::new(NonZeroU32::new(100).unwrap(), NonZeroU32::new(15).unwrap());
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        for last in 1..=3 {
            assert_eq!(brakes.letter("ada@example.com", from(last)), Ok(()));
        }
        let refused = brakes.letter(" ADA@Example.com", from(4)).unwrap_err();
        assert!((60..=601).contains(&refused.retry_after_seconds), "{refused:?}");
        assert_eq!(brakes.letter("bob@example.com", from(4)), Ok(()));
        assert_eq!(brakes.attempt("ada@example.com", from(5)), Ok(()), "signing in is another matter");
    }

    #[test]
    fn searching_is_braked_for_each_person() {
        let brakes = Throttles::new(NonZeroU32::new(2).unwrap(), NonZeroU32::new(2).unwrap());
        assert!((0..20).all(|_| brakes.search(1).is_ok()));
        assert!(brakes.search(1).is_err());
        assert!(brakes.search(2).is_ok());
    }

    #[test]
    fn guessing_is_braked_by_account_and_by_address() {
        let brakes = Throttles::new(NonZeroU32::new(2).unwrap(), NonZeroU32::new(2).unwrap());
        let here = IpAddr::from([192, 0, 2, 1]);
        let there = IpAddr::from([192, 0, 2, 2]);
        assert_eq!(brakes.attempt("ada@example.com", here), Ok(()));
        assert_eq!(brakes.attempt(" ADA@example.com", there), Ok(()));
        let refused = brakes.attempt("ada@example.com", here).unwrap_err();
        assert!((1..=61).contains(&refused.retry_after_seconds), "{refused:?}");
        for n in 0..6 {
            assert_eq!(brakes.attempt(&format!("user{n}@example.com"), here), Ok(()), "{n}");
        }
        assert!(brakes.attempt("another@example.com", here).is_err());
        assert_eq!(brakes.attempt("another@example.com", there), Ok(()));
    }
}
