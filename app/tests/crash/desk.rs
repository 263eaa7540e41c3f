//! The data that the program works on, made and looked at through the same library.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use postroom_server::config::NetworkConfig;
use postroom_server::db::Tx;
use postroom_server::model::{
    AuthMethod, CheckReport, Direction, Event, Finding, Language, MailboxForm, MailboxId, PublishAs, Security,
    ServerForm, ServerKind, Step,
};
use postroom_server::users::Manager;
use postroom_server::{Config, Context, drafts, groups, inbound, mailboxes, test_mail, users, workspaces};
use tempfile::TempDir;

/// Each has its own claims and its own connection to the mail server.
pub const MAILBOXES: usize = 20;

pub struct Desk {
    ctx: Context,
    manager: Manager,
    mailboxes: Vec<MailboxId>,
    /// The default mailbox's.
    pub address: String,
    folder: TempDir,
}

impl Desk {
    /// A workspace with its default mailbox, and mailboxes that send through a server on loopback.
    pub async fn new(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = NetworkConfig { allow_loopback: true, ..Config::default().network };
        let config = Config { data_dir: folder.path().to_owned(), network, ..Config::default() };
        let ctx = Context::start(config).await.unwrap();
        let password = "correct horse battery".into();
        let user = users::create_admin(&ctx, "ada@example.com", "Ada", &password).await.unwrap();
        let admin = users::admin(&ctx, user.id).await.unwrap();
        let workspace = workspaces::list(&ctx, &admin).await.unwrap().remove(0);
        let manager = users::manager(&ctx, &admin, &workspace.slug).await.unwrap();
        let primary = mailboxes::list(&ctx, &manager).await.unwrap().remove(0);
        let address = primary.address.to_string();
        let mut desk = Self { ctx, manager, mailboxes: Vec::new(), address, folder };
        for number in 0..MAILBOXES {
            let mailbox = desk.mailbox(&format!("help{number}@example.com"), port).await;
            desk.mailboxes.push(mailbox);
        }
        desk
    }

    /// A mailbox at work. Its servers count as checked: what is tested here is not the check.
    async fn mailbox(&self, address: &str, port: u16) -> MailboxId {
        let (ctx, manager) = (&self.ctx, &self.manager);
        let group = groups::list(ctx, manager).await.unwrap().remove(0);
        let draft = drafts::begin(ctx, manager, None).await.unwrap().id;
        let form = MailboxForm {
            name: address.to_owned(),
            address: address.to_owned(),
            group: Some(group.id),
            kind: Some(ServerKind::Custom),
            ..MailboxForm::default()
        };
        assert_eq!(drafts::save_details(ctx, manager, draft, &form).await.unwrap(), []);
        for direction in Direction::BOTH {
            let form = ServerForm {
                host: "127.0.0.1".to_owned(),
                port: port.to_string(),
                tls: false,
                method: AuthMethod::Plain,
                email: address.to_owned(),
                ..ServerForm::default()
            };
            let password = Some("secret".into());
            drafts::save_server(ctx, manager, draft, direction, &form, password).await.unwrap();
            drafts::target(ctx, manager, draft, direction).await.unwrap();
            drafts::store_report(ctx, manager, draft, direction, &passed(direction)).await.unwrap();
        }
        drafts::publish(ctx, manager, draft, PublishAs::Active).await.unwrap()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Queues so many mails, each mailbox its share.
    pub async fn queue(&self, mails: usize) {
        for (_, mailbox) in (0..mails).zip(self.mailboxes.iter().cycle()) {
            let (ctx, manager) = (&self.ctx, &self.manager);
            test_mail::begin(ctx, manager, *mailbox, "ada@example.org", Language::En).await.unwrap();
        }
    }

    /// Two minutes after a program has died its claims are void, and what was put off is due. Nobody waits for that here.
    pub async fn let_claims_lapse(&self) {
        let mut tx = self.ctx.db.write().await.unwrap();
        let lapse = "UPDATE deliveries SET claimed_until = 0, next_attempt_at = 0 WHERE state = 'waiting'";
        sqlx::query(lapse).execute(&mut **sqlite(&mut tx)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The Message-IDs of everything that was queued.
    pub async fn queued(&self) -> Vec<String> {
        self.deliveries().await.into_iter().map(|(message_id, ..)| message_id).collect()
    }

    /// Message-ID, state, and whether it may arrive twice.
    pub async fn deliveries(&self) -> Vec<(String, String, bool)> {
        let mut tx = self.ctx.db.read().await.unwrap();
        let all = "SELECT message_id, state, may_arrive_twice FROM deliveries";
        sqlx::query_as(all).fetch_all(&mut **sqlite(&mut tx)).await.unwrap()
    }

    /// File and number of every received mail.
    pub async fn received(&self) -> Vec<(String, usize)> {
        let mut tx = self.ctx.db.read().await.unwrap();
        let all = "SELECT file, subject FROM received";
        let rows: Vec<(String, String)> = sqlx::query_as(all).fetch_all(&mut **sqlite(&mut tx)).await.unwrap();
        rows.into_iter().map(|(file, subject)| (file, subject.parse().unwrap())).collect()
    }

    /// The files of received mails, by name.
    pub fn files(&self) -> BTreeMap<String, PathBuf> {
        let folders = fs::read_dir(self.folder().join("received")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap()).map(Result::unwrap);
        files.map(|file| (file.file_name().into_string().unwrap(), file.path())).collect()
    }

    /// Sweeps what has been lying about for long enough; how many files that were.
    pub async fn sweep_as_if_hours_had_passed(&self) -> usize {
        let hours_ago = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.ctx.clock.now().0).unwrap())
            - Duration::from_secs(2 * 3_600);
        for path in self.files().into_values() {
            File::open(path).unwrap().set_modified(hours_ago).unwrap();
        }
        inbound::sweep(&self.ctx).await.unwrap()
    }
}

fn sqlite(tx: &mut Tx) -> &mut sqlx::Transaction<'static, sqlx::Sqlite> {
    match tx {
        Tx::Sqlite(tx) => tx,
        Tx::Postgres(_) => panic!("this desk is on SQLite"),
    }
}

/// A check that reached its end.
fn passed(direction: Direction) -> CheckReport {
    let protocol = direction.protocol();
    let mut report = CheckReport::planned(protocol, Security::None);
    for &step in Step::plan(protocol, Security::None) {
        report.apply(Event::Passed { step, millis: 3, finding: Finding::Idle { supported: true } });
    }
    report.apply(Event::Ended { millis: 30 });
    report
}
