//! Mailboxes that are saved.

use postroom_server::model::{Direction, MailboxId, MailboxState, Rule};
use postroom_server::{Error, mailboxes};

use crate::world::{MAIL_PASSWORD, START, World, bad_credentials, endpoint, passed, password_of, refused};

crate::on_both_databases!(
    the_primary_mailbox_comes_first_and_the_others_by_name,
    a_mailbox_is_found_in_its_own_workspace_only,
    the_primary_mailbox_cannot_be_deleted,
    a_deleted_mailbox_is_gone_and_its_address_free,
    a_mailbox_rests_and_works_again,
    a_failed_check_keeps_the_last_good_time,
    a_saved_mailbox_is_dialled_with_what_was_checked_after_a_restart,
    a_server_that_was_never_set_has_no_target,
);

async fn the_primary_mailbox_comes_first_and_the_others_by_name(world: World) {
    world.mailbox("b@example.com").await;
    world.mailbox("a@example.com").await;
    let found = mailboxes::list(&world.ctx, &world.manager).await.unwrap();
    let addresses: Vec<_> = found.iter().map(|mailbox| mailbox.address.as_str()).collect();
    // Both others are called "Help": the older one first.
    assert_eq!(addresses, ["support@it.postroom.localhost", "b@example.com", "a@example.com"]);
    assert!(found[1].incoming.configured && found[1].incoming.last_ok_at == Some(START));
}

async fn a_mailbox_is_found_in_its_own_workspace_only(world: World) {
    let (ctx, own) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let hr = world.manager_of(&world.other_workspace().await.0).await;
    let (direction, report) = (Direction::Incoming, refused(Direction::Incoming));
    for (manager, id) in [(&hr, id), (own, MailboxId(4711))] {
        let attempts = [
            mailboxes::details(ctx, manager, id).await.err(),
            mailboxes::pause(ctx, manager, id).await.err(),
            mailboxes::delete(ctx, manager, id).await.err(),
            mailboxes::target(ctx, manager, id, direction).await.err(),
            mailboxes::store_report(ctx, manager, id, direction, &report).await.err(),
        ];
        for error in attempts {
            assert!(matches!(error, Some(Error::NotFound("mailbox"))), "{error:?}");
        }
        let resumed = mailboxes::resume(ctx, manager, id).await;
        assert!(matches!(resumed, Err(Error::NotFound(_))), "{resumed:?}");
    }
    let untouched = mailboxes::details(ctx, own, id).await.unwrap();
    assert_eq!(untouched.summary.state, MailboxState::Active);
    assert_eq!(untouched.incoming_report, Some(passed(direction)));
}

async fn the_primary_mailbox_cannot_be_deleted(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let primary = mailboxes::list(ctx, manager).await.unwrap()[0].id;
    let refused = mailboxes::delete(ctx, manager, primary).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::PrimaryCannotBeDeleted))), "{refused:?}");
    assert_eq!(mailboxes::list(ctx, manager).await.unwrap().len(), 1);
}

async fn a_deleted_mailbox_is_gone_and_its_address_free(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    mailboxes::delete(ctx, manager, id).await.unwrap();
    let gone = mailboxes::details(ctx, manager, id).await;
    assert!(matches!(gone, Err(Error::NotFound("mailbox"))), "{gone:?}");
    assert_ne!(world.mailbox("help@example.com").await, id);
}

async fn a_mailbox_rests_and_works_again(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let state = async || mailboxes::details(ctx, manager, id).await.unwrap().summary.state;
    for _ in 0..2 {
        mailboxes::pause(ctx, manager, id).await.unwrap();
        assert_eq!(state().await, MailboxState::Paused);
    }
    for _ in 0..2 {
        mailboxes::resume(ctx, manager, id).await.unwrap();
        assert_eq!(state().await, MailboxState::Active);
    }
}

async fn a_failed_check_keeps_the_last_good_time(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    ctx.clock.advance_millis(60_000);
    let later = ctx.clock.now();

    let failed = refused(Direction::Incoming);
    mailboxes::store_report(ctx, manager, id, Direction::Incoming, &failed).await.unwrap();

    let mailbox = mailboxes::details(ctx, manager, id).await.unwrap();
    let status = &mailbox.summary.incoming;
    assert_eq!((status.checked_at, status.last_ok_at), (Some(later), Some(START)));
    assert_eq!(status.problem, Some(bad_credentials()));
    assert_eq!(mailbox.incoming_report, Some(failed));
    assert_eq!(mailbox.summary.outgoing.problem, None);
    assert_eq!(mailboxes::list(ctx, manager).await.unwrap()[1].incoming, *status);

    let good = passed(Direction::Incoming);
    mailboxes::store_report(ctx, manager, id, Direction::Incoming, &good).await.unwrap();
    let status = mailboxes::details(ctx, manager, id).await.unwrap().summary.incoming;
    assert_eq!((status.last_ok_at, status.problem), (Some(later), None));
}

async fn a_saved_mailbox_is_dialled_with_what_was_checked_after_a_restart(world: World) {
    let id = world.mailbox("help@example.com").await;
    let before = mailboxes::details(&world.ctx, &world.manager, id).await.unwrap();

    let world = world.restart().await;

    let (ctx, manager) = (&world.ctx, &world.manager);
    assert_eq!(mailboxes::details(ctx, manager, id).await.unwrap(), before);
    for direction in Direction::BOTH {
        let (settings, key) = mailboxes::target(ctx, manager, id, direction).await.unwrap();
        assert_eq!((settings.endpoint, settings.email.as_str()), (endpoint(direction), "help@example.com"));
        assert_eq!((settings.username.as_str(), password_of(&key)), ("help-user", MAIL_PASSWORD));
    }
}

async fn a_server_that_was_never_set_has_no_target(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let primary = mailboxes::list(ctx, manager).await.unwrap()[0].id;
    let target = mailboxes::target(ctx, manager, primary, Direction::Incoming).await.map(|_| ());
    assert!(matches!(target, Err(Error::Rule(Rule::NotConfigured))), "{target:?}");
}
