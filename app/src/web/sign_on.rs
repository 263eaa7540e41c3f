//! The two addresses a browser passes on its way to an identity provider and back, to sign in to Postroom itself.
//!
//! ```text
//! POST /sso/begin ─► a page that goes on by itself ─► the provider ─► GET /sso/callback ─► where one wanted to go
//! ```
//!
//! Where nobody is let in, the page to sign in at says why. Nothing the provider says is repeated.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Form,
    extract::{ConnectInfo, Query, Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use postroom_server::{
    Context, Error,
    model::{IdentityProviderId, SignOnRefusal},
    oauth::Answer,
    single_sign_on::{self, Ended},
};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    Throttles,
    caller::failed,
    guard::local_path,
    sessions,
    sign_in::{of_headers, onward},
};

/// What keeps the page to sign in at from going on by itself: its reader wants to see it, or has to read why they are
/// back.
const STAYS: [&str; 6] = ["local", "refused", "done", "wrong", "wait", "late"];

/// What the button's form posts.
#[derive(Deserialize)]
pub struct Asked {
    provider: IdentityProviderId,
    #[serde(default)]
    next: String,
}

/// What a provider sends back, by RFC 6749 4.1.2 and RFC 9207.
#[derive(Deserialize)]
pub struct Returned {
    #[serde(default)]
    state: String,
    #[serde(flatten)]
    answer: Answer,
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
    go(&ctx, &throttles, remote.ip(), &session, &headers, asked).await
}

/// Takes a browser back in.
pub async fn callback(
    State(ctx): State<Context>,
    State(throttles): State<Throttles>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    session: Session,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Response {
    if let Err(too_many) = throttles.stranger(remote.ip()) {
        return back("wait", &too_many.retry_after_seconds.to_string(), None, "/");
    }
    let Returned { state, answer } = returned;
    let browser = sessions::known_browser(&session).await;
    match single_sign_on::finish(&ctx, &state, browser.as_ref(), &answer, Some(remote.ip())).await {
        Ok(Ended::SignedIn { user, provider, next }) => {
            let origin = sessions::Origin::of(remote.ip(), &headers);
            match sessions::sign_on(&ctx, &session, user, provider, origin).await {
                Ok(()) => Redirect::to(local_path(&next)).into_response(),
                Err(error) => {
                    tracing::error!("A session could not be stored: {error}.");
                    StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }
            }
        }
        // The same answer twice, as when a page is loaded again: who is in stays in.
        Ok(Ended::Refused { provider: None, .. }) if sessions::user(&session).await.is_some() => {
            Redirect::to("/").into_response()
        }
        Ok(Ended::Refused { provider, why, next }) => back("refused", why.as_str(), provider, &next),
        Err(error) => failed(&error),
    }
}

/// Goes on to the only provider where the organisation wants that, instead of showing the page with its one button.
pub async fn at_once(
    State(ctx): State<Context>,
    State(throttles): State<Throttles>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    if *request.method() != Method::GET || request.uri().path() != "/sign-in" {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default();
    let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if query.iter().any(|(name, _)| STAYS.contains(&name.as_str())) || sessions::user(&session).await.is_some() {
        return next.run(request).await;
    }
    let only = match single_sign_on::ways_in(&ctx).await {
        Ok(ways) => match (ways.at_once, ways.providers.as_slice()) {
            (true, [only]) => Some(only.id),
            _ => None,
        },
        Err(error) => return failed(&error),
    };
    let Some(provider) = only else { return next.run(request).await };
    let wanted = query.into_iter().find(|(name, _)| name == "next").map(|(_, value)| value);
    let asked = Asked { provider, next: wanted.unwrap_or_default() };
    let headers = request.headers().clone();
    go(&ctx, &throttles, remote.ip(), &session, &headers, asked).await
}

async fn go(
    ctx: &Context,
    throttles: &Throttles,
    remote: IpAddr,
    session: &Session,
    headers: &HeaderMap,
    asked: Asked,
) -> Response {
    let Asked { provider, next } = asked;
    let next = local_path(&next);
    if let Err(too_many) = throttles.stranger(remote) {
        return back("wait", &too_many.retry_after_seconds.to_string(), None, next);
    }
    let Ok(browser) = sessions::browser(session).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let here = of_headers(headers, &ctx.config);
    match single_sign_on::begin(ctx, provider, &browser, next, here.as_ref()).await {
        Ok(Ok(url)) => onward(&url, headers),
        Ok(Err(why)) => back("refused", why.as_str(), Some(provider), next),
        // The button of a page that is older than the provider's end.
        Err(Error::NotFound(_)) => back("refused", SignOnRefusal::Expired.as_str(), None, next),
        Err(error) => failed(&error),
    }
}

/// To the page to sign in at, which says why.
fn back(name: &str, value: &str, provider: Option<IdentityProviderId>, next: &str) -> Response {
    let page = "/sign-in?";
    let mut query = url::form_urlencoded::Serializer::for_suffix(page.to_owned(), page.len());
    query.append_pair(name, value);
    if let Some(provider) = provider {
        query.append_pair("provider", &provider.to_string());
    }
    if next != "/" {
        query.append_pair("next", next);
    }
    Redirect::to(&query.finish()).into_response()
}
