//! Mailboxes that are saved: list, look, pause, delete.

use leptos::prelude::*;
use postroom_server::model::{MailboxDetails, MailboxId, MailboxSummary};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{manager, situation, viewer, workspaces::done};
#[cfg(feature = "ssr")]
use postroom_server::{Context, Error, mailboxes, model::Direction, remedy, users::Viewer};

/// A line of the list: the mailbox, and what is wrong with each direction in the reader's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub summary: MailboxSummary,
    pub incoming_reason: Option<String>,
    pub outgoing_reason: Option<String>,
}

/// The mailboxes of a workspace: the primary one first, then by name.
#[server(endpoint = "list_mailboxes")]
pub async fn list_mailboxes(workspace: String) -> Result<Vec<Listed>, ApiError> {
    let (ctx, viewer) = viewer(&workspace).await?;
    let all = mailboxes::list(&ctx, &viewer).await?;
    let mut listed = Vec::with_capacity(all.len());
    for summary in all {
        let failing = [&summary.incoming, &summary.outgoing].iter().any(|status| status.problem.is_some());
        // Only what is broken needs a closer look, for its words name hosts and ports.
        let details = if failing { Some(mailboxes::details(&ctx, &viewer, summary.id).await?) } else { None };
        let (mut incoming_reason, mut outgoing_reason) = (None, None);
        if let Some(details) = &details {
            incoming_reason = reason(&ctx, &viewer, details, Direction::Incoming).await?;
            outgoing_reason = reason(&ctx, &viewer, details, Direction::Outgoing).await?;
        }
        listed.push(Listed { summary, incoming_reason, outgoing_reason });
    }
    Ok(listed)
}

#[cfg(feature = "ssr")]
async fn reason(
    ctx: &Context,
    viewer: &Viewer,
    mailbox: &MailboxDetails,
    direction: Direction,
) -> Result<Option<String>, Error> {
    let status = match direction {
        Direction::Incoming => &mailbox.summary.incoming,
        Direction::Outgoing => &mailbox.summary.outgoing,
    };
    match &status.problem {
        Some(problem) => situation::title(ctx, viewer, mailbox, direction, problem).await,
        None => Ok(None),
    }
}

/// One mailbox with its last reports, remedies included in the reader's language.
#[server(endpoint = "mailbox")]
pub async fn mailbox(workspace: String, mailbox: MailboxId) -> Result<MailboxDetails, ApiError> {
    let (ctx, viewer) = viewer(&workspace).await?;
    let mut details = mailboxes::details(&ctx, &viewer, mailbox).await?;
    let (address, grant) = (details.summary.address.to_string(), details.summary.grant.as_ref());
    for (direction, settings, report) in [
        (Direction::Incoming, &details.incoming_settings, &mut details.incoming_report),
        (Direction::Outgoing, &details.outgoing_settings, &mut details.outgoing_report),
    ] {
        if let (Some(settings), Some(report)) = (settings, report) {
            let situation =
                situation::of_server(&ctx, &viewer, direction.protocol(), settings, &address, grant).await?;
            remedy::advise(report, &situation, crate::i18n::language());
        }
    }
    Ok(details)
}

/// Lets a mailbox rest, or wakes it.
#[server(endpoint = "pause_mailbox")]
pub async fn pause_mailbox(workspace: String, mailbox: MailboxId, paused: bool) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    if paused {
        mailboxes::pause(&ctx, &manager, mailbox).await?;
    } else {
        mailboxes::resume(&ctx, &manager, mailbox).await?;
    }
    let page = format!("/admin/{}/channels/email/mailboxes/{mailbox}", manager.slug());
    done(&page, if paused { "paused" } else { "resumed" })
}

/// Deletes a mailbox with its settings and passwords.
#[server(endpoint = "delete_mailbox")]
pub async fn delete_mailbox(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    mailboxes::delete(&ctx, &manager, mailbox).await?;
    done(&format!("/admin/{}/channels/email/mailboxes", manager.slug()), "deleted")
}
