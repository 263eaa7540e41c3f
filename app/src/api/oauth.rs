//! Signing in with Microsoft or Google: the organisation's applications, how far a sign-in has come, and the
//! links that mailbox owners are sent.
//!
//! A sign-in itself is begun by a plain form that posts to `/oauth/begin`: see `pages/begin_form.rs`.

use leptos::prelude::*;
use postroom_server::model::{
    ApplicationStatus, Cloud, MailboxId, OAuthProvider, OwnerLink, OwnerLinkId, PublicUrl, Remedy, SignInState,
    StepState, Timestamp, TrialStep,
};
use serde::{Deserialize, Serialize};

use super::{ApiError, live::Whose};

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
    Err(ApiError::Internal)
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
    let _ = (provider, client_id, client_secret, tenant, cloud, secret_expires_on);
    Err(ApiError::Internal)
}

/// Forgets an application that no mailbox rests on.
#[server(endpoint = "remove_application")]
pub async fn remove_application(provider: OAuthProvider) -> Result<(), ApiError> {
    let _ = provider;
    Err(ApiError::Internal)
}

/// Asks the provider whether it takes the application.
#[server(endpoint = "try_application")]
pub async fn try_application(provider: OAuthProvider) -> Result<Vec<TriedStep>, ApiError> {
    let _ = provider;
    Err(ApiError::Internal)
}

/// How far the sign-in for a draft or a mailbox has come.
#[server(name = LookAtSignIn, endpoint = "sign_in_state")]
pub async fn sign_in_state(workspace: String, of: Whose) -> Result<SignInShown, ApiError> {
    let _ = (workspace, of);
    Err(ApiError::Internal)
}

/// The links that were made for a mailbox, the newest first.
#[server(endpoint = "owner_links")]
pub async fn owner_links(workspace: String, mailbox: MailboxId) -> Result<Vec<OwnerLink>, ApiError> {
    let _ = (workspace, mailbox);
    Err(ApiError::Internal)
}

/// Makes a link for a mailbox's owner and goes to the page that shows it.
#[server(endpoint = "create_owner_link")]
pub async fn create_owner_link(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let _ = (workspace, mailbox);
    Err(ApiError::Internal)
}

/// The link that was just made, once.
#[server(name = TakeNewOwnerLink, endpoint = "new_owner_link")]
pub async fn new_owner_link(workspace: String, mailbox: MailboxId) -> Result<Option<NewOwnerLink>, ApiError> {
    let _ = (workspace, mailbox);
    Err(ApiError::Internal)
}

/// Takes a link back.
#[server(endpoint = "revoke_owner_link")]
pub async fn revoke_owner_link(workspace: String, mailbox: MailboxId, link: OwnerLinkId) -> Result<(), ApiError> {
    let _ = (workspace, mailbox, link);
    Err(ApiError::Internal)
}

/// What is behind a link, for whoever has it.
#[server(endpoint = "open_owner_link")]
pub async fn open_owner_link(token: String) -> Result<OpenedLink, ApiError> {
    let _ = token;
    Err(ApiError::Internal)
}
