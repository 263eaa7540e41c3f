//! What is stored as text: the words of enums, and JSON for what no statement looks into.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::EmailAddress;

/// JSON as a column holds it.
pub(crate) type Json = String;

/// The JSON text of a value.
///
/// # Errors
/// [`Error::Stored`], which for our own types cannot happen.
pub(crate) fn to_json(what: &'static str, value: &impl Serialize) -> Result<Json> {
    serde_json::to_string(value).map_err(|error| Error::stored(what)(error.into()))
}

/// The value of a JSON text that we stored.
///
/// # Errors
/// [`Error::Stored`] when another version wrote it, or somebody changed it.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::stored(what)(error.into()))
}

/// The value of a stored word, such as an enum's name or an address.
///
/// # Errors
/// As [`from_json`].
pub(crate) fn from_text<T: DeserializeOwned>(what: &'static str, text: String) -> Result<T> {
    serde_json::from_value(Value::String(text)).map_err(|error| Error::stored(what)(error.into()))
}

/// The form in which two names are compared.
pub(crate) fn folded_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The form in which two addresses are compared: lower case, and the domain in A-labels (RFC 5891),
/// so that an international domain is the same however it was typed.
///
/// `None` where the domain cannot be a domain after all.
pub(crate) fn folded_address(address: &EmailAddress) -> Option<String> {
    let domain = idna::domain_to_ascii(address.domain()).ok().filter(|domain| !domain.is_empty())?;
    Some(format!("{}@{}", address.local_part().to_lowercase(), domain.trim_end_matches('.')))
}
