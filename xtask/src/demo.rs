//! Postroom beside real mail servers and providers to sign in with, for whoever wants to try it without
//! owning a mailbox.

use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::build::{self, Options};
use crate::failure::{Context, Failure, Result};
use crate::interrupt;
use crate::process::Running;
use crate::repository::Repository;
use crate::servers::{HOST, PEOPLE, Ports, Servers, provider};

/// Builds, starts everything and stays until ctrl-C.
pub fn run(repository: &Repository, port: u16, port_offset: u16) -> Result<()> {
    build::all(repository, Options { release: false, split: true })?;
    let servers = Servers::start(port_offset)?;
    let data = tempfile::Builder::new().prefix("postroom-demo-").tempdir().context("cannot make a folder")?;
    let mut postroom = Command::new(repository.program(false));
    // Away from the repository, whose postroom.toml may be somebody's own.
    postroom.arg("serve").current_dir(data.path());
    postroom.env("POSTROOM_LISTEN", format!("127.0.0.1:{port}"));
    postroom.env("POSTROOM_DATA_DIR", data.path());
    postroom.env("POSTROOM_INBOUND__LISTEN", format!("127.0.0.1:{}", servers.ports.postroom_mail));
    postroom.env("POSTROOM_MAIL_DOMAIN", mail_domain(servers.ports));
    for (name, value) in network(&servers).into_iter().chain(applications(servers.ports)) {
        postroom.env(name, value);
    }
    print(servers.ports, Some(port));
    let status = Running::start("Postroom", &mut postroom)?.wait()?;
    Err(Failure::new(format!("Postroom ended: {status}")))
}

/// Starts the mail servers and the providers and stays until ctrl-C.
pub fn servers_alone(port_offset: u16) -> Result<()> {
    let servers = Servers::start(port_offset)?;
    print(servers.ports, None);
    println!("The authority to trust: {}", servers.authority().display());
    println!("Logs and mail: {}", servers.folder().display());
    println!("For tests: {}={}", crate::servers::VARIABLE, servers.description());
    while !interrupt::happened() {
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Settings that let Postroom reach these servers, which it would refuse as they are on its own machine.
fn network(servers: &Servers) -> [(&'static str, String); 2] {
    [
        ("POSTROOM_NETWORK__ALLOW_LOOPBACK", "true".to_owned()),
        ("POSTROOM_NETWORK__EXTRA_CA_FILES", format!("[{:?}]", servers.authority().display().to_string())),
    ]
}

/// Settings that make these providers the ones behind the buttons of Microsoft and Google.
fn applications(ports: Ports) -> Vec<(&'static str, String)> {
    let imap = format!("{HOST}:{}", ports.imap_tls);
    let smtp = format!("{HOST}:{}", ports.smtp_tls);
    vec![
        ("POSTROOM_OAUTH__MICROSOFT__AUTHORITY", provider::authority(ports)),
        ("POSTROOM_OAUTH__MICROSOFT__CLIENT_ID", provider::MICROSOFT.id.to_owned()),
        ("POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET", provider::MICROSOFT.secret.to_owned()),
        ("POSTROOM_OAUTH__MICROSOFT__IMAP", imap.clone()),
        ("POSTROOM_OAUTH__MICROSOFT__SMTP", smtp.clone()),
        ("POSTROOM_OAUTH__GOOGLE__ISSUER", provider::issuer(ports)),
        ("POSTROOM_OAUTH__GOOGLE__CLIENT_ID", provider::GOOGLE.id.to_owned()),
        ("POSTROOM_OAUTH__GOOGLE__CLIENT_SECRET", provider::GOOGLE.secret.to_owned()),
        ("POSTROOM_OAUTH__GOOGLE__IMAP", imap),
        ("POSTROOM_OAUTH__GOOGLE__SMTP", smtp),
    ]
}

/// The domain of default mailboxes. Postfix reads the port in it, as it would ask the DNS for the MX record elsewhere.
fn mail_domain(ports: Ports) -> String {
    format!("p{}.postroom.localhost", ports.postroom_mail)
}

fn print(ports: Ports, postroom: Option<u16>) {
    if let Some(port) = postroom {
        println!("\nPostroom will be at http://127.0.0.1:{port} with the set-up code printed below.");
    }
    println!("\nMailboxes (the user name is the address)\n");
    row(["address", "password", "", ""]);
    for person in PEOPLE.iter().filter(|person| !person.is_shared()) {
        row([person.address, person.password, "", ""]);
    }
    println!("\nThese work. The server's name is {HOST}.\n");
    row(["", "port", "SSL/TLS", "what happens"]);
    row(["IMAP", &ports.imap_tls.to_string(), "ticked", "TLS from the first byte"]);
    row(["IMAP", &ports.imap_starttls.to_string(), "ticked*", "STARTTLS"]);
    row(["SMTP", &ports.smtp_tls.to_string(), "ticked", "TLS from the first byte"]);
    row(["SMTP", &ports.smtp_starttls.to_string(), "ticked*", "STARTTLS"]);
    println!("\n  * These are not the usual ports, so the wizard cannot guess: open *User name and encryption");
    println!("    details* and choose STARTTLS.");
    if postroom.is_some() {
        println!("\nPostroom's own mail server takes mail on port {}.", ports.postroom_mail);
        println!("What the people above send to support@WORKSPACE.{} arrives there.", mail_domain(ports));
    }
    println!("\nThese are wrong on purpose.\n");
    row(["", "port", "SSL/TLS", "what you will be told"]);
    row(["IMAP", &ports.imap_tls.to_string(), "ticked", "with any other password: the server refused it"]);
    row(["IMAP", &ports.imap_tls.to_string(), "not ticked", "this port begins with TLS"]);
    row(["IMAP", &ports.imap_starttls.to_string(), "ticked", "this port does not begin with TLS"]);
    row(["SMTP", &ports.smtp_starttls.to_string(), "ticked", "this port does not begin with TLS"]);
    row(["IMAP", &ports.expired.to_string(), "ticked", "the certificate has expired"]);
    row(["IMAP", &ports.other_name.to_string(), "ticked", "the certificate is for another name"]);
    row(["IMAP", &ports.self_signed.to_string(), "ticked", "the certificate is signed by itself"]);
    row(["IMAP", &ports.silent.to_string(), "not ticked", "connected, but the server says nothing"]);
    row(["IMAP", &ports.closed.to_string(), "ticked", "nobody listens: connection refused"]);
    print_sign_in(ports, postroom.is_some());
    println!("\nCtrl-C ends everything.\n");
}

fn print_sign_in(ports: Ports, demo: bool) {
    println!("\nThe people above can sign in with two providers made for this, with the same passwords.\n");
    row(["Microsoft", &provider::authority(ports), "", ""]);
    row(["Google", &provider::issuer(ports), "", ""]);
    if demo {
        println!("\n  The buttons in the wizard lead there. Your browser does not know who signed their certificate:");
        println!("  let it go on all the same.");
    }
    println!("\nShared mailboxes, to be used by whoever signed in with Microsoft\n");
    for mailbox in PEOPLE.iter().filter(|person| person.is_shared()) {
        for member in mailbox.role.members() {
            let rights = if member.send_as { "may read and send as it" } else { "may read it and not send as it" };
            row([mailbox.address, member.address, rights, ""]);
        }
    }
}

fn row([first, second, third, fourth]: [&str; 4]) {
    // Korean letters are two columns wide, which the padding of `format!` does not know.
    let wide = first.chars().filter(|letter| ('가'..='힣').contains(letter)).count();
    let width = 22 - wide.min(22);
    println!("  {first:<width$} {second:<24} {third:<11} {fourth}");
}
