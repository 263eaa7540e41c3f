//! The two addresses a browser passes on its way to Microsoft or Google and back.
//!
//! ```text
//! POST /oauth/begin ─► a page that goes on by itself ─► the provider ─► GET /oauth/callback ─► where it began
//! ```
//!
//! The way out is a page and no redirect: a page's policy lets its forms lead nowhere but here, which browsers
//! also ask of redirects (CSP 3, `form-action`). Nothing the provider says is repeated before it was read.

use std::net::SocketAddr;

use axum::{
    Form,
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use leptos::prelude::use_context;
use postroom_server::{
    Context, Error,
    config::Config,
    model::{DraftId, MailboxId},
    oauth::Answer,
    owner_links,
    sign_ins::{self, Landing, Purpose},
    users,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tower_sessions::Session;
use url::Url;

use super::{Throttles, caller::failed, escape, language, sessions};
use crate::{i18n::words_in, say};

/// What the button's form posts: a draft or a mailbox of a workspace, or an owner's link.
#[derive(Deserialize)]
pub struct Asked {
    workspace: Option<String>,
    draft: Option<DraftId>,
    mailbox: Option<MailboxId>,
    link: Option<String>,
    other_account: Option<String>,
}

/// What a provider sends back, by RFC 6749 4.1.2 and, for the consent link, by Microsoft's own names.
#[derive(Deserialize)]
pub struct Returned {
    #[serde(default)]
    state: String,
    #[serde(flatten)]
    answer: Answer,
    admin_consent: Option<String>,
}

/// Sends a browser to the provider.
pub async fn begin(
    State(ctx): State<Context>,
    State(throttles): State<Throttles>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    session: Session,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Response {
    if throttles.stranger(remote.ip()).is_err() {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let (purpose, back) = match purpose(&ctx, &session, asked).await {
        Ok(Some(found)) => found,
        Ok(None) => return Redirect::to("/sign-in").into_response(),
        Err(error) => return failed(&error),
    };
    let Ok(browser) = sessions::browser(&session).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match sign_ins::begin(&ctx, &purpose, &browser, of_headers(&headers, &ctx.config).as_ref()).await {
        Ok(Some(url)) => onward(&url, &headers),
        Ok(None) => Redirect::to(&back).into_response(),
        Err(error) => failed(&error),
    }
}

/// Takes a browser back in.
pub async fn callback(
    State(ctx): State<Context>,
    State(throttles): State<Throttles>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    session: Session,
    Query(returned): Query<Returned>,
) -> Response {
    if throttles.stranger(remote.ip()).is_err() {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    // A refused consent carries `admin_consent` too: the error is looked at first.
    if returned.admin_consent.is_some() {
        let given = returned.answer.error.is_none();
        return match sign_ins::consent(&ctx, &returned.state, given).await {
            Ok(true) => Redirect::to(if given { "/consent/given" } else { "/consent/refused" }).into_response(),
            Ok(false) => unknown(),
            Err(error) => failed(&error),
        };
    }
    let Returned { state, answer, .. } = returned;
    let browser = sessions::known_browser(&session).await;
    let user = sessions::user(&session).await;
    match sign_ins::finish(&ctx, &state, browser.as_ref(), user, &answer, Some(remote.ip())).await {
        Ok(landing) => land(ctx, landing),
        Err(error) => failed(&error),
    }
}

/// Where this browser sees Postroom, when no public address is set and the browser is on this very machine.
///
/// Providers take such addresses without https. No other `Host` is believed.
pub fn here() -> Option<Url> {
    let (ctx, parts) = (use_context::<Context>()?, use_context::<axum::http::request::Parts>()?);
    of_headers(&parts.headers, &ctx.config)
}

/// Where this browser sees Postroom, by its `Host`.
pub(super) fn of_headers(headers: &HeaderMap, config: &Config) -> Option<Url> {
    if config.public_url.is_some() {
        return None;
    }
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let url = Url::parse(&format!("http://{host}")).ok()?;
    let loopback = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    loopback.then_some(url)
}

/// What is to be signed in for, with the right to it, and the page to go back to. `None`: nobody is signed in here.
async fn purpose(ctx: &Context, session: &Session, asked: Asked) -> Result<Option<(Purpose, String)>, Error> {
    if let Some(token) = asked.link.map(SecretString::from) {
        let back = format!("/renew/{}", token.expose_secret());
        let opened = owner_links::open(ctx, &token).await?;
        return Ok(Some((owner_links::purpose(ctx, opened).await?, back)));
    }
    let Some(person) = sessions::person(ctx, session).await? else { return Ok(None) };
    let manager = users::manager(ctx, &person, &asked.workspace.unwrap_or_default()).await?;
    let channel = format!("/admin/{}/channels/email", manager.slug());
    match (asked.draft, asked.mailbox) {
        (Some(draft), _) => {
            let other = asked.other_account.is_some();
            let purpose = sign_ins::for_draft(ctx, &manager, draft, other).await?;
            Ok(Some((purpose, format!("{channel}/drafts/{draft}/connect"))))
        }
        (None, Some(mailbox)) => {
            let purpose = sign_ins::for_mailbox(ctx, &manager, mailbox).await?;
            Ok(Some((purpose, format!("{channel}/mailboxes/{mailbox}"))))
        }
        (None, None) => Err(Error::NotFound("purpose")),
    }
}

fn land(ctx: Context, landing: Landing) -> Response {
    let to = match landing {
        Landing::Draft { workspace, draft } => format!("/admin/{workspace}/channels/email/drafts/{draft}/connect"),
        Landing::Mailbox { workspace, mailbox, signed_in } => {
            let page = format!("/admin/{workspace}/channels/email/mailboxes/{mailbox}");
            if signed_in {
                look_again(ctx, mailbox);
                format!("{page}?done=signed_in_again")
            } else {
                page
            }
        }
        Landing::Link { mailbox, token, signed_in } => {
            if signed_in {
                look_again(ctx, mailbox);
            }
            format!("/renew/{}", token.expose_secret())
        }
        Landing::Unknown => return unknown(),
    };
    Redirect::to(&to).into_response()
}

/// Checks a mailbox that somebody has signed in for again, so that its page knows without anybody asking.
fn look_again(ctx: Context, mailbox: MailboxId) {
    tokio::spawn(async move {
        if let Err(error) = sign_ins::recheck(&ctx, mailbox).await {
            tracing::warn!(mailbox = mailbox.0, error = &error as &dyn std::error::Error, "A mailbox was not checked.");
        }
    });
}

/// An attempt that is not known here: the page of that problem says why and what to do.
fn unknown() -> Response {
    Redirect::to("/help/problems/sign_in_expired").into_response()
}

/// A page that goes on to the provider by itself, and has a link where it does not.
pub(super) fn onward(url: &Url, headers: &HeaderMap) -> Response {
    let language = language::of(headers);
    let words = words_in(language);
    let (title, link) = (say!(words, signin.onward_title), say!(words, signin.onward_link));
    let (tag, url) = (language.tag(), escape(url.as_str()));
    let page = format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta http-equiv=\"refresh\" content=\"0; url={url}\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/pkg/postroom.css\"></head>\
         <body><main class=\"onward\"><h1>{title}</h1><p><a href=\"{url}\">{link}</a></p></main></body></html>"
    );
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(host: &'static str) -> HeaderMap {
        [(header::HOST, HeaderValue::from_static(host))].into_iter().collect()
    }

    #[test]
    fn only_this_very_machine_is_believed_to_be_the_address() {
        let config = Config::default();
        for name in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            let url = of_headers(&host(name), &config).map(String::from);
            assert_eq!(url, Some(format!("http://{name}/")));
        }
        for name in ["desk.example.com", "evil.example:3000", "10.0.0.1", "localhost.evil.example", "a b"] {
            assert_eq!(of_headers(&host(name), &config), None, "{name}");
        }
        let public = Config { public_url: Url::parse("https://desk.example.com").ok(), ..config };
        assert_eq!(of_headers(&host("localhost:3000"), &public), None);
    }
}
