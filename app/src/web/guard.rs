//! Two guards every request passes: it must come from our own pages, and somebody must be signed in.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use postroom_server::{
    audit,
    context::Context,
    model::{Rule, SignedInBy},
    second_factor, single_sign_on, users,
};
use tower_sessions::Session;
use url::Url;

use super::{
    caller::{failed, unavailable},
    sessions,
};
use crate::api::ApiError;

/// Refuses every state-changing request that another site could have caused.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site` (W3C Fetch Metadata), older ones in
/// `Origin` (RFC 6454). A request that says neither is refused too: our own pages always do.
///
/// Of what may change something, the page it comes from is forgotten if it is none of ours: a form without JavaScript
/// is led back there.
pub async fn same_origin(State(ctx): State<Context>, mut request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let public_url = ctx.config.public_url.as_ref();
    if !is_same_origin(request.headers(), public_url) {
        tracing::warn!(path = request.uri().path(), "A request from another site was refused.");
        let refused = "This request did not come from a Postroom page. Open the page anew and try again.\n";
        return (StatusCode::FORBIDDEN, refused).into_response();
    }
    if !comes_from_us(request.headers(), header::REFERER, public_url) {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}

fn is_same_origin(headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => comes_from_us(headers, header::ORIGIN, public_url),
    }
}

/// True if the address in the header `name` is at our public address, or at the one that the request was sent to.
fn comes_from_us(headers: &HeaderMap, name: HeaderName, public_url: Option<&Url>) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(from) = text(name).and_then(|from| Url::parse(from).ok()) else { return false };
    let host = text(header::HOST).and_then(|host| Url::parse(&format!("{}://{host}", from.scheme())).ok());
    public_url.into_iter().chain(&host).any(|ours| ours.origin() == from.origin())
}

/// Ends the session of whoever came in with a password, once passwords are no way in any more.
///
/// Switching them off ends all sessions; this ends one that a sign-in under way at that moment has made.
pub async fn let_in_as_wanted(State(ctx): State<Context>, session: Session, request: Request, next: Next) -> Response {
    if sessions::user(&session).await.is_some() && sessions::provider(&session).await.is_none() {
        match single_sign_on::local_login(&ctx).await {
            Ok(true) => {}
            Ok(false) => {
                if let Err(error) = session.flush().await {
                    tracing::error!("A session could not be ended: {error}.");
                    return unavailable();
                }
            }
            Err(error) => return failed(&error),
        }
    }
    next.run(request).await
}

/// Tells the audit log of pages and files that somebody has asked for whose role is too small.
///
/// Server functions tell it themselves: the answer to a plain form is a redirect, whatever came of it.
pub async fn note_refusals(
    State(ctx): State<Context>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if response.status() != StatusCode::FORBIDDEN || path.starts_with("/api/") {
        return response;
    }
    let noted = match sessions::person(&ctx, &session).await {
        Ok(Some(person)) => audit::note_refusal(&ctx, &person.coming_from(remote.ip()).by(), &path).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match noted {
        Ok(()) => response,
        Err(error) => failed(&error),
    }
}

/// Sends people who are not signed in to the page where they can be, and back again afterwards.
///
/// This is for comfort only: every server function asks for its right itself.
pub async fn signed_in_pages(State(ctx): State<Context>, session: Session, request: Request, next: Next) -> Response {
    if let Err(error) = sessions::seen(&ctx, &session).await {
        tracing::error!("A session could not be read: {error}.");
        return unavailable();
    }
    if let Some(elsewhere) = second_factor_first(&ctx, &session, request.uri(), request.headers()).await {
        return elsewhere;
    }
    let path = request.uri().path();
    let strangers = [
        "/pkg/",
        "/api/",
        "/help/",
        "/oauth/",
        "/sso/",
        "/renew/",
        "/consent/",
        "/activate/",
        "/invitation/",
        "/reset/",
    ];
    let open = strangers.iter().any(|prefix| path.starts_with(prefix))
        || matches!(
            path,
            "/sign-in"
                | "/sign-in/code"
                | "/forgotten"
                | "/setup"
                | "/language"
                | "/gallery"
                | "/favicon.svg"
                | "/favicon.ico"
                | "/robots.txt"
        );
    if open && path != "/sign-in" {
        return next.run(request).await;
    }
    match users::setup_needed(&ctx).await {
        Ok(true) => return Redirect::to("/setup").into_response(),
        Ok(false) => {}
        Err(error) => return failed(&error),
    }
    if open {
        return next.run(request).await;
    }
    match sessions::person(&ctx, &session).await {
        Ok(Some(_)) => return next.run(request).await,
        Ok(None) => {}
        Err(error) => return failed(&error),
    }
    let back = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let page = "/sign-in?";
    let mut query = url::form_urlencoded::Serializer::for_suffix(page.to_owned(), page.len());
    let to = if back == "/" { "/sign-in".to_owned() } else { query.append_pair("next", back).finish() };
    Redirect::to(&to).into_response()
}

/// What somebody may ask for who has to set up a second factor first: that, and to leave.
const BEFORE_THE_SECOND_FACTOR: [&str; 9] = [
    "/second-factor",
    "/language",
    "/sign-in",
    "/api/sign_out",
    "/api/second_factor",
    "/api/begin_second_factor",
    "/api/confirm_second_factor",
    "/api/fresh_recovery_codes",
    "/api/setup_needed",
];

/// Leads whoever has to set up a second factor to where they can, whatever else they have asked for.
///
/// Whoever came in by the organisation's own sign-in has shown there what the organisation asks for.
async fn second_factor_first(ctx: &Context, session: &Session, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let visit = sessions::visit(session).await?;
    let path = uri.path();
    if visit.by == Some(SignedInBy::Provider) || BEFORE_THE_SECOND_FACTOR.contains(&path) {
        return None;
    }
    match second_factor::owed(ctx, visit.user).await {
        Ok(false) => None,
        Ok(true) => {
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            let is_page = !path.starts_with("/api/") || accept.is_some_and(|accept| accept.contains("text/html"));
            let refused = ApiError::Rule { rule: Rule::SecondFactorFirst };
            Some(if is_page {
                Redirect::to("/second-factor").into_response()
            } else {
                (StatusCode::CONFLICT, Json(refused)).into_response()
            })
        }
        Err(error) => Some(failed(&error)),
    }
}

/// A path on this site that may be redirected to, or `/`: never another site's address.
#[must_use]
pub fn local_path(path: &str) -> &str {
    let mut characters = path.chars();
    let local = characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && !path.chars().any(|c| c.is_control() || c == '\\');
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_anything() {
        for (pairs, ours) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-site")][..], false),
            (&[("sec-fetch-site", "cross-site")][..], false),
            (&[("sec-fetch-site", "none")][..], false),
            (&[("host", "desk.example:3000"), ("origin", "http://desk.example:3000")][..], true),
            (&[("host", "desk.example:3000"), ("origin", "http://desk.example")][..], false),
            (&[("host", "desk.example"), ("origin", "https://evil.example")][..], false),
            (&[("host", "desk.example"), ("origin", "null")][..], false),
            (&[("host", "desk.example")][..], false),
        ] {
            assert_eq!(is_same_origin(&headers(pairs), None), ours, "{pairs:?}");
        }
        let public = Url::parse("https://desk.example/").unwrap();
        let proxied = headers(&[("host", "127.0.0.1:3000"), ("origin", "https://desk.example")]);
        assert!(is_same_origin(&proxied, Some(&public)));
    }

    #[test]
    fn a_redirect_never_leaves_the_site() {
        for path in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "evil",
            "",
            "/\t/evil.example",
            "javascript:x",
        ] {
            assert_eq!(local_path(path), "/", "{path:?}");
        }
        assert_eq!(local_path("/admin/it?x=1"), "/admin/it?x=1");
    }
}
