//! The last test mail of each mailbox.

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{DeliveryId, EmailAddress, MailboxId, TestMail, TestStage, Timestamp};

/// Puts a new test mail in the place of the last one.
pub(crate) async fn begin(
    tx: &mut Tx,
    mailbox: MailboxId,
    delivery: DeliveryId,
    to: &EmailAddress,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO test_mails (mailbox_id, delivery_id, recipient, started_at, stage) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (mailbox_id)
         DO UPDATE SET delivery_id = excluded.delivery_id, recipient = excluded.recipient,
                       started_at = excluded.started_at, stage = excluded.stage",
        mailbox,
        delivery,
        to.as_str(),
        now,
        to_json("test_mails.stage", &TestStage::Sending)?,
    )?;
    Ok(())
}

/// Notes how far it has come; nothing where a newer one has begun.
pub(crate) async fn set_stage(tx: &mut Tx, mailbox: MailboxId, delivery: DeliveryId, stage: &TestStage) -> Result<()> {
    on!(
        tx,
        "UPDATE test_mails SET stage = $3 WHERE mailbox_id = $1 AND delivery_id = $2",
        mailbox,
        delivery,
        to_json("test_mails.stage", stage)?,
    )?;
    Ok(())
}

/// The last test mail of a mailbox.
pub(crate) async fn last(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<TestMail>> {
    let found: Option<(String, Timestamp, Json)> =
        on!(tx, |conn| sqlx::query_as("SELECT recipient, started_at, stage FROM test_mails WHERE mailbox_id = $1")
            .bind(mailbox)
            .fetch_optional(conn))?;
    let Some((to, started_at, stage)) = found else { return Ok(None) };
    Ok(Some(TestMail {
        to: from_text("test_mails.recipient", to)?,
        started_at,
        stage: from_json("test_mails.stage", &stage)?,
    }))
}
