//! Which handler answers which address, behind which guards.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use leptos::prelude::*;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use postroom_server::{context::Context, stop::Stop};
use tower_http::{
    limit::RequestBodyLimitLayer,
    services::{ServeDir, ServeFile},
};

use super::{Throttles, audit, guard, headers, health, language, metrics, sessions, sign_in, sign_on, support};
use crate::{
    api::ApiError,
    app::{App, shell},
};

/// The largest request body, in bytes: the wizard's forms are a few kilobytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What handlers share.
#[derive(Clone)]
struct AppState {
    ctx: Context,
    throttles: Throttles,
    options: LeptosOptions,
    stop: Stop,
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

impl axum::extract::FromRef<AppState> for Context {
    fn from_ref(state: &AppState) -> Self {
        state.ctx.clone()
    }
}

impl axum::extract::FromRef<AppState> for Stop {
    fn from_ref(state: &AppState) -> Self {
        state.stop.clone()
    }
}

impl axum::extract::FromRef<AppState> for Throttles {
    fn from_ref(state: &AppState) -> Self {
        state.throttles.clone()
    }
}

/// Everything the program answers. `site` is the folder that `cargo xtask build` filled.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: the brakes need the remote address.
pub fn router(ctx: Context, throttles: Throttles, stop: Stop, site: &Path) -> Router {
    let options = LeptosOptions::builder()
        .output_name("postroom")
        .site_root(Arc::<str>::from(site.to_string_lossy()))
        .site_pkg_dir("pkg")
        .site_addr(SocketAddr::from(([127, 0, 0, 1], 0)))
        .build();
    let routes: Vec<AxumRouteListing> = generate_route_list(App);
    let state = AppState { ctx: ctx.clone(), throttles, options: options.clone(), stop };
    let files = |sub: &str| ServeDir::new(site.join(sub)).precompressed_br().append_index_html_on_directories(false);

    let pages = Router::new()
        .route("/language", post(language::switch))
        .route("/oauth/begin", post(sign_in::begin))
        .route("/oauth/callback", get(sign_in::callback))
        .route("/sso/begin", post(sign_on::begin))
        .route("/sso/callback", get(sign_on::callback))
        .route("/admin/{workspace}/channels/email/mailboxes/{mailbox}/support.txt", get(support::mailbox))
        .route("/admin/{workspace}/channels/email/drafts/{draft}/support.txt", get(support::draft))
        .route("/account/relay/support.txt", get(support::of_relay))
        .route("/account/audit/export/{format}", get(audit::export))
        .route("/api/{*function}", any(server_function))
        .leptos_routes_with_context(&state, routes, provide(&state), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback(not_found)
        .layer(middleware::from_fn(tell_whose_fault))
        .layer(middleware::from_fn_with_state(state.clone(), sign_on::at_once))
        .layer(middleware::from_fn_with_state(ctx.clone(), guard::signed_in_pages))
        .layer(middleware::from_fn_with_state(ctx.clone(), guard::let_in_as_wanted))
        .layer(middleware::from_fn_with_state(ctx.clone(), guard::note_refusals))
        .layer(sessions::layer(&ctx));
    // Files and health are everybody's: they neither need a session nor count as activity in one.
    let files = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .nest_service("/pkg", files("pkg"))
        .route_service("/favicon.svg", ServeFile::new(site.join("favicon.svg")))
        .route_service("/favicon.ico", ServeFile::new(site.join("favicon.svg")));

    files
        .merge(pages)
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(ctx, guard::same_origin))
        .layer(middleware::from_fn(read_language))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn(metrics::count))
        .with_state(state)
}

/// What pages and server functions find in their Leptos context.
fn provide(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    move || {
        provide_context(state.ctx.clone());
        provide_context(state.throttles.clone());
        let parts = use_context::<axum::http::request::Parts>();
        provide_context(parts.map(|parts| language::of(&parts.headers)).unwrap_or_default());
    }
}

async fn server_function(State(state): State<AppState>, request: Request<Body>) -> Response {
    leptos_axum::handle_server_fns_with_context(provide(&state), request).await.into_response()
}

/// Looks at every answer below `/api/`: Leptos has routes of its own there, besides ours.
async fn tell_whose_fault(request: Request, next: middleware::Next) -> Response {
    let is_function = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    if is_function && response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        with_true_status(response).await
    } else {
        response
    }
}

/// Every refusal leaves Leptos as 500; here it gets the status that says whose fault it is.
async fn with_true_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&body) {
        parts.status = status_of(&error);
    }
    Response::from_parts(parts, Body::from(body))
}

const fn status_of(error: &ApiError) -> StatusCode {
    match error {
        ApiError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::SignedOut => StatusCode::UNAUTHORIZED,
        ApiError::Forbidden => StatusCode::FORBIDDEN,
        ApiError::NotFound => StatusCode::NOT_FOUND,
        ApiError::Rule { .. } => StatusCode::CONFLICT,
        ApiError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ApiError::Unreachable | ApiError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Any other address: the same document, whose router shows the page that helps, with status 404.
async fn not_found(State(state): State<AppState>, request: Request<Body>) -> Response {
    let options = state.options.clone();
    let render = leptos_axum::render_app_async_with_context(provide(&state), move || shell(options.clone()));
    let mut response = render(request).await;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Tells caches and search engines that the answer depends on the language.
async fn read_language(request: Request, next: middleware::Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .append(axum::http::header::VARY, axum::http::HeaderValue::from_static("Accept-Language, Cookie"));
    response
}
