//! Where messages go out.

use std::fmt;

use crate::model::MailboxId;

/// Where messages go out: those in one lane share a connection, and what stops one of them for a reason of the
/// account stops them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// The own outgoing server of a custom mailbox.
    Mailbox(MailboxId),
    /// The relay: Postroom's own messages, and those of default mailboxes.
    Relay,
}

impl Lane {
    pub(super) const fn mailbox(self) -> Option<MailboxId> {
        match self {
            Self::Mailbox(id) => Some(id),
            Self::Relay => None,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mailbox(id) => write!(f, "mailbox {id}"),
            Self::Relay => f.write_str("relay"),
        }
    }
}
