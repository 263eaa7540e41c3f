//! The steps in the Microsoft Entra admin center and in the Google Cloud console.

use leptos::prelude::*;
use postroom_server::model::OAuthProvider;

use crate::{
    components::CopyLine,
    i18n::{Locale, words},
    say,
};

/// The redirect URI to copy, the way there, and what to do in order.
#[component]
pub fn Guide(provider: OAuthProvider, redirect_uri: String) -> impl IntoView {
    let words = words();
    let (open, href) = match provider {
        OAuthProvider::Microsoft => (
            say!(words, signin.ms_open),
            "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
        ),
        OAuthProvider::Google => (say!(words, signin.google_open), "https://console.cloud.google.com/auth/clients"),
    };
    let steps = steps(words, provider).into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <div class="stack">
            <div>
                <p><strong>{say!(words, signin.app_redirect)}</strong></p>
                <p class="hint">{say!(words, signin.app_redirect_hint)}</p>
            </div>
            <CopyLine text=redirect_uri />
            <p>
                <a href=href target="_blank" rel="noopener noreferrer">
                    {open} <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            </p>
            <ol class="steps">{steps}</ol>
        </div>
    }
}

fn steps(words: Locale, provider: OAuthProvider) -> Vec<&'static str> {
    match provider {
        OAuthProvider::Microsoft => vec![
            say!(words, signin.ms_1),
            say!(words, signin.ms_2),
            say!(words, signin.ms_3),
            say!(words, signin.ms_4),
            say!(words, signin.ms_5),
            say!(words, signin.ms_6),
            say!(words, signin.ms_7),
            say!(words, signin.ms_8),
            say!(words, signin.ms_9),
            say!(words, signin.ms_10),
        ],
        OAuthProvider::Google => vec![
            say!(words, signin.google_1),
            say!(words, signin.google_2),
            say!(words, signin.google_3),
            say!(words, signin.google_4),
            say!(words, signin.google_5),
            say!(words, signin.google_6),
            say!(words, signin.google_7),
            say!(words, signin.google_8),
        ],
    }
}
