//! The server would take a message from us, and gets none.

use postroom_server::model::{EmailAddress, Finding, Party, Problem, Step};
use postroom_testing::Script;

use crate::world::{HELLO, SENDER, SIGNED_IN, Visitor, Walk, script, serve};

/// A server without PIPELINING.
const SLOW_HELLO: &str = "S: 220 ready\nC: EHLO\nS: 250-mail.example.com\nS: 250 AUTH PLAIN\n";
const GROUP: &str = "C: MAIL FROM:<support@example.com>\nC: RCPT TO:<support@example.com>\nC: RSET\n";

async fn walk(script: &str) -> Walk {
    Visitor::default().visit(&serve(&[HELLO, SIGNED_IN, GROUP, script]).await).await
}

async fn problem(script: &str) -> Problem {
    let walk = walk(script).await;
    assert_eq!(walk.failed_at(), Step::Sender);
    walk.problem().clone()
}

fn refused(reply: &str) -> Problem {
    Problem::SenderRefused { sender: SENDER.to_owned(), reply: reply.to_owned() }
}

#[tokio::test]
async fn a_sender_is_offered_and_taken_back() {
    for (hello, script) in [
        (HELLO, format!("{GROUP}S: 250 ok\nS: 250 ok\nS: 250 ok\n")),
        (
            SLOW_HELLO,
            "C: MAIL FROM:<support@example.com>
             S: 250 ok
             C: RCPT TO:<support@example.com>
             S: 250 ok
             C: RSET
             S: 250 ok\n"
                .to_owned(),
        ),
    ] {
        let server = serve(&[hello, SIGNED_IN, &script]).await;
        let walk = Visitor::default().visit(&server).await;
        assert_eq!(walk.finding(Step::Sender), &Finding::SenderAccepted { sender: SENDER.to_owned() });
        walk.session().close().await;
        server.all_gone().await;
        let heard = server.heard();
        assert!(!heard.iter().any(|line| line.starts_with("DATA")), "{heard:?}");
        assert_eq!(heard.last().unwrap(), "QUIT");
    }
}

#[tokio::test]
async fn a_refused_sender_is_quoted() {
    let reply = "553 5.7.1 <support@example.com>: Sender address rejected: not owned by user ada@example.com";
    assert_eq!(problem(&format!("S: {reply}\nS: 503 5.5.1 Need MAIL\nS: 250 ok\n")).await, refused(reply));
    // Postfix tells only at RCPT what it holds against the sender.
    assert_eq!(problem(&format!("S: 250 ok\nS: {reply}\nS: 250 ok\n")).await, refused(reply));
}

#[tokio::test]
async fn a_server_that_will_not_relay_is_quoted() {
    let reply = "554 5.7.1 <support@example.com>: Relay access denied";
    assert_eq!(
        problem(&format!("S: 250 ok\nS: {reply}\nS: 250 ok\n")).await,
        Problem::RelayDenied { recipient: SENDER.to_owned(), reply: reply.to_owned() }
    );
}

#[tokio::test]
async fn greylisting_says_nothing_against_the_sender() {
    let walk = walk("S: 250 ok\nS: 450 4.2.0 Greylisted, try again in 5 minutes\nS: 250 ok\n").await;
    assert!(walk.said_by(Party::Note).iter().any(|note| note.contains("puts the recipient off")));
    walk.session().close().await;
}

#[tokio::test]
async fn a_refused_reset_changes_nothing() {
    walk("S: 250 ok\nS: 250 ok\nS: 502 5.5.1 RSET not implemented\n").await.session().close().await;
}

#[tokio::test]
async fn a_server_that_leaves_in_the_middle_keeps_its_last_words() {
    assert_eq!(
        problem("S: 421 4.4.2 mail.example.com Error: timeout exceeded\nCLOSE").await,
        Problem::TemporaryRefusal { reply: "421 4.4.2 mail.example.com Error: timeout exceeded".to_owned() }
    );
    assert_eq!(problem("S: 451 4.3.0 hm\nCLOSE").await, Problem::TemporaryRefusal { reply: "451 4.3.0 hm".to_owned() });
}

#[tokio::test]
async fn a_server_that_hangs_up_on_a_group_is_visited_again_and_asked_one_by_one() {
    let hangs_up = script(&[HELLO, SIGNED_IN, GROUP, "CLOSE"]);
    let one_by_one = "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: RSET\nS: 250 ok\n";
    let server = Script::serve_in_turn(&[&hangs_up, &script(&[HELLO, SIGNED_IN, one_by_one])]).await;

    let walk = Visitor::default().visit(&server).await;

    assert!(walk.report.passed(), "{:?}", walk.report);
    assert!(walk.said_by(Party::Note).iter().any(|note| note.contains("hung up")));
    assert_eq!(server.connections(), 2);
    walk.session().close().await;
}

#[tokio::test]
async fn a_server_that_hangs_up_however_it_is_asked_is_lost() {
    let hangs_up = script(&[HELLO, SIGNED_IN, GROUP, "CLOSE"]);
    let again = script(&[HELLO, SIGNED_IN, "C: MAIL\nCLOSE"]);
    let server = Script::serve_in_turn(&[&hangs_up, &again]).await;
    let walk = Visitor::default().visit(&server).await;
    assert_eq!((walk.failed_at(), walk.problem()), (Step::Sender, &Problem::ConnectionLost { reply: None }));
}

#[tokio::test]
async fn a_server_that_chokes_on_three_commands_is_asked_one_by_one() {
    for replies in [
        "S: 250 ok\nS: 500 5.5.1 Command unrecognized\nS: 250 ok\n",
        "S: 503 5.5.0 Improper use of SMTP command pipelining\nS: 503 no\nS: 250 ok\n",
        "S: 554 SMTP synchronization error\nS: 554 no\nS: 554 no\n",
    ] {
        let one_by_one = "C: RSET
            S: 250 ok
            C: MAIL FROM:<support@example.com>
            S: 250 ok
            C: RCPT TO:<support@example.com>
            S: 250 ok
            C: RSET
            S: 250 ok\n";
        let server = serve(&[HELLO, SIGNED_IN, GROUP, replies, one_by_one]).await;
        Visitor::default().visit(&server).await.session().close().await;
    }
}

#[tokio::test]
async fn a_server_that_forgets_what_comes_in_a_group_is_visited_again_and_asked_one_by_one() {
    let forgets = script(&[HELLO, SIGNED_IN, GROUP, "S: 250 ok\nSILENCE"]);
    let one_by_one = "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: RSET\nS: 250 ok\n";
    let server = Script::serve_in_turn(&[&forgets, &script(&[HELLO, SIGNED_IN, one_by_one])]).await;

    let walk = Visitor::default().visit_impatiently(&server).await;

    assert!(walk.said_by(Party::Note).iter().any(|note| note.contains("fell silent")));
    assert_eq!(server.connections(), 2);
    walk.session().close().await;
}

#[tokio::test]
async fn a_refused_password_is_never_shown_a_second_time() {
    for refusal in ["S: 535 5.7.8 no\n", "S: 535 5.7.8 no\nCLOSE\n", "CLOSE\n"] {
        let server = serve(&[HELLO, "C: AUTH PLAIN\n", refusal]).await;
        let walk = Visitor::default().visit(&server).await;
        assert_eq!(walk.failed_at(), Step::SignIn);
        assert_eq!(server.connections(), 1, "{refusal}");
        assert_eq!(walk.said_by(Party::Client).iter().filter(|line| line.starts_with("AUTH")).count(), 1);
    }
}

/// What an international sender comes to, and the MAIL command it was put into.
async fn international(sender: &str, extension: &str) -> (Result<(), Problem>, Option<String>) {
    let hello =
        format!("S: 220 ready\nC: EHLO\nS: 250-mail\nS: 250-PIPELINING\nS: 250-{extension}\nS: 250 AUTH PLAIN\n");
    let accepted = "C: MAIL\nC: RCPT\nC: RSET\nS: 250 ok\nS: 250 ok\nS: 250 ok\n";
    let server = serve(&[&hello, SIGNED_IN, accepted]).await;
    let visitor = Visitor { sender: EmailAddress::parse(sender).unwrap(), ..Visitor::default() };
    let walk = visitor.visit(&server).await;
    let outcome = walk.outcome.map(drop);
    let mail = server.heard().into_iter().find(|line| line.starts_with("MAIL"));
    (outcome, mail)
}

#[tokio::test]
async fn an_international_sender_goes_to_a_server_that_can_carry_it() {
    for sender in ["지원@예시.한국", "support@bücher.example"] {
        assert_eq!(international(sender, "SMTPUTF8").await, (Ok(()), Some(format!("MAIL FROM:<{sender}> SMTPUTF8"))));
    }
}

#[tokio::test]
async fn an_international_domain_goes_as_a_labels_where_it_must() {
    assert_eq!(
        international("support@bücher.example", "SIZE").await,
        (Ok(()), Some("MAIL FROM:<support@xn--bcher-kva.example>".to_owned()))
    );
}

#[tokio::test]
async fn an_international_name_goes_nowhere_without_smtputf8() {
    let address = "büro@example.com";
    assert_eq!(
        international(address, "SIZE").await,
        (Err(Problem::InternationalAddressNotSupported { address: address.to_owned() }), None)
    );
}
