//! A mailbox on Postroom's own server works when somebody forwards its mail here. This module finds out whether
//! they do, and passes on what the forwarder asks first.
//!
//! ```text
//! check ─► outbox ─► relay ─► the address that people write to ─► forwarded ─► our own server ─► arrived
//! ```
//!
//! A check is a mail to the address that people write to, from Postroom's own address and not from the mailbox's:
//! some servers do not forward what a mailbox has sent itself. It is recognised by its Message-ID, or, where a
//! server on the way has given it another, by the code in its subject. Nothing waits in memory for it: a check that
//! comes back after a restart, or tomorrow, counts.

mod google;
mod words;

use mail_parser::MessageParser;

use crate::activation;
use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::inbound::Arrival;
use crate::mailboxes;
use crate::model::{
    DeliveryState, EmailAddress, ForwardingCheck, ForwardingConfirmation, ForwardingStage, Language, MailboxId,
    ProvenBy, Purpose, Rule, ServerKind,
};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::random;
use crate::relay;
use crate::users::{Manager, Viewer};

/// How long a check is waited for, from the moment somebody asked; forwarding rules and filters take their time.
const PATIENCE_MILLIS: i64 = 10 * 60 * 1_000;
/// How many letters the code in the subject has: some 50 bits, which nobody guesses while a check is under way.
const CODE_LETTERS: usize = 10;

/// Sends a mail to the address of a mailbox on Postroom's own server; it is to come back by being forwarded.
///
/// # Errors
/// [`Rule::NotForwarded`] for a mailbox that nothing has to be forwarded to; [`Rule::NoRelay`] where Postroom has
/// no server to send through; [`Error::NotFound`](crate::Error::NotFound).
pub async fn check(ctx: &Context, manager: &Manager, mailbox: MailboxId, language: Language) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    let summary = mailboxes::details_in(&mut tx, workspace, mailbox).await?.summary;
    if summary.kind != ServerKind::Default || is_ours(ctx, &summary.address) {
        return Err(Rule::NotForwarded.into());
    }
    let from = relay::sender(&mut tx).await?.ok_or(Rule::NoRelay)?;
    let code = random::letters(CODE_LETTERS);
    let words = words::of(language, &summary.address, &code);
    let letter = Letter {
        name: relay::NAME,
        from: &from,
        to: &summary.address,
        subject: &words.subject,
        text: &words.text,
        in_reply_to: None,
    };
    let queued = outbox::queue(&mut tx, ctx, Route::Relay, Purpose::ForwardingCheck, &letter).await?;
    db::forwarding::begin(&mut tx, mailbox, queued.id, &queued.message_id, &code, ctx.clock.now()).await?;
    tx.commit().await?;
    ctx.outbox.ring();
    Ok(())
}

/// How the last check of a mailbox stands; `None` where nobody has asked yet.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn last_check(ctx: &Context, viewer: &Viewer, mailbox: MailboxId) -> Result<Option<ForwardingCheck>> {
    let workspace = viewer.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    let Some(row) = db::forwarding::last(&mut tx, mailbox).await? else { return Ok(None) };
    let stage = match row.arrived_at {
        Some(at) => ForwardingStage::Arrived { arrive_millis: millis(at.millis_since(row.started_at)) },
        None => {
            let standing = db::outbox::standing(&mut tx, row.delivery).await?;
            let waited = ctx.clock.now().millis_since(row.started_at);
            stage(standing.map(|standing| (standing.state, standing.problem)), waited)
        }
    };
    Ok(Some(ForwardingCheck { started_at: row.started_at, stage }))
}

/// What Google last asked about forwarding to a mailbox.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn confirmation(
    ctx: &Context,
    manager: &Manager,
    mailbox: MailboxId,
) -> Result<Option<ForwardingConfirmation>> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.read().await?;
    mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    db::forwarding::confirmation(&mut tx, mailbox).await
}

/// True for addresses under our own mail domain: mail to them comes here by itself.
#[must_use]
pub fn is_ours(ctx: &Context, address: &EmailAddress) -> bool {
    let (domain, ours) = (address.domain().to_lowercase(), ctx.config.mail_domain.to_lowercase());
    domain == ours || domain.strip_suffix(&ours).is_some_and(|before| before.ends_with('.'))
}

/// Looks at a message that is being taken for a mailbox, in the same transaction.
///
/// # Errors
/// When the database fails. A message that cannot be read is none of ours.
pub(crate) async fn arrived(tx: &mut Tx, ctx: &Context, arrival: &Arrival<'_>) -> Result<()> {
    let mailbox = arrival.mailbox;
    let Some(message) = MessageParser::default().parse(arrival.head) else { return Ok(()) };
    let now = ctx.clock.now();
    if let Some(found) = google::confirmation(&message, now) {
        return db::forwarding::set_confirmation(tx, mailbox, &found).await;
    }
    let Some(row) = db::forwarding::last(tx, mailbox).await? else { return Ok(()) };
    let same_id = message.message_id().is_some_and(|id| row.message_id.trim_matches(['<', '>']) == id);
    let same_code = message.subject().is_some_and(|subject| subject.contains(&row.code));
    if row.arrived_at.is_none() && (same_id || same_code) {
        db::forwarding::arrived(tx, mailbox, now).await?;
        activation::prove(tx, ctx, mailbox, ProvenBy::Forwarding).await?;
        // What Google asked is answered by then: mail comes.
        db::forwarding::forget_confirmation(tx, mailbox).await?;
    }
    Ok(())
}

/// How far a check has come that has not come back.
fn stage(standing: Option<(DeliveryState, Option<crate::model::Problem>)>, waited: i64) -> ForwardingStage {
    match standing {
        // Thrown away before it was sent: nobody tries any more.
        None if waited <= PATIENCE_MILLIS => ForwardingStage::NotSent { problem: None, now: DeliveryState::Failed },
        Some((DeliveryState::Waiting, None)) => ForwardingStage::Sending,
        Some((DeliveryState::Sent, _)) if waited <= PATIENCE_MILLIS => ForwardingStage::Waiting,
        Some((DeliveryState::Sent, _)) | None => ForwardingStage::NotArrived { waited_seconds: millis(waited) / 1_000 },
        Some((now, problem)) => ForwardingStage::NotSent { problem, now },
    }
}

fn millis(signed: i64) -> u64 {
    u64::try_from(signed).unwrap_or_default()
}
