//! The steps of a check, known before it starts so that the page can show the whole ladder.

use serde::{Deserialize, Serialize};

use super::{Protocol, Security};

/// One step on the way from a host name to a working session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The host name becomes addresses.
    Resolve,
    /// One of the addresses takes a TCP connection.
    Connect,
    /// The TLS handshake, at once (implicit TLS).
    Tls,
    /// The server's first line.
    Greeting,
    /// The server agrees to encrypt, and the TLS handshake that follows.
    StartTls,
    /// IMAP: what the server says it can do.
    Capabilities,
    /// SMTP: EHLO and what the server says it can do.
    Ehlo,
    /// The server believes us.
    SignIn,
    /// IMAP: the folder we would watch can be opened, read-only.
    Folder,
    /// IMAP: whether the server tells us about new mail by itself (RFC 2177).
    Idle,
    /// SMTP: the server would take a message from this sender; no message is sent.
    Sender,
}

impl Step {
    /// The steps a check takes, in order.
    #[must_use]
    pub const fn plan(protocol: Protocol, security: Security) -> &'static [Self] {
        use Step::{Capabilities, Connect, Ehlo, Folder, Greeting, Idle, Resolve, Sender, SignIn, StartTls, Tls};
        match (protocol, security) {
            (Protocol::Imap, Security::Tls) => &[Resolve, Connect, Tls, Greeting, Capabilities, SignIn, Folder, Idle],
            (Protocol::Imap, Security::StartTls) => {
                &[Resolve, Connect, Greeting, StartTls, Capabilities, SignIn, Folder, Idle]
            }
            (Protocol::Imap, Security::None) => &[Resolve, Connect, Greeting, Capabilities, SignIn, Folder, Idle],
            (Protocol::Smtp, Security::Tls) => &[Resolve, Connect, Tls, Greeting, Ehlo, SignIn, Sender],
            (Protocol::Smtp, Security::StartTls) => &[Resolve, Connect, Greeting, StartTls, Ehlo, SignIn, Sender],
            (Protocol::Smtp, Security::None) => &[Resolve, Connect, Greeting, Ehlo, SignIn, Sender],
        }
    }
}
