//! What the neighbours prove. Port 25 cannot be listened on in a test: their answers are written down here.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;

const HOST: &str = "mail.example.com";

fn at(port: u16, security: Security) -> Endpoint {
    Endpoint::new(HOST.to_owned(), port, security)
}

fn knock(port: u16, security: Security, answer: Answer) -> Knock {
    Knock { endpoint: at(port, security), answer }
}

fn reference(answer: Answer) -> Reference {
    over(Family::V4, answer)
}

fn over(family: Family, answer: Answer) -> Reference {
    Reference { host: "smtp.example.net".to_owned(), port: 25, family, answer }
}

const V4: &[IpAddr] = &[IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))];
const V6: &[IpAddr] = &[IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// What is wrong where nothing came back from port 993 of a host with these addresses.
fn silent_993(addresses: &[IpAddr], references: &[Reference]) -> Problem {
    let problem = Problem::ConnectTimedOut { host: HOST.to_owned(), port: 993 };
    let failure = Failure { step: Step::Connect, millis: 10_000, problem };
    super::problem(&failure, &at(993, Security::Tls), addresses, &[], references)
}

/// What is wrong where nothing came back from port 25, in the light of the others.
fn silent_25(knocks: &[Knock], references: &[Reference]) -> Problem {
    let problem = Problem::ConnectTimedOut { host: HOST.to_owned(), port: 25 };
    let failure = Failure { step: Step::Connect, millis: 10_000, problem };
    super::problem(&failure, &at(25, Security::StartTls), V4, knocks, references)
}

fn blocked(reference: Option<&str>) -> Problem {
    Problem::PortBlocked { host: HOST.to_owned(), port: 25, reference: reference.map(str::to_owned) }
}

#[test]
fn port_25_alone_is_blocked_where_the_host_answers_on_its_other_ports() {
    let open = [knock(465, Security::Tls, Answer::Open), knock(587, Security::StartTls, Answer::Silent)];
    assert_eq!(silent_25(&open, &[]), blocked(None), "nobody has to be asked for comparison");
    let untrusted = Answer::Untrusted(Problem::CertificateSelfSigned { subject: HOST.to_owned() });
    assert_eq!(silent_25(&[knock(465, Security::Tls, untrusted)], &[]), blocked(None));
    let no_sign_in = Answer::Otherwise(Problem::SignInNotOffered);
    assert_eq!(silent_25(&[knock(587, Security::StartTls, no_sign_in)], &[]), blocked(None));
}

#[test]
fn a_host_that_is_silent_everywhere_proves_nothing_about_port_25() {
    let silent = [knock(465, Security::Tls, Answer::Silent), knock(587, Security::StartTls, Answer::Refused)];
    assert_eq!(silent_25(&silent, &[]).kind(), "connect_timed_out");
    assert_eq!(silent_25(&[], &[]).kind(), "connect_timed_out");
    assert_eq!(silent_25(&silent, &[reference(Answer::Unknown)]).kind(), "connect_timed_out");
}

#[test]
fn another_port_is_not_called_blocked_for_its_open_neighbour() {
    let failure = Failure {
        step: Step::Connect,
        millis: 10_000,
        problem: Problem::ConnectTimedOut { host: HOST.to_owned(), port: 587 },
    };
    let open = [knock(465, Security::Tls, Answer::Open)];
    assert_eq!(super::problem(&failure, &at(587, Security::StartTls), V4, &open, &[]).kind(), "connect_timed_out");
}

#[test]
fn a_refusal_on_port_25_is_the_hosts_own_word() {
    let failure = Failure {
        step: Step::Connect,
        millis: 3,
        problem: Problem::ConnectionRefused { host: HOST.to_owned(), port: 25 },
    };
    let open = [knock(465, Security::Tls, Answer::Open)];
    assert_eq!(super::problem(&failure, &at(25, Security::StartTls), V4, &open, &[]).kind(), "connection_refused");
}

#[test]
fn a_server_that_answers_on_port_25_elsewhere_shows_that_it_is_not_blocked() {
    let open = [knock(465, Security::Tls, Answer::Open)];
    assert_eq!(
        silent_25(&open, &[reference(Answer::Open)]),
        Problem::NotListening {
            host: HOST.to_owned(),
            port: 25,
            reference: "smtp.example.net".to_owned(),
            open: vec![465]
        }
    );
    assert_eq!(silent_25(&open, &[reference(Answer::Silent)]), blocked(Some("smtp.example.net")));
}

#[test]
fn what_gets_out_over_ipv4_says_nothing_of_a_host_that_has_only_ipv6() {
    let silent = over(Family::V6, Answer::Silent);
    assert_eq!(silent_993(V6, &[over(Family::V4, Answer::Open), silent]).kind(), "unreachable");
    let no_way = over(Family::V6, Answer::Unreachable);
    assert_eq!(silent_993(V6, &[over(Family::V4, Answer::Open), no_way]).kind(), "unreachable");
    assert_eq!(silent_993(V6, &[over(Family::V4, Answer::Open)]).kind(), "connect_timed_out", "nobody has IPv6");
    assert_eq!(silent_993(V6, &[over(Family::V6, Answer::Open)]).kind(), "not_listening");
    let neither = [over(Family::V4, Answer::Silent), over(Family::V6, Answer::Silent)];
    assert_eq!(silent_993(V6, &neither).kind(), "port_blocked");
}

#[test]
fn a_host_with_both_families_is_asked_for_over_the_one_that_gets_out() {
    let both = [V6, V4].concat();
    let only_v4_out = [over(Family::V4, Answer::Open), over(Family::V6, Answer::Unreachable)];
    assert_eq!(silent_993(&both, &only_v4_out).kind(), "not_listening");
    let only_v6_out = [over(Family::V4, Answer::Silent), over(Family::V6, Answer::Open)];
    assert_eq!(silent_993(V4, &only_v6_out).kind(), "unreachable");
}

#[test]
fn a_refusal_is_the_hosts_own_word_unless_everybody_refuses() {
    let refused = |reference: Answer| {
        let problem = Problem::ConnectionRefused { host: HOST.to_owned(), port: 993 };
        let failure = Failure { step: Step::Connect, millis: 3, problem };
        super::problem(&failure, &at(993, Security::Tls), V4, &[], &[over(Family::V4, reference)]).kind()
    };
    assert_eq!(refused(Answer::Silent), "connection_refused");
    assert_eq!(refused(Answer::Refused), "port_blocked");
}
