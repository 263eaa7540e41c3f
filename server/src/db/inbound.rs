//! Who our own mail server takes mail for, and what it has taken.

use crate::db::{Tx, from_text, on};
use crate::error::Result;
use crate::model::{EmailAddress, MailboxId, ReceivedId, ReceivedMail, Timestamp};

/// A message for one of its recipients.
pub(crate) struct NewReceived<'a> {
    pub mailbox: MailboxId,
    pub file: &'a str,
    pub recipient: &'a str,
    pub sender: &'a str,
    pub remote_address: &'a str,
    pub helo: &'a str,
    pub tls: bool,
    pub size: i64,
    pub message_id: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub author: Option<&'a str>,
}

/// The default mailbox that takes mail for an address, compared folded: at its forwarding address, or at its own
/// where that is one of its workspace's own domain. A draft takes none, nor does an archived workspace.
pub(crate) async fn mailbox_for(
    tx: &mut Tx,
    folded: &str,
    domain: &str,
    mail_domain: &str,
) -> Result<Option<MailboxId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT m.id
         FROM mailboxes m
         JOIN workspaces w ON w.id = m.workspace_id
         LEFT JOIN forwarding_addresses f ON f.mailbox_id = m.id
         WHERE m.kind = 'default' AND m.state <> 'draft' AND NOT w.archived
               AND (f.address_folded = $1
                    OR (m.address_folded = $1 AND $2 = w.slug || '.' || $3))
         ORDER BY m.id LIMIT 1"
    )
    .bind(folded)
    .bind(domain)
    .bind(mail_domain)
    .fetch_optional(conn))?)
}

/// The forwarding address of a mailbox.
pub(crate) async fn forwarding_address(tx: &mut Tx, mailbox: MailboxId) -> Result<Option<EmailAddress>> {
    let found: Option<String> =
        on!(tx, |conn| sqlx::query_scalar("SELECT address FROM forwarding_addresses WHERE mailbox_id = $1")
            .bind(mailbox)
            .fetch_optional(conn))?;
    found.map(|address| from_text("forwarding_addresses.address", address)).transpose()
}

/// Gives a mailbox its forwarding address, unless it has one.
pub(crate) async fn give_forwarding_address(
    tx: &mut Tx,
    mailbox: MailboxId,
    address: &EmailAddress,
    folded: &str,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO forwarding_addresses (mailbox_id, address, address_folded) VALUES ($1, $2, $3)
         ON CONFLICT (mailbox_id) DO NOTHING",
        mailbox,
        address.as_str(),
        folded,
    )?;
    Ok(())
}

/// Adds a message for one recipient.
pub(crate) async fn insert(tx: &mut Tx, new: &NewReceived<'_>, now: Timestamp) -> Result<ReceivedId> {
    Ok(on!(tx, |conn| {
        sqlx::query_scalar(
        "INSERT INTO received (mailbox_id, file, recipient, sender, remote_address, helo, tls, size, message_id, subject,
                               author, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         RETURNING id"
    )
    .bind(new.mailbox)
    .bind(new.file)
    .bind(new.recipient)
    .bind(new.sender)
    .bind(new.remote_address)
    .bind(new.helo)
    .bind(new.tls)
    .bind(new.size)
    .bind(new.message_id)
    .bind(new.subject)
    .bind(new.author)
    .bind(now)
    .fetch_one(conn)
    })?)
}

/// What a mailbox has received, the newest first.
pub(crate) async fn last(tx: &mut Tx, mailbox: MailboxId, at_most: i64) -> Result<Vec<ReceivedMail>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT id, mailbox_id, recipient, sender, remote_address, helo, tls, size, message_id, subject, author,
                received_at
         FROM received WHERE mailbox_id = $1 ORDER BY id DESC LIMIT $2"
    )
    .bind(mailbox)
    .bind(at_most)
    .fetch_all(conn))?)
}

/// The file of a message that a mailbox has received.
pub(crate) async fn file_of(tx: &mut Tx, mailbox: MailboxId, id: ReceivedId) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT file FROM received WHERE id = $1 AND mailbox_id = $2")
        .bind(id)
        .bind(mailbox)
        .fetch_optional(conn))?)
}

/// The files of one folder that rows speak of. A folder is named by the first two letters of its files.
pub(crate) async fn files_of(tx: &mut Tx, folder: &str) -> Result<Vec<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT DISTINCT file FROM received WHERE substr(file, 1, 2) = $1")
        .bind(folder)
        .fetch_all(conn))?)
}

/// Every file that rows speak of.
pub(crate) async fn files(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT DISTINCT file FROM received ORDER BY file").fetch_all(conn))?)
}
