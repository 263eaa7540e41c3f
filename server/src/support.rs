//! A file for whoever is asked to help: what was checked, how it went, and what both sides said.
//!
//! Somebody who cannot repair a mailbox sends this file to somebody who can. It holds no password and no token,
//! because reports never hold any, and people's names are hidden: what stands before the `@` of an address, and the
//! user name, become a number in angle brackets. The same name has the same number everywhere, so that one can still
//! see who is who. Of the folders only those are named that every mailbox has, and the one that is watched. Hosts,
//! addresses of servers and the servers' own words stay: without them nobody could help.
//!
//! The file is plain text and in English, whoever asks for it: people who help read transcripts in English all day.

mod names;

use std::fmt::Write as _;

use self::names::Names;
use crate::imap::listing::without_own_name;
use crate::model::{
    AuthMethod, CheckReport, Finding, Outcome, Party, Security, ServerSettings, StepReport, StepState, Timestamp, Trust,
};
use crate::net::tls::authority;

/// What stands below a step.
const INDENT: &str = "             ";

/// One server and its last check.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    pub settings: &'a ServerSettings,
    /// `None` where these settings were never checked.
    pub report: Option<&'a CheckReport>,
}

/// Writes the file. `title` says what it is about, such as a mailbox's address; names in it are hidden too.
#[must_use]
pub fn file(title: &str, made_at: Timestamp, servers: &[Checked<'_>]) -> String {
    let mut names = Names::default();
    for server in servers {
        names.learn(&server.settings.username);
        names.learn(server.settings.email.as_str());
    }
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    // Writing into a text cannot fail.
    let _ = write!(
        text,
        "Postroom support file\n\
         =====================\n\
         About    {about}\n\
         Made     {made}, by Postroom {version}\n\
         Hidden   passwords and tokens (•••), people's names (<1> is the same person\n\
         {:9}everywhere), and folders that only this mailbox has\n",
        "",
        about = names.hide(title),
        made = made_at.rfc_3339(),
    );
    for server in servers {
        write_server(&mut text, &mut names, *server);
    }
    text
}

fn write_server(text: &mut String, names: &mut Names, server: Checked<'_>) {
    let ServerSettings { endpoint, method, username, email, .. } = server.settings;
    let protocol = server.report.map_or("Server", |report| report.protocol.name());
    let heading = format!("{protocol} at {}:{}, {}", endpoint.host, endpoint.port, protection(endpoint.security));
    let _ = write!(
        text,
        "\n{heading}\n{}\nSigns in as {} ({}), for {}\n",
        "-".repeat(heading.chars().count()),
        names.hide(username),
        way(*method),
        names.hide(email.as_str()),
    );
    match &endpoint.trust {
        Trust::Usual => {}
        Trust::Certificate { sha256 } => {
            let _ = writeln!(text, "Trusts one certificate: {sha256}");
        }
        Trust::Authority { pem } => write_authorities(text, pem),
    }
    let Some(report) = server.report else {
        text.push_str("These settings were never checked.\n");
        return;
    };
    let outcome = match report.outcome {
        Some(Outcome::Passed) => "Passed",
        Some(Outcome::Failed | Outcome::Skipped) => "Failed",
        None => "Not finished",
    };
    let _ = writeln!(text, "{outcome} after {} ms\n\nSteps", report.millis);
    for line in &report.steps {
        write_step(text, names, line);
    }
    if let Some(presented) = &report.presented {
        let _ = writeln!(text, "\nCertificate that was not believed\n{INDENT}{}", names.hide(&json(presented)));
    }
    if !report.transcript.is_empty() {
        text.push_str("\nConversation (C is Postroom, S the server)\n");
    }
    for line in &report.transcript {
        let party = match line.from {
            Party::Client => "C:",
            Party::Server => "S:",
            Party::Note => "--",
        };
        let _ = writeln!(text, "{:>8} ms  {party} {}", line.at_millis, names.hide(&without_own_name(&line.text)));
    }
}

fn write_authorities(text: &mut String, pem: &str) {
    for one in authority::describe(pem).unwrap_or_default() {
        let _ = writeln!(text, "Trusts the authority {}, {}", one.subject, one.sha256);
    }
}

fn write_step(text: &mut String, names: &mut Names, line: &StepReport) {
    let state = match line.state {
        StepState::Passed => "passed",
        StepState::Failed => "FAILED",
        StepState::Waiting | StepState::Running | StepState::Skipped => "skipped",
    };
    let _ = writeln!(text, "{:>8} ms  {state}  {}", line.millis, json(&line.step).trim_matches('"'));
    if let Some(finding) = &line.finding {
        let _ = writeln!(text, "{INDENT}{}", names.hide(&json(&without_own_folders(finding))));
    }
    if let Some(problem) = &line.problem {
        let _ = writeln!(text, "{INDENT}{}\n{INDENT}{}", names.hide(&problem.to_string()), names.hide(&json(problem)));
    }
}

/// What a step has found without the folders that only this mailbox has: how many there are is told besides.
fn without_own_folders(finding: &Finding) -> Finding {
    let mut finding = finding.clone();
    if let Finding::Folder { list, .. } = &mut finding {
        list.retain(|folder| folder.role.is_some());
    }
    finding
}

const fn protection(security: Security) -> &'static str {
    match security {
        Security::Tls => "TLS from the first byte",
        Security::StartTls => "STARTTLS",
        Security::None => "not encrypted",
    }
}

const fn way(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::None => "no sign-in",
        other => other.mechanism(),
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
