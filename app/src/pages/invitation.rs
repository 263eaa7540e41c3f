//! `/invitation/{token}`: whoever was invited says their name, chooses a password and is signed in.
//!
//! Looking changes nothing, for machines that open every link in a mail look too. Only the button comes in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{Field as FormField, Reason, SetupForm};

use super::{
    loaded::{if_there, loaded},
    nowhere::DeadLink,
    outside::Outside,
    ways_in::Buttons,
    words::{action_error, api_error, error_beside},
};
use crate::{
    api::{
        ApiError,
        people::{AcceptInvitation, OpenedInvitation, open_invitation},
    },
    components::{Button, ButtonKind, ButtonSize, Card, Field, Notice, PageHead, PasswordField, Tone},
    i18n::words,
    say,
};

/// The page.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token")).unwrap_or_default());
    view! {
        <Outside>
            {loaded(
                move || token.get(),
                |token| async move { if_there(open_invitation(token).await) },
                move |opened| match opened {
                    Some(opened) if opened.ways.local => {
                        view! { <Accept opened token=token.get_untracked() /> }.into_any()
                    }
                    Some(opened) => view! { <ComeByProvider opened /> }.into_any(),
                    None => view! { <Gone /> }.into_any(),
                },
            )}
        </Outside>
    }
}

/// A link that can be used. The form is a plain one: the next document knows who is signed in.
#[component]
pub fn Accept(opened: OpenedInvitation, token: String) -> impl IntoView {
    let words = words();
    let error = action_error(ServerAction::<AcceptInvitation>::new());
    let title = say!(words, people.accept_title);
    let lead = match opened.invited_by {
        Some(name) => say!(words, people.accept_lead, name = name),
        None => say!(words, people.accept_lead_plain).to_owned(),
    };
    let before = error.with_untracked(|error| error.as_ref().and_then(|error| error.typed("name")).map(str::to_owned));
    let name = before.unwrap_or(opened.name);
    let password_hint = say!(words, account.password_hint, min = SetupForm::MIN_PASSWORD_CHARACTERS);
    view! {
        <Title text=title />
        <PageHead title text=lead />
        <Card>
            <form class="form" method="post" action="/api/accept_invitation" novalidate>
                {move || error.get().and_then(whole).map(|said| view! { <Notice tone=Tone::Bad>{said}</Notice> })}
                <input type="hidden" name="token" value=token />
                <dl class="facts">
                    <dt>{say!(words, account.email)}</dt>
                    <dd><strong>{opened.email.to_string()}</strong></dd>
                </dl>
                // What keeps passwords learns whose this one is.
                <input
                    class="visually-hidden" type="email" autocomplete="username" value=opened.email.to_string()
                    readonly tabindex="-1" aria-hidden="true"
                />
                <Field
                    label=say!(words, account.your_name) name="name" value=name
                    error=error_beside(error, FormField::Name) autocomplete="name" required=true
                />
                <PasswordField
                    label=say!(words, account.password) name="password" hint=password_hint
                    error=error_beside(error, FormField::Password) autocomplete="new-password" required=true
                />
                <PasswordField
                    label=say!(words, account.password_again) name="password_again"
                    error=error_beside(error, FormField::PasswordAgain) autocomplete="new-password" required=true
                />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{say!(words, people.accept_submit)}</Button>
            </form>
        </Card>
    }
}

/// Where passwords are switched off: the way in is a provider's, which knows the address.
#[component]
pub fn ComeByProvider(opened: OpenedInvitation) -> impl IntoView {
    let words = words();
    let title = say!(words, people.accept_title);
    let lead = match opened.invited_by {
        Some(name) => say!(words, people.accept_by_provider, name = name),
        None => say!(words, people.accept_by_provider_plain).to_owned(),
    };
    view! {
        <Title text=title />
        <PageHead title text=lead />
        <dl class="facts">
            <dt>{say!(words, account.email)}</dt>
            <dd><strong>{opened.email.to_string()}</strong></dd>
        </dl>
        <Buttons providers=opened.ways.providers next="/".to_owned() />
    }
}

/// What is wrong with the whole: what stands beside no field that can be changed.
fn whole(error: ApiError) -> Option<String> {
    let words = words();
    let taken = error.invalid().iter().any(|one| one.field == FormField::Address && one.reason == Reason::Duplicate);
    match error {
        ApiError::Invalid { .. } if taken => Some(say!(words, people.accept_taken).to_owned()),
        ApiError::Invalid { .. } => None,
        error => Some(api_error(words, &error)),
    }
}

/// A link that was used, taken back, or is too old.
#[component]
pub fn Gone() -> impl IntoView {
    let words = words();
    view! {
        <DeadLink title=say!(words, people.accept_gone_title) text=say!(words, people.accept_gone_text)>
            <a class="button" data-kind="secondary" href="/sign-in">{say!(words, account.sign_in_title)}</a>
        </DeadLink>
    }
}
