//! Looks at the folder we would watch, and asks for news of it: ID, LIST, EXAMINE and IDLE.
//!
//! ```text
//! C: A3 ID ("name" "Postroom" …)      some servers let nobody in who does not introduce himself
//! C: A4 LIST "" "*"                   how many folders there are
//! C: A5 EXAMINE "INBOX"               read-only (RFC 9051 6.3.3): nothing in the mailbox changes
//! C: A6 SEARCH SINCE 29-Nov-2026      how many messages came of late, as exactly as the server can tell
//! C: A7 IDLE                          always last: nothing may follow it (RFC 2177)
//! ```
//!
//! A server with ESEARCH (RFC 4731) is asked for the count alone, one with WITHIN (RFC 5032) for the last 24 hours
//! instead of whole days. A refused count is no failure, and a list too long to count is read past.
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
    model::{Finding, FolderEntry, Problem, Timestamp},
    net::trace::timed_out,
};

/// No more folders than this are shown to pick from.
const MAX_FOLDERS: usize = 300;
/// How far back messages count as recent.
const DAY_SECONDS: u32 = 86_400;
const DAY_MILLIS: i64 = 86_400_000;
/// As SEARCH names them (RFC 9051 9, `date-month`).
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

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
    /// How many messages came of late; `None` when the server did not say.
    pub recent: Option<u32>,
    /// The day since whose beginning they came; `None` for the last 24 hours.
    pub recent_since: Option<Timestamp>,
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
    /// When the look began.
    now: Timestamp,
    /// How messages of late are asked for.
    count: Count,
    listed: u32,
    examined: Option<Status>,
    /// The server's words that its UIDs are for this session only.
    uids_do_not_last: Option<String>,
    /// The list was answered with BAD.
    list_misunderstood: bool,
    /// The first refusal of what was asked before the folder: no reason to stop, and perhaps the reason that it ends.
    refused: Option<Status>,
    /// Everything was asked in one write.
    together: bool,
    idle: Idle,
}

/// What a server can tell about messages of late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// It counts by itself; otherwise it lists their numbers.
    by_itself: bool,
    /// It knows hours; otherwise days.
    within: bool,
}

impl Count {
    fn of(known: &Capabilities) -> Self {
        Self { by_itself: known.offers("ESEARCH") || known.offers("IMAP4REV2"), within: known.offers("WITHIN") }
    }

    /// The command, without its tag; `day` is the one that whole days are counted from.
    fn command(self, day: Timestamp) -> String {
        let form = if self.by_itself { "SEARCH RETURN (COUNT)" } else { "SEARCH" };
        if self.within {
            return format!("{form} YOUNGER {DAY_SECONDS}");
        }
        let (year, month, day) = day.date();
        let month = usize::from(month).checked_sub(1).and_then(|place| MONTHS.get(place)).copied().unwrap_or("Jan");
        format!("{form} SINCE {day}-{month}-{year}")
    }
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
    pub(super) fn new(folder: &str, before: Capabilities, now: Timestamp) -> Self {
        Self {
            before,
            waiting: Vec::new(),
            folder: Folder { name: folder.to_owned(), ..Folder::default() },
            now,
            count: Count::default(),
            listed: 0,
            examined: None,
            uids_do_not_last: None,
            list_misunderstood: false,
            refused: None,
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
        self.count = Count::of(known);
        group.extend([Ask::List, Ask::Examine]);
        // Only who reads the report cares.
        if conversation.trace().is_on() {
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
            // Exchange refuses what comes first in words that say why, and then hangs up.
            if let (Problem::ConnectionLost { .. }, Some(status)) = (&problem, &self.refused) {
                let said = conversation.meaning_of(status);
                if !matches!(said, Problem::CommandRefused { .. } | Problem::FolderRefused { .. }) {
                    return Err(Failed::ForGood(said));
                }
            }
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
        // Only who reads the report cares.
        if examined.condition == Condition::Ok && conversation.trace().is_on() {
            self.ask(conversation, &[Ask::Recent]).await?;
            self.hear_the_count(conversation).await?;
        }
        self.judge(conversation, examined)
    }

    /// A folder that cannot be watched is no reason to forget which ones there are.
    fn judge(&mut self, conversation: &Conversation, examined: Status) -> Result<Finding, Problem> {
        let judged = self.judge_alone(conversation, examined);
        if judged.is_err() && !self.folder.list.is_empty() {
            conversation.trace().list(self.folder.list.clone());
        }
        judged
    }

    fn judge_alone(&mut self, conversation: &Conversation, examined: Status) -> Result<Finding, Problem> {
        conversation.granted(examined)?;
        self.folder.recent_since = self.folder.recent.filter(|_| !self.count.within).map(|_| self.day());
        let Folder { name, messages, uid_validity, uid_next, folders, recent, recent_since, list } =
            self.folder.clone();
        if uid_validity.is_none() {
            let reply = self.uids_do_not_last.clone();
            return Err(Problem::FolderUidsDoNotLast { folder: name, reply });
        }
        Ok(Finding::Folder { name, messages, uid_validity, uid_next, folders, recent, recent_since, list })
    }

    /// The day before the look, from its beginning (UTC): whole days are counted from there.
    fn day(&self) -> Timestamp {
        let (year, month, day) = self.now.plus_millis(-DAY_MILLIS).date();
        Timestamp::of_day(year, month, day).unwrap_or_default()
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
        let opened = self.examined.as_ref().is_some_and(|status| status.condition == Condition::Ok);
        if opened { self.hear_the_count(conversation).await } else { Ok(()) }
    }

    /// Counting is a courtesy: a server that takes long over it is not waited for.
    async fn hear_the_count(&mut self, conversation: &mut Conversation) -> Result<(), Problem> {
        let patience = conversation.trace().patience() / 2;
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
                Ask::Recent => format!("{tag} {}", self.count.command(self.day())),
                Ask::Idle => format!("{tag} IDLE"),
            });
            if ask == Ask::Idle {
                self.idle = Idle::Waiting;
                conversation.idle = Some(tag.clone());
            }
            conversation.may_skip_search |= ask == Ask::Recent;
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
                    && let Some(listed) =
                        Listed::read(&rest, &literals).filter(|listed| listed.opens && listed.name.can_be_picked())
                {
                    self.folder.list.push(listed.entry());
                }
            }
            Response::Data { name, rest, .. } if name == "ESEARCH" => {
                // `(TAG "A6") COUNT 12`; a server that found none may leave the count out (RFC 4731 3.1).
                let count = rest.rsplit_once("COUNT ").and_then(|(_, count)| count.split(' ').next()?.parse().ok());
                self.folder.recent = Some(count.unwrap_or(0));
            }
            Response::Data { number: None, name, rest } if name == "SEARCH" && self.is_waiting_for(Ask::Recent) => {
                // `2 84 882`, and perhaps `(MODSEQ 917162500)` behind it (RFC 7162 3.1.5).
                let numbers = rest.split_whitespace().take_while(|number| number.parse::<u32>().is_ok()).count();
                let more = u32::try_from(numbers).unwrap_or(u32::MAX);
                self.folder.recent = Some(self.folder.recent.unwrap_or(0).saturating_add(more));
            }
            Response::Status(status) if status.tag.is_some() => self.end(status, conversation),
            Response::Status(status) => self.note_codes(&status),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, status: Status, conversation: &mut Conversation) {
        let Some(at) = self.waiting.iter().position(|(tag, _)| is(&status, tag)) else { return };
        let (_, ask) = self.waiting.remove(at);
        match ask {
            // A refused introduction or list is no reason to stop.
            Ask::Capability | Ask::Id => self.note_refusal(status),
            Ask::Recent => {
                conversation.may_skip_search = false;
                self.folder.recent = self.folder.recent.filter(|_| status.condition == Condition::Ok);
            }
            Ask::List => {
                self.list_misunderstood = status.condition == Condition::Bad;
                self.folder.folders = (status.condition == Condition::Ok).then_some(self.listed);
                self.note_refusal(status);
            }
            Ask::Examine => {
                self.note_codes(&status);
                self.examined = Some(status);
            }
            Ask::Idle => self.idle = Idle::Refused(status),
        }
    }

    fn note_refusal(&mut self, status: Status) {
        if status.condition != Condition::Ok {
            self.refused.get_or_insert(status);
        }
    }

    fn note_codes(&mut self, status: &Status) {
        let Some(code) = &status.code else { return };
        let number = code.rest.parse().ok();
        match code.name.as_str() {
            // Zero is none (RFC 9051 9, `nz-number`).
            "UIDVALIDITY" => {
                self.folder.uid_validity = number.filter(|number| *number > 0 && self.uids_do_not_last.is_none());
            }
            "UIDNEXT" => self.folder.uid_next = number,
            "UIDNOTSTICKY" => {
                self.uids_do_not_last = Some(status.line.clone());
                self.folder.uid_validity = None;
            }
            _ => {}
        }
    }
}
