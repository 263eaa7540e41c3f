//! Signing in, every way, and every refusal.

use postroom_server::model::{AuthMethod, Problem, Security, Step};

use super::peer::{Server, USERNAME, Visit};

const PLAIN_RESPONSE: &str = "AHN1cHBvcnRAZXhhbXBsZS5jb20AY29ycmVjdCBob3JzZQ==";

#[tokio::test]
async fn plain_goes_with_an_initial_response_where_that_is_offered() {
    let walk = Server::new().visited(Visit::by(AuthMethod::Plain)).await;
    assert_eq!(walk.commands()[0], format!("AUTHENTICATE PLAIN {PLAIN_RESPONSE}"));
    assert!(walk.report().passed());
}

#[tokio::test]
async fn untagged_lines_before_the_challenge_and_words_in_it_do_no_harm() {
    let walk = Server::new()
        .offers("IMAP4rev1 AUTH=PLAIN IDLE")
        .on(
            "AUTHENTICATE PLAIN",
            &[
                "* OK [ALERT] Maintenance on Sunday\n* CAPABILITY IMAP4rev1\n\n+ go ahead, please",
                "* 3 EXISTS\n{tag} OK in",
            ],
        )
        .visited(Visit::by(AuthMethod::Plain))
        .await;
    assert!(walk.report().passed(), "{:?}", walk.report().problem());
    assert_eq!(walk.heard()[1], PLAIN_RESPONSE);
    // RFC 9051 7.1: such words must be shown to people.
    assert_eq!(walk.found(Step::SignIn).unwrap().alerts(), ["Maintenance on Sunday"]);
}

#[tokio::test]
async fn what_the_server_wants_people_to_see_is_shown_without_the_password_and_not_for_ever() {
    let many = "* OK [ALERT] You have typed correct horse\n".repeat(20);
    let answer = format!("{many}{{tag}} OK [ALERT] Quota is nearly full");
    let walk = Server::new().on("AUTHENTICATE PLAIN", &[&answer]).visited(Visit::by(AuthMethod::Plain)).await;
    assert_eq!(walk.found(Step::SignIn).unwrap().alerts(), ["You have typed •••"; 3]);
}

#[tokio::test]
async fn plain_falls_back_to_the_login_command() {
    let walk = Server::new().offers("IMAP4rev1 IDLE").visited(Visit::by(AuthMethod::Plain)).await;
    assert_eq!(walk.commands()[0], format!("LOGIN \"{USERNAME}\" \"correct horse\""));
    assert!(walk.report().passed());
}

#[tokio::test]
async fn a_server_that_overlooks_the_initial_response_gets_it_again() {
    let walk =
        Server::new().on("AUTHENTICATE PLAIN", &["+", "{tag} OK in"]).visited(Visit::by(AuthMethod::Plain)).await;
    assert!(walk.report().passed());
    assert_eq!(walk.heard()[1], PLAIN_RESPONSE);
}

#[tokio::test]
async fn a_password_beyond_ascii_goes_as_a_literal() {
    let visit = Visit { password: "비밀번호", ..Visit::by(AuthMethod::Login) };
    let walk =
        Server::new().offers("IMAP4rev1 IDLE").on("LOGIN", &["+ go", "{tag} OK in"]).visited(visit.clone()).await;
    assert!(walk.report().passed());
    assert_eq!(walk.heard()[..2], [format!("A1 LOGIN \"{USERNAME}\" {{12}}"), "비밀번호".to_owned()]);

    let refused = Server::new()
        .offers("IMAP4rev1 IDLE")
        .on("LOGIN", &["{tag} NO [ALERT] Account is disabled"])
        .visited(visit.clone())
        .await;
    assert_eq!(refused.problem().1.kind(), "account_disabled");
    assert_eq!(refused.commands().last().map(String::as_str), Some("LOGOUT"), "the password is not sent any more");

    let at_once =
        Server::new().offers("IMAP4rev1 LITERAL+ IDLE").on("LOGIN", &["", "{tag} OK in"]).visited(visit).await;
    assert!(at_once.report().passed());
    assert_eq!(at_once.flights(), 2);
}

#[tokio::test]
async fn login_goes_by_sasl_where_the_command_is_disabled() {
    let walk = Server::new()
        .offers("IMAP4rev1 SASL-IR LOGINDISABLED AUTH=LOGIN IDLE")
        .on("AUTHENTICATE LOGIN", &["+ VXNlciBOYW1lAA==", "+ anything", "{tag} OK in"])
        .visited(Visit::by(AuthMethod::Login))
        .await;
    assert!(walk.report().passed());
    assert_eq!(walk.heard()[..3], ["A1 AUTHENTICATE LOGIN", "c3VwcG9ydEBleGFtcGxlLmNvbQ==", "Y29ycmVjdCBob3JzZQ=="]);
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_answered_with_what_is() {
    let walk = Server::new().offers("IMAP4rev1 AUTH=PLAIN AUTH=GSSAPI").visited(Visit::by(AuthMethod::XOAuth2)).await;
    let offered = ["PLAIN", "GSSAPI", "LOGIN"].map(str::to_owned).to_vec();
    assert_eq!(walk.problem(), (Step::SignIn, Problem::MethodNotOffered { wanted: AuthMethod::XOAuth2, offered }));
    assert_eq!(walk.commands(), ["LOGOUT"], "no secret was sent");
}

#[tokio::test]
async fn a_server_that_wants_tls_first_is_not_told_the_password() {
    let walk = Server::new()
        .offers("IMAP4rev1 STARTTLS LOGINDISABLED")
        .visited(Visit { security: Security::None, ..Visit::by(AuthMethod::Plain) })
        .await;
    assert_eq!(walk.problem(), (Step::SignIn, Problem::SignInNeedsTls { reply: None }));
    assert_eq!(walk.commands(), ["LOGOUT"]);
}

#[tokio::test]
async fn a_refused_password_is_shown_with_the_servers_own_words() {
    let walk = Server::new()
        .on("AUTHENTICATE", &["{tag} NO [AUTHENTICATIONFAILED] Authentication failed."])
        .visited(Visit::default())
        .await;
    let reply = "NO [AUTHENTICATIONFAILED] Authentication failed.".to_owned();
    assert_eq!(walk.problem(), (Step::SignIn, Problem::BadCredentials { reply }));
    assert_eq!(walk.commands().last().map(String::as_str), Some("LOGOUT"), "the session ends politely");
}

#[tokio::test]
async fn the_same_refusal_asks_for_an_application_password_where_only_those_work() {
    for host in
        ["imap.naver.com", "imap.daum.net", "imap.mail.yahoo.com", "imap.mail.me.com", "imap.qq.com", "imap.163.com"]
    {
        let walk = Server::new()
            .on("AUTHENTICATE", &["{tag} NO LOGIN failed"])
            .visited(Visit::at(host, AuthMethod::Plain))
            .await;
        assert_eq!(walk.problem().1, Problem::AppPasswordNeeded { reply: "NO LOGIN failed".to_owned() }, "{host}");
    }
}

#[tokio::test]
async fn a_web_alert_before_the_refusal_is_what_people_get_to_see() {
    let walk = Server::new()
        .on("AUTHENTICATE", &["* NO [WEBALERT https://example.com/in] Web login required.\n{tag} NO [ALERT] No."])
        .visited(Visit::at("imap.gmail.com", AuthMethod::Plain))
        .await;
    let reply = "NO [WEBALERT https://example.com/in] Web login required.".to_owned();
    assert_eq!(walk.problem().1, Problem::BrowserSignInNeeded { reply });
}

#[tokio::test]
async fn a_refused_token_is_explained_by_the_servers_json() {
    let json = r#"{"status":"401","schemes":"bearer","scope":"mail"}"#;
    let challenge = "+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJtYWlsIn0=";
    for (method, answer) in [(AuthMethod::XOAuth2, ""), (AuthMethod::OAuthBearer, "AQ==")] {
        let walk = Server::new()
            .offers("IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER")
            .on("AUTHENTICATE", &[challenge, "{tag} NO [AUTHENTICATIONFAILED] Authentication failed."])
            .visited(Visit::by(method))
            .await;
        assert_eq!(walk.problem(), (Step::SignIn, Problem::TokenRejected { reply: json.to_owned() }));
        assert_eq!(walk.heard()[1], answer, "{method:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_without_json_is_quoted() {
    let walk = Server::new()
        .offers("IMAP4rev1 AUTH=XOAUTH2 SASL-IR")
        .on("AUTHENTICATE", &["{tag} NO AUTHENTICATE failed."])
        .visited(Visit::at("outlook.office365.com", AuthMethod::XOAuth2))
        .await;
    assert_eq!(walk.problem().1, Problem::TokenRejected { reply: "NO AUTHENTICATE failed.".to_owned() });
}

#[tokio::test]
async fn trouble_on_the_servers_side_is_no_rejected_token() {
    let walk = Server::new()
        .offers("IMAP4rev1 AUTH=XOAUTH2 SASL-IR")
        .on("AUTHENTICATE", &["+ eyJzdGF0dXMiOiI1MDAifQ==", "{tag} NO [UNAVAILABLE] Temporary System Problem"])
        .visited(Visit::by(AuthMethod::XOAuth2))
        .await;
    assert_eq!(walk.problem().1.kind(), "temporary_refusal");
}

#[tokio::test]
async fn a_server_that_never_stops_asking_is_left() {
    let walk = Server::new().on("AUTHENTICATE", &["+ a", "+ b", "+ c", "+ d", "+ e"]).visited(Visit::default()).await;
    assert_eq!(walk.problem().1.kind(), "protocol_nonsense");
}

#[tokio::test]
async fn the_last_words_of_a_server_that_hangs_up_are_kept() {
    let walk = Server::new()
        .on("AUTHENTICATE", &["* BYE Too many authentication failures\nCLOSE"])
        .visited(Visit::default())
        .await;
    let reply = "BYE Too many authentication failures".to_owned();
    assert_eq!(walk.problem(), (Step::SignIn, Problem::RateLimited { reply }));

    let walk = Server::new().on("AUTHENTICATE", &["* BYE See you\nCLOSE"]).visited(Visit::default()).await;
    assert_eq!(walk.problem().1, Problem::ConnectionLost { reply: Some("BYE See you".to_owned()) });

    let walk = Server::new().on("AUTHENTICATE", &["CLOSE"]).visited(Visit::default()).await;
    assert_eq!(walk.problem().1, Problem::ConnectionLost { reply: None });
}

#[tokio::test(start_paused = true)]
async fn a_bye_without_an_end_of_the_connection_is_the_end_all_the_same() {
    let walk = Server::new().on("AUTHENTICATE", &["* BYE Temporary System Error"]).visited(Visit::default()).await;
    assert_eq!(walk.problem().1.kind(), "temporary_refusal");
}

#[tokio::test(start_paused = true)]
async fn a_server_may_take_its_time_over_a_wrong_password_but_not_for_ever() {
    let walk = Server::new().on("AUTHENTICATE", &[]).visited(Visit::default()).await;
    assert_eq!(walk.problem(), (Step::SignIn, Problem::TimedOut { seconds: 20 }));
    let report = walk.report();
    let millis = report.steps.iter().find(|line| line.step == Step::SignIn).map(|line| line.millis);
    assert_eq!(millis, Some(20_000));
}

#[tokio::test]
async fn words_that_are_no_imap_are_shown() {
    let walk = Server::new().on("AUTHENTICATE", &["<html>"]).visited(Visit::default()).await;
    assert!(matches!(walk.problem().1, Problem::ProtocolNonsense { line, .. } if line == "<html>"));
}

#[tokio::test]
async fn a_refused_command_is_no_refused_password_and_the_other_command_is_tried() {
    let walk = Server::new().on("AUTHENTICATE", &["{tag} BAD Unknown command"]).visited(Visit::default()).await;
    assert!(walk.report().passed());
    assert_eq!(walk.commands()[1], format!("LOGIN \"{USERNAME}\" \"correct horse\""));

    let closed = Server::new()
        .offers("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
        .on("AUTHENTICATE", &["{tag} BAD Unknown command"])
        .visited(Visit::default())
        .await;
    assert_eq!(closed.problem().1, Problem::CommandRefused { reply: "BAD Unknown command".to_owned() });
}

#[tokio::test]
async fn an_empty_challenge_explains_nothing_and_the_refusal_itself_is_quoted() {
    let walk = Server::new()
        .offers("IMAP4rev1 AUTH=XOAUTH2")
        .on("AUTHENTICATE", &["+", "+", "{tag} NO [AUTHENTICATIONFAILED] no"])
        .visited(Visit::by(AuthMethod::XOAuth2))
        .await;
    assert_eq!(walk.problem().1, Problem::TokenRejected { reply: "NO [AUTHENTICATIONFAILED] no".to_owned() });
}

#[tokio::test]
async fn a_server_that_leaves_before_we_speak_is_quoted() {
    let walk = Server::new()
        .greets("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n* BYE Too many connections\nCLOSE")
        .visited(Visit::default())
        .await;
    let reply = "BYE Too many connections".to_owned();
    assert_eq!(walk.problem(), (Step::SignIn, Problem::TooManyConnections { reply, before_sign_in: false }));
}
