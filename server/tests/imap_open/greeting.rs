//! The first words, and what stands in for them.

use postroom_server::model::{Finding, Problem, Protocol, Security, Step};

use super::peer::{Server, Visit};

async fn refused(greeting: &[u8], security: Security) -> Problem {
    let walk = Server::new().greets_with(greeting).visited(Visit::over(security)).await;
    let (step, problem) = walk.problem();
    assert_eq!(step, Step::Greeting);
    assert_eq!(walk.heard(), Vec::<String>::new(), "nothing is said to a server that is none of ours");
    problem
}

#[tokio::test]
async fn a_server_that_turns_us_away_is_quoted() {
    let reply = "BYE Your address is not welcome".to_owned();
    let problem = refused(b"* BYE Your address is not welcome\r\n", Security::Tls).await;
    assert_eq!(problem, Problem::TurnedAway { reply });
    let problem = refused(b"* BYE [ALERT] Too many simultaneous connections. (Failure)\r\n", Security::Tls).await;
    assert_eq!(problem.kind(), "too_many_connections");
    let problem = refused(b"* BYE Temporary System Error\r\n", Security::Tls).await;
    assert_eq!(problem.kind(), "temporary_refusal");
}

#[tokio::test]
async fn other_protocols_are_called_by_their_names() {
    for (greeting, name) in [
        ("220 mx.example.com ESMTP Postfix", "SMTP"),
        ("220 ProFTPD Server ready", "FTP"),
        ("554 mx.example.com ESMTP not accepting messages", "SMTP"),
        ("+OK POP3 ready <1896@example.com>", "POP3"),
    ] {
        let problem = refused(format!("{greeting}\r\n").as_bytes(), Security::Tls).await;
        let (found, reply) = (name.to_owned(), greeting.to_owned());
        assert_eq!(problem, Problem::WrongProtocol { wanted: Protocol::Imap, found, reply });
    }
}

#[tokio::test]
async fn what_is_no_mail_server_is_shown_as_it_spoke() {
    for greeting in ["HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH_9.2p1 Debian-2"] {
        let problem = refused(format!("{greeting}\r\n").as_bytes(), Security::Tls).await;
        assert_eq!(problem, Problem::NotAMailServer { reply: greeting.to_owned() });
    }
    let problem = refused(b"\xff\xfb\x01login: CLOSE\r\n", Security::Tls).await;
    assert_eq!(problem.kind(), "not_a_mail_server", "a line that never ends is still evidence");
    let problem = refused(b"* 23 EXISTS\r\n", Security::Tls).await;
    assert_eq!(problem, Problem::ProtocolNonsense { protocol: Protocol::Imap, line: "* 23 EXISTS".to_owned() });
}

#[tokio::test]
async fn a_server_without_imap4_among_its_capabilities_is_no_imap_server() {
    let walk = Server::new().offers("ACAP").visited(Visit::default()).await;
    assert_eq!(walk.problem(), (Step::Capabilities, Problem::NotAMailServer { reply: "CAPABILITY ACAP".to_owned() }));
}

#[tokio::test(start_paused = true)]
async fn silence_is_told_as_silence() {
    assert_eq!(refused(b"", Security::Tls).await, Problem::NoGreeting);
    assert_eq!(refused(b"CLOSE\r\n", Security::Tls).await, Problem::NoGreeting);
}

#[tokio::test(start_paused = true)]
async fn half_a_line_and_then_silence_is_judged_by_what_came() {
    assert_eq!(refused(b"login: ", Security::None).await, Problem::NotAMailServer { reply: "login: ".to_owned() });
}

#[tokio::test]
async fn a_tls_alert_on_a_clear_port_means_tls_from_the_start() {
    for security in [Security::StartTls, Security::None] {
        let problem = refused(b"\x15\x03\x01\x00\x02\x02\x0a", security).await;
        assert_eq!(problem, Problem::TlsFromTheStart { port: 993 });
    }
}

#[tokio::test]
async fn an_endless_line_is_cut_off() {
    let mut flood = b"* OK ".to_vec();
    flood.resize(200_000, b'x');
    assert_eq!(refused(&flood, Security::Tls).await, Problem::TooMuchData { limit_bytes: 65_536 });
}

#[tokio::test]
async fn a_banner_in_euc_kr_with_bare_line_ends_is_good_enough() {
    let walk = Server::new()
        .greets_with(b"\n* ok [capability imap4rev1 auth=plain idle] \xb8\xde\xc0\xcf \xbc\xad\xb9\xf6\n")
        .on("AUTHENTICATE", &["+", "{tag} ok"])
        .visited(Visit::default())
        .await;
    let report = walk.report();
    assert!(report.passed(), "{:?}", report.problem());
    let greeted = report.steps.iter().find(|line| line.step == Step::Greeting).and_then(|line| line.finding.clone());
    assert!(matches!(greeted, Some(Finding::Greeted { text }) if text.contains('\u{fffd}')));
}

#[tokio::test]
async fn a_server_that_knows_us_already_is_not_asked_for_a_password() {
    let walk = Server::new()
        .greets("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] Welcome back")
        .visited(Visit::over(Security::None))
        .await;
    assert!(walk.report().passed());
    assert!(walk.commands().iter().all(|command| !command.starts_with("AUTHENTICATE")));
}

#[tokio::test]
async fn a_preauth_greeting_where_tls_was_to_come_is_refused() {
    let walk = Server::new().greets("* PREAUTH Welcome").visited(Visit::over(Security::StartTls)).await;
    let reply = Some("PREAUTH Welcome".to_owned());
    assert_eq!(walk.problem(), (Step::StartTls, Problem::StartTlsInjected { reply }));
    assert_eq!(walk.commands(), ["LOGOUT"]);
}

#[tokio::test]
async fn a_server_without_starttls_learns_nothing_from_us() {
    for greeting in ["* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready", "* OK ready"] {
        let walk = Server::new().greets(greeting).visited(Visit::over(Security::StartTls)).await;
        assert_eq!(walk.problem(), (Step::StartTls, Problem::StartTlsNotOffered));
        assert!(walk.commands().iter().all(|command| command == "CAPABILITY" || command == "LOGOUT"));
    }
}

#[tokio::test]
async fn a_refused_starttls_is_quoted() {
    let walk = Server::new()
        .offers("IMAP4rev1 STARTTLS")
        .on("STARTTLS", &["{tag} BAD TLS support isn't enabled."])
        .visited(Visit::over(Security::StartTls))
        .await;
    let reply = "BAD TLS support isn't enabled.".to_owned();
    assert_eq!(walk.problem(), (Step::StartTls, Problem::StartTlsRefused { reply }));
}

#[tokio::test]
async fn words_behind_the_answer_to_starttls_are_not_believed() {
    let walk = Server::new()
        .offers("IMAP4rev1 STARTTLS")
        .on("STARTTLS", &["{tag} OK Begin TLS\n* CAPABILITY IMAP4rev1 AUTH=PLAIN"])
        .visited(Visit::over(Security::StartTls))
        .await;
    assert_eq!(walk.problem(), (Step::StartTls, Problem::StartTlsInjected { reply: None }));
    assert_eq!(walk.commands(), ["STARTTLS"]);
}

#[tokio::test]
async fn a_remark_in_front_of_the_greeting_proper_does_no_harm() {
    let walk = Server::new()
        .greets("* OK Waiting for authentication process to respond..\n* OK [CAPABILITY IMAP4rev1 IDLE] ready")
        .visited(Visit::default())
        .await;
    assert!(walk.report().passed(), "{:?}", walk.report().problem());
}

#[tokio::test(start_paused = true)]
async fn a_greeting_may_come_late() {
    let walk = Server::new().greets_after(std::time::Duration::from_secs(6)).visited(Visit::default()).await;
    assert!(walk.report().passed(), "{:?}", walk.report().problem());
}
