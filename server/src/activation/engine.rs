//! Looks for activation mails: a visit to the mailbox right after the mail was queued, and further ones for as long as
//! the link is good.
//!
//! Several processes on one database share the visits: a claim gives one of them the right to a mailbox, and lapses,
//! so that what a process had begun is taken up by another one, or by the same after it was started again.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{evidence, subject_mark};
use crate::context::Context;
use crate::db;
use crate::db::activations::{self, Round};
use crate::error::{Error, Result};
use crate::imap;
use crate::login::Key;
use crate::mailboxes;
use crate::model::activation::LINK_LIFE_MILLIS;
use crate::model::{
    ActivationStage, DeliveryState, Direction, EmailAddress, MailboxId, Problem, ProvenBy, Rule, ServerSettings,
    Timestamp,
};
use crate::round_trip::{self, Fate, Looks, Mark, Place, Seen};
use crate::stop::Stop;

/// How often somebody asks what is due, where no bell was rung here.
const ROUND: Duration = Duration::from_secs(2);
/// How many mailboxes are looked into at a time.
const AT_ONCE: usize = 16;
/// How long a first visit waits for the outbox, and then for the mail.
const FIRST_VISIT: Duration = Duration::from_secs(60);
/// How long one process may visit a mailbox before another one may: longer than the longest visit.
const CLAIM_MILLIS: i64 = 5 * 60 * 1_000;
/// How soon a mail that was not sent is asked after: the outbox knows, no server is bothered.
const UNSENT_PAUSE_MILLIS: i64 = 5_000;
/// How long a mailbox is left alone between visits, in the first minutes and later: providers count sign-ins.
const PAUSE_MILLIS: i64 = 30_000;
const LATER_PAUSE_MILLIS: i64 = 60_000;
const FIRST_MINUTES_MILLIS: i64 = 5 * 60 * 1_000;
/// How many messages that look like ours are read in one look.
const MOST_READ: usize = 4;

/// The right to visit one mailbox, until it lapses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    mailbox: MailboxId,
    until: Timestamp,
}

/// Looks for activation mails until it is told to stop; then it ends its visits, which change nothing, and gives their
/// claims back.
pub async fn run(ctx: Context, mut stop: Stop) {
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut visits: JoinSet<Claim> = JoinSet::new();
    let mut claims: Vec<Claim> = Vec::new();
    while !stop.is_asked() {
        tokio::select! {
            biased;
            () = stop.asked() => break,
            Some(ended) = visits.join_next() => match ended {
                Ok(done) => claims.retain(|claim| *claim != done),
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "A visit was cut off."),
            },
            () = ctx.activation.rung() => {}
            _ = round.tick() => {}
        }
        match claim_due(&ctx, AT_ONCE.saturating_sub(visits.len())).await {
            Ok(due) => {
                for claim in due {
                    claims.push(claim.clone());
                    visits.spawn(visited(ctx.clone(), claim));
                }
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "Nobody knows which activation mails to look for.");
            }
        }
    }
    visits.shutdown().await;
    for claim in &claims {
        if let Err(error) = release(&ctx, claim).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "A claim was not given back; it lapses.");
        }
    }
}

/// Visits every mailbox whose turn it is, and answers how many these were.
///
/// # Errors
/// When the database or the vault fails. What is wrong outside is told as the round's stage.
pub async fn look_due(ctx: &Context) -> Result<usize> {
    let claims = claim_due(ctx, AT_ONCE).await?;
    for claim in &claims {
        visit(ctx, claim).await?;
        release(ctx, claim).await?;
    }
    Ok(claims.len())
}

async fn claim_due(ctx: &Context, at_most: usize) -> Result<Vec<Claim>> {
    if at_most == 0 {
        return Ok(Vec::new());
    }
    let now = ctx.clock.now();
    let until = now.plus_millis(CLAIM_MILLIS);
    let mut tx = ctx.db.write().await?;
    let due = activations::claim(&mut tx, now, until, i64::try_from(at_most).unwrap_or(i64::MAX)).await?;
    tx.commit().await?;
    Ok(due.into_iter().map(|mailbox| Claim { mailbox, until }).collect())
}

async fn release(ctx: &Context, claim: &Claim) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    activations::release(&mut tx, claim.mailbox, claim.until).await?;
    tx.commit().await
}

/// One visit. When it fails on our side the claim lapses, and with it the pause before the next one.
async fn visited(ctx: Context, claim: Claim) -> Claim {
    let visited = async {
        visit(&ctx, &claim).await?;
        release(&ctx, &claim).await
    };
    if let Err(error) = visited.await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(mailbox = claim.mailbox.0, error, "An activation mail was not looked for.");
    }
    claim
}

/// A round as it is visited.
struct Visit<'a> {
    ctx: &'a Context,
    claim: &'a Claim,
    round: Round,
    delivery: crate::model::DeliveryId,
    incoming: (ServerSettings, Key),
}

/// Goes as far with a round as it gets in one visit, and notes how far that was.
async fn visit(ctx: &Context, claim: &Claim) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let Some(round) = activations::of(&mut tx, claim.mailbox).await? else { return Ok(()) };
    let incoming = mailboxes::target_in(&mut tx, ctx, round.workspace, round.mailbox, Direction::Incoming).await;
    drop(tx);
    let incoming = match incoming {
        Err(Error::Rule(Rule::NotConfigured) | Error::NotFound(_)) => return Ok(()),
        incoming => incoming?,
    };
    let Some(delivery) = round.delivery else { return Ok(()) };
    Visit { ctx, claim, round, delivery, incoming }.make().await
}

impl Visit<'_> {
    async fn make(&self) -> Result<()> {
        // The mailbox is open by the time the mail can be there, so that opening it does not count.
        let (fate, opened) = if self.round.stage == ActivationStage::Queued {
            let (fate, opened) = futures::join!(self.fate(FIRST_VISIT), round_trip::open(self.ctx, &self.incoming));
            (fate?, Some(opened?))
        } else {
            (self.fate(Duration::ZERO).await?, None)
        };
        let sent_at = match fate {
            Fate::Sent { at } => at,
            fate => {
                if let Some(Ok(session)) = opened {
                    session.close().await;
                }
                return self.not_sent(fate).await;
            }
        };
        let first = matches!(self.round.stage, ActivationStage::Queued | ActivationStage::NotSent { .. });
        let send_millis = millis_between(self.round.began_at, sent_at);
        if first && !self.note(sent_at, &ActivationStage::Sent { send_millis }, Some(self.now())).await? {
            return Ok(());
        }
        let opened = match opened {
            Some(opened) => opened,
            None => round_trip::open(self.ctx, &self.incoming).await?,
        };
        let seen = match opened {
            Ok(mut session) => {
                // What comes this late is not worth waiting for.
                let patient = first && self.now() < good_until(sent_at);
                let seen = self.look(&mut session, patient).await;
                session.close().await;
                seen
            }
            Err(problem) => Err(problem),
        };
        match seen {
            Ok(Some(found)) => self.arrived(sent_at, send_millis, found).await,
            Ok(None) => self.not_there(sent_at, ActivationStage::Sent { send_millis }).await,
            Err(problem) => self.not_there(sent_at, ActivationStage::NotSeen { send_millis, problem }).await,
        }
    }

    async fn fate(&self, patience: Duration) -> Result<Fate> {
        round_trip::until_decided(self.ctx, self.delivery, patience).await
    }

    /// Looks for the mail once, or again and again for a minute.
    async fn look(&self, session: &mut imap::Session, patient: bool) -> Result<Option<Found>, Problem> {
        let (message_id, token_hash) = (self.round.message_id.as_deref(), self.round.token_hash.as_deref());
        let (Some(message_id), Some(token_hash)) = (message_id, token_hash) else { return Ok(None) };
        let subject = subject_mark(token_hash);
        let mark = Mark { message_id, subject: Some(&subject) };
        if !patient {
            for place in Place::ALL {
                let seen = round_trip::look_into(session, place, mark).await?;
                if let Some(found) = proof(session, seen, token_hash).await? {
                    return Ok(Some(found));
                }
            }
            return Ok(None);
        }
        let began = Instant::now();
        let mut looks = Looks::default();
        loop {
            let seen = looks.look(session, mark).await?;
            if let Some(found) = proof(session, seen, token_hash).await? {
                return Ok(Some(found));
            }
            if began.elapsed() >= FIRST_VISIT {
                return Ok(None);
            }
            looks.pause().await;
        }
    }

    /// The mail is in the mailbox, and the token is in the mail: the address is ours.
    async fn arrived(&self, sent_at: Timestamp, send_millis: u64, found: Found) -> Result<()> {
        let now = self.now();
        let is_ours = |seen: &String| same_address(seen, &self.round.sender);
        let stage = ActivationStage::Arrived {
            send_millis,
            arrive_millis: millis_between(sent_at, now),
            folder: found.folder,
            junk: found.junk,
            other_sender: found.sender.filter(|seen| !is_ours(seen)),
        };
        let mut tx = self.ctx.db.write().await?;
        let (mailbox, until) = (self.claim.mailbox, self.claim.until);
        if !activations::note(&mut tx, mailbox, until, &stage, Some(good_until(sent_at)), None).await? {
            return Ok(());
        }
        super::prove(&mut tx, self.ctx, mailbox, ProvenBy::Arrival).await?;
        tx.commit().await?;
        tracing::info!(mailbox = mailbox.0, "A mailbox was activated by its own mail.");
        Ok(())
    }

    /// The mail was not found: there is another visit while the link is good.
    async fn not_there(&self, sent_at: Timestamp, stage: ActivationStage) -> Result<()> {
        let (now, end) = (self.now(), good_until(sent_at));
        if now < end {
            let young = now.millis_since(sent_at) < FIRST_MINUTES_MILLIS;
            let pause = if young { PAUSE_MILLIS } else { LATER_PAUSE_MILLIS };
            return self.note(sent_at, &stage, Some(now.plus_millis(pause).min(end))).await.map(drop);
        }
        let stage = match stage {
            ActivationStage::Sent { send_millis } => {
                ActivationStage::NotReceived { send_millis, waited_millis: millis_between(sent_at, now) }
            }
            stage => stage,
        };
        self.note(sent_at, &stage, None).await.map(drop)
    }

    /// The outgoing server does not have the mail: the outbox goes on trying, or has given up.
    async fn not_sent(&self, fate: Fate) -> Result<()> {
        let (stage, pause) = match fate {
            Fate::NotSent { problem: None, now: DeliveryState::Waiting } => {
                (ActivationStage::Queued, Some(UNSENT_PAUSE_MILLIS))
            }
            // One that has failed can be tried again from the outbox.
            Fate::NotSent { problem, now } => {
                let failed = now == DeliveryState::Failed;
                let pause = if failed { LATER_PAUSE_MILLIS } else { UNSENT_PAUSE_MILLIS };
                (ActivationStage::NotSent { problem, now }, Some(pause))
            }
            Fate::ThrownAway | Fate::Sent { .. } => {
                (ActivationStage::NotSent { problem: None, now: DeliveryState::Failed }, None)
            }
        };
        let mut tx = self.ctx.db.write().await?;
        let next = pause.map(|pause| self.now().plus_millis(pause));
        activations::note(&mut tx, self.claim.mailbox, self.claim.until, &stage, None, next).await?;
        tx.commit().await
    }

    /// Notes a stage; false where the claim is void.
    async fn note(&self, sent_at: Timestamp, stage: &ActivationStage, due_at: Option<Timestamp>) -> Result<bool> {
        let mut tx = self.ctx.db.write().await?;
        let expires = Some(good_until(sent_at));
        let noted = activations::note(&mut tx, self.claim.mailbox, self.claim.until, stage, expires, due_at).await?;
        tx.commit().await?;
        Ok(noted)
    }

    fn now(&self) -> Timestamp {
        self.ctx.clock.now()
    }
}

/// Our mail in the mailbox.
struct Found {
    /// The folder's name as people see it.
    folder: String,
    junk: bool,
    sender: Option<String>,
}

/// Reads what was seen: only the token makes it ours. Leaves the watched folder open where it does not.
async fn proof(session: &mut imap::Session, seen: Option<Seen>, token_hash: &[u8]) -> Result<Option<Found>, Problem> {
    let Some(seen) = seen else { return Ok(None) };
    for uid in seen.uids.into_iter().rev().take(MOST_READ) {
        if let Some(message) = session.peek(uid).await?
            && evidence::has_token(&message, token_hash)
        {
            let (folder, junk) = (seen.folder.shown(), seen.junk);
            return Ok(Some(Found { folder, junk, sender: evidence::sender(&message) }));
        }
    }
    round_trip::go_back(session, &seen.folder).await?;
    Ok(None)
}

const fn good_until(sent_at: Timestamp) -> Timestamp {
    sent_at.plus_millis(LINK_LIFE_MILLIS)
}

fn millis_between(earlier: Timestamp, later: Timestamp) -> u64 {
    u64::try_from(later.millis_since(earlier)).unwrap_or_default()
}

fn same_address(one: &str, other: &str) -> bool {
    let folded = |address: &str| EmailAddress::parse(address).ok().and_then(|address| db::folded_address(&address));
    match (folded(one), folded(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.eq_ignore_ascii_case(other),
    }
}
