//! The first steps of every connection, common to IMAP and SMTP: names, sockets, TLS, and the trace.

pub mod dialer;
pub mod trace;
pub mod wire;

pub use dialer::Dialer;
pub use trace::Trace;
pub use wire::Wire;
