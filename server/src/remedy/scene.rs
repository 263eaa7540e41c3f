//! The situation made ready for a sentence: names cleaned and cut, the service recognised.

use super::{Situation, servers};
use crate::{
    model::{OAuthProvider, Protocol, Provider, Security},
    net::dns::Host,
};

/// Longest name in a title, in characters, so that every title fits on one line.
const TITLE_NAME_CHARACTERS: usize = 30;
/// Longest name in a step or reason, in characters.
const STEP_NAME_CHARACTERS: usize = 80;
/// Longest address of a page, in characters: it is copied from a step, so it is cut only where it is absurd.
const URI_CHARACTERS: usize = 300;

/// Stands where a name is empty, so that no sentence ends in the air.
const NAMELESS: &str = "–";

/// What the words of every language are made from.
#[derive(Debug)]
pub(super) struct Scene {
    pub protocol: Protocol,
    /// The protocol's name as people know it.
    pub protocol_name: &'static str,
    pub host: String,
    /// The host, short enough for a title.
    pub title_host: String,
    /// An IP address was typed where a name is due.
    pub is_address: bool,
    pub port: u16,
    pub security: Security,
    /// Who signs in: the person at Microsoft or Google where that is known, else the user name.
    pub username: String,
    pub title_username: String,
    pub address: String,
    pub title_address: String,
    /// What stands behind the address's `@`.
    pub domain: String,
    pub provider: Provider,
    /// A private account at a service that also has accounts run by an organisation.
    pub personal: bool,
    /// The usual port for TLS from the start.
    pub tls_port: u16,
    /// The usual port for STARTTLS.
    pub start_tls_port: u16,
    /// The account that signs in is the mailbox itself, not somebody with a right to it.
    pub own: bool,
    /// Set where the mailbox rests on a sign-in at Microsoft or Google.
    pub oauth: Option<OAuthProvider>,
    /// The person who signed in there, where somebody has.
    pub person: Option<String>,
    /// Whoever reads came by an owner's link and has no account here.
    pub by_link: bool,
    /// Somebody signed in at Microsoft for a mailbox that goes by another name than theirs.
    pub shared: bool,
    /// What the provider calls the organisation's application, where it is known.
    pub client_id: Option<String>,
    /// One organisation's tenant at Microsoft; not `common` and the like, which stand for many.
    pub tenant: Option<String>,
    /// What must be registered with the application, where it is known.
    pub redirect_uri: Option<String>,
    /// Where applications are registered in the mailbox's cloud.
    pub entra: &'static str,
    /// The right server for this address, where it is known.
    pub known: Option<servers::Server>,
    /// True where that server is the one that was typed.
    pub right: bool,
}

impl Scene {
    pub fn of(situation: &Situation) -> Self {
        let domain = situation.address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let provider = situation.provider();
        let oauth = situation.oauth.as_ref();
        let account = situation.account();
        let known = servers::server(provider, &situation.host, domain, situation.protocol);
        Self {
            protocol: situation.protocol,
            protocol_name: situation.protocol.name(),
            host: name(&situation.host, STEP_NAME_CHARACTERS),
            title_host: name(&situation.host, TITLE_NAME_CHARACTERS),
            is_address: matches!(Host::read(&situation.host), Some(Host::Address(_))),
            port: situation.port,
            security: situation.security,
            username: name(account, STEP_NAME_CHARACTERS),
            title_username: name(account, TITLE_NAME_CHARACTERS),
            address: name(&situation.address, STEP_NAME_CHARACTERS),
            title_address: name(&situation.address, TITLE_NAME_CHARACTERS),
            domain: name(domain, STEP_NAME_CHARACTERS),
            provider,
            personal: is_personal(provider, domain),
            tls_port: situation.protocol.default_port(Security::Tls),
            start_tls_port: situation.protocol.default_port(Security::StartTls),
            own: is_own(account, &situation.address),
            oauth: oauth.map(|oauth| oauth.provider),
            by_link: oauth.is_some_and(|oauth| oauth.by_link),
            person: oauth.and_then(|oauth| given(&oauth.person, STEP_NAME_CHARACTERS)),
            shared: situation.shared(),
            client_id: oauth.and_then(|oauth| given(&oauth.client_id, STEP_NAME_CHARACTERS)),
            tenant: oauth
                .filter(|oauth| !matches!(oauth.tenant.trim(), "common" | "organizations" | "consumers"))
                .and_then(|oauth| given(&oauth.tenant, STEP_NAME_CHARACTERS)),
            redirect_uri: oauth.and_then(|oauth| given(&oauth.redirect_uri, URI_CHARACTERS)),
            entra: entra(&situation.host),
            known,
            right: known.is_some_and(|server| server.matches(situation)),
        }
    }
}

impl Scene {
    /// True for AOL, which Yahoo runs beside its own mail.
    pub fn is_aol(&self) -> bool {
        let domain = self.domain.to_ascii_lowercase();
        self.host.to_ascii_lowercase().ends_with("aol.com") || matches!(domain.as_str(), "aol.com" | "aim.com")
    }

    /// True where the normal password does, as long as there is no second factor.
    pub const fn takes_normal_password(&self) -> bool {
        matches!(self.provider, Provider::Gmx | Provider::WebDe | Provider::Hiworks | Provider::Nate)
    }

    /// True where a mailbox has to be opened to mail programs before any password works.
    pub const fn needs_switch(&self) -> bool {
        matches!(
            self.provider,
            Provider::Naver
                | Provider::NaverWorks
                | Provider::Kakao
                | Provider::YahooJapan
                | Provider::Zoho
                | Provider::Yandex
                | Provider::Gmx
                | Provider::WebDe
                | Provider::Dooray
                | Provider::Hiworks
                | Provider::Nate
        )
    }
}

/// A name made fit for a sentence: nothing invisible or direction-changing in it, at most `max_characters` long.
///
/// An empty name becomes a dash, so that no sentence ends in the air.
pub(super) fn name(text: &str, max_characters: usize) -> String {
    let clean = |c: &char| !c.is_control() && !is_invisible(*c);
    let text = text.trim();
    let mut shown: String = text.chars().filter(clean).take(max_characters).collect();
    if text.chars().filter(clean).count() > max_characters {
        shown.pop();
        shown.push('…');
    }
    if shown.is_empty() {
        shown.push_str(NAMELESS);
    }
    shown
}

/// As [`name`], short enough for a title.
pub(super) fn title_name(text: &str) -> String {
    name(text, TITLE_NAME_CHARACTERS)
}

/// As [`name`], for steps and reasons.
pub(super) fn step_name(text: &str) -> String {
    name(text, STEP_NAME_CHARACTERS)
}

/// As [`name`], for an address that is to be copied.
pub(super) fn uri(text: &str) -> String {
    name(text, URI_CHARACTERS)
}

/// As [`name`], where there is one.
fn given(text: &str, max_characters: usize) -> Option<String> {
    Some(name(text, max_characters)).filter(|name| name != NAMELESS)
}

/// The portal of the cloud that a mail server belongs to: the national clouds have their own.
fn entra(host: &str) -> &'static str {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    match host.rsplit_once('.').map(|(_, top)| top) {
        Some("us") => "portal.azure.us",
        Some("cn") => "portal.azure.cn",
        _ => "entra.microsoft.com",
    }
}

/// At most `max` names as one list, and whether there were more.
pub(super) fn list(names: &[String], max: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(max).map(|text| name(text, 40)).collect();
    if names.len() > max {
        shown.push("…".to_owned());
    }
    if shown.is_empty() { NAMELESS.to_owned() } else { shown.join(", ") }
}

/// Port numbers as one list.
pub(super) fn ports(ports: &[u16]) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// Characters that show nothing, or turn the text around them: they could make one name look like another.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{034f}'
            | '\u{061c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// True where the user name is the address, or what stands before its `@`.
fn is_own(username: &str, address: &str) -> bool {
    let (username, address) = (username.trim().to_lowercase(), address.trim().to_lowercase());
    username == address || address.rsplit_once('@').is_some_and(|(local, _)| username == local)
}

/// True for the domains where people, not organisations, have their accounts.
pub(crate) fn is_personal(provider: Provider, domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    let first = domain.split('.').next().unwrap_or_default();
    match provider {
        Provider::Microsoft => matches!(first, "outlook" | "hotmail" | "live" | "msn" | "passport"),
        Provider::Google => matches!(first, "gmail" | "googlemail"),
        Provider::Zoho => matches!(first, "zoho" | "zohomail"),
        Provider::Yandex => matches!(first, "yandex" | "ya" | "narod"),
        Provider::Tencent => matches!(first, "qq" | "foxmail"),
        Provider::MailRu => matches!(first, "mail" | "inbox" | "list" | "bk" | "internet"),
        Provider::NaverWorks | Provider::Dooray | Provider::Hiworks | Provider::Other => false,
        Provider::Naver
        | Provider::Kakao
        | Provider::Yahoo
        | Provider::YahooJapan
        | Provider::ICloud
        | Provider::Fastmail
        | Provider::NetEase
        | Provider::Gmx
        | Provider::WebDe
        | Provider::TOnline
        | Provider::Nate => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_and_cleaned_before_it_reaches_a_sentence() {
        assert_eq!(name(" imap.example.com ", 30), "imap.example.com");
        assert_eq!(name("a\u{202e}b\r\nc\u{1b}[31m", 30), "abc[31m");
        assert_eq!(name(&"a".repeat(31), 30).chars().count(), 30);
        assert_eq!(name("\u{200b}", 30), "–");
    }

    #[test]
    fn private_accounts_are_told_from_those_of_an_organisation() {
        assert!(is_personal(Provider::Microsoft, "hotmail.co.uk"));
        assert!(!is_personal(Provider::Microsoft, "example.com"));
        assert!(is_personal(Provider::Google, "Gmail.com"));
        assert!(!is_personal(Provider::NaverWorks, "example.co.kr"));
        assert!(is_personal(Provider::MailRu, "bk.ru"));
        assert!(!is_personal(Provider::MailRu, "example.com"));
    }
}
