//! What waits to be sent, and what can be done about it.

use leptos::prelude::*;
use postroom_server::model::{Delivery, DeliveryId, Remedy};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{admin, manager, situation, viewer, workspaces::done};
#[cfg(feature = "ssr")]
use postroom_server::{
    Context, Error, mailboxes,
    model::{DeliveryState, Direction, MailboxId, Problem, Protocol, ServerKind},
    outbox::{self, MaySee},
    remedy,
    users::Viewer,
};

/// The page that lists the messages of Postroom itself.
#[cfg(feature = "ssr")]
const OWN_PAGE: &str = "/account/relay";

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
    if workspace.is_empty() {
        let (ctx, admin) = admin().await?;
        return Ok(shown(&ctx, MaySee::from(&admin)).await?);
    }
    let (ctx, viewer) = viewer(&workspace).await?;
    Ok(shown(&ctx, MaySee::from(&viewer)).await?)
}

/// One delivery.
#[server(endpoint = "one_delivery")]
pub async fn one_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<Delivery, ApiError> {
    if workspace.is_empty() {
        let (ctx, admin) = admin().await?;
        return Ok(outbox::details(&ctx, &admin, delivery).await?);
    }
    let (ctx, viewer) = viewer(&workspace).await?;
    Ok(outbox::details(&ctx, &viewer, delivery).await?)
}

/// Makes a delivery due at once.
#[server(endpoint = "retry_delivery")]
pub async fn retry_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    if workspace.is_empty() {
        let (ctx, admin) = admin().await?;
        outbox::retry(&ctx, &admin, delivery).await?;
        return done(OWN_PAGE, "retried");
    }
    let (ctx, manager) = manager(&workspace).await?;
    outbox::retry(&ctx, &manager, delivery).await?;
    done(&format!("/admin/{}/channels/email/outbox", manager.slug()), "retried")
}

/// Forgets a delivery.
#[server(endpoint = "throw_away_delivery")]
pub async fn throw_away_delivery(#[server(default)] workspace: String, delivery: DeliveryId) -> Result<(), ApiError> {
    if workspace.is_empty() {
        let (ctx, admin) = admin().await?;
        outbox::throw_away(&ctx, &admin, delivery).await?;
        return done(OWN_PAGE, "thrown_away");
    }
    let (ctx, manager) = manager(&workspace).await?;
    outbox::throw_away(&ctx, &manager, delivery).await?;
    done(&format!("/admin/{}/channels/email/outbox", manager.slug()), "thrown_away")
}

/// Everything that may be seen, with its repairs.
#[cfg(feature = "ssr")]
async fn shown(ctx: &Context, may: MaySee<'_>) -> Result<Vec<Shown>, Error> {
    let mut all = Vec::new();
    for state in DeliveryState::ALL {
        for delivery in outbox::list(ctx, may, state).await? {
            let remedy = match (&delivery.problem, state) {
                (None, _) | (_, DeliveryState::Sent) => None,
                (Some(problem), _) => of_delivery(ctx, may, &delivery, problem).await?,
            };
            all.push(Shown { delivery, remedy });
        }
    }
    Ok(all)
}

/// What to do about what stopped a delivery.
#[cfg(feature = "ssr")]
async fn of_delivery(
    ctx: &Context,
    may: MaySee<'_>,
    delivery: &Delivery,
    problem: &Problem,
) -> Result<Option<Box<Remedy>>, Error> {
    match (may, &delivery.mailbox) {
        (MaySee::Workspace(viewer), Some(mailbox)) => {
            advice(ctx, viewer, mailbox.id, problem, Direction::Outgoing).await
        }
        (MaySee::Workspace(viewer), None) => super::relay::advice(ctx, viewer, delivery.sender.as_str(), problem).await,
        (MaySee::Postroom(admin), _) => super::relay::advice(ctx, admin, delivery.sender.as_str(), problem).await,
    }
}

/// What to do about a problem of one direction; `None` where that direction has no server any more.
#[cfg(feature = "ssr")]
pub(super) async fn advice(
    ctx: &Context,
    viewer: &Viewer,
    mailbox: MailboxId,
    problem: &Problem,
    direction: Direction,
) -> Result<Option<Box<Remedy>>, Error> {
    let details = mailboxes::details(ctx, viewer, mailbox).await?;
    if details.summary.kind == ServerKind::Default && direction == Direction::Outgoing {
        return super::relay::advice(ctx, viewer, details.summary.address.as_str(), problem).await;
    }
    let (settings, protocol) = match direction {
        Direction::Incoming => (&details.incoming_settings, Protocol::Imap),
        Direction::Outgoing => (&details.outgoing_settings, Protocol::Smtp),
    };
    let Some(settings) = settings else { return Ok(None) };
    let (address, grant) = (details.summary.address.as_str(), details.summary.grant.as_ref());
    let situation = situation::of_server(ctx, viewer, protocol, settings, address, grant).await?;
    Ok(Some(Box::new(remedy::remedy(problem, &situation, crate::i18n::language()))))
}
