//! The numbers that records are known by. Each noun has its own type, so that no two can be mixed up.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares a number that names one kind of record.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "native", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// One team's desk.
    WorkspaceId
}
id! {
    /// The agents that tickets of a mailbox go to.
    GroupId
}
id! {
    /// A client of a managed service provider.
    CompanyId
}
id! {
    /// A support address.
    MailboxId
}
id! {
    /// Settings of a mailbox that are being typed.
    DraftId
}
id! {
    /// Somebody who signs in.
    UserId
}
id! {
    /// Somebody who was asked in.
    InvitationId
}
id! {
    /// What somebody at a provider allowed us.
    GrantId
}
id! {
    /// A one-time link for the owner of a mailbox.
    OwnerLinkId
}
id! {
    /// Where people sign in to Postroom itself, beside a password or instead of one.
    IdentityProviderId
}
id! {
    /// Who a user is at an identity provider.
    IdentityId
}
id! {
    /// One time that a cause has stopped mailboxes.
    AlertId
}
id! {
    /// One line of the audit log.
    AuditEntryId
}
id! {
    /// A message that is to go out, or went out.
    DeliveryId
}
id! {
    /// A message that our own mail server has taken, for one of its recipients.
    ReceivedId
}
id! {
    /// A browser that somebody is signed in with.
    SessionId
}
