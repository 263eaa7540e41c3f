//! Proves that the address of a mailbox is ours, before the mailbox counts as working.
//!
//! ```text
//! saved ─► outbox ─► SMTP server ─► … ─► INBOX, or Junk ─► found, token and all ──► proven by arrival
//!            │                                └─► somebody opens the link, confirms ─► proven by the link
//!            └─► not sent: with its problem; goes on when the mailbox is repaired
//! ```
//!
//! Whoever saves a mailbox has a mail sent through its own outgoing server to its own address. The mail has a link
//! that is good for half an hour; only the hash of its token is stored. Postroom looks for the mail itself, read-only,
//! and takes it for proof when the token is in it. Another address, or another account on the servers, has to be
//! proven anew; another name or password has not. A mailbox at work whose address is not proven is awaiting
//! activation; the watch looks after it all the same.

mod engine;
mod evidence;
mod words;

use secrecy::{ExposeSecret as _, SecretString};

use crate::audit::{self, By, Changes};
use crate::context::Context;
use crate::db::activations::{self, NewMail, NewRound, Round};
use crate::db::{self, Tx};
use crate::error::{Error, Result};
use crate::forwarding;
use crate::mailboxes;
use crate::model::activation::LINK_LIFE_MILLIS;
use crate::model::{
    ActivatedMailbox, ActivationLink, AuditAct, Direction, MailboxDetails, MailboxId, MailboxState, ProvenBy, Purpose,
    Rule, ServerKind, Timestamp,
};
use crate::outbox::letter::Letter;
use crate::outbox::{self, Route};
use crate::random::{self, hash};
use crate::users::Manager;

pub use engine::{look_due, run};

/// How many activation mails of one mailbox may be asked for within [`WINDOW_MILLIS`].
const MOST_SENDS: usize = 5;
const WINDOW_MILLIS: i64 = 60 * 60 * 1_000;

/// Takes note of a mailbox that was just saved; `before` is what it was then. Begins a round where there is something
/// to prove; the caller commits, and calls [`wake`] then.
pub(crate) async fn saved(
    tx: &mut Tx,
    ctx: &Context,
    manager: &Manager,
    mailbox: MailboxId,
    before: Option<&MailboxDetails>,
) -> Result<()> {
    let workspace = manager.workspace().id;
    let now = mailboxes::details_in(tx, workspace, mailbox).await?;
    let round = activations::of(tx, mailbox).await?;
    if now.summary.kind == ServerKind::Default {
        return saved_here(tx, ctx, &now, before, round).await;
    }
    let other = before.is_some_and(|before| is_another(before, &now));
    if now.summary.state != MailboxState::Active {
        // What was proven of a mailbox that rests is proven anew when it is woken.
        let at_work = before.is_some_and(|before| before.summary.state != MailboxState::Draft);
        if other && (round.is_some() || at_work) {
            cancel_mail(tx, ctx, round.as_ref()).await?;
            let sends = round.map(|round| round.sends).unwrap_or_default();
            let new = NewRound { mailbox, mail: None, sent_to: &now.summary.address, sends: &sends };
            activations::begin(tx, &new, ctx.clock.now()).await?;
        }
        return Ok(());
    }
    let newly = before.is_none_or(|before| before.summary.state == MailboxState::Draft);
    let proven = round.as_ref().is_some_and(|round| round.proof.is_some());
    if other || (newly && !proven) { begin(tx, ctx, manager, &now, round).await } else { Ok(()) }
}

/// Takes note of a mailbox on our own server: a mail that comes back by being forwarded proves its address. An
/// address of our own domain needs no proof.
async fn saved_here(
    tx: &mut Tx,
    ctx: &Context,
    now: &MailboxDetails,
    before: Option<&MailboxDetails>,
    round: Option<Round>,
) -> Result<()> {
    let (mailbox, address) = (now.summary.id, &now.summary.address);
    let other = before.is_none_or(|before| is_another(before, now));
    if other {
        cancel_mail(tx, ctx, round.as_ref()).await?;
        db::forwarding::forget_check(tx, mailbox).await?;
    }
    if forwarding::is_ours(ctx, address) {
        return activations::forget(tx, mailbox).await;
    }
    if other && now.summary.state == MailboxState::Active {
        let new = NewRound { mailbox, mail: None, sent_to: address, sends: &[] };
        activations::begin(tx, &new, ctx.clock.now()).await?;
    }
    Ok(())
}

/// Takes note of a mailbox that was told to work; the caller commits, and calls [`wake`] then.
pub(crate) async fn resumed(
    tx: &mut Tx,
    ctx: &Context,
    manager: &Manager,
    mailbox: MailboxId,
    before: MailboxState,
) -> Result<()> {
    let workspace = manager.workspace().id;
    let now = mailboxes::details_in(tx, workspace, mailbox).await?;
    let round = activations::of(tx, mailbox).await?;
    let wanted = match &round {
        Some(round) => round.proof.is_none(),
        None => before == MailboxState::Draft,
    };
    let spent = round.as_ref().and_then(|round| again_at(&round.sends)).is_some_and(|at| ctx.clock.now() < at);
    if now.summary.kind != ServerKind::Custom || !wanted || spent {
        return Ok(());
    }
    begin(tx, ctx, manager, &now, round).await
}

/// Lets the mail go out, and be looked for, at once.
pub(crate) fn wake(ctx: &Context) {
    ctx.outbox.ring();
    ctx.activation.ring();
}

/// Sends the activation mail of a mailbox once more. Links in earlier ones are dead from now on.
///
/// # Errors
/// [`Error::NotFound`] also for a mailbox that awaits no activation; [`Rule::ActivationMailsSpent`] for the sixth
/// within an hour; [`Rule::NotConfigured`].
pub async fn send_again(ctx: &Context, manager: &Manager, mailbox: MailboxId) -> Result<()> {
    let workspace = manager.workspace().id;
    let mut tx = ctx.db.write().await?;
    db::mailboxes::hold(&mut tx, workspace, mailbox).await?;
    let now = mailboxes::details_in(&mut tx, workspace, mailbox).await?;
    if !now.summary.is_awaiting() || now.summary.kind != ServerKind::Custom {
        return Err(Error::NotFound("activation"));
    }
    let round = activations::of(&mut tx, mailbox).await?;
    if round.as_ref().and_then(|round| again_at(&round.sends)).is_some_and(|at| ctx.clock.now() < at) {
        return Err(Rule::ActivationMailsSpent.into());
    }
    begin(&mut tx, ctx, manager, &now, round).await?;
    tx.commit().await?;
    wake(ctx);
    Ok(())
}

/// What a link is for. Whoever has it needs no account here; looking changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn open(ctx: &Context, token: &SecretString) -> Result<ActivationLink> {
    let mut tx = ctx.db.read().await?;
    link(&mut tx, ctx, token).await.map(|(link, _)| link)
}

/// Uses a link: the mailbox is activated. Answers what the link is then.
///
/// # Errors
/// When the database fails.
pub async fn activate(ctx: &Context, token: &SecretString) -> Result<ActivationLink> {
    let mut tx = ctx.db.write().await?;
    let (link, round) = link(&mut tx, ctx, token).await?;
    let (ActivationLink::Open { about, .. }, Some(round)) = (&link, round) else { return Ok(link) };
    prove(&mut tx, ctx, round.mailbox, ProvenBy::Link).await?;
    tx.commit().await?;
    tracing::info!(mailbox = round.mailbox.0, "A mailbox was activated by its link.");
    Ok(ActivationLink::Used { about: about.clone() })
}

/// Says that a mailbox's address is proven to be ours; the first proof counts.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn prove(tx: &mut Tx, ctx: &Context, mailbox: MailboxId, by: ProvenBy) -> Result<()> {
    let workspace = db::mailboxes::workspace_of(tx, mailbox).await?;
    let address = mailboxes::details_in(tx, workspace, mailbox).await?.summary.address;
    let how = Changes::none().and_between("proven_by", None, Some(&by));
    let which = (workspace, mailbox);
    audit::record_mailbox(tx, ctx, &By::postroom(), AuditAct::MailboxActivated, which, how).await?;
    activations::prove(tx, mailbox, &address, by, ctx.clock.now()).await
}

/// When there may be another mail, where as many as may be have gone out; in the past where it may be sent now.
pub(crate) fn again_at(sends: &[Timestamp]) -> Option<Timestamp> {
    let oldest = sends.iter().rev().nth(MOST_SENDS.saturating_sub(1))?;
    Some(oldest.plus_millis(WINDOW_MILLIS))
}

async fn link(tx: &mut Tx, ctx: &Context, token: &SecretString) -> Result<(ActivationLink, Option<Round>)> {
    let Some(round) = activations::by_token(tx, &hash(token.expose_secret())).await? else {
        return Ok((ActivationLink::Unknown, None));
    };
    let expired = round.expires_at.is_some_and(|at| at <= ctx.clock.now());
    if expired && round.proof.is_none() {
        return Ok((ActivationLink::Expired, None));
    }
    let mailbox = mailboxes::details_in(tx, round.workspace, round.mailbox).await?;
    let workspace = db::workspaces::by_id(tx, round.workspace).await?.ok_or(Error::NotFound("workspace"))?;
    let about = ActivatedMailbox { desk: workspace.name, name: mailbox.summary.name, address: round.sent_to.clone() };
    Ok(match round.proof {
        Some(_) => (ActivationLink::Used { about }, None),
        None => (ActivationLink::Open { about, expires_at: round.expires_at }, Some(round)),
    })
}

/// Queues a mail and begins a round with it, in the place of the one before.
async fn begin(
    tx: &mut Tx,
    ctx: &Context,
    manager: &Manager,
    mailbox: &MailboxDetails,
    round: Option<Round>,
) -> Result<()> {
    let workspace = manager.workspace().id;
    cancel_mail(tx, ctx, round.as_ref()).await?;
    let (id, address) = (mailbox.summary.id, &mailbox.summary.address);
    let (outgoing, _) = mailboxes::target_in(tx, ctx, workspace, id, Direction::Outgoing).await?;
    let desk = db::workspaces::by_id(tx, workspace).await?.ok_or(Error::NotFound("workspace"))?;
    let token = random::short_secret();
    let token_hash = hash(token.expose_secret());
    let link = format!("{}/activate/{}", ctx.config.base_url(), token.expose_secret());
    let about = words::About {
        desk: &desk.name,
        name: &mailbox.summary.name,
        address: address.as_str(),
        link: &link,
        mark: &subject_mark(&token_hash),
    };
    let (subject, text) = words::of(manager.language, &about);
    let letter = Letter {
        name: &mailbox.summary.name,
        from: &outgoing.email,
        to: address,
        subject: &subject,
        text: &text,
        in_reply_to: None,
    };
    let queued = outbox::queue(tx, ctx, Route::Mailbox(id), Purpose::Activation, &letter).await?;
    let now = ctx.clock.now();
    let within_the_window = |at: &Timestamp| now.millis_since(*at) < WINDOW_MILLIS;
    let mut sends: Vec<Timestamp> = round.map(|round| round.sends).unwrap_or_default();
    sends.retain(within_the_window);
    sends.push(now);
    let mail = NewMail {
        token_hash: &token_hash,
        message_id: &queued.message_id,
        delivery: queued.id,
        sender: &outgoing.email,
        expires_at: now.plus_millis(LINK_LIFE_MILLIS),
    };
    let new = NewRound { mailbox: id, mail: Some(mail), sent_to: address, sends: &sends };
    activations::begin(tx, &new, now).await
}

/// Takes a mail out of the outbox whose link is dead. One that is being sent at this moment goes out all the same.
async fn cancel_mail(tx: &mut Tx, ctx: &Context, round: Option<&Round>) -> Result<()> {
    let Some((round, delivery)) = round.and_then(|round| round.delivery.map(|delivery| (round, delivery))) else {
        return Ok(());
    };
    let standing = db::outbox::standing(tx, delivery).await?;
    if standing.is_some_and(|standing| standing.state != crate::model::DeliveryState::Sent) {
        db::outbox::delete(tx, Some(round.workspace), delivery, ctx.clock.now()).await?;
    }
    Ok(())
}

/// What stands in the subject of the mail with this token, and in no other's. It tells nothing about the token.
fn subject_mark(token_hash: &[u8]) -> String {
    token_hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// True where mail of the one comes and goes another way, or to another address, than mail of the other.
fn is_another(before: &MailboxDetails, now: &MailboxDetails) -> bool {
    let account = |settings: &Option<crate::model::ServerSettings>| {
        // A name that differs in capitals only is the same account nearly everywhere.
        settings.as_ref().map(|settings| (settings.endpoint.host.to_lowercase(), settings.username.to_lowercase()))
    };
    before.summary.kind != now.summary.kind
        || db::folded_address(&before.summary.address) != db::folded_address(&now.summary.address)
        || account(&before.incoming_settings) != account(&now.incoming_settings)
        || account(&before.outgoing_settings) != account(&now.outgoing_settings)
}
