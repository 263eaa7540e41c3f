//! From a host name to a TCP connection, over real sockets.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use postroom_server::{
    model::{Endpoint, Event, Finding, Problem, Security, Step},
    net::{DialOptions, Dialer, Guard, Trace},
};
use postroom_testing::{
    Script, dialer, impatient,
    name_server::{Answer, name_server},
};
use tokio::net::TcpListener;

fn clear(host: &str, port: u16) -> Endpoint {
    Endpoint::new(host.to_owned(), port, Security::None)
}

/// A trace and what it has seen.
fn traced() -> (Trace, Arc<Mutex<Vec<Event>>>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    (Trace::to(move |event| sink.lock().unwrap().push(event)), events)
}

async fn dialer_asking(answer: Answer) -> Dialer {
    Dialer::new(DialOptions {
        guard: Guard::allow_all(),
        name_servers: vec![name_server(answer).await],
        deadlines: impatient(),
        ..DialOptions::default()
    })
    .unwrap()
}

async fn problem_with_dns(answer: Answer) -> Problem {
    let dialer = dialer_asking(answer).await;
    dialer.open(&clear("mail.example.test", 993), &Trace::off()).await.unwrap_err()
}

#[tokio::test]
async fn a_name_nobody_knows_is_not_found() {
    assert_eq!(problem_with_dns(Answer::Code(3)).await, Problem::HostNotFound { host: "mail.example.test".to_owned() });
}

#[tokio::test]
async fn a_name_without_an_address_is_told_from_one_nobody_knows() {
    assert_eq!(
        problem_with_dns(Answer::Code(0)).await,
        Problem::HostHasNoAddress { host: "mail.example.test".to_owned() }
    );
}

#[tokio::test]
async fn a_failing_name_server_is_told_from_a_missing_name() {
    let host = || "mail.example.test".to_owned();
    assert_eq!(
        problem_with_dns(Answer::Code(2)).await,
        Problem::DnsFailed { host: host(), detail: "SERVFAIL".to_owned() }
    );
    assert_eq!(
        problem_with_dns(Answer::Code(5)).await,
        Problem::DnsRefused { host: host() },
        "the rules of the name server are in the way, not the name"
    );
}

#[tokio::test]
async fn a_silent_name_server_is_given_up() {
    assert_eq!(problem_with_dns(Answer::Nothing).await, Problem::DnsTimedOut { host: "mail.example.test".to_owned() });
}

#[tokio::test]
async fn a_name_server_that_swallows_one_kind_of_question_does_not_hold_up_the_other() {
    let server = Script::serve("SILENCE").await;
    let mut options = DialOptions { guard: Guard::allow_all(), ..DialOptions::default() };
    options.name_servers = vec![name_server(Answer::AOnly(Ipv4Addr::LOCALHOST)).await];
    // The resolver itself would wait three seconds and ask once more.
    options.deadlines.resolve = std::time::Duration::from_secs(2);

    let wire = Dialer::new(options).unwrap().open(&clear("mail.example.test", server.port()), &Trace::off()).await;

    assert!(wire.is_ok(), "{wire:?}");
}

#[tokio::test]
async fn the_walk_shows_the_addresses_and_the_one_that_took_the_connection() {
    let server = Script::serve("S: * OK ready").await;
    let (trace, events) = traced();

    let dialer = dialer_asking(Answer::A(Ipv4Addr::LOCALHOST)).await;
    dialer.open(&clear("mail.example.test", server.port()), &trace).await.unwrap();

    let findings: Vec<(Step, Finding)> = events
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            Event::Passed { step, finding, .. } => Some((*step, finding.clone())),
            _ => None,
        })
        .collect();
    let address = "127.0.0.1".to_owned();
    assert_eq!(
        findings,
        [
            (Step::Resolve, Finding::Resolved { addresses: vec![address.clone()] }),
            (Step::Connect, Finding::Connected { address, port: server.port() }),
        ]
    );
}

#[tokio::test]
async fn a_name_of_this_machine_is_found_in_its_hosts_file() {
    let server = Script::serve("S: * OK ready").await;
    let wire = dialer().open(&server.endpoint_named("localhost", Security::None), &Trace::off()).await;
    assert!(wire.is_ok(), "{wire:?}");
}

#[tokio::test]
async fn a_name_that_can_be_none_is_not_looked_up() {
    let dialer = dialer_asking(Answer::A(Ipv4Addr::LOCALHOST)).await;
    let problem = dialer.open(&clear("mail server.example", 993), &Trace::off()).await.unwrap_err();
    assert_eq!(problem, Problem::HostNameInvalid { host: "mail server.example".to_owned() });
}

#[tokio::test]
async fn a_closed_port_refuses_the_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);

    let problem = dialer().open(&clear("127.0.0.1", port), &Trace::off()).await.unwrap_err();

    assert_eq!(problem, Problem::ConnectionRefused { host: "127.0.0.1".to_owned(), port });
}

#[tokio::test]
async fn users_may_not_reach_loopback_unless_the_operator_says_so() {
    let server = Script::serve("S: * OK ready").await;
    let strict = Dialer::new(DialOptions::default()).unwrap();

    for host in ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"] {
        let problem = strict.open(&clear(host, server.port()), &Trace::off()).await.unwrap_err();
        assert!(matches!(problem, Problem::AddressNotAllowed { .. }), "{host}: {problem:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_it_leads_to() {
    let server = Script::serve("S: * OK ready").await;
    let strict = Dialer::new(DialOptions {
        name_servers: vec![name_server(Answer::A(Ipv4Addr::LOCALHOST)).await],
        ..DialOptions::default()
    })
    .unwrap();

    let problem = strict.open(&clear("innocent.example", server.port()), &Trace::off()).await.unwrap_err();

    assert_eq!(
        problem,
        Problem::AddressNotAllowed { host: "innocent.example".to_owned(), address: "127.0.0.1".to_owned() }
    );
    assert!(!strict.begins_with_tls(&clear("innocent.example", server.port())).await);
    assert_eq!(server.connections(), 0);
}
