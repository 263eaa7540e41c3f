//! What Postroom sends: one delivery for each message, from the moment it is queued.

use serde::{Deserialize, Serialize};

use super::{DeliveryId, EmailAddress, MailboxId, Problem, Timestamp};

/// Why Postroom sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody wants to see whether mail goes out and comes back.
    TestMail,
    /// Something has stopped, or works again.
    Alert,
    /// A mail that is to come back through a forwarding address.
    ForwardingCheck,
    /// It proves that a mailbox's address is ours.
    Activation,
    /// Something about how somebody signs in here.
    SignIn,
    /// It asks somebody in.
    Invitation,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It goes out as soon as it is due.
    Waiting,
    /// The mailbox, or the relay, cannot send until somebody repairs it; then this goes out by itself.
    Parked,
    /// The mail server has taken it.
    Sent,
    /// Given up: the server refused it for good, or put it off for two days.
    Failed,
}

/// The mailbox that a message is sent from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFrom {
    pub id: MailboxId,
    pub name: String,
}

/// One outgoing message, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The mailbox it is sent from; `None` for a message of Postroom itself.
    pub mailbox: Option<SentFrom>,
    pub purpose: Purpose,
    pub sender: EmailAddress,
    pub recipients: Vec<EmailAddress>,
    pub subject: String,
    pub state: DeliveryState,
    /// How often it was handed to the server, or tried to be.
    pub attempts: u32,
    pub queued_at: Timestamp,
    /// When it is tried next; says something while it is waiting.
    pub next_attempt_at: Timestamp,
    /// When it was sent, or given up.
    pub decided_at: Option<Timestamp>,
    /// What stopped the last try; `None` where there was none yet, or where no outgoing server is set.
    pub problem: Option<Problem>,
    /// A connection broke, or Postroom was stopped, after the whole message had gone out and before the server's
    /// answer came. SMTP cannot tell then whether the server has it. It is sent again: twice is better than never,
    /// and receivers know the Message-ID.
    pub may_arrive_twice: bool,
    /// The server's words when it took the message.
    pub reply: Option<String>,
}

/// How many messages of a mailbox, or of the relay, have not gone out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    pub waiting: u32,
    pub parked: u32,
    pub failed: u32,
}

impl Purpose {
    /// The purpose's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TestMail => "test_mail",
            Self::Alert => "alert",
            Self::ForwardingCheck => "forwarding_check",
            Self::Activation => "activation",
            Self::SignIn => "sign_in",
            Self::Invitation => "invitation",
        }
    }
}

impl DeliveryState {
    /// All of them, the ones that somebody may have to look after first.
    pub const ALL: [Self; 4] = [Self::Parked, Self::Failed, Self::Waiting, Self::Sent];

    /// The state's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}
