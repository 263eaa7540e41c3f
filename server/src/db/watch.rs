//! Who is looked at when, how it went, and what happened before.

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{
    Direction, EmailAddress, Health, HealthEvent, MailboxId, Problem, ServerSettings, Timestamp, WorkspaceId,
};

/// Servers of mailboxes at work that are to be looked at, the most overdue first.
///
/// One that was never looked at by the watch is due when its last check is older than `before`.
pub(crate) async fn due(
    tx: &mut Tx,
    now: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, MailboxId, Direction)>> {
    let found: Vec<(WorkspaceId, MailboxId, String)> = on!(tx, |conn| sqlx::query_as(
        "SELECT m.workspace_id, s.mailbox_id, s.direction
         FROM mailbox_servers s
         JOIN mailboxes m ON m.id = s.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         LEFT JOIN watches w ON w.mailbox_id = s.mailbox_id AND w.direction = s.direction
         WHERE m.state = 'active' AND m.kind = 'custom' AND NOT p.archived
           AND COALESCE(w.claimed_until, 0) <= $1
           AND CASE WHEN w.mailbox_id IS NULL THEN COALESCE(s.checked_at, 0) <= $2 ELSE w.due_at <= $1 END
         ORDER BY COALESCE(w.due_at, 0), s.mailbox_id, s.direction LIMIT $3"
    )
    .bind(now)
    .bind(before)
    .bind(limit)
    .fetch_all(conn))?;
    found
        .into_iter()
        .map(|(workspace, mailbox, direction)| Ok((workspace, mailbox, from_text("watches.direction", direction)?)))
        .collect()
}

/// Takes the right to look at a server until `until`, when it is due still and nobody has it.
pub(crate) async fn claim(
    tx: &mut Tx,
    id: MailboxId,
    direction: Direction,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let claimed = on!(
        tx,
        "INSERT INTO watches (mailbox_id, direction, due_at, claimed_until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (mailbox_id, direction) DO UPDATE SET claimed_until = excluded.claimed_until
         WHERE watches.claimed_until <= $3 AND watches.due_at <= $3",
        id,
        direction.as_str(),
        now,
        until,
    )?;
    Ok(claimed == 1)
}

/// Gives a claim back; false where it has lapsed and somebody else has it, or where something has happened to the
/// mailbox meanwhile, so that what was seen is not true any more.
pub(crate) async fn release(tx: &mut Tx, id: MailboxId, direction: Direction, until: Timestamp) -> Result<bool> {
    let released = on!(
        tx,
        "UPDATE watches SET claimed_until = 0 WHERE mailbox_id = $1 AND direction = $2 AND claimed_until = $3",
        id,
        direction.as_str(),
        until,
    )?;
    Ok(released == 1)
}

/// What is known of a server's health.
pub(crate) async fn health(tx: &mut Tx, id: MailboxId, direction: Direction) -> Result<Option<Health>> {
    let found: Option<Option<Json>> =
        on!(tx, |conn| sqlx::query_scalar("SELECT health FROM watches WHERE mailbox_id = $1 AND direction = $2")
            .bind(id)
            .bind(direction.as_str())
            .fetch_optional(conn))?;
    found.flatten().map(|health| from_json("watches.health", &health)).transpose()
}

/// Stores how a server is doing and when it is looked at next. Claims on it are void.
pub(crate) async fn set(
    tx: &mut Tx,
    id: MailboxId,
    direction: Direction,
    health: &Health,
    due_at: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "INSERT INTO watches (mailbox_id, direction, state, health, due_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (mailbox_id, direction)
         DO UPDATE SET state = excluded.state, health = excluded.health, due_at = excluded.due_at, claimed_until = 0",
        id,
        direction.as_str(),
        health.as_str(),
        to_json("watches.health", health)?,
        due_at,
    )?;
    Ok(())
}

/// Has every server of a mailbox looked at at once. Claims on them are void.
pub(crate) async fn hurry(tx: &mut Tx, id: MailboxId, now: Timestamp) -> Result<()> {
    on!(tx, "UPDATE watches SET due_at = $2, claimed_until = 0 WHERE mailbox_id = $1", id, now)?;
    Ok(())
}

/// Forgets how a mailbox is doing, which nobody looks after any more.
pub(crate) async fn forget(tx: &mut Tx, id: MailboxId) -> Result<()> {
    on!(tx, "DELETE FROM watches WHERE mailbox_id = $1", id)?;
    Ok(())
}

/// Remembers that something happened.
pub(crate) async fn add_event(tx: &mut Tx, id: MailboxId, event: &HealthEvent) -> Result<()> {
    let problem = event.problem.as_ref().map(|problem| to_json("health_events.problem", problem)).transpose()?;
    on!(
        tx,
        "INSERT INTO health_events (mailbox_id, direction, what, problem, at, lasted_millis)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        event.direction.map(Direction::as_str),
        event.what.as_str(),
        problem,
        event.at,
        event.lasted_millis,
    )?;
    Ok(())
}

/// Writes beside what went down how long that lasted; for both directions where none is named.
pub(crate) async fn end_outages(
    tx: &mut Tx,
    id: MailboxId,
    direction: Option<Direction>,
    now: Timestamp,
) -> Result<()> {
    on!(
        tx,
        "UPDATE health_events SET lasted_millis = $3 - at
         WHERE mailbox_id = $1 AND ($2 IS NULL OR direction = $2) AND what = 'went_down' AND lasted_millis IS NULL",
        id,
        direction.map(Direction::as_str),
        now,
    )?;
    Ok(())
}

/// What happened to a mailbox, the newest first.
pub(crate) async fn events(tx: &mut Tx, id: MailboxId, limit: i64) -> Result<Vec<HealthEvent>> {
    type Row = (Timestamp, Option<String>, String, Option<Json>, Option<i64>);
    let found: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT at, direction, what, problem, lasted_millis FROM health_events
         WHERE mailbox_id = $1 ORDER BY at DESC, id DESC LIMIT $2"
    )
    .bind(id)
    .bind(limit)
    .fetch_all(conn))?;
    found
        .into_iter()
        .map(|(at, direction, what, problem, lasted_millis)| {
            Ok(HealthEvent {
                at,
                direction: direction.map(|text| from_text("health_events.direction", text)).transpose()?,
                what: from_text("health_events.what", what)?,
                problem: problem.map(|problem| from_json("health_events.problem", &problem)).transpose()?,
                lasted_millis,
            })
        })
        .collect()
}

/// Forgets what happened before a moment, and answers how much that was.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    Ok(on!(tx, "DELETE FROM health_events WHERE at < $1", before)?)
}

/// One direction of a mailbox that is failing.
pub(crate) struct FailingRow {
    pub workspace: String,
    pub id: MailboxId,
    pub name: String,
    pub address: EmailAddress,
    pub direction: Direction,
    pub settings: ServerSettings,
    pub since: Timestamp,
    pub problem: Problem,
    pub provider: Option<crate::model::OAuthProvider>,
}

/// Everything that is failing, in all workspaces that are in use.
pub(crate) async fn failing(tx: &mut Tx) -> Result<Vec<FailingRow>> {
    type Row = (String, MailboxId, String, String, String, Json, Json, Option<String>);
    let found: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT p.slug, m.id, m.name, m.address, w.direction, s.settings, w.health, g.provider
         FROM watches w
         JOIN mailbox_servers s ON s.mailbox_id = w.mailbox_id AND s.direction = w.direction
         JOIN mailboxes m ON m.id = w.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         LEFT JOIN grants g ON g.mailbox_id = m.id
         WHERE w.state = 'failing' AND m.state = 'active' AND NOT p.archived"
    )
    .fetch_all(conn))?;
    let mut rows = Vec::with_capacity(found.len());
    for (workspace, id, name, address, direction, settings, health, provider) in found {
        let health: Health = from_json("watches.health", &health)?;
        let Some((since, problem)) = health.trouble() else { continue };
        rows.push(FailingRow {
            workspace,
            id,
            name,
            address: from_text("mailboxes.address", address)?,
            direction: from_text("watches.direction", direction)?,
            settings: from_json("mailbox_servers.settings", &settings)?,
            since,
            problem: problem.clone(),
            provider: provider.map(|provider| from_text("grants.provider", provider)).transpose()?,
        });
    }
    Ok(rows)
}

/// How many servers there are of each state of a mailbox, direction and state of health.
pub(crate) async fn counts(tx: &mut Tx) -> Result<Vec<(String, String, Option<String>, i64)>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT m.state, s.direction, w.state, COUNT(*)
         FROM mailbox_servers s
         JOIN mailboxes m ON m.id = s.mailbox_id
         LEFT JOIN watches w ON w.mailbox_id = s.mailbox_id AND w.direction = s.direction
         GROUP BY m.state, s.direction, w.state"
    )
    .fetch_all(conn))?)
}

/// A certificate that will end: whose mailbox in which workspace, at which server, when.
pub(crate) type CertificateRow = (String, MailboxId, ServerSettings, Timestamp);

/// The certificates of mailboxes' servers that end before a moment.
pub(crate) async fn certificates(tx: &mut Tx, before: Timestamp) -> Result<Vec<CertificateRow>> {
    let found: Vec<(String, MailboxId, Json, Timestamp)> = on!(tx, |conn| sqlx::query_as(
        "SELECT p.slug, m.id, s.settings, s.certificate_ends_at
         FROM mailbox_servers s
         JOIN mailboxes m ON m.id = s.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         WHERE s.certificate_ends_at < $1 AND m.state <> 'draft' AND NOT p.archived
         ORDER BY s.certificate_ends_at, m.id"
    )
    .bind(before)
    .fetch_all(conn))?;
    found
        .into_iter()
        .map(|(workspace, id, settings, at)| Ok((workspace, id, from_json("mailbox_servers.settings", &settings)?, at)))
        .collect()
}

/// A grant that dies when it is not used: whose mailbox in which workspace, its address, where, last used when.
pub(crate) type GrantRow = (String, MailboxId, String, String, Timestamp);

/// The grants of mailboxes that were last renewed before a moment and that nothing else is wrong with.
pub(crate) async fn unused_grants(tx: &mut Tx, before: Timestamp) -> Result<Vec<GrantRow>> {
    Ok(on!(tx, |conn| sqlx::query_as(
        "SELECT p.slug, m.id, m.address, g.provider, g.refreshed_at
         FROM grants g
         JOIN mailboxes m ON m.id = g.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         WHERE g.refreshed_at < $1 AND g.problem IS NULL AND NOT p.archived
         ORDER BY g.refreshed_at, m.id"
    )
    .bind(before)
    .fetch_all(conn))?)
}

/// A grant that ends on a day that its provider has said, and the mailbox that stops with it.
pub(crate) struct EndingGrant {
    pub workspace: String,
    pub mailbox: MailboxId,
    pub address: String,
    pub provider: String,
    pub authorised_at: Timestamp,
    pub ends_at: Timestamp,
}

/// The grants of mailboxes that end before a moment and that nothing else is wrong with.
pub(crate) async fn ending_grants(tx: &mut Tx, before: Timestamp) -> Result<Vec<EndingGrant>> {
    type Row = (String, MailboxId, String, String, Timestamp, Timestamp);
    let found: Vec<Row> = on!(tx, |conn| sqlx::query_as(
        "SELECT p.slug, m.id, m.address, g.provider, g.authorised_at, g.refresh_ends_at
         FROM grants g
         JOIN mailboxes m ON m.id = g.mailbox_id
         JOIN workspaces p ON p.id = m.workspace_id
         WHERE g.refresh_ends_at < $1 AND g.problem IS NULL AND NOT p.archived
         ORDER BY g.refresh_ends_at, m.id"
    )
    .bind(before)
    .fetch_all(conn))?;
    Ok(found
        .into_iter()
        .map(|(workspace, mailbox, address, provider, authorised_at, ends_at)| EndingGrant {
            workspace,
            mailbox,
            address,
            provider,
            authorised_at,
            ends_at,
        })
        .collect())
}
