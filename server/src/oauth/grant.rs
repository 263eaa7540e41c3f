//! What a provider gives in the end: tokens, and who they are for.

use openidconnect::ExtraTokenFields;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};

/// What the token endpoint gave.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: SecretString,
    /// Seconds the access token lasts from now.
    pub expires_in: u64,
    /// A refresh without one keeps the old one (RFC 6749 6).
    pub refresh: Option<SecretString>,
    /// Seconds until the refresh token ends however often it is used, where Google says so: it does while its
    /// application is in testing mode. A Microsoft token's life begins anew with every use.
    pub refresh_expires_in: Option<u64>,
    /// What was granted, as the provider said it; what was asked for where it said nothing (RFC 6749 5.1).
    pub scopes: Vec<String>,
}

/// What providers say beside what RFC 6749 5.1 knows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct BesideTokens {
    /// Seconds; Google.
    #[serde(default, deserialize_with = "seconds")]
    pub refresh_token_expires_in: Option<u64>,
}

impl ExtraTokenFields for BesideTokens {}

/// A number of seconds as a number or as text. Whatever else it is says nothing, and spoils no answer.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())))
}

/// Who signed in, from a verified id token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// Microsoft: `tid` and `oid`, the stable key of a person in a tenant.
    pub tenant_id: Option<String>,
    pub object_id: Option<String>,
    /// `email`, else `preferred_username`, else `upn`: to show and to compare, no key. Empty where there is none.
    pub email: String,
    /// How the person is called; empty where the provider does not say.
    pub name: String,
}

/// A code exchanged.
#[derive(Clone, Debug)]
pub struct Exchanged {
    pub tokens: Tokens,
    pub identity: Identity,
}

impl Identity {
    /// The tenant of all personal Microsoft accounts.
    pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    /// True for a personal Microsoft account: its mail is sent through another server than an organisation's.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.tenant_id.as_deref().is_some_and(|tenant| tenant.eq_ignore_ascii_case(Self::PERSONAL_TENANT))
    }
}
