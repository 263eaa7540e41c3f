//! The audit log as a file, written while it is read.

use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use futures::stream;
use postroom_server::{
    Context, Error,
    audit::{Export, Format},
};
use tower_sessions::Session;

use super::sessions;
use crate::api::audit::AuditQuery;

/// `/account/audit/export/{csv|json}`, with the filters of the page.
pub async fn export(
    State(ctx): State<Context>,
    session: Session,
    Path(format): Path<String>,
    Query(query): Query<AuditQuery>,
) -> Response {
    let (format, kind, named) = match format.as_str() {
        "csv" => {
            (Format::Csv, "text/csv; charset=utf-8; header=present", "attachment; filename=\"postroom-audit.csv\"")
        }
        "json" => (Format::Json, "application/json", "attachment; filename=\"postroom-audit.json\""),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let admin = match sessions::admin(&ctx, &session).await {
        Ok(Some(admin)) => admin,
        Ok(None) => return Redirect::to("/sign-in").into_response(),
        Err(Error::Forbidden) => return StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "Nobody knows who asks for the audit log.");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let export = Export::new(ctx, admin, query.filter(), format);
    let pieces = stream::try_unfold(export, async |mut export| {
        let piece = export.piece().await.inspect_err(|error| {
            // The file ends in the middle, which every program notices.
            tracing::error!(error = error as &dyn std::error::Error, "The audit log was not written to its end.");
        })?;
        Ok::<_, postroom_server::Error>(piece.map(|piece| (Bytes::from(piece), export)))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(named)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from_stream(Box::pin(pieces))).into_response()
}
