//! Signing in with Microsoft and Google: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636) and OpenID Connect.
//!
//! ```text
//! Application ─► Client::authorize ─► the provider's pages ─► Answer ─► Client::exchange ─► Tokens, Identity
//!                                                                       Client::refresh  ─► Tokens
//! ```
//!
//! This module speaks to the provider and knows no database. What the provider says is read in
//! `classify` only; every refusal is a [`Problem`](crate::model::Problem).

mod client;

pub use client::{Answer, Application, Ask, Attempt, Client, Endpoints, Exchanged, Identity, Prompt, Tokens, Trial};
