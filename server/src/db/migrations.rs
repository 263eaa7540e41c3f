//! How the database came to its present shape, for both databases in step.
//!
//! A migration that was released is never changed: the database remembers its checksum.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Declares the migrations by file name; each has to be in both folders.
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        /// File name, text for SQLite, text for PostgreSQL; in order.
        const ALL: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        )),*];
    };
}

migrations![
    "0001_desk",
    "0002_mailboxes",
    "0003_sign_in",
    "0004_outbox",
    "0005_watch",
    "0006_inbound",
    "0007_relay",
    "0008_forwarding",
    "0009_activation",
    "0010_alerts",
    "0011_sender_domains",
    "0012_roles",
    "0013_single_sign_on",
    "0014_own_account",
    "0015_audit_log",
    "0016_companies",
    "0017_sealed_messages",
];

/// The migrations of the embedded database, up to one of them.
pub(super) fn sqlite(last: Version) -> Migrator {
    migrator(last, |(_, sqlite, _)| sqlite)
}

/// The migrations of the shared database, up to one of them.
pub(super) fn postgres(last: Version) -> Migrator {
    migrator(last, |(_, _, postgres)| postgres)
}

/// How far a database has come: the number of its last migration, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(i64);

impl Version {
    /// As far as this program knows.
    pub(crate) fn newest() -> Self {
        Self(i64::try_from(ALL.len()).unwrap_or(i64::MAX))
    }

    /// The version with this last migration; `None` for one that this program does not know.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let place = ALL.iter().position(|(known, ..)| *known == name)?;
        i64::try_from(place).ok().map(|place| Self(place + 1))
    }

    /// The version with this number; `None` for one that this program does not know.
    pub(crate) fn numbered(number: i64) -> Option<Self> {
        (1..=Self::newest().0).contains(&number).then_some(Self(number))
    }

    /// The name of its last migration.
    pub(crate) fn name(self) -> &'static str {
        let place = usize::try_from(self.0 - 1).ok();
        place.and_then(|place| ALL.get(place)).map_or("", |(name, ..)| name)
    }
}

fn migrator(last: Version, text: impl Fn((&str, &'static str, &'static str)) -> &'static str) -> Migrator {
    let numbered = (1_i64..=last.0).zip(ALL).map(|(version, &migration)| {
        let description = Cow::Borrowed(migration.0);
        Migration::new(version, description, MigrationType::Simple, text(migration).into_sql_str(), false)
    });
    Migrator::with_migrations(numbered.collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::ALL;

    fn names(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let files = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn both_folders_hold_the_same_migrations_and_all_of_them_run() {
        let listed: Vec<_> = ALL.iter().map(|(name, ..)| format!("{name}.sql")).collect();
        assert_eq!(names("sqlite"), listed);
        assert_eq!(names("postgres"), listed);
    }

    #[test]
    fn migrations_are_numbered_without_gaps() {
        for (number, (name, ..)) in (1..).zip(ALL) {
            assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        }
    }
}
