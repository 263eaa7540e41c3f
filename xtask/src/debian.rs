//! Debian packages that the tests and the demo need, installed only when missing.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::failure::{Failure, Result};
use crate::shell;

/// A package, known to be there when one of these files is.
struct Package {
    name: &'static str,
    files: &'static [&'static str],
}

/// Debian's own, whatever else is on the PATH.
pub const CURL: &str = "/usr/bin/curl";
pub const PYTHON: &str = "/usr/bin/python3";

const MAIL: &[Package] = &[
    Package { name: "dovecot-core", files: &["/usr/sbin/dovecot"] },
    Package { name: "dovecot-imapd", files: &["/usr/lib/dovecot/imap"] },
    Package { name: "postfix", files: &["/usr/sbin/postfix"] },
];
const BROWSER: &[Package] = &[
    Package { name: "chromium", files: &["/usr/bin/chromium"] },
    // Without it Korean pages show empty boxes, in tests and in pictures.
    Package { name: "fonts-noto-cjk", files: &["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"] },
];
const TLS: &[Package] = &[Package { name: "openssl", files: &["/usr/bin/openssl"] }];
const PEERS: &[Package] = &[Package { name: "curl", files: &[CURL] }, Package { name: "python3", files: &[PYTHON] }];
const DATABASE: &[Package] = &[Package { name: "postgresql", files: &[] }];

/// Dovecot and Postfix.
pub fn mail() -> Result<()> {
    install(MAIL)
}

/// Chromium and a font for Korean.
pub fn browser() -> Result<()> {
    install(BROWSER)
}

/// OpenSSL, for servers whose TLS is too old for ours.
pub fn tls() -> Result<()> {
    install(TLS)
}

/// curl and Python, which speak to mail servers too.
pub fn peers() -> Result<()> {
    install(PEERS)
}

/// PostgreSQL's own programs (`initdb`, `postgres`), wherever they are.
pub fn database() -> Result<()> {
    if postgres_folder().is_some() { Ok(()) } else { install(DATABASE) }
}

/// The folder with `postgres` and `initdb`; Debian keeps them out of PATH, one folder a version.
pub fn postgres_folder() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").into_iter().flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let versions = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    let mut debian: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    on_path
        .chain(debian.into_iter().rev())
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

fn install(wanted: &[Package]) -> Result<()> {
    let missing: Vec<_> = wanted
        .iter()
        .filter(|package| !package.files.iter().any(|file| Path::new(file).exists()))
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(Failure::new(format!("Please install these first: {}", missing.join(", "))));
    }
    println!("Installing from Debian's packages: {}", missing.join(", "));
    shell::run(apt_get().args(["update", "--quiet"]))?;
    shell::run(apt_get().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing))
}

/// apt-get that asks nothing. The run level of a single user keeps Debian's scripts from
/// starting what they install (except under systemd, which does not look at it): we run
/// private instances of our own, on other ports.
fn apt_get() -> Command {
    let mut command = privileged("env");
    command.args(["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"]);
    command
}

/// A command run as root: directly when we are root, else through `sudo` without a prompt.
pub fn privileged(program: impl AsRef<OsStr>) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg("--non-interactive").arg(program);
    command
}

pub fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0"))
}
