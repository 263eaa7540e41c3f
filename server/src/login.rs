//! Who signs in at a mail server, and with what.

use secrecy::SecretString;

use crate::model::AuthMethod;

/// A user name, its secret, and the way they are shown to the server.
///
/// `secret` is the password or, for the bearer methods, the access token; it cannot be printed.
#[derive(Clone, Debug)]
pub struct Login {
    pub username: String,
    pub secret: SecretString,
    pub method: AuthMethod,
}
