//! The HTTP side of the program: sessions, headers, guards, and how a request reaches a page.

pub mod audit;
pub mod guard;
pub mod headers;
pub mod health;
pub mod language;
pub mod metrics;
pub mod router;
pub mod sessions;
pub mod sign_in;
pub mod sign_on;
pub mod support;
pub mod throttle;

pub use throttle::Throttles;
