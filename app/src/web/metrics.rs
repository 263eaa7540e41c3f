//! Numbers for Prometheus, on an address of their own: whoever may read them is decided by who can reach it.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use postroom_server::{context::Context, stop::Stop, telemetry};
use tokio::net::TcpListener;

/// Where the buckets of a check's duration end, in seconds: its deadline is 30.
const CHECK_SECONDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0];
/// How often the exporter tidies up.
const UPKEEP: Duration = Duration::from_secs(5);

/// Begins to keep numbers.
///
/// # Errors
/// When something else in this process keeps them already.
pub fn record() -> Result<PrometheusHandle, BuildError> {
    let matcher = Matcher::Full(telemetry::CHECK_SECONDS.to_owned());
    let handle = PrometheusBuilder::new().set_buckets_for_metric(matcher, &CHECK_SECONDS)?.install_recorder()?;
    telemetry::describe();
    Ok(handle)
}

/// Serves `/metrics` until it is time to stop.
pub async fn serve(ctx: Context, listener: TcpListener, handle: PrometheusHandle, mut stop: Stop) {
    let mut hears = stop.clone();
    let routes = Router::new().route("/metrics", get(render)).with_state((ctx, handle.clone()));
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move { hears.asked().await });
    let upkeep = async {
        let mut round = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                _ = round.tick() => handle.run_upkeep(),
                () = stop.asked() => return,
            }
        }
    };
    let (served, ()) = futures::join!(server.into_future(), upkeep);
    if let Err(error) = served {
        tracing::error!("The numbers for Prometheus are not served any more: {error}.");
    }
}

async fn render(State((ctx, handle)): State<(Context, PrometheusHandle)>) -> Response {
    if let Err(error) = telemetry::measure(&ctx).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "Mailboxes could not be counted.");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
}

/// Counts every answer.
pub async fn count(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    telemetry::request_answered(response.status().as_u16());
    response
}
