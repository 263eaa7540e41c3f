//! Whether the program lives and can work, for load balancers and supervisors. A stranger learns nothing else.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use postroom_server::{
    context::Context,
    health::{self, NotReady},
    stop::Stop,
};
use serde::Serialize;

/// What both addresses answer.
#[derive(Serialize)]
struct Answer {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Reason {
    NotReady(NotReady),
    Stopping(&'static str),
}

/// `/health/live`: the process answers.
pub async fn live() -> Response {
    answer(Vec::new())
}

/// `/health/ready`: send requests here.
pub async fn ready(State(ctx): State<Context>, State(stop): State<Stop>) -> Response {
    let mut reasons: Vec<Reason> = health::not_ready(&ctx).await.into_iter().map(Reason::NotReady).collect();
    if stop.is_asked() {
        reasons.push(Reason::Stopping("stopping"));
    }
    answer(reasons)
}

fn answer(reasons: Vec<Reason>) -> Response {
    let (code, status) =
        if reasons.is_empty() { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ok") };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(Answer { status, reasons })).into_response()
}
