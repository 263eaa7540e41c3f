//! Asks before a mailbox is deleted, and names it.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use postroom_server::model::{GrantStatus, MailboxDetails, OAuthProvider};

use super::{
    frame::{Place, Trail, in_managed_place, mail_steps},
    loaded::loaded,
    mailbox::mailbox_in_address,
    words::{action_error, api_error},
};
use crate::{
    api::mailboxes::{DeleteMailbox, mailbox},
    components::{Button, ButtonKind, Card, LinkButton, Notice, Page, PageHead, PageWidth, Tone},
    i18n::words,
    say,
};

/// The question.
#[component]
pub fn DeleteMailboxPage() -> impl IntoView {
    in_managed_place(|place| {
        let id = mailbox_in_address();
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| mailbox(slug, id),
            move |details| {
                view! { <Question place=place.clone() details /> }
            },
        )
    })
}

#[component]
fn Question(place: Place, details: MailboxDetails) -> impl IntoView {
    let words = words();
    let action = ServerAction::<DeleteMailbox>::new();
    let error = action_error(action);
    let one = details.summary;
    let title = say!(words, mailboxes.delete_title, name = one.name.clone());
    let text = say!(words, mailboxes.delete_text, address = one.address.to_string());
    let back = format!("{}/{}", place.mailboxes(), one.id);
    let steps = mail_steps(words, &place, Some(one.name.clone()));
    let slug = place.slug.clone();
    let grant = one.grant.clone();
    let body = if one.primary {
        Either::Left(view! { <Notice tone=Tone::Info>{say!(words, mailboxes.primary_kept)}</Notice> })
    } else {
        Either::Right(view! {
            <Card dangerous=true>
                <p>{text}</p>
                {grant.map(|grant| view! { <Permission grant /> })}
                <ActionForm action>
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="mailbox" value=one.id.0 />
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=action.pending()>
                            {say!(words, mailboxes.delete_yes, address = one.address.to_string())}
                        </Button>
                        <LinkButton href=back.clone() kind=ButtonKind::Quiet>{say!(words, mailboxes.delete_no)}</LinkButton>
                    </div>
                </ActionForm>
            </Card>
        })
    };
    view! {
        <Title text=title.clone() />
        <Page width=PageWidth::Narrow>
            <Trail place steps />
            <PageHead title />
            {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            {body}
        </Page>
    }
}

/// What becomes of the permission at the provider. Microsoft has no way to give one back; people can remove it.
#[component]
pub fn Permission(grant: GrantStatus) -> impl IntoView {
    let words = words();
    match grant.provider {
        OAuthProvider::Google => Either::Left(view! { <p>{say!(words, signin.delete_google)}</p> }),
        OAuthProvider::Microsoft => Either::Right(view! {
            <p>
                {say!(words, signin.delete_microsoft, person = grant.person)} " "
                <a href="https://myapps.microsoft.com" target="_blank" rel="noopener noreferrer">
                    {say!(words, components.open_link, host = "myapps.microsoft.com")}
                    <span class="visually-hidden">" " {say!(words, components.opens_new_tab)}</span>
                </a>
            </p>
        }),
    }
}
