//! One message is handed over, or it is known why not.

use postroom_server::{
    model::{EmailAddress, Problem},
    smtp::{Envelope, Session, Submission},
};
use postroom_testing::Script;

use crate::world::{ACCEPTED, HELLO, SENDER, SIGNED_IN, Visitor, script};

const ADDRESSED: &str = "C: MAIL FROM:<support@example.com> SIZE=
    C: RCPT TO:<ada@example.com>
    S: 250 2.1.0 Ok
    S: 250 2.1.5 Ok
    C: DATA\n";
const GO_ON: &str = "S: 354 End data with <CR><LF>.<CR><LF>\nMESSAGE\n";
const LETTER: &[u8] = b"Subject: Test\r\n\r\nHello\r\n.\r\nthere\r\n";

struct Submitted {
    outcome: Submission,
    session: Session,
    server: Script,
}

async fn to(server: Script, recipients: &[&str], letter: &[u8]) -> Submitted {
    let mut session = Visitor::default().visit(&server).await.session();
    let sender = EmailAddress::parse(SENDER).unwrap();
    let recipients: Vec<_> = recipients.iter().map(|address| EmailAddress::parse(address).unwrap()).collect();
    let outcome = session.submit(Envelope { sender: &sender, recipients: &recipients }, letter).await;
    Submitted { outcome, session, server }
}

/// Submits the letter to Ada at a server that says this once the session is open.
async fn submit(parts: &[&str]) -> Submitted {
    let server = Script::serve(&[&[HELLO, SIGNED_IN, ACCEPTED], parts].concat().concat()).await;
    to(server, &["ada@example.com"], LETTER).await
}

fn temporary(reply: &str) -> Problem {
    Problem::TemporaryRefusal { reply: reply.to_owned() }
}

#[tokio::test]
async fn an_accepted_message_is_told_in_the_servers_words() {
    let goodbye = "C: QUIT\nS: 221 Bye\nCLOSE";
    let Submitted { outcome, session, server } =
        submit(&[ADDRESSED, GO_ON, "S: 250 2.0.0 Ok: queued as 4bXyZ\n", goodbye]).await;
    assert_eq!(outcome, Submission::Accepted { reply: "250 2.0.0 Ok: queued as 4bXyZ".to_owned() });
    assert!(session.is_usable());
    session.close().await;
    let heard = server.heard();
    assert!(heard.contains(&"MAIL FROM:<support@example.com> SIZE=35".to_owned()), "{heard:?}");
    let body = heard.iter().position(|line| line == "DATA").unwrap() + 1;
    assert_eq!(heard[body..body + 6], ["Subject: Test", "", "Hello", "..", "there", "."]);
}

#[tokio::test]
async fn one_connection_carries_many_messages() {
    let accepted = [ADDRESSED, GO_ON, "S: 250 2.0.0 Ok\n"].concat();
    let server = Script::serve(&script(&[HELLO, SIGNED_IN, ACCEPTED, &accepted, &accepted])).await;
    let Submitted { outcome, mut session, server: _server } = to(server, &["ada@example.com"], LETTER).await;
    assert!(matches!(outcome, Submission::Accepted { .. }));
    let (sender, recipient) = (EmailAddress::parse(SENDER).unwrap(), EmailAddress::parse("ada@example.com").unwrap());
    let envelope = Envelope { sender: &sender, recipients: &[recipient] };
    let outcome = session.submit(envelope, LETTER).await;
    assert!(matches!(outcome, Submission::Accepted { .. }), "{outcome:?}");
    session.close().await;
}

#[tokio::test]
async fn a_server_without_pipelining_is_asked_line_by_line() {
    let hello = "S: 220 ready\nC: EHLO\nS: 250-mail.example.com\nS: 250 AUTH PLAIN\n";
    let slow = "C: MAIL FROM:<support@example.com>\nS: 250 ok\nC: RCPT TO\nS: 250 ok\nC: RSET\nS: 250 ok
        C: MAIL FROM:<support@example.com>\nS: 250 ok\nC: RCPT TO:<ada@example.com>\nS: 250 ok\nC: DATA\n";
    let server = Script::serve(&[hello, SIGNED_IN, slow, GO_ON, "S: 250 ok\n"].concat()).await;
    let Submitted { outcome, server, .. } = to(server, &["ada@example.com"], LETTER).await;
    assert_eq!(outcome, Submission::Accepted { reply: "250 ok".to_owned() });
    assert!(server.heard().contains(&"MAIL FROM:<support@example.com>".to_owned()), "SIZE is not offered");
}

#[tokio::test]
async fn what_is_put_off_is_told_apart_from_what_is_refused() {
    let envelope = "C: MAIL FROM\nC: RCPT TO:<ada@example.com>\n";
    let reset = "C: RSET\nS: 250 Ok\n";
    let at_mail = [envelope, "S: 451 4.3.0 Busy\nS: 503 5.5.1 Need MAIL\n", reset];
    let later = submit(&at_mail).await;
    assert_eq!(later.outcome, Submission::Later(temporary("451 4.3.0 Busy")));
    assert!(later.session.is_usable());

    let greylisted = [envelope, "S: 250 Ok\nS: 450 4.2.0 Greylisted\n", reset];
    assert_eq!(submit(&greylisted).await.outcome, Submission::Later(temporary("450 4.2.0 Greylisted")));

    let unknown = [envelope, "S: 250 Ok\nS: 550 5.1.1 User unknown\n", reset];
    let reply = "550 5.1.1 User unknown".to_owned();
    let recipient = "ada@example.com".to_owned();
    assert_eq!(submit(&unknown).await.outcome, Submission::Refused(Problem::RecipientRefused { recipient, reply }));

    let at_data = [ADDRESSED, "S: 452 4.3.1 Disk full\n", reset];
    assert_eq!(submit(&at_data).await.outcome, Submission::Later(temporary("452 4.3.1 Disk full")));

    let at_the_end = [ADDRESSED, GO_ON, "S: 451 4.7.1 Try again\n"];
    assert_eq!(submit(&at_the_end).await.outcome, Submission::Later(temporary("451 4.7.1 Try again")));

    let for_good = submit(&[ADDRESSED, GO_ON, "S: 554 5.7.1 Looks like spam\n"]).await;
    let reply = "554 5.7.1 Looks like spam".to_owned();
    assert_eq!(for_good.outcome, Submission::Refused(Problem::MessageRefused { reply }));
    assert!(for_good.session.is_usable());
}

#[tokio::test]
async fn a_limit_passes_though_it_is_said_with_a_5() {
    let over = [ADDRESSED, GO_ON, "S: 550 5.4.5 Daily user sending limit exceeded\n"];
    let outcome = submit(&over).await.outcome;
    assert!(matches!(outcome, Submission::Later(Problem::SendingLimitReached { .. })), "{outcome:?}");
}

#[tokio::test]
async fn one_refused_recipient_stops_the_message_for_all() {
    let server = [
        HELLO,
        SIGNED_IN,
        ACCEPTED,
        "C: MAIL FROM\nC: RCPT TO:<ada@example.com>\nC: RCPT TO:<bob@example.com>
         S: 250 Ok\nS: 250 Ok\nS: 550 5.1.1 User unknown\nC: RSET\nS: 250 Ok\n",
    ];
    let server = Script::serve(&server.concat()).await;
    let Submitted { outcome, server, .. } = to(server, &["ada@example.com", "bob@example.com"], LETTER).await;
    let (recipient, reply) = ("bob@example.com".to_owned(), "550 5.1.1 User unknown".to_owned());
    assert_eq!(outcome, Submission::Refused(Problem::RecipientRefused { recipient, reply }));
    assert!(!server.heard().contains(&"DATA".to_owned()));
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_message_has_sent_nothing() {
    let lost = Submission::Broken(Problem::ConnectionLost { reply: None });
    for parts in [
        &["C: MAIL FROM\nCLOSE"][..],
        &["C: MAIL FROM\nC: RCPT TO\nS: 250 Ok\nCLOSE"],
        &["C: MAIL FROM\nC: RCPT TO\nS: 250 Ok\nS: 250 Ok\nC: DATA\nCLOSE"],
    ] {
        let Submitted { outcome, session, .. } = submit(parts).await;
        assert_eq!(outcome, lost, "{parts:?}");
        assert!(!session.is_usable());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_final_dot_leaves_it_open() {
    let Submitted { outcome, session, .. } = submit(&[ADDRESSED, GO_ON, "CLOSE"]).await;
    assert_eq!(outcome, Submission::Unknown(Problem::ConnectionLost { reply: None }));
    assert!(!session.is_usable());
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_the_message_counts_though_the_server_hangs_up() {
    let parts = [ADDRESSED, "S: 354 Go on\nC: Subject\nS: 552 5.3.4 Message too big\nCLOSE"];
    let outcome = submit(&parts).await.outcome;
    let reply = "552 5.3.4 Message too big".to_owned();
    assert_eq!(outcome, Submission::Refused(Problem::MessageTooLarge { reply }));
}

#[tokio::test]
async fn a_server_that_is_about_to_close_gets_no_other_message() {
    let parts = ["C: MAIL FROM\nC: RCPT TO\nS: 421 4.3.2 Shutting down\nCLOSE"];
    let Submitted { outcome, session, .. } = submit(&parts).await;
    assert_eq!(outcome, Submission::Later(temporary("421 4.3.2 Shutting down")));
    assert!(!session.is_usable());
}

#[tokio::test]
async fn an_address_that_the_server_cannot_carry_is_told_before_anything_is_said() {
    let server = Script::serve(&[HELLO, SIGNED_IN, ACCEPTED].concat()).await;
    let Submitted { outcome, session, .. } = to(server, &["지원@example.com"], LETTER).await;
    let address = "지원@example.com".to_owned();
    assert_eq!(outcome, Submission::Refused(Problem::InternationalAddressNotSupported { address }));
    assert!(session.is_usable());
}
