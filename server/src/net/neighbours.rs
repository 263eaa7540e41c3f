//! What else may answer when a server does not: the usual ports of mail, and servers known to be there.

use crate::model::{Protocol, Security};

/// A port, and how a conversation usually begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    pub port: u16,
    pub security: Security,
}

/// Where a [`Dialer`](super::Dialer)'s user looks after a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// The ports where a host usually speaks IMAP, the best first.
    pub imap: Vec<Door>,
    /// The ports where a host usually speaks SMTP, the best first.
    pub smtp: Vec<Door>,
    /// Hosts and ports that are known to answer. They tell a closed network from a closed server; without any,
    /// nobody is asked.
    pub references: Vec<(String, u16)>,
}

impl Neighbours {
    /// The usual ports of a protocol, the best first.
    #[must_use]
    pub fn doors(&self, protocol: Protocol) -> &[Door] {
        match protocol {
            Protocol::Imap => &self.imap,
            Protocol::Smtp => &self.smtp,
        }
    }
}

impl Default for Neighbours {
    /// The ports IANA registered, and no references.
    fn default() -> Self {
        let tls = |port| Door { port, security: Security::Tls };
        let start_tls = |port| Door { port, security: Security::StartTls };
        Self {
            imap: vec![tls(993), start_tls(143)],
            smtp: vec![tls(465), start_tls(587), start_tls(25)],
            references: Vec::new(),
        }
    }
}
