//! The sessions somebody has, as they see them.

use serde::{Deserialize, Serialize};

use super::{SessionId, Timestamp};

/// How somebody has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedInBy {
    Password,
    /// The password, and a code of the second factor.
    Code,
    /// The password, and a recovery code.
    RecoveryCode,
    /// The organisation's own sign-in, which asks for whatever it wants.
    Provider,
}

/// One browser that somebody is signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    pub id: SessionId,
    /// It is the one that asks.
    pub this: bool,
    /// The browser's name, where it is one of those we know.
    pub browser: Option<String>,
    /// The operating system's name, where it is one of those we know.
    pub system: Option<String>,
    /// The network address that was signed in from; behind a proxy it is the proxy's.
    pub address: String,
    pub by: SignedInBy,
    pub created_at: Timestamp,
    /// To the minute.
    pub last_seen_at: Timestamp,
}

impl SignedInBy {
    /// The way's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
            Self::Provider => "provider",
        }
    }
}
