//! The list of providers: who they are, how they are recognised, and where their servers are.
//!
//! `providers.toml` beside this file is compiled in and says at its head how it is corrected. A file of the operator's
//! with the same form comes before it: a provider of the same `id` takes the other's place, and of two that claim the
//! same domain or the same mail exchanger, the operator's wins.

use std::path::Path;

use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use serde::Deserialize;

use super::found::{Found, host_of, link_of};
use crate::model::{
    Because, Candidate, Certainty, Endpoint, Need, NeedKind, OAuthProvider, Protocol, Provider, Recognised, Security,
    SignInWay, Source, Sourced, UsernameForm,
};

const BUILT_IN: &str = include_str!("providers.toml");
/// As the host of a server: the host in the MX record, where each customer's server has a name of its own.
const HOST_OF_MX: &str = "{mx}";

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Names the key that is wrong.
    #[error(transparent)]
    Read(Box<figment::Error>),
    #[error("provider {id}: {wrong}")]
    Wrong { id: String, wrong: String },
}

/// The providers, those of the operator first.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Row>,
    gateways: Vec<Gateway>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    provider: Vec<Row>,
    #[serde(default)]
    gateway: Vec<Gateway>,
}

/// One provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    name: String,
    /// Domains of addresses; one that begins with a dot stands for everything below it.
    #[serde(default)]
    domains: Vec<String>,
    /// Names, or ends of names, of the hosts that take mail.
    #[serde(default)]
    mx: Vec<String>,
    #[serde(default)]
    imap: Vec<String>,
    #[serde(default)]
    smtp: Vec<String>,
    #[serde(default)]
    username: Username,
    smtp_username: Option<Username>,
    sign_in: Option<OAuthProvider>,
    #[serde(default)]
    needs: Vec<NeedKind>,
    /// Where passwords are made.
    account: Option<String>,
    /// Where IMAP and SMTP are switched on.
    settings: Option<String>,
    /// Whoever wrote the row was not sure of it.
    #[serde(default)]
    unsure: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Username {
    #[default]
    Address,
    LocalPart,
    /// The same for everybody.
    Text(String),
}

/// What is known of a server that belongs to a service which only sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    /// `None` where each customer has another one.
    pub username: Option<Sourced<UsernameForm>>,
    pub needs: Vec<Need>,
}

/// A service that only filters mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gateway {
    name: String,
    mx: Vec<String>,
}

impl Table {
    /// The list that is compiled in.
    ///
    /// # Errors
    /// Never in a program that has passed its tests.
    pub fn built_in() -> Result<Self, TableError> {
        Self::parse(BUILT_IN)
    }

    /// The list that is compiled in, behind the operator's.
    ///
    /// # Errors
    /// The file cannot be read, or a row in it is wrong.
    pub fn with_file(file: &Path) -> Result<Self, TableError> {
        let mut own = Self::read(Figment::from(Toml::file_exact(file)))?;
        let mut rest = Self::built_in()?;
        rest.rows.retain(|row| own.rows.iter().all(|one| one.id != row.id));
        own.rows.append(&mut rest.rows);
        own.gateways.append(&mut rest.gateways);
        Ok(own)
    }

    /// A list as it would be written into a file.
    ///
    /// # Errors
    /// It cannot be read, or a row in it is wrong.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        Self::read(Figment::from(Toml::string(text)))
    }

    fn read(figment: Figment) -> Result<Self, TableError> {
        let File { provider, gateway } = figment.extract().map_err(|error| TableError::Read(Box::new(error)))?;
        for row in &provider {
            row.wrong().map_or(Ok(()), |wrong| Err(TableError::Wrong { id: row.id.clone(), wrong }))?;
        }
        let bad = |one: &&Gateway| one.mx.iter().any(|name| host_of(name).as_deref() != Some(name.as_str()));
        if let Some(one) = gateway.iter().find(bad) {
            let wrong = "a name in `mx` is no domain in lower case and A-labels".to_owned();
            return Err(TableError::Wrong { id: one.name.clone(), wrong });
        }
        if let Some((row, domain)) = claimed_twice(&provider) {
            return Err(TableError::Wrong { id: row.id.clone(), wrong: format!("{domain} is claimed twice") });
        }
        Ok(Self { rows: provider, gateways: gateway })
    }

    /// The provider whose own domain this is.
    #[must_use]
    pub fn by_domain(&self, domain: &str) -> Option<Found> {
        let row = self.rows.iter().find(|row| row.owns(domain))?;
        Some(row.found(Source::Table, Because::Domain { domain: domain.to_owned() }))
    }

    /// The provider, or the filter, that these hosts belong to, the preferred first.
    #[must_use]
    pub fn by_exchange(&self, domain: &str, hosts: &[String]) -> Option<Found> {
        let mut gateway = None;
        for host in hosts {
            let rows = self.rows.iter().flat_map(|row| row.mx.iter().map(move |suffix| (row, suffix)));
            let best =
                rows.filter(|(_, suffix)| ends_in(host, suffix)).fold(None, |best: Option<(&Row, &String)>, one| {
                    match best {
                        Some(best) if best.1.len() >= one.1.len() => Some(best),
                        _ => Some(one),
                    }
                });
            if let Some((row, _)) = best {
                let because = Because::Mx { domain: domain.to_owned(), host: host.clone() };
                return Some(Found { gateway, ..row.found(Source::Mx, because) });
            }
            gateway = gateway.or_else(|| self.filter(host).map(str::to_owned));
        }
        gateway.map(|gateway| Found { gateway: Some(gateway), ..Found::default() })
    }

    /// The service that only filters mail and that this host belongs to, by its name.
    #[must_use]
    pub fn filter(&self, host: &str) -> Option<&str> {
        let filter = self.gateways.iter().find(|one| one.mx.iter().any(|suffix| ends_in(host, suffix)))?;
        Some(&filter.name)
    }

    /// The provider that has exactly this server, with what it needs.
    #[must_use]
    pub fn by_server(&self, host: &str) -> Option<(Recognised, Vec<Need>)> {
        // Of rows that share a server the general one comes first in the file.
        let row = self.rows.iter().find(|row| !row.only_sends() && row.has_server(host))?;
        let found = row.found(Source::Table, Because::Server { host: host.to_owned() });
        found.provider.map(|provider| (provider, found.needs))
    }

    /// The service that only sends and has exactly this server.
    pub(super) fn sender(&self, host: &str) -> Option<Sender> {
        let row = self.rows.iter().find(|row| row.only_sends() && row.has_server(host))?;
        let username = row.smtp_username.clone().map(|form| Sourced::new(form.into(), Source::Table, row.certainty()));
        Some(Sender { username, needs: row.needs() })
    }

    /// Microsoft as an organisation has it.
    pub(super) fn microsoft(&self, because: Because) -> Option<Recognised> {
        self.organisation(OAuthProvider::Microsoft)?.found(Source::Autodiscover, because).provider
    }

    /// What has to be done before it is of any use to sign in with this provider: as the list says where the domain is
    /// the provider's own, else what an organisation there has to do. Passwords play no part.
    pub(super) fn needs_of_sign_in(&self, domain: &str, way: OAuthProvider) -> Vec<Need> {
        let own = self.rows.iter().find(|row| row.owns(domain)).filter(|row| row.sign_in == Some(way));
        let row = own.or_else(|| self.organisation(way));
        let needs = row.map(Row::needs).unwrap_or_default();
        needs.into_iter().filter(|need| !need.kind.is_about_password()).collect()
    }

    /// The provider's row for the domains of its customers.
    fn organisation(&self, way: OAuthProvider) -> Option<&Row> {
        let id = match way {
            OAuthProvider::Microsoft => "microsoft365",
            OAuthProvider::Google => "google",
        };
        self.rows.iter().find(|row| row.id == id)
    }
}

impl Row {
    fn found(&self, source: Source, because: Because) -> Found {
        let certainty = self.certainty();
        let mx = match &because {
            Because::Mx { host, .. } => host.as_str(),
            _ => HOST_OF_MX,
        };
        let endpoints = |texts: &[String]| -> Vec<Endpoint> {
            texts.iter().filter_map(|text| endpoint(&text.replace(HOST_OF_MX, mx))).collect()
        };
        let candidate = |endpoint: Endpoint, username: &Username| Candidate {
            endpoint: Sourced::new(endpoint, source, certainty),
            username: Sourced::new(username.clone().into(), source, certainty),
            ways: Sourced::new(self.ways(), source, certainty),
        };
        let (imap, smtp) = (endpoints(&self.imap), endpoints(&self.smtp));
        let provider = imap.iter().chain(&smtp).map(|one| Provider::of_host(&one.host)).next();
        let smtp_username = self.smtp_username.as_ref().unwrap_or(&self.username);
        Found {
            provider: Some(Recognised {
                id: self.id.clone(),
                name: self.name.clone(),
                provider: provider.unwrap_or(Provider::Other),
                sign_in: self.sign_in,
                because,
            }),
            incoming: imap.into_iter().map(|one| candidate(one, &self.username)).collect(),
            outgoing: smtp.into_iter().map(|one| candidate(one, smtp_username)).collect(),
            needs: self.needs(),
            gateway: None,
        }
    }

    /// True for a domain of the provider's own.
    fn owns(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| match own.strip_prefix('.') {
            Some(_) => domain.ends_with(own.as_str()),
            None => domain == own,
        })
    }

    /// True where exactly this is one of its servers.
    fn has_server(&self, host: &str) -> bool {
        let mut endpoints = self.imap.iter().chain(&self.smtp).filter_map(|text| endpoint(text));
        endpoints.any(|one| one.host == host)
    }

    /// True for a service that has no mailboxes.
    fn only_sends(&self) -> bool {
        self.imap.is_empty() && self.needs.contains(&NeedKind::SendingKey)
    }

    const fn certainty(&self) -> Certainty {
        if self.unsure { Certainty::Unsure } else { Certainty::Certain }
    }

    fn needs(&self) -> Vec<Need> {
        self.needs.iter().map(|&kind| Need { kind, link: self.link(kind) }).collect()
    }

    fn ways(&self) -> Vec<SignInWay> {
        match self.sign_in {
            // Microsoft takes no passwords any more, Google only those made for one program.
            Some(OAuthProvider::Microsoft) => vec![SignInWay::OAuth],
            Some(OAuthProvider::Google) => vec![SignInWay::OAuth, SignInWay::Password],
            None => vec![SignInWay::Password],
        }
    }

    fn link(&self, kind: NeedKind) -> Option<String> {
        match kind {
            NeedKind::AppPassword
            | NeedKind::TwoStep
            | NeedKind::TwoStepAppPassword
            | NeedKind::SeparatePassword
            | NeedKind::SendingKey => {
                [&self.account, &self.settings].into_iter().flatten().find_map(|link| link_of(link))
            }
            NeedKind::ClientCode
            | NeedKind::ImapOff
            | NeedKind::SmtpOff
            | NeedKind::AdminSwitch
            | NeedKind::Paid
            | NeedKind::Region
            | NeedKind::Bridge
            | NeedKind::NoImap
            | NeedKind::Pop3Only
            | NeedKind::ClearOnly => self.settings.as_deref().and_then(link_of),
        }
    }

    /// What is wrong with the row, if anything is.
    fn wrong(&self) -> Option<String> {
        if self.id.trim().is_empty() || self.name.trim().is_empty() {
            return Some("a row has an `id` and a `name`".to_owned());
        }
        let domains = self.domains.iter().map(|name| name.strip_prefix('.').unwrap_or(name));
        let names = domains.chain(self.mx.iter().map(String::as_str));
        let mut bad_names = names.filter(|name| host_of(name).as_deref() != Some(name));
        if let Some(name) = bad_names.next() {
            return Some(format!("{name:?} is no domain in lower case and A-labels"));
        }
        for (texts, protocol) in [(&self.imap, Protocol::Imap), (&self.smtp, Protocol::Smtp)] {
            let scheme = if protocol == Protocol::Imap { "imap" } else { "smtp" };
            let read = |text: &str| endpoint(&text.replace(HOST_OF_MX, "mx.example.com"));
            let bad = texts.iter().find(|text| !text.starts_with(scheme) || read(text).is_none());
            if let Some(text) = bad {
                return Some(format!("{text:?} is not {scheme}s://HOST[:PORT] or {scheme}+starttls://HOST[:PORT]"));
            }
        }
        let links = [&self.account, &self.settings];
        if links.into_iter().flatten().any(|link| link_of(link).is_none()) {
            return Some("a link must be an address of the web that begins with https://".to_owned());
        }
        let by_mx = self.imap.iter().chain(&self.smtp).any(|text| text.contains(HOST_OF_MX));
        if by_mx && !self.domains.is_empty() {
            return Some(format!("{HOST_OF_MX} is known only where the MX record was asked for, and not by `domains`"));
        }
        if self.only_sends() {
            let recognised = !self.domains.is_empty() || !self.mx.is_empty();
            return recognised.then(|| "who only sends has neither `domains` nor `mx`".to_owned());
        }
        if self.imap.is_empty() && !self.needs.iter().any(|need| matches!(need, NeedKind::NoImap | NeedKind::Pop3Only))
        {
            return Some("without `imap` it must need `no_imap`, `pop3_only` or `sending_key`".to_owned());
        }
        None
    }
}

impl From<Username> for UsernameForm {
    fn from(username: Username) -> Self {
        match username {
            Username::Address => Self::Address,
            Username::LocalPart => Self::LocalPart,
            Username::Text(text) => Self::Text(text),
        }
    }
}

fn claimed_twice(rows: &[Row]) -> Option<(&Row, &str)> {
    let mut seen = std::collections::HashSet::new();
    rows.iter()
        .flat_map(|row| row.domains.iter().map(move |domain| (row, domain.as_str())))
        .find(|one| !seen.insert(one.1))
}

fn ends_in(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Reads `imaps://HOST[:PORT]` and its kin. There is no form without encryption.
fn endpoint(text: &str) -> Option<Endpoint> {
    let (scheme, rest) = text.split_once("://")?;
    let (protocol, security) = match scheme {
        "imaps" => (Protocol::Imap, Security::Tls),
        "imap+starttls" => (Protocol::Imap, Security::StartTls),
        "smtps" => (Protocol::Smtp, Security::Tls),
        "smtp+starttls" => (Protocol::Smtp, Security::StartTls),
        _ => return None,
    };
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|&port: &u16| port != 0)?),
        None => (rest, protocol.default_port(security)),
    };
    // The list may name this very machine, for a bridge that runs beside us.
    let host = if host == "127.0.0.1" { host.to_owned() } else { host_of(host)? };
    Some(Endpoint::new(host, port, security))
}

#[cfg(test)]
mod tests;
