//! Reads the configuration file that Thunderbird made common (`config-v1.1.xml`, draft-ietf-mailmaint-autoconfig).
//!
//! The file comes from whoever owns a domain: it has a limit on its size and depth, document types and entities of its
//! own are refused, and what is not understood is passed over.

use quick_xml::{Reader, events::Event};

use super::{
    Unreadable,
    found::{Found, bare, host_of, link_of},
};
use crate::model::{
    Candidate, Certainty, EmailAddress, Endpoint, Need, NeedKind, Protocol, Security, ServerForm, SignInWay, Source,
    Sourced, UsernameForm,
};

/// The deepest an element may stand.
const MAX_DEPTH: usize = 32;
/// The longest text of an element that is kept, in bytes.
const MAX_TEXT_BYTES: usize = 1_024;
/// No more servers than this are read.
const MAX_SERVERS: usize = 20;

/// What such a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientConfig {
    pub display_name: Option<String>,
    /// In the order of the file, which is that of preference.
    pub servers: Vec<Server>,
    /// Where the provider wants IMAP to be switched on first.
    pub enable_url: Option<String>,
}

/// One server of the file, with its placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// `imap`, `pop3`, `smtp` or another, in lower case.
    pub kind: String,
    pub hostname: String,
    /// `None` where there is none, or none that is a port.
    pub port: Option<u16>,
    /// `None` where it is said in words that are not known.
    pub security: Option<Security>,
    pub ways: Vec<SignInWay>,
    pub username: Option<String>,
}

/// Reads the file.
///
/// # Errors
/// [`Unreadable`]: it is too long or too deep, it is no XML, it defines or uses entities of its own, or it is about
/// something else.
pub fn parse(file: &[u8]) -> Result<ClientConfig, Unreadable> {
    if file.len() > super::MAX_DOCUMENT_BYTES {
        return Err(Unreadable::TooLong);
    }
    let text = String::from_utf8_lossy(file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file));
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut reading = Reading::default();
    loop {
        match reader.read_event().map_err(|error| Unreadable::NotXml(error.to_string()))? {
            Event::Start(element) => {
                let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
                let attribute = |wanted: &str| {
                    let mut attributes = element.attributes();
                    let mut named = attributes
                        .with_checks(false)
                        .flatten()
                        .filter(|one| one.key.local_name().as_ref() == wanted.as_bytes());
                    named.next().map(|one| bounded(&one.unescape_value().unwrap_or_default()))
                };
                reading.begin(&name, attribute("type"), attribute("visiturl"))?;
            }
            Event::End(_) => reading.end(),
            Event::Text(text) => reading.hear(&String::from_utf8_lossy(&text)),
            Event::CData(text) => reading.hear(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(reference) => {
                let name = String::from_utf8_lossy(&reference).into_owned();
                let resolved = match name.as_str() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                let Some(resolved) = resolved else { return Err(Unreadable::Entity) };
                reading.hear(resolved.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
        }
    }
    // A file that breaks off says nothing that one could rely on.
    if !reading.path.is_empty() {
        return Err(Unreadable::NotXml("it breaks off".to_owned()));
    }
    if reading.is_client_config { Ok(reading.config) } else { Err(Unreadable::SomethingElse) }
}

/// What the reader knows halfway.
#[derive(Default)]
struct Reading {
    path: Vec<String>,
    text: String,
    server: Option<Server>,
    config: ClientConfig,
    is_client_config: bool,
}

impl Reading {
    fn begin(&mut self, name: &str, kind: Option<String>, visit: Option<String>) -> Result<(), Unreadable> {
        if self.path.len() >= MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        match (self.path.len(), name) {
            (0, "clientConfig") => self.is_client_config = true,
            (0, _) => return Err(Unreadable::SomethingElse),
            (2, "incomingServer" | "outgoingServer") if self.in_provider() => {
                let usual = if name == "outgoingServer" { "smtp" } else { "" };
                let kind = kind.unwrap_or_else(|| usual.to_owned()).to_ascii_lowercase();
                self.server = Some(Server { kind, ..Server::default() });
            }
            (2, "enable") if self.in_provider() => {
                self.config.enable_url = visit.and_then(|url| link_of(&url));
            }
            _ => {}
        }
        self.path.push(name.to_owned());
        self.text.clear();
        Ok(())
    }

    fn in_provider(&self) -> bool {
        self.path.get(1).is_some_and(|name| name == "emailProvider")
    }

    fn hear(&mut self, text: &str) {
        for character in text.chars() {
            if self.text.len() + character.len_utf8() > MAX_TEXT_BYTES {
                return;
            }
            self.text.push(character);
        }
    }

    fn end(&mut self) {
        let Some(name) = self.path.pop() else { return };
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        match (&mut self.server, self.path.len(), name.as_str()) {
            (Some(server), 3, "hostname") => text.clone_into(&mut server.hostname),
            (Some(server), 3, "port") => server.port = text.parse().ok().filter(|&port| port != 0),
            (Some(server), 3, "socketType") => server.security = security(text),
            (Some(server), 3, "username") if !text.is_empty() => server.username = Some(text.to_owned()),
            (Some(server), 3, "authentication") => {
                server.ways.extend(way(text).filter(|way| !server.ways.contains(way)));
            }
            (Some(_), 2, "incomingServer" | "outgoingServer") => {
                let server = self.server.take();
                if self.config.servers.len() < MAX_SERVERS {
                    self.config.servers.extend(server.filter(|server| !server.hostname.is_empty()));
                }
            }
            (None, 2, "displayName") if !text.is_empty() => self.config.display_name = Some(text.to_owned()),
            _ => {}
        }
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(MAX_TEXT_BYTES / 4).collect()
}

fn security(text: &str) -> Option<Security> {
    match text.to_ascii_lowercase().as_str() {
        "ssl" | "tls" => Some(Security::Tls),
        "starttls" => Some(Security::StartTls),
        "plain" => Some(Security::None),
        _ => None,
    }
}

fn way(text: &str) -> Option<SignInWay> {
    match text {
        "password-cleartext" | "plain" => Some(SignInWay::Password),
        "password-encrypted" | "secure" => Some(SignInWay::EncryptedPassword),
        "OAuth2" => Some(SignInWay::OAuth),
        _ => None,
    }
}

impl ClientConfig {
    /// What the file means for an address. Servers that would be spoken to in clear are left out, which is told where
    /// there are no others.
    #[must_use]
    pub fn found(&self, address: &EmailAddress, source: Source) -> Option<Found> {
        let of = |kind: &'static str| self.servers.iter().filter(move |server| server.kind == kind);
        let candidates = |kind, protocol| of(kind).filter_map(move |one| one.candidate(address, protocol, source));
        let mut found = Found {
            incoming: candidates("imap", Protocol::Imap).collect(),
            outgoing: candidates("smtp", Protocol::Smtp).collect(),
            ..Found::default()
        };
        if found.incoming.is_empty() && of("pop3").next().is_some() && of("imap").next().is_none() {
            found.needs.push(bare(NeedKind::Pop3Only));
        }
        let only_clear = |kind, candidates: &[Candidate]| {
            candidates.is_empty() && of(kind).any(|server| server.security == Some(Security::None))
        };
        if only_clear("imap", &found.incoming) || only_clear("smtp", &found.outgoing) {
            found.needs.push(bare(NeedKind::ClearOnly));
        }
        if let (Some(link), false) = (&self.enable_url, found.incoming.is_empty()) {
            found.needs.push(Need { kind: NeedKind::ImapOff, link: Some(link.clone()) });
        }
        let says_something = !(found.incoming.is_empty() && found.outgoing.is_empty() && found.needs.is_empty());
        says_something.then_some(found)
    }
}

impl Server {
    fn candidate(&self, address: &EmailAddress, protocol: Protocol, source: Source) -> Option<Candidate> {
        let security = self.security.filter(|&security| security != Security::None)?;
        let host = host_of(&filled_in(&self.hostname, address))?;
        let port = self.port.unwrap_or_else(|| protocol.default_port(security));
        let username = match self.username.as_deref().and_then(|text| username(text, address)) {
            Some(form) => Sourced::new(form, source, Certainty::Likely),
            None => Sourced::new(UsernameForm::Address, Source::Usual, Certainty::Unsure),
        };
        Some(Candidate {
            endpoint: Sourced::new(Endpoint::new(host, port, security), source, Certainty::Likely),
            username,
            ways: Sourced::new(self.ways.clone(), source, Certainty::Likely),
        })
    }
}

/// The placeholders stand in host names too.
fn filled_in(text: &str, address: &EmailAddress) -> String {
    text.replace("%EMAILADDRESS%", address.as_str())
        .replace("%EMAILLOCALPART%", address.local_part())
        .replace("%EMAILDOMAIN%", address.domain())
}

/// `None` for what no form would take as a user name.
fn username(text: &str, address: &EmailAddress) -> Option<UsernameForm> {
    let text = filled_in(text, address);
    let text = text.trim();
    if text.to_lowercase() == address.folded() {
        Some(UsernameForm::Address)
    } else if text == address.local_part() {
        Some(UsernameForm::LocalPart)
    } else {
        let fits = !text.is_empty()
            && text.chars().count() <= ServerForm::MAX_USERNAME_CHARACTERS
            && !text.chars().any(char::is_control);
        fits.then(|| UsernameForm::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
