//! The whole SMTP check against scripted servers.

#![expect(clippy::unwrap_used, reason = "a world that cannot be made is a failed test")]

use postroom_server::{
    check::{self, Subject, Target},
    login::Login,
    model::{AuthMethod, EmailAddress, Endpoint, Outcome, Problem, Security, Step},
};
use postroom_testing::{Authority, Leaf, Script, ServerTls, dialer, dialer_trusting};

fn target(endpoint: Endpoint) -> Target {
    Target {
        endpoint,
        login: Login { username: "ada".to_owned(), secret: "correct horse battery".into(), method: AuthMethod::Plain },
        subject: Subject::Outgoing { sender: EmailAddress::parse("support@example.test").unwrap() },
    }
}

#[tokio::test]
async fn a_good_submission_server_passes_over_starttls() {
    let authority = Authority::new("House CA");
    let tls = ServerTls::of(&authority.issue(&Leaf::default()));
    let server = Script::serve_starttls(
        "S: 220 mail.example.test ESMTP
         C: EHLO postroom.example
         S: 250-mail.example.test
         S: 250 STARTTLS
         C: STARTTLS
         S: 220 go ahead
         TLS
         C: EHLO postroom.example
         S: 250-mail.example.test
         S: 250-AUTH PLAIN LOGIN
         S: 250 SIZE 1000000
         C: AUTH PLAIN
         S: 235 welcome
         C: MAIL FROM:<support@example.test>
         S: 250 ok
         C: RCPT TO:<support@example.test>
         S: 250 ok
         C: RSET
         S: 250 ok
         C: QUIT
         S: 221 bye",
        &tls,
    )
    .await;

    let report =
        check::run(&dialer_trusting(&[authority.root()]), &target(server.endpoint(Security::StartTls)), |_| {}).await;

    assert_eq!(report.outcome, Some(Outcome::Passed), "{report:#?}");
    let said = serde_json::to_string(&report).unwrap();
    assert!(!said.contains("AGFkYQ"), "{said}");
}

#[tokio::test]
async fn an_implicit_tls_setting_on_a_clear_port_fails_at_tls_with_the_greeting_in_the_transcript() {
    let server = Script::serve("S: 220 mail.example.test ESMTP").await;

    let report = check::run(&dialer(), &target(server.endpoint(Security::Tls)), |_| {}).await;

    assert_eq!(report.problem(), Some((Step::Tls, &Problem::NotATlsPort { port: server.port() })));
    assert!(report.transcript.iter().any(|line| line.text == "220 mail.example.test ESMTP"), "{report:?}");
}
