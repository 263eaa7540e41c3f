//! Servers as they should not be, each in a file named after what is odd about it.
//!
//! ```text
//! scripts/imap/*.txt ┐                       ┌ the problem, the step, the words the file's head asks for
//! scripts/smtp/*.txt ┴► case ─► check::run ──┤ and for every one: in time, bounded, nothing secret told
//! tls: openssl s_server ───────────────────┘   or said in clear
//! ```

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's world that cannot be made is a failed test"
)]

mod case;
mod imap;
mod openssl;
mod smtp;
mod tls;
mod visit;
