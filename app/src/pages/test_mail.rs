//! The card *Test mail* on a mailbox's page: send one, watch it go out and come back, read what came of the last.

use std::time::Duration;

use leptos::{either::Either, prelude::*};
use postroom_server::model::{DeliveryState, Field as FormField, MailboxId, TestMail, TestResult, TestStage, Tidied};

use super::{
    frame::Place,
    look_out::{look_at, look_while},
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::test_mail::{SendTestMail, TestMailShown, last_test_mail},
    components::{
        Button, Card, Field, Fold, LinkButton, Moment, Notice, RemedyCard, Skeleton, Tone, check_words::duration,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// How often a test mail that is on its way is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(600);

/// The card.
#[component]
pub fn TestMailCard(
    place: Place,
    mailbox: MailboxId,
    address: String,
    /// It cannot look into this mailbox: the mail goes to another address.
    #[prop(optional)]
    outside_only: bool,
    /// Kept up to date while a test mail is on its way.
    state: RwSignal<TestMailShown>,
) -> impl IntoView {
    let words = words();
    let action = ServerAction::<SendTestMail>::new();
    let error = action_error(action);
    follow(place.slug.clone(), mailbox, state, action.pending());
    let beside = error_beside(error, FormField::Address);
    let told = move || error.get().filter(|error| error.invalid().is_empty());
    let outside_was_wrong =
        !error.with_untracked(|error| error.as_ref().is_none_or(|error| error.invalid().is_empty()));
    let outbox = place.outbox();
    let text = if outside_only {
        say!(words, outbox.test_text_outside, address = address)
    } else {
        say!(words, outbox.test_text, address = address)
    };
    let to = view! {
        <Field
            label=say!(words, outbox.test_to) name="to" id="test-mail-to" kind="email"
            hint=say!(words, outbox.test_to_hint).to_owned() error=beside
            value=typed(error, "to") autocomplete="off" optional_mark=!outside_only required=outside_only
        />
    };
    let to = if outside_only {
        Either::Left(to)
    } else {
        Either::Right(view! { <Fold summary=say!(words, outbox.test_elsewhere) open=outside_was_wrong>{to}</Fold> })
    };
    let busy = Signal::derive(move || action.pending().get() || is_under_way(&state.get()));
    view! {
        <div id="test-mail">
            <Card title=say!(words, outbox.test_title).to_owned() text>
                {move || told().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <div aria-live="polite">
                    {move || view! { <Last shown=state.get() outbox=outbox.clone() pending=action.pending().get() /> }}
                </div>
                <ActionForm action>
                    <input type="hidden" name="workspace" value=place.slug />
                    <input type="hidden" name="mailbox" value=mailbox.0 />
                    <div class="stack">
                        {to}
                        <div class="actions">
                            <Button busy>
                                {move || if busy.get() { say!(words, outbox.test_sending) } else { say!(words, outbox.test_send) }}
                            </Button>
                        </div>
                    </div>
                </ActionForm>
            </Card>
        </div>
    }
}

/// How far the last test mail has come, or what came of it.
#[component]
pub fn Last(shown: TestMailShown, outbox: String, pending: bool) -> impl IntoView {
    let words = words();
    let TestMailShown { last, remedy, reply, .. } = shown;
    let Some(TestMail { to, started_at, stage }) = last else {
        return pending.then(|| view! { <Skeleton lines=1 /> }).into_any();
    };
    let when =
        around(&say!(words, outbox.test_when, when = GAP, to = to.to_string()), view! { <Moment at=started_at /> });
    let (tone, title, text) = match &stage {
        TestStage::Sending => (Tone::Waiting, say!(words, outbox.test_on_its_way).to_owned(), String::new()),
        TestStage::Waiting { send_millis } => {
            let sent = say!(words, outbox.test_sent_after, time = duration(words, *send_millis));
            (Tone::Waiting, sent, say!(words, outbox.test_waiting).to_owned())
        }
        TestStage::Ended { result } => (tone_of(result), title_of(words, result), text_of(words, result)),
    };
    let parked = matches!(
        stage,
        TestStage::Ended { result: TestResult::NotSent { now: DeliveryState::Parked | DeliveryState::Waiting, .. } }
    );
    let remedy = remedy.map(|remedy| match reply {
        Some(reply) => view! { <RemedyCard remedy=*remedy reply heading=3 /> }.into_any(),
        None => view! { <RemedyCard remedy=*remedy heading=3 /> }.into_any(),
    });
    view! {
        <div class="stack test-mail-last">
            <Notice tone title>
                {text}
                {parked.then(|| view! { " " <a href=outbox>{say!(words, outbox.to_outbox)}</a> })}
            </Notice>
            {remedy}
            <p class="soft small">{when}</p>
        </div>
    }
    .into_any()
}

/// What a mailbox has to send and cannot, with the way to it, or to the relay that it waits for.
#[component]
pub fn ParkedMail(
    shown: TestMailShown,
    outbox: String,
    /// The mailbox sends through the relay.
    #[prop(optional)]
    by_relay: bool,
    /// Whoever reads this may look at the relay.
    #[prop(default = true)]
    admin: bool,
) -> impl IntoView {
    let words = words();
    let title = match shown.backlog.parked {
        0 => return None,
        1 => say!(words, outbox.parked_one).to_owned(),
        many => say!(words, outbox.parked_many, count = many),
    };
    let text = if by_relay { say!(words, relay.mailbox_waits) } else { say!(words, outbox.parked_text) };
    let (href, link) = if by_relay && admin {
        ("/account/relay".to_owned(), say!(words, relay.title))
    } else {
        (outbox, say!(words, outbox.to_outbox))
    };
    Some(view! {
        <Notice tone=Tone::Warning title>
            <p>{text}</p>
            <LinkButton href>{link}</LinkButton>
        </Notice>
    })
}

fn is_under_way(shown: &TestMailShown) -> bool {
    shown.last.as_ref().is_some_and(|last| last.result().is_none())
}

/// Looks again and again while a test mail is on its way, and once more when it has ended; ends with the component.
fn follow(workspace: String, mailbox: MailboxId, shown: RwSignal<TestMailShown>, pending: Memo<bool>) {
    let under_way = Memo::new(move |_| pending.get() || shown.with(is_under_way));
    let look = look_at(shown, move || last_test_mail(workspace.clone(), mailbox));
    look_while(LOOK_EVERY, move || under_way.get(), look.clone());
    Effect::new(move |before: Option<bool>| {
        let now = under_way.get();
        if before == Some(true) && !now {
            look();
        }
        now
    });
}

const fn tone_of(result: &TestResult) -> Tone {
    match result {
        TestResult::Arrived { .. } | TestResult::Sent { .. } => Tone::Good,
        TestResult::InJunk { .. } | TestResult::NotReceived { .. } => Tone::Warning,
        TestResult::NotSent { .. } | TestResult::NotSeen { .. } => Tone::Bad,
        TestResult::Interrupted => Tone::Off,
    }
}

fn title_of(words: Locale, result: &TestResult) -> String {
    match result {
        TestResult::Arrived { arrive_millis, .. } => {
            say!(words, outbox.arrived, time = duration(words, *arrive_millis))
        }
        TestResult::InJunk { folder, .. } => say!(words, outbox.in_junk, folder = folder.clone()),
        TestResult::Sent { send_millis } => say!(words, outbox.sent_outside, time = duration(words, *send_millis)),
        TestResult::NotSent { .. } => say!(words, outbox.not_sent).to_owned(),
        TestResult::NotReceived { waited_seconds, .. } => {
            say!(words, outbox.not_received, seconds = *waited_seconds)
        }
        TestResult::NotSeen { .. } => say!(words, outbox.not_seen).to_owned(),
        TestResult::Interrupted => say!(words, outbox.interrupted).to_owned(),
    }
}

fn text_of(words: Locale, result: &TestResult) -> String {
    let sent = |millis: u64| say!(words, outbox.test_sent_after, time = duration(words, millis));
    match result {
        TestResult::Arrived { send_millis, folder, tidied, .. } => {
            let found = say!(words, outbox.found_in, folder = folder.clone());
            format!("{} {found} {}", sent(*send_millis), tidied_words(words, *tidied))
        }
        TestResult::InJunk { send_millis, arrive_millis, tidied, .. } => {
            let arrived = say!(words, outbox.arrived, time = duration(words, *arrive_millis));
            let advice = say!(words, outbox.in_junk_text);
            format!("{} {arrived} {} {advice}", sent(*send_millis), tidied_words(words, *tidied))
        }
        TestResult::Sent { .. } => say!(words, outbox.sent_outside_text).to_owned(),
        TestResult::NotSent { now, .. } => not_sent_words(words, *now).to_owned(),
        TestResult::NotReceived { send_millis, .. } => {
            format!("{} {}", sent(*send_millis), say!(words, outbox.not_received_text))
        }
        TestResult::NotSeen { send_millis, .. } => {
            format!("{} {}", sent(*send_millis), say!(words, outbox.not_seen_text))
        }
        TestResult::Interrupted => say!(words, outbox.interrupted_text).to_owned(),
    }
}

fn not_sent_words(words: Locale, now: DeliveryState) -> &'static str {
    match now {
        DeliveryState::Parked => say!(words, outbox.not_sent_parked),
        DeliveryState::Failed => say!(words, outbox.not_sent_failed),
        DeliveryState::Waiting | DeliveryState::Sent => say!(words, outbox.not_sent_waiting),
    }
}

fn tidied_words(words: Locale, tidied: Tidied) -> &'static str {
    match tidied {
        Tidied::Removed => say!(words, outbox.tidied_removed),
        Tidied::CannotAlone => say!(words, outbox.tidied_cannot),
        Tidied::Failed => say!(words, outbox.tidied_failed),
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{EmailAddress, Language, Timestamp};

    use super::*;
    use crate::{components::html_of, i18n::words_in};

    fn html(language: Language, result: TestResult) -> String {
        let to = EmailAddress::parse("support@example.com").unwrap();
        let last = TestMail { to, started_at: Timestamp(1_795_440_245_000), stage: TestStage::Ended { result } };
        let shown = TestMailShown { last: Some(last), ..TestMailShown::default() };
        html_of(language, move || view! { <Last shown outbox="/outbox".to_owned() pending=false /> })
    }

    #[test]
    fn both_legs_are_told_with_their_times() {
        let result = || TestResult::Arrived {
            send_millis: 412,
            arrive_millis: 1_400,
            folder: "받은메일함".to_owned(),
            tidied: Tidied::Removed,
        };
        let english = html(Language::En, result());
        assert!(english.contains("Arrived after 1.4 s."), "{english}");
        assert!(english.contains("Sent after 412 ms. Found in 받은메일함. It was removed again."), "{english}");
        let korean = html(Language::Ko, result());
        assert!(korean.contains("만에 도착했습니다."), "{korean}");
    }

    #[test]
    fn a_mail_that_waits_leads_to_the_outbox_and_one_that_failed_does_not() {
        let not_sent = |now| html(Language::En, TestResult::NotSent { problem: None, now });
        for now in [DeliveryState::Parked, DeliveryState::Waiting] {
            assert!(not_sent(now).contains("href=\"/outbox\""), "{now:?}");
        }
        assert!(!not_sent(DeliveryState::Failed).contains("href"));
    }

    #[test]
    fn what_is_good_and_what_is_not_have_different_titles() {
        for language in Language::ALL {
            let words = words_in(language);
            let titles = [
                TestResult::Sent { send_millis: 5 },
                TestResult::NotSent { problem: None, now: DeliveryState::Failed },
                TestResult::NotReceived { send_millis: 5, waited_seconds: 60 },
                TestResult::NotSeen { send_millis: 5, problem: postroom_server::model::Problem::NoGreeting },
                TestResult::Interrupted,
            ]
            .map(|result| title_of(words, &result));
            let different: std::collections::BTreeSet<&String> = titles.iter().collect();
            assert_eq!(different.len(), titles.len(), "{titles:?}");
        }
    }
}
