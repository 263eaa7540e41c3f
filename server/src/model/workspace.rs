//! Workspaces, their groups, and the companies of a managed service provider.

use serde::{Deserialize, Serialize};

use super::{CompanyId, Field, GroupId, Invalid, Reason, WorkspaceId};

/// One team's desk (IT, HR, …); it owns groups and mailboxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "native", derive(sqlx::FromRow))]
pub struct Workspace {
    pub id: WorkspaceId,
    /// The workspace's name in addresses of pages and in its default support address: a DNS label.
    ///
    /// It never changes, whatever the workspace is called later: links and senders rely on it.
    pub slug: String,
    pub name: String,
    pub archived: bool,
}

/// What somebody needs to know of the workspaces in use to find their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// The one that a page is about.
    pub current: Option<Workspace>,
    /// It may be changed.
    pub manages: bool,
    /// All of them where they are few, else the oldest.
    pub few: Vec<Workspace>,
    pub count: usize,
}

impl Around {
    /// More are not listed on every page but searched.
    pub const FEW: usize = 8;
}

/// A page of a list of workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspacePage {
    pub workspaces: Vec<Workspace>,
    /// How many there are on all pages.
    pub count: usize,
    /// From 1.
    pub page: usize,
    pub pages: usize,
    /// Whoever has asked may change them, and add others.
    pub changes: bool,
}

impl WorkspacePage {
    /// How many are on a page.
    pub const SIZE: usize = 50;
}

/// What rests with a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceRest {
    pub workspace: Workspace,
    /// Mailboxes at work.
    pub active: u32,
    /// Messages that wait to be sent.
    pub waiting: u32,
}

/// The agents that tickets of a mailbox go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "native", derive(sqlx::FromRow))]
pub struct Group {
    pub id: GroupId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub archived: bool,
}

/// A client of a managed service provider; companies belong to the whole account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "native", derive(sqlx::FromRow))]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub archived: bool,
}

/// The form that creates or renames a workspace, a group or a company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameForm {
    pub name: String,
}

impl NameForm {
    /// Longest name of anything, in characters.
    pub const MAX_CHARACTERS: usize = 100;

    /// What is wrong with the form; nothing when it can be taken.
    #[must_use]
    pub fn validate(&self) -> Vec<Invalid> {
        validate_name(&self.name).map(|reason| Invalid::new(Field::Name, reason)).into_iter().collect()
    }

    /// The name as it is stored: without blanks around it.
    #[must_use]
    pub fn trimmed(&self) -> &str {
        self.name.trim()
    }
}

/// Why a text cannot be a name: 1 to 100 characters without control characters.
pub(super) fn validate_name(name: &str) -> Option<Reason> {
    let name = name.trim();
    if name.is_empty() {
        Some(Reason::Empty)
    } else if name.chars().any(char::is_control) {
        Some(Reason::ForbiddenCharacters)
    } else if name.chars().count() > NameForm::MAX_CHARACTERS {
        Some(Reason::TooLong { max_characters: NameForm::MAX_CHARACTERS })
    } else {
        None
    }
}

impl Workspace {
    /// Longest slug that is made from a name. A number may follow it, and all of it is one DNS label.
    pub const MAX_SLUG_CHARACTERS: usize = 40;

    /// The slug a name suggests: its ASCII letters and digits in lower case, everything else a hyphen.
    ///
    /// `None` where nothing is left, as in names written in other scripts.
    #[must_use]
    pub fn slug_of(name: &str) -> Option<String> {
        let mut slug = String::new();
        for c in name.chars() {
            if slug.len() >= Self::MAX_SLUG_CHARACTERS {
                break;
            }
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-');
        (!slug.is_empty()).then(|| slug.to_owned())
    }

    /// True for a text that may be a slug: what [`Self::slug_of`] makes, with or without a number behind it.
    #[must_use]
    pub fn is_slug(text: &str) -> bool {
        !text.is_empty()
            && text.len() <= 63
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_dns_label_or_nothing() {
        assert_eq!(Workspace::slug_of("IT"), Some("it".to_owned()));
        assert_eq!(Workspace::slug_of("  Human Resources & Co. "), Some("human-resources-co".to_owned()));
        assert_eq!(Workspace::slug_of("IT 지원"), Some("it".to_owned()));
        assert_eq!(Workspace::slug_of("인사"), None);
        assert_eq!(Workspace::slug_of("--"), None);
        let long = Workspace::slug_of(&"a b".repeat(100)).unwrap();
        assert!(long.len() <= Workspace::MAX_SLUG_CHARACTERS && Workspace::is_slug(&long));
        assert!(!Workspace::is_slug("IT") && !Workspace::is_slug("") && !Workspace::is_slug("a\0b"));
    }

    #[test]
    fn a_name_is_one_line_of_at_most_a_hundred_characters() {
        let reasons = |name: &str| {
            NameForm { name: name.to_owned() }.validate().into_iter().map(|invalid| invalid.reason).collect::<Vec<_>>()
        };
        assert_eq!(reasons(" 지원팀 "), []);
        assert_eq!(reasons(&"가".repeat(100)), []);
        assert_eq!(reasons("  "), [Reason::Empty]);
        assert_eq!(reasons("a\nb"), [Reason::ForbiddenCharacters]);
        assert_eq!(reasons(&"가".repeat(101)), [Reason::TooLong { max_characters: 100 }]);
    }
}
