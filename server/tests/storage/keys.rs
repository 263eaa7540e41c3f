//! Keys come and go, and everything that is sealed opens all the same.

use std::fs;

use postroom_server::check::run_with;
use postroom_server::model::{
    ApplicationForm, AuthMethod, Direction, EmailAddress, IdentityProviderForm, IdentityProviderId, MailboxId,
    OAuthProvider, ServerForm,
};
use postroom_server::sealed::{self, Dropped};
use postroom_server::sign_ins::Landing;
use postroom_server::tokens::{self, Wanted};
use postroom_server::{Context, Vault, applications, drafts, identity_providers, mailboxes, relay, sender_domains};

use crate::sign_ins::SignIns;
use crate::world::{MAIL_PASSWORD, World, password_of};

crate::on_both_databases!(
    everything_that_is_sealed_opens_with_the_new_key_alone,
    a_rotation_that_was_cut_off_is_finished_without_another_key,
    a_running_process_seals_with_the_new_key_and_opens_what_was_sealed_with_it,
    old_keys_stay_while_something_is_sealed_with_them,
    a_sign_in_that_has_begun_keeps_its_key_until_it_is_over,
    a_secret_that_does_not_open_is_told_and_left,
    more_secrets_than_fit_into_one_round_are_all_sealed_anew,
);

const MESSAGE: &[u8] = b"From: support@it.postroom.localhost\r\nSubject: Hi\r\n\r\nHello\r\n";
const RELAY_PASSWORD: &str = "relay-Passwort";
const APPLICATION_SECRET: &str = "GOCSPX-of-google";
const PROVIDER_SECRET: &str = "secret-of-staff";

/// One of everything that is sealed.
struct Secrets {
    desk: SignIns,
    with_password: MailboxId,
    with_grant: MailboxId,
    draft: postroom_server::model::Draft,
    provider: IdentityProviderId,
}

impl Secrets {
    async fn new(world: World) -> Self {
        let desk = SignIns::new(world).await;
        let (ctx, admin) = (&desk.world.ctx, &desk.world.admin);
        let with_password = desk.world.mailbox("help@example.com").await;
        let draft = desk.world.filled("typed@example.com").await;
        let with_grant = desk.mailbox("granted@example.com").await;
        let google = ApplicationForm {
            client_id: "1234-abcd.apps.googleusercontent.com".to_owned(),
            ..ApplicationForm::default()
        };
        let secret = Some(APPLICATION_SECRET.into());
        applications::save(ctx, admin, OAuthProvider::Google, &google, secret).await.unwrap();
        let staff = IdentityProviderForm {
            name: "Staff".to_owned(),
            issuer: "https://127.0.0.1:9/realm".to_owned(),
            client_id: "desk".to_owned(),
            ..IdentityProviderForm::default()
        };
        let provider = identity_providers::add(ctx, admin, &staff, Some(PROVIDER_SECRET.into())).await.unwrap();
        relay::save(ctx, admin, &relay_form(), Some(RELAY_PASSWORD.into())).await.unwrap();
        sender_domains::look_due(ctx).await.unwrap();
        Self { with_password, with_grant, draft, provider, desk }
    }

    fn ctx(&self) -> &Context {
        &self.desk.world.ctx
    }

    /// Opens each of them in its own way.
    async fn all_open(&self) {
        let (ctx, admin, manager) = (self.ctx(), &self.desk.world.admin, &self.desk.world.manager);
        for direction in Direction::BOTH {
            let (_, key) = mailboxes::target(ctx, manager, self.with_password, direction).await.unwrap();
            assert_eq!(password_of(&key), MAIL_PASSWORD);
            let (_, key) = drafts::target(ctx, manager, self.draft.id, direction).await.unwrap();
            assert_eq!(password_of(&key), MAIL_PASSWORD);
        }
        let (_, key) = mailboxes::target(ctx, manager, self.with_grant, Direction::Incoming).await.unwrap();
        let postroom_server::login::Key::Grant(grant) = key else { panic!("a mailbox with a grant") };
        tokens::access(ctx, grant, Wanted::Current).await.unwrap().unwrap();
        let relay = relay::target(ctx, admin).await.unwrap();
        assert!(run_with(ctx, &relay.plan(), |_| {}).await.is_ok());
        // Without the secret that is kept, the form would be refused.
        let google = applications::get(ctx, admin, OAuthProvider::Google, None).await.unwrap();
        let form = google.form;
        applications::save(ctx, admin, OAuthProvider::Google, &form, None).await.unwrap();
        identity_providers::try_out(ctx, admin, self.provider, None).await.unwrap();
        let mut tx = ctx.db.read().await.unwrap();
        let from = EmailAddress::parse("support@it.postroom.localhost").unwrap();
        sender_domains::sign(ctx, &mut tx, &from, MESSAGE.to_vec()).await.unwrap();
    }

    /// What is sealed with each key, all columns together.
    async fn counts(&self) -> Vec<(u32, i64)> {
        let mut counts = std::collections::BTreeMap::new();
        for found in sealed::uses(self.ctx()).await.unwrap() {
            *counts.entry(found.key).or_default() += found.count;
        }
        counts.into_iter().collect()
    }

    /// Columns in which something is sealed.
    async fn columns(&self) -> Vec<&'static str> {
        let mut columns: Vec<_> =
            sealed::uses(self.ctx()).await.unwrap().into_iter().map(|found| found.column).collect();
        columns.dedup();
        columns
    }
}

fn relay_form() -> ServerForm {
    ServerForm {
        host: "127.0.0.1".to_owned(),
        port: "9".to_owned(),
        tls: false,
        method: AuthMethod::Plain,
        email: "postroom@example.com".to_owned(),
        ..ServerForm::default()
    }
}

async fn everything_that_is_sealed_opens_with_the_new_key_alone(world: World) {
    let secrets = Secrets::new(world).await;
    let columns = secrets.columns().await;
    for column in [
        "mailbox_servers.secret",
        "draft_servers.secret",
        "grants.access_token",
        "grants.refresh_token",
        "oauth_applications.secret",
        "identity_providers.secret",
        "relay.secret",
        "sender_domains.private_key",
        "deliveries.sealed_message",
    ] {
        assert!(columns.contains(&column), "{column} is not among {columns:?}");
    }
    let [(1, before)] = secrets.counts().await[..] else { panic!("all of it is sealed with the first key") };
    // The sign-in that made the grant is over; its attempt is forgotten like others.
    forget_attempts(secrets.ctx()).await;
    let attempts = before - secrets.counts().await[0].1;

    let done = sealed::rotate(secrets.ctx()).await.unwrap();

    assert_eq!((done.key, done.unopened.len()), (2, 0));
    assert_eq!(i64::try_from(done.count).unwrap(), before - attempts);
    assert_eq!(secrets.counts().await, [(2, before - attempts)]);
    assert_eq!(sealed::drop_old(secrets.ctx()).await.unwrap(), Dropped::Keys(vec![1]));
    assert_eq!(sealed::drop_old(secrets.ctx()).await.unwrap(), Dropped::NoneToDrop);
    let path = secrets.ctx().config.key_file();
    assert_eq!(Vault::open_existing(&path).unwrap().key_ids(), [2]);
    secrets.all_open().await;
    // Sealing everything anew opens everything, and there is only the new key to open it with.
    let again = sealed::rotate(secrets.ctx()).await.unwrap();
    assert_eq!((again.count, again.unopened.len()), (done.count, 0));
}

/// Attempts are over after ten minutes, and forgotten after as much again.
async fn forget_attempts(ctx: &Context) {
    ctx.clock.advance_millis(25 * 60 * 1_000);
    postroom_server::sign_ins::prune(ctx).await.unwrap();
}

async fn a_rotation_that_was_cut_off_is_finished_without_another_key(world: World) {
    let secrets = Secrets::new(world).await;
    forget_attempts(secrets.ctx()).await;
    let [(1, all)] = secrets.counts().await[..] else { panic!("all of it is sealed with the first key") };
    // Rotations that are cut off at every place where they wait.
    let mut wakings = 0;
    while !crate::transactions::cut_off(sealed::rotate(secrets.ctx()), wakings).await {
        wakings += 7;
    }
    let keys = secrets.ctx().vault.key_ids();
    assert!(keys.len() > 2, "some were cut off with their key in the file: {keys:?}");
    assert_eq!(secrets.counts().await, [(keys[keys.len() - 1], all)]);
    secrets.all_open().await;

    let again = sealed::reseal(secrets.ctx()).await.unwrap();

    assert_eq!(again.count, 0);
    assert_eq!(secrets.ctx().vault.key_ids(), keys);
}

async fn a_running_process_seals_with_the_new_key_and_opens_what_was_sealed_with_it(world: World) {
    let id = world.mailbox("help@example.com").await;
    // Another process on the same folder and database.
    let other = Context { vault: Vault::open_existing(&world.ctx.config.key_file()).unwrap(), ..world.ctx.clone() };

    sealed::rotate(&other).await.unwrap();

    let (ctx, manager) = (&world.ctx, &world.manager);
    let (_, key) = mailboxes::target(ctx, manager, id, Direction::Incoming).await.unwrap();
    assert_eq!(password_of(&key), MAIL_PASSWORD);
    world.filled("typed@example.com").await;
    let uses = sealed::uses(&other).await.unwrap();
    assert!(uses.iter().all(|found| found.key == 2), "{uses:?}");
    assert_eq!(sealed::drop_old(&other).await.unwrap(), Dropped::Keys(vec![1]));
    assert!(mailboxes::target(ctx, manager, id, Direction::Outgoing).await.is_ok());
}

async fn old_keys_stay_while_something_is_sealed_with_them(mut world: World) {
    world.mailbox("help@example.com").await;
    let path = world.ctx.config.key_file();
    let old = fs::read_to_string(&path).unwrap();
    let behind = Vault::open_existing(&path).unwrap();
    sealed::rotate(&world.ctx).await.unwrap();
    let both = fs::read_to_string(&path).unwrap();
    // A process that had sealed before and stores only now.
    fs::write(&path, &old).unwrap();
    world.ctx.vault = behind;
    world.filled("late@example.com").await;
    fs::write(&path, &both).unwrap();

    let refused = sealed::drop_old(&world.ctx).await.unwrap();

    let Dropped::StillUsed(left) = refused else { panic!("{refused:?}") };
    assert_eq!(
        left.iter().map(|left| (left.column, left.key, left.count)).collect::<Vec<_>>(),
        [("draft_servers.secret", 1, 2)]
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), both);
    assert_eq!(sealed::reseal(&world.ctx).await.unwrap().count, 2);
    assert_eq!(sealed::drop_old(&world.ctx).await.unwrap(), Dropped::Keys(vec![1]));
}

async fn a_sign_in_that_has_begun_keeps_its_key_until_it_is_over(world: World) {
    let desk = SignIns::new(world).await;
    let draft = desk.draft("help@example.com").await;
    let state = desk.go(&desk.for_draft(&draft, false).await, "help@example.com").await;

    sealed::rotate(&desk.world.ctx).await.unwrap();

    let refused = sealed::drop_old(&desk.world.ctx).await.unwrap();
    let Dropped::StillUsed(left) = refused else { panic!("{refused:?}") };
    assert_eq!(left[0].column, "sign_in_attempts.kept");
    let landing = desk.come_back(&state).await;
    assert!(matches!(landing, Landing::Draft { .. }), "{landing:?}");
    forget_attempts(&desk.world.ctx).await;
    assert_eq!(sealed::drop_old(&desk.world.ctx).await.unwrap(), Dropped::Keys(vec![1]));
}

async fn a_secret_that_does_not_open_is_told_and_left(world: World) {
    let lost = world.mailbox("lost@example.com").await;
    fs::remove_file(world.folder().join("vault.key")).unwrap();
    let world = world.restart().await;
    let fine = world.mailbox("fine@example.com").await;

    let done = sealed::rotate(&world.ctx).await.unwrap();

    let told = |direction| format!("mailbox_servers.secret (mailbox/{lost}/{direction})");
    let (waiting_mail, secrets) = done.unopened.split_first().unwrap();
    assert!(waiting_mail.starts_with("deliveries.sealed_message (delivery/<"), "{waiting_mail}");
    assert_eq!(secrets, [told("incoming"), told("outgoing")]);
    let (ctx, manager) = (&world.ctx, &world.manager);
    assert!(mailboxes::target(ctx, manager, fine, Direction::Incoming).await.is_ok());
    // The key that the lost ones name stays until they are typed again or gone.
    assert!(matches!(sealed::drop_old(ctx).await.unwrap(), Dropped::StillUsed(_)));
    mailboxes::delete(ctx, manager, lost).await.unwrap();
    assert_eq!(sealed::drop_old(ctx).await.unwrap(), Dropped::Keys(vec![1]));
}

async fn more_secrets_than_fit_into_one_round_are_all_sealed_anew(world: World) {
    const DRAFTS: usize = 70;
    for number in 0..DRAFTS {
        world.filled(&format!("draft-{number}@example.com")).await;
    }
    assert_eq!(sealed::rotate(&world.ctx).await.unwrap().count, 140);
    let uses = sealed::uses(&world.ctx).await.unwrap();
    assert!(uses.iter().all(|found| found.key == 2), "{uses:?}");
}
