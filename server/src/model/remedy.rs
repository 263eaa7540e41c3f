//! What a person can do about a problem, as finished text in their language.

use serde::{Deserialize, Serialize};

/// Who can repair it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The admin in front of the form.
    You,
    /// Whoever administers the mail service (Microsoft 365, Google Workspace, the mail server).
    MailAdmin,
    /// Whoever runs the network or firewall between Postroom and the server.
    Network,
    /// The mail provider; nothing to do on our side but wait or ask.
    Provider,
    /// Postroom or the machine it runs on.
    Postroom,
}

/// The repair for one problem, ready to show: plain text, no markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// The permanent name of the problem, under which the help has a page about it; empty where there is none.
    #[serde(default)]
    pub kind: String,
    /// What is wrong, in at most a line.
    pub title: String,
    /// Why it is so, in a sentence or two.
    pub why: String,
    /// What to do, in order; shown numbered.
    pub steps: Vec<String>,
    pub who: Who,
    /// An `https://` address of the place where it is repaired or explained.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
    /// A command to copy, with names filled in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub command: Option<String>,
}
