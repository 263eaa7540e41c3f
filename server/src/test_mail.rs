//! A test mail goes out through a mailbox and comes back into it: proof of both ways, timed.
//!
//! ```text
//! begin ─► outbox ─► SMTP server ─► … ─► INBOX, or Junk ─► taken away again
//!            send_millis ▲   arrive_millis ▲
//! ```
//!
//! It goes through the same outbox as everything else. The mailbox is looked into read-only until the mail is
//! found by its Message-ID; then this one message is removed. To an outside address it is only sent.

pub(crate) mod words;

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::audit::{self, Changes};
use crate::context::Context;
use crate::db;
use crate::error::{Error, Result};
use crate::imap;
use crate::imap::{errand::Removal, listing::FolderName};
use crate::login::Key;
use crate::mailboxes;
use crate::model::{
    AuditAct, DeliveryId, Direction, EmailAddress, Field, Language, MailboxId, Problem, Purpose, Reason, ServerKind,
    ServerSettings, TestMail, TestResult, TestStage, Tidied, Timestamp,
};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::round_trip::{self, Fate, Looks, Mark};
use crate::users::{Manager, Viewer};

/// How long each leg is waited for.
const LEG: Duration = Duration::from_secs(60);
/// One that has not ended after this long was interrupted.
const LONGEST_MILLIS: i64 = 4 * 60 * 1_000;

/// A test mail that is queued.
#[derive(Debug)]
pub struct Begun {
    mailbox: MailboxId,
    delivery: DeliveryId,
    message_id: String,
    to: EmailAddress,
    started_at: Timestamp,
    began: Instant,
    /// Where it is looked for; `None` for an outside address.
    incoming: Option<(ServerSettings, Key)>,
}

/// Queues a test mail: to the mailbox itself where `to` is blank, or else to the address typed there. A mailbox on
/// the default server sends through the relay, and to another address only.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] when `to` is no address;
/// [`Rule::NotConfigured`](crate::model::Rule::NotConfigured) when a server is missing that the mail needs.
pub async fn begin(
    ctx: &Context,
    manager: &Manager,
    mailbox: MailboxId,
    to: &str,
    language: Language,
) -> Result<Begun> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let summary = mailboxes::details_in(&mut tx, workspace, mailbox).await?.summary;
    let from = match summary.kind {
        ServerKind::Custom => {
            mailboxes::target_in(&mut tx, ctx, workspace, mailbox, Direction::Outgoing).await?.0.email
        }
        ServerKind::Default => summary.address.clone(),
    };
    let to = if to.trim().is_empty() {
        summary.address.clone()
    } else {
        EmailAddress::parse(to).map_err(|_| Error::invalid(Field::Address, Reason::NotAnAddress))?
    };
    let to_itself = db::folded_address(&to) == db::folded_address(&summary.address);
    let incoming = if to_itself {
        Some(mailboxes::target_in(&mut tx, ctx, workspace, mailbox, Direction::Incoming).await?)
    } else {
        None
    };
    let words = words::of(language, to_itself);
    let letter = Letter {
        name: &summary.name,
        from: &from,
        to: &to,
        subject: words.subject,
        text: words.text,
        in_reply_to: None,
    };
    let queued = outbox::queue(&mut tx, ctx, Route::Mailbox(mailbox), Purpose::TestMail, &letter).await?;
    let started_at = ctx.clock.now();
    db::test_mails::begin(&mut tx, mailbox, queued.id, &to, started_at).await?;
    let changes = Changes::none().and("to", None, Some(to.as_str()));
    let which = (workspace, mailbox);
    audit::record_mailbox(&mut tx, ctx, &manager.by(), AuditAct::TestMailSent, which, changes).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    let (delivery, message_id) = (queued.id, queued.message_id);
    Ok(Begun { mailbox, delivery, message_id, to, started_at, began: Instant::now(), incoming })
}

/// Follows a test mail to its end, which comes within about two minutes, and writes down every stage.
///
/// # Errors
/// When the database or the vault fails.
pub async fn follow(ctx: &Context, begun: Begun) -> Result<TestMail> {
    let result = walk(ctx, &begun).await?;
    let stage = TestStage::Ended { result };
    note(ctx, &begun, &stage).await?;
    Ok(TestMail { to: begun.to, started_at: begun.started_at, stage })
}

/// The last test mail of a mailbox.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn last(ctx: &Context, viewer: &Viewer, mailbox: MailboxId) -> Result<Option<TestMail>> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    let last = db::test_mails::last(&mut tx, mailbox).await?;
    Ok(last.map(|mut last| {
        if last.result().is_none() && ctx.clock.now().millis_since(last.started_at) > LONGEST_MILLIS {
            last.stage = TestStage::Ended { result: TestResult::Interrupted };
        }
        last
    }))
}

async fn walk(ctx: &Context, begun: &Begun) -> Result<TestResult> {
    let Some(incoming) = &begun.incoming else {
        return Ok(match until_sent(ctx, begun).await? {
            Ok(send_millis) => TestResult::Sent { send_millis },
            Err(not_sent) => not_sent,
        });
    };
    // The mailbox is open by the time the mail can be there, so that opening it does not count.
    let (sent, opened) = futures::join!(until_sent(ctx, begun), round_trip::open(ctx, incoming));
    let (sent, opened) = (sent?, opened?);
    let send_millis = match sent {
        Ok(send_millis) => send_millis,
        Err(not_sent) => {
            if let Ok(session) = opened {
                session.close().await;
            }
            return Ok(not_sent);
        }
    };
    let sent_at = begun.began + Duration::from_millis(send_millis);
    note(ctx, begun, &TestStage::Waiting { send_millis }).await?;
    let mut session = match opened {
        Ok(session) => session,
        Err(problem) => return Ok(TestResult::NotSeen { send_millis, problem }),
    };
    let found = timeout(LEG, look_for(&mut session, &begun.message_id)).await;
    let arrive_millis = millis(sent_at);
    let (folder, junk) = match found {
        Ok(Ok(found)) => found,
        Ok(Err(problem)) => return Ok(TestResult::NotSeen { send_millis, problem }),
        Err(_) => {
            session.close().await;
            return Ok(TestResult::NotReceived { send_millis, waited_seconds: LEG.as_secs() });
        }
    };
    let tidied = match session.remove(&folder, &begun.message_id).await {
        Ok(Removal::Removed) => Tidied::Removed,
        Ok(Removal::NotAlone) => Tidied::CannotAlone,
        Ok(Removal::NotThere) | Err(_) => Tidied::Failed,
    };
    session.close().await;
    let folder = folder.shown();
    Ok(if junk {
        TestResult::InJunk { send_millis, arrive_millis, folder, tidied }
    } else {
        TestResult::Arrived { send_millis, arrive_millis, folder, tidied }
    })
}

/// Waits until the outgoing server has the mail, which is answered with how long it took, or until a first try
/// has not worked out.
async fn until_sent(ctx: &Context, begun: &Begun) -> Result<Result<u64, TestResult>> {
    Ok(match round_trip::until_decided(ctx, begun.delivery, LEG).await? {
        Fate::Sent { .. } => Ok(millis(begun.began)),
        Fate::NotSent { problem, now } => Err(TestResult::NotSent { problem, now }),
        Fate::ThrownAway => Err(TestResult::Interrupted),
    })
}

/// Looks until the mail is there. Answers where it is, and whether that is the folder for spam.
async fn look_for(session: &mut imap::Session, message_id: &str) -> Result<(FolderName, bool), Problem> {
    let mark = Mark { message_id, subject: None };
    let mut looks = Looks::default();
    loop {
        if let Some(seen) = looks.look(session, mark).await? {
            if !session.with_id(&seen.uids, message_id).await?.is_empty() {
                return Ok((seen.folder, seen.junk));
            }
            round_trip::go_back(session, &seen.folder).await?;
        }
        looks.pause().await;
    }
}

async fn note(ctx: &Context, begun: &Begun, stage: &TestStage) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    db::test_mails::set_stage(&mut tx, begun.mailbox, begun.delivery, stage).await?;
    tx.commit().await
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
