//! Sessions of browsers, and what their owner sees of them.

use postroom_server::Error;
use postroom_server::model::{SignedInBy, Timestamp, UserId};
use postroom_server::sessions::{self, Visit};
use postroom_server::users::{self, Person};

use crate::world::{ADMIN, START, World};

crate::on_both_databases!(
    a_session_survives_a_restart,
    a_session_is_replaced_by_what_became_of_it,
    a_session_that_was_ended_stays_ended,
    a_session_that_has_expired_is_gone,
    a_new_password_ends_every_session,
    somebody_sees_their_own_sessions_and_which_one_this_is,
    somebody_ends_their_own_sessions_only,
    ending_all_others_keeps_this_one,
);

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
/// Long after everything these tests do.
const LATER: Timestamp = START.plus_millis(3_600_000);

async fn data(world: &World, key: &[u8]) -> Option<Vec<u8>> {
    sessions::load(&world.ctx, key).await.unwrap().map(|(data, _)| data)
}

/// Somebody signed in.
pub async fn signed_in(world: &World, key: &[u8], user: UserId, by: Option<SignedInBy>) {
    let since = world.ctx.clock.now();
    let visit = Visit { user, by, address: "192.0.2.7".to_owned(), agent: AGENT.to_owned(), since };
    assert!(sessions::create(&world.ctx, key, Some(&visit), b"{}", LATER).await.unwrap());
}

pub async fn ada(world: &World) -> Person {
    users::person(&world.ctx, world.admin.user.id).await.unwrap()
}

async fn a_session_survives_a_restart(world: World) {
    sessions::create(&world.ctx, b"key", None, b"who: ada", LATER).await.unwrap();
    let world = world.restart().await;
    assert_eq!(sessions::load(&world.ctx, b"key").await.unwrap(), Some((b"who: ada".to_vec(), LATER)));
    assert_eq!(data(&world, b"other").await, None);
}

async fn a_session_is_replaced_by_what_became_of_it(world: World) {
    sessions::create(&world.ctx, b"key", None, b"one", LATER).await.unwrap();
    sessions::update(&world.ctx, b"key", None, b"two", LATER).await.unwrap();
    assert!(!sessions::create(&world.ctx, b"key", None, b"three", LATER).await.unwrap(), "the key is taken");
    assert_eq!(data(&world, b"key").await.as_deref(), Some(b"two".as_slice()));
    sessions::delete(&world.ctx, b"key").await.unwrap();
    assert_eq!(data(&world, b"key").await, None);
}

async fn a_session_that_was_ended_stays_ended(world: World) {
    sessions::create(&world.ctx, b"key", None, b"one", LATER).await.unwrap();
    sessions::delete(&world.ctx, b"key").await.unwrap();
    // A request that was under way writes what became of it.
    sessions::update(&world.ctx, b"key", None, b"two", LATER).await.unwrap();
    assert_eq!(data(&world, b"key").await, None);
}

async fn a_session_that_has_expired_is_gone(world: World) {
    sessions::create(&world.ctx, b"short", None, b"1", START.plus_millis(1000)).await.unwrap();
    sessions::create(&world.ctx, b"long", None, b"2", START.plus_millis(2000)).await.unwrap();

    world.ctx.clock.advance_millis(1000);

    assert_eq!(data(&world, b"short").await, None);
    assert_eq!(sessions::delete_expired(&world.ctx).await.unwrap(), 1);
    assert!(data(&world, b"long").await.is_some());
}

async fn a_new_password_ends_every_session(world: World) {
    sessions::create(&world.ctx, b"key", None, b"1", LATER).await.unwrap();
    users::set_password(&world.ctx, ADMIN, &"another good password".into()).await.unwrap();
    assert_eq!(data(&world, b"key").await, None);
}

async fn somebody_sees_their_own_sessions_and_which_one_this_is(world: World) {
    let (ada, bob) = (ada(&world).await, world.colleague().await.user.id);
    signed_in(&world, b"first", ada.user.id, Some(SignedInBy::Password)).await;
    world.ctx.clock.advance_millis(60_000);
    signed_in(&world, b"second", ada.user.id, Some(SignedInBy::Code)).await;
    signed_in(&world, b"half", ada.user.id, None).await;
    signed_in(&world, b"his", bob, Some(SignedInBy::Password)).await;

    let own = sessions::own(&world.ctx, &ada, Some(b"first")).await.unwrap();

    let told: Vec<_> = own.iter().map(|one| (one.this, one.by, one.created_at, one.last_seen_at)).collect();
    let second = START.plus_millis(60_000);
    assert_eq!(
        told,
        [(false, SignedInBy::Code, second, second), (true, SignedInBy::Password, START, START)],
        "the one seen last comes first"
    );
    assert_eq!(
        (own[0].browser.as_deref(), own[0].system.as_deref(), own[0].address.as_str()),
        (Some("Firefox"), Some("Linux"), "192.0.2.7")
    );

    let visit = Visit {
        user: ada.user.id,
        by: Some(SignedInBy::Password),
        address: String::new(),
        agent: String::new(),
        since: START,
    };
    world.ctx.clock.advance_millis(60_000);
    sessions::update(&world.ctx, b"first", Some(&visit), b"{}", LATER).await.unwrap();
    let own = sessions::own(&world.ctx, &ada, None).await.unwrap();
    assert_eq!((own[0].by, own[0].last_seen_at), (SignedInBy::Password, START.plus_millis(120_000)));
    assert_eq!(own[0].created_at, START, "signed in is not seen");
}

async fn somebody_ends_their_own_sessions_only(world: World) {
    let (ada, bob) = (ada(&world).await, world.colleague().await.user.id);
    let bob = users::person(&world.ctx, bob).await.unwrap();
    signed_in(&world, b"hers", ada.user.id, Some(SignedInBy::Password)).await;
    let hers = sessions::own(&world.ctx, &ada, None).await.unwrap()[0].id;

    let stolen = sessions::end(&world.ctx, &bob, hers).await;
    assert!(matches!(stolen, Err(Error::NotFound("session"))), "{stolen:?}");
    assert!(data(&world, b"hers").await.is_some());

    sessions::end(&world.ctx, &ada, hers).await.unwrap();
    assert_eq!(data(&world, b"hers").await, None);
    let again = sessions::end(&world.ctx, &ada, hers).await;
    assert!(matches!(again, Err(Error::NotFound("session"))), "{again:?}");
}

async fn ending_all_others_keeps_this_one(world: World) {
    let (ada, bob) = (ada(&world).await, world.colleague().await.user.id);
    for key in [b"one".as_slice(), b"two", b"three"] {
        signed_in(&world, key, ada.user.id, Some(SignedInBy::Password)).await;
    }
    signed_in(&world, b"half", ada.user.id, None).await;
    signed_in(&world, b"his", bob, Some(SignedInBy::Password)).await;

    assert_eq!(sessions::end_others(&world.ctx, &ada, b"two").await.unwrap(), 3);

    for (key, there) in
        [(b"one".as_slice(), false), (b"two", true), (b"three", false), (b"half", false), (b"his", true)]
    {
        assert_eq!(data(&world, key).await.is_some(), there, "{}", String::from_utf8_lossy(key));
    }
}
