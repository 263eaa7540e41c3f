//! Signing in with whatever key a mailbox has: what the workers do, as a check does it.

use super::{Wanted, access};
use crate::context::Context;
use crate::error::Result;
use crate::login::{Key, Login};
use crate::model::{Problem, ServerSettings};

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
    let token = match access(ctx, grant, Wanted::Current).await? {
        Ok(token) => token,
        Err(problem) => return Ok(Err(problem)),
    };
    let opened = open(login(token.clone())).await;
    if !matches!(opened, Err(Problem::TokenRejected { .. })) {
        return Ok(opened);
    }
    match access(ctx, grant, Wanted::InsteadOf(&token)).await? {
        Ok(token) => Ok(open(login(token)).await),
        // The provider knows better than the mail server why.
        Err(problem) => Ok(Err(problem)),
    }
}
