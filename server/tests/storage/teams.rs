//! Many workspaces, one that rests, and the mailbox that comes first.

use postroom_server::model::{
    Around, DeliveryState, HappenedTo, Language, MailboxId, MailboxState, NameForm, Rule, WorkspacePage,
};
use postroom_server::users::{self, Manager};
use postroom_server::{Error, companies, mailboxes, outbox, test_mail, watch, workspaces};

use crate::sign_ins::SignIns;
use crate::world::World;

crate::on_both_databases!(
    another_mailbox_is_made_primary_and_the_old_one_can_be_deleted,
    a_draft_and_a_mailbox_of_another_workspace_are_not_made_primary,
    an_archived_workspace_rests_and_comes_back_as_it_was,
    mail_of_an_archived_workspace_waits_for_it,
    tokens_of_an_archived_workspace_rest,
    a_mailbox_is_not_resumed_while_its_workspace_is_archived,
    of_many_workspaces_a_page_names_a_few_and_a_search_finds_the_others,
);

async fn state(world: &World, id: MailboxId) -> MailboxState {
    mailboxes::details(&world.ctx, &world.manager, id).await.unwrap().summary.state
}

async fn another_mailbox_is_made_primary_and_the_old_one_can_be_deleted(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let old = mailboxes::list(ctx, manager).await.unwrap()[0].id;
    let new = world.mailbox("help@example.com").await;

    mailboxes::make_primary(ctx, manager, new).await.unwrap();

    let listed = mailboxes::list(ctx, manager).await.unwrap();
    assert_eq!(listed.iter().map(|one| (one.id, one.primary)).collect::<Vec<_>>(), [(new, true), (old, false)]);
    let kept = mailboxes::delete(ctx, manager, new).await;
    assert!(matches!(kept, Err(Error::Rule(Rule::PrimaryCannotBeDeleted))), "{kept:?}");
    mailboxes::make_primary(ctx, manager, new).await.unwrap();
    mailboxes::delete(ctx, manager, old).await.unwrap();
}

async fn a_draft_and_a_mailbox_of_another_workspace_are_not_made_primary(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let draft = world.filled("draft@example.com").await;
    let draft = world.publish(&draft, postroom_server::model::PublishAs::Draft).await.unwrap();
    let (other, _) = world.other_workspace().await;
    let elsewhere: Manager = world.manager_of(&other).await;
    let stranger = mailboxes::list(ctx, &elsewhere).await.unwrap()[0].id;

    let refused = mailboxes::make_primary(ctx, manager, draft).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::DraftIsNoPrimary))), "{refused:?}");
    let refused = mailboxes::make_primary(ctx, manager, stranger).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    for (manager, count) in [(manager, 2), (&elsewhere, 1)] {
        let listed = mailboxes::list(ctx, manager).await.unwrap();
        assert_eq!((listed.len(), listed.iter().filter(|one| one.primary).count()), (count, 1));
    }
}

async fn an_archived_workspace_rests_and_comes_back_as_it_was(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    world.other_workspace().await;
    let (active, paused) = (world.mailbox("active@example.com").await, world.mailbox("paused@example.com").await);
    mailboxes::pause(ctx, manager, paused).await.unwrap();
    let before = workspaces::would_rest(ctx, admin, "it").await.unwrap();
    assert_eq!((before.active, before.workspace.slug.as_str()), (2, "it"), "the primary one, and the active one");

    workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap();

    assert_eq!(state(&world, active).await, MailboxState::Paused);
    assert_eq!(workspaces::would_rest(ctx, admin, "it").await.unwrap().active, 0);
    let history = watch::history(ctx, manager, active).await.unwrap();
    assert_eq!(history.first().map(|event| event.what), Some(HappenedTo::Paused));
    // A second time changes nothing that is remembered.
    workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap();

    workspaces::set_archived(ctx, admin, world.workspace.id, false).await.unwrap();

    assert_eq!(state(&world, active).await, MailboxState::Active);
    assert_eq!(state(&world, paused).await, MailboxState::Paused, "it had been paused by somebody");
    let history = watch::history(ctx, manager, active).await.unwrap();
    assert_eq!(history.first().map(|event| event.what), Some(HappenedTo::Resumed));
    // What somebody pauses after that stays paused when the workspace rests and comes back once more.
    mailboxes::pause(ctx, manager, active).await.unwrap();
    workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap();
    workspaces::set_archived(ctx, admin, world.workspace.id, false).await.unwrap();
    assert_eq!(state(&world, active).await, MailboxState::Paused);
}

async fn mail_of_an_archived_workspace_waits_for_it(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    world.other_workspace().await;
    let mailbox = world.mailbox("help@example.com").await;
    world.without_activation_mail(mailbox).await;
    test_mail::begin(ctx, manager, mailbox, "ada@example.net", Language::En).await.unwrap();
    assert_eq!(workspaces::would_rest(ctx, admin, "it").await.unwrap().waiting, 1);
    workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap();
    // Longer than a message is tried.
    ctx.clock.advance_millis(30 * 24 * 60 * 60 * 1_000);

    assert_eq!(outbox::deliver_due(ctx).await.unwrap(), 0);
    let waiting = outbox::list(ctx, manager, DeliveryState::Waiting).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].attempts), (1, 0), "nobody has tried");

    workspaces::set_archived(ctx, admin, world.workspace.id, false).await.unwrap();
    // Nobody answers at the server, so it is tried and goes on waiting: its time counts from now.
    outbox::deliver_due(ctx).await.unwrap();
    let waiting = outbox::list(ctx, manager, DeliveryState::Waiting).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].attempts), (1, 1));
}

async fn tokens_of_an_archived_workspace_rest(world: World) {
    let desk = SignIns::new(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    desk.world.other_workspace().await;
    desk.mailbox("help@example.com").await;
    workspaces::set_archived(ctx, admin, desk.world.workspace.id, true).await.unwrap();
    ctx.clock.advance_millis(2 * 60 * 60 * 1_000);

    assert_eq!(postroom_server::tokens::renew_due(ctx).await.unwrap(), 0);

    workspaces::set_archived(ctx, admin, desk.world.workspace.id, false).await.unwrap();
    assert_eq!(postroom_server::tokens::renew_due(ctx).await.unwrap(), 1);
}

async fn a_mailbox_is_not_resumed_while_its_workspace_is_archived(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    world.other_workspace().await;
    let mailbox = world.mailbox("help@example.com").await;
    // Whoever is first: in the end nothing works in a workspace that is archived.
    let archive = workspaces::set_archived(ctx, admin, world.workspace.id, true);
    mailboxes::pause(ctx, manager, mailbox).await.unwrap();
    let (archived, _) = futures::join!(archive, mailboxes::resume(ctx, manager, mailbox));
    archived.unwrap();

    assert_eq!(state(&world, mailbox).await, MailboxState::Paused);
    let refused = mailboxes::resume(ctx, manager, mailbox).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::WorkspaceArchived))), "{refused:?}");
    let refused = mailboxes::make_primary(ctx, manager, mailbox).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::WorkspaceArchived))), "{refused:?}");
    let refused = companies::make_account_primary(ctx, admin, mailbox).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::WorkspaceArchived))), "{refused:?}");
}

async fn of_many_workspaces_a_page_names_a_few_and_a_search_finds_the_others(world: World) {
    const MANY: usize = 120;
    let (ctx, admin) = (&world.ctx, &world.admin);
    for number in 1..=MANY {
        let form = NameForm { name: format!("Team {number:03} 지원_100%") };
        workspaces::create(ctx, admin, &form, "Agents").await.unwrap();
    }
    let person = users::person(ctx, admin.user.id).await.unwrap();

    let around = workspaces::around(ctx, &person, Some("team-042-100")).await.unwrap();
    assert_eq!((around.few.len(), around.count), (Around::FEW, MANY + 1));
    assert_eq!(around.few[0].slug, "it", "the oldest first");
    assert_eq!(around.current.map(|one| one.name).as_deref(), Some("Team 042 지원_100%"));
    assert!(around.manages);
    assert_eq!(workspaces::around(ctx, &person, Some("nowhere")).await.unwrap().current, None);

    let found = workspaces::find(ctx, &person, "TEAM 04").await.unwrap();
    assert_eq!(found.len(), 10);
    assert_eq!(workspaces::find(ctx, &person, "지원_100%").await.unwrap().len(), 20, "no more than fit a menu");
    assert_eq!(workspaces::find(ctx, &person, "지원%100").await.unwrap(), [], "a sign of SQL is a letter like others");
    assert_eq!(workspaces::find(ctx, &person, "Team!").await.unwrap(), []);

    let second = workspaces::page(ctx, &person, "team", 2).await.unwrap();
    assert_eq!((second.count, second.page, second.pages), (MANY, 2, 3));
    assert_eq!(second.workspaces.len(), WorkspacePage::SIZE);
    assert_eq!(second.workspaces[0].name, "Team 051 지원_100%");
    let last = workspaces::page(ctx, &person, "team", 99).await.unwrap();
    assert_eq!((last.page, last.workspaces.len()), (3, 20), "behind the last page is the last page");
    let none = workspaces::page(ctx, &person, "nobody", 1).await.unwrap();
    assert_eq!((none.count, none.page, none.pages), (0, 1, 1));
}
