//! What is being typed. A draft is always looked up within its workspace and with its owner.

use crate::db::{Json, Tx, from_json, on, to_json};
use crate::error::{Error, Result};
use crate::model::{CheckReport, Direction, DraftId, MailboxForm, MailboxId, Timestamp, UserId, WorkspaceId};

/// A draft without its servers.
#[derive(Clone)]
pub(crate) struct DraftRow {
    pub id: DraftId,
    pub workspace_id: WorkspaceId,
    pub mailbox_id: Option<MailboxId>,
    pub form: MailboxForm,
    pub touched: bool,
}

/// What a draft keeps of one server besides the form.
pub(crate) struct DraftServer {
    /// Sealed for the draft; `None` when no password was typed into it.
    pub secret: Option<Vec<u8>>,
    pub report: Option<CheckReport>,
    pub checked_at: Option<Timestamp>,
    /// How often settings or secret have changed since the draft was begun or last saved to its mailbox.
    pub revision: i64,
}

/// Begins a draft.
pub(crate) async fn insert(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    mailbox: Option<MailboxId>,
    form: &MailboxForm,
    now: Timestamp,
) -> Result<DraftId> {
    let form = to_json("drafts.form", form)?;
    let id = on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO drafts (workspace_id, user_id, mailbox_id, form, updated_at) VALUES ($1, $2, $3, $4, $5)
         RETURNING id"
    )
    .bind(workspace)
    .bind(user)
    .bind(mailbox)
    .bind(form)
    .bind(now)
    .fetch_one(conn))?;
    for direction in Direction::BOTH {
        on!(tx, "INSERT INTO draft_servers (draft_id, direction) VALUES ($1, $2)", id, direction.as_str())?;
    }
    Ok(id)
}

type Row = (DraftId, WorkspaceId, Option<MailboxId>, Json, bool);

fn read((id, workspace_id, mailbox_id, form, touched): Row) -> Result<DraftRow> {
    Ok(DraftRow { id, workspace_id, mailbox_id, form: from_json("drafts.form", &form)?, touched })
}

/// A draft of this user in this workspace.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn load(tx: &mut Tx, workspace: WorkspaceId, user: UserId, id: DraftId) -> Result<DraftRow> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT id, workspace_id, mailbox_id, form, touched FROM drafts
         WHERE id = $1 AND workspace_id = $2 AND user_id = $3"
    )
    .bind(id)
    .bind(workspace)
    .bind(user)
    .fetch_optional(conn))?;
    read(found.ok_or(Error::NotFound("draft"))?)
}

/// A draft, whoever began it: for a browser that comes back from a provider and has shown that it may.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn by_id(tx: &mut Tx, id: DraftId) -> Result<DraftRow> {
    let found: Option<Row> =
        on!(tx, |conn| sqlx::query_as("SELECT id, workspace_id, mailbox_id, form, touched FROM drafts WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    read(found.ok_or(Error::NotFound("draft"))?)
}

/// [`load`] to change it: the draft is held until the transaction ends, and rests from now.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn hold(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    id: DraftId,
    now: Timestamp,
) -> Result<DraftRow> {
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "UPDATE drafts SET updated_at = $4 WHERE id = $1 AND workspace_id = $2 AND user_id = $3
         RETURNING id, workspace_id, mailbox_id, form, touched"
    )
    .bind(id)
    .bind(workspace)
    .bind(user)
    .bind(now)
    .fetch_optional(conn))?;
    read(found.ok_or(Error::NotFound("draft"))?)
}

/// What the draft keeps of one server.
pub(crate) async fn server(tx: &mut Tx, id: DraftId, direction: Direction) -> Result<DraftServer> {
    type Row = (Option<Vec<u8>>, Option<Json>, Option<Timestamp>, i64);
    let (secret, report, checked_at, revision): Row = on!(tx, |conn| sqlx::query_as(
        "SELECT secret, report, checked_at, revision FROM draft_servers WHERE draft_id = $1 AND direction = $2"
    )
    .bind(id)
    .bind(direction.as_str())
    .fetch_one(conn))?;
    let report = report.map(|report| from_json("draft_servers.report", &report)).transpose()?;
    Ok(DraftServer { secret, report, checked_at, revision })
}

/// Stores what was typed.
pub(crate) async fn set_form(tx: &mut Tx, id: DraftId, form: &MailboxForm) -> Result<()> {
    on!(tx, "UPDATE drafts SET form = $2, touched = TRUE WHERE id = $1", id, to_json("drafts.form", form)?)?;
    Ok(())
}

/// Remembers which mailbox the draft is one of.
pub(crate) async fn set_mailbox(tx: &mut Tx, id: DraftId, mailbox: MailboxId) -> Result<()> {
    on!(tx, "UPDATE drafts SET mailbox_id = $2 WHERE id = $1", id, mailbox)?;
    Ok(())
}

/// Settings of one server have changed: the report of the old ones is gone.
pub(crate) async fn bump_revision(tx: &mut Tx, id: DraftId, direction: Direction) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET revision = revision + 1, report = NULL, checked_at = NULL
         WHERE draft_id = $1 AND direction = $2",
        id,
        direction.as_str(),
    )?;
    Ok(())
}

/// Keeps a sealed secret. Whoever changes it also [counts the change](bump_revision).
pub(crate) async fn set_secret(tx: &mut Tx, id: DraftId, direction: Direction, secret: &[u8]) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET secret = $3 WHERE draft_id = $1 AND direction = $2",
        id,
        direction.as_str(),
        secret,
    )?;
    Ok(())
}

/// One server was saved to the mailbox: the draft and the mailbox agree on it again.
pub(crate) async fn settle_server(tx: &mut Tx, id: DraftId, direction: Direction) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET secret = NULL, revision = 0, checked_revision = -1
         WHERE draft_id = $1 AND direction = $2",
        id,
        direction.as_str(),
    )?;
    Ok(())
}

/// A check goes out with the present settings.
pub(crate) async fn begin_check(tx: &mut Tx, id: DraftId, direction: Direction) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET checked_revision = revision WHERE draft_id = $1 AND direction = $2",
        id,
        direction.as_str(),
    )?;
    Ok(())
}

/// Stores a report, unless settings have changed since the check [went out](begin_check).
pub(crate) async fn set_report(
    tx: &mut Tx,
    id: DraftId,
    direction: Direction,
    report: &CheckReport,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET report = $3, checked_at = $4
         WHERE draft_id = $1 AND direction = $2 AND checked_revision = revision",
        id,
        direction.as_str(),
        to_json("draft_servers.report", report)?,
        now,
    )?;
    Ok(())
}

/// Copies the mailbox's last report of settings that the draft has not changed.
pub(crate) async fn adopt_report(
    tx: &mut Tx,
    id: DraftId,
    direction: Direction,
    report: &CheckReport,
    checked_at: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE draft_servers SET report = $3, checked_at = $4 WHERE draft_id = $1 AND direction = $2",
        id,
        direction.as_str(),
        to_json("draft_servers.report", report)?,
        checked_at,
    )?;
    Ok(())
}

/// Throws a draft away.
pub(crate) async fn delete(tx: &mut Tx, id: DraftId) -> Result<()> {
    on!(tx, "DELETE FROM drafts WHERE id = $1", id)?;
    Ok(())
}

/// Throws away the drafts that have rested since before `touched_before`, or `untouched_before` when nothing
/// was ever saved into them.
pub(crate) async fn prune(tx: &mut Tx, touched_before: Timestamp, untouched_before: Timestamp) -> Result<u64> {
    Ok(on!(
        tx,
        "DELETE FROM drafts WHERE updated_at < $1 OR (updated_at < $2 AND NOT touched)",
        touched_before,
        untouched_before,
    )?)
}
