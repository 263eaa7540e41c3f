//! The first steps of every connection, common to IMAP and SMTP: names, sockets, TLS, and the trace.
//!
//! ```text
//! Endpoint ──► dns ──► guard ──► tcp ──► tls ──► Wire
//!              every address a name has, less those the guard refuses; what is left is what is dialled
//! ```

pub mod deadlines;
pub mod dialer;
pub mod dns;
pub mod guard;
pub mod https;
pub mod masks;
pub mod neighbours;
pub mod overheard;
pub mod tcp;
pub mod tls;
pub mod trace;
pub mod wire;

pub use deadlines::Deadlines;
pub use dialer::{DialOptions, Dialer, DialerError};
pub use guard::Guard;
pub use neighbours::{Door, Neighbours};
pub use trace::Trace;
pub use wire::Wire;
