//! Activation: the proof that a mailbox's address is ours, and how far it has come.

use serde::{Deserialize, Serialize};

use super::{DeliveryState, EmailAddress, Problem, Timestamp};

/// How long the link of an activation mail can be used, from the moment the outgoing server took the mail.
pub const LINK_LIFE_MILLIS: i64 = 30 * 60 * 1_000;

/// Whether a mailbox's address is proven to be ours, and what is being done to prove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activation {
    /// The address that is to be proven.
    pub sent_to: EmailAddress,
    /// When the last mail was queued.
    pub began_at: Timestamp,
    /// Until when its link can be used; `None` while the mail waits in the outbox.
    pub expires_at: Option<Timestamp>,
    pub stage: ActivationStage,
    pub proof: Option<Proof>,
    /// Set after as many mails as may go out in an hour: when there may be another one.
    pub again_at: Option<Timestamp>,
}

/// How far the last activation mail has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum ActivationStage {
    /// No mail was sent: the mailbox rests, or another way proves the address.
    NotBegun,
    /// On its way to the outgoing server.
    Queued,
    /// The outgoing server did not take it. `now` says what becomes of it.
    NotSent { problem: Option<Problem>, now: DeliveryState },
    /// The outgoing server has it; the mailbox is looked into until the mail is there.
    Sent { send_millis: u64 },
    /// The outgoing server has it, and the mailbox could not be looked into yet.
    NotSeen { send_millis: u64, problem: Problem },
    /// It is in the mailbox.
    Arrived {
        /// From the wish to send to the outgoing server's answer.
        send_millis: u64,
        /// From that answer until it was seen in the folder.
        arrive_millis: u64,
        folder: String,
        /// The folder is the one for spam.
        junk: bool,
        /// The sender it arrived with, where that is not the one we wrote.
        other_sender: Option<String>,
    },
    /// The outgoing server took it, and it was not seen for as long as the link was good.
    NotReceived { send_millis: u64, waited_millis: u64 },
}

/// That the address is ours, since when, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub at: Timestamp,
    pub by: ProvenBy,
}

/// How it is known that an address is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvenBy {
    /// Postroom found its own mail in the mailbox.
    Arrival,
    /// Somebody who reads the address opened the link and said yes.
    Link,
    /// Mail to the address came back through the forwarding address.
    Forwarding,
}

/// What a link of an activation mail leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum ActivationLink {
    /// It can be used.
    Open { about: ActivatedMailbox, expires_at: Option<Timestamp> },
    /// The mailbox is activated, by this link or otherwise.
    Used { about: ActivatedMailbox },
    /// It was good once.
    Expired,
    /// It never was, or a later mail has taken its place.
    Unknown,
}

/// Which mailbox a link is about: what whoever has the link may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivatedMailbox {
    /// The name of the workspace.
    pub desk: String,
    pub name: String,
    pub address: EmailAddress,
}

impl Activation {
    /// True while something is still to come of the last mail by itself.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        self.stage.is_under_way()
    }

    /// True where the link proved what the mailbox itself did not show: the mail reached somebody elsewhere.
    #[must_use]
    pub const fn went_elsewhere(&self) -> bool {
        matches!(self.proof, Some(Proof { by: ProvenBy::Link, .. }))
            && matches!(self.stage, ActivationStage::NotReceived { .. })
    }
}

impl ActivationStage {
    /// True while something is still to come by itself.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        match self {
            Self::Queued | Self::Sent { .. } | Self::NotSeen { .. } => true,
            Self::NotSent { now, .. } => matches!(now, DeliveryState::Waiting | DeliveryState::Parked),
            Self::NotBegun | Self::Arrived { .. } | Self::NotReceived { .. } => false,
        }
    }
}

impl ProvenBy {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Link => "link",
            Self::Forwarding => "forwarding",
        }
    }
}
