//! Setting Postroom up, once, and signing in.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Field as FormField, SetupForm};

use super::{
    loaded::loaded,
    outside::Outside,
    ways_in::WaysIn,
    words::{action_error, api_error, error_beside, typed},
};
use crate::{
    api::{
        ApiError,
        account::{SetUp, setup_needed},
    },
    components::{Button, ButtonKind, ButtonSize, Card, Field, Notice, PageHead, PasswordField, Tone},
    i18n::words,
    say,
};

/// The page that makes the first administrator; it works once, with the code the terminal shows.
#[component]
pub fn SetupPage() -> impl IntoView {
    let words = words();
    view! {
        <Title text=say!(words, account.setup_title) />
        <Outside>
            {loaded(|| (), |()| setup_needed(), move |needed| if needed {
                Either::Left(view! { <SetupFormView /> })
            } else {
                Either::Right(view! {
                    <PageHead title=say!(words, account.setup_over_title) text=say!(words, account.setup_over_text).to_owned() />
                    <a class="button" data-kind="primary" href="/sign-in">{say!(words, account.sign_in_title)}</a>
                })
            })}
        </Outside>
    }
}

#[component]
fn SetupFormView() -> impl IntoView {
    let words = words();
    let action = ServerAction::<SetUp>::new();
    let error = action_error(action);
    let password_hint = say!(words, account.password_hint, min = SetupForm::MIN_PASSWORD_CHARACTERS);
    view! {
        <PageHead title=say!(words, account.setup_title) text=say!(words, account.setup_text).to_owned() />
        <Card>
            <ActionForm action attr:class="form" attr:novalidate="">
                <WholeFormError error />
                <Field
                    label=say!(words, account.code) name="code" value=typed(error, "code")
                    hint=say!(words, account.code_hint).to_owned() error=error_beside(error, FormField::Code)
                    autocomplete="one-time-code" required=true
                />
                <Field
                    label=say!(words, account.your_name) name="name" value=typed(error, "name")
                    error=error_beside(error, FormField::Name) autocomplete="name" required=true
                />
                <Field
                    label=say!(words, account.email) name="email" kind="email" value=typed(error, "email")
                    hint=say!(words, account.email_hint).to_owned() error=error_beside(error, FormField::Address)
                    autocomplete="username" required=true
                />
                <PasswordField
                    label=say!(words, account.password) name="password" hint=password_hint
                    error=error_beside(error, FormField::Password) autocomplete="new-password" required=true
                />
                <PasswordField
                    label=say!(words, account.password_again) name="password_again"
                    error=error_beside(error, FormField::PasswordAgain) autocomplete="new-password" required=true
                />
                <Field
                    label=say!(words, account.workspace) name="workspace" value=typed(error, "workspace")
                    hint=say!(words, account.workspace_hint).to_owned() error=error_beside(error, FormField::Workspace)
                    required=true
                />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=action.pending()>
                    {say!(words, account.setup_submit)}
                </Button>
            </ActionForm>
        </Card>
    }
}

/// Where people sign in; `?next=` says where they wanted to go, `?wrong`, `?wait=` or `?refused=` why they are back, and
/// `?local` that they want to type a password.
#[component]
pub fn SignInPage() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let asked = move |key: &'static str| query.with(|query| query.get(key));
    let next = move || asked("next").unwrap_or_else(|| "/".to_owned());
    let email = Signal::stored(untrack(|| asked("email")).unwrap_or_default());
    let signed_out = move || asked("done").is_some_and(|done| done == "signed_out");
    let password_set = move || asked("done").is_some_and(|done| done == "password_set");
    let late = move || asked("late").is_some();
    let refused = move || {
        let wait = asked("wait").and_then(|seconds| seconds.parse::<u64>().ok());
        wait.map(|seconds| say!(words, errors.too_many, seconds = seconds))
            .or_else(|| asked("wrong").map(|_| say!(words, errors.wrong_password).to_owned()))
    };
    view! {
        <Title text=say!(words, account.sign_in_title) />
        <Outside>
            <PageHead title=say!(words, account.sign_in_title) />
            <Show when=signed_out>
                <Notice tone=Tone::Good>{say!(words, common.done_signed_out)}</Notice>
            </Show>
            <Show when=password_set>
                <Notice tone=Tone::Good>{say!(words, own.password_set)}</Notice>
            </Show>
            <Show when=late>
                <Notice tone=Tone::Warning>{say!(words, own.late)}</Notice>
            </Show>
            <WaysIn next=Signal::derive(next)>
                <Card>
                    <form class="form" method="post" action="/api/sign_in" novalidate>
                        {move || refused().map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
                        <input type="hidden" name="next" value=next />
                        <Field
                            label=say!(words, account.email) name="email" kind="email" value=email
                            autocomplete="username" required=true
                        />
                        <PasswordField
                            label=say!(words, account.password) name="password" autocomplete="current-password" required=true
                        />
                        <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{say!(words, account.sign_in_submit)}</Button>
                        <p><a href="/forgotten">{say!(words, own.forgotten_link)}</a></p>
                    </form>
                </Card>
            </WaysIn>
        </Outside>
    }
}

/// What is wrong with the form as a whole: wrong password, too many attempts, a rule.
#[component]
fn WholeFormError(error: Signal<Option<ApiError>>) -> impl IntoView {
    move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words(), &error)}</Notice> })
}
