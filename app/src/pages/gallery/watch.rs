//! What the watch shows in every state, made of the same types as the real thing.

use leptos::prelude::*;
use postroom_server::model::{
    Direction, DirectionStatus, Ending, Ends, HappenedTo, Health, HealthEvent, MailboxId, MailboxState, OAuthProvider,
    Problem, ServerKind, Severity, Timestamp,
};

use crate::{
    api::watch::{Alarm, Alarms, Happened},
    components::Card,
    pages::{alarm::Banner, forecast::Endings, history::Events, mailboxes::DirectionState},
};

const NOW: Timestamp = Timestamp(1_795_440_245_000);
const HOUR: i64 = 3_600_000;

/// Everything.
#[component]
pub fn Watched() -> impl IntoView {
    view! {
        <h2 id="watch">"Watched mailboxes"</h2>
        <Banner found=alarms() />
        <div class="pair">
            <Card title=Some("One failure, and confirmed".to_owned())>
                <p><DirectionState kind=ServerKind::Custom state=MailboxState::Active status=status(false) /></p>
                <p><DirectionState kind=ServerKind::Custom state=MailboxState::Active status=status(true) /></p>
            </Card>
            <Events events=Vec::new() active=true />
        </div>
        <Events events=events() active=true />
        <Endings endings=endings() />
        <Endings endings=Vec::new() />
    }
}

fn gone() -> Problem {
    Problem::ConnectionRefused { host: "imap.example.com".to_owned(), port: 993 }
}

fn alarms() -> Alarms {
    let cause = |title: &str, mailboxes: u32, names: &[&str], application| Alarm {
        title: title.to_owned(),
        href: "#watch".to_owned(),
        since: NOW.plus_millis(-HOUR),
        mailboxes,
        names: names.iter().map(|&name| name.to_owned()).collect(),
        application,
    };
    Alarms {
        stopped: 41,
        causes: vec![
            cause(
                "The client secret of your application has expired",
                40,
                &["Accounts", "Contracts", "Facilities"],
                true,
            ),
            cause("imap.example.com refuses connections on port 993", 1, &["Laptops"], false),
        ],
        more: 1,
        ending: 2,
    }
}

fn status(confirmed: bool) -> DirectionStatus {
    let since = NOW.plus_millis(-HOUR);
    let health = if confirmed {
        Health::Failing { since, problem: gone() }
    } else {
        Health::Doubtful { since, problem: gone() }
    };
    DirectionStatus {
        configured: true,
        checked_at: Some(NOW),
        last_ok_at: Some(NOW.plus_millis(-2 * HOUR)),
        problem: confirmed.then(gone),
        health: Some(health),
    }
}

fn events() -> Vec<Happened> {
    let told = "imap.example.com refuses connections on port 993";
    let event = |hours: i64, what, title: Option<&str>, lasted_millis| Happened {
        event: HealthEvent {
            at: NOW.plus_millis(-hours * HOUR),
            direction: title.map(|_| Direction::Incoming),
            what,
            problem: title.map(|_| gone()),
            lasted_millis,
        },
        title: title.map(str::to_owned),
    };
    vec![
        event(1, HappenedTo::WentDown, Some(told), None),
        event(30, HappenedTo::Recovered, None, Some(25 * HOUR)),
        event(31, HappenedTo::SignedInAgain, None, None),
        event(40, HappenedTo::OtherProblem, Some("The permission no longer holds"), None),
        event(55, HappenedTo::WentDown, Some(told), Some(25 * HOUR)),
        event(60, HappenedTo::Resumed, None, None),
        event(62, HappenedTo::Paused, None, None),
        event(90, HappenedTo::SettingsChanged, None, None),
    ]
}

fn endings() -> Vec<Ending> {
    let ending = |what, days_left: i64, mailboxes| Ending {
        what,
        ends_at: NOW.plus_millis(days_left * 24 * HOUR),
        days_left,
        severity: Severity::of(days_left),
        mailboxes,
        mailbox: Some(("it".to_owned(), MailboxId(7))),
    };
    let certificate = |host: &str| Ends::Certificate { host: host.to_owned(), port: 993, pinned: false };
    let grant = Ends::Grant { provider: OAuthProvider::Google, address: "support@example.com".to_owned() };
    vec![
        ending(certificate("imap.example.com"), -1, 3),
        ending(certificate("mail.example.org"), 1, 1),
        ending(Ends::ClientSecret { provider: OAuthProvider::Microsoft }, 6, 40),
        ending(grant, 12, 1),
        ending(certificate("imap.example.net"), 29, 2),
        ending(Ends::ClientSecret { provider: OAuthProvider::Google }, 400, 0),
    ]
}
