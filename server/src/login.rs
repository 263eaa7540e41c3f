//! Who signs in at a mail server, and with what.

use secrecy::SecretString;

use crate::context::Context;
use crate::error::Result;
use crate::model::{AuthMethod, GrantId, Problem, ServerSettings};
use crate::tokens::{self, Wanted};

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

/// Opens something that has to be signed in to, with whatever key a mailbox has.
///
/// An access token that the server refuses is replaced once, as in a [check](crate::check::run_with).
///
/// # Errors
/// When the database or the vault fails. What is wrong outside is the problem.
pub(crate) async fn sign_in<T, F>(
    ctx: &Context,
    settings: &ServerSettings,
    key: &Key,
    open: impl Fn(Login) -> F,
) -> Result<Result<T, Problem>>
where
    F: Future<Output = Result<T, Problem>>,
{
    let login = |secret| Login { username: settings.username.clone(), secret, method: settings.method };
    let grant = match key {
        Key::Password(secret) => return Ok(open(login(secret.clone())).await),
        Key::Grant(grant) => *grant,
    };
    let token = match tokens::access(ctx, grant, Wanted::Current).await? {
        Ok(token) => token,
        Err(problem) => return Ok(Err(problem)),
    };
    let opened = open(login(token.clone())).await;
    if !matches!(opened, Err(Problem::TokenRejected { .. })) {
        return Ok(opened);
    }
    match tokens::access(ctx, grant, Wanted::InsteadOf(&token)).await? {
        Ok(token) => Ok(open(login(token)).await),
        // The provider knows better than the mail server why.
        Err(problem) => Ok(Err(problem)),
    }
}
