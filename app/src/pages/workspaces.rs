//! Every workspace: found by name, a page at a time, and what becomes of one that is archived.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use postroom_server::model::{Workspace, WorkspacePage, WorkspaceRest};

use super::{
    loaded::loaded,
    names::{Create, Named, Names, Refused},
    words::{action_error, api_error},
};
use crate::{
    api::workspaces::{ArchiveWorkspace, CreateWorkspace, RenameWorkspace, list_workspaces, workspace_at_rest},
    components::{
        Breadcrumb, Button, ButtonKind, Card, EmptyState, Icon, LinkButton, Notice, Page, PageHead, PageWidth, Picture,
        Tone,
    },
    i18n::words,
    say,
};

/// The address of the list.
const LIST: &str = "/account/workspaces";

/// Every workspace that one may look at. Administrators of the account change them here too.
#[component]
pub fn WorkspacesPage() -> impl IntoView {
    let words = words();
    let (create, rename, archive) = (
        ServerAction::<CreateWorkspace>::new(),
        ServerAction::<RenameWorkspace>::new(),
        ServerAction::<ArchiveWorkspace>::new(),
    );
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default());
    let page = Memo::new(move |_| query.with(|query| query.get("page")?.parse().ok()).unwrap_or(1_usize));
    let changes = move || (wanted.get(), page.get(), rename.version().get(), archive.version().get());
    view! {
        <Title text=say!(words, admin.workspaces) />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items=vec![(say!(words, common.admin).to_owned(), Some("/".to_owned())), (say!(words, admin.workspaces).to_owned(), None)] />
            <PageHead title=say!(words, admin.workspaces) text=say!(words, admin.workspaces_text).to_owned() />
            <Refused rename archive />
            {loaded(changes, |(wanted, page, ..)| list_workspaces(wanted, page), move |found| {
                let wanted = wanted.get_untracked();
                let searchable = found.pages > 1 || !wanted.is_empty();
                let changes = found.changes;
                let (paging, lines) = (found.clone(), found.workspaces);
                view! {
                    {searchable.then(|| view! { <Search wanted=wanted.clone() count=found.count /> })}
                    {if lines.is_empty() {
                        Either::Left(view! { <Nothing wanted=wanted.clone() /> })
                    } else {
                        Either::Right(if changes {
                            let lines = lines.into_iter().map(line).collect();
                            Either::Left(view! { <Names lines rename archive /> })
                        } else {
                            Either::Right(view! { <Links workspaces=lines /> })
                        })
                    }}
                    <Pages paging wanted />
                    {changes.then(|| view! {
                        <Create action=create title=say!(words, admin.new_workspace) hint=say!(words, admin.new_workspace_hint) />
                    })}
                }
            })}
        </Page>
    }
}

fn line(one: Workspace) -> Named {
    Named {
        id: one.id.0,
        href: (!one.archived).then(|| format!("/admin/{}", one.slug)),
        ask: Some(format!("{LIST}/{}/archive", one.slug)),
        name: one.name,
        archived: one.archived,
        note: None,
    }
}

/// For whoever only looks.
#[component]
fn Links(workspaces: Vec<Workspace>) -> impl IntoView {
    let line = |one: Workspace| {
        view! { <li class="name-line"><a href=format!("/admin/{}", one.slug)>{one.name}</a></li> }
    };
    view! { <Card><ul class="names">{workspaces.into_iter().map(line).collect_view()}</ul></Card> }
}

/// A plain form: what it finds has an address, which can be shared.
#[component]
fn Search(wanted: String, count: usize) -> impl IntoView {
    let words = words();
    let count = match count {
        1 => say!(words, admin.workspaces_count_one).to_owned(),
        many => say!(words, admin.workspaces_count, count = many),
    };
    view! {
        <form class="list-tools" role="search" action=LIST method="get">
            <label class="search">
                <span class="visually-hidden">{say!(words, admin.search_workspaces)}</span>
                <Icon picture=Picture::Search />
                <input
                    class="input" type="search" name="q" placeholder=say!(words, admin.search_workspaces) value=wanted
                    autocomplete="off"
                />
            </label>
            <button class="button" data-kind="secondary" type="submit">{say!(words, admin.search)}</button>
            <span class="soft small" role="status">{count}</span>
        </form>
    }
}

#[component]
fn Nothing(wanted: String) -> impl IntoView {
    let words = words();
    view! {
        <Card bare=true>
            <EmptyState
                title=say!(words, admin.nothing_found, query = wanted) text=say!(words, admin.nothing_found_text)
                picture=Picture::Search
            >
                <a class="button" data-kind="secondary" href=LIST>{say!(words, admin.show_all)}</a>
            </EmptyState>
        </Card>
    }
}

/// The way to the page before and behind, where there are several.
#[component]
fn Pages(paging: WorkspacePage, wanted: String) -> impl IntoView {
    let words = words();
    let WorkspacePage { page, pages, .. } = paging;
    let asked = if wanted.is_empty() { String::new() } else { format!("q={}&", encoded(&wanted)) };
    let to = move |page: usize| format!("{LIST}?{asked}page={page}");
    let (before, behind) = ((page > 1).then(|| to(page - 1)), (page < pages).then(|| to(page + 1)));
    (pages > 1).then(|| {
        view! {
            <nav class="page-tools" aria-label=say!(words, admin.pages)>
                {before.map(|href| view! { <LinkButton href>{say!(words, admin.previous_page)}</LinkButton> })}
                <span class="soft">{say!(words, admin.page_of, page = page, pages = pages)}</span>
                {behind.map(|href| view! { <LinkButton href>{say!(words, admin.next_page)}</LinkButton> })}
            </nav>
        }
    })
}

/// A text as a query holds it (RFC 3986 2.1).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Asks before a workspace is archived, and says what rests with it.
#[component]
pub fn ArchiveWorkspacePage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("workspace")).unwrap_or_default());
    loaded(move || slug.get(), workspace_at_rest, |rest| view! { <Question rest /> })
}

#[component]
fn Question(rest: WorkspaceRest) -> impl IntoView {
    let words = words();
    let action = ServerAction::<ArchiveWorkspace>::new();
    let error = action_error(action);
    let WorkspaceRest { workspace, active, waiting } = rest;
    let title = say!(words, admin.archive_title, name = workspace.name.clone());
    let active = match active {
        0 => say!(words, admin.archive_active_none).to_owned(),
        1 => say!(words, admin.archive_active_one).to_owned(),
        many => say!(words, admin.archive_active, count = many),
    };
    let waiting = match waiting {
        0 => None,
        1 => Some(say!(words, admin.archive_waiting_one).to_owned()),
        many => Some(say!(words, admin.archive_waiting, count = many)),
    };
    let items = vec![
        (say!(words, common.admin).to_owned(), Some("/".to_owned())),
        (say!(words, admin.workspaces).to_owned(), Some(LIST.to_owned())),
        (workspace.name.clone(), None),
    ];
    view! {
        <Title text=title.clone() />
        <Page width=PageWidth::Narrow>
            <Breadcrumb items />
            <PageHead title />
            {move || error.get().map(|error| view! { <Notice tone=Tone::Bad>{api_error(words, &error)}</Notice> })}
            <Card dangerous=true>
                <p>{say!(words, admin.archive_text)}</p>
                <p>{active}</p>
                {waiting.map(|waiting| view! { <p>{waiting}</p> })}
                <p>{say!(words, admin.archive_tokens)}</p>
                <ActionForm action>
                    <input type="hidden" name="id" value=workspace.id.0 />
                    <input type="hidden" name="archived" value="true" />
                    <div class="actions">
                        <Button kind=ButtonKind::Danger busy=action.pending()>
                            {say!(words, admin.archive_yes, name = workspace.name.clone())}
                        </Button>
                        <LinkButton href=LIST kind=ButtonKind::Quiet>{say!(words, admin.archive_no)}</LinkButton>
                    </div>
                </ActionForm>
            </Card>
        </Page>
    }
}
