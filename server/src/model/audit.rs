//! The audit log: who changed what, when, and from where.

use serde::{Deserialize, Serialize};

use super::{AuditEntryId, Timestamp, User, UserId, WorkspaceId};

/// Declares the acts that are written down: variant, stored name, chapter.
macro_rules! acts {
    ($($variant:ident $name:literal $chapter:ident),* $(,)?) => {
        /// What was done, or tried and refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AuditAct {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl AuditAct {
            /// Every act, in the order of chapters.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it belongs to.
            #[must_use]
            pub const fn chapter(self) -> AuditChapter {
                match self { $(Self::$variant => AuditChapter::$chapter,)* }
            }
        }
    };
}

acts! {
    MailboxCreated "mailbox_created" Mailboxes,
    MailboxChanged "mailbox_changed" Mailboxes,
    MailboxPaused "mailbox_paused" Mailboxes,
    MailboxResumed "mailbox_resumed" Mailboxes,
    MailboxMadePrimary "mailbox_made_primary" Mailboxes,
    MailboxActivated "mailbox_activated" Mailboxes,
    MailboxDeleted "mailbox_deleted" Mailboxes,
    MailboxSignedIn "mailbox_signed_in" Mailboxes,
    MailboxSignInRefused "mailbox_sign_in_refused" Mailboxes,
    OwnerLinkMade "owner_link_made" Mailboxes,
    OwnerLinkRevoked "owner_link_revoked" Mailboxes,
    TestMailSent "test_mail_sent" Mailboxes,
    DeliveryRetried "delivery_retried" Mailboxes,
    DeliveryThrownAway "delivery_thrown_away" Mailboxes,
    GroupCreated "group_created" Workspaces,
    GroupChanged "group_changed" Workspaces,
    WorkspaceCreated "workspace_created" Workspaces,
    WorkspaceChanged "workspace_changed" Workspaces,
    CompanyCreated "company_created" Workspaces,
    CompanyChanged "company_changed" Workspaces,
    SignedIn "signed_in" SignIns,
    SignInRefused "sign_in_refused" SignIns,
    SignedOut "signed_out" SignIns,
    SessionRevoked "session_revoked" SignIns,
    PasswordChanged "password_changed" SignIns,
    PasswordForgotten "password_forgotten" SignIns,
    SecondFactorSwitchedOn "second_factor_on" SignIns,
    SecondFactorSwitchedOff "second_factor_off" SignIns,
    AccessRefused "access_refused" SignIns,
    PersonInvited "person_invited" People,
    InvitationRevoked "invitation_revoked" People,
    PersonJoined "person_joined" People,
    PersonChanged "person_changed" People,
    PersonDeactivated "person_deactivated" People,
    PersonReactivated "person_reactivated" People,
    ApplicationChanged "application_changed" Account,
    ApplicationRemoved "application_removed" Account,
    RelayChanged "relay_changed" Account,
    RelayRemoved "relay_removed" Account,
    AlertsChanged "alerts_changed" Account,
    IdentityProviderChanged "identity_provider_changed" Account,
    IdentityProviderRemoved "identity_provider_removed" Account,
    SwitchChanged "switch_changed" Account,
    KeyRotated "key_rotated" Account,
    BackupMade "backup_made" Account,
}

/// What acts are grouped by where somebody looks for some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditChapter {
    Mailboxes,
    Workspaces,
    SignIns,
    People,
    Account,
}

impl AuditChapter {
    pub const ALL: [Self; 5] = [Self::Mailboxes, Self::Workspaces, Self::SignIns, Self::People, Self::Account];

    /// The name in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mailboxes => "mailboxes",
            Self::Workspaces => "workspaces",
            Self::SignIns => "sign_ins",
            Self::People => "people",
            Self::Account => "account",
        }
    }

    /// The chapter of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chapter| chapter.as_str() == name)
    }
}

/// Who did it, as they were known then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditActor {
    /// Somebody who signs in.
    Person { id: UserId, name: String, address: String },
    /// Whoever had a link, such as a mailbox's owner or somebody who was invited. What they say they are.
    LinkHolder { name: String },
    /// Whoever has a shell on the server.
    Shell,
    /// Postroom by itself.
    Postroom,
    /// Somebody nobody knows; the address is what they typed.
    Stranger { address: String },
}

impl AuditActor {
    /// Somebody who signs in, as they are known now.
    #[must_use]
    pub fn of(user: &User) -> Self {
        Self::Person { id: user.id, name: user.name.clone(), address: user.email.to_string() }
    }

    /// How the actor is found and listed: an address where there is one. Empty for the shell and for Postroom.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { address, .. } | Self::Stranger { address } => address,
            Self::LinkHolder { name } => name,
            Self::Shell | Self::Postroom => "",
        }
    }
}

/// One field that changed. A secret's values are never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    /// Its path, such as `incoming.endpoint.host`.
    pub field: String,
    /// `None` where there was nothing.
    pub before: Option<String>,
    /// `None` where there is nothing any more.
    pub after: Option<String>,
    /// Its values are not written down: all that is known is that it changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditEntryId,
    pub at: Timestamp,
    pub actor: AuditActor,
    /// The IP address it came from, where it came over the network.
    pub remote_address: Option<String>,
    pub act: AuditAct,
    /// `None`: the whole account.
    pub workspace_id: Option<WorkspaceId>,
    /// The workspace's name then.
    pub workspace: Option<String>,
    pub subject_id: Option<i64>,
    /// The name or address of what it was done to, then.
    pub subject: String,
    pub changes: Vec<AuditChange>,
}

/// Which lines somebody wants to see. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    pub chapter: Option<AuditChapter>,
    pub act: Option<AuditAct>,
    pub workspace: Option<WorkspaceId>,
    /// A part of an actor, a subject, an address, a field or a value.
    pub text: String,
    /// The first moment that counts.
    pub from: Option<Timestamp>,
    /// The first moment that counts no more.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acts_name_is_what_is_stored_of_it() {
        for act in AuditAct::ALL {
            assert_eq!(serde_json::to_value(act).unwrap(), act.as_str());
        }
        let names: std::collections::BTreeSet<_> = AuditAct::ALL.iter().map(|act| act.as_str()).collect();
        assert_eq!(names.len(), AuditAct::ALL.len());
    }

    #[test]
    fn a_chapter_is_found_by_its_name() {
        for chapter in AuditChapter::ALL {
            assert_eq!(AuditChapter::from_name(chapter.as_str()), Some(chapter));
        }
        assert_eq!(AuditChapter::from_name("secrets"), None);
    }
}
