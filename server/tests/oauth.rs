//! Signing in at a provider that does what each test wants: everything it may get wrong is told apart.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's world that cannot be made is a failed test"
)]

#[path = "oauth/begin.rs"]
mod begin;
#[path = "oauth/exchange.rs"]
mod exchange;
#[path = "oauth/network.rs"]
mod network;
#[path = "oauth/proof.rs"]
mod proof;
#[path = "oauth/refresh.rs"]
mod refresh;
#[path = "oauth/secrecy.rs"]
mod secrecy;
#[path = "oauth/trial.rs"]
mod trial;
#[expect(dead_code, reason = "other tests want more of it")]
#[path = "oauth/world.rs"]
mod world;
