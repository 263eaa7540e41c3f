//! The links with which a mailbox's owner signs in again: what they are, making one, taking one back.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{GrantStatus, MailboxDetails, MailboxId, OwnerLink, OwnerLinkState, Timestamp};

use super::{
    frame::{Place, Trail, in_managed_place, mail_steps},
    loaded::loaded,
    mailbox::mailbox_in_address,
    mailto::mailto,
    nowhere::NotFound,
    words::{action_error, api_error},
};
use crate::{
    api::{
        ApiError,
        mailboxes::mailbox,
        oauth::{CreateOwnerLink, NewOwnerLink, RevokeOwnerLink, new_owner_link, owner_links},
    },
    components::{
        ButtonKind, Card, CopyLine, EmptyState, Fold, LinkButton, Moment, Notice, Page, PageHead, PageWidth, Picture,
        StatusBadge, Tone,
    },
    i18n::{GAP, around, words},
    say,
};

/// The mailbox, its links, and the one that was just made.
type Drawn = (MailboxDetails, Vec<OwnerLink>, Option<NewOwnerLink>);

/// The page. Its forms are plain ones: a link is shown by exactly the answer that made it.
#[component]
pub fn OwnerLinksPage() -> impl IntoView {
    let (id, params, query) = (mailbox_in_address(), use_params_map(), use_query_map());
    let made = Memo::new(move |_| query.with(|query| query.get("made")).is_some());
    let slug = move || params.with(|params| params.get("workspace")).unwrap_or_default();
    // Asked for out here, where it is asked for once: what is inside waits for more and may be begun anew, and a
    // link that was read is gone.
    let new = Resource::new(
        move || (slug(), id.get(), made.get()),
        |(slug, id, made)| async move { if made { new_owner_link(slug, id).await } else { Ok(None) } },
    );
    in_managed_place(move |place| {
        let slug = place.slug.clone();
        loaded(
            move || (slug.clone(), id.get(), made.get()),
            move |(slug, id, _)| async move {
                let new = new.await?;
                let details = mailbox(slug.clone(), id).await?;
                let links = owner_links(slug, id).await?;
                Ok::<Drawn, ApiError>((details, links, new))
            },
            move |(details, links, new)| match details.summary.grant.clone() {
                Some(grant) => Either::Left(view! {
                    <Links place=place.clone() details grant links new made=made.get_untracked() />
                }),
                None => Either::Right(view! { <NotFound /> }),
            },
        )
    })
}

#[component]
fn Links(
    place: Place,
    details: MailboxDetails,
    grant: GrantStatus,
    links: Vec<OwnerLink>,
    new: Option<NewOwnerLink>,
    made: bool,
) -> impl IntoView {
    let words = words();
    let (create, revoke) = (ServerAction::<CreateOwnerLink>::new(), ServerAction::<RevokeOwnerLink>::new());
    let (creating, revoking) = (action_error(create), action_error(revoke));
    let one = details.summary;
    let (id, address) = (one.id, one.address.to_string());
    let back = format!("{}/{id}", place.mailboxes());
    let mut steps = mail_steps(words, &place, Some(one.name.clone()));
    if let Some((_, href)) = steps.last_mut() {
        *href = Some(back.clone());
    }
    let title = say!(words, signin.link_title);
    steps.push((title.to_owned(), None));
    let lead = say!(words, signin.link_lead, person = grant.person.clone(), address = address.clone());
    let shown_late = made && new.is_none();
    let (label, kind) = match (&new, links.is_empty()) {
        (Some(_), _) => (say!(words, signin.link_make_another), "secondary"),
        (None, _) => (say!(words, signin.link_make), "primary"),
    };
    let (slug, listed) = (place.slug.clone(), place.slug.clone());
    let (person, provider) = (grant.person, grant.provider);
    view! {
        <Title text=title />
        <Page width=PageWidth::Narrow>
            <Trail place steps />
            <PageHead title text=lead />
            {move || creating.get().or_else(|| revoking.get()).map(|error| {
                view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> }
            })}
            {new.map(|new| view! { <NewLink new address=address.clone() person=person.clone() /> })}
            {shown_late.then(|| view! { <Notice tone=Tone::Info>{say!(words, signin.link_gone)}</Notice> })}
            <Card>
                <ul>
                    <li>{say!(words, signin.link_fact_day)}</li>
                    <li>{say!(words, signin.link_fact_once)}</li>
                    <li>{say!(words, signin.link_fact_account)}</li>
                    <li>{say!(words, signin.link_fact_back)}</li>
                </ul>
                <form method="post" action="/api/create_owner_link" class="actions">
                    <input type="hidden" name="workspace" value=slug />
                    <input type="hidden" name="mailbox" value=id.0 />
                    <button class="button" data-kind=kind type="submit">{label}</button>
                    <LinkButton href=back kind=ButtonKind::Quiet>{say!(words, common.back)}</LinkButton>
                </form>
            </Card>
            <Made links slug=listed mailbox=id />
            <Fold summary=say!(words, signin.incognito)>
                <div class="prose">
                    <p>{say!(words, signin.incognito_text, provider = provider.name())}</p>
                    <ol>
                        <li>{say!(words, signin.incognito_1)}</li>
                        <li>{say!(words, signin.incognito_2)}</li>
                        <li>{say!(words, signin.incognito_3)}</li>
                    </ol>
                </div>
            </Fold>
        </Page>
    }
}

/// The link that was just made: to be copied or sent, now or never.
#[component]
pub fn NewLink(new: NewOwnerLink, address: String, person: String) -> impl IntoView {
    let words = words();
    let subject = say!(words, signin.link_mail_subject, address = address.clone());
    let body = say!(words, signin.link_mail_body, address = address, person = person.clone(), url = new.url.clone());
    let letter = mailto(&person, &subject, &body);
    view! {
        <Notice tone=Tone::Good title=say!(words, signin.link_new_title)>
            <div class="stack">
                <p>{around(&say!(words, signin.link_new_text, when = GAP), view! { <Moment at=new.expires_at /> })}</p>
                <CopyLine text=new.url />
                <div class="actions">
                    <a class="button" data-kind="primary" href=letter>{say!(words, signin.link_mail)}</a>
                </div>
            </div>
        </Notice>
    }
}

/// The links there are and what became of them.
#[component]
pub fn Made(links: Vec<OwnerLink>, slug: String, mailbox: MailboxId) -> impl IntoView {
    let words = words();
    if links.is_empty() {
        return Either::Left(view! {
            <Card bare=true>
                <EmptyState
                    title=say!(words, signin.links_none) text=say!(words, signin.links_none_text) picture=Picture::Mail
                />
            </Card>
        });
    }
    let lines = links.into_iter().map(|link| view! { <Line link slug=slug.clone() mailbox /> }).collect_view();
    Either::Right(view! {
        <Card title=say!(words, signin.links_title).to_owned()>
            <ul class="names">{lines}</ul>
        </Card>
    })
}

#[component]
fn Line(link: OwnerLink, slug: String, mailbox: MailboxId) -> impl IntoView {
    let words = words();
    let (tone, state, until) = match link.state {
        OwnerLinkState::Open => {
            let until = say!(words, signin.link_until, when = GAP);
            (Tone::Info, say!(words, signin.link_open), Some((until, link.expires_at)))
        }
        OwnerLinkState::Used { at } => {
            (Tone::Good, say!(words, signin.link_used), Some((say!(words, signin.link_used_at, when = GAP), at)))
        }
        OwnerLinkState::Revoked => (Tone::Off, say!(words, signin.link_revoked), None),
        OwnerLinkState::Expired => (Tone::Off, say!(words, signin.link_expired), None),
    };
    let moment = |at: Timestamp| view! { <Moment at /> };
    let made = say!(words, signin.link_made, when = GAP, who = link.created_by);
    let revoke = (link.state == OwnerLinkState::Open).then(|| {
        let named =
            say!(words, signin.link_revoke_of, when = crate::components::moment::in_utc(words, link.created_at));
        view! {
            <form method="post" action="/api/revoke_owner_link" data-push="">
                <input type="hidden" name="workspace" value=slug />
                <input type="hidden" name="mailbox" value=mailbox.0 />
                <input type="hidden" name="link" value=link.id.0 />
                <button class="button" data-kind="quiet" data-size="small" type="submit" aria-label=named>
                    {say!(words, signin.link_revoke)}
                </button>
            </form>
        }
    });
    view! {
        <li class="name-line">
            <div class="actions">
                <StatusBadge tone text=state />
                {until.map(|(text, at)| view! { <span class="soft small">{around(&text, moment(at))}</span> })}
                {revoke}
            </div>
            <p class="soft small">{around(&made, moment(link.created_at))}</p>
        </li>
    }
}
