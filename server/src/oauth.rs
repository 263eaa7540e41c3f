//! Signing in with Microsoft and Google: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636) and OpenID Connect.
//!
//! ```text
//! Application ─► Client::authorize ─► the provider's pages ─► Answer ─► Client::exchange ─► Tokens, Identity
//!                                                                       Client::refresh  ─► Tokens
//! ```
//!
//! This module speaks to the provider and knows no database. What the provider says is read in
//! `classify` only; every refusal is a [`Problem`](crate::model::Problem).

mod application;
pub mod classify;
mod client;
pub(crate) mod courier;
mod grant;
pub(crate) mod http;
pub(crate) mod identity;
mod issuer;
pub(crate) mod library;
pub(crate) mod memory;
mod provider;
mod scopes;
mod sign_in;
pub(crate) mod trial;

pub(crate) use classify::vocabulary;
pub(crate) use client::random;

pub use application::{Application, Endpoints, endpoints, mail_servers, public_url};
pub use client::Client;
pub use grant::{Exchanged, Identity, Tokens};
pub use http::{ClientError, Deadlines};
pub use sign_in::{Answer, Attempt};
pub use trial::Trial;
