//! Who signs in at a mail server, and with what.

use secrecy::SecretString;

use crate::model::{AuthMethod, GrantId};

/// A user name, its secret, and the way they are shown to the server.
///
/// `secret` is the password or, for the bearer methods, the access token; it cannot be printed.
#[derive(Clone, Debug)]
pub struct Login {
    pub username: String,
    pub secret: SecretString,
    pub method: AuthMethod,
}

/// What a server is signed in to with: kept with the server, or fetched when it is needed.
#[derive(Clone, Debug)]
pub enum Key {
    /// A password, or a token that somebody pasted.
    Password(SecretString),
    /// An access token of what somebody allowed us at a provider.
    Grant(GrantId),
}
