//! Asks the DNS for one look: nothing twice, and every answer within its time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::net::dns::records::{Exchange, Unanswered};
use crate::net::dns::{Dns, Host};

/// One look at a domain.
pub(super) struct Asker<'a> {
    dns: &'a Dns,
    /// For each question.
    deadline: Duration,
    texts: Mutex<HashMap<String, Vec<String>>>,
    addresses: Mutex<HashMap<(String, bool), Vec<IpAddr>>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(dns: &'a Dns, deadline: Duration) -> Self {
        Self { dns, deadline, texts: Mutex::default(), addresses: Mutex::default() }
    }

    pub(super) async fn txt(&self, name: &str) -> Result<Vec<String>, Unanswered> {
        let key = name.to_lowercase();
        let known = self.texts.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self.dns.txt(name, self.deadline).await?;
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        Ok(found)
    }

    pub(super) async fn exchanges(&self, name: &str) -> Result<Vec<Exchange>, Unanswered> {
        self.dns.exchanges(name, self.deadline).await
    }

    pub(super) async fn family(&self, name: &str, v6: bool) -> Result<Vec<IpAddr>, Unanswered> {
        let key = (name.to_lowercase(), v6);
        let known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self.dns.family_of(name, v6, self.deadline).await?;
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        Ok(found)
    }

    /// Every address of a host; an address is its own answer.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Unanswered> {
        match Host::read(host) {
            Some(Host::Address(address)) => Ok(vec![address]),
            Some(Host::Name(name)) => {
                let (v4, v6) = futures::join!(self.family(&name, false), self.family(&name, true));
                Ok([v4?, v6?].concat())
            }
            None => Ok(Vec::new()),
        }
    }
}
