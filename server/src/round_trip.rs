//! A mail from a mailbox to itself: waiting until it is sent, and looking until it is there.
//!
//! The mailbox is opened to look only. New mail is looked for in the folder that is watched and in the inbox all the
//! time, for a rule may put it into either, and in the folder for spam now and then.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::context::Context;
use crate::db;
use crate::error::Result;
use crate::imap::{self, listing::FolderName};
use crate::login::Key;
use crate::model::{DeliveryId, DeliveryState, Problem, ServerSettings, Timestamp};
use crate::net::Trace;
use crate::net::trace::timed_out;
use crate::tokens;

/// How often the mailbox is looked into: soon at first, then less often.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LAST_PAUSE: Duration = Duration::from_secs(2);
/// With every how many looks there is one into the folder for spam.
const LOOKS_FOR_JUNK: u32 = 4;
/// How often the outbox is asked, where another node may do the sending.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// What became of a message in the outbox.
#[derive(Debug)]
pub(crate) enum Fate {
    Sent {
        at: Timestamp,
    },
    /// `problem` is `None` where no outgoing server is set, or none has answered yet.
    NotSent {
        problem: Option<Problem>,
        now: DeliveryState,
    },
    /// Somebody threw it away, with its mailbox perhaps.
    ThrownAway,
}

/// By what a message is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'a> {
    /// With its angle brackets.
    pub message_id: &'a str,
    /// Words that stand in its subject and in no other's, for servers that give messages an ID of their own.
    pub subject: Option<&'a str>,
}

/// A message that was found, in the folder that is open now.
#[derive(Debug)]
pub(crate) struct Seen {
    pub folder: FolderName,
    /// The folder is the one for spam.
    pub junk: bool,
    pub uids: Vec<u32>,
}

/// Waits until the outgoing server has a message, until a first try has not worked out, or for so long.
pub(crate) async fn until_decided(ctx: &Context, delivery: DeliveryId, patience: Duration) -> Result<Fate> {
    let began = Instant::now();
    loop {
        let mut tx = ctx.db.read().await?;
        let standing = db::outbox::standing(&mut tx, delivery).await?;
        drop(tx);
        let Some(standing) = standing else { return Ok(Fate::ThrownAway) };
        match (standing.state, standing.problem) {
            (DeliveryState::Sent, _) => {
                return Ok(Fate::Sent { at: standing.decided_at.unwrap_or_else(|| ctx.clock.now()) });
            }
            (DeliveryState::Waiting, None) if began.elapsed() < patience => {}
            (now, problem) => return Ok(Fate::NotSent { problem, now }),
        }
        // Whoever sends may be another process: then nobody tells us.
        let _ = timeout(ASK_EVERY, ctx.outbox.decided()).await;
    }
}

/// Where a message may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the folder that is watched, which is open between two looks.
    Watched,
    /// In the inbox, where another folder is watched.
    Inbox,
    Junk,
}

impl Place {
    /// In the order they are looked into.
    pub(crate) const ALL: [Self; 3] = [Self::Watched, Self::Inbox, Self::Junk];
}

/// Opens the folder that is watched to look only.
pub(crate) async fn open(
    ctx: &Context,
    (settings, key): &(ServerSettings, Key),
) -> Result<Result<imap::Session, Problem>> {
    let dialer = &ctx.dialer;
    let deadline = dialer.deadlines().check;
    let trace = Trace::off().with_step_deadline(dialer.deadlines().step);
    let (endpoint, trace) = (&settings.endpoint, &trace);
    tokens::sign_in(ctx, settings, key, |login| async move {
        let opened = timeout(deadline, imap::open(dialer, endpoint, &login, &settings.folder, trace)).await;
        opened.unwrap_or_else(|_| Err(timed_out(deadline)))
    })
    .await
}

/// Looks into one mailbox after one message, with growing pauses.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    done: u32,
    pause: Option<Duration>,
}

impl Looks {
    /// One look: into the watched folder and the inbox, and every few times into the folder for spam too. What is
    /// found is in the folder that is open then; otherwise the watched one is.
    pub(crate) async fn look(&mut self, session: &mut imap::Session, mark: Mark<'_>) -> Result<Option<Seen>, Problem> {
        self.done = self.done.wrapping_add(1);
        for place in Place::ALL {
            if place == Place::Junk && !self.done.is_multiple_of(LOOKS_FOR_JUNK) {
                continue;
            }
            if let Some(seen) = look_into(session, place, mark).await? {
                return Ok(Some(seen));
            }
        }
        Ok(None)
    }

    /// Waits before the next look.
    pub(crate) async fn pause(&mut self) {
        let pause = self.pause.unwrap_or(FIRST_PAUSE);
        #[expect(clippy::disallowed_methods, reason = "the mail takes its time")]
        sleep(pause).await;
        self.pause = Some((pause * 3 / 2).min(LAST_PAUSE));
    }
}

/// Looks into one place. The watched folder is open before, and again afterwards where nothing is found.
pub(crate) async fn look_into(
    session: &mut imap::Session,
    place: Place,
    mark: Mark<'_>,
) -> Result<Option<Seen>, Problem> {
    let watched = watched(session);
    let folder = match place {
        Place::Watched => {
            session.freshen().await?;
            let uids = find(session, mark).await?;
            return Ok((!uids.is_empty()).then_some(Seen { folder: watched, junk: false, uids }));
        }
        Place::Inbox => Some(FolderName::inbox()),
        // A server that will not show its folders has none for spam, as far as we know.
        Place::Junk => session.junk_folder().await.unwrap_or_default(),
    };
    let Some(folder) = folder.filter(|folder| *folder != watched) else { return Ok(None) };
    if session.examine(&folder).await.is_ok() {
        let uids = find(session, mark).await?;
        if !uids.is_empty() {
            return Ok(Some(Seen { folder, junk: place == Place::Junk, uids }));
        }
    }
    session.examine(&watched).await?;
    Ok(None)
}

/// Opens the watched folder again, where another one is open.
pub(crate) async fn go_back(session: &mut imap::Session, from: &FolderName) -> Result<(), Problem> {
    let watched = watched(session);
    if *from == watched { Ok(()) } else { session.examine(&watched).await }
}

/// The folder that the session was opened with.
fn watched(session: &imap::Session) -> FolderName {
    FolderName::named(&session.folder().name)
}

async fn find(session: &mut imap::Session, mark: Mark<'_>) -> Result<Vec<u32>, Problem> {
    let by_id = session.find(mark.message_id).await?;
    match mark.subject {
        Some(words) if by_id.is_empty() => session.find_by_subject(words).await,
        _ => Ok(by_id),
    }
}
