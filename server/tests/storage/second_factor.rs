//! The second factor: codes of an app, each once, recovery codes, and the rule that everybody has one.

use postroom_server::model::{
    AuditAct, AuditFilter, Field, Invalid, NewPassword, Reason, Rule, SecondFactor, SignedInBy,
};
use postroom_server::users::Person;
use postroom_server::{Error, audit, own_account, second_factor, sessions, users};
use totp_rs::{Builder, Secret};

use crate::password_resets::{letters, set_relay, without_password};
use crate::secrets::{contains, everything};
use crate::sessions::{ada, signed_in};
use crate::world::{ADMIN, ADMIN_PASSWORD, START, World};

crate::on_both_databases!(
    a_code_of_the_app_turns_it_on,
    a_code_is_taken_once_and_so_is_none_before_it,
    the_steps_beside_the_present_one_count_and_no_others,
    of_two_who_use_a_code_at_once_one_does,
    a_recovery_code_works_once,
    new_recovery_codes_replace_the_old_ones,
    turning_it_off_takes_password_and_code,
    beginning_anew_is_another_secret_until_it_is_on,
    neither_secret_nor_recovery_codes_are_stored_in_clear,
    the_secret_is_sealed_for_its_person,
    an_administrator_takes_it_away_and_sessions_end,
    the_command_line_takes_it_away,
    who_has_a_password_and_no_second_factor_owes_one_while_it_is_required,
    whoever_has_no_password_here_has_no_second_factor,
    what_people_do_with_their_accounts_is_in_the_audit_log,
);

const NEW: &str = "a new and longer password";

/// The secret that is being set up, as an app would read it.
async fn secret(world: &World, person: &Person) -> String {
    second_factor::to_show(&world.ctx, person).await.unwrap().unwrap().text.replace(' ', "")
}

/// What an app with this secret shows, so many steps from now.
fn code(world: &World, secret: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let seconds = world.ctx.clock.now().0 / 1_000 + 30 * steps;
    totp.generate(u64::try_from(seconds).unwrap()).to_string()
}

/// Turns it on; the code of the step before is used up with it.
async fn on(world: &World, person: &Person) -> (String, Vec<String>) {
    second_factor::begin(&world.ctx, person).await.unwrap();
    let secret = secret(world, person).await;
    let codes = second_factor::confirm(&world.ctx, person, &code(world, &secret, -1)).await.unwrap();
    (secret, codes)
}

async fn enter(world: &World, person: &Person, code: &str) -> Option<SignedInBy> {
    second_factor::enter(&world.ctx, person.user.id, code).await.unwrap()
}

fn not_a_code<T: std::fmt::Debug>(result: Result<T, Error>) {
    let Err(Error::Invalid(found)) = result else { panic!("{result:?}") };
    assert_eq!(found, [Invalid::new(Field::Code, Reason::NotACode)]);
}

async fn a_code_of_the_app_turns_it_on(world: World) {
    let ada = ada(&world).await;
    assert_eq!(second_factor::state(&world.ctx, &ada).await.unwrap(), SecondFactor::Off);
    second_factor::begin(&world.ctx, &ada).await.unwrap();
    assert_eq!(second_factor::state(&world.ctx, &ada).await.unwrap(), SecondFactor::BeingSetUp);
    assert!(!second_factor::is_on(&world.ctx, ada.user.id).await.unwrap(), "signing in asks for nothing yet");
    let secret = secret(&world, &ada).await;
    assert_eq!(secret.len(), 32, "160 bits in base32: {secret}");
    not_a_code(second_factor::confirm(&world.ctx, &ada, &code(&world, &secret, 5)).await);

    let codes = second_factor::confirm(&world.ctx, &ada, &code(&world, &secret, 0)).await.unwrap();

    assert_eq!(codes.len(), 10);
    assert_eq!(
        second_factor::state(&world.ctx, &ada).await.unwrap(),
        SecondFactor::On { since: START, codes_left: 10 }
    );
    assert!(second_factor::is_on(&world.ctx, ada.user.id).await.unwrap());
    assert!(second_factor::to_show(&world.ctx, &ada).await.unwrap().is_none(), "it is shown no more");
}

async fn a_code_is_taken_once_and_so_is_none_before_it(world: World) {
    let ada = ada(&world).await;
    second_factor::begin(&world.ctx, &ada).await.unwrap();
    let secret = secret(&world, &ada).await;
    let first = code(&world, &secret, 0);
    second_factor::confirm(&world.ctx, &ada, &first).await.unwrap();
    assert_eq!(enter(&world, &ada, &first).await, None, "the code that turned it on is used up");
    assert_eq!(enter(&world, &ada, &code(&world, &secret, -1)).await, None, "and so are those before");

    world.ctx.clock.advance_millis(30_000);
    let next = code(&world, &secret, 0);
    let (first, last) = next.split_at(3);
    let spaced = format!(" {first} {last} ");
    assert_eq!(enter(&world, &ada, &spaced).await, Some(SignedInBy::Code));
    assert_eq!(enter(&world, &ada, &next).await, None);
}

async fn the_steps_beside_the_present_one_count_and_no_others(world: World) {
    let ada = ada(&world).await;
    let (secret, _) = on(&world, &ada).await;
    for (steps, taken) in [(2, None), (1, Some(SignedInBy::Code)), (0, None)] {
        assert_eq!(enter(&world, &ada, &code(&world, &secret, steps)).await, taken, "{steps}");
    }
    world.ctx.clock.advance_millis(120_000);
    for (steps, taken) in [(-2, None), (-1, Some(SignedInBy::Code)), (0, Some(SignedInBy::Code))] {
        assert_eq!(enter(&world, &ada, &code(&world, &secret, steps)).await, taken, "{steps}");
    }
}

async fn of_two_who_use_a_code_at_once_one_does(world: World) {
    let ada = ada(&world).await;
    let (secret, codes) = on(&world, &ada).await;
    for code in [code(&world, &secret, 0), codes[0].clone()] {
        let (one, other) = tokio::join!(enter(&world, &ada, &code), enter(&world, &ada, &code));
        assert!(one.is_some() != other.is_some(), "{code}: {one:?} {other:?}");
    }
}

async fn a_recovery_code_works_once(world: World) {
    let ada = ada(&world).await;
    let (_, codes) = on(&world, &ada).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(enter(&world, &ada, &typed).await, Some(SignedInBy::RecoveryCode));
    assert_eq!(enter(&world, &ada, &codes[3]).await, None);
    assert_eq!(enter(&world, &ada, "aaaa-bbbb-cccc-dddd").await, None);
    assert_eq!(enter(&world, &ada, "").await, None);
    assert!(matches!(second_factor::state(&world.ctx, &ada).await.unwrap(), SecondFactor::On { codes_left: 9, .. }));
    let bob = users::person(&world.ctx, world.colleague().await.user.id).await.unwrap();
    on(&world, &bob).await;
    assert_eq!(enter(&world, &bob, &codes[4]).await, None, "hers are not his");
}

async fn new_recovery_codes_replace_the_old_ones(world: World) {
    let ada = ada(&world).await;
    let early = second_factor::new_recovery_codes(&world.ctx, &ada, ADMIN_PASSWORD.into()).await;
    assert!(matches!(early, Err(Error::Rule(Rule::SecondFactorOff))), "{early:?}");
    let (_, old) = on(&world, &ada).await;
    enter(&world, &ada, &old[0]).await.unwrap();
    let wrong = second_factor::new_recovery_codes(&world.ctx, &ada, "wrong".into()).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");

    let new = second_factor::new_recovery_codes(&world.ctx, &ada, ADMIN_PASSWORD.into()).await.unwrap();

    assert_eq!(enter(&world, &ada, &old[1]).await, None);
    assert_eq!(enter(&world, &ada, &new[1]).await, Some(SignedInBy::RecoveryCode));
    assert!(matches!(second_factor::state(&world.ctx, &ada).await.unwrap(), SecondFactor::On { codes_left: 9, .. }));
}

async fn turning_it_off_takes_password_and_code(world: World) {
    set_relay(&world).await;
    let ada = ada(&world).await;
    let (secret, _) = on(&world, &ada).await;
    let code = code(&world, &secret, 0);
    let wrong = second_factor::turn_off(&world.ctx, &ada, "wrong".into(), &code).await;
    let Err(Error::Invalid(found)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(found, [Invalid::new(Field::CurrentPassword, Reason::WrongPassword)]);
    not_a_code(second_factor::turn_off(&world.ctx, &ada, ADMIN_PASSWORD.into(), "000 00x").await);
    assert_eq!(letters(&world).await, []);

    second_factor::turn_off(&world.ctx, &ada, ADMIN_PASSWORD.into(), &code).await.unwrap();

    assert_eq!(second_factor::state(&world.ctx, &ada).await.unwrap(), SecondFactor::Off);
    let (to, subject, _) = letters(&world).await.pop().unwrap();
    assert_eq!((to.as_str(), subject.as_str()), (ADMIN, "[Postroom] Your second factor was turned off"));
}

async fn beginning_anew_is_another_secret_until_it_is_on(world: World) {
    let ada = ada(&world).await;
    second_factor::begin(&world.ctx, &ada).await.unwrap();
    let old = secret(&world, &ada).await;
    second_factor::begin(&world.ctx, &ada).await.unwrap();
    let new = secret(&world, &ada).await;
    assert_ne!(old, new);
    not_a_code(second_factor::confirm(&world.ctx, &ada, &code(&world, &old, 0)).await);
    second_factor::confirm(&world.ctx, &ada, &code(&world, &new, 0)).await.unwrap();
    let again = second_factor::begin(&world.ctx, &ada).await;
    assert!(matches!(again, Err(Error::Rule(Rule::SecondFactorOn))), "{again:?}");
    let twice = second_factor::confirm(&world.ctx, &ada, &code(&world, &new, 1)).await;
    assert!(matches!(twice, Err(Error::Rule(Rule::SecondFactorOn))), "{twice:?}");
}

async fn neither_secret_nor_recovery_codes_are_stored_in_clear(world: World) {
    let ada = ada(&world).await;
    let (secret, codes) = on(&world, &ada).await;
    let everything = everything(&world).await;
    assert!(contains(&everything, ADMIN.as_bytes()), "the search finds what is there");
    let bare: Vec<String> = codes.iter().map(|code| code.replace('-', "")).collect();
    for text in [secret].iter().chain(&codes).chain(&bare) {
        let hexadecimal: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!contains(&everything, text.as_bytes()), "{text}");
        assert!(!contains(&everything, hexadecimal.as_bytes()), "{text} in hexadecimal");
    }
}

async fn the_secret_is_sealed_for_its_person(world: World) {
    use postroom_server::db::Tx;
    let ada = ada(&world).await;
    let (_, codes) = on(&world, &ada).await;
    let bob = users::person(&world.ctx, world.colleague().await.user.id).await.unwrap();
    on(&world, &bob).await;
    const STEAL: &str = "UPDATE second_factors SET secret = (SELECT secret FROM second_factors WHERE user_id = $1)
                         WHERE user_id = $2";
    let (from, to) = (bob.user.id.0, ada.user.id.0);
    let mut tx = world.ctx.db.write().await.unwrap();
    match &mut tx {
        Tx::Sqlite(tx) => drop(sqlx::query(STEAL).bind(from).bind(to).execute(&mut **tx).await.unwrap()),
        Tx::Postgres(tx) => drop(sqlx::query(STEAL).bind(from).bind(to).execute(&mut **tx).await.unwrap()),
    }
    tx.commit().await.unwrap();
    let moved = second_factor::enter(&world.ctx, ada.user.id, &codes[0]).await;
    assert!(matches!(moved, Err(Error::Vault(_))), "{moved:?}");
}

async fn an_administrator_takes_it_away_and_sessions_end(world: World) {
    let bob = users::person(&world.ctx, world.colleague().await.user.id).await.unwrap();
    on(&world, &bob).await;
    signed_in(&world, b"his", bob.user.id, Some(SignedInBy::Code)).await;

    second_factor::reset(&world.ctx, &world.admin, bob.user.id).await.unwrap();

    assert_eq!(second_factor::state(&world.ctx, &bob).await.unwrap(), SecondFactor::Off);
    assert!(sessions::load(&world.ctx, b"his").await.unwrap().is_none());
    let again = second_factor::reset(&world.ctx, &world.admin, bob.user.id).await;
    assert!(matches!(again, Err(Error::Rule(Rule::SecondFactorOff))), "{again:?}");
}

async fn the_command_line_takes_it_away(world: World) {
    let ada = ada(&world).await;
    on(&world, &ada).await;
    second_factor::reset_by_operator(&world.ctx, "ADA@example.com").await.unwrap();
    assert!(!second_factor::is_on(&world.ctx, ada.user.id).await.unwrap());
    let unknown = second_factor::reset_by_operator(&world.ctx, "nobody@example.com").await;
    assert!(matches!(unknown, Err(Error::NotFound("user"))), "{unknown:?}");
}

async fn who_has_a_password_and_no_second_factor_owes_one_while_it_is_required(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let ada = ada(&world).await;
    world.colleague().await;
    assert!(!second_factor::owed(ctx, ada.user.id).await.unwrap());
    assert_eq!(second_factor::requirement(ctx, admin).await.unwrap(), (false, 2));

    second_factor::require(ctx, admin, true).await.unwrap();

    assert!(second_factor::owed(ctx, ada.user.id).await.unwrap());
    second_factor::begin(ctx, &ada).await.unwrap();
    assert!(second_factor::owed(ctx, ada.user.id).await.unwrap(), "begun is not enough");
    on(&world, &ada).await;
    assert!(!second_factor::owed(ctx, ada.user.id).await.unwrap());
    assert_eq!(second_factor::requirement(ctx, admin).await.unwrap(), (true, 1));

    second_factor::reset_by_operator(ctx, ADMIN).await.unwrap();
    assert!(second_factor::owed(ctx, ada.user.id).await.unwrap());
    second_factor::require(ctx, admin, false).await.unwrap();
    assert!(!second_factor::owed(ctx, ada.user.id).await.unwrap());
}

async fn whoever_has_no_password_here_has_no_second_factor(world: World) {
    let ada = ada(&world).await;
    without_password(&world).await;
    second_factor::require(&world.ctx, &world.admin, true).await.unwrap();
    assert!(!second_factor::owed(&world.ctx, ada.user.id).await.unwrap());
    assert_eq!(second_factor::requirement(&world.ctx, &world.admin).await.unwrap(), (true, 0));
    let begun = second_factor::begin(&world.ctx, &ada).await;
    assert!(matches!(begun, Err(Error::Rule(Rule::NoPassword))), "{begun:?}");
}

async fn what_people_do_with_their_accounts_is_in_the_audit_log(world: World) {
    let (ctx, ada) = (&world.ctx, ada(&world).await);
    let (secret, codes) = on(&world, &ada).await;
    let new = NewPassword { password: NEW.to_owned(), password_again: NEW.to_owned() };
    own_account::change_password(ctx, &ada, None, ADMIN_PASSWORD.into(), new).await.unwrap();
    second_factor::turn_off(ctx, &ada, NEW.into(), &code(&world, &secret, 0)).await.unwrap();
    second_factor::require(ctx, &world.admin, true).await.unwrap();
    second_factor::require(ctx, &world.admin, true).await.unwrap();

    let lines = audit::list(ctx, &world.admin, &AuditFilter::default(), None, 4).await.unwrap();

    let acts: Vec<_> = lines.iter().map(|line| line.act).collect();
    use AuditAct::{PasswordChanged, SecondFactorSwitchedOff, SecondFactorSwitchedOn, SwitchChanged};
    assert_eq!(acts, [SwitchChanged, SecondFactorSwitchedOff, PasswordChanged, SecondFactorSwitchedOn]);
    assert!(lines.iter().all(|line| line.actor.name() == ADMIN), "{lines:?}");
    let told = format!("{lines:?}");
    for kept in [secret.as_str(), NEW, codes[0].as_str()] {
        assert!(!told.contains(kept), "{kept}");
    }
}
