//! A forgotten password: asking tells nothing, and the link in the mail works once, for half an hour.

use mail_parser::MessageParser;
use postroom_server::db::Tx;
use postroom_server::model::{
    AuthMethod, DeliveryState, Field, Invalid, Language, NewPassword, Purpose, Reason, Rule, ServerForm, SignedInBy,
};
use postroom_server::{Error, outbox, own_account, password_resets, relay, sessions, users};

use crate::sessions::{ada, signed_in};
use crate::world::{ADMIN, ADMIN_PASSWORD, World};

crate::on_both_databases!(
    asking_does_the_same_for_everybody,
    somebody_is_mailed_a_link_and_nobody_else_is,
    a_link_sets_a_new_password_once_and_ends_every_session_of_that_person,
    a_password_that_cannot_be_taken_leaves_the_link_as_it_is,
    a_link_is_too_old_after_half_an_hour,
    a_newer_link_takes_the_place_of_the_one_before,
    of_two_who_use_a_link_at_once_one_does,
    two_processes_answer_a_wish_once,
    without_a_relay_nothing_is_mailed_and_no_link_is_replaced,
    a_wish_that_nobody_answered_in_time_is_forgotten,
    whoever_has_no_password_here_is_told_how_they_sign_in,
    mails_are_in_the_language_that_the_person_reads,
    changing_the_password_takes_the_present_one_and_keeps_this_session,
    changing_the_password_takes_a_link_back,
);

const NEW: &str = "a new and longer password";

fn form(password: &str) -> NewPassword {
    NewPassword { password: password.to_owned(), password_again: password.to_owned() }
}

pub async fn set_relay(world: &World) {
    let form = ServerForm {
        host: "relay.example.com".to_owned(),
        port: "25".to_owned(),
        tls: false,
        method: AuthMethod::None,
        email: "postroom@example.com".to_owned(),
        ..ServerForm::default()
    };
    relay::save(&world.ctx, &world.admin, &form, None).await.unwrap();
}

/// The mails that wait, the oldest first: to whom, subject and text.
pub async fn letters(world: &World) -> Vec<(String, String, String)> {
    let waiting = outbox::list(&world.ctx, &world.admin, DeliveryState::Waiting).await.unwrap();
    assert!(waiting.iter().all(|one| one.purpose == Purpose::SignIn), "{waiting:?}");
    const TEXTS: &str = "SELECT message_id, sealed_message FROM deliveries ORDER BY id";
    let mut tx = world.ctx.db.read().await.unwrap();
    let messages: Vec<(String, Vec<u8>)> = match &mut tx {
        Tx::Sqlite(tx) => sqlx::query_as(TEXTS).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(TEXTS).fetch_all(&mut **tx).await.unwrap(),
    };
    let read = messages.into_iter().map(|(id, sealed)| {
        assert!(!String::from_utf8_lossy(&sealed).contains("/reset/"), "a link in clear");
        let bytes = world.ctx.vault.open_bytes(&format!("delivery/{id}"), &sealed).unwrap();
        let message = MessageParser::default().parse(&bytes[..]).unwrap();
        let to = message.to().unwrap().first().unwrap().address().unwrap().to_owned();
        (to, message.subject().unwrap().to_owned(), message.body_text(0).unwrap().into_owned())
    });
    read.collect()
}

/// The token in the last letter.
async fn token(world: &World) -> String {
    let (_, _, text) = letters(world).await.pop().unwrap();
    let token: String = text.split("/reset/").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(token.len(), 64, "256 bits: {text}");
    token
}

/// Ada has asked and was answered.
async fn linked(world: &World) -> String {
    password_resets::ask(&world.ctx, ADMIN, Language::En).await.unwrap();
    assert_eq!(password_resets::answer(&world.ctx).await.unwrap(), 1);
    token(world).await
}

async fn count(world: &World, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let mut tx = world.ctx.db.read().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => sqlx::query_scalar(query).fetch_one(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_scalar(query).fetch_one(&mut **tx).await.unwrap(),
    }
}

async fn signs_in(world: &World, password: &str) -> bool {
    users::sign_in(&world.ctx, ADMIN, &password.into()).await.unwrap().is_some()
}

async fn asking_does_the_same_for_everybody(world: World) {
    set_relay(&world).await;
    for (asked, address) in (1..).zip([ADMIN, "nobody@example.com", " ADA@example.com "]) {
        password_resets::ask(&world.ctx, address, Language::En).await.unwrap();
        let work = (
            count(&world, "password_wishes").await,
            count(&world, "password_resets").await,
            count(&world, "deliveries").await,
        );
        assert_eq!(work, (asked, 0, 0), "one row, and nobody was looked up: {address}");
    }
    for (address, reason) in [("", Reason::Empty), ("no address", Reason::NotAnAddress)] {
        let wrong = password_resets::ask(&world.ctx, address, Language::En).await;
        let Err(Error::Invalid(found)) = wrong else { panic!("{wrong:?}") };
        assert_eq!(found, [Invalid::new(Field::Address, reason)]);
    }
    assert_eq!(count(&world, "password_wishes").await, 3);
}

async fn somebody_is_mailed_a_link_and_nobody_else_is(world: World) {
    set_relay(&world).await;
    for address in ["nobody@example.com", "ADA@Example.com"] {
        password_resets::ask(&world.ctx, address, Language::En).await.unwrap();
    }
    assert_eq!(password_resets::answer(&world.ctx).await.unwrap(), 1);
    assert_eq!(count(&world, "password_wishes").await, 0);
    let all = letters(&world).await;
    let [(to, subject, text)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((to.as_str(), subject.as_str()), (ADMIN, "[Postroom] Choose a new password"));
    assert!(text.contains(&format!("{}/reset/", world.ctx.config.base_url())), "{text}");
    assert!(signs_in(&world, ADMIN_PASSWORD).await, "asking changes nothing");
}

async fn a_link_sets_a_new_password_once_and_ends_every_session_of_that_person(world: World) {
    set_relay(&world).await;
    let (ada, bob) = (ada(&world).await, world.colleague().await);
    signed_in(&world, b"hers", ada.user.id, Some(SignedInBy::Password)).await;
    signed_in(&world, b"half", ada.user.id, None).await;
    signed_in(&world, b"his", bob.user.id, Some(SignedInBy::Password)).await;
    let token = linked(&world).await;
    for _ in 1..=3 {
        assert!(password_resets::open(&world.ctx, &token.as_str().into()).await.unwrap(), "looking uses nothing up");
    }

    password_resets::reset(&world.ctx, &token.as_str().into(), form(NEW), Language::En, None).await.unwrap();

    assert!(signs_in(&world, NEW).await && !signs_in(&world, ADMIN_PASSWORD).await);
    for (key, there) in [(b"hers".as_slice(), false), (b"half", false), (b"his", true)] {
        assert_eq!(sessions::load(&world.ctx, key).await.unwrap().is_some(), there);
    }
    let (to, subject, _) = letters(&world).await.pop().unwrap();
    assert_eq!((to.as_str(), subject.as_str()), (ADMIN, "[Postroom] Your password was changed"));
    assert!(!password_resets::open(&world.ctx, &token.as_str().into()).await.unwrap());
    let again =
        password_resets::reset(&world.ctx, &token.into(), form("yet another password"), Language::En, None).await;
    assert!(matches!(again, Err(Error::NotFound("link"))), "{again:?}");
    assert!(signs_in(&world, NEW).await);
}

async fn a_password_that_cannot_be_taken_leaves_the_link_as_it_is(world: World) {
    set_relay(&world).await;
    let token = linked(&world).await;
    let wrong = NewPassword { password: "short".to_owned(), password_again: "other".to_owned() };
    let refused = password_resets::reset(&world.ctx, &token.as_str().into(), wrong, Language::En, None).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found.iter().map(|one| one.field).collect::<Vec<_>>(), [Field::Password, Field::PasswordAgain]);
    password_resets::reset(&world.ctx, &token.into(), form(NEW), Language::En, None).await.unwrap();
}

async fn a_link_is_too_old_after_half_an_hour(world: World) {
    set_relay(&world).await;
    let token = linked(&world).await;
    world.ctx.clock.advance_millis(30 * 60_000 - 1);
    assert!(password_resets::open(&world.ctx, &token.as_str().into()).await.unwrap());
    world.ctx.clock.advance_millis(1);
    assert!(!password_resets::open(&world.ctx, &token.as_str().into()).await.unwrap());
    let late = password_resets::reset(&world.ctx, &token.into(), form(NEW), Language::En, None).await;
    assert!(matches!(late, Err(Error::NotFound("link"))), "{late:?}");
    assert_eq!(password_resets::prune(&world.ctx).await.unwrap(), 1);
}

async fn a_newer_link_takes_the_place_of_the_one_before(world: World) {
    set_relay(&world).await;
    let (old, new) = (linked(&world).await, linked(&world).await);
    assert_ne!(old, new);
    let replaced = password_resets::reset(&world.ctx, &old.into(), form(NEW), Language::En, None).await;
    assert!(matches!(replaced, Err(Error::NotFound("link"))), "{replaced:?}");
    password_resets::reset(&world.ctx, &new.into(), form(NEW), Language::En, None).await.unwrap();
}

async fn of_two_who_use_a_link_at_once_one_does(world: World) {
    set_relay(&world).await;
    let token = linked(&world).await;
    let (ctx, token) = (&world.ctx, token.as_str().into());
    let (one, other) = tokio::join!(
        password_resets::reset(ctx, &token, form("the password of one"), Language::En, None),
        password_resets::reset(ctx, &token, form("the password of the other"), Language::En, None),
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let won = if one.is_ok() { "the password of one" } else { "the password of the other" };
    assert!(signs_in(&world, won).await);
}

async fn two_processes_answer_a_wish_once(world: World) {
    set_relay(&world).await;
    password_resets::ask(&world.ctx, ADMIN, Language::En).await.unwrap();
    let (one, other) = tokio::join!(password_resets::answer(&world.ctx), password_resets::answer(&world.ctx));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    assert_eq!(letters(&world).await.len(), 1);
}

async fn without_a_relay_nothing_is_mailed_and_no_link_is_replaced(world: World) {
    assert!(!password_resets::can_be_mailed(&world.ctx, &world.admin).await.unwrap());
    set_relay(&world).await;
    assert!(password_resets::can_be_mailed(&world.ctx, &world.admin).await.unwrap());
    let token = linked(&world).await;
    relay::remove(&world.ctx, &world.admin).await.unwrap();

    password_resets::ask(&world.ctx, ADMIN, Language::En).await.unwrap();

    assert_eq!(password_resets::answer(&world.ctx).await.unwrap(), 0);
    assert_eq!(count(&world, "password_wishes").await, 0);
    assert!(password_resets::open(&world.ctx, &token.into()).await.unwrap());
}

async fn a_wish_that_nobody_answered_in_time_is_forgotten(world: World) {
    set_relay(&world).await;
    password_resets::ask(&world.ctx, ADMIN, Language::En).await.unwrap();
    world.ctx.clock.advance_millis(30 * 60_000 + 1);
    assert_eq!(password_resets::answer(&world.ctx).await.unwrap(), 0);
    assert_eq!(count(&world, "password_wishes").await, 0);
}

/// As somebody is who came in by the organisation's own sign-in.
pub async fn without_password(world: &World) {
    const TAKE: &str = "UPDATE users SET password_hash = ''";
    let mut tx = world.ctx.db.write().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => drop(sqlx::query(TAKE).execute(&mut **tx).await.unwrap()),
        Tx::Postgres(tx) => drop(sqlx::query(TAKE).execute(&mut **tx).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

async fn whoever_has_no_password_here_is_told_how_they_sign_in(world: World) {
    set_relay(&world).await;
    without_password(&world).await;
    password_resets::ask(&world.ctx, ADMIN, Language::En).await.unwrap();
    assert_eq!(password_resets::answer(&world.ctx).await.unwrap(), 1);
    let (_, subject, text) = letters(&world).await.pop().unwrap();
    assert_eq!(subject, "[Postroom] How you sign in");
    assert!(text.contains("/sign-in") && !text.contains("/reset/"), "{text}");
    assert_eq!(count(&world, "password_resets").await, 0);
    assert!(!signs_in(&world, "").await && !signs_in(&world, ADMIN_PASSWORD).await);
    let changed = own_account::change_password(&world.ctx, &ada(&world).await, None, "".into(), form(NEW)).await;
    assert!(matches!(changed, Err(Error::Rule(Rule::NoPassword))), "{changed:?}");
}

async fn mails_are_in_the_language_that_the_person_reads(world: World) {
    set_relay(&world).await;
    password_resets::ask(&world.ctx, ADMIN, Language::Ko).await.unwrap();
    password_resets::answer(&world.ctx).await.unwrap();
    own_account::reads(&world.ctx, world.admin.user.id, Language::En).await.unwrap();
    password_resets::ask(&world.ctx, ADMIN, Language::Ko).await.unwrap();
    password_resets::answer(&world.ctx).await.unwrap();
    let subjects: Vec<_> = letters(&world).await.into_iter().map(|(_, subject, _)| subject).collect();
    assert_eq!(subjects, ["[Postroom] 새 비밀번호를 정해 주세요", "[Postroom] Choose a new password"]);
}

async fn changing_the_password_takes_the_present_one_and_keeps_this_session(world: World) {
    set_relay(&world).await;
    let ada = ada(&world).await;
    for key in [b"this".as_slice(), b"other"] {
        signed_in(&world, key, ada.user.id, Some(SignedInBy::Password)).await;
    }
    let this = Some(b"this".as_slice());
    for (current, reason) in [("", Reason::Empty), ("wrong", Reason::WrongPassword)] {
        let wrong = own_account::change_password(&world.ctx, &ada, this, current.into(), form(NEW)).await;
        let Err(Error::Invalid(found)) = wrong else { panic!("{wrong:?}") };
        assert_eq!(found, [Invalid::new(Field::CurrentPassword, reason)]);
    }
    assert!(sessions::load(&world.ctx, b"other").await.unwrap().is_some());

    own_account::change_password(&world.ctx, &ada, this, ADMIN_PASSWORD.into(), form(NEW)).await.unwrap();

    assert!(signs_in(&world, NEW).await && !signs_in(&world, ADMIN_PASSWORD).await);
    assert!(sessions::load(&world.ctx, b"this").await.unwrap().is_some());
    assert!(sessions::load(&world.ctx, b"other").await.unwrap().is_none());
    let (_, subject, _) = letters(&world).await.pop().unwrap();
    assert_eq!(subject, "[Postroom] Your password was changed");
}

async fn changing_the_password_takes_a_link_back(world: World) {
    set_relay(&world).await;
    let token = linked(&world).await;
    own_account::change_password(&world.ctx, &ada(&world).await, None, ADMIN_PASSWORD.into(), form(NEW)).await.unwrap();
    assert!(!password_resets::open(&world.ctx, &token.into()).await.unwrap());
    let token = linked(&world).await;
    users::set_password(&world.ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap();
    assert!(!password_resets::open(&world.ctx, &token.into()).await.unwrap(), "nor does the operator leave one");
}
