//! The whole IMAP check against scripted servers: what the page sees, and what is kept.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{AuthMethod, CheckReport, Endpoint, Event, Outcome, Party, Problem, Protocol, Security, Step, StepState},
    net::{Deadlines, DialOptions, Dialer, Guard},
};
use postroom_testing::{Authority, Identity, Leaf, Script, ServerTls, dialer, dialer_trusting, impatient};

const SECRET: &str = "correct horse battery";

fn target(endpoint: Endpoint) -> Target {
    Target {
        endpoint,
        login: Login { username: "ada".to_owned(), secret: SECRET.into(), method: AuthMethod::Plain },
        subject: Subject::Incoming { folder: "INBOX".to_owned() },
    }
}

fn impatient_dialer(deadlines: Deadlines) -> Dialer {
    Dialer::new(DialOptions { guard: Guard::allow_all(), deadlines, ..DialOptions::default() }).unwrap()
}

/// Runs a check and keeps every event the listener hears.
async fn watched(dialer: &Dialer, target: &Target) -> (CheckReport, Vec<Event>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let report = sendable(check::run(dialer, target, move |event| sink.lock().unwrap().push(event.clone()))).await;
    let events = events.lock().unwrap().clone();
    (report, events)
}

/// A check runs on any thread: servers spawn it.
fn sendable<F: Future + Send>(future: F) -> F {
    future
}

/// The ladder as one word per step.
fn ladder(report: &CheckReport) -> Vec<(Step, StepState)> {
    report.steps.iter().map(|line| (line.step, line.state)).collect()
}

const GOOD: &str = "S: * OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN SASL-IR] ready
    C: AUTHENTICATE PLAIN
    S: OK [CAPABILITY IMAP4rev1 IDLE] Welcome
    C: LIST
    S: * LIST (\\HasNoChildren) \"/\" INBOX
    S: OK done
    C: EXAMINE
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: * OK [UIDNEXT 12] next
    S: OK [READ-ONLY] done
    C: SEARCH
    S: * SEARCH
    S: OK done
    C: IDLE
    S: + idling
    C: DONE
    S: OK done
    C: LOGOUT
    S: * BYE
    S: OK bye";

#[tokio::test]
async fn a_good_server_passes_every_step_and_is_left_politely() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_tls(GOOD, &tls).await;

    let (report, events) =
        watched(&dialer_trusting(&[authority.root()]), &target(server.endpoint(Security::Tls))).await;

    let passed: Vec<(Step, StepState)> =
        Step::plan(Protocol::Imap, Security::Tls).iter().map(|&step| (step, StepState::Passed)).collect();
    assert_eq!(ladder(&report), passed, "{report:#?}");
    assert_eq!(report.outcome, Some(Outcome::Passed));
    assert!(matches!(events.last(), Some(Event::Ended { .. })));
    server.all_gone().await;
    assert!(server.heard().iter().any(|line| line.ends_with("LOGOUT")), "{:?}", server.heard());
}

#[tokio::test]
async fn the_events_fold_into_the_very_report() {
    let server = Script::serve("S: * OK ready\nC: CAPABILITY\nS: * BYE going down\nCLOSE").await;
    let target = target(server.endpoint(Security::None));

    let (report, events) = watched(&dialer(), &target).await;

    let mut folded = CheckReport::planned(Protocol::Imap, Security::None);
    events.into_iter().for_each(|event| folded.apply(event));
    assert_eq!(folded, report);
}

#[tokio::test]
async fn a_refused_password_stops_the_ladder_and_is_shown_nowhere() {
    let server = Script::serve(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
         C: AUTHENTICATE PLAIN
         S: NO [AUTHENTICATIONFAILED] correct horse battery is wrong (AGFkYQBjb3JyZWN0IGhvcnNlIGJhdHRlcnk=)",
    )
    .await;

    let (report, events) = watched(&dialer(), &target(server.endpoint(Security::None))).await;

    let (step, problem) = report.problem().unwrap();
    assert_eq!((step, problem.kind()), (Step::SignIn, "bad_credentials"));
    assert_eq!(problem.reply().map(|reply| reply.contains("••• is wrong (•••")), Some(true), "{problem:?}");
    assert_eq!(report.outcome, Some(Outcome::Failed));
    assert_eq!(ladder(&report).last(), Some(&(Step::Idle, StepState::Skipped)));
    let told = serde_json::to_string(&events).unwrap() + &serde_json::to_string(&report).unwrap();
    for secret in [SECRET, "AGFkYQBjb3JyZWN0", "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

#[tokio::test]
async fn a_server_that_keeps_quiet_has_no_greeting() {
    let server = Script::serve("SILENCE").await;
    let deadlines = Deadlines { step: Duration::from_secs(1), ..impatient() };
    let (report, _) = watched(&impatient_dialer(deadlines), &target(server.endpoint(Security::None))).await;
    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::NoGreeting)));
}

#[tokio::test]
async fn a_tls_port_spoken_to_in_clear_is_told_from_a_dead_one() {
    let tls = ServerTls::of(&Identity::self_signed(&Leaf::default(), false));
    let server = Script::serve_tls("S: * OK ready", &tls).await;
    let deadlines = Deadlines { step: Duration::from_secs(1), tls_probe: Duration::from_secs(1), ..impatient() };

    let (report, _) = watched(&impatient_dialer(deadlines), &target(server.endpoint(Security::StartTls))).await;

    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::TlsFromTheStart { port: server.port() })));
}

#[tokio::test]
async fn a_step_that_outlasts_the_whole_check_has_timed_out() {
    let server = Script::serve("S: * OK ready\nC: CAPABILITY\nSILENCE").await;
    let deadlines = Deadlines { check: Duration::from_millis(300), ..Deadlines::default() };

    let (report, events) = watched(&impatient_dialer(deadlines), &target(server.endpoint(Security::None))).await;

    assert_eq!(report.problem(), Some((Step::Capabilities, &Problem::TimedOut { seconds: 1 })));
    assert_eq!(report.outcome, Some(Outcome::Failed));
    assert!(matches!(events.last(), Some(Event::Ended { .. })));
}

#[tokio::test]
async fn a_check_that_is_dropped_closes_its_connection() {
    let server = Script::serve("S: * OK ready\nC: CAPABILITY\nSILENCE").await;
    let (reached, mut arrival) = tokio::sync::mpsc::unbounded_channel();
    let (dialer, target) = (dialer(), target(server.endpoint(Security::None)));
    let check = check::run(&dialer, &target, move |event| {
        if matches!(event, Event::Started { step: Step::Capabilities }) {
            reached.send(()).unwrap();
        }
    });

    tokio::select! {
        report = check => panic!("the server said nothing, and yet: {report:?}"),
        _ = arrival.recv() => (),
    }

    server.all_gone().await;
}

#[tokio::test]
async fn an_address_users_may_not_reach_fails_at_the_first_step() {
    let strict = Dialer::new(DialOptions::default()).unwrap();
    let server = Script::serve("S: * OK ready").await;

    let (report, _) = watched(&strict, &target(server.endpoint(Security::None))).await;

    let (step, problem) = report.problem().unwrap();
    assert_eq!((step, problem.kind()), (Step::Resolve, "address_not_allowed"));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_chatterbox_does_not_fill_the_transcript() {
    let chatter = format!("S: * OK ready\nC: CAPABILITY\n{}CLOSE", "S: * OK blah blah blah blah blah\n".repeat(4_000));
    let server = Script::serve(&chatter).await;

    let (report, _) = watched(&dialer(), &target(server.endpoint(Security::None))).await;

    let bytes: usize = report.transcript.iter().map(|line| line.text.len()).sum();
    assert!(bytes < 70_000, "{bytes}");
    assert!(report.transcript.iter().any(|line| line.from == Party::Note && line.text == "…"));
}
