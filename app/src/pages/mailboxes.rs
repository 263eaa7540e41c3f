//! *Email settings and mailboxes*: every mailbox of a workspace, and how it is doing.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use postroom_server::model::{
    Direction, DirectionStatus, GrantStatus, Health, MailboxState, MailboxSummary, Problem, ServerKind,
};

use super::{
    frame::{Place, Trail, in_place, mail_steps},
    loaded::loaded,
    look_out::{look_at, look_out},
    mailbox_sign_in::grant_reason,
};
use crate::{
    api::{
        ApiError,
        application_troubles::{ApplicationTrouble, application_troubles},
        drafts::EditMailbox,
        mailboxes::{Listed, list_mailboxes},
    },
    components::{
        ButtonKind, Card, Chip, EmptyState, Icon, LinkButton, Moment, Notice, Page, PageHead, Picture, StatusBadge,
        Tone,
    },
    i18n::{GAP, Locale, around, words},
    say,
};

/// Columns the list can be sorted by; the address names the present one in `?sort=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Name,
    Group,
    Incoming,
    Outgoing,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Name, Self::Group, Self::Incoming, Self::Outgoing];

    const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Group => "group",
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.key() == key)
    }
}

/// The list page.
#[component]
pub fn MailboxesPage() -> impl IntoView {
    in_place(|place| view! { <List place /> })
}

#[component]
fn List(place: Place) -> impl IntoView {
    let words = words();
    let lead = say!(words, mailboxes.lead, workspace = place.name.clone());
    let new = format!("{}/new", place.mailboxes());
    let (slug, manages) = (place.slug.clone(), place.manages);
    let steps = mail_steps(words, &place, None);
    let (new_again, outbox) = (new.clone(), place.outbox());
    view! {
        <Title text=say!(words, mailboxes.title) />
        <Page>
            <Trail place=place.clone() steps />
            <PageHead title=say!(words, mailboxes.title) text=lead>
                <LinkButton kind=ButtonKind::Quiet href=outbox>{say!(words, outbox.title)}</LinkButton>
                {manages.then(|| view! {
                    <LinkButton kind=ButtonKind::Primary href=new>{say!(words, mailboxes.new)}</LinkButton>
                })}
            </PageHead>
            {loaded(move || slug.clone(), load, move |(all, troubles)| {
                let only_default = all.iter().all(|one| one.summary.kind == ServerKind::Default);
                let new = new_again.clone();
                view! {
                    {troubles.into_iter().map(|trouble| view! { <Trouble trouble /> }).collect_view()}
                    <Table all place=place.clone() />
                    {(only_default && manages).then(|| view! {
                        <Card bare=true>
                            <EmptyState title=say!(words, mailboxes.empty_title) text=say!(words, mailboxes.empty_text)>
                                <LinkButton href=new>{say!(words, mailboxes.new)}</LinkButton>
                            </EmptyState>
                        </Card>
                    })}
                }
            })}
        </Page>
    }
}

/// The list, and what is wrong with applications that some of it waits for.
async fn load(slug: String) -> Result<(Vec<Listed>, Vec<ApplicationTrouble>), ApiError> {
    let all = list_mailboxes(slug).await?;
    let signed_in = all.iter().any(|one| one.summary.grant.is_some());
    // The list is worth showing without them.
    let troubles = if signed_in { application_troubles().await.unwrap_or_default() } else { Vec::new() };
    Ok((all, troubles))
}

/// One broken application, told once for all mailboxes that rest on it.
#[component]
pub fn Trouble(trouble: ApplicationTrouble) -> impl IntoView {
    let words = words();
    let title =
        say!(words, signin.trouble_of, provider = trouble.provider.name(), title = trouble.remedy.title.clone());
    let waiting = match trouble.mailboxes {
        1 => say!(words, signin.waiting_one).to_owned(),
        many => say!(words, signin.waiting_many, count = many),
    };
    view! {
        <Notice tone=Tone::Bad title>
            {waiting} " "
            <a href=format!("/account/sign-in/{}", trouble.provider.as_str())>
                {say!(words, signin.repair_application)}
            </a>
        </Notice>
    }
}

/// From how many mailboxes on the list offers a search.
const SEARCH_FROM: usize = 4;

#[component]
fn Table(all: Vec<Listed>, place: Place) -> impl IntoView {
    let words = words();
    let query_map = use_query_map();
    let asked = move || query_map.with(|query| query.get("q")).unwrap_or_default();
    // What is typed narrows the list at once; the address is what a plain form or a shared link says.
    let (wanted, set_wanted) = signal(untrack(asked));
    let sort = Memo::new(move |_| {
        query_map.with(|query| query.get("sort").as_deref().and_then(Sort::from_key)).unwrap_or(Sort::Name)
    });
    let down = Memo::new(move |_| query_map.with(|query| query.get("order")).is_some_and(|order| order == "down"));
    let searchable = all.len() >= SEARCH_FROM;
    let msp = place.msp;
    let total = all.len();
    let all = RwSignal::new(all);
    let slug = place.slug.clone();
    look_out(look_at(all, move || list_mailboxes(slug.clone())));
    let shown = Memo::new(move |_| {
        let mut shown: Vec<Listed> =
            all.with(|all| all.iter().filter(|one| matches(words, one, &wanted.get())).cloned().collect());
        arrange(&mut shown, sort.get(), down.get());
        shown
    });
    let list = place.mailboxes();
    let heading = {
        let list = list.clone();
        move |column: Sort, text: &'static str| {
            let list = list.clone();
            let here = move || sort.get() == column;
            let href = move || {
                let order = if here() && !down.get() { "&order=down" } else { "" };
                format!("{list}?sort={}{order}", column.key())
            };
            let order = move || here().then(|| if down.get() { "descending" } else { "ascending" });
            view! {
                <th role="columnheader" scope="col" aria-sort=order>
                    <a href=href aria-label=say!(words, mailboxes.sort_by, column = text)>{text}</a>
                </th>
            }
        }
    };
    let count = move || match shown.with(Vec::len) {
        1 => say!(words, mailboxes.count_one).to_owned(),
        many => say!(words, mailboxes.count, count = many),
    };
    let tools = searchable.then(|| {
        view! {
            <form class="list-tools" role="search" action=list.clone() method="get">
                <label class="search">
                    <span class="visually-hidden">{say!(words, mailboxes.search_label)}</span>
                    <Icon picture=Picture::Search />
                    <input
                        class="input" type="search" name="q" placeholder=say!(words, mailboxes.search)
                        value=wanted.get_untracked() autocomplete="off"
                        on:input=move |event| set_wanted.set(event_target_value(&event))
                    />
                </label>
                <noscript inner_html=format!(
                    r#"<button class="button" data-kind="secondary" type="submit">{}</button>"#,
                    say!(words, mailboxes.search_submit),
                )></noscript>
                <span class="soft small" role="status">{count}</span>
            </form>
        }
    });
    let rows = {
        let place = place.clone();
        move || {
            let place = place.clone();
            shown.get().into_iter().map(move |listed| view! { <Row listed place=place.clone() /> }).collect_view()
        }
    };
    let nothing = {
        let list = list.clone();
        move || {
            let list = list.clone();
            (shown.with(Vec::is_empty) && total > 0).then(|| {
                let title = say!(words, mailboxes.nothing_found, query = wanted.get());
                view! {
                    <EmptyState title text=say!(words, mailboxes.nothing_found_text) picture=Picture::Search>
                        <a class="button" data-kind="secondary" href=list on:click=move |_| set_wanted.set(String::new())>
                            {say!(words, mailboxes.show_all)}
                        </a>
                    </EmptyState>
                }
            })
        }
    };
    view! {
        <Card bare=true>
            {tools}
            <table class="table" role="table">
                <caption class="visually-hidden">{say!(words, mailboxes.title)}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {heading(Sort::Name, say!(words, mailboxes.name))}
                        {heading(Sort::Group, say!(words, mailboxes.group))}
                        {msp.then(|| view! { <th role="columnheader" scope="col">{say!(words, mailboxes.company)}</th> })}
                        {heading(Sort::Incoming, say!(words, mailboxes.incoming))}
                        {heading(Sort::Outgoing, say!(words, mailboxes.outgoing))}
                        <th role="columnheader" scope="col"><span class="visually-hidden">{say!(words, common.actions)}</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            {nothing}
        </Card>
    }
}

#[component]
fn Row(listed: Listed, place: Place) -> impl IntoView {
    let words = words();
    let one = listed.summary;
    let edit = ServerAction::<EditMailbox>::new();
    let href = format!("{}/{}", place.mailboxes(), one.id);
    let group =
        one.group.as_ref().map_or_else(|| say!(words, mailboxes.no_group).to_owned(), |group| group.name.clone());
    let company = place.msp.then(|| {
        let name = one.company.as_ref().map(|company| company.name.clone()).unwrap_or_default();
        view! { <td role="cell" data-label=say!(words, mailboxes.company)>{name}</td> }
    });
    // What is wrong with an application is not kept with each grant; the checks that met it tell.
    let waits = || {
        let both = [&one.incoming, &one.outgoing].into_iter();
        both.filter_map(|status| status.problem.clone()).find(Problem::is_about_application)
    };
    let grant = one.grant.clone().map(|mut grant| {
        grant.problem = grant.problem.or_else(waits);
        view! { <GrantLine grant href=href.clone() name=one.name.clone() /> }
    });
    let status = |direction: Direction| {
        let (status, reason) = match direction {
            Direction::Incoming => (one.incoming.clone(), listed.incoming_reason.clone()),
            Direction::Outgoing => (one.outgoing.clone(), listed.outgoing_reason.clone()),
        };
        // A broken application is told once, above the list.
        let waits = status.problem.as_ref().is_some_and(Problem::is_about_application);
        let reason = reason.filter(|_| !waits);
        let awaiting = one.is_awaiting();
        view! { <DirectionState kind=one.kind state=one.state awaiting status reason /> }
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a href=href>{one.name.clone()}</a>
                {one.primary.then(|| view! { " " <Chip text=say!(words, mailboxes.primary) picture=Picture::Star /> })}
                <span class="address">{one.address.to_string()}</span>
                {grant}
            </th>
            <td role="cell" data-label=say!(words, mailboxes.group)>{group}</td>
            {company}
            <td role="cell" data-label=say!(words, mailboxes.incoming)>{status(Direction::Incoming)}</td>
            <td role="cell" data-label=say!(words, mailboxes.outgoing)>{status(Direction::Outgoing)}</td>
            <td role="cell" class="row-actions">
                {place.manages.then(|| view! {
                    <ActionForm action=edit>
                        <input type="hidden" name="workspace" value=place.slug.clone() />
                        <input type="hidden" name="mailbox" value=one.id.0 />
                        <button
                            class="button" data-kind="quiet" data-size="small" type="submit"
                            aria-label=say!(words, mailboxes.edit_of, name = one.name.clone())
                        >
                            {say!(words, common.edit)}
                        </button>
                    </ActionForm>
                })}
            </td>
        </tr>
    }
}

/// The sign-in a mailbox rests on: when its access was last renewed, or that somebody has to sign in again.
#[component]
pub fn GrantLine(grant: GrantStatus, #[prop(into)] href: String, #[prop(into)] name: String) -> impl IntoView {
    let words = words();
    let refreshed = move || {
        let told = say!(words, signin.refreshed_when, when = GAP);
        view! { <span class="address">{around(&told, view! { <Moment at=grant.refreshed_at /> })}</span> }
    };
    let Some(problem) = grant.problem else { return refreshed().into_any() };
    let reason = grant_reason(words, grant.provider, &problem);
    if problem.is_about_application() {
        // The notice above the list says what to do, once for all of them.
        return view! {
            <span class="grant">
                <StatusBadge tone=Tone::Warning text=say!(words, signin.waits) />
                <span class="reason">{reason}</span>
            </span>
        }
        .into_any();
    }
    view! {
        <span class="grant">
            <a href=href aria-label=say!(words, signin.again_of, name = name)>
                <StatusBadge tone=Tone::Bad text=say!(words, signin.again) />
            </a>
            <span class="reason">{reason}</span>
            {refreshed()}
        </span>
    }
    .into_any()
}

/// How one direction is doing: a badge, the reason in words, and when it last worked.
#[component]
pub fn DirectionState(
    kind: ServerKind,
    state: MailboxState,
    /// The mailbox's address is not proven to be ours yet.
    #[prop(optional)]
    awaiting: bool,
    status: DirectionStatus,
    /// What is wrong, where the page does not say so in another place.
    #[prop(default = None)]
    reason: Option<String>,
) -> impl IntoView {
    let words = words();
    if kind == ServerKind::Default {
        let (tone, text) = match state {
            MailboxState::Paused => (Tone::Off, say!(words, mailboxes.paused)),
            MailboxState::Active if awaiting => (Tone::Waiting, say!(words, activation.awaiting)),
            MailboxState::Active | MailboxState::Draft => (Tone::Info, say!(words, mailboxes.default_server)),
        };
        return Either::Left(view! { <StatusBadge tone text /> });
    }
    let (tone, text) = match (state, &status) {
        (_, DirectionStatus { configured: false, .. }) => (Tone::Off, say!(words, mailboxes.not_set_up)),
        (MailboxState::Paused, _) => (Tone::Off, say!(words, mailboxes.paused)),
        (_, DirectionStatus { problem: Some(_), .. }) => (Tone::Bad, say!(words, mailboxes.failing)),
        (MailboxState::Draft, _) => (Tone::Off, say!(words, mailboxes.draft)),
        (_, DirectionStatus { health: Some(Health::Doubtful { .. }), .. }) => {
            (Tone::Warning, say!(words, watch.doubtful))
        }
        (MailboxState::Active, DirectionStatus { last_ok_at: None, .. }) => {
            (Tone::Off, say!(words, mailboxes.not_checked))
        }
        (MailboxState::Active, _) if awaiting => (Tone::Waiting, say!(words, activation.awaiting)),
        (MailboxState::Active, _) => (Tone::Good, say!(words, mailboxes.working)),
    };
    let reason = reason.map(|reason| view! { <span class="reason">{reason}</span> });
    let doubtful = matches!((&status.health, &status.problem), (Some(Health::Doubtful { .. }), None)).then(|| {
        view! { <span class="reason">{say!(words, watch.doubtful_reason)}</span> }
    });
    let since = match status.health {
        Some(Health::Failing { since, .. }) => Some(view! {
            <span class="reason">
                {around(&say!(words, watch.failing_since, when = GAP), view! { <Moment at=since /> })}
            </span>
        }),
        _ => None,
    };
    let last = status.configured.then(|| match status.last_ok_at {
        Some(at) => {
            let told = say!(words, mailboxes.last_ok, when = GAP);
            Either::Left(view! { <span class="reason">{around(&told, view! { <Moment at /> })}</span> })
        }
        None => Either::Right(view! { <span class="reason">{say!(words, mailboxes.never_ok)}</span> }),
    });
    Either::Right(view! {
        <StatusBadge tone text />
        {reason}
        {doubtful}
        {since}
        {last}
    })
}

fn matches(words: Locale, listed: &Listed, wanted: &str) -> bool {
    let one = &listed.summary;
    let wanted = wanted.trim().to_lowercase();
    let group = one.group.as_ref().map(|group| group.name.to_lowercase()).unwrap_or_default();
    let company = one.company.as_ref().map(|company| company.name.to_lowercase()).unwrap_or_default();
    let awaiting = if one.is_awaiting() { say!(words, activation.awaiting).to_lowercase() } else { String::new() };
    [one.name.to_lowercase(), one.address.folded(), group, company, awaiting].iter().any(|text| text.contains(&wanted))
}

fn arrange(all: &mut [Listed], sort: Sort, down: bool) {
    // Trouble first: that is what somebody sorting by state is looking for.
    let trouble = |one: &MailboxSummary, status: &DirectionStatus| match (one.kind, &status.problem, status.configured)
    {
        (ServerKind::Custom, Some(_), _) => 0,
        (ServerKind::Custom, None, false) => 1,
        (ServerKind::Custom, None, true) => 2,
        (ServerKind::Default, ..) => 3,
    };
    let name = |one: &MailboxSummary| (one.name.to_lowercase(), one.address.folded());
    all.sort_by_cached_key(|listed| {
        let one = &listed.summary;
        let group = one.group.as_ref().map(|group| group.name.to_lowercase());
        match sort {
            Sort::Name => (u8::from(!one.primary), String::new(), name(one)),
            Sort::Group => (u8::from(group.is_none()), group.unwrap_or_default(), name(one)),
            Sort::Incoming => (trouble(one, &one.incoming), String::new(), name(one)),
            Sort::Outgoing => (trouble(one, &one.outgoing), String::new(), name(one)),
        }
    });
    if down {
        all.reverse();
    }
}
