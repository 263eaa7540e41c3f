//! Step two: whose mail server, and whether one signs in there or types server names and a password.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Draft, MailboxForm, OAuthProvider, ServerKind};

use super::{WizardPage, WizardStep, draft_in_address, draft_path};
use crate::{
    api::drafts::{MailServer, SaveKind, load_draft},
    components::{Button, ButtonKind, Card, Choices, LinkButton, Notice, PageWidth, RadioCard, Tone},
    i18n::words,
    pages::{
        frame::{Place, in_managed_place},
        loaded::loaded,
        words::{action_error, api_error},
    },
    say,
};

/// The page.
#[component]
pub fn ServerPage() -> impl IntoView {
    in_managed_place(|place| {
        let id = draft_in_address();
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| load_draft(slug, id),
            move |draft| {
                view! { <Choice place=place.clone() draft /> }
            },
        )
    })
}

#[component]
fn Choice(place: Place, draft: Draft) -> impl IntoView {
    let words = words();
    let action = ServerAction::<SaveKind>::new();
    let refused = action_error(action);
    let query = use_query_map();
    let tried = move || query.with(|query| query.get("tried")).is_some();
    let error = Signal::derive(move || tried().then(|| say!(words, errors.unchosen).to_owned()));
    let chosen = chosen(&draft.form);
    let back = draft_path(&place, draft.id, WizardStep::Details);
    let (slug, id) = (place.slug.clone(), draft.id);
    let cards = [
        (
            MailServer::Microsoft,
            "microsoft",
            say!(words, wizard.kind_microsoft),
            say!(words, wizard.kind_microsoft_text),
        ),
        (MailServer::Google, "google", say!(words, wizard.kind_google), say!(words, wizard.kind_google_text)),
        (MailServer::Custom, "custom", say!(words, wizard.kind_custom), say!(words, wizard.kind_custom_text)),
        (MailServer::Default, "default", say!(words, wizard.kind_default), say!(words, wizard.kind_default_text)),
    ]
    .map(|(server, value, title, text)| {
        view! { <RadioCard name="kind" value title text checked=server == chosen /> }
    });
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Server width=PageWidth::Narrow>
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <ActionForm action attr:class="form">
                <Card>
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="draft" value=id.0 />
                    <Choices legend=say!(words, wizard.server_question) id="kind" error>
                        {cards.collect_view()}
                    </Choices>
                </Card>
                <div class="wizard-foot">
                    <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, common.back)}</LinkButton>
                    <Button kind=ButtonKind::Primary busy=action.pending()>{say!(words, common.next)}</Button>
                </div>
            </ActionForm>
        </WizardPage>
    }
}

/// What was chosen, or what the address suggests as long as nothing was.
fn chosen(form: &MailboxForm) -> MailServer {
    let of = |provider| match provider {
        OAuthProvider::Microsoft => MailServer::Microsoft,
        OAuthProvider::Google => MailServer::Google,
    };
    match (form.kind, form.sign_in) {
        (Some(ServerKind::Default), _) => MailServer::Default,
        (_, Some(provider)) => of(provider),
        (Some(ServerKind::Custom), None) => MailServer::Custom,
        (None, None) => suggested(&form.address).map_or(MailServer::Custom, of),
    }
}

/// The provider whose own domain an address is in. An organisation's domain says nothing about where its mail is.
fn suggested(address: &str) -> Option<OAuthProvider> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    let domain = domain.to_ascii_lowercase();
    let (brand, rest) = domain.split_once('.')?;
    // The brands have domains in many countries: outlook.kr, hotmail.co.uk, live.com.mx.
    let national = match rest.split_once('.') {
        None => true,
        Some((second, country)) => matches!(second, "co" | "com") && country.len() == 2,
    };
    match brand {
        "outlook" | "hotmail" | "live" | "msn" if national => Some(OAuthProvider::Microsoft),
        "gmail" | "googlemail" if rest == "com" => Some(OAuthProvider::Google),
        _ if domain.ends_with(".onmicrosoft.com") => Some(OAuthProvider::Microsoft),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_providers_own_domain_suggests_it() {
        for (address, provider) in [
            ("desk@gmail.com", Some(OAuthProvider::Google)),
            ("desk@GoogleMail.com", Some(OAuthProvider::Google)),
            ("desk@outlook.kr", Some(OAuthProvider::Microsoft)),
            ("desk@hotmail.co.uk", Some(OAuthProvider::Microsoft)),
            ("desk@contoso.onmicrosoft.com", Some(OAuthProvider::Microsoft)),
            ("desk@outlook.example.com", None),
            ("desk@gmail.example", None),
            ("desk@example.com", None),
            ("desk", None),
        ] {
            assert_eq!(suggested(address), provider, "{address}");
        }
    }

    #[test]
    fn what_was_chosen_counts_more_than_the_address() {
        let mut form = MailboxForm { address: "desk@gmail.com".to_owned(), ..MailboxForm::default() };
        assert_eq!(chosen(&form), MailServer::Google);
        form.kind = Some(ServerKind::Custom);
        assert_eq!(chosen(&form), MailServer::Custom);
        form.sign_in = Some(OAuthProvider::Microsoft);
        assert_eq!(chosen(&form), MailServer::Microsoft);
        form.kind = Some(ServerKind::Default);
        assert_eq!(chosen(&form), MailServer::Default);
    }
}
