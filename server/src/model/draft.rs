//! A mailbox that is being typed, kept so that nothing is lost between the pages of the wizard.

use serde::{Deserialize, Serialize};

use super::{CheckReport, Direction, DraftId, GrantStatus, Invalid, MailboxForm, MailboxId, WorkspaceId};

/// What was typed so far, valid or not, with the reports of the checks it has been through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub workspace_id: WorkspaceId,
    /// The mailbox that is being edited; `None` for a new one.
    pub mailbox_id: Option<MailboxId>,
    pub form: MailboxForm,
    pub incoming_has_password: bool,
    pub outgoing_has_password: bool,
    /// The last check of exactly these settings; gone as soon as settings or password change.
    pub incoming_report: Option<CheckReport>,
    pub outgoing_report: Option<CheckReport>,
    /// What the servers are signed in to with, where that is no password: the draft's, else the mailbox's.
    pub grant: Option<GrantStatus>,
    /// True once something was saved into it.
    pub touched: bool,
}

/// What a mailbox is to be once its draft is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishAs {
    /// At work; both directions must have passed their check.
    Active,
    /// Kept for later, clearly not at work.
    Draft,
}

impl Draft {
    /// True where a password or a grant is known for this direction.
    #[must_use]
    pub const fn has_password(&self, direction: Direction) -> bool {
        match direction {
            Direction::Incoming => self.incoming_has_password,
            Direction::Outgoing => self.outgoing_has_password,
        }
    }

    /// The last check of this direction's present settings.
    #[must_use]
    pub const fn report(&self, direction: Direction) -> Option<&CheckReport> {
        match direction {
            Direction::Incoming => self.incoming_report.as_ref(),
            Direction::Outgoing => self.outgoing_report.as_ref(),
        }
    }

    /// What is wrong with the server form of one direction.
    #[must_use]
    pub fn validate_server(&self, direction: Direction) -> Vec<Invalid> {
        self.form.server(direction).validate(direction.protocol(), self.has_password(direction))
    }

    /// True where this direction's present settings have passed their check.
    #[must_use]
    pub fn passed(&self, direction: Direction) -> bool {
        self.report(direction).is_some_and(CheckReport::passed)
    }
}
