//! Deliveries as pages show them, and how many there are.

use super::{Lane, in_lane};
use crate::db::{Json, Tx, from_json, from_text, on};
use crate::error::Result;
use crate::model::{Backlog, Delivery, DeliveryId, DeliveryState, MailboxId, SentFrom, Timestamp, WorkspaceId};

#[derive(sqlx::FromRow)]
struct Row {
    id: DeliveryId,
    mailbox_id: Option<MailboxId>,
    mailbox_name: Option<String>,
    purpose: String,
    sender: String,
    recipients: Json,
    subject: String,
    state: String,
    attempts: i64,
    queued_at: Timestamp,
    next_attempt_at: Timestamp,
    decided_at: Option<Timestamp>,
    problem: Option<Json>,
    may_arrive_twice: bool,
    reply: Option<String>,
}

/// The deliveries of a workspace, or without one of Postroom itself, in one state, the newest first; or only the one
/// that is asked for.
pub(crate) async fn list(
    tx: &mut Tx,
    workspace: Option<WorkspaceId>,
    state: Option<DeliveryState>,
    only: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let rows: Vec<Row> = on!(tx, |conn| {
        sqlx::query_as(
        "SELECT d.id, d.mailbox_id, m.name AS mailbox_name, d.purpose, d.sender, d.recipients, d.subject, d.state,
                d.attempts, d.queued_at, d.next_attempt_at, d.decided_at, d.problem, d.may_arrive_twice, d.reply
         FROM deliveries d LEFT JOIN mailboxes m ON m.id = d.mailbox_id
         WHERE CASE WHEN $1 IS NULL THEN d.mailbox_id IS NULL ELSE m.workspace_id = $1 END AND ($2 IS NULL OR d.state = $2) AND ($3 IS NULL OR d.id = $3)
         ORDER BY COALESCE(d.decided_at, d.queued_at) DESC, d.id DESC LIMIT $4"
    )
    .bind(workspace)
    .bind(state.map(DeliveryState::as_str))
    .bind(only)
    .bind(limit)
    .fetch_all(conn)
    })?;
    rows.into_iter().map(Row::read).collect()
}

/// How many messages of a mailbox have not gone out.
pub(crate) async fn backlog(tx: &mut Tx, mailbox: MailboxId) -> Result<Backlog> {
    let counts: Vec<(String, i64)> = on!(tx, |conn| sqlx::query_as(
        "SELECT state, COUNT(*) FROM deliveries WHERE mailbox_id = $1 AND state <> 'sent' GROUP BY state"
    )
    .bind(mailbox)
    .fetch_all(conn))?;
    Ok(counted(&counts))
}

/// How many messages that go out through the relay have not done so.
pub(crate) async fn backlog_of_relay(tx: &mut Tx) -> Result<Backlog> {
    let counts: Vec<(String, i64)> = on!(tx, |conn| sqlx::query_as(concat!(
        "SELECT state, COUNT(*) FROM deliveries WHERE state <> 'sent' AND ",
        in_lane!(),
        " GROUP BY state"
    ))
    .bind(Lane::Relay.mailbox())
    .fetch_all(conn))?;
    Ok(counted(&counts))
}

fn counted(counts: &[(String, i64)]) -> Backlog {
    let of = |state: DeliveryState| {
        let count = counts.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, count)| *count);
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    Backlog {
        waiting: of(DeliveryState::Waiting),
        parked: of(DeliveryState::Parked),
        failed: of(DeliveryState::Failed),
    }
}

impl Row {
    fn read(self) -> Result<Delivery> {
        Ok(Delivery {
            id: self.id,
            mailbox: self.mailbox_id.zip(self.mailbox_name).map(|(id, name)| SentFrom { id, name }),
            purpose: from_text("deliveries.purpose", self.purpose)?,
            sender: from_text("deliveries.sender", self.sender)?,
            recipients: from_json("deliveries.recipients", &self.recipients)?,
            subject: self.subject,
            state: from_text("deliveries.state", self.state)?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            queued_at: self.queued_at,
            next_attempt_at: self.next_attempt_at,
            decided_at: self.decided_at,
            problem: self.problem.map(|problem| from_json("deliveries.problem", &problem)).transpose()?,
            may_arrive_twice: self.may_arrive_twice,
            reply: self.reply,
        })
    }
}

/// How many messages are to be sent, whosever they are.
pub(crate) async fn count_waiting(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT COUNT(*) FROM deliveries WHERE state = 'waiting'").fetch_one(conn))?)
}

/// How many messages of a workspace are to be sent.
pub(crate) async fn count_waiting_of(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries d JOIN mailboxes m ON m.id = d.mailbox_id
         WHERE d.state = 'waiting' AND m.workspace_id = $1"
    )
    .bind(workspace)
    .fetch_one(conn))?)
}
