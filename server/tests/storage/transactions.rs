//! A transaction is whole or it never was, also when whoever begins it is cut off.

use std::future::Future;
use std::pin::pin;
use std::task::{Context as Waking, Poll};

use postroom_server::db::{Db, Tx};
use postroom_server::model::NameForm;
use postroom_server::workspaces;

use crate::world::World;

/// More than the longest beginning of a transaction is woken.
const MOST_WAKINGS: usize = 64;

/// Lets a future run until it has waited so often, and then drops it. Answers whether it came to its end before.
pub async fn cut_off<F: Future>(future: F, wakings: usize) -> bool {
    let mut future = pin!(future);
    let mut left = wakings;
    std::future::poll_fn(|waking: &mut Waking<'_>| match future.as_mut().poll(waking) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if left == 0 => Poll::Ready(false),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Takes every connection but one, so that the next one gets what the last one gave back.
async fn all_but_one(world: &World) -> Vec<Tx> {
    let Db::Postgres(pool) = &world.ctx.db else { panic!("a world on PostgreSQL") };
    let mut taken = Vec::new();
    for _ in 1..pool.options().get_max_connections() {
        taken.push(world.ctx.db.read().await.unwrap());
    }
    taken
}

#[tokio::test]
async fn a_reader_that_is_cut_off_while_it_begins_leaves_writers_alone() {
    let world = World::on_postgres().await;
    let _taken = all_but_one(&world).await;
    let mut wakings = 0;
    while !cut_off(world.ctx.db.read(), wakings).await {
        let form = NameForm { name: format!("Cut off after {wakings}") };
        workspaces::rename(&world.ctx, &world.admin, world.workspace.id, &form).await.unwrap();
        wakings += 1;
        assert!(wakings < MOST_WAKINGS, "in the end it begins");
    }
    assert!(wakings > 0, "a transaction does not begin without waiting");
}
