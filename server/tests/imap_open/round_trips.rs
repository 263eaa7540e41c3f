//! How often the server has to answer before we know everything.

use postroom_server::model::{AuthMethod, Outcome, Security};

use super::peer::{Server, Visit};

#[tokio::test]
async fn two_flights_follow_a_greeting_that_tells_the_capabilities() {
    let walk = Server::new().visited(Visit::default()).await;
    assert_eq!(walk.report().outcome, Some(Outcome::Passed));
    assert_eq!(walk.flights(), 2, "signing in, and everything behind it: with TLS and the greeting that makes four");
    let commands = walk.commands();
    let starts: Vec<&str> = commands.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(starts, ["AUTHENTICATE", "ID", "LIST", "EXAMINE", "SEARCH", "IDLE"]);
}

#[tokio::test]
async fn one_flight_more_asks_for_capabilities_the_greeting_keeps_to_itself() {
    let walk = Server::new().greets("* OK Gimap ready").visited(Visit::default()).await;
    assert!(walk.report().passed());
    assert_eq!(walk.flights(), 3);
}

#[tokio::test]
async fn capabilities_that_come_untagged_with_the_sign_in_are_not_asked_for_again() {
    let walk = Server::new()
        .on("AUTHENTICATE", &["* CAPABILITY IMAP4rev1 IDLE UIDPLUS\n{tag} OK support@example.com authenticated"])
        .visited(Visit::default())
        .await;
    assert!(!walk.commands().iter().any(|command| command == "CAPABILITY"));
    assert!(walk.session().capabilities().offers("UIDPLUS"));
}

#[tokio::test]
async fn capabilities_that_a_sign_in_does_not_tell_ride_with_the_group() {
    let walk = Server::new().on("AUTHENTICATE", &["{tag} OK done"]).visited(Visit::default()).await;
    assert!(walk.report().passed());
    assert_eq!(walk.flights(), 2);
    assert!(walk.commands().iter().any(|command| command == "CAPABILITY"));
}

#[tokio::test]
async fn without_an_initial_response_signing_in_takes_two_flights() {
    let walk = Server::new()
        .offers("IMAP4rev1 ID IDLE AUTH=PLAIN")
        .on("AUTHENTICATE PLAIN", &["+ ", "{tag} OK [CAPABILITY IMAP4rev1 ID IDLE] Logged in"])
        .visited(Visit { security: Security::None, ..Visit::by(AuthMethod::Plain) })
        .await;
    assert!(walk.report().passed());
    assert_eq!(walk.flights(), 3);
}

#[tokio::test]
async fn a_session_ends_with_done_and_logout_in_one_flight() {
    let walk = Server::new().visited(Visit::default()).await;
    let (flights, commands) = (walk.flights(), walk.commands().len());
    let Walked { seen } = Walked::after_closing(walk).await;
    assert_eq!(seen.flights(), flights + 1);
    assert_eq!(&seen.commands()[commands..], ["DONE", "LOGOUT"]);
}

/// A walk whose session has been closed.
struct Walked {
    seen: super::peer::Walk,
}

impl Walked {
    async fn after_closing(mut walk: super::peer::Walk) -> Self {
        let gone = postroom_server::model::Problem::NoGreeting;
        let session = std::mem::replace(&mut walk.result, Err(gone)).expect("the walk goes well");
        assert!(session.is_idling());
        session.close().await;
        Self { seen: walk }
    }
}
