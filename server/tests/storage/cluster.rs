//! A private PostgreSQL for this run: made in a temporary folder, reached by a Unix socket only, gone with us.
//!
//! A small shell waits on a pipe that we hold open. However we end, the pipe closes, and the shell stops the
//! server and removes the folder. When PostgreSQL is not installed the tests fail: they are not skipped.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// The one server of this run.
static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

struct Cluster {
    folder: PathBuf,
    /// Closing it tells the guard to tidy up.
    _alive: ChildStdin,
}

/// Makes an empty database and answers its URL.
pub async fn new_database() -> String {
    let cluster = tokio::task::spawn_blocking(|| &*CLUSTER).await.unwrap();
    let name = format!("world_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    connection.execute(sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))).await.unwrap();
    connection.close().await.unwrap();
    cluster.url(&name)
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("postroom-pg").tempdir().unwrap().keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.join("data");
        fs::create_dir(&data).unwrap();
        let servant = Servant::find();
        if let Some((uid, gid)) = servant.0 {
            chown(&folder, Some(uid), Some(gid)).unwrap();
            chown(&data, Some(uid), Some(gid)).unwrap();
        }
        let stop = servant.command("pg_ctl", &["stop", "-s", "-m", "immediate", "-D"], &data);
        let alive = guard(&folder, &stop);
        let quick = ["-A", "trust", "-U", "postroom", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        run(&servant.command("initdb", &quick, &data), &folder);
        let options = format!(
            "-c listen_addresses='' -k {} -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
             -c max_connections=200",
            folder.display()
        );
        let log = folder.join("postgres.log").display().to_string();
        run(&servant.command("pg_ctl", &["start", "-s", "-w", "-l", &log, "-o", &options, "-D"], &data), &folder);
        Self { folder, _alive: alive }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postroom@localhost/{database}?host={}", self.folder.display())
    }
}

/// Starts the shell that outlives us for as long as it takes to tidy up.
fn guard(folder: &Path, stop: &[String]) -> ChildStdin {
    const SCRIPT: &str = r#"trap '' INT TERM HUP; read -r _; folder=$1; shift; "$@"; rm -rf "$folder""#;
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "sh"]).arg(folder).args(stop).current_dir("/");
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().unwrap().stdin.unwrap()
}

/// Runs a command to its end; what it said is shown when it failed.
fn run(words: &[String], folder: &Path) {
    let said = folder.join("said.log");
    let mut output = File::create(&said).unwrap();
    writeln!(output, "{words:?}").unwrap();
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/").stdin(Stdio::null());
    // A file, not a pipe: the server inherits it and would keep a pipe open.
    command.stdout(output.try_clone().unwrap()).stderr(output);
    let status = command.status().unwrap();
    assert!(status.success(), "{status}: {}", fs::read_to_string(&said).unwrap());
}

/// Whom PostgreSQL runs as: it refuses to run as root. User and group id, or whoever we are.
struct Servant(Option<(u32, u32)>);

impl Servant {
    fn find() -> Self {
        if fs::metadata("/proc/self").unwrap().uid() != 0 {
            return Self(None);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let ids = |name: &str| {
            let mut fields =
                users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(name))?;
            Some((fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        let found = ids("postgres").or_else(|| ids("nobody"));
        Self(Some(found.expect("there is a user `postgres` or `nobody` to run PostgreSQL as")))
    }

    fn command(&self, program: &str, arguments: &[&str], data: &Path) -> Vec<String> {
        let mut words = Vec::new();
        if let Some((uid, gid)) = self.0 {
            words.extend(["setpriv".to_owned(), format!("--reuid={uid}"), format!("--regid={gid}")]);
            words.push("--clear-groups".to_owned());
        }
        words.push(find_program(program).display().to_string());
        words.extend(arguments.iter().map(ToString::to_string));
        words.push(data.display().to_string());
        words
    }
}

/// A program of PostgreSQL: in PATH, or where Debian keeps every version.
fn find_program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<_> = versions.map(|version| version.unwrap().path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is needed for these tests: install PostgreSQL (apt install postgresql)"))
}
