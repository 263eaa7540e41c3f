//! What was found out a short while ago, so that the pages that follow a search need not search again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::model::{Discovery, EmailAddress};

/// How long it is remembered: somebody may go and make an application password meanwhile.
const KEPT: Duration = Duration::from_secs(3_600);
/// How long a search is remembered that may end otherwise once the DNS or the network is well again: for the next page.
const KEPT_UNFINISHED: Duration = Duration::from_secs(60);
/// How many addresses are remembered.
const MAX_KEPT: usize = 500;

/// By address.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<String, (Instant, Discovery)>>);

impl Memory {
    pub(super) fn get(&self, address: &EmailAddress) -> Option<Discovery> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, discovery) = known.get(&address.folded())?;
        (at.elapsed() < kept(discovery)).then(|| discovery.clone())
    }

    pub(super) fn keep(&self, discovery: &Discovery) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KEPT {
            known.retain(|_, (at, discovery)| at.elapsed() < kept(discovery));
        }
        if known.len() >= MAX_KEPT {
            let oldest = known.iter().min_by_key(|(_, (at, _))| *at).map(|(address, _)| address.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        known.insert(discovery.address.folded(), (Instant::now(), discovery.clone()));
    }
}

fn kept(discovery: &Discovery) -> Duration {
    if discovery.is_unfinished() { KEPT_UNFINISHED } else { KEPT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Problem, Source, SourceOutcome, SourceReport, Trouble};

    fn of(address: &str) -> Discovery {
        Discovery::nothing(EmailAddress::parse(address).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_old_or_too_much_is_forgotten() {
        let memory = Memory::default();
        memory.keep(&of("first@example.com"));
        assert!(memory.get(&EmailAddress::parse("First@Example.com").unwrap()).is_some());
        for number in 0..MAX_KEPT {
            tokio::time::advance(Duration::from_millis(1)).await;
            memory.keep(&of(&format!("{number}@example.com")));
        }
        assert!(memory.get(&EmailAddress::parse("first@example.com").unwrap()).is_none(), "the oldest makes room");
        let last = EmailAddress::parse(&format!("{}@example.com", MAX_KEPT - 1)).unwrap();
        assert!(memory.get(&last).is_some());
        tokio::time::advance(KEPT).await;
        assert!(memory.get(&last).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_dns_or_the_network_kept_from_being_found_is_asked_for_again_soon() {
        let dns = Problem::DnsFailed { host: "example.com".to_owned(), detail: "SERVFAIL".to_owned() };
        for trouble in [Trouble::TimedOut, Trouble::Unreachable { problem: dns }, Trouble::Status { status: 503 }] {
            let memory = Memory::default();
            let mut found = of("desk@example.com");
            let outcome = SourceOutcome::Failed { trouble };
            found.sources = vec![SourceReport { source: Source::Mx, outcome, asked: String::new(), millis: 0 }];
            memory.keep(&found);
            assert!(memory.get(&found.address).is_some(), "the next page still knows");
            tokio::time::advance(KEPT_UNFINISHED).await;
            assert_eq!(memory.get(&found.address), None, "{found:?}");
        }
    }
}
