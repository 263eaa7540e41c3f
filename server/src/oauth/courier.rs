//! Carries the requests of the OAuth library to the provider, and reads an answer that is a refusal.

use std::sync::OnceLock;

use futures::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http::StatusCode};

use super::{
    classify::{self, Refusal, Scene},
    http::{Http, is_json},
};
use crate::model::Problem;

/// What counts as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Tokens: anything but a readable success is the problem it stands for.
    Tokens,
    /// Nothing: a revocation endpoint's success says nothing.
    Nothing,
    /// The refusal itself: one that finds fault with what was shown, and not with whoever shows it, is as good as
    /// a success, and is remembered as one.
    Recognition,
}

/// One errand for one application.
pub(crate) struct Courier<'a> {
    http: &'a Http,
    scene: Scene<'a>,
    wanted: Wanted,
    recognised: OnceLock<()>,
}

impl<'a> Courier<'a> {
    pub(crate) const fn new(http: &'a Http, scene: Scene<'a>, wanted: Wanted) -> Self {
        Self { http, scene, wanted, recognised: OnceLock::new() }
    }

    /// True once the provider has recognised the application.
    pub(crate) fn recognised(&self) -> bool {
        self.recognised.get().is_some()
    }

    fn judge(&self, response: HttpResponse) -> Result<HttpResponse, Problem> {
        let refusal = Refusal::of_json(response.body());
        let status = response.status();
        match self.wanted {
            Wanted::Tokens if status == StatusCode::OK && is_json(&response) && refusal.is_none() => {
                return Ok(response);
            }
            Wanted::Nothing
                if status == StatusCode::OK || refusal.as_ref().is_some_and(Refusal::is_about_dead_token) =>
            {
                return Ok(HttpResponse::new(Vec::new()));
            }
            Wanted::Recognition
                if (status.is_success() && refusal.is_none())
                    || (status.is_client_error() && refusal.as_ref().is_some_and(Refusal::is_about_grant)) =>
            {
                self.recognised.get_or_init(|| ());
            }
            Wanted::Tokens | Wanted::Nothing | Wanted::Recognition => {}
        }
        Err(classify::response_problem(&response, self.scene))
    }
}

impl<'c> AsyncHttpClient<'c> for Courier<'_> {
    type Error = Problem;
    // Boxed, so that what waits for it can be sent to another thread, which closures do not let the compiler see.
    type Future = BoxFuture<'c, Result<HttpResponse, Problem>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.judge(self.http.send(request).await?) })
    }
}
