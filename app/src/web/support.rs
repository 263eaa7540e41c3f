//! The file for support of a mailbox, a draft or the relay, as a download.

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use postroom_server::{
    Error, drafts, mailboxes,
    model::{Direction, DraftId, MailboxId},
    relay,
    support::{self, Checked},
    users,
};

use super::caller::Caller;

/// A text that is saved and not kept anywhere else.
type File = ([(HeaderName, HeaderValue); 2], String);

/// Of a saved mailbox.
pub async fn mailbox(caller: Caller, Path((workspace, mailbox)): Path<(String, MailboxId)>) -> Response {
    caller
        .get(async |ctx, person| {
            let viewer = users::viewer(&ctx, &person, &workspace).await?;
            let details = mailboxes::details(&ctx, &viewer, mailbox).await?;
            let servers = [
                (&details.incoming_settings, &details.incoming_report),
                (&details.outgoing_settings, &details.outgoing_report),
            ];
            let servers: Vec<Checked<'_>> = servers
                .into_iter()
                .filter_map(|(settings, report)| {
                    Some(Checked { settings: settings.as_ref()?, report: report.as_ref() })
                })
                .collect();
            Ok(file(support::file(details.summary.address.as_str(), ctx.clock.now(), &servers)))
        })
        .await
}

/// Of a mailbox that is being typed.
pub async fn draft(caller: Caller, Path((workspace, draft)): Path<(String, DraftId)>) -> Response {
    caller
        .get(async |ctx, person| {
            let manager = users::manager(&ctx, &person, &workspace).await?;
            let draft = drafts::load(&ctx, &manager, draft).await?;
            let servers = Direction::BOTH.map(|direction| {
                (draft.form.server(direction).settings(direction.protocol()).ok(), draft.report(direction))
            });
            let servers: Vec<Checked<'_>> = servers
                .iter()
                .filter_map(|(settings, report)| Some(Checked { settings: settings.as_ref()?, report: *report }))
                .collect();
            Ok(file(support::file(&draft.form.address, ctx.clock.now(), &servers)))
        })
        .await
}

/// Of the relay.
pub async fn of_relay(caller: Caller) -> Response {
    caller
        .get(async |ctx, person| {
            let admin = users::admin(&ctx, person.user.id).await?;
            let relay = relay::details(&ctx, &admin).await?;
            let settings = relay.settings.ok_or(Error::NotFound("relay"))?;
            let servers = [Checked { settings: &settings, report: relay.report.as_ref() }];
            Ok(file(support::file("the relay", ctx.clock.now(), &servers)))
        })
        .await
}

fn file(text: String) -> File {
    let named = HeaderValue::from_static("attachment; filename=\"postroom-support.txt\"");
    let headers = [(header::CONTENT_DISPOSITION, named), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (headers, text)
}
