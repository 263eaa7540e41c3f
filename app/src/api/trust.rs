//! Authorities of one's own: what stands in the text that was pasted.

use leptos::prelude::*;
use postroom_server::model::Certificate;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::person;

/// What the certificates in a PEM text say of themselves. Nothing is kept.
#[server(endpoint = "read_authority")]
pub async fn read_authority(pem: String) -> Result<Vec<Certificate>, ApiError> {
    let (_, person) = person().await?;
    Ok(postroom_server::trust::describe(&person, &pem)?)
}
