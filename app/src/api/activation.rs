//! Activation: how far it is, sending its mail again, and the link that anybody may confirm who has it.

use leptos::prelude::*;
use postroom_server::model::{Activation, ActivationLink, MailboxId, Remedy, Timestamp};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{context, manager, outbox::advice, remote_address, viewer};
#[cfg(feature = "ssr")]
use crate::web::Throttles;
#[cfg(feature = "ssr")]
use postroom_server::{
    activation as activations, mailboxes,
    model::{ActivationStage, Direction, Problem},
};

/// A mailbox's activation, and what can be done about it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationShown {
    /// `None` where nothing is to be proven.
    pub activation: Option<Activation>,
    /// The mailbox is to be at work, and its address is not proven to be ours.
    pub awaiting: bool,
    /// The repair of what stopped it, in the reader's language.
    pub remedy: Option<Box<Remedy>>,
    /// The server's own words.
    pub reply: Option<String>,
    /// The link in the last mail cannot be used any more.
    pub link_is_dead: bool,
    /// Set while as many mails as may go out in an hour have gone out: when there may be another one.
    pub wait_until: Option<Timestamp>,
}

impl ActivationShown {
    /// True while it is worth looking again soon.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.awaiting && self.activation.as_ref().is_some_and(Activation::is_under_way)
    }
}

/// How far the activation of a mailbox is.
#[server(name = LookAtActivation, endpoint = "activation")]
pub async fn activation(workspace: String, mailbox: MailboxId) -> Result<ActivationShown, ApiError> {
    let (ctx, viewer) = viewer(&workspace).await?;
    let summary = mailboxes::details(&ctx, &viewer, mailbox).await?.summary;
    let awaiting = summary.is_awaiting();
    let now = ctx.clock.now();
    let trouble: Option<(&Problem, Direction)> = match summary.activation.as_ref().map(|one| &one.stage) {
        Some(ActivationStage::NotSent { problem: Some(problem), .. }) => Some((problem, Direction::Outgoing)),
        Some(ActivationStage::NotSeen { problem, .. }) => Some((problem, Direction::Incoming)),
        _ => None,
    };
    let trouble = trouble.filter(|_| awaiting);
    let remedy = match trouble {
        Some((problem, direction)) => advice(&ctx, &viewer, mailbox, problem, direction).await?,
        None => None,
    };
    let reply = trouble.and_then(|(problem, _)| problem.reply()).map(str::to_owned);
    let link_is_dead = summary.activation.as_ref().is_some_and(|one| one.expires_at.is_some_and(|at| at <= now));
    let wait_until = summary.activation.as_ref().and_then(|one| one.again_at).filter(|at| now < *at);
    Ok(ActivationShown { activation: summary.activation, awaiting, remedy, reply, link_is_dead, wait_until })
}

/// Sends the activation mail once more.
#[server(endpoint = "send_activation")]
pub async fn send_activation(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    activations::send_again(&ctx, &manager, mailbox).await?;
    leptos_axum::redirect(&format!("/admin/{}/channels/email/mailboxes/{mailbox}#activation", manager.slug()));
    Ok(())
}

/// What is behind a link, for whoever has it; nothing changes.
#[server(endpoint = "open_activation")]
pub async fn open_activation(token: String) -> Result<ActivationLink, ApiError> {
    let ctx = context()?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.stranger(remote_address())?;
    Ok(activations::open(&ctx, &token.into()).await?)
}

/// Uses a link: whoever has it says that the mailbox is theirs.
#[server(endpoint = "activate_mailbox")]
pub async fn activate_mailbox(token: String) -> Result<(), ApiError> {
    let ctx = context()?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.stranger(remote_address())?;
    // A token has digits and letters only; what else was typed is no address to lead to.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ApiError::NotFound);
    }
    activations::activate(&ctx, &token.clone().into()).await?;
    leptos_axum::redirect(&format!("/activate/{token}"));
    Ok(())
}
