//! Identity providers, and the ways into this Postroom.
//!
//! A sign-in itself is begun by a plain form that posts to `/sso/begin`: see `pages/ways_in.rs`.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its server function")]

use leptos::prelude::*;
use postroom_server::model::{
    IdentityId, IdentityProvider, IdentityProviderId, LocalLogin, ProviderTrial, WaysIn, Workspace,
};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, context, not_stored, origin, session, workspaces::done};
#[cfg(feature = "ssr")]
use crate::web::{Throttles, sessions, sign_in::here};
#[cfg(feature = "ssr")]
use postroom_server::{
    Error, identity_providers as stored,
    model::{Field, IdentityProviderForm, Reason, RoleRule},
    single_sign_on, workspaces,
};

/// The page of single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleSignOn {
    pub providers: Vec<IdentityProvider>,
    pub at_once: bool,
    pub local: LocalLogin,
}

/// The page of one provider, or of a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderShown {
    /// `None`: there is none yet.
    pub provider: Option<IdentityProvider>,
    /// What the provider must be told, exactly.
    pub redirect_uri: String,
    /// Those that people can be given a role in, by name.
    pub workspaces: Vec<Workspace>,
}

/// A value of the claim and the role it gives, as a form posts them. Both are blank in a row that is not used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedRule {
    pub value: String,
    pub role: String,
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
    let (ctx, admin) = admin().await?;
    let by = sessions::provider(&session().await?).await;
    Ok(SingleSignOn {
        providers: stored::list(&ctx, &admin, here().as_ref()).await?,
        at_once: single_sign_on::ways_in(&ctx).await?.at_once,
        local: single_sign_on::local_login_for(&ctx, &admin, by).await?,
    })
}

/// One provider, or what is needed to add one.
#[server(name = LoadIdentityProvider, endpoint = "identity_provider")]
pub async fn load_identity_provider(id: Option<IdentityProviderId>) -> Result<ProviderShown, ApiError> {
    let (ctx, admin) = admin().await?;
    let provider = match id {
        Some(id) => Some(stored::get(&ctx, &admin, id, here().as_ref()).await?),
        None => None,
    };
    let mut workspaces = workspaces::list(&ctx, &admin).await?;
    workspaces.retain(|workspace| !workspace.archived);
    workspaces.sort_by_key(|workspace| workspace.name.to_lowercase());
    Ok(ProviderShown { provider, redirect_uri: stored::callback(&ctx, &admin, here().as_ref())?, workspaces })
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
    #[server(default)] default_role: String,
    #[server(default)] role_claim: String,
    #[server(default)] rules: Vec<TypedRule>,
    #[server(default)] refuse_others: bool,
) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let (role_rules, halves) = read_rules(&rules);
    let form = IdentityProviderForm {
        name,
        issuer,
        client_id,
        scopes,
        domains,
        trusted,
        create_accounts,
        default_role: default_role.parse().ok(),
        role_claim,
        role_rules,
        refuse_others,
    };
    let secret = (!client_secret.is_empty()).then(|| client_secret.into());
    let saved = match id {
        _ if halves => Err(Error::invalid(Field::RoleRules, Reason::HalfRule)),
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
            ("default_role", default_role.as_str()),
            ("role_claim", form.role_claim.as_str()),
            ("refuse_others", said(form.refuse_others)),
        ];
        let mut rows = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            rows.push((rule_field(index, "value"), rule.value.as_str()));
            rows.push((rule_field(index, "role"), rule.role.as_str()));
        }
        let rows = rows.iter().map(|(name, value)| (name.as_str(), *value));
        ApiError::from(error).with_typed(typed.into_iter().chain(rows))
    })?;
    done(&format!("/account/single-sign-on/{id}"), "application_saved")
}

/// Removes a provider.
#[server(endpoint = "remove_identity_provider")]
pub async fn remove_identity_provider(id: IdentityProviderId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    stored::remove(&ctx, &admin, id).await?;
    done("/account/single-sign-on", "provider_removed")
}

/// Forgets who somebody is at a provider.
#[server(endpoint = "unlink_identity")]
pub async fn unlink_identity(id: IdentityProviderId, identity: IdentityId) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    stored::unlink(&ctx, &admin, id, identity).await?;
    done(&format!("/account/single-sign-on/{id}"), "unlinked")
}

/// Asks a provider whether it takes us.
#[server(endpoint = "try_identity_provider")]
pub async fn try_identity_provider(id: IdentityProviderId) -> Result<Vec<ProviderTrial>, ApiError> {
    let (ctx, admin) = admin().await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    Ok(stored::try_out(&ctx, &admin, id, here().as_ref()).await?)
}

/// Whether the only provider is gone to without being asked for.
#[server(endpoint = "set_sign_on_at_once")]
pub async fn set_sign_on_at_once(#[server(default)] at_once: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    single_sign_on::set_at_once(&ctx, &admin, at_once).await?;
    done("/account/single-sign-on", "settings_saved")
}

/// Switches passwords on or off as a way in.
#[server(endpoint = "switch_local_login")]
pub async fn switch_local_login(on: bool) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let session = session().await?;
    let by = sessions::provider(&session).await;
    single_sign_on::set_local_login(&ctx, &admin, by, on).await?;
    // Switching off has ended every session; whoever did it came in through a provider and stays.
    if let Some(provider) = by.filter(|_| !on) {
        sessions::sign_on(&ctx, &session, admin.user.id, provider, origin()).await.map_err(not_stored)?;
    }
    done("/account/single-sign-on", if on { "local_login_on" } else { "local_login_off" })
}

/// The name of a field of the rule in this row.
#[must_use]
pub fn rule_field(index: usize, part: &str) -> String {
    format!("rules[{index}][{part}]")
}

/// The rules that were typed, and whether one of them is only half there.
#[cfg(feature = "ssr")]
fn read_rules(typed: &[TypedRule]) -> (Vec<RoleRule>, bool) {
    let mut halves = false;
    let mut rules = Vec::new();
    for TypedRule { value, role } in typed {
        match (value.trim(), role.parse()) {
            ("", _) if role.is_empty() => {}
            ("", _) | (_, Err(_)) => halves = true,
            (value, Ok(role)) => rules.push(RoleRule { value: value.to_owned(), role }),
        }
    }
    (rules, halves)
}
