//! The relay: one row, always there, so that whoever changes it waits for whoever looks at it in order to write.

use crate::db::{Json, Tx, from_json, from_text, on, to_json};
use crate::error::Result;
use crate::model::{CheckReport, Health, MailboxId, ServerSettings, Stopped, Timestamp};

/// The relay as it is stored.
pub(crate) struct Stored {
    /// `None`: there is none.
    pub settings: Option<ServerSettings>,
    /// Sealed; `None` where the server asks for no sign-in.
    pub secret: Option<Vec<u8>>,
    /// Another one with every change of settings or secret.
    pub revision: i64,
    pub report: Option<CheckReport>,
    pub checked_at: Option<Timestamp>,
    pub last_ok_at: Option<Timestamp>,
    pub health: Option<Health>,
    /// Mail was parked for a reason of the relay itself.
    pub has_parked: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    settings: Option<Json>,
    secret: Option<Vec<u8>>,
    revision: i64,
    report: Option<Json>,
    checked_at: Option<Timestamp>,
    last_ok_at: Option<Timestamp>,
    health: Option<Json>,
    has_parked: bool,
}

impl Row {
    fn read(self) -> Result<Stored> {
        Ok(Stored {
            settings: self.settings.map(|settings| from_json("relay.settings", &settings)).transpose()?,
            secret: self.secret,
            revision: self.revision,
            report: self.report.map(|report| from_json("relay.report", &report)).transpose()?,
            checked_at: self.checked_at,
            last_ok_at: self.last_ok_at,
            health: self.health.map(|health| from_json("relay.health", &health)).transpose()?,
            has_parked: self.has_parked,
        })
    }
}

/// The relay as it stands.
pub(crate) async fn load(tx: &mut Tx) -> Result<Stored> {
    let row: Row = on!(tx, |conn| sqlx::query_as(
        "SELECT settings, secret, revision, report, checked_at, last_ok_at, health, has_parked FROM relay"
    )
    .fetch_one(conn))?;
    row.read()
}

/// [`load`], and nobody else changes it until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx) -> Result<Stored> {
    let row: Row = on!(tx, |conn| sqlx::query_as(
        "UPDATE relay SET id = id
         RETURNING settings, secret, revision, report, checked_at, last_ok_at, health, has_parked"
    )
    .fetch_one(conn))?;
    row.read()
}

/// Sets the relay, or with no settings takes it away. What was known of the one before is forgotten, and nobody looks
/// at the new one before `due_at`.
pub(crate) async fn set(
    tx: &mut Tx,
    settings: Option<&ServerSettings>,
    secret: Option<&[u8]>,
    due_at: Timestamp,
) -> Result<()> {
    let settings = settings.map(|settings| to_json("relay.settings", settings)).transpose()?;
    on!(
        tx,
        "UPDATE relay
         SET settings = $1, secret = $2, revision = revision + 1, report = NULL, checked_at = NULL,
             last_ok_at = NULL, health = NULL, due_at = $3, claimed_until = 0",
        settings,
        secret,
        due_at,
    )?;
    Ok(())
}

/// Stores the report that pages show.
pub(crate) async fn set_report(tx: &mut Tx, report: &CheckReport, now: Timestamp) -> Result<()> {
    on!(
        tx,
        "UPDATE relay
         SET report = $1, checked_at = $2, last_ok_at = CASE WHEN $3 THEN $2 ELSE last_ok_at END",
        to_json("relay.report", report)?,
        now,
        report.passed(),
    )?;
    Ok(())
}

/// Stores how the relay is doing and when it is looked at next. Claims on it are void.
pub(crate) async fn set_health(tx: &mut Tx, health: &Health, due_at: Timestamp) -> Result<()> {
    let health = to_json("relay.health", health)?;
    on!(tx, "UPDATE relay SET health = $1, due_at = $2, claimed_until = 0", health, due_at)?;
    Ok(())
}

/// Remembers that mail was parked for a reason of the relay itself, or that it was let go.
pub(crate) async fn set_has_parked(tx: &mut Tx, has_parked: bool) -> Result<()> {
    on!(tx, "UPDATE relay SET has_parked = $1", has_parked)?;
    Ok(())
}

/// Takes the right to look at the relay until `until`, when it is due and nobody has it.
pub(crate) async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp) -> Result<bool> {
    let claimed = on!(
        tx,
        "UPDATE relay SET claimed_until = $2 WHERE settings IS NOT NULL AND due_at <= $1 AND claimed_until <= $1",
        now,
        until,
    )?;
    Ok(claimed == 1)
}

/// Gives the right to look back; false where it has lapsed, or the relay was set anew meanwhile.
pub(crate) async fn release(tx: &mut Tx, until: Timestamp) -> Result<bool> {
    Ok(on!(tx, "UPDATE relay SET claimed_until = 0 WHERE claimed_until = $1", until)? == 1)
}

/// The mailboxes at work that send through the relay, by name; none of them can since then.
pub(crate) async fn mailboxes(tx: &mut Tx, since: Timestamp) -> Result<Vec<Stopped>> {
    let found: Vec<(String, MailboxId, String, String)> = on!(tx, |conn| sqlx::query_as(
        "SELECT p.slug, m.id, m.name, m.address
         FROM mailboxes m JOIN workspaces p ON p.id = m.workspace_id
         WHERE m.kind = 'default' AND m.state = 'active' AND NOT p.archived"
    )
    .fetch_all(conn))?;
    let mut mailboxes = Vec::with_capacity(found.len());
    for (workspace, id, name, address) in found {
        let address = from_text("mailboxes.address", address)?;
        mailboxes.push(Stopped { workspace, id, name, address, incoming: false, outgoing: true, since });
    }
    mailboxes.sort_by_cached_key(|mailbox| (mailbox.name.to_lowercase(), mailbox.id));
    Ok(mailboxes)
}
