//! What can be learned about a mailbox's servers from its address alone, and who says so.

use serde::{Deserialize, Serialize};

use super::{
    AuthMethod, EmailAddress, Endpoint, OAuthProvider, Problem, Protocol, Provider, Security, ServerForm, TlsMode,
};

/// Who was asked. The order is that of belief: of two that answer, the earlier one wins, however late it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Postroom's own list of providers, by the domain.
    Table,
    /// The same list, by the hosts that take the domain's mail (MX, RFC 5321 5.1).
    Mx,
    /// A configuration that the domain vouches for in its DNS (PACC).
    Pacc,
    /// `https://autoconfig.DOMAIN`.
    Autoconfig,
    /// `https://DOMAIN/.well-known/autoconfig`.
    WellKnown,
    /// A public directory of providers, by the domain.
    Directory,
    /// `https://autoconfig.` of the domain that takes this domain's mail.
    MxAutoconfig,
    /// The public directory, by the domain that takes this domain's mail.
    MxDirectory,
    /// SRV records (RFC 6186, RFC 8314).
    Srv,
    /// Microsoft's Autodiscover. It names no IMAP server and only tells whose mail it may be.
    Autodiscover,
    /// The names that servers usually have, if one of them answers.
    Guess,
    /// Nobody: what is usual where nobody says otherwise.
    Usual,
}

/// How much a value is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    Certain,
    Likely,
    /// Worth a try, and worth a look before a password is typed.
    Unsure,
}

/// A value, who said so, and how much that is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
    pub certainty: Certainty,
}

/// What a user name is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", content = "text", rename_all = "snake_case")]
pub enum UsernameForm {
    /// The whole address.
    Address,
    /// What stands before the `@`.
    LocalPart,
    /// Something that was told word by word.
    Text(String),
}

/// How a server wants to be signed in to, as far as a configuration tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInWay {
    Password,
    /// CRAM-MD5 and its like. Lists that say so are often wrong: what the server offers is what counts.
    EncryptedPassword,
    #[serde(rename = "oauth")]
    OAuth,
}

/// A server that may be the right one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Host, port and security.
    pub endpoint: Sourced<Endpoint>,
    pub username: Sourced<UsernameForm>,
    /// The best first; empty where nobody told.
    pub ways: Sourced<Vec<SignInWay>>,
}

/// Why a provider was recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Because {
    /// The address is in a domain of the provider's own.
    Domain { domain: String },
    /// The MX record of the domain points there.
    Mx { domain: String, host: String },
    /// The server that was found is the provider's.
    Server { host: String },
    /// Microsoft's Autodiscover answers for the domain.
    Autodiscover { domain: String, host: String },
}

/// Whose mail it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// The row in the list of providers.
    pub id: String,
    /// The provider's name as people know it.
    pub name: String,
    pub provider: Provider,
    /// Set where signing in with the provider is the way, and not a password.
    pub sign_in: Option<OAuthProvider>,
    pub because: Because,
}

/// What has to be done at the provider before its servers let anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// A password made for one program, instead of the account's own.
    AppPassword,
    /// Two-step verification has to be on before such a password can be made.
    TwoStep,
    /// A password made for one program, where two-step verification is on.
    TwoStepAppPassword,
    /// A code that the provider hands out for mail programs (授权码), instead of the password.
    ClientCode,
    /// A password for mail that differs from the account's.
    SeparatePassword,
    /// IMAP is off until somebody switches it on.
    ImapOff,
    /// So is SMTP.
    SmtpOff,
    /// An administrator has to allow IMAP and SMTP.
    AdminSwitch,
    /// Only some plans have IMAP.
    Paid,
    /// The host differs by region.
    Region,
    /// A program of the provider's has to run beside Postroom.
    Bridge,
    /// There is no IMAP at all: the mail has to be forwarded.
    NoImap,
    /// There is only POP3, which leaves no state on the server: the mail has to be forwarded.
    Pop3Only,
    /// The servers that are told of encrypt nothing; they are not proposed.
    ClearOnly,
    /// The outgoing server is of a service that only sends, which hands out a user name and a key for it.
    SendingKey,
}

/// One such thing, and the page where it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub kind: NeedKind,
    /// An `https://` address.
    pub link: Option<String>,
}

/// Why a source could not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// The way there failed.
    #[error("{problem}")]
    Unreachable { problem: Problem },
    #[error("it was not done in time")]
    TimedOut,
    #[error("the answer was HTTP status {status}")]
    Status { status: u16 },
    #[error("the answer is longer than {max_bytes} bytes")]
    TooLong { max_bytes: u32 },
    #[error("it leads on and on")]
    TooManyRedirects,
    /// Another scheme, another port or an address without a name.
    #[error("it leads to {to}, where no configuration is fetched from")]
    RedirectRefused { to: String },
    #[error("the answer cannot be read: {detail}")]
    Unreadable { detail: String },
    /// The domain's DNS does not vouch for the configuration.
    #[error("no record in the DNS vouches for it")]
    NotVouchedFor,
    #[error("it is not what the record in the DNS vouches for")]
    DigestDiffers,
}

/// How asking one source ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SourceOutcome {
    /// It knows something.
    Found,
    /// It answered, and knows nothing of this address.
    Nothing,
    Failed {
        trouble: Trouble,
    },
    /// A better source had answered already.
    NotNeeded,
    /// The operator has switched it off.
    Off,
}

/// One source and how long it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReport {
    pub source: Source,
    #[serde(flatten)]
    pub outcome: SourceOutcome,
    /// Who was asked: a domain, a host.
    pub asked: String,
    pub millis: u64,
}

/// What happens while a search runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "progress", rename_all = "snake_case")]
pub enum Progress {
    Began { source: Source },
    Ended { report: SourceReport },
}

/// Everything that was found out about an address. Nothing here was signed in to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub address: EmailAddress,
    pub provider: Option<Recognised>,
    /// A spam filter that takes the mail first and hides whose servers stand behind it.
    pub gateway: Option<String>,
    /// IMAP servers, the best first.
    pub incoming: Vec<Candidate>,
    /// Submission servers, the best first.
    pub outgoing: Vec<Candidate>,
    pub needs: Vec<Need>,
    /// Every source, in the order of belief.
    pub sources: Vec<SourceReport>,
    pub millis: u64,
}

impl NeedKind {
    /// True where it is about the password that is typed: who signs in with the provider needs none of this.
    #[must_use]
    pub const fn is_about_password(self) -> bool {
        matches!(
            self,
            Self::AppPassword
                | Self::TwoStep
                | Self::TwoStepAppPassword
                | Self::ClientCode
                | Self::SeparatePassword
                | Self::SendingKey
        )
    }
}

impl Trouble {
    /// True where the very same question may be answered a little later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::TimedOut => true,
            Self::Status { status } => *status == 429 || *status >= 500,
            Self::Unreachable { problem } => matches!(
                problem,
                Problem::DnsTimedOut { .. }
                    | Problem::DnsFailed { .. }
                    | Problem::DnsRefused { .. }
                    | Problem::TimedOut { .. }
                    | Problem::ConnectTimedOut { .. }
                    | Problem::Unreachable { .. }
                    | Problem::ConnectionLost { .. }
                    | Problem::OutOfSockets { .. }
            ),
            Self::TooLong { .. }
            | Self::TooManyRedirects
            | Self::RedirectRefused { .. }
            | Self::Unreadable { .. }
            | Self::NotVouchedFor
            | Self::DigestDiffers => false,
        }
    }
}

impl<T> Sourced<T> {
    /// A value with its origin.
    #[must_use]
    pub const fn new(value: T, source: Source, certainty: Certainty) -> Self {
        Self { value, source, certainty }
    }
}

impl UsernameForm {
    /// The user name of this address.
    #[must_use]
    pub fn of(&self, address: &EmailAddress) -> String {
        match self {
            Self::Address => address.to_string(),
            Self::LocalPart => address.local_part().to_owned(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Candidate {
    /// True where this server stands in a form: host, port and protection.
    #[must_use]
    pub fn is_in(&self, protocol: Protocol, form: &ServerForm) -> bool {
        let endpoint = &self.endpoint.value;
        form.is_for(&endpoint.host)
            && form.port_number() == Some(endpoint.port)
            && form.security(protocol) == endpoint.security
    }

    /// The form that this server fills in; the password is left to whoever knows it.
    #[must_use]
    pub fn form(&self, protocol: Protocol, address: &EmailAddress) -> ServerForm {
        let endpoint = &self.endpoint.value;
        let mut form = ServerForm {
            host: endpoint.host.clone(),
            port: endpoint.port.to_string(),
            tls: endpoint.security != Security::None,
            tls_mode: TlsMode::Auto,
            method: AuthMethod::Plain,
            email: address.to_string(),
            username: match &self.username.value {
                UsernameForm::Address => String::new(),
                other => other.of(address),
            },
            ..ServerForm::default()
        };
        if form.security(protocol) != endpoint.security {
            form.tls_mode = if endpoint.security == Security::StartTls { TlsMode::StartTls } else { TlsMode::Implicit };
        }
        form
    }
}

impl Discovery {
    /// What is known before anybody has been asked.
    #[must_use]
    pub const fn nothing(address: EmailAddress) -> Self {
        Self {
            address,
            provider: None,
            gateway: None,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            needs: Vec::new(),
            sources: Vec::new(),
            millis: 0,
        }
    }

    /// The candidates of one protocol, the best first.
    #[must_use]
    pub fn candidates(&self, protocol: Protocol) -> &[Candidate] {
        match protocol {
            Protocol::Imap => &self.incoming,
            Protocol::Smtp => &self.outgoing,
        }
    }

    /// The candidate whose server stands in the form.
    #[must_use]
    pub fn standing_in(&self, protocol: Protocol, form: &ServerForm) -> Option<&Candidate> {
        self.candidates(protocol).iter().find(|candidate| candidate.is_in(protocol, form))
    }

    /// The form with the best server in it, which keeps the address and the folder that were typed. `None` where
    /// nothing was found.
    #[must_use]
    pub fn fill(&self, protocol: Protocol, typed: &ServerForm) -> Option<ServerForm> {
        let best = self.candidates(protocol).first()?.form(protocol, &self.address);
        let email = if typed.email.trim().is_empty() { best.email.clone() } else { typed.email.clone() };
        Some(ServerForm { email, folder: typed.folder.clone(), ..best })
    }

    /// True where the mailbox cannot be opened over IMAP at all.
    #[must_use]
    pub fn has_no_imap(&self) -> bool {
        self.incoming.is_empty() && self.needs(NeedKind::NoImap).or(self.needs(NeedKind::Pop3Only)).is_some()
    }

    /// The need of this kind.
    #[must_use]
    pub fn needs(&self, kind: NeedKind) -> Option<&Need> {
        self.needs.iter().find(|need| need.kind == kind)
    }

    /// How asking this source ended.
    #[must_use]
    pub fn report(&self, source: Source) -> Option<&SourceReport> {
        self.sources.iter().find(|report| report.source == source)
    }

    /// True where no server was found, or one was guessed only, while somebody who might know could not answer for the
    /// moment: asked again later, the answer may be another one.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        let guessed = self.incoming.first().is_none_or(|best| best.endpoint.source == Source::Guess);
        let passes = |report: &SourceReport| match &report.outcome {
            SourceOutcome::Failed { trouble } => trouble.may_pass(),
            _ => false,
        };
        guessed && self.sources.iter().any(passes)
    }

    /// True where the operator lets nobody be asked: only Postroom's own list was looked at.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.report(Source::Mx).is_some_and(|report| report.outcome == SourceOutcome::Off)
    }

    /// True where there is nothing to go by: no servers, no provider, and no word that there can be none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.incoming.is_empty() && self.outgoing.is_empty() && self.provider.is_none() && !self.has_no_imap()
    }
}

impl Source {
    /// All that are asked, in the order of belief.
    pub const ASKED: [Self; 11] = [
        Self::Table,
        Self::Mx,
        Self::Pacc,
        Self::Autoconfig,
        Self::WellKnown,
        Self::Directory,
        Self::MxAutoconfig,
        Self::MxDirectory,
        Self::Srv,
        Self::Autodiscover,
        Self::Guess,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(port: u16, security: Security, username: UsernameForm) -> Candidate {
        let endpoint = Endpoint::new("mail.example.com".to_owned(), port, security);
        Candidate {
            endpoint: Sourced::new(endpoint, Source::Srv, Certainty::Likely),
            username: Sourced::new(username, Source::Usual, Certainty::Likely),
            ways: Sourced::new(Vec::new(), Source::Usual, Certainty::Unsure),
        }
    }

    #[test]
    fn a_candidate_becomes_a_form_that_means_the_same() {
        let address = EmailAddress::parse("desk@example.com").unwrap();
        for (port, security) in
            [(993, Security::Tls), (143, Security::StartTls), (10993, Security::StartTls), (587, Security::Tls)]
        {
            let form = candidate(port, security, UsernameForm::LocalPart).form(Protocol::Imap, &address);
            let settings = form.settings(Protocol::Imap).unwrap();
            assert_eq!((settings.endpoint.port, settings.endpoint.security), (port, security));
            assert_eq!(settings.username, "desk");
        }
        let form = candidate(993, Security::Tls, UsernameForm::Address).form(Protocol::Imap, &address);
        assert_eq!(form.username, "", "the address needs not to be said twice");
    }

    fn discovery(incoming: Vec<Candidate>) -> Discovery {
        Discovery { incoming, ..Discovery::nothing(EmailAddress::parse("desk@example.com").unwrap()) }
    }

    #[test]
    fn what_is_found_keeps_the_address_and_the_folder_that_were_typed() {
        let found = discovery(vec![candidate(10_993, Security::StartTls, UsernameForm::LocalPart)]);
        let blank = ServerForm::default_for(Protocol::Imap, "desk@example.com");
        assert!(blank.is_blank(Protocol::Imap));
        let typed = ServerForm { email: "it@example.com".to_owned(), folder: "Help".to_owned(), ..blank.clone() };
        assert!(typed.is_blank(Protocol::Imap), "neither names a server");
        let filled = found.fill(Protocol::Imap, &typed).unwrap();
        assert_eq!((filled.email.as_str(), filled.folder.as_str()), ("it@example.com", "Help"));
        assert_eq!((filled.host.as_str(), filled.username.as_str()), ("mail.example.com", "desk"));
        assert!(!filled.is_blank(Protocol::Imap));
        assert!(found.standing_in(Protocol::Imap, &filled).is_some());
        let edited = ServerForm { port: "993".to_owned(), ..filled };
        assert!(found.standing_in(Protocol::Imap, &edited).is_none(), "what was edited was not found");
        assert_eq!(discovery(Vec::new()).fill(Protocol::Imap, &blank), None);
        for typed in [
            ServerForm { host: "a.example".to_owned(), ..blank.clone() },
            ServerForm { port: "143".to_owned(), ..blank.clone() },
            ServerForm { username: "desk".to_owned(), ..blank.clone() },
            ServerForm { tls: false, ..blank.clone() },
        ] {
            assert!(!typed.is_blank(Protocol::Imap), "{typed:?}");
        }
    }

    #[test]
    fn only_pop3_is_no_imap() {
        let mut found = discovery(Vec::new());
        assert!(found.is_empty() && !found.has_no_imap());
        found.needs.push(Need { kind: NeedKind::Pop3Only, link: None });
        assert!(found.has_no_imap() && !found.is_empty());
    }

    #[test]
    fn the_sources_stand_in_the_order_of_belief() {
        assert!(Source::ASKED.is_sorted());
    }
}
