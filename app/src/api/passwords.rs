//! A new password for whoever has forgotten theirs. Nobody is signed in here: the link in the mail is the right.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{account::brakes, context, remote_address};
#[cfg(feature = "ssr")]
use postroom_server::{model::NewPassword, password_resets};

/// Has a link mailed, if somebody has this address; the answer is the same if nobody has.
#[server(endpoint = "forgot_password")]
pub async fn forgot_password(email: String) -> Result<(), ApiError> {
    let ctx = context()?;
    brakes()?.letter(&email, remote_address())?;
    let asked = password_resets::ask(&ctx, &email, crate::i18n::language()).await;
    asked.map_err(|error| ApiError::from(error).with_typed([("email", email.as_str())]))?;
    leptos_axum::redirect("/forgotten?sent=1");
    Ok(())
}

/// Whether a link can be used; nothing changes.
#[server(endpoint = "open_password_reset")]
pub async fn open_password_reset(token: String) -> Result<bool, ApiError> {
    let ctx = context()?;
    brakes()?.stranger(remote_address())?;
    Ok(password_resets::open(&ctx, &token.into()).await?)
}

/// Uses a link.
#[server(endpoint = "reset_password")]
pub async fn reset_password(token: String, password: String, password_again: String) -> Result<(), ApiError> {
    let ctx = context()?;
    brakes()?.stranger(remote_address())?;
    let form = NewPassword { password, password_again };
    password_resets::reset(&ctx, &token.into(), form, crate::i18n::language(), Some(remote_address())).await?;
    // Whoever else is signed in in this very browser is somebody else's matter.
    leptos_axum::redirect("/sign-in?done=password_set");
    Ok(())
}
