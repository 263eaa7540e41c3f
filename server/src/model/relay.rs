//! The relay: where mail goes out that belongs to no mailbox's own server.

use serde::{Deserialize, Serialize};

use super::{Backlog, CheckReport, Health, Protocol, ServerForm, ServerSettings, Timestamp};

/// The relay as its page shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Relay {
    /// `None`: there is none.
    pub settings: Option<ServerSettings>,
    /// A password is sealed.
    pub has_password: bool,
    /// The last check of these settings.
    pub report: Option<CheckReport>,
    pub checked_at: Option<Timestamp>,
    pub last_ok_at: Option<Timestamp>,
    /// What the looks at it have found.
    pub health: Option<Health>,
    /// What has not gone out through it, default mailboxes included.
    pub backlog: Backlog,
}

impl Relay {
    /// The form that would become these settings again; without any, the one before anything is typed.
    #[must_use]
    pub fn form(&self) -> ServerForm {
        self.settings.as_ref().map_or_else(|| ServerForm::default_for(Protocol::Smtp, ""), ServerSettings::to_form)
    }

    /// True where the settings have passed their last check.
    #[must_use]
    pub fn works(&self) -> bool {
        self.settings.is_some() && self.report.as_ref().is_some_and(CheckReport::passed)
    }
}
