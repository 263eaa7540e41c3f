//! Why nobody can be sent to the provider yet: not registered, an address the provider will not take, or an
//! application that is at fault. Each says so before the button is pressed, and leads to where it is repaired.

use leptos::prelude::*;
use postroom_server::model::{OAuthProvider, PublicUrl};

use super::repair::Repair;
use crate::{
    api::oauth::Readiness,
    components::{CopyLine, LinkButton, Notice, Tone},
    i18n::words,
    say,
};

/// The page of the organisation's application; `back` is where its reader came from.
#[must_use]
pub fn application_path(provider: OAuthProvider, back: &str) -> String {
    // The way back is a path of ours: slugs, numbers and slashes, which a query takes as they are.
    format!("/account/sign-in/{}?back={back}", provider.as_str())
}

/// What stands in the way, if anything does. `back` is the path of the page it stands on.
#[component]
pub fn Hindrance(
    readiness: Readiness,
    provider: OAuthProvider,
    #[prop(into)] back: String,
    #[prop(default = 2)] heading: u8,
) -> impl IntoView {
    let words = words();
    let name = provider.name();
    let application = application_path(provider, &back);
    match readiness {
        Readiness::Ready => ().into_any(),
        Readiness::NotRegistered => view! {
            <Notice tone=Tone::Info title=say!(words, signin.not_registered_title, provider = name)>
                <p>{say!(words, signin.not_registered_text)}</p>
                <p><a href=application>{say!(words, signin.register, provider = name)}</a></p>
            </Notice>
        }
        .into_any(),
        Readiness::PublicUrl(fits) => view! { <PublicUrlNotice fits provider /> }.into_any(),
        Readiness::Broken(remedy) => view! {
            <Repair remedy=Some(remedy) heading />
            <div class="actions">
                <LinkButton href=application>{say!(words, signin.open_application, provider = name)}</LinkButton>
            </div>
        }
        .into_any(),
    }
}

/// Why the provider would not send anybody back here, and what to set.
#[component]
pub fn PublicUrlNotice(fits: PublicUrl, provider: OAuthProvider) -> impl IntoView {
    let words = words();
    let name = provider.name();
    let (title, text) = match fits {
        PublicUrl::Fits => return ().into_any(),
        PublicUrl::NeedsHttps => {
            (say!(words, signin.https_title, provider = name), say!(words, signin.https_text, provider = name))
        }
        PublicUrl::NeedsPublicName => {
            (say!(words, signin.name_title).to_owned(), say!(words, signin.name_text).to_owned())
        }
    };
    view! {
        <Notice tone=Tone::Warning title>
            <div class="stack">
                <p>{text}</p>
                <p>{say!(words, signin.https_do)}</p>
                <CopyLine text="public_url = \"https://desk.example.com\"" />
            </div>
        </Notice>
    }
    .into_any()
}
