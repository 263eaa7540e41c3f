//! What a passed step saw.

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Fingerprint, FolderEntry, Timestamp};

/// The evidence a passed step leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// [`Step::Resolve`](super::Step::Resolve): every address, in the order they will be tried.
    Resolved { addresses: Vec<String> },
    /// [`Step::Connect`](super::Step::Connect): the address that took the connection.
    Connected { address: String, port: u16 },
    /// [`Step::Tls`](super::Step::Tls) and [`Step::StartTls`](super::Step::StartTls).
    Secured { version: String, cipher: String, certificate: Certificate },
    /// [`Step::Greeting`](super::Step::Greeting): the server's first words, made printable.
    Greeted { text: String },
    /// [`Step::Capabilities`](super::Step::Capabilities): atoms in upper case, as the server ordered them.
    Capabilities { capabilities: Vec<String> },
    /// [`Step::Ehlo`](super::Step::Ehlo): the server's own name, its extensions, and the largest message it takes.
    Ehlo { server: String, extensions: Vec<String>, size_limit_bytes: Option<u64> },
    /// [`Step::SignIn`](super::Step::SignIn), and what the server wants people to be told of (`ALERT`, RFC 9051 7.1).
    SignedIn {
        username: String,
        method: AuthMethod,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        alerts: Vec<String>,
    },
    /// [`Step::Folder`](super::Step::Folder): counts from EXAMINE; `folders` is how many folders LIST showed.
    Folder {
        name: String,
        messages: u32,
        uid_validity: Option<u32>,
        uid_next: Option<u32>,
        folders: Option<u32>,
        /// How many messages came of late; `None` where the server would not say.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        recent: Option<u32>,
        /// The day since whose beginning they are counted; `None` where they are those of the last 24 hours, which
        /// only some servers can tell (RFC 5032). It is the server's day, wherever that begins.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        recent_since: Option<Timestamp>,
        /// The folders that can be opened, at most 300.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        list: Vec<FolderEntry>,
    },
    /// [`Step::Idle`](super::Step::Idle): without IDLE Postroom asks for new mail once a minute.
    Idle { supported: bool },
    /// [`Step::Sender`](super::Step::Sender): MAIL FROM and RCPT TO were accepted, then taken back.
    SenderAccepted { sender: String },
}

impl Finding {
    /// What the server wants people to be told of though the step has passed, in its own words.
    #[must_use]
    pub fn alerts(&self) -> &[String] {
        match self {
            Self::SignedIn { alerts, .. } => alerts,
            _ => &[],
        }
    }
}

/// What a person needs to know of a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The subject's organisation and common name.
    #[serde(default)]
    pub subject: String,
    /// Subject Alternative Names, or the common name of a certificate that has none.
    pub names: Vec<String>,
    /// The issuer's organisation and common name.
    pub issuer: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// SHA-256 of the DER encoding, lower-case hex without separators.
    pub sha256: String,
}

impl Certificate {
    /// What it is pinned by.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        Fingerprint::parse(&self.sha256)
    }
}

/// The certificate of a server that was not believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    pub certificate: Certificate,
    /// A connection to a server with exactly this certificate would come about, if it were trusted.
    pub may_be_pinned: bool,
    /// The command that prints the fingerprint to compare with; filled in by the server for whoever reads.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compare: Option<String>,
}
