//! Who may still connect, and who may still bring mail: counted for each network address, and all together.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::limits::Limits;

/// So many addresses are remembered before those that have their whole rate again are forgotten.
const REMEMBERED: usize = 4_096;

/// The counts; clones share them.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    counts: Arc<Mutex<Counts>>,
    connections: usize,
    per_address: usize,
    per_minute: f64,
}

#[derive(Debug, Default)]
struct Counts {
    open: usize,
    open_of: HashMap<IpAddr, usize>,
    messages_of: HashMap<IpAddr, Bucket>,
}

/// Messages an address may still bring; they come back one by one.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// A connection that is counted until it is dropped.
#[derive(Debug)]
pub(super) struct Visit {
    budget: Budget,
    of: IpAddr,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            counts: Arc::default(),
            connections: limits.connections,
            per_address: limits.connections_per_address,
            per_minute: f64::from(limits.messages_per_minute),
        }
    }

    /// Counts a connection; `None` when there are too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Visit> {
        let of = network(address);
        let mut counts = self.counts();
        let of_address = counts.open_of.get(&of).copied().unwrap_or_default();
        if counts.open >= self.connections || of_address >= self.per_address {
            return None;
        }
        counts.open += 1;
        counts.open_of.insert(of, of_address + 1);
        Some(Visit { budget: self.clone(), of })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Counts are whole after every line below, so a panic elsewhere has left nothing half done.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Counts a message; false when this address has brought too many.
    pub(super) fn may_bring_one(&self) -> bool {
        let now = Instant::now();
        let full = self.budget.per_minute;
        let refilled =
            |bucket: &Bucket| (bucket.left + now.duration_since(bucket.at).as_secs_f64() * full / 60.0).min(full);
        let mut counts = self.budget.counts();
        if counts.messages_of.len() >= REMEMBERED {
            counts.messages_of.retain(|_, bucket| refilled(bucket) < full);
        }
        let bucket = counts.messages_of.entry(self.of).or_insert(Bucket { left: full, at: now });
        let left = refilled(bucket);
        let may = left >= 1.0;
        *bucket = Bucket { left: if may { left - 1.0 } else { left }, at: now };
        may
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut counts = self.budget.counts();
        counts.open = counts.open.saturating_sub(1);
        match counts.open_of.get_mut(&self.of) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.open_of.remove(&self.of);
            }
        }
    }
}

/// What is one client: an IPv4 address, or the /64 that a provider gives to one customer.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::InboundConfig;

    fn budget() -> Budget {
        let limits = Limits::of(&InboundConfig {
            connections: 3,
            connections_per_address: 2,
            messages_per_minute: 2,
            ..InboundConfig::default()
        });
        Budget::new(&limits)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_every_connection() {
        let budget = budget();
        let first = budget.enter(address("192.0.2.1"));
        let _second = budget.enter(address("::ffff:192.0.2.1")).unwrap();
        assert!(budget.enter(address("192.0.2.1")).is_none());
        let _other = budget.enter(address("192.0.2.2")).unwrap();
        assert!(budget.enter(address("192.0.2.3")).is_none(), "three are open");
        drop(first);
        assert!(budget.enter(address("192.0.2.1")).is_some());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        let budget = budget();
        let _first = budget.enter(address("2001:db8::1")).unwrap();
        let _second = budget.enter(address("2001:db8::2")).unwrap();
        assert!(budget.enter(address("2001:db8::3")).is_none());
        assert!(budget.enter(address("2001:db8:0:1::3")).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn messages_come_back_one_by_one() {
        let budget = budget();
        let visit = budget.enter(address("192.0.2.1")).unwrap();
        assert!(visit.may_bring_one() && visit.may_bring_one() && !visit.may_bring_one());
        tokio::time::advance(Duration::from_secs(31)).await;
        assert!(visit.may_bring_one() && !visit.may_bring_one());
    }
}
