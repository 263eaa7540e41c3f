//! The folder we would watch, and IDLE.

use postroom_server::model::{AuthMethod, Finding, FolderEntry, FolderRole, Problem, Step, Timestamp};

use super::peer::{Server, Visit, Walk};

#[tokio::test]
async fn the_folder_is_counted_and_left_as_it_is() {
    let walk = Server::new().visited(Visit::default()).await;
    assert_eq!(
        walk.found(Step::Folder),
        Some(Finding::Folder {
            name: "INBOX".to_owned(),
            messages: 172,
            uid_validity: Some(3_857_529_045),
            uid_next: Some(4_392),
            folders: Some(2),
            recent: Some(2),
            recent_since: yesterday(),
            list: vec![
                FolderEntry { name: "Sent".to_owned(), role: Some(FolderRole::Sent) },
                FolderEntry { name: "INBOX".to_owned(), role: Some(FolderRole::Inbox) },
            ],
        })
    );
    assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: true }));
    assert!(walk.commands().iter().all(|command| !command.starts_with("SELECT")));
    assert_eq!(walk.session().folder().messages, 172);
}

/// The day before every visit, from its beginning.
fn yesterday() -> Option<Timestamp> {
    Timestamp::of_day(2026, 11, 29)
}

/// A server that can do this too, from the greeting on.
fn offering(more: &str) -> Server {
    let all = format!("IMAP4rev1 SASL-IR ID IDLE AUTH=PLAIN {more}");
    Server::new().offers(&all).on("AUTHENTICATE", &[&format!("{{tag}} OK [CAPABILITY {all}] Logged in")])
}

/// How many messages came of late, and since which day.
fn counted(walk: &Walk) -> (Option<u32>, Option<Timestamp>) {
    match walk.found(Step::Folder) {
        Some(Finding::Folder { recent, recent_since, .. }) => (recent, recent_since),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_can_count_says_how_many_came_within_the_last_day() {
    let walk = offering("ESEARCH WITHIN")
        .on("SEARCH", &["* ESEARCH (TAG \"A5\") COUNT 12\n{tag} OK Search completed."])
        .visited(Visit::default())
        .await;
    assert_eq!(counted(&walk), (Some(12), None));
    assert!(walk.commands().contains(&"SEARCH RETURN (COUNT) YOUNGER 86400".to_owned()));
    assert_eq!(walk.flights(), 2, "the count rides with everything behind the sign-in");
    assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: true }));
}

#[tokio::test]
async fn a_server_that_knows_no_hours_counts_whole_days_and_the_day_is_said() {
    // Gmail: it counts by itself, and knows days only.
    let walk = offering("ESEARCH")
        .on("SEARCH", &["* ESEARCH (TAG \"A5\") COUNT 9\n{tag} OK SEARCH completed (Success)"])
        .visited(Visit::default())
        .await;
    assert_eq!(counted(&walk), (Some(9), yesterday()));
    assert!(walk.commands().contains(&"SEARCH RETURN (COUNT) SINCE 29-Nov-2026".to_owned()));
    assert_eq!(walk.flights(), 2);
}

#[tokio::test]
async fn a_server_that_only_lists_is_counted_by_us_in_the_same_flight() {
    // Exchange has neither ESEARCH nor WITHIN.
    for (listed, count) in [
        ("* SEARCH 170 171 172", 3),
        ("* SEARCH", 0),
        ("* search 171 172 (MODSEQ 917162500)", 2),
        ("* SEARCH 1 2\n* SEARCH 3", 3),
    ] {
        let walk = Server::new()
            .on("SEARCH", &[&format!("{listed}\n{{tag}} OK SEARCH completed.")])
            .visited(Visit::default())
            .await;
        assert_eq!(counted(&walk), (Some(count), yesterday()), "{listed}");
        assert!(walk.commands().contains(&"SEARCH SINCE 29-Nov-2026".to_owned()));
        assert_eq!(walk.flights(), 2);
    }
    let within = offering("WITHIN").visited(Visit::default()).await;
    assert_eq!(counted(&within), (Some(2), None));
    assert!(within.commands().contains(&"SEARCH YOUNGER 86400".to_owned()));
}

#[tokio::test]
async fn a_list_too_long_to_count_is_read_past_and_hinders_nothing() {
    let numbers: Vec<String> = (1..=50_000).map(|number| number.to_string()).collect();
    let walk = Server::new()
        .on("SEARCH", &[&format!("* SEARCH {}\n{{tag}} OK SEARCH completed.", numbers.join(" "))])
        .visited(Visit::default())
        .await;
    assert!(walk.report().passed(), "{:?}", walk.report().problem());
    assert_eq!(counted(&walk), (None, None));
    assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: true }));
}

#[tokio::test]
async fn a_server_that_refuses_to_count_is_not_worse_for_it() {
    for refusal in ["{tag} BAD No search today", "{tag} NO [CANNOT] no", "* SEARCH 1 2\n{tag} NO and not all of it"] {
        for server in [offering("ESEARCH WITHIN"), Server::new()] {
            let walk = server.on("SEARCH", &[refusal]).visited(Visit::default()).await;
            assert!(walk.report().passed());
            assert_eq!(counted(&walk), (None, None), "{refusal}");
            assert!(matches!(walk.found(Step::Folder), Some(Finding::Folder { messages: 172, .. })));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_that_never_comes_is_not_waited_for_long() {
    let walk = Server::new().on("SEARCH", &[""]).visited(Visit::default()).await;
    assert!(walk.report().passed());
    assert_eq!(counted(&walk), (None, None));
}

#[tokio::test]
async fn folders_that_cannot_be_opened_are_not_offered_and_the_list_has_an_end() {
    let mut lines: Vec<String> = (0..5_000).map(|number| format!("* LIST () \"/\" Box{number}")).collect();
    lines.insert(0, "* LIST (\\Noselect) \"/\" Parents".to_owned());
    lines.push("{tag} OK".to_owned());
    let walk = Server::new().on("LIST", &[&lines.join("\n")]).visited(Visit::default()).await;
    let Some(Finding::Folder { folders, list, .. }) = walk.found(Step::Folder) else { panic!("no finding") };
    assert_eq!((folders, list.len()), (Some(5_001), 300));
    assert_eq!(list[0], FolderEntry { name: "Box0".to_owned(), role: None });
}

#[tokio::test]
async fn folder_names_in_literals_are_counted_too() {
    let walk = Server::new()
        .on("LIST", &["* LIST () \"/\" {5}\nINBOX\n* LIST () {1}\n/ {6}\na\nb}c\n* LIST () \"/\" x\n{tag} OK"])
        .visited(Visit::default())
        .await;
    assert!(matches!(walk.found(Step::Folder), Some(Finding::Folder { folders: Some(3), .. })));
}

#[tokio::test]
async fn an_absurd_literal_is_not_waited_for() {
    let walk = Server::new().on("LIST", &["* LIST () \"/\" {999999999}"]).visited(Visit::default()).await;
    assert_eq!(walk.problem(), (Step::Folder, Problem::TooMuchData { limit_bytes: 1_048_576 }));
}

#[tokio::test]
async fn a_missing_folder_is_told_by_name() {
    let walk = Server::new()
        .on("EXAMINE", &["{tag} NO [NONEXISTENT] Mailbox doesn't exist: Tickets"])
        .visited(Visit { folder: "Tickets", ..Visit::default() })
        .await;
    let (folder, reply) = ("Tickets".to_owned(), "NO [NONEXISTENT] Mailbox doesn't exist: Tickets".to_owned());
    assert_eq!(walk.problem(), (Step::Folder, Problem::FolderMissing { folder, reply }));
    assert!(
        walk.commands().ends_with(&["DONE".to_owned(), "LOGOUT".to_owned()]),
        "the IDLE that ran along is ended first"
    );
}

#[tokio::test]
async fn a_korean_folder_is_asked_for_in_modified_utf7() {
    let walk = Server::new().visited(Visit { folder: "받은메일함", ..Visit::default() }).await;
    assert!(walk.commands().contains(&"EXAMINE \"&vBvHQLpUx3zVaA-\"".to_owned()));
    assert!(matches!(walk.found(Step::Folder), Some(Finding::Folder { name, .. }) if name == "받은메일함"));
}

#[tokio::test]
async fn a_folder_without_lasting_uids_cannot_be_watched() {
    let said = "NO [UIDNOTSTICKY] Non-persistent UIDs";
    for (words, reply) in [
        (format!("* OK [UIDVALIDITY 7]\n* {said}"), Some(said.to_owned())),
        (format!("* {said}\n* OK [UIDVALIDITY 7]"), Some(said.to_owned())),
        ("* 0 RECENT".to_owned(), None),
        ("* OK [UIDVALIDITY 0] none".to_owned(), None),
    ] {
        let walk = Server::new()
            .on("EXAMINE", &[&format!("* 1 EXISTS\n{words}\n{{tag}} OK [READ-ONLY] done")])
            .visited(Visit { folder: "Tickets", ..Visit::default() })
            .await;
        let problem = Problem::FolderUidsDoNotLast { folder: "Tickets".to_owned(), reply };
        assert_eq!(walk.problem(), (Step::Folder, problem), "{words}");
    }
}

#[tokio::test]
async fn a_server_that_lists_no_folders_is_no_failure() {
    let walk = Server::new().on("LIST", &["{tag} NO not today"]).visited(Visit::default()).await;
    assert!(matches!(walk.found(Step::Folder), Some(Finding::Folder { folders: None, .. })));
    assert!(walk.report().passed());
}

#[tokio::test]
async fn without_idle_the_check_passes_and_says_so() {
    let silent = Server::new().offers("IMAP4rev1").on("LOGIN", &["{tag} OK [CAPABILITY IMAP4rev1] in"]);
    let refusing = Server::new().on("IDLE", &["{tag} NO not here"]);
    let puzzled = Server::new().on("IDLE", &["{tag} BAD what?"]);
    for server in [silent, refusing, puzzled] {
        let walk = server.visited(Visit::default()).await;
        assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: false }));
        assert!(walk.report().passed());
    }
}

#[tokio::test]
async fn idle_that_is_offered_only_after_signing_in_is_found() {
    let walk = Server::new()
        .greets("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready")
        .on("AUTHENTICATE", &["{tag} OK in"])
        .on("CAPABILITY", &["* CAPABILITY IMAP4rev1 IDLE\n{tag} OK"])
        .visited(Visit::default())
        .await;
    assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: true }));
}

#[tokio::test]
async fn we_introduce_ourselves_before_the_folder() {
    let walk = Server::new().visited(Visit::at("imap.163.com", AuthMethod::Plain)).await;
    let commands = walk.commands();
    let place = |start: &str| commands.iter().position(|command| command.starts_with(start));
    assert!(place("ID (\"name\" \"Postroom\"") < place("EXAMINE"));
    assert!(place("ID (").is_some());

    let walk = Server::new()
        .on("EXAMINE", &["{tag} NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"])
        .visited(Visit::at("imap.163.com", AuthMethod::Plain))
        .await;
    assert_eq!(walk.problem().1.kind(), "browser_sign_in_needed");
}

#[tokio::test]
async fn a_token_without_a_mailbox_behind_it_is_told_apart_from_a_bad_one() {
    let walk = Server::new()
        .offers("IMAP4rev1 SASL-IR AUTH=XOAUTH2 IDLE")
        .on("LIST", &["{tag} BAD User is authenticated but not connected."])
        .on("EXAMINE", &["{tag} BAD User is authenticated but not connected.\n* BYE Connection closed. 14\nCLOSE"])
        .visited(Visit::at("outlook.office365.com", AuthMethod::XOAuth2))
        .await;
    let reply = "BAD User is authenticated but not connected.".to_owned();
    assert_eq!(walk.problem(), (Step::Folder, Problem::AuthenticatedButNotConnected { reply }));
}

#[tokio::test]
async fn the_first_refusal_counts_where_a_server_hangs_up_before_the_folder() {
    // Exchange closes the connection behind the second BAD.
    let walk = Server::new()
        .offers("IMAP4rev1 SASL-IR AUTH=XOAUTH2 IDLE ID")
        .on("ID", &["{tag} BAD User is authenticated but not connected."])
        .on("LIST", &["{tag} BAD User is authenticated but not connected.\n* BYE Connection closed. 14\nCLOSE"])
        .visited(Visit::at("outlook.office365.com", AuthMethod::XOAuth2))
        .await;
    let reply = "BAD User is authenticated but not connected.".to_owned();
    assert_eq!(walk.problem(), (Step::Folder, Problem::AuthenticatedButNotConnected { reply }));
}

#[tokio::test]
async fn the_folders_there_are_are_told_though_the_wanted_one_is_not_among_them() {
    let walk = Server::new()
        .on("LIST", &["* LIST () \"/\" INBOX\n* LIST () \"/\" Kunden\n* LIST () \"/\" \"a & b\"\n{tag} OK done"])
        .on("EXAMINE", &["{tag} NO [NONEXISTENT] no such folder"])
        .visited(Visit::default())
        .await;
    assert_eq!(walk.problem().1.kind(), "folder_missing");
    let report = walk.report();
    let names: Vec<&str> = report.folders().iter().map(|folder| folder.name.as_str()).collect();
    assert_eq!(names, ["INBOX", "Kunden"], "the third one could not be asked for by the name it shows");
}

#[tokio::test]
async fn a_throttled_account_is_told_for_how_long() {
    let walk = Server::new()
        .on("EXAMINE", &["{tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds"])
        .visited(Visit::at("outlook.office365.com", AuthMethod::Plain))
        .await;
    assert!(matches!(walk.problem().1, Problem::RateLimited { reply } if reply.contains("92415")));
}

#[tokio::test]
async fn a_server_that_wants_commands_one_at_a_time_gets_them_so() {
    let walk = Server::new()
        .on("IDLE", &["{tag} BAD one at a time"])
        .on("EXAMINE", &["{tag} BAD one at a time"])
        .visited(Visit::default())
        .await;
    assert_eq!(walk.problem().1, Problem::CommandRefused { reply: "BAD one at a time".to_owned() });
    let examined = walk.commands().iter().filter(|command| command.starts_with("EXAMINE")).count();
    assert_eq!(examined, 2, "once in the group, once alone");
}

#[tokio::test]
async fn a_bye_in_place_of_the_idle_answer_fails_the_idle_step() {
    let walk =
        Server::new().on("IDLE", &["* BYE [UNAVAILABLE] Server shutting down.\nCLOSE"]).visited(Visit::default()).await;
    assert_eq!(walk.problem().0, Step::Idle);
    assert_eq!(walk.problem().1.kind(), "temporary_refusal");
}

#[tokio::test(start_paused = true)]
async fn an_idle_that_is_never_answered_is_as_good_as_none() {
    let walk = Server::new().on("IDLE", &[""]).visited(Visit::default()).await;
    assert_eq!(walk.found(Step::Idle), Some(Finding::Idle { supported: false }));
    assert!(!walk.session().is_idling());
}

#[tokio::test]
async fn a_session_is_handed_over_without_its_idle() {
    let walk = Server::new().on("DONE", &["* 173 EXISTS\n{idle} OK Idle completed."]).visited(Visit::default()).await;
    let wire = walk.session().into_wire().await.expect("IDLE ends");
    assert!(wire.inbox().is_empty());
}
