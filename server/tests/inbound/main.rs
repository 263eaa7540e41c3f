//! Our own mail server, over real connections: what it takes, what it refuses, and what it keeps.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a world that cannot be made is a failed test"
)]

mod abuse;
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

/// Runs tests on each database: `async fn name(world: World)`, listed by name.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::world::World::on_sqlite().await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::world::World::on_postgres().await).await;
            })*
        }
    };
}
use on_both_databases;
