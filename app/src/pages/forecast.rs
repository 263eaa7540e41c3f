//! *What will end soon*: known before it hurts, with the way to where it is renewed.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{Ending, Ends, Severity};

use super::loaded::loaded;
use crate::{
    api::watch::endings,
    components::{
        Breadcrumb, Card, EmptyState, Page, PageHead, PageWidth, Picture, StatusBadge, Tone, date::day_in_words,
    },
    i18n::{Locale, words},
    say,
};

/// The page.
#[component]
pub fn ForecastPage() -> impl IntoView {
    let words = words();
    let title = say!(words, watch.forecast);
    let items = vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (title.to_owned(), None)];
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title text=say!(words, watch.forecast_lead).to_owned() />
            {loaded(|| (), |()| endings(), |endings| view! { <Endings endings /> })}
        </Page>
    }
}

/// What ends, the soonest first, or the words that nothing does.
#[component]
pub fn Endings(endings: Vec<Ending>) -> impl IntoView {
    let words = words();
    if endings.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState
                    title=say!(words, watch.forecast_empty_title) text=say!(words, watch.forecast_empty)
                    picture=Picture::Check
                />
            </Card>
        });
    }
    Either::Right(view! {
        <Card>
            <ol class="history">{endings.into_iter().map(|ending| view! { <One ending /> }).collect_view()}</ol>
        </Card>
    })
}

#[component]
fn One(ending: Ending) -> impl IntoView {
    let words = words();
    let (name, note) = what(words, &ending.what);
    let day = day_in_words(words, ending.ends_at);
    let waiting = match ending.mailboxes {
        0 => None,
        1 => Some(say!(words, watch.stops_one).to_owned()),
        many => Some(say!(words, watch.stops_many, count = many)),
    };
    let (href, repair) = repair(words, &ending);
    let label = format!("{repair}: {name}");
    view! {
        <li>
            <StatusBadge tone=tone(ending.severity) text=when(words, ending.days_left) />
            <div>
                <strong>{name}</strong>
                <span class="soft small">{day} {waiting.map(|waiting| format!(" · {waiting}"))}</span>
                <span>{note}</span>
                {href.map(|href| view! { <a href=href aria-label=label>{repair}</a> })}
            </div>
        </li>
    }
}

fn what(words: Locale, what: &Ends) -> (String, &'static str) {
    match what {
        Ends::ClientSecret { provider } => {
            (say!(words, watch.secret, provider = provider.name()), say!(words, watch.secret_note))
        }
        Ends::Grant { provider, address } => (
            say!(words, watch.grant, provider = provider.name(), address = address.clone()),
            say!(words, watch.grant_note),
        ),
        Ends::SignIn { provider, address, testing } => {
            let note = if *testing { say!(words, watch.sign_in_testing) } else { say!(words, watch.sign_in_note) };
            (say!(words, watch.sign_in, provider = provider.name(), address = address.clone()), note)
        }
        Ends::Certificate { host, port, pinned } => {
            let note =
                if *pinned { say!(words, watch.certificate_pinned) } else { say!(words, watch.certificate_note) };
            (say!(words, watch.certificate, server = format!("{host}:{port}")), note)
        }
    }
}

/// Where it is renewed, and what the link there says.
fn repair(words: Locale, ending: &Ending) -> (Option<String>, &'static str) {
    let mailbox = ending.mailbox.as_ref().map(|(slug, id)| format!("/admin/{slug}/channels/email/mailboxes/{id}"));
    match &ending.what {
        Ends::ClientSecret { provider } => {
            (Some(format!("/account/sign-in/{}", provider.as_str())), say!(words, watch.secret_repair))
        }
        Ends::Grant { .. } | Ends::SignIn { .. } => (mailbox, say!(words, watch.grant_repair)),
        Ends::Certificate { .. } => (mailbox, say!(words, watch.certificate_repair)),
    }
}

const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Later => Tone::Off,
        Severity::Month => Tone::Info,
        Severity::Fortnight | Severity::Week => Tone::Warning,
        Severity::Day | Severity::Over => Tone::Bad,
    }
}

fn when(words: Locale, days_left: i64) -> String {
    match days_left {
        ..0 => say!(words, watch.over).to_owned(),
        0 => say!(words, watch.today).to_owned(),
        1 => say!(words, watch.tomorrow).to_owned(),
        many => say!(words, watch.in_days, count = many),
    }
}
