//! The audit log: every change is written down in the transaction that makes it, so that neither is without the other.
//!
//! ```text
//! mailboxes::pause ─┐
//! users::sign_in ───┼─► record(tx, by, Entry) ─► audit_log   only ever added to; the database refuses the rest
//! sign_ins::finish ─┘
//! ```
//!
//! A line names everything as it was called then and refers to nothing, so that it outlives what it tells of. Of a
//! secret it says that it changed, and never what it was or is. `audit.keep_days` says when lines may go.

use std::net::IpAddr;

use crate::context::Context;
use crate::db::{self, Tx};
use crate::error::Result;
use crate::model::{
    AuditAct, AuditActor, AuditChange, AuditEntry, AuditEntryId, AuditFilter, MailboxId, Timestamp, User, WorkspaceId,
};
use crate::users::Admin;

mod changes;
mod export;

pub use self::changes::Changes;
pub use self::export::{Export, Format};

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Who does something, and from where.
#[derive(Clone, Debug)]
pub struct By {
    pub actor: AuditActor,
    pub remote: Option<IpAddr>,
}

impl By {
    /// Whoever has a shell on the server.
    #[must_use]
    pub const fn shell() -> Self {
        Self { actor: AuditActor::Shell, remote: None }
    }

    /// Postroom, of itself.
    #[must_use]
    pub const fn postroom() -> Self {
        Self { actor: AuditActor::Postroom, remote: None }
    }

    /// Somebody who signs in, where no proof of right is at hand.
    #[must_use]
    pub fn person(user: &User, remote: Option<IpAddr>) -> Self {
        Self { actor: AuditActor::of(user), remote }
    }

    /// Somebody nobody knows, who typed this address.
    #[must_use]
    pub fn stranger(address: &str, remote: Option<IpAddr>) -> Self {
        Self { actor: AuditActor::Stranger { address: printable(address) }, remote }
    }

    /// Whoever has a link.
    #[must_use]
    pub fn link_holder(name: &str, remote: Option<IpAddr>) -> Self {
        Self { actor: AuditActor::LinkHolder { name: printable(name) }, remote }
    }
}

/// A line that is to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    act: AuditAct,
    workspace: Option<WorkspaceId>,
    subject_id: Option<i64>,
    subject: String,
    changes: Vec<AuditChange>,
}

impl Entry {
    /// An act upon something that people call `subject`.
    #[must_use]
    pub fn of(act: AuditAct, subject: &str) -> Self {
        Self { act, workspace: None, subject_id: None, subject: printable(subject), changes: Vec::new() }
    }

    /// In this workspace, and not in the whole account.
    #[must_use]
    pub fn within(self, workspace: WorkspaceId) -> Self {
        Self { workspace: Some(workspace), ..self }
    }

    /// The number of the subject.
    #[must_use]
    pub fn numbered(self, id: i64) -> Self {
        Self { subject_id: Some(id), ..self }
    }

    /// What became different.
    #[must_use]
    pub fn with(self, changes: Changes) -> Self {
        Self { changes: changes.into_vec(), ..self }
    }
}

/// Writes a line down, in the transaction of the act itself.
pub(crate) async fn record(tx: &mut Tx, ctx: &Context, by: &By, entry: Entry) -> Result<()> {
    let entry = db::audit::NewEntry {
        at: ctx.clock.now(),
        actor: &by.actor,
        remote_address: by.remote.map(|remote| remote.to_canonical().to_string()),
        act: entry.act,
        workspace: entry.workspace,
        subject_id: entry.subject_id,
        subject: &entry.subject,
        changes: &entry.changes,
    };
    db::audit::insert(tx, &entry).await
}

/// [`record`] of what was done to a mailbox, by the address that it has in this transaction.
pub(crate) async fn record_mailbox(
    tx: &mut Tx,
    ctx: &Context,
    by: &By,
    act: AuditAct,
    (workspace, mailbox): (WorkspaceId, MailboxId),
    changes: Changes,
) -> Result<()> {
    let address = db::mailboxes::address(tx, mailbox).await?.unwrap_or_default();
    record(tx, ctx, by, Entry::of(act, &address).within(workspace).numbered(mailbox.0).with(changes)).await
}

/// Writes down what was tried and refused: nothing else happens with it.
///
/// # Errors
/// When the database fails.
pub async fn note(ctx: &Context, by: &By, entry: Entry) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    record(&mut tx, ctx, by, entry).await?;
    tx.commit().await
}

/// Writes down that somebody has reached for the address `what`, which takes a larger role than theirs.
///
/// # Errors
/// When the database fails.
pub async fn note_refusal(ctx: &Context, by: &By, what: &str) -> Result<()> {
    note(ctx, by, Entry::of(AuditAct::AccessRefused, what)).await
}

/// The lines that were asked for, the newest first: at most `limit`, all of them older than `before`.
///
/// # Errors
/// When the database fails.
pub async fn list(
    ctx: &Context,
    _: &Admin,
    filter: &AuditFilter,
    before: Option<AuditEntryId>,
    limit: i64,
) -> Result<Vec<AuditEntry>> {
    let mut tx = ctx.db.read().await?;
    db::audit::select(&mut tx, filter, before, limit).await
}

/// Forgets what is older than `audit.keep_days`, and answers how much that was. With 0 days everything is kept.
///
/// # Errors
/// When the database fails.
pub async fn prune(ctx: &Context) -> Result<u64> {
    let days = i64::from(ctx.config.audit.keep_days);
    if days == 0 {
        return Ok(0);
    }
    let now: Timestamp = ctx.clock.now();
    let mut tx = ctx.db.write().await?;
    let pruned = db::audit::prune(&mut tx, now.plus_millis(-days.saturating_mul(MILLIS_PER_DAY))).await?;
    tx.commit().await?;
    Ok(pruned)
}

/// What somebody outside says, without characters that would change how a line looks, and not too long.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(320).collect()
}
