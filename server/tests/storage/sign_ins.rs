//! Signing in with a provider for a draft, for a mailbox, and with an owner's link.

use std::sync::Arc;

use postroom_server::config::Config;
use postroom_server::model::{
    AuthMethod, Direction, Draft, MailboxId, OAuthProvider, OwnerLinkState, Problem, PublishAs, ServerForm, ServerKind,
};
use postroom_server::sign_ins::{self, Landing, Purpose};
use postroom_server::{Clock, Error, drafts, mailboxes, owner_links, random};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use crate::provider::{self, CLIENT_ID, CLIENT_SECRET, NOW, answer};
use crate::world::{World, passed};

crate::on_both_databases!(
    a_sign_in_fills_in_the_servers_and_stays_with_the_mailbox,
    another_account_than_the_address_is_refused_with_both_names,
    a_shared_mailbox_is_signed_in_to_by_somebody_else_who_says_so,
    a_sign_in_ends_in_the_browser_it_began_in,
    a_sign_in_ends_for_the_user_who_began_it,
    an_answer_that_comes_twice_is_asked_for_once,
    a_sign_in_is_open_for_ten_minutes,
    a_declined_sign_in_is_told_and_can_be_tried_again,
    an_administrators_consent_is_asked_for_once_and_noticed,
    whoever_leaves_microsofts_page_is_offered_a_link_for_an_administrator,
    signing_in_again_keeps_the_mailbox_and_needs_the_same_person,
    an_owners_link_needs_no_account_and_works_once,
    an_owners_link_stays_open_when_the_wrong_person_signs_in,
    an_owners_link_can_be_taken_back_and_grows_old,
    a_token_goes_to_the_providers_servers_whatever_a_page_says,
    choosing_a_password_again_forgets_the_grant,
    without_an_application_nobody_is_sent_anywhere,
);

/// A desk, and Microsoft where its application is registered.
pub struct SignIns {
    pub world: World,
    pub provider: provider::World,
    pub browser: SecretString,
}

impl SignIns {
    pub async fn new(world: World) -> Self {
        Self::at(world, provider::World::microsoft("common").await)
    }

    pub async fn google(world: World) -> Self {
        Self::at(world, provider::World::google().await)
    }

    fn at(mut world: World, provider: provider::World) -> Self {
        let mut config = Config::clone(&world.ctx.config);
        let base = Some(provider.application.endpoints.base.clone());
        let (id, secret) = (Some(CLIENT_ID.to_owned()), Some(serde_json::from_value(json!(CLIENT_SECRET)).unwrap()));
        match provider.application.provider {
            OAuthProvider::Microsoft => {
                let microsoft = &mut config.oauth.microsoft;
                (microsoft.authority, microsoft.client_id, microsoft.client_secret) = (base, id, secret);
            }
            OAuthProvider::Google => {
                let google = &mut config.oauth.google;
                (google.issuer, google.client_id, google.client_secret) = (base, id, secret);
            }
        }
        config.public_url = Some(Url::parse("https://desk.example.org").unwrap());
        world.ctx.config = Arc::new(config);
        world.ctx.clock = Clock::fixed(NOW);
        world.ctx.oauth = Arc::clone(&provider.client);
        Self { world, provider, browser: random::secret() }
    }

    pub fn which(&self) -> OAuthProvider {
        self.provider.application.provider
    }

    /// A draft that is to be signed in to.
    pub async fn draft(&self, address: &str) -> Draft {
        let draft = self.world.begun(address).await;
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        drafts::save_kind(ctx, manager, draft.id, ServerKind::Custom, Some(self.which())).await.unwrap()
    }

    pub async fn for_draft(&self, draft: &Draft, other_account: bool) -> Purpose {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        sign_ins::for_draft(ctx, manager, draft.id, other_account).await.unwrap()
    }

    /// Goes to the provider; answers the state, with the provider's statement made out for this attempt.
    pub async fn go(&self, purpose: &Purpose, email: &str) -> String {
        let url = sign_ins::begin(&self.world.ctx, purpose, &self.browser, None).await.unwrap().unwrap();
        let parameter =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
        self.provider.claim(|claims| {
            claims["nonce"] = json!(parameter("nonce"));
            claims["email"] = json!(email);
            claims["oid"] = json!(format!("object-of-{email}"));
            claims["sub"] = json!(format!("subject-of-{email}"));
        });
        parameter("state")
    }

    pub async fn come_back(&self, state: &str) -> Landing {
        let (ctx, user) = (&self.world.ctx, self.world.admin.user.id);
        sign_ins::finish(ctx, state, Some(&self.browser), Some(user), &answer(), None).await.unwrap()
    }

    /// There and back.
    async fn sign_in(&self, purpose: &Purpose, email: &str) -> Landing {
        let state = self.go(purpose, email).await;
        self.come_back(&state).await
    }

    async fn refused(&self, draft: &Draft) -> Option<Problem> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        sign_ins::of_draft(ctx, manager, draft.id).await.unwrap().refused
    }

    /// A mailbox at work that somebody has signed in for.
    pub async fn mailbox(&self, address: &str) -> MailboxId {
        let draft = self.draft(address).await;
        self.sign_in(&self.for_draft(&draft, false).await, address).await;
        for direction in Direction::BOTH {
            self.world.check(&draft, direction, &passed(direction)).await;
        }
        self.world.publish(&draft, PublishAs::Active).await.unwrap()
    }

    /// Somebody signs in again for a mailbox.
    pub async fn sign_in_again(&self, mailbox: MailboxId, email: &str) {
        let landing = self.sign_in(&self.again(mailbox).await, email).await;
        assert!(matches!(landing, Landing::Mailbox { signed_in: true, .. }), "{landing:?}");
    }

    async fn again(&self, mailbox: MailboxId) -> Purpose {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        sign_ins::for_mailbox(ctx, manager, mailbox).await.unwrap()
    }

    async fn person(&self, mailbox: MailboxId) -> Option<String> {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        let details = mailboxes::details(ctx, manager, mailbox).await.unwrap();
        details.summary.grant.map(|grant| grant.person)
    }
}

async fn a_sign_in_fills_in_the_servers_and_stays_with_the_mailbox(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    assert!(!draft.has_password(Direction::Incoming));
    let landing = desk.sign_in(&desk.for_draft(&draft, false).await, "ADA@example.org").await;
    assert!(matches!(landing, Landing::Draft { draft: id, .. } if id == draft.id), "{landing:?}");

    let draft = desk.world.load(&draft).await;
    let server = |direction| {
        let form: &ServerForm = draft.form.server(direction);
        (form.host.as_str(), form.port.as_str(), form.method)
    };
    assert_eq!(server(Direction::Incoming), ("outlook.office365.com", "993", AuthMethod::XOAuth2));
    assert_eq!(server(Direction::Outgoing), ("smtp.office365.com", "587", AuthMethod::XOAuth2));
    assert_eq!(draft.grant.as_ref().map(|grant| grant.person.as_str()), Some("ADA@example.org"));
    for direction in Direction::BOTH {
        assert_eq!(draft.validate_server(direction), []);
        desk.world.check(&draft, direction, &passed(direction)).await;
    }

    let mailbox = desk.world.publish(&draft, PublishAs::Active).await.unwrap();
    assert_eq!(desk.person(mailbox).await.as_deref(), Some("ADA@example.org"));
    let (settings, key) =
        mailboxes::target(&desk.world.ctx, &desk.world.manager, mailbox, Direction::Outgoing).await.unwrap();
    assert_eq!(settings.username, "ada@example.org");
    assert!(matches!(key, postroom_server::login::Key::Grant(_)));
}

async fn another_account_than_the_address_is_refused_with_both_names(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("support@example.org").await;
    desk.sign_in(&desk.for_draft(&draft, false).await, "bob@example.org").await;
    let expected =
        Problem::WrongAccount { expected: "support@example.org".to_owned(), got: "bob@example.org".to_owned() };
    assert_eq!(desk.refused(&draft).await, Some(expected));
    assert_eq!(desk.world.load(&draft).await.grant, None);
}

async fn a_shared_mailbox_is_signed_in_to_by_somebody_else_who_says_so(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("support@example.org").await;
    desk.sign_in(&desk.for_draft(&draft, true).await, "ada@example.org").await;
    let draft = desk.world.load(&draft).await;
    assert_eq!(draft.grant.map(|grant| grant.person).as_deref(), Some("ada@example.org"));
    assert_eq!(draft.form.incoming.settings(Direction::Incoming.protocol()).unwrap().username, "support@example.org");
}

async fn a_sign_in_ends_in_the_browser_it_began_in(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    let (ctx, user) = (&desk.world.ctx, Some(desk.world.admin.user.id));
    for browser in [None, Some(random::secret())] {
        let landing = sign_ins::finish(ctx, &state, browser.as_ref(), user, &answer(), None).await.unwrap();
        assert!(matches!(landing, Landing::Unknown));
    }
    let landing = sign_ins::finish(ctx, "made up", Some(&desk.browser), user, &answer(), None).await.unwrap();
    assert!(matches!(landing, Landing::Unknown));
    assert_eq!(desk.provider.asked("token").len(), 0);
    // Nobody else has spoiled it.
    desk.come_back(&state).await;
    assert!(desk.world.load(&draft).await.grant.is_some());
}

async fn a_sign_in_ends_for_the_user_who_began_it(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    let other = desk.world.colleague().await.user.id;
    for user in [None, Some(other)] {
        let landing =
            sign_ins::finish(&desk.world.ctx, &state, Some(&desk.browser), user, &answer(), None).await.unwrap();
        assert!(matches!(landing, Landing::Unknown), "{user:?}");
    }
    assert_eq!(desk.world.load(&draft).await.grant, None);
}

async fn an_answer_that_comes_twice_is_asked_for_once(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    desk.come_back(&state).await;
    let landing = desk.come_back(&state).await;
    assert!(matches!(landing, Landing::Draft { draft: id, .. } if id == draft.id), "{landing:?}");
    assert_eq!(desk.provider.asked("token").len(), 1);
    assert_eq!(desk.refused(&draft).await, None);
}

async fn a_sign_in_is_open_for_ten_minutes(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    desk.world.ctx.clock.advance_millis(10 * 60 * 1_000);
    desk.come_back(&state).await;
    assert_eq!(desk.refused(&draft).await, Some(Problem::SignInExpired));
    assert_eq!(desk.provider.asked("token").len(), 0);
}

async fn a_declined_sign_in_is_told_and_can_be_tried_again(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    let declined = postroom_server::oauth::Answer {
        error: Some("access_denied".to_owned()),
        error_description: Some("AADSTS65004: the user declined".to_owned()),
        ..Default::default()
    };
    let (ctx, user) = (&desk.world.ctx, Some(desk.world.admin.user.id));
    sign_ins::finish(ctx, &state, Some(&desk.browser), user, &declined, None).await.unwrap();
    assert!(matches!(desk.refused(&draft).await, Some(Problem::ConsentDeclined { .. })));
    desk.sign_in(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    assert_eq!(desk.refused(&draft).await, None);
    assert!(desk.world.load(&draft).await.grant.is_some());
}

async fn an_administrators_consent_is_asked_for_once_and_noticed(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    let (ctx, admin, manager) = (&desk.world.ctx, &desk.world.admin, &desk.world.manager);
    let wall = postroom_server::oauth::Answer {
        error: Some("consent_required".to_owned()),
        error_description: Some("AADSTS90094: an administrator must grant consent".to_owned()),
        ..Default::default()
    };
    let mut urls = Vec::new();
    for _ in 0..2 {
        let state = desk.go(&desk.for_draft(&draft, false).await, "ada@example.org").await;
        sign_ins::finish(ctx, &state, Some(&desk.browser), Some(admin.user.id), &wall, None).await.unwrap();
        let waiting = sign_ins::of_draft(ctx, manager, draft.id).await.unwrap();
        assert!(matches!(waiting.refused, Some(Problem::AdminConsentNeeded { .. })), "{:?}", waiting.refused);
        urls.push(waiting.consent.unwrap().url);
    }
    assert_eq!(urls[0], urls[1], "a link that was sent to somebody stays good");

    let url = Url::parse(&urls[0]).unwrap();
    assert!(url.path().ends_with("/organizations/v2.0/adminconsent"), "{url}");
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(!sign_ins::consent(ctx, "made up", true).await.unwrap());
    assert!(sign_ins::consent(ctx, &state, false).await.unwrap());
    let consent = async || sign_ins::of_draft(ctx, manager, draft.id).await.unwrap().consent.unwrap();
    assert_eq!(consent().await.given_at, None, "it was refused");
    assert!(sign_ins::consent(ctx, &state, true).await.unwrap());
    assert_eq!(consent().await.given_at, Some(NOW));
}

async fn whoever_leaves_microsofts_page_is_offered_a_link_for_an_administrator(world: World) {
    let desk = SignIns::new(world).await;
    let (ctx, admin, manager) = (&desk.world.ctx, &desk.world.admin, &desk.world.manager);
    // What comes back from the page “Need admin approval”, and from any other that was left.
    let left = |description: Option<&str>| postroom_server::oauth::Answer {
        error: Some("access_denied".to_owned()),
        error_description: description.map(str::to_owned),
        ..Default::default()
    };
    let ended = async |address: &str, answer: &postroom_server::oauth::Answer| {
        let draft = desk.draft(address).await;
        let state = desk.go(&desk.for_draft(&draft, false).await, address).await;
        sign_ins::finish(ctx, &state, Some(&desk.browser), Some(admin.user.id), answer, None).await.unwrap();
        let now = sign_ins::of_draft(ctx, manager, draft.id).await.unwrap();
        assert!(matches!(now.refused, Some(Problem::ConsentDeclined { .. })), "{:?}", now.refused);
        (draft, now.consent.is_some())
    };
    assert!(!ended("bob@example.org", &left(Some("AADSTS65004: User declined to consent"))).await.1);
    assert!(!ended("bob@outlook.com", &left(None)).await.1, "a private account has no administrator");
    let (draft, offered) = ended("ada@example.org", &left(None)).await;
    assert!(offered);

    // They have got further now, so there was no wall, or it is gone.
    desk.sign_in(&desk.for_draft(&draft, false).await, "bob@example.org").await;
    let now = sign_ins::of_draft(ctx, manager, draft.id).await.unwrap();
    assert!(matches!(now.refused, Some(Problem::WrongAccount { .. })) && now.consent.is_none(), "{now:?}");
}

async fn signing_in_again_keeps_the_mailbox_and_needs_the_same_person(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let landing = desk.sign_in(&desk.again(mailbox).await, "bob@example.org").await;
    assert!(matches!(landing, Landing::Mailbox { signed_in: false, .. }), "{landing:?}");
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let state = sign_ins::of_mailbox(ctx, manager, mailbox).await.unwrap();
    let expected = Problem::WrongAccount { expected: "ada@example.org".to_owned(), got: "bob@example.org".to_owned() };
    assert_eq!((state.refused, desk.person(mailbox).await.as_deref()), (Some(expected), Some("ada@example.org")));

    let landing = desk.sign_in(&desk.again(mailbox).await, "ada@example.org").await;
    assert!(matches!(landing, Landing::Mailbox { mailbox: id, signed_in: true, .. } if id == mailbox), "{landing:?}");
    assert_eq!(sign_ins::of_mailbox(ctx, manager, mailbox).await.unwrap().refused, None);
}

async fn an_owners_link_needs_no_account_and_works_once(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let (token, _) = owner_links::create(ctx, manager, mailbox).await.unwrap();
    let opened = owner_links::open(ctx, &token).await.unwrap();
    assert_eq!((opened.address.as_str(), opened.expected.as_str()), ("ada@example.org", "ada@example.org"));

    let purpose = owner_links::purpose(ctx, opened).await.unwrap();
    let state = desk.go(&purpose, "ada@example.org").await;
    let landing = sign_ins::finish(ctx, &state, Some(&desk.browser), None, &answer(), None).await.unwrap();
    assert!(matches!(landing, Landing::Link { signed_in: true, .. }), "{landing:?}");

    let opened = owner_links::open(ctx, &token).await.unwrap();
    assert!(opened.done);
    assert!(matches!(owner_links::purpose(ctx, opened).await, Err(Error::NotFound(_))));
    let links = owner_links::list(ctx, manager, mailbox).await.unwrap();
    assert_eq!(links.iter().map(|link| link.state).collect::<Vec<_>>(), [OwnerLinkState::Used { at: NOW }]);
}

async fn an_owners_link_stays_open_when_the_wrong_person_signs_in(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let (token, _) = owner_links::create(ctx, manager, mailbox).await.unwrap();
    let purpose = owner_links::purpose(ctx, owner_links::open(ctx, &token).await.unwrap()).await.unwrap();
    let state = desk.go(&purpose, "bob@example.org").await;
    let landing = sign_ins::finish(ctx, &state, Some(&desk.browser), None, &answer(), None).await.unwrap();
    assert!(matches!(landing, Landing::Link { signed_in: false, .. }), "{landing:?}");
    let opened = owner_links::open(ctx, &token).await.unwrap();
    assert!(matches!(opened.state.refused, Some(Problem::WrongAccount { .. })));
    assert!(!opened.done);
}

async fn an_owners_link_can_be_taken_back_and_grows_old(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let (first, _) = owner_links::create(ctx, manager, mailbox).await.unwrap();
    let (second, expires_at) = owner_links::create(ctx, manager, mailbox).await.unwrap();
    assert_eq!(expires_at, NOW.plus_millis(24 * 60 * 60 * 1_000));
    let links = owner_links::list(ctx, manager, mailbox).await.unwrap();
    owner_links::revoke(ctx, manager, mailbox, links[1].id).await.unwrap();
    assert!(matches!(owner_links::open(ctx, &first).await, Err(Error::NotFound(_))));
    assert!(owner_links::open(ctx, &second).await.is_ok());
    ctx.clock.advance_millis(24 * 60 * 60 * 1_000);
    assert!(matches!(owner_links::open(ctx, &second).await, Err(Error::NotFound(_))));
    let states: Vec<_> = owner_links::list(ctx, manager, mailbox).await.unwrap();
    let states: Vec<_> = states.into_iter().map(|link| link.state).collect();
    assert_eq!(states, [OwnerLinkState::Expired, OwnerLinkState::Revoked]);
    let (elsewhere, _) = desk.world.other_workspace().await;
    let manager = desk.world.manager_of(&elsewhere).await;
    assert!(matches!(owner_links::list(ctx, &manager, mailbox).await, Err(Error::NotFound(_))));
    assert!(second.expose_secret().len() >= 64, "256 bits");
}

async fn a_token_goes_to_the_providers_servers_whatever_a_page_says(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("ada@example.org").await;
    desk.sign_in(&desk.for_draft(&draft, false).await, "ada@example.org").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let elsewhere = ServerForm {
        host: "imap.evil.example".to_owned(),
        port: "143".to_owned(),
        email: "ada@example.org".to_owned(),
        ..ServerForm::default()
    };
    let password = Some(SecretString::from("typed"));
    drafts::save_server(ctx, manager, draft.id, Direction::Incoming, &elsewhere, password).await.unwrap();
    let (settings, _) = drafts::target(ctx, manager, draft.id, Direction::Incoming).await.unwrap();
    assert_eq!((settings.endpoint.host.as_str(), settings.endpoint.port), ("outlook.office365.com", 993));
    assert_eq!(settings.method, AuthMethod::XOAuth2);
}

async fn choosing_a_password_again_forgets_the_grant(world: World) {
    let desk = SignIns::new(world).await;
    let mailbox = desk.mailbox("ada@example.org").await;
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let draft = drafts::begin(ctx, manager, Some(mailbox)).await.unwrap();
    assert_eq!(draft.form.sign_in, Some(OAuthProvider::Microsoft));
    let draft = drafts::save_kind(ctx, manager, draft.id, ServerKind::Custom, None).await.unwrap();
    assert_eq!((draft.form.incoming.host.as_str(), draft.form.incoming.method), ("", AuthMethod::Plain));
    assert!(!draft.has_password(Direction::Incoming));
    for direction in Direction::BOTH {
        desk.world.fill(&draft, direction).await;
        desk.world.check(&draft, direction, &passed(direction)).await;
    }
    desk.world.publish(&draft, PublishAs::Active).await.unwrap();
    assert_eq!(desk.person(mailbox).await, None);
}

async fn without_an_application_nobody_is_sent_anywhere(world: World) {
    let mut desk = SignIns::new(world).await;
    let mut config = Config::clone(&desk.world.ctx.config);
    config.oauth.microsoft.client_id = None;
    desk.world.ctx.config = Arc::new(config);
    let draft = desk.draft("ada@example.org").await;
    let purpose = desk.for_draft(&draft, false).await;
    assert_eq!(sign_ins::begin(&desk.world.ctx, &purpose, &desk.browser, None).await.unwrap(), None);
    assert!(matches!(desk.refused(&draft).await, Some(Problem::ClientUnknown { .. })));
    // Where it is no mailbox that rests on a sign-in, there is nothing to sign in for again.
    let (ctx, manager) = (&desk.world.ctx, &desk.world.manager);
    let plain = desk.world.mailbox("plain@example.org").await;
    assert!(matches!(sign_ins::for_mailbox(ctx, manager, plain).await, Err(Error::NotFound(_))));
    assert!(matches!(owner_links::create(ctx, manager, plain).await, Err(Error::NotFound(_))));
}
