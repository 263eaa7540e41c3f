//! Workspaces, groups and companies.

use postroom_server::model::{CompanyId, Field, GroupId, Invalid, NameForm, Reason, Rule, WorkspaceId};
use postroom_server::{Error, companies, drafts, groups, mailboxes, users, workspaces};

use crate::world::World;

crate::on_both_databases!(
    a_workspace_is_born_with_a_group_and_a_support_address,
    a_slug_is_unique_and_stays_when_the_workspace_is_renamed,
    names_are_looked_at_and_unique,
    the_last_workspace_cannot_be_archived,
    of_two_archived_at_once_one_workspace_stays,
    nothing_is_added_to_an_archived_workspace,
    groups_belong_to_their_workspace,
    the_last_group_cannot_be_archived,
    companies_are_listed_by_name_and_archived,
    an_account_is_a_service_provider_when_it_says_so,
);

fn name(name: &str) -> NameForm {
    NameForm { name: name.to_owned() }
}

fn invalid<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Invalid> {
    match result {
        Err(Error::Invalid(found)) => found,
        other => panic!("{other:?}"),
    }
}

async fn a_workspace_is_born_with_a_group_and_a_support_address(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let hr = workspaces::create(ctx, admin, &name(" Human Resources "), "People").await.unwrap();

    assert_eq!((hr.name.as_str(), hr.slug.as_str(), hr.archived), ("Human Resources", "human-resources", false));
    let manager = &users::manager(ctx, admin, "human-resources").await.unwrap();
    assert_eq!(*manager.workspace(), hr);
    let found = groups::list(ctx, manager).await.unwrap();
    assert_eq!(found.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["People"]);
    let found = mailboxes::list(ctx, manager).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].address.as_str(), "support@human-resources.postroom.localhost");
    assert!(found[0].primary && !found[0].incoming.configured);
}

async fn a_slug_is_unique_and_stays_when_the_workspace_is_renamed(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let mut slugs = Vec::new();
    for text in ["IT!", "IT?", "인사", "총무"] {
        slugs.push(workspaces::create(ctx, admin, &name(text), "G").await.unwrap().slug);
    }
    assert_eq!(slugs, ["it-2", "it-3", "workspace-1", "workspace-2"]);

    let renamed = workspaces::rename(ctx, admin, world.workspace.id, &name("Support")).await.unwrap();

    assert_eq!((renamed.slug.as_str(), renamed.name.as_str()), ("it", "Support"));
    for text in ["support", "", "IT", "it\0", "../it"] {
        let missing = users::viewer(ctx, admin, text).await;
        assert!(matches!(missing, Err(Error::NotFound("workspace"))), "{missing:?}");
    }
}

async fn names_are_looked_at_and_unique(world: World) {
    let (ctx, admin, manager) = (&world.ctx, &world.admin, &world.manager);
    let duplicate = [Invalid::new(Field::Name, Reason::Duplicate)];
    assert_eq!(invalid(workspaces::create(ctx, admin, &name("it"), "G").await), duplicate);
    assert_eq!(invalid(groups::create(ctx, manager, &name("SUPPORT")).await), duplicate);
    companies::create(ctx, admin, &name("Acme")).await.unwrap();
    assert_eq!(invalid(companies::create(ctx, admin, &name("ACME ")).await), duplicate);
    let empty = [Invalid::new(Field::Name, Reason::Empty)];
    assert_eq!(invalid(workspaces::create(ctx, admin, &name(" "), "G").await), empty);
    let no_group = [Invalid::new(Field::Group, Reason::Empty)];
    assert_eq!(invalid(workspaces::create(ctx, admin, &name("HR"), "").await), no_group);
    let control = [Invalid::new(Field::Name, Reason::ForbiddenCharacters)];
    assert_eq!(invalid(workspaces::rename(ctx, admin, world.workspace.id, &name("a\0b")).await), control);
    assert_eq!(workspaces::list(ctx, admin).await.unwrap().len(), 1);
}

async fn the_last_workspace_cannot_be_archived(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let (hr, _) = world.other_workspace().await;
    assert!(workspaces::set_archived(ctx, admin, hr.id, true).await.unwrap().archived);

    let last = workspaces::set_archived(ctx, admin, world.workspace.id, true).await;
    assert!(matches!(last, Err(Error::Rule(Rule::LastWorkspace))), "{last:?}");

    assert!(!workspaces::set_archived(ctx, admin, hr.id, false).await.unwrap().archived);
    assert!(workspaces::set_archived(ctx, admin, world.workspace.id, true).await.unwrap().archived);
    let missing = workspaces::set_archived(ctx, admin, WorkspaceId(4711), true).await;
    assert!(matches!(missing, Err(Error::NotFound("workspace"))), "{missing:?}");
}

async fn of_two_archived_at_once_one_workspace_stays(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let (hr, _) = world.other_workspace().await;
    let (one, other) = tokio::join!(
        workspaces::set_archived(ctx, admin, world.workspace.id, true),
        workspaces::set_archived(ctx, admin, hr.id, true)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(workspaces::list(ctx, admin).await.unwrap().iter().filter(|w| !w.archived).count(), 1);
}

async fn nothing_is_added_to_an_archived_workspace(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let (hr, _) = world.other_workspace().await;
    let manager = &world.manager_of(&hr).await;
    workspaces::set_archived(ctx, admin, hr.id, true).await.unwrap();
    let refused =
        [groups::create(ctx, manager, &name("More")).await.err(), drafts::begin(ctx, manager, None).await.err()];
    for error in refused {
        assert!(matches!(error, Some(Error::Rule(Rule::WorkspaceArchived))), "{error:?}");
    }
    assert_eq!(mailboxes::list(ctx, manager).await.unwrap().len(), 1);
}

async fn groups_belong_to_their_workspace(world: World) {
    let ctx = &world.ctx;
    let (hr, people) = world.other_workspace().await;
    let manager = &world.manager_of(&hr).await;
    groups::create(ctx, manager, &name("Support")).await.unwrap();
    groups::create(ctx, manager, &name("b")).await.unwrap();
    let names: Vec<_> = groups::list(ctx, manager).await.unwrap().into_iter().map(|group| group.name).collect();
    assert_eq!(names, ["b", "People", "Support"]);

    let elsewhere = &world.manager;
    let missing = [
        groups::rename(ctx, elsewhere, people.id, &name("Taken over")).await.err(),
        groups::set_archived(ctx, elsewhere, people.id, true).await.err(),
        groups::rename(ctx, manager, GroupId(4711), &name("x")).await.err(),
    ];
    for error in missing {
        assert!(matches!(error, Some(Error::NotFound("group"))), "{error:?}");
    }
    assert_eq!(groups::rename(ctx, manager, people.id, &name("Folk")).await.unwrap().name, "Folk");
}

async fn the_last_group_cannot_be_archived(world: World) {
    let (ctx, manager) = (&world.ctx, &world.manager);
    let last = groups::set_archived(ctx, manager, world.group.id, true).await;
    assert!(matches!(last, Err(Error::Rule(Rule::LastGroup))), "{last:?}");
    groups::create(ctx, manager, &name("Second")).await.unwrap();
    assert!(groups::set_archived(ctx, manager, world.group.id, true).await.unwrap().archived);
}

async fn companies_are_listed_by_name_and_archived(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let zulu = companies::create(ctx, admin, &name("Zulu")).await.unwrap();
    companies::create(ctx, admin, &name("acme")).await.unwrap();
    companies::rename(ctx, admin, zulu.id, &name("Yankee")).await.unwrap();
    companies::set_archived(ctx, admin, zulu.id, true).await.unwrap();
    let found: Vec<_> = companies::list(ctx, admin).await.unwrap().into_iter().map(|c| (c.name, c.archived)).collect();
    assert_eq!(found, [("acme".to_owned(), false), ("Yankee".to_owned(), true)]);
    let missing = companies::rename(ctx, admin, CompanyId(4711), &name("x")).await;
    assert!(matches!(missing, Err(Error::NotFound("company"))), "{missing:?}");
}

async fn an_account_is_a_service_provider_when_it_says_so(world: World) {
    assert!(!companies::msp(&world.ctx, &world.admin).await.unwrap());
    companies::set_msp(&world.ctx, &world.admin, true).await.unwrap();
    let world = world.restart().await;
    assert!(companies::msp(&world.ctx, &world.admin).await.unwrap());
    companies::set_msp(&world.ctx, &world.admin, false).await.unwrap();
    assert!(!companies::msp(&world.ctx, &world.admin).await.unwrap());
}
