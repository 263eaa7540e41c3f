//! Names come from users and replies from strangers: neither may turn a remedy into a trap.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it has to be")]

use std::process::Command;

use postroom_server::{
    model::{Fingerprint, Language, OAuthProvider, Problem, Protocol, Remedy, Security},
    remedy::{OAuthSituation, Situation, examples, remedy},
};
use serde_json::Value;

const HOSTILE_HOSTS: &[&str] = &[
    "mail.example.com; touch owned",
    "mail.example.com && touch owned",
    "$(touch owned).example.com",
    "`touch owned`.example.com",
    "a'b.example.com",
    "a\"b.example.com",
    "a|b.example.com",
    "a>owned.example.com",
    "-e.example.com",
    "--help",
    "mail.example.com\ntouch owned",
    "mail.example.com\r\ntouch owned\r\n",
    "mail.example.com\u{1b}[201~\ntouch owned\n",
    "mail.\u{202e}moc.elpmaxe",
    "*",
    "~root",
    "%APPDATA%",
    "2001:db8::1",
    "[2001:db8::1]",
    "fe80::1%eth0",
    "지원.한국",
    "{host}",
    "",
];

/// Commands that name nothing that anybody could have typed.
const NAMELESS: [&str; 1] = ["ss -s"];

#[test]
fn a_copied_command_does_one_thing_whatever_the_host_is_called() {
    let long = ["a".repeat(300), "a.".repeat(200)];
    for host in HOSTILE_HOSTS.iter().copied().chain(long.iter().map(String::as_str)) {
        for command in commands_of_every_problem(host) {
            assert_inert_in_a_shell(&command, host);
        }
    }
}

#[test]
fn an_ordinary_host_gets_its_commands() {
    assert!(commands_of_every_problem("mail.example.com").len() > 20);
    // What is wrong with a sender is asked of the sender's domain.
    let of_the_sender = |command: &str| command.ends_with(" _dmarc.example.com");
    let named = |command: &str| {
        command.contains("xn--sp5bt7c.xn--3e0b707e") || NAMELESS.contains(&command) || of_the_sender(command)
    };
    let unnamed: Vec<_> =
        commands_of_every_problem("지원.한국").into_iter().filter(|command| !named(command)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn a_copied_command_does_one_thing_whatever_the_address_is() {
    let mut commands = 0;
    for local in [
        "o'brien",
        "o\u{2019}brien",
        "a$env:x",
        "a`b",
        "a|b",
        "{id}",
        "#a",
        "a&b",
        "-x",
        "a\u{202e}b",
        "a;b",
        "a b",
        "a)b",
    ] {
        let address = format!("{local}@example.com");
        let situation = Situation {
            protocol: Protocol::Imap,
            host: "outlook.office365.com".to_owned(),
            port: 993,
            security: Security::Tls,
            username: "someone@example.com".to_owned(),
            address: address.clone(),
            oauth: None,
        };
        for problem in [
            Problem::ImapDisabled { reply: String::new() },
            Problem::SmtpAuthDisabled { reply: String::new() },
            Problem::AuthenticatedButNotConnected { reply: String::new() },
            Problem::NotAuthorized { reply: String::new() },
            Problem::SenderRefused { sender: address.clone(), reply: String::new() },
        ] {
            let Some(command) = remedy(&problem, &situation, Language::En).command else { continue };
            let arguments = power_shell_arguments(&command);
            assert_eq!(arguments.get(1).map(String::as_str), Some("-Identity"), "{command}");
            assert_eq!(arguments.get(2), Some(&address), "{command}");
            commands += 1;
        }
    }
    assert!(commands >= 40, "only {commands} commands were looked at");
}

#[test]
fn a_copied_command_does_one_thing_whoever_signed_in() {
    let mut commands = 0;
    for local in
        ["o'brien", "o\u{2019}brien", "a`b", "a|b", "{id}", "-x", "a\u{202e}b", "a;b", "a b", "a' -Confirm:0 '"]
    {
        let person = format!("{local}@example.com");
        let situation = Situation {
            protocol: Protocol::Imap,
            host: "outlook.office365.com".to_owned(),
            port: 993,
            security: Security::Tls,
            username: "support@example.com".to_owned(),
            address: "support@example.com".to_owned(),
            oauth: Some(OAuthSituation {
                provider: OAuthProvider::Microsoft,
                person: person.clone(),
                client_id: "'; id".to_owned(),
                tenant: "$(id)".to_owned(),
                redirect_uri: "https://desk.example.com/$(id)".to_owned(),
                by_link: false,
            }),
        };
        for (problem, _) in examples() {
            let Some(command) = remedy(&problem, &situation, Language::En).command else { continue };
            if !command.starts_with("Add-") {
                continue;
            }
            let arguments = power_shell_arguments(&command);
            assert_eq!(arguments.len(), 7, "{command}");
            assert_eq!(arguments.get(4), Some(&person), "{command}");
            commands += 1;
        }
    }
    assert!(commands >= 24, "only {commands} commands were looked at");
}

#[test]
fn links_hold_nothing_that_somebody_typed() {
    let hostile = "https://evil.example/AADSTS1\u{202e}\"><script>";
    for (problem, situation) in examples() {
        let problem = with_texts(&problem, &|_| Some(hostile.to_owned()));
        for provider in OAuthProvider::BOTH {
            let oauth = OAuthSituation {
                provider,
                person: hostile.to_owned(),
                client_id: hostile.to_owned(),
                tenant: hostile.to_owned(),
                redirect_uri: hostile.to_owned(),
                by_link: false,
            };
            let situation = Situation {
                host: hostile.to_owned(),
                address: hostile.to_owned(),
                oauth: Some(oauth),
                ..situation.clone()
            };
            if let Some(link) = remedy(&problem, &situation, Language::En).link {
                assert!(!link.contains("evil") && !link.contains('<'), "{}: {link}", problem.kind());
            }
        }
    }
}

#[test]
fn hostile_texts_leave_every_remedy_readable() {
    let hostile = format!("\u{202e}evil\r\n\u{0}{}", "가A".repeat(400));
    for (problem, situation) in examples() {
        let problem = with_texts(&problem, &|key| (!matches!(key, "reply" | "line")).then(|| hostile.clone()));
        let oauth = situation.oauth.as_ref().map(|oauth| OAuthSituation {
            provider: oauth.provider,
            person: hostile.clone(),
            client_id: hostile.clone(),
            tenant: hostile.clone(),
            redirect_uri: hostile.clone(),
            by_link: false,
        });
        let situation = Situation {
            host: hostile.clone(),
            username: hostile.clone(),
            address: hostile.clone(),
            oauth,
            ..situation
        };
        for language in Language::ALL {
            let remedy = remedy(&problem, &situation, language);
            assert!(remedy.title.chars().count() <= 80, "{}: {}", problem.kind(), remedy.title);
            let command = remedy.command.as_deref().filter(|command| !NAMELESS.contains(command));
            assert_eq!(command, None, "{}", problem.kind());
            for text in texts(&remedy) {
                assert!(!text.contains(['\u{202e}', '\r', '\n', '\u{0}']), "{}: {text:?}", problem.kind());
                assert!(text.chars().count() < 1_000, "{}: {text}", problem.kind());
            }
        }
    }
}

#[test]
fn the_servers_own_words_are_not_repeated() {
    let words = "xyzzy plugh";
    for (problem, situation) in examples() {
        let problem = with_texts(&problem, &|key| matches!(key, "reply" | "line").then(|| words.to_owned()));
        for language in Language::ALL {
            let remedy = remedy(&problem, &situation, language);
            assert!(texts(&remedy).iter().all(|text| !text.contains(words)), "{}", problem.kind());
        }
    }
}

/// The Unix commands that all problems together would show for this host.
fn commands_of_every_problem(host: &str) -> Vec<String> {
    examples()
        .into_iter()
        .filter_map(|(problem, situation)| {
            let situation = Situation { host: host.to_owned(), ..situation };
            let problem = with_texts(&problem, &|key| (key == "host").then(|| host.to_owned()));
            remedy(&problem, &situation, Language::En).command
        })
        .filter(|command| !["Set-", "Add-"].iter().any(|verb| command.starts_with(verb)))
        .collect()
}

/// Lets a real shell read the command with stand-ins for the programs, and sees that nothing else ran.
fn assert_inert_in_a_shell(command: &str, host: &str) {
    let world = tempfile::tempdir().expect("a directory");
    let script = format!(
        "ran() {{ printf '%s\\n' \"$1\" >>ran; }}\n\
         openssl() {{ ran openssl; }}\nnc() {{ ran nc; }}\nnslookup() {{ ran nslookup; }}\nss() {{ ran ss; }}\n{command}\n"
    );
    let output = Command::new("sh").arg("-c").arg(&script).current_dir(world.path()).output().expect("a shell");
    let files: Vec<_> = std::fs::read_dir(world.path())
        .expect("the directory")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    let ran = std::fs::read_to_string(world.path().join("ran")).expect("what ran");
    let programs = if command.contains(" | openssl x509 ") { 2 } else { 1 };
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{host:?}: {command}");
    assert_eq!(files, ["ran"], "{host:?}: {command}");
    assert_eq!(ran.lines().count(), programs, "{host:?}: {command}");
    assert!(!command.contains(['\n', '\r', '`', '$', ';', '&', '"', '\\', '\u{1b}']), "{host:?}: {command}");
}

/// Reads a line as PowerShell does: blanks part arguments, single quotes (also the curly ones) hold everything.
fn power_shell_arguments(line: &str) -> Vec<String> {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let mut arguments = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let Some(argument) = arguments.last_mut() else { unreachable!() };
        match c {
            c if is_quote(c) && quoted && characters.peek().is_some_and(|&next| is_quote(next)) => {
                characters.next();
                argument.push(c);
            }
            c if is_quote(c) => quoted = !quoted,
            c if quoted => argument.push(c),
            ' ' => arguments.push(String::new()),
            c => {
                assert!(c.is_ascii_alphanumeric() || "-$@.".contains(c), "{c:?} outside quotes: {line}");
                argument.push(c);
            }
        }
    }
    assert!(!quoted, "an open quote: {line}");
    arguments
}

/// The same problem with other texts in it; `text` says for a field's name what to put there.
fn with_texts(problem: &Problem, text: &dyn Fn(&str) -> Option<String>) -> Problem {
    let mut value = serde_json::to_value(problem).expect("a problem is JSON");
    let fields = value.as_object_mut().expect("a problem is an object");
    for (key, value) in fields.iter_mut().filter(|(key, _)| !matches!(key.as_str(), "kind" | "wanted" | "protocol")) {
        if let Some(text) = text(key) {
            match value {
                // Read as such or not at all.
                Value::String(old) if Fingerprint::parse(old).is_some() => {}
                Value::String(old) => *old = text,
                Value::Array(old) if old.iter().all(Value::is_string) => *old = vec![Value::String(text); 3],
                Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
            }
        }
    }
    serde_json::from_value(value).expect("still the same problem")
}

fn texts(remedy: &Remedy) -> Vec<&str> {
    let steps = remedy.steps.iter().map(String::as_str);
    [remedy.title.as_str(), remedy.why.as_str()].into_iter().chain(steps).collect()
}
