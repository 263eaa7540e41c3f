//! Takes what is due and hands it to the mail servers, one connection for each lane and round.

use std::borrow::Cow;
use std::mem;
use std::pin::pin;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use rand::Rng as _;
use tokio::time::{sleep, timeout};

use super::way::{self, Way, WayState};
use super::{GIVE_UP_AFTER_MILLIS, record};
use crate::context::Context;
use crate::db::outbox::{self as deliveries, Claimed, Lane, NOT_COUNTED, Stored};
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{DeliveryId, EmailAddress, Problem, Timestamp};
use crate::net::Trace;
use crate::net::trace::timed_out;
use crate::sender_domains;
use crate::smtp::{self, Envelope, Session, Submission};
use crate::stop::{Stop, StopSwitch};
use crate::tokens;

/// How many lanes are served at a time.
const AT_ONCE: usize = 8;
/// How many messages of a lane are taken in hand for one connection.
const BATCH: i64 = 50;
/// How long a claim lasts when nobody lengthens it: a message waits this long when its node has died.
const CLAIM_MILLIS: i64 = 120_000;
/// How often a claim is lengthened while there is work under it.
const KEEP_EVERY: Duration = Duration::from_secs(30);
/// The first wait after a refusal for now; each further one is twice as long, up to [`LONGEST_WAIT_MILLIS`].
const FIRST_WAIT_MILLIS: i64 = 30_000;
const LONGEST_WAIT_MILLIS: i64 = 60 * 60 * 1_000;
/// What providers with limits ask for before the next try.
const LIMITED_WAIT_MILLIS: i64 = 15 * 60 * 1_000;
/// How often, and after what pause, the end of a try is written down again when the database would not.
const WRITE_TRIES: u32 = 5;
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// Sends what is due, and answers how many messages were sent.
///
/// # Errors
/// When the database cannot say what is due. What fails in one lane is logged and stops no other.
pub async fn deliver_due(ctx: &Context) -> Result<usize> {
    let (switch, stop) = StopSwitch::new();
    let sent = deliver_until(ctx, &stop).await;
    drop(switch);
    sent
}

/// [`deliver_due`] that begins no further message once it is told to stop.
pub(super) async fn deliver_until(ctx: &Context, stop: &Stop) -> Result<usize> {
    let mut tx = ctx.db.read().await?;
    let due = deliveries::due_lanes(&mut tx, ctx.clock.now()).await?;
    drop(tx);
    let rounds = stream::iter(due).map(|lane| serve(ctx.clone(), stop.clone(), lane)).buffer_unordered(AT_ONCE);
    Ok(rounds.collect::<Vec<usize>>().await.into_iter().sum())
}

/// One lane's turn. When it fails, the claim lapses, and with it the pause before the next try.
async fn serve(ctx: Context, stop: Stop, lane: Lane) -> usize {
    match deliver_of(&ctx, stop, lane).await {
        Ok(sent) => sent,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(lane = %lane, error, "Mail could not be taken out of the outbox.");
            0
        }
    }
}

/// How the try of one message ended.
enum End<'a> {
    Sent {
        reply: String,
    },
    /// `unknown`: the server may have the message all the same.
    PutOff {
        delivery: &'a Claimed,
        problem: Problem,
        unknown: bool,
    },
    Failed {
        problem: Problem,
    },
}

/// One lane and the claim on its mail.
struct Round<'a> {
    ctx: &'a Context,
    stop: Stop,
    lane: Lane,
    by: String,
}

/// Sends what is due in one lane.
async fn deliver_of(ctx: &Context, stop: Stop, lane: Lane) -> Result<usize> {
    if stop.is_asked() {
        return Ok(0);
    }
    let round = Round { ctx, stop, lane, by: format!("{:032x}", rand::random::<u128>()) };
    let claimed = round.claim().await?;
    if claimed.is_empty() {
        return Ok(0);
    }
    let mut work = pin!(round.deliver(claimed));
    let sent = loop {
        #[expect(clippy::disallowed_methods, reason = "a claim is lengthened by the clock on the wall")]
        let pause = sleep(KEEP_EVERY);
        tokio::select! {
            sent = &mut work => break sent,
            () = pause => round.keep().await,
        }
    }?;
    let mut tx = ctx.db.write().await?;
    deliveries::release(&mut tx, &round.by).await?;
    tx.commit().await?;
    ctx.outbox.tell_decided();
    Ok(sent)
}

impl Round<'_> {
    async fn claim(&self) -> Result<Vec<Claimed>> {
        let now = self.ctx.clock.now();
        let mut tx = self.ctx.db.write().await?;
        let until = now.plus_millis(CLAIM_MILLIS);
        let mut claimed = deliveries::claim(&mut tx, self.lane, &self.by, now, until, BATCH).await?;
        for delivery in claimed.iter_mut().filter(|delivery| delivery.give_up_at == NOT_COUNTED) {
            delivery.give_up_at = now.plus_millis(GIVE_UP_AFTER_MILLIS);
            deliveries::count_from(&mut tx, delivery.id, delivery.give_up_at).await?;
        }
        tx.commit().await?;
        Ok(claimed)
    }

    async fn keep(&self) {
        let kept = async {
            let mut tx = self.ctx.db.write().await?;
            deliveries::keep(&mut tx, &self.by, self.ctx.clock.now().plus_millis(CLAIM_MILLIS)).await?;
            tx.commit().await
        };
        if let Err(error) = kept.await {
            tracing::warn!(
                lane = %self.lane,
                error = &error as &dyn std::error::Error,
                "The claim on outgoing mail could not be lengthened."
            );
        }
    }

    async fn deliver(&self, claimed: Vec<Claimed>) -> Result<usize> {
        let mut tx = self.ctx.db.read().await?;
        let way = way::find(&mut tx, self.ctx, self.lane).await?;
        drop(tx);
        let Some(way) = way else {
            self.park(None, None, None).await?;
            return Ok(0);
        };
        let mut session = match self.open(&way).await? {
            Ok(session) => session,
            Err(problem) if problem.needs_person() => {
                self.park(Some(&way.state), None, Some(&problem)).await?;
                return Ok(0);
            }
            Err(problem) => {
                for delivery in &claimed {
                    self.put_off_unsent(delivery, &problem).await?;
                }
                return Ok(0);
            }
        };
        let outcome = self.submit_all(&mut session, &way, &claimed).await;
        session.close().await;
        outcome
    }

    async fn submit_all(&self, session: &mut Session, way: &Way, claimed: &[Claimed]) -> Result<usize> {
        let mut sent = 0;
        for delivery in claimed {
            if self.stop.is_asked() || !session.is_usable() {
                break;
            }
            let Some(message) = self.opened(delivery).await? else { continue };
            let mut tx = self.ctx.db.write().await?;
            let ours = deliveries::begin(&mut tx, delivery.id, &self.by).await?;
            tx.commit().await?;
            if !ours {
                continue;
            }
            let envelope = Envelope { sender: &delivery.sender, recipients: &delivery.recipients };
            let message = self.signed(delivery, &message).await;
            let end = match session.submit(envelope, &message).await {
                Submission::Accepted { reply } => End::Sent { reply },
                Submission::Refused(problem) if is_about_the_account(&problem) => {
                    if delivery.sender == way.settings.email || matches!(self.lane, Lane::Mailbox(_)) {
                        self.park(Some(&way.state), None, Some(&problem)).await?;
                        break;
                    }
                    // A relay that will not send for one mailbox may well send for the others.
                    self.park(Some(&way.state), Some(&delivery.sender), Some(&problem)).await?;
                    continue;
                }
                Submission::Refused(problem) => {
                    self.told(&problem, "The server refused a message for good.");
                    End::Failed { problem }
                }
                Submission::Later(problem) | Submission::Broken(problem) => {
                    End::PutOff { delivery, problem, unknown: false }
                }
                Submission::Unknown(problem) => End::PutOff { delivery, problem, unknown: true },
            };
            self.write_down(delivery.id, &end).await?;
            sent += usize::from(matches!(end, End::Sent { .. }));
            self.ctx.outbox.tell_decided();
        }
        Ok(sent)
    }

    async fn open(&self, way: &Way) -> Result<Result<Session, Problem>> {
        let dialer = &self.ctx.dialer;
        let deadline = dialer.deadlines().check;
        let trace = Trace::off().with_step_deadline(dialer.deadlines().step);
        let (endpoint, sender, trace) = (&way.settings.endpoint, &way.settings.email, &trace);
        tokens::sign_in(self.ctx, &way.settings, &way.key, |login| async move {
            let opened = timeout(deadline, smtp::open(dialer, endpoint, &login, sender, trace)).await;
            opened.unwrap_or_else(|_| Err(timed_out(deadline)))
        })
        .await
    }

    /// The message as it was queued. One that does not open rests and holds up no other: perhaps its key comes back.
    async fn opened<'a>(&self, delivery: &'a Claimed) -> Result<Option<Cow<'a, [u8]>>> {
        let sealed = match &delivery.message {
            Stored::Clear(message) => return Ok(Some(Cow::Borrowed(message))),
            Stored::Sealed(sealed) => sealed,
        };
        let error = match self.ctx.vault.open_bytes(&record(&delivery.message_id), sealed) {
            Ok(mut message) => return Ok(Some(Cow::Owned(mem::take(&mut *message)))),
            Err(error) => error,
        };
        tracing::error!(
            delivery = delivery.id.0,
            error = &error as &dyn std::error::Error,
            "A message that is to go out cannot be opened."
        );
        let mut tx = self.ctx.db.write().await?;
        deliveries::rest(&mut tx, delivery.id, &self.by, self.now().plus_millis(LONGEST_WAIT_MILLIS)).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// The message as it goes out: through the relay with our signature, where its domain has one. A mailbox's own
    /// server signs itself. A message is not held back because it could not be signed.
    async fn signed<'a>(&self, delivery: &Claimed, message: &'a [u8]) -> Cow<'a, [u8]> {
        if self.lane != Lane::Relay {
            return Cow::Borrowed(message);
        }
        let signed = async {
            let mut tx = self.ctx.db.read().await?;
            sender_domains::sign(self.ctx, &mut tx, &delivery.sender, message.to_vec()).await
        };
        match signed.await {
            Ok(message) => Cow::Owned(message),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(sender = delivery.sender.domain(), error, "A message went out without a signature.");
                Cow::Borrowed(message)
            }
        }
    }

    /// Parks what waits in the lane, or only what one sender sends, unless somebody has repaired it since we looked:
    /// then it is tried again. `state`: what was known of the way; `None` where no server is set.
    async fn park(
        &self,
        state: Option<&WayState>,
        sender: Option<&EmailAddress>,
        problem: Option<&Problem>,
    ) -> Result<()> {
        let mut tx = self.ctx.db.write().await?;
        if way::hold(&mut tx, self.lane).await?.as_ref() != state {
            return Ok(());
        }
        if let Some(problem) = problem {
            self.told(problem, "Outgoing mail is parked until the mailbox or the relay is repaired.");
        }
        if self.lane == Lane::Relay && sender.is_none() {
            db::relay::set_has_parked(&mut tx, true).await?;
        }
        deliveries::park(&mut tx, self.lane, &self.by, sender, problem, self.now()).await?;
        tx.commit().await
    }

    /// Puts off a message that no server was asked about.
    async fn put_off_unsent(&self, delivery: &Claimed, problem: &Problem) -> Result<()> {
        let mut tx = self.ctx.db.write().await?;
        deliveries::begin(&mut tx, delivery.id, &self.by).await?;
        self.put_off_in(&mut tx, delivery, problem, false).await?;
        tx.commit().await
    }

    async fn put_off_in(&self, tx: &mut Tx, delivery: &Claimed, problem: &Problem, unknown: bool) -> Result<()> {
        let now = self.now();
        if now >= delivery.give_up_at {
            self.told(problem, "A message was tried for two days and is given up.");
            return deliveries::fail(tx, delivery.id, &self.by, problem, now).await;
        }
        let jitter = rand::rng().random_range(800..=1_200);
        let next = now.plus_millis(wait_millis(delivery.attempts, problem, jitter));
        deliveries::put_off(tx, delivery.id, &self.by, problem, unknown, next).await
    }

    /// Writes down how a try ended. What a server has said must not be forgotten: it would be sent again.
    async fn write_down(&self, id: DeliveryId, end: &End<'_>) -> Result<()> {
        let mut tries = 0;
        loop {
            match self.write_down_once(id, end).await {
                Err(error) if tries < WRITE_TRIES => {
                    tries += 1;
                    tracing::warn!(
                        delivery = id.0,
                        error = &error as &dyn std::error::Error,
                        "The end of a delivery is not written down yet."
                    );
                }
                written => return written,
            }
            #[expect(clippy::disallowed_methods, reason = "the database is given time")]
            sleep(WRITE_PAUSE).await;
        }
    }

    async fn write_down_once(&self, id: DeliveryId, end: &End<'_>) -> Result<()> {
        let mut tx = self.ctx.db.write().await?;
        match end {
            End::Sent { reply } => deliveries::sent(&mut tx, id, reply, self.now()).await?,
            End::Failed { problem } => deliveries::fail(&mut tx, id, &self.by, problem, self.now()).await?,
            End::PutOff { delivery, problem, unknown } => {
                self.put_off_in(&mut tx, delivery, problem, *unknown).await?;
            }
        }
        tx.commit().await
    }

    fn now(&self) -> Timestamp {
        self.ctx.clock.now()
    }

    fn told(&self, problem: &Problem, what: &'static str) {
        tracing::warn!(lane = %self.lane, problem = problem.kind(), "{what}");
    }
}

/// True for refusals that meet every message of the sender, though signing in worked.
const fn is_about_the_account(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::SenderRefused { .. }
            | Problem::SenderThrottled { .. }
            | Problem::SenderBlocked { .. }
            | Problem::AccountDisabled { .. }
            | Problem::NotAuthorized { .. }
            | Problem::SignInRequired { .. }
    )
}

/// How long a message rests after `attempts` tries before this one; `jitter` in thousandths.
fn wait_millis(attempts: u32, problem: &Problem, jitter: i64) -> i64 {
    let doubled = FIRST_WAIT_MILLIS.saturating_mul(1_i64.checked_shl(attempts.min(20)).unwrap_or(i64::MAX));
    let wait = doubled.min(LONGEST_WAIT_MILLIS);
    let limited = matches!(problem, Problem::RateLimited { .. } | Problem::SendingLimitReached { .. });
    let least = if limited { LIMITED_WAIT_MILLIS } else { 0 };
    wait.max(least) / 1_000 * jitter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_twice_as_long_up_to_an_hour() {
        let problem = Problem::ConnectionLost { reply: None };
        let minutes: Vec<i64> = (0..9).map(|attempts| wait_millis(attempts, &problem, 1_000) / 1_000).collect();
        assert_eq!(minutes, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(wait_millis(u32::MAX, &problem, 1_200), 4_320_000);
        assert_eq!(wait_millis(0, &problem, 800), 24_000);
    }

    #[test]
    fn a_limit_is_given_a_quarter_of_an_hour() {
        for problem in
            [Problem::RateLimited { reply: String::new() }, Problem::SendingLimitReached { reply: String::new() }]
        {
            assert_eq!(wait_millis(0, &problem, 1_000), 15 * 60_000);
        }
    }
}
