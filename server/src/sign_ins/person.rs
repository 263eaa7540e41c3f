//! Who somebody is at a provider, for comparing.

use crate::oauth::Identity;

/// The tenant of Microsoft's personal accounts.
const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

impl Identity {
    /// What stays the same however a person's address changes: at Microsoft tenant and object (a subject is
    /// another one for each application), else issuer and subject (OpenID Connect Core 5.7).
    pub(crate) fn person_key(&self) -> String {
        match (&self.tenant_id, &self.object_id) {
            (Some(tenant), Some(object)) => format!("{tenant}/{object}"),
            _ => format!("{} {}", self.issuer, self.subject),
        }
    }

    /// An account of a person, not of an organisation.
    pub(crate) fn is_personal(&self) -> bool {
        self.tenant_id.as_deref() == Some(PERSONAL_TENANT)
    }
}
