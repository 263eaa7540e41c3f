//! What waits to be sent, and what can be done about it.

use leptos::prelude::*;
use postroom_server::model::{Delivery, DeliveryId, Remedy};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    signed_in, situation,
    workspaces::{done, find},
};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, Error, mailboxes,
    model::{DeliveryState, Direction, MailboxId, Problem, Protocol, ServerKind, WorkspaceId},
    outbox::{self, Whose},
    remedy,
    users::Admin,
};

/// A delivery, with the repair of what stopped it in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub delivery: Delivery,
    pub remedy: Option<Box<Remedy>>,
}

/// The deliveries of a workspace, or those of Postroom itself where it is blank: parked, failed, waiting, and recently
/// sent; the newest first in each.
#[server(endpoint = "outbox")]
pub async fn outbox(#[server(default)] workspace: String) -> Result<Vec<Shown>, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let (whose, _) = whose(&ctx, &admin, &workspace).await?;
    let mut all = Vec::new();
    for state in DeliveryState::ALL {
        for delivery in outbox::list(&ctx, &admin, whose, state).await? {
            let remedy = match (&delivery.problem, state) {
                (None, _) | (_, DeliveryState::Sent) => None,
                (Some(problem), _) => of_delivery(&ctx, &admin, whose, &delivery, problem).await?,
            };
            all.push(Shown { delivery, remedy });
        }
    }
    Ok(all)
}

/// One delivery.
#[server(endpoint = "one_delivery")]
pub async fn one_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<Delivery, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let (whose, _) = whose(&ctx, &admin, &workspace).await?;
    Ok(outbox::details(&ctx, &admin, whose, delivery).await?)
}

/// Makes a delivery due at once.
#[server(endpoint = "retry_delivery")]
pub async fn retry_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let (whose, page) = whose(&ctx, &admin, &workspace).await?;
    outbox::retry(&ctx, &admin, whose, delivery).await?;
    done(&page, "retried")
}

/// Forgets a delivery.
#[server(endpoint = "throw_away_delivery")]
pub async fn throw_away_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let (whose, page) = whose(&ctx, &admin, &workspace).await?;
    outbox::throw_away(&ctx, &admin, whose, delivery).await?;
    done(&page, "thrown_away")
}

/// Whose messages are meant, and the page that lists them.
#[cfg(feature = "ssr")]
async fn whose(ctx: &Context, admin: &Admin, workspace: &str) -> Result<(Whose, String), ApiError> {
    if workspace.is_empty() {
        return Ok((Whose::Postroom, "/account/relay".to_owned()));
    }
    let workspace = find(ctx, admin, workspace).await?;
    Ok((Whose::Workspace(workspace.id), format!("/admin/{}/channels/email/outbox", workspace.slug)))
}

/// What to do about what stopped a delivery.
#[cfg(feature = "ssr")]
async fn of_delivery(
    ctx: &Context,
    admin: &Admin,
    whose: Whose,
    delivery: &Delivery,
    problem: &Problem,
) -> Result<Option<Box<Remedy>>, Error> {
    match (whose, &delivery.mailbox) {
        (Whose::Workspace(workspace), Some(mailbox)) => {
            advice(ctx, admin, workspace, mailbox.id, problem, Direction::Outgoing).await
        }
        _ => super::relay::advice(ctx, admin, delivery.sender.as_str(), problem).await,
    }
}

/// What to do about a problem of one direction; `None` where that direction has no server any more.
#[cfg(feature = "ssr")]
pub(super) async fn advice(
    ctx: &Context,
    admin: &Admin,
    workspace: WorkspaceId,
    mailbox: MailboxId,
    problem: &Problem,
    direction: Direction,
) -> Result<Option<Box<Remedy>>, Error> {
    let details = mailboxes::details(ctx, admin, workspace, mailbox).await?;
    if details.summary.kind == ServerKind::Default && direction == Direction::Outgoing {
        return super::relay::advice(ctx, admin, details.summary.address.as_str(), problem).await;
    }
    let (settings, protocol) = match direction {
        Direction::Incoming => (&details.incoming_settings, Protocol::Imap),
        Direction::Outgoing => (&details.outgoing_settings, Protocol::Smtp),
    };
    let Some(settings) = settings else { return Ok(None) };
    let (address, grant) = (details.summary.address.as_str(), details.summary.grant.as_ref());
    let situation = situation::of_server(ctx, admin, protocol, settings, address, grant).await?;
    Ok(Some(Box::new(remedy::remedy(problem, &situation, crate::i18n::language()))))
}
