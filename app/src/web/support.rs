//! The file for support of a mailbox, a draft or the relay, as a download.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use postroom_server::{
    Context, Error, drafts, mailboxes,
    model::{Direction, DraftId, MailboxId},
    relay,
    support::{self, Checked},
    users::{self, Person},
};
use tower_sessions::Session;

use super::sessions;

/// Of a saved mailbox.
pub async fn mailbox(
    State(ctx): State<Context>,
    session: Session,
    Path((workspace, mailbox)): Path<(String, MailboxId)>,
) -> Response {
    answer(&ctx, &session, async |person| {
        let viewer = users::viewer(&ctx, &person, &workspace).await?;
        let details = mailboxes::details(&ctx, &viewer, mailbox).await?;
        let servers = [
            (&details.incoming_settings, &details.incoming_report),
            (&details.outgoing_settings, &details.outgoing_report),
        ];
        let servers: Vec<Checked<'_>> = servers
            .into_iter()
            .filter_map(|(settings, report)| Some(Checked { settings: settings.as_ref()?, report: report.as_ref() }))
            .collect();
        Ok(support::file(details.summary.address.as_str(), ctx.clock.now(), &servers))
    })
    .await
}

/// Of a mailbox that is being typed.
pub async fn draft(
    State(ctx): State<Context>,
    session: Session,
    Path((workspace, draft)): Path<(String, DraftId)>,
) -> Response {
    answer(&ctx, &session, async |person| {
        let manager = users::manager(&ctx, &person, &workspace).await?;
        let draft = drafts::load(&ctx, &manager, draft).await?;
        let servers = Direction::BOTH.map(|direction| {
            (draft.form.server(direction).settings(direction.protocol()).ok(), draft.report(direction))
        });
        let servers: Vec<Checked<'_>> = servers
            .iter()
            .filter_map(|(settings, report)| Some(Checked { settings: settings.as_ref()?, report: *report }))
            .collect();
        Ok(support::file(&draft.form.address, ctx.clock.now(), &servers))
    })
    .await
}

/// Of the relay.
pub async fn of_relay(State(ctx): State<Context>, session: Session) -> Response {
    answer(&ctx, &session, async |person| {
        let admin = users::admin(&ctx, person.user.id).await?;
        let relay = relay::details(&ctx, &admin).await?;
        let settings = relay.settings.ok_or(Error::NotFound("relay"))?;
        let servers = [Checked { settings: &settings, report: relay.report.as_ref() }];
        Ok(support::file("the relay", ctx.clock.now(), &servers))
    })
    .await
}

async fn answer(
    ctx: &Context,
    session: &Session,
    write: impl AsyncFnOnce(Person) -> Result<String, Error>,
) -> Response {
    let written = match sessions::person(ctx, session).await {
        Ok(Some(person)) => write(person).await,
        Ok(None) => return Redirect::to("/sign-in").into_response(),
        Err(error) => Err(error),
    };
    match written {
        Ok(text) => {
            let mut response = text.into_response();
            let headers = response.headers_mut();
            let named = HeaderValue::from_static("attachment; filename=\"postroom-support.txt\"");
            headers.insert(header::CONTENT_DISPOSITION, named);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(Error::NotFound(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::Forbidden) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "A file for support was not written.");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
