//! TLS over real sockets: what is trusted, and how everything else is told apart.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a world that cannot be made is a failed test")]

#[path = "tls/pinning.rs"]
mod pinning;

use std::sync::{Arc, Mutex};

use postroom_server::{
    model::{Event, Finding, Problem, Security, Step, Timestamp},
    net::{DialOptions, Dialer, Guard, Trace},
};
use postroom_testing::{Authority, Identity, Leaf, Script, ServerTls, dialer, dialer_trusting, impatient};

/// Serves with this identity and tells what a dialer that trusts `authority` makes of it.
async fn problem_with(identity: &Identity, authority: &Authority) -> Problem {
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(identity)).await;
    let dialer = dialer_trusting(&[authority.root()]);
    dialer.open(&server.endpoint(Security::Tls), &Trace::off()).await.unwrap_err()
}

/// What becomes of a handshake with a server that speaks by script.
async fn problem_with_script(script: &str) -> (Problem, u16) {
    let server = Script::serve(script).await;
    let problem = dialer().open(&server.endpoint(Security::Tls), &Trace::off()).await.unwrap_err();
    (problem, server.port())
}

/// 1 January of a year, for years after 1970.
fn new_year(year: i64) -> Timestamp {
    let leap_days = (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
    Timestamp(((year - 1970) * 365 + leap_days) * 86_400_000)
}

#[tokio::test]
async fn a_trusted_server_shows_its_certificate() {
    let authority = Authority::new("House CA");
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&authority.issue(&Leaf::default()))).await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let trace = Trace::to(move |event| sink.lock().unwrap().push(event));

    let mut wire = dialer_trusting(&[authority.root()]).open(&server.endpoint(Security::Tls), &trace).await.unwrap();

    wire.receive().await.unwrap();
    assert_eq!(wire.inbox(), b"* OK ready\r\n");
    let events = events.lock().unwrap();
    let Some(Event::Passed { step: Step::Tls, finding: Finding::Secured { version, cipher, certificate }, .. }) =
        events.last()
    else {
        panic!("{events:?}")
    };
    assert_eq!((version.as_str(), cipher.as_str()), ("TLS 1.3", "TLS13_AES_128_GCM_SHA256"));
    assert_eq!(certificate.names, ["localhost", "127.0.0.1", "::1"]);
    assert_eq!(certificate.issuer, "Postroom tests, House CA");
    assert_eq!((certificate.not_before, certificate.not_after), (new_year(2020), new_year(2120)));
    assert_eq!(certificate.sha256.len(), 64);
}

#[tokio::test]
async fn a_server_with_tls_1_2_alone_is_new_enough() {
    let authority = Authority::new("House CA");
    let server = Script::serve_tls("S: * OK ready", &ServerTls::tls12_of(&authority.issue(&Leaf::default()))).await;
    let wire = dialer_trusting(&[authority.root()]).open(&server.endpoint(Security::Tls), &Trace::off()).await;
    assert!(wire.is_ok(), "{wire:?}");
}

#[tokio::test]
async fn an_intermediate_authority_is_followed_to_its_root() {
    let root = Authority::new("House CA");
    let identity = root.intermediate("Mail CA").issue(&Leaf::default());
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
    let wire = dialer_trusting(&[root.root()]).open(&server.endpoint(Security::Tls), &Trace::off()).await;
    assert!(wire.is_ok(), "{wire:?}");
}

#[tokio::test]
async fn a_missing_intermediate_is_named() {
    let root = Authority::new("House CA");
    let identity = root.intermediate("Mail CA").issue(&Leaf::default()).without_intermediates();
    assert_eq!(
        problem_with(&identity, &root).await,
        Problem::CertificateUntrusted { issuer: "Postroom tests, Mail CA".to_owned() }
    );
}

#[tokio::test]
async fn a_device_that_opens_the_connection_is_named() {
    let identity = Authority::new("FortiGate CA").issue(&Leaf::default());
    assert_eq!(
        problem_with(&identity, &Authority::new("Other CA")).await,
        Problem::CertificateInspected { issuer: "Postroom tests, FortiGate CA".to_owned() }
    );
}

#[tokio::test]
async fn a_server_that_does_not_know_the_name_says_so_by_alert() {
    // unrecognized_name (112).
    let (problem, _) = problem_with_script("S~ \\x15\\x03\\x03\\0\\x02\\x02\\x70").await;
    assert_eq!(problem, Problem::HostNotServed { host: "127.0.0.1".to_owned() });
}

#[tokio::test]
async fn an_authority_nobody_trusts_is_named() {
    let identity = Authority::new("Private CA").issue(&Leaf::default());
    assert_eq!(
        problem_with(&identity, &Authority::new("Other CA")).await,
        Problem::CertificateUntrusted { issuer: "Postroom tests, Private CA".to_owned() }
    );
}

#[tokio::test]
async fn an_expired_certificate_tells_since_when() {
    let authority = Authority::new("House CA");
    let identity = authority.issue(&Leaf { years: (2020, 2022), ..Leaf::default() });
    assert_eq!(problem_with(&identity, &authority).await, Problem::CertificateExpired { not_after: new_year(2022) });
}

#[tokio::test]
async fn a_certificate_of_the_future_tells_from_when() {
    let authority = Authority::new("House CA");
    let identity = authority.issue(&Leaf { years: (2100, 2110), ..Leaf::default() });
    assert_eq!(
        problem_with(&identity, &authority).await,
        Problem::CertificateNotYetValid { not_before: new_year(2100) }
    );
}

#[tokio::test]
async fn a_certificate_for_another_host_tells_for_which() {
    let authority = Authority::new("House CA");
    let identity = authority.issue(&Leaf::named(&["mail.example.test", "192.0.2.1"]));
    assert_eq!(
        problem_with(&identity, &authority).await,
        Problem::CertificateForOtherName {
            host: "127.0.0.1".to_owned(),
            names: vec!["mail.example.test".to_owned(), "192.0.2.1".to_owned()],
        }
    );
}

#[tokio::test]
async fn a_certificate_without_alternative_names_is_for_no_host() {
    let authority = Authority::new("House CA");
    let identity = authority.issue(&Leaf { names: Vec::new(), ..Leaf::default() });
    assert_eq!(
        problem_with(&identity, &authority).await,
        Problem::CertificateWithoutNames { common_name: "localhost".to_owned() }
    );
}

#[tokio::test]
async fn a_server_that_vouches_for_itself_is_told_from_an_unknown_authority() {
    for is_ca in [true, false] {
        let identity = Identity::self_signed(&Leaf::default(), is_ca);
        assert_eq!(
            problem_with(&identity, &Authority::new("Other CA")).await,
            Problem::CertificateSelfSigned { subject: "localhost".to_owned() },
            "CA:{is_ca}"
        );
    }
}

#[tokio::test]
async fn a_servers_own_certificate_can_be_trusted_by_itself() {
    for is_ca in [true, false] {
        let identity = Identity::self_signed(&Leaf::default(), is_ca);
        let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
        let trusting = dialer_trusting(&identity.chain);
        let wire = trusting.open(&server.endpoint(Security::Tls), &Trace::off()).await;
        assert!(wire.is_ok(), "CA:{is_ca}: {wire:?}");
    }
}

#[tokio::test]
async fn a_certificate_trusted_by_itself_must_still_be_in_its_time_and_name_the_host() {
    let old = Leaf { years: (2020, 2022), ..Leaf::default() };
    for (leaf, kind) in
        [(old, "certificate_expired"), (Leaf::named(&["mail.example.test"]), "certificate_for_other_name")]
    {
        let identity = Identity::self_signed(&leaf, true);
        let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
        let trusting = dialer_trusting(&identity.chain);
        let problem = trusting.open(&server.endpoint(Security::Tls), &Trace::off()).await.unwrap_err();
        assert_eq!(problem.kind(), kind);
    }
}

#[tokio::test]
async fn clear_words_where_tls_was_due_are_kept_for_the_transcript() {
    let server = Script::serve("S: 220 mail.example.test ESMTP ready").await;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let trace = Trace::to(move |event| {
        if let Event::Line(line) = event {
            sink.lock().unwrap().push(line.text);
        }
    });

    let problem = dialer().open(&server.endpoint(Security::Tls), &trace).await.unwrap_err();

    assert_eq!(problem, Problem::NotATlsPort { port: server.port() });
    assert_eq!(*lines.lock().unwrap(), ["220 mail.example.test ESMTP ready"]);
}

#[tokio::test]
async fn every_clear_greeting_is_known_for_no_tls() {
    for greeting in ["* OK ready", "+OK ready", "220 ready", "HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH"] {
        let (problem, port) = problem_with_script(&format!("S: {greeting}")).await;
        assert_eq!(problem, Problem::NotATlsPort { port }, "{greeting}");
    }
}

#[tokio::test]
async fn a_server_with_old_tls_alone_says_so_by_alert() {
    // protocol_version (70), in a record of TLS 1.1.
    let (problem, _) = problem_with_script("S~ \\x15\\x03\\x02\\0\\x02\\x02\\x46").await;
    assert_eq!(problem, Problem::TlsTooOld);
}

#[tokio::test]
async fn a_server_without_a_common_cipher_says_so_by_alert() {
    let (problem, _) = problem_with_script("S~ \\x15\\x03\\x03\\0\\x02\\x02\\x28").await;
    assert_eq!(problem, Problem::TlsNoSharedCipher);
}

#[tokio::test]
async fn other_alerts_are_shown_by_name() {
    let (problem, _) = problem_with_script("S~ \\x15\\x03\\x03\\0\\x02\\x02\\x50").await;
    assert!(matches!(&problem, Problem::TlsFailed { detail } if detail.contains("InternalError")), "{problem:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_during_the_handshake_has_failed() {
    for script in ["CLOSE", "RESET"] {
        let (problem, _) = problem_with_script(script).await;
        assert!(matches!(problem, Problem::TlsFailed { .. }), "{script}: {problem:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_the_handshake_is_given_up() {
    let server = Script::serve("SILENCE").await;
    let trace = Trace::off().with_step_deadline(impatient().step);
    let problem = dialer().open(&server.endpoint(Security::Tls), &trace).await.unwrap_err();
    assert_eq!(problem, Problem::TimedOut { seconds: 1 });
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_from_us_is_understood_in_tls_1_3_and_1_2() {
    let authority = Authority::new("House CA");
    let identity = authority.issue(&Leaf::default());
    let dialer = dialer_trusting(&[authority.root()]);
    for tls in [
        ServerTls::demanding_a_client_certificate(&identity, &authority),
        ServerTls::tls12_demanding_a_client_certificate(&identity, &authority),
    ] {
        let server = Script::serve_tls("S: * OK ready", &tls).await;
        let opened = dialer.open(&server.endpoint(Security::Tls), &Trace::off()).await;
        // TLS 1.3 tells it only after the handshake, on the first read.
        let problem = match opened {
            Ok(mut wire) => wire.receive().await.unwrap_err(),
            Err(problem) => problem,
        };
        assert_eq!(problem, Problem::ClientCertificateWanted);
    }
}

#[tokio::test]
async fn starttls_is_secured_in_the_middle_of_a_conversation() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_starttls("S: 220 go ahead\nTLS\nC: EHLO\nS: 250 inside", &tls).await;
    let endpoint = server.endpoint(Security::StartTls);
    let dialer = dialer_trusting(&[authority.root()]);
    let mut wire = dialer.open(&endpoint, &Trace::off()).await.unwrap();
    wire.receive().await.unwrap();
    wire.consume(usize::MAX);

    let (mut wire, finding) = dialer.secure(wire, &endpoint).await.unwrap();

    assert!(matches!(finding, Finding::Secured { .. }));
    wire.send(b"EHLO there\r\n").await.unwrap();
    wire.receive().await.unwrap();
    assert_eq!(wire.inbox(), b"250 inside\r\n");
}

#[tokio::test]
async fn words_slipped_in_before_the_handshake_stop_it() {
    let server = Script::serve("S: 220 go ahead").await;
    let endpoint = server.endpoint(Security::StartTls);
    let dialer = dialer();
    let mut wire = dialer.open(&endpoint, &Trace::off()).await.unwrap();
    wire.receive().await.unwrap();

    let problem = dialer.secure(wire, &endpoint).await.unwrap_err();

    assert_eq!(problem, Problem::StartTlsInjected { reply: None });
}

#[tokio::test]
async fn a_port_that_begins_with_tls_is_recognised() {
    let tls = ServerTls::of(&Identity::self_signed(&Leaf::default(), true));
    let server = Script::serve_tls("S: * OK ready", &tls).await;
    assert!(dialer().begins_with_tls(&server.endpoint(Security::StartTls)).await);
}

#[tokio::test]
async fn a_clear_a_silent_and_a_closing_port_are_not_taken_for_tls() {
    let impatient =
        Dialer::new(DialOptions { guard: Guard::allow_all(), deadlines: impatient(), ..DialOptions::default() })
            .unwrap();
    for script in ["S: 220 ready", "SILENCE", "CLOSE"] {
        let server = Script::serve(script).await;
        assert!(!impatient.begins_with_tls(&server.endpoint(Security::None)).await, "{script}");
    }
}

#[tokio::test]
async fn a_server_that_leaves_without_tls_farewell_has_just_left() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_tls("S: * BYE\nABANDON", &tls).await;
    let mut wire =
        dialer_trusting(&[authority.root()]).open(&server.endpoint(Security::Tls), &Trace::off()).await.unwrap();

    let mut last = usize::MAX;
    while last > 0 {
        last = wire.receive().await.unwrap();
    }

    assert_eq!(wire.inbox(), b"* BYE\r\n");
}
