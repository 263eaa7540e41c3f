//! The wizard that adds or edits a mailbox: details, whose mail server, connect and check.
//!
//! It begins with the address, because the servers are found from it while the rest is typed.
//!
//! What is typed lives in a draft on the server, so that every step is a page of its own with an address,
//! works as a plain form, and loses nothing.

mod connect;
pub mod consent;
mod details;
mod discard;
pub mod search;
pub mod search_note;
mod search_words;
mod server;
pub mod server_fields;
pub mod sign_in;
mod signed_in;
pub mod trust_fields;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{Draft, DraftId};

pub use connect::ConnectPage;
pub use details::{DetailsPage, NewPage};
pub use server::ServerPage;

use super::frame::{Place, Trail, mail_steps};
use crate::{
    components::{Page, PageHead, PageWidth, Progress, ProgressState, ProgressStep, SupportFile},
    i18n::words,
    say,
};

/// The wizard's pages in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum WizardStep {
    Details,
    Server,
    Connect,
}

impl WizardStep {
    const ALL: [Self; 3] = [Self::Details, Self::Server, Self::Connect];

    const fn path(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Server => "server",
            Self::Connect => "connect",
        }
    }
}

/// The number in the address; 0, which no draft has, where it is no number.
fn draft_in_address() -> Memo<DraftId> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("draft")).and_then(|id| id.parse().ok()).unwrap_or(DraftId(0)))
}

/// The address of a page of the wizard.
fn draft_path(place: &Place, draft: DraftId, step: WizardStep) -> String {
    place.path(&format!("/channels/email/drafts/{draft}/{}", step.path()))
}

/// Lets every check on the page offer the file for support of the draft.
fn offer_support_file(place: &Place, draft: DraftId) {
    provide_context(SupportFile(place.path(&format!("/channels/email/drafts/{draft}/support.txt"))));
}

/// Title, way back, and where in the wizard one is.
#[component]
fn WizardPage(
    place: Place,
    draft: Option<Draft>,
    step: WizardStep,
    #[prop(optional)] width: PageWidth,
    children: Children,
) -> impl IntoView {
    let words = words();
    let title = match &draft {
        Some(draft) if draft.mailbox_id.is_some() => {
            say!(words, wizard.edit_title, address = draft.form.address.clone())
        }
        _ => say!(words, wizard.new_title).to_owned(),
    };
    let steps: Vec<ProgressStep> = WizardStep::ALL
        .into_iter()
        .map(|one| ProgressStep {
            text: match one {
                WizardStep::Details => say!(words, wizard.step_details),
                WizardStep::Server => say!(words, wizard.step_server),
                WizardStep::Connect => say!(words, wizard.step_connect),
            }
            .to_owned(),
            href: draft.as_ref().filter(|_| one < step).map(|draft| draft_path(&place, draft.id, one)),
            state: match one.cmp(&step) {
                std::cmp::Ordering::Less => ProgressState::Done,
                std::cmp::Ordering::Equal => ProgressState::Current,
                std::cmp::Ordering::Greater => ProgressState::Ahead,
            },
        })
        .collect();
    let way = mail_steps(words, &place, Some(title.clone()));
    view! {
        <Title text=title.clone() />
        <Page width>
            <Trail place steps=way />
            <PageHead title />
            <Progress steps />
            {children()}
        </Page>
    }
}
