//! What people may do in the account and in single workspaces, and how they are asked in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::user::validate_email;
use super::workspace::validate_name;
use super::{
    DeliveryState, EmailAddress, Field, Invalid, InvitationId, Reason, SetupForm, Timestamp, User, WorkspaceId,
};

/// What somebody may do in one workspace. Administrators of the account are administrators of every workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks at everything of the workspace but its secrets, and changes nothing.
    Viewer,
    /// Connects, checks and changes the mailboxes and groups of the workspace.
    Administrator,
}

impl Role {
    /// In the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Viewer, Self::Administrator];

    /// The word that is stored, and that forms post.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Administrator => "administrator",
        }
    }
}

/// That somebody belongs to a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub workspace: WorkspaceId,
    pub role: Role,
}

/// Everything that somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roles {
    /// Everything, in the account and in every workspace.
    Account,
    /// What each of these roles allows; by the number of the workspace.
    Workspaces(Vec<Membership>),
}

impl Roles {
    /// True for administrators of the account.
    #[must_use]
    pub const fn is_admin(&self) -> bool {
        matches!(self, Self::Account)
    }

    /// The workspaces that somebody belongs to besides.
    #[must_use]
    pub fn memberships(&self) -> &[Membership] {
        match self {
            Self::Account => &[],
            Self::Workspaces(memberships) => memberships,
        }
    }

    /// What somebody may do in a workspace.
    #[must_use]
    pub fn in_workspace(&self, workspace: WorkspaceId) -> Option<Role> {
        match self {
            Self::Account => Some(Role::Administrator),
            Self::Workspaces(memberships) => {
                memberships.iter().find(|one| one.workspace == workspace).map(|one| one.role)
            }
        }
    }

    /// What is wrong with a choice of roles: nobody is here for nothing.
    #[must_use]
    pub fn validate(&self) -> Option<Invalid> {
        let none = !self.is_admin() && self.memberships().is_empty();
        none.then(|| Invalid::new(Field::Workspace, Reason::Unchosen))
    }
}

/// Somebody who signs in, as the list of people shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonListed {
    pub user: User,
    pub roles: Roles,
    /// Set while this person may not come in.
    pub deactivated_at: Option<Timestamp>,
}

/// Somebody who was asked in and has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: EmailAddress,
    /// Blank where nobody has said it.
    pub name: String,
    pub roles: Roles,
    /// The name of whoever asked.
    pub invited_by: Option<String>,
    pub invited_at: Timestamp,
    pub expires_at: Timestamp,
    /// The link cannot be used any more.
    pub expired: bool,
    /// How far the mail is; `None` where none was sent, or it is too long ago.
    pub mail: Option<DeliveryState>,
}

/// What is typed to ask somebody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationForm {
    pub email: String,
    /// May be blank: whoever comes types it.
    pub name: String,
    pub roles: Roles,
}

impl InvitationForm {
    /// What is wrong with the form; whether the address is taken only the server can tell.
    #[must_use]
    pub fn validate(&self) -> Vec<Invalid> {
        let name = Some(self.name.as_str()).filter(|name| !name.trim().is_empty()).and_then(validate_name);
        let mut found: Vec<Invalid> =
            validate_email(&self.email).map(|reason| Invalid::new(Field::Address, reason)).into_iter().collect();
        found.extend(name.map(|reason| Invalid::new(Field::Name, reason)));
        found.extend(self.roles.validate());
        found
    }
}

/// What whoever was asked in types to come in. Printing it shows no secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptForm {
    pub name: String,
    pub password: String,
    pub password_again: String,
}

impl AcceptForm {
    /// What is wrong with the form.
    #[must_use]
    pub fn validate(&self) -> Vec<Invalid> {
        let mut found: Vec<Invalid> =
            validate_name(&self.name).map(|reason| Invalid::new(Field::Name, reason)).into_iter().collect();
        found.extend(SetupForm::validate_password(&self.password));
        if self.password != self.password_again {
            found.push(Invalid::new(Field::PasswordAgain, Reason::Different));
        }
        found
    }
}

impl fmt::Debug for AcceptForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptForm").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_everything_that_is_wrong_at_once() {
        let form = InvitationForm { email: "ada".into(), name: "a\nb".into(), roles: Roles::Workspaces(Vec::new()) };
        assert_eq!(
            form.validate(),
            [
                Invalid::new(Field::Address, Reason::NotAnAddress),
                Invalid::new(Field::Name, Reason::ForbiddenCharacters),
                Invalid::new(Field::Workspace, Reason::Unchosen),
            ]
        );
        let form = InvitationForm { email: "ada@example.com".into(), name: " ".into(), roles: Roles::Account };
        assert_eq!(form.validate(), []);
    }

    #[test]
    fn a_printed_form_shows_no_password() {
        let form = AcceptForm { password: "correct horse".into(), ..AcceptForm::default() };
        assert!(!format!("{form:?}").contains("horse"));
    }
}
