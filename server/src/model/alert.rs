//! What administrators are told by mail, and who of them.

use serde::{Deserialize, Serialize};

use super::{AlertId, Cause, DeliveryState, Direction, EmailAddress, Problem, Stopped, Timestamp, User};

/// An administrator, and whether they are told by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    pub user: User,
    pub told: bool,
}

/// One time that a cause has stopped mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub cause: Cause,
    pub problem: Problem,
    pub direction: Direction,
    /// Everything that it has stopped, by name; also what works again meanwhile.
    pub mailboxes: Vec<Stopped>,
    /// When the first of them failed for the first time.
    pub since: Timestamp,
    pub opened_at: Timestamp,
    /// When the last mailbox joined.
    pub grew_at: Timestamp,
    /// The last mail about it; `None` where nobody was told by mail.
    pub told_at: Option<Timestamp>,
    /// How many mailboxes that mail told of.
    pub told_count: u32,
    /// When it was over, and how; `None` while it goes on.
    pub closed: Option<(Timestamp, AlertEnding)>,
}

/// How an alert ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertEnding {
    /// At least one of its mailboxes works again.
    Recovered,
    /// Its mailboxes do not work still, for another reason, which has an alert of its own.
    OtherCause,
    /// Nobody looks after any of its mailboxes any more: they are paused or deleted, or their workspace is archived.
    AtRest,
}

/// What a mail to an administrator is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// Mailboxes have stopped.
    Stopped,
    /// The same cause has stopped at least twice as many.
    More,
    Recovered,
    /// Something ends soon.
    Warning,
    /// An administrator wants to see whether alerts arrive.
    Test,
}

/// A mail to an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertMail {
    pub kind: AlertKind,
    pub to: EmailAddress,
    pub subject: String,
    pub queued_at: Timestamp,
    /// Where it stands in the outbox; `None` once the outbox has forgotten it.
    pub state: Option<DeliveryState>,
}

/// An alert, or what was told without one, with its mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `None` for warnings and tests.
    pub alert: Option<Alert>,
    /// What was wrong, in the reader's words; `None` where that cannot be said any more.
    pub title: Option<String>,
    /// The oldest first. Empty where an alert was not told by mail.
    pub mails: Vec<AlertMail>,
}

impl AlertEnding {
    /// The ending's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::OtherCause => "other_cause",
            Self::AtRest => "at_rest",
        }
    }
}

impl AlertKind {
    /// The kind's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::More => "more",
            Self::Recovered => "recovered",
            Self::Warning => "warning",
            Self::Test => "test",
        }
    }
}

impl Told {
    /// When it happened: since when mailboxes do not work, or when the mail was written.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        let first = || self.mails.first().map(|mail| mail.queued_at);
        self.alert.as_ref().map(|alert| alert.opened_at).or_else(first).unwrap_or_default()
    }

    /// True where this is the same warning to another administrator.
    #[must_use]
    pub fn is_same_warning(&self, mail: &AlertMail) -> bool {
        mail.kind == AlertKind::Warning
            && self.mails.iter().all(|other| other.kind == mail.kind && other.queued_at == mail.queued_at)
    }
}
