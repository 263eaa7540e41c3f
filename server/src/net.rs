//! The first steps of every connection, common to IMAP and SMTP: names, sockets, TLS, and the trace.

pub mod trace;
pub mod wire;

pub use trace::Trace;
pub use wire::Wire;
