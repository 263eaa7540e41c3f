//! The catalogue of everything that can go wrong.

use leptos::prelude::*;
use postroom_server::model::Remedy;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// One problem of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The problem's permanent name, as in its address.
    pub kind: String,
    /// The part of the way it belongs to: `way`, `tls`, `first_words`, `sign_in`, `provider` or `mail`.
    pub stage: String,
    pub title: String,
    pub why: String,
    /// Everything it is found by, in lower case.
    pub found_by: String,
}

/// One problem in detail, with example names filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    pub remedy: Remedy,
    /// An example of a server's own words.
    pub reply: Option<String>,
    /// The services where it is repaired in another way: the name in the address, and the one people know.
    pub services: Vec<(String, String)>,
}

/// The whole catalogue in the reader's language.
#[server(endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<Listed>, ApiError> {
    // Help is for everybody, also for those who cannot sign in.
    Ok(postroom_server::remedy::catalogue(crate::i18n::language()).into_iter().map(Listed::of).collect())
}

/// One problem, as it is repaired at `service` where that is one of those that differ.
#[server(endpoint = "problem")]
pub async fn problem(kind: String, service: Option<String>) -> Result<Chapter, ApiError> {
    use postroom_server::remedy::{Service, chapter};
    let language = crate::i18n::language();
    let service = service.as_deref().and_then(Service::of_slug);
    let found = chapter(&kind, service, language).ok_or(ApiError::NotFound)?;
    let services = found.services.iter().map(|one| (one.slug().to_owned(), one.name(language).to_owned()));
    Ok(Chapter { services: services.collect(), reply: found.reply, remedy: found.entry.remedy })
}

#[cfg(feature = "ssr")]
impl Listed {
    fn of(entry: postroom_server::remedy::Entry) -> Self {
        let Remedy { title, why, steps, .. } = entry.remedy;
        let words: Vec<String> = [entry.kind.to_owned(), title.clone(), why.clone()].into_iter().chain(steps).collect();
        Self {
            kind: entry.kind.to_owned(),
            stage: entry.stage.name().to_owned(),
            found_by: format!("{}\n{}", words.join("\n").to_lowercase(), entry.said),
            title,
            why,
        }
    }
}
