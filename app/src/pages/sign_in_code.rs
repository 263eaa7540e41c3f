//! `/sign-in/code`: the second half of signing in. A plain form, as the first half is.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{loaded::loaded, outside::Outside};
use crate::{
    api::second_factor::code_awaited,
    components::{Button, ButtonKind, ButtonSize, Card, Field, LinkButton, Notice, PageHead, Tone},
    i18n::words,
    say,
};

/// The page; `?recovery` asks for a recovery code instead, `?wrong` or `?wait=` say why somebody is back.
#[component]
pub fn SignInCodePage() -> impl IntoView {
    let words = words();
    view! {
        <Title text=say!(words, own.code_title) />
        <Outside>
            {loaded(|| (), |()| code_awaited(), move |awaited| if awaited {
                Either::Left(view! { <Ask /> })
            } else {
                Either::Right(view! {
                    <PageHead title=say!(words, own.code_late_title) text=say!(words, own.code_late).to_owned() />
                    <LinkButton href="/sign-in" kind=ButtonKind::Primary>{say!(words, account.sign_in_title)}</LinkButton>
                })
            })}
        </Outside>
    }
}

#[component]
fn Ask() -> impl IntoView {
    let words = words();
    let query = use_query_map();
    let asked = move |key: &'static str| query.with(|query| query.get(key));
    let refused = move || {
        let wait = asked("wait").and_then(|seconds| seconds.parse::<u64>().ok());
        wait.map(|seconds| say!(words, errors.too_many, seconds = seconds))
            .or_else(|| asked("wrong").map(|_| say!(words, own.code_wrong).to_owned()))
    };
    let recovery = Memo::new(move |_| asked("recovery").is_some());
    let lead = move || if recovery.get() { say!(words, own.recovery_lead) } else { say!(words, own.code_lead) };
    let field = move || {
        if recovery.get() {
            Either::Left(view! {
                <input type="hidden" name="recovery" value="1" />
                <Field
                    label=say!(words, own.recovery_code) name="code" autocomplete="off" required=true autofocus=true
                />
            })
        } else {
            Either::Right(view! {
                <Field
                    label=say!(words, own.code) name="code" autocomplete="one-time-code" inputmode="numeric"
                    required=true autofocus=true
                />
            })
        }
    };
    let other = move || {
        if recovery.get() {
            view! { <a href="/sign-in/code">{say!(words, own.recovery_to_code)}</a> }
        } else {
            view! { <a href="/sign-in/code?recovery=1">{say!(words, own.code_to_recovery)}</a> }
        }
    };
    view! {
        <PageHead title=say!(words, own.code_title) text=Signal::derive(move || Some(lead().to_owned())) />
        <Card>
            <form class="form" method="post" action="/api/enter_code" novalidate>
                {move || refused().map(|why| view! { <Notice tone=Tone::Bad>{why}</Notice> })}
                {field}
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{say!(words, own.code_submit)}</Button>
                <p>{other}</p>
                <p class="hint">{say!(words, own.code_lost)}</p>
            </form>
        </Card>
        <p><a href="/sign-in">{say!(words, own.to_sign_in)}</a></p>
    }
}
