//! The button that leads to Microsoft or Google: a plain form, the same with and without WASM.
//!
//! The answer to it is a page that takes the browser to the provider, so there is nothing live about it.

use leptos::prelude::*;
use postroom_server::model::{DraftId, MailboxId};

use crate::components::{ButtonKind, Icon, Picture};

/// What somebody signs in for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    Draft {
        workspace: String,
        draft: DraftId,
    },
    Mailbox {
        workspace: String,
        mailbox: MailboxId,
    },
    /// The token of an owner's link.
    Link {
        token: String,
    },
}

/// The form with its button; its children are further fields.
#[component]
pub fn BeginForm(
    of: Begin,
    #[prop(into)] label: String,
    #[prop(default = ButtonKind::Primary)] kind: ButtonKind,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (workspace, number, token) = match of {
        Begin::Draft { workspace, draft } => (Some(workspace), Some(("draft", draft.0)), None),
        Begin::Mailbox { workspace, mailbox } => (Some(workspace), Some(("mailbox", mailbox.0)), None),
        Begin::Link { token } => (None, None, Some(token)),
    };
    let kind = match kind {
        ButtonKind::Primary => "primary",
        ButtonKind::Quiet => "quiet",
        ButtonKind::Secondary | ButtonKind::Danger => "secondary",
    };
    view! {
        <form class="stack" method="post" action="/oauth/begin">
            {workspace.map(|workspace| view! { <input type="hidden" name="workspace" value=workspace /> })}
            {number.map(|(name, id)| view! { <input type="hidden" name=name value=id /> })}
            {token.map(|token| view! { <input type="hidden" name="link" value=token /> })}
            {children.map(|children| children())}
            <div class="actions">
                <button class="button" data-kind=kind type="submit">
                    <Icon picture=Picture::Enter />
                    {label}
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    #[test]
    fn a_sign_in_names_what_it_is_for_and_nothing_else() {
        let html = |of: Begin| html_of(Language::En, move || view! { <BeginForm of label="Sign in" /> });
        let draft = html(Begin::Draft { workspace: "it".to_owned(), draft: DraftId(7) });
        assert!(draft.contains("name=\"workspace\" value=\"it\"") && draft.contains("name=\"draft\" value=\"7\""));
        assert!(!draft.contains("name=\"mailbox\"") && !draft.contains("name=\"link\""));
        let link = html(Begin::Link { token: "t".to_owned() });
        assert!(link.contains("name=\"link\" value=\"t\"") && !link.contains("name=\"workspace\""));
        assert!(link.contains("method=\"post\" action=\"/oauth/begin\""));
    }
}
