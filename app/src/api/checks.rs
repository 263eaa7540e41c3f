//! Checks that run to their end before the answer: for pages without JavaScript.

use leptos::prelude::*;
use postroom_server::model::MailboxId;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    live::{Whose, native::Check},
    manager,
};
#[cfg(feature = "ssr")]
use postroom_server::{mailboxes, model::Direction};

/// Checks a saved mailbox in both directions that are set up, and goes back to its page.
#[server(endpoint = "check_mailbox")]
pub async fn check_mailbox(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let details = mailboxes::details(&ctx, &manager, mailbox).await?;
    let one = async |direction, configured: bool| {
        if configured {
            Check::prepare(manager.slug(), Whose::Mailbox(mailbox), direction).await?.run().await
        } else {
            Ok(())
        }
    };
    let (incoming, outgoing) = futures::join!(
        one(Direction::Incoming, details.incoming_settings.is_some()),
        one(Direction::Outgoing, details.outgoing_settings.is_some()),
    );
    incoming.and(outgoing)?;
    leptos_axum::redirect(&format!("/admin/{}/channels/email/mailboxes/{mailbox}", manager.slug()));
    Ok(())
}
