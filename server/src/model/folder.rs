//! The folders of an account, as a person picks one.

use serde::{Deserialize, Serialize};

/// What a folder is for (RFC 6154), where the server says so or its name does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderRole {
    /// Where new mail comes in.
    Inbox,
    /// Every message, whatever other folder it is in.
    All,
    Archive,
    Drafts,
    Junk,
    Sent,
    Trash,
}

/// One folder as LIST shows it (RFC 9051 6.3.9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderEntry {
    /// The name as people see it, its parents before it.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<FolderRole>,
}
