//! Finds a mailbox's servers from its address alone.
//!
//! ```text
//! table ─► known domain: done, nobody is asked
//!   │
//!   ▼    all at once, each with its own time limit
//! mx · pacc · autoconfig · well-known · directory · mx's autoconfig · mx's directory · srv · autodiscover
//!   │    the first in this order wins, however late it came; who is behind a winner is not waited for, nor heard
//!   ▼
//! guess    only for what is still missing: a few usual names are greeted
//! ```
//!
//! A source that fails hides no other. No password and no cookie is ever sent; documents are fetched over HTTPS alone;
//! what users name passes the guard, with every redirect and every guess. Of the address, the domain's own servers may
//! learn the whole; the public directory and Microsoft learn the domain.

pub mod autoconfig;
pub mod autodiscover;
pub mod found;
mod guess;
mod http;
mod memory;
pub mod pacc;
pub mod srv;
pub mod table;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, Shared},
    stream::FuturesUnordered,
};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use self::{found::Found, http::Http, memory::Memory};
pub use self::{
    http::MAX_DOCUMENT_BYTES,
    table::{Table, TableError},
};
use crate::{
    config::DiscoveryConfig,
    model::{
        Because, Candidate, Discovery, EmailAddress, Need, NeedKind, OAuthProvider, Problem, Progress, Protocol,
        Source, SourceOutcome, SourceReport, Trouble,
    },
    net::{
        Dialer,
        dns::{
            Host,
            records::{Exchange, Unanswered},
        },
    },
};

/// Where Microsoft is asked whether a domain's mail is there.
const AUTODISCOVER_HOST: &str = "autodiscover-s.outlook.com";
/// A name for the mailbox that Microsoft is asked about, so that it does not learn the real one.
const MADE_UP_MAILBOX: &str = "postroom";

/// Why a document of others cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("it is longer than {} KiB", MAX_DOCUMENT_BYTES / 1024)]
    TooLong,
    #[error("its elements are too deep inside each other")]
    TooDeep,
    #[error("it has a document type, which none of these files needs")]
    DocumentType,
    #[error("it uses an entity of its own")]
    Entity,
    #[error("it is no XML: {0}")]
    NotXml(String),
    #[error("it is no JSON of this kind: {0}")]
    NotJson(String),
    #[error("it is about something else")]
    SomethingElse,
}

/// The ports that are dialled; other ones are for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    pub https: u16,
    pub imaps: u16,
    pub imap: u16,
    pub submissions: u16,
    pub submission: u16,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// One question to the DNS.
    pub dns: Duration,
    /// One document, with all its redirects.
    pub document: Duration,
    /// Everything but guessing.
    pub asking: Duration,
    /// Guessing.
    pub guessing: Duration,
}

/// What a [`Discoverer`] is made from.
#[derive(Clone, Debug)]
pub struct Options {
    /// False: the table alone, and nothing that leaves this machine.
    pub enabled: bool,
    /// The public directory; domains are put behind it.
    pub directory: Option<Url>,
    pub table: Table,
    pub ports: Ports,
    pub patience: Patience,
}

/// Why there can be no discoverer: a fault of ours or of the operator's settings.
#[derive(Debug, thiserror::Error)]
pub enum DiscovererError {
    #[error("the list of providers cannot be used")]
    Table(#[from] TableError),
    #[error("there can be no HTTP client")]
    Http(#[from] reqwest::Error),
}

/// Everything needed to find servers; made once and shared.
#[derive(Debug)]
pub struct Discoverer {
    dialer: Arc<Dialer>,
    http: Http,
    options: Options,
    memory: Memory,
}

impl Default for Ports {
    fn default() -> Self {
        Self { https: 443, imaps: 993, imap: 143, submissions: 465, submission: 587 }
    }
}

impl Default for Patience {
    /// Six seconds at most.
    fn default() -> Self {
        Self {
            dns: Duration::from_millis(2_500),
            document: Duration::from_millis(2_500),
            asking: Duration::from_secs(4),
            guessing: Duration::from_secs(2),
        }
    }
}

impl Options {
    /// What the operator has decided.
    ///
    /// # Errors
    /// When the operator's list of providers cannot be used.
    pub fn of(config: &DiscoveryConfig) -> Result<Self, DiscovererError> {
        let table = config.providers_file.as_deref().map_or_else(Table::built_in, Table::with_file)?;
        Ok(Self { enabled: config.enabled, directory: config.directory.clone(), ..Self::with_table(table) })
    }

    /// The usual ones, with this list of providers and no public directory.
    #[must_use]
    pub fn with_table(table: Table) -> Self {
        Self { enabled: true, directory: None, table, ports: Ports::default(), patience: Patience::default() }
    }
}

impl Discoverer {
    /// Documents and guesses go where `dialer` may go.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(dialer: Arc<Dialer>, options: Options) -> Result<Self, DiscovererError> {
        let http = Http::new(&dialer, options.ports.https, options.patience.document)?;
        Ok(Self { dialer, http, options, memory: Memory::default() })
    }

    /// What has to be done at the provider before it is of any use to sign in there for this address.
    #[must_use]
    pub fn needs_of_sign_in(&self, address: &EmailAddress, way: OAuthProvider) -> Vec<Need> {
        match Host::read(address.domain()) {
            Some(Host::Name(domain)) => self.options.table.needs_of_sign_in(&domain, way),
            Some(Host::Address(_)) | None => Vec::new(),
        }
    }

    /// What [`discover`] found out about this address a short while ago.
    #[must_use]
    pub fn remembered(&self, address: &EmailAddress) -> Option<Discovery> {
        self.memory.get(address)
    }
}

/// Finds out what there is to know about an address; `report` hears of every source as it begins and ends.
///
/// Never fails and ends within [`Patience`]: what went wrong is told with its source.
pub async fn discover(
    discoverer: &Discoverer,
    address: &EmailAddress,
    report: impl Fn(Progress) + Send + Sync,
) -> Discovery {
    let began = Instant::now();
    let mut search = Search { discoverer, address, ended: BTreeMap::new(), found: BTreeMap::new() };
    match Host::read(address.domain()) {
        Some(Host::Name(domain)) => search.run(&domain, &report).await,
        Some(Host::Address(_)) | None => {
            let trouble =
                Trouble::Unreachable { problem: Problem::HostNameInvalid { host: address.domain().to_owned() } };
            search.end(Source::Table, SourceOutcome::Failed { trouble }, address.domain(), 0, &report);
        }
    }
    let mut discovery = search.into_discovery();
    discovery.millis = millis_since(began);
    discoverer.memory.keep(&discovery);
    discovery
}

type Reporting<'a> = &'a (dyn Fn(Progress) + Send + Sync);
type Exchanges<'a> = Shared<BoxFuture<'a, Result<Vec<Exchange>, Unanswered>>>;
type Answer = Result<Option<Found>, Trouble>;

/// One search, halfway.
struct Search<'a> {
    discoverer: &'a Discoverer,
    address: &'a EmailAddress,
    ended: BTreeMap<Source, SourceReport>,
    found: BTreeMap<Source, Found>,
}

impl Search<'_> {
    async fn run(&mut self, domain: &str, report: Reporting<'_>) {
        let options = &self.discoverer.options;
        report(Progress::Began { source: Source::Table });
        let known = options.table.by_domain(domain);
        let by_table = known.is_some();
        self.settle(Source::Table, Ok(known), domain, 0, report);
        let asked: Vec<Source> =
            Source::ASKED.into_iter().filter(|&source| source != Source::Table && source != Source::Guess).collect();
        let off = |source: Source| {
            !options.enabled
                || (matches!(source, Source::Directory | Source::MxDirectory) && options.directory.is_none())
        };
        for &source in &asked {
            if off(source) {
                self.end(source, SourceOutcome::Off, domain, 0, report);
            } else if by_table {
                self.end(source, SourceOutcome::NotNeeded, domain, 0, report);
            }
        }
        let asked: Vec<Source> = asked.into_iter().filter(|source| !self.ended.contains_key(source)).collect();
        self.ask(&asked, domain, report).await;
        self.guess(domain, report).await;
    }

    /// Asks them all at once, until those that matter have answered or the time is over.
    async fn ask(&mut self, asked: &[Source], domain: &str, report: Reporting<'_>) {
        let patience = self.discoverer.options.patience;
        let began = Instant::now();
        let exchanges: Exchanges<'_> = {
            let dns = self.discoverer.dialer.dns();
            async move { dns.exchanges(domain, patience.dns).await }.boxed().shared()
        };
        let inquiry = Inquiry { discoverer: self.discoverer, address: self.address, domain, exchanges };
        let mut running: FuturesUnordered<_> = asked
            .iter()
            .map(|&source| {
                report(Progress::Began { source });
                let inquiry = inquiry.clone();
                async move { (source, inquiry.ask(source).await, millis_since(began)) }.boxed()
            })
            .collect();
        let deadline = began + patience.asking;
        while !self.is_enough(asked) {
            let Ok(Some((source, answer, millis))) = timeout_at(deadline, running.next()).await else { break };
            self.settle(source, answer, &inquiry.asks(source), millis, report);
        }
        let in_time = self.is_enough(asked);
        for &source in asked {
            if !self.ended.contains_key(&source) {
                let late = SourceOutcome::Failed { trouble: Trouble::TimedOut };
                let outcome = if in_time { SourceOutcome::NotNeeded } else { late };
                self.end(source, outcome, &inquiry.asks(source), millis_since(began), report);
            }
        }
    }

    /// Guesses what nobody has told.
    async fn guess(&mut self, domain: &str, report: Reporting<'_>) {
        let Discoverer { dialer, options, .. } = self.discoverer;
        let settled = |settles: fn(&Found) -> bool| self.found.values().any(settles);
        let missing: Vec<Protocol> =
            [(settled(Found::settles_incoming), Protocol::Imap), (settled(Found::settles_outgoing), Protocol::Smtp)]
                .into_iter()
                .filter_map(|(settled, protocol)| (!settled).then_some(protocol))
                .collect();
        if missing.is_empty() || !options.enabled {
            let outcome = if options.enabled { SourceOutcome::NotNeeded } else { SourceOutcome::Off };
            return self.end(Source::Guess, outcome, domain, 0, report);
        }
        report(Progress::Began { source: Source::Guess });
        let began = Instant::now();
        let looking = guess::look(dialer, domain, &missing, options.ports, options.patience.guessing);
        let answer = timeout(options.patience.guessing, looking).await.unwrap_or(Err(Trouble::TimedOut));
        self.settle(Source::Guess, answer, domain, millis_since(began), report);
    }

    /// True when no answer that is still out could change what comes first.
    fn is_enough(&self, asked: &[Source]) -> bool {
        let (mut incoming, mut outgoing) = (false, false);
        for source in asked {
            if !self.ended.contains_key(source) {
                return false;
            }
            if let Some(found) = self.found.get(source) {
                incoming |= found.settles_incoming();
                outgoing |= found.settles_outgoing();
            }
            if incoming && outgoing {
                return true;
            }
        }
        true
    }

    fn settle(&mut self, source: Source, answer: Answer, asked: &str, millis: u64, report: Reporting<'_>) {
        let outcome = match answer {
            Ok(Some(found)) => {
                self.found.insert(source, found);
                SourceOutcome::Found
            }
            Ok(None) => SourceOutcome::Nothing,
            Err(trouble) => SourceOutcome::Failed { trouble },
        };
        self.end(source, outcome, asked, millis, report);
    }

    fn end(&mut self, source: Source, outcome: SourceOutcome, asked: &str, millis: u64, report: Reporting<'_>) {
        let ended = SourceReport { source, outcome, asked: asked.to_owned(), millis };
        self.ended.insert(source, ended.clone());
        report(Progress::Ended { report: ended });
    }

    /// Puts the answers together, the believed ones first. Once both directions are settled nobody else is heard, so
    /// that an answer that happened to be quick changes nothing.
    fn into_discovery(self) -> Discovery {
        let mut discovery =
            Discovery { sources: self.ended.into_values().collect(), ..Discovery::nothing(self.address.clone()) };
        let mut hint = None;
        let (mut incoming, mut outgoing, mut no_imap) = (false, false, false);
        for (source, mut found) in self.found {
            if incoming && outgoing {
                break;
            }
            incoming |= found.settles_incoming();
            outgoing |= found.settles_outgoing();
            if no_imap {
                found.incoming.clear();
            }
            no_imap |= found.denies_imap();
            // What has to be done first is told with the servers that it is about, or where there are none.
            if discovery.incoming.is_empty() {
                add_needs(&mut discovery.needs, found.needs);
            }
            for (list, more) in [(&mut discovery.incoming, found.incoming), (&mut discovery.outgoing, found.outgoing)] {
                for candidate in more {
                    if list.iter().all(|known| known.endpoint.value != candidate.endpoint.value) {
                        list.push(candidate);
                    }
                }
            }
            discovery.gateway = discovery.gateway.or(found.gateway);
            match source {
                Source::Autodiscover => hint = found.provider,
                _ => discovery.provider = discovery.provider.or(found.provider),
            }
        }
        // Microsoft's word is worth more than a guess: what greets under a usual name may be the domain's web host.
        let guessed = |one: &Candidate| one.endpoint.source == Source::Guess;
        if discovery.provider.is_none() && discovery.incoming.first().is_none_or(guessed) {
            discovery.provider = hint;
        }
        if let (None, Some(first)) = (&discovery.provider, discovery.incoming.first())
            && let Some((provider, needs)) = self.discoverer.options.table.by_server(&first.endpoint.value.host)
        {
            add_needs(&mut discovery.needs, needs);
            discovery.provider = Some(provider);
        }
        let sender = discovery.outgoing.first().map(|first| first.endpoint.value.host.clone());
        if let Some(host) = sender
            && let Some(sender) = self.discoverer.options.table.sender(&host)
        {
            add_needs(&mut discovery.needs, sender.needs);
            for candidate in discovery.outgoing.iter_mut().filter(|one| one.endpoint.value.host == host) {
                if let (Source::Usual, Some(username)) = (candidate.username.source, &sender.username) {
                    candidate.username = username.clone();
                }
            }
        }
        // What one source misses another may have had.
        if !discovery.incoming.is_empty() {
            discovery.needs.retain(|need| !matches!(need.kind, NeedKind::NoImap | NeedKind::Pop3Only));
            if !discovery.outgoing.is_empty() {
                discovery.needs.retain(|need| need.kind != NeedKind::ClearOnly);
            }
        }
        discovery
    }
}

/// What every source needs to know; cheap to clone.
#[derive(Clone)]
struct Inquiry<'a> {
    discoverer: &'a Discoverer,
    address: &'a EmailAddress,
    /// In A-labels.
    domain: &'a str,
    exchanges: Exchanges<'a>,
}

impl Inquiry<'_> {
    async fn ask(&self, source: Source) -> Answer {
        match source {
            Source::Mx => self.ask_mx().await,
            Source::Pacc => self.ask_pacc().await,
            Source::Autoconfig => self.ask_autoconfig(source, self.domain).await,
            Source::WellKnown => {
                let path = "/.well-known/autoconfig/mail/config-v1.1.xml";
                self.fetch_autoconfig(source, self.url(self.domain, path)?).await
            }
            Source::Directory => self.ask_directory(source, self.domain).await,
            Source::MxAutoconfig | Source::MxDirectory => self.ask_by_mx(source).await,
            Source::Srv => {
                let Discoverer { dialer, options, .. } = self.discoverer;
                srv::look(dialer.dns(), self.domain, options.patience.dns).await
            }
            Source::Autodiscover => self.ask_microsoft().await,
            Source::Table | Source::Guess | Source::Usual => Ok(None),
        }
    }

    /// Who is asked, for the report.
    fn asks(&self, source: Source) -> String {
        match source {
            Source::Pacc => format!("ua-auto-config.{}", self.domain),
            Source::Autoconfig => format!("autoconfig.{}", self.domain),
            Source::Directory | Source::MxDirectory => {
                let directory = self.discoverer.options.directory.as_ref();
                directory.and_then(Url::host_str).unwrap_or(self.domain).to_owned()
            }
            Source::Autodiscover => AUTODISCOVER_HOST.to_owned(),
            _ => self.domain.to_owned(),
        }
    }

    /// Our own address at a host, on the port that is asked.
    fn url(&self, host: &str, path: &str) -> Result<Url, Trouble> {
        let unreadable = |error: url::ParseError| Trouble::Unreadable { detail: error.to_string() };
        let mut url = Url::parse(&format!("https://{host}{path}")).map_err(unreadable)?;
        // 443 is not written out, as it is the scheme's own.
        let _ = url.set_port(Some(self.discoverer.options.ports.https));
        Ok(url)
    }

    async fn hosts_of_mx(&self) -> Result<Vec<String>, Trouble> {
        let exchanges = self.exchanges.clone().await.map_err(|Unanswered(problem)| Trouble::Unreachable { problem })?;
        Ok(exchanges.into_iter().map(|exchange| exchange.host).filter(|host| !host.is_empty()).collect())
    }

    async fn ask_mx(&self) -> Answer {
        let hosts = self.hosts_of_mx().await?;
        Ok(self.discoverer.options.table.by_exchange(self.domain, &hosts))
    }

    async fn ask_pacc(&self) -> Answer {
        let Discoverer { dialer, http, options, .. } = self.discoverer;
        let host = format!("ua-auto-config.{}", self.domain);
        let url = self.url(&host, "/.well-known/user-agent-configuration.json")?;
        let record = format!("_ua-auto-config.{}", self.domain);
        let (file, records) = tokio::join!(http.get(url), dialer.dns().txt(&record, options.patience.dns));
        let Some(file) = file? else { return Ok(None) };
        let records = records.map_err(|Unanswered(problem)| Trouble::Unreachable { problem })?;
        match pacc::is_vouched_for(&file, &records) {
            Some(true) => Ok(pacc::parse(&file).map_err(unreadable)?.found()),
            Some(false) => Err(Trouble::DigestDiffers),
            None => Err(Trouble::NotVouchedFor),
        }
    }

    async fn ask_autoconfig(&self, source: Source, domain: &str) -> Answer {
        let mut url = self.url(&format!("autoconfig.{domain}"), "/mail/config-v1.1.xml")?;
        url.query_pairs_mut().append_pair("emailaddress", self.address.as_str());
        self.fetch_autoconfig(source, url).await
    }

    async fn ask_directory(&self, source: Source, domain: &str) -> Answer {
        let Some(directory) = &self.discoverer.options.directory else { return Ok(None) };
        let mut url = directory.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(domain);
        }
        self.fetch_autoconfig(source, url).await
    }

    async fn fetch_autoconfig(&self, source: Source, url: Url) -> Answer {
        let Some(file) = self.discoverer.http.get(url).await? else { return Ok(None) };
        Ok(autoconfig::parse(&file).map_err(unreadable)?.found(self.address, source))
    }

    /// The same questions for whoever takes the domain's mail: first for what stands behind the host's own name, then
    /// for the domain that it was registered under. A filter is not asked: it has no mailboxes.
    async fn ask_by_mx(&self, source: Source) -> Answer {
        let hosts = self.hosts_of_mx().await?;
        let table = &self.discoverer.options.table;
        let Some(host) = hosts.iter().find(|host| table.filter(host).is_none()) else { return Ok(None) };
        let registered = psl::domain_str(host);
        let behind = host.split_once('.').map(|(_, rest)| rest);
        // Nobody may be asked for a whole public suffix.
        let behind = behind.filter(|rest| psl::domain_str(rest).is_some());
        let mut domains: Vec<&str> = behind.into_iter().chain(registered).collect();
        domains.dedup();
        let mut trouble = None;
        for domain in domains.into_iter().filter(|domain| *domain != self.domain) {
            let answer = match source {
                Source::MxDirectory => self.ask_directory(source, domain).await,
                _ => self.ask_autoconfig(source, domain).await,
            };
            match answer {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    async fn ask_microsoft(&self) -> Answer {
        let path = format!("/autodiscover/autodiscover.json/v1.0/{MADE_UP_MAILBOX}@{}", self.domain);
        let mut url = self.url(AUTODISCOVER_HOST, &path)?;
        url.query_pairs_mut().append_pair("Protocol", "AutodiscoverV1");
        let answer = self.discoverer.http.get(url).await?;
        // What cannot be read here is a refusal: the domain is not known.
        let Some(Ok(answer)) = answer.map(|answer| autodiscover::parse(&answer)) else { return Ok(None) };
        let Some(host) = answer.host_at_microsoft() else { return Ok(None) };
        let because = Because::Autodiscover { domain: self.domain.to_owned(), host: host.to_owned() };
        let provider = self.discoverer.options.table.microsoft(because);
        Ok(provider.map(|provider| Found { provider: Some(provider), ..Found::default() }))
    }
}

/// Each kind once, as it was told first.
fn add_needs(needs: &mut Vec<Need>, more: Vec<Need>) {
    for need in more {
        if needs.iter().all(|known| known.kind != need.kind) {
            needs.push(need);
        }
    }
}

fn unreadable(error: Unreadable) -> Trouble {
    Trouble::Unreadable { detail: crate::net::trace::printable(&error.to_string(), 200) }
}

fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
