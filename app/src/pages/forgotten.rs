//! `/forgotten` and `/reset/{token}`: the way back in for whoever has forgotten their password.
//!
//! The first page answers the same whether anybody has the address or not. Opening a link changes nothing, for
//! machines that open every link in a mail do so too.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{Field as FormField, SetupForm};

use super::{
    loaded::loaded,
    nowhere::DeadLink,
    outside::Outside,
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::{
        ApiError,
        passwords::{ForgotPassword, ResetPassword, open_password_reset},
    },
    components::{Button, ButtonKind, ButtonSize, Card, Field, LinkButton, Notice, PageHead, PasswordField, Tone},
    i18n::words,
    say,
};

/// Where somebody asks for a link; `?sent` says that they have.
#[component]
pub fn ForgottenPage() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get("sent").is_some()));
    view! {
        <Title text=say!(words, own.forgotten_title) />
        <Outside>
            {move || if sent.get() { Either::Left(view! { <Sent /> }) } else { Either::Right(view! { <Ask /> }) }}
            <p><a href="/sign-in">{say!(words, own.to_sign_in)}</a></p>
        </Outside>
    }
}

#[component]
fn Ask() -> impl IntoView {
    let words = words();
    let action = ServerAction::<ForgotPassword>::new();
    let error = action_error(action);
    view! {
        <PageHead title=say!(words, own.forgotten_title) text=say!(words, own.forgotten_lead).to_owned() />
        <Card>
            <ActionForm action attr:class="form" attr:novalidate="">
                <WholeError error />
                <Field
                    label=say!(words, account.email) name="email" kind="email" value=typed(error, "email")
                    error=error_beside(error, FormField::Address) autocomplete="username" required=true
                />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=action.pending()>
                    {say!(words, own.forgotten_submit)}
                </Button>
            </ActionForm>
        </Card>
    }
}

#[component]
fn Sent() -> impl IntoView {
    let words = words();
    view! {
        <PageHead title=say!(words, own.forgotten_sent_title) />
        <Card>
            <div class="stack">
                <p>{say!(words, own.forgotten_sent)}</p>
                <p class="soft small">{say!(words, own.forgotten_none)}</p>
                <LinkButton href="/forgotten">{say!(words, own.forgotten_again)}</LinkButton>
            </div>
        </Card>
    }
}

/// The page behind a link.
#[component]
pub fn ResetPage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token")).unwrap_or_default());
    view! {
        <Outside>
            {loaded(move || token.get(), open_password_reset, move |good| if good {
                Either::Left(view! { <Choose token=token.get_untracked() /> })
            } else {
                Either::Right(view! { <Gone /> })
            })}
        </Outside>
    }
}

#[component]
fn Choose(token: String) -> impl IntoView {
    let words = words();
    let action = ServerAction::<ResetPassword>::new();
    let error = action_error(action);
    let hint = say!(words, account.password_hint, min = SetupForm::MIN_PASSWORD_CHARACTERS);
    let gone = move || error.with(|error| matches!(error, Some(ApiError::NotFound)));
    view! {
        <Title text=say!(words, own.reset_title) />
        <PageHead title=say!(words, own.reset_title) text=say!(words, own.reset_lead).to_owned() />
        <Card>
            <ActionForm action attr:class="form" attr:novalidate="">
                {move || gone().then(|| view! { <Notice tone=Tone::Bad>{say!(words, own.reset_gone)}</Notice> })}
                <WholeError error />
                <input type="hidden" name="token" value=token />
                <PasswordField
                    label=say!(words, own.new_password) name="password" hint=hint
                    error=error_beside(error, FormField::Password) autocomplete="new-password" required=true
                />
                <PasswordField
                    label=say!(words, own.new_password_again) name="password_again"
                    error=error_beside(error, FormField::PasswordAgain) autocomplete="new-password" required=true
                />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=action.pending()>
                    {say!(words, own.reset_submit)}
                </Button>
            </ActionForm>
        </Card>
    }
}

/// A link that never was, was used, was replaced or is too old.
#[component]
fn Gone() -> impl IntoView {
    let words = words();
    view! {
        <DeadLink title=say!(words, own.reset_gone_title) text=say!(words, own.reset_gone)>
            <LinkButton href="/forgotten" kind=ButtonKind::Primary>{say!(words, own.reset_ask_again)}</LinkButton>
        </DeadLink>
    }
}

/// What is wrong with a form as a whole; what belongs to a field stands beside it.
#[component]
fn WholeError(error: Signal<Option<ApiError>>) -> impl IntoView {
    move || {
        error
            .get()
            .filter(|error| error.invalid().is_empty() && *error != ApiError::NotFound)
            .map(|error| view! { <Notice tone=Tone::Bad>{api_error(words(), &error)}</Notice> })
    }
}
