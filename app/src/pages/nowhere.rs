//! Pages that cannot be shown: an address that leads nowhere, and what could not be fetched.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

#[cfg(feature = "hydrate")]
use postroom_server::model::Rule;

use super::words::api_error;
use crate::{
    api::ApiError,
    components::{Brand, LanguageSwitch, Notice, Page, PageHead, PageWidth, Tone},
    i18n::words,
    say,
};

/// Makes the status of the answer 404.
pub fn no_such_thing() {
    answer_with(404);
}

/// Makes the status of the answer `status`, on the server; in the browser there is no answer.
fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// A link behind which there is nothing, or nothing any more; makes the answer's status 404. Why is not told apart, so
/// that guessing teaches nothing. Its children lead on.
#[component]
pub fn DeadLink(
    title: &'static str,
    text: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    no_such_thing();
    view! {
        <Title text=title />
        <PageHead title text=text.to_owned() />
        {children.map(|children| children())}
    }
}

/// An address that leads nowhere, outside the administration's frame.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <header class="outside-head">
            <Brand href="/" />
            <LanguageSwitch />
        </header>
        <NotFound />
    }
}

/// The words for an address that leads nowhere; makes the answer's status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    let words = words();
    no_such_thing();
    view! {
        <Title text=say!(words, common.not_found_title) />
        <Page width=PageWidth::Card>
            <PageHead title=say!(words, common.not_found_title) text=say!(words, common.not_found_text).to_owned() />
            <a class="button" data-kind="primary" href="/">{say!(words, common.to_start)}</a>
        </Page>
    }
}

/// The words for what a larger role is needed for, and who has it; makes the answer's status 403.
#[component]
pub fn Forbidden() -> impl IntoView {
    let words = words();
    answer_with(403);
    view! {
        <Title text=say!(words, common.forbidden_title) />
        <Page width=PageWidth::Card>
            <PageHead title=say!(words, common.forbidden_title) text=say!(words, errors.forbidden).to_owned() />
            <a class="button" data-kind="primary" href="/">{say!(words, common.to_start)}</a>
        </Page>
    }
}

/// Signed in, and in no workspace that is in use.
#[component]
pub fn NoWorkspace() -> impl IntoView {
    let words = words();
    view! {
        <Title text=say!(words, people.no_workspace_title) />
        <header class="outside-head">
            <Brand href="/" />
            <LanguageSwitch />
        </header>
        <Page width=PageWidth::Card>
            <PageHead title=say!(words, people.no_workspace_title) text=say!(words, people.no_workspace_text).to_owned() />
            <form method="post" action="/api/sign_out">
                <button class="button" data-kind="secondary" type="submit">{say!(words, common.sign_out)}</button>
            </form>
        </Page>
    }
}

/// Why there is nothing to show. Whoever is not signed in any more is sent to where they can be.
#[component]
pub fn Failed(error: ApiError) -> impl IntoView {
    match error {
        ApiError::NotFound => Either::Left(Either::Left(view! { <NotFound /> })),
        ApiError::Forbidden => Either::Left(Either::Right(view! { <Forbidden /> })),
        error => {
            #[cfg(feature = "hydrate")]
            if error == ApiError::SignedOut {
                let location = window().location();
                let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
                let to = format!("/sign-in?next={}", String::from(js_sys::encode_uri_component(&here)));
                let _ = location.set_href(&to);
            }
            #[cfg(feature = "hydrate")]
            if error == (ApiError::Rule { rule: Rule::SecondFactorFirst }) {
                let _ = window().location().set_href("/second-factor");
            }
            Either::Right(view! {
                <Page>
                    <Notice tone=Tone::Bad>{api_error(words(), &error)}</Notice>
                </Page>
            })
        }
    }
}
