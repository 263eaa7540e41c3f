//! Test mails: sending one, and how far the last one has come.

use leptos::prelude::*;
use postroom_server::model::{Backlog, MailboxId, Remedy, TestMail};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{manager, outbox::advice, viewer};
#[cfg(feature = "ssr")]
use crate::{i18n::language, web::Throttles};
#[cfg(feature = "ssr")]
use postroom_server::{
    model::{Direction, Problem, TestResult},
    outbox, test_mail as tests,
};

/// The last test mail of a mailbox, and what else it has to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMailShown {
    pub last: Option<TestMail>,
    /// The repair of what stopped it, in the reader's language.
    pub remedy: Option<Box<Remedy>>,
    /// The server's own words.
    pub reply: Option<String>,
    pub backlog: Backlog,
}

/// How far the last test mail has come.
#[server(endpoint = "last_test_mail")]
pub async fn last_test_mail(workspace: String, mailbox: MailboxId) -> Result<TestMailShown, ApiError> {
    let (ctx, viewer) = viewer(&workspace).await?;
    let last = tests::last(&ctx, &viewer, mailbox).await?;
    let backlog = outbox::backlog(&ctx, &viewer, mailbox).await?;
    let trouble: Option<(&Problem, Direction)> = match last.as_ref().and_then(TestMail::result) {
        Some(TestResult::NotSent { problem: Some(problem), .. }) => Some((problem, Direction::Outgoing)),
        Some(TestResult::NotSeen { problem, .. }) => Some((problem, Direction::Incoming)),
        _ => None,
    };
    let remedy = match trouble {
        Some((problem, direction)) => advice(&ctx, &viewer, mailbox, problem, direction).await?,
        None => None,
    };
    let reply = trouble.and_then(|(problem, _)| problem.reply()).map(str::to_owned);
    Ok(TestMailShown { last, remedy, reply, backlog })
}

/// Sends a test mail, to the mailbox itself where `to` is blank, and answers when it has come to its end.
#[server(endpoint = "send_test_mail")]
pub async fn send_test_mail(
    workspace: String,
    mailbox: MailboxId,
    #[server(default)] to: String,
) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    use_context::<Throttles>().ok_or(ApiError::Internal)?.check(manager.user.id.0)?;
    let begun = tests::begin(&ctx, &manager, mailbox, &to, language()).await;
    let begun = begun.map_err(|error| ApiError::from(error).with_typed([("to", to.as_str())]))?;
    // It goes on to its end when the browser does not wait: the mail is on its way, and is to be taken away again.
    let followed = tokio::spawn(async move { tests::follow(&ctx, begun).await });
    followed.await.map_err(|_| ApiError::Internal)??;
    leptos_axum::redirect(&format!("/admin/{}/channels/email/mailboxes/{mailbox}#test-mail", manager.slug()));
    Ok(())
}
