//! Deliveries: what waits to be sent, who has it in hand, and what became of it.

mod lane;
mod reading;

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::{Error, Result};
use crate::model::{DeliveryId, DeliveryState, EmailAddress, MailboxId, Problem, Purpose, Timestamp, WorkspaceId};

pub(crate) use lane::Lane;
pub(crate) use reading::{backlog, backlog_of_relay, count_waiting, count_waiting_of, list};

/// What is in lane `$1`. A mailbox may have changed its server since a message was queued: it is asked every time.
macro_rules! in_lane {
    () => {
        "(CASE WHEN $1 IS NULL
               THEN mailbox_id IS NULL OR mailbox_id IN (SELECT id FROM mailboxes WHERE kind = 'default')
               ELSE mailbox_id = $1 AND mailbox_id IN (SELECT id FROM mailboxes WHERE kind = 'custom') END)"
    };
}
use in_lane;

/// What belongs to workspace `$1`, or without one to Postroom itself.
macro_rules! belongs {
    () => {
        "(CASE WHEN $1 IS NULL
               THEN mailbox_id IS NULL
               ELSE mailbox_id IN (SELECT id FROM mailboxes WHERE workspace_id = $1) END)"
    };
}

/// A message that is to go out.
pub(crate) struct NewDelivery<'a> {
    /// `None` for a message of Postroom itself.
    pub mailbox: Option<MailboxId>,
    pub purpose: Purpose,
    pub message_id: &'a str,
    pub sender: &'a EmailAddress,
    pub recipients: &'a [EmailAddress],
    pub subject: &'a str,
    /// Sealed for its Message-ID.
    pub message: &'a [u8],
    pub give_up_at: Timestamp,
}

/// A message in hand.
pub(crate) struct Claimed {
    pub id: DeliveryId,
    pub sender: EmailAddress,
    pub recipients: Vec<EmailAddress>,
    pub message_id: String,
    pub message: Stored,
    /// How often it was tried before.
    pub attempts: u32,
    pub give_up_at: Timestamp,
}

/// A message as the database has it.
pub(crate) enum Stored {
    /// For its Message-ID.
    Sealed(Vec<u8>),
    /// Queued by a version that did not seal.
    Clear(Vec<u8>),
}

/// How a delivery stands, for whoever waits for it.
pub(crate) struct Standing {
    pub state: DeliveryState,
    pub problem: Option<Problem>,
    /// When it was sent, or given up.
    pub decided_at: Option<Timestamp>,
}

/// Adds a message, due at once.
pub(crate) async fn insert(tx: &mut Tx, new: &NewDelivery<'_>, now: Timestamp) -> Result<DeliveryId> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO deliveries (mailbox_id, purpose, message_id, sender, recipients, subject, sealed_message,
                                 state, queued_at, next_attempt_at, give_up_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8, $9)
         RETURNING id"
    )
    .bind(new.mailbox)
    .bind(new.purpose.as_str())
    .bind(new.message_id)
    .bind(new.sender.as_str())
    .bind(to_json("deliveries.recipients", &new.recipients)?)
    .bind(new.subject)
    .bind(new.message)
    .bind(now)
    .bind(new.give_up_at)
    .fetch_one(conn))?)
}

/// A message of a mailbox whose workspace is archived rests with it.
macro_rules! at_rest {
    () => {
        "mailbox_id IN (SELECT m.id FROM mailboxes m JOIN workspaces w ON w.id = m.workspace_id WHERE w.archived)"
    };
}

/// The lanes with something to send that nobody has in hand, the longest waiting first.
pub(crate) async fn due_lanes(tx: &mut Tx, now: Timestamp) -> Result<Vec<Lane>> {
    let found: Vec<Option<MailboxId>> = on!(tx, |conn| sqlx::query_scalar(
        "SELECT m.id FROM deliveries d LEFT JOIN mailboxes m ON m.id = d.mailbox_id AND m.kind = 'custom'
         WHERE d.state = 'waiting' AND d.next_attempt_at <= $1 AND d.claimed_until <= $1
               AND (d.mailbox_id IS NULL
                    OR d.mailbox_id IN (SELECT r.id FROM mailboxes r JOIN workspaces w ON w.id = r.workspace_id
                                        WHERE NOT w.archived))
         GROUP BY m.id ORDER BY MIN(d.next_attempt_at)"
    )
    .bind(now)
    .fetch_all(conn))?;
    Ok(found.into_iter().map(|mailbox| mailbox.map_or(Lane::Relay, Lane::Mailbox)).collect())
}

/// Takes up to `limit` due messages of a lane in hand until `until`, the oldest first.
pub(crate) async fn claim(
    tx: &mut Tx,
    lane: Lane,
    by: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Claimed>> {
    type Row = (DeliveryId, String, String, Json, Option<Vec<u8>>, Option<Vec<u8>>, i64, Timestamp);
    // The condition stands twice: a second worker that has waited for the first one's commit looks again.
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(concat!(
        "UPDATE deliveries SET claimed_by = $2, claimed_until = $4
         WHERE state = 'waiting' AND claimed_until <= $3
               AND id IN (SELECT id FROM deliveries
                          WHERE state = 'waiting' AND next_attempt_at <= $3 AND claimed_until <= $3
                                AND (mailbox_id IS NULL OR NOT ",
        at_rest!(),
        ") AND ",
        in_lane!(),
        " ORDER BY id LIMIT $5)
         RETURNING id, message_id, sender, recipients, sealed_message, message, attempts, give_up_at"
    ))
    .bind(lane.mailbox())
    .bind(by)
    .bind(now)
    .bind(until)
    .bind(limit)
    .fetch_all(conn))?;
    let mut claimed = Vec::with_capacity(rows.len());
    for (id, message_id, sender, recipients, sealed, clear, attempts, give_up_at) in rows {
        let message = sealed.map(Stored::Sealed).or_else(|| clear.map(Stored::Clear));
        claimed.push(Claimed {
            id,
            message_id,
            sender: from_text("deliveries.sender", sender)?,
            recipients: from_json("deliveries.recipients", &recipients)?,
            message: message.ok_or(Error::NotFound("message"))?,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            give_up_at,
        });
    }
    claimed.sort_by_key(|delivery| delivery.id);
    Ok(claimed)
}

/// Lengthens a claim; how many messages it still covers.
pub(crate) async fn keep(tx: &mut Tx, by: &str, until: Timestamp) -> Result<u64> {
    Ok(on!(tx, "UPDATE deliveries SET claimed_until = $2 WHERE claimed_by = $1 AND state = 'waiting'", by, until)?)
}

/// Gives back what is still in hand: it is as due as before.
pub(crate) async fn release(tx: &mut Tx, by: &str) -> Result<()> {
    on!(tx, "UPDATE deliveries SET claimed_by = '', claimed_until = 0 WHERE claimed_by = $1", by)?;
    Ok(())
}

/// Notes that a message is about to go out; false when it is no longer ours to send.
///
/// A try before this one whose end nobody wrote down may have brought it to the server.
pub(crate) async fn begin(tx: &mut Tx, id: DeliveryId, by: &str) -> Result<bool> {
    let ours = on!(
        tx,
        "UPDATE deliveries
         SET attempts = attempts + 1, may_arrive_twice = (may_arrive_twice OR in_hand), in_hand = TRUE
         WHERE id = $1 AND claimed_by = $2 AND state = 'waiting'",
        id,
        by,
    )?;
    Ok(ours == 1)
}

/// The server has taken it. Whoever else believes to have it in hand: it is sent.
pub(crate) async fn sent(tx: &mut Tx, id: DeliveryId, reply: &str, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "UPDATE deliveries
         SET state = 'sent', sealed_message = NULL, message = NULL, reply = $2, decided_at = $3, problem = NULL, in_hand = FALSE,
             claimed_by = '', claimed_until = 0
         WHERE id = $1",
        id,
        reply,
        now,
    )?;
    Ok(())
}

/// Puts one off until `next`. `unknown`: the server may have it all the same.
pub(crate) async fn put_off(
    tx: &mut Tx,
    id: DeliveryId,
    by: &str,
    problem: &Problem,
    unknown: bool,
    next: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE deliveries
         SET problem = $3, may_arrive_twice = (may_arrive_twice OR $4), next_attempt_at = $5, in_hand = FALSE,
             claimed_by = '', claimed_until = 0
         WHERE id = $1 AND claimed_by = $2 AND state = 'waiting'",
        id,
        by,
        to_json("deliveries.problem", problem)?,
        unknown,
        next,
    )?;
    Ok(())
}

/// Puts one off until `next` that could not be tried: nothing is known of it that was not before.
pub(crate) async fn rest(tx: &mut Tx, id: DeliveryId, by: &str, next: Timestamp) -> Result<()> {
    on!(
        tx,
        "UPDATE deliveries SET next_attempt_at = $3, claimed_by = '', claimed_until = 0
         WHERE id = $1 AND claimed_by = $2 AND state = 'waiting'",
        id,
        by,
        next,
    )?;
    Ok(())
}

/// Gives one up.
pub(crate) async fn fail(tx: &mut Tx, id: DeliveryId, by: &str, problem: &Problem, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "UPDATE deliveries
         SET state = 'failed', problem = $3, decided_at = $4, in_hand = FALSE, claimed_by = '', claimed_until = 0
         WHERE id = $1 AND claimed_by = $2 AND state = 'waiting'",
        id,
        by,
        to_json("deliveries.problem", problem)?,
        now,
    )?;
    Ok(())
}

/// Parks all that waits in a lane and is not in another worker's hand; with a `sender`, only what that one sends.
/// Without a problem: no outgoing server is set.
pub(crate) async fn park(
    tx: &mut Tx,
    lane: Lane,
    by: &str,
    sender: Option<&EmailAddress>,
    problem: Option<&Problem>,
    now: Timestamp,
) -> Result<()> {
    let problem = problem.map(|problem| to_json("deliveries.problem", problem)).transpose()?;
    on!(
        tx,
        concat!(
            "UPDATE deliveries
             SET state = 'parked', problem = $3, in_hand = FALSE, claimed_by = '', claimed_until = 0
             WHERE state = 'waiting' AND (claimed_by = $2 OR claimed_until <= $4) AND ($5 IS NULL OR sender = $5) AND ",
            in_lane!()
        ),
        lane.mailbox(),
        by,
        problem,
        now,
        sender.map(EmailAddress::as_str),
    )?;
    Ok(())
}

/// The mailbox was repaired, or has another server now: what was parked of it is due again, with its whole time
/// before it.
pub(crate) async fn unpark(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    // The clock of the queue is not known to those who repair: a time in the past is due for everybody, and the
    // time to give up is counted from the first try after this.
    on!(
        tx,
        "UPDATE deliveries SET state = 'waiting', next_attempt_at = 0, give_up_at = $2
         WHERE mailbox_id = $1 AND state = 'parked'",
        mailbox,
        NOT_COUNTED,
    )?;
    Ok(())
}

/// The relay was repaired: as [`unpark`], for everything that goes out there.
pub(crate) async fn unpark_relay(tx: &mut Tx) -> Result<()> {
    on!(
        tx,
        concat!(
            "UPDATE deliveries SET state = 'waiting', next_attempt_at = 0, give_up_at = $2 WHERE state = 'parked' AND ",
            in_lane!()
        ),
        Lane::Relay.mailbox(),
        NOT_COUNTED,
    )?;
    Ok(())
}

/// Nobody has begun to count the time to give up.
pub(crate) const NOT_COUNTED: Timestamp = Timestamp(i64::MAX);

/// Begins to count where nobody has.
pub(crate) async fn count_from(tx: &mut Tx, id: DeliveryId, give_up_at: Timestamp) -> Result<()> {
    on!(tx, "UPDATE deliveries SET give_up_at = $2 WHERE id = $1 AND give_up_at = $3", id, give_up_at, NOT_COUNTED,)?;
    Ok(())
}

/// Makes a message of this workspace, or without one of Postroom itself, that waits, is parked or has failed due at
/// once; false where there is none.
pub(crate) async fn retry(tx: &mut Tx, workspace: Option<WorkspaceId>, id: DeliveryId, now: Timestamp) -> Result<bool> {
    let changed = on!(
        tx,
        concat!(
            "UPDATE deliveries SET state = 'waiting', next_attempt_at = $3, decided_at = NULL, give_up_at = $4
             WHERE id = $2 AND state <> 'sent' AND ",
            belongs!()
        ),
        workspace,
        id,
        now,
        NOT_COUNTED,
    )?;
    Ok(changed == 1)
}

/// Forgets a message, as [`retry`] finds it, that nobody has in hand; false where there is none.
pub(crate) async fn delete(
    tx: &mut Tx,
    workspace: Option<WorkspaceId>,
    id: DeliveryId,
    now: Timestamp,
) -> Result<bool> {
    let deleted = on!(
        tx,
        concat!(
            "DELETE FROM deliveries WHERE id = $2 AND (state <> 'waiting' OR claimed_until <= $3) AND ",
            belongs!()
        ),
        workspace,
        id,
        now,
    )?;
    Ok(deleted == 1)
}

/// Forgets what was sent before `before`.
pub(crate) async fn delete_sent(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM deliveries WHERE state = 'sent' AND decided_at < $1", before)?)
}

/// How one delivery stands.
pub(crate) async fn standing(tx: &mut Tx, id: DeliveryId) -> Result<Option<Standing>> {
    let found: Option<(String, Option<Json>, Option<Timestamp>)> =
        on!(tx, |conn| sqlx::query_as("SELECT state, problem, decided_at FROM deliveries WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    let Some((state, problem, decided_at)) = found else { return Ok(None) };
    Ok(Some(Standing {
        state: from_text("deliveries.state", state)?,
        problem: problem.map(|problem| from_json("deliveries.problem", &problem)).transpose()?,
        decided_at,
    }))
}

/// What rested with a workspace is due, and its time to give up counts from the next try.
pub(crate) async fn hurry(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    on!(
        tx,
        "UPDATE deliveries SET next_attempt_at = 0, give_up_at = $2
         WHERE state = 'waiting' AND mailbox_id IN (SELECT id FROM mailboxes WHERE workspace_id = $1)",
        workspace,
        NOT_COUNTED,
    )?;
    Ok(())
}
