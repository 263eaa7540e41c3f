//! The outbox: what Postroom sends from a workspace, where each message stands, and what can be done about it.

use std::time::Duration;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{Delivery, DeliveryId, DeliveryState, EmailAddress, Purpose, Timestamp};

use super::{
    frame::{Place, Trail, in_managed_place, in_place, mail_steps},
    loaded::loaded,
    words::{action_error, api_error},
};
use crate::{
    api::outbox::{RetryDelivery, Shown, ThrowAwayDelivery, one_delivery, outbox},
    components::{
        Breadcrumb, Button, ButtonKind, ButtonSize, Card, EmptyState, Fold, LinkButton, Moment, Notice, Page, PageHead,
        PageWidth, Picture, RemedyCard, StatusBadge, Tone,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// Where a list of messages belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// The outbox of a workspace.
    Workspace(Place),
    /// The relay's page: messages of Postroom itself.
    Postroom,
}

impl Home {
    /// The workspace's name in addresses; blank for Postroom itself.
    fn slug(&self) -> String {
        match self {
            Self::Workspace(place) => place.slug.clone(),
            Self::Postroom => String::new(),
        }
    }

    /// Whoever reads the page may send these again and throw them away.
    const fn may_change(&self) -> bool {
        match self {
            Self::Workspace(place) => place.manages,
            Self::Postroom => true,
        }
    }

    fn throw_away(&self, id: DeliveryId) -> String {
        match self {
            Self::Workspace(place) => format!("{}/{id}/delete", place.outbox()),
            Self::Postroom => format!("/account/relay/{id}/delete"),
        }
    }
}

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
                    move |all| view! { <Everything all home=Home::Workspace(place.clone()) retry /> },
                )}
            </Page>
        }
    })
}

/// Every state that has something in it, or the words that there is nothing.
#[component]
pub fn Everything(all: Vec<Shown>, home: Home, retry: ServerAction<RetryDelivery>) -> impl IntoView {
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
            let lines = lines.into_iter().map(|shown| view! { <Line shown home=home.clone() retry /> }).collect_view();
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
fn Line(shown: Shown, home: Home, retry: ServerAction<RetryDelivery>) -> impl IntoView {
    let words = words();
    let Shown { delivery: one, remedy } = shown;
    let to = addresses(&one.recipients);
    let (tone, badge) = state_words(words, one.state);
    let (told, at) = moment_of(words, &one);
    let unsent = one.state != DeliveryState::Sent;
    let from = one.mailbox.as_ref().map(|mailbox| {
        let around_it = say!(words, outbox.from_mailbox, mailbox = GAP);
        let named = match &home {
            Home::Workspace(place) => {
                let href = format!("{}/{}", place.mailboxes(), mailbox.id);
                Either::Left(view! { <a href=href>{mailbox.name.clone()}</a> })
            }
            Home::Postroom => Either::Right(mailbox.name.clone()),
        };
        view! { {around(&around_it, named)} " · " }
    });
    let purpose = purpose_words(words, one.purpose);
    let reason = match (&remedy, one.state) {
        (Some(remedy), _) => Some(remedy.title.clone()),
        (None, DeliveryState::Parked) => Some(say!(words, outbox.no_way_out).to_owned()),
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
    let tools = (unsent && home.may_change()).then(|| {
        let throw_away = home.throw_away(one.id);
        view! {
            <div class="actions">
                <ActionForm action=retry>
                    <input type="hidden" name="workspace" value=home.slug() />
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
                    {from} {purpose} " · "
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
    in_managed_place(|place| {
        let id = delivery_in_path();
        let home = Home::Workspace(place.clone());
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| one_delivery(slug, id),
            move |one| {
                let words = words();
                let mut steps = mail_steps(words, &place, Some(say!(words, outbox.title).to_owned()));
                if let Some((_, href)) = steps.last_mut() {
                    *href = Some(place.outbox());
                }
                steps.push((one.subject.clone(), None));
                let (place, home, back) = (place.clone(), home.clone(), place.outbox());
                view! {
                    <Page width=PageWidth::Narrow>
                        <Trail place steps />
                        <Question home back one />
                    </Page>
                }
            },
        )
    })
}

/// [`ThrowAwayPage`] for a message of Postroom itself.
#[component]
pub fn ThrowAwayOwnPage() -> impl IntoView {
    let id = delivery_in_path();
    loaded(
        move || id.get(),
        |id| one_delivery(String::new(), id),
        move |one: Delivery| {
            let words = words();
            let way = vec![
                (say!(words, common.admin).to_owned(), Some("/".to_owned())),
                (say!(words, relay.title).to_owned(), Some(RELAY.to_owned())),
                (one.subject.clone(), None),
            ];
            view! {
                <Page width=PageWidth::Narrow>
                    <Breadcrumb items=way />
                    <Question home=Home::Postroom back=RELAY.to_owned() one />
                </Page>
            }
        },
    )
}

/// The page of the relay.
const RELAY: &str = "/account/relay";

fn delivery_in_path() -> Memo<DeliveryId> {
    let params = use_params_map();
    Memo::new(move |_| {
        let id = params.with(|params| params.get("delivery")).and_then(|id| id.parse().ok());
        id.unwrap_or(DeliveryId(0))
    })
}

#[component]
fn Question(home: Home, back: String, one: Delivery) -> impl IntoView {
    let words = words();
    let action = ServerAction::<ThrowAwayDelivery>::new();
    let error = action_error(action);
    let title = say!(words, outbox.throw_title, subject = one.subject.clone());
    let text = if one.state == DeliveryState::Sent {
        say!(words, outbox.throw_text_sent).to_owned()
    } else {
        say!(words, outbox.throw_text, to = addresses(&one.recipients))
    };
    view! {
        <Title text=title.clone() />
        <PageHead title />
        {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
        <Card dangerous=true>
            <p>{text}</p>
            <ActionForm action>
                <input type="hidden" name="workspace" value=home.slug() />
                <input type="hidden" name="delivery" value=one.id.0 />
                <div class="actions">
                    <Button kind=ButtonKind::Danger busy=action.pending()>{say!(words, outbox.throw_away)}</Button>
                    <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, outbox.keep)}</LinkButton>
                </div>
            </ActionForm>
        </Card>
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

fn purpose_words(words: Locale, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::TestMail => say!(words, outbox.purpose_test),
        Purpose::Activation => say!(words, outbox.purpose_activation),
        Purpose::Alert => say!(words, outbox.purpose_alert),
        Purpose::SignIn => say!(words, outbox.purpose_sign_in),
        Purpose::Invitation => say!(words, outbox.purpose_invitation),
        Purpose::ForwardingCheck => say!(words, outbox.purpose_forwarding),
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
