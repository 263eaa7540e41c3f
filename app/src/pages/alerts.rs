//! *Alerts by mail*: who is told when mailboxes stop, whether that would arrive, and what was told.

use std::time::Duration;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{Alert, AlertEnding, AlertKind, AlertMail, DeliveryState, EmailAddress, Recipient, Told};

use super::{
    history::time_in_words,
    loaded::loaded,
    words::{action_error, api_error},
};
use crate::{
    api::alerts::{AlertsShown, ChooseAlertRecipients, SendTestAlert, load_alerts},
    components::{
        Breadcrumb, Button, ButtonKind, Card, Checkbox, EmptyState, LinkButton, Moment, Notice, Page, PageHead,
        PageWidth, Picture, StatusBadge, Tone,
    },
    i18n::{Locale, words},
    say,
};

/// How long after a test the list looks what came of it.
const LOOK_AFTER: Duration = Duration::from_secs(3);

/// The page.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let words = words();
    let (choose, test) = (ServerAction::<ChooseAlertRecipients>::new(), ServerAction::<SendTestAlert>::new());
    let (choosing, testing) = (action_error(choose), action_error(test));
    let refused = move || choosing.get().or_else(|| testing.get());
    let looks = RwSignal::new(0_u32);
    Effect::new(move |before: Option<usize>| {
        let tests = test.version().get();
        if before.is_some_and(|before| before != tests) {
            let look = move || {
                looks.try_update(|looks| *looks += 1);
            };
            set_timeout(look, LOOK_AFTER);
        }
        tests
    });
    let title = say!(words, alerts.title);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, alerts.lead).to_owned() />
            {move || refused().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {loaded(
                move || (choose.version().get(), test.version().get(), looks.get()),
                |_| load_alerts(),
                move |shown| {
                    let AlertsShown { people, own, relay, told } = shown;
                    view! {
                        <Hindrance relay people=people.clone() />
                        <Who people choose />
                        {relay.then(|| view! { <Test own test /> })}
                        <h2>{say!(words, alerts.told)}</h2>
                        <ToldList told />
                    }
                },
            )}
        </Page>
    }
}

/// Why nobody would be told; nothing where somebody would.
#[component]
pub fn Hindrance(relay: bool, people: Vec<Recipient>) -> impl IntoView {
    let words = words();
    let nobody = people.iter().all(|person| !person.told);
    view! {
        {(!relay).then(|| view! {
            <Notice tone=Tone::Warning title=say!(words, alerts.no_relay_title).to_owned()>
                <p>{say!(words, alerts.no_relay)}</p>
                <LinkButton href="/account/relay">{say!(words, alerts.to_relay)}</LinkButton>
            </Notice>
        })}
        {nobody.then(|| view! {
            <Notice tone=Tone::Warning title=say!(words, alerts.nobody_title).to_owned()>
                {say!(words, alerts.nobody)}
            </Notice>
        })}
    }
}

#[component]
fn Who(people: Vec<Recipient>, choose: ServerAction<ChooseAlertRecipients>) -> impl IntoView {
    let words = words();
    let boxes = people
        .into_iter()
        .map(|Recipient { user, told }| {
            let id = format!("told-{}", user.id);
            view! {
                <Checkbox
                    label=user.name name="users[]" id=id value=user.id.0.to_string() checked=told
                    hint=user.email.to_string()
                />
            }
        })
        .collect_view();
    view! {
        <Card title=say!(words, alerts.who).to_owned() text=say!(words, alerts.who_text).to_owned()>
            <ActionForm action=choose attr:class="form">
                {boxes}
                <div class="actions">
                    <Button kind=ButtonKind::Primary busy=choose.pending()>{say!(words, common.save)}</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn Test(own: EmailAddress, test: ServerAction<SendTestAlert>) -> impl IntoView {
    let words = words();
    view! {
        <Card>
            <ActionForm action=test>
                <div class="stack">
                    <p>{say!(words, alerts.test_text, address = own.to_string())}</p>
                    <div class="actions"><Button busy=test.pending()>{say!(words, alerts.test)}</Button></div>
                </div>
            </ActionForm>
        </Card>
    }
}

/// What was told, the newest first, or the words that nothing was.
#[component]
pub fn ToldList(told: Vec<Told>) -> impl IntoView {
    let words = words();
    if told.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState
                    title=say!(words, alerts.empty_title) text=say!(words, alerts.empty) picture=Picture::Check
                />
            </Card>
        });
    }
    Either::Right(view! {
        <Card><ol class="history">{told.into_iter().map(|told| view! { <One told /> }).collect_view()}</ol></Card>
    })
}

#[component]
fn One(told: Told) -> impl IntoView {
    let words = words();
    let at = told.at();
    let (tone, badge) = badge(words, &told);
    let Told { alert, title, mails } = told;
    let title = match (&alert, title, mails.first()) {
        (_, Some(title), _) => title,
        (Some(_), None, _) | (None, None, None) => say!(words, alerts.some_problem).to_owned(),
        (None, None, Some(mail)) => mail.subject.trim_start_matches("[Postroom] ").to_owned(),
    };
    let (extent, note) = alert.as_ref().map(|alert| (extent(words, alert), note(words, alert))).unzip();
    let untold = mails.is_empty().then(|| say!(words, alerts.not_told));
    let mails = mails.into_iter().map(|mail| view! { <span class="soft small">{mail_words(words, &mail)}</span> });
    view! {
        <li>
            <StatusBadge tone text=badge />
            <div>
                <strong>{title}</strong>
                <span class="soft small"><Moment at /> {extent.map(|extent| format!(" · {extent}"))}</span>
                {note.flatten().map(|note| view! { <span>{note}</span> })}
                {untold.map(|untold| view! { <span class="soft small">{untold}</span> })}
                {mails.collect_view()}
            </div>
        </li>
    }
}

fn badge(words: Locale, told: &Told) -> (Tone, &'static str) {
    let Some(alert) = &told.alert else {
        return match told.mails.first().map(|mail| mail.kind) {
            Some(AlertKind::Test) => (Tone::Info, say!(words, alerts.test_badge)),
            _ => (Tone::Warning, say!(words, alerts.warning)),
        };
    };
    match alert.closed {
        None => (Tone::Bad, say!(words, alerts.goes_on)),
        Some((_, AlertEnding::Recovered)) => (Tone::Good, say!(words, alerts.recovered)),
        Some((_, AlertEnding::OtherCause)) => (Tone::Warning, say!(words, alerts.other_cause)),
        Some((_, AlertEnding::AtRest)) => (Tone::Off, say!(words, alerts.at_rest)),
    }
}

/// How many mailboxes it stopped, and for how long.
fn extent(words: Locale, alert: &Alert) -> String {
    let count = match alert.mailboxes.len() {
        1 => say!(words, alerts.one_mailbox).to_owned(),
        many => say!(words, alerts.many_mailboxes, count = many),
    };
    match alert.closed {
        None => count,
        Some((at, _)) => {
            let time = time_in_words(words, at.millis_since(alert.since));
            format!("{count} · {}", say!(words, watch.lasted, time = time))
        }
    }
}

fn note(words: Locale, alert: &Alert) -> Option<&'static str> {
    match alert.closed {
        Some((_, AlertEnding::OtherCause)) => Some(say!(words, alerts.other_cause_note)),
        Some((_, AlertEnding::AtRest)) => Some(say!(words, alerts.at_rest_note)),
        None | Some((_, AlertEnding::Recovered)) => None,
    }
}

/// Who was told, and whether it has arrived.
fn mail_words(words: Locale, mail: &AlertMail) -> String {
    let address = mail.to.to_string();
    let told = match mail.kind {
        AlertKind::Stopped => say!(words, alerts.kind_stopped, address = address),
        AlertKind::More => say!(words, alerts.kind_more, address = address),
        AlertKind::Recovered => say!(words, alerts.kind_recovered, address = address),
        AlertKind::Warning | AlertKind::Test => say!(words, alerts.kind_sent, address = address),
    };
    let state = mail.state.map(|state| match state {
        DeliveryState::Waiting => say!(words, alerts.state_waiting),
        DeliveryState::Parked => say!(words, alerts.state_parked),
        DeliveryState::Failed => say!(words, alerts.state_failed),
        DeliveryState::Sent => say!(words, alerts.state_sent),
    });
    state.map_or_else(|| told.clone(), |state| format!("{told}: {state}"))
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{AlertId, Cause, Direction, Language, Problem, Timestamp};

    use super::*;
    use crate::components::html_of;

    fn alert(closed: Option<(Timestamp, AlertEnding)>) -> Alert {
        Alert {
            id: AlertId(1),
            cause: Cause::Server { host: "imap.example.com".to_owned(), port: 993 },
            problem: Problem::NoGreeting,
            direction: Direction::Incoming,
            mailboxes: Vec::new(),
            since: Timestamp(0),
            opened_at: Timestamp(60_000),
            grew_at: Timestamp(60_000),
            told_at: None,
            told_count: 0,
            closed,
        }
    }

    fn html(language: Language, alert: Alert, mails: Vec<AlertMail>) -> String {
        let told = vec![Told { alert: Some(alert), title: None, mails }];
        html_of(language, move || view! { <ToldList told /> })
    }

    #[test]
    fn an_alert_that_no_mail_told_says_so() {
        let english = html(Language::En, alert(None), Vec::new());
        assert!(english.contains("Goes on") && english.contains("Not told by mail"), "{english}");
        let korean = html(Language::Ko, alert(None), Vec::new());
        assert!(korean.contains("메일로 알리지 않음"), "{korean}");
    }

    #[test]
    fn an_alert_that_is_over_says_how_long_it_lasted_and_who_was_told() {
        let mail = |kind, state| AlertMail {
            kind,
            to: EmailAddress::parse("ada@example.com").unwrap(),
            subject: String::new(),
            queued_at: Timestamp(120_000),
            state,
        };
        let mails = vec![
            mail(AlertKind::Stopped, Some(DeliveryState::Sent)),
            mail(AlertKind::Recovered, Some(DeliveryState::Parked)),
        ];
        let html = html(Language::En, alert(Some((Timestamp(3_600_000), AlertEnding::Recovered))), mails);
        for words in [
            "for 60 minutes",
            "Told to ada@example.com: delivered",
            "Recovery told to ada@example.com: parked in the outbox",
        ] {
            assert!(html.contains(words), "{words} is not in {html}");
        }
        assert!(!html.contains("Not told by mail"), "{html}");
    }

    #[test]
    fn where_nobody_would_be_told_the_page_says_why() {
        let html = html_of(Language::En, || view! { <Hindrance relay=false people=Vec::new() /> });
        assert!(html.contains("href=\"/account/relay\"") && html.contains("Nobody is told by mail"), "{html}");
    }
}
