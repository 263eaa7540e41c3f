//! The words of the product as plain data, the same on the server and in the browser.
//!
//! Nothing here opens a connection, reads a clock or holds a secret.

pub mod address;
pub mod endpoint;
pub mod finding;
pub mod invalid;
pub mod language;
pub mod problem;
pub mod provider;
pub mod remedy;
pub mod report;
pub mod step;
pub mod timestamp;

pub use address::EmailAddress;
pub use endpoint::{AuthMethod, Endpoint, Protocol, Security};
pub use finding::{Certificate, Finding};
pub use invalid::{Invalid, Reason};
pub use language::Language;
pub use problem::{Field, Problem};
pub use provider::Provider;
pub use remedy::{Remedy, Who};
pub use report::{CheckReport, Event, Line, Outcome, Party, StepReport, StepState};
pub use step::Step;
pub use timestamp::Timestamp;
