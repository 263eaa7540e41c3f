//! Who is measured: our own check, and what other mail clients can do of it.
//!
//! Each peer does what the usual use of its API does, and no step more than ours: sign in and open the inbox
//! read-only over IMAP; sign in and offer a sender, as far as it can, over SMTP. The scripts are in `bench/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::measure::{self, Cost};
use crate::debian;
use crate::failure::{Context, Result};
use crate::repository::Repository;
use crate::servers::{HOST, PEOPLE, Ports, Servers};
use crate::shell;

/// Where a client goes and how the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "all of them end encrypted; the names say how that begins")]
pub enum Way {
    ImapTls,
    ImapStartTls,
    SmtpTls,
    SmtpStartTls,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::ImapTls, Self::ImapStartTls, Self::SmtpTls, Self::SmtpStartTls];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ImapTls => "IMAP, TLS from the first byte",
            Self::ImapStartTls => "IMAP, STARTTLS",
            Self::SmtpTls => "SMTP, TLS from the first byte",
            Self::SmtpStartTls => "SMTP, STARTTLS",
        }
    }

    /// The flights of a whole check, the last of which is the goodbye. TLS, the wait for the greeting, the sign-in and
    /// the folder are the four of IMAP; SMTP has EHLO besides. STARTTLS adds the command of that name (and SMTP's
    /// first EHLO), and the greeting then comes without a word of ours.
    pub const fn floor(self) -> u64 {
        match self {
            Self::ImapTls => 5,
            Self::ImapStartTls | Self::SmtpTls => 6,
            Self::SmtpStartTls => 7,
        }
    }

    pub const fn port(self, ports: Ports) -> u16 {
        match self {
            Self::ImapTls => ports.imap_tls,
            Self::ImapStartTls => ports.imap_starttls,
            Self::SmtpTls => ports.smtp_tls,
            Self::SmtpStartTls => ports.smtp_starttls,
        }
    }

    pub const fn is_imap(self) -> bool {
        matches!(self, Self::ImapTls | Self::ImapStartTls)
    }

    const fn security(self) -> &'static str {
        if matches!(self, Self::ImapTls | Self::SmtpTls) { "tls" } else { "starttls" }
    }

    const fn protocol(self) -> &'static str {
        if self.is_imap() { "imap" } else { "smtp" }
    }
}

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Postroom,
    Curl,
    Python,
    Node,
}

impl Tool {
    pub const ALL: [Self; 4] = [Self::Postroom, Self::Curl, Self::Python, Self::Node];

    pub const fn name(self, way: Way) -> &'static str {
        match (self, way.is_imap()) {
            (Self::Postroom, _) => "Postroom",
            (Self::Curl, _) => "curl",
            (Self::Python, true) => "imaplib",
            (Self::Python, false) => "smtplib",
            (Self::Node, true) => "imapflow",
            (Self::Node, false) => "nodemailer",
        }
    }

    /// What it does once the connection is protected, goodbye aside.
    pub const fn steps(self, way: Way) -> &'static str {
        match (self, way.is_imap()) {
            (Self::Postroom, true) => "sign in, ID, LIST, EXAMINE, IDLE",
            (Self::Postroom, false) | (Self::Python, false) => "sign in, MAIL, RCPT, RSET",
            (Self::Curl, true) | (Self::Python, true) => "sign in, EXAMINE",
            (Self::Curl, false) => "sign in, MAIL",
            (Self::Node, true) => "sign in, ID, LIST, EXAMINE",
            (Self::Node, false) => "sign in",
        }
    }

    /// True where every check is a process of its own.
    pub const fn is_started_for_each(self) -> bool {
        matches!(self, Self::Curl)
    }
}

/// What the clients need to be run.
pub struct Ground<'a> {
    pub repository: &'a Repository,
    pub servers: &'a Servers,
    /// The program that walks our own checks.
    pub checks: PathBuf,
}

/// What some checks have cost together.
#[derive(Clone, Debug)]
pub struct Total {
    pub cost: Cost,
    pub failed: u64,
}

impl Ground<'_> {
    /// Starts the tool without a task.
    pub fn start_only(&self, tool: Tool, way: Way) -> Result<Cost> {
        match tool {
            Tool::Curl => measure::run(Command::new(debian::CURL).arg("--version")),
            _ => measure::run(&self.command(tool, way, way.port(self.servers.ports), 0)),
        }
    }

    /// Has the tool walk some checks, one after the other.
    pub fn walk(&self, tool: Tool, way: Way, port: u16, checks: u32) -> Result<Total> {
        if !tool.is_started_for_each() {
            let cost = measure::run(&self.command(tool, way, port, checks))?;
            let failed = failures(&cost).unwrap_or(u64::from(checks));
            return Ok(Total { cost, failed });
        }
        let mut total = Total { cost: Cost::default(), failed: 0 };
        for _ in 0..checks {
            let cost = measure::run(&self.command(tool, way, port, 1))?;
            total.failed += u64::from(!cost.succeeded);
            total.cost.cpu += cost.cpu;
            total.cost.peak_kib = total.cost.peak_kib.max(cost.peak_kib);
        }
        Ok(total)
    }

    fn command(&self, tool: Tool, way: Way, port: u16, checks: u32) -> Command {
        let [person, ..] = &PEOPLE;
        let (user, password) = (person.address, person.password);
        let script = |extension: &str| self.repository.path(&format!("bench/{}.{extension}", way.protocol()));
        let interpreted = |interpreter: &str, script: &Path, trust: &str| {
            let mut command = Command::new(interpreter);
            command.arg(script).args([&port.to_string(), way.security(), user, password, &checks.to_string()]);
            command.env(trust, self.servers.authority());
            command
        };
        match tool {
            Tool::Postroom => {
                let mut command = self.our_own();
                command.arg(format!("--{}-{}", way.protocol(), way.security())).arg(port.to_string());
                command.args(["--person", user, password, "--checks", &checks.to_string()]);
                command
            }
            Tool::Curl => {
                let mut command = Command::new(debian::CURL);
                command.args([
                    "--silent",
                    "--show-error",
                    "--output",
                    "/dev/null",
                    "--user",
                    &format!("{user}:{password}"),
                ]);
                command.arg("--cacert").arg(self.servers.authority());
                if way.security() == "starttls" {
                    command.arg("--ssl-reqd");
                }
                let scheme = if way.security() == "tls" { "s" } else { "" };
                command.arg(format!("{}{scheme}://{HOST}:{port}/", way.protocol())).arg("--request");
                command.arg(if way.is_imap() { "EXAMINE INBOX".to_owned() } else { format!("MAIL FROM:<{user}>") });
                command
            }
            Tool::Python => interpreted(debian::PYTHON, &script("py"), "SSL_CERT_FILE"),
            Tool::Node => interpreted("node", &script("mjs"), "NODE_EXTRA_CA_CERTS"),
        }
    }

    /// Our own program, told whom to trust.
    fn our_own(&self) -> Command {
        let mut command = Command::new(&self.checks);
        command.arg("--authority").arg(self.servers.authority());
        command
    }

    /// Our own program with many mailboxes, both directions at once.
    ///
    /// The servers are named by their address. `localhost` would have two, and nobody listens on the first of them: a
    /// refused connection for each walk, of which no real server knows.
    pub fn crowd(&self, checks: u32, at_once: u32) -> Command {
        let ports = self.servers.ports;
        let mut command = self.our_own();
        command.args(["--host", "127.0.0.1"]);
        command.arg("--imap-tls").arg(ports.imap_tls.to_string());
        command.arg("--smtp-tls").arg(ports.smtp_tls.to_string());
        for person in PEOPLE.iter().filter(|person| !person.is_shared() && person.address.is_ascii()) {
            command.args(["--person", person.address, person.password]);
        }
        command.args(["--checks", &checks.to_string(), "--at-once", &at_once.to_string()]);
        command
    }

    /// Every program that takes part, with its version.
    pub fn versions(&self) -> Result<Vec<String>> {
        let first_words = |command: &mut Command, words: usize| -> Result<String> {
            Ok(shell::output(command)?.split_whitespace().take(words).collect::<Vec<_>>().join(" "))
        };
        let package = |name: &str| -> Result<String> {
            let file = self.repository.path(&format!("bench/node_modules/{name}/package.json"));
            let text = std::fs::read_to_string(&file).context(format!("cannot read {}", file.display()))?;
            let package: Value = serde_json::from_str(&text).context(format!("cannot read {}", file.display()))?;
            Ok(format!("{name} {}", package.get("version").and_then(Value::as_str).unwrap_or("of no version")))
        };
        let dovecot = first_words(Command::new("/usr/sbin/dovecot").arg("--version"), 1)?;
        let postfix = first_words(Command::new("/usr/sbin/postconf").args(["-h", "mail_version"]), 1)?;
        Ok(vec![
            format!("Postroom {}", env!("CARGO_PKG_VERSION")),
            first_words(Command::new("rustc").arg("--version"), 2)?,
            first_words(Command::new(debian::CURL).arg("--version"), 2)?,
            first_words(Command::new(debian::PYTHON).arg("--version"), 2)?,
            format!("Node {}", first_words(Command::new("node").arg("--version"), 1)?),
            package("imapflow")?,
            package("nodemailer")?,
            format!("Dovecot {dovecot}"),
            format!("Postfix {postfix}"),
        ])
    }
}

/// How many checks failed, as the tool itself says in its last line.
pub fn failures(cost: &Cost) -> Option<u64> {
    said(cost)?.get("failed")?.as_u64()
}

/// What a tool says of itself in its last line.
pub fn said(cost: &Cost) -> Option<Value> {
    serde_json::from_str(cost.said.lines().last()?).ok()
}
