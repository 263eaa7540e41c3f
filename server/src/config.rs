//! Everything the administrator of this machine decides.
//!
//! Read from `postroom.toml`, then from the environment, then from flags; the later one wins.
//! `POSTROOM_NETWORK__ALLOW_PRIVATE=true` sets `allow_private` in `[network]`. Unknown keys are errors:
//! a setting that is misspelt must not be ignored. `postroom.example.toml` documents every key.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::{Figment, Provider};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::Cloud;

/// The file that is read from the working directory when no other is named.
pub const DEFAULT_FILE: &str = "postroom.toml";

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the pages are served.
    pub listen: SocketAddr,
    /// Where browsers reach us from outside, when that is not `http://{listen}`; https makes cookies `Secure`.
    pub public_url: Option<Url>,
    /// The folder of the key file and of the embedded database.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; without it, SQLite in `data_dir`.
    pub database_url: Option<DatabaseUrl>,
    /// Default support addresses are `support@{workspace}.{mail_domain}`.
    pub mail_domain: String,
    /// The name in EHLO; without it, the host of `public_url`, or a name that says nothing.
    pub ehlo_name: Option<String>,
    /// What is logged, in the words of `tracing_subscriber::EnvFilter`.
    pub log: String,
    pub network: NetworkConfig,
    pub discovery: DiscoveryConfig,
    pub session: SessionConfig,
    pub sign_in: SignInConfig,
    pub watch: WatchConfig,
    pub inbound: InboundConfig,
    pub metrics: MetricsConfig,
    pub audit: AuditConfig,
    pub oauth: OAuthConfig,
}

/// The organisation's applications at Microsoft and Google, where the operator sets them and not an administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthConfig {
    pub microsoft: MicrosoftConfig,
    pub google: GoogleConfig,
}

/// Microsoft 365 and Outlook.com.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MicrosoftConfig {
    /// Sets the application here; without it an administrator does on the page.
    pub client_id: Option<String>,
    pub client_secret: Option<ClientSecret>,
    /// `YYYY-MM-DD`.
    pub client_secret_expires_on: Option<String>,
    /// A tenant id, a domain, or `common`, `organizations`, `consumers`.
    pub tenant: Option<String>,
    pub cloud: Option<Cloud>,
    /// Where people sign in, when it is not the cloud's own address.
    pub authority: Option<Url>,
    /// `HOST:PORT` of the mail servers, when they are not the cloud's own.
    pub imap: Option<HostPort>,
    pub smtp: Option<HostPort>,
}

/// Gmail and Google Workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoogleConfig {
    /// Sets the application here; without it an administrator does on the page.
    pub client_id: Option<String>,
    pub client_secret: Option<ClientSecret>,
    /// Who issues Google's id tokens, when it is not Google's own address.
    pub issuer: Option<Url>,
    /// `HOST:PORT` of the mail servers, when they are not Google's own.
    pub imap: Option<HostPort>,
    pub smtp: Option<HostPort>,
}

/// A client secret of an application. It is not shown when it is printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(pub String);

/// `HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPort {
    pub host: String,
    pub port: u16,
}

/// The URL of a database. It may hold a password and is not shown when it is printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(pub String);

/// Where users may make us connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// Mail servers on this very machine.
    pub allow_loopback: bool,
    /// Mail servers in private address ranges.
    pub allow_private: bool,
    /// PEM files of authorities that are trusted besides the usual ones.
    pub extra_ca_files: Vec<PathBuf>,
    /// Name servers to ask instead of the system's.
    pub name_servers: Vec<SocketAddr>,
    /// `HOST:PORT` of servers that are known to answer there. When another server is silent on the same port they are
    /// asked for a connection, and nothing else, to tell a closed network from a closed server. None: never.
    pub reference_hosts: Vec<HostPort>,
}

/// How a mailbox's servers are found from its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryConfig {
    /// False: the list of providers alone, and nothing that leaves this machine, not even to the DNS.
    pub enabled: bool,
    /// A public directory of providers, which learns the domain; none, written as an empty text, asks none.
    #[serde(with = "url_or_none")]
    pub directory: Option<Url>,
    /// A list of providers of one's own, which comes before the one that is compiled in.
    pub providers_file: Option<PathBuf>,
}

/// How long people stay signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfig {
    /// Hours without a request after which one has to sign in again.
    pub idle_hours: u32,
}

/// How often a password may be guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInConfig {
    /// Attempts for one account, and from one address, in `window_minutes`.
    pub attempts: u32,
    pub window_minutes: u32,
}

/// How mailboxes at work are looked after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchConfig {
    /// Minutes between two looks at a server that works, give or take a fifth; may be a fraction.
    pub every_minutes: f64,
    /// A failure is confirmed after this, at most twice as long.
    pub confirm_seconds: u32,
    /// How many checks may run at a time.
    pub at_once: u32,
    /// How long it is remembered what happened to a mailbox.
    pub history_days: u32,
}

/// Who changed what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// How many days a line of the audit log is kept; 0 keeps every line for ever.
    pub keep_days: u32,
}

/// Our own mail server, which takes mail for default mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundConfig {
    /// Where mail is taken; none, written as an empty text, takes no mail.
    #[serde(with = "address_or_none")]
    pub listen: Option<SocketAddr>,
    /// PEM files of the certificate, with what lies between it and a root, and of its key. Without them, one of our own.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// The largest message, in megabytes (1 048 576 bytes).
    pub max_megabytes: u32,
    /// How many connections may be open at once.
    pub connections: u32,
    /// The same from one network address.
    pub connections_per_address: u32,
    /// How many messages one network address may bring in a minute.
    pub messages_per_minute: u32,
}

/// Numbers for Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// Where `/metrics` is served, and nothing else; without it, nowhere.
    pub listen: Option<SocketAddr>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    /// Names the key and where it was set.
    #[error(transparent)]
    Invalid(Box<figment::Error>),
    #[error("mail_domain is not a domain: {0}")]
    MailDomain(String),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            data_dir: PathBuf::from("data"),
            database_url: None,
            mail_domain: "postroom.localhost".to_owned(),
            ehlo_name: None,
            log: "info".to_owned(),
            network: NetworkConfig {
                allow_loopback: false,
                allow_private: false,
                extra_ca_files: Vec::new(),
                name_servers: Vec::new(),
                reference_hosts: reference_hosts(),
            },
            discovery: DiscoveryConfig::default(),
            session: SessionConfig { idle_hours: 12 },
            sign_in: SignInConfig { attempts: 10, window_minutes: 15 },
            watch: WatchConfig::default(),
            inbound: InboundConfig::default(),
            metrics: MetricsConfig::default(),
            audit: AuditConfig { keep_days: 1_095 },
            oauth: OAuthConfig::default(),
        }
    }
}

/// Two of the largest services for each port of mail, so that one that is down misleads nobody.
fn reference_hosts() -> Vec<HostPort> {
    [
        ("smtp.gmail.com", 25),
        ("outlook-com.olc.protection.outlook.com", 25),
        ("smtp.gmail.com", 465),
        ("smtp.mail.yahoo.com", 465),
        ("smtp.gmail.com", 587),
        ("smtp.office365.com", 587),
        ("outlook.office365.com", 143),
        ("imap.gmx.net", 143),
        ("imap.gmail.com", 993),
        ("outlook.office365.com", 993),
    ]
    .map(|(host, port)| HostPort { host: host.to_owned(), port })
    .into()
}

impl Default for DiscoveryConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            directory: Url::parse("https://autoconfig.thunderbird.net/v1.1/").ok(),
            providers_file: None,
        }
    }
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self { every_minutes: 15.0, confirm_seconds: 60, at_once: 10, history_days: 365 }
    }
}

impl Default for InboundConfig {
    fn default() -> Self {
        Self {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 2525))),
            certificate: None,
            key: None,
            max_megabytes: 50,
            connections: 200,
            connections_per_address: 20,
            messages_per_minute: 300,
        }
    }
}

impl InboundConfig {
    /// The largest message, in bytes.
    #[must_use]
    pub fn max_bytes(&self) -> u64 {
        u64::from(self.max_megabytes) * 1_048_576
    }
}

/// An address that can be switched off: TOML and the environment have no word for nothing but the empty one.
mod address_or_none {
    use std::net::SocketAddr;

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde asks for this shape")]
    pub fn serialize<S: Serializer>(address: &Option<SocketAddr>, serializer: S) -> Result<S::Ok, S::Error> {
        match address {
            Some(address) => serializer.collect_str(address),
            None => serializer.serialize_str(""),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.trim() {
            "" | "none" => Ok(None),
            address => address.parse().map(Some).map_err(|_| {
                D::Error::custom(format!("{address:?} is no address with a port, such as \"127.0.0.1:2525\""))
            }),
        }
    }
}

/// The same for an https address.
mod url_or_none {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use url::Url;

    #[expect(clippy::ref_option, reason = "serde asks for this shape")]
    pub fn serialize<S: Serializer>(url: &Option<Url>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(url.as_ref().map_or("", Url::as_str))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("{text:?} is no address that begins with https://"));
        match text.trim() {
            "" | "none" => Ok(None),
            url => Url::parse(url).ok().filter(|url| url.scheme() == "https").map(Some).ok_or_else(wrong),
        }
    }
}

impl WatchConfig {
    /// The time between two looks: at least a second, at most a week.
    #[must_use]
    #[expect(clippy::manual_clamp, reason = "`clamp` would let NaN pass, which no duration can be made of")]
    pub fn every(&self) -> Duration {
        const WEEK_SECONDS: f64 = 604_800.0;
        Duration::from_secs_f64((self.every_minutes * 60.0).max(1.0).min(WEEK_SECONDS))
    }
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        match parts {
            Some((host, port)) if !host.is_empty() && port != 0 => Ok(Self { host: host.to_owned(), port }),
            _ => Err(format!("{text:?} is not HOST:PORT")),
        }
    }
}

impl From<HostPort> for String {
    fn from(HostPort { host, port }: HostPort) -> Self {
        format!("{host}:{port}")
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

impl Config {
    /// Reads file, environment and flags, in this order. Flags are keys with their values, `.` between
    /// section and key.
    ///
    /// Without `file`, `postroom.toml` in the working directory is read where it exists.
    /// `POSTROOM_CONFIG` and `POSTROOM_SITE_DIR` are flags of the command line and no settings.
    ///
    /// # Errors
    /// When a named file does not exist, a key is unknown, or a value does not fit.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, ConfigError> {
        let mut later = Figment::from(Env::prefixed("POSTROOM_").ignore(&["config", "site_dir"]).split("__"));
        for (key, value) in flags {
            later = later.merge(Serialized::default(key, value));
        }
        Self::from_sources(file, later)
    }

    fn from_sources(file: Option<&Path>, later: impl Provider) -> Result<Self, ConfigError> {
        if let Some(file) = file
            && !file.is_file()
        {
            return Err(ConfigError::NoFile(file.to_owned()));
        }
        // A file that is read exactly there must exist; the default one need not.
        let file = file.or_else(|| Some(Path::new(DEFAULT_FILE)).filter(|file| file.exists()));
        let mut sources = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            sources = sources.merge(Toml::file_exact(file));
        }
        let config: Self = sources.merge(later).extract().map_err(|error| ConfigError::Invalid(Box::new(error)))?;
        if crate::model::address::is_host_name(&config.mail_domain) && config.mail_domain.contains('.') {
            Ok(config)
        } else {
            Err(ConfigError::MailDomain(config.mail_domain))
        }
    }

    /// The name of this machine towards mail servers, where one is known.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        self.ehlo_name.as_deref().or_else(|| self.public_url.as_ref()?.domain())
    }

    /// The database that is to be opened, as a URL.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.0.clone(),
            None => format!("sqlite:{}", self.data_dir.join("postroom.sqlite").display()),
        }
    }

    /// The file of the sealing keys.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("vault.key")
    }

    /// The address people type into their browser, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            // By this name providers take an address without https.
            None if self.listen.ip().is_loopback() => format!("http://localhost:{}", self.listen.port()),
            None => format!("http://{}", self.listen),
        }
    }
}

#[cfg(test)]
mod tests;
