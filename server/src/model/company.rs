//! The companies of a managed service provider: whose mailbox is whose, and who answers whom.

use serde::{Deserialize, Serialize};

use super::{Company, EmailAddress, MailboxId, MailboxState, Workspace};

/// Whose primary mailbox a mailbox can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrimaryOf {
    /// Cannot be deleted.
    Workspace,
    /// Serves the company, and goes last.
    Company,
    /// Serves companies that have no mailbox.
    Account,
}

impl PrimaryOf {
    /// The name in addresses of pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Company => "company",
            Self::Account => "account",
        }
    }

    /// What an address of a page names; `None` for what is no such word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Workspace, Self::Company, Self::Account].into_iter().find(|one| one.as_str() == word)
    }
}

/// A mailbox of whichever workspace, as a company sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyMailbox {
    pub id: MailboxId,
    pub name: String,
    pub address: EmailAddress,
    pub state: MailboxState,
    /// The one that serves the company.
    pub primary: bool,
    pub workspace: Workspace,
}

/// A company as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanySummary {
    pub company: Company,
    /// As people write them.
    pub domains: Vec<String>,
    /// How many mailboxes it has, drafts too.
    pub mailboxes: u32,
    /// What serves it; `None` where the account's primary mailbox does.
    pub primary: Option<CompanyMailbox>,
}

/// Every company, and what serves those without a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companies {
    /// Archived ones too, by name.
    pub all: Vec<CompanySummary>,
    /// The account's primary mailbox; `None` where every workspace is a draft's or archived.
    pub account_primary: Option<CompanyMailbox>,
    /// An administrator has chosen it.
    pub chosen: bool,
}

/// A company with its mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyDetails {
    pub summary: CompanySummary,
    /// The primary one first, then by name.
    pub mailboxes: Vec<CompanyMailbox>,
    pub account_primary: Option<CompanyMailbox>,
}

/// Who answers a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    pub company: Company,
    /// Its own primary mailbox, or else the account's; `None` where there is neither.
    pub mailbox: Option<CompanyMailbox>,
}
