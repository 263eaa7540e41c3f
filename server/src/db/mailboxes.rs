//! Mailboxes and the servers behind them. A mailbox is always looked up within its workspace.

use std::collections::HashMap;

use crate::db::{Json, Tx, folded_address, from_json, from_text, on, to_json};
use crate::error::{Error, Result};
use crate::model::{
    Activation, CheckReport, Company, CompanyId, Direction, DirectionStatus, EmailAddress, Field, GrantStatus, Group,
    GroupId, MailboxDetails, MailboxId, MailboxState, MailboxSummary, Problem, Reason, ServerKind, ServerSettings,
    Timestamp, WorkspaceId,
};

#[derive(sqlx::FromRow)]
struct MailboxRow {
    id: MailboxId,
    name: String,
    address: String,
    kind: String,
    is_primary: bool,
    is_company_primary: bool,
    is_account_primary: bool,
    state: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    group_id: Option<GroupId>,
    group_name: Option<String>,
    group_archived: Option<bool>,
    company_id: Option<CompanyId>,
    company_name: Option<String>,
    company_archived: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct ServerRow {
    mailbox_id: MailboxId,
    direction: String,
    settings: Json,
    report: Option<Json>,
    problem: Option<Json>,
    checked_at: Option<Timestamp>,
    last_ok_at: Option<Timestamp>,
    health: Option<Json>,
}

/// What the wizard's details become.
pub(crate) struct NewMailbox<'a> {
    pub name: &'a str,
    pub address: &'a EmailAddress,
    pub group: GroupId,
    pub company: Option<CompanyId>,
    pub kind: ServerKind,
    pub state: MailboxState,
}

/// One server of a mailbox, with its sealed secret and its last check.
pub(crate) struct StoredServer {
    pub settings: ServerSettings,
    /// `None` where the mailbox's grant signs in.
    pub secret: Option<Vec<u8>>,
    pub report: Option<CheckReport>,
    pub checked_at: Option<Timestamp>,
}

/// The mailboxes of a workspace, the primary one first, then by name; or only the one that is asked for.
pub(crate) async fn details(
    tx: &mut Tx,
    workspace: WorkspaceId,
    only: Option<MailboxId>,
) -> Result<Vec<MailboxDetails>> {
    let mailboxes: Vec<MailboxRow> = on!(tx, |conn| {
        sqlx::query_as(
        "SELECT m.id, m.name, m.address, m.kind, m.is_primary, m.is_company_primary, m.is_account_primary, m.state, m.created_at, m.updated_at,
                g.id AS group_id, g.name AS group_name, g.archived AS group_archived,
                c.id AS company_id, c.name AS company_name, c.archived AS company_archived
         FROM mailboxes m
         LEFT JOIN agent_groups g ON g.id = m.group_id
         LEFT JOIN companies c ON c.id = m.company_id
         WHERE m.workspace_id = $1 AND ($2 IS NULL OR m.id = $2)"
    )
    .bind(workspace)
    .bind(only)
    .fetch_all(conn)
    })?;
    // Reports hold whole transcripts: a list goes without them.
    let servers: Vec<ServerRow> = on!(tx, |conn| sqlx::query_as(
        "SELECT s.mailbox_id, s.direction, s.settings, CASE WHEN $2 IS NULL THEN NULL ELSE s.report END AS report,
                s.problem, s.checked_at, s.last_ok_at, w.health
         FROM mailbox_servers s JOIN mailboxes m ON m.id = s.mailbox_id
         LEFT JOIN watches w ON w.mailbox_id = s.mailbox_id AND w.direction = s.direction
         WHERE m.workspace_id = $1 AND ($2 IS NULL OR m.id = $2)"
    )
    .bind(workspace)
    .bind(only)
    .fetch_all(conn))?;
    let mut servers: HashMap<(MailboxId, String), ServerRow> =
        servers.into_iter().map(|row| ((row.mailbox_id, row.direction.clone()), row)).collect();
    let mut grants: HashMap<MailboxId, GrantStatus> =
        super::grants::of_workspace(tx, workspace, only).await?.into_iter().collect();
    let mut activations: HashMap<MailboxId, Activation> =
        super::activations::of_workspace(tx, workspace, only).await?.into_iter().collect();
    let mut found = Vec::with_capacity(mailboxes.len());
    for row in mailboxes {
        let (grant, activation) = (grants.remove(&row.id), activations.remove(&row.id));
        let mut server = |direction: Direction| servers.remove(&(row.id, direction.as_str().to_owned()));
        let (incoming, outgoing) = (server(Direction::Incoming), server(Direction::Outgoing));
        let mut mailbox = row.with_servers(workspace, incoming, outgoing, grant)?;
        mailbox.summary.activation = activation.filter(|_| mailbox.summary.state != MailboxState::Draft);
        found.push(mailbox);
    }
    found.sort_by_cached_key(|mailbox| {
        (!mailbox.summary.primary, mailbox.summary.name.to_lowercase(), mailbox.summary.id)
    });
    Ok(found)
}

impl MailboxRow {
    fn with_servers(
        self,
        workspace_id: WorkspaceId,
        incoming: Option<ServerRow>,
        outgoing: Option<ServerRow>,
        grant: Option<GrantStatus>,
    ) -> Result<MailboxDetails> {
        let group = match (self.group_id, self.group_name, self.group_archived) {
            (Some(id), Some(name), Some(archived)) => Some(Group { id, workspace_id, name, archived }),
            _ => None,
        };
        let company = match (self.company_id, self.company_name, self.company_archived) {
            (Some(id), Some(name), Some(archived)) => Some(Company { id, name, archived }),
            _ => None,
        };
        let (incoming, incoming_settings, incoming_report) = ServerRow::read(incoming)?;
        let (outgoing, outgoing_settings, outgoing_report) = ServerRow::read(outgoing)?;
        Ok(MailboxDetails {
            summary: MailboxSummary {
                id: self.id,
                name: self.name,
                address: from_text("mailboxes.address", self.address)?,
                kind: from_text("mailboxes.kind", self.kind)?,
                primary: self.is_primary,
                company_primary: self.is_company_primary,
                account_primary: self.is_account_primary,
                state: from_text("mailboxes.state", self.state)?,
                group,
                company,
                incoming,
                outgoing,
                grant,
                activation: None,
            },
            incoming_settings,
            outgoing_settings,
            incoming_report,
            outgoing_report,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl ServerRow {
    fn read(row: Option<Self>) -> Result<(DirectionStatus, Option<ServerSettings>, Option<CheckReport>)> {
        let Some(row) = row else { return Ok((DirectionStatus::default(), None, None)) };
        let problem: Option<Problem> =
            row.problem.map(|problem| from_json("mailbox_servers.problem", &problem)).transpose()?;
        let status = DirectionStatus {
            configured: true,
            checked_at: row.checked_at,
            last_ok_at: row.last_ok_at,
            problem,
            health: row.health.map(|health| from_json("watches.health", &health)).transpose()?,
        };
        let settings = from_json("mailbox_servers.settings", &row.settings)?;
        let report = row.report.map(|report| from_json("mailbox_servers.report", &report)).transpose()?;
        Ok((status, Some(settings), report))
    }
}

/// Adds the mailbox that every workspace has from the start.
pub(crate) async fn insert_default(
    tx: &mut Tx,
    workspace: WorkspaceId,
    group: GroupId,
    name: &str,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<MailboxId> {
    let folded = folded(address)?;
    on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO mailboxes (workspace_id, name, address, address_folded, group_id, kind, is_primary, state,
                                created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'default', TRUE, 'active', $6, $6)
         RETURNING id"
    )
    .bind(workspace)
    .bind(name)
    .bind(address.as_str())
    .bind(folded)
    .bind(group)
    .bind(now)
    .fetch_one(conn))
    .map_err(Error::taken(Field::Address))
}

/// Adds a mailbox.
///
/// # Errors
/// [`Error::Invalid`] when the address is taken in this workspace.
pub(crate) async fn insert(
    tx: &mut Tx,
    workspace: WorkspaceId,
    mailbox: &NewMailbox<'_>,
    now: Timestamp,
) -> Result<MailboxId> {
    let folded = folded(mailbox.address)?;
    on!(tx, |conn| sqlx::query_scalar(
        "INSERT INTO mailboxes (workspace_id, name, address, address_folded, group_id, company_id, kind, state,
                                created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         RETURNING id"
    )
    .bind(workspace)
    .bind(mailbox.name)
    .bind(mailbox.address.as_str())
    .bind(folded)
    .bind(mailbox.group)
    .bind(mailbox.company)
    .bind(mailbox.kind.as_str())
    .bind(mailbox.state.as_str())
    .bind(now)
    .fetch_one(conn))
    .map_err(Error::taken(Field::Address))
}

/// Changes everything that [`insert`] sets.
///
/// # Errors
/// As [`insert`], and [`Error::NotFound`].
pub(crate) async fn update(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MailboxId,
    mailbox: &NewMailbox<'_>,
    now: Timestamp,
) -> Result<()> {
    let changed = on!(
        tx,
        "UPDATE mailboxes
         SET name = $3, address = $4, address_folded = $5, group_id = $6, company_id = $7, kind = $8, state = $9,
             updated_at = $10,
             is_company_primary = is_company_primary AND COALESCE(company_id = $7, FALSE)
         WHERE workspace_id = $1 AND id = $2",
        workspace,
        id,
        mailbox.name,
        mailbox.address.as_str(),
        folded(mailbox.address)?,
        mailbox.group,
        mailbox.company,
        mailbox.kind.as_str(),
        mailbox.state.as_str(),
        now,
    )
    .map_err(Error::taken(Field::Address))?;
    if changed == 0 { Err(Error::NotFound("mailbox")) } else { Ok(()) }
}

/// The mailbox that has this address, compared folded.
pub(crate) async fn by_address(tx: &mut Tx, workspace: WorkspaceId, folded: &str) -> Result<Option<MailboxId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT id FROM mailboxes WHERE workspace_id = $1 AND address_folded = $2")
        .bind(workspace)
        .bind(folded)
        .fetch_optional(conn))?)
}

/// Holds a mailbox until the transaction ends; what it is, and whether it is the primary one.
///
/// # Errors
/// [`Error::NotFound`] when this workspace has no such mailbox.
pub(crate) async fn hold(tx: &mut Tx, workspace: WorkspaceId, id: MailboxId) -> Result<(MailboxState, bool)> {
    let found: Option<(String, bool)> = on!(tx, |conn| sqlx::query_as(
        "UPDATE mailboxes SET state = state WHERE workspace_id = $1 AND id = $2 RETURNING state, is_primary"
    )
    .bind(workspace)
    .bind(id)
    .fetch_optional(conn))?;
    let (state, primary) = found.ok_or(Error::NotFound("mailbox"))?;
    Ok((from_text("mailboxes.state", state)?, primary))
}

/// True for the mailbox that serves its company.
pub(crate) async fn is_company_primary(tx: &mut Tx, id: MailboxId) -> Result<bool> {
    let found: Option<bool> =
        on!(tx, |conn| sqlx::query_scalar("SELECT is_company_primary FROM mailboxes WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    Ok(found.unwrap_or(false))
}

/// True for the mailbox that was chosen to serve companies without one.
pub(crate) async fn is_account_primary(tx: &mut Tx, id: MailboxId) -> Result<bool> {
    let found: Option<bool> =
        on!(tx, |conn| sqlx::query_scalar("SELECT is_account_primary FROM mailboxes WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    Ok(found.unwrap_or(false))
}

/// Makes a mailbox the primary one of its workspace, which is held; false where it is none of it, or a draft.
pub(crate) async fn set_primary(tx: &mut Tx, workspace: WorkspaceId, id: MailboxId, now: Timestamp) -> Result<bool> {
    on!(
        tx,
        "UPDATE mailboxes SET is_primary = FALSE, updated_at = $3 WHERE workspace_id = $1 AND is_primary AND id <> $2",
        workspace,
        id,
        now,
    )?;
    let changed = on!(
        tx,
        "UPDATE mailboxes SET is_primary = TRUE, updated_at = $3
         WHERE workspace_id = $1 AND id = $2 AND state <> 'draft'",
        workspace,
        id,
        now,
    )?;
    Ok(changed == 1)
}

/// How many mailboxes of a workspace are at work.
pub(crate) async fn count_active(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "SELECT COUNT(*) FROM mailboxes WHERE workspace_id = $1 AND state = 'active'"
    )
    .bind(workspace)
    .fetch_one(conn))?)
}

/// Lets the mailboxes at work rest with their workspace, which is held; which ones.
pub(crate) async fn rest_with_workspace(tx: &mut Tx, id: WorkspaceId, now: Timestamp) -> Result<Vec<MailboxId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE mailboxes SET state = 'paused', rests_with_workspace = TRUE, updated_at = $2
         WHERE workspace_id = $1 AND state = 'active' RETURNING id"
    )
    .bind(id)
    .bind(now)
    .fetch_all(conn))?)
}

/// Lets those work again that rested with their workspace; which ones.
pub(crate) async fn wake_with_workspace(tx: &mut Tx, id: WorkspaceId, now: Timestamp) -> Result<Vec<MailboxId>> {
    Ok(on!(tx, |conn| sqlx::query_scalar(
        "UPDATE mailboxes SET state = 'active', rests_with_workspace = FALSE, updated_at = $2
         WHERE workspace_id = $1 AND rests_with_workspace RETURNING id"
    )
    .bind(id)
    .bind(now)
    .fetch_all(conn))?)
}

/// The address of a mailbox, as it was typed.
pub(crate) async fn address(tx: &mut Tx, id: MailboxId) -> Result<Option<String>> {
    Ok(on!(tx, |conn| sqlx::query_scalar("SELECT address FROM mailboxes WHERE id = $1").bind(id).fetch_optional(conn))?)
}

/// The workspace a mailbox belongs to.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn workspace_of(tx: &mut Tx, id: MailboxId) -> Result<WorkspaceId> {
    let found: Option<WorkspaceId> =
        on!(tx, |conn| sqlx::query_scalar("SELECT workspace_id FROM mailboxes WHERE id = $1")
            .bind(id)
            .fetch_optional(conn))?;
    found.ok_or(Error::NotFound("mailbox"))
}

/// Says whether a mailbox is at work.
pub(crate) async fn set_state(tx: &mut Tx, id: MailboxId, state: MailboxState, now: Timestamp) -> Result<()> {
    on!(tx, "UPDATE mailboxes SET state = $2, updated_at = $3 WHERE id = $1", id, state.as_str(), now)?;
    Ok(())
}

/// Removes a mailbox with its servers and the drafts of it.
pub(crate) async fn delete(tx: &mut Tx, id: MailboxId) -> Result<()> {
    on!(tx, "DELETE FROM mailboxes WHERE id = $1", id)?;
    Ok(())
}

/// One server of a mailbox, if the mailbox is one of this workspace.
pub(crate) async fn server(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MailboxId,
    direction: Direction,
) -> Result<Option<StoredServer>> {
    type Row = (Json, Option<Vec<u8>>, Option<Json>, Option<Timestamp>);
    let found: Option<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT s.settings, s.secret, s.report, s.checked_at
         FROM mailbox_servers s JOIN mailboxes m ON m.id = s.mailbox_id
         WHERE m.workspace_id = $1 AND m.id = $2 AND s.direction = $3"
    )
    .bind(workspace)
    .bind(id)
    .bind(direction.as_str())
    .fetch_optional(conn))?;
    let Some((settings, secret, report, checked_at)) = found else { return Ok(None) };
    let settings = from_json("mailbox_servers.settings", &settings)?;
    let report = report.map(|report| from_json("mailbox_servers.report", &report)).transpose()?;
    Ok(Some(StoredServer { settings, secret, report, checked_at }))
}

/// Sets one server of a mailbox. What was known of the one before is forgotten, but for when it last worked.
pub(crate) async fn set_server(
    tx: &mut Tx,
    id: MailboxId,
    direction: Direction,
    settings: &ServerSettings,
    secret: Option<&[u8]>,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO mailbox_servers (mailbox_id, direction, settings, secret) VALUES ($1, $2, $3, $4)
         ON CONFLICT (mailbox_id, direction)
         DO UPDATE SET settings = excluded.settings, secret = excluded.secret,
                       report = NULL, problem = NULL, checked_at = NULL, certificate_ends_at = NULL",
        id,
        direction.as_str(),
        to_json("mailbox_servers.settings", settings)?,
        secret,
    )?;
    mail_may_flow(tx, id, direction).await
}

/// Takes one server away from a mailbox, whose mail takes another way from now on.
pub(crate) async fn remove_server(tx: &mut Tx, id: MailboxId, direction: Direction) -> Result<()> {
    on!(tx, "DELETE FROM mailbox_servers WHERE mailbox_id = $1 AND direction = $2", id, direction.as_str())?;
    mail_may_flow(tx, id, direction).await
}

/// Stores how a check of one server ended.
pub(crate) async fn set_report(
    tx: &mut Tx,
    id: MailboxId,
    direction: Direction,
    report: &CheckReport,
    checked_at: Timestamp,
) -> Result<()> {
    let problem = report.problem().map(|(_, problem)| to_json("mailbox_servers.problem", problem)).transpose()?;
    on!(
        tx,
        "UPDATE mailbox_servers
         SET report = $3, problem = $4, checked_at = $5, last_ok_at = CASE WHEN $6 THEN $5 ELSE last_ok_at END,
             certificate_ends_at = COALESCE($7, certificate_ends_at)
         WHERE mailbox_id = $1 AND direction = $2",
        id,
        direction.as_str(),
        to_json("mailbox_servers.report", report)?,
        problem,
        checked_at,
        report.passed(),
        report.certificate().map(|certificate| certificate.not_after),
    )?;
    if report.passed() { mail_may_flow(tx, id, direction).await } else { Ok(()) }
}

/// A server that was set anew, or has just been reached: mail that waits for it may try.
async fn mail_may_flow(tx: &mut Tx, id: MailboxId, direction: Direction) -> Result<()> {
    match direction {
        Direction::Outgoing => super::outbox::unpark(tx, id).await,
        Direction::Incoming => Ok(()),
    }
}

/// The form in which an address is compared.
fn folded(address: &EmailAddress) -> Result<String> {
    folded_address(address).ok_or_else(|| Error::invalid(Field::Address, Reason::NotAnAddress))
}
