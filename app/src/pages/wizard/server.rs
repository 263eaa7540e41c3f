//! Step two: whose mail server, and whether one signs in there or types server names and a password.
//!
//! What the search has found recommends a choice and lets it come first. Nobody makes it but the administrator.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Discovery, Draft, EmailAddress, MailboxForm, OAuthProvider, ServerKind};

use super::{
    WizardPage, WizardStep, draft_in_address, draft_path,
    search::Search,
    search_note::{Again, SearchNote},
    search_words::recommended,
};
use crate::{
    api::{
        ApiError,
        discovery::found_servers,
        drafts::{MailServer, SaveKind, load_draft},
    },
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
            |(slug, id)| async move {
                let draft = load_draft(slug.clone(), id).await?;
                let found = found_servers(slug, id).await?;
                Ok::<(Draft, Option<Discovery>), ApiError>((draft, found))
            },
            move |(draft, found)| {
                view! { <Choice place=place.clone() draft found /> }
            },
        )
    })
}

#[component]
fn Choice(place: Place, draft: Draft, found: Option<Discovery>) -> impl IntoView {
    let words = words();
    let action = ServerAction::<SaveKind>::new();
    let refused = action_error(action);
    let query = use_query_map();
    let tried = move || query.with(|query| query.get("tried")).is_some();
    let error = Signal::derive(move || tried().then(|| say!(words, errors.unchosen).to_owned()));
    let search = Search::new(place.slug.clone(), found);
    search_once(search, &draft);
    let best = Memo::new(move |_| search.found().with(|found| recommended(words, found.as_ref()?)));
    // What the administrator has chosen, now or before; until then another mail server, unless something speaks against it.
    let chosen = RwSignal::new(chosen(&draft.form));
    let shown = Memo::new(move |_| {
        let best = best.with(|best| best.as_ref().map(|(server, _)| *server));
        chosen.get().or_else(|| best.is_none_or(|best| best == MailServer::Custom).then_some(MailServer::Custom))
    });
    // Once something is chosen the cards stay where they are.
    let first = Memo::new(move |before: Option<&Option<MailServer>>| match (chosen.get(), before) {
        (Some(_), Some(before)) => *before,
        _ => best.with(|best| best.as_ref().map(|(server, _)| *server)),
    });
    let cards = move || {
        let mut order = vec![MailServer::Microsoft, MailServer::Google, MailServer::Custom, MailServer::Default];
        let first = first.get();
        order.sort_by_key(|server| Some(*server) != first);
        order.into_iter().map(|server| view! { <ServerCard server best shown chosen /> }).collect_view()
    };
    let back = draft_path(&place, draft.id, WizardStep::Details);
    let (slug, id) = (place.slug.clone(), draft.id);
    let again = Again { workspace: slug.clone(), draft: id, page: "server", address: draft.form.address.clone() };
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Server width=PageWidth::Narrow>
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <SearchNote search again />
            <ActionForm action attr:class="form">
                <Card>
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="draft" value=id.0 />
                    <Choices legend=say!(words, wizard.server_question) id="kind" error>
                        {cards}
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

/// One choice; the recommended one says why.
#[component]
fn ServerCard(
    server: MailServer,
    best: Memo<Option<(MailServer, String)>>,
    shown: Memo<Option<MailServer>>,
    chosen: RwSignal<Option<MailServer>>,
) -> impl IntoView {
    let words = words();
    let (value, title, text) = match server {
        MailServer::Microsoft => {
            ("microsoft", say!(words, wizard.kind_microsoft), say!(words, wizard.kind_microsoft_text))
        }
        MailServer::Google => ("google", say!(words, wizard.kind_google), say!(words, wizard.kind_google_text)),
        MailServer::Custom => ("custom", say!(words, wizard.kind_custom), say!(words, wizard.kind_custom_text)),
        MailServer::Default => ("default", say!(words, wizard.kind_default), say!(words, wizard.kind_default_text)),
    };
    let mark = Signal::derive(move || {
        let why = best.with(|best| best.as_ref().filter(|(best, _)| *best == server).map(|(_, why)| why.clone()))?;
        Some(say!(words, discovery.recommended, why = why))
    });
    let checked = Signal::derive(move || shown.get() == Some(server));
    let choose = Callback::new(move |_: String| chosen.set(Some(server)));
    view! { <RadioCard name="kind" value title text checked mark on_select=choose /> }
}

/// Searches for the servers of a new mailbox, where nobody has; the page stays as it is meanwhile.
pub fn search_once(search: Search, draft: &Draft) {
    let address = EmailAddress::parse(&draft.form.address).ok().filter(|_| draft.mailbox_id.is_none());
    Effect::new(move |_| {
        if let Some(address) = address.clone() {
            search.start(address, false);
        }
    });
}

/// What was chosen before.
const fn chosen(form: &MailboxForm) -> Option<MailServer> {
    match (form.kind, form.sign_in) {
        (Some(ServerKind::Default), _) => Some(MailServer::Default),
        (_, Some(OAuthProvider::Microsoft)) => Some(MailServer::Microsoft),
        (_, Some(OAuthProvider::Google)) => Some(MailServer::Google),
        (Some(ServerKind::Custom), None) => Some(MailServer::Custom),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_is_chosen() {
        let mut form = MailboxForm { address: "desk@gmail.com".to_owned(), ..MailboxForm::default() };
        assert_eq!(chosen(&form), None);
        form.kind = Some(ServerKind::Custom);
        assert_eq!(chosen(&form), Some(MailServer::Custom));
        form.sign_in = Some(OAuthProvider::Microsoft);
        assert_eq!(chosen(&form), Some(MailServer::Microsoft));
        form.kind = Some(ServerKind::Default);
        assert_eq!(chosen(&form), Some(MailServer::Default));
    }
}
