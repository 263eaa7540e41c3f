//! What a backup says about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// The name of the manifest within the backup.
pub(super) const MANIFEST: &str = "manifest.json";
/// Another layout gets another number.
pub(super) const FORMAT: u32 = 1;

/// The last file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of the program that made it.
    pub postroom: String,
    /// The last migration of the database.
    pub migration: String,
    pub made_at: Timestamp,
    pub with_key: bool,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The last number that each table has given to a row.
    pub last_numbers: BTreeMap<String, i64>,
    /// Everything in the backup but the manifest, in this order.
    pub files: Vec<Entry>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// How many rows a table has.
    #[must_use]
    pub fn rows_of(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or(0)
    }

    /// How many received mails there are.
    #[must_use]
    pub fn mails(&self) -> usize {
        self.files.iter().filter(|entry| entry.name.starts_with("received/")).count()
    }
}
