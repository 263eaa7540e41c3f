//! Looks for one message of our own, reads it, takes it away: what a mail from a mailbox to itself needs of it.
//!
//! Looking happens with EXAMINE and changes nothing. Taking away is for a message of our own only: it is flagged
//! and expunged by its UID (RFC 4315), so that nothing else that is marked as deleted goes with it. What a search has
//! found is not yet ours: the message's own header decides.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    Session,
    argument::quoted,
    classify::Place,
    conversation::{Conversation, is},
    listing::{FolderName, Listed},
    response::Response,
};
use crate::model::{FolderRole, Problem};
use crate::net::trace::timed_out;

/// How much of a message is read, in bytes: ours are small, whatever servers put around them.
const READ_BYTES: u32 = 65_536;
/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many of the messages that a search has found are asked for their headers.
const MOST_ASKED: usize = 8;
/// How many copies of one message are taken away: a server may have delivered it twice.
const MOST_REMOVED: usize = 2;

/// What became of a message that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Removed,
    /// The server has no UIDPLUS: every deleted message would go with it, so it was left alone.
    NotAlone,
    /// No message there says that it is this one.
    NotThere,
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
        let data = self.run(&format!("UID SEARCH {criteria}")).await?;
        let found = data.iter().filter(|(name, _)| name == "SEARCH");
        Ok(found.flat_map(|(_, rest)| rest.split_whitespace()).filter_map(|uid| uid.parse().ok()).collect())
    }

    /// Which of these messages in the folder that is open have this Message-ID, by their own headers; the newest few
    /// are asked. Some servers answer whatever is searched for with every message there is.
    ///
    /// # Errors
    /// Why the server would not show them.
    pub async fn with_id(&mut self, uids: &[u32], message_id: &str) -> Result<Vec<u32>, Problem> {
        let mut newest = uids.to_vec();
        newest.sort_unstable_by(|one, other| other.cmp(one));
        newest.truncate(MOST_ASKED);
        if newest.is_empty() {
            return Ok(newest);
        }
        let set = newest.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let headers = self.fetch(&set, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-MICROSOFT-ORIGINAL-MESSAGE-ID)]").await?;
        let ours = headers.into_iter().filter(|(_, header)| names(header, message_id)).map(|(uid, _)| uid);
        Ok(ours.filter(|uid| newest.contains(uid)).collect())
    }

    /// The first 64 kB of a message in the folder that is open, as it is stored; nothing is marked as read
    /// (RFC 9051 6.4.5). `None` where the message is gone.
    ///
    /// # Errors
    /// Why the server would not show it.
    pub async fn peek(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Problem> {
        let shown = self.fetch(&uid.to_string(), &format!("BODY.PEEK[]<0.{READ_BYTES}>")).await?;
        Ok(shown.into_iter().find(|(shown, _)| *shown == uid).map(|(_, message)| message))
    }

    /// One part of each of these messages, with their UIDs. A server may tell of other messages meanwhile
    /// (RFC 9051 7.5.2): what comes without a UID or without a part is news and no answer.
    async fn fetch(&mut self, uids: &str, part: &str) -> Result<Vec<(u32, Vec<u8>)>, Problem> {
        let mut parts = Vec::new();
        let take = |conversation: &mut Conversation, response| {
            let Response::Data { name, rest, .. } = response else { return };
            if name == "FETCH" && parts.len() < MOST_ASKED {
                let literal = conversation.take_literals().into_iter().next();
                let uid = uid_in(&rest).filter(|_| rest.to_ascii_uppercase().contains("BODY["));
                // A short part may come as a quoted string, which stands in the line itself.
                let part = literal.or_else(|| rest.contains('"').then(|| rest.into_bytes()));
                parts.extend(uid.zip(part));
            }
        };
        self.talk(&format!("UID FETCH {uids} (UID {part})"), take).await?;
        Ok(parts)
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
        self.run(&format!("EXAMINE {}", quoted(folder.written()))).await.map(drop)
    }

    /// The folder that spam goes to: by its special use (RFC 6154), else by the names it usually has.
    ///
    /// # Errors
    /// Why the server would not list its folders.
    pub async fn junk_folder(&mut self) -> Result<Option<FolderName>, Problem> {
        let extended = self.capabilities().offers("SPECIAL-USE") && self.capabilities().offers("LIST-EXTENDED");
        let command = if extended { "LIST \"\" \"*\" RETURN (SPECIAL-USE)" } else { "LIST \"\" \"*\"" };
        let data = self.run(command).await?;
        // A name in a literal is left out: nobody calls a folder for spam so.
        let folders = data.iter().filter(|(name, _)| name == "LIST").filter_map(|(_, rest)| Listed::read(rest, &[]));
        let junk: Vec<Listed> = folders.filter(|folder| folder.role == Some(FolderRole::Junk)).collect();
        let by_use = junk.iter().find(|folder| folder.by_use);
        Ok(by_use.or_else(|| junk.first()).map(|folder| folder.name.clone()))
    }

    /// Takes the message with this Message-ID out of a folder, where it can go alone.
    ///
    /// # Errors
    /// Why the server would not.
    pub async fn remove(&mut self, folder: &FolderName, message_id: &str) -> Result<Removal, Problem> {
        if !self.capabilities().offers("UIDPLUS") && !self.capabilities().offers("IMAP4REV2") {
            return Ok(Removal::NotAlone);
        }
        self.run(&format!("SELECT {}", quoted(folder.written()))).await?;
        // UIDs belong to a folder as it was opened: they are asked for again. A search alone is no reason to delete.
        let found = self.find(message_id).await?;
        let ours = self.with_id(&found, message_id).await?;
        if ours.is_empty() {
            return Ok(Removal::NotThere);
        }
        for uid in ours.into_iter().take(MOST_REMOVED) {
            self.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await?;
            self.run(&format!("UID EXPUNGE {uid}")).await?;
        }
        Ok(Removal::Removed)
    }

    /// Says one command and collects what the server says until it is done: name and rest of each response.
    async fn run(&mut self, command: &str) -> Result<Vec<(String, String)>, Problem> {
        let mut data = Vec::new();
        let take = |_: &mut Conversation, response| {
            if let Response::Data { number: None, name, rest } = response {
                data.push((name, rest));
            }
        };
        self.talk(command, take).await?;
        Ok(data)
    }

    /// Says one command, and gives what the server says to `take` until it is done.
    async fn talk(&mut self, command: &str, mut take: impl FnMut(&mut Conversation, Response)) -> Result<(), Problem> {
        self.leave_idle().await?;
        let conversation = self.conversation();
        conversation.turn_to(Place::Folder);
        let heard = async {
            let tag = conversation.ask(command).await?;
            loop {
                match conversation.hear().await? {
                    Response::Status(status) if is(&status, &tag) => return conversation.granted(status).map(drop),
                    Response::Continuation { text } => return Err(conversation.nonsense(&format!("+ {text}"))),
                    response => take(conversation, response),
                }
            }
        };
        timeout(PATIENCE, heard).await.unwrap_or_else(|_| Err(timed_out(PATIENCE)))
    }
}

/// The UID in what a FETCH response says, outside its quoted strings.
fn uid_in(rest: &str) -> Option<u32> {
    let outside: String = rest.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let mut words = outside.split([' ', '(', ')']);
    words.by_ref().find(|word| word.eq_ignore_ascii_case("UID"))?;
    words.next()?.parse().ok()
}

/// True where one of these header fields holds this Message-ID.
fn names(header: &[u8], message_id: &str) -> bool {
    let header = String::from_utf8_lossy(header);
    // A value may begin on the line behind its name (RFC 5322 2.2.3).
    header.split_whitespace().any(|word| word.rsplit_once(':').map_or(word, |(_, value)| value) == message_id)
}

/// What can stand in a quoted string.
fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_is_read_wherever_it_stands() {
        assert_eq!(uid_in("(UID 17 BODY[] {5}"), Some(17));
        assert_eq!(uid_in("(BODY[] {5} FLAGS (\\Seen) UID 4)"), Some(4));
        assert_eq!(uid_in("(BODY[] \"my UID 5 is\" uid 6)"), Some(6));
        for none in ["(FLAGS (\\Seen))", "(UID x)", "(UID", ""] {
            assert_eq!(uid_in(none), None, "{none}");
        }
    }

    #[test]
    fn a_header_names_the_message_whole_or_not_at_all() {
        let id = "<a@b>";
        for header in ["Message-ID: <a@b>\r\n\r\n", "Message-ID:<a@b>\r\n", "MESSAGE-ID:\r\n <a@b>\r\n"] {
            assert!(names(header.as_bytes(), id), "{header:?}");
        }
        for header in ["Message-ID: <xa@b>\r\n", "Message-ID: <a@b>x\r\n", "Message-ID: a@b\r\n", ""] {
            assert!(!names(header.as_bytes(), id), "{header:?}");
        }
    }
}
