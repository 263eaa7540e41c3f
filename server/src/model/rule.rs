//! What Postroom will not do, whoever asks.

use serde::{Deserialize, Serialize};

/// A wish that was understood and is refused. The page has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    #[error("the primary mailbox of a workspace cannot be deleted")]
    PrimaryCannotBeDeleted,
    /// The primary mailbox of a company leaves it last.
    #[error("the primary mailbox of a company cannot leave it while the company has others")]
    CompanyPrimary,
    /// Companies without a mailbox rest on it.
    #[error("the account's primary mailbox cannot be deleted")]
    AccountPrimary,
    #[error("a draft cannot be a primary mailbox")]
    DraftIsNoPrimary,
    #[error("the last workspace cannot be archived")]
    LastWorkspace,
    #[error("the last group of a workspace cannot be archived")]
    LastGroup,
    #[error("the first administrator has been made already")]
    SetupDone,
    /// Nobody would be left who can let people in.
    #[error("the last administrator of the account has to stay one")]
    LastAdministrator,
    #[error("the workspace is archived")]
    WorkspaceArchived,
    /// Settings become active only after a check of exactly these settings has passed.
    #[error("the settings have to pass their check first")]
    CheckFirst,
    /// Asked for the server settings of a direction that has none.
    #[error("no server is set for this direction")]
    NotConfigured,
    /// Nothing is forwarded to this mailbox: people write to it, or it is on a server of its own.
    #[error("nothing is forwarded to this mailbox")]
    NotForwarded,
    /// Postroom has no mail server to send its own mail through.
    #[error("no relay is set")]
    NoRelay,
    #[error("the message is being sent at this moment")]
    BeingSent,
    /// As many activation mails of a mailbox as may go out have gone out within an hour.
    #[error("enough activation mails were sent within an hour")]
    ActivationMailsSpent,
    /// Mailboxes rest on the application at Microsoft or Google.
    #[error("mailboxes rest on this application")]
    ApplicationInUse,
    /// This person signs in with the organisation's own sign-in and has no password here.
    #[error("this person has no password here")]
    NoPassword,
    /// The organisation has switched passwords off as a way in.
    #[error("passwords are switched off")]
    PasswordsOff,
    /// The second factor is on already.
    #[error("the second factor is on")]
    SecondFactorOn,
    /// There is no second factor that could be confirmed, changed or taken away.
    #[error("the second factor is off")]
    SecondFactorOff,
    /// Everybody with a password here has to have a second factor first.
    #[error("a second factor has to be set up first")]
    SecondFactorFirst,
    /// Set by the operator of this machine, and not changed on a page.
    #[error("the application is set in the configuration")]
    ApplicationConfigured,
    /// Passwords are switched off only by somebody whom a provider has let in.
    #[error("sign in through a provider first")]
    SignOnFirst,
    /// With passwords off, nobody could come in any more.
    #[error("this is the last way in")]
    LastWayIn,
}
