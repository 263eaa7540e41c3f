//! Waiting for an administrator of the provider: the link for them, what happens next, and noticing it.
//!
//! With WASM the page asks every few seconds; without it, the document comes anew by itself.

use std::time::Duration;

use leptos::prelude::*;
use postroom_server::model::{ConsentState, Draft, DraftId, OAuthProvider};

use crate::{
    api::{
        live::Whose,
        oauth::{SignInShown, sign_in_state},
    },
    components::{ButtonKind, Card, CopyLine, Moment, Notice, StatusBadge, Tone},
    i18n::{GAP, around, words},
    pages::{
        begin_form::{Begin, BeginForm},
        frame::Place,
        look_out::look_while,
        mailto::mailto,
        repair::Repair,
    },
    say,
};

/// How often the browser looks whether consent was given.
const PAUSE: Duration = Duration::from_secs(5);

/// The card; `shown` follows what the server knows.
#[component]
pub fn Consent(
    place: Place,
    draft: Draft,
    shown: RwSignal<SignInShown>,
    provider: OAuthProvider,
    again: RwSignal<u32>,
) -> impl IntoView {
    let begin = Begin::Draft { workspace: place.slug.clone(), draft: draft.id };
    let address = draft.form.address.trim().to_owned();
    let other_account = draft.form.other_account;
    let state = Memo::new(move |_| shown.with(|shown| shown.state.consent.clone()));
    await_consent(place.slug, draft.id, shown, again);
    move || {
        let (begin, address) = (begin.clone(), address.clone());
        // The refusal that led to the question is what this card is about; another one is news.
        let refused = shown.with(|shown| {
            let problem = shown.state.refused.clone().filter(|problem| problem.kind() != "admin_consent_needed")?;
            Some((shown.refused.clone(), problem))
        });
        let card = state.get().map(|state| match state.given_at {
            Some(_) => view! { <Given state begin provider other_account /> }.into_any(),
            None => view! { <Waiting state begin provider address other_account /> }.into_any(),
        });
        view! {
            {refused.map(|(remedy, problem)| view! { <Repair remedy problem=Some(problem) /> })}
            {card}
        }
    }
}

/// The administrator was asked.
#[component]
pub fn Waiting(
    state: ConsentState,
    begin: Begin,
    provider: OAuthProvider,
    address: String,
    other_account: bool,
) -> impl IntoView {
    let words = words();
    let name = provider.name();
    let badge = move || view! { <StatusBadge tone=Tone::Waiting text=say!(words, signin.consent_watching) /> };
    view! {
        // Without JavaScript nothing looks by itself, so the document comes anew.
        <noscript inner_html=r#"<meta http-equiv="refresh" content="30">"#></noscript>
        <Card title=say!(words, signin.consent_title).to_owned() aside=badge>
            <p>{say!(words, signin.consent_text, provider = name)}</p>
            <div class="stack">
                <p><strong>{say!(words, signin.consent_link)}</strong></p>
                <Link url=state.url address />
            </div>
            <div>
                <p><strong>{say!(words, signin.consent_who)}</strong></p>
                <p>{say!(words, signin.consent_who_text)}</p>
            </div>
            <div>
                <p><strong>{say!(words, signin.consent_next)}</strong></p>
                <ol>
                    <li>{say!(words, signin.consent_step_1)}</li>
                    <li>{say!(words, signin.consent_step_2)}</li>
                    <li>{say!(words, signin.consent_step_3)}</li>
                </ol>
            </div>
            <p class="soft small">
                {around(&say!(words, signin.consent_asked, when = GAP), view! { <Moment at=state.asked_at /> })}
            </p>
            <BeginForm of=begin label=say!(words, signin.consent_again) kind=ButtonKind::Quiet>
                <OtherAccount other_account />
            </BeginForm>
        </Card>
    }
}

/// The link for whoever can consent, and the ways to get it to them.
#[component]
fn Link(url: String, address: String) -> impl IntoView {
    let words = words();
    let letter = mailto(
        "",
        say!(words, signin.consent_mail_subject),
        &say!(words, signin.consent_mail_body, address = address, url = url.clone()),
    );
    // Only an address of the web becomes a link, whoever made it.
    let open = url.starts_with("https://").then(|| url.clone());
    view! {
        <CopyLine text=url />
        <div class="actions">
            <a class="button" data-kind="secondary" href=letter>{say!(words, signin.consent_mail)}</a>
            {open.map(|url| view! {
                <a class="button" data-kind="quiet" href=url target="_blank" rel="noopener noreferrer">
                    {say!(words, signin.consent_open)}
                    <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            })}
        </div>
    }
}

/// Somebody has left Microsoft's pages, perhaps because nothing else was left to do there: then an administrator can
/// help, and this notices it as well.
#[component]
pub fn Perhaps(
    workspace: String,
    draft: DraftId,
    shown: RwSignal<SignInShown>,
    again: RwSignal<u32>,
    url: String,
    address: String,
) -> impl IntoView {
    let words = words();
    await_consent(workspace, draft, shown, again);
    view! {
        <Card title=say!(words, signin.consent_perhaps_title)>
            <p>{say!(words, signin.consent_perhaps_text)}</p>
            <div class="stack"><Link url address /></div>
            <p class="soft small">{say!(words, signin.consent_who_text)}</p>
        </Card>
    }
}

/// Consent is there; one more sign-in ends it.
#[component]
pub fn Given(state: ConsentState, begin: Begin, provider: OAuthProvider, other_account: bool) -> impl IntoView {
    let words = words();
    view! {
        <Notice tone=Tone::Good title=say!(words, signin.consent_given_title)>
            <p>{say!(words, signin.consent_given_text)}</p>
            {state.given_at.map(|at| view! {
                <p class="soft small">
                    {around(&say!(words, signin.consent_given_at, when = GAP), view! { <Moment at /> })}
                </p>
            })}
        </Notice>
        <BeginForm of=begin label=say!(words, signin.begin, provider = provider.name())>
            <OtherAccount other_account />
        </BeginForm>
    }
}

/// What was ticked before stays ticked.
#[component]
pub fn OtherAccount(other_account: bool) -> impl IntoView {
    other_account.then(|| view! { <input type="hidden" name="other_account" value="true" /> })
}

/// Asks the server again and again while an administrator is waited for; ends with the component.
fn await_consent(workspace: String, draft: DraftId, shown: RwSignal<SignInShown>, again: RwSignal<u32>) {
    let waiting = Memo::new(move |_| {
        shown.with(|shown| shown.state.consent.as_ref().is_some_and(|consent| consent.given_at.is_none()))
    });
    look_while(
        PAUSE,
        move || waiting.get(),
        move || {
            let workspace = workspace.clone();
            leptos::task::spawn_local(async move {
                // A look that fails is no news; the next one follows.
                let Ok(now) = sign_in_state(workspace, Whose::Draft(draft)).await else { return };
                if now.state.grant.is_some() {
                    again.try_update(|times| *times += 1);
                } else if shown.try_with_untracked(|before| *before != now) == Some(true) {
                    shown.try_set(now);
                }
            });
        },
    );
}
