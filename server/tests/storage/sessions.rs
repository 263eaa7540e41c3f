//! Sessions of browsers.

use postroom_server::{sessions, users};

use crate::world::{ADMIN, START, World};

crate::on_both_databases!(
    a_session_survives_a_restart,
    a_session_is_replaced_by_what_became_of_it,
    a_session_that_has_expired_is_gone,
    a_new_password_ends_every_session,
    a_session_that_was_ended_stays_ended,
);

async fn a_session_survives_a_restart(world: World) {
    sessions::create(&world.ctx, b"key", None, b"who: ada", START.plus_millis(1000)).await.unwrap();
    let world = world.restart().await;
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap().as_deref(), Some(b"who: ada".as_slice()));
    assert_eq!(sessions::load(&world.ctx, b"other").await.unwrap(), None);
}

async fn a_session_is_replaced_by_what_became_of_it(world: World) {
    sessions::create(&world.ctx, b"key", None, b"one", START.plus_millis(1000)).await.unwrap();
    sessions::update(&world.ctx, b"key", None, b"two", START.plus_millis(1000)).await.unwrap();
    assert!(!sessions::create(&world.ctx, b"key", None, b"three", START.plus_millis(1000)).await.unwrap());
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap().as_deref(), Some(b"two".as_slice()));
    sessions::delete(&world.ctx, b"key").await.unwrap();
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap(), None);
}

async fn a_session_that_has_expired_is_gone(world: World) {
    sessions::create(&world.ctx, b"short", None, b"1", START.plus_millis(1000)).await.unwrap();
    sessions::create(&world.ctx, b"long", None, b"2", START.plus_millis(2000)).await.unwrap();

    world.ctx.clock.advance_millis(1000);

    assert_eq!(sessions::load(&world.ctx, b"short").await.unwrap(), None);
    assert_eq!(sessions::delete_expired(&world.ctx).await.unwrap(), 1);
    assert!(sessions::load(&world.ctx, b"long").await.unwrap().is_some());
}

async fn a_new_password_ends_every_session(world: World) {
    sessions::create(&world.ctx, b"key", None, b"1", START.plus_millis(1000)).await.unwrap();
    users::set_password(&world.ctx, ADMIN, &"another good password".into()).await.unwrap();
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap(), None);
}

async fn a_session_that_was_ended_stays_ended(world: World) {
    sessions::create(&world.ctx, b"key", None, b"1", START.plus_millis(1000)).await.unwrap();
    sessions::delete(&world.ctx, b"key").await.unwrap();
    // A request that began before stores its session when it ends.
    sessions::update(&world.ctx, b"key", None, b"2", START.plus_millis(1000)).await.unwrap();
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap(), None);
}
