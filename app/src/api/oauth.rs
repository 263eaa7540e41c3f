//! Signing in with Microsoft or Google: the organisation's applications, how far a sign-in has come, and the
//! links that mailbox owners are sent.
//!
//! A sign-in itself is begun by a plain form that posts to `/oauth/begin`: see `pages/begin_form.rs`.

use leptos::prelude::*;
use postroom_server::model::{
    ApplicationStatus, Cloud, MailboxId, Need, OAuthProvider, OwnerLink, OwnerLinkId, PublicUrl, Remedy, SignInState,
    StepState, Timestamp, TrialStep,
};
use serde::{Deserialize, Serialize};

use super::{ApiError, live::Whose};
#[cfg(feature = "ssr")]
use super::{admin, context, manager, remote_address, session, situation, workspaces::done};
#[cfg(feature = "ssr")]
use crate::{
    i18n::language,
    web::{Throttles, sign_in::here},
};
#[cfg(feature = "ssr")]
use postroom_server::{
    applications as stored, drafts, mailboxes,
    model::{ApplicationForm, EmailAddress, Problem},
    owner_links as links, remedy, sign_ins,
};

/// One thing that was tried with an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriedStep {
    pub step: TrialStep,
    /// Passed, failed or skipped.
    pub state: StepState,
    pub remedy: Option<Box<Remedy>>,
    /// The provider's own words.
    pub reply: Option<String>,
}

/// How far a sign-in has come, with its repairs in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignInShown {
    pub state: SignInState,
    /// The repair of `state.refused`.
    pub refused: Option<Box<Remedy>>,
    /// The repair of what is wrong with `state.grant`.
    pub broken: Option<Box<Remedy>>,
    pub readiness: Readiness,
    /// The account that is offered at the provider.
    pub person_hint: String,
    /// What has to be done at the provider before it is of any use to sign in.
    pub first: Vec<Need>,
}

/// Whether somebody can be sent to the provider at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    Ready,
    /// The organisation has no application there yet.
    NotRegistered,
    /// The provider would not send anybody back here.
    PublicUrl(PublicUrl),
    /// The application itself is at fault.
    Broken(Box<Remedy>),
}

/// An owner's link, right after it was made: the only time its address is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOwnerLink {
    pub url: String,
    pub expires_at: Timestamp,
}

/// What the owner of a mailbox finds behind the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLink {
    pub provider: OAuthProvider,
    pub address: String,
    /// The account to choose at the provider.
    pub expected: String,
    /// Who asks: the workspace's name.
    pub organisation: String,
    pub expires_at: Timestamp,
    /// Why the last attempt did not work.
    pub refused: Option<Box<Remedy>>,
    /// Somebody signed in with it; nothing is left to do.
    pub done: bool,
}

/// The applications at both providers, Microsoft's first.
#[server(endpoint = "applications")]
pub async fn applications() -> Result<Vec<ApplicationStatus>, ApiError> {
    let (ctx, admin) = admin().await?;
    Ok(stored::list(&ctx, &admin, here().as_ref()).await?)
}

/// Keeps an application; an empty client secret leaves the one that is kept.
#[server(endpoint = "save_application")]
pub async fn save_application(
    provider: OAuthProvider,
    client_id: String,
    client_secret: String,
    #[server(default)] tenant: String,
    #[server(default)] cloud: Cloud,
    #[server(default)] secret_expires_on: String,
) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    let form = ApplicationForm { client_id, tenant, cloud, secret_expires_on };
    let secret = (!client_secret.is_empty()).then(|| client_secret.into());
    stored::save(&ctx, &admin, provider, &form, secret).await.map_err(|error| {
        let typed = [
            ("client_id", form.client_id.as_str()),
            ("tenant", form.tenant.as_str()),
            ("cloud", cloud_name(form.cloud)),
            ("secret_expires_on", form.secret_expires_on.as_str()),
        ];
        ApiError::from(error).with_typed(typed)
    })?;
    done(&format!("/account/sign-in/{}", provider.as_str()), "application_saved")
}

/// Forgets an application that no mailbox rests on.
#[server(endpoint = "remove_application")]
pub async fn remove_application(provider: OAuthProvider) -> Result<(), ApiError> {
    let (ctx, admin) = admin().await?;
    stored::remove(&ctx, &admin, provider).await?;
    done(&format!("/account/sign-in/{}", provider.as_str()), "application_removed")
}

/// Asks the provider whether it takes the application.
#[server(endpoint = "try_application")]
pub async fn try_application(provider: OAuthProvider) -> Result<Vec<TriedStep>, ApiError> {
    let (ctx, admin) = admin().await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(admin.user.id.0)?;
    let situation = situation::of_sign_in(&ctx, &admin, provider, None, "").await?;
    let tried = stored::try_out(&ctx, &admin, provider, here().as_ref()).await?.into_iter().map(|trial| {
        let (state, problem) = match trial.result {
            None => (StepState::Skipped, None),
            Some(Ok(())) => (StepState::Passed, None),
            Some(Err(problem)) => (StepState::Failed, Some(problem)),
        };
        TriedStep {
            step: trial.step,
            state,
            remedy: problem.as_ref().map(|problem| Box::new(remedy::remedy(problem, &situation, language()))),
            reply: problem.as_ref().and_then(Problem::reply).map(str::to_owned),
        }
    });
    Ok(tried.collect())
}

/// How far the sign-in for a draft or a mailbox has come.
#[server(name = LookAtSignIn, endpoint = "sign_in_state")]
pub async fn sign_in_state(workspace: String, of: Whose) -> Result<SignInShown, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let (state, provider, address, hint) = match of {
        Whose::Draft(id) => {
            let state = sign_ins::of_draft(&ctx, &manager, id).await?;
            let form = drafts::load(&ctx, &manager, id).await?.form;
            let hint = if form.other_account { String::new() } else { form.address.trim().to_owned() };
            (state, form.sign_in.ok_or(ApiError::NotFound)?, form.address, hint)
        }
        Whose::Mailbox(id) => {
            let state = sign_ins::of_mailbox(&ctx, &manager, id).await?;
            let summary = mailboxes::details(&ctx, &manager, id).await?.summary;
            let grant = summary.grant.ok_or(ApiError::NotFound)?;
            (state, grant.provider, summary.address.to_string(), grant.person)
        }
        Whose::Relay => return Err(ApiError::NotFound),
    };
    let situation = situation::of_sign_in(&ctx, &manager, provider, state.grant.as_ref(), &address).await?;
    let repair = |problem: &Problem| Box::new(remedy::remedy(problem, &situation, language()));
    let application = stored::get(&ctx, &manager, provider, here().as_ref()).await?;
    let readiness = match (&application.problem, application.public_url) {
        _ if !application.has_secret => Readiness::NotRegistered,
        (_, unfit @ (PublicUrl::NeedsHttps | PublicUrl::NeedsPublicName)) => Readiness::PublicUrl(unfit),
        (Some(problem), PublicUrl::Fits) => Readiness::Broken(repair(problem)),
        (None, PublicUrl::Fits) => Readiness::Ready,
    };
    let first = EmailAddress::parse(&address).map(|address| ctx.discoverer.needs_of_sign_in(&address, provider));
    Ok(SignInShown {
        first: first.unwrap_or_default(),
        refused: state.refused.as_ref().map(repair),
        broken: state.grant.as_ref().and_then(|grant| grant.problem.as_ref()).map(repair),
        readiness,
        person_hint: hint,
        state,
    })
}

/// The links that were made for a mailbox, the newest first.
#[server(endpoint = "owner_links")]
pub async fn owner_links(workspace: String, mailbox: MailboxId) -> Result<Vec<OwnerLink>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    Ok(links::list(&ctx, &manager, mailbox).await?)
}

/// Makes a link for a mailbox's owner and goes to the page that shows it.
#[server(endpoint = "create_owner_link")]
pub async fn create_owner_link(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let (token, expires_at) = links::create(&ctx, &manager, mailbox).await?;
    let base = here().map_or_else(|| ctx.config.base_url(), |here| here.origin().ascii_serialization());
    let link =
        NewOwnerLink { url: format!("{base}/renew/{}", secrecy::ExposeSecret::expose_secret(&token)), expires_at };
    crate::web::sessions::keep_once(&ctx, &session().await?, &new_link_key(mailbox), &link).await?;
    leptos_axum::redirect(&format!("/admin/{}/channels/email/mailboxes/{mailbox}/link?made=1", manager.slug()));
    Ok(())
}

/// The link that was just made, once.
#[server(name = TakeNewOwnerLink, endpoint = "new_owner_link")]
pub async fn new_owner_link(workspace: String, mailbox: MailboxId) -> Result<Option<NewOwnerLink>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    mailboxes::details(&ctx, &manager, mailbox).await?;
    Ok(crate::web::sessions::take_once(&ctx, &session().await?, &new_link_key(mailbox)).await?)
}

/// Takes a link back.
#[server(endpoint = "revoke_owner_link")]
pub async fn revoke_owner_link(workspace: String, mailbox: MailboxId, link: OwnerLinkId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    links::revoke(&ctx, &manager, mailbox, link).await?;
    done(&format!("/admin/{}/channels/email/mailboxes/{mailbox}/link", manager.slug()), "link_revoked")
}

/// What is behind a link, for whoever has it.
#[server(endpoint = "open_owner_link")]
pub async fn open_owner_link(token: String) -> Result<OpenedLink, ApiError> {
    // Whoever has the link has the right; nobody may guess for long.
    let ctx = context()?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.stranger(remote_address())?;
    let opened = links::open(&ctx, &token.into()).await?;
    let grant = opened.state.grant.as_ref();
    let situation = situation::for_owner(opened.provider, grant, &opened.address);
    Ok(OpenedLink {
        refused: opened.state.refused.as_ref().map(|problem| Box::new(remedy::remedy(problem, &situation, language()))),
        provider: opened.provider,
        address: opened.address,
        expected: opened.expected,
        organisation: opened.organisation,
        expires_at: opened.expires_at,
        done: opened.done,
    })
}

/// Where the session keeps a link that was just made.
#[cfg(feature = "ssr")]
fn new_link_key(mailbox: MailboxId) -> String {
    format!("new_link/{mailbox}")
}

/// The cloud's name in a form.
#[cfg(feature = "ssr")]
const fn cloud_name(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Worldwide => "worldwide",
        Cloud::UsGovernment => "us_government",
        Cloud::China => "china",
    }
}
