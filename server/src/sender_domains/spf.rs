//! Sender Policy Framework (RFC 7208): may this address send as that domain?
//!
//! Evaluated as receivers do, with their limits: ten look-ups, two that find nothing, ten hosts of an MX.

mod macros;
mod record;

use std::net::IpAddr;

use futures::future::BoxFuture;

use self::macros::expand;
use self::record::{Mechanism, Qualifier};
pub(super) use self::record::{Record, is_spf};
use super::asker::Asker;
use crate::net::dns::records::Unanswered;

/// Look-ups that one evaluation may need (RFC 7208 4.6.4).
const MAX_LOOK_UPS: u8 = 10;
/// Look-ups among them that may find nothing.
const MAX_VOID: u8 = 2;
/// Hosts of one MX that are compared.
const MAX_EXCHANGES: usize = 10;

/// Whose mail it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub local_part: &'a str,
    pub domain: &'a str,
    pub helo: &'a str,
}

/// What a domain says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Unanswered(Unanswered),
    NoRecord { domain: String },
    Several { domain: String, count: usize },
    Broken { term: String },
    TooManyLookUps,
    TooManyVoid,
    Loop { domain: String },
}

/// One evaluation, for one address.
pub(super) struct Evaluation<'a> {
    asker: &'a Asker<'a>,
    sender: Sender<'a>,
    address: IpAddr,
    look_ups: u8,
    void: u8,
    /// The domains whose records are being read, the outermost first.
    within: Vec<String>,
    /// Every domain whose record was included or redirected to.
    pub visited: Vec<String>,
}

impl<'a> Evaluation<'a> {
    pub(super) const fn new(asker: &'a Asker<'a>, sender: Sender<'a>, address: IpAddr) -> Self {
        Self { asker, sender, address, look_ups: 0, void: 0, within: Vec::new(), visited: Vec::new() }
    }

    /// Evaluates the record of a domain; `check_host()` of RFC 7208 4.
    pub(super) async fn run(&mut self) -> Result<Answer, Stop> {
        self.check_host(self.sender.domain.to_owned()).await
    }

    fn check_host(&mut self, domain: String) -> BoxFuture<'_, Result<Answer, Stop>> {
        Box::pin(async move {
            if self.within.contains(&domain) {
                return Err(Stop::Loop { domain });
            }
            let texts = self.asker.txt(&domain).await.map_err(Stop::Unanswered)?;
            let records: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
            let record = match records.as_slice() {
                [] => return Err(Stop::NoRecord { domain }),
                [one] => Record::read(one).map_err(|term| Stop::Broken { term })?,
                several => return Err(Stop::Several { domain, count: several.len() }),
            };
            self.within.push(domain.clone());
            let answer = self.evaluate(&record, &domain).await;
            self.within.pop();
            answer
        })
    }

    async fn evaluate(&mut self, record: &Record, domain: &str) -> Result<Answer, Stop> {
        for (qualifier, mechanism) in &record.directives {
            if self.matches(mechanism, domain).await? {
                return Ok(match qualifier {
                    Qualifier::Pass => Answer::Pass,
                    Qualifier::Fail => Answer::Fail,
                    Qualifier::SoftFail => Answer::SoftFail,
                    Qualifier::Neutral => Answer::Neutral,
                });
            }
        }
        match &record.redirect {
            Some(spec) => {
                self.count()?;
                let target = self.target(Some(spec), domain)?;
                self.visited.push(target.clone());
                self.check_host(target).await
            }
            None => Ok(Answer::Neutral),
        }
    }

    async fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Result<bool, Stop> {
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip(network) => Ok(network.holds(self.address)),
            Mechanism::Include(spec) => {
                self.count()?;
                let target = self.target(Some(spec), domain)?;
                self.visited.push(target.clone());
                // An answer of `Pass` matches, every other one does not (RFC 7208 5.2).
                Ok(self.check_host(target).await? == Answer::Pass)
            }
            Mechanism::A { domain: spec, prefixes } => {
                self.count()?;
                let target = self.target(spec.as_ref(), domain)?;
                let found = self.family(&target).await?;
                self.note(found.is_empty())?;
                Ok(found.iter().any(|&address| prefixes.around(address).holds(self.address)))
            }
            Mechanism::Mx { domain: spec, prefixes } => {
                self.count()?;
                let target = self.target(spec.as_ref(), domain)?;
                let hosts = self.asker.exchanges(&target).await.map_err(Stop::Unanswered)?;
                self.note(hosts.is_empty())?;
                for host in hosts.iter().take(MAX_EXCHANGES).filter(|host| !host.host.is_empty()) {
                    let found = self.family(&host.host).await?;
                    if found.iter().any(|&address| prefixes.around(address).holds(self.address)) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            // It asks for the name of the address, which nobody should rest on (RFC 7208 5.5).
            Mechanism::Ptr => self.count().map(|()| false),
            Mechanism::Exists(spec) => {
                self.count()?;
                let target = self.target(Some(spec), domain)?;
                let found = self.asker.family(&target, false).await.map_err(Stop::Unanswered)?;
                self.note(found.is_empty())?;
                Ok(!found.is_empty())
            }
        }
    }

    /// The addresses of a host in the family of the address that sends.
    async fn family(&self, host: &str) -> Result<Vec<IpAddr>, Stop> {
        self.asker.family(host, self.address.is_ipv6()).await.map_err(Stop::Unanswered)
    }

    fn target(&self, spec: Option<&String>, domain: &str) -> Result<String, Stop> {
        let Some(spec) = spec else { return Ok(domain.to_owned()) };
        let expanded = expand(spec, self.sender, self.address, domain);
        let name = expanded.ok_or_else(|| Stop::Broken { term: spec.clone() })?;
        Ok(name.trim_end_matches('.').to_lowercase())
    }

    fn count(&mut self) -> Result<(), Stop> {
        self.look_ups = self.look_ups.saturating_add(1);
        if self.look_ups > MAX_LOOK_UPS { Err(Stop::TooManyLookUps) } else { Ok(()) }
    }

    fn note(&mut self, void: bool) -> Result<(), Stop> {
        self.void = self.void.saturating_add(u8::from(void));
        if self.void > MAX_VOID { Err(Stop::TooManyVoid) } else { Ok(()) }
    }
}
