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
    "0014_own_account",
];

/// The migrations of the embedded database.
pub(super) fn sqlite() -> Migrator {
    migrator(|(_, sqlite, _)| sqlite)
}

/// The migrations of the shared database.
pub(super) fn postgres() -> Migrator {
    migrator(|(_, _, postgres)| postgres)
}

fn migrator(text: impl Fn((&str, &'static str, &'static str)) -> &'static str) -> Migrator {
    let numbered = (1_i64..).zip(ALL).map(|(version, &migration)| {
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
