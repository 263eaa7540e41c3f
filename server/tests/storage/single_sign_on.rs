//! Signing in to Postroom at an identity provider, and switching passwords off.

use std::net::SocketAddr;
use std::sync::Arc;

use postroom_server::config::Config;
use postroom_server::model::{
    AcceptForm, AuditAct, AuditFilter, Field, GrantedRole, IdentityProviderForm, IdentityProviderId, Invalid,
    InvitationForm, LocalLogin, Membership, ProviderStep, ProviderTroubleKind, Reason, Role, RoleRule, Roles, Rule,
    SignOnRefusal, Timestamp, UserId, WorkspaceId,
};
use postroom_server::net::{DialOptions, Dialer, Guard};
use postroom_server::oauth::Answer;
use postroom_server::single_sign_on::{self, Ended};
use postroom_server::{
    Clock, Error, audit, identity_providers, invitations, openid, people, random, sessions, users, workspaces,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use crate::provider::{self, CLIENT_ID, CLIENT_SECRET, Key, NOW, answer, html, json as reply, redirect, refusal};
use crate::world::{ADMIN, ADMIN_PASSWORD, World};

crate::on_both_databases!(
    an_existing_user_is_linked_by_a_verified_address_and_known_by_the_subject_from_then_on,
    an_address_that_nobody_verified_links_nobody,
    a_provider_is_trusted_for_its_domains_and_no_others,
    an_address_of_another_domain_stays_outside,
    whoever_has_no_account_gets_one_where_that_is_wanted,
    whoever_was_invited_comes_in_where_strangers_do_not,
    with_passwords_off_an_invitation_gives_none,
    an_account_stays_with_the_person_it_was_linked_to,
    what_the_statement_leaves_out_is_asked_for,
    claims_about_somebody_else_are_not_believed,
    an_attempt_ends_in_the_browser_it_began_in_and_once,
    an_attempt_is_open_for_ten_minutes,
    a_statement_for_something_else_lets_nobody_in,
    an_answer_of_another_provider_lets_nobody_in,
    a_new_key_is_fetched_once_and_made_up_ones_are_not_asked_for_again,
    a_description_is_fetched_once_for_all_who_come_at_once,
    what_is_wrong_with_the_provider_is_told_and_forgotten_when_it_works,
    a_client_secret_is_told_in_the_way_that_the_provider_takes,
    a_client_secret_stays_with_its_issuer,
    passwords_are_switched_off_only_by_somebody_who_would_get_back_in,
    the_last_way_in_stays,
    the_command_line_is_always_a_way_back,
    a_test_tells_apart_what_can_be_wrong,
    users_reach_no_provider_on_this_machine_unless_they_may,
    a_claim_decides_on_roles_at_every_sign_in,
    whoever_no_rule_knows_gets_the_default_or_stays_outside,
    a_wrong_rule_leaves_the_last_administrator_one,
    whoever_is_deactivated_stays_outside,
    roles_are_given_in_workspaces_that_are_there,
    somebody_of_a_workspace_alone_is_no_way_back_in,
    what_is_changed_and_who_comes_in_is_written_down_without_a_secret,
);

const NEXT: &str = "/admin/it";

struct SignOn {
    world: World,
    provider: provider::World,
    id: IdentityProviderId,
    browser: SecretString,
}

fn form(provider: &provider::World) -> IdentityProviderForm {
    IdentityProviderForm {
        name: "Staff".to_owned(),
        issuer: provider.base(),
        client_id: CLIENT_ID.to_owned(),
        ..IdentityProviderForm::default()
    }
}

fn secret(text: &str) -> Option<SecretString> {
    Some(text.to_owned().into())
}

impl SignOn {
    async fn new(world: World) -> Self {
        Self::with(world, |_| {}).await
    }

    async fn with(mut world: World, change: impl FnOnce(&mut IdentityProviderForm)) -> Self {
        let provider = provider::World::google().await;
        let config = Config {
            public_url: Some(Url::parse("https://desk.example.org").unwrap()),
            ..Config::clone(&world.ctx.config)
        };
        world.ctx.config = Arc::new(config);
        world.ctx.clock = Clock::fixed(NOW);
        let options = DialOptions {
            guard: Guard { allow_loopback: true, ..Guard::default() },
            extra_roots: vec![provider.authority.root()],
            name_servers: vec![SocketAddr::from(([127, 0, 0, 1], 9))],
            ..DialOptions::default()
        };
        world.ctx.openid = Arc::new(openid::Client::new(&Dialer::new(options).unwrap()));
        let mut form = form(&provider);
        change(&mut form);
        let id = identity_providers::add(&world.ctx, &world.admin, &form, secret(CLIENT_SECRET)).await.unwrap();
        Self { world, provider, id, browser: random::secret() }
    }

    /// Goes to the provider; answers state and nonce.
    async fn go(&self) -> (String, String) {
        let begun = single_sign_on::begin(&self.world.ctx, self.id, &self.browser, NEXT, None).await.unwrap();
        let url = begun.unwrap();
        let parameter =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
        assert_eq!(parameter("redirect_uri"), "https://desk.example.org/sso/callback");
        assert_eq!(parameter("code_challenge_method"), "S256");
        (parameter("state"), parameter("nonce"))
    }

    async fn finish(&self, state: &str, answer: &Answer) -> Ended {
        single_sign_on::finish(&self.world.ctx, state, Some(&self.browser), answer, None).await.unwrap()
    }

    /// There and back as somebody with a verified address; `change` says what is claimed otherwise.
    async fn sign_in(&self, change: impl FnOnce(&mut Value)) -> Ended {
        let (state, nonce) = self.go().await;
        self.provider.claim(|claims| {
            claims["nonce"] = json!(nonce);
            claims["email"] = json!(ADMIN);
            claims["email_verified"] = json!(true);
            change(claims);
        });
        self.finish(&state, &answer()).await
    }

    fn signed_in(&self, user: UserId) -> Ended {
        Ended::SignedIn { user, provider: self.id, next: NEXT.to_owned() }
    }

    fn refused(&self, why: SignOnRefusal) -> Ended {
        Ended::Refused { provider: Some(self.id), why, next: NEXT.to_owned() }
    }

    async fn change(&self, change: impl FnOnce(&mut IdentityProviderForm)) {
        let (ctx, admin) = (&self.world.ctx, &self.world.admin);
        let mut form = identity_providers::get(ctx, admin, self.id, None).await.unwrap().form;
        change(&mut form);
        identity_providers::save(ctx, admin, self.id, &form, None).await.unwrap();
    }

    async fn trouble(&self) -> Option<ProviderTroubleKind> {
        let (ctx, admin) = (&self.world.ctx, &self.world.admin);
        identity_providers::get(ctx, admin, self.id, None).await.unwrap().trouble.map(|(trouble, _)| trouble.kind)
    }

    fn ada(&self) -> UserId {
        self.world.admin.user.id
    }
}

/// True where nobody here knows the attempt.
fn is_unknown(ended: &Ended) -> bool {
    matches!(ended, Ended::Refused { provider: None, why: SignOnRefusal::Expired, .. })
}

async fn an_existing_user_is_linked_by_a_verified_address_and_known_by_the_subject_from_then_on(world: World) {
    let desk = SignOn::new(world).await;
    let ended = desk.sign_in(|claims| claims["email"] = json!("ADA@example.com")).await;
    assert_eq!(ended, desk.signed_in(desk.ada()));

    let renamed = desk.sign_in(|claims| {
        claims["email"] = json!("countess@example.com");
        claims["email_verified"] = json!(false);
    });
    assert_eq!(renamed.await, desk.signed_in(desk.ada()));

    let shown = identity_providers::get(&desk.world.ctx, &desk.world.admin, desk.id, None).await.unwrap();
    assert_eq!(shown.people.iter().map(|person| person.user.id).collect::<Vec<_>>(), [desk.ada()]);
    assert_eq!(shown.people[0].signed_in_at, NOW);
}

async fn an_address_that_nobody_verified_links_nobody(world: World) {
    let desk = SignOn::with(world, |form| {
        form.create_accounts = true;
        form.default_role = Some(GrantedRole::Account);
    })
    .await;
    for unverified in [json!(false), json!(null)] {
        let ended = desk.sign_in(|claims| claims["email_verified"] = unverified).await;
        assert_eq!(ended, desk.refused(SignOnRefusal::EmailUnverified));
    }
    let without = desk.sign_in(|claims| claims["email"] = json!(null)).await;
    assert_eq!(without, desk.refused(SignOnRefusal::NoEmail));
    let nonsense = desk.sign_in(|claims| claims["email"] = json!("nonsense")).await;
    assert_eq!(nonsense, desk.refused(SignOnRefusal::NoEmail));
}

async fn a_provider_is_trusted_for_its_domains_and_no_others(world: World) {
    let trusting = |form: &mut IdentityProviderForm| {
        form.domains = "example.com".to_owned();
        form.trusted = true;
    };
    let desk = SignOn::with(world, trusting).await;
    let elsewhere = desk.sign_in(|claims| {
        claims["email"] = json!("ada@example.org");
        claims["email_verified"] = json!(false);
    });
    assert_eq!(elsewhere.await, desk.refused(SignOnRefusal::Domain));
    // Microsoft has no address for people without a mailbox, and never says that one is verified.
    let by_name = desk.sign_in(|claims| {
        claims["email"] = json!(null);
        claims["email_verified"] = json!(null);
        claims["preferred_username"] = json!(ADMIN);
    });
    assert_eq!(by_name.await, desk.signed_in(desk.ada()));
}

async fn an_address_of_another_domain_stays_outside(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));

    desk.change(|form| form.domains = "example.org".to_owned()).await;

    assert_eq!(desk.sign_in(|_| {}).await, desk.refused(SignOnRefusal::Domain), "also for whoever is linked");
    let without = desk.sign_in(|claims| claims["email"] = json!(null)).await;
    assert_eq!(without, desk.refused(SignOnRefusal::NoEmail));
}

async fn whoever_has_no_account_gets_one_where_that_is_wanted(world: World) {
    let desk = SignOn::new(world).await;
    let grace = |claims: &mut Value| {
        claims["sub"] = json!("grace");
        claims["email"] = json!("grace@example.com");
        claims["name"] = json!("Grace Hopper");
    };
    assert_eq!(desk.sign_in(grace).await, desk.refused(SignOnRefusal::NoAccount));

    desk.change(|form| {
        form.create_accounts = true;
        form.default_role = Some(GrantedRole::Account);
    })
    .await;

    let ended = desk.sign_in(grace).await;
    let Ended::SignedIn { user, .. } = ended else { panic!("{ended:?}") };
    let shown = identity_providers::get(&desk.world.ctx, &desk.world.admin, desk.id, None).await.unwrap();
    assert_eq!(shown.people[0].user.name, "Grace Hopper");
    assert_eq!(desk.sign_in(grace).await, desk.signed_in(user), "and keeps it");
    for password in ["", "a long enough password"] {
        let found = users::sign_in(&desk.world.ctx, "grace@example.com", &password.into()).await.unwrap();
        assert_eq!(found, None, "there is no password, not even an empty one");
    }
}

/// Invites Grace to look at the first workspace.
async fn invite_grace(desk: &SignOn) -> (InvitationForm, SecretString) {
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let workspace = workspaces::list(ctx, admin).await.unwrap()[0].id;
    let roles = Roles::Workspaces(vec![Membership { workspace, role: Role::Viewer }]);
    let form = InvitationForm { email: "grace@example.com".to_owned(), name: String::new(), roles };
    let token = invitations::invite(ctx, admin, &form).await.unwrap().token.expect("there is no relay");
    (form, token)
}

async fn whoever_was_invited_comes_in_where_strangers_do_not(world: World) {
    let desk = SignOn::new(world).await;
    let (form, token) = invite_grace(&desk).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);

    let unproven = desk
        .sign_in(|claims| {
            claims["sub"] = json!("mallory");
            claims["email"] = json!("grace@example.com");
            claims["email_verified"] = json!(false);
        })
        .await;
    assert_eq!(unproven, desk.refused(SignOnRefusal::EmailUnverified));
    assert_eq!(invitations::list(ctx, admin).await.unwrap().len(), 1);

    let ended = desk
        .sign_in(|claims| {
            claims["sub"] = json!("grace");
            claims["email"] = json!("Grace@Example.com");
        })
        .await;
    let Ended::SignedIn { user, .. } = ended else { panic!("{ended:?}") };
    assert_eq!(roles_of(&desk, user).await, form.roles);
    assert_eq!(invitations::list(ctx, admin).await.unwrap(), [], "the invitation is used");
    let link = invitations::open(ctx, &token).await;
    assert!(matches!(link, Err(Error::NotFound(_))), "and so is its link: {link:?}");
}

async fn with_passwords_off_an_invitation_gives_none(world: World) {
    let desk = SignOn::new(world).await;
    let (_, token) = invite_grace(&desk).await;
    let ctx = &desk.world.ctx;
    single_sign_on::force_local_login(ctx, false).await.unwrap();
    let password = "a long enough password".to_owned();
    let form = AcceptForm { name: "Grace".to_owned(), password: password.clone(), password_again: password };
    let refused = invitations::accept_with(ctx, &token, form, None).await;
    assert!(matches!(refused, Err(Error::Rule(Rule::PasswordsOff))), "{refused:?}");
    assert!(invitations::open(ctx, &token).await.is_ok(), "the link is as good as before");
}

async fn an_account_stays_with_the_person_it_was_linked_to(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    let successor = |claims: &mut Value| claims["sub"] = json!("somebody-with-the-address-later");
    assert_eq!(desk.sign_in(successor).await, desk.refused(SignOnRefusal::OtherPerson));

    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let linked = identity_providers::get(ctx, admin, desk.id, None).await.unwrap().people[0].identity;
    identity_providers::unlink(ctx, admin, desk.id, linked).await.unwrap();

    assert_eq!(desk.sign_in(successor).await, desk.signed_in(desk.ada()));
    identity_providers::unlink(ctx, admin, desk.id, linked).await.unwrap();
    let people = identity_providers::get(ctx, admin, desk.id, None).await.unwrap().people;
    assert_eq!(people.len(), 1, "whoever is linked anew is somebody else");
}

async fn what_the_statement_leaves_out_is_asked_for(world: World) {
    let desk = SignOn::new(world).await;
    let base = desk.provider.base();
    desk.provider.describe(|metadata| metadata["userinfo_endpoint"] = json!(format!("{base}/userinfo")));
    let told = json!({"sub": "AAAA-pairwise", "email": ADMIN, "email_verified": true});
    desk.provider.behave(|behaviour| behaviour.userinfo = reply(200, &told));
    let ended = desk.sign_in(|claims| {
        claims["email"] = json!(null);
        claims["email_verified"] = json!(null);
    });
    assert_eq!(ended.await, desk.signed_in(desk.ada()));
    assert_eq!(desk.provider.asked("userinfo").len(), 1);

    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    assert_eq!(desk.provider.asked("userinfo").len(), 1, "nothing was left out");
}

async fn claims_about_somebody_else_are_not_believed(world: World) {
    let desk = SignOn::new(world).await;
    let base = desk.provider.base();
    desk.provider.describe(|metadata| metadata["userinfo_endpoint"] = json!(format!("{base}/userinfo")));
    let told = json!({"sub": "somebody else", "email": ADMIN, "email_verified": true});
    desk.provider.behave(|behaviour| behaviour.userinfo = reply(200, &told));
    let ended = desk.sign_in(|claims| claims["email"] = json!(null)).await;
    assert_eq!(ended, desk.refused(SignOnRefusal::Unproven));
}

async fn an_attempt_ends_in_the_browser_it_began_in_and_once(world: World) {
    let desk = SignOn::new(world).await;
    let (state, nonce) = desk.go().await;
    desk.provider.claim(|claims| {
        claims["nonce"] = json!(nonce);
        claims["email"] = json!(ADMIN);
        claims["email_verified"] = json!(true);
    });
    let ctx = &desk.world.ctx;
    for browser in [None, Some(random::secret())] {
        let ended = single_sign_on::finish(ctx, &state, browser.as_ref(), &answer(), None).await.unwrap();
        assert!(is_unknown(&ended), "{ended:?}");
    }
    assert!(is_unknown(&desk.finish("made up", &answer()).await));
    assert_eq!(desk.provider.asked("token").len(), 0, "nobody asked for tokens");

    assert_eq!(desk.finish(&state, &answer()).await, desk.signed_in(desk.ada()), "the right browser is still let in");
    assert!(is_unknown(&desk.finish(&state, &answer()).await), "once");
    assert_eq!(desk.provider.asked("token").len(), 1);
}

async fn an_attempt_is_open_for_ten_minutes(world: World) {
    let mut desk = SignOn::new(world).await;
    let (state, _) = desk.go().await;
    desk.world.ctx.clock = Clock::fixed(NOW.plus_millis(10 * 60 * 1_000));
    assert_eq!(desk.finish(&state, &answer()).await, desk.refused(SignOnRefusal::Expired));
    assert_eq!(desk.provider.asked("token").len(), 0);
    let (state, _) = desk.go().await;
    desk.world.ctx.clock = Clock::fixed(NOW.plus_millis(30 * 60 * 1_000));
    assert_eq!(single_sign_on::prune(&desk.world.ctx).await.unwrap(), 2);
    assert!(is_unknown(&desk.finish(&state, &answer()).await));
}

async fn a_statement_for_something_else_lets_nobody_in(world: World) {
    let desk = SignOn::new(world).await;
    let seconds = NOW.0 / 1_000;
    let wrong: [(&str, Value, SignOnRefusal); 6] = [
        ("nonce", json!("another"), SignOnRefusal::Unproven),
        ("aud", json!("another"), SignOnRefusal::Unproven),
        ("aud", json!([CLIENT_ID, "another"]), SignOnRefusal::Unproven),
        ("iss", json!("https://accounts.example.com"), SignOnRefusal::Unproven),
        ("iat", json!(seconds + 900), SignOnRefusal::Clock),
        ("sub", json!(""), SignOnRefusal::Unproven),
    ];
    for (name, value, why) in wrong {
        let ended = desk.sign_in(|claims| claims[name] = value.clone()).await;
        assert_eq!(ended, desk.refused(why), "{name}: {value}");
    }
    // A few minutes are forgiven.
    assert_eq!(desk.sign_in(|claims| claims["iat"] = json!(seconds + 200)).await, desk.signed_in(desk.ada()));

    let (state, nonce) = desk.go().await;
    let mut claims = desk.provider.claims();
    claims["nonce"] = json!(nonce);
    desk.provider.state(&provider::seal(&claims));
    assert_eq!(desk.finish(&state, &answer()).await, desk.refused(SignOnRefusal::Unproven), "sealed with our secret");
}

async fn an_answer_of_another_provider_lets_nobody_in(world: World) {
    let desk = SignOn::new(world).await;
    let (state, _) = desk.go().await;
    let elsewhere = Answer { iss: Some("https://accounts.example.com".to_owned()), ..answer() };
    assert_eq!(desk.finish(&state, &elsewhere).await, desk.refused(SignOnRefusal::Unproven));
    assert_eq!(desk.provider.asked("token").len(), 0, "the code was not given away");

    let (state, _) = desk.go().await;
    let declined = Answer { error: Some("access_denied".to_owned()), ..Answer::default() };
    assert_eq!(desk.finish(&state, &declined).await, desk.refused(SignOnRefusal::Declined));
    assert_eq!(desk.trouble().await, None, "which is no fault of the provider's");
}

async fn a_new_key_is_fetched_once_and_made_up_ones_are_not_asked_for_again(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    assert_eq!(desk.provider.asked("keys").len(), 1);
    let signed_with = async |key: Key| {
        let (state, nonce) = desk.go().await;
        let mut claims = desk.provider.claims();
        claims["nonce"] = json!(nonce);
        desk.provider.state(&key.sign(&claims));
        desk.finish(&state, &answer()).await
    };

    desk.provider.behave(|behaviour| behaviour.keys = reply(200, &json!({"keys": [Key::Second.public()]})));
    assert_eq!(signed_with(Key::Second).await, desk.signed_in(desk.ada()));
    assert_eq!(desk.provider.asked("keys").len(), 2);

    for _ in 0..3 {
        assert_eq!(signed_with(Key::First).await, desk.refused(SignOnRefusal::Unproven));
    }
    assert_eq!(desk.provider.asked("keys").len(), 2, "they were fetched for that reason just now");
    assert_eq!(signed_with(Key::Second).await, desk.signed_in(desk.ada()));
}

async fn a_description_is_fetched_once_for_all_who_come_at_once(world: World) {
    let desk = SignOn::new(world).await;
    let (a, b, c, d) = tokio::join!(desk.go(), desk.go(), desk.go(), desk.go());
    let states = std::collections::BTreeSet::from([a.0, b.0, c.0, d.0]);
    assert_eq!(states.len(), 4);
    assert_eq!(desk.provider.asked("openid-configuration").len(), 1);
}

async fn what_is_wrong_with_the_provider_is_told_and_forgotten_when_it_works(world: World) {
    let desk = SignOn::new(world).await;
    let metadata = desk.provider.behaviour.lock().unwrap().metadata.clone();
    desk.provider.behave(|behaviour| behaviour.metadata = html(503, "down"));
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let begun = single_sign_on::begin(ctx, desk.id, &desk.browser, NEXT, None).await.unwrap();
    assert_eq!(begun, Err(SignOnRefusal::ProviderDown));
    assert_eq!(desk.trouble().await, Some(ProviderTroubleKind::Unavailable));
    desk.provider.behave(|behaviour| behaviour.metadata = metadata);
    // The test asks anew at once.
    identity_providers::try_out(ctx, admin, desk.id, None).await.unwrap();

    let (state, _) = desk.go().await;
    let wrong =
        reply(401, &json!({"error": "invalid_client", "error_description": format!("Unauthorized {CLIENT_SECRET}")}));
    desk.provider.behave(|behaviour| behaviour.token = wrong);
    assert_eq!(desk.finish(&state, &answer()).await, desk.refused(SignOnRefusal::ApplicationWrong));
    let (trouble, since) = identity_providers::get(ctx, admin, desk.id, None).await.unwrap().trouble.unwrap();
    assert_eq!(since, NOW);
    assert!(!trouble.detail.contains(CLIENT_SECRET), "{trouble:?}");

    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    assert_eq!(desk.trouble().await, None);
}

async fn a_client_secret_is_told_in_the_way_that_the_provider_takes(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    let told = |request: &postroom_testing::HttpRequest| {
        let in_body = request.body.contains("client_secret=");
        let in_head = request
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.starts_with("Basic "));
        (in_head, in_body)
    };
    assert_eq!(told(&desk.provider.asked("token")[0]), (true, false), "the header is the default");

    let wrong = reply(401, &json!({"error": "invalid_client"}));
    desk.provider.behave(|behaviour| behaviour.token = wrong);
    let (state, _) = desk.go().await;
    assert_eq!(desk.finish(&state, &answer()).await, desk.refused(SignOnRefusal::ApplicationWrong));
    let asked = desk.provider.asked("token");
    assert_eq!(
        asked.iter().skip(1).map(told).collect::<Vec<_>>(),
        [(true, false), (false, true)],
        "both ways are tried"
    );
}

async fn a_client_secret_stays_with_its_issuer(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let elsewhere = IdentityProviderForm { issuer: "https://evil.example".to_owned(), ..form(&desk.provider) };

    let without = identity_providers::save(ctx, admin, desk.id, &elsewhere, None).await;
    let Err(Error::Invalid(wrong)) = without else { panic!("{without:?}") };
    assert_eq!(wrong, [Invalid::new(Field::ClientSecret, Reason::Empty)]);

    identity_providers::save(ctx, admin, desk.id, &elsewhere, secret("another-secret")).await.unwrap();
    let shown = identity_providers::get(ctx, admin, desk.id, None).await.unwrap();
    assert_eq!(shown.people, [], "a subject of another issuer is somebody else");
    let taken = identity_providers::add(ctx, admin, &form(&desk.provider), secret("x-secret")).await;
    let Err(Error::Invalid(wrong)) = taken else { panic!("{taken:?}") };
    assert_eq!(wrong, [Invalid::new(Field::Name, Reason::Duplicate)]);
}

async fn passwords_are_switched_off_only_by_somebody_who_would_get_back_in(world: World) {
    let mut desk = SignOn::new(world).await;
    let by = Some(desk.id);
    let (ctx, admin) = (desk.world.ctx.clone(), desk.world.admin.clone());
    let refused = async |by| match single_sign_on::set_local_login(&ctx, &admin, by, false).await {
        Err(Error::Rule(rule)) => rule,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(None).await, Rule::SignOnFirst);
    assert_eq!(refused(by).await, Rule::SignOnFirst, "nobody has come in through the provider");
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    assert_eq!(refused(None).await, Rule::SignOnFirst, "somebody else's session, or one with a password");

    desk.world.ctx.clock = Clock::fixed(NOW.plus_millis(1_000));
    let ctx = desk.world.ctx.clone();
    let same = form(&desk.provider);
    identity_providers::save(&ctx, &admin, desk.id, &same, secret("another-secret")).await.unwrap();
    let standing = single_sign_on::local_login_for(&ctx, &admin, by).await.unwrap();
    assert_eq!(standing, LocalLogin::SignOnAgain, "what worked before it was changed proves nothing");
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    assert_eq!(single_sign_on::local_login_for(&ctx, &admin, by).await.unwrap(), LocalLogin::CanEnd);
    assert!(users::sign_in(&ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap().is_some());
    let forever = Timestamp(i64::MAX);
    assert!(sessions::create(&ctx, b"somebody's", None, b"session", forever).await.unwrap());

    single_sign_on::set_local_login(&ctx, &admin, by, false).await.unwrap();

    assert!(!single_sign_on::local_login(&ctx).await.unwrap());
    assert_eq!(users::sign_in(&ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap(), None);
    assert_eq!(sessions::load(&ctx, b"somebody's").await.unwrap(), None);
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    let ways = single_sign_on::ways_in(&ctx).await.unwrap();
    assert_eq!((ways.local, ways.providers.len()), (false, 1));

    single_sign_on::set_local_login(&ctx, &admin, None, true).await.unwrap();
    assert!(users::sign_in(&ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap().is_some());
}

async fn the_last_way_in_stays(world: World) {
    let desk = SignOn::new(world).await;
    assert_eq!(desk.sign_in(|_| {}).await, desk.signed_in(desk.ada()));
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    single_sign_on::set_local_login(ctx, admin, Some(desk.id), false).await.unwrap();

    let removed = identity_providers::remove(ctx, admin, desk.id).await;
    assert!(matches!(removed, Err(Error::Rule(Rule::LastWayIn))), "{removed:?}");
    let other_client = IdentityProviderForm { client_id: "another".to_owned(), ..form(&desk.provider) };
    let changed = identity_providers::save(ctx, admin, desk.id, &other_client, None).await;
    assert!(matches!(changed, Err(Error::Rule(Rule::LastWayIn))), "{changed:?}");
    // A second provider that nobody has come in through is no way in.
    let second = IdentityProviderForm { name: "Partners".to_owned(), ..form(&desk.provider) };
    let second = identity_providers::add(ctx, admin, &second, secret(CLIENT_SECRET)).await.unwrap();
    let removed = identity_providers::remove(ctx, admin, desk.id).await;
    assert!(matches!(removed, Err(Error::Rule(Rule::LastWayIn))), "{removed:?}");
    identity_providers::remove(ctx, admin, second).await.unwrap();
    // An expired secret can be replaced.
    identity_providers::save(ctx, admin, desk.id, &form(&desk.provider), secret("renewed-secret")).await.unwrap();

    single_sign_on::set_local_login(ctx, admin, None, true).await.unwrap();
    identity_providers::remove(ctx, admin, desk.id).await.unwrap();
    assert_eq!(single_sign_on::ways_in(ctx).await.unwrap().providers, []);
}

async fn the_command_line_is_always_a_way_back(world: World) {
    let nobody = single_sign_on::force_local_login(&world.ctx, false).await;
    assert!(matches!(nobody, Err(Error::Rule(Rule::LastWayIn))), "{nobody:?}");
    let desk = SignOn::new(world).await;
    let ctx = &desk.world.ctx;
    single_sign_on::force_local_login(ctx, false).await.unwrap();
    assert_eq!(users::sign_in(ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap(), None);
    single_sign_on::force_local_login(ctx, true).await.unwrap();
    assert!(users::sign_in(ctx, ADMIN, &ADMIN_PASSWORD.into()).await.unwrap().is_some());
}

async fn a_test_tells_apart_what_can_be_wrong(world: World) {
    let desk = SignOn::new(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let good_redirect = redirect("https://desk.example.org/sso/callback?error=login_required&state=s");
    desk.provider.behave(|behaviour| {
        behaviour.authorize = good_redirect.clone();
        behaviour.token = refusal("invalid_grant", "Malformed auth code.");
    });
    let found = async || {
        let trials = identity_providers::try_out(ctx, admin, desk.id, None).await.unwrap();
        let failed = trials.into_iter().find_map(|trial| match trial.result {
            Some(Err(trouble)) => Some((trial.step, trouble.kind, trouble.detail)),
            Some(Ok(())) => None,
            None => panic!("{:?} was left out though nothing failed", trial.step),
        });
        failed.map(|(step, kind, _)| (step, kind))
    };
    assert_eq!(found().await, None);

    desk.provider.behave(|behaviour| behaviour.token = reply(401, &json!({"error": "invalid_client"})));
    let (step, kind) = found().await.unwrap();
    assert_eq!(step, ProviderStep::Client);
    assert!(matches!(kind, ProviderTroubleKind::SecretWrong | ProviderTroubleKind::ClientUnknown), "{kind:?}");

    desk.provider.behave(|behaviour| behaviour.authorize = html(400, "redirect_uri_mismatch"));
    let (step, _) = found().await.unwrap();
    assert_eq!(step, ProviderStep::Redirect);

    desk.provider.behave(|behaviour| behaviour.keys = reply(200, &json!({"keys": []})));
    assert_eq!(found().await, Some((ProviderStep::Keys, ProviderTroubleKind::NoKeys)));

    desk.provider.describe(|metadata| metadata["issuer"] = json!("https://accounts.example.com"));
    assert_eq!(found().await, Some((ProviderStep::Discovery, ProviderTroubleKind::OtherIssuer)));
    desk.provider.behave(|behaviour| behaviour.metadata = html(404, "nothing"));
    assert_eq!(found().await, Some((ProviderStep::Discovery, ProviderTroubleKind::NotAProvider)));
    desk.provider.describe(|metadata| metadata["token_endpoint"] = json!("http://accounts.example.com/token"));
    assert_eq!(found().await, Some((ProviderStep::Discovery, ProviderTroubleKind::NotAProvider)));
    desk.change(|form| form.issuer = format!("{}/", form.issuer)).await;
    desk.provider.behave(|behaviour| behaviour.metadata = html(502, "down"));
    assert_eq!(found().await, Some((ProviderStep::Discovery, ProviderTroubleKind::Unavailable)));
}

async fn users_reach_no_provider_on_this_machine_unless_they_may(world: World) {
    let desk = SignOn::new(world).await;
    let (mut ctx, admin) = (desk.world.ctx.clone(), &desk.world.admin);
    let in_clear = IdentityProviderForm {
        name: "Local".to_owned(),
        issuer: "http://127.0.0.1:9/realm".to_owned(),
        ..form(&desk.provider)
    };
    assert!(identity_providers::add(&ctx, admin, &in_clear, secret("a-secret")).await.is_ok());

    let strict = DialOptions { extra_roots: vec![desk.provider.authority.root()], ..DialOptions::default() };
    ctx.openid = Arc::new(openid::Client::new(&Dialer::new(strict).unwrap()));
    let trials = identity_providers::try_out(&ctx, admin, desk.id, None).await.unwrap();
    let first = trials[0].result.clone().unwrap().unwrap_err();
    assert_eq!(first.kind, ProviderTroubleKind::NotAllowed, "{first:?}");
    assert_eq!(desk.provider.asked("openid-configuration").len(), 0);
    let in_clear = IdentityProviderForm { name: "Clear".to_owned(), ..in_clear };
    let refused = identity_providers::add(&ctx, admin, &in_clear, secret("a-secret")).await;
    let Err(Error::Invalid(wrong)) = refused else { panic!("{refused:?}") };
    assert_eq!(wrong, [Invalid::new(Field::Issuer, Reason::IssuerWithoutTls)]);
}

/// Everything that somebody may do.
async fn roles_of(desk: &SignOn, user: UserId) -> Roles {
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let listed = people::list(ctx, admin).await.unwrap();
    listed.into_iter().find(|person| person.user.id == user).unwrap().roles
}

fn grace(groups: Value) -> impl FnOnce(&mut Value) {
    move |claims: &mut Value| {
        claims["sub"] = json!("grace");
        claims["email"] = json!("grace@example.com");
        claims["groups"] = groups;
    }
}

fn rule(value: &str, role: &str) -> RoleRule {
    RoleRule { value: value.to_owned(), role: role.parse().unwrap() }
}

/// A desk whose provider decides on roles.
async fn mapped(world: World) -> (SignOn, WorkspaceId) {
    let workspace = world.workspace.id;
    let desk = SignOn::with(world, |form| {
        form.create_accounts = true;
        form.default_role = format!("viewer:{workspace}").parse().ok();
        form.role_claim = "groups".to_owned();
        form.role_rules = vec![rule("desk", &format!("administrator:{workspace}")), rule("root", "account")];
    });
    (desk.await, workspace)
}

async fn a_claim_decides_on_roles_at_every_sign_in(world: World) {
    let (desk, workspace) = mapped(world).await;
    let ended = desk.sign_in(grace(json!(["desk", "others"]))).await;
    let Ended::SignedIn { user, .. } = ended else { panic!("{ended:?}") };
    let manages = Roles::Workspaces(vec![Membership { workspace, role: Role::Administrator }]);
    assert_eq!(roles_of(&desk, user).await, manages);
    assert!(matches!(users::admin(&desk.world.ctx, user).await, Err(Error::Forbidden)));

    assert_eq!(desk.sign_in(grace(json!("root"))).await, desk.signed_in(user));
    assert_eq!(roles_of(&desk, user).await, Roles::Account);
    assert_eq!(desk.sign_in(grace(json!(["desk"]))).await, desk.signed_in(user));
    assert_eq!(roles_of(&desk, user).await, manages, "and takes away again");

    desk.change(|form| {
        form.role_claim = String::new();
        form.role_rules = Vec::new();
    })
    .await;
    assert_eq!(desk.sign_in(grace(json!("root"))).await, desk.signed_in(user));
    assert_eq!(roles_of(&desk, user).await, manages, "the provider has no say any more");
}

async fn whoever_no_rule_knows_gets_the_default_or_stays_outside(world: World) {
    let (desk, workspace) = mapped(world).await;
    let ended = desk.sign_in(grace(json!(null))).await;
    let Ended::SignedIn { user, .. } = ended else { panic!("{ended:?}") };
    let looks = Roles::Workspaces(vec![Membership { workspace, role: Role::Viewer }]);
    assert_eq!(roles_of(&desk, user).await, looks);

    desk.change(|form| form.refuse_others = true).await;
    assert_eq!(desk.sign_in(grace(json!(["Root", "unknown"]))).await, desk.refused(SignOnRefusal::NoRole));
    assert_eq!(roles_of(&desk, user).await, looks, "what they had stays, for when they may come in again");
}

async fn a_wrong_rule_leaves_the_last_administrator_one(world: World) {
    let (desk, _) = mapped(world).await;
    assert_eq!(desk.sign_in(|claims| claims["groups"] = json!(["desk"])).await, desk.signed_in(desk.ada()));
    assert_eq!(roles_of(&desk, desk.ada()).await, Roles::Account);

    desk.world.colleague().await;
    assert_eq!(desk.sign_in(|claims| claims["groups"] = json!(["desk"])).await, desk.signed_in(desk.ada()));
    let ctx = &desk.world.ctx;
    assert!(matches!(users::admin(ctx, desk.ada()).await, Err(Error::Forbidden)), "one of two may go");
}

async fn whoever_is_deactivated_stays_outside(world: World) {
    let desk = SignOn::new(world).await;
    let bob = desk.world.colleague().await;
    let as_bob = |claims: &mut Value| {
        claims["sub"] = json!("bob");
        claims["email"] = json!("bob@example.com");
    };
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    people::deactivate(ctx, admin, bob.user.id).await.unwrap();
    assert_eq!(desk.sign_in(as_bob).await, desk.refused(SignOnRefusal::Deactivated), "never linked");
    people::reactivate(ctx, admin, bob.user.id).await.unwrap();
    assert_eq!(desk.sign_in(as_bob).await, desk.signed_in(bob.user.id));
    people::deactivate(ctx, admin, bob.user.id).await.unwrap();
    assert_eq!(desk.sign_in(as_bob).await, desk.refused(SignOnRefusal::Deactivated), "linked");
}

async fn roles_are_given_in_workspaces_that_are_there(world: World) {
    let desk = SignOn::new(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    let nowhere = IdentityProviderForm {
        create_accounts: true,
        default_role: "viewer:4711".parse().ok(),
        ..form(&desk.provider)
    };
    let refused = identity_providers::save(ctx, admin, desk.id, &nowhere, None).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
}

async fn somebody_of_a_workspace_alone_is_no_way_back_in(world: World) {
    let (desk, workspace) = mapped(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    assert_eq!(desk.sign_in(|claims| claims["groups"] = json!("root")).await, desk.signed_in(desk.ada()));
    let second = IdentityProviderForm { name: "Partners".to_owned(), ..form(&desk.provider) };
    let second = identity_providers::add(ctx, admin, &second, secret(CLIENT_SECRET)).await.unwrap();
    let making = IdentityProviderForm {
        name: "Partners".to_owned(),
        create_accounts: true,
        default_role: format!("viewer:{workspace}").parse().ok(),
        ..form(&desk.provider)
    };
    identity_providers::save(ctx, admin, second, &making, None).await.unwrap();
    let begun = single_sign_on::begin(ctx, second, &desk.browser, NEXT, None).await.unwrap().unwrap();
    let parameter =
        |name: &str| begun.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
    desk.provider.claim(|claims| {
        claims["nonce"] = json!(parameter("nonce"));
        claims["email"] = json!("grace@example.com");
        claims["email_verified"] = json!(true);
    });
    let ended = desk.finish(&parameter("state"), &answer()).await;
    assert!(matches!(ended, Ended::SignedIn { .. }), "{ended:?}");
    single_sign_on::set_local_login(ctx, admin, Some(desk.id), false).await.unwrap();
    let removed = identity_providers::remove(ctx, admin, desk.id).await;
    assert!(matches!(removed, Err(Error::Rule(Rule::LastWayIn))), "{removed:?}");
}

async fn what_is_changed_and_who_comes_in_is_written_down_without_a_secret(world: World) {
    let (desk, _) = mapped(world).await;
    let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
    assert_eq!(desk.sign_in(|claims| claims["groups"] = json!("root")).await, desk.signed_in(desk.ada()));
    let ended = desk.sign_in(grace(json!("desk"))).await;
    assert!(matches!(ended, Ended::SignedIn { .. }), "{ended:?}");
    desk.sign_in(grace(json!("root"))).await;
    desk.change(|form| form.refuse_others = true).await;
    assert_eq!(desk.sign_in(grace(json!("others"))).await, desk.refused(SignOnRefusal::NoRole));
    single_sign_on::set_local_login(ctx, admin, Some(desk.id), false).await.unwrap();
    single_sign_on::force_local_login(ctx, true).await.unwrap();
    identity_providers::remove(ctx, admin, desk.id).await.unwrap();

    let lines = audit::list(ctx, admin, &AuditFilter::default(), None, 100).await.unwrap();
    let told = |act: AuditAct| {
        lines.iter().filter(|line| line.act == act).map(|line| line.subject.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(told(AuditAct::SignedIn), ["Staff", "Staff", "Staff"]);
    assert_eq!(told(AuditAct::SignInRefused), ["Staff"]);
    assert!(told(AuditAct::PersonJoined).contains(&"grace@example.com"));
    assert_eq!(told(AuditAct::PersonChanged), ["grace@example.com"]);
    assert_eq!(told(AuditAct::IdentityProviderChanged), ["Staff", "Staff"]);
    assert_eq!(told(AuditAct::IdentityProviderRemoved), ["Staff"]);
    assert_eq!(told(AuditAct::SwitchChanged), ["local_login", "local_login"]);
    let all = format!("{lines:?}");
    for secret in [CLIENT_SECRET, provider::CODE, provider::ACCESS] {
        assert!(!all.contains(secret), "{all}");
    }
}
