//! Looks at the folder we would watch, and asks for news of it: ID, LIST, EXAMINE and IDLE.
//!
//! ```text
//! C: A3 ID ("name" "Postroom" …)      some servers let nobody in who does not introduce himself
//! C: A4 LIST "" "*"                   how many folders there are
//! C: A5 EXAMINE "INBOX"               read-only (RFC 9051 6.3.3): nothing in the mailbox changes
//! C: A6 UID SEARCH RETURN (COUNT) YOUNGER 86400      where the server counts for us (RFC 4731, RFC 5032)
//! C: A7 IDLE                          always last: nothing may follow it (RFC 2177)
//! ```
//!
//! They go out in one write and cost one round trip; tags tell which reply is whose. Where a server cannot
//! take them together, they go one at a time.

use tokio::time::timeout;

use super::{
    argument::folder_name,
    capabilities::Capabilities,
    classify::Place,
    conversation::{Conversation, is},
    listing::Listed,
    response::{Condition, Response, Status},
};
use crate::{
    model::{Finding, FolderEntry, Problem},
    net::trace::timed_out,
};

/// No more folders than this are shown to pick from.
const MAX_FOLDERS: usize = 300;
/// How far back messages count as recent.
const DAY_SECONDS: u32 = 86_400;

/// What we ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Capability,
    Id,
    List,
    Examine,
    Recent,
    Idle,
}

/// What EXAMINE and LIST said of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    pub name: String,
    /// How many messages are in it.
    pub messages: u32,
    /// `None` where the server keeps no lasting UIDs.
    pub uid_validity: Option<u32>,
    pub uid_next: Option<u32>,
    /// How many folders the account has; `None` when the server would not say.
    pub folders: Option<u32>,
    /// How many messages came within the last day; `None` when the server does not count them.
    pub recent: Option<u32>,
    /// The folders that can be opened, as far as there is room.
    pub list: Vec<FolderEntry>,
}

/// A look at one folder, while replies come in.
#[derive(Debug)]
pub(super) struct Look {
    /// What the server could do before we signed in.
    before: Capabilities,
    waiting: Vec<(String, Ask)>,
    folder: Folder,
    listed: u32,
    examined: Option<Status>,
    /// The server said that its UIDs are for this session only.
    uids_do_not_last: bool,
    /// The list was answered with BAD.
    list_misunderstood: bool,
    /// Everything was asked in one write.
    together: bool,
    idle: Idle,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Idle {
    NotAsked,
    Waiting,
    Running,
    Refused(Status),
}

/// Why commands that were sent together did not work out.
#[derive(Debug)]
pub(super) enum Failed {
    /// It would be no different one at a time.
    ForGood(Problem),
    /// The server dropped the connection, or part of what we sent: worth trying one at a time, from the start.
    Together(Problem),
}

impl Look {
    pub(super) fn new(folder: &str, before: Capabilities) -> Self {
        Self {
            before,
            waiting: Vec::new(),
            folder: Folder { name: folder.to_owned(), ..Folder::default() },
            listed: 0,
            examined: None,
            uids_do_not_last: false,
            list_misunderstood: false,
            together: false,
            idle: Idle::NotAsked,
        }
    }

    /// Asks for everything in one write and waits for the folder's part of the replies.
    pub(super) async fn together(&mut self, conversation: &mut Conversation) -> Result<Finding, Failed> {
        conversation.turn_to(Place::Folder);
        self.together = true;
        let mut group = Vec::with_capacity(6);
        let known = conversation.capabilities.as_ref().unwrap_or(&self.before);
        if known.offers("ID") {
            group.push(Ask::Id);
        }
        let idle = known.offers("IDLE");
        if conversation.capabilities.is_none() {
            group.insert(0, Ask::Capability);
        }
        let counts = known.offers("WITHIN") && (known.offers("ESEARCH") || known.offers("IMAP4REV2"));
        group.extend([Ask::List, Ask::Examine]);
        if counts && conversation.trace().is_on() {
            group.push(Ask::Recent);
        }
        if idle {
            group.push(Ask::Idle);
        }
        let sent = self.ask(conversation, &group).await;
        let heard = match sent {
            Ok(()) => self.hear_until_examined(conversation).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = heard {
            let may_be_the_group =
                matches!(problem, Problem::ConnectionLost { .. } | Problem::TimedOut { .. }) && self.examined.is_none();
            let together = may_be_the_group && !conversation.has_said_goodbye();
            return Err(if together { Failed::Together(problem) } else { Failed::ForGood(problem) });
        }
        self.judge_group(conversation).await.map_err(Failed::ForGood)
    }

    /// Asks one at a time.
    pub(super) async fn one_by_one(&mut self, conversation: &mut Conversation) -> Result<Finding, Problem> {
        conversation.turn_to(Place::Folder);
        if conversation.capabilities.is_none() {
            self.ask_and_wait(conversation, Ask::Capability).await?;
        }
        if self.known(conversation).offers("ID") {
            self.ask_and_wait(conversation, Ask::Id).await?;
        }
        self.list_alone(conversation).await?;
        self.examine_alone(conversation).await
    }

    /// Waits for the answer to IDLE, asking for it first where that has not been done.
    pub(super) async fn idle(&mut self, conversation: &mut Conversation) -> Result<((), Finding), Problem> {
        conversation.turn_to(Place::Idle);
        let patience = conversation.trace().patience();
        let answered = async {
            self.hear_about_idle(conversation).await?;
            let refused_together = matches!(&self.idle, Idle::Refused(status) if status.condition == Condition::Bad);
            if self.known(conversation).offers("IDLE") && (self.idle == Idle::NotAsked || refused_together) {
                self.ask(conversation, &[Ask::Idle]).await?;
                self.hear_about_idle(conversation).await?;
            }
            Ok(())
        };
        // Mail can be looked for without IDLE: a server that leaves it unanswered is as good as one without.
        if let Ok(answered) = timeout(patience, answered).await {
            answered?;
        } else {
            conversation.trace().note("The server does not answer IDLE; Postroom will ask for new mail instead.");
        }
        Ok(((), Finding::Idle { supported: self.idle == Idle::Running }))
    }

    async fn hear_about_idle(&mut self, conversation: &mut Conversation) -> Result<(), Problem> {
        while self.idle == Idle::Waiting {
            self.hear(conversation).await?;
        }
        Ok(())
    }

    /// True when everything was asked in one write, and nothing alone since.
    pub(super) const fn went_together(&self) -> bool {
        self.together
    }

    /// True when the server said that it will tell us of new mail.
    pub(super) fn is_idling(&self) -> bool {
        self.idle == Idle::Running
    }

    /// What was found.
    pub(super) fn into_folder(self) -> Folder {
        self.folder
    }

    fn known<'a>(&'a self, conversation: &'a Conversation) -> &'a Capabilities {
        conversation.capabilities.as_ref().unwrap_or(&self.before)
    }

    /// A BAD may be about the company the command came in: it gets a second chance alone.
    async fn judge_group(&mut self, conversation: &mut Conversation) -> Result<Finding, Problem> {
        let Some(examined) = self.examined.take() else { return Err(conversation.ended()) };
        let misunderstood = examined.condition == Condition::Bad
            && matches!(conversation.meaning_of(&examined), Problem::CommandRefused { .. });
        if !misunderstood {
            return self.judge(conversation, examined);
        }
        conversation.trace().note("The server does not take commands sent together; asking one at a time.");
        self.together = false;
        self.hear_about_idle(conversation).await?;
        if self.idle == Idle::Running {
            conversation.leave_idle().await?;
            self.idle = Idle::NotAsked;
        }
        if self.list_misunderstood {
            self.list_alone(conversation).await?;
        }
        self.examine_alone(conversation).await
    }

    async fn list_alone(&mut self, conversation: &mut Conversation) -> Result<(), Problem> {
        self.listed = 0;
        self.folder.list.clear();
        self.ask_and_wait(conversation, Ask::List).await
    }

    async fn examine_alone(&mut self, conversation: &mut Conversation) -> Result<Finding, Problem> {
        self.ask_and_wait(conversation, Ask::Examine).await?;
        let Some(examined) = self.examined.take() else { return Err(conversation.ended()) };
        self.judge(conversation, examined)
    }

    fn judge(&mut self, conversation: &Conversation, examined: Status) -> Result<Finding, Problem> {
        conversation.granted(examined)?;
        let Folder { name, messages, uid_validity, uid_next, folders, recent, list } = self.folder.clone();
        Ok(Finding::Folder { name, messages, uid_validity, uid_next, folders, recent, list })
    }

    async fn ask_and_wait(&mut self, conversation: &mut Conversation, ask: Ask) -> Result<(), Problem> {
        self.ask(conversation, &[ask]).await?;
        while self.is_waiting_for(ask) {
            self.hear(conversation).await?;
        }
        Ok(())
    }

    async fn hear_until_examined(&mut self, conversation: &mut Conversation) -> Result<(), Problem> {
        // A server that is silent for this long has lost part of what we sent, and there must be time for the rest.
        let patience = conversation.trace().patience() / 2;
        while [Ask::Capability, Ask::Id, Ask::List, Ask::Examine].into_iter().any(|ask| self.is_waiting_for(ask)) {
            match timeout(patience, self.hear(conversation)).await {
                Ok(heard) => heard?,
                Err(_) => return Err(timed_out(patience)),
            }
        }
        // Counting is a courtesy: a server that takes long over it is not waited for.
        let counted = async {
            while self.is_waiting_for(Ask::Recent) {
                self.hear(conversation).await?;
            }
            Ok(())
        };
        timeout(patience, counted).await.unwrap_or(Ok(()))
    }

    fn is_waiting_for(&self, ask: Ask) -> bool {
        self.waiting.iter().any(|(_, asked)| *asked == ask)
    }

    async fn ask(&mut self, conversation: &mut Conversation, asks: &[Ask]) -> Result<(), Problem> {
        let mut lines = Vec::with_capacity(asks.len());
        for &ask in asks {
            let tag = conversation.tag();
            lines.push(match ask {
                Ask::Capability => format!("{tag} CAPABILITY"),
                Ask::Id => format!("{tag} ID (\"name\" \"Postroom\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION")),
                Ask::List => format!("{tag} LIST \"\" \"*\""),
                Ask::Examine => format!("{tag} EXAMINE {}", folder_name(&self.folder.name)),
                Ask::Recent => format!("{tag} UID SEARCH RETURN (COUNT) YOUNGER {DAY_SECONDS}"),
                Ask::Idle => format!("{tag} IDLE"),
            });
            if ask == Ask::Idle {
                self.idle = Idle::Waiting;
                conversation.idle = Some(tag.clone());
            }
            self.waiting.push((tag, ask));
        }
        let shown: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut bytes = lines.join("\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n");
        conversation.send(&bytes, &shown).await
    }

    /// Takes one response and gives it to whom it belongs.
    async fn hear(&mut self, conversation: &mut Conversation) -> Result<(), Problem> {
        match conversation.hear().await? {
            // Of all we ask, only IDLE is answered with `+`.
            Response::Continuation { .. } if self.is_waiting_for(Ask::Idle) => {
                self.waiting.retain(|(_, ask)| *ask != Ask::Idle);
                self.idle = Idle::Running;
            }
            Response::Continuation { text } => return Err(conversation.nonsense(&format!("+ {text}"))),
            Response::Data { number: Some(number), name, .. } if name == "EXISTS" => self.folder.messages = number,
            Response::Data { name, rest, .. } if name == "LIST" => {
                self.listed = self.listed.saturating_add(1);
                let literals = conversation.take_literals();
                if self.folder.list.len() < MAX_FOLDERS
                    && let Some(listed) = Listed::read(&rest, &literals).filter(|listed| listed.opens)
                {
                    self.folder.list.push(listed.entry());
                }
            }
            Response::Data { name, rest, .. } if name == "ESEARCH" => {
                // `(TAG "A6") UID COUNT 12`; a server that found none may leave the count out (RFC 4731 3.1).
                let count = rest.rsplit_once("COUNT ").and_then(|(_, count)| count.split(' ').next()?.parse().ok());
                self.folder.recent = Some(count.unwrap_or(0));
            }
            Response::Status(status) if status.tag.is_some() => self.end(status),
            Response::Status(status) => self.note_codes(&status),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, status: Status) {
        let Some(at) = self.waiting.iter().position(|(tag, _)| is(&status, tag)) else { return };
        let (_, ask) = self.waiting.remove(at);
        match ask {
            // A refused introduction or list is no reason to stop.
            Ask::Capability | Ask::Id | Ask::Recent => {}
            Ask::List => {
                self.list_misunderstood = status.condition == Condition::Bad;
                self.folder.folders = (status.condition == Condition::Ok).then_some(self.listed);
            }
            Ask::Examine => {
                self.note_codes(&status);
                self.examined = Some(status);
            }
            Ask::Idle => self.idle = Idle::Refused(status),
        }
    }

    fn note_codes(&mut self, status: &Status) {
        let Some(code) = &status.code else { return };
        let number = code.rest.parse().ok();
        match code.name.as_str() {
            "UIDVALIDITY" => self.folder.uid_validity = number.filter(|_| !self.uids_do_not_last),
            "UIDNEXT" => self.folder.uid_next = number,
            "UIDNOTSTICKY" => {
                self.uids_do_not_last = true;
                self.folder.uid_validity = None;
            }
            _ => {}
        }
    }
}
