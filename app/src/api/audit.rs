//! The audit log, as it is asked for: by words, by chapter, by days.

use leptos::prelude::*;
use postroom_server::model::{AuditChapter, AuditEntry, AuditEntryId, AuditFilter, Timestamp};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::admin;
#[cfg(feature = "ssr")]
use postroom_server::audit;

/// How many lines a page shows.
#[cfg(feature = "ssr")]
const LINES: i64 = 50;

/// What an address asks for. Everything may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// A part of a name, an address, a field or a value.
    pub q: String,
    /// A chapter by its name.
    pub about: String,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Only lines older than the one with this number.
    pub before: String,
}

impl AuditQuery {
    /// The filter that it means. What is no chapter and no day filters nothing.
    #[must_use]
    pub fn filter(&self) -> AuditFilter {
        const DAY_MILLIS: i64 = 86_400_000;
        AuditFilter {
            chapter: AuditChapter::from_name(&self.about),
            act: None,
            workspace: None,
            text: self.q.chars().take(200).collect(),
            from: day(&self.from),
            until: day(&self.until).map(|day| day.plus_millis(DAY_MILLIS)),
        }
    }

    /// True where something narrows the list.
    #[must_use]
    pub fn narrows(&self) -> bool {
        self.filter() != AuditFilter::default()
    }
}

/// The moment a day begins.
fn day(text: &str) -> Option<Timestamp> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Timestamp::of_day(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// Where the next, older page begins, if there is one.
    pub older: Option<AuditEntryId>,
    /// How many days a line is kept; 0 is for ever.
    pub keep_days: u32,
}

/// The lines that were asked for, the newest first.
#[server(name = ReadAuditLog, endpoint = "audit_log")]
pub async fn audit_log(query: AuditQuery) -> Result<AuditPage, ApiError> {
    let (ctx, admin) = admin().await?;
    let before = query.before.parse().ok().map(AuditEntryId);
    let mut entries = audit::list(&ctx, &admin, &query.filter(), before, LINES + 1).await?;
    let more = i64::try_from(entries.len()).is_ok_and(|count| count > LINES);
    if more {
        entries.pop();
    }
    let older = entries.last().filter(|_| more).map(|entry| entry.id);
    Ok(AuditPage { entries, older, keep_days: ctx.config.audit.keep_days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_asks_for_is_read_and_nonsense_filters_nothing() {
        let query = AuditQuery { from: "2026-11-23".into(), until: "2026-11-23".into(), ..AuditQuery::default() };
        let filter = query.filter();
        assert_eq!(filter.from, Timestamp::of_day(2026, 11, 23));
        assert_eq!(filter.until, Timestamp::of_day(2026, 11, 24));
        let nonsense = AuditQuery { about: "secrets".into(), from: "23.11.".into(), ..AuditQuery::default() };
        assert!(!nonsense.narrows());
        assert!(AuditQuery { about: "people".into(), ..AuditQuery::default() }.narrows());
    }
}
