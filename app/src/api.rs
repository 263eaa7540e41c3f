//! Server functions, one file per noun: who asks, what for, do it.
//!
//! Every one of them begins with [`admin`], [`manager`], [`viewer`] or [`person`] (or says why not): these are the only
//! ways to the proofs of right that the use cases of `postroom_server` ask for. `app/tests/rights/table.rs` says which
//! one each of them takes, and is tested. What goes wrong crosses to the browser as an
//! [`ApiError`], never as text from below.

use std::collections::BTreeMap;

use leptos::{
    prelude::FromServerFnError,
    server_fn::{codec::JsonEncoding, error::ServerFnErrorErr},
};
use postroom_server::model::{Invalid, Rule};
use serde::{Deserialize, Serialize};

pub mod account;
pub mod activation;
pub mod alerts;
pub mod application_troubles;
pub mod audit;
pub mod checks;
pub mod companies;
pub mod discovery;
pub mod drafts;
pub mod forwarding;
pub mod help;
pub mod live;
pub mod mailboxes;
pub mod oauth;
pub mod outbox;
pub mod own_account;
pub mod passwords;
pub mod people;
pub mod relay;
pub mod second_factor;
pub mod sender_domains;
pub mod single_sign_on;
#[cfg(feature = "ssr")]
mod situation;
pub mod test_mail;
pub mod trust;
pub mod watch;
pub mod workspaces;

/// What was typed, by field name, so that a page that comes back without JavaScript has lost nothing.
/// Never holds a secret.
pub type Typed = BTreeMap<String, String>;

/// What crosses to the browser when something cannot be done. The page has the words.
///
/// In JSON the variant is the key of its fields, here and in what it carries. A name among the fields would have to
/// be looked for before they can be read, and the code for that is in what browsers load first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    #[error("the form has errors")]
    Invalid {
        errors: Vec<Invalid>,
        #[serde(default)]
        typed: Typed,
    },
    #[error("nobody is signed in")]
    SignedOut,
    /// There is one, and it takes a larger role.
    #[error("this takes a larger role")]
    Forbidden,
    #[error("there is no such thing")]
    NotFound,
    #[error("a rule forbids it")]
    Rule { rule: Rule },
    #[error("too many attempts, try again in {retry_after_seconds} s")]
    TooMany { retry_after_seconds: u64 },
    /// The browser could not reach the server at all.
    #[error("Postroom does not answer")]
    Unreachable,
    /// Our own fault; the log knows more.
    #[error("something went wrong in Postroom")]
    Internal,
}

impl ApiError {
    /// The same error with what was typed, for the fields of a form.
    #[must_use]
    pub fn with_typed<'a>(self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let collected = || pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        match self {
            Self::Invalid { errors, .. } => Self::Invalid { errors, typed: collected() },
            other => other,
        }
    }

    /// What is wrong with the form's fields, if that is the trouble.
    #[must_use]
    pub fn invalid(&self) -> &[Invalid] {
        if let Self::Invalid { errors, .. } = self { errors } else { &[] }
    }

    /// What had been typed into `field`.
    #[must_use]
    pub fn typed(&self, field: &str) -> Option<&str> {
        match self {
            Self::Invalid { typed, .. } => typed.get(field).map(String::as_str),
            _ => None,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            #[cfg(feature = "ssr")]
            other => {
                tracing::warn!("A server function was called wrongly: {other}.");
                Self::Internal
            }
            #[cfg(not(feature = "ssr"))]
            _ => Self::Internal,
        }
    }
}

#[cfg(feature = "ssr")]
pub(crate) use native::*;

#[cfg(feature = "ssr")]
mod native {
    use std::net::{IpAddr, SocketAddr};

    use axum::{extract::ConnectInfo, http::request::Parts};
    use leptos::prelude::use_context;
    use postroom_server::{
        Context, Error, audit,
        users::{self, Admin, Manager, Person, Viewer},
    };
    use tower_sessions::Session;

    use super::ApiError;
    use crate::web::{sessions, throttle::TooMany};

    impl From<Error> for ApiError {
        fn from(error: Error) -> Self {
            match error {
                Error::Invalid(errors) => Self::Invalid { errors, typed: super::Typed::new() },
                Error::NotFound(_) => Self::NotFound,
                Error::Forbidden => Self::Forbidden,
                Error::Rule(rule) => Self::Rule { rule },
                ours => {
                    tracing::error!(error = &ours as &dyn std::error::Error, "A request failed.");
                    Self::Internal
                }
            }
        }
    }

    impl From<sessions::OnceError> for ApiError {
        fn from(error: sessions::OnceError) -> Self {
            tracing::error!(error = &error as &dyn std::error::Error, "Something was not kept for one reading.");
            Self::Internal
        }
    }

    impl From<TooMany> for ApiError {
        fn from(too_many: TooMany) -> Self {
            Self::TooMany { retry_after_seconds: too_many.retry_after_seconds }
        }
    }

    /// The program's context, put there by the router.
    pub(crate) fn context() -> Result<Context, ApiError> {
        use_context::<Context>().ok_or(ApiError::Internal)
    }

    /// The request's session.
    pub(crate) async fn session() -> Result<Session, ApiError> {
        leptos_axum::extract::<Session>().await.map_err(|_| ApiError::Internal)
    }

    /// Whoever asks, proven to be an administrator of the account.
    pub(crate) async fn admin() -> Result<(Context, Admin), ApiError> {
        let ctx = context()?;
        match sessions::admin(&ctx, &session().await?).await {
            Ok(admin) => {
                let admin = admin.ok_or(ApiError::SignedOut)?;
                Ok((ctx, admin.reading(crate::i18n::language()).coming_from(remote_address())))
            }
            Err(error) => Err(refused(error).await),
        }
    }

    /// Whoever asks, proven to be an administrator of the workspace with this slug.
    pub(crate) async fn manager(slug: &str) -> Result<(Context, Manager), ApiError> {
        let (ctx, person) = person().await?;
        match users::manager(&ctx, &person, slug).await {
            Ok(manager) => Ok((ctx, manager)),
            Err(error) => Err(refused(error).await),
        }
    }

    /// Whoever asks, proven to belong to the workspace with this slug.
    pub(crate) async fn viewer(slug: &str) -> Result<(Context, Viewer), ApiError> {
        let (ctx, person) = person().await?;
        let viewer = users::viewer(&ctx, &person, slug).await?;
        Ok((ctx, viewer))
    }

    /// Whoever asks, for what is their own: signed in, whatever their role.
    pub(crate) async fn person() -> Result<(Context, Person), ApiError> {
        let ctx = context()?;
        let person = sessions::person(&ctx, &session().await?).await?.ok_or(ApiError::SignedOut)?;
        Ok((ctx, person.reading(crate::i18n::language()).coming_from(remote_address())))
    }

    /// Tells the audit log of somebody whose role is too small for this server function, and passes the refusal on.
    /// What pages ask for is told by [`note_refusals`](crate::web::guard::note_refusals).
    async fn refused(error: Error) -> ApiError {
        let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
        if matches!(error, Error::Forbidden)
            && path.starts_with("/api/")
            && let Ok((ctx, person)) = person().await
            && let Err(error) = audit::note_refusal(&ctx, &person.by(), &path).await
        {
            return error.into();
        }
        error.into()
    }

    /// Where the request comes from, for the list of somebody's sessions.
    pub(crate) fn origin() -> sessions::Origin {
        let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
        sessions::Origin::of(remote_address(), &headers)
    }

    /// A session could not be stored.
    pub(crate) fn not_stored(error: tower_sessions::session::Error) -> ApiError {
        tracing::error!("A session could not be stored: {error}.");
        ApiError::Internal
    }

    /// Where the request comes from.
    pub(crate) fn remote_address() -> IpAddr {
        use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip()))
            .unwrap_or(IpAddr::from([0, 0, 0, 0]))
    }
}
