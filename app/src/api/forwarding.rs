//! Mail that is forwarded to a mailbox on Postroom's own server: where to, whether it comes, and what came last.

use leptos::prelude::*;
use postroom_server::model::{
    EmailAddress, ForwardingCheck, ForwardingConfirmation, MailboxId, MessageText, ReceivedMail, Remedy, SenderDomain,
};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{manager, outbox::advice};
#[cfg(feature = "ssr")]
use crate::{i18n::language, web::Throttles};
#[cfg(feature = "ssr")]
use postroom_server::{
    forwarding, inbound, mailboxes,
    model::{Direction, ForwardingStage},
    relay, sender_domains,
};

/// How many of the last messages are shown.
#[cfg(feature = "ssr")]
const SHOWN: usize = 5;

/// How mail comes to a mailbox on Postroom's own server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardingShown {
    /// Where mail is to be forwarded to; `None` where the mailbox's own address is Postroom's already.
    pub forward_to: Option<EmailAddress>,
    /// Whether Postroom's own server listens at all.
    pub receiving: bool,
    /// Whether there is a server to send the check through.
    pub relay: bool,
    pub check: Option<ForwardingCheck>,
    /// The repair of what stopped the check, in the reader's language.
    pub remedy: Option<Box<Remedy>>,
    pub confirmation: Option<ForwardingConfirmation>,
    /// The newest first.
    pub received: Vec<ReceivedShown>,
    /// What the DNS says about mail from this address.
    pub domain: Option<SenderDomain>,
}

/// A message, and what it says while it may be the question of a mail system that is to forward here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedShown {
    pub mail: ReceivedMail,
    pub said: Option<MessageText>,
}

/// How mail comes to a mailbox on Postroom's own server.
#[server(endpoint = "forwarding")]
pub async fn forwarding_of(workspace: String, mailbox: MailboxId) -> Result<ForwardingShown, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let summary = mailboxes::details(&ctx, &manager, mailbox).await?.summary;
    let forward_to = if forwarding::is_ours(&ctx, &summary.address) {
        None
    } else {
        Some(inbound::forwarding_address(&ctx, &manager, mailbox).await?)
    };
    let check = forwarding::last_check(&ctx, &manager, mailbox).await?;
    let remedy = match &check {
        Some(ForwardingCheck { stage: ForwardingStage::NotSent { problem: Some(problem), .. }, .. }) => {
            advice(&ctx, &manager, mailbox, problem, Direction::Outgoing).await?
        }
        _ => None,
    };
    let mails = inbound::last_received(&ctx, &manager, mailbox, SHOWN).await?;
    let said = if summary.is_awaiting() && forward_to.is_some() {
        let ids: Vec<_> = mails.iter().map(|mail| mail.id).collect();
        inbound::texts(&ctx, &manager, mailbox, &ids).await?
    } else {
        vec![None; mails.len()]
    };
    let received = mails.into_iter().zip(said).map(|(mail, said)| ReceivedShown { mail, said }).collect();
    Ok(ForwardingShown {
        forward_to,
        receiving: ctx.config.inbound.listen.is_some(),
        relay: relay::is_set(&ctx, &manager).await?,
        check,
        remedy,
        confirmation: forwarding::confirmation(&ctx, &manager, mailbox).await?,
        domain: sender_domains::of_mailbox(&ctx, &manager, mailbox).await?,
        received,
    })
}

/// Sends a mail to the mailbox's address that is to come back by being forwarded.
#[server(endpoint = "check_forwarding")]
pub async fn check_forwarding(workspace: String, mailbox: MailboxId) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(manager.user.id.0)?;
    forwarding::check(&ctx, &manager, mailbox, language()).await?;
    leptos_axum::redirect(&format!("/admin/{}/channels/email/mailboxes/{mailbox}#forwarding", manager.slug()));
    Ok(())
}
