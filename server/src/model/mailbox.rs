//! A mailbox: a support address we read and answer from.

use serde::{Deserialize, Serialize};

use super::user::validate_email;
use super::workspace::validate_name;
use super::{
    Activation, CheckReport, Company, CompanyId, EmailAddress, Field, GrantStatus, Group, GroupId, Health, Invalid,
    MailboxId, OAuthProvider, Problem, Protocol, Reason, ServerForm, ServerSettings, Timestamp,
};

/// Whose mail server a mailbox lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerKind {
    /// Postroom's own: mail is forwarded to it.
    Default,
    /// The customer's, reached with IMAP and SMTP.
    Custom,
}

/// The two ways mail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Incoming,
    Outgoing,
}

/// Whether a mailbox is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailboxState {
    /// Saved with settings that have not passed their check; nothing is read or sent.
    Draft,
    Active,
    /// Checked and ready, but told to rest.
    Paused,
}

/// How one direction of a mailbox is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionStatus {
    /// True where a custom server is set.
    pub configured: bool,
    /// When the present settings were last checked.
    pub checked_at: Option<Timestamp>,
    /// When the server was last reached without a problem, with these settings or earlier ones.
    pub last_ok_at: Option<Timestamp>,
    /// What stopped the last check; `None` when it passed or there was none.
    pub problem: Option<Problem>,
    /// What the watch knows of a mailbox at work; `None` where it has not looked yet.
    pub health: Option<Health>,
}

/// A mailbox as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSummary {
    pub id: MailboxId,
    pub name: String,
    pub address: EmailAddress,
    pub kind: ServerKind,
    /// Each workspace has one mailbox that cannot be deleted.
    pub primary: bool,
    /// It serves its company.
    pub company_primary: bool,
    /// It serves the companies that have no mailbox; an administrator has chosen it.
    pub account_primary: bool,
    pub state: MailboxState,
    pub group: Option<Group>,
    pub company: Option<Company>,
    pub incoming: DirectionStatus,
    pub outgoing: DirectionStatus,
    /// Set where the mailbox rests on a sign-in with Microsoft or Google.
    pub grant: Option<GrantStatus>,
    /// Whether the address is proven to be ours; `None` where nobody asks: for drafts, on the default server until a
    /// way to prove it is taken, and for mailboxes from before there was activation.
    pub activation: Option<Activation>,
}

/// A mailbox as its own page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MailboxDetails {
    pub summary: MailboxSummary,
    pub incoming_settings: Option<ServerSettings>,
    pub outgoing_settings: Option<ServerSettings>,
    pub incoming_report: Option<CheckReport>,
    pub outgoing_report: Option<CheckReport>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Everything the wizard asks, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxForm {
    pub name: String,
    pub address: String,
    pub group: Option<GroupId>,
    pub company: Option<CompanyId>,
    pub kind: Option<ServerKind>,
    /// Custom servers that are reached by signing in with a provider, not with a password.
    #[serde(default)]
    pub sign_in: Option<OAuthProvider>,
    /// Whoever signs in has another address than the mailbox: a shared mailbox, or another sign-in name.
    #[serde(default)]
    pub other_account: bool,
    pub incoming: ServerForm,
    pub outgoing: ServerForm,
}

impl MailboxSummary {
    /// True for a mailbox that somebody wants at work and whose address is not proven to be ours.
    #[must_use]
    pub fn is_awaiting(&self) -> bool {
        self.state == MailboxState::Active && self.activation.as_ref().is_some_and(|one| one.proof.is_none())
    }
}

impl ServerKind {
    /// The kind's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Custom => "custom",
        }
    }
}

impl MailboxState {
    /// The state's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

impl Direction {
    /// Both, in the order they are shown.
    pub const BOTH: [Self; 2] = [Self::Incoming, Self::Outgoing];

    /// Mail comes in over IMAP and goes out over SMTP.
    #[must_use]
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::Incoming => Protocol::Imap,
            Self::Outgoing => Protocol::Smtp,
        }
    }

    /// The direction's name in addresses of pages and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }
}

impl std::str::FromStr for Direction {
    type Err = UnknownDirection;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::BOTH.into_iter().find(|direction| direction.as_str() == text).ok_or(UnknownDirection)
    }
}

/// The text names no direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither incoming nor outgoing")]
pub struct UnknownDirection;

impl Default for MailboxForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            address: String::new(),
            group: None,
            company: None,
            kind: None,
            sign_in: None,
            other_account: false,
            incoming: ServerForm::default_for(Protocol::Imap, ""),
            outgoing: ServerForm::default_for(Protocol::Smtp, ""),
        }
    }
}

impl MailboxForm {
    /// The form of one server.
    #[must_use]
    pub const fn server(&self, direction: Direction) -> &ServerForm {
        match direction {
            Direction::Incoming => &self.incoming,
            Direction::Outgoing => &self.outgoing,
        }
    }

    /// The form of one server, to be changed.
    pub const fn server_mut(&mut self, direction: Direction) -> &mut ServerForm {
        match direction {
            Direction::Incoming => &mut self.incoming,
            Direction::Outgoing => &mut self.outgoing,
        }
    }

    /// What is wrong with name, address and group, as far as the form alone can tell.
    ///
    /// Whether the address is taken and the group exists only the server knows.
    #[must_use]
    pub fn validate_details(&self) -> Vec<Invalid> {
        [
            (Field::Name, validate_name(&self.name)),
            (Field::Address, validate_email(&self.address)),
            (Field::Group, self.group.is_none().then_some(Reason::Unchosen)),
        ]
        .into_iter()
        .filter_map(|(field, reason)| reason.map(|reason| Invalid::new(field, reason)))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_mailbox_form_names_every_field_that_must_be_filled() {
        assert_eq!(
            MailboxForm::default().validate_details(),
            [
                Invalid::new(Field::Name, Reason::Empty),
                Invalid::new(Field::Address, Reason::Empty),
                Invalid::new(Field::Group, Reason::Unchosen),
            ]
        );
    }

    #[test]
    fn international_addresses_are_taken() {
        let form = MailboxForm {
            name: "지원".to_owned(),
            address: "지원@예시.한국".to_owned(),
            group: Some(GroupId(1)),
            kind: Some(ServerKind::Custom),
            ..MailboxForm::default()
        };
        assert_eq!(form.validate_details(), []);
    }

    #[test]
    fn a_direction_is_read_back_from_its_name() {
        for direction in Direction::BOTH {
            assert_eq!(direction.as_str().parse(), Ok(direction));
        }
        assert_eq!("sideways".parse::<Direction>(), Err(UnknownDirection));
    }
}
