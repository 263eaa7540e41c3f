//! Step three, before anybody has signed in: what will be asked, and the button that leads to the provider.

use leptos::prelude::*;
use postroom_server::model::{Draft, OAuthProvider, Problem, SignInState};

use super::{
    WizardPage, WizardStep,
    consent::{Consent, Perhaps},
    discard::Discard,
    draft_path,
    search_note::NeedsOfSignIn,
};
use crate::{
    api::oauth::{Readiness, SignInShown},
    components::{ButtonKind, Card, Checkbox, LinkButton, PageWidth},
    i18n::words,
    pages::{
        begin_form::{Begin, BeginForm},
        frame::Place,
        hindrance::Hindrance,
        repair::Repair,
    },
    say,
};

/// The page until there is a grant; `again` asks the server anew once there is one.
#[component]
pub fn SignIn(
    place: Place,
    draft: Draft,
    shown: SignInShown,
    provider: OAuthProvider,
    again: RwSignal<u32>,
) -> impl IntoView {
    let shown = RwSignal::new(shown);
    let back = draft_path(&place, draft.id, WizardStep::Server);
    let (id, of) = (draft.id, place.clone());
    let waiting = Memo::new(move |_| shown.with(|shown| waits(&shown.state)));
    let body = {
        let (place, draft) = (place.clone(), draft.clone());
        move || {
            let (place, draft) = (place.clone(), draft.clone());
            if waiting.get() {
                view! { <Consent place draft shown provider again /> }.into_any()
            } else {
                let now = shown.get_untracked();
                let link = now.state.consent.clone().map(|consent| consent.url);
                let (slug, draft_id, address) = (place.slug.clone(), draft.id, draft.form.address.trim().to_owned());
                view! {
                    <Ask place draft shown=now provider />
                    {link.map(|url| view! { <Perhaps workspace=slug draft=draft_id shown again url address /> })}
                }
                .into_any()
            }
        }
    };
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Connect width=PageWidth::Narrow>
            {body}
            <div class="wizard-foot">
                <LinkButton href=back kind=ButtonKind::Quiet>{say!(words(), common.back)}</LinkButton>
            </div>
            <Discard place=of draft=id />
        </WizardPage>
    }
}

/// True where an administrator was asked and nothing else is in the way. Whoever has left the provider's pages was
/// perhaps told to ask one, and perhaps only changed their mind: they are offered both.
fn waits(state: &SignInState) -> bool {
    let consent = state.consent.as_ref().filter(|consent| consent.given_at.is_some() || !was_left(state));
    consent.is_some() && state.grant.is_none()
}

fn was_left(state: &SignInState) -> bool {
    matches!(state.refused, Some(Problem::ConsentDeclined { .. }))
}

/// The card with the button.
#[component]
pub fn Ask(place: Place, draft: Draft, shown: SignInShown, provider: OAuthProvider) -> impl IntoView {
    let words = words();
    let here = draft_path(&place, draft.id, WizardStep::Connect);
    let name = provider.name();
    let registered = shown.readiness != Readiness::NotRegistered;
    let (label, kind) = match (&shown.state.refused, &shown.readiness) {
        (Some(_), Readiness::Ready) => (say!(words, signin.begin_again).to_owned(), ButtonKind::Primary),
        (None, Readiness::Ready) => (say!(words, signin.begin, provider = name), ButtonKind::Primary),
        _ => (say!(words, signin.begin, provider = name), ButtonKind::Secondary),
    };
    let address = draft.form.address.trim().to_owned();
    let begin = Begin::Draft { workspace: place.slug.clone(), draft: draft.id };
    let other = (provider == OAuthProvider::Microsoft).then(|| {
        view! {
            <Checkbox
                label=say!(words, signin.other_account) name="other_account" checked=draft.form.other_account
                hint=say!(words, signin.other_account_hint, address = address.clone())
            />
        }
    });
    let hint = Some(shown.person_hint.clone()).filter(|hint| !hint.is_empty());
    view! {
        <Repair remedy=shown.refused problem=shown.state.refused />
        <Hindrance readiness=shown.readiness provider back=here />
        <NeedsOfSignIn needs=shown.first provider />
        <Card title=say!(words, signin.connect_title, provider = name)>
            <p>{say!(words, signin.connect_text, provider = name)}</p>
            <dl class="facts">
                <dt>{say!(words, signin.mailbox)}</dt>
                <dd>{address.clone()}</dd>
                {hint.filter(|hint| *hint != address).map(|hint| view! {
                    <dt>{say!(words, signin.choose)}</dt>
                    <dd>{hint}</dd>
                })}
            </dl>
            <May provider />
            {registered.then(|| view! { <BeginForm of=begin label kind>{other}</BeginForm> })}
        </Card>
    }
}

/// What is asked for, in plain words, before the provider says it in its own.
#[component]
pub fn May(provider: OAuthProvider) -> impl IntoView {
    let words = words();
    let broad = (provider == OAuthProvider::Google)
        .then(|| view! { <p class="soft small">{say!(words, signin.may_google)}</p> });
    view! {
        <div class="may">
            <p><strong>{say!(words, signin.may_title)}</strong></p>
            <ul>
                <li>{say!(words, signin.may_read)}</li>
                <li>{say!(words, signin.may_send)}</li>
            </ul>
            <p class="soft small">{say!(words, signin.may_not, provider = provider.name())}</p>
            {broad}
        </div>
    }
}
