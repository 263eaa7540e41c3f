//! One's own account: name, password, sessions.

use leptos::prelude::*;
use postroom_server::model::{OwnSession, SecondFactor, SessionId, User};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{account::brakes, not_stored, person, remote_address, session, workspaces::done};
#[cfg(feature = "ssr")]
use crate::web::sessions::{key_hash, renew_id};
#[cfg(feature = "ssr")]
use postroom_server::{
    Error,
    model::{NameForm, NewPassword},
    own_account, second_factor, sessions,
};

/// The page.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account/me";

/// Everything the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    pub user: User,
    /// `false`: they sign in with the organisation's own sign-in only.
    pub has_password: bool,
    pub second_factor: SecondFactor,
    /// The one that was seen last first.
    pub sessions: Vec<OwnSession>,
}

/// What the page shows.
#[server(name = LoadOwnAccount, endpoint = "own_account")]
pub async fn load_own_account() -> Result<OwnAccount, ApiError> {
    let (ctx, person) = person().await?;
    let this = key_hash(&session().await?);
    let has_password = own_account::has_password(&ctx, &person).await?;
    let second_factor = second_factor::state(&ctx, &person).await?;
    let sessions = sessions::own(&ctx, &person, this.as_deref()).await?;
    Ok(OwnAccount { user: person.user, has_password, second_factor, sessions })
}

/// Gives whoever asks another name.
#[server(endpoint = "rename_me")]
pub async fn rename_me(name: String) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    let form = NameForm { name };
    let renamed = own_account::rename(&ctx, &person, &form).await;
    renamed.map_err(|error| ApiError::from(error).with_typed([("name", form.name.as_str())]))?;
    done(PAGE, "settings_saved")
}

/// Gives whoever asks a new password; their other sessions end.
#[server(endpoint = "change_password")]
pub async fn change_password(current: String, password: String, password_again: String) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    brakes()?.attempt(person.user.email.as_str(), remote_address())?;
    let session = session().await?;
    let form = NewPassword { password, password_again };
    let this = key_hash(&session);
    own_account::change_password(&ctx, &person, this.as_deref(), current.into(), form).await?;
    renew_id(&session).await.map_err(not_stored)?;
    done(PAGE, "password_changed")
}

/// Ends one of one's own sessions.
#[server(endpoint = "end_session")]
pub async fn end_session(id: SessionId) -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    match sessions::end(&ctx, &person, id).await {
        // One that is not there is as good as ended.
        Ok(()) | Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    done(PAGE, "session_ended")
}

/// Ends all of one's own sessions but this one.
#[server(endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let (ctx, person) = person().await?;
    let this = key_hash(&session().await?).ok_or(ApiError::SignedOut)?;
    sessions::end_others(&ctx, &person, &this).await?;
    done(PAGE, "sessions_ended")
}
