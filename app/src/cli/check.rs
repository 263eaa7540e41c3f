//! `postroom check`: the wizard's check from a shell.
//!
//! The operator is trusted here: any address may be reached, also loopback.

use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use app::{
    components::{
        check_words::{protection, step_title, who_word},
        date::day_in_words,
        finding::finding_line,
    },
    i18n::{Locale, words_in},
    say,
};
use clap::{Args, ValueEnum};
use postroom_server::{
    Config,
    check::{self, Subject, Target},
    login::Login,
    model::{
        AuthMethod, Certificate, CheckReport, EmailAddress, Endpoint, Finding, Fingerprint, Language, Outcome, Party,
        Protocol, Security, StepState, Trust,
    },
    net::{DialOptions, Dialer, Guard, Neighbours},
    remedy::{self, Situation},
};
use secrecy::SecretString;
use serde_json::{Value, json};

#[derive(Args)]
pub struct Arguments {
    /// The mailbox's address; also the user name where no other is given, and the sender that is tried
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: EmailAddress,
    /// Where mail is read: imaps://HOST[:PORT], imap+starttls://HOST[:PORT] or imap://HOST[:PORT]
    #[arg(long, value_name = "URL", value_parser = imap_endpoint, required_unless_present = "smtp")]
    imap: Option<Endpoint>,
    /// Where mail is sent: smtps://HOST[:PORT], smtp+starttls://HOST[:PORT] or smtp://HOST[:PORT]
    #[arg(long, value_name = "URL", value_parser = smtp_endpoint)]
    smtp: Option<Endpoint>,
    /// The user name, where it is not the address
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Read the password, or the access token, from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
    /// How to sign in
    #[arg(long, value_enum, default_value = "plain")]
    auth: Auth,
    /// The folder that would be watched
    #[arg(long, default_value = "INBOX")]
    folder: String,
    /// Certificates to trust besides the usual ones, as PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Trust exactly the certificate with this SHA-256 fingerprint, whatever its names and dates say
    #[arg(long, value_name = "SHA256", value_parser = fingerprint)]
    pin: Option<Fingerprint>,
    /// The name Postroom gives itself in EHLO
    #[arg(long, value_name = "NAME", default_value = "localhost.localdomain")]
    ehlo_name: String,
    /// The language of what is printed
    #[arg(long, value_enum, default_value = "en")]
    lang: Lang,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Auth {
    Plain,
    Login,
    Xoauth2,
    Oauthbearer,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    En,
    Ko,
}

fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::parse(text).ok_or_else(|| "expected the SHA-256 of a certificate, 64 hexadecimal digits".to_owned())
}

fn imap_endpoint(text: &str) -> Result<Endpoint, String> {
    endpoint(text, Protocol::Imap, "imap")
}

fn smtp_endpoint(text: &str) -> Result<Endpoint, String> {
    endpoint(text, Protocol::Smtp, "smtp")
}

/// Reads `scheme://HOST[:PORT]`; an IPv6 address stands in brackets.
fn endpoint(text: &str, protocol: Protocol, name: &str) -> Result<Endpoint, String> {
    let (scheme, rest) = text.split_once("://").ok_or("expected SCHEME://HOST[:PORT]")?;
    let security = match scheme.strip_prefix(name) {
        Some("s") => Security::Tls,
        Some("+starttls") => Security::StartTls,
        Some("") => Security::None,
        _ => return Err(format!("the scheme must be {name}s, {name}+starttls or {name}")),
    };
    let rest = rest.trim_end_matches('/');
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or("expected : behind ]")?)),
        None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err("the host is missing".to_owned());
    }
    let port = match port {
        Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or("the port must be a number from 1 to 65535")?,
        None => protocol.default_port(security),
    };
    Ok(Endpoint::new(host.to_owned(), port, security))
}

/// Walks the checks at the same time and prints their reports.
pub async fn run(arguments: Arguments) -> ExitCode {
    match checked(&arguments).await {
        Ok((incoming, outgoing)) => {
            print(&arguments, incoming.as_ref(), outgoing.as_ref());
            let passed = [incoming, outgoing].into_iter().flatten().all(|report| report.passed());
            if passed { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => super::complain(&*error),
    }
}

type Reports = (Option<CheckReport>, Option<CheckReport>);

async fn checked(arguments: &Arguments) -> Result<Reports, Box<dyn std::error::Error>> {
    let mut password = String::new();
    std::io::stdin().take(65_536).read_to_string(&mut password)?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']).to_owned());
    let extra_roots = arguments.ca.as_deref().map(super::certificates).transpose()?.unwrap_or_default();
    let dialer = Arc::new(Dialer::new(DialOptions {
        ehlo_name: arguments.ehlo_name.clone(),
        guard: Guard::allow_all(),
        extra_roots,
        neighbours: Neighbours { references: references(), ..Neighbours::default() },
        ..DialOptions::default()
    })?);
    let login = Login {
        username: arguments.username.clone().unwrap_or_else(|| arguments.address.to_string()),
        secret: password,
        method: match arguments.auth {
            Auth::Plain => AuthMethod::Plain,
            Auth::Login => AuthMethod::Login,
            Auth::Xoauth2 => AuthMethod::XOAuth2,
            Auth::Oauthbearer => AuthMethod::OAuthBearer,
        },
    };
    let one = |endpoint: Option<&Endpoint>, subject: Subject| {
        let dialer = Arc::clone(&dialer);
        let trust = arguments.pin.clone().map_or(Trust::Usual, |sha256| Trust::Certificate { sha256 });
        let endpoint = endpoint.map(|endpoint| Endpoint { trust, ..endpoint.clone() });
        let target = endpoint.map(|endpoint| Target { endpoint, login: login.clone(), subject });
        async move {
            let target = target?;
            let mut report = check::run_watched(&dialer, &target, |_| {}).await;
            remedy::advise(
                &mut report,
                &situation(arguments, &target.endpoint, target.subject.protocol()),
                language(arguments),
            );
            Some(report)
        }
    };
    Ok(tokio::join!(
        one(arguments.imap.as_ref(), Subject::Incoming { folder: arguments.folder.clone() }),
        one(arguments.smtp.as_ref(), Subject::Outgoing { sender: arguments.address.clone() }),
    ))
}

/// Whom to compare a silent port with: there is no configuration here, so those that are asked without one.
fn references() -> Vec<(String, u16)> {
    Config::default().network.reference_hosts.into_iter().map(|known| (known.host, known.port)).collect()
}

fn situation(arguments: &Arguments, endpoint: &Endpoint, protocol: Protocol) -> Situation {
    Situation {
        protocol,
        host: endpoint.host.clone(),
        port: endpoint.port,
        security: endpoint.security,
        username: arguments.username.clone().unwrap_or_else(|| arguments.address.to_string()),
        address: arguments.address.to_string(),
        oauth: None,
    }
}

const fn language(arguments: &Arguments) -> Language {
    match arguments.lang {
        Lang::En => Language::En,
        Lang::Ko => Language::Ko,
    }
}

#[expect(clippy::print_stdout, reason = "this is the command line speaking")]
fn print(arguments: &Arguments, incoming: Option<&CheckReport>, outgoing: Option<&CheckReport>) {
    if arguments.json {
        let mut both = serde_json::Map::new();
        for (name, report) in [("incoming", incoming), ("outgoing", outgoing)] {
            if let Some(report) = report {
                both.insert(name.to_owned(), as_json(report));
            }
        }
        println!("{}", Value::Object(both));
        return;
    }
    let words = words_in(language(arguments));
    for report in [incoming, outgoing].into_iter().flatten() {
        println!("{}", as_text(report, words));
    }
}

/// The documented form: a problem carries its field, `state` is called `outcome`.
fn as_json(report: &CheckReport) -> Value {
    let steps: Vec<Value> = report
        .steps
        .iter()
        .map(|line| {
            let mut step = json!({ "step": line.step, "outcome": line.state, "millis": line.millis });
            if let Some(object) = step.as_object_mut() {
                if let Some(finding) = &line.finding {
                    object.insert("finding".to_owned(), json!(finding));
                }
                if let Some(problem) = &line.problem {
                    let mut told = json!(problem);
                    told.as_object_mut().map(|told| told.insert("field".to_owned(), json!(problem.field())));
                    object.insert("problem".to_owned(), told);
                }
                if let Some(remedy) = &line.remedy {
                    object.insert("remedy".to_owned(), json!(remedy));
                }
            }
            step
        })
        .collect();
    let mut told = json!({
        "outcome": report.outcome.unwrap_or(Outcome::Failed),
        "millis": report.millis,
        "steps": steps,
        "offers": report.offers,
        "transcript": report.transcript,
    });
    if let (Some(told), Some(presented)) = (told.as_object_mut(), &report.presented) {
        told.insert("presented".to_owned(), json!(presented));
    }
    told
}

fn as_text(report: &CheckReport, words: Locale) -> String {
    let mut text = format!("{}\n", report.protocol.name());
    for line in &report.steps {
        let mark = match line.state {
            StepState::Passed => "✓",
            StepState::Failed => "✗",
            StepState::Waiting | StepState::Running | StepState::Skipped => "·",
        };
        let said = line.finding.as_ref().map(|finding| finding_line(words, finding)).unwrap_or_default();
        text += &format!("  {mark} {}  {} ms  {said}\n", step_title(words, line.step), line.millis);
        for alert in line.finding.iter().flat_map(Finding::alerts) {
            text += &format!("      {}: {alert}\n", say!(words, components.server_said));
        }
        if let Some(reply) = line.problem.as_ref().and_then(|problem| problem.reply()) {
            text += &format!("      {}: {reply}\n", say!(words, components.server_said));
        }
        if let Some(remedy) = &line.remedy {
            text += &format!("      {}\n      {}\n", remedy.title, remedy.why);
            for (number, step) in remedy.steps.iter().enumerate() {
                text += &format!("      {}. {step}\n", number + 1);
            }
            text += &format!("      → {}\n", who_word(words, remedy.who));
            for extra in [&remedy.link, &remedy.command].into_iter().flatten() {
                text += &format!("      {extra}\n");
            }
        }
    }
    if let Some(presented) = &report.presented {
        let certificate = &presented.certificate;
        let until = day_in_words(words, certificate.not_after);
        text += &format!("  {}\n", say!(words, components.presented));
        for (name, value) in [
            (say!(words, components.certificate_subject), &certificate.subject),
            (say!(words, components.certificate_names), &certificate.names.join(", ")),
            (say!(words, components.certificate_issuer), &certificate.issuer),
            (say!(words, components.certificate_until), &until),
            (say!(words, components.certificate_fingerprint), &shown(certificate)),
        ] {
            text += &format!("      {name}: {value}\n");
        }
    }
    for Endpoint { port, security, .. } in &report.offers {
        let security = protection(words, *security);
        text += &format!("  + {}\n", say!(words, components.offer_found, port = port, security = security));
    }
    for line in &report.transcript {
        let party = match line.from {
            Party::Client => "C",
            Party::Server => "S",
            Party::Note => "-",
        };
        text += &format!("    {:>6} ms {party}: {}\n", line.at_millis, line.text);
    }
    text
}

fn shown(certificate: &Certificate) -> String {
    certificate.fingerprint().map_or_else(|| certificate.sha256.clone(), |fingerprint| fingerprint.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_read_from_its_address() {
        let read = |text: &str| imap_endpoint(text).map(|endpoint| (endpoint.host, endpoint.port, endpoint.security));
        assert_eq!(read("imaps://mail.example.com"), Ok(("mail.example.com".into(), 993, Security::Tls)));
        assert_eq!(read("imap+starttls://[::1]:1143/"), Ok(("::1".into(), 1143, Security::StartTls)));
        assert_eq!(read("imap://메일.한국"), Ok(("메일.한국".into(), 143, Security::None)));
        for wrong in [
            "mail.example.com",
            "smtps://mail.example.com",
            "imaps://",
            "imaps://mail:0",
            "imaps://mail:99999",
            "imaps://[::1",
        ] {
            assert!(imap_endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
