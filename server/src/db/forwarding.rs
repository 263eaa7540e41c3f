//! Checks of forwarding, and what Google asks before it forwards.

use crate::db::{Json, Tx, from_json, on, to_json};
use crate::error::Result;
use crate::model::{DeliveryId, ForwardingConfirmation, MailboxId, Timestamp};

/// The last check of a mailbox.
#[derive(sqlx::FromRow)]
pub(crate) struct CheckRow {
    #[sqlx(rename = "delivery_id")]
    pub delivery: DeliveryId,
    /// With its angle brackets.
    pub message_id: String,
    pub code: String,
    pub started_at: Timestamp,
    pub arrived_at: Option<Timestamp>,
}

/// Puts a new check in the place of the last one.
pub(crate) async fn begin(
    tx: &mut Tx,
    mailbox: MailboxId,
    delivery: DeliveryId,
    message_id: &str,
    code: &str,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO forwarding_checks (mailbox_id, delivery_id, message_id, code, started_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (mailbox_id)
         DO UPDATE SET delivery_id = excluded.delivery_id, message_id = excluded.message_id, code = excluded.code,
                       started_at = excluded.started_at, arrived_at = NULL",
        mailbox,
        delivery,
        message_id,
        code,
        now,
    )?;
    Ok(())
}

/// The last check of a mailbox.
pub(crate) async fn last(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<CheckRow>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT delivery_id, message_id, code, started_at, arrived_at FROM forwarding_checks WHERE mailbox_id = $1"
    )
    .bind(mailbox)
    .fetch_optional(conn))?)
}

/// The check came back.
pub(crate) async fn arrived(tx: &mut Tx, mailbox: MailboxId, now: Timestamp) -> Result<()> {
    on!(tx, "UPDATE forwarding_checks SET arrived_at = $2 WHERE mailbox_id = $1 AND arrived_at IS NULL", mailbox, now)?;
    Ok(())
}

/// Forgets the last check: it was about another address.
pub(crate) async fn forget_check(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    on!(tx, "DELETE FROM forwarding_checks WHERE mailbox_id = $1", mailbox)?;
    Ok(())
}

/// Puts what Google asks in the place of what it asked before.
pub(crate) async fn set_confirmation(tx: &mut Tx, mailbox: MailboxId, found: &ForwardingConfirmation) -> Result<()> {
    on!(
        tx,
        "INSERT INTO forwarding_confirmations (mailbox_id, asked) VALUES ($1, $2)
         ON CONFLICT (mailbox_id) DO UPDATE SET asked = excluded.asked",
        mailbox,
        to_json("forwarding_confirmations.asked", found)?,
    )?;
    Ok(())
}

/// What Google last asked.
pub(crate) async fn confirmation(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<ForwardingConfirmation>> {
    let found: Option<Json> =
        on!(tx, |conn| sqlx::query_scalar("SELECT asked FROM forwarding_confirmations WHERE mailbox_id = $1")
            .bind(mailbox)
            .fetch_optional(conn))?;
    found.map(|asked| from_json("forwarding_confirmations.asked", &asked)).transpose()
}

/// It is answered.
pub(crate) async fn forget_confirmation(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    on!(tx, "DELETE FROM forwarding_confirmations WHERE mailbox_id = $1", mailbox)?;
    Ok(())
}
