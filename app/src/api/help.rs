//! The catalogue of everything that can go wrong.

use leptos::prelude::*;
use postroom_server::model::Remedy;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// One problem and its remedy, with example names filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The problem's permanent name, as in its address.
    pub kind: String,
    pub remedy: Remedy,
}

/// The whole catalogue in the reader's language.
#[server(endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<Entry>, ApiError> {
    // Help is for everybody, also for those who cannot sign in.
    let entries = postroom_server::remedy::catalogue(crate::i18n::language());
    Ok(entries.into_iter().map(|entry| Entry { kind: entry.kind.to_owned(), remedy: entry.remedy }).collect())
}
