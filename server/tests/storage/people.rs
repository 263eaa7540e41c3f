//! Roles, people and invitations.

use postroom_server::model::{
    AcceptForm, ApplicationForm, DeliveryState, Direction, Field, Invalid, InvitationForm, InvitationId, Membership,
    OAuthProvider, Reason, Role, Roles, Rule, ServerForm, SignedInBy, UserId, WorkspaceId,
};
use postroom_server::users::{Admin, Person};
use postroom_server::{
    Error, applications, forecast, invitations, mailboxes, outbox, people, relay, sessions, users, watch, workspaces,
};
use secrecy::SecretString;

use crate::watch::break_incoming;
use crate::world::{ADMIN_PASSWORD, START, World, refused, server};

crate::on_both_databases!(
    a_proof_is_made_of_the_role_that_is_stored,
    a_workspace_that_one_does_not_belong_to_is_not_found,
    a_role_that_was_taken_away_proves_nothing_any_more,
    somebody_sees_only_their_own_workspaces,
    who_is_deactivated_is_out_and_comes_back_with_the_same_roles,
    invitations_of_who_is_deactivated_are_taken_back,
    the_last_administrator_stays_one,
    of_two_administrators_who_go_at_once_one_stays,
    of_two_administrators_who_step_back_at_once_one_stays,
    roles_are_looked_at,
    an_invitation_is_accepted_once,
    of_two_who_accept_at_once_one_does,
    an_invitation_is_refused_where_it_cannot_be_taken,
    an_invitation_ends_after_seven_days,
    a_new_link_makes_the_old_one_worth_nothing,
    an_invitation_that_is_taken_back_is_worth_nothing,
    an_invitation_goes_out_through_the_relay,
);

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A user without any role in the account, and the roles that are given.
async fn somebody(world: &World, email: &str, roles: Roles) -> Person {
    let form = InvitationForm { email: email.to_owned(), name: String::new(), roles };
    let invited = invitations::invite(&world.ctx, &world.admin, &form).await.unwrap();
    let user = invitations::accept_with(&world.ctx, &invited.token.unwrap(), accepting(), None).await.unwrap();
    users::person(&world.ctx, user.id).await.unwrap()
}

fn accepting() -> AcceptForm {
    AcceptForm {
        name: " Eve ".to_owned(),
        password: ADMIN_PASSWORD.to_owned(),
        password_again: ADMIN_PASSWORD.to_owned(),
    }
}

fn only(workspace: WorkspaceId, role: Role) -> Roles {
    Roles::Workspaces(vec![Membership { workspace, role }])
}

fn form(email: &str, roles: Roles) -> InvitationForm {
    InvitationForm { email: email.to_owned(), name: "Eve".to_owned(), roles }
}

async fn roles_of(world: &World, user: UserId) -> Roles {
    let all = people::list(&world.ctx, &world.admin).await.unwrap();
    all.into_iter().find(|one| one.user.id == user).unwrap().roles
}

async fn a_proof_is_made_of_the_role_that_is_stored(world: World) {
    let (ctx, slug) = (&world.ctx, world.workspace.slug.as_str());
    let viewer = somebody(&world, "viewer@example.com", only(world.workspace.id, Role::Viewer)).await;
    let manager = somebody(&world, "manager@example.com", only(world.workspace.id, Role::Administrator)).await;

    let proof = users::viewer(ctx, &viewer, slug).await.unwrap();
    assert_eq!((proof.workspace(), proof.user.id), (&world.workspace, viewer.user.id));
    assert!(proof.as_manager().is_none());
    assert!(matches!(users::manager(ctx, &viewer, slug).await, Err(Error::Forbidden)));
    assert!(matches!(users::admin(ctx, viewer.user.id).await, Err(Error::Forbidden)));

    let proof = users::manager(ctx, &manager, slug).await.unwrap();
    assert_eq!((proof.slug(), proof.user.id), (slug, manager.user.id));
    assert!(users::viewer(ctx, &manager, slug).await.unwrap().as_manager().is_some());
    assert!(matches!(users::admin(ctx, manager.user.id).await, Err(Error::Forbidden)));

    assert_eq!(users::manager(ctx, &world.admin, slug).await.unwrap().user.id, world.admin.user.id);
}

async fn a_workspace_that_one_does_not_belong_to_is_not_found(world: World) {
    let (hr, _) = world.other_workspace().await;
    let eve = somebody(&world, "eve@example.com", only(hr.id, Role::Administrator)).await;
    for slug in ["it", "nowhere", "", "HR", "../hr"] {
        let found = users::viewer(&world.ctx, &eve, slug).await;
        assert!(matches!(found, Err(Error::NotFound("workspace"))), "{slug}: {found:?}");
        let found = users::manager(&world.ctx, &eve, slug).await;
        assert!(matches!(found, Err(Error::NotFound("workspace"))), "{slug}: {found:?}");
    }
    assert!(users::manager(&world.ctx, &eve, "hr").await.is_ok());
}

async fn a_role_that_was_taken_away_proves_nothing_any_more(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let (hr, _) = world.other_workspace().await;
    let eve = somebody(&world, "eve@example.com", Roles::Account).await;
    assert!(users::admin(ctx, eve.user.id).await.is_ok());

    people::set_roles(ctx, admin, eve.user.id, &only(hr.id, Role::Viewer)).await.unwrap();

    assert!(matches!(users::admin(ctx, eve.user.id).await, Err(Error::Forbidden)));
    assert!(matches!(users::manager(ctx, &eve, "hr").await, Err(Error::Forbidden)));
    assert!(users::viewer(ctx, &eve, "hr").await.is_ok());
    assert!(matches!(users::viewer(ctx, &eve, "it").await, Err(Error::NotFound("workspace"))));
    assert_eq!(roles_of(&world, eve.user.id).await, only(hr.id, Role::Viewer));
}

async fn somebody_sees_only_their_own_workspaces(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let (hr, _) = world.other_workspace().await;
    let eve = somebody(&world, "eve@example.com", only(hr.id, Role::Viewer)).await;
    assert_eq!(workspaces::of(ctx, &eve).await.unwrap(), [(hr.clone(), Role::Viewer)]);
    let all = workspaces::of(ctx, admin).await.unwrap();
    assert_eq!(all, [(world.workspace.clone(), Role::Administrator), (hr, Role::Administrator)]);

    world.mailbox("help@example.com").await;
    break_incoming(&world, &refused(Direction::Incoming)).await;
    assert_eq!(watch::incidents(ctx, admin).await.unwrap().len(), 1);
    assert_eq!(watch::incidents(ctx, &eve).await.unwrap(), [], "another workspace's trouble");
    people::set_roles(ctx, admin, eve.user.id, &only(world.workspace.id, Role::Viewer)).await.unwrap();
    assert_eq!(watch::incidents(ctx, &eve).await.unwrap().len(), 1);

    let application = ApplicationForm {
        client_id: "1234-abc.apps.googleusercontent.com".to_owned(),
        secret_expires_on: "2023-12-01".to_owned(),
        ..ApplicationForm::default()
    };
    applications::save(ctx, admin, OAuthProvider::Google, &application, Some("geheim".into())).await.unwrap();
    assert_eq!(forecast::list(ctx, admin).await.unwrap().len(), 1);
    assert_eq!(forecast::list(ctx, &eve).await.unwrap(), [], "the account's client secret");
}

async fn who_is_deactivated_is_out_and_comes_back_with_the_same_roles(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let roles = only(world.workspace.id, Role::Administrator);
    let eve = somebody(&world, "eve@example.com", roles.clone()).await;
    let until = START.plus_millis(1_000);
    let visit = |user| sessions::Visit::new(user, Some(SignedInBy::Password), START);
    sessions::create(ctx, b"eve", Some(&visit(eve.user.id)), b"1", until).await.unwrap();
    sessions::create(ctx, b"ada", Some(&visit(admin.user.id)), b"2", until).await.unwrap();
    sessions::create(ctx, b"nobody", None, b"3", until).await.unwrap();

    people::deactivate(ctx, admin, eve.user.id).await.unwrap();

    assert!(matches!(users::person(ctx, eve.user.id).await, Err(Error::NotFound("user"))));
    assert!(matches!(users::viewer(ctx, &eve, "it").await, Err(Error::NotFound("user"))));
    assert!(matches!(users::manager(ctx, &eve, "it").await, Err(Error::NotFound("user"))));
    assert!(matches!(workspaces::of(ctx, &eve).await, Err(Error::NotFound("user"))));
    assert_eq!(users::sign_in(ctx, "eve@example.com", &ADMIN_PASSWORD.into()).await.unwrap(), None);
    assert_eq!(sessions::load(ctx, b"eve").await.unwrap(), None);
    assert!(
        sessions::load(ctx, b"ada").await.unwrap().is_some() && sessions::load(ctx, b"nobody").await.unwrap().is_some()
    );

    people::reactivate(ctx, admin, eve.user.id).await.unwrap();

    assert!(users::sign_in(ctx, "eve@example.com", &ADMIN_PASSWORD.into()).await.unwrap().is_some());
    assert_eq!(sessions::load(ctx, b"eve").await.unwrap(), None, "an old session stays ended");
    assert_eq!(roles_of(&world, eve.user.id).await, roles);
}

async fn invitations_of_who_is_deactivated_are_taken_back(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let eve = somebody(&world, "eve@example.com", Roles::Account).await;
    let eve = users::admin(ctx, eve.user.id).await.unwrap();
    let own = invitations::invite(ctx, &eve, &form("eve@elsewhere.example", Roles::Account)).await.unwrap();
    let others = invitations::invite(ctx, admin, &form("bob@example.com", Roles::Account)).await.unwrap();
    crate::password_resets::set_relay(&world).await;
    invitations::invite(ctx, &eve, &form("mailed@elsewhere.example", Roles::Account)).await.unwrap();
    assert_eq!(outbox::list(ctx, admin, DeliveryState::Waiting).await.unwrap().len(), 1);

    people::deactivate(ctx, admin, eve.user.id).await.unwrap();

    let late = invitations::accept_with(ctx, &own.token.unwrap(), accepting(), None).await;
    assert!(matches!(late, Err(Error::NotFound("invitation"))), "{late:?}");
    assert_eq!(outbox::list(ctx, admin, DeliveryState::Waiting).await.unwrap(), [], "its mail does not go out");
    let left: Vec<_> = invitations::list(ctx, admin).await.unwrap().into_iter().map(|open| open.id).collect();
    assert_eq!(left, [others.id]);
    people::reactivate(ctx, admin, eve.user.id).await.unwrap();
    assert_eq!(invitations::list(ctx, admin).await.unwrap().len(), 1);
}

async fn the_last_administrator_stays_one(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let viewer = only(world.workspace.id, Role::Viewer);
    let eve = somebody(&world, "eve@example.com", viewer.clone()).await;
    let own = admin.user.id;
    let last = |refused: &Result<(), Error>| matches!(refused, Err(Error::Rule(Rule::LastAdministrator)));
    assert!(last(&people::deactivate(ctx, admin, own).await));
    assert!(last(&people::set_roles(ctx, admin, own, &viewer).await));
    people::set_roles(ctx, admin, own, &Roles::Account).await.unwrap();

    // One who is deactivated does not count.
    people::set_roles(ctx, admin, eve.user.id, &Roles::Account).await.unwrap();
    people::deactivate(ctx, admin, eve.user.id).await.unwrap();
    assert!(last(&people::deactivate(ctx, admin, own).await));
    people::reactivate(ctx, admin, eve.user.id).await.unwrap();
    people::set_roles(ctx, admin, own, &viewer).await.unwrap();
    assert!(matches!(users::admin(ctx, own).await, Err(Error::Forbidden)));
}

/// Another administrator of the account.
async fn second(world: &World) -> Admin {
    let eve = somebody(world, "eve@example.com", Roles::Account).await;
    users::admin(&world.ctx, eve.user.id).await.unwrap()
}

async fn of_two_administrators_who_go_at_once_one_stays(world: World) {
    let (ctx, ada) = (&world.ctx, &world.admin);
    let eve = second(&world).await;
    let (one, other) =
        tokio::join!(people::deactivate(ctx, ada, ada.user.id), people::deactivate(ctx, &eve, eve.user.id));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.err().or(other.err());
    assert!(matches!(refused, Some(Error::Rule(Rule::LastAdministrator))), "{refused:?}");
}

async fn of_two_administrators_who_step_back_at_once_one_stays(world: World) {
    let (ctx, ada) = (&world.ctx, &world.admin);
    let eve = second(&world).await;
    let viewer = only(world.workspace.id, Role::Viewer);
    let (one, other) = tokio::join!(
        people::set_roles(ctx, ada, ada.user.id, &viewer),
        people::set_roles(ctx, &eve, eve.user.id, &viewer)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.err().or(other.err());
    assert!(matches!(refused, Some(Error::Rule(Rule::LastAdministrator))), "{refused:?}");
}

async fn roles_are_looked_at(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let eve = somebody(&world, "eve@example.com", only(world.workspace.id, Role::Viewer)).await;
    let none = people::set_roles(ctx, admin, eve.user.id, &Roles::Workspaces(Vec::new())).await;
    let Err(Error::Invalid(found)) = none else { panic!("{none:?}") };
    assert_eq!(found, [Invalid::new(Field::Workspace, Reason::Unchosen)]);
    for (user, workspace) in [(eve.user.id, WorkspaceId(4711)), (UserId(4711), world.workspace.id)] {
        let refused = people::set_roles(ctx, admin, user, &only(workspace, Role::Administrator)).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    }
    assert!(matches!(people::deactivate(ctx, admin, UserId(4711)).await, Err(Error::NotFound("user"))));
    assert!(matches!(people::reactivate(ctx, admin, UserId(4711)).await, Err(Error::NotFound("user"))));
    assert_eq!(roles_of(&world, eve.user.id).await, only(world.workspace.id, Role::Viewer), "nothing has changed");
}

async fn an_invitation_is_accepted_once(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let roles = only(world.workspace.id, Role::Viewer);
    let invited = invitations::invite(ctx, admin, &form("eve@example.com", roles.clone())).await.unwrap();
    let token = invited.token.expect("without a relay the link is shown");
    for _ in 0..2 {
        let opened = invitations::open(ctx, &token).await.unwrap();
        let shown = (opened.email.as_str(), opened.name.as_str(), opened.invited_by.as_deref());
        assert_eq!(shown, ("eve@example.com", "Eve", Some("Ada")));
    }

    let short = AcceptForm { password: "short".to_owned(), ..accepting() };
    let refused = invitations::accept_with(ctx, &token, short, None).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert_eq!(found.iter().map(|one| one.field).collect::<Vec<_>>(), [Field::Password, Field::PasswordAgain]);

    let user = invitations::accept_with(ctx, &token, accepting(), None).await.unwrap();

    assert_eq!((user.name.as_str(), user.email.as_str()), ("Eve", "eve@example.com"));
    assert_eq!(roles_of(&world, user.id).await, roles);
    assert_eq!(invitations::list(ctx, admin).await.unwrap(), []);
    let again = invitations::accept_with(ctx, &token, accepting(), None).await;
    assert!(matches!(again, Err(Error::NotFound("invitation"))), "{again:?}");
    assert!(matches!(invitations::open(ctx, &token).await, Err(Error::NotFound("invitation"))));
    assert!(users::sign_in(ctx, "EVE@example.com", &ADMIN_PASSWORD.into()).await.unwrap().is_some());
}

async fn of_two_who_accept_at_once_one_does(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let invited = invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
    let token = invited.token.unwrap();
    let (one, other) = tokio::join!(
        invitations::accept_with(ctx, &token, accepting(), None),
        invitations::accept_with(ctx, &token, accepting(), None)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(people::list(ctx, admin).await.unwrap().len(), 2);
}

async fn an_invitation_is_refused_where_it_cannot_be_taken(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
    for taken in ["ADA@example.com", "Eve@Example.com"] {
        let refused = invitations::invite(ctx, admin, &form(taken, Roles::Account)).await;
        let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
        assert_eq!(found, [Invalid::new(Field::Address, Reason::Duplicate)]);
    }
    let nowhere =
        invitations::invite(ctx, admin, &form("bob@example.com", only(WorkspaceId(4711), Role::Viewer))).await;
    assert!(matches!(nowhere, Err(Error::NotFound("workspace"))), "{nowhere:?}");
    let for_nothing = invitations::invite(ctx, admin, &form("bob@example.com", Roles::Workspaces(Vec::new()))).await;
    assert!(matches!(for_nothing, Err(Error::Invalid(_))), "{for_nothing:?}");
    assert_eq!(invitations::list(ctx, admin).await.unwrap().len(), 1);
}

async fn an_invitation_ends_after_seven_days(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let invited = invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
    let token = invited.token.unwrap();
    ctx.clock.advance_millis(7 * DAY - 1);
    assert!(invitations::open(ctx, &token).await.is_ok());
    ctx.clock.advance_millis(1);
    assert!(matches!(invitations::open(ctx, &token).await, Err(Error::NotFound("invitation"))));
    let late = invitations::accept_with(ctx, &token, accepting(), None).await;
    assert!(matches!(late, Err(Error::NotFound("invitation"))), "{late:?}");
    assert!(invitations::list(ctx, admin).await.unwrap()[0].expired);

    let again = invitations::send_again(ctx, admin, invited.id).await.unwrap();
    assert!(!invitations::list(ctx, admin).await.unwrap()[0].expired);
    assert!(invitations::accept_with(ctx, &again.token.unwrap(), accepting(), None).await.is_ok());
}

async fn a_new_link_makes_the_old_one_worth_nothing(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let first = invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
    let second = invitations::send_again(ctx, admin, first.id).await.unwrap();
    assert!(matches!(invitations::open(ctx, &first.token.unwrap()).await, Err(Error::NotFound(_))));
    assert!(invitations::accept_with(ctx, &second.token.unwrap(), accepting(), None).await.is_ok());
    for id in [first.id, InvitationId(4711)] {
        assert!(matches!(invitations::send_again(ctx, admin, id).await, Err(Error::NotFound("invitation"))));
    }
}

async fn an_invitation_that_is_taken_back_is_worth_nothing(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let invited = invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
    invitations::revoke(ctx, admin, invited.id).await.unwrap();
    let late = invitations::accept_with(ctx, &invited.token.unwrap(), accepting(), None).await;
    assert!(matches!(late, Err(Error::NotFound("invitation"))), "{late:?}");
    assert_eq!(invitations::list(ctx, admin).await.unwrap(), []);
    assert!(matches!(invitations::revoke(ctx, admin, invited.id).await, Err(Error::NotFound("invitation"))));
    let unknown = invitations::open(ctx, &SecretString::from("nonsense")).await;
    assert!(matches!(unknown, Err(Error::NotFound("invitation"))), "{unknown:?}");
    // The address is free again.
    invitations::invite(ctx, admin, &form("eve@example.com", Roles::Account)).await.unwrap();
}

async fn an_invitation_goes_out_through_the_relay(world: World) {
    let (ctx, admin) = (&world.ctx, &world.admin);
    let relay = ServerForm { email: "postroom@example.com".to_owned(), ..server(Direction::Outgoing) };
    relay::save(ctx, admin, &relay, Some("geheim".into())).await.unwrap();
    let roles = only(world.workspace.id, Role::Viewer);
    let invited = invitations::invite(ctx, admin, &form("eve@example.com", roles)).await.unwrap();
    assert!(invited.token.is_none(), "the link is in the mail, and nowhere else");

    let waiting = outbox::list(ctx, admin, DeliveryState::Waiting).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].recipients.iter().map(|to| to.as_str()).collect::<Vec<_>>(), ["eve@example.com"]);
    assert_eq!(waiting[0].subject, "Ada invites you to Postroom");
    assert_eq!(invitations::list(ctx, admin).await.unwrap()[0].mail, Some(DeliveryState::Waiting));

    invitations::send_again(ctx, admin, invited.id).await.unwrap();
    let again = outbox::list(ctx, admin, DeliveryState::Waiting).await.unwrap();
    assert!(again.len() == 1 && again[0].id != waiting[0].id, "the mail with the dead link does not go out");
    invitations::revoke(ctx, admin, invited.id).await.unwrap();
    assert_eq!(outbox::list(ctx, admin, DeliveryState::Waiting).await.unwrap(), []);
    assert_eq!(mailboxes::list(ctx, &world.manager).await.unwrap().len(), 1);
}
