//! What is recorded of the conversation, and what must never be.

use postroom_server::model::{AuthMethod, Party};

use super::peer::{PASSWORD, Server, Visit};

#[tokio::test]
async fn credentials_are_masked_by_the_step_that_sends_them() {
    let walk = Server::new().visited(Visit::default()).await;
    assert_eq!(walk.said_by(Party::Client)[0], "A1 AUTHENTICATE PLAIN •••");
    let walk = Server::new().visited(Visit::by(AuthMethod::Login)).await;
    assert_eq!(walk.said_by(Party::Client)[0], "A1 LOGIN ••• •••");
    let walk = Server::new()
        .offers("IMAP4rev1 LOGINDISABLED AUTH=LOGIN")
        .on("AUTHENTICATE LOGIN", &["+", "+", "{tag} OK"])
        .visited(Visit::by(AuthMethod::Login))
        .await;
    assert_eq!(walk.said_by(Party::Client)[..3], ["A1 AUTHENTICATE LOGIN", "•••", "•••"]);
}

#[tokio::test]
async fn a_server_that_repeats_the_secret_gives_nothing_away() {
    let refusal =
        format!("{{tag}} NO no user has {PASSWORD} or AHN1cHBvcnRAZXhhbXBsZS5jb20AY29ycmVjdCBob3JzZQ== as password");
    let walk = Server::new().on("AUTHENTICATE", &[&refusal]).visited(Visit::default()).await;
    let everything = format!("{:?} {:?}", walk.report(), walk.result.as_ref().err());
    assert!(!everything.contains(PASSWORD) && !everything.contains("AHN1cHBvcnR"), "{everything}");
    assert_eq!(walk.problem().1.reply(), Some("NO no user has ••• or ••• as password"));
}

#[tokio::test]
async fn the_whole_conversation_can_be_read_afterwards() {
    let walk = Server::new().visited(Visit::default()).await;
    let client = walk.said_by(Party::Client);
    assert_eq!(client[3..], ["A4 EXAMINE \"INBOX\"", "A5 SEARCH SINCE 29-Nov-2026", "A6 IDLE"]);
    let server = walk.said_by(Party::Server);
    assert_eq!(server.last().map(String::as_str), Some("+ idling"));
    assert!(server[0].starts_with("* OK [CAPABILITY"));
}
