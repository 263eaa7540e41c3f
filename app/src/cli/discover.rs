//! `postroom discover`: a mailbox's servers, from its address alone.
//!
//! The operator is trusted here: any address may be reached. No password is asked for and none is sent.

use std::{process::ExitCode, sync::Arc};

use clap::Args;
use postroom_server::{
    Config,
    discover::{self, Discoverer},
    model::{
        Because, Candidate, Certainty, Discovery, EmailAddress, Need, NeedKind, OAuthProvider, Protocol, Security,
        Source, SourceOutcome,
    },
    net::{DialOptions, Dialer, Guard},
};

#[derive(Args)]
pub struct Arguments {
    /// The mailbox's address
    #[arg(value_name = "ADDRESS", value_parser = address)]
    address: EmailAddress,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Ask nobody: look into Postroom's own list of providers alone
    #[arg(long)]
    offline: bool,
}

fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

/// Searches and prints what was found; 1 where nothing was.
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    match found(&config, &arguments).await {
        Ok(discovery) => {
            print(&arguments, &discovery);
            let useful = !discovery.incoming.is_empty() || discovery.provider.is_some();
            if useful { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => super::complain(&*error),
    }
}

async fn found(config: &Config, arguments: &Arguments) -> Result<Discovery, Box<dyn std::error::Error>> {
    let mut roots = Vec::new();
    for file in &config.network.extra_ca_files {
        roots.extend(super::certificates(file)?);
    }
    let defaults = DialOptions::default();
    let dialer = Dialer::new(DialOptions {
        ehlo_name: config.own_name().map_or_else(|| defaults.ehlo_name.clone(), str::to_owned),
        guard: Guard::allow_all(),
        extra_roots: roots,
        name_servers: config.network.name_servers.clone(),
        ..defaults
    })?;
    let mut options = discover::Options::of(&config.discovery)?;
    options.enabled &= !arguments.offline;
    let discoverer = Discoverer::new(Arc::new(dialer), options)?;
    Ok(discover::discover(&discoverer, &arguments.address, |_| {}).await)
}

#[expect(clippy::print_stdout, reason = "this is the command line speaking")]
fn print(arguments: &Arguments, discovery: &Discovery) {
    if arguments.json {
        println!("{}", serde_json::json!(discovery));
    } else {
        print!("{}", as_text(discovery));
    }
}

fn as_text(discovery: &Discovery) -> String {
    let mut text = String::new();
    if let Some(provider) = &discovery.provider {
        text += &format!("{}, because {}\n", provider.name, because(&provider.because));
        if let Some(way) = provider.sign_in {
            let name = if way == OAuthProvider::Microsoft { "Microsoft" } else { "Google" };
            text += &format!("Sign in with {name} is the way, and not a password.\n");
        }
    }
    if let Some(gateway) = &discovery.gateway {
        text += &format!("{gateway} filters the mail first and hides whose server it is.\n");
    }
    for need in &discovery.needs {
        let signs_in = discovery.provider.as_ref().is_some_and(|provider| provider.sign_in.is_some());
        let when = if signs_in && need.kind.is_about_password() { "First, with a password" } else { "First" };
        text += &format!("{when}: {}\n", need_words(need));
    }
    for (protocol, candidates) in [(Protocol::Imap, &discovery.incoming), (Protocol::Smtp, &discovery.outgoing)] {
        text += &format!("{}\n", protocol.name());
        if candidates.is_empty() {
            text += "  nothing was found\n";
        }
        for candidate in candidates {
            text += &candidate_line(candidate, protocol, &discovery.address);
        }
    }
    text += "Who was asked\n";
    for report in &discovery.sources {
        let outcome = match &report.outcome {
            SourceOutcome::Found => "found".to_owned(),
            SourceOutcome::Nothing => "knows nothing".to_owned(),
            SourceOutcome::NotNeeded => "not needed".to_owned(),
            SourceOutcome::Off => "switched off".to_owned(),
            SourceOutcome::Failed { trouble } => format!("failed: {trouble}"),
        };
        text += &format!("  {:>5} ms  {} ({}): {outcome}\n", report.millis, source_words(report.source), report.asked);
    }
    text
}

/// A server as `postroom check` takes it.
fn candidate_line(candidate: &Candidate, protocol: Protocol, address: &EmailAddress) -> String {
    let endpoint = &candidate.endpoint.value;
    let scheme = match (protocol, endpoint.security) {
        (Protocol::Imap, Security::Tls) => "imaps",
        (Protocol::Imap, Security::StartTls) => "imap+starttls",
        (Protocol::Imap, Security::None) => "imap",
        (Protocol::Smtp, Security::Tls) => "smtps",
        (Protocol::Smtp, Security::StartTls) => "smtp+starttls",
        (Protocol::Smtp, Security::None) => "smtp",
    };
    let certainty = match candidate.endpoint.certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Unsure => "unsure: look at the name before you type a password",
    };
    let (host, port, source) = (&endpoint.host, endpoint.port, source_words(candidate.endpoint.source));
    let username = candidate.username.value.of(address);
    format!("  {scheme}://{host}:{port}  user name {username}  ({source}, {certainty})\n")
}

fn because(because: &Because) -> String {
    match because {
        Because::Domain { domain } => format!("{domain} is its own domain"),
        Because::Mx { domain, host } => format!("the MX record of {domain} points to {host}"),
        Because::Server { host } => format!("{host} is its server"),
        Because::Autodiscover { domain, .. } => format!("Microsoft's Autodiscover answers for {domain}"),
    }
}

const fn source_words(source: Source) -> &'static str {
    match source {
        Source::Table => "the list of providers",
        Source::Mx => "the MX record",
        Source::Pacc => "the domain's own configuration, vouched for in its DNS",
        Source::Autoconfig => "the domain's autoconfig",
        Source::WellKnown => "the domain's .well-known/autoconfig",
        Source::Directory => "the public directory",
        Source::MxAutoconfig => "the autoconfig of whoever takes the mail",
        Source::MxDirectory => "the public directory, by whoever takes the mail",
        Source::Srv => "SRV records",
        Source::Autodiscover => "Microsoft's Autodiscover",
        Source::Guess => "a guess",
        Source::Usual => "what is usual",
    }
}

fn need_words(need: &Need) -> String {
    let words = match need.kind {
        NeedKind::AppPassword => "make an application password; the account's own is not taken",
        NeedKind::TwoStep => "switch two-step verification on",
        NeedKind::TwoStepAppPassword => "make an application password, where two-step verification is on",
        NeedKind::ClientCode => "get an authorisation code for mail programs; it takes the password's place",
        NeedKind::SeparatePassword => "set a password for mail; it is not the account's",
        NeedKind::ImapOff => "switch IMAP on; it is off by default",
        NeedKind::SmtpOff => "switch SMTP on; it is off by default",
        NeedKind::AdminSwitch => "an administrator allows IMAP and SMTP",
        NeedKind::Paid => "some plans have no IMAP",
        NeedKind::Region => "the host differs by region: see which one the account is in",
        NeedKind::Bridge => {
            "run the provider's bridge beside Postroom, set network.allow_loopback, and trust its self-signed certificate"
        }
        NeedKind::NoImap => "there is no IMAP: have the mail forwarded instead",
        NeedKind::Pop3Only => "there is only POP3, which Postroom does not speak: have the mail forwarded instead",
        NeedKind::ClearOnly => "the servers that are told of encrypt nothing and are left out: ask for encrypted ones",
        NeedKind::SendingKey => "get the user name and the key for SMTP from the service that sends",
    };
    match &need.link {
        Some(link) => format!("{words} ({link})"),
        None => words.to_owned(),
    }
}
