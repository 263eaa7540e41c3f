//! A Postroom with an administrator and one workspace, and nothing outside.

use std::net::SocketAddr;

use postroom_server::login::Key;
use postroom_server::model::{
    AuthMethod, CheckReport, DeliveryState, Direction, Draft, Endpoint, Event, Finding, Group, MailboxForm, NameForm,
    Problem, PublishAs, Purpose, Security, ServerForm, ServerKind, Step, Timestamp, Workspace,
};
use postroom_server::net::{DialOptions, Dialer};
use postroom_server::users::{Admin, Manager};
use postroom_server::{Clock, Config, Context, Error, config::DatabaseUrl};
use postroom_server::{drafts, groups, outbox, users, workspaces};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use crate::cluster;

/// Runs tests on each database: `async fn name(world: World)`, listed by name.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::world::World::on_sqlite().await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::world::World::on_postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

/// When every test begins.
pub const START: Timestamp = Timestamp(1_700_000_000_000);
pub const ADMIN: &str = "ada@example.com";
pub const ADMIN_PASSWORD: &str = "correct horse battery";
/// What the mailboxes of these tests sign in with.
pub const MAIL_PASSWORD: &str = "imap-Passwort-geheim";

pub struct World {
    pub ctx: Context,
    pub admin: Admin,
    /// The administrator, as one of the workspace.
    pub manager: Manager,
    pub workspace: Workspace,
    pub group: Group,
    folder: TempDir,
}

impl World {
    pub async fn on_sqlite() -> Self {
        Self::new(None).await
    }

    pub async fn on_postgres() -> Self {
        Self::new(Some(cluster::new_database().await)).await
    }

    async fn new(url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ctx = fresh(&folder, url).await;
        let user = users::create_admin(&ctx, ADMIN, "Ada", &ADMIN_PASSWORD.into()).await.unwrap();
        let admin = users::admin(&ctx, user.id).await.unwrap();
        let workspace = workspaces::list(&ctx, &admin).await.unwrap().remove(0);
        let manager = users::manager(&ctx, &admin, &workspace.slug).await.unwrap();
        let group = groups::list(&ctx, &manager).await.unwrap().remove(0);
        Self { ctx, admin, manager, workspace, group, folder }
    }

    /// A Postroom that nobody has set up, on the same kind of database.
    pub async fn untouched(&self) -> (Context, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = if self.is_sqlite() { None } else { Some(cluster::new_database().await) };
        (fresh(&folder, url).await, folder)
    }

    pub fn is_sqlite(&self) -> bool {
        self.ctx.config.database_url.is_none()
    }

    /// The data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ends the program and starts it again with the same configuration.
    pub async fn restart(self) -> Self {
        self.ctx.db.close().await;
        let config = Config::clone(&self.ctx.config);
        let ctx = Context::open(config, self.ctx.clock.clone(), dialer()).await.unwrap();
        Self { ctx, ..self }
    }

    /// Another administrator.
    pub async fn colleague(&self) -> Admin {
        let user = users::create_admin(&self.ctx, "bob@example.com", "Bob", &ADMIN_PASSWORD.into()).await.unwrap();
        users::admin(&self.ctx, user.id).await.unwrap()
    }

    /// Another workspace, with its group.
    pub async fn other_workspace(&self) -> (Workspace, Group) {
        let form = NameForm { name: "HR".to_owned() };
        let workspace = workspaces::create(&self.ctx, &self.admin, &form, "People").await.unwrap();
        let group = groups::list(&self.ctx, &self.manager_of(&workspace).await).await.unwrap().remove(0);
        (workspace, group)
    }

    /// The administrator, as one of this workspace.
    pub async fn manager_of(&self, workspace: &Workspace) -> Manager {
        users::manager(&self.ctx, &self.admin, &workspace.slug).await.unwrap()
    }

    pub fn details(&self, address: &str) -> MailboxForm {
        MailboxForm {
            name: "Help".to_owned(),
            address: address.to_owned(),
            group: Some(self.group.id),
            kind: Some(ServerKind::Custom),
            ..MailboxForm::default()
        }
    }

    /// A draft with its details and the custom server type.
    pub async fn begun(&self, address: &str) -> Draft {
        let (ctx, manager) = (&self.ctx, &self.manager);
        let draft = drafts::begin(ctx, manager, None).await.unwrap();
        let wrong = drafts::save_details(ctx, manager, draft.id, &self.details(address)).await.unwrap();
        assert_eq!(wrong, []);
        self.load(&draft).await
    }

    /// A draft with both servers filled in.
    pub async fn filled(&self, address: &str) -> Draft {
        let draft = self.begun(address).await;
        self.fill(&draft, Direction::Incoming).await;
        self.fill(&draft, Direction::Outgoing).await
    }

    pub async fn fill(&self, draft: &Draft, direction: Direction) -> Draft {
        let (form, password) = (server(direction), Some(SecretString::from(MAIL_PASSWORD)));
        drafts::save_server(&self.ctx, &self.manager, draft.id, direction, &form, password).await.unwrap()
    }

    /// Checks one direction of a draft, with the given end.
    pub async fn check(&self, draft: &Draft, direction: Direction, report: &CheckReport) {
        let (ctx, manager) = (&self.ctx, &self.manager);
        drafts::target(ctx, manager, draft.id, direction).await.unwrap();
        drafts::store_report(ctx, manager, draft.id, direction, report).await.unwrap();
    }

    /// A draft with both servers filled in and checked.
    pub async fn passed(&self, address: &str) -> Draft {
        let draft = self.filled(address).await;
        for direction in Direction::BOTH {
            self.check(&draft, direction, &passed(direction)).await;
        }
        self.load(&draft).await
    }

    pub async fn load(&self, draft: &Draft) -> Draft {
        drafts::load(&self.ctx, &self.manager, draft.id).await.unwrap()
    }

    pub async fn publish(
        &self,
        draft: &Draft,
        publish_as: PublishAs,
    ) -> Result<postroom_server::model::MailboxId, Error> {
        drafts::publish(&self.ctx, &self.manager, draft.id, publish_as).await
    }

    /// Takes the activation mail of a mailbox out of the outbox, for tests that count what is in there.
    pub async fn without_activation_mail(&self, mailbox: postroom_server::model::MailboxId) {
        let (ctx, manager) = (&self.ctx, &self.manager);
        for mail in outbox::list(ctx, manager, DeliveryState::Waiting).await.unwrap() {
            if mail.mailbox.as_ref().is_some_and(|from| from.id == mailbox) && mail.purpose == Purpose::Activation {
                outbox::throw_away(ctx, manager, mail.id).await.unwrap();
            }
        }
    }

    /// A custom mailbox at work.
    pub async fn mailbox(&self, address: &str) -> postroom_server::model::MailboxId {
        let draft = self.passed(address).await;
        self.publish(&draft, PublishAs::Active).await.unwrap()
    }
}

async fn fresh(folder: &TempDir, url: Option<String>) -> Context {
    let config = Config { data_dir: folder.path().to_owned(), database_url: url.map(DatabaseUrl), ..Config::default() };
    Context::open(config, Clock::fixed(START), dialer()).await.unwrap()
}

/// Nothing here dials.
fn dialer() -> Dialer {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    Dialer::new(DialOptions { name_servers: vec![nobody], ..DialOptions::default() }).unwrap()
}

pub fn server(direction: Direction) -> ServerForm {
    let (host, port) = match direction {
        Direction::Incoming => ("imap.example.com", "993"),
        Direction::Outgoing => ("smtp.example.com", "587"),
    };
    ServerForm {
        host: host.to_owned(),
        port: port.to_owned(),
        tls: true,
        method: AuthMethod::Login,
        email: "help@example.com".to_owned(),
        username: "help-user".to_owned(),
        ..ServerForm::default()
    }
}

pub fn endpoint(direction: Direction) -> Endpoint {
    match direction {
        Direction::Incoming => Endpoint::new("imap.example.com".to_owned(), 993, Security::Tls),
        Direction::Outgoing => Endpoint::new("smtp.example.com".to_owned(), 587, Security::StartTls),
    }
}

/// A check that reached its end.
pub fn passed(direction: Direction) -> CheckReport {
    let protocol = direction.protocol();
    let security = endpoint(direction).security;
    let mut report = CheckReport::planned(protocol, security);
    for &step in Step::plan(protocol, security) {
        report.apply(Event::Passed { step, millis: 3, finding: Finding::Idle { supported: true } });
    }
    report.apply(Event::Ended { millis: 30 });
    assert!(report.passed());
    report
}

/// A check that a wrong password stopped.
pub fn refused(direction: Direction) -> CheckReport {
    let mut report = CheckReport::planned(direction.protocol(), endpoint(direction).security);
    let problem = bad_credentials();
    report.apply(Event::Failed { step: Step::SignIn, millis: 5, problem, remedy: None });
    report.apply(Event::Ended { millis: 30 });
    report
}

pub fn bad_credentials() -> Problem {
    Problem::BadCredentials { reply: "Wrong password".to_owned() }
}

/// The password that a server is signed in to with.
pub fn password_of(key: &Key) -> &str {
    match key {
        Key::Password(password) => password.expose_secret(),
        Key::Grant(grant) => panic!("a grant and no password: {grant}"),
    }
}
