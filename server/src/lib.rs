//! What happens in Postroom: a plain library that knows nothing of pages.
//!
//! [`model`] is plain data and is compiled for the browser too. Everything else opens connections,
//! holds secrets or speaks to a database, and exists only with the feature `native`.

pub mod model;

#[cfg(feature = "native")]
pub mod activation;
#[cfg(feature = "native")]
pub mod alerts;
#[cfg(feature = "native")]
pub mod applications;
#[cfg(feature = "native")]
pub mod backup;
#[cfg(feature = "native")]
pub mod bell;
#[cfg(feature = "native")]
pub mod check;
#[cfg(feature = "native")]
pub mod clock;
#[cfg(feature = "native")]
pub mod companies;
#[cfg(feature = "native")]
pub mod config;
#[cfg(feature = "native")]
pub mod context;
#[cfg(feature = "native")]
pub mod db;
#[cfg(feature = "native")]
pub mod discover;
#[cfg(feature = "native")]
pub mod drafts;
#[cfg(feature = "native")]
pub mod error;
#[cfg(feature = "native")]
pub mod forecast;
#[cfg(feature = "native")]
pub mod forwarding;
#[cfg(feature = "native")]
pub mod groups;
#[cfg(feature = "native")]
pub mod health;
#[cfg(feature = "native")]
pub mod imap;
#[cfg(feature = "native")]
pub mod inbound;
#[cfg(feature = "native")]
mod lock;
#[cfg(feature = "native")]
pub mod login;
#[cfg(feature = "native")]
pub mod mailboxes;
#[cfg(feature = "native")]
pub mod net;
#[cfg(feature = "native")]
pub mod oauth;
#[cfg(feature = "native")]
pub mod outbox;
#[cfg(feature = "native")]
pub mod owner_links;
#[cfg(feature = "native")]
pub mod random;
#[cfg(feature = "native")]
pub mod relay;
#[cfg(feature = "native")]
pub mod remedy;
#[cfg(feature = "native")]
mod round_trip;
#[cfg(feature = "native")]
pub mod sealed;
#[cfg(feature = "native")]
pub mod sender_domains;
#[cfg(feature = "native")]
pub mod sessions;
#[cfg(feature = "native")]
pub mod sign_ins;
#[cfg(feature = "native")]
pub mod smtp;
#[cfg(feature = "native")]
pub mod stop;
#[cfg(feature = "native")]
pub mod support;
#[cfg(feature = "native")]
pub mod telemetry;
#[cfg(feature = "native")]
pub mod test_mail;
#[cfg(feature = "native")]
pub mod tokens;
#[cfg(feature = "native")]
pub mod users;
#[cfg(feature = "native")]
pub mod vault;
#[cfg(feature = "native")]
pub mod watch;
#[cfg(feature = "native")]
pub mod workspaces;

#[cfg(feature = "native")]
pub use clock::Clock;
#[cfg(feature = "native")]
pub use config::Config;
#[cfg(feature = "native")]
pub use context::Context;
#[cfg(feature = "native")]
pub use error::{Error, Result};
#[cfg(feature = "native")]
pub use vault::Vault;
