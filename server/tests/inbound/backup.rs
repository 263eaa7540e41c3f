//! A backup is everything at one moment, and a restored Postroom is the same one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use postroom_server::backup::{self, BackupError, Made};
use postroom_server::config::DatabaseUrl;
use postroom_server::db::{Db, Tx};
use postroom_server::login::Key;
use postroom_server::model::{Direction, NameForm};
use postroom_server::users::Manager;
use postroom_server::{Clock, Config, Context, Error, inbound, mailboxes, users, workspaces};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::cluster;
use crate::desk::{Desk, MESSAGE};
use crate::world::{MAIL_PASSWORD, START, World};

crate::on_both_databases!(
    a_backup_that_is_made_while_others_write_is_of_one_moment,
    a_backup_restores_into_the_other_database_and_back,
    what_was_counted_goes_on_and_nobody_stays_signed_in,
    without_the_key_everything_else_is_there,
    nothing_is_swept_while_a_backup_is_made,
    a_backup_that_is_not_whole_is_refused_before_anything_is_written,
    a_folder_or_database_in_use_is_refused,
);

/// A place to restore into.
struct Place {
    config: Config,
    folder: TempDir,
}

impl Place {
    async fn new(on_sqlite: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = if on_sqlite { None } else { Some(DatabaseUrl(cluster::new_database().await)) };
        let config = Config { data_dir: folder.path().join("data"), database_url: url, ..Config::default() };
        Self { config, folder }
    }

    /// Starts what was restored.
    async fn start(&self) -> Context {
        Context::start(self.config.clone()).await.map(|ctx| Context { clock: Clock::fixed(START), ..ctx }).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.config.data_dir.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }
}

async fn make(world: &World, file: &Path) -> Made {
    backup::make(&world.ctx.config, &world.ctx.clock, file, true).await.unwrap()
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    match db.read().await.unwrap() {
        Tx::Sqlite(mut tx) => sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap(),
        Tx::Postgres(mut tx) => sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap(),
    }
}

async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    match db.read().await.unwrap() {
        Tx::Sqlite(mut tx) => sqlx::query_scalar(sql).fetch_all(&mut *tx).await.unwrap(),
        Tx::Postgres(mut tx) => sqlx::query_scalar(sql).fetch_all(&mut *tx).await.unwrap(),
    }
}

/// The administrator of a world, in what was restored of it.
async fn manager(ctx: &Context, world: &World) -> Manager {
    let person = users::person(ctx, world.admin.user.id).await.unwrap();
    users::manager(ctx, &person, &world.workspace.slug).await.unwrap()
}

fn backup_error(result: Result<impl std::fmt::Debug, Error>) -> BackupError {
    match result {
        Err(Error::Backup(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Brings mails and makes workspaces until it is told to stop; how many mails were acknowledged.
async fn write(desk: &Desk, address: &str, stop: &tokio::sync::Notify) -> usize {
    let mut client = desk.client().await;
    let mut mails = 0;
    let mut stopped = std::pin::pin!(stop.notified());
    loop {
        assert!(client.deliver(address, MESSAGE).await.starts_with("250"));
        mails += 1;
        let form = NameForm { name: format!("Team {mails}") };
        workspaces::create(&desk.world.ctx, &desk.world.admin, &form, "Agents").await.unwrap();
        if futures::poll!(&mut stopped).is_ready() {
            return mails;
        }
    }
}

async fn a_backup_that_is_made_while_others_write_is_of_one_moment(world: World) {
    let desk = Desk::new(world).await;
    let custom = desk.world.mailbox("help@example.com").await;
    let (_, address) = desk.primary().await;
    let stop = tokio::sync::Notify::new();
    let place = tempfile::tempdir().unwrap();
    let backups = async {
        let mut made = Vec::new();
        for round in 0..4 {
            let file = place.path().join(format!("{round}.tar"));
            made.push((make(&desk.world, &file).await, file));
        }
        stop.notify_one();
        made
    };

    let (mails, made) = futures::join!(write(&desk, &address, &stop), backups);

    assert!(mails > 1, "others did write");
    let rows = |made: &Made| made.manifest.rows_of("received");
    assert!(rows(&made[0].0) < rows(&made[3].0), "and the backups have seen it");
    for (made, file) in made {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(made.missing, Vec::<String>::new());
        let place = Place::new(desk.world.is_sqlite()).await;
        let restored = backup::restore(&place.config, &file).await.unwrap();
        assert_eq!(restored.manifest, made.manifest);
        let ctx = place.start().await;
        // Each workspace was made in one transaction, with its group, its mailbox and its forwarding address.
        let whole = "SELECT COUNT(*) FROM workspaces w
                     WHERE (SELECT COUNT(*) FROM agent_groups g WHERE g.workspace_id = w.id) = 1
                       AND (SELECT COUNT(*) FROM mailboxes m JOIN forwarding_addresses f ON f.mailbox_id = m.id
                            WHERE m.workspace_id = w.id AND m.is_primary) = 1";
        assert_eq!(number(&ctx.db, whole).await, number(&ctx.db, "SELECT COUNT(*) FROM workspaces").await);
        for name in texts(&ctx.db, "SELECT file FROM received").await {
            let path = place.config.data_dir.join("received").join(name.split_at(2).0).join(&name);
            assert!(fs::read_to_string(&path).unwrap().ends_with("Help!\r\n"), "{name}");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert_eq!(number(&ctx.db, "SELECT COUNT(*) FROM received").await, i64::try_from(rows(&made)).unwrap());
        let manager = manager(&ctx, &desk.world).await;
        let (_, key) = mailboxes::target(&ctx, &manager, custom, Direction::Incoming).await.unwrap();
        assert!(matches!(&key, Key::Password(password) if password.expose_secret() == MAIL_PASSWORD));
        assert_eq!(fs::metadata(&place.config.data_dir).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(place.config.key_file()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

async fn a_backup_restores_into_the_other_database_and_back(world: World) {
    let desk = Desk::new(world).await;
    let custom = desk.world.mailbox("help@example.com").await;
    desk.world.filled("typed@example.com").await;
    let (_, address) = desk.primary().await;
    assert!(desk.client().await.deliver(&address, MESSAGE).await.starts_with("250"));
    let files = tempfile::tempdir().unwrap();
    let first = files.path().join("first.tar");
    let here = make(&desk.world, &first).await;

    let there = Place::new(!desk.world.is_sqlite()).await;
    backup::restore(&there.config, &first).await.unwrap();
    let second = files.path().join("second.tar");
    let other = backup::make(&there.config, &desk.world.ctx.clock, &second, true).await.unwrap();
    let back = Place::new(desk.world.is_sqlite()).await;
    backup::restore(&back.config, &second).await.unwrap();
    let third = files.path().join("third.tar");
    let again = backup::make(&back.config, &desk.world.ctx.clock, &third, true).await.unwrap();

    assert!(here.manifest.files.len() > 20 && here.manifest.mails() == 1, "{:?}", here.manifest);
    assert_eq!(other.manifest, here.manifest);
    assert_eq!(again.manifest, here.manifest);
    let ctx = there.start().await;
    let manager = manager(&ctx, &desk.world).await;
    assert!(mailboxes::target(&ctx, &manager, custom, Direction::Incoming).await.is_ok());
}

async fn what_was_counted_goes_on_and_nobody_stays_signed_in(world: World) {
    let desk = Desk::new(world).await;
    let (ctx, admin, manager) = (&desk.world.ctx, &desk.world.admin, &desk.world.manager);
    let gone = desk.world.mailbox("gone@example.com").await;
    mailboxes::delete(ctx, manager, gone).await.unwrap();
    let visit = postroom_server::sessions::Visit::new(admin.user.id, None, START);
    let until = START.plus_millis(1_000_000);
    assert!(postroom_server::sessions::create(ctx, b"key", Some(&visit), b"who: ada", until).await.unwrap());
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("backup.tar");
    make(&desk.world, &file).await;

    let place = Place::new(desk.world.is_sqlite()).await;
    backup::restore(&place.config, &file).await.unwrap();

    let restored = place.start().await;
    assert_eq!(postroom_server::sessions::load(&restored, b"key").await.unwrap(), None);
    let admin = users::admin(&restored, admin.user.id).await.unwrap();
    let form = NameForm { name: "Later".to_owned() };
    let later = workspaces::create(&restored, &admin, &form, "Agents").await.unwrap();
    let newest = number(&restored.db, "SELECT MAX(id) FROM mailboxes").await;
    assert!(newest > gone.0, "the number of a mailbox that is gone is never given again: {newest}");
    assert!(later.id.0 > desk.world.workspace.id.0);
    drop(place.folder);
}

async fn without_the_key_everything_else_is_there(world: World) {
    let custom = world.mailbox("help@example.com").await;
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("backup.tar");
    let made = backup::make(&world.ctx.config, &world.ctx.clock, &file, false).await.unwrap();
    assert!(!made.manifest.with_key);
    let mut bytes = Vec::new();
    File::open(&file).unwrap().read_to_end(&mut bytes).unwrap();
    let key = fs::read_to_string(world.folder().join("vault.key")).unwrap();
    let key = key.split_whitespace().nth(1).unwrap().to_owned();
    assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()));

    let place = Place::new(world.is_sqlite()).await;
    let restored = backup::restore(&place.config, &file).await.unwrap();

    assert!(!restored.has_key && !place.config.key_file().exists());
    fs::copy(world.folder().join("vault.key"), place.config.key_file()).unwrap();
    let ctx = place.start().await;
    let manager = manager(&ctx, &world).await;
    assert!(mailboxes::target(&ctx, &manager, custom, Direction::Incoming).await.is_ok());
}

async fn nothing_is_swept_while_a_backup_is_made(world: World) {
    let desk = Desk::new(world).await;
    let (_, address) = desk.primary().await;
    assert!(desk.client().await.deliver(&address, MESSAGE).await.starts_with("250"));
    let stray = desk.files()[0].with_file_name("stray.eml");
    fs::write(&stray, "left behind").unwrap();
    File::open(&stray).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let ctx = &desk.world.ctx;
    // As a backup in another process holds it.
    let lock = File::open(desk.world.folder().join("received.lock"))
        .or_else(|_| File::create(desk.world.folder().join("received.lock")));
    let lock = lock.unwrap();
    lock.lock_shared().unwrap();

    assert_eq!(inbound::sweep(ctx).await.unwrap(), 0);
    let files = tempfile::tempdir().unwrap();
    make(&desk.world, &files.path().join("beside.tar")).await;
    assert!(stray.exists());

    lock.unlock().unwrap();
    assert_eq!(inbound::sweep(ctx).await.unwrap(), 1);
}

/// The entries of a backup, changed, as a tar file.
fn rewritten(file: &Path, change: impl Fn(&mut Vec<(String, Vec<u8>)>)) -> PathBuf {
    let mut archive = tar::Archive::new(File::open(file).unwrap());
    let mut entries = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        entries.push((name, bytes));
    }
    change(&mut entries);
    let path = file.with_extension("changed.tar");
    let mut builder = tar::Builder::new(File::create(&path).unwrap());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        // Not through `set_path`, which refuses what an attacker would write.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len().try_into().unwrap());
        header.set_mode(0o600);
        header.set_cksum();
        builder.append(&header, Cursor::new(bytes)).unwrap();
    }
    builder.finish().unwrap();
    path
}

async fn a_backup_that_is_not_whole_is_refused_before_anything_is_written(world: World) {
    world.mailbox("help@example.com").await;
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("backup.tar");
    make(&world, &file).await;
    let place = Place::new(world.is_sqlite()).await;
    let refused = async |path: &Path| backup_error(backup::restore(&place.config, path).await);
    let position =
        |entries: &[(String, Vec<u8>)], name: &str| entries.iter().position(|entry| entry.0 == name).unwrap();

    let cut = files.path().join("cut.tar");
    let bytes = fs::read(&file).unwrap();
    for length in [0, 700, bytes.len() / 2, bytes.len() - 20_000] {
        fs::write(&cut, &bytes[..length]).unwrap();
        let error = refused(&cut).await;
        assert!(matches!(error, BackupError::Broken(_) | BackupError::NotABackup(_)), "{length}: {error:?}");
    }
    let changed = rewritten(&file, |entries| {
        let users = position(entries, "database/users.jsonl");
        let last = entries[users].1.len() - 3;
        entries[users].1[last] ^= 1;
    });
    assert!(matches!(refused(&changed).await, BackupError::Broken(why) if why.contains("users")));
    let lost = rewritten(&file, |entries| {
        let key = position(entries, "vault.key");
        entries.remove(key);
    });
    assert!(matches!(refused(&lost).await, BackupError::Broken(why) if why.contains("vault.key")));
    for name in ["../outside", "/etc/passwd", "received/ab/../../outside", "postroom.sqlite", "database/../x.jsonl"] {
        let foreign = rewritten(&file, |entries| entries.insert(0, (name.to_owned(), b"x".to_vec())));
        assert!(matches!(refused(&foreign).await, BackupError::NotABackup(_)), "{name}");
    }
    let newer = rewritten(&file, |entries| {
        let manifest = entries.last_mut().unwrap();
        let mut fields: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&manifest.1).unwrap();
        fields.insert("migration".to_owned(), "9999_tomorrow".into());
        fields.insert("postroom".to_owned(), "99.0.0".into());
        manifest.1 = serde_json::to_vec(&fields).unwrap();
    });
    assert!(matches!(refused(&newer).await, BackupError::NewerBackup(version) if version == "99.0.0"));

    assert!(!place.config.data_dir.exists(), "nothing was written");
    assert!(backup::restore(&place.config, &file).await.is_ok());
}

async fn a_folder_or_database_in_use_is_refused(world: World) {
    world.mailbox("help@example.com").await;
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("backup.tar");
    make(&world, &file).await;

    assert!(matches!(
        backup_error(backup::make(&world.ctx.config, &world.ctx.clock, &file, true).await),
        BackupError::Exists(_)
    ));
    assert!(matches!(backup_error(backup::restore(&world.ctx.config, &file).await), BackupError::FolderInUse(_)));
    let elsewhere = tempfile::tempdir().unwrap();
    let used = Config {
        data_dir: elsewhere.path().join("data"),
        database_url: Some(DatabaseUrl(world.ctx.config.database_url())),
        ..Config::default()
    };
    assert!(matches!(backup_error(backup::restore(&used, &file).await), BackupError::DatabaseInUse));
    assert_eq!(number(&world.ctx.db, "SELECT COUNT(*) FROM users").await, 1);

    // One that was started and never set up is empty but for its key, which nobody replaces.
    let place = Place::new(world.is_sqlite()).await;
    let started = place.start().await;
    assert!(users::setup_code(&started).await.unwrap().is_some());
    started.db.close().await;
    assert!(matches!(backup_error(backup::restore(&place.config, &file).await), BackupError::FolderInUse(path)
        if path == place.config.key_file()));
    fs::remove_file(place.config.key_file()).unwrap();
    backup::restore(&place.config, &file).await.unwrap();
    let restored = place.start().await;
    assert_eq!(users::setup_code(&restored).await.unwrap(), None);
    assert!(place.files().contains(&place.config.key_file()));

    let nothing = Place::new(world.is_sqlite()).await;
    let nowhere = files.path().join("nothing.tar");
    let made = backup::make(&nothing.config, &world.ctx.clock, &nowhere, true).await;
    assert!(matches!(backup_error(made), BackupError::NoDatabase));
    File::create(&nowhere).unwrap().write_all(b"hello").unwrap();
    assert!(matches!(
        backup_error(backup::restore(&nothing.config, &nowhere).await),
        BackupError::Broken(_) | BackupError::NotABackup(_)
    ));
}
