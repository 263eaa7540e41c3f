//! Authorities of one's own: what stands in them, and whether they can be trusted at all.
//!
//! The form looks at them from outside ([`model::trust`](crate::model::trust)); here they are opened.

use crate::error::{Error, Result};
use crate::model::{Certificate, Field, Invalid, Protocol, Reason, ServerSettings, Trust};
use crate::net::tls::authority;
use crate::users::Person;

/// What the certificates of an authority say of themselves.
///
/// # Errors
/// [`Error::Invalid`] when the text cannot be an authority's.
pub fn describe(_: &Person, pem: &str) -> Result<Vec<Certificate>> {
    authority::describe(pem).map_err(|reason| Error::invalid(Field::Authority, reason))
}

/// What is wrong with the authority in settings that are right otherwise.
pub(crate) fn unusable(settings: &ServerSettings, protocol: Protocol) -> Option<Invalid> {
    let reason: Reason = match &settings.endpoint.trust {
        Trust::Authority { pem } => authority::read(pem).err()?,
        Trust::Usual | Trust::Certificate { .. } => return None,
    };
    Some(Invalid::of(protocol, Field::Authority, reason))
}
