//! The server's first words.

use postroom_server::model::{Finding, Problem, Protocol, Security, Step};
use postroom_testing::{Authority, Leaf, Script, ServerTls};

use crate::world::{ACCEPTED, SIGNED_IN, Visitor, serve};

/// What a first line makes of the walk.
async fn problem_after(greeting: &str) -> Problem {
    let server = serve(&[greeting, "\nCLOSE"]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(walk.failed_at(), Step::Greeting);
    assert_eq!(server.heard(), Vec::<String>::new(), "nobody speaks before the greeting is complete");
    walk.problem().clone()
}

#[tokio::test]
async fn a_server_of_another_protocol_is_named() {
    let other = |found: &str, reply: &str| Problem::WrongProtocol {
        wanted: Protocol::Smtp,
        found: found.to_owned(),
        reply: reply.to_owned(),
    };
    assert_eq!(problem_after("S: * OK Dovecot ready.").await, other("IMAP", "* OK Dovecot ready."));
    assert_eq!(problem_after("S: +OK Dovecot ready.").await, other("POP3", "+OK Dovecot ready."));
    for line in ["HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH_9.2p1 Debian-2", "220 (vsFTPd 3.0.3)", "RFB 003.008"] {
        let expected = Problem::NotAMailServer { reply: line.to_owned() };
        assert_eq!(problem_after(&format!("S: {line}")).await, expected);
    }
}

#[tokio::test]
async fn words_without_a_line_end_are_understood_when_the_server_leaves() {
    assert_eq!(
        problem_after("S~ SSH-2.0-OpenSSH_9.2").await,
        Problem::NotAMailServer { reply: "SSH-2.0-OpenSSH_9.2".to_owned() }
    );
    assert_eq!(
        problem_after("S~ 554 5.7.1 Go away").await,
        Problem::TurnedAway { reply: "554 5.7.1 Go away".to_owned() }
    );
}

#[tokio::test]
async fn words_without_a_line_end_are_understood_when_the_server_stays() {
    let server = serve(&["S~ SSH-2.0-OpenSSH_9.2"]).await;
    let walk = Visitor::default().visit_impatiently(&server).await;
    assert_eq!(walk.problem(), &Problem::NotAMailServer { reply: "SSH-2.0-OpenSSH_9.2".to_owned() });
}

#[tokio::test]
async fn a_tls_alert_in_clear_means_tls_from_the_start() {
    for bytes in ["\\x15\\x03\\x01\\x00\\x02\\x02\\x46", "\\x15\\x03\\x03\\x00\\x02\\x02\\n"] {
        assert!(matches!(problem_after(&format!("S~ {bytes}")).await, Problem::TlsFromTheStart { .. }), "{bytes}");
    }
}

#[tokio::test]
async fn a_silent_port_that_answers_tls_begins_with_tls() {
    let identity = Authority::new("House CA").issue(&Leaf::default());
    let server = Script::serve_tls("S: 220 ready", &ServerTls::of(&identity)).await;

    for security in [Security::None, Security::StartTls] {
        let walk = Visitor { security, ..Visitor::default() }.visit_impatiently(&server).await;
        assert_eq!(walk.problem(), &Problem::TlsFromTheStart { port: server.port() });
        assert_eq!(walk.failed_at(), Step::Greeting);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_has_no_greeting() {
    let server = serve(&["SILENCE"]).await;
    let walk = Visitor::default().visit_impatiently(&server).await;
    assert_eq!((walk.failed_at(), walk.problem()), (Step::Greeting, &Problem::NoGreeting));
}

#[tokio::test]
async fn a_greeting_that_never_ends_is_a_deadline() {
    let server = serve(&["S: 220-mail.example.com ESMTP"]).await;
    let walk = Visitor::default().visit_impatiently(&server).await;
    assert_eq!(walk.problem(), &Problem::TimedOut { seconds: 1 });
}

#[tokio::test]
async fn a_server_that_turns_us_away_is_quoted() {
    assert_eq!(
        problem_after("S: 554-mail.example.com\nS: 554 Your access to this mail system has been rejected").await,
        Problem::TurnedAway {
            reply: "554 mail.example.com Your access to this mail system has been rejected".to_owned()
        }
    );
    assert_eq!(
        problem_after("S: 421 4.3.2 All server ports are busy").await,
        Problem::TemporaryRefusal { reply: "421 4.3.2 All server ports are busy".to_owned() }
    );
    assert_eq!(
        problem_after("S: 421 4.7.0 mail Error: too many connections from 192.0.2.1").await,
        Problem::TooManyConnections {
            reply: "421 4.7.0 mail Error: too many connections from 192.0.2.1".to_owned(),
            before_sign_in: true,
        }
    );
}

#[tokio::test]
async fn a_connection_that_is_dropped_at_once_is_lost() {
    assert_eq!(problem_after("RESET").await, Problem::ConnectionLost { reply: None });
    assert_eq!(problem_after("CLOSE").await, Problem::ConnectionLost { reply: None });
    assert_eq!(
        problem_after("S: 220-please hold").await,
        Problem::ConnectionLost { reply: Some("220 please hold".to_owned()) }
    );
}

#[tokio::test]
async fn too_many_words_are_too_much() {
    let long = format!("S: 220 {}", "x".repeat(5_000));
    assert_eq!(problem_after(&long).await, Problem::TooMuchData { limit_bytes: 4_096 });
    let many = "S: 220-x\n".repeat(201);
    assert_eq!(problem_after(&many).await, Problem::TooMuchData { limit_bytes: 65_536 });
}

#[tokio::test]
async fn a_banner_in_euc_kr_with_bare_line_feeds_is_no_hindrance() {
    let server = serve(&[
        "S~ 220-mail.example.co.kr \\xb8\\xde\\xc0\\xcf\\n220 ESMTP\\n
         C: EHLO
         S~ 250-mail.example.co.kr\\n250-pipelining\\n250 auth plain\\n\n",
        SIGNED_IN,
        ACCEPTED,
    ])
    .await;
    let walk = Visitor::default().visit(&server).await;
    let Finding::Greeted { text } = walk.finding(Step::Greeting) else { panic!("{:?}", walk.report) };
    assert!(text.starts_with("mail.example.co.kr ") && text.ends_with(" ESMTP"), "{text}");
    walk.session().close().await;
}
