//! The server believes us, or says why not.

use postroom_server::{
    model::{AuthMethod, Finding, Party, Problem, Step},
    net::Wire,
};
use secrecy::SecretString;
use tokio::net::TcpStream;

use crate::world::{ACCEPTED, HELLO, PASSWORD, SIGNED_IN, TOKEN, USER, Visitor, Walk, serve};

const PLAIN: &str = "AGFkYUBleGFtcGxlLmNvbQBvcGVuIHNlc2FtZQ==";

/// A server that offers AUTH as given, in clear.
fn hello(auth: &str) -> String {
    format!("S: 220 ready\nC: EHLO\nS: 250-mail.example.com\nS: 250-PIPELINING\nS: 250-{auth}\nS: 250 HELP\n")
}

/// What a sign-in by this method comes to.
async fn walk(method: AuthMethod, script: &str) -> Walk {
    Visitor::with(method).visit(&serve(&[HELLO, script]).await).await
}

async fn problem(method: AuthMethod, script: &str) -> Problem {
    let walk = walk(method, script).await;
    assert_eq!(walk.failed_at(), Step::SignIn);
    walk.problem().clone()
}

#[tokio::test]
async fn a_refused_password_is_shown_with_the_servers_own_words() {
    assert_eq!(
        problem(AuthMethod::Plain, "C: AUTH PLAIN\nS: 535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6").await,
        Problem::BadCredentials { reply: "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6".to_owned() }
    );
}

#[tokio::test]
async fn plain_is_said_in_one_line() {
    let server = serve(&[HELLO, SIGNED_IN, ACCEPTED]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(
        walk.finding(Step::SignIn),
        &Finding::SignedIn { username: USER.to_owned(), method: AuthMethod::Plain, alerts: Vec::new() }
    );
    assert_eq!(server.heard()[1], format!("AUTH PLAIN {PLAIN}"));
    walk.session().close().await;
}

#[tokio::test]
async fn login_answers_name_and_password_whatever_is_asked() {
    for (first, second) in [("VXNlcm5hbWU6", "UGFzc3dvcmQ6"), ("d2hvPw==", ""), ("not base64", "at all")] {
        let login = format!("C: AUTH LOGIN\nS: 334 {first}\nC: \nS: 334 {second}\nC: \nS: 235 ok\n");
        let server = serve(&[HELLO, &login, ACCEPTED]).await;
        let walk = Visitor::with(AuthMethod::Login).visit(&server).await;
        assert_eq!(
            walk.finding(Step::SignIn),
            &Finding::SignedIn { username: USER.to_owned(), method: AuthMethod::Login, alerts: Vec::new() }
        );
        assert_eq!(server.heard()[1..4], ["AUTH LOGIN", "YWRhQGV4YW1wbGUuY29t", "b3BlbiBzZXNhbWU="]);
        walk.session().close().await;
    }
}

#[tokio::test]
async fn a_bearer_token_goes_in_one_line() {
    for (method, line) in [
        (AuthMethod::XOAuth2, "AUTH XOAUTH2 dXNlcj1hZGFAZXhhbXBsZS5jb20BYXV0aD1CZWFyZXIgeWEyOS50MGtlbgEB"),
        (AuthMethod::OAuthBearer, "AUTH OAUTHBEARER bixhPWFkYUBleGFtcGxlLmNvbSwBaG9zdD0xMjcuMC4wLjEBcG9ydD"),
    ] {
        let sign_in = format!("C: {line}\nS: 235 2.7.0 Accepted\n");
        let server = serve(&[HELLO, &sign_in, ACCEPTED]).await;
        Visitor::with(method).visit(&server).await.session().close().await;
    }
}

#[tokio::test]
async fn the_error_of_a_bearer_method_is_heard_to_the_end() {
    // {"status":"401","schemes":"bearer","scope":"mail"}
    let json = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJtYWlsIn0=";
    for (method, answer) in [(AuthMethod::XOAuth2, ""), (AuthMethod::OAuthBearer, "AQ==")] {
        let script = format!("C: AUTH\nS: 334 {json}\nC: {answer}\nS: 535 5.7.8 Authentication failed\n");
        let server = serve(&[HELLO, &script]).await;
        let walk = Visitor::with(method).visit(&server).await;
        let words = r#"535 5.7.8 Authentication failed {"status":"401","schemes":"bearer","scope":"mail"}"#;
        assert_eq!(walk.problem(), &Problem::TokenRejected { reply: words.to_owned() });
        assert_eq!(server.heard()[2], answer);
    }
}

#[tokio::test]
async fn a_bearer_error_that_cannot_be_read_is_answered_too() {
    assert_eq!(
        problem(AuthMethod::XOAuth2, "C: AUTH\nS: 334 gibberish!\nC: \nS: 535 5.7.3 Authentication unsuccessful").await,
        Problem::TokenRejected { reply: "535 5.7.3 Authentication unsuccessful gibberish!".to_owned() }
    );
}

#[tokio::test]
async fn a_token_refused_without_an_error_challenge_is_refused_all_the_same() {
    assert_eq!(
        problem(AuthMethod::XOAuth2, "C: AUTH\nS: 535 5.7.3 Authentication unsuccessful [HOST]").await,
        Problem::TokenRejected { reply: "535 5.7.3 Authentication unsuccessful [HOST]".to_owned() }
    );
}

#[tokio::test]
async fn smtp_switched_off_is_not_blamed_on_the_password_nor_on_the_token() {
    let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";
    for method in [AuthMethod::Plain, AuthMethod::XOAuth2] {
        assert_eq!(
            problem(method, &format!("C: AUTH\nS: {text}")).await,
            Problem::SmtpAuthDisabled { reply: text.to_owned() }
        );
    }
}

#[tokio::test]
async fn a_korean_providers_bare_refusal_asks_for_an_application_password() {
    let server = serve(&[HELLO, "C: AUTH\nS: 535 5.7.1 Username and Password not accepted 1x - nsmtp"]).await;
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let visitor = Visitor { host: "smtp.naver.com", ..Visitor::default() };
    let walk = visitor.visit_over(|trace| Wire::new(stream, trace)).await;
    assert_eq!(
        walk.problem(),
        &Problem::AppPasswordNeeded { reply: "535 5.7.1 Username and Password not accepted 1x - nsmtp".to_owned() }
    );
}

#[tokio::test]
async fn the_other_method_of_the_same_secret_is_used_and_said() {
    for (wanted, offered, used) in [
        (AuthMethod::Plain, "AUTH LOGIN", AuthMethod::Login),
        (AuthMethod::Login, "AUTH=PLAIN CRAM-MD5", AuthMethod::Plain),
        (AuthMethod::OAuthBearer, "auth xoauth2 plain", AuthMethod::XOAuth2),
    ] {
        let steps = if used == AuthMethod::Login { "C: AUTH LOGIN\nS: 334 \nC: \nS: 334 \nC: \n" } else { "C: AUTH\n" };
        let server = serve(&[&hello(offered), steps, "S: 235 ok\n", ACCEPTED]).await;
        let walk = Visitor::with(wanted).visit(&server).await;
        assert_eq!(
            walk.finding(Step::SignIn),
            &Finding::SignedIn { username: USER.to_owned(), method: used, alerts: Vec::new() }
        );
        let note = format!(
            "The server does not offer {}; signing in with {}, which it offers.",
            wanted.mechanism(),
            used.mechanism()
        );
        assert!(walk.said_by(Party::Note).contains(&note.as_str()), "{:?}", walk.report.transcript);
        walk.session().close().await;
    }
}

#[tokio::test]
async fn a_method_that_is_refused_though_offered_gives_way_to_the_other() {
    let login = "C: AUTH PLAIN
        S: 504 5.7.4 Unrecognized authentication type
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C:
        S: 334 UGFzc3dvcmQ6
        C:
        S: 235 ok\n";
    let server = serve(&[HELLO, login, ACCEPTED]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(
        walk.finding(Step::SignIn),
        &Finding::SignedIn { username: USER.to_owned(), method: AuthMethod::Login, alerts: Vec::new() }
    );
    walk.session().close().await;
}

#[tokio::test]
async fn a_refused_password_is_not_tried_twice() {
    let server = serve(&[HELLO, "C: AUTH PLAIN\nS: 535 5.7.8 no\n"]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(walk.problem(), &Problem::BadCredentials { reply: "535 5.7.8 no".to_owned() });
    drop(walk);
    server.all_gone().await;
    assert_eq!(server.heard().len(), 2, "{:?}", server.heard());
}

#[tokio::test]
async fn methods_that_would_not_do_are_listed() {
    let server = serve(&[&hello("AUTH GSSAPI CRAM-MD5")]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!(
        walk.problem(),
        &Problem::MethodNotOffered {
            wanted: AuthMethod::Plain,
            offered: vec!["GSSAPI".to_owned(), "CRAM-MD5".to_owned()]
        }
    );
}

#[tokio::test]
async fn a_server_without_sign_in_says_whether_tls_would_help() {
    for (offered, expected) in
        [("STARTTLS", Problem::SignInNeedsTls { reply: None }), ("SIZE", Problem::SignInNotOffered)]
    {
        let server = serve(&[&hello(offered)]).await;
        let walk = Visitor::default().visit(&server).await;
        assert_eq!((walk.failed_at(), walk.problem()), (Step::SignIn, &expected));
        assert_eq!(server.heard().len(), 1, "no credentials are said: {:?}", server.heard());
    }
}

#[tokio::test]
async fn a_line_too_long_for_the_server_is_said_in_two() {
    for reply in ["500 5.5.2 Line too long", "501 5.5.4 Command line too long"] {
        let script = format!("C: AUTH PLAIN {PLAIN}\nS: {reply}\nC: AUTH PLAIN\nS: 334 \nC: {PLAIN}\nS: 235 ok\n");
        let server = serve(&[HELLO, &script, ACCEPTED]).await;
        Visitor::default().visit(&server).await.session().close().await;
    }
}

#[tokio::test]
async fn a_token_beyond_the_line_limit_is_never_put_on_the_commands_line() {
    let server = serve(&[HELLO, "C: AUTH XOAUTH2\nS: 334 \nC: \nS: 235 ok\n", ACCEPTED]).await;
    let mut visitor = Visitor::with(AuthMethod::XOAuth2);
    visitor.login.secret = SecretString::from("t".repeat(9_300));
    let session = visitor.visit(&server).await.session();
    assert_eq!(server.heard()[1], "AUTH XOAUTH2");
    assert!(server.heard()[2].len() > 12_288);
    session.close().await;
}

#[tokio::test]
async fn a_server_that_ignores_the_initial_response_is_told_again() {
    let script = format!("C: AUTH PLAIN {PLAIN}\nS: 334 \nC: {PLAIN}\nS: 235 ok\n");
    let server = serve(&[HELLO, &script, ACCEPTED]).await;
    Visitor::default().visit(&server).await.session().close().await;
}

#[tokio::test]
async fn a_server_that_never_stops_asking_is_stopped() {
    let script = format!("C: AUTH LOGIN\n{}C: *\nS: 501 cancelled\n", "S: 334 more\nC: \n".repeat(2) + "S: 334 more\n");
    let problem = problem(AuthMethod::Login, &script).await;
    assert_eq!((problem.kind(), problem.reply()), ("protocol_nonsense", Some("334 more")));
}

#[tokio::test]
async fn a_refusal_of_many_lines_is_one_sentence() {
    let script = "C: AUTH
        S: 534-5.7.9 Application-specific password required. For more information, go to
        S: 534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp";
    assert_eq!(
        problem(AuthMethod::Plain, script).await,
        Problem::AppPasswordNeeded {
            reply: "534 5.7.9 Application-specific password required. For more information, go to \
                    https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp"
                .to_owned()
        }
    );
}

#[tokio::test]
async fn a_server_that_cannot_just_now_is_not_called_a_wrong_password() {
    for (reply, kind) in [
        ("454 4.7.0 Temporary authentication failure", "temporary_refusal"),
        ("421 4.7.0 Try again later, closing connection.", "temporary_refusal"),
        ("454 4.7.0 Too many login attempts, please try again later.", "rate_limited"),
    ] {
        let problem = problem(AuthMethod::Plain, &format!("C: AUTH\nS: {reply}\nCLOSE")).await;
        assert_eq!((problem.kind(), problem.reply()), (kind, Some(reply)));
        assert!(!problem.needs_person());
    }
    assert_eq!(problem(AuthMethod::Plain, "C: AUTH\nCLOSE").await, Problem::ConnectionLost { reply: None });
}

#[tokio::test]
async fn no_secret_is_shown_in_any_form() {
    let echoes = format!("S: 535 5.7.8 no such password: {PASSWORD} / b3BlbiBzZXNhbWU= / {PLAIN}");
    for (method, script) in [
        (AuthMethod::Plain, format!("C: AUTH PLAIN\n{echoes}")),
        (AuthMethod::Login, format!("C: AUTH LOGIN\nS: 334 \nC: \nS: 334 \nC: \n{echoes}")),
        (AuthMethod::XOAuth2, format!("C: AUTH XOAUTH2\nS: 535 5.7.8 {TOKEN}")),
    ] {
        let walk = walk(method, &script).await;
        let shown = format!("{:?} {:?}", walk.report, walk.problem());
        let whole = if method == AuthMethod::Plain { PLAIN } else { "b3BlbiBzZXNhbWU=" };
        for secret in [PASSWORD, TOKEN, whole] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let walk = walk(AuthMethod::Plain, "C: AUTH PLAIN\nS: 535 5.7.8 no").await;
    assert!(walk.said_by(Party::Client).contains(&"AUTH PLAIN •••"), "{:?}", walk.report.transcript);
}
