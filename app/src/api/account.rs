//! Setting up, signing in and out, and what every page of the administration needs to know.

use leptos::prelude::*;
use postroom_server::model::{Around, User};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{context, person, remote_address, session};

/// Who is signed in, and the workspaces to switch between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub user: User,
    /// An administrator of the account.
    pub admin: bool,
    /// The workspaces that the user may look at, as far as a page needs them.
    pub around: Around,
    /// The account serves client companies.
    pub msp: bool,
}

/// Makes the first administrator and the first workspace. Works once, with the code the terminal printed.
#[server(endpoint = "set_up")]
pub async fn set_up(
    code: String,
    name: String,
    email: String,
    password: String,
    password_again: String,
    workspace: String,
) -> Result<(), ApiError> {
    use postroom_server::{alerts, model::SetupForm, users};
    // Nobody can be signed in yet: the code is the right.
    let ctx = context()?;
    brakes()?.attempt("set-up", remote_address())?;
    let typed =
        [("code", code.clone()), ("name", name.clone()), ("email", email.clone()), ("workspace", workspace.clone())];
    let typed = typed.iter().map(|(field, value)| (*field, value.as_str()));
    let form = SetupForm { code, name, email, password, password_again, workspace };
    let user = users::set_up(&ctx, form, super::workspaces::first_group(), Some(remote_address()))
        .await
        .map_err(|error| ApiError::from(error).with_typed(typed))?;
    alerts::first_administrator(&ctx, user.id, crate::i18n::language()).await?;
    enter(user.id, "/").await
}

/// Signs in and goes to `next`, which must be a path of this site; or back to the page, which says why not.
///
/// The page posts this as a plain form, with or without WASM: it is the first page, and needs none of the
/// code that live forms need.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Result<(), ApiError> {
    use postroom_server::{
        audit::{self, By, Entry},
        model::AuditAct,
        users,
    };
    let ctx = context()?;
    let refused = match brakes()?.attempt(&email, remote_address()) {
        Err(too_many) => ("wait", too_many.retry_after_seconds.to_string()),
        Ok(()) => match users::sign_in(&ctx, &email, &password.into()).await? {
            Some(user) => return enter(user.id, &next).await,
            None => {
                let by = By::stranger(&email, Some(remote_address()));
                audit::note(&ctx, &by, Entry::of(AuditAct::SignInRefused, "")).await?;
                ("wrong", "1".to_owned())
            }
        },
    };
    let mut back = url::form_urlencoded::Serializer::new("/sign-in?".to_owned());
    back.append_pair(refused.0, &refused.1).append_pair("email", &email).append_pair("next", &next);
    leptos_axum::redirect(&back.finish().replacen("?&", "?", 1));
    Ok(())
}

/// Ends the session, on this device.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use postroom_server::{
        audit::{self, Entry},
        model::AuditAct,
    };
    // Signing out is everybody's right.
    if let Ok((ctx, person)) = person().await {
        audit::note(&ctx, &person.by(), Entry::of(AuditAct::SignedOut, "")).await?;
    }
    session().await?.flush().await.map_err(|_| ApiError::Internal)?;
    leptos_axum::redirect("/sign-in?done=signed_out");
    Ok(())
}

/// True while there is no administrator yet.
#[server(endpoint = "setup_needed")]
pub async fn setup_needed() -> Result<bool, ApiError> {
    // The set-up page itself must know; it tells strangers no more than `/` does.
    Ok(postroom_server::users::setup_needed(&context()?).await?)
}

/// What every page of the administration needs; `workspace` is the one that the page is about, by its slug.
#[server(endpoint = "overview")]
pub async fn load_overview(workspace: Option<String>) -> Result<Overview, ApiError> {
    use postroom_server::{companies, users, workspaces};
    let (ctx, person) = person().await?;
    let around = workspaces::around(&ctx, &person, workspace.as_deref()).await?;
    let admin = match users::admin(&ctx, person.user.id).await {
        Err(postroom_server::Error::Forbidden) => false,
        found => found.map(|_| true)?,
    };
    let msp = companies::msp(&ctx, &person).await?;
    Ok(Overview { user: person.user, admin, around, msp })
}

#[cfg(feature = "ssr")]
pub(super) fn brakes() -> Result<crate::web::Throttles, ApiError> {
    use_context().ok_or(ApiError::Internal)
}

#[cfg(feature = "ssr")]
pub(super) async fn enter(user: postroom_server::model::UserId, next: &str) -> Result<(), ApiError> {
    use super::{not_stored, origin};
    use crate::web::{guard::local_path, sessions};
    use postroom_server::{model::SignedInBy, own_account, second_factor};
    let (ctx, session) = (context()?, session().await?);
    if second_factor::is_on(&ctx, user).await? {
        sessions::await_code(&ctx, &session, user, local_path(next), origin()).await.map_err(not_stored)?;
        leptos_axum::redirect("/sign-in/code");
        return Ok(());
    }
    note_signed_in(&ctx, user).await?;
    sessions::sign_in(&ctx, &session, user, SignedInBy::Password, origin()).await.map_err(not_stored)?;
    own_account::reads(&ctx, user, crate::i18n::language()).await?;
    leptos_axum::redirect(local_path(next));
    Ok(())
}

/// Writes into the audit log that somebody has come in.
#[cfg(feature = "ssr")]
pub(super) async fn note_signed_in(
    ctx: &postroom_server::Context,
    user: postroom_server::model::UserId,
) -> Result<(), ApiError> {
    use postroom_server::{
        audit::{self, Entry},
        model::AuditAct,
        users,
    };
    let person = users::person(ctx, user).await?.coming_from(remote_address());
    Ok(audit::note(ctx, &person.by(), Entry::of(AuditAct::SignedIn, "")).await?)
}
