//! The outbox: what Postroom sends from a workspace, where each message stands, and what can be done about it.

use std::time::Duration;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{Delivery, DeliveryId, DeliveryState, EmailAddress, Timestamp};

use super::{
    frame::{Place, Trail, in_place, mail_steps},
    loaded::loaded,
    mailboxes::{GAP, around},
    words::{action_error, api_error},
};
use crate::{
    api::outbox::{RetryDelivery, Shown, ThrowAwayDelivery, one_delivery, outbox},
    components::{
        Button, ButtonKind, ButtonSize, Card, EmptyState, Fold, LinkButton, Moment, Notice, Page, PageHead, PageWidth,
        Picture, RemedyCard, StatusBadge, Tone,
    },
    i18n::{Locale, words},
    say,
};

/// How long after *Try now* the list looks what came of it.
const LOOK_AFTER: Duration = Duration::from_secs(3);

/// The list.
#[component]
pub fn OutboxPage() -> impl IntoView {
    in_place(|place| {
        let words = words();
        let retry = ServerAction::<RetryDelivery>::new();
        let refused = action_error(retry);
        let slug = place.slug.clone();
        let title = say!(words, outbox.title);
        let steps = mail_steps(words, &place, Some(title.to_owned()));
        let looks = RwSignal::new(0_u32);
        Effect::new(move |before: Option<usize>| {
            let tries = retry.version().get();
            if before.is_some_and(|before| before != tries) {
                set_timeout(
                    move || {
                        looks.try_update(|looks| *looks += 1);
                    },
                    LOOK_AFTER,
                );
            }
            tries
        });
        view! {
            <Title text=title />
            <Page>
                <Trail place=place.clone() steps />
                <PageHead title text=say!(words, outbox.lead).to_owned() />
                {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                {loaded(
                    move || (slug.clone(), retry.version().get(), looks.get()),
                    |(slug, ..)| outbox(slug),
                    move |all| view! { <Everything all place=place.clone() retry /> },
                )}
            </Page>
        }
    })
}

/// Every state that has something in it, or the words that there is nothing.
#[component]
pub fn Everything(all: Vec<Shown>, place: Place, retry: ServerAction<RetryDelivery>) -> impl IntoView {
    let words = words();
    if all.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState title=say!(words, outbox.empty_title) text=say!(words, outbox.empty_text) picture=Picture::Mail />
            </Card>
        });
    }
    let groups = DeliveryState::ALL.map(|state| {
        let lines: Vec<Shown> = all.iter().filter(|one| one.delivery.state == state).cloned().collect();
        (!lines.is_empty()).then(|| {
            let (title, text) = group_words(words, state);
            let lines =
                lines.into_iter().map(|shown| view! { <Line shown place=place.clone() retry /> }).collect_view();
            view! {
                <Card title=title.to_owned() text=text.to_owned()>
                    <ul class="names deliveries">{lines}</ul>
                </Card>
            }
        })
    });
    Either::Right(groups.into_iter().collect_view())
}

#[component]
fn Line(shown: Shown, place: Place, retry: ServerAction<RetryDelivery>) -> impl IntoView {
    let words = words();
    let Shown { delivery: one, remedy } = shown;
    let mailbox = format!("{}/{}", place.mailboxes(), one.mailbox_id);
    let to = addresses(&one.recipients);
    let (tone, badge) = state_words(words, one.state);
    let (told, at) = moment_of(words, &one);
    let unsent = one.state != DeliveryState::Sent;
    let from = say!(words, outbox.from_mailbox, mailbox = GAP);
    let reason = match (&remedy, one.state) {
        (Some(remedy), _) => Some(remedy.title.clone()),
        (None, DeliveryState::Parked) => Some(say!(words, outbox.no_server).to_owned()),
        (None, _) => None,
    };
    let reply = one.problem.as_ref().and_then(|problem| problem.reply()).map(str::to_owned);
    let repair = remedy.map(|remedy| {
        let card = match reply {
            Some(reply) => view! { <RemedyCard remedy=*remedy reply heading=3 /> }.into_any(),
            None => view! { <RemedyCard remedy=*remedy heading=3 /> }.into_any(),
        };
        view! { <Fold summary=say!(words, outbox.what_to_do)>{card}</Fold> }
    });
    let named = format!("{}, {to}", one.subject.clone());
    let named_again = named.clone();
    let id = one.id;
    let busy = Signal::derive(move || {
        retry.pending().get() && retry.input().with(|input| input.as_ref().is_some_and(|input| input.delivery == id))
    });
    let tools = unsent.then(|| {
        let throw_away = format!("{}/{}/delete", place.outbox(), one.id);
        view! {
            <div class="actions">
                <ActionForm action=retry>
                    <input type="hidden" name="workspace" value=place.slug.clone() />
                    <input type="hidden" name="delivery" value=one.id.0 />
                    <Button size=ButtonSize::Small busy>
                        {say!(words, outbox.try_now)}
                        <span class="visually-hidden">": " {named.clone()}</span>
                    </Button>
                </ActionForm>
                <LinkButton href=throw_away kind=ButtonKind::Quiet size=ButtonSize::Small dangerous=true>
                    {say!(words, outbox.throw_away)}
                    <span class="visually-hidden">": " {named_again}</span>
                </LinkButton>
            </div>
        }
    });
    view! {
        <li class="name-line">
            <div class="stack">
                <div class="actions">
                    <strong>{one.subject}</strong>
                    <StatusBadge tone text=badge />
                </div>
                <p class="soft small">
                    {say!(words, outbox.to_whom, to = to)} " · "
                    {around(&from, view! { <a href=mailbox>{one.mailbox_name}</a> })} " · "
                    {around(&told, view! { <Moment at /> })}
                </p>
                {reason.map(|reason| view! { <p>{reason}</p> })}
                {(unsent && one.attempts > 0).then(|| view! {
                    <p class="soft small">{attempts_words(words, one.attempts)}</p>
                })}
                {(unsent && one.may_arrive_twice).then(|| view! {
                    <p class="soft small">{say!(words, outbox.may_arrive_twice)}</p>
                })}
                {repair}
                {tools}
            </div>
        </li>
    }
}

/// Asks before a message is thrown away, and says what it is.
#[component]
pub fn ThrowAwayPage() -> impl IntoView {
    in_place(|place| {
        let params = use_params_map();
        let id = Memo::new(move |_| {
            let id = params.with(|params| params.get("delivery")).and_then(|id| id.parse().ok());
            id.unwrap_or(DeliveryId(0))
        });
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| one_delivery(slug, id),
            move |one| view! { <Question place=place.clone() one /> },
        )
    })
}

#[component]
fn Question(place: Place, one: Delivery) -> impl IntoView {
    let words = words();
    let action = ServerAction::<ThrowAwayDelivery>::new();
    let error = action_error(action);
    let title = say!(words, outbox.throw_title, subject = one.subject.clone());
    let text = if one.state == DeliveryState::Sent {
        say!(words, outbox.throw_text_sent).to_owned()
    } else {
        say!(words, outbox.throw_text, to = addresses(&one.recipients))
    };
    let mut steps = mail_steps(words, &place, Some(say!(words, outbox.title).to_owned()));
    if let Some((_, href)) = steps.last_mut() {
        *href = Some(place.outbox());
    }
    steps.push((one.subject.clone(), None));
    let (slug, back) = (place.slug.clone(), place.outbox());
    view! {
        <Title text=title.clone() />
        <Page width=PageWidth::Narrow>
            <Trail place steps />
            <PageHead title />
            {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <Card dangerous=true>
                <p>{text}</p>
                <ActionForm action>
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="delivery" value=one.id.0 />
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=action.pending()>{say!(words, outbox.throw_away)}</Button>
                        <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, outbox.keep)}</LinkButton>
                    </div>
                </ActionForm>
            </Card>
        </Page>
    }
}

fn addresses(all: &[EmailAddress]) -> String {
    all.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join(", ")
}

fn group_words(words: Locale, state: DeliveryState) -> (&'static str, &'static str) {
    match state {
        DeliveryState::Parked => (say!(words, outbox.parked), say!(words, outbox.parked_lead)),
        DeliveryState::Failed => (say!(words, outbox.failed), say!(words, outbox.failed_lead)),
        DeliveryState::Waiting => (say!(words, outbox.waiting), say!(words, outbox.waiting_lead)),
        DeliveryState::Sent => (say!(words, outbox.sent), say!(words, outbox.sent_lead)),
    }
}

fn state_words(words: Locale, state: DeliveryState) -> (Tone, &'static str) {
    match state {
        DeliveryState::Parked => (Tone::Warning, say!(words, outbox.state_parked)),
        DeliveryState::Failed => (Tone::Bad, say!(words, outbox.state_failed)),
        DeliveryState::Waiting => (Tone::Waiting, say!(words, outbox.state_waiting)),
        DeliveryState::Sent => (Tone::Good, say!(words, outbox.state_sent)),
    }
}

/// The moment that matters in a state, and the words around it.
fn moment_of(words: Locale, one: &Delivery) -> (String, Timestamp) {
    match (one.state, one.decided_at) {
        (DeliveryState::Sent, Some(at)) => (say!(words, outbox.sent_at, when = GAP), at),
        (DeliveryState::Failed, Some(at)) => (say!(words, outbox.failed_at, when = GAP), at),
        (DeliveryState::Waiting, _) if one.next_attempt_at > one.queued_at => {
            (say!(words, outbox.next_at, when = GAP), one.next_attempt_at)
        }
        _ => (say!(words, outbox.queued_at, when = GAP), one.queued_at),
    }
}

fn attempts_words(words: Locale, attempts: u32) -> String {
    match attempts {
        1 => say!(words, outbox.attempts_one).to_owned(),
        many => say!(words, outbox.attempts_many, count = many),
    }
}
