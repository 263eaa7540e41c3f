//! The second factor: signing in with it, one's own, and the rule that everybody has one.

use leptos::prelude::*;
use postroom_server::model::{SecondFactor, SecretToShow, UserId};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    account::{brakes, note_signed_in},
    admin, context, not_stored, origin, person, remote_address, session,
    workspaces::done,
};
#[cfg(feature = "ssr")]
use crate::web::{guard::local_path, sessions};
#[cfg(feature = "ssr")]
use postroom_server::{
    audit::{self, Entry},
    model::AuditAct,
    own_account, password_resets, second_factor, users,
};

/// The page where it is set up.
#[cfg(feature = "ssr")]
const PAGE: &str = "/second-factor";
/// Under which name new recovery codes are kept for one reading.
#[cfg(feature = "ssr")]
const FRESH: &str = "recovery-codes";

/// What the set-up page shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingUp {
    pub state: SecondFactor,
    /// While it is being set up.
    pub secret: Option<SecretToShow>,
    /// Nothing else can be done before it is on.
    pub owed: bool,
    /// `false`: they sign in with the organisation's own sign-in only.
    pub has_password: bool,
}

/// What the page about signing in to the whole account shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInSecurity {
    pub required: bool,
    /// How many people have a password here and no second factor.
    pub without: u32,
    /// Links to a new password can be mailed.
    pub mails: bool,
}

/// The second half of signing in: a code of the app, or a recovery code. `recovery` says which of the two pages asks.
///
/// The page posts this as a plain form, as the first half does.
#[server(endpoint = "enter_code")]
pub async fn enter_code(code: String, #[server(default)] recovery: Option<String>) -> Result<(), ApiError> {
    let (ctx, session) = (context()?, session().await?);
    let Some((user, awaited)) = sessions::awaited(&ctx, &session).await else {
        leptos_axum::redirect("/sign-in?late=1");
        return Ok(());
    };
    let refused = match brakes()?.attempt(&format!("code of user {user}"), remote_address()) {
        Err(too_many) => format!("wait={}", too_many.retry_after_seconds),
        Ok(()) => match second_factor::enter(&ctx, user, &code).await? {
            Some(by) => {
                note_signed_in(&ctx, user).await?;
                sessions::sign_in(&ctx, &session, user, by, origin()).await.map_err(not_stored)?;
                own_account::reads(&ctx, user, crate::i18n::language()).await?;
                leptos_axum::redirect(local_path(&awaited.next));
                return Ok(());
            }
            None => {
                let person = users::person(&ctx, user).await?.coming_from(remote_address());
                audit::note(&ctx, &person.by(), Entry::of(AuditAct::SignInRefused, "")).await?;
                "wrong=1".to_owned()
            }
        },
    };
    let page = if recovery.is_some() { "recovery=1&" } else { "" };
    leptos_axum::redirect(&format!("/sign-in/code?{page}{refused}"));
    Ok(())
}

/// Whether this browser's session awaits a code.
#[server(endpoint = "code_awaited")]
pub async fn code_awaited() -> Result<bool, ApiError> {
    // It tells strangers nothing: they know what they have typed.
    Ok(sessions::awaited(&context()?, &session().await?).await.is_some())
}

/// How one's own second factor stands, and what the app is to be given.
#[server(name = LoadSecondFactor, endpoint = "second_factor")]
pub async fn load_second_factor() -> Result<SettingUp, ApiError> {
    let (ctx, person) = person().await?;
    let state = second_factor::state(&ctx, &person).await?;
    let secret = second_factor::to_show(&ctx, &person).await?;
    let owed = second_factor::owed(&ctx, person.user.id).await?;
    let has_password = own_account::has_password(&ctx, &person).await?;
    Ok(SettingUp { state, secret, owed, has_password })
}

/// Makes a secret for an app.
#[server(endpoint = "begin_second_factor")]
pub async fn begin_second_factor() -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    second_factor::begin(&ctx, &person).await?;
    leptos_axum::redirect(PAGE);
    Ok(())
}

/// Turns the second factor on with the app's first code.
#[server(endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(code: String) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    brakes()?.attempt(&format!("code of user {}", person.user.id), remote_address())?;
    let codes = second_factor::confirm(&ctx, &person, &code).await?;
    show_once(&ctx, &codes).await
}

/// Makes new recovery codes.
#[server(endpoint = "new_recovery_codes")]
pub async fn new_recovery_codes(current: String) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    brakes()?.attempt(person.user.email.as_str(), remote_address())?;
    let codes = second_factor::new_recovery_codes(&ctx, &person, current.into()).await?;
    show_once(&ctx, &codes).await
}

/// The recovery codes that were just made, once.
#[server(name = TakeFreshRecoveryCodes, endpoint = "fresh_recovery_codes")]
pub async fn fresh_recovery_codes() -> Result<Option<Vec<String>>, ApiError> {
    let (ctx, _) = person().await?;
    Ok(sessions::take_once(&ctx, &session().await?, FRESH).await?)
}

/// Turns one's own second factor off.
#[server(endpoint = "turn_off_second_factor")]
pub async fn turn_off_second_factor(current: String, code: String) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    brakes()?.attempt(person.user.email.as_str(), remote_address())?;
    second_factor::turn_off(&ctx, &person, current.into(), &code).await?;
    done("/account/me", "second_factor_off")
}

/// Takes another person's second factor away, who has lost it.
#[server(endpoint = "reset_second_factor")]
pub async fn reset_second_factor(user: UserId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    second_factor::reset(&ctx, &admin, user).await?;
    done("/account/people", "second_factor_taken")
}

/// How people sign in to this account.
#[server(name = LoadSignInSecurity, endpoint = "sign_in_security")]
pub async fn load_sign_in_security() -> Result<SignInSecurity, ApiError> {
    let (ctx, admin) = admin().await?;
    let (required, without) = second_factor::requirement(&ctx, &admin).await?;
    Ok(SignInSecurity { required, without, mails: password_resets::can_be_mailed(&ctx, &admin).await? })
}

/// Requires a second factor of everybody with a password here, or does not.
#[server(endpoint = "require_second_factor")]
pub async fn require_second_factor(#[server(default)] required: Option<String>) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    second_factor::require(&ctx, &admin, required.is_some()).await?;
    if second_factor::owed(&ctx, admin.user.id).await? {
        leptos_axum::redirect(PAGE);
        return Ok(());
    }
    done("/account/security", "settings_saved")
}

#[cfg(feature = "ssr")]
async fn show_once(ctx: &postroom_server::Context, codes: &[String]) -> Result<(), ApiError> {
    let session = session().await?;
    sessions::renew_id(&session).await.map_err(not_stored)?;
    sessions::keep_once(ctx, &session, FRESH, &codes).await?;
    leptos_axum::redirect("/second-factor?codes=1");
    Ok(())
}
