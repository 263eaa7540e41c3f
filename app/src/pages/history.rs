//! What happened to a mailbox: when it stopped and why, when it worked again, and what people did.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{Direction, HappenedTo, HealthEvent, MailboxState};

use super::{
    frame::{Place, Trail, in_place, mail_steps},
    loaded::loaded,
    mailbox::mailbox_in_address,
};
use crate::{
    api::watch::{Happened, History, mailbox_history},
    components::{Card, EmptyState, Moment, Page, PageHead, PageWidth, Picture, StatusBadge, Tone},
    i18n::{Locale, words},
    say,
};

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    in_place(|place| {
        let id = mailbox_in_address();
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| mailbox_history(slug, id),
            move |history| view! { <Shown place=place.clone() history /> },
        )
    })
}

#[component]
fn Shown(place: Place, history: History) -> impl IntoView {
    let words = words();
    let History { summary, events } = history;
    let mut steps = mail_steps(words, &place, Some(summary.name.clone()));
    if let Some((_, href)) = steps.last_mut() {
        *href = Some(format!("{}/{}", place.mailboxes(), summary.id));
    }
    let title = say!(words, watch.history);
    steps.push((title.to_owned(), None));
    let lead = say!(words, watch.history_lead, name = summary.name.clone());
    view! {
        <Title text=format!("{title}: {}", summary.name) />
        <Page width=PageWidth::Narrow>
            <Trail place steps />
            <PageHead title text=lead />
            <Events events active=summary.state == MailboxState::Active />
        </Page>
    }
}

/// The events, or the words that there are none.
#[component]
pub fn Events(events: Vec<Happened>, active: bool) -> impl IntoView {
    let words = words();
    if events.is_empty() {
        let text = if active { say!(words, watch.history_empty) } else { say!(words, watch.history_empty_resting) };
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState title=say!(words, watch.history_empty_title) text picture=Picture::Check />
            </Card>
        });
    }
    Either::Right(view! {
        <Card>
            <ol class="history">{events.into_iter().map(|happened| view! { <One happened /> }).collect_view()}</ol>
        </Card>
    })
}

#[component]
fn One(happened: Happened) -> impl IntoView {
    let words = words();
    let Happened { event, title } = happened;
    let (tone, what) = what(words, event.what);
    let direction = event.direction.map(|direction| match direction {
        Direction::Incoming => say!(words, watch.incoming),
        Direction::Outgoing => say!(words, watch.outgoing),
    });
    let lasted = lasted(words, &event);
    view! {
        <li>
            <StatusBadge tone text=what />
            <div>
                <span class="soft small"><Moment at=event.at /></span>
                <span>
                    {direction}
                    {lasted.map(|lasted| view! { <span class="soft">" · " {lasted}</span> })}
                </span>
                {title.map(|title| view! { <span>{title}</span> })}
            </div>
        </li>
    }
}

fn what(words: Locale, what: HappenedTo) -> (Tone, &'static str) {
    match what {
        HappenedTo::WentDown => (Tone::Bad, say!(words, watch.went_down)),
        HappenedTo::OtherProblem => (Tone::Warning, say!(words, watch.other_problem)),
        HappenedTo::Recovered => (Tone::Good, say!(words, watch.recovered)),
        HappenedTo::SignedInAgain => (Tone::Info, say!(words, watch.signed_in_again)),
        HappenedTo::SettingsChanged => (Tone::Info, say!(words, watch.settings_changed)),
        HappenedTo::Paused => (Tone::Off, say!(words, watch.paused)),
        HappenedTo::Resumed => (Tone::Info, say!(words, watch.resumed)),
    }
}

/// For how long it did not work, of what says so.
fn lasted(words: Locale, event: &HealthEvent) -> Option<String> {
    match (event.what, event.lasted_millis) {
        (HappenedTo::WentDown, None) => Some(say!(words, watch.goes_on).to_owned()),
        (HappenedTo::WentDown, Some(millis)) => Some(say!(words, watch.lasted, time = time_in_words(words, millis))),
        (HappenedTo::Recovered, Some(millis)) => Some(say!(words, watch.after, time = time_in_words(words, millis))),
        _ => None,
    }
}

/// A length of time, in its largest unit that is not rounded to nothing.
pub fn time_in_words(words: Locale, millis: i64) -> String {
    let minutes = millis.max(0) / 60_000;
    match minutes {
        0 => say!(words, watch.moments).to_owned(),
        1 => say!(words, watch.minute).to_owned(),
        2..120 => say!(words, watch.minutes, count = minutes),
        120..2_880 => say!(words, watch.hours, count = minutes / 60),
        _ => say!(words, watch.days, count = minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::i18n::words_in;

    #[test]
    fn a_length_of_time_is_told_in_the_unit_people_would_use() {
        let told = |minutes: i64| time_in_words(words_in(Language::En), minutes * 60_000 + 59_000);
        assert_eq!(
            [told(0), told(1), told(90), told(125), told(3_000)],
            ["less than a minute", "1 minute", "90 minutes", "2 hours", "2 days"]
        );
        assert_eq!(time_in_words(words_in(Language::Ko), -1), "1분 미만");
    }
}
