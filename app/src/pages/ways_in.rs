//! The ways into Postroom on the page to sign in at: a button for each provider, and the password below them.
//!
//! The buttons are plain forms, the same with and without WASM: their answer is a page that leads to the provider.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;
use postroom_server::model::{IdentityProviderId, ProviderButton, SignOnRefusal, WaysIn as Ways};

use super::loaded::loaded;
use crate::{
    api::single_sign_on::ways_in,
    components::{Card, Fold, Notice, Tone},
    i18n::{Locale, words},
    say,
};

/// What is offered here. Its children are the form for the password.
#[component]
pub fn WaysIn(#[prop(into)] next: Signal<String>, children: ChildrenFn) -> impl IntoView {
    let query = use_query_map();
    let asked = move |key: &'static str| query.with_untracked(|query| query.get(key));
    // Whoever wants the password, or has just typed it, sees its form.
    let typed = asked("local").is_some() || asked("wrong").is_some() || asked("email").is_some();
    let why = asked("refused").and_then(|name| SignOnRefusal::named(&name));
    let by = asked("provider").and_then(|id| id.parse::<IdentityProviderId>().ok());
    // The form says so itself where somebody has typed into it.
    let waits = asked("wait").filter(|_| asked("email").is_none()).and_then(|seconds| seconds.parse::<u64>().ok());
    loaded(
        || (),
        |()| ways_in(),
        move |ways| view! { <Offered ways next=next.get_untracked() typed waits why=why.map(|why| (why, by)) form=children.clone() /> },
    )
}

#[component]
fn Offered(
    ways: Ways,
    next: String,
    typed: bool,
    waits: Option<u64>,
    why: Option<(SignOnRefusal, Option<IdentityProviderId>)>,
    form: ChildrenFn,
) -> impl IntoView {
    let words = words();
    let Ways { local, providers, .. } = ways;
    let refused = why.map(|(why, by)| {
        let name = providers.iter().find(|provider| Some(provider.id) == by).map(|provider| provider.name.clone());
        let name = name.unwrap_or_else(|| say!(words, signon.some_provider).to_owned());
        view! { <Notice tone=Tone::Bad title=say!(words, signon.refused).to_owned()>{refusal(words, why, &name)}</Notice> }
    });
    let waits = waits.map(|seconds| {
        view! { <Notice tone=Tone::Bad>{say!(words, errors.too_many, seconds = seconds)}</Notice> }
    });
    let none = providers.is_empty();
    let buttons = (!none).then(|| view! { <Buttons providers next /> });
    let password = match (local, none) {
        (true, true) => EitherOf3::A(form()),
        (true, false) => {
            EitherOf3::B(view! { <Fold summary=say!(words, signon.with_password) open=typed>{form()}</Fold> })
        }
        (false, _) => {
            EitherOf3::C((typed || none).then(|| view! { <Notice>{say!(words, signon.no_password)}</Notice> }))
        }
    };
    view! {
        {refused}
        {waits}
        {buttons}
        {password}
    }
}

/// A button for each provider.
#[component]
pub fn Buttons(providers: Vec<ProviderButton>, next: String) -> impl IntoView {
    let words = words();
    let kind = if providers.len() == 1 { "primary" } else { "secondary" };
    let buttons = providers
        .into_iter()
        .map(|provider| {
            view! {
                <form method="post" action="/sso/begin">
                    <input type="hidden" name="provider" value=provider.id.0 />
                    <input type="hidden" name="next" value=next.clone() />
                    <button class="button" data-kind=kind data-size="wide" type="submit">
                        {say!(words, signon.begin, provider = provider.name)}
                    </button>
                </form>
            }
        })
        .collect_view();
    view! { <Card><div class="stack">{buttons}</div></Card> }
}

/// Why somebody is back, and what they can do.
fn refusal(words: Locale, why: SignOnRefusal, provider: &str) -> String {
    let provider = provider.to_owned();
    match why {
        SignOnRefusal::Expired => say!(words, signon.refused_expired).to_owned(),
        SignOnRefusal::Declined => say!(words, signon.refused_declined, provider = provider),
        SignOnRefusal::ProviderDown => say!(words, signon.refused_provider_down, provider = provider),
        SignOnRefusal::ApplicationWrong => say!(words, signon.refused_application_wrong, provider = provider),
        SignOnRefusal::Unproven => say!(words, signon.refused_unproven, provider = provider),
        SignOnRefusal::Clock => say!(words, signon.refused_clock, provider = provider),
        SignOnRefusal::NoEmail => say!(words, signon.refused_no_email, provider = provider),
        SignOnRefusal::Domain => say!(words, signon.refused_domain, provider = provider),
        SignOnRefusal::EmailUnverified => say!(words, signon.refused_email_unverified, provider = provider),
        SignOnRefusal::NoAccount => say!(words, signon.refused_no_account, provider = provider),
        SignOnRefusal::OtherPerson => say!(words, signon.refused_other_person, provider = provider),
        SignOnRefusal::NoRole => say!(words, signon.refused_no_role, provider = provider),
        SignOnRefusal::Deactivated => say!(words, signon.refused_deactivated).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::{components::html_of, i18n::words_in};

    fn html(local: bool, providers: &[&str], typed: bool) -> String {
        let numbered = providers.iter().zip(1_i64..);
        let providers = numbered
            .map(|(name, id)| ProviderButton { id: IdentityProviderId(id), name: (*name).to_owned() })
            .collect();
        let ways = Ways { local, at_once: false, providers };
        html_of(Language::En, move || {
            let form: ChildrenFn = std::sync::Arc::new(|| view! { <p>"the form"</p> }.into_any());
            view! { <Offered ways next="/admin/it".to_owned() typed waits=None why=None form /> }
        })
    }

    #[test]
    fn without_a_provider_there_is_the_password_alone() {
        let html = html(true, &[], false);
        assert!(html.contains("the form") && !html.contains("/sso/begin") && !html.contains("<details"), "{html}");
    }

    #[test]
    fn with_providers_the_password_is_folded_until_somebody_wants_it() {
        let both = html(true, &["Staff", "Partners"], false);
        assert!(both.contains("Staff") && both.contains("name=\"provider\" value=\"2\""), "{both}");
        assert!(both.contains("name=\"next\" value=\"/admin/it\"") && both.contains("the form"), "{both}");
        assert!(both.contains("<details class=\"fold\">"), "{both}");
        assert!(html(true, &["Staff"], true).contains("<details open class=\"fold\">"));
    }

    #[test]
    fn where_passwords_are_off_there_is_no_form_for_them() {
        let off = html(false, &["Staff"], false);
        assert!(off.contains("Staff") && !off.contains("the form"), "{off}");
        let wanted = html(false, &["Staff"], true);
        assert!(!wanted.contains("the form") && wanted.contains("class=\"notice\""), "{wanted}");
    }

    #[test]
    fn every_refusal_has_words_of_its_own_in_both_languages() {
        for language in [Language::En, Language::Ko] {
            let said: std::collections::BTreeSet<String> =
                SignOnRefusal::ALL.into_iter().map(|why| refusal(words_in(language), why, "Staff")).collect();
            assert_eq!(said.len(), SignOnRefusal::ALL.len());
        }
    }
}
