//! Mail that Postroom's own mail server has taken.

use serde::{Deserialize, Serialize};

use super::{MailboxId, ReceivedId, Timestamp};

/// One received message, as a list shows it. What stands in the message is somebody else's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "native", derive(sqlx::FromRow))]
pub struct ReceivedMail {
    pub id: ReceivedId,
    pub mailbox_id: MailboxId,
    /// The address it came to, as the sender's server named it: the mailbox's own, or its forwarding address.
    pub recipient: String,
    /// The sender of the envelope; empty where nothing may be sent back (RFC 5321 4.5.5).
    pub sender: String,
    /// The IP address it came from.
    pub remote_address: String,
    /// The name that the sender's server gave itself.
    pub helo: String,
    /// True where the connection was encrypted.
    pub tls: bool,
    /// In bytes.
    pub size: i64,
    /// With its angle brackets.
    pub message_id: Option<String>,
    pub subject: Option<String>,
    /// The first address in `From`.
    pub author: Option<String>,
    pub received_at: Timestamp,
}

/// What a message says, as far as it is shown: somebody else's word, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageText {
    /// Plain text without anything invisible.
    pub text: String,
    /// Where its links lead, over https, and do not stand in the text.
    pub links: Vec<String>,
}
