//! What the tests share: mail servers that follow a script, and certificates good and bad.
//!
//! ```no_run
//! # use postroom_testing::Script;
//! # async fn example() {
//! let server = Script::serve(
//!     "S: * OK ready
//!      C: LOGIN
//!      S: NO [AUTHENTICATIONFAILED] Wrong password",
//! )
//! .await;
//! # let _ = server.port();
//! # }
//! ```
//!
//! Nothing here is part of the product; it is a crate of its own so that every test file can use a
//! different part of it. Everything listens on loopback and on a port the system picks.

#![forbid(unsafe_code)]
#![expect(clippy::expect_used, reason = "a test's world that cannot be made is a failed test")]

pub mod certificates;
pub mod dialing;
pub mod https;
pub mod line;
pub mod name_server;
pub mod script;
pub mod zone;

pub use certificates::{Authority, Identity, Leaf, ServerTls};
pub use dialing::{dialer, dialer_trusting, impatient};
pub use https::{HttpReply, HttpRequest, Https};
pub use script::Script;
pub use zone::Zone;
