//! The end of the wizard's last page: throwing away what was typed.

use leptos::prelude::*;
use postroom_server::model::DraftId;

use crate::{
    api::drafts::DiscardDraft,
    components::{Button, ButtonKind, Fold},
    i18n::words,
    pages::frame::Place,
    say,
};

/// Folded until somebody looks for it; asks before it does anything.
#[component]
pub fn Discard(place: Place, draft: DraftId) -> impl IntoView {
    let words = words();
    let discard = ServerAction::<DiscardDraft>::new();
    view! {
        <div class="page-end">
            <Fold summary=say!(words, wizard.discard)>
                <ActionForm action=discard attr:class="stack">
                    <input type="hidden" name="workspace" value=place.slug />
                    <input type="hidden" name="draft" value=draft.0 />
                    <p>{say!(words, wizard.discard_question)}</p>
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=discard.pending()>{say!(words, wizard.discard_yes)}</Button>
                    </div>
                </ActionForm>
            </Fold>
        </div>
    }
}
