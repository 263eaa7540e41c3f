//! A message is asked for at servers that tell more, less, or something else than they were asked.

use postroom_server::{
    imap,
    login::Login,
    model::{AuthMethod, Problem, Security},
    net::Trace,
};
use postroom_testing::{Script, dialer};

const OPEN: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: AUTHENTICATE PLAIN
    S: OK [CAPABILITY IMAP4rev1 UIDPLUS] in
    C: LIST
    S: OK done
    C: EXAMINE
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 7] valid
    S: OK done\n";

/// What comes of asking for the message with the UID 17, where the server answers so.
async fn shown(answer: &str) -> Result<Option<Vec<u8>>, Problem> {
    let server = Script::serve(&format!("{OPEN}C: UID FETCH 17 (UID BODY.PEEK[]<0.65536>)\n{answer}")).await;
    let login = Login { username: "ada".to_owned(), secret: "correct horse".into(), method: AuthMethod::Plain };
    let endpoint = server.endpoint(Security::None);
    let mut session = imap::open(&dialer(), &endpoint, &login, "INBOX", &Trace::off()).await.unwrap();
    session.peek(17).await
}

#[tokio::test]
async fn an_empty_message_is_there_and_a_message_that_is_gone_is_not() {
    assert_eq!(shown("S~ * 3 FETCH (UID 17 BODY[]<0> {0}\\r\\n)\\r\\n{tag} OK done\\r\\n").await, Ok(Some(Vec::new())));
    assert_eq!(shown("S: OK done").await, Ok(None));
    assert_eq!(shown("S: * 3 FETCH (UID 17 BODY[]<0> NIL)\nS: OK done").await, Ok(None));
}

#[tokio::test]
async fn a_message_that_does_not_say_which_it_is_is_none() {
    assert_eq!(shown("S~ * 3 FETCH (BODY[]<0> {2}\\r\\nhi)\\r\\n{tag} OK done\\r\\n").await, Ok(None));
    assert_eq!(shown("S~ * 3 FETCH (UID 16 BODY[]<0> {2}\\r\\nhi)\\r\\n{tag} OK done\\r\\n").await, Ok(None));
}

#[tokio::test]
async fn news_about_other_messages_is_not_taken_for_the_answer() {
    let answer = "S: * 5 FETCH (FLAGS (\\Seen))
        S: * 2 EXPUNGE
        S: * VANISHED 4
        S: * 9 EXISTS
        S~ * 4 FETCH (UID 18 BODY[]<0> {6}\\r\\nothers)\\r\\n
        S~ * 3 FETCH (BODY[]<0> {4}\\r\\nours UID 17)\\r\\n
        S: * 6 FETCH (UID 17 FLAGS ())
        S: OK done";
    assert_eq!(shown(answer).await, Ok(Some(b"ours".to_vec())));
}

#[tokio::test]
async fn more_than_was_asked_for_ends_it() {
    for flood in [
        "S~ * 3 FETCH (UID 17 BODY[]<0> {4294967295}\\r\\n",
        "FLOOD~ * 3 FETCH (UID 17 BODY[]<0> {3}\\r\\nabc)\\r\\n",
        "FLOOD~ * 1 EXPUNGE\\r\\n",
    ] {
        let ended = shown(flood).await;
        assert!(matches!(ended, Err(Problem::TooMuchData { .. })), "{flood}: {ended:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_as_one() {
    let refused = shown("S: NO [SERVERBUG] not today").await;
    assert_eq!(refused.unwrap_err().kind(), "temporary_refusal");
}
