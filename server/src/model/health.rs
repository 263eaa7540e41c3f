//! How a mailbox has been doing, one direction at a time: now, and what happened before.

use serde::{Deserialize, Serialize};

use super::{Direction, EmailAddress, MailboxId, OAuthProvider, Problem, Timestamp};

/// How one direction of a mailbox at work is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Health {
    Working,
    /// It failed once. It is looked at again in a minute or two before anybody is alarmed.
    Doubtful {
        since: Timestamp,
        problem: Problem,
    },
    /// It failed at least twice in a row. `since` is the first time.
    Failing {
        since: Timestamp,
        problem: Problem,
    },
}

/// Something that happened to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthEvent {
    pub at: Timestamp,
    /// Which way it was about; `None` for both.
    pub direction: Option<Direction>,
    pub what: HappenedTo,
    pub problem: Option<Problem>,
    /// Of [`HappenedTo::WentDown`] and [`HappenedTo::Recovered`]: how long it did not work; `None` while it goes on.
    pub lasted_millis: Option<i64>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HappenedTo {
    WentDown,
    /// It fails still, and for another reason.
    OtherProblem,
    Recovered,
    SignedInAgain,
    SettingsChanged,
    Paused,
    Resumed,
}

/// What a failure comes from, so that many mailboxes with one cause are told once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// The organisation's application at a provider.
    Application { provider: OAuthProvider },
    /// A server that cannot be reached or cannot just now.
    Server { host: String, port: u16 },
    /// This mailbox alone.
    Mailbox { id: MailboxId },
    /// The relay, which default mailboxes and Postroom itself send through.
    Relay,
}

/// A mailbox that an incident stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// The workspace's name in addresses of pages.
    pub workspace: String,
    pub id: MailboxId,
    pub name: String,
    pub address: EmailAddress,
    pub incoming: bool,
    pub outgoing: bool,
    /// Since when the first of the two does not work.
    pub since: Timestamp,
}

/// One thing that is wrong now, with everything that it stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub cause: Cause,
    /// Of the mailbox that has been failing longest.
    pub problem: Problem,
    pub direction: Direction,
    pub since: Timestamp,
    /// By name.
    pub mailboxes: Vec<Stopped>,
}

impl HappenedTo {
    /// The event's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WentDown => "went_down",
            Self::OtherProblem => "other_problem",
            Self::Recovered => "recovered",
            Self::SignedInAgain => "signed_in_again",
            Self::SettingsChanged => "settings_changed",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }
}

impl Health {
    /// The state's name in the database and in metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Doubtful { .. } => "doubtful",
            Self::Failing { .. } => "failing",
        }
    }

    /// Since when it does not work, and why.
    #[must_use]
    pub const fn trouble(&self) -> Option<(Timestamp, &Problem)> {
        match self {
            Self::Working => None,
            Self::Doubtful { since, problem } | Self::Failing { since, problem } => Some((*since, problem)),
        }
    }
}
