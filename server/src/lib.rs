//! What happens in Postroom: a plain library that knows nothing of pages.
//!
//! [`model`] is plain data and is compiled for the browser too. Everything else opens connections,
//! holds secrets or speaks to a database, and exists only with the feature `native`.

pub mod model;

#[cfg(feature = "native")]
pub mod check;
#[cfg(feature = "native")]
pub mod imap;
#[cfg(feature = "native")]
pub mod login;
#[cfg(feature = "native")]
pub mod net;
#[cfg(feature = "native")]
pub mod remedy;
#[cfg(feature = "native")]
pub mod smtp;
