//! The log as a file: CSV for spreadsheets (RFC 4180), JSON for programs. It is read in pieces, however long it is.

use serde::Serialize;

use super::list;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::{AuditActor, AuditChange, AuditEntry, AuditEntryId, AuditFilter};
use crate::users::Admin;

/// How many lines are read at a time.
const PIECE: i64 = 500;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

/// A file that is being written, piece by piece.
#[derive(Debug)]
pub struct Export {
    ctx: Context,
    admin: Admin,
    filter: AuditFilter,
    format: Format,
    before: Option<AuditEntryId>,
    begun: bool,
    done: bool,
}

/// A line as it stands in a CSV file.
#[derive(Serialize)]
struct Record<'a> {
    id: i64,
    time: String,
    actor_kind: &'static str,
    actor: String,
    remote_address: &'a str,
    action: &'static str,
    workspace: String,
    subject_id: Option<i64>,
    subject: String,
    changes: String,
}

impl Export {
    /// The lines that a filter lets through, the newest first.
    #[must_use]
    pub const fn new(ctx: Context, admin: Admin, filter: AuditFilter, format: Format) -> Self {
        Self { ctx, admin, filter, format, before: None, begun: false, done: false }
    }

    /// The next piece; `None` behind the last one.
    ///
    /// # Errors
    /// When the database fails: the file is not whole then.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>> {
        if self.done {
            return Ok(None);
        }
        let entries = list(&self.ctx, &self.admin, &self.filter, self.before, PIECE).await?;
        self.done = i64::try_from(entries.len()).is_ok_and(|count| count < PIECE);
        self.before = entries.last().map(|entry| entry.id).or(self.before);
        let first = !std::mem::replace(&mut self.begun, true);
        match self.format {
            Format::Csv => csv(&entries, first).map(Some),
            Format::Json => json(&entries, first, self.done).map(Some),
        }
    }
}

fn csv(entries: &[AuditEntry], first: bool) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(first && !entries.is_empty())
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| Error::stored("audit_log")(error.into());
    if first && entries.is_empty() {
        let names = ["id", "time", "actor_kind", "actor", "remote_address", "action", "workspace", "subject_id"];
        writer.write_record(names.into_iter().chain(["subject", "changes"])).map_err(failed)?;
    }
    for entry in entries {
        writer.serialize(record(entry)).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::stored("audit_log")(error.to_string().into()))
}

fn record(entry: &AuditEntry) -> Record<'_> {
    let actor_kind = match &entry.actor {
        AuditActor::Person { .. } => "person",
        AuditActor::LinkHolder { .. } => "link_holder",
        AuditActor::Shell => "shell",
        AuditActor::Postroom => "postroom",
        AuditActor::Stranger { .. } => "stranger",
    };
    Record {
        id: entry.id.0,
        time: entry.at.rfc_3339(),
        actor_kind,
        actor: plain(entry.actor.name()),
        remote_address: entry.remote_address.as_deref().unwrap_or_default(),
        action: entry.act.as_str(),
        workspace: plain(entry.workspace.as_deref().unwrap_or_default()),
        subject_id: entry.subject_id,
        subject: plain(&entry.subject),
        changes: plain(&entry.changes.iter().map(change).collect::<Vec<_>>().join("; ")),
    }
}

fn change(change: &AuditChange) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
    if change.secret {
        return format!("{}: changed", change.field);
    }
    format!("{}: {} → {}", change.field, side(&change.before), side(&change.after))
}

/// A text that a spreadsheet takes for a text: others would be calculated, and might do harm.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// An array over all pieces, one line to an entry.
fn json(entries: &[AuditEntry], first: bool, last: bool) -> Result<Vec<u8>> {
    let mut text = if first { "[".to_owned() } else { String::new() };
    for (number, entry) in entries.iter().enumerate() {
        text.push_str(if first && number == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(entry).map_err(|error| Error::stored("audit_log")(error.into()))?);
    }
    if last {
        text.push_str("\n]\n");
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_for_spreadsheets_is_calculated() {
        for (text, written) in
            [("=1+1", "'=1+1"), ("@SUM", "'@SUM"), ("-2", "'-2"), ("ada@example.com", "ada@example.com")]
        {
            assert_eq!(plain(text), written);
        }
    }
}
