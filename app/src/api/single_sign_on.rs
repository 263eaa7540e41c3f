//! Identity providers, and the ways into this Postroom.
//!
//! A sign-in itself is begun by a plain form that posts to `/sso/begin`: see `pages/ways_in.rs`.

use leptos::prelude::*;
use postroom_server::model::{
    IdentityId, IdentityProvider, IdentityProviderId, LocalLogin, ProviderTrial, WaysIn,
};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{context, session, signed_in, workspaces::done};
#[cfg(feature = "ssr")]
use crate::web::{Throttles, sessions, sign_in::here};
#[cfg(feature = "ssr")]
use postroom_server::{identity_providers as stored, model::IdentityProviderForm, single_sign_on};

/// The page of single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleSignOn {
    pub providers: Vec<IdentityProvider>,
    pub at_once: bool,
    pub local: LocalLogin,
}

/// The ways in, for the page to sign in at.
#[server(name = LoadWaysIn, endpoint = "ways_in")]
pub async fn ways_in() -> Result<WaysIn, ApiError> {
    // Whoever is not signed in has to see them.
    Ok(single_sign_on::ways_in(&context()?).await?)
}

/// The providers, and how one may sign in besides.
#[server(name = LoadSingleSignOn, endpoint = "single_sign_on")]
pub async fn load_single_sign_on() -> Result<SingleSignOn, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let by = sessions::provider(&session().await?).await;
    Ok(SingleSignOn {
        providers: stored::list(&ctx, &admin, here().as_ref()).await?,
        at_once: single_sign_on::ways_in(&ctx).await?.at_once,
        local: single_sign_on::local_login_for(&ctx, &admin, by).await?,
    })
}

/// One provider.
#[server(name = LoadIdentityProvider, endpoint = "identity_provider")]
pub async fn load_identity_provider(id: IdentityProviderId) -> Result<IdentityProvider, ApiError> {
    let (ctx, admin) = signed_in().await?;
    Ok(stored::get(&ctx, &admin, id, here().as_ref()).await?)
}

/// The redirect URI that a provider has to be told before it is added here.
#[server(endpoint = "sign_on_callback")]
pub async fn sign_on_callback() -> Result<String, ApiError> {
    let (ctx, admin) = signed_in().await?;
    Ok(stored::callback(&ctx, &admin, here().as_ref())?)
}

/// Adds a provider, or changes the one with this id; an empty client secret leaves the one that is kept.
#[server(endpoint = "save_identity_provider")]
pub async fn save_identity_provider(
    #[server(default)] id: Option<IdentityProviderId>,
    name: String,
    issuer: String,
    client_id: String,
    client_secret: String,
    scopes: String,
    #[server(default)] domains: String,
    #[server(default)] trusted: bool,
    #[server(default)] create_accounts: bool,
) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let form = IdentityProviderForm { name, issuer, client_id, scopes, domains, trusted, create_accounts };
    let secret = (!client_secret.is_empty()).then(|| client_secret.into());
    let saved = match id {
        Some(id) => stored::save(&ctx, &admin, id, &form, secret).await.map(|()| id),
        None => stored::add(&ctx, &admin, &form, secret).await,
    };
    let id = saved.map_err(|error| {
        let said = |yes: bool| if yes { "true" } else { "false" };
        let typed = [
            ("name", form.name.as_str()),
            ("issuer", form.issuer.as_str()),
            ("client_id", form.client_id.as_str()),
            ("scopes", form.scopes.as_str()),
            ("domains", form.domains.as_str()),
            ("trusted", said(form.trusted)),
            ("create_accounts", said(form.create_accounts)),
        ];
        ApiError::from(error).with_typed(typed)
    })?;
    done(&format!("/account/single-sign-on/{id}"), "application_saved")
}

/// Removes a provider.
#[server(endpoint = "remove_identity_provider")]
pub async fn remove_identity_provider(id: IdentityProviderId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    stored::remove(&ctx, &admin, id).await?;
    done("/account/single-sign-on", "provider_removed")
}

/// Forgets who somebody is at a provider.
#[server(endpoint = "unlink_identity")]
pub async fn unlink_identity(id: IdentityProviderId, identity: IdentityId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    stored::unlink(&ctx, &admin, id, identity).await?;
    done(&format!("/account/single-sign-on/{id}"), "unlinked")
}

/// Asks a provider whether it takes us.
#[server(endpoint = "try_identity_provider")]
pub async fn try_identity_provider(id: IdentityProviderId) -> Result<Vec<ProviderTrial>, ApiError> {
    let (ctx, admin) = signed_in().await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    Ok(stored::try_out(&ctx, &admin, id, here().as_ref()).await?)
}

/// Whether the only provider is gone to without being asked for.
#[server(endpoint = "set_sign_on_at_once")]
pub async fn set_sign_on_at_once(#[server(default)] at_once: bool) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    single_sign_on::set_at_once(&ctx, &admin, at_once).await?;
    done("/account/single-sign-on", "settings_saved")
}

/// Switches passwords on or off as a way in.
#[server(endpoint = "switch_local_login")]
pub async fn switch_local_login(on: bool) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let by = sessions::provider(&session().await?).await;
    single_sign_on::set_local_login(&ctx, &admin, by, on).await?;
    done("/account/single-sign-on", if on { "local_login_on" } else { "local_login_off" })
}
