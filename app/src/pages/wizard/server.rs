//! Step two: the customer's own mail server, or Postroom's.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{Draft, ServerKind};

use super::{WizardPage, WizardStep, draft_in_address, draft_path};
use crate::{
    api::drafts::{SaveKind, load_draft},
    components::{Button, ButtonKind, Card, Choices, LinkButton, Notice, PageWidth, RadioCard, Tone},
    i18n::words,
    pages::{
        frame::{Place, in_place},
        loaded::loaded,
        words::{action_error, api_error},
    },
    say,
};

/// The page.
#[component]
pub fn ServerPage() -> impl IntoView {
    in_place(|place| {
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
    let kind = draft.form.kind.unwrap_or(ServerKind::Custom);
    let back = draft_path(&place, draft.id, WizardStep::Details);
    let (slug, id) = (place.slug.clone(), draft.id);
    view! {
        <WizardPage place draft=Some(draft) step=WizardStep::Server width=PageWidth::Narrow>
            {move || refused.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <ActionForm action attr:class="form">
                <Card>
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="draft" value=id.0 />
                    <Choices legend=say!(words, wizard.server_question) id="kind" error>
                        <RadioCard
                            name="kind" value="custom" title=say!(words, wizard.kind_custom)
                            text=say!(words, wizard.kind_custom_text) checked=kind == ServerKind::Custom
                        />
                        <RadioCard
                            name="kind" value="default" title=say!(words, wizard.kind_default)
                            text=say!(words, wizard.kind_default_text) checked=kind == ServerKind::Default
                        />
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
