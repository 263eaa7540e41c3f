//! Drafts become mailboxes.

use postroom_server::drafts;
use postroom_server::model::{
    Direction, Field, Invalid, MailboxForm, MailboxState, NameForm, Protocol, PublishAs, Reason, Rule, ServerForm,
    ServerKind,
};
use postroom_server::{Error, companies, mailboxes};

use crate::world::{MAIL_PASSWORD, START, World, endpoint, passed, password_of, refused, server};

crate::on_both_databases!(
    a_checked_draft_becomes_a_mailbox_at_work,
    settings_that_have_not_passed_their_check_do_not_become_active,
    what_was_not_checked_is_saved_as_a_draft_that_is_not_active,
    everything_that_is_wrong_is_said_at_once,
    a_mailbox_on_the_default_server_needs_no_check,
    of_two_published_with_the_same_address_one_is_saved,
    the_same_address_is_free_in_another_workspace,
    editing_leaves_the_password_sealed_and_the_check_valid,
    a_stored_password_is_not_sent_to_another_host,
    a_new_password_replaces_the_one_of_the_mailbox,
    a_rename_of_a_mailbox_whose_server_is_down_needs_no_check,
    changed_settings_of_an_active_mailbox_need_a_check,
    a_server_that_somebody_else_changed_meanwhile_stays_changed,
    one_direction_is_saved_before_the_other,
    a_direction_that_fails_takes_an_active_mailbox_back_to_a_draft,
    moving_to_the_default_server_forgets_the_passwords,
    a_paused_mailbox_stays_paused_when_it_is_edited,
    a_draft_of_a_deleted_mailbox_is_gone,
);

async fn a_checked_draft_becomes_a_mailbox_at_work(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let acme = companies::create(ctx, admin, &NameForm { name: "Acme".to_owned() }).await.unwrap();
    let draft = world.passed("help@example.com").await;
    let details = MailboxForm { company: Some(acme.id), ..world.details(" help@example.com ") };
    assert_eq!(drafts::save_details(ctx, manager, draft.id, &details).await.unwrap(), []);
    ctx.clock.advance_millis(500);

    let id = world.publish(&draft, PublishAs::Active).await.unwrap();

    let mailbox = mailboxes::details(ctx, manager, id).await.unwrap();
    let summary = &mailbox.summary;
    assert_eq!((summary.name.as_str(), summary.address.as_str()), ("Help", "help@example.com"));
    assert_eq!((summary.kind, summary.state, summary.primary), (ServerKind::Custom, MailboxState::Active, false));
    assert_eq!((summary.group.as_ref(), summary.company.as_ref()), (Some(&world.group), Some(&acme)));
    assert_eq!((mailbox.created_at, mailbox.updated_at), (START.plus_millis(500), START.plus_millis(500)));
    assert_eq!(mailbox.incoming_settings.unwrap().endpoint, endpoint(Direction::Incoming));
    assert_eq!(mailbox.outgoing_settings.unwrap().endpoint, endpoint(Direction::Outgoing));
    assert_eq!(mailbox.incoming_report, Some(passed(Direction::Incoming)));
    for status in [&summary.incoming, &summary.outgoing] {
        assert!(status.configured && status.problem.is_none());
        assert_eq!((status.checked_at, status.last_ok_at), (Some(START), Some(START)));
    }
    let gone = drafts::load(ctx, manager, draft.id).await;
    assert!(matches!(gone, Err(Error::NotFound("draft"))), "{gone:?}");
}

async fn settings_that_have_not_passed_their_check_do_not_become_active(world: World) {
    let draft = world.filled("help@example.com").await;
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;
    let unchecked = world.publish(&draft, PublishAs::Active).await;
    assert!(matches!(unchecked, Err(Error::Rule(Rule::CheckFirst))), "{unchecked:?}");

    world.check(&draft, Direction::Outgoing, &refused(Direction::Outgoing)).await;
    let failed = world.publish(&draft, PublishAs::Active).await;
    assert!(matches!(failed, Err(Error::Rule(Rule::CheckFirst))), "{failed:?}");
    assert_eq!(mailboxes::list(&world.ctx, &world.manager).await.unwrap().len(), 1);

    world.check(&draft, Direction::Outgoing, &passed(Direction::Outgoing)).await;
    assert!(world.publish(&draft, PublishAs::Active).await.is_ok());
}

async fn what_was_not_checked_is_saved_as_a_draft_that_is_not_active(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.begun("help@example.com").await;
    world.fill(&draft, Direction::Incoming).await;
    world.check(&draft, Direction::Incoming, &refused(Direction::Incoming)).await;

    let id = world.publish(&draft, PublishAs::Draft).await.unwrap();

    let mailbox = mailboxes::details(ctx, manager, id).await.unwrap();
    assert_eq!(mailbox.summary.state, MailboxState::Draft);
    assert_eq!(mailbox.summary.incoming.problem, Some(crate::world::bad_credentials()));
    assert_eq!((mailbox.summary.incoming.checked_at, mailbox.summary.incoming.last_ok_at), (Some(START), None));
    assert!(!mailbox.summary.outgoing.configured);
    let resumed = mailboxes::resume(ctx, manager, id).await;
    assert!(matches!(resumed, Err(Error::Rule(Rule::CheckFirst))), "{resumed:?}");
}

async fn everything_that_is_wrong_is_said_at_once(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = drafts::begin(ctx, manager, None).await.unwrap();
    let refused = world.publish(&draft, PublishAs::Draft).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    let fields: Vec<_> = found.iter().map(|invalid| invalid.field).collect();
    assert_eq!(fields, [Field::Name, Field::Address, Field::Group, Field::ServerType]);

    drafts::save_kind(ctx, manager, draft.id, ServerKind::Custom, None).await.unwrap();
    let refused = world.publish(&draft, PublishAs::Active).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    for protocol in [Protocol::Imap, Protocol::Smtp] {
        for field in [Field::Host, Field::Address, Field::Password] {
            assert!(found.contains(&Invalid::of(protocol, field, Reason::Empty)), "{protocol:?} {field:?}: {found:?}");
        }
    }
    assert!(found.contains(&Invalid::new(Field::Name, Reason::Empty)), "{found:?}");
}

async fn a_mailbox_on_the_default_server_needs_no_check(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.begun("help@example.com").await;
    let kept = drafts::save_kind(ctx, manager, draft.id, ServerKind::Default, None).await.unwrap();
    assert_eq!(kept.form.name, "Help");
    let one = drafts::publish_direction(ctx, manager, draft.id, Direction::Incoming).await;
    assert!(matches!(one, Err(Error::Rule(Rule::NotConfigured))), "{one:?}");

    let id = world.publish(&draft, PublishAs::Active).await.unwrap();

    let summary = mailboxes::details(ctx, manager, id).await.unwrap().summary;
    assert_eq!((summary.kind, summary.state), (ServerKind::Default, MailboxState::Active));
}

async fn of_two_published_with_the_same_address_one_is_saved(world: World) {
    let one = world.passed("help@example.com").await;
    let other = world.passed("HELP@Example.com").await;
    let (first, second) =
        tokio::join!(world.publish(&one, PublishAs::Active), world.publish(&other, PublishAs::Active));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let Some(Error::Invalid(found)) = first.err().or(second.err()) else { panic!("no words for the second") };
    assert_eq!(found, [Invalid::new(Field::Address, Reason::Duplicate)]);
    assert_eq!(mailboxes::list(&world.ctx, &world.manager).await.unwrap().len(), 2);
}

async fn the_same_address_is_free_in_another_workspace(world: World) {
    let ctx = &world.ctx;
    world.mailbox("help@example.com").await;
    let (hr, people) = world.other_workspace().await;
    let manager = &world.manager_of(&hr).await;
    let draft = drafts::begin(ctx, manager, None).await.unwrap();
    let details = MailboxForm { group: Some(people.id), ..world.details("help@example.com") };
    assert_eq!(drafts::save_details(ctx, manager, draft.id, &details).await.unwrap(), []);
}

async fn editing_leaves_the_password_sealed_and_the_check_valid(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;

    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();

    assert_eq!((draft.mailbox_id, draft.form.address.as_str()), (Some(id), "help@example.com"));
    assert_eq!(draft.form.incoming, server(Direction::Incoming));
    assert_eq!(draft.form.outgoing, server(Direction::Outgoing));
    assert!(draft.incoming_has_password && draft.outgoing_has_password);
    assert!(draft.passed(Direction::Incoming) && draft.passed(Direction::Outgoing));
    let details = MailboxForm { name: "Renamed".to_owned(), ..world.details("help@example.com") };
    drafts::save_details(ctx, manager, draft.id, &details).await.unwrap();
    assert_eq!(world.publish(&draft, PublishAs::Active).await.unwrap(), id);

    let summary = mailboxes::details(ctx, manager, id).await.unwrap().summary;
    assert_eq!((summary.name.as_str(), summary.state), ("Renamed", MailboxState::Active));
    let (_, key) = mailboxes::target(ctx, manager, id, Direction::Outgoing).await.unwrap();
    assert_eq!(password_of(&key), MAIL_PASSWORD);
}

async fn a_stored_password_is_not_sent_to_another_host(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let (incoming, elsewhere) = (Direction::Incoming, "collector.example.net".to_owned());

    let form = ServerForm { host: elsewhere, ..server(incoming) };
    let moved = drafts::save_server(ctx, manager, draft.id, incoming, &form, None).await.unwrap();

    assert!(!moved.incoming_has_password && moved.outgoing_has_password);
    let refused = drafts::target(ctx, manager, draft.id, incoming).await.map(|_| ());
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found, [Invalid::of(Protocol::Imap, Field::Password, Reason::Empty)]);
    let form = ServerForm { host: "IMAP.example.com.".to_owned(), ..server(incoming) };
    let back = drafts::save_server(ctx, manager, draft.id, incoming, &form, None).await.unwrap();
    assert!(back.incoming_has_password);
}

async fn a_new_password_replaces_the_one_of_the_mailbox(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let (form, password) = (server(Direction::Incoming), Some("a new one".into()));
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, password).await.unwrap();
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;
    world.publish(&draft, PublishAs::Active).await.unwrap();
    let (_, incoming) = mailboxes::target(ctx, manager, id, Direction::Incoming).await.unwrap();
    let (_, outgoing) = mailboxes::target(ctx, manager, id, Direction::Outgoing).await.unwrap();
    assert_eq!((password_of(&incoming), password_of(&outgoing)), ("a new one", MAIL_PASSWORD));
}

async fn a_rename_of_a_mailbox_whose_server_is_down_needs_no_check(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let failed = refused(Direction::Incoming);
    mailboxes::store_report(ctx, manager, id, Direction::Incoming, &failed).await.unwrap();
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let details = MailboxForm { name: "Renamed".to_owned(), ..world.details("help@example.com") };
    drafts::save_details(ctx, manager, draft.id, &details).await.unwrap();

    world.publish(&draft, PublishAs::Active).await.unwrap();

    let mailbox = mailboxes::details(ctx, manager, id).await.unwrap();
    assert_eq!((mailbox.summary.name.as_str(), mailbox.summary.state), ("Renamed", MailboxState::Active));
    assert_eq!(mailbox.incoming_report, Some(failed));
}

async fn changed_settings_of_an_active_mailbox_need_a_check(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let form = ServerForm { port: "10993".to_owned(), ..server(Direction::Incoming) };
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, None).await.unwrap();
    let refused = world.publish(&draft, PublishAs::Active).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::CheckFirst))), "{refused:?}");

    world.publish(&draft, PublishAs::Draft).await.unwrap();

    let mailbox = mailboxes::details(ctx, manager, id).await.unwrap();
    assert_eq!((mailbox.summary.state, mailbox.incoming_report), (MailboxState::Draft, None));
    assert_eq!(mailbox.incoming_settings.unwrap().endpoint.port, 10993);
    let incoming = mailbox.summary.incoming;
    assert_eq!((incoming.checked_at, incoming.last_ok_at, incoming.problem), (None, Some(START), None));
}

async fn a_server_that_somebody_else_changed_meanwhile_stays_changed(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let mine = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let theirs = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    let form = ServerForm { host: "new.example.com".to_owned(), ..server(Direction::Incoming) };
    let password = Some("their password".into());
    drafts::save_server(ctx, manager, theirs.id, Direction::Incoming, &form, password).await.unwrap();
    world.check(&theirs, Direction::Incoming, &passed(Direction::Incoming)).await;
    world.publish(&theirs, PublishAs::Active).await.unwrap();

    let details = MailboxForm { name: "Renamed".to_owned(), ..world.details("help@example.com") };
    drafts::save_details(ctx, manager, mine.id, &details).await.unwrap();
    world.publish(&mine, PublishAs::Active).await.unwrap();

    let (settings, key) = mailboxes::target(ctx, manager, id, Direction::Incoming).await.unwrap();
    assert_eq!((settings.endpoint.host.as_str(), password_of(&key)), ("new.example.com", "their password"));
    assert_eq!(mailboxes::details(ctx, manager, id).await.unwrap().summary.name, "Renamed");
}

async fn one_direction_is_saved_before_the_other(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("help@example.com").await;
    world.check(&draft, Direction::Incoming, &passed(Direction::Incoming)).await;

    let id = drafts::publish_direction(ctx, manager, draft.id, Direction::Incoming).await.unwrap();

    let half = mailboxes::details(ctx, manager, id).await.unwrap();
    assert_eq!(half.summary.state, MailboxState::Draft);
    assert!(half.summary.incoming.configured && !half.summary.outgoing.configured);
    let draft = world.load(&draft).await;
    assert_eq!(draft.mailbox_id, Some(id));
    assert!(draft.incoming_has_password && draft.passed(Direction::Incoming));

    world.check(&draft, Direction::Outgoing, &passed(Direction::Outgoing)).await;
    let again = drafts::publish_direction(ctx, manager, draft.id, Direction::Outgoing).await.unwrap();
    assert_eq!(again, id);
    let whole = mailboxes::details(ctx, manager, id).await.unwrap();
    assert_eq!(whole.summary.state, MailboxState::Active);
    assert_eq!(world.publish(&draft, PublishAs::Active).await.unwrap(), id);
    for direction in Direction::BOTH {
        let (_, key) = mailboxes::target(ctx, manager, id, direction).await.unwrap();
        assert_eq!(password_of(&key), MAIL_PASSWORD);
    }
}

async fn a_direction_that_fails_takes_an_active_mailbox_back_to_a_draft(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    drafts::publish_direction(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
    let state = async || mailboxes::details(ctx, manager, id).await.unwrap().summary.state;
    assert_eq!(state().await, MailboxState::Active);

    // Only what was changed can take it back: the password is another one now.
    let form = draft.form.incoming.clone();
    let password = Some("another password".to_owned().into());
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &form, password).await.unwrap();
    world.check(&draft, Direction::Incoming, &refused(Direction::Incoming)).await;
    drafts::publish_direction(ctx, manager, draft.id, Direction::Incoming).await.unwrap();

    assert_eq!(state().await, MailboxState::Draft);
}

async fn moving_to_the_default_server_forgets_the_passwords(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    drafts::save_kind(ctx, manager, draft.id, ServerKind::Default, None).await.unwrap();
    world.publish(&draft, PublishAs::Active).await.unwrap();
    let target = mailboxes::target(ctx, manager, id, Direction::Incoming).await.map(|_| ());
    assert!(matches!(target, Err(Error::Rule(Rule::NotConfigured))), "{target:?}");
}

async fn a_paused_mailbox_stays_paused_when_it_is_edited(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    mailboxes::pause(ctx, manager, id).await.unwrap();
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    world.publish(&draft, PublishAs::Active).await.unwrap();
    assert_eq!(mailboxes::details(ctx, manager, id).await.unwrap().summary.state, MailboxState::Paused);
}

async fn a_draft_of_a_deleted_mailbox_is_gone(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let id = world.mailbox("help@example.com").await;
    let draft = drafts::begin(ctx, manager, Some(id)).await.unwrap();
    mailboxes::delete(ctx, manager, id).await.unwrap();
    let gone = world.publish(&draft, PublishAs::Active).await;
    assert!(matches!(gone, Err(Error::NotFound("draft"))), "{gone:?}");
}
