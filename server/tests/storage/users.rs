//! Setting up, signing in, and the command line's way in.

use postroom_server::model::{Field, Invalid, MailboxState, Reason, Rule, ServerKind, SetupForm, UserId};
use postroom_server::{Error, mailboxes, users, workspaces};

use crate::world::{ADMIN, ADMIN_PASSWORD, World};

crate::on_both_databases!(
    setting_up_makes_an_administrator_a_workspace_and_its_support_address,
    setting_up_works_once,
    only_the_last_code_that_was_printed_is_taken,
    of_two_who_set_up_at_once_one_does,
    a_user_signs_in_with_the_right_password_only,
    a_new_password_replaces_the_old_one,
    an_address_belongs_to_one_user,
    nobody_is_an_administrator_without_being_a_user,
);

fn form(code: &str) -> SetupForm {
    SetupForm {
        code: code.to_owned(),
        name: " Grace ".to_owned(),
        email: "grace@example.com".to_owned(),
        password: "a long enough password".to_owned(),
        password_again: "a long enough password".to_owned(),
        workspace: "지원팀".to_owned(),
    }
}

async fn setting_up_makes_an_administrator_a_workspace_and_its_support_address(world: World) {
    let (ctx, _folder) = world.untouched().await;
    assert!(users::setup_needed(&ctx).await.unwrap());
    let code = users::setup_code(&ctx).await.unwrap().unwrap();

    let user = users::set_up(&ctx, form(&code.to_lowercase()), "일반", None).await.unwrap();

    assert_eq!((user.name.as_str(), user.email.as_str()), ("Grace", "grace@example.com"));
    assert!(!users::setup_needed(&ctx).await.unwrap());
    let admin = users::admin(&ctx, user.id).await.unwrap();
    let found = workspaces::list(&ctx, &admin).await.unwrap();
    assert_eq!(
        found.iter().map(|w| (w.name.as_str(), w.slug.as_str())).collect::<Vec<_>>(),
        [("지원팀", "workspace-1")]
    );
    let manager = users::manager(&ctx, &admin, &found[0].slug).await.unwrap();
    let mailbox = mailboxes::list(&ctx, &manager).await.unwrap().remove(0);
    assert_eq!(mailbox.address.as_str(), "support@workspace-1.postroom.localhost");
    assert_eq!((mailbox.primary, mailbox.kind, mailbox.state), (true, ServerKind::Default, MailboxState::Active));
    assert_eq!(mailbox.group.unwrap().name, "일반");
}

async fn setting_up_works_once(world: World) {
    let (ctx, _folder) = world.untouched().await;
    let code = users::setup_code(&ctx).await.unwrap().unwrap();
    users::set_up(&ctx, form(&code), "General", None).await.unwrap();

    let again = users::set_up(&ctx, form(&code), "General", None).await;

    assert!(matches!(again, Err(Error::Rule(Rule::SetupDone))), "{again:?}");
    assert_eq!(users::setup_code(&ctx).await.unwrap(), None);
}

async fn only_the_last_code_that_was_printed_is_taken(world: World) {
    let (ctx, _folder) = world.untouched().await;
    let old = users::setup_code(&ctx).await.unwrap().unwrap();
    let new = users::setup_code(&ctx).await.unwrap().unwrap();
    for code in [old.as_str(), "0000-0000-0000"] {
        let wrong = users::set_up(&ctx, form(code), "General", None).await;
        let Err(Error::Invalid(found)) = wrong else { panic!("{wrong:?}") };
        assert_eq!(found, [Invalid::new(Field::Code, Reason::WrongCode)]);
    }
    assert!(users::set_up(&ctx, form(&new), "General", None).await.is_ok());
}

async fn of_two_who_set_up_at_once_one_does(world: World) {
    let (ctx, _folder) = world.untouched().await;
    let code = users::setup_code(&ctx).await.unwrap().unwrap();
    let second = SetupForm { email: "mallory@example.com".to_owned(), ..form(&code) };
    let (one, other) =
        tokio::join!(users::set_up(&ctx, form(&code), "General", None), users::set_up(&ctx, second, "General", None));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.err().or(other.err());
    assert!(matches!(refused, Some(Error::Rule(Rule::SetupDone))), "{refused:?}");
}

async fn a_user_signs_in_with_the_right_password_only(world: World) {
    let signed_in = users::sign_in(&world.ctx, "ADA@Example.com", &ADMIN_PASSWORD.into()).await.unwrap();
    assert_eq!(signed_in.map(|user| user.id), Some(world.admin.user.id));
    let too_long = ADMIN_PASSWORD.repeat(1000);
    for (email, password) in [
        (ADMIN, "wrong password"),
        (ADMIN, ""),
        (ADMIN, too_long.as_str()),
        ("nobody@example.com", ADMIN_PASSWORD),
        ("no address\0", ADMIN_PASSWORD),
        ("", ""),
    ] {
        assert_eq!(users::sign_in(&world.ctx, email, &password.into()).await.unwrap(), None, "{email}");
    }
}

async fn a_new_password_replaces_the_old_one(world: World) {
    users::set_password(&world.ctx, ADMIN, &"another good password".into()).await.unwrap();
    assert!(users::sign_in(&world.ctx, ADMIN, &"another good password".into()).await.unwrap().is_some());
    assert_eq!(users::sign_in(&world.ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap(), None);

    let short = users::set_password(&world.ctx, ADMIN, &"short".into()).await;
    assert!(matches!(short, Err(Error::Invalid(_))), "{short:?}");
    let unknown = users::set_password(&world.ctx, "nobody@example.com", &"another good password".into()).await;
    assert!(matches!(unknown, Err(Error::NotFound("user"))), "{unknown:?}");
}

async fn an_address_belongs_to_one_user(world: World) {
    let again = users::create_admin(&world.ctx, "Ada@EXAMPLE.com", "Eve", &ADMIN_PASSWORD.into()).await;
    let Err(Error::Invalid(found)) = again else { panic!("{again:?}") };
    assert_eq!(found, [Invalid::new(Field::Address, Reason::Duplicate)]);
}

async fn nobody_is_an_administrator_without_being_a_user(world: World) {
    let stranger = users::admin(&world.ctx, UserId(4711)).await;
    assert!(matches!(stranger, Err(Error::NotFound("user"))), "{stranger:?}");
}
