//! The moment a message becomes ours: its rows are committed, and then the sender may forget it.

use super::head;
use super::session::{Envelope, Recipient};
use super::store::Stored;
use crate::context::Context;
use crate::db::Tx;
use crate::db::inbound::{self as received, NewReceived};
use crate::error::{Error, Result};
use crate::forwarding;
use crate::model::{MailboxId, ReceivedId};

/// A message that has just been taken for one recipient, for whoever waits for it in the same transaction.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub id: ReceivedId,
    pub mailbox: MailboxId,
    /// The address it came to: the mailbox's own, or its forwarding address.
    pub recipient: &'a str,
    /// The envelope's sender; empty for the null reverse-path.
    pub sender: &'a str,
    /// The first 256 KiB of the message as it was sent, or all of it: the whole header, and the beginning of the body.
    pub head: &'a [u8],
}

/// Stores a message in the database, for each of its recipients. After an error nothing happened, or, where the
/// database went away while it committed, nobody knows; the file is kept then until the sweep has asked again.
pub(super) async fn accept(ctx: &Context, envelope: &Envelope, peer: &str, stored: &Stored, head: &[u8]) -> Result<()> {
    let tx = match insert(ctx, envelope, peer, stored, head).await {
        Ok(tx) => tx,
        Err(error) => {
            stored.remove().await;
            return Err(error);
        }
    };
    tx.commit().await
}

async fn insert(ctx: &Context, envelope: &Envelope, peer: &str, stored: &Stored, head: &[u8]) -> Result<Tx> {
    let fields = head::fields(head);
    let now = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    for Recipient { mailbox, address, .. } in &envelope.recipients {
        let new = NewReceived {
            mailbox: *mailbox,
            file: &stored.name,
            recipient: address,
            sender: &envelope.sender,
            remote_address: peer,
            helo: &envelope.helo,
            tls: envelope.tls,
            size: i64::try_from(stored.bytes).unwrap_or(i64::MAX),
            message_id: fields.message_id.as_deref(),
            subject: fields.subject.as_deref(),
            author: fields.author.as_deref(),
        };
        let id = received::insert(&mut tx, &new, now).await?;
        let arrival = Arrival { id, mailbox: *mailbox, recipient: address, sender: &envelope.sender, head };
        forwarding::arrived(&mut tx, ctx, &arrival).await?;
    }
    Ok(tx)
}

/// True where the database failed because nothing more fits on its disk.
pub(super) fn is_full(error: &Error) -> bool {
    const SQLITE_FULL: &str = "13";
    const POSTGRES_DISK_FULL: &str = "53100";
    let Error::Database(error) = error else { return false };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == SQLITE_FULL || code == POSTGRES_DISK_FULL)
}
