//! The audit log's rows. There is no way to change one.

use crate::db::{Json, Tx, from_json, from_text, on, settings, to_json};
use crate::error::Result;
use crate::model::{
    AuditAct, AuditActor, AuditChange, AuditChapter, AuditEntry, AuditEntryId, AuditFilter, Timestamp, WorkspaceId,
};

/// The setting that the database itself asks before it lets a row go: the first moment that is still kept.
const KEPT_FROM: &str = "audit_kept_from";

/// A line that is to be written.
pub(crate) struct NewEntry<'a> {
    pub at: Timestamp,
    pub actor: &'a AuditActor,
    pub remote_address: Option<String>,
    pub act: AuditAct,
    pub workspace: Option<WorkspaceId>,
    pub subject_id: Option<i64>,
    pub subject: &'a str,
    pub changes: &'a [AuditChange],
}

#[derive(sqlx::FromRow)]
struct Row {
    id: AuditEntryId,
    at: Timestamp,
    actor: Json,
    remote_address: Option<String>,
    action: String,
    workspace_id: Option<WorkspaceId>,
    workspace: Option<String>,
    subject_id: Option<i64>,
    subject: String,
    changes: Json,
}

impl Row {
    fn read(self) -> Result<AuditEntry> {
        Ok(AuditEntry {
            id: self.id,
            at: self.at,
            actor: from_json("audit_log.actor", &self.actor)?,
            remote_address: self.remote_address,
            act: from_text("audit_log.action", self.action)?,
            workspace_id: self.workspace_id,
            workspace: self.workspace,
            subject_id: self.subject_id,
            subject: self.subject,
            changes: from_json("audit_log.changes", &self.changes)?,
        })
    }
}

/// Writes a line down, with the name that the workspace has now.
pub(crate) async fn insert(tx: &mut Tx, entry: &NewEntry<'_>) -> Result<()> {
    on!(
        tx,
        "INSERT INTO audit_log (at, actor, actor_name, remote_address, action, workspace_id, workspace, subject_id,
                                subject, changes, searched)
         VALUES ($1, $2, $3, $4, $5, $6, (SELECT name FROM workspaces WHERE id = $6), $7, $8, $9, $10)",
        entry.at,
        to_json("audit_log.actor", entry.actor)?,
        entry.actor.name(),
        entry.remote_address.as_deref(),
        entry.act.as_str(),
        entry.workspace,
        entry.subject_id,
        entry.subject,
        to_json("audit_log.changes", &entry.changes)?,
        searched(entry),
    )?;
    Ok(())
}

/// What a search looks through.
fn searched(entry: &NewEntry<'_>) -> String {
    let mut words = vec![entry.actor.name(), entry.subject];
    if let AuditActor::Person { name, .. } = entry.actor {
        words.push(name);
    }
    words.extend(entry.remote_address.as_deref());
    for change in entry.changes {
        words.push(&change.field);
        words.extend(change.before.as_deref());
        words.extend(change.after.as_deref());
    }
    words.join("\n").to_lowercase()
}

/// The lines that were asked for, the newest first: at most `limit`, all of them older than `before`.
pub(crate) async fn select(
    tx: &mut Tx,
    filter: &AuditFilter,
    before: Option<AuditEntryId>,
    limit: i64,
) -> Result<Vec<AuditEntry>> {
    let pattern = like(&filter.text);
    let rows: Vec<Row> = on!(tx, |conn| sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT id, at, actor, remote_address, action, workspace_id, workspace, subject_id, subject, changes
         FROM audit_log
         WHERE id < $1 AND at >= $2 AND at < $3 AND searched LIKE $4 ESCAPE '\\'
           AND ($5 = 0 OR workspace_id = $5) AND action IN ({})
         ORDER BY id DESC
         LIMIT $6",
        acts(filter)
    )))
    .bind(before.unwrap_or(AuditEntryId(i64::MAX)))
    .bind(filter.from.unwrap_or(Timestamp(i64::MIN)))
    .bind(filter.until.unwrap_or(Timestamp(i64::MAX)))
    .bind(pattern.as_str())
    .bind(filter.workspace.unwrap_or(WorkspaceId(0)))
    .bind(limit)
    .fetch_all(conn))?;
    rows.into_iter().map(Row::read).collect()
}

/// The acts that a filter lets through, as SQL. They are our own words, so that nothing needs to be bound.
fn acts(filter: &AuditFilter) -> String {
    let fits = |act: &&AuditAct| {
        filter.act.is_none_or(|wanted| wanted == **act)
            && filter.chapter.is_none_or(|wanted: AuditChapter| wanted == act.chapter())
    };
    let names: Vec<_> = AuditAct::ALL.iter().filter(fits).map(|act| format!("'{}'", act.as_str())).collect();
    if names.is_empty() { "NULL".to_owned() } else { names.join(", ") }
}

/// A pattern for LIKE that finds a text anywhere and means each of its characters.
fn like(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in text.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Lets go of everything older, and of nothing else: the database would refuse.
pub(crate) async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    settings::set(tx, KEPT_FROM, &before.0.to_string()).await?;
    Ok(on!(tx, "DELETE FROM audit_log WHERE at < $1", before)?)
}
