//! Whether addresses are proven to be ours, and the rounds that are to prove them.

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{
    Activation, ActivationStage, DeliveryId, DeliveryState, EmailAddress, MailboxId, Proof, ProvenBy, Timestamp,
    WorkspaceId,
};

/// What is stored of one mailbox's activation, and where its mail stands in the outbox.
#[derive(sqlx::FromRow)]
struct Row {
    mailbox_id: MailboxId,
    workspace_id: WorkspaceId,
    message_id: Option<String>,
    delivery_id: Option<DeliveryId>,
    token_hash: Option<Vec<u8>>,
    sent_to: String,
    sender: String,
    sends: Json,
    began_at: Timestamp,
    expires_at: Timestamp,
    stage: Json,
    proven_at: Option<Timestamp>,
    proven_by: Option<String>,
    delivery_state: Option<String>,
    decided_at: Option<Timestamp>,
}

/// One mailbox's activation.
pub(crate) struct Round {
    pub mailbox: MailboxId,
    pub workspace: WorkspaceId,
    /// Of the last mail, with its angle brackets; `None` where none was sent.
    pub message_id: Option<String>,
    pub delivery: Option<DeliveryId>,
    pub token_hash: Option<Vec<u8>>,
    pub sent_to: EmailAddress,
    /// What the mail's From says.
    pub sender: String,
    /// When the last mails were queued, the oldest first.
    pub sends: Vec<Timestamp>,
    pub began_at: Timestamp,
    /// Until when the link can be used; `None` while the mail waits in the outbox.
    pub expires_at: Option<Timestamp>,
    pub stage: ActivationStage,
    pub proof: Option<Proof>,
}

/// A round that begins.
pub(crate) struct NewRound<'a> {
    pub mailbox: MailboxId,
    /// `None` for a mailbox that rests: its mail goes out when it is woken.
    pub mail: Option<NewMail<'a>>,
    pub sent_to: &'a EmailAddress,
    pub sends: &'a [Timestamp],
}

/// The mail of a round.
pub(crate) struct NewMail<'a> {
    pub token_hash: &'a [u8],
    pub message_id: &'a str,
    pub delivery: DeliveryId,
    pub sender: &'a EmailAddress,
    pub expires_at: Timestamp,
}

/// Begins a round in the place of the one before: what was proven is not any more, and its link is dead.
pub(crate) async fn begin(tx: &mut Tx, new: &NewRound<'_>, now: Timestamp) -> Result<()> {
    let mail = new.mail.as_ref();
    let stage = if mail.is_some() { ActivationStage::Queued } else { ActivationStage::NotBegun };
    on!(
        tx,
        "INSERT INTO activations (mailbox_id, token_hash, message_id, delivery_id, sent_to, sender, sends, began_at,
                                  expires_at, stage, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (mailbox_id)
         DO UPDATE SET token_hash = excluded.token_hash, message_id = excluded.message_id,
                       delivery_id = excluded.delivery_id, sent_to = excluded.sent_to, sender = excluded.sender,
                       sends = excluded.sends, began_at = excluded.began_at, expires_at = excluded.expires_at,
                       stage = excluded.stage, due_at = excluded.due_at, proven_at = NULL, proven_by = NULL,
                       claimed_until = 0",
        new.mailbox,
        mail.map(|mail| mail.token_hash),
        mail.map(|mail| mail.message_id),
        mail.map(|mail| mail.delivery),
        new.sent_to.as_str(),
        mail.map(|mail| mail.sender.as_str()).unwrap_or_default(),
        to_json("activations.sends", &new.sends)?,
        now,
        mail.map_or(now, |mail| mail.expires_at),
        to_json("activations.stage", &stage)?,
        mail.map(|_| now),
    )?;
    Ok(())
}

/// One mailbox's activation, whatever workspace it is in.
pub(crate) async fn of(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<Round>> {
    Ok(select(tx, None, Some(mailbox), None).await?.pop())
}

/// The activations of a workspace's mailboxes, or of the one that is asked for.
pub(crate) async fn of_workspace(
    tx: &mut Tx,
    workspace: WorkspaceId,
    only: Option<MailboxId>,
) -> Result<Vec<(MailboxId, Activation)>> {
    let rounds = select(tx, Some(workspace), only, None).await?;
    Ok(rounds.into_iter().map(|round| (round.mailbox, round.shown())).collect())
}

/// The round whose mail has this token.
pub(crate) async fn by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Round>> {
    Ok(select(tx, None, None, Some(token_hash)).await?.pop())
}

async fn select(
    tx: &mut Tx,
    workspace: Option<WorkspaceId>,
    mailbox: Option<MailboxId>,
    token_hash: Option<&[u8]>,
) -> Result<Vec<Round>> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(
        "SELECT a.mailbox_id, m.workspace_id, a.message_id, a.delivery_id, a.token_hash, a.sent_to, a.sender, a.sends,
                a.began_at, a.expires_at, a.stage, a.proven_at, a.proven_by, d.state AS delivery_state, d.decided_at
         FROM activations a
         JOIN mailboxes m ON m.id = a.mailbox_id
         LEFT JOIN deliveries d ON d.id = a.delivery_id
         WHERE ($1 IS NULL OR m.workspace_id = $1) AND ($2 IS NULL OR a.mailbox_id = $2)
               AND ($3 IS NULL OR a.token_hash = $3)"
    )
    .bind(workspace)
    .bind(mailbox)
    .bind(token_hash)
    .fetch_all(conn)
    })?;
    rows.into_iter().map(Row::read).collect()
}

/// Says that an address is proven; the first proof counts.
pub(crate) async fn prove(
    tx: &mut Tx,
    mailbox: MailboxId,
    sent_to: &EmailAddress,
    by: ProvenBy,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO activations (mailbox_id, sent_to, sender, sends, began_at, expires_at, stage, proven_at, proven_by)
         VALUES ($1, $2, '', '[]', $3, $3, $4, $3, $5)
         ON CONFLICT (mailbox_id)
         DO UPDATE SET proven_by = CASE WHEN activations.proven_at IS NULL THEN excluded.proven_by
                                        ELSE activations.proven_by END,
                       proven_at = COALESCE(activations.proven_at, excluded.proven_at)",
        mailbox,
        sent_to.as_str(),
        now,
        to_json("activations.stage", &ActivationStage::NotBegun)?,
        by.as_str(),
    )?;
    Ok(())
}

/// Forgets an activation: nothing is to be proven.
pub(crate) async fn forget(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    on!(tx, "DELETE FROM activations WHERE mailbox_id = $1", mailbox)?;
    Ok(())
}

/// Claims rounds that are due, of mailboxes at work; at most so many.
pub(crate) async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<MailboxId>> {
    // The condition stands twice: a second process that has waited for the first one's commit looks again.
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE activations SET claimed_until = $2
         WHERE claimed_until <= $1
               AND mailbox_id IN (SELECT a.mailbox_id FROM activations a JOIN mailboxes m ON m.id = a.mailbox_id
                                  WHERE a.due_at <= $1 AND a.claimed_until <= $1 AND m.state = 'active'
                                  ORDER BY a.due_at LIMIT $3)
         RETURNING mailbox_id"
    )
    .bind(now)
    .bind(until)
    .bind(limit)
    .fetch_all(conn))?)
}

/// Gives a claim back; another process may look at once.
pub(crate) async fn release(tx: &mut Tx, mailbox: MailboxId, until: Timestamp) -> Result<()> {
    on!(tx, "UPDATE activations SET claimed_until = 0 WHERE mailbox_id = $1 AND claimed_until = $2", mailbox, until,)?;
    Ok(())
}

/// Notes how far a round has come, and when to look next. False where the claim is void: another round has begun, or
/// the claim has lapsed and somebody else looks.
pub(crate) async fn note(
    tx: &mut Tx,
    mailbox: MailboxId,
    claimed_until: Timestamp,
    stage: &ActivationStage,
    expires_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
) -> Result<bool> {
    let noted = on!(
        tx,
        "UPDATE activations SET stage = $3, expires_at = COALESCE($4, expires_at), due_at = $5
         WHERE mailbox_id = $1 AND claimed_until = $2",
        mailbox,
        claimed_until,
        to_json("activations.stage", stage)?,
        expires_at,
        due_at,
    )?;
    Ok(noted == 1)
}

impl Row {
    fn read(self) -> Result<Round> {
        let delivery: Option<DeliveryState> =
            self.delivery_state.map(|state| from_text("deliveries.state", state)).transpose()?;
        let expires_at = match (delivery, self.decided_at) {
            (Some(DeliveryState::Waiting | DeliveryState::Parked), _) => None,
            (Some(DeliveryState::Sent), Some(at)) => Some(at.plus_millis(crate::model::activation::LINK_LIFE_MILLIS)),
            _ => Some(self.expires_at),
        };
        let by: Option<ProvenBy> = self.proven_by.map(|by| from_text("activations.proven_by", by)).transpose()?;
        Ok(Round {
            mailbox: self.mailbox_id,
            workspace: self.workspace_id,
            message_id: self.message_id,
            delivery: self.delivery_id,
            token_hash: self.token_hash,
            sent_to: from_text("activations.sent_to", self.sent_to)?,
            sender: self.sender,
            sends: from_json("activations.sends", &self.sends)?,
            began_at: self.began_at,
            expires_at,
            stage: from_json("activations.stage", &self.stage)?,
            proof: self.proven_at.zip(by).map(|(at, by)| Proof { at, by }),
        })
    }
}

impl Round {
    /// As pages show it.
    pub(crate) fn shown(self) -> Activation {
        let again_at = crate::activation::again_at(&self.sends);
        Activation {
            sent_to: self.sent_to,
            began_at: self.began_at,
            expires_at: self.expires_at,
            stage: self.stage,
            proof: self.proof,
            again_at,
        }
    }
}
