//! Mailboxes that are saved: list, look, pause, delete.

use leptos::prelude::*;
use postroom_server::model::{MailboxDetails, MailboxId, MailboxSummary};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    signed_in,
    workspaces::{done, find},
};
#[cfg(feature = "ssr")]
use postroom_server::{
    mailboxes,
    model::{Direction, Protocol},
    remedy,
};

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
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    let all = mailboxes::list(&ctx, &admin, workspace.id).await?;
    let mut listed = Vec::with_capacity(all.len());
    for summary in all {
        let failing = [&summary.incoming, &summary.outgoing].iter().any(|status| status.problem.is_some());
        // Only what is broken needs a closer look, for its words name hosts and ports.
        let details =
            if failing { Some(mailboxes::details(&ctx, &admin, workspace.id, summary.id).await?) } else { None };
        let reason = |direction| details.as_ref().and_then(|details| reason(details, direction));
        let (incoming_reason, outgoing_reason) = (reason(Direction::Incoming), reason(Direction::Outgoing));
        listed.push(Listed { summary, incoming_reason, outgoing_reason });
    }
    Ok(listed)
}

#[cfg(feature = "ssr")]
fn reason(mailbox: &MailboxDetails, direction: Direction) -> Option<String> {
    let (status, settings) = match direction {
        Direction::Incoming => (&mailbox.summary.incoming, &mailbox.incoming_settings),
        Direction::Outgoing => (&mailbox.summary.outgoing, &mailbox.outgoing_settings),
    };
    let situation = situation(direction.protocol(), settings.as_ref()?, mailbox.summary.address.as_str());
    Some(remedy::remedy(status.problem.as_ref()?, &situation, crate::i18n::language()).title)
}

/// One mailbox with its last reports, remedies included in the reader's language.
#[server(endpoint = "mailbox")]
pub async fn mailbox(workspace: String, mailbox: MailboxId) -> Result<MailboxDetails, ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    let mut details = mailboxes::details(&ctx, &admin, workspace.id, mailbox).await?;
    let address = details.summary.address.to_string();
    for (direction, settings, report) in [
        (Direction::Incoming, &details.incoming_settings, &mut details.incoming_report),
        (Direction::Outgoing, &details.outgoing_settings, &mut details.outgoing_report),
    ] {
        if let (Some(settings), Some(report)) = (settings, report) {
            let situation = situation(direction.protocol(), settings, &address);
            remedy::advise(report, &situation, crate::i18n::language());
        }
    }
    Ok(details)
}

/// Lets a mailbox rest, or wakes it.
#[server(endpoint = "pause_mailbox")]
pub async fn pause_mailbox(workspace: String, mailbox: MailboxId, paused: bool) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    if paused {
        mailboxes::pause(&ctx, &admin, workspace.id, mailbox).await?;
    } else {
        mailboxes::resume(&ctx, &admin, workspace.id, mailbox).await?;
    }
    let page = format!("/admin/{}/channels/email/mailboxes/{mailbox}", workspace.slug);
    done(&page, if paused { "paused" } else { "resumed" })
}

/// Deletes a mailbox with its settings and passwords.
#[server(endpoint = "delete_mailbox")]
pub async fn delete_mailbox(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, admin) = signed_in().await?;
    let workspace = find(&ctx, &admin, &workspace).await?;
    mailboxes::delete(&ctx, &admin, workspace.id, mailbox).await?;
    done(&format!("/admin/{}/channels/email/mailboxes", workspace.slug), "deleted")
}

/// What a remedy must know to name hosts, ports and addresses.
#[cfg(feature = "ssr")]
pub(super) fn situation(
    protocol: Protocol,
    settings: &postroom_server::model::ServerSettings,
    address: &str,
) -> remedy::Situation {
    remedy::Situation {
        protocol,
        host: settings.endpoint.host.clone(),
        port: settings.endpoint.port,
        security: settings.endpoint.security,
        username: settings.username.clone(),
        address: address.to_owned(),
        oauth: None,
    }
}
