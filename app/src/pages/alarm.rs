//! What every page of the administration says while something is wrong: calmly, once per cause, with the way to
//! its repair.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{loaded::redrawn, look_out::look_out};
use crate::{
    api::watch::{Alarm, Alarms, alarms},
    components::{Moment, Notice, Tone},
    i18n::{GAP, Locale, around, words},
    say,
};

/// The banner of the frame. It is right when the page is loaded, and looks again while the page is visible.
#[component]
pub fn AlarmBanner() -> impl IntoView {
    let path = use_location().pathname;
    let (round, next) = signal(0_u32);
    let answer = Resource::new(move || round.get(), |_| alarms());
    look_out(move || next.update(|round| *round = round.wrapping_add(1)));
    let shown = move || {
        Suspend::new(async move {
            // A page is worth showing without it.
            let found = answer.await.unwrap_or_default();
            let on_list = Memo::new(move |_| path.with(|path| path.ends_with("/channels/email/mailboxes")));
            view! { {move || view! { <Banner found=found.clone() on_list=on_list.get() /> }} }
        })
    };
    view! { <Transition fallback=|| ()>{redrawn(shown)}</Transition> }
}

/// What is wrong; nothing where nothing is.
#[component]
pub fn Banner(
    found: Alarms,
    /// The list of mailboxes tells of broken applications itself.
    #[prop(default = false)]
    on_list: bool,
) -> impl IntoView {
    let words = words();
    let causes: Vec<Alarm> = found.causes.into_iter().filter(|cause| !(on_list && cause.application)).collect();
    let stopped = (!causes.is_empty()).then(|| {
        let title = match found.stopped {
            0 => say!(words, relay.stopped).to_owned(),
            1 => say!(words, watch.stopped_one).to_owned(),
            many => say!(words, watch.stopped_many, count = many),
        };
        let more = (found.more > 0).then(|| view! { <li>{say!(words, watch.more, count = found.more)}</li> });
        view! {
            <Notice tone=Tone::Warning title>
                <ul class="causes">
                    {causes.into_iter().map(|cause| view! { <Line cause /> }).collect_view()}
                    {more}
                </ul>
            </Notice>
        }
    });
    let ending = (found.ending > 0).then(|| {
        let title = match found.ending {
            1 => say!(words, watch.ending_one).to_owned(),
            many => say!(words, watch.ending_many, count = many),
        };
        view! {
            <Notice tone=Tone::Warning title>
                <a href="/account/forecast">{say!(words, watch.see_forecast)}</a>
            </Notice>
        }
    });
    (stopped.is_some() || ending.is_some()).then(|| {
        view! { <aside class="alarms" aria-label=say!(words, watch.label)>{stopped} {ending}</aside> }
    })
}

#[component]
fn Line(cause: Alarm) -> impl IntoView {
    let words = words();
    let whom = whom(words, &cause);
    let since = say!(words, watch.since, when = GAP);
    view! {
        <li>
            <a href=cause.href>{cause.title}</a>
            <span class="soft">" · " {whom} " · " {around(&since, view! { <Moment at=cause.since /> })}</span>
        </li>
    }
}

/// Which mailboxes wait: their names, or how many they are.
fn whom(words: Locale, cause: &Alarm) -> String {
    if cause.mailboxes == 0 {
        return say!(words, relay.title).to_owned();
    }
    if usize::try_from(cause.mailboxes).is_ok_and(|all| all == cause.names.len()) {
        cause.names.join(", ")
    } else {
        say!(words, watch.affects, count = cause.mailboxes)
    }
}
