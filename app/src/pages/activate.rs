//! `/activate/{token}`: the link of an activation mail, for whoever reads the mailbox.
//!
//! Looking changes nothing, for machines that open every link in a mail look too. Only the button activates.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{ActivatedMailbox, ActivationLink, Timestamp};

use super::{
    loaded::loaded,
    nowhere::DeadLink,
    outside::Outside,
    words::{action_error, api_error},
};
use crate::{
    api::activation::{ActivateMailbox, open_activation},
    components::{Button, ButtonKind, ButtonSize, Card, Moment, Notice, PageHead, Tone},
    i18n::words,
    say,
};

/// The page.
#[component]
pub fn ActivatePage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token")).unwrap_or_default());
    let action = ServerAction::<ActivateMailbox>::new();
    view! {
        <Outside>
            {loaded(
                // Confirming leads back to the same address, which by itself would load nothing anew.
                move || (token.get(), action.version().get()),
                |(token, _)| open_activation(token),
                move |link| view! { <Shown link token=token.get_untracked() action /> },
            )}
        </Outside>
    }
}

/// What a link is, in words.
#[component]
pub fn Shown(link: ActivationLink, token: String, action: ServerAction<ActivateMailbox>) -> impl IntoView {
    let words = words();
    match link {
        ActivationLink::Open { about, expires_at } => view! { <Ask about expires_at token action /> }.into_any(),
        ActivationLink::Used { about } => view! {
            <Title text=say!(words, activation.link_used_title) />
            <PageHead title=say!(words, activation.link_used_title) />
            <Notice tone=Tone::Good>
                {say!(words, activation.link_used_text, name = about.name, address = about.address.to_string(), desk = about.desk)}
            </Notice>
        }
        .into_any(),
        ActivationLink::Expired => view! {
            <DeadLink title=say!(words, activation.link_expired_title) text=say!(words, activation.link_expired_text) />
        }
        .into_any(),
        ActivationLink::Unknown => view! {
            <DeadLink title=say!(words, activation.link_unknown_title) text=say!(words, activation.link_unknown_text) />
        }
        .into_any(),
    }
}

/// Which mailbox, and the button.
#[component]
fn Ask(
    about: ActivatedMailbox,
    expires_at: Option<Timestamp>,
    token: String,
    action: ServerAction<ActivateMailbox>,
) -> impl IntoView {
    let words = words();
    let error = action_error(action);
    let until = expires_at.map(|at| {
        view! { <dt>{say!(words, activation.link_until)}</dt><dd><Moment at /></dd> }
    });
    view! {
        <Title text=say!(words, activation.link_title) />
        <PageHead title=say!(words, activation.link_title) text=say!(words, activation.link_lead).to_owned() />
        {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
        <Card>
            <dl class="facts">
                <dt>{say!(words, activation.link_mailbox)}</dt>
                <dd>{about.name}</dd>
                <dt>{say!(words, mailboxes.address)}</dt>
                <dd><strong>{about.address.to_string()}</strong></dd>
                <dt>{say!(words, activation.link_desk)}</dt>
                <dd>{about.desk}</dd>
                {until}
            </dl>
            <ActionForm action>
                <input type="hidden" name="token" value=token />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=action.pending()>
                    {say!(words, activation.link_yes)}
                </Button>
            </ActionForm>
        </Card>
        <p class="soft small">{say!(words, activation.link_not_you)}</p>
    }
}
