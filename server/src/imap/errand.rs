//! Looks for one message of our own, reads it, takes it away: what a mail from a mailbox to itself needs of it.
//!
//! Looking happens with EXAMINE and changes nothing. Taking away is for a message of our own only: it is flagged
//! and expunged by its UID (RFC 4315), so that nothing else that is marked as deleted goes with it.

use std::time::Duration;

use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, NO_PAD},
};
use tokio::time::timeout;

use super::{
    Session,
    argument::quoted,
    classify::Place,
    conversation::is,
    response::{Response, Status},
};
use crate::model::Problem;
use crate::net::trace::timed_out;

/// How much of a message is read, in bytes: ours are small, whatever servers put around them.
const READ_BYTES: u32 = 65_536;
/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a folder for spam is called where no server says which one it is; each also below the inbox.
const JUNK_NAMES: [&str; 9] =
    ["Junk", "Spam", "Junk Email", "Junk E-mail", "Junk Mail", "Bulk Mail", "[Gmail]/Spam", "스팸메일함", "스팸"];

/// A folder as the server writes its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderName(String);

/// What became of a message that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Removed,
    /// The server has no UIDPLUS: every deleted message would go with it, so it was left alone.
    NotAlone,
}

impl FolderName {
    /// Where new mail comes in (RFC 9051 5.1).
    #[must_use]
    pub fn inbox() -> Self {
        Self("INBOX".to_owned())
    }

    /// The name as people see it.
    #[must_use]
    pub fn shown(&self) -> String {
        from_modified_utf7(&self.0)
    }
}

impl Session {
    /// The UIDs of the messages with this Message-ID (with its angle brackets) in the folder that is open.
    ///
    /// Outlook.com gives some messages an ID of its own and keeps ours in a header beside it.
    ///
    /// # Errors
    /// Why the server would not say.
    pub async fn find(&mut self, message_id: &str) -> Result<Vec<u32>, Problem> {
        let id = quoted(&printable(message_id));
        self.search(&format!("OR HEADER Message-ID {id} HEADER X-Microsoft-Original-Message-ID {id}")).await
    }

    /// The UIDs of the messages with these words in their subject, in the folder that is open.
    ///
    /// # Errors
    /// Why the server would not say.
    pub async fn find_by_subject(&mut self, words: &str) -> Result<Vec<u32>, Problem> {
        self.search(&format!("SUBJECT {}", quoted(&printable(words)))).await
    }

    async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Problem> {
        let (data, _) = self.run(&format!("UID SEARCH {criteria}")).await?;
        let found = data.iter().filter(|(name, _)| name == "SEARCH");
        Ok(found.flat_map(|(_, rest)| rest.split_whitespace()).filter_map(|uid| uid.parse().ok()).collect())
    }

    /// The first 64 kB of a message in the folder that is open, as it is stored; nothing is marked as read
    /// (RFC 9051 6.4.5). `None` where the message is gone.
    ///
    /// # Errors
    /// Why the server would not show it.
    pub async fn peek(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Problem> {
        self.leave_idle().await?;
        let conversation = self.conversation();
        conversation.turn_to(Place::Folder);
        let heard = async {
            let tag = conversation.ask(&format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{READ_BYTES}>)")).await?;
            let mut message = None;
            loop {
                match conversation.hear().await? {
                    Response::Status(status) if is(&status, &tag) => {
                        conversation.granted(status)?;
                        return Ok(message);
                    }
                    Response::Continuation { text } => return Err(conversation.nonsense(&format!("+ {text}"))),
                    Response::Data { name, rest, .. } if name == "FETCH" && rest.contains("BODY[]") => {
                        // A short message may come as a quoted string, which stands in the line itself.
                        let literal = conversation.take_literals().into_iter().next();
                        message = Some(literal.unwrap_or_else(|| rest.into_bytes()));
                    }
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| Err(timed_out(PATIENCE)))
    }

    /// Lets the server tell what is new in the folder (RFC 9051 6.1.2).
    ///
    /// # Errors
    /// Why it would not.
    pub async fn freshen(&mut self) -> Result<(), Problem> {
        self.run("NOOP").await.map(drop)
    }

    /// Opens another folder, to look only.
    ///
    /// # Errors
    /// Why the server would not.
    pub async fn examine(&mut self, folder: &FolderName) -> Result<(), Problem> {
        self.run(&format!("EXAMINE {}", quoted(&folder.0))).await.map(drop)
    }

    /// The folder that spam goes to: by its special use (RFC 6154), else by the names it usually has.
    ///
    /// # Errors
    /// Why the server would not list its folders.
    pub async fn junk_folder(&mut self) -> Result<Option<FolderName>, Problem> {
        let extended = self.capabilities().offers("SPECIAL-USE") && self.capabilities().offers("LIST-EXTENDED");
        let command = if extended { "LIST \"\" \"*\" RETURN (SPECIAL-USE)" } else { "LIST \"\" \"*\"" };
        let (data, _) = self.run(command).await?;
        let folders: Vec<Listed> =
            data.iter().filter(|(name, _)| name == "LIST").filter_map(|(_, rest)| listed(rest)).collect();
        let by_use = folders.iter().find(|folder| folder.junk);
        let by_name = || folders.iter().find(|folder| looks_like_junk(&folder.name.shown()));
        Ok(by_use.or_else(by_name).map(|folder| folder.name.clone()))
    }

    /// Takes the message with this Message-ID out of a folder, where it can go alone.
    ///
    /// # Errors
    /// Why the server would not.
    pub async fn remove(&mut self, folder: &FolderName, message_id: &str) -> Result<Removal, Problem> {
        if !self.capabilities().offers("UIDPLUS") && !self.capabilities().offers("IMAP4REV2") {
            return Ok(Removal::NotAlone);
        }
        self.run(&format!("SELECT {}", quoted(&folder.0))).await?;
        // UIDs belong to a folder as it was opened: they are asked for again.
        for uid in self.find(message_id).await? {
            self.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await?;
            self.run(&format!("UID EXPUNGE {uid}")).await?;
        }
        Ok(Removal::Removed)
    }

    /// Says one command and collects what the server says until it is done: name and rest of each response.
    async fn run(&mut self, command: &str) -> Result<(Vec<(String, String)>, Status), Problem> {
        self.leave_idle().await?;
        let conversation = self.conversation();
        conversation.turn_to(Place::Folder);
        let heard = async {
            let tag = conversation.ask(command).await?;
            let mut data = Vec::new();
            loop {
                match conversation.hear().await? {
                    Response::Status(status) if is(&status, &tag) => return Ok((data, conversation.granted(status)?)),
                    Response::Continuation { text } => return Err(conversation.nonsense(&format!("+ {text}"))),
                    Response::Data { number: None, name, rest } => data.push((name, rest)),
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| Err(timed_out(PATIENCE)))
    }
}

/// One line of LIST.
struct Listed {
    name: FolderName,
    junk: bool,
}

/// Reads `(\HasNoChildren \Junk) "/" "Junk"`. A name in a literal is left out: nobody calls a junk folder so.
fn listed(rest: &str) -> Option<Listed> {
    let (attributes, behind) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
    let behind = behind.trim_start();
    let name = match behind.strip_prefix('"') {
        Some(quoted) => {
            let escaped = quoted.strip_prefix('\\').unwrap_or(quoted);
            escaped.split_once('"')?.1
        }
        None => behind.split_once(' ')?.1,
    };
    let name = name.trim();
    let name = match name.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    let fit = !name.is_empty() && !name.starts_with('{') && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let junk = attributes.split_whitespace().any(|attribute| attribute.eq_ignore_ascii_case("\\Junk"));
    fit.then_some(Listed { name: FolderName(name), junk })
}

fn looks_like_junk(name: &str) -> bool {
    let below_the_inbox = name.strip_prefix("INBOX.").or_else(|| name.strip_prefix("INBOX/"));
    let name = below_the_inbox.unwrap_or(name).to_lowercase();
    JUNK_NAMES.iter().any(|junk| junk.to_lowercase() == name)
}

/// What can stand in a quoted string.
fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~')).collect()
}

/// Reads modified UTF-7 (RFC 3501 5.1.3); what is none of it is shown as it came.
fn from_modified_utf7(name: &str) -> String {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&alphabet::IMAP_MUTF7, NO_PAD);
    let mut shown = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('&') {
        let Some((shifted, after)) = behind.split_once('-') else { break };
        let units = ENGINE.decode(shifted).ok().map(|bytes| {
            let pairs = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_be_bytes);
            String::from_utf16_lossy(&pairs.collect::<Vec<u16>>())
        });
        shown.push_str(before);
        match units {
            Some(_) if shifted.is_empty() => shown.push('&'),
            Some(text) => shown.push_str(&text),
            None => return name.to_owned(),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_for_spam_is_known_by_its_use_or_its_name() {
        let junk = |line: &str| listed(line).map(|folder| (folder.name.shown(), folder.junk));
        assert_eq!(junk("(\\HasNoChildren \\Junk) \"/\" \"Werbung\""), Some(("Werbung".to_owned(), true)));
        assert_eq!(junk("() \"/\" Spam"), Some(("Spam".to_owned(), false)));
        assert_eq!(junk("() NIL Spam"), Some(("Spam".to_owned(), false)));
        assert_eq!(junk("() \"\\\\\" \"a b\""), Some(("a b".to_owned(), false)));
        assert_eq!(junk("() \"/\" {12}"), None);
        assert_eq!(junk("nonsense"), None);
        for name in ["Junk", "INBOX.Junk", "INBOX/spam", "[Gmail]/Spam", "스팸메일함"] {
            assert!(looks_like_junk(name), "{name}");
        }
        assert!(!looks_like_junk("INBOX"));
    }

    #[test]
    fn folder_names_are_shown_as_people_wrote_them() {
        assert_eq!(FolderName("~peter/mail/&U,BTFw-/&ZeVnLIqe-".to_owned()).shown(), "~peter/mail/台北/日本語");
        assert_eq!(FolderName("R&-D".to_owned()).shown(), "R&D");
        assert_eq!(FolderName("a & b".to_owned()).shown(), "a & b");
    }
}
