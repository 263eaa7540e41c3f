//! A test mail: from a mailbox to itself, or to an address that an administrator typed.

use serde::{Deserialize, Serialize};

use super::{DeliveryState, EmailAddress, Problem, Timestamp};

/// The last test mail of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMail {
    pub to: EmailAddress,
    pub started_at: Timestamp,
    pub stage: TestStage,
}

/// How far a test mail has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum TestStage {
    /// On its way to the outgoing server.
    Sending,
    /// The outgoing server has it; the incoming one is asked for it.
    Waiting { send_millis: u64 },
    /// It is over.
    Ended { result: TestResult },
}

/// What came of a test mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum TestResult {
    /// There and back.
    Arrived {
        /// From the wish to send to the outgoing server's answer.
        send_millis: u64,
        /// From that answer until it was seen in the folder.
        arrive_millis: u64,
        folder: String,
        tidied: Tidied,
    },
    /// It came, and was taken for spam.
    InJunk { send_millis: u64, arrive_millis: u64, folder: String, tidied: Tidied },
    /// To an outside address: the server has taken it, and nobody waits for it.
    Sent { send_millis: u64 },
    /// The outgoing server did not take it. `now` says what becomes of it.
    NotSent {
        /// `None` where no outgoing server is set, or none has answered yet.
        problem: Option<Problem>,
        now: DeliveryState,
    },
    /// The outgoing server took it, and it was not seen in time.
    NotReceived { send_millis: u64, waited_seconds: u64 },
    /// The outgoing server took it, and the mailbox could not be looked into.
    NotSeen { send_millis: u64, problem: Problem },
    /// Postroom was stopped before it ended.
    Interrupted,
}

/// What became of the mail after it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tidied {
    /// It is gone from the folder, and nothing else.
    Removed,
    /// Without UIDPLUS (RFC 4315) every deleted message would have gone with it, so it stays.
    CannotAlone,
    /// The server refused, or the connection broke.
    Failed,
}

impl TestMail {
    /// What came of it; `None` while it is on its way.
    #[must_use]
    pub const fn result(&self) -> Option<&TestResult> {
        match &self.stage {
            TestStage::Ended { result } => Some(result),
            TestStage::Sending | TestStage::Waiting { .. } => None,
        }
    }
}
