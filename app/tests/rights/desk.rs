//! A Postroom with people of every role, and a thing of each kind that somebody might want to reach.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use app::web::{Throttles, router::router};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use postroom_server::model::{
    AcceptForm, ApplicationForm, AuthMethod, CheckReport, DeliveryState, Direction, DraftId, Event, Finding,
    IdentityProviderForm, InvitationForm, MailboxForm, Membership, NameForm, OAuthProvider, PublishAs, Role, Roles,
    Security, ServerForm, ServerKind, SignedInBy, Step, WorkspaceId,
};
use postroom_server::net::{DialOptions, Dialer};
use postroom_server::stop::StopSwitch;
use postroom_server::users::{Admin, Manager};
use postroom_server::{
    Clock, Config, Context, applications, companies, db::Db, drafts, groups, identity_providers, invitations,
    mailboxes, outbox, owner_links, people, relay, sessions, users, workspaces,
};
use tempfile::TempDir;
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

/// Whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// An administrator of the account.
    Admin,
    /// An administrator of the workspace that things are in.
    Manager,
    Viewer,
    /// An administrator of another workspace.
    Other,
    /// Was an administrator of the account, and still has the cookie of a session.
    Deactivated,
    /// Nobody who is signed in.
    Stranger,
}

impl Who {
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Manager, Self::Viewer, Self::Other, Self::Deactivated, Self::Stranger];
}

/// The world as it was made, closed: copies of it are opened.
pub struct Desk {
    folder: TempDir,
    /// What `{…}` stands for, besides drafts.
    names: BTreeMap<&'static str, String>,
    /// The cookies of sessions.
    cookies: BTreeMap<Who, String>,
    /// Drafts belong to whoever began them: a new one, and one whose servers are filled in.
    drafts: BTreeMap<Who, (DraftId, DraftId)>,
}

/// A copy of the world, open.
pub struct Copy<'a> {
    desk: &'a Desk,
    ctx: Context,
    router: Router,
    refusals_seen: AtomicI64,
    _folder: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// Where a redirect leads.
    pub location: Option<String>,
    pub headers: HeaderMap,
    pub text: String,
}

async fn open(folder: &Path, config: Config) -> Context {
    // Nothing here dials: no name is known, and users may not reach this machine.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let dialer = Dialer::new(DialOptions { name_servers: vec![nobody], ..DialOptions::default() }).unwrap();
    let config = Config { data_dir: folder.to_owned(), ..config };
    Context::open(config, Clock::system(), dialer).await.unwrap()
}

fn serve(ctx: &Context, folder: &Path, attempts: NonZeroU32) -> Router {
    let site = folder.join("site");
    fs::create_dir_all(site.join("pkg")).unwrap();
    fs::write(site.join("pkg/postroom.css"), "").unwrap();
    fs::write(site.join("favicon.svg"), "").unwrap();
    router(ctx.clone(), Throttles::new(attempts, NonZeroU32::new(15).unwrap()), StopSwitch::new().1, &site)
}

/// How often one may guess in a world that looks at other things.
const MANY: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

impl Desk {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ctx = open(folder.path(), Config::default()).await;
        let user = users::create_admin(&ctx, "ada@example.com", "Ada", &PASSWORD.into()).await.unwrap();
        let admin = users::admin(&ctx, user.id).await.unwrap();
        let workspace = workspaces::list(&ctx, &admin).await.unwrap().remove(0);
        let other = workspaces::create(&ctx, &admin, &NameForm { name: "HR".to_owned() }, "People").await.unwrap();

        let only = |workspace: WorkspaceId, role| Roles::Workspaces(vec![Membership { workspace, role }]);
        let mut ids = BTreeMap::from([(Who::Admin, user.id)]);
        for (who, email, roles) in [
            (Who::Manager, "manager@example.com", only(workspace.id, Role::Administrator)),
            (Who::Viewer, "viewer@example.com", only(workspace.id, Role::Viewer)),
            (Who::Other, "other@example.com", only(other.id, Role::Administrator)),
            (Who::Deactivated, "deactivated@example.com", Roles::Account),
        ] {
            let form = InvitationForm { email: email.to_owned(), name: String::new(), roles };
            let invited = invitations::invite(&ctx, &admin, &form).await.unwrap();
            let accept = AcceptForm {
                name: email.to_owned(),
                password: PASSWORD.to_owned(),
                password_again: PASSWORD.to_owned(),
            };
            let user = invitations::accept_with(&ctx, &invited.token.unwrap(), accept, None).await.unwrap();
            ids.insert(who, user.id);
        }

        let google =
            ApplicationForm { client_id: "1-b.apps.googleusercontent.com".to_owned(), ..ApplicationForm::default() };
        applications::save(&ctx, &admin, OAuthProvider::Google, &google, Some("geheim".into())).await.unwrap();

        let mut names = BTreeMap::new();
        let managed = users::manager(&ctx, &admin, &workspace.slug).await.unwrap();
        names.insert("workspace", workspace.slug.clone());
        names.insert("workspace_id", workspace.id.to_string());
        names.insert("person", ids[&Who::Viewer].to_string());
        names.insert("deactivated", ids[&Who::Deactivated].to_string());
        names.insert("group", groups::list(&ctx, &managed).await.unwrap()[0].id.to_string());
        let company = companies::create(&ctx, &admin, &NameForm { name: "Acme".to_owned() }).await.unwrap();
        names.insert("company", company.id.to_string());
        companies::add_domain(&ctx, &admin, company.id, "acme.example").await.unwrap();
        names.insert("company_domain", "acme.example".to_owned());
        let primary = mailboxes::list(&ctx, &managed).await.unwrap().remove(0);
        names.insert("primary", primary.id.to_string());
        names.insert("domain", primary.address.domain().to_owned());
        let mailbox = filled(&ctx, &managed, "help@example.com").await;
        let mailbox = drafts::publish(&ctx, &managed, mailbox, PublishAs::Active).await.unwrap();
        names.insert("mailbox", mailbox.to_string());
        grant(&ctx, mailbox.0).await;
        owner_links::create(&ctx, &managed, mailbox).await.unwrap();
        names.insert("link", owner_links::list(&ctx, &managed, mailbox).await.unwrap()[0].id.to_string());
        let delivery = outbox::list(&ctx, &managed, DeliveryState::Waiting).await.unwrap().remove(0);
        names.insert("delivery", delivery.id.to_string());
        set_relay(&ctx, &admin).await;
        relay::send_test(&ctx, &admin, "ada@example.com", admin.language).await.unwrap();
        let own = outbox::list(&ctx, &admin, DeliveryState::Waiting).await.unwrap().remove(0);
        names.insert("own_delivery", own.id.to_string());
        let form = IdentityProviderForm {
            name: "Staff".to_owned(),
            issuer: "https://127.0.0.1:9/realm".to_owned(),
            client_id: "desk".to_owned(),
            ..IdentityProviderForm::default()
        };
        let provider = identity_providers::add(&ctx, &admin, &form, Some("geheim".to_owned().into())).await.unwrap();
        names.insert("identity_provider", provider.to_string());
        let form = InvitationForm { email: "asked@example.com".to_owned(), name: String::new(), roles: Roles::Account };
        names.insert("invitation", invitations::invite(&ctx, &admin, &form).await.unwrap().id.to_string());

        let mut begun = BTreeMap::new();
        for who in [Who::Admin, Who::Manager] {
            let person = users::person(&ctx, ids[&who]).await.unwrap();
            let manager = users::manager(&ctx, &person, &workspace.slug).await.unwrap();
            let draft = drafts::begin(&ctx, &manager, None).await.unwrap().id;
            let (kind, provider) = (ServerKind::Custom, Some(OAuthProvider::Microsoft));
            drafts::save_kind(&ctx, &manager, draft, kind, provider).await.unwrap();
            let typed = filled(&ctx, &manager, "typed@example.com").await;
            begun.insert(who, (draft, typed));
        }

        let router = serve(&ctx, folder.path(), MANY);
        let mut cookies = BTreeMap::new();
        for (who, email) in [
            (Who::Admin, "ada@example.com"),
            (Who::Manager, "manager@example.com"),
            (Who::Viewer, "viewer@example.com"),
            (Who::Other, "other@example.com"),
            (Who::Deactivated, "deactivated@example.com"),
        ] {
            cookies.insert(who, sign_in(&router, email).await);
        }
        keep_session_of(&ctx, &admin, ids[&Who::Deactivated]).await;
        ctx.db.close().await;
        Self { folder, names, cookies, drafts: begun }
    }

    /// The world as it was made.
    pub async fn open(&self) -> Copy<'_> {
        self.open_with(Config::default(), MANY).await
    }

    /// The same with other settings, and with as many guesses as `attempts`.
    pub async fn open_with(&self, config: Config, attempts: NonZeroU32) -> Copy<'_> {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        let ctx = open(folder.path(), config).await;
        let router = serve(&ctx, folder.path(), attempts);
        Copy { desk: self, ctx, router, refusals_seen: AtomicI64::new(0), _folder: folder }
    }
}

impl Copy<'_> {
    /// Asks as somebody, from a page of ours.
    pub async fn ask(&self, who: Who, method: &str, path: &str, body: &str) -> Answer {
        self.send(who, method, path, body, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Asks as somebody, with these headers besides the usual ones, from another network address each time: what is
    /// looked at here is not the brake on strangers.
    pub async fn send(&self, who: Who, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        static CALLER: AtomicU32 = AtomicU32::new(0x0A00_0000);
        let caller = CALLER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        self.send_from(caller, who, method, path, body, headers).await
    }

    /// [`Self::send`], from this network address.
    pub async fn send_from(
        &self,
        caller: [u8; 4],
        who: Who,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (path, body) = (self.filled_in(who, path), self.filled_in(who, body));
        let mut request = Request::builder()
            .method(method)
            .uri(&path)
            .header(header::HOST, "localhost")
            .header(header::ACCEPT, if path.starts_with("/api/") { "application/json" } else { "text/html" })
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = self.desk.cookies.get(&who) {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            // One that is given replaces what is usual.
            if let Some(usual) = request.headers_mut() {
                usual.remove(*name);
            }
            request = request.header(*name, *value);
        }
        answer(&self.router, caller, request.body(Body::from(body)).unwrap()).await
    }

    /// Changes what is stored, as nobody could through the program.
    pub async fn store(&self, statement: &'static str, text: &str) {
        let Db::Sqlite { write, .. } = &self.ctx.db else { panic!("this desk is on SQLite") };
        sqlx::query(statement).bind(text).execute(write).await.unwrap();
    }

    /// Every message that was queued, as it would go out, with the addresses it goes to.
    pub async fn queued(&self) -> Vec<(Vec<u8>, String)> {
        let Db::Sqlite { read, .. } = &self.ctx.db else { panic!("this desk is on SQLite") };
        let queued: Vec<(String, Vec<u8>, String)> =
            sqlx::query_as("SELECT message_id, sealed_message, recipients FROM deliveries ORDER BY id")
                .fetch_all(read)
                .await
                .unwrap();
        let open = |(id, sealed, recipients): (String, Vec<u8>, String)| {
            let message = self.ctx.vault.open_bytes(&format!("delivery/{id}"), &sealed).unwrap();
            (message.to_vec(), recipients)
        };
        queued.into_iter().map(open).collect()
    }

    /// Closes the database under the program.
    pub async fn lose_the_database(&self) {
        self.ctx.db.close().await;
    }

    /// What was refused since this was asked last, as the audit log has it: the addresses that were asked for.
    pub async fn new_refusals(&self) -> Vec<String> {
        let Db::Sqlite { read, .. } = &self.ctx.db else { panic!("this desk is on SQLite") };
        let seen = self.refusals_seen.load(Ordering::Relaxed);
        let refusals: Vec<(i64, String)> =
            sqlx::query_as("SELECT id, subject FROM audit_log WHERE action = 'access_refused' AND id > $1 ORDER BY id")
                .bind(seen)
                .fetch_all(read)
                .await
                .unwrap();
        if let Some((last, _)) = refusals.last() {
            self.refusals_seen.store(*last, Ordering::Relaxed);
        }
        refusals.into_iter().map(|(_, subject)| subject).collect()
    }

    /// Everything that is stored but sessions, which every request touches, and the audit log, which tells of refusals.
    pub async fn stored(&self) -> BTreeMap<String, Vec<String>> {
        let Db::Sqlite { read, .. } = &self.ctx.db else { panic!("this desk is on SQLite") };
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name NOT IN ('sessions', 'audit_log')",
        )
        .fetch_all(read)
        .await
        .unwrap();
        let mut stored = BTreeMap::new();
        for table in tables {
            let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
                .bind(&table)
                .fetch_all(read)
                .await
                .unwrap();
            let row = columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || ");
            let all = format!("SELECT {row} FROM {table} ORDER BY 1");
            let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(all)).fetch_all(read).await.unwrap();
            stored.insert(table, rows);
        }
        assert!(stored.len() > 20, "{:?}", stored.keys());
        stored
    }

    /// The numbers and names of this world in the place of `{…}` and `:…`.
    fn filled_in(&self, who: Who, text: &str) -> String {
        let (draft, typed) = self.desk.drafts.get(&who).unwrap_or(&self.desk.drafts[&Who::Manager]);
        let mut text = text.replace("{draft}", &draft.to_string()).replace("{typed_draft}", &typed.to_string());
        for (name, value) in &self.desk.names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        assert!(!text.contains('{'), "nobody knows what stands for {text}");
        text
    }
}

async fn answer(router: &Router, caller: [u8; 4], mut request: Request<Body>) -> Answer {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((caller, 50_000))));
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let headers = response.headers().clone();
    let location = headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let text = String::from_utf8_lossy(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).into_owned();
    Answer { status, location, headers, text }
}

/// The cookie of a new session.
async fn sign_in(router: &Router, email: &str) -> String {
    let mut request = Request::builder()
        .method("POST")
        .uri("/api/sign_in")
        .header(header::HOST, "localhost")
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("email={email}&password={}", PASSWORD.replace(' ', "+"))))
        .unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 50_000))));
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::LOCATION], "/", "{email} is signed in");
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Deactivates somebody, and brings their session back as a careless program would: the cookie alone opens nothing.
async fn keep_session_of(ctx: &Context, admin: &Admin, user: postroom_server::model::UserId) {
    let Db::Sqlite { read, .. } = &ctx.db else { panic!("this desk is on SQLite") };
    let kept: (Vec<u8>, Vec<u8>, postroom_server::model::Timestamp) =
        sqlx::query_as("SELECT key_hash, data, expires_at FROM sessions WHERE user_id = $1")
            .bind(user)
            .fetch_one(read)
            .await
            .unwrap();
    people::deactivate(ctx, admin, user).await.unwrap();
    assert_eq!(sessions::load(ctx, &kept.0).await.unwrap(), None, "the session was ended");
    let visit = sessions::Visit::new(user, Some(SignedInBy::Password), ctx.clock.now());
    assert!(sessions::create(ctx, &kept.0, Some(&visit), &kept.1, kept.2).await.unwrap());
}

async fn set_relay(ctx: &Context, admin: &Admin) {
    let form = ServerForm {
        host: "127.0.0.1".to_owned(),
        port: "9".to_owned(),
        method: AuthMethod::None,
        email: "postroom@example.com".to_owned(),
        ..ServerForm::default()
    };
    relay::save(ctx, admin, &form, None).await.unwrap();
}

/// A draft whose servers are filled in and count as checked: what is looked at here is not the check.
async fn filled(ctx: &Context, manager: &Manager, address: &str) -> DraftId {
    let group = groups::list(ctx, manager).await.unwrap().remove(0);
    let draft = drafts::begin(ctx, manager, None).await.unwrap().id;
    let form = MailboxForm {
        name: "Help".to_owned(),
        address: address.to_owned(),
        group: Some(group.id),
        kind: Some(ServerKind::Custom),
        ..MailboxForm::default()
    };
    assert_eq!(drafts::save_details(ctx, manager, draft, &form).await.unwrap(), []);
    for direction in Direction::BOTH {
        let form = ServerForm {
            host: "127.0.0.1".to_owned(),
            port: "9".to_owned(),
            method: AuthMethod::Login,
            email: address.to_owned(),
            username: "help".to_owned(),
            ..ServerForm::default()
        };
        drafts::save_server(ctx, manager, draft, direction, &form, Some("geheim".into())).await.unwrap();
        drafts::target(ctx, manager, draft, direction).await.unwrap();
        drafts::store_report(ctx, manager, draft, direction, &passed(direction)).await.unwrap();
    }
    draft
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

/// What somebody at a provider has allowed for a mailbox. Nobody uses its tokens here.
async fn grant(ctx: &Context, mailbox: i64) {
    let Db::Sqlite { write, .. } = &ctx.db else { panic!("this desk is on SQLite") };
    let identity = r#"{"issuer":"https://login.example","subject":"1","email":"help@example.com","name":"Help"}"#;
    sqlx::query(
        "INSERT INTO grants (mailbox_id, provider, identity, person_key, access_token, refresh_token, seal, expires_at,
                             refresh_after, authorised_at, refreshed_at)
         VALUES ($1, 'microsoft', $2, 'key', $5, $6, 'seal', $3, $3, $4, $4)",
    )
    .bind(mailbox)
    .bind(identity)
    .bind(i64::MAX)
    .bind(ctx.clock.now())
    .bind(ctx.vault.seal("grant/seal/access", &"access".into()).unwrap())
    .bind(ctx.vault.seal("grant/seal/refresh", &"refresh".into()).unwrap())
    .execute(write)
    .await
    .unwrap();
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let from: PathBuf = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
