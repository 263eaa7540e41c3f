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
    model::{DeliveryState, Direction, MailboxId, Problem, Protocol, WorkspaceId},
    outbox, remedy,
    users::Admin,
};

/// A delivery, with the repair of what stopped it in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub delivery: Delivery,
    pub remedy: Option<Box<Remedy>>,
}

/// The deliveries of a workspace: parked, failed, waiting, and recently sent; the newest first in each.
#[server(endpoint = "outbox")]
pub async fn outbox(workspace: String) -> Result<Vec<Shown>, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    let mut all = Vec::new();
    for state in DeliveryState::ALL {
        for delivery in outbox::list(&ctx, &admin, workspace.id, state).await? {
            let remedy = match (&delivery.problem, state) {
                (None, _) | (_, DeliveryState::Sent) => None,
                (Some(problem), _) => {
                    advice(&ctx, &admin, workspace.id, delivery.mailbox_id, problem, Direction::Outgoing).await?
                }
            };
            all.push(Shown { delivery, remedy });
        }
    }
    Ok(all)
}

/// One delivery.
#[server(endpoint = "one_delivery")]
pub async fn one_delivery(workspace: String, delivery: DeliveryId) -> Result<Delivery, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    Ok(outbox::details(&ctx, &admin, workspace.id, delivery).await?)
}

/// Makes a delivery due at once.
#[server(endpoint = "retry_delivery")]
pub async fn retry_delivery(workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    outbox::retry(&ctx, &admin, workspace.id, delivery).await?;
    done(&format!("/admin/{}/channels/email/outbox", workspace.slug), "retried")
}

/// Forgets a delivery.
#[server(endpoint = "throw_away_delivery")]
pub async fn throw_away_delivery(workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    outbox::throw_away(&ctx, &admin, workspace.id, delivery).await?;
    done(&format!("/admin/{}/channels/email/outbox", workspace.slug), "thrown_away")
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
    let (settings, protocol) = match direction {
        Direction::Incoming => (&details.incoming_settings, Protocol::Imap),
        Direction::Outgoing => (&details.outgoing_settings, Protocol::Smtp),
    };
    let Some(settings) = settings else { return Ok(None) };
    let (address, grant) = (details.summary.address.as_str(), details.summary.grant.as_ref());
    let situation = situation::of_server(ctx, admin, protocol, settings, address, grant).await?;
    Ok(Some(Box::new(remedy::remedy(problem, &situation, crate::i18n::language()))))
}
