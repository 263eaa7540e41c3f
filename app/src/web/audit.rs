//! The audit log as a file, written while it is read.

use axum::{
    body::{Body, Bytes},
    extract::{Path, Query},
    http::{HeaderValue, header},
    response::Response,
};
use futures::stream;
use postroom_server::{
    Error,
    audit::{Export, Format},
    users,
};

use super::caller::Caller;
use crate::api::audit::AuditQuery;

/// `/account/audit/export/{csv|json}`, with the filters of the page.
pub async fn export(caller: Caller, Path(format): Path<String>, Query(query): Query<AuditQuery>) -> Response {
    caller
        .get(async |ctx, person| {
            let admin = users::admin(&ctx, person.user.id).await?;
            let (format, kind, named) = match format.as_str() {
                "csv" => (
                    Format::Csv,
                    "text/csv; charset=utf-8; header=present",
                    "attachment; filename=\"postroom-audit.csv\"",
                ),
                "json" => (Format::Json, "application/json", "attachment; filename=\"postroom-audit.json\""),
                _ => return Err(Error::NotFound("format")),
            };
            let export = Export::new(ctx, admin, query.filter(), format);
            let pieces = stream::try_unfold(export, async |mut export| {
                let piece = export.piece().await.inspect_err(|error| {
                    // The file ends in the middle, which every program notices.
                    let error = error as &dyn std::error::Error;
                    tracing::error!(error, "The audit log was not written to its end.");
                })?;
                Ok::<_, Error>(piece.map(|piece| (Bytes::from(piece), export)))
            });
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
                (header::CONTENT_DISPOSITION, HeaderValue::from_static(named)),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            Ok((headers, Body::from_stream(Box::pin(pieces))))
        })
        .await
}
