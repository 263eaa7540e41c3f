//! A real Dovecot and a real Postfix with made-up people, and two OpenID providers, on loopback, gone when dropped.
//!
//! ```text
//! IMAP  14993 TLS ─┐                              ┌─ 14465 TLS      SMTP
//!       14143 ─────┴─► Dovecot ◄── SASL ─ Postfix ◄┴─ 14587 STARTTLS
//!                         └── mail/NAME/Maildir ◄──┘  what is sent arrives
//! wrong 14994 expired · 14995 another name · 14996 signed by itself
//!       14991 says nothing · 14990 nobody listens
//! SMTP  14025 is for the demo's own mail server: Postfix brings mail for p14025.postroom.localhost there
//! HTTPS 14443 signs people in like Microsoft ─ key ──► Dovecot checks the signature
//!       14444 signs people in like Google ◄── token ── Dovecot asks about it
//! ```
//! Everything lives in one temporary folder: configuration, queue, mail, logs
//! and a certificate authority made for this run. Both servers change to other
//! users when they start and `postfix` refuses to run for anybody but root, so
//! whoever is not root needs a `sudo` that asks no password.

mod certificates;
mod dovecot;
mod fronts;
mod people;
mod postfix;
pub mod provider;
mod token;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::failure::{Context, Failure, Result};
use crate::process::Running;
use crate::repository::Repository;
use crate::{debian, node, shell};

pub use people::{PEOPLE, Person};

/// The name in the servers' certificates that every machine resolves to itself.
pub const HOST: &str = "localhost";

/// The domain of the made-up people (RFC 2606).
pub const DOMAIN: &str = "example.test";

/// Where a browser test finds [`Servers::description`].
pub const VARIABLE: &str = "POSTROOM_MAIL_SERVERS";

const START_LIMIT: Duration = Duration::from_secs(20);

/// Which port is what.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub imap_tls: u16,
    pub imap_starttls: u16,
    pub smtp_tls: u16,
    pub smtp_starttls: u16,
    /// TLS with a certificate that ended long ago.
    pub expired: u16,
    /// TLS with a certificate for another name.
    pub other_name: u16,
    /// TLS with a certificate that signs itself.
    pub self_signed: u16,
    /// Takes connections and never says a word.
    pub silent: u16,
    /// Where nobody listens.
    pub closed: u16,
    /// Where a Postroom may take mail. Nobody listens unless one does.
    pub postroom_mail: u16,
    /// Where people sign in as at Microsoft.
    pub microsoft: u16,
    /// Where people sign in as at Google.
    pub google: u16,
    /// Dovecot itself, behind the port without TLS. Not for clients.
    behind: u16,
    /// Dovecot itself, behind the ports whose certificates are wrong. Not for clients.
    decrypted: u16,
}

impl Ports {
    /// The usual ports plus an offset, so that several sets run side by side.
    pub fn with_offset(offset: u16) -> Result<Self> {
        if offset > 40_000 {
            return Err(Failure::new("The port offset must not be above 40000."));
        }
        Ok(Self {
            imap_tls: 14993 + offset,
            imap_starttls: 14143 + offset,
            smtp_tls: 14465 + offset,
            smtp_starttls: 14587 + offset,
            expired: 14994 + offset,
            other_name: 14995 + offset,
            self_signed: 14996 + offset,
            silent: 14991 + offset,
            closed: 14990 + offset,
            postroom_mail: 14025 + offset,
            microsoft: 14443 + offset,
            google: 14444 + offset,
            behind: 14142 + offset,
            decrypted: 14141 + offset,
        })
    }

    /// Where a Postroom may take mail that Postfix brings: the demo on the first, each worker of the tests on one.
    pub fn postrooms(&self) -> std::ops::Range<u16> {
        self.postroom_mail..self.postroom_mail + 8
    }

    fn served(&self) -> [u16; 12] {
        [
            self.imap_tls,
            self.imap_starttls,
            self.smtp_tls,
            self.smtp_starttls,
            self.expired,
            self.other_name,
            self.self_signed,
            self.silent,
            self.microsoft,
            self.google,
            self.behind,
            self.decrypted,
        ]
    }
}

/// How many come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guests {
    /// The servers' own limits apply, as they do at a provider.
    Few,
    /// Several hundred connections from one address, which no limit may hold up.
    Crowd,
}

/// The running servers. Dropping them ends the processes and removes their folder.
pub struct Servers {
    pub ports: Ports,
    authority: PathBuf,
    // Dropped in this order: first who connects to whom, at last the ground they stand on.
    _fronts: fronts::Fronts,
    _postfix: Running,
    _dovecot: Running,
    _provider: Running,
    folder: Folder,
}

impl Servers {
    /// Installs what is missing, starts everything and waits until every port answers.
    pub fn start(port_offset: u16) -> Result<Self> {
        Self::start_for(Guests::Few, port_offset)
    }

    /// The same for as many guests as are expected.
    pub fn start_for(guests: Guests, port_offset: u16) -> Result<Self> {
        debian::mail()?;
        let repository = Repository::find();
        node::install(&repository)?;
        let ports = Ports::with_offset(port_offset)?;
        if let Some(taken) = ports.served().into_iter().find(|port| answers(*port)) {
            return Err(Failure::new(format!(
                "Port {taken} is in use already: is another set of these servers running? --port-offset moves this one."
            )));
        }
        let folder = Folder::new()?;
        let certificates = certificates::Certificates::make(folder.path())?;
        let owner = MailOwner::find()?;
        people::settle(folder.path(), owner)?;

        let mut provider = provider::start(&repository, folder.path(), ports, &certificates)?;
        let started = provider.wait_until(START_LIMIT, || answers(ports.microsoft) && answers(ports.google));
        started.map_err(|failure| with_log(failure, &folder.path().join("provider.log")))?;

        let mut dovecot = dovecot::start(folder.path(), ports, &certificates, owner, guests)?;
        let started = dovecot
            .wait_until(START_LIMIT, || answers(ports.imap_tls) && folder.path().join(dovecot::SASL_SOCKET).exists());
        started.map_err(|failure| with_log(failure, &folder.path().join("dovecot.log")))?;

        let mut postfix = postfix::start(folder.path(), ports, &certificates, owner, guests)?;
        let started = postfix.wait_until(START_LIMIT, || answers(ports.smtp_tls) && answers(ports.smtp_starttls));
        started.map_err(|failure| with_log(failure, &folder.path().join("postfix.log")))?;

        let fronts = fronts::Fronts::start(ports, &certificates)?;
        let authority = certificates.authority_file;
        Ok(Self {
            ports,
            authority,
            _fronts: fronts,
            _postfix: postfix,
            _dovecot: dovecot,
            _provider: provider,
            folder,
        })
    }

    /// The certificate authority to trust, PEM.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Where the logs and the mail are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything a test needs to know, as JSON.
    pub fn description(&self) -> String {
        let ports = self.ports;
        json!({
            "host": HOST,
            "domain": DOMAIN,
            "ca": self.authority,
            "folder": self.folder(),
            "imap": { "tls": ports.imap_tls, "starttls": ports.imap_starttls },
            "smtp": { "tls": ports.smtp_tls, "starttls": ports.smtp_starttls },
            "wrong": {
                "expired": ports.expired,
                "otherName": ports.other_name,
                "selfSigned": ports.self_signed,
                "silent": ports.silent,
                "closed": ports.closed,
            },
            "postrooms": ports.postrooms().collect::<Vec<_>>(),
            "microsoft": provider::describe_microsoft(ports),
            "google": provider::describe_google(ports),
            "people": PEOPLE.iter().map(with_token).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

/// With an access token, but for shared mailboxes: nobody signs in as one.
fn with_token(person: &Person) -> Value {
    let mut description = person.describe();
    let token = if person.is_shared() { String::new() } else { token::for_person(person) };
    if let Some(fields) = description.as_object_mut() {
        fields.insert("token".to_owned(), token.into());
    }
    description
}

/// The user that owns the mail: Debian's `mail`, which both servers accept (never root).
#[derive(Clone, Copy)]
struct MailOwner {
    user: u32,
    group: u32,
}

impl MailOwner {
    fn find() -> Result<Self> {
        Ok(Self { user: id("mail", "-u")?, group: id("mail", "-g")? })
    }
}

fn id(user: &str, option: &str) -> Result<u32> {
    shell::output(Command::new("id").args([option, user]))?
        .trim()
        .parse()
        .context(format!("cannot read the id of {user}"))
}

/// The folder of one run. Its files belong to several users, so only root can remove it.
struct Folder {
    folder: Option<TempDir>,
    path: PathBuf,
}

impl Folder {
    fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("postroom-mail-").tempdir().context("cannot make a folder")?;
        // The servers' own users must be able to walk into it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).context("cannot open the folder")?;
        Ok(Self { path: folder.path().to_path_buf(), folder: Some(folder) })
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take()
            && !debian::is_root()
        {
            let _ = debian::privileged("rm").args(["-rf", "--"]).arg(folder.path()).status();
        }
    }
}

/// Hands a file or folder, and what is in it, to a user.
fn give(path: &Path, user: u32, group: u32) -> Result<()> {
    if debian::is_root() {
        chown(path, Some(user), Some(group)).context(format!("cannot hand over {}", path.display()))?;
        if path.is_dir() {
            for entry in fs::read_dir(path).context(format!("cannot read {}", path.display()))?.flatten() {
                give(&entry.path(), user, group)?;
            }
        }
        return Ok(());
    }
    let owner = format!("{user}:{group}");
    shell::output(debian::privileged("chown").args(["-R", &owner]).arg(path)).map(drop)
}

/// Writes a file into a run's folder.
fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).context(format!("cannot write {}", path.display()))
}

fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).context(format!("cannot make {}", path.display()))
}

fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok()
}

/// Adds the last lines of a server's log to a failure.
fn with_log(failure: Failure, log: &Path) -> Failure {
    let log = shell::output(debian::privileged("tail").args(["-n", "20"]).arg(log)).unwrap_or_default();
    Failure::new(format!("{failure}\n{log}"))
}
