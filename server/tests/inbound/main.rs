//! Our own mail server, over real connections: what it takes, what it refuses, and what it keeps.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a world that cannot be made is a failed test"
)]

mod abuse;
mod backup;
mod client;
#[path = "../storage/cluster.rs"]
mod cluster;
mod desk;
mod kept;
mod protocol;
mod recipients;
#[expect(dead_code, reason = "other tests want more of it")]
#[path = "../storage/world.rs"]
mod world;

use world::on_both_databases;
