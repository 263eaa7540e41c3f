//! Whoever asks for something of ours that is neither a page nor a server function.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use postroom_server::{Context, Error, users::Person};
use tower_sessions::Session;

use super::sessions;

/// Somebody who is signed in; nobody else gets past this, they are led to where one signs in.
#[derive(Debug)]
pub struct Caller {
    ctx: Context,
    person: Person,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Context: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let ctx = Context::from_ref(state);
        let session = Session::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        match sessions::person(&ctx, &session).await {
            Ok(Some(person)) => Ok(Self { ctx, person }),
            Ok(None) => Err(Redirect::to("/sign-in").into_response()),
            Err(error) => Err(failed(&error)),
        }
    }
}

impl Caller {
    /// Gives them what `made` finds that they may have.
    pub async fn get<T: IntoResponse>(self, made: impl AsyncFnOnce(Context, Person) -> Result<T, Error>) -> Response {
        match made(self.ctx, self.person).await {
            Ok(found) => found.into_response(),
            Err(error) => failed(&error),
        }
    }
}

/// The answer to what could not be had.
pub(super) fn failed(error: &Error) -> Response {
    match error {
        Error::NotFound(_) => StatusCode::NOT_FOUND.into_response(),
        Error::Forbidden => StatusCode::FORBIDDEN.into_response(),
        ours => {
            tracing::error!(error = ours as &dyn std::error::Error, "A request failed.");
            if matches!(ours, Error::Database(_)) {
                unavailable()
            } else {
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// The answer where our own database gives none, in both languages: whose question it was is not known.
pub(super) fn unavailable() -> Response {
    let words = "Postroom cannot reach its database at the moment. Please try again shortly.\n\
                 Postroom이 지금 데이터베이스에 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.\n";
    (StatusCode::SERVICE_UNAVAILABLE, words).into_response()
}
