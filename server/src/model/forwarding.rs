//! Mail that comes to Postroom because somebody else forwards it.

use serde::{Deserialize, Serialize};

use super::{DeliveryState, EmailAddress, Problem, Timestamp};

/// The last time somebody asked whether forwarding works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardingCheck {
    pub started_at: Timestamp,
    pub stage: ForwardingStage,
}

/// How far the mail has come that is to be forwarded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum ForwardingStage {
    /// On its way to the relay.
    Sending,
    /// The relay has it; it has not come back yet.
    Waiting,
    /// It came through the forwarding address.
    Arrived {
        /// From the moment somebody asked.
        arrive_millis: u64,
    },
    /// The relay did not take it. `now` says what becomes of it.
    NotSent { problem: Option<Problem>, now: DeliveryState },
    /// The relay took it, and it did not come back in time. It counts all the same when it comes later.
    NotArrived { waited_seconds: u64 },
}

/// Google asks whether an account may forward to an address: with a code, and with a link.
///
/// Both come from a message that anybody could have written, so they are shown and never followed. The link leads
/// to Google, or there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardingConfirmation {
    /// Digits to type at Google.
    pub code: Option<String>,
    pub link: Option<String>,
    /// The account that wants to forward.
    pub account: Option<EmailAddress>,
    pub received_at: Timestamp,
}

impl ForwardingCheck {
    /// True while it may still change by itself soon.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        matches!(self.stage, ForwardingStage::Sending | ForwardingStage::Waiting)
    }
}
