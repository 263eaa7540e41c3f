//! What will end soon, and when somebody has to do something about it.

use serde::{Deserialize, Serialize};

use super::{MailboxId, OAuthProvider, Timestamp};

/// Something that ends at a known time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub what: Ends,
    pub ends_at: Timestamp,
    /// 0 on the last day (UTC), negative afterwards.
    pub days_left: i64,
    pub severity: Severity,
    /// The mailboxes that stop with it; where it is one, which one.
    pub mailboxes: u32,
    /// Where it is repaired, if that is the page of a mailbox: its workspace's slug and its id.
    pub mailbox: Option<(String, MailboxId)>,
}

/// What ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ends", rename_all = "snake_case")]
pub enum Ends {
    /// The client secret of the organisation's application.
    ClientSecret { provider: OAuthProvider },
    /// What somebody allowed, because it has not been used.
    Grant { provider: OAuthProvider, address: String },
    /// What somebody allowed, which the provider ends on a day that it has said, however often it is used.
    SignIn {
        provider: OAuthProvider,
        address: String,
        /// The application is in Google's testing mode: every sign-in ends after seven days.
        testing: bool,
    },
    /// The certificate of a mail server.
    Certificate {
        host: String,
        port: u16,
        /// A mailbox trusts this certificate and no other, and so not the one that comes after it.
        pinned: bool,
    },
}

/// How pressing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// More than 30 days.
    Later,
    /// 30 days or less.
    Month,
    /// 14 days or less.
    Fortnight,
    /// 7 days or less.
    Week,
    /// Tomorrow at the latest.
    Day,
    Over,
}

impl Severity {
    /// How pressing something is that ends in so many days.
    #[must_use]
    pub const fn of(days_left: i64) -> Self {
        match days_left {
            ..0 => Self::Over,
            0..=1 => Self::Day,
            2..=7 => Self::Week,
            8..=14 => Self::Fortnight,
            15..=30 => Self::Month,
            _ => Self::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Severity::{self, Day, Fortnight, Later, Month, Over, Week};

    #[test]
    fn it_becomes_more_pressing_as_the_day_comes_nearer() {
        for (days, severity) in [
            (31, Later),
            (30, Month),
            (15, Month),
            (14, Fortnight),
            (8, Fortnight),
            (7, Week),
            (2, Week),
            (1, Day),
            (0, Day),
            (-1, Over),
        ] {
            assert_eq!(Severity::of(days), severity, "{days}");
        }
    }
}
