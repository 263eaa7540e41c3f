//! Over real sockets: TLS, STARTTLS, and servers that have to be visited twice.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use postroom_server::{
    imap::{self, Session},
    login::Login,
    model::{AuthMethod, CheckReport, Endpoint, Problem, Protocol, Security, Step},
    net::{Deadlines, DialOptions, Dialer, Guard, Trace},
};
use postroom_testing::{Authority, Leaf, Script, ServerTls, dialer, dialer_trusting};
use secrecy::SecretString;

/// From the sign-in on, a server that takes what we send in one go.
const INSIDE: &str = "C: AUTHENTICATE PLAIN
    S: OK [CAPABILITY IMAP4rev1 ID IDLE] Logged in
    C: ID
    S: OK ID completed.
    C: LIST
    S: * LIST () \"/\" INBOX
    S: OK List completed.
    C: EXAMINE \"INBOX\"
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: OK [READ-ONLY] Examine completed.
    C: SEARCH
    S: * SEARCH
    S: OK done
    C: IDLE
    S: + idling";

/// Walks the whole way, and tells the report beside the result.
async fn open(dialer: &Dialer, endpoint: &Endpoint) -> (Result<Session, Problem>, CheckReport) {
    let planned = CheckReport::planned(Protocol::Imap, endpoint.security);
    let report = Arc::new(Mutex::new(planned));
    let folded = Arc::clone(&report);
    let trace = Trace::to(move |event| folded.lock().unwrap().apply(event)).with_step_deadline(dialer.deadlines().step);
    let secret = SecretString::from("correct horse");
    let login = Login { username: "support@example.com".to_owned(), secret, method: AuthMethod::Plain };
    let result = imap::open(dialer, endpoint, &login, "INBOX", &trace).await;
    trace.end();
    let report = report.lock().unwrap().clone();
    (result, report)
}

/// Waits a second and a half for a first word, and half as long for words that were lost.
fn hasty() -> Dialer {
    let deadlines =
        Deadlines { step: Duration::from_secs(2), tls_probe: Duration::from_millis(400), ..Deadlines::default() };
    let options = DialOptions { guard: Guard::allow_all(), deadlines, ..DialOptions::default() };
    Dialer::new(options).expect("a dialer can be made")
}

#[tokio::test]
async fn implicit_tls_passes_every_step_from_the_name_to_idle() {
    let authority = Authority::new("A root");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let script = format!("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n{INSIDE}\nC: DONE\nC: LOGOUT");
    let server = Script::serve_tls(&script, &tls).await;
    let endpoint = server.endpoint(Security::Tls);
    let (session, report) = open(&dialer_trusting(&[authority.root()]), &endpoint).await;
    assert!(report.passed(), "{:?}", report.problem());
    session.expect("a session").close().await;
    server.all_gone().await;
}

#[tokio::test]
async fn after_starttls_the_capabilities_are_asked_for_anew() {
    let authority = Authority::new("A root");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    // A middleman may have said what he likes in clear: here, that signing in is not possible at all.
    let script = format!(
        "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
         C: STARTTLS
         S: OK Begin TLS negotiation now.
         TLS
         C: CAPABILITY
         S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
         S: OK Done.
         {INSIDE}"
    );
    let server = Script::serve_starttls(&script, &tls).await;
    let endpoint = server.endpoint(Security::StartTls);
    let (_session, report) = open(&dialer_trusting(&[authority.root()]), &endpoint).await;
    assert!(report.passed(), "{:?}", report.problem());
}

#[tokio::test]
async fn an_untrusted_certificate_after_starttls_keeps_the_password_at_home() {
    let tls = ServerTls::of(&Authority::new("Nobody's root").issue(&Leaf::default()));
    let script = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: STARTTLS\nS: OK Begin TLS\nTLS\nC: CAPABILITY";
    let server = Script::serve_starttls(script, &tls).await;
    let (_, report) = open(&dialer(), &server.endpoint(Security::StartTls)).await;
    let (step, problem) = report.problem().expect("the certificate is refused");
    assert_eq!((step, problem.kind()), (Step::StartTls, "certificate_untrusted"));
    server.all_gone().await;
    assert_eq!(server.heard().len(), 1, "STARTTLS and not a word more: {:?}", server.heard());
}

#[tokio::test]
async fn a_silent_clear_port_that_waits_for_tls_is_found_out() {
    let authority = Authority::new("A root");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_tls("S: * OK ready", &tls).await;
    let endpoint = server.endpoint(Security::None);
    let (_, report) = open(&hasty(), &endpoint).await;
    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::TlsFromTheStart { port: endpoint.port })));
}

#[tokio::test]
async fn a_server_that_never_speaks_has_no_greeting() {
    let server = Script::serve("SILENCE").await;
    let (_, report) = open(&hasty(), &server.endpoint(Security::None)).await;
    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::NoGreeting)));
}

#[tokio::test]
async fn a_reset_in_place_of_a_greeting_is_a_lost_connection() {
    let server = Script::serve("RESET").await;
    let (_, report) = open(&dialer(), &server.endpoint(Security::None)).await;
    assert_eq!(report.problem(), Some((Step::Greeting, &Problem::ConnectionLost { reply: None })));
}

const LOCK_STEP: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: AUTHENTICATE PLAIN
    S: OK [CAPABILITY IMAP4rev1 IDLE] Logged in
    C: LIST
    S: * LIST () \"/\" INBOX
    S: OK List completed.
    C: EXAMINE
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: OK Examine completed.
    C: SEARCH
    S: * SEARCH 2 3
    S: OK Search completed.
    C: IDLE
    S: + idling";

#[tokio::test]
async fn a_server_that_drops_commands_sent_together_is_asked_one_by_one() {
    let dropping = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: OK [CAPABILITY IMAP4rev1 IDLE] Logged in
        C: LIST
        CLOSE";
    let server = Script::serve_in_turn(&[dropping, LOCK_STEP]).await;
    let (session, report) = open(&dialer(), &server.endpoint(Security::None)).await;
    assert!(report.passed(), "{:?}", report.problem());
    assert_eq!(server.connections(), 2);
    let started = report.steps.iter().filter(|line| line.step == Step::SignIn).count();
    assert_eq!(started, 1, "the second way in is no second ladder");
    let folder = session.expect("a session").folder().clone();
    assert_eq!((folder.messages, folder.recent), (3, Some(2)));
}

#[tokio::test]
async fn a_server_that_forgets_commands_sent_together_is_asked_one_by_one() {
    let forgetting = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: OK [CAPABILITY IMAP4rev1 IDLE] Logged in
        C: LIST
        S: OK List completed.
        SILENCE";
    let server = Script::serve_in_turn(&[forgetting, LOCK_STEP]).await;
    let (_session, report) = open(&hasty(), &server.endpoint(Security::None)).await;
    assert!(report.passed(), "{:?}", report.problem());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_that_is_gone_on_the_second_visit_is_told_as_it_was_on_the_first() {
    let dropping = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: OK [CAPABILITY IMAP4rev1 IDLE] Logged in
        C: LIST
        CLOSE";
    let server = Script::serve_in_turn(&[dropping, "S: * BYE come back tomorrow"]).await;
    let (_, report) = open(&dialer(), &server.endpoint(Security::None)).await;
    assert_eq!(report.problem(), Some((Step::Folder, &Problem::ConnectionLost { reply: None })));
}
