//! Finding a mailbox's servers from its address, live: typed lines of JSON over one streamed answer, as for a check.
//!
//! The search runs inside the stream. When the browser goes away the answer is dropped, and with it the search. What
//! was found is remembered for a while, so that the pages that follow do not search again. No password is involved.

use leptos::{
    prelude::*,
    server_fn::codec::{StreamingText, TextStream},
};
use postroom_server::model::{Discovery, DraftId, Progress};
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::manager;
#[cfg(feature = "ssr")]
use postroom_server::{drafts, model::EmailAddress};

/// What is told while a search runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum SearchLine {
    Heard { heard: Progress },
    Found { discovery: Box<Discovery> },
}

/// A page of the wizard that shows what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchPage {
    Server,
    Connect,
}

/// Searches for the servers of an address and tells every source as it begins and ends, one JSON object a line; the
/// last one is what was found. What is remembered is told at once, unless somebody wants it asked `again`.
#[server(endpoint = "watch_search", output = StreamingText)]
pub async fn watch_search(workspace: String, address: String, again: bool) -> Result<TextStream<ApiError>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let address = EmailAddress::parse(&address).map_err(|_| ApiError::NotFound)?;
    let known = if again { None } else { ctx.discoverer.remembered(&address) };
    if let Some(discovery) = known {
        return Ok(TextStream::new(native::told(discovery)));
    }
    native::brake(&manager)?;
    Ok(TextStream::new(native::search(ctx, address)))
}

/// What was found out about a draft's address a short while ago, if anybody has searched.
#[server(endpoint = "found_servers")]
pub async fn found_servers(workspace: String, draft: DraftId) -> Result<Option<Discovery>, ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let draft = drafts::load(&ctx, &manager, draft).await?;
    let address = EmailAddress::parse(&draft.form.address).ok();
    Ok(address.and_then(|address| ctx.discoverer.remembered(&address)))
}

/// Searches to the end and goes back to the page: this is how pages without JavaScript search again.
#[server(endpoint = "search_servers")]
pub async fn search_servers(workspace: String, draft: DraftId, page: SearchPage) -> Result<(), ApiError> {
    let (ctx, manager) = manager(&workspace).await?;
    let kept = drafts::load(&ctx, &manager, draft).await?;
    if let Ok(address) = EmailAddress::parse(&kept.form.address) {
        native::brake(&manager)?;
        postroom_server::discover::discover(&ctx.discoverer, &address, |_| {}).await;
    }
    let page = match page {
        SearchPage::Server => "server",
        SearchPage::Connect => "connect",
    };
    leptos_axum::redirect(&format!("/admin/{}/channels/email/drafts/{draft}/{page}", manager.slug()));
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) mod native {
    use futures::{Stream, StreamExt, channel::mpsc, future, stream};
    use leptos::prelude::use_context;
    use postroom_server::{
        Context,
        discover::discover,
        model::{Discovery, EmailAddress},
        users::Manager,
    };

    use super::{ApiError, SearchLine};
    use crate::web::Throttles;

    /// One search of this person's, unless there were too many.
    pub(crate) fn brake(manager: &Manager) -> Result<(), ApiError> {
        Ok(use_context::<Throttles>().ok_or(ApiError::Internal)?.search(manager.user.id.0)?)
    }

    /// Searches while somebody listens.
    pub(super) fn search(
        ctx: Context,
        address: EmailAddress,
    ) -> impl Stream<Item = Result<String, ApiError>> + Send + 'static {
        let (sender, lines) = mpsc::unbounded();
        let work = async move {
            let live = sender.clone();
            // Nobody listening any more is no reason to fail: the stream is about to be dropped.
            let report = move |heard| drop(live.unbounded_send(SearchLine::Heard { heard }));
            let discovery = discover(&ctx.discoverer, &address, report).await;
            drop(sender.unbounded_send(SearchLine::Found { discovery: Box::new(discovery) }));
        };
        let work = stream::once(work).filter_map(|()| future::ready(None::<SearchLine>));
        stream::select(work, lines).map(|line| written(&line))
    }

    /// What is known already, as the only line.
    pub(super) fn told(discovery: Discovery) -> impl Stream<Item = Result<String, ApiError>> + Send + 'static {
        let line = SearchLine::Found { discovery: Box::new(discovery) };
        stream::once(future::ready(written(&line)))
    }

    fn written(line: &SearchLine) -> Result<String, ApiError> {
        serde_json::to_string(line).map(|line| line + "\n").map_err(|_| ApiError::Internal)
    }
}
