//! What the gallery shows: one example of each state, made of the same types as the real thing.

use leptos::prelude::{Callback, Signal};
use postroom_server::model::{
    AuthMethod, Certificate, CheckReport, Event, Finding, Line, Party, Problem, Protocol, Remedy, Security, Step,
    Timestamp, Who,
};

use crate::components::{MoreWorkspaces, ProgressState, ProgressStep, Tone, WorkspaceLink};

/// Tone, word and reason of one direction of a mailbox.
pub type Direction = (Tone, &'static str, &'static str);

/// A row of the mailbox list.
pub struct Mailbox {
    pub name: &'static str,
    pub address: &'static str,
    pub group: &'static str,
    pub primary: bool,
    pub incoming: Direction,
    pub outgoing: Direction,
}

pub fn mailboxes() -> Vec<Mailbox> {
    vec![
        Mailbox {
            name: "IT support",
            address: "support@it.postroom.example",
            group: "First line",
            primary: true,
            incoming: (Tone::Good, "Receiving", "Last mail 2 minutes ago"),
            outgoing: (Tone::Good, "Sending", "Last sent today, 09:12"),
        },
        Mailbox {
            name: "Laptops",
            address: "laptops@example.com",
            group: "Hardware",
            primary: false,
            incoming: (Tone::Bad, "Stopped", "The server refused the password. Last worked yesterday, 18:40"),
            outgoing: (Tone::Good, "Sending", "Last sent yesterday"),
        },
        Mailbox {
            name: "Licences",
            address: "licences-and-contracts-with-a-very-long-address@subsidiary.example.co.kr",
            group: "Purchasing",
            primary: false,
            incoming: (Tone::Waiting, "Connecting", ""),
            outgoing: (Tone::Off, "Paused", ""),
        },
        Mailbox {
            name: "Draft",
            address: "new@example.com",
            group: "First line",
            primary: false,
            incoming: (Tone::Off, "Draft", "The settings have not passed their check"),
            outgoing: (Tone::Off, "Draft", ""),
        },
    ]
}

/// A search that finds nothing.
pub fn more_workspaces() -> MoreWorkspaces {
    MoreWorkspaces {
        action: "#main",
        label: "Find a workspace".to_owned(),
        submit: "Search".to_owned(),
        wanted: Signal::stored(String::new()),
        on_search: Callback::new(|_| ()),
        nothing: Signal::stored(Some("No workspace by that name".to_owned())),
    }
}

pub fn workspaces() -> Vec<WorkspaceLink> {
    let names = ["IT support", "Human resources", "Facilities"];
    names
        .into_iter()
        .map(|name| WorkspaceLink { name: name.to_owned(), href: format!("#{name}"), current: name == "IT support" })
        .collect()
}

pub fn progress() -> Vec<ProgressStep> {
    let step = |text: &str, href: Option<&str>, state| ProgressStep {
        text: text.to_owned(),
        href: href.map(str::to_owned),
        state,
    };
    vec![
        step("Details", Some("#details"), ProgressState::Done),
        step("Mail server", None, ProgressState::Current),
        step("Check and save", None, ProgressState::Ahead),
    ]
}

/// A ladder nobody has set foot on.
pub fn planned() -> CheckReport {
    CheckReport::planned(Protocol::Imap, Security::StartTls)
}

/// A check in the middle of its way.
pub fn under_way() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Smtp, Security::Tls);
    on_the_way(&mut report, "smtp.example.com", 465);
    report.apply(Event::Started { step: Step::Greeting });
    report
}

/// A refused password, with its repair.
pub fn refused() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    on_the_way(&mut report, "imap.example.com", 993);
    greeted(&mut report, "Dovecot ready.");
    capabilities(&mut report);
    let reply = "NO [AUTHENTICATIONFAILED] Authentication failed.".to_owned();
    say(&mut report, 78, Party::Client, "a1 AUTHENTICATE PLAIN ••••••");
    say(&mut report, 2_078, Party::Server, &format!("a1 {reply}"));
    report.apply(Event::Failed {
        step: Step::SignIn,
        millis: 2_004,
        problem: Problem::BadCredentials { reply },
        remedy: Some(Box::new(Remedy {
            kind: "bad_credentials".to_owned(),
            title: "The server refused the user name or password".to_owned(),
            why: "The server was found and the connection is safe; it only does not know this user name and \
                  password together."
                .to_owned(),
            steps: vec![
                "Type the password again. Mind capital letters and blanks at its ends.".to_owned(),
                "If the account uses two-step verification, make an application password and use that one.".to_owned(),
                "If the server wants a user name instead of the address, open “Different user name”.".to_owned(),
            ],
            who: Who::You,
            link: Some("https://example.com/application-passwords".to_owned()),
            command: Some("doveadm auth test support@example.com".to_owned()),
        })),
    });
    report.apply(Event::Ended { millis: 2_082 });
    report
}

/// A failure as it is stored where nobody reads: without a repair.
pub fn without_remedy() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Smtp, Security::StartTls);
    let problem = Problem::ConnectionRefused { host: "smtp.example.com".to_owned(), port: 587 };
    pass(&mut report, Step::Resolve, Finding::Resolved { addresses: vec!["203.0.113.7".to_owned()] });
    report.apply(Event::Failed { step: Step::Connect, millis: 4, problem, remedy: None });
    report.apply(Event::Ended { millis: 16 });
    report
}

pub fn passed_imap() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Imap, Security::Tls);
    on_the_way(&mut report, "imap.example.com", 993);
    greeted(&mut report, "Dovecot ready.");
    capabilities(&mut report);
    signed_in(&mut report);
    pass(
        &mut report,
        Step::Folder,
        Finding::Folder {
            name: "INBOX".to_owned(),
            messages: 1_284,
            uid_validity: Some(1_700_000_001),
            uid_next: Some(4_711),
            folders: Some(12),
            recent: Some(12),
            recent_since: None,
            list: Vec::new(),
        },
    );
    pass(&mut report, Step::Idle, Finding::Idle { supported: true });
    report.apply(Event::Ended { millis: 141 });
    report
}

pub fn passed_smtp() -> CheckReport {
    let mut report = CheckReport::planned(Protocol::Smtp, Security::Tls);
    on_the_way(&mut report, "smtp.example.com", 465);
    greeted(&mut report, "smtp.example.com ESMTP ready");
    let extensions = ["PIPELINING", "SIZE 52428800", "8BITMIME", "AUTH PLAIN LOGIN", "SMTPUTF8"];
    pass(
        &mut report,
        Step::Ehlo,
        Finding::Ehlo {
            server: "smtp.example.com".to_owned(),
            extensions: extensions.map(str::to_owned).to_vec(),
            size_limit_bytes: Some(52_428_800),
        },
    );
    signed_in(&mut report);
    pass(&mut report, Step::Sender, Finding::SenderAccepted { sender: "laptops@example.com".to_owned() });
    report.apply(Event::Ended { millis: 1_420 });
    report
}

/// Resolve, connect, TLS.
fn on_the_way(report: &mut CheckReport, host: &str, port: u16) {
    let addresses = ["203.0.113.7", "2001:db8::7", "203.0.113.8"].map(str::to_owned).to_vec();
    pass(report, Step::Resolve, Finding::Resolved { addresses });
    pass(report, Step::Connect, Finding::Connected { address: "203.0.113.7".to_owned(), port });
    say(report, 31, Party::Note, "TLS 1.3 begins");
    let certificate = Certificate {
        subject: host.to_owned(),
        names: vec![host.to_owned(), "mail.example.com".to_owned()],
        issuer: "Example Trust, Example CA 1".to_owned(),
        not_before: Timestamp(1_792_108_800_000),
        not_after: Timestamp(1_799_884_800_000),
        sha256: "5e".repeat(32),
    };
    let cipher = "TLS13_AES_256_GCM_SHA384".to_owned();
    pass(report, Step::Tls, Finding::Secured { version: "TLS 1.3".to_owned(), cipher, certificate });
}

fn greeted(report: &mut CheckReport, text: &str) {
    say(report, 44, Party::Server, text);
    pass(report, Step::Greeting, Finding::Greeted { text: text.to_owned() });
}

fn capabilities(report: &mut CheckReport) {
    let capabilities = ["IMAP4REV1", "SASL-IR", "LITERAL+", "IDLE", "MOVE", "CONDSTORE", "AUTH=PLAIN", "AUTH=LOGIN"];
    say(report, 60, Party::Server, &format!("* CAPABILITY {}", capabilities.join(" ")));
    pass(report, Step::Capabilities, Finding::Capabilities { capabilities: capabilities.map(str::to_owned).to_vec() });
}

fn signed_in(report: &mut CheckReport) {
    let username = "laptops@example.com".to_owned();
    pass(report, Step::SignIn, Finding::SignedIn { username, method: AuthMethod::Plain, alerts: Vec::new() });
}

fn pass(report: &mut CheckReport, step: Step, finding: Finding) {
    report.apply(Event::Started { step });
    report.apply(Event::Passed { step, millis: 12, finding });
}

fn say(report: &mut CheckReport, at_millis: u64, from: Party, text: &str) {
    report.apply(Event::Line(Line { at_millis, from, text: text.to_owned() }));
}
