//! Test mails and the outbox in every state, made of the same types as the real thing.

use leptos::prelude::*;
use postroom_server::model::{
    Backlog, Delivery, DeliveryId, DeliveryState, EmailAddress, MailboxId, Problem, Purpose, Remedy, SentFrom,
    TestMail, TestResult, TestStage, Tidied, Timestamp, Who,
};

use crate::{
    api::{outbox::Shown, test_mail::TestMailShown},
    components::Card,
    pages::{
        frame::Place,
        outbox::{Everything, Home},
        test_mail::{Last, ParkedMail, TestMailCard},
    },
};

const NOW: Timestamp = Timestamp(1_795_440_245_000);
const ADDRESS: &str = "support@example.com";
const REPLY: &str = "535 5.7.8 Error: authentication failed: wrong password";

/// Everything.
#[component]
pub fn Outbox() -> impl IntoView {
    let arrived =
        |tidied| TestResult::Arrived { send_millis: 412, arrive_millis: 1_400, folder: "INBOX".to_owned(), tidied };
    let results = [
        arrived(Tidied::CannotAlone),
        TestResult::InJunk {
            send_millis: 380,
            arrive_millis: 9_300,
            folder: "Junk Email".to_owned(),
            tidied: Tidied::Removed,
        },
        TestResult::Sent { send_millis: 911 },
        TestResult::NotReceived { send_millis: 500, waited_seconds: 60 },
        TestResult::NotSent { problem: Some(problem()), now: DeliveryState::Parked },
        TestResult::NotSeen { send_millis: 400, problem: problem() },
        TestResult::Interrupted,
    ];
    let stages = [TestStage::Sending, TestStage::Waiting { send_millis: 412 }]
        .into_iter()
        .chain(results.into_iter().map(|result| TestStage::Ended { result }));
    let lasts = stages
        .map(|stage| view! { <Last shown=shown(stage) outbox="#outbox".to_owned() pending=false /> })
        .collect_view();
    let retry = ServerAction::new();
    view! {
        <h2 id="outbox">"Test mail and outbox"</h2>
        <div class="pair">
            <div class="stack">
                <ParkedMail shown=shown(TestStage::Sending) outbox="#outbox".to_owned() />
                <TestMailCard
                    place=place() mailbox=MailboxId(7) address=ADDRESS.to_owned()
                    state=RwSignal::new(shown(TestStage::Ended { result: arrived(Tidied::Removed) }))
                />
            </div>
            <Card title="Every end of a test mail".to_owned()>{lasts}</Card>
        </div>
        <Everything all=Vec::new() home=Home::Workspace(place()) retry />
        <Everything all=deliveries() home=Home::Workspace(place()) retry />
    }
}

fn place() -> Place {
    Place {
        slug: "it".to_owned(),
        name: "IT support".to_owned(),
        several: true,
        msp: false,
        manages: true,
        admin: true,
    }
}

fn shown(stage: TestStage) -> TestMailShown {
    let broken = matches!(&stage, TestStage::Ended { result: TestResult::NotSent { .. } });
    TestMailShown {
        last: Some(TestMail { to: address(ADDRESS), started_at: NOW, stage }),
        remedy: broken.then(remedy),
        reply: broken.then(|| REPLY.to_owned()),
        backlog: Backlog { parked: 2, ..Backlog::default() },
    }
}

fn deliveries() -> Vec<Shown> {
    let delivery = |id: i64, state: DeliveryState| Delivery {
        id: DeliveryId(id),
        mailbox: Some(SentFrom { id: MailboxId(7), name: "Help".to_owned() }),
        purpose: Purpose::TestMail,
        sender: address(ADDRESS),
        recipients: vec![address("kim@example.net")],
        subject: "Postroom test mail".to_owned(),
        state,
        attempts: 1,
        queued_at: NOW,
        next_attempt_at: NOW.plus_millis(60_000),
        decided_at: matches!(state, DeliveryState::Sent | DeliveryState::Failed).then_some(NOW),
        problem: matches!(state, DeliveryState::Parked | DeliveryState::Failed).then(problem),
        may_arrive_twice: state == DeliveryState::Waiting,
        reply: None,
    };
    (1..)
        .zip(DeliveryState::ALL)
        .map(|(id, state)| {
            let delivery = delivery(id, state);
            let remedy = delivery.problem.is_some().then(remedy);
            Shown { delivery, remedy }
        })
        .collect()
}

fn problem() -> Problem {
    Problem::BadCredentials { reply: REPLY.to_owned() }
}

fn remedy() -> Box<Remedy> {
    Box::new(Remedy {
        kind: "bad_credentials".to_owned(),
        title: "The server did not accept user name and password".to_owned(),
        why: "The password was changed, or it has a typing error.".to_owned(),
        steps: vec!["Type the password again.".to_owned()],
        who: Who::You,
        link: None,
        command: None,
    })
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap_or_else(|_| unreachable!("a sample is an address"))
}
