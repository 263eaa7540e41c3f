//! Asks before a mailbox becomes the primary one of its workspace, of its company, or of the account.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use postroom_server::model::{MailboxDetails, MailboxState, PrimaryOf};

use super::{
    frame::{Place, Trail, in_managed_place, mail_steps},
    loaded::loaded,
    mailbox::mailbox_in_address,
    nowhere::NotFound,
    words::{action_error, api_error},
};
use crate::{
    api::{companies::MakePrimary, mailboxes::mailbox},
    components::{Button, ButtonKind, Card, LinkButton, Notice, Page, PageHead, PageWidth, Tone},
    i18n::words,
    say,
};

/// The question.
#[component]
pub fn PrimaryPage() -> impl IntoView {
    in_managed_place(|place| {
        let id = mailbox_in_address();
        let params = use_params_map();
        let of = Memo::new(move |_| params.with(|params| params.get("of")).and_then(|word| PrimaryOf::named(&word)));
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get()),
            |(slug, id)| mailbox(slug, id),
            move |details| match of.get_untracked() {
                // Companies and the account are its administrators' business.
                Some(of) if of == PrimaryOf::Workspace || place.admin => {
                    Either::Left(view! { <Question place=place.clone() details of /> })
                }
                _ => Either::Right(view! { <NotFound /> }),
            },
        )
    })
}

#[component]
fn Question(place: Place, details: MailboxDetails, of: PrimaryOf) -> impl IntoView {
    let words = words();
    let action = ServerAction::<MakePrimary>::new();
    let error = action_error(action);
    let one = details.summary;
    let (name, address) = (one.name.clone(), one.address.to_string());
    let company = one.company.as_ref().map(|company| company.name.clone()).unwrap_or_default();
    let (title, text) = match of {
        PrimaryOf::Workspace => (
            say!(words, mailboxes.primary_question, name = name, workspace = place.name.clone()),
            say!(words, mailboxes.primary_text).to_owned(),
        ),
        PrimaryOf::Company => (
            say!(words, mailboxes.company_question, name = name, company = company.clone()),
            say!(words, mailboxes.company_text, company = company, address = address),
        ),
        PrimaryOf::Account => (
            say!(words, mailboxes.account_question, name = name),
            say!(words, mailboxes.account_text, address = address),
        ),
    };
    let back = format!("{}/{}", place.mailboxes(), one.id);
    let steps = mail_steps(words, &place, Some(one.name.clone()));
    let slug = place.slug.clone();
    let body = if one.state == MailboxState::Draft {
        Either::Left(view! { <Notice tone=Tone::Info>{say!(words, mailboxes.primary_is_draft)}</Notice> })
    } else {
        Either::Right(view! {
            <Card>
                <div class="stack">
                    <p>{text}</p>
                    <ActionForm action>
                        <input type="hidden" name="workspace" value=slug />
                        <input type="hidden" name="mailbox" value=one.id.0 />
                        <input type="hidden" name="of" value=of.as_str() />
                        <div class="actions">
                            <Button kind=ButtonKind::Primary busy=action.pending()>
                                {say!(words, mailboxes.primary_yes)}
                            </Button>
                            <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, mailboxes.primary_no)}</LinkButton>
                        </div>
                    </ActionForm>
                </div>
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
