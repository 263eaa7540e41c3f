//! Who somebody is at a provider, for comparing.

use crate::oauth::Identity;

impl Identity {
    /// What stays the same however a person's address changes: at Microsoft tenant and object (a subject is
    /// another one for each application), else issuer and subject (OpenID Connect Core 5.7).
    pub(crate) fn person_key(&self) -> String {
        match (&self.tenant_id, &self.object_id) {
            (Some(tenant), Some(object)) => format!("{tenant}/{object}"),
            _ => format!("{} {}", self.issuer, self.subject),
        }
    }
}
