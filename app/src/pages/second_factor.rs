//! `/second-factor`: setting it up, one step after the other, and the recovery codes, once.
//!
//! It stands outside of the administration: whoever has to set it up first gets no further than this. Its forms are
//! plain ones: codes are shown by exactly the answer that made them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Field as FormField, SecondFactor, SecretToShow, Squares};

use super::{
    loaded::loaded,
    outside::Outside,
    words::{action_error, api_error, error_beside},
};
use crate::{
    api::{
        ApiError,
        second_factor::{
            BeginSecondFactor, ConfirmSecondFactor, ResetSecondFactor, SettingUp, fresh_recovery_codes,
            load_second_factor,
        },
    },
    components::{
        Button, ButtonKind, ButtonSize, Card, CopyButton, CopyLine, Field, Fold, LinkButton, Notice, PageHead, Tone,
    },
    i18n::words,
    say,
};

/// The page; `?codes` says that recovery codes were just made.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let made = Memo::new(move |_| query.with(|query| query.get("codes").is_some()));
    // Asked for out here, where it is asked for once: codes that were read are gone.
    let fresh = Resource::new(
        move || made.get(),
        |made| async move { if made { fresh_recovery_codes().await } else { Ok(None) } },
    );
    view! {
        <Title text=say!(words, own.setup_title) />
        <Outside>
            {loaded(
                move || made.get(),
                move |_| async move {
                    let codes = fresh.await?;
                    let setting_up = load_second_factor().await?;
                    Ok::<(SettingUp, Option<Vec<String>>), ApiError>((setting_up, codes))
                },
                move |(setting_up, codes)| match (codes, setting_up) {
                    (Some(codes), _) => view! { <Codes codes /> }.into_any(),
                    (None, SettingUp { state: SecondFactor::On { .. }, .. }) => {
                        view! { <Done shown=made.get_untracked() /> }.into_any()
                    }
                    (None, SettingUp { has_password: false, .. }) => view! {
                        <PageHead title=say!(words, own.setup_title) />
                        <Notice tone=Tone::Info>{say!(words, own.no_password_text)}</Notice>
                        <LinkButton href="/account/me">{say!(words, own.to_account)}</LinkButton>
                    }.into_any(),
                    (None, SettingUp { secret, owed, .. }) => view! { <SetUp secret owed /> }.into_any(),
                },
            )}
        </Outside>
    }
}

#[component]
fn SetUp(secret: Option<SecretToShow>, owed: bool) -> impl IntoView {
    let words = words();
    let steps = match secret {
        Some(secret) => view! { <Scan secret /> }.into_any(),
        None => view! { <Begin /> }.into_any(),
    };
    let leave = if owed {
        view! {
            <form method="post" action="/api/sign_out">
                <Button kind=ButtonKind::Quiet>{say!(words, common.sign_out)}</Button>
            </form>
        }
        .into_any()
    } else {
        view! { <p><a href="/account/me">{say!(words, own.to_account)}</a></p> }.into_any()
    };
    view! {
        <PageHead title=say!(words, own.setup_title) text=say!(words, own.setup_lead).to_owned() />
        {owed.then(|| view! { <Notice tone=Tone::Warning>{say!(words, own.setup_required)}</Notice> })}
        {steps}
        {leave}
    }
}

#[component]
fn Begin() -> impl IntoView {
    let words = words();
    let action = ServerAction::<BeginSecondFactor>::new();
    let error = action_error(action);
    view! {
        <Card>
            <form class="form" method="post" action="/api/begin_second_factor">
                {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <p>{say!(words, own.factor_text)}</p>
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{say!(words, own.setup_begin)}</Button>
            </form>
        </Card>
    }
}

/// What the app is to be given, and the code that shows that it has it.
#[component]
fn Scan(secret: SecretToShow) -> impl IntoView {
    let words = words();
    let action = ServerAction::<ConfirmSecondFactor>::new();
    let error = action_error(action);
    let whole = move || error.get().filter(|error| error.invalid().is_empty());
    view! {
        <Card>
            <div class="stack">
                <h2>{say!(words, own.setup_scan)}</h2>
                <QrPicture squares=secret.picture label=say!(words, own.setup_picture) />
                <h2>{say!(words, own.setup_type)}</h2>
                <CopyLine text=secret.text />
                <form class="form" method="post" action="/api/confirm_second_factor" novalidate>
                    {move || whole().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                    <p>{say!(words, own.setup_confirm_text)}</p>
                    <Field
                        label=say!(words, own.code) name="code" autocomplete="one-time-code" inputmode="numeric"
                        error=error_beside(error, FormField::Code) required=true
                    />
                    <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{say!(words, own.setup_confirm)}</Button>
                </form>
                <form method="post" action="/api/begin_second_factor">
                    <Button kind=ButtonKind::Quiet>{say!(words, own.setup_anew)}</Button>
                </form>
            </div>
        </Card>
    }
}

/// A QR code, drawn in black on white in dark mode too: readers want it so.
#[component]
pub fn QrPicture(squares: Squares, label: &'static str) -> impl IntoView {
    let Squares { size, path } = squares;
    view! {
        <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff" />
            <path d=path fill="#000" />
        </svg>
    }
}

#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    let words = words();
    let all = codes.join(" ");
    let lines = codes.into_iter().map(|code| view! { <li><code translate="no">{code}</code></li> }).collect_view();
    view! {
        <PageHead title=say!(words, own.codes_title) text=say!(words, own.codes_lead).to_owned() />
        <Notice tone=Tone::Good>{say!(words, own.setup_done)}</Notice>
        <Card>
            <div class="stack">
                <ol class="recovery-codes">{lines}</ol>
                <CopyButton text=all label=say!(words, own.codes_copy) done_label=say!(words, components.copied) />
                <LinkButton href="/account/me" kind=ButtonKind::Primary>{say!(words, own.codes_done)}</LinkButton>
            </div>
        </Card>
    }
}

/// Asks before somebody else's second factor is taken away, who has lost phone and recovery codes.
#[component]
pub fn ResetSecondFactorCard(id: i64, name: String) -> impl IntoView {
    let words = words();
    let reset = ServerAction::<ResetSecondFactor>::new();
    let error = action_error(reset);
    view! {
        <Fold summary=say!(words, own.reset_fold)>
            <Card dangerous=true title=say!(words, own.reset_factor_title, name = name)>
                {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
                <p>{say!(words, own.reset_factor_text)}</p>
                <ActionForm action=reset>
                    <input type="hidden" name="user" value=id />
                    <Button kind=ButtonKind::Danger busy=reset.pending()>{say!(words, own.reset_factor)}</Button>
                </ActionForm>
            </Card>
        </Fold>
    }
}

/// It is on already; `shown` says that codes were to be shown here and have been.
#[component]
fn Done(shown: bool) -> impl IntoView {
    let words = words();
    view! {
        <PageHead title=say!(words, own.factor_card) />
        <Notice tone=Tone::Good>{say!(words, own.setup_done)}</Notice>
        {shown.then(|| view! { <Notice tone=Tone::Info>{say!(words, own.codes_gone)}</Notice> })}
        <LinkButton href="/account/me" kind=ButtonKind::Primary>{say!(words, own.to_account)}</LinkButton>
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn the_picture_has_words_and_no_style_of_its_own() {
        let squares = Squares { size: 29, path: "M4 4h1v1h-1z".to_owned() };
        let html = html_of(Language::En, move || view! { <QrPicture squares label="QR code" /> });
        assert!(html.contains("aria-label=\"QR code\"") && html.contains("viewBox=\"0 0 29 29\""), "{html}");
        assert!(!html.contains("style"), "{html}");
    }
}
