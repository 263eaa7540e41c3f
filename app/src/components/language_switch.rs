//! The switch between languages: a form, so that it works without JavaScript and the whole page changes.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use postroom_server::model::Language;

use super::Menu;
use crate::{
    i18n::{language, words},
    say,
};

/// Shows the present language and, opened, every language in its own words.
#[component]
pub fn LanguageSwitch(
    /// Pushes itself and what follows to the end of the bar.
    #[prop(optional)]
    push: bool,
) -> impl IntoView {
    let words = words();
    let present = language();
    let location = use_location();
    let back = move || {
        let search = location.search.get();
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    };
    let name = move |language| match language {
        Language::En => say!(words, common.english),
        Language::Ko => say!(words, common.korean),
    };
    let entry = move |language: Language| {
        view! {
            <li>
                <button
                    type="submit"
                    name="language"
                    value=language.tag()
                    lang=language.tag()
                    aria-pressed=if language == present { "true" } else { "false" }
                >
                    {name(language)}
                </button>
            </li>
        }
    };
    view! {
        <Menu label=name(present) full_label=format!("{}: {}", say!(words, common.language), name(present)) at_end=true push>
            <form method="post" action="/language">
                <input type="hidden" name="back" value=back />
                <ul class="menu-list">{Language::ALL.into_iter().map(entry).collect_view()}</ul>
            </form>
        </Menu>
    }
}
