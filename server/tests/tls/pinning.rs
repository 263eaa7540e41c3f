//! One certificate, or an authority of one's own, trusted for one server.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{
        AuthMethod, CheckReport, Endpoint, Event, Finding, Fingerprint, Outcome, Presented, Problem, Protocol,
        Security, Step, Trust,
    },
    net::{Trace, tls::certificate},
};
use postroom_testing::{Authority, Identity, Leaf, Script, ServerTls, dialer};
use rustls::version::{TLS12, TLS13};

const SECRET: &str = "correct horse battery";

/// A whole visit over IMAP, from the greeting on.
const IMAP: &str = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready
C: AUTHENTICATE PLAIN
S: OK [CAPABILITY IMAP4rev1 IDLE] Welcome
C: LIST
S: * LIST () \"/\" INBOX
S: OK List done
C: EXAMINE
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] valid
S: * OK [UIDNEXT 12] next
S: OK [READ-ONLY] Examine done
C: SEARCH
S: * SEARCH
S: OK Search done
C: IDLE
S: + idling";
/// What a server says in clear before it is encrypted.
const IMAP_STARTTLS: &str = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR] ready
C: STARTTLS
S: OK begin
TLS
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 SASL-IR IDLE AUTH=PLAIN
S: OK done";

fn fingerprint(identity: &Identity) -> Fingerprint {
    certificate::pinned_by(&identity.chain[0])
}

fn pin(identity: &Identity) -> Trust {
    Trust::Certificate { sha256: fingerprint(identity) }
}

fn authority(certificates: &[&[u8]]) -> Trust {
    let pem = |der: &&[u8]| {
        let text = STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    Trust::Authority { pem: certificates.iter().map(pem).collect() }
}

fn trusting(endpoint: Endpoint, trust: Trust) -> Endpoint {
    Endpoint { trust, ..endpoint }
}

/// Identities that nobody would believe, each for another reason.
fn doubtful() -> Vec<(&'static str, Identity)> {
    let authority = Authority::new("Nobody's CA");
    vec![
        ("self-signed, CA:TRUE", Identity::self_signed(&Leaf::default(), true)),
        ("self-signed", Identity::self_signed(&Leaf::default(), false)),
        ("unknown authority", authority.issue(&Leaf::default())),
        ("expired", authority.issue(&Leaf { years: (2020, 2022), ..Leaf::default() })),
        ("of the future", Identity::self_signed(&Leaf { years: (2100, 2110), ..Leaf::default() }, true)),
        ("for another name", authority.issue(&Leaf::named(&["mail.example.test"]))),
        ("without names", authority.issue(&Leaf { names: Vec::new(), ..Leaf::default() })),
    ]
}

async fn opened(endpoint: &Endpoint) -> Result<(), Problem> {
    dialer().open(endpoint, &Trace::off()).await.map(|_| ())
}

async fn checked(endpoint: Endpoint) -> (CheckReport, Vec<Event>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let login =
        Login { username: "ada@example.com".to_owned(), secret: SECRET.to_owned().into(), method: AuthMethod::Plain };
    let target = Target { endpoint, login, subject: Subject::Incoming { folder: "INBOX".to_owned() } };
    let report = check::run_watched(&dialer(), &target, move |event| sink.lock().unwrap().push(event.clone())).await;
    let events = events.lock().unwrap().clone();
    (report, events)
}

fn presented(report: &CheckReport) -> &Presented {
    report.presented.as_deref().unwrap()
}

#[tokio::test]
async fn one_certificate_is_trusted_whatever_it_says() {
    for (what, identity) in doubtful() {
        for tls in [ServerTls::of(&identity), ServerTls::tls12_of(&identity)] {
            let server = Script::serve_tls(IMAP, &tls).await;
            let (report, events) = checked(trusting(server.endpoint(Security::Tls), pin(&identity))).await;
            assert!(report.passed(), "{what}: {report:?}");
            assert_eq!(report.certificate().unwrap().fingerprint(), Some(fingerprint(&identity)), "{what}");
            let noted = |event: &Event| matches!(event, Event::Line(line) if line.text.contains("one certificate"));
            assert!(events.iter().any(noted), "{what}: the conversation says how it was judged");
        }
    }
}

#[tokio::test]
async fn every_certificate_that_can_be_trusted_by_itself_is_shown_and_offered() {
    for (what, identity) in doubtful() {
        let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
        let (report, events) = checked(server.endpoint(Security::Tls)).await;
        let shown = presented(&report);
        assert_eq!(shown.certificate.fingerprint(), Some(fingerprint(&identity)), "{what}");
        assert!(shown.may_be_pinned, "{what}: {report:?}");
        let place = |wanted: fn(&Event) -> bool| events.iter().position(wanted).unwrap();
        let (shown, failed) =
            (place(|event| matches!(event, Event::Presented(_))), place(|event| matches!(event, Event::Failed { .. })));
        assert!(shown < failed, "{what}: it explains the failure");
    }
}

#[tokio::test]
async fn what_a_device_on_the_way_has_made_is_shown_but_not_offered() {
    let identity = Authority::new("FortiGate CA").issue(&Leaf::default());
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
    let (report, _) = checked(server.endpoint(Security::Tls)).await;
    assert!(!presented(&report).may_be_pinned);
}

#[tokio::test]
async fn a_changed_certificate_stops_the_connection_and_nothing_is_said() {
    let (before, now) = (Identity::self_signed(&Leaf::default(), true), Identity::self_signed(&Leaf::default(), true));
    let expected = Problem::PinnedCertificateChanged {
        expected: fingerprint(&before),
        found: fingerprint(&now),
        vouched_for: false,
    };
    let server = Script::serve_tls(IMAP, &ServerTls::of(&now)).await;
    let (report, _) = checked(trusting(server.endpoint(Security::Tls), pin(&before))).await;
    assert_eq!(report.problem(), Some((Step::Tls, &expected)));
    assert!(presented(&report).may_be_pinned);
    assert_eq!(server.heard(), Vec::<String>::new());

    let script = [IMAP_STARTTLS, IMAP].join("\n");
    let server = Script::serve_starttls(&script, &ServerTls::of(&now)).await;
    let (report, _) = checked(trusting(server.endpoint(Security::StartTls), pin(&before))).await;
    assert_eq!(report.problem(), Some((Step::StartTls, &expected)));
    assert_eq!(report.outcome, Some(Outcome::Failed));
    let heard = server.heard();
    assert!(heard.iter().all(|line| line.ends_with("STARTTLS")), "{heard:?}");
    let clear = String::from_utf8_lossy(&server.heard_in_clear()).into_owned();
    assert!(!clear.contains(SECRET) && !clear.contains("AUTHENTICATE"), "{clear}");
}

#[tokio::test]
async fn starttls_passes_with_the_trusted_certificate() {
    let identity = Identity::self_signed(&Leaf::named(&["mail.example.test"]), true);
    let script = format!("{IMAP_STARTTLS}\n{}", IMAP.split_once('\n').unwrap().1);
    let server = Script::serve_starttls(&script, &ServerTls::of(&identity)).await;
    let (report, _) = checked(trusting(server.endpoint(Security::StartTls), pin(&identity))).await;
    assert!(report.passed(), "{report:?}");
}

#[tokio::test]
async fn a_new_certificate_that_the_usual_authorities_vouch_for_is_told_apart() {
    let house = Authority::new("House CA");
    let (before, now) = (Identity::self_signed(&Leaf::default(), true), house.issue(&Leaf::default()));
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&now)).await;
    let trusted = postroom_testing::dialer_trusting(&[house.root()]);
    let problem =
        trusted.open(&trusting(server.endpoint(Security::Tls), pin(&before)), &Trace::off()).await.unwrap_err();
    assert!(matches!(problem, Problem::PinnedCertificateChanged { vouched_for: true, .. }), "{problem:?}");
}

#[tokio::test]
async fn whoever_shows_the_trusted_certificate_must_have_its_key() {
    let identity = Identity::self_signed(&Leaf::default(), true);
    for version in [&TLS12, &TLS13] {
        let thief = ServerTls::without_the_key_of(&identity, &[version]);
        let server = Script::serve_tls(IMAP, &thief).await;
        let (report, _) = checked(trusting(server.endpoint(Security::Tls), pin(&identity))).await;
        let Some((Step::Tls, Problem::CertificateInvalid { detail })) = report.problem() else { panic!("{report:?}") };
        assert!(detail.contains("does not hold the key"), "{detail}");
        assert!(!presented(&report).may_be_pinned);
        assert_eq!(server.heard(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_one_connection_trusts_no_other_one_inherits() {
    let identity = Identity::self_signed(&Leaf::default(), true);
    let other = Identity::self_signed(&Leaf::default(), true);
    let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
    let dialer = dialer();
    let open = async |trust: Trust| {
        let endpoint = trusting(server.endpoint(Security::Tls), trust);
        dialer.open(&endpoint, &Trace::off()).await.map(|_| ()).map_err(|problem| problem.kind())
    };
    assert_eq!(open(pin(&identity)).await, Ok(()));
    assert_eq!(open(Trust::Usual).await, Err("certificate_self_signed"));
    assert_eq!(open(pin(&other)).await, Err("pinned_certificate_changed"));
    assert_eq!(open(authority(&[&other.chain[0]])).await, Err("certificate_self_signed"));
    assert_eq!(open(pin(&identity)).await, Ok(()));
    assert_eq!(server.connections(), 5, "each of them began anew");
}

#[tokio::test]
async fn an_authority_of_ones_own_vouches_for_its_servers_and_for_their_names_and_dates_alone() {
    let house = Authority::new("House CA");
    let trust = || authority(&[Authority::new("Another CA").root().as_ref(), house.root().as_ref()]);
    let old = Leaf { years: (2020, 2022), ..Leaf::default() };
    for (identity, expected) in [
        (house.issue(&Leaf::default()), None),
        (house.intermediate("Mail CA").issue(&Leaf::default()), None),
        (house.issue(&Leaf::named(&["mail.example.test"])), Some("certificate_for_other_name")),
        (house.issue(&old), Some("certificate_expired")),
        (Authority::new("House CA").issue(&Leaf::default()), Some("certificate_invalid")),
        (Authority::new("Private CA").issue(&Leaf::default()), Some("certificate_untrusted")),
    ] {
        let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
        let kind = opened(&trusting(server.endpoint(Security::Tls), trust())).await.err().map(|problem| problem.kind());
        assert_eq!(kind, expected);
    }
}

#[tokio::test]
async fn a_servers_own_certificate_may_be_its_authority() {
    for is_ca in [true, false] {
        let identity = Identity::self_signed(&Leaf::default(), is_ca);
        let server = Script::serve_tls("S: * OK ready", &ServerTls::of(&identity)).await;
        let endpoint = trusting(server.endpoint(Security::Tls), authority(&[&identity.chain[0]]));
        assert_eq!(opened(&endpoint).await, Ok(()), "CA:{is_ca}");
    }
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_connects_nobody() {
    let server =
        Script::serve_tls("S: * OK ready", &ServerTls::of(&Identity::self_signed(&Leaf::default(), true))).await;
    let endpoint = trusting(server.endpoint(Security::Tls), authority(&[b"no certificate"]));
    assert!(matches!(opened(&endpoint).await, Err(Problem::TlsFailed { .. })));
}

#[test]
fn what_was_seen_is_kept_with_the_report() {
    let identity = Identity::self_signed(&Leaf::default(), true);
    let certificate = certificate::describe(&identity.chain[0]);
    assert_eq!(certificate.subject, "localhost");
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    report.apply(Event::Presented(Box::new(Presented { certificate, may_be_pinned: true, compare: None })));
    let kept: CheckReport = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(kept, report);
    report.apply(Event::Restarted);
    assert_eq!(report.presented, None);
    let finding: Finding = serde_json::from_value(serde_json::json!({
        "kind": "secured", "version": "TLS 1.3", "cipher": "X",
        "certificate": { "names": [], "issuer": "A", "not_before": 0, "not_after": 0, "sha256": "00" }
    }))
    .unwrap();
    assert!(matches!(finding, Finding::Secured { certificate, .. } if certificate.subject.is_empty()));
}
