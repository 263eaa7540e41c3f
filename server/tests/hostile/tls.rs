//! The TLS part of the matrix: certificates and handshakes, each behind its own server, over both protocols.

use postroom_server::model::{Protocol, Security, Step};
use postroom_testing::{Authority, Identity, Leaf, Script, ServerTls};
use rustls_pki_types::CertificateDer;

use crate::{
    openssl::{FOR_LOCALHOST, Made, Order, Server, Workshop},
    visit::{self, Visit},
};

/// A certificate of today, a host that fits, a script that would go on: only what is said of it is odd.
struct Odd {
    name: &'static str,
    identity: Identity,
    problem: &'static str,
}

/// What went wrong at the TLS step, and that nothing secret went out; `name` is for the message.
fn expect(name: &str, visit: &Visit, problem: &str, detail: &str) {
    let faults = visit.faults_of_any(&Default::default());
    assert!(faults.is_empty(), "{}", visit.told(name, &faults));
    let Some((step, found)) = visit.report.problem() else { panic!("{name}: nothing went wrong") };
    assert_eq!((found.kind(), step), (problem, Step::Tls), "{name}: {found}");
    assert!(found.to_string().contains(detail), "{name}: {found}");
}

fn odd(name: &'static str, identity: Identity, problem: &'static str) -> Odd {
    Odd { name, identity, problem }
}

#[tokio::test]
async fn every_odd_certificate_is_told_from_the_others() {
    let house = Authority::new("House CA");
    let years = |first, last| Leaf { years: (first, last), ..Leaf::default() };
    let matrix = [
        odd("expired", house.issue(&years(2020, 2021)), "certificate_expired"),
        odd("of the future", house.issue(&years(2100, 2101)), "certificate_not_yet_valid"),
        odd("for another host", house.issue(&Leaf::named(&["mail.example.test"])), "certificate_for_other_name"),
        odd(
            "with a common name alone",
            house.issue(&Leaf { names: Vec::new(), ..Leaf::default() }),
            "certificate_without_names",
        ),
        odd("self-signed, CA:TRUE", Identity::self_signed(&Leaf::default(), true), "certificate_self_signed"),
        odd("self-signed, CA:FALSE", Identity::self_signed(&Leaf::default(), false), "certificate_self_signed"),
        odd(
            "without its intermediate",
            house.intermediate("Mail CA").issue(&Leaf::default()).without_intermediates(),
            "certificate_untrusted",
        ),
        odd("of an unknown authority", Authority::new("Stranger").issue(&Leaf::default()), "certificate_untrusted"),
    ];
    let dialer = visit::dialer(&[house.root()], Vec::new(), false);
    for Odd { name, identity, problem } in matrix {
        let tls = ServerTls::of(&identity);
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            let server = Script::serve_tls("S: * OK ready", &tls).await;
            let endpoint = server.endpoint_named("localhost", Security::Tls);
            let visit = visit::check(&dialer, protocol, endpoint, Default::default()).await;
            expect(name, &visit, problem, "");
            server.all_gone().await;
            assert_eq!(server.heard(), Vec::<String>::new(), "{name}: not a word is said");
        }
    }
}

#[tokio::test]
async fn an_odd_certificate_behind_starttls_keeps_every_secret_at_home() {
    let house = Authority::new("House CA");
    let dialer = visit::dialer(&[house.root()], Vec::new(), false);
    let tls = ServerTls::of(&Authority::new("Stranger").issue(&Leaf::default()));
    let imap = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: STARTTLS\nS: OK begin\nTLS";
    let smtp = "S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 begin\nTLS";
    for (protocol, script) in [(Protocol::Imap, imap), (Protocol::Smtp, smtp)] {
        let server = Script::serve_starttls(script, &tls).await;
        let endpoint = server.endpoint_named("localhost", Security::StartTls);
        let visit = visit::check(&dialer, protocol, endpoint, Default::default()).await;
        let found = visit.report.problem().map(|(step, problem)| (step, problem.kind()));
        assert_eq!(found, Some((Step::StartTls, "certificate_untrusted")));
        server.all_gone().await;
        let said = String::from_utf8_lossy(&server.heard_in_clear()).into_owned();
        assert!(visit::forms().iter().all(|form| !said.contains(form)), "{said}");
        assert!(server.heard().last().is_some_and(|line| line.ends_with("STARTTLS")), "{:?}", server.heard());
    }
}

/// Visits a server of OpenSSL's with this certificate and these options.
async fn with_openssl(roots: &[CertificateDer<'static>], made: &Made, options: &[&str], protocol: Protocol) -> Visit {
    let server = Server::start(made, options).await;
    visit::check(&visit::dialer(roots, Vec::new(), false), protocol, server.endpoint(), Default::default()).await
}

#[tokio::test]
async fn certificates_that_are_too_old_or_too_weak_are_told_apart() {
    let workshop = Workshop::new();
    let authority = workshop.authority("House CA");
    let order = Order::default();
    let roots = [authority.der()];
    for (name, order, problem, detail) in [
        ("v1", Order { extensions: "", ..order }, "certificate_too_weak", "X.509 version 1"),
        ("sha1", Order { digest: "-sha1", ..order }, "certificate_too_weak", "too weak"),
        ("rsa1024", Order { key: "rsa:1024", ..order }, "certificate_too_weak", "too weak"),
    ] {
        let made = workshop.issue(name, &authority, order);
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            let visit = with_openssl(&roots, &made, &["-cipher", "DEFAULT:@SECLEVEL=0"], protocol).await;
            expect(name, &visit, problem, detail);
        }
    }
}

#[tokio::test]
async fn handshakes_that_are_too_old_are_told_apart() {
    let workshop = Workshop::new();
    let authority = workshop.authority("House CA");
    let made = workshop.issue("server", &authority, Order { extensions: FOR_LOCALHOST, ..Order::default() });
    let roots = [authority.der()];
    for (name, options, problem) in [
        ("TLS 1.1 alone", &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"][..], "tls_too_old"),
        ("TLS 1.0 alone", &["-tls1", "-cipher", "ALL:@SECLEVEL=0"], "tls_too_old"),
        (
            "finite-field Diffie-Hellman alone",
            &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"],
            "tls_no_shared_cipher",
        ),
        ("RSA key exchange alone", &["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"], "tls_no_shared_cipher"),
        ("CBC alone", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256:@SECLEVEL=0"], "tls_no_shared_cipher"),
    ] {
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            let visit = with_openssl(&roots, &made, options, protocol).await;
            expect(name, &visit, problem, "");
        }
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_demanded_is_told_whichever_tls_it_is() {
    let workshop = Workshop::new();
    let authority = workshop.authority("House CA");
    let made = workshop.issue("server", &authority, Order::default());
    let file = authority.path().to_str().expect("a temporary folder has a plain name");
    for version in ["-tls1_2", "-tls1_3"] {
        let options = [version, "-Verify", "1", "-verify_return_error", "-CAfile", file];
        let visit = with_openssl(&[authority.der()], &made, &options, Protocol::Imap).await;
        let found = visit.report.problem().map(|(step, problem)| (step, problem.kind()));
        // TLS 1.3 says so only when the handshake is over for us.
        let step = if version == "-tls1_2" { Step::Tls } else { Step::Greeting };
        assert_eq!(found, Some((step, "client_certificate_wanted")), "{version}");
    }
}

#[tokio::test]
async fn a_good_server_of_openssls_passes_its_handshake() {
    let workshop = Workshop::new();
    let authority = workshop.authority("House CA");
    let made = workshop.issue("server", &authority, Order::default());
    let dialer = visit::dialer(&[authority.der()], Vec::new(), true);
    let server = Server::start(&made, &[]).await;
    let visit = visit::check(&dialer, Protocol::Imap, server.endpoint(), Default::default()).await;
    let found = visit.report.problem().map(|(step, problem)| (step, problem.kind()));
    assert_eq!(found, Some((Step::Greeting, "no_greeting")), "it says nothing, and so it should");
}
