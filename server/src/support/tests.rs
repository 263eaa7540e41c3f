use super::*;
use crate::model::{EmailAddress, Endpoint, Event, FolderEntry, FolderRole, Line, Problem, Protocol, Step};

fn settings() -> ServerSettings {
    ServerSettings {
        endpoint: Endpoint::new("smtp.example.com".to_owned(), 465, Security::Tls),
        method: AuthMethod::Plain,
        email: EmailAddress::parse("support@example.com").unwrap(),
        username: "support@example.com".to_owned(),
        folder: "INBOX".to_owned(),
    }
}

fn refused() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Smtp, Security::Tls);
    let line = |at_millis, from, text: &str| Event::Line(Line { at_millis, from, text: text.to_owned() });
    report.apply(line(3, Party::Server, "220 smtp.example.com ready"));
    report.apply(line(9, Party::Client, "AUTH PLAIN •••"));
    report.apply(line(12, Party::Server, "535 5.7.8 support@example.com: wrong"));
    let problem = Problem::BadCredentials { reply: "535 5.7.8 support@example.com: wrong".to_owned() };
    report.apply(Event::Failed { step: Step::SignIn, millis: 7, problem, remedy: None });
    report.apply(Event::Ended { millis: 20 });
    report
}

#[test]
fn the_file_says_where_it_broke_and_what_both_sides_said() {
    let (settings, report) = (settings(), refused());
    let servers = [Checked { settings: &settings, report: Some(&report) }];
    let text = file("support@example.com", Timestamp(1_795_440_245_000), &servers);
    for part in [
        "Made     2026-11-23T13:24:05Z",
        "SMTP at smtp.example.com:465, TLS from the first byte",
        "Failed after 20 ms",
        "7 ms  FAILED  sign_in",
        "\"kind\":\"bad_credentials\"",
        "9 ms  C: AUTH PLAIN •••",
        "12 ms  S: 535 5.7.8 <1>@example.com: wrong",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

#[test]
fn nobodys_name_is_in_the_file() {
    let (settings, report) = (settings(), refused());
    let servers =
        [Checked { settings: &settings, report: Some(&report) }, Checked { settings: &settings, report: None }];
    let text = file("support@example.com", Timestamp(0), &servers);
    assert!(!text.contains("support@"), "{text}");
    assert!(text.contains("About    <1>@example.com"));
    assert!(text.contains("These settings were never checked."));
}

#[test]
fn folders_that_only_this_mailbox_has_are_not_named() {
    let settings = settings();
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    let line = |text: &str| Event::Line(Line { at_millis: 1, from: Party::Server, text: text.to_owned() });
    for text in ["* LIST () \"/\" INBOX", "* LIST (\\HasNoChildren) \"/\" \"Kunde Meier\"", "* LIST () \"/\" Sent"] {
        report.apply(line(text));
    }
    let entry = |name: &str, role| FolderEntry { name: name.to_owned(), role };
    let list = vec![entry("INBOX", Some(FolderRole::Inbox)), entry("Kunde Meier", None)];
    let finding = Finding::Folder {
        name: "INBOX".to_owned(),
        messages: 3,
        uid_validity: Some(1),
        uid_next: None,
        folders: Some(3),
        recent: None,
        recent_since: None,
        list,
    };
    report.apply(Event::Passed { step: Step::Folder, millis: 2, finding });
    let servers = [Checked { settings: &settings, report: Some(&report) }];
    let text = file("support@example.com", Timestamp(0), &servers);
    assert!(!text.contains("Meier"), "{text}");
    for kept in
        ["S: * LIST () \"/\" INBOX", "S: * LIST (\\HasNoChildren) …", "S: * LIST () \"/\" Sent", "\"folders\":3"]
    {
        assert!(text.contains(kept), "{kept} is missing in:\n{text}");
    }
}
