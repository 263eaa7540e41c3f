//! Activation on a mailbox's page: a card while the mailbox awaits it, a quiet line once its address is proven.

use std::time::Duration;

use leptos::prelude::*;
use postroom_server::model::{Activation, ActivationStage, DeliveryState, MailboxId, Proof, ProvenBy};

use super::{
    frame::Place,
    look_out::{look_after, look_at, look_while},
    words::{action_error, api_error},
};
use crate::{
    api::activation::{ActivationShown, SendActivation, activation},
    components::{Button, Card, Moment, Notice, RemedyCard, Tone, check_words::duration},
    i18n::{GAP, Locale, around, words},
    say,
};

/// How often an activation that is under way is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(1_000);

/// The card; nothing where the mailbox awaits no activation. Keeps `state` up to date while something is to come.
#[component]
pub fn ActivationCard(
    place: Place,
    mailbox: MailboxId,
    address: String,
    state: RwSignal<ActivationShown>,
) -> impl IntoView {
    let words = words();
    let action = ServerAction::<SendActivation>::new();
    let error = action_error(action);
    follow(place.slug.clone(), mailbox, state, action);
    let awaiting = Memo::new(move |_| state.with(|shown| shown.awaiting));
    let under_way = Memo::new(move |_| state.with(ActivationShown::is_under_way));
    let waits = Memo::new(move |_| state.with(|shown| shown.wait_until));
    move || {
        let (slug, outbox, address) = (place.slug.clone(), place.outbox(), address.clone());
        awaiting.get().then(|| {
            view! {
                <div id="activation">
                    <Card
                        title=say!(words, activation.card_title).to_owned()
                        text=say!(words, activation.card_text, address = address)
                    >
                        <div class="stack">
                            {move || error.get().map(|error| view! {
                                <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice>
                            })}
                            <div aria-live="polite">
                                {move || view! { <Progress shown=state.get() outbox=outbox.clone() /> }}
                            </div>
                            <ActionForm action>
                                <input type="hidden" name="workspace" value=slug />
                                <input type="hidden" name="mailbox" value=mailbox.0 />
                                <div class="actions">
                                    <Button busy=action.pending() disabled=Signal::derive(move || waits.get().is_some())>
                                        {say!(words, activation.send_again)}
                                    </Button>
                                    {move || waits.get().map(|at| view! {
                                        <span class="soft small">
                                            {around(&say!(words, activation.wait_until, when = GAP), view! { <Moment at /> })}
                                        </span>
                                    })}
                                </div>
                            </ActionForm>
                            // Without JavaScript the page looks again by itself.
                            {under_way.get_untracked().then(|| view! {
                                <noscript inner_html=r#"<meta http-equiv="refresh" content="10">"#></noscript>
                            })}
                        </div>
                    </Card>
                </div>
            }
        })
    }
}

/// How far it is, in words, with the repair of what stopped it.
#[component]
pub fn Progress(shown: ActivationShown, outbox: String) -> impl IntoView {
    let words = words();
    let ActivationShown { activation, remedy, reply, link_is_dead, .. } = shown;
    let activation = activation?;
    let (tone, title, text) = told(words, &activation.stage);
    let waits = matches!(
        activation.stage,
        ActivationStage::NotSent { now: DeliveryState::Parked | DeliveryState::Waiting, .. }
    );
    let remedy = remedy.map(|remedy| match reply {
        Some(reply) => view! { <RemedyCard remedy=*remedy reply heading=3 /> }.into_any(),
        None => view! { <RemedyCard remedy=*remedy heading=3 /> }.into_any(),
    });
    let link = if link_is_dead {
        Some(view! { {say!(words, activation.link_is_dead)} }.into_any())
    } else {
        let until = activation.expires_at.filter(|_| activation.stage != ActivationStage::NotBegun);
        until.map(|at| {
            view! { {around(&say!(words, activation.link_good_until, when = GAP), view! { <Moment at /> })} }.into_any()
        })
    };
    Some(view! {
        <div class="stack">
            <Notice tone title>
                {text}
                {waits.then(|| view! { " " <a href=outbox>{say!(words, outbox.to_outbox)}</a> })}
            </Notice>
            {remedy}
            {link.map(|link| view! { <p class="soft small">{link}</p> })}
        </div>
    })
}

/// Since when and how the address is proven, and what is odd about the way there.
#[component]
pub fn Proven(activation: Activation) -> impl IntoView {
    let words = words();
    let proof = activation.proof?;
    let fact = around(&proof_words(words, &activation, proof), view! { <Moment at=proof.at /> });
    let odd = odd_words(words, &activation);
    Some(view! {
        {fact}
        {odd.into_iter().map(|odd| view! { <span class="reason">{odd}</span> }).collect_view()}
    })
}

fn proof_words(words: Locale, activation: &Activation, proof: Proof) -> String {
    match (proof.by, &activation.stage) {
        (ProvenBy::Arrival, ActivationStage::Arrived { arrive_millis, .. }) => {
            say!(words, activation.proven_by_arrival_after, when = GAP, time = duration(words, *arrive_millis))
        }
        (ProvenBy::Arrival, _) => say!(words, activation.proven_by_arrival, when = GAP),
        (ProvenBy::Link, _) => say!(words, activation.proven_by_link, when = GAP),
        (ProvenBy::Forwarding, _) => say!(words, activation.proven_by_forwarding, when = GAP),
    }
}

fn odd_words(words: Locale, activation: &Activation) -> Vec<String> {
    let mut odd = Vec::new();
    if activation.went_elsewhere() {
        odd.push(say!(words, activation.went_elsewhere).to_owned());
    }
    if let ActivationStage::Arrived { folder, junk, other_sender, .. } = &activation.stage {
        if *junk {
            odd.push(say!(words, activation.in_junk, folder = folder.clone()));
        }
        if let Some(seen) = other_sender {
            odd.push(say!(words, activation.other_sender, seen = seen.clone()));
        }
    }
    odd
}

/// How loud, in a few words, and in a sentence.
fn told(words: Locale, stage: &ActivationStage) -> (Tone, String, String) {
    let sent = |millis: u64| say!(words, outbox.test_sent_after, time = duration(words, millis));
    match stage {
        ActivationStage::NotBegun => (Tone::Off, say!(words, activation.not_begun).to_owned(), String::new()),
        ActivationStage::Queued => {
            (Tone::Waiting, say!(words, activation.queued).to_owned(), say!(words, activation.queued_text).to_owned())
        }
        ActivationStage::Sent { send_millis } => {
            (Tone::Waiting, sent(*send_millis), say!(words, activation.sent_text).to_owned())
        }
        ActivationStage::Arrived { arrive_millis, .. } => {
            let arrived = say!(words, outbox.arrived, time = duration(words, *arrive_millis));
            (Tone::Good, arrived, String::new())
        }
        ActivationStage::NotSent { now, .. } => {
            let text = match now {
                DeliveryState::Parked => say!(words, outbox.not_sent_parked),
                DeliveryState::Failed => say!(words, activation.not_sent_failed),
                DeliveryState::Waiting | DeliveryState::Sent => say!(words, outbox.not_sent_waiting),
            };
            (Tone::Bad, say!(words, outbox.not_sent).to_owned(), text.to_owned())
        }
        ActivationStage::NotSeen { send_millis, .. } => {
            let text = format!("{} {}", sent(*send_millis), say!(words, activation.not_seen_text));
            (Tone::Bad, say!(words, outbox.not_seen).to_owned(), text)
        }
        ActivationStage::NotReceived { send_millis, .. } => {
            let text = format!("{} {}", sent(*send_millis), say!(words, activation.not_received_text));
            (Tone::Warning, say!(words, activation.not_received).to_owned(), text)
        }
    }
}

/// Looks again and again while something is to come, and once when the mail was sent again; ends with the component.
fn follow(
    workspace: String,
    mailbox: MailboxId,
    state: RwSignal<ActivationShown>,
    action: ServerAction<SendActivation>,
) {
    let under_way = Memo::new(move |_| state.with(ActivationShown::is_under_way));
    let look = look_at(state, move || activation(workspace.clone(), mailbox));
    look_while(LOOK_EVERY, move || under_way.get(), look.clone());
    look_after(move || action.version().get(), look);
}

#[cfg(test)]
mod tests {
    use postroom_server::model::{EmailAddress, Language, Problem, Timestamp};

    use super::*;
    use crate::components::html_of;

    fn of(stage: ActivationStage, by: Option<ProvenBy>) -> Activation {
        Activation {
            sent_to: EmailAddress::parse("support@example.com").unwrap(),
            began_at: Timestamp(1_795_440_245_000),
            expires_at: None,
            stage,
            proof: by.map(|by| Proof { at: Timestamp(1_795_440_247_000), by }),
            again_at: None,
        }
    }

    fn arrived(junk: bool, other_sender: Option<&str>) -> ActivationStage {
        ActivationStage::Arrived {
            send_millis: 400,
            arrive_millis: 1_400,
            folder: "Junk Email".to_owned(),
            junk,
            other_sender: other_sender.map(str::to_owned),
        }
    }

    #[test]
    fn a_proof_says_how_it_came_and_what_was_odd() {
        let html = |activation: Activation| html_of(Language::En, move || view! { <Proven activation /> });
        let good = html(of(arrived(false, None), Some(ProvenBy::Arrival)));
        assert!(good.contains("1.4 s"), "{good}");
        assert!(!good.contains("reason"), "{good}");
        let odd = html(of(arrived(true, Some("other@example.net")), Some(ProvenBy::Arrival)));
        assert!(odd.contains("Junk Email") && odd.contains("other@example.net"), "{odd}");
        let nowhere = ActivationStage::NotReceived { send_millis: 5, waited_millis: 1_800_000 };
        let elsewhere = html(of(nowhere, Some(ProvenBy::Link)));
        assert!(elsewhere.contains("forwarded elsewhere"), "{elsewhere}");
    }

    #[test]
    fn every_stage_has_words_of_its_own_in_every_language() {
        for language in Language::ALL {
            let words = crate::i18n::words_in(language);
            let titles = [
                ActivationStage::NotBegun,
                ActivationStage::Queued,
                ActivationStage::Sent { send_millis: 5 },
                ActivationStage::NotSent { problem: None, now: DeliveryState::Failed },
                ActivationStage::NotSeen { send_millis: 5, problem: Problem::NoGreeting },
                ActivationStage::NotReceived { send_millis: 5, waited_millis: 60 },
                arrived(false, None),
            ]
            .map(|stage| told(words, &stage).1);
            let different: std::collections::BTreeSet<&String> = titles.iter().collect();
            assert_eq!(different.len(), titles.len(), "{titles:?}");
        }
    }
}
