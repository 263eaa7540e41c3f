//! Sends a visitor to a server and holds what came of it against what must come of it.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::{FutureExt as _, StreamExt as _, stream};
use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{AuthMethod, CheckReport, EmailAddress, Endpoint, Event, Party, Protocol, Security, Step, StepState},
    net::{Deadlines, DialOptions, Dialer, Guard},
};
use postroom_testing::{Authority, Leaf, Script, ServerTls, Zone};
use rustls_pki_types::CertificateDer;

use crate::case::{self, Case};

/// The password or token: long enough to be found, and with a form of its own in quotes.
pub const SECRET: &str = "korrekt\"Pferd9Batterie";
pub const USERNAME: &str = "support@example.com";
/// How long the polite end of a check may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// No report is larger, whatever a server says: as JSON, in bytes.
const MAX_REPORT_BYTES: usize = 300_000;

/// A check that is over.
pub struct Visit {
    pub report: CheckReport,
    pub events: Vec<Event>,
    pub took: Duration,
}

/// What a visitor trusts, asks and how long he waits.
pub fn dialer(roots: &[CertificateDer<'static>], name_servers: Vec<SocketAddr>, short_patience: bool) -> Dialer {
    let deadlines = if short_patience { short() } else { Deadlines::default() };
    let options = DialOptions {
        ehlo_name: "postroom.example".to_owned(),
        guard: Guard::allow_all(),
        extra_roots: roots.to_vec(),
        name_servers,
        deadlines,
        ..DialOptions::default()
    };
    Dialer::new(options).expect("a dialer can be made")
}

fn short() -> Deadlines {
    Deadlines {
        step: Duration::from_millis(1_200),
        check: Duration::from_secs(4),
        tls_probe: Duration::from_millis(250),
        ..Deadlines::default()
    }
}

/// Checks a server as a mailbox does.
pub async fn check(dialer: &Dialer, protocol: Protocol, endpoint: Endpoint, method: AuthMethod) -> Visit {
    let login = Login { username: USERNAME.to_owned(), secret: SECRET.into(), method };
    let subject = match protocol {
        Protocol::Imap => Subject::Incoming { folder: "INBOX".to_owned() },
        Protocol::Smtp => Subject::Outgoing { sender: EmailAddress::parse(USERNAME).unwrap() },
    };
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let began = Instant::now();
    let target = Target { endpoint, login, subject };
    let report = check::run(dialer, &target, move |event| sink.lock().unwrap().push(event.clone())).await;
    let took = began.elapsed();
    let events = events.lock().unwrap().clone();
    Visit { report, events, took }
}

/// How many servers are visited at the same time.
const AT_A_TIME: usize = 16;

/// Runs every file of a folder, a few at a time so that their clocks measure servers and not each other, and fails with
/// all that went wrong.
pub async fn run_all(protocol: Protocol) {
    let runs = case::all(protocol).into_iter().map(|case| tokio::spawn(run(case)).map(Result::unwrap));
    let faults: String = stream::iter(runs).buffer_unordered(AT_A_TIME).collect().await;
    assert!(faults.is_empty(), "{faults}");
}

/// Runs one file; what is wrong with the outcome, with the whole ladder and the conversation.
async fn run(case: Case) -> String {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::named(&[&case.host])));
    let scripts: Vec<&str> = case.scripts.iter().map(String::as_str).collect();
    let server = match case.security {
        Security::Tls => Script::serve_tls(scripts[0], &tls).await,
        Security::StartTls => Script::serve_starttls(scripts[0], &tls).await,
        Security::None => Script::serve_in_turn(&scripts).await,
    };
    let name_server = Zone::default().address(&case.host, "127.0.0.1").serve().await;
    let dialer = dialer(&[authority.root()], vec![name_server], case.short_patience);
    let endpoint = server.endpoint_named(&case.host, case.security);
    let visit = check(&dialer, case.protocol, endpoint, case.method).await;
    server.all_gone().await;

    let mut faults = visit.faults(&case, dialer.deadlines());
    faults.extend(server.surprise());
    let in_clear = server.heard_in_clear();
    let secret_may_be_said = case.security == Security::None && visit.reached(Step::SignIn);
    if !secret_may_be_said && let Some(form) = forms().into_iter().find(|form| contains(&in_clear, form)) {
        faults.push(format!("the server heard {form:?} in clear: {}", String::from_utf8_lossy(&in_clear)));
    }
    if server.sent_bytes() > case.reads {
        faults.push(format!("{} bytes were taken, and at most {} should be", server.sent_bytes(), case.reads));
    }
    visit.told(&case.name, &faults)
}

/// The secret in every form that shows it: plain, quoted, and inside of base64 at each of the three offsets.
pub fn forms() -> Vec<String> {
    let inside = (0..3).map(|offset| {
        let message = [&b"\0\0"[..offset], SECRET.as_bytes()].concat();
        STANDARD.encode(&message).get((offset * 8).div_ceil(6)..message.len() * 8 / 6).unwrap_or_default().to_owned()
    });
    [SECRET.to_owned(), SECRET.replace('"', "\\\"")].into_iter().chain(inside).collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

impl Visit {
    /// True when the ladder came so far as to begin this step.
    pub fn reached(&self, step: Step) -> bool {
        self.report
            .steps
            .iter()
            .any(|line| line.step == step && !matches!(line.state, StepState::Waiting | StepState::Skipped))
    }

    /// What is wrong with it whatever the server did: it ended in time, is not large and tells no secret.
    pub fn faults_of_any(&self, deadlines: &Deadlines) -> Vec<String> {
        let mut faults = Vec::new();
        if self.took > deadlines.check + FAREWELL {
            faults.push(format!("it took {:?}, past its deadline", self.took));
        }
        if self.report.outcome.is_none() || self.report.steps.iter().any(|line| line.state == StepState::Running) {
            faults.push("it has no end".to_owned());
        }
        let stored = serde_json::to_string(&self.report).unwrap();
        if stored.len() > MAX_REPORT_BYTES {
            faults.push(format!("the report has {} bytes", stored.len()));
        }
        // A quotation mark is escaped once more by JSON.
        let told = stored + &serde_json::to_string(&self.events).unwrap();
        let told = told.replace("\\\"", "\"").replace("\\\\", "\\");
        faults.extend(forms().iter().filter(|form| told.contains(*form)).map(|form| format!("it tells {form:?}")));
        faults
    }

    fn faults(&self, case: &Case, deadlines: &Deadlines) -> Vec<String> {
        let mut faults = self.faults_of_any(deadlines);
        let found = self.report.problem().map(|(step, problem)| (problem.kind().to_owned(), word(&step)));
        if found != case.problem {
            faults.push(format!("expected {:?}, found {found:?}", case.problem));
        }
        let reply = self.report.problem().and_then(|(_, problem)| problem.reply()).unwrap_or_default();
        faults.extend(
            case.quotes.iter().filter(|words| !reply.contains(*words)).map(|words| format!("does not quote {words:?}")),
        );
        let findings = word(&self.report.steps.iter().filter_map(|line| line.finding.clone()).collect::<Vec<_>>());
        faults.extend(
            case.finds.iter().filter(|piece| !findings.contains(*piece)).map(|piece| format!("does not find {piece}")),
        );
        let noted = |piece: &String| {
            self.report.transcript.iter().any(|line| line.from == Party::Note && line.text.contains(piece))
        };
        faults.extend(case.notes.iter().filter(|piece| !noted(piece)).map(|piece| format!("does not note {piece:?}")));
        if self.took > case.within {
            faults.push(format!("it took {:?}", self.took));
        }
        faults
    }

    /// The faults with everything one needs to understand them; empty where there are none.
    pub fn told(&self, name: &str, faults: &[String]) -> String {
        if faults.is_empty() {
            return String::new();
        }
        let mut told = format!("\n{name}\n");
        for fault in faults {
            let _ = writeln!(told, "  ✗ {fault}");
        }
        let _ = writeln!(told, "  after {:?}: {:?}", self.took, self.report.problem());
        for line in self.report.transcript.iter().take(40) {
            let text: String = line.text.chars().take(160).collect();
            let _ = writeln!(told, "    {:>5} {:?} {text}", line.at_millis, line.from);
        }
        told
    }
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap().trim_matches('"').to_owned()
}
